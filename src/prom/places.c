/* Open addressing with linear probing; deletion moves later places back, so that there are no tombstones. */
#include "prom/places.h"

#include "base/mem.h"

#include <stdlib.h>

void prom_places_done(struct prom_places *p)
{
    free(p->slots);
    *p = (struct prom_places){0};
}

static void insert(struct prom_places *p, uint64_t hash, uint32_t slot)
{
    size_t mask = p->room - 1, i = hash & mask;
    while (p->slots[i])
        i = (i + 1) & mask;
    p->slots[i] = slot;
}

void prom_places_add(struct prom_places *p, prom_places_hash *hash, const void *owner, uint32_t place)
{
    if ((p->n + 1) * 8 > p->room * 7) {
        const struct prom_places old = *p;
        p->room = old.room ? old.room * 2 : 16;
        p->slots = mem_calloc(p->room, sizeof *p->slots);
        for (size_t i = 0; i < old.room; i++)
            if (old.slots[i])
                insert(p, hash(owner, old.slots[i] - 1), old.slots[i]);
        free(old.slots);
    }
    insert(p, hash(owner, place), place + 1);
    p->n++;
}

void prom_places_del(struct prom_places *p, prom_places_hash *hash, const void *owner, uint32_t place)
{
    size_t mask = p->room - 1, hole = hash(owner, place) & mask;
    while (p->slots[hole] != place + 1)
        hole = (hole + 1) & mask;
    for (size_t i = (hole + 1) & mask; p->slots[i]; i = (i + 1) & mask) {
        /* One may fill the hole unless its home lies between the hole and itself. */
        size_t from_home = (i - hash(owner, p->slots[i] - 1)) & mask;
        if (from_home >= ((i - hole) & mask)) {
            p->slots[hole] = p->slots[i];
            hole = i;
        }
    }
    p->slots[hole] = 0;
    p->n--;
}

uint32_t prom_places_next(const struct prom_places *p, uint64_t *at)
{
    return p->room ? p->slots[(*at)++ & (p->room - 1)] - 1 : PROM_PLACES_NONE; /* 0, free, becomes NONE */
}
