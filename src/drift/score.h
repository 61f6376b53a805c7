/* Compares a window's profile of a feature with its reference: every statistic, and what is to be said of it. */
#ifndef DRIFT_SCORE_H
#define DRIFT_SCORE_H

#include "drift/reference.h"
#include "drift/mark.h"

/* The least that is asked before anything is said. */
struct drift_score_settings {
    uint64_t min_rows;   /* with a value, on each side; below it LOW_N. 0: DRIFT_SCORE_ROWS */
    double false_alarms; /* of a feature and a window on which nothing changed; 0: DRIFT_SCORE_FALSE_ALARMS */
};
enum { DRIFT_SCORE_ROWS = 50 };
#define DRIFT_SCORE_FALSE_ALARMS 1e-4 /* two windows in a row are asked for beside, for a finding */

/* NaN: does not apply, or cannot be said. */
struct drift_score {
    enum drift_mark mark; /* the gravest */
    unsigned also;        /* others that hold too: 1 << mark, or-ed */
    double value, line,
        threshold; /* by the feature's method; the line is the threshold, lifted to the quantile 1 - false_alarms
                                      of the null law at these n and m */
    double excess; /* value / line, line / value where small is drift: at least 1 is drift */
    double p;      /* KS of numbers, chi-square contingency of categories */
    bool p_exact;
    double psi, ks, js, wasserstein, wasserstein_normed, hellinger, total_variation, l_infinity, chi_square_p, cramer_v,
        z_p;
    double nulls, nulls_reference, nulls_p; /* shares of null and missing; two proportions */
    double zeros, zeros_reference, nan, outside, conflicts;
    double unseen_share;
    uint64_t unseen, vanished;
};

void drift_score_settings_default(struct drift_score_settings *s);
/* current: settled; over the reference's edges. */
void drift_score(const struct drift_reference_feature *reference, const struct drift_profile *current,
                 const struct drift_score_settings *settings, struct drift_score *out);

#endif
