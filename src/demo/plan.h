/* The cast of the demo: its topics and groups, and what each of them does, as two tables. */
#ifndef DEMO_PLAN_H
#define DEMO_PLAN_H

#include "demo/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demo_plan_topic {
    const char *name;
    int partitions, replication;
    double rate;     /* records a second, all partitions together, on average */
    double swing;    /* 0..1: how far the rate swings around its average */
    int period_s;    /* of the swing */
    int history_s;   /* how far back the log reaches at the start */
    int retention_s; /* records older than so much at the average rate go; 0: none do */
    double hot;      /* partition 0 gets so many times the others' share; 0 reads as 1 */
    bool internal;
    bool commits;        /* written by the groups that commit, not at a rate */
    bool transactional;  /* a transaction in partition 0 stays open for 25 of every 60 seconds */
    int out_of_sync;     /* one replica of partition out_of_sync - 1 has fallen behind; 0: none */
    int leaderless;      /* partition leaderless - 1 has no leader for 20 of every 60 seconds; 0: none */
    bool comes_and_goes; /* deleted after 30 s, back and empty after 90 s, and so on every 240 s */
};

/* How a group behaves; in the comments, what one is to see. */
enum demo_plan_act {
    DEMO_PLAN_CALM,        /* commits what there is, on time */
    DEMO_PLAN_FALLING,     /* reads slower than is written, ten of every fifteen minutes */
    DEMO_PLAN_DRAINING,    /* has a backlog that is gone in 150 s; 45 s later it starts over */
    DEMO_PLAN_STALLED,     /* members, but no commit */
    DEMO_PLAN_EMPTY,       /* no members, and a lag */
    DEMO_PLAN_LOSING,      /* stands still for 60 of every 100 s, while retention passes its commits */
    DEMO_PLAN_REBALANCING, /* every 40 s, for 13 s, with one member more or less each time */
    DEMO_PLAN_PARTIAL,     /* never committed in the upper half of its partitions */
    DEMO_PLAN_SIMPLE,      /* commits without being a member of anything */
    DEMO_PLAN_KIP848,      /* a group of the newer protocol */
    DEMO_PLAN_ORPHANED,    /* its topic comes and goes; it starts over 60 s after it came back */
    DEMO_PLAN_WORKERS,     /* Connect workers: no offsets, no consumer protocol */
};

struct demo_plan_group {
    const char *name;
    const char *topic; /* NULL: none */
    enum demo_plan_act act;
    int members;
    const char *assignor;
    int commit_s;     /* seconds between commits; 0: 5 */
    double backlog_s; /* how far behind it is at the start, in seconds of its topic's average rate */
    bool is_static;   /* members have instance ids */
};

/* A number from a seed, a name and an index, spread evenly over 64 bits. */
uint64_t demo_plan_draw(uint64_t seed, const char *name, int64_t index);
/* The same as a fraction, 0 <= it < 1. */
double demo_plan_chance(uint64_t seed, const char *name, int64_t index);
/* Where in a cycle of period_s seconds an elapsed time is, in seconds. */
double demo_plan_cycle(int64_t elapsed_ms, int period_s);

/* The steps in which the demo's time passes. */
enum { DEMO_PLAN_TICK_MS = 250 };

/* The topic of demo/churn. */
#define DEMO_PLAN_CHURN "churn-events"

/* Where it is played. Times of the demo are milliseconds since its beginning. */
struct demo_stage {
    struct demo_world *world;
    uint64_t seed;
    int64_t begin_wall_ms;
};

extern const struct demo_plan_topic demo_plan_topics[];
extern const size_t demo_plan_topic_count;
extern const struct demo_plan_group demo_plan_groups[];
extern const size_t demo_plan_group_count;

#endif
