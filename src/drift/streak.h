/* For how long what is said of a feature or a cohort has held, window after window: each mark by itself, for one may come to another. */
#ifndef DRIFT_STREAK_H
#define DRIFT_STREAK_H

#include "drift/mark.h"

#include <stdint.h>

struct drift_streak {
    struct {
        unsigned windows; /* in a row, up to the last one; 0: it does not hold */
        int64_t since_ms; /* the end of the first of them */
    } marks[DRIFT_MARKS];
};

/* The streak up to a window that ended at end_ms, of which marks hold (1 << mark, or-ed); before: up to the one before it, NULL: there
 * was none. */
void drift_streak_go_on(struct drift_streak *s, const struct drift_streak *before, unsigned marks, int64_t end_ms);

#endif
