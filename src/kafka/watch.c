/* Memory for verdicts: when a group committed, and when it rebalanced. */
#include "kafka/watch.h"

#include <stdlib.h>
#include <string.h>

enum { LONG_REBALANCE_MS = 60000 };

void kafka_watch_done(struct kafka_watch *w, struct slab *slab)
{
    kafka_burrow_done(&w->window, slab);
    *w = (struct kafka_watch){0};
}

/* True if the offset is another one than before. */
static bool take(struct kafka_watch *w, int64_t ms, int64_t offset)
{
    if (w->seen && w->offset == offset)
        return false;
    w->moved |= w->seen;
    w->seen = true;
    w->offset = offset;
    w->since_ms = ms;
    return true;
}

void kafka_watch_read(struct kafka_watch *w, struct slab *slab, int64_t ms, int64_t offset, int64_t lag)
{
    if (offset < 0) {
        kafka_watch_done(w, slab);
        return;
    }
    bool again = w->seen;
    if (take(w, ms, offset) && again)
        kafka_burrow_add(&w->window, slab, (struct kafka_burrow_commit){.ms = ms, .offset = offset, .lag = lag});
}

void kafka_watch_commit(struct kafka_watch *w, struct slab *slab, int64_t ms, int64_t offset, int64_t lag)
{
    if (offset < 0) {
        kafka_watch_done(w, slab);
        return;
    }
    take(w, ms, offset);
    kafka_burrow_add(&w->window, slab, (struct kafka_burrow_commit){.ms = ms, .offset = offset, .lag = lag});
}

void kafka_watch_rebalance(struct kafka_group_watch *w, int64_t ms, bool rebalancing)
{
    bool begins = rebalancing && !w->rebalancing;
    w->rebalancing = rebalancing;
    if (!begins)
        return;
    if (w->nrebalances == KAFKA_WATCH_REBALANCES) {
        w->nrebalances--;
        memmove(w->rebalances, w->rebalances + 1, w->nrebalances * sizeof *w->rebalances);
    }
    w->rebalances[w->nrebalances++] = ms;
}

bool kafka_watch_say_rebalancing(const struct kafka_group_watch *w, int64_t now_ms, struct str *why)
{
    if (w->nrebalances == KAFKA_WATCH_REBALANCES && now_ms - w->rebalances[0] <= KAFKA_WATCH_REBALANCES_MS) {
        str_printf(why, "rebalances again and again, %d times within 10 min", KAFKA_WATCH_REBALANCES);
        return true;
    }
    if (!w->rebalancing)
        return false;
    int64_t ms = now_ms - w->rebalances[w->nrebalances - 1];
    if (ms < LONG_REBALANCE_MS)
        return false;
    str_add(why, "rebalancing for ");
    kafka_verdict_say_over(why, (double)ms / 1000);
    return true;
}
