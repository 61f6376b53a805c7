/* What comes to the partitions of tasks, where somebody did not answer: whether a task idles. */
#include "findings/gather_internal.h"

#include "findings/sight.h"
#include "kafka/tables.h"

#include <string.h>

static struct findings_task *task_of(struct findings_sink *p, int64_t task)
{
    for (size_t i = 0; i < p->tasks.n; i++)
        if (p->tasks.items[i].task == task)
            return &p->tasks.items[i];
    return NULL;
}

/* All have answered the newest cycle that has ended: nobody asks who idles. */
static bool all_well(const struct findings_sink *p)
{
    for (size_t i = 0; i < p->ncycles; i++)
        if (findings_sight_ended(p->cycles[i]))
            return findings_sight_whole(p->cycles[i]);
    return true;
}

void gather_rates_read(const struct findings_gather *g, struct gather_sink *s)
{
    struct findings_sink *p = &s->pub;
    const struct table *t = store_find(g->store, kafka_table_group_partitions.name);
    if (!t || !p->who->members_of || all_well(p))
        return;
    struct name *cluster = name_intern(store_names(g->store), p->cluster, strlen(p->cluster));
    for (size_t i = 0; i < p->who->assigned.n; i++) {
        const struct derive_partition *who = &p->who->assigned.items[i];
        const struct value key[] = {{.s = cluster, .quality = QUALITY_EXACT},
                                    {.s = p->who->members_of, .quality = QUALITY_EXACT},
                                    {.s = who->topic, .quality = QUALITY_EXACT},
                                    value_int(who->partition)};
        const struct row *r = table_find(t, key);
        struct value rate = r ? row_get(r, GROUP_PARTITIONS_RATE_IN) : value_unknown();
        struct findings_task *task = task_of(p, who->task);
        if (task && rate.quality != QUALITY_UNKNOWN && rate.d > 0)
            task->rate_in += rate.d;
    }
    name_unref(cluster);
}
