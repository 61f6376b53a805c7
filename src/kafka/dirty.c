/* Lists of what is to be written. */
#include "kafka/dirty.h"
#include "kafka/model.h"

void kafka_dirty_clear(struct kafka_model *m)
{
    struct kafka_dirty *d = &m->dirty;
    for (size_t i = 0; i < d->groups.n; i++)
        if (d->groups.items[i])
            d->groups.items[i]->dirty = false;
    for (size_t i = 0; i < d->topics.n; i++)
        d->topics.items[i]->dirty = false;
    vec_done(&d->groups);
    vec_done(&d->topics);
    vec_done(&d->partitions);
    d->all = false;
}

void kafka_dirty_all(struct kafka_model *m)
{
    kafka_dirty_clear(m);
    m->dirty.all = true;
}

void kafka_dirty_group(struct kafka_model *m, struct kafka_model_group *g)
{
    if (m->dirty.all || g->dirty)
        return;
    g->dirty = true;
    vec_push(&m->dirty.groups, g);
}

void kafka_dirty_topic(struct kafka_model *m, struct kafka_model_topic *t)
{
    if (t->dirty)
        return;
    t->dirty = true;
    vec_push(&m->dirty.topics, t);
}

void kafka_dirty_partition(struct kafka_model *m, struct kafka_model_topic *t, int32_t partition)
{
    if (!m->dirty.all)
        vec_push(&m->dirty.partitions, (struct kafka_dirty_partition){.topic = t, .partition = partition});
}

void kafka_dirty_forget(struct kafka_model *m, struct kafka_model_group *g)
{
    for (size_t i = 0; g->dirty && i < m->dirty.groups.n; i++)
        if (m->dirty.groups.items[i] == g) {
            m->dirty.groups.items[i] = NULL;
            g->dirty = false;
        }
}
