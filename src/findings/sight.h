/* What rules about a sink ask for again and again: whether it can be judged, how its cycles ended, and its coordinators, told apart by
 * the record keys of the cycles that they began. Worked out of its facts each time. */
#ifndef FINDINGS_SIGHT_H
#define FINDINGS_SIGHT_H

#include "findings/rule.h"

#include <string.h>

enum findings_sight_limit {
    FINDINGS_SIGHT_CHAINS = 8, /* coordinators of one sink that are told apart */
    FINDINGS_SIGHT_FAILED = 2, /* cycles in a row that failed: one is tried again */
};

/* A word of a row, which may be NULL. */
static inline bool findings_sight_is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

/* Of two times, either of which may be unknown. */
static inline int64_t findings_sight_latest(int64_t a, int64_t b)
{
    return a > b ? a : b; /* unknown is less than any */
}

/* Its cycles can be judged: it is not paused or stopped by its user, and what tells of them has been read to its end and can be read
 * now. */
bool findings_sight_ready(const struct findings_sink *sink);
/* Its user has stopped or paused it. */
bool findings_sight_halted(const struct findings_sink *sink);

/* In force; where nothing tells, what the sink and Connect take by themselves. */
int64_t findings_sight_interval_ms(const struct findings_sink *sink);
int64_t findings_sight_timeout_ms(const struct findings_sink *sink);
int64_t findings_sight_flush_ms(const struct findings_sink *sink);
/* So long after a START_COMMIT the next one is overdue: twice the interval, or the interval and a minute if that is more. */
int64_t findings_sight_patience_ms(const struct findings_sink *sink);

/* The cycle has an end that tells how it went: it is neither running, nor superseded, nor unknown. */
bool findings_sight_ended(const struct connect_cycle *cycle);
/* All that it waited for had answered. */
bool findings_sight_whole(const struct connect_cycle *cycle);
/* The answer of a partition; NULL: none. */
const struct connect_answer *findings_sight_answer(const struct connect_cycle *cycle, const struct name *topic,
                                                   int32_t partition);
/* Rows in files that were announced and are in no snapshot, in all its tables. */
int64_t findings_sight_pending_rows(const struct findings_sink *sink);
/* Gives a cycle's row as evidence. */
void findings_sight_cycle(struct findings_look *look, const struct findings_sink *sink, const char *text,
                          const struct connect_cycle *cycle);
/* When the i-th newest cycle began, as what lasts since then began with it; unknown of the oldest where there may be older ones. */
int64_t findings_sight_since(const struct findings_sink *sink, size_t i);
/* The same bytes, of whichever pool; NULL is like NULL alone. */
bool findings_sight_same(const struct name *a, const struct name *b);

/* The cycles that one coordinator began: those with one record key. Indices are those of sink->cycles. */
struct findings_sight_chain {
    const struct name *sender; /* NULL: only a log tells of them */
    size_t n, newest, oldest;
    size_t ended;                   /* so many of them have ended; of these, in a row up to the newest: */
    size_t failed, failed_oldest;   /* those that failed */
    size_t partial, partial_oldest; /* those that were partial */
};
/* The coordinators that begin cycles now: first the one that began the newest; then others that began one between two of it, not long
 * ago. One after whose last cycle another took over is none of them. Returns how many. */
size_t findings_sight_chains(const struct findings_sink *sink,
                             struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS]);

#endif
