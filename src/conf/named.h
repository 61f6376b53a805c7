/* The sections that are maps of names to things of one kind: clusters, Connect clusters, catalogs, sets of tables. */
#ifndef CONF_NAMED_H
#define CONF_NAMED_H

#include "conf/kind.h"

extern const struct conf_kind *const conf_named[CONF_NAMED];

/* Reads all of a section's map, and keeps those that --cluster leaves; none where keep is false. */
int conf_named_read(struct conf_loading *l, enum conf_section_id id, const struct conf_yaml *map, bool keep,
                    struct conf *c);

#endif
