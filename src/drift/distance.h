/* Distances of two distributions over the same bins or categories, from counts.
 *
 * p is the reference's share of a bin, q the current one's. A bin that neither side has a row in counts for nothing. */
#ifndef DRIFT_DISTANCE_H
#define DRIFT_DISTANCE_H

#include "drift/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts of the same n bins; borrowed. */
struct drift_distance_sides {
    const uint64_t *reference, *current;
    size_t n;
};

/* What a bin that is empty on one side counts as: no two tools agree, and PSI depends on it more than on anything else. */
enum drift_distance_empty {
    DRIFT_DISTANCE_EVIDENTLY, /* 0 is 0.0001, or a millionth of the side's least share where that is at most 0.0001; the others
                                    stay as they are */
    DRIFT_DISTANCE_CLIP,         /* every share is at least 0.01, as Deepchecks has it */
    DRIFT_DISTANCE_LAPLACE_HALF, /* (c + ½) / (N + B/2) */
    DRIFT_DISTANCE_LAPLACE,      /* (c + 1) / (N + B) */
    DRIFT_DISTANCE_SKIP,         /* the bin is left out */
    DRIFT_DISTANCE_AS_IS,        /* it makes PSI infinite, as Deequ has it */
};

enum drift_distance_base {
    DRIFT_DISTANCE_NAT, /* natural logarithm: Evidently */
    DRIFT_DISTANCE_TWO, /* base 2: NannyML, TFDV */
};

/* Rows of each side, and bins that either has rows in. */
struct drift_distance_total {
    double reference, current;
    size_t bins;
};
enum drift_state drift_distance_total(const struct drift_distance_sides *s, struct drift_distance_total *out);

/* PSI = Σ (p - q) ln(p / q). terms: of each of the n bins, 0 for those that neither side has; NULL: not wanted. */
enum drift_state drift_distance_psi(const struct drift_distance_sides *s, enum drift_distance_empty rule, double *terms,
                                    double *psi);

/* KL(reference ‖ current) = Σ p ln(p / q). scaled: the shares that the rule for empty bins gave are made to sum to 1 again, as
 * Evidently does through scipy. */
enum drift_state drift_distance_kl(const struct drift_distance_sides *s, enum drift_distance_empty rule, bool scaled,
                                   double *kl);

/* Jensen and Shannon's divergence ½ KL(p ‖ m) + ½ KL(q ‖ m), m = (p + q) / 2; the distance is its square root. */
enum drift_state drift_distance_js_divergence(const struct drift_distance_sides *s, enum drift_distance_base base,
                                              double *divergence);
enum drift_state drift_distance_js(const struct drift_distance_sides *s, enum drift_distance_base base,
                                   double *distance);

/* √(1 - Σ √(p q)), as √(½ Σ (√p - √q)²) */
enum drift_state drift_distance_hellinger(const struct drift_distance_sides *s, double *distance);
/* ½ Σ |p - q| */
enum drift_state drift_distance_total_variation(const struct drift_distance_sides *s, double *distance);
/* The greatest |p - q|. */
enum drift_state drift_distance_l_infinity(const struct drift_distance_sides *s, double *distance);

#endif
