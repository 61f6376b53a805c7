/* Quantiles of histograms, as Prometheus works them out (promql/quantile.go). */
#ifndef PROM_HISTOGRAM_H
#define PROM_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* A bucket of a classic histogram: observations up to le, cumulated. */
struct prom_histogram_bucket {
    double le, count;
};

/* What was amiss in the buckets. */
struct prom_histogram_doubt {
    bool forced; /* counts went down from one bucket to the next by more than rounding, and were made not to */
    double forced_from, forced_to, forced_by; /* the least and greatest le of these, and the greatest difference */
};

/* The q-quantile of n buckets in any order; they are sorted and mended in place. NaN where it cannot be told: no bucket of +Inf,
 * fewer than two buckets, no observation. q < 0: -Inf, > 1: +Inf. doubt may be NULL. */
double prom_histogram_quantile(double q, struct prom_histogram_bucket *buckets, size_t n,
                               struct prom_histogram_doubt *doubt);

/* A native histogram as the HTTP API gives it: buckets in ascending order, counts of their own. */
struct prom_histogram_native_bucket {
    double low, high, count;
};
struct prom_histogram_native {
    const struct prom_histogram_native_bucket *buckets;
    size_t n;
    double count, sum;
    bool custom; /* bounds are the user's own (NHCB): linear within a bucket; else exponential but around zero */
};
/* The q-quantile of one. NaN without observations, and where it is a NaN that was observed; q < 0: -Inf, > 1: +Inf. */
double prom_histogram_native_quantile(double q, const struct prom_histogram_native *h);

#endif
