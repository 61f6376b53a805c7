/* What is remembered of a group and of each of its partitions to judge them by. */
#ifndef KAFKA_WATCH_H
#define KAFKA_WATCH_H

#include "kafka/burrow.h"
#include "kafka/verdict.h"

/* Of a partition of a group. Zeroed is new; the window is there only once a commit was seen. */
struct kafka_watch {
    struct kafka_burrow_window *window;
    int64_t offset;   /* the last that was seen, where seen */
    int64_t since_ms; /* when it was first seen */
    struct kafka_verdict_said said;
    bool seen, moved; /* moved: it is not the one that was there at first */
};

void kafka_watch_done(struct kafka_watch *w, struct slab *slab); /* leaves it as new */
/* The committed offset as it was read, which brought it to this lag; it counts as a commit only if it is another than
 * before. Times are milliseconds of the monotonic clock. An offset of -1, that is, none, forgets all. */
void kafka_watch_read(struct kafka_watch *w, struct slab *slab, int64_t ms, int64_t offset, int64_t lag);
/* A commit as it was made, of the same offset or of another; ms is when it was made. */
void kafka_watch_commit(struct kafka_watch *w, struct slab *slab, int64_t ms, int64_t offset, int64_t lag);

enum { KAFKA_WATCH_REBALANCES = 3, KAFKA_WATCH_REBALANCES_MS = 600000 };

/* Of a group. Zeroed is new. */
struct kafka_group_watch {
    const void *worst;                          /* the partition named last; only to be compared */
    int64_t rebalances[KAFKA_WATCH_REBALANCES]; /* when the last ones began, oldest first */
    uint8_t nrebalances;
    bool rebalancing;
    bool assigned_known; /* what each member is assigned, when it was last described */
    struct kafka_verdict_said said;
};

/* The state as it was read: whether it is in a rebalance. */
void kafka_watch_rebalance(struct kafka_group_watch *w, int64_t ms, bool rebalancing);
/* True if it has rebalanced for a minute, or again and again; appends the words. */
bool kafka_watch_say_rebalancing(const struct kafka_group_watch *w, int64_t now_ms, struct str *why);

#endif
