/* What follows from all groups together: which rows are old, and which groups move. */
#include "kafka/motion.h"

enum { STILL_MS = 60000 }; /* a group whose commits changed within this time moves */

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
