/* The column control_offsets of `snapshots`, read back: how far sinks had read their control topics. */
#ifndef DERIVE_OFFSETS_H
#define DERIVE_OFFSETS_H

#include "base/vec.h"
#include "connect/cycles.h"

enum { DERIVE_OFFSETS = 1000 /* partitions of a control topic that are looked at */ };

/* One sink's part. Zeroed at first; list is the caller's to free. */
struct derive_offsets {
    const char *reader; /* TOPIC.GROUP, within the text */
    size_t len;
    VEC(struct connect_cycles_offset) list;
};

/* The next part of a text, `TOPIC.GROUP {"0":123,"1":4}; ...`, which *at is moved behind; false at its end, and where it is
 * written otherwise. */
bool derive_offsets_next(const char **at, struct derive_offsets *o);

#endif
