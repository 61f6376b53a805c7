/* Distances of two samples: of rows held whole, or of weighted points such as a quantile sketch gives. */
#ifndef DRIFT_SAMPLE_H
#define DRIFT_SAMPLE_H

#include "drift/state.h"

#include <stddef.h>
#include <stdint.h>

/* Values in ascending order, without NaN; borrowed. */
struct drift_sample {
    const double *values;
    const uint64_t *upto; /* rows of this value and of those before it, as a sketch's view has them; NULL: one each */
    size_t n;
};

/* Evidently divides by no less than this. */
#define DRIFT_SAMPLE_LEAST_DEVIATION 0.001

struct drift_sample_distance {
    double reference, current; /* rows of each side */
    double d;                  /* Kolmogorov and Smirnov's: the greatest |F - G|, both continuous from the right */
    double wasserstein;        /* ∫ |F - G| dx */
};

enum drift_state drift_sample_distance(const struct drift_sample *reference, const struct drift_sample *current,
                                       struct drift_sample_distance *out);
/* That Wasserstein distance over the reference's population standard deviation, no less than 0.001: Evidently's. NaN: no rows. */
double drift_sample_normed(const struct drift_sample *reference, double wasserstein);

/* The rows of each side below the reference's value at rank `share` and above that at 1 - share (0: outside of its range), and how
 * much of the Wasserstein distance is at most owed to them. */
struct drift_sample_beyond {
    double reference, current, wasserstein;
};
struct drift_sample_beyond drift_sample_beyond(const struct drift_sample *reference, const struct drift_sample *current,
                                               double share);

/* Rows, mean and population standard deviation of finite values; one pass for each. No rows: DRIFT_STATE_NO_REFERENCE. */
struct drift_sample_moments {
    double rows, mean, deviation;
};
enum drift_state drift_sample_moments(const struct drift_sample *s, struct drift_sample_moments *out);

#endif
