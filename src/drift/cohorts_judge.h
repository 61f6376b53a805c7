/* Judges the levels of cohort keys beside the reference's: small ones, new ones, those that are gone or lost a class, and those whose
 * features drift while the whole's do not.
 *
 * With `tail` the settings' false_alarms and e the rows that the reference's share of a level makes of this window's:
 * - ONE: fewer than DRIFT_COHORTS_ROWS rows, in a level that the reference has not (unless this key has levels as small as that there,
 *   or more levels than are held), or of which e >= DRIFT_COHORTS_ROWS and so few are by chance at most `tail`.
 * - UNSEEN: a level that the reference has not, of DRIFT_COHORTS_ROWS rows or more, unless its levels are more than are held.
 * - VANISHED: no row, e >= 10, by chance at most `tail`.
 * - LOST: a class of the label that has no row in the level, where the level's own share in the reference expects at least
 *   DRIFT_COHORTS_ROWS, by chance at most `tail` (drift/chance.h). With few rows no class is lost.
 * - DRIFT: a feature's score drifts against that level's profile in the reference while the whole's does not. Without such a profile
 *   nothing is said: that a region is not as the whole is no drift. */
#ifndef DRIFT_COHORTS_JUDGE_H
#define DRIFT_COHORTS_JUDGE_H

#include "drift/score.h"
#include "drift/streak.h"

/* A feature as the whole has it. */
struct drift_cohorts_judge_feature {
    const struct drift_reference_feature *reference; /* of the reference that is given; NULL: it has none */
    enum drift_mark mark;                            /* of the whole */
    unsigned also;
    bool label; /* its values are the classes: where a cohort lost one, that is said, and not that its label drifts */
};

struct drift_cohorts_judge_level {
    const struct drift_cohort *current, *reference; /* NULL: it has none */
    enum drift_mark mark;                           /* the gravest */
    unsigned also;                                  /* others: 1 << mark, or-ed */
    uint64_t rows;
    double share, share_reference; /* of the key's rows; NaN: there are none */
    unsigned lost;                 /* 1 << class, as the reference counts them */
    char *letters;                 /* one a feature, of its gravest mark in this level */
    size_t worst;                  /* the feature of the greatest excess; SIZE_MAX: none */
    double worst_value, worst_excess;
    struct drift_streak streak; /* zeroed until drift_cohorts_judge_go_on */
};

struct drift_cohorts_judge_key {
    const char *name;
    struct drift_cohorts_judge_level *levels; /* the window's, then those that it lacks */
    size_t n;
};

struct drift_cohorts_judge {
    struct drift_cohorts_judge_key *keys;
    size_t nkeys;
    enum drift_mark mark; /* the gravest of all */
};

/* current: settled, its profiles one a feature, over the reference's edges. reference: NULL, or one without cohorts: shares alone are told,
 * and NO_REFERENCE. What is borrowed of both must outlive the verdict, which is the caller's. */
struct drift_cohorts_judge *drift_cohorts_judge(const struct drift_cohorts *current,
                                                const struct drift_reference *reference,
                                                const struct drift_cohorts_judge_feature *features, size_t nfeatures,
                                                const struct drift_score_settings *settings);
/* Streaks up to this window, which ended at end_ms. before: that of the window before it; NULL: none. */
void drift_cohorts_judge_go_on(struct drift_cohorts_judge *j, const struct drift_cohorts_judge *before, int64_t end_ms);
void drift_cohorts_judge_free(struct drift_cohorts_judge *j); /* NULL is allowed */

#endif
