/* How many different ones there are, of things that come and go several times: exact for some thousands, an estimate beyond. */
#ifndef PROM_DISTINCT_H
#define PROM_DISTINCT_H

#include "table/table.h"

#include <stdint.h>

enum {
    PROM_DISTINCT_EXACT = 16384, /* so many are told apart, in 256 KiB at most */
    PROM_DISTINCT_CELLS = 65536, /* beyond that each falls into one of so many counters, in 256 KiB */
};

/* Zeroed is empty.
 *
 * Each thing is known by 40 bits of its hash, with how often it is there. Past the limit only counters are left, and the number
 * is estimated by how many of them are 0 (linear counting: Whang, Vander-Zanden, Taylor 1990): for n things in m counters
 * -m ln(zeros / m), with an error of about 2 % up to eight times m. */
struct prom_distinct {
    uint64_t *slots;    /* hash in the upper 40 bits, how often in the lower 24; 0: free */
    uint32_t *counters; /* past the limit */
    uint32_t room;      /* of slots, a power of two */
    uint32_t used;      /* slots, or counters that are not 0 */
};

void prom_distinct_done(struct prom_distinct *d);
/* So many more of the thing with this hash; fewer where times is below 0, which are to have been there. */
void prom_distinct_add(struct prom_distinct *d, uint64_t hash, int times);
/* How many things there are: QUALITY_EXACT, QUALITY_EST, or QUALITY_GE where no counter is 0 any more. */
int64_t prom_distinct_count(const struct prom_distinct *d, enum quality *q);

#endif
