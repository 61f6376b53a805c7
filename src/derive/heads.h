/* The tables to which sinks commit, as facts of their backlog: of each the snapshots of its branch, from the head back, by rows of
 * `iceberg_tables` and `snapshots`, and when they were read, by their catalog's row in `sources`. */
#ifndef DERIVE_HEADS_H
#define DERIVE_HEADS_H

#include "connect/backlog.h"
#include "table/table.h"

enum { DERIVE_HEADS = 5000 /* tables */ };

struct derive_heads;

struct derive_heads *derive_heads_new(struct store *store);
void derive_heads_free(struct derive_heads *h); /* NULL is allowed */

/* Which tables are given: those of which a snapshot holds a sink's offsets, and those that were asked for. configured: a
 * connector is set to write it, so that its catalog's source looks for it, and it is missing where that has no row of it. */
void derive_heads_want(struct derive_heads *h, const char *table, bool configured);
/* The branch of a table that counts; NULL: main. */
void derive_heads_branch(struct derive_heads *h, const char *table, const char *branch);
/* No table is configured any more, and main counts of all: for who begins to name them anew. */
void derive_heads_unset(struct derive_heads *h);

/* Gives what was read since: tables that changed, and of others that they are the same. A table counts as read in a round
 * of its catalog that has ended, since that began. */
void derive_heads_read(struct derive_heads *h, struct connect_backlog *backlog);

/* How many times a table was given that is another one than before. */
uint64_t derive_heads_given(const struct derive_heads *h);
/* True where the catalog could not be read the last time, or the table not. */
bool derive_heads_stale(const struct derive_heads *h, const struct name *catalog, const struct name *table);
/* True where a table of that name has a row for this snapshot; fn (may be NULL) is called with the catalogs of those that have
 * none. */
bool derive_heads_has(const struct derive_heads *h, const char *table, int64_t snapshot_id,
                      void (*fn)(void *arg, const char *catalog), void *arg);

#endif
