/* Mean and variance as values come by, with what is no finite number counted apart. */
#ifndef DRIFT_MOMENTS_H
#define DRIFT_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct drift_moments {
    uint64_t count; /* finite values */
    uint64_t zeros; /* of them, -0.0 too */
    uint64_t nan, pos_inf, neg_inf;
    double mean, m2; /* m2: the sum of squared distances from the mean */
    double min, max; /* of the finite ones; meaningless while count is 0 */
};

/* Blocks of values by two passes, each merged to what is there: as exact as Welford's recurrence, and faster. */
void drift_moments_add(struct drift_moments *m, const double *values, size_t n);
/* Chan, Golub and LeVeque 1979: d = mean_b - mean_a, n = n_a + n_b; mean = mean_a + d n_b / n,
 * m2 = m2_a + m2_b + d^2 n_a n_b / n. */
void drift_moments_merge(struct drift_moments *m, const struct drift_moments *other);
/* √(m2 / (count - ddof)): ddof 0 of the population, 1 of a sample. NaN if count <= ddof. */
double drift_moments_deviation(const struct drift_moments *m, unsigned ddof);

#endif
