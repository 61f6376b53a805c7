/* What store.c and table.c share; nobody else includes it. */
#ifndef TABLE_STORE_INTERNAL_H
#define TABLE_STORE_INTERNAL_H

#include "base/slab.h"
#include "base/vec.h"
#include "table/table.h"

struct store {
    const struct clock *clock;
    struct names *names;
    struct slab slab; /* of rows and their cells */
    VEC(struct table *) tables;
    VEC(char *) owners; /* owner n is items[n - 1] */
    struct map owner_numbers; /* by name, as pointers */
    struct store_listener *listeners;
    uint64_t seq, committed_seq;
    uint64_t schema_version, committed_schema_version;
    unsigned holds; /* change sets do not end */
    size_t lent;    /* rows' cells that somebody reads, see row_lend */
    bool committing;
};

/* Made and freed by the store alone. */
int table_new(struct store *s, const struct table_def *def, const char *owner, struct table **ret, struct error *err);
void table_free(struct table *t);

#endif
