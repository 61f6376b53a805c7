/* Snapshots that a sink made, as facts of its commit cycles. */
#ifndef DERIVE_SNAPSHOTS_H
#define DERIVE_SNAPSHOTS_H

#include "connect/cycles.h"
#include "table/table.h"

struct derive_snapshots;

struct derive_snapshots *derive_snapshots_new(struct store *store);
void derive_snapshots_free(struct derive_snapshots *s); /* NULL is allowed */
/* Gives those that are new or changed in `snapshots` to the cycles that are known. */
void derive_snapshots_read(struct derive_snapshots *s, struct connect_cycles *cycles);
/* A cycle became known: gives those that are there already. */
void derive_snapshots_of(struct derive_snapshots *s, struct connect_cycles *cycles, const char *commit_id);

#endif
