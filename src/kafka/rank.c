/* A heap of the groups of each topic by their lag on it. */
#include "kafka/rank.h"
#include "kafka/dirty.h"

static int64_t lag_of(const struct kafka_group_topic *gt)
{
    struct kafka_cell lag = kafka_item_get(&gt->item, GROUP_TOPICS_LAG);
    return lag.quality ? lag.i : -1;
}

static void place(struct kafka_model_topic *t, size_t at, struct kafka_group_topic *gt)
{
    t->ranks.items[at] = gt;
    gt->rank = (uint32_t)at;
}

/* Puts it where it belongs; the place `at` is free. */
static void sift(struct kafka_model_topic *t, size_t at, struct kafka_group_topic *gt)
{
    int64_t lag = lag_of(gt);
    while (at && lag_of(t->ranks.items[(at - 1) / 2]) < lag) {
        place(t, at, t->ranks.items[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (size_t child; (child = 2 * at + 1) < t->ranks.n; at = child) {
        if (child + 1 < t->ranks.n && lag_of(t->ranks.items[child + 1]) > lag_of(t->ranks.items[child]))
            child++;
        if (lag_of(t->ranks.items[child]) <= lag)
            break;
        place(t, at, t->ranks.items[child]);
    }
    place(t, at, gt);
}

void kafka_rank_set(struct kafka_model *m, struct kafka_group_topic *gt)
{
    struct kafka_model_topic *t = gt->topic;
    if (!gt->ranked) {
        vec_push(&t->ranks, gt);
        gt->rank = (uint32_t)(t->ranks.n - 1);
        gt->ranked = true;
    }
    sift(t, gt->rank, gt);
    kafka_dirty_topic(m, t);
}

void kafka_rank_drop(struct kafka_model *m, struct kafka_group_topic *gt)
{
    struct kafka_model_topic *t = gt->topic;
    if (!gt->ranked)
        return;
    gt->ranked = false;
    struct kafka_group_topic *last = t->ranks.items[--t->ranks.n];
    if (last != gt)
        sift(t, gt->rank, last);
    kafka_dirty_topic(m, t);
}

int64_t kafka_rank_worst(const struct kafka_model_topic *t)
{
    return t->ranks.n ? lag_of(t->ranks.items[0]) : -1;
}
