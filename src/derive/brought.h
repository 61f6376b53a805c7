/* Which commit brought what changed in the data: the column group "brought" of `features` and `datasets`.
 *
 * A feature's state began with a window of events, which lie at offsets of a topic. Where an Iceberg sink reads that topic too, the commits
 * whose answers lie within these offsets have the events, and their snapshots are where they are to be found, or to be cut off. Of a
 * dataset it is what its feature that changed first says. */
#ifndef DERIVE_BROUGHT_H
#define DERIVE_BROUGHT_H

#include "table/table.h"

struct derive_brought;

/* Watches the store's change sets. */
struct derive_brought *derive_brought_new(struct store *store);
/* Before store_free. NULL is allowed. */
void derive_brought_free(struct derive_brought *b);

#endif
