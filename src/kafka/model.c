/* The model's frame: topics by name, seeds of rings, events, and the order in which a round is
 * worked in. */
#include "kafka/model.h"
#include "base/mem.h"
#include "base/str.h"
#include "kafka/model_push.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Points that wait for their partition to be seen. */
struct seed {
    struct kafka_ring ring;
};

struct kafka_model *kafka_model_new(const char *cluster)
{
    struct kafka_model *m = mem_new(struct kafka_model);
    m->cluster = mem_strdup(cluster);
    kafka_item_init(&m->item, &kafka_table_clusters, &m->items);
    return m;
}

struct kafka_model_seldom *kafka_model_seldom_set(struct kafka_model_partition *p)
{
    if (!p->seldom) {
        p->seldom = slab_alloc(&p->item.kind->pool->slab, sizeof *p->seldom);
        *p->seldom = (struct kafka_model_seldom){.reset_ms = 0};
    }
    return p->seldom;
}

static void free_seldom(struct kafka_model *m, struct kafka_model_partition *p)
{
    const struct kafka_model_seldom x = kafka_model_seldom(p);
    free(x.markers);
    free(x.pace);
    free(x.open);
    slab_free(&m->items.slab, p->seldom, sizeof *p->seldom);
}

static void free_partition(struct kafka_model *m, struct kafka_model_partition *p)
{
    kafka_item_done(&p->item, &m->gone);
    kafka_ring_done(&p->ends, &m->items.slab);
    kafka_told_free(p->told);
    free_seldom(m, p);
    slab_free(&m->items.slab, p, sizeof *p);
}

void kafka_model_free_partitions(struct kafka_model *m, struct kafka_model_topic *t, size_t keep)
{
    for (size_t i = keep; i < t->npartitions; i++)
        free_partition(m, t->partitions[i]);
    if (t->npartitions > keep)
        t->npartitions = keep;
}

static void free_topic(struct kafka_model *m, struct kafka_model_topic *t)
{
    kafka_dirty_forget_topic(m, t);
    kafka_model_free_partitions(m, t, 0);
    kafka_item_done(&t->item, &m->gone);
    if (t->key)
        vec_push(&m->gone_names, t->key);
    vec_done(&t->ranks);
    free(t->partitions);
    free(t->name);
    free(t);
}

struct kafka_model_topic *kafka_model_topic(struct kafka_model *m, const char *name)
{
    size_t len = strlen(name);
    struct kafka_model_topic *t = map_get(&m->topics, name, len);
    if (t)
        return t;
    t = mem_new(struct kafka_model_topic);
    t->name = mem_strdup(name);
    kafka_item_init(&t->item, &kafka_table_topics, &m->items);
    map_put(&m->topics, name, len, t);
    return t;
}

struct kafka_model_broker *kafka_model_broker(struct kafka_model *m, int32_t id)
{
    size_t low = 0, high = m->brokers.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->brokers.items[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m->brokers.n && m->brokers.items[low]->id == id ? m->brokers.items[low] : NULL;
}

void kafka_model_event(struct kafka_model *m, const char *severity, const char *kind, const char *name, const char *fmt,
                       ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    vec_push(&m->events, (struct kafka_model_event){.severity = severity,
                                                    .subject = mem_printf("%s %s", kind, name),
                                                    .text = text});
}

/* ---- seeds ---- */

static void seed_key(struct str *out, const char *topic, int32_t partition)
{
    str_bytes(out, &partition, sizeof partition);
    str_add(out, topic);
}

void kafka_model_take_seed(struct kafka_model *m, const char *topic, int32_t partition, struct kafka_ring *ring)
{
    if (m->seeds.n == 0)
        return;
    struct str key = {0};
    seed_key(&key, topic, partition);
    struct seed *s = map_del(&m->seeds, key.s, key.len);
    str_done(&key);
    if (!s)
        return;
    struct kafka_point points[KAFKA_RING_ENDS];
    for (unsigned i = 0; i < s->ring.n; i++)
        points[i] = kafka_ring_point(&s->ring, i);
    kafka_ring_seed(ring, &m->items.slab, KAFKA_RING_ENDS, points, s->ring.n, s->ring.slack_ms);
    kafka_ring_done(&s->ring, NULL);
    free(s);
}

void kafka_model_seed_end(struct kafka_model *m, const char *topic, int32_t partition, const struct kafka_point *points,
                          size_t n, uint32_t slack_ms, struct kafka_time now)
{
    int64_t shift = now.mono_us / 1000 - now.wall_ms;
    struct seed *s = mem_new(struct seed);
    s->ring.slack_ms = slack_ms;
    for (size_t i = 0; i < n; i++)
        if (points[i].ms < now.wall_ms) /* else the clock was set back since */
            kafka_ring_add(&s->ring, NULL, KAFKA_RING_ENDS, points[i].ms + shift, points[i].offset);
    struct str key = {0};
    seed_key(&key, topic, partition);
    struct seed *old = map_put(&m->seeds, key.s, key.len, s);
    str_done(&key);
    if (old)
        kafka_ring_done(&old->ring, NULL);
    free(old);
    struct kafka_model_topic *t = map_get(&m->topics, topic, strlen(topic));
    if (t && t->present && partition >= 0 && (size_t)partition < t->npartitions)
        kafka_model_take_seed(m, topic, partition, &t->partitions[partition]->ends);
}

/* ---- a round ---- */

static void sweep_topics(struct kafka_model *m)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(&m->topics, &at, &key, &len, &value)) {
        struct kafka_model_topic *t = value;
        if (!t->present && t->users == 0) {
            map_del(&m->topics, key, len);
            free_topic(m, t);
        }
    }
}

void kafka_model_apply(struct kafka_model *m, const struct kafka_round *round)
{
    if (round->step) {
        kafka_model_apply_ends(m, round);
        kafka_model_apply_groups(m, round);
        kafka_model_apply_totals(m, round);
        return;
    }
    m->round++;
    kafka_dirty_all(m);
    kafka_model_apply_topics(m, round);
    kafka_model_apply_groups(m, round);
    kafka_model_date_groups(m);
    kafka_model_apply_totals(m, round);
    sweep_topics(m);
}

void kafka_model_free(struct kafka_model *m)
{
    if (!m)
        return;
    kafka_dirty_all(m);
    size_t at = 0;
    void *value;
    while (map_next(&m->groups, &at, NULL, NULL, &value))
        kafka_model_free_group(m, value);
    map_done(&m->groups);
    kafka_model_push_done(m);
    at = 0;
    while (map_next(&m->topics, &at, NULL, NULL, &value))
        free_topic(m, value);
    map_done(&m->topics);
    at = 0;
    while (map_next(&m->seeds, &at, NULL, NULL, &value)) {
        kafka_ring_done(&((struct seed *)value)->ring, NULL);
        free(value);
    }
    map_done(&m->seeds);
    for (size_t i = 0; i < m->brokers.n; i++) {
        kafka_item_done(&m->brokers.items[i]->item, &m->gone);
        free(m->brokers.items[i]);
    }
    vec_done(&m->brokers);
    kafka_dirty_clear(m);
    for (size_t i = 0; i < m->events.n; i++) {
        free(m->events.items[i].subject);
        free(m->events.items[i].text);
    }
    vec_done(&m->events);
    kafka_item_done(&m->item, &m->gone);
    kafka_items_done(&m->items);
    vec_done(&m->gone.rows);
    name_unref(m->key);
    for (size_t i = 0; i < m->gone_names.n; i++)
        name_unref(m->gone_names.items[i]);
    vec_done(&m->gone_names);
    free(m->cluster);
    free(m);
}
