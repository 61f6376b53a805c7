/* Open addressing with linear probing; deletion moves later entries back, so that there are no tombstones. */
#include "prom/parts.h"

#include "base/mem.h"

#include <stdlib.h>

enum { ROOM = 8 };

void prom_parts_done(struct prom_parts *p)
{
    free(p->slots);
    *p = (struct prom_parts){0};
}

/* Numbers count up: a multiplicative hash spreads them, whatever their stride. */
static uint32_t home(const struct prom_parts *p, uint32_t number)
{
    uint32_t h = number * UINT32_C(0x9E3779B1);
    return (h ^ h >> 16) & (p->room - 1);
}

/* Where it is, or the free slot where it would be. */
static uint32_t find(const struct prom_parts *p, uint32_t number)
{
    uint32_t at = home(p, number);
    while (p->slots[at].number && p->slots[at].number != number)
        at = (at + 1) & (p->room - 1);
    return at;
}

static void grow(struct prom_parts *p)
{
    struct prom_parts larger = {.room = p->room ? 2 * p->room : ROOM, .n = p->n};
    larger.slots = mem_calloc(larger.room, sizeof *larger.slots);
    for (uint32_t i = 0; i < p->room; i++)
        if (p->slots[i].number)
            larger.slots[find(&larger, p->slots[i].number)] = p->slots[i];
    free(p->slots);
    *p = larger;
}

/* Takes out a slot, and closes the gap that others were put behind. */
static void take_out(struct prom_parts *p, uint32_t gap)
{
    uint32_t mask = p->room - 1;
    for (uint32_t at = (gap + 1) & mask; p->slots[at].number; at = (at + 1) & mask) {
        uint32_t from_home = (at - home(p, p->slots[at].number)) & mask;
        if (from_home >= ((at - gap) & mask)) {
            p->slots[gap] = p->slots[at];
            gap = at;
        }
    }
    p->slots[gap] = (struct prom_parts_slot){0};
    p->n--;
}

uint32_t prom_parts_add(struct prom_parts *p, uint32_t number, int64_t more, uint32_t *now)
{
    if ((p->n + UINT64_C(1)) * 8 > p->room * UINT64_C(7))
        grow(p);
    uint32_t at = find(p, number), had = p->slots[at].count;
    int64_t sum = (int64_t)had + more;
    *now = sum < 0 ? 0 : sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
    if (*now) {
        p->n += !had;
        p->slots[at] = (struct prom_parts_slot){.number = number, .count = *now};
    } else if (had) {
        take_out(p, at);
    }
    return had;
}
