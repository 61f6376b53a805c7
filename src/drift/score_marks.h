/* What every distance misses: null rate, zeros, types, range, new and vanished categories, a constant.
 *
 * With `tail` the settings' false_alarms, each mark asks for an effect and for a chance (drift/chance.h) of at most that:
 * - LOW_N: a side has fewer rows with a value than min_rows. Of these only EMPTY, TYPE and NULLS may be said beside it.
 * - EMPTY: no row has a value, which of the reference's share of values would be by chance.
 * - TYPE: the share of conflicts, of rows with something there, is up by at least 0.01.
 * - NULLS: the share of null and missing, or that of NaN and infinite values, changed by at least 0.01, or to twice or half.
 * - ZEROS: the share of zeros is up by at least 0.05.
 * - RANGE: at least 0.01 more of the values than of the reference's lie outside of its outer edges. Where none of its n did, the
 *   chance that k of m do is at most (k + 1) Π (m - i) / (n + m - i), whatever the law: the k outermost of all rows are current, some
 *   above and some below.
 * - UNSEEN, VANISHED: a category of the one side has so many rows that it is by chance that the other has none, summed over
 *   the categories that have as many on both sides together, so that an id with a long tail is not always new, and a tail of rare ones
 *   hides nothing. UNSEEN: 2 rows at least. Where every category of the reference has 5 rows or more, a new one of 5 rows is said
 *   whatever the chance, and one of fewer by ten times the chance and no sum. VANISHED: 10 are expected.
 * - CONSTANT: one value alone, of which the reference's share (or that of its bin) makes that a chance. */
#ifndef DRIFT_SCORE_MARKS_H
#define DRIFT_SCORE_MARKS_H

#include "drift/score.h"

/* 1 << mark, or-ed, of all but DRIFT; fills what of s is no statistic. NO_REFERENCE: the reference has no value. */
unsigned drift_score_marks(const struct drift_reference_feature *reference, const struct drift_profile *current,
                           const struct drift_score_settings *settings, struct drift_score *s);

#endif
