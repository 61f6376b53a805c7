/* The KLL quantile sketch of doubles: Karnin, Lang and Liberty, "Optimal quantile approximation in streams", 2016, with the
 * level capacities and bytes of Apache DataSketches.
 *
 * Level h holds values that each stand for 2^h; a level that is too full is halved: every second of its values, in order,
 * goes up. Fresh values lie in level 0 until it has DRIFT_KLL_FRESH of them (k, if that is more, up to DRIFT_SORT_MOST), so
 * that they are sorted many at a time and fewer are halved often. Fewer values than that are held as they are, and ranks are
 * exact. Coins come from a generator in the sketch, stirred by the values: the same values in the same order give the same
 * sketch. -0.0 is 0.0; infinities are values; NaN is counted and is none. */
#ifndef DRIFT_KLL_H
#define DRIFT_KLL_H

#include <stddef.h>
#include <stdint.h>

enum {
    DRIFT_KLL_K = 200, /* rank error 1.33 % */
    DRIFT_KLL_K_LEAST = 8,
    DRIFT_KLL_K_MOST = 65535,
    DRIFT_KLL_M = 8, /* the least capacity of a level */
    DRIFT_KLL_LEVELS = 50,
    DRIFT_KLL_FRESH = 256,
};

struct drift_kll_level {
    double *items; /* in order, but for level 0 */
    uint32_t n, room;
};

struct drift_kll {
    uint16_t k, min_k; /* min_k: the least of those that were merged, which tells the error */
    uint8_t levels;    /* in use, 1 at least */
    uint32_t fresh;    /* the most that level 0 holds */
    uint64_t n, nan;
    double least, most;                  /* of what left level 0 */
    uint64_t seed, coin;                 /* coin: the generator's state */
    uint32_t capacity[DRIFT_KLL_LEVELS]; /* by distance from the top level */
    struct drift_kll_level level[DRIFT_KLL_LEVELS];
};

/* k is brought into its range. */
void drift_kll_init(struct drift_kll *s, unsigned k);
/* Coins of another seed, for a sketch that is empty; without it all sketches have one. */
void drift_kll_seed(struct drift_kll *s, uint64_t seed);
void drift_kll_done(struct drift_kll *s);
/* Empty again, with the same coins as at first; keeps memory. */
void drift_kll_clear(struct drift_kll *s);
void drift_kll_copy(struct drift_kll *to, const struct drift_kll *from);

void drift_kll_add(struct drift_kll *s, const double *values, size_t n);
/* Adds what another sketch holds, of any k; the error is that of the lesser k. */
void drift_kll_merge(struct drift_kll *s, const struct drift_kll *other);

/* Exact; NaN when empty. */
double drift_kll_min(const struct drift_kll *s);
double drift_kll_max(const struct drift_kll *s);
/* What of a rank, as a share of n, 99 of 100 sketches keep to (DataSketches' fit): 2.296 / k^0.9723 for one rank, with
 * `pmf` 2.446 / k^0.9433 for the share between two values. 0 while all values are held. */
double drift_kll_error(const struct drift_kll *s, int pmf);
/* Values held, all levels together. */
size_t drift_kll_retained(const struct drift_kll *s);
/* Memory held, with the structure. */
size_t drift_kll_bytes(const struct drift_kll *s);

/* For those who read and write sketches: */

/* Values that levels of a sketch may hold together. */
uint32_t drift_kll_capacity(const struct drift_kll *s, unsigned levels);
/* Adds values to level 0 without counting them; none is NaN. */
void drift_kll_put(struct drift_kll *s, const double *values, size_t n);
/* Adds values in order to a level. */
void drift_kll_raise(struct drift_kll *s, unsigned level, const double *sorted, size_t n);
/* Halves levels until all together, level 0 with them, hold no more than their capacity. */
void drift_kll_fold(struct drift_kll *s);

#endif
