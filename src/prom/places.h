/* A hash table of places in an array, 4 bytes a slot: the array's items hold what they are found by. */
#ifndef PROM_PLACES_H
#define PROM_PLACES_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct prom_places {
    uint32_t *slots; /* 1 + place; 0: free */
    size_t room, n;
};

/* The hash of what is at a place; always the same as long as it is in the table. */
typedef uint64_t prom_places_hash(const void *owner, uint32_t place);

#define PROM_PLACES_NONE UINT32_MAX

void prom_places_done(struct prom_places *p);
/* Adds a place below PROM_PLACES_NONE that is not there. */
void prom_places_add(struct prom_places *p, prom_places_hash *hash, const void *owner, uint32_t place);
/* Takes one out that is there. */
void prom_places_del(struct prom_places *p, prom_places_hash *hash, const void *owner, uint32_t place);
/* Those that may have this hash, one after the other: *at is the hash at first; PROM_PLACES_NONE at the end. */
uint32_t prom_places_next(const struct prom_places *p, uint64_t *at);

#endif
