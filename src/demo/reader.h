/* One group of the demo and what its consumers do. */
#ifndef DEMO_READER_H
#define DEMO_READER_H

#include "demo/feed.h"

struct demo_reader {
    const struct demo_plan_group *plan;
    struct demo_group *group;
    struct demo_feed *feed; /* NULL: none */
    double *at;             /* next offset to be read, by partition */
    int64_t next_commit_ms;
    int64_t idle_since_ms; /* since when it has been caught up; -1: it is not */
    int phase;             /* of what it goes through by turns; -1 before the first */
};

/* Creates the group with its members and first commits. feed is its topic's, NULL if it has none;
 * it stays the caller's and must outlive the reader. */
void demo_reader_init(const struct demo_stage *s, struct demo_reader *r, const struct demo_plan_group *plan,
                      struct demo_feed *feed);
void demo_reader_done(struct demo_reader *r);
/* Moves the group on to ms, one tick after it was moved the last time; its topic was moved before.
 */
void demo_reader_tick(const struct demo_stage *s, struct demo_reader *r, int64_t ms);

#endif
