/* Two proportions: did the share of something change? */
#ifndef DRIFT_PROPORTION_H
#define DRIFT_PROPORTION_H

#include "drift/state.h"

#include <stdint.h>

struct drift_proportion {
    double reference, current; /* shares */
    double z;                  /* (reference - current) / √(p (1 - p) (1/n + 1/m)), p of both sides pooled */
    double p;                  /* two-sided: erfc(|z| / √2) */
};

/* `of_reference` of `n` rows and `of_current` of `m` have it. Where all rows have it, or none, z is 0 and p is 1. */
enum drift_state drift_proportion_test(uint64_t of_reference, uint64_t n, uint64_t of_current, uint64_t m,
                                       struct drift_proportion *out);

#endif
