/* Chi-square tests of counts over categories, and Cramér's V.
 *
 * A category that neither side has a row in is none. One category alone cannot differ: the statistic is 0, p is 1. */
#ifndef DRIFT_CHI_SQUARE_H
#define DRIFT_CHI_SQUARE_H

#include "drift/distance.h"

struct drift_chi_square {
    double statistic; /* infinite: drift_chi_square_fit met a category that the reference has not */
    double df;        /* degrees of freedom: categories less one */
    double p;
};

/* Goodness of fit as Evidently has it: the reference, scaled to the current side's rows, is taken for exact; Σ (c - e)² / e. */
enum drift_state drift_chi_square_fit(const struct drift_distance_sides *s, struct drift_chi_square *out);

/* Contingency table of two rows: neither side is exact, and a new category has a finite weight. As scipy's chi2_contingency:
 * with one degree of freedom each count is moved by up to ½ towards what is expected (Yates), unless `plain`. */
enum drift_state drift_chi_square_contingency(const struct drift_distance_sides *s, bool plain,
                                              struct drift_chi_square *out);

/* √(χ² / (N min(k - 1, 1))) of the contingency table without Yates; corrected: Bergsma's 2013 correction of its bias, which is 0
 * in the mean where nothing differs. One category: 0. */
enum drift_state drift_chi_square_cramer(const struct drift_distance_sides *s, bool corrected, double *v);

enum { DRIFT_CHI_SQUARE_OF_TWO = 10, DRIFT_CHI_SQUARE_OF_MORE = 5, DRIFT_CHI_SQUARE_FEW_PERCENT = 20 };

/* Categories taken together until the test is valid by Deequ's rule: of two categories, 10 rows are expected in each; of more,
 * fewer than 5 in at most a fifth of them. The smallest goes into the next smallest. What is expected is the contingency table's,
 * of the side with fewer rows. reference and current: room for s->n counts each; *n: how many there are then, 1 where no two of
 * them would do. */
enum drift_state drift_chi_square_regroup(const struct drift_distance_sides *s, uint64_t *reference, uint64_t *current,
                                          size_t *n);

#endif
