/* Open addressing with linear probing; deletion moves later entries back, so that there are no tombstones. */
#include "table/index.h"
#include "base/mem.h"

#include <stdlib.h>

void table_index_done(struct table_index *x)
{
    free(x->slots);
    x->slots = NULL;
    x->room = x->n = 0;
}

static void insert(struct table_index *x, void *entry)
{
    size_t mask = x->room - 1, i = x->hash(entry) & mask;
    while (x->slots[i])
        i = (i + 1) & mask;
    x->slots[i] = entry;
}

void table_index_add(struct table_index *x, void *entry)
{
    if ((x->n + 1) * 8 > x->room * 7) {
        void **old = x->slots;
        size_t room = x->room;
        x->room = room ? room * 2 : 16;
        x->slots = mem_calloc(x->room, sizeof *x->slots);
        for (size_t i = 0; i < room; i++)
            if (old[i])
                insert(x, old[i]);
        free(old);
    }
    insert(x, entry);
    x->n++;
}

void table_index_del(struct table_index *x, const void *entry)
{
    size_t mask = x->room - 1, hole = x->hash(entry) & mask;
    while (x->slots[hole] != entry)
        hole = (hole + 1) & mask;
    for (size_t i = (hole + 1) & mask; x->slots[i]; i = (i + 1) & mask) {
        /* An entry may fill the hole unless its home lies between the hole and itself. */
        size_t from_home = (i - x->hash(x->slots[i])) & mask;
        if (from_home >= ((i - hole) & mask)) {
            x->slots[hole] = x->slots[i];
            hole = i;
        }
    }
    x->slots[hole] = NULL;
    x->n--;
}

void *table_index_next(const struct table_index *x, uint64_t *at)
{
    return x->room ? x->slots[(*at)++ & (x->room - 1)] : NULL;
}
