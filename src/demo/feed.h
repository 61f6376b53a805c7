/* One topic of the demo and what its producers do to it. */
#ifndef DEMO_FEED_H
#define DEMO_FEED_H

#include "demo/plan.h"

struct demo_feed {
    const struct demo_plan_topic *plan;
    int64_t since_ms; /* when its logs were begun; elapsed time */
    double *share;    /* of the topic's rate, by partition; they sum up to 1 */
    int64_t *base;    /* end offset at since_ms, by partition */
    bool gone;
};

/* Creates the topic, with the history it has at the beginning. */
void demo_feed_init(const struct demo_stage *s, struct demo_feed *f, const struct demo_plan_topic *plan);
void demo_feed_done(struct demo_feed *f);
/* Moves the topic on to ms, one tick after it was moved the last time. */
void demo_feed_tick(const struct demo_stage *s, struct demo_feed *f, int64_t ms);
/* Average records a second of one partition. */
double demo_feed_rate(const struct demo_feed *f, int32_t partition);

#endif
