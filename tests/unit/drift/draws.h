/* What distances of counts come to without drift, by drawing: to hold laws against. */
#ifndef TESTS_UNIT_DRIFT_DRAWS_H
#define TESTS_UNIT_DRIFT_DRAWS_H

#include "drift/distance.h"
#include "drift/method.h"

/* The values of so many windows in ascending order, the same ones each time; the caller's to free. Both sides are drawn from the
 * reference's shares, as many rows as it has and m. */
double *draws_make(enum drift_method_id method, const uint64_t *reference, size_t bins, uint64_t m, size_t windows);
/* The share of values above a line. */
double draws_over(const double *values, size_t windows, double line);

#endif
