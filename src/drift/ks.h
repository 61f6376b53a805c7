/* Kolmogorov and Smirnov's test of two samples: what its D is worth. */
#ifndef DRIFT_KS_H
#define DRIFT_KS_H

#include "drift/state.h"

#include <stdbool.h>
#include <stdint.h>

enum drift_ks_how {
    DRIFT_KS_AUTO, /* exact up to DRIFT_KS_EXACT_MAX rows a side, as scipy's ks_2samp */
    DRIFT_KS_EXACT, /* exact where it can be counted: with both sides' least common multiple below 2^31 times the divisor */
    DRIFT_KS_ASYMPTOTIC, /* the one-sample law (drift/ks_law.h) of nm / (n + m) rows, rounded to whole ones */
};

enum { DRIFT_KS_EXACT_MAX = 10000 };

struct drift_ks {
    double p;   /* P(D >= d) where both sides are of one law */
    bool exact; /* else to be shown with ~ */
};

/* d of n rows of the reference and m current ones. Exact needs time for 2 d n m steps, of some nanoseconds each, where n and m
 * differ; for n steps where they do not. */
enum drift_state drift_ks_p(double d, uint64_t n, uint64_t m, enum drift_ks_how how, struct drift_ks *out);

/* The D that is exceeded with probability `tail` by the limit's first term: √(-½ ln(tail / 2)) √((n + m) / (n m)); at most 1. */
double drift_ks_critical(double tail, uint64_t n, uint64_t m);

#endif
