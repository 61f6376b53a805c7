/* The snapshots of a branch of a table, from its head back, as rows of `snapshots` have them: in the form in which the backlog takes
 * them. */
#ifndef DERIVE_ANCESTRY_H
#define DERIVE_ANCESTRY_H

#include "connect/backlog.h"
#include "table/table.h"

struct derive_ancestry {
    VEC(struct connect_backlog_snapshot) list; /* newest first, at most CONNECT_BACKLOG_SNAPSHOTS */
    bool whole;                                /* the oldest has no parent, or there is none */
    /* What the list points to. */
    VEC(struct connect_backlog_key) keys;
    VEC(size_t) nkeys; /* of each snapshot */
    VEC(char *) texts;
};

/* table: its row in `iceberg_tables`. branch NULL: main. */
void derive_ancestry_init(struct derive_ancestry *a, const struct store *store, const struct row *table,
                          const char *branch);
void derive_ancestry_done(struct derive_ancestry *a);

#endif
