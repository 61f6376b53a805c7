/* For how long marks have held. */
#include "drift/streak.h"

#include <stdbool.h>

void drift_streak_go_on(struct drift_streak *s, const struct drift_streak *before, unsigned marks, int64_t end_ms)
{
    for (int m = 0; m < DRIFT_MARKS; m++) {
        const unsigned windows = before ? before->marks[m].windows : 0;
        const bool holds = marks & 1U << m;
        s->marks[m].since_ms = holds && windows ? before->marks[m].since_ms : end_ms;
        s->marks[m].windows = holds ? windows + 1 : 0;
    }
}
