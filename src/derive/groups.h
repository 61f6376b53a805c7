/* Which consumer groups belong to an Iceberg sink: the column group "sink" of `groups`. */
#ifndef DERIVE_GROUPS_H
#define DERIVE_GROUPS_H

#include "derive/sinks.h"

/* Zeroed at first. */
struct derive_groups {
    uint64_t seq;  /* up to which rows are written */
    size_t nsinks; /* that were known then */
};

/* Writes those of a cluster that are new; all where sinks changed. */
void derive_groups_write(struct derive_groups *g, struct store *store, const struct name *cluster,
                         const struct derive_sinks *sinks, bool changed);

#endif
