/* How old the record at an offset is: between which two times the log grew past it, by what was observed and by what
 * records' own times tell. */
#ifndef KAFKA_AGE_H
#define KAFKA_AGE_H

#include "kafka/told.h"

/* Where an age comes from, best known last. */
enum kafka_age_method {
    KAFKA_AGE_NONE,      /* nothing is known */
    KAFKA_AGE_BEYOND,    /* older than everything that is known: a lower bound */
    KAFKA_AGE_TIMES,     /* between times that the broker told by its index of records' times */
    KAFKA_AGE_OBSERVED,  /* between two ends that icetop observed, in this run or an earlier one */
    KAFKA_AGE_RECORD,    /* the record itself was read: its own time */
    KAFKA_AGE_CAUGHT_UP, /* there is no such record yet */
};

/* The words for it, as in the column lag_s_method; NULL for none. */
const char *kafka_age_method_text(enum kafka_age_method m);

struct kafka_age {
    enum quality quality; /* est; ge for BEYOND; exact for RECORD and CAUGHT_UP; else unknown */
    enum kafka_age_method method;
    double seconds;
    double error; /* the truth lies within so many seconds; NaN: not known, or a bound */
    bool low_known;
    int64_t low_ms, high_ms; /* the record came after low and not after high; monotonic */
};

/* The age of the record at an offset before the end of the log, at now_ms (monotonic). ends are observations of the end;
 * told (may be NULL) is used where these leave more open than it does, and only as far as it agrees with them: times of
 * records are those of whoever wrote them. Within the two times it is interpolated by offset. Nothing is ever
 * extrapolated. Notes in told which of its points are of use. */
void kafka_age_of(const struct kafka_ring *ends, struct kafka_told *told, int64_t offset, int64_t now_ms,
                  struct kafka_age *ret);
/* True where so much is left open that asking the broker for times in between is worth it. */
bool kafka_age_is_wide(const struct kafka_age *a, int64_t now_ms);

/* The oldest of several ages. Zeroed is empty. */
struct kafka_age_sum {
    size_t known, ge, stale;
    double seconds, low, high; /* the greatest age, and the greatest of what all may be at least and at most */
    enum kafka_age_method method;
    bool error_unknown;
};

void kafka_age_add(struct kafka_age_sum *s, enum quality quality, double seconds, double error,
                   enum kafka_age_method method);
/* The sum as an age, where `counted` should be known: a bound where one of them is one or is missing, stale where one
 * is. */
void kafka_age_total(const struct kafka_age_sum *s, size_t counted, struct kafka_age *ret);

#endif
