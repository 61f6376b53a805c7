/* Counts of a numeric feature over frozen edges, with what no bin can tell counted apart: null, NaN, infinities, zeros,
 * and what lies outside the reference's range. */
#ifndef DRIFT_HISTOGRAM_H
#define DRIFT_HISTOGRAM_H

#include "drift/edges.h"

struct drift_histogram {
    const struct drift_edges *edges; /* the caller's; outlives the histogram */
    uint64_t *counts;                /* edges->bins */
    uint64_t finite;                 /* values that are numbers, in a bin or not */
    uint64_t null, nan, pos_inf, neg_inf;
    uint64_t zero;         /* of the finite ones; -0.0 is one */
    uint64_t below, above; /* finite ones outside the outer edges; open bins hold them as well */
};

void drift_histogram_init(struct drift_histogram *h, const struct drift_edges *edges);
void drift_histogram_done(struct drift_histogram *h);
/* All counts zero, for the next window. */
void drift_histogram_clear(struct drift_histogram *h);

void drift_histogram_add(struct drift_histogram *h, const double *values, size_t n);
void drift_histogram_null(struct drift_histogram *h, uint64_t n);
/* Adds other's counts, exactly. ERR_INVALID if the edges are others. */
int drift_histogram_merge(struct drift_histogram *h, const struct drift_histogram *other, struct error *err);
/* All that was added, nulls and all that is no number too. */
uint64_t drift_histogram_rows(const struct drift_histogram *h);
/* Memory held without the edges, which many share. */
size_t drift_histogram_bytes(const struct drift_histogram *h);

#endif
