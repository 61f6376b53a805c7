/* What follows from all groups together: topics' sums, which rows are old, and which groups move. */
#include "kafka/motion.h"

enum { STILL_MS = 60000 }; /* a group whose commits changed within this time moves */

/* A group's partitions come topic by topic: when one is over, the topic learns of the group's lag. */
static void count_topic(struct kafka_model_topic *t, int64_t lag, bool known)
{
    if (!t || !t->present)
        return;
    t->groups++;
    if (known && lag > t->lag_max)
        t->lag_max = lag;
}

static void count_group(const struct kafka_model_group *g)
{
    struct kafka_model_topic *t = NULL;
    int64_t lag = 0;
    bool known = false;
    for (size_t i = 0; i < g->commits.n; i++) {
        const struct kafka_model_commit *c = g->commits.items[i];
        struct kafka_cell cell = kafka_item_get(&c->item, GROUP_PARTITIONS_LAG);
        if (c->topic != t) {
            count_topic(t, lag, known);
            t = c->topic;
            lag = 0;
            known = false;
        }
        if (cell.quality != QUALITY_UNKNOWN) {
            lag += cell.i;
            known = true;
        }
    }
    count_topic(t, lag, known);
}

void kafka_model_recount(struct kafka_model *m)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        struct kafka_model_topic *t = value;
        t->groups = 0;
        t->lag_max = -1;
    }
    at = 0;
    while (map_next(&m->groups, &at, NULL, NULL, &value))
        count_group(value);
}

void kafka_model_date_groups(struct kafka_model *m)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->groups, &at, NULL, NULL, &value)) {
        struct kafka_model_group *g = value;
        if (!g->read_ms || g->read_round + 1 >= m->round)
            continue;
        kafka_item_int(&g->item, GROUPS_AS_OF, g->read_ms, QUALITY_EXACT);
        for (size_t i = 0; i < g->commits.n; i++)
            kafka_item_int(&g->commits.items[i]->item, GROUP_PARTITIONS_AS_OF, g->read_ms, QUALITY_EXACT);
    }
}

static bool is_moving(const struct kafka_model_group *g, int64_t now_ms)
{
    struct kafka_cell lag = kafka_item_get(&g->item, GROUPS_LAG), moved = kafka_item_get(&g->item, GROUPS_MOVED);
    if (lag.quality && lag.i > 0)
        return true;
    if (moved.quality && now_ms - moved.i < STILL_MS)
        return true;
    for (size_t i = 0; i < g->commits.n; i++) {
        const struct kafka_model_commit *c = g->commits.items[i];
        const struct kafka_model_topic *t = c->topic;
        if (c->end >= 0 && t->present && (size_t)c->partition < t->npartitions &&
            t->partitions[c->partition]->end != c->end)
            return true;
    }
    return false;
}

void kafka_motion_tell(const struct kafka_model *m, struct kafka_sweep *sweep, int64_t now_ms)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->groups, &at, NULL, NULL, &value)) {
        const struct kafka_model_group *g = value;
        kafka_sweep_moving(sweep, g->name, is_moving(g, now_ms));
    }
}
