/* Hash tables of a table's rows, by key and by id: 8 bytes a slot, as what is looked for stands in the rows. */
#ifndef TABLE_INDEX_H
#define TABLE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row;

/* Zeroed is empty, but for hash: a row's, always the same as long as it is in here. */
struct table_index {
    uint64_t (*hash)(const struct row *r);
    struct row **slots;
    size_t room, n;
};

void table_index_done(struct table_index *x);
/* Adds a row, which is not there. */
void table_index_add(struct table_index *x, struct row *r);
/* Takes a row out, which is there. */
void table_index_del(struct table_index *x, const struct row *r);
/* The rows that may have this hash, one after the other: *at is hash at first; NULL at the end. */
struct row *table_index_next(const struct table_index *x, uint64_t *at);

#endif
