/* p-values of many features at once: what each is worth when all are looked at. */
#ifndef DRIFT_MULTIPLE_H
#define DRIFT_MULTIPLE_H

#include <stddef.h>

enum drift_multiple {
    DRIFT_MULTIPLE_BONFERRONI, /* p m */
    DRIFT_MULTIPLE_BH,         /* Benjamini and Hochberg 1995: min over j >= i of p_(j) m / j */
    DRIFT_MULTIPLE_BY,         /* Benjamini and Yekutieli 2001, whatever the dependence: BH times Σ 1/k */
};

/* adjusted[i] is p[i] adjusted for as many tests as there are values that are not NaN (a NaN stays one), at most 1; adjusted may
 * be p itself. A feature is rejected at level q where its adjusted p is at most q. */
void drift_multiple_adjust(enum drift_multiple how, const double *p, size_t n, double *adjusted);

#endif
