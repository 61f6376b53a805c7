/* How likely a difference of counts is where nothing changed: for the few rows on which normal laws say too much. */
#ifndef DRIFT_CHANCE_H
#define DRIFT_CHANCE_H

#include <stdint.h>

/* a of n rows of the reference and b of m current ones have something. Two-sided: twice the lesser tail of the binomial law of the a + b
 * rows (or of the others, where they are fewer), each current with probability m / (n + m), up to DRIFT_CHANCE_FEW of them; the two
 * proportions' (drift/proportion.h) of more. 1 where a side has no rows. That one row of 50 is null is nothing beside none of 1,000; the
 * normal law gives it 8e-6. */
enum { DRIFT_CHANCE_FEW = 200 };
double drift_chance_share(uint64_t a, uint64_t n, uint64_t b, uint64_t m);

/* The upper tail of the same law: of a + b rows at least b are current. */
double drift_chance_more(uint64_t a, uint64_t n, uint64_t b, uint64_t m);

/* More rows outside of a range than `before` of the reference's that are: drift_chance_share; where none is, since the range is the
 * reference's own, that the k outermost of all rows are current, on either side. */
double drift_chance_outside(uint64_t before, uint64_t n, uint64_t k, uint64_t m);

/* k certain rows of n + m are all among the m: Π (m - i) / (n + m - i), i < k. */
double drift_chance_all(uint64_t k, uint64_t n, uint64_t m);

#endif
