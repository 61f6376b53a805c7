/* How many there are of each number, where there are some: 8 bytes a slot, for the many who have a few hundred each. */
#ifndef PROM_PARTS_H
#define PROM_PARTS_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct prom_parts {
    struct prom_parts_slot {
        uint32_t number; /* 0: free */
        uint32_t count;
    } * slots;
    uint32_t room, n; /* room: a power of two */
};

void prom_parts_done(struct prom_parts *p);
/* So many more of this number, which is not 0; below 0: fewer, but never less than none. Returns how many there were, and how
 * many there are now in *now. */
uint32_t prom_parts_add(struct prom_parts *p, uint32_t number, int64_t more, uint32_t *now);

#endif
