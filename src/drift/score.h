/* Compares a window's profile of a feature with its reference: every statistic, and what is to be said of it. */
#ifndef DRIFT_SCORE_H
#define DRIFT_SCORE_H

#include "drift/mark.h"
#include "drift/reference.h"

/* The least that is asked before anything is said. Zeroed is the default. */
struct drift_score_settings {
    uint64_t min_rows; /* with a value, on each side; below it LOW_N. 0: DRIFT_SCORE_ROWS */
    double
        false_alarms; /* of each mark of a feature and a window on which nothing changed; 0: DRIFT_SCORE_FALSE_ALARMS */
    bool brief;       /* of the statistics only the method's is counted: for cohorts, which are many */
};
enum { DRIFT_SCORE_ROWS = 50 };
#define DRIFT_SCORE_FALSE_ALARMS 1e-4 /* two windows in a row are asked for beside, for a finding */

/* NaN: does not apply, or cannot be said. Shares are of rows, but those of zeros, outside and unseen of rows with a value. */
struct drift_score {
    enum drift_mark mark; /* the gravest */
    unsigned also;        /* others that hold too: 1 << mark, or-ed */
    /* By the feature's method. The line is the threshold, lifted where without drift the value would pass it more often than
     * false_alarms at these rows: drift/lines.h; D by its critical value and what the sketches may be wrong by. A p-value's line is the
     * threshold, or false_alarms where that is less. */
    double value, line, threshold;
    double excess; /* value / line, line / value where small is drift: at least 1 is drift */
    double
        p; /* the method's where it is a p-value; else Kolmogorov and Smirnov's of numbers (chi-square's where the reference has bins
                 alone) and chi-square's of categories. From sketches it is of D less what both may be wrong by in rank */
    bool p_exact;
    double psi, ks, js, wasserstein, wasserstein_normed, hellinger, total_variation, l_infinity;
    double chi_square_p, cramer_v;   /* chi-square: of bins regrouped until the test is valid (drift/chi_square.h) */
    double chi_square_fit_p, js_two; /* where it is the method */
    double z_p;                      /* of two bins or categories, or where it is the method */
    double nulls, nulls_reference, nulls_p;                 /* shares of null and missing; drift/chance.h */
    double zeros, zeros_reference, nan, outside, conflicts; /* nan: and infinite ones */
    double unseen_share;
    uint64_t unseen, vanished;
    bool ordered; /* the current side's values were put in order: their quantiles by drift_points_ranks are there */
    double quantiles[DRIFT_POINTS_QUANTILES];
};

/* current: settled; over the reference's edges (drift/profile_counts.h). */
void drift_score(const struct drift_reference_feature *reference, const struct drift_profile *current,
                 const struct drift_score_settings *settings, struct drift_score *out);

/* Where the feature's method is a p-value, judges again by the p that was adjusted for all of a dataset's features (drift/multiple.h
 * over their score.p): excess and DRIFT; value stays. Of other methods nothing changes. */
void drift_score_adjust(const struct drift_reference_feature *reference, double p_adjusted, struct drift_score *s);

#endif
