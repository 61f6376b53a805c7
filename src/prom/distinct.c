/* Counting what is different. */
#include "prom/distinct.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

enum { BITS = 24, ROOM = 4 };
#define TIMES ((UINT64_C(1) << BITS) - 1) /* more are not counted, and never taken away */

void prom_distinct_done(struct prom_distinct *d)
{
    free(d->slots);
    free(d->counters);
    *d = (struct prom_distinct){0};
}

/* Where it is, or the free slot where it would be. */
static uint32_t find(const struct prom_distinct *d, uint64_t mark)
{
    uint32_t at = (uint32_t)mark & (d->room - 1);
    while (d->slots[at] && d->slots[at] >> BITS != mark)
        at = (at + 1) & (d->room - 1);
    return at;
}

static void grow(struct prom_distinct *d)
{
    struct prom_distinct larger = {.room = d->room ? 2 * d->room : ROOM, .used = d->used};
    larger.slots = mem_calloc(larger.room, sizeof *larger.slots);
    for (uint32_t i = 0; i < d->room; i++)
        if (d->slots[i])
            larger.slots[find(&larger, d->slots[i] >> BITS)] = d->slots[i];
    free(d->slots);
    *d = larger;
}

/* Takes out a slot, and closes the gap that others were put behind. */
static void take_out(struct prom_distinct *d, uint32_t gap)
{
    uint32_t mask = d->room - 1;
    for (uint32_t at = (gap + 1) & mask; d->slots[at]; at = (at + 1) & mask) {
        uint32_t home = (uint32_t)(d->slots[at] >> BITS) & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            d->slots[gap] = d->slots[at];
            gap = at;
        }
    }
    d->slots[gap] = 0;
    d->used--;
}

static void count(struct prom_distinct *d, uint64_t mark, int64_t times)
{
    uint32_t *c = &d->counters[mark % PROM_DISTINCT_CELLS];
    bool was = *c > 0;
    int64_t now = (int64_t)*c + times;
    *c = now <= 0 ? 0 : now < UINT32_MAX ? (uint32_t)now : UINT32_MAX;
    d->used += (*c > 0) - was;
}

static void estimate_from_now_on(struct prom_distinct *d)
{
    struct prom_distinct rough = {.counters = mem_calloc(PROM_DISTINCT_CELLS, sizeof *rough.counters)};
    for (uint32_t i = 0; i < d->room; i++)
        if (d->slots[i])
            count(&rough, d->slots[i] >> BITS, (int64_t)(d->slots[i] & TIMES));
    free(d->slots);
    *d = rough;
}

void prom_distinct_add(struct prom_distinct *d, uint64_t hash, int times)
{
    uint64_t mark = hash >> BITS ? hash >> BITS : 1; /* a slot of 0 is a free one */
    if (d->counters) {
        count(d, mark, times);
        return;
    }
    if (4 * d->used >= 3 * d->room)
        grow(d);
    uint32_t at = find(d, mark);
    uint64_t had = d->slots[at] & TIMES;
    int64_t now = (int64_t)had + times;
    if (had == TIMES || (!had && now <= 0))
        return;
    if (now <= 0) {
        take_out(d, at);
        return;
    }
    d->slots[at] = mark << BITS | ((uint64_t)now < TIMES ? (uint64_t)now : TIMES);
    d->used += !had;
    if (d->used > PROM_DISTINCT_EXACT)
        estimate_from_now_on(d);
}

int64_t prom_distinct_count(const struct prom_distinct *d, enum quality *q)
{
    const double cells = PROM_DISTINCT_CELLS;
    *q = d->counters ? QUALITY_EST : QUALITY_EXACT;
    if (!d->counters)
        return d->used;
    double zeros = cells - d->used;
    if (zeros < 1) {
        *q = QUALITY_GE;
        zeros = 1;
    }
    return llround(-cells * log(zeros / cells));
}
