/* Lag in seconds: a partition's observed ends and what its records' times tell, for each group's offset. */
#include "kafka/model.h"
#include "kafka/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_TOLD = 5000 }; /* partitions of which times are told, before no more is kept of each than is in use */

/* ---- what records' times tell ---- */

static void take_probe(struct kafka_model *m, const struct kafka_round *r, const struct kafka_probe *from)
{
    const struct kafka_model_topic *t = kafka_model_topic(m, from->topic);
    if ((size_t)from->partition >= t->npartitions)
        return;
    struct kafka_model_partition *p = t->partitions[from->partition];
    if (p->end < 0)
        return;
    if (!p->told && m->ntold >= KAFKA_TOLD_PARTITIONS)
        return;
    if (!p->told) {
        p->told = kafka_told_new(&m->told_shift_ms);
        m->ntold++;
    }
    if (from->ahead_known)
        p->told->ahead = from->ahead;
    for (size_t i = 0; i < from->n; i++) {
        const struct kafka_point *x = &from->points[i];
        kafka_told_take(p->told, x->ms, x->offset < p->end ? x->offset : p->end, p->start, r->metadata.time.wall_ms,
                        (uint32_t)(r->metadata.time.mono_us / 1000000));
    }
}

void kafka_model_apply_told(struct kafka_model *m, const struct kafka_round *r)
{
    if (r->skew_known)
        m->skew_ms = (int64_t)(r->skew_s * 1000);
    const struct kafka_time *now = &r->metadata.time;
    if (now->wall_ms)
        m->told_shift_ms = now->mono_us / 1000 - now->wall_ms - m->skew_ms;
    for (size_t i = 0; i < r->nprobes; i++)
        take_probe(m, r, &r->probes[i]);
}

void kafka_model_exact(struct kafka_model *m, const char *topic, int32_t partition, int64_t offset, int64_t record_ms)
{
    const struct kafka_model_topic *t = map_get(&m->topics, topic, strlen(topic));
    if (!t || partition < 0 || (size_t)partition >= t->npartitions || record_ms < 0)
        return;
    struct kafka_model_partition *p = t->partitions[partition];
    if (!p->told)
        p->told = kafka_told_new(&m->told_shift_ms);
    kafka_told_take_record(p->told, offset, record_ms);
}

/* ---- cells ---- */

static void note_gap(struct kafka_told *told, const struct kafka_age *age, int64_t now_ms)
{
    int64_t low = age->low_known ? age->low_ms - *told->shift_ms : 1; /* at the beginning of time there was no record */
    kafka_told_note(told, low, age->high_ms - *told->shift_ms, now_ms - *told->shift_ms);
}

void kafka_model_apply_age(struct kafka_model_commit *c, struct kafka_model_partition *p, int64_t now_ms, bool fresh,
                           struct kafka_model_share *ret)
{
    struct kafka_item *it = &c->item;
    ret->lag_s_error = (double)NAN;
    if (!fresh && ret->lag_quality && kafka_item_quality(it, GROUP_PARTITIONS_LAG_S)) { /* the end could not be read */
        ret->lag_s = kafka_item_get(it, GROUP_PARTITIONS_LAG_S).d;
        ret->lag_s_quality = QUALITY_STALE;
        ret->lag_s_method = c->lag_s_method;
        kafka_item_real(it, GROUP_PARTITIONS_LAG_S, ret->lag_s, ret->lag_s_quality);
        return;
    }
    struct kafka_age age = {.quality = QUALITY_UNKNOWN, .error = (double)NAN};
    if (fresh && ret->lag == 0) {
        age = (struct kafka_age){.quality = QUALITY_EXACT, .method = KAFKA_AGE_CAUGHT_UP};
    } else if (fresh) {
        int64_t from = c->committed > p->start ? c->committed : p->start;
        kafka_age_of(&p->ends, p->told, from, now_ms, &age);
        if (p->told && kafka_age_is_wide(&age, now_ms))
            note_gap(p->told, &age, now_ms);
        else if (!p->told && (p->behind == 0 || from < p->behind))
            p->behind = from + 1;
    }
    if (age.quality == QUALITY_EST)
        age.seconds = kafka_item_fine(age.seconds);
    ret->lag_s = age.seconds;
    ret->lag_s_quality = age.quality;
    ret->lag_s_error = age.error;
    ret->lag_s_method = c->lag_s_method = age.method;
    kafka_item_real(it, GROUP_PARTITIONS_LAG_S, age.seconds, age.quality);
    kafka_item_text(it, GROUP_PARTITIONS_LAG_S_METHOD, kafka_age_method_text(age.method), QUALITY_EXACT);
    kafka_item_rough(it, GROUP_PARTITIONS_LAG_S_ERROR, age.error, value_told(age.error, QUALITY_EXACT).quality);
}

/* ---- what to ask next ---- */

static void want(struct kafka_probe_wants *w, const char *topic, int32_t partition, struct kafka_model_partition *p,
                 struct kafka_time now, int64_t shift_ms, bool more)
{
    struct kafka_probe_want x = {.partition = partition, .first = p->behind > 0 && more, .target = p->behind - 1};
    p->behind = 0;
    if (p->told)
        x.ntimes = kafka_told_questions(p->told, now.mono_us / 1000 - shift_ms, now.mono_us, x.times);
    if (x.ntimes == 0 && !x.first)
        return;
    x.topic = mem_strdup(topic);
    vec_push(&w->list, x);
}

struct kafka_probe_wants *kafka_model_wants(struct kafka_model *m, struct kafka_time now)
{
    struct kafka_probe_wants *w = mem_new(struct kafka_probe_wants);
    bool many = m->ntold > MANY_TOLD, more = m->ntold < KAFKA_TOLD_PARTITIONS;
    size_t at = 0, ntold = 0;
    void *value;
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        const struct kafka_model_topic *t = value;
        for (size_t i = 0; t->present && i < t->npartitions; i++) {
            struct kafka_model_partition *p = t->partitions[i];
            if ((p->told || p->behind) && !p->fault && w->list.n < KAFKA_PROBE_PARTITIONS)
                want(w, t->name, (int32_t)i, p, now, m->told_shift_ms, more);
            ntold += p->told != NULL;
            if (p->told && many)
                kafka_told_spare(p->told, now.mono_us / 1000000);
        }
    }
    m->ntold = ntold;
    if (w->list.n)
        return w;
    kafka_probe_wants_free(w);
    return NULL;
}
