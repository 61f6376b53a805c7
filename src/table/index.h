/* Hash tables of what holds its own key, a table's rows and names: 8 bytes a slot. */
#ifndef TABLE_INDEX_H
#define TABLE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty, but for hash: an entry's, always the same as long as it is in here. */
struct table_index {
    uint64_t (*hash)(const void *entry);
    void **slots;
    size_t room, n;
};

void table_index_done(struct table_index *x);
/* Adds an entry, which is not there. */
void table_index_add(struct table_index *x, void *entry);
/* Takes an entry out, which is there. */
void table_index_del(struct table_index *x, const void *entry);
/* The entries that may have this hash, one after the other: *at is hash at first; NULL at the end. */
void *table_index_next(const struct table_index *x, uint64_t *at);

#endif
