/* A KLL sketch's values in order with what they weigh together: made once, asked often. */
#ifndef DRIFT_KLL_VIEW_H
#define DRIFT_KLL_VIEW_H

#include "drift/kll.h"

#include <stdbool.h>

struct drift_kll_view {
    double *values;
    uint64_t *weights; /* of this value and those before it; the last is n, or none */
    size_t count;
    double least, most;
};

void drift_kll_view_init(struct drift_kll_view *v, const struct drift_kll *s);
void drift_kll_view_done(struct drift_kll_view *v);

/* The share of values that are less than x, or with `inclusive` less or equal; NaN when empty. Never falls while x rises. */
double drift_kll_view_rank(const struct drift_kll_view *v, double x, bool inclusive);
/* The value at a rank of 0 to 1: with `inclusive` the first whose weight reaches ceil(rank n), else the first whose weight
 * is above floor(rank n); the least at 0, the greatest at 1. As DataSketches. NaN when empty. */
double drift_kll_view_quantile(const struct drift_kll_view *v, double rank, bool inclusive);
/* The shares between ascending splits, which must not be NaN: below the first, ..., above the last; splits + 1 of them, which sum to
 * 1. NaN each when empty. */
void drift_kll_view_pmf(const struct drift_kll_view *v, const double *at, size_t splits, bool inclusive,
                        double *shares);

#endif
