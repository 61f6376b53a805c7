/* What is said of a feature, a cohort or a dataset: one word each, from the least to the gravest. */
#ifndef DRIFT_MARK_H
#define DRIFT_MARK_H

enum drift_mark {
    DRIFT_MARK_OK,
    DRIFT_MARK_NO_REFERENCE, /* nothing to compare with yet */
    DRIFT_MARK_LOW_N,        /* too few rows on one side to say anything */
    DRIFT_MARK_EMPTY,        /* no row with a value, though the reference has them */
    DRIFT_MARK_TYPE,         /* values of another type than the reference's */
    DRIFT_MARK_RANGE,        /* values far outside of what the reference has */
    DRIFT_MARK_UNSEEN,       /* categories that the reference has not */
    DRIFT_MARK_VANISHED,     /* categories that are gone */
    DRIFT_MARK_NULLS,        /* more null or missing than in the reference, or fewer */
    DRIFT_MARK_ZEROS,        /* a mass at zero that was not there */
    DRIFT_MARK_CONSTANT,     /* one value alone, which the reference has not */
    DRIFT_MARK_ONE,          /* a cohort of one row, or of fewer than are wanted */
    DRIFT_MARK_LOST,         /* a cohort lost a class of the label */
    DRIFT_MARK_DRIFT,        /* the score is beyond its line */
    DRIFT_MARKS,
};

/* One table: the word of the state column, the letter of a matrix, and what it means. */
struct drift_mark_name {
    const char *word; /* "LOW-N" */
    char letter;
    const char *help;
};
extern const struct drift_mark_name drift_mark_names[DRIFT_MARKS];

#endif
