/* HyperLogLog: how many distinct values there were, in bounded memory. Hashes, slots and bytes are those of Apache
 * DataSketches (MurmurHash3 x64-128, seed 9001), so that its sketches and ours can be merged.
 *
 * A value's hash is a coupon: 26 bits of address and a number of leading zeros plus one. Few coupons are held as they are
 * (the count is then good to some 10^-6); many go to 2^lg registers, each the greatest number that came to its address.
 * While values came one by one the estimate is the historic inverse probability one, of relative standard error
 * 0.8326 / 2^(lg/2); of merged sketches it is Ertl's ("New cardinality estimation algorithms for HyperLogLog sketches",
 * 2017, section 4), 1.039 / 2^(lg/2). */
#ifndef DRIFT_HLL_H
#define DRIFT_HLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DRIFT_HLL_LG = 12, /* error 1.3 %, 4 kB */
    DRIFT_HLL_LG_LEAST = 4,
    DRIFT_HLL_LG_MOST = 21,
    DRIFT_HLL_LIST = 8, /* coupons that are a list; more are a table, of DRIFT_HLL_TABLE places at first */
    DRIFT_HLL_TABLE = 32,
    DRIFT_HLL_VALUE = 63, /* the greatest register */
};

struct drift_hll {
    uint8_t lg;
    bool merged;         /* values did not come one by one: hip does not hold */
    uint32_t *coupons;   /* a list of DRIFT_HLL_LIST places, or a table of a power of two; 0 is a free place */
    uint32_t n, room;    /* of coupons */
    uint8_t *registers;  /* 2^lg; NULL while there are coupons */
    double hip;          /* the estimate while values come one by one */
    double large, small; /* the sum of 2^-register: of registers below 32, and of the others */
    uint32_t zeros;      /* registers that are 0 */
};

/* lg is brought into its range. */
void drift_hll_init(struct drift_hll *s, unsigned lg);
void drift_hll_done(struct drift_hll *s);

void drift_hll_add_bytes(struct drift_hll *s, const void *bytes, size_t len);
/* The bits of a number, -0.0 as 0.0; NaN is left out. */
void drift_hll_add_double(struct drift_hll *s, double value);
void drift_hll_add_int(struct drift_hll *s, int64_t value);
/* Adds what another sketch holds; the lesser lg of both is kept. */
void drift_hll_merge(struct drift_hll *s, const struct drift_hll *other);

double drift_hll_estimate(const struct drift_hll *s);
/* Relative standard error of the estimate. */
double drift_hll_error(const struct drift_hll *s);
/* Memory held, with the structure. */
size_t drift_hll_bytes(const struct drift_hll *s);

/* For those who read sketches: adds a coupon (number << 26 | address); not 0. */
void drift_hll_put(struct drift_hll *s, uint32_t coupon);
/* Gives the sketch registers instead of coupons, all 0. */
void drift_hll_promote(struct drift_hll *s);

#endif
