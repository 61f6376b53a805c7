/* Lists of what is to be written. */
#include "kafka/dirty.h"
#include "kafka/model.h"

void kafka_dirty_clear(struct kafka_model *m)
{
    struct kafka_dirty *d = &m->dirty;
    for (size_t i = 0; i < d->groups.n; i++)
        if (d->groups.items[i])
            d->groups.items[i]->noted = 0;
    for (size_t i = 0; i < d->topics.n; i++)
        if (d->topics.items[i])
            d->topics.items[i]->noted = 0;
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
    if (m->dirty.all || g->noted)
        return;
    vec_push(&m->dirty.groups, g);
    g->noted = (uint32_t)m->dirty.groups.n;
}

void kafka_dirty_topic(struct kafka_model *m, struct kafka_model_topic *t)
{
    if (t->noted)
        return;
    vec_push(&m->dirty.topics, t);
    t->noted = (uint32_t)m->dirty.topics.n;
}

void kafka_dirty_partition(struct kafka_model *m, struct kafka_model_topic *t, int32_t partition)
{
    if (!m->dirty.all)
        vec_push(&m->dirty.partitions, (struct kafka_dirty_partition){.topic = t, .partition = partition});
}

void kafka_dirty_forget_group(struct kafka_model *m, struct kafka_model_group *g)
{
    if (g->noted)
        m->dirty.groups.items[g->noted - 1] = NULL;
    g->noted = 0;
}

void kafka_dirty_forget_topic(struct kafka_model *m, struct kafka_model_topic *t)
{
    if (t->noted)
        m->dirty.topics.items[t->noted - 1] = NULL;
    t->noted = 0;
    for (size_t i = 0; i < m->dirty.partitions.n; i++)
        if (m->dirty.partitions.items[i].topic == t)
            m->dirty.partitions.items[i].topic = NULL;
}
