/* Facts of the backlog from rows of Kafka: offsets of groups, ends of the source and of control topics. */
#include "derive/queryable_internal.h"

#include "base/mem.h"
#include "kafka/tables.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

/* ---- partitions of the source ---- */

struct key {
    const void *sink, *topic;
    int64_t partition;
};

struct queryable_source *queryable_facts_source(const struct derive_queryable *q, const struct queryable_sink *sink,
                                                const struct name *topic, int32_t partition)
{
    const struct key key = {sink, topic, partition};
    return map_get(&q->by_key, &key, sizeof key);
}

static struct queryable_source *add_source(struct derive_queryable *q, struct queryable_sink *sink, const struct row *r)
{
    struct name *topic = row_get(r, GROUP_PARTITIONS_TOPIC).s;
    const struct key key = {sink, topic, row_get(r, GROUP_PARTITIONS_PARTITION).i};
    uint64_t id = row_id(r);
    if (q->by_key.n >= QUERYABLE_SOURCES)
        return NULL;
    struct queryable_source *s = mem_new(struct queryable_source);
    *s = (struct queryable_source){.sink = sink,
                                   .topic = name_ref(topic),
                                   .partition = (int32_t)key.partition,
                                   .row = id,
                                   .committed = UNKNOWN,
                                   .start = UNKNOWN,
                                   .end = UNKNOWN,
                                   .lag = UNKNOWN,
                                   .lag_end = UNKNOWN};
    map_put(&q->by_key, &key, sizeof key, s);
    map_put(&q->by_row, &id, sizeof id, s);
    vec_push(&sink->sources, s);
    return s;
}

static void free_source(struct derive_queryable *q, struct queryable_source *s)
{
    queryable_time_done(q, s);
    name_unref(s->topic);
    free(s);
}

static void drop_source(struct derive_queryable *q, struct queryable_source *s)
{
    const struct key key = {s->sink, s->topic, s->partition};
    map_del(&q->by_key, &key, sizeof key);
    map_del(&q->by_row, &s->row, sizeof s->row);
    for (size_t i = 0; i < s->sink->sources.n; i++)
        if (s->sink->sources.items[i] == s) {
            s->sink->sources.items[i] = s->sink->sources.items[--s->sink->sources.n];
            break;
        }
    connect_backlog_source_gone(q->backlog, s->sink->group->raw, s->topic->raw, s->partition);
    free_source(q, s);
}

static void tell_source(const struct derive_queryable *q, const struct queryable_source *s)
{
    /* Behind the last record there may be markers of transactions: who has read all of it stands before them. */
    bool markers = s->lag == 0 && s->lag_end == s->end && s->committed != UNKNOWN && s->committed < s->end;
    /* Of what is empty, nothing was to be read. */
    bool empty = s->committed == UNKNOWN && s->end != UNKNOWN && s->start == s->end;
    connect_backlog_source(q->backlog, s->sink->group->raw, s->topic->raw, s->partition, empty ? s->end : s->committed,
                           s->start, markers ? s->committed : s->end, q->began_ms);
}

static int64_t exact(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_EXACT ? v.i : UNKNOWN;
}

/* What the group says of a partition. Its end comes with the rounds. */
static void read_source(struct derive_queryable *q, struct queryable_sink *sink, const struct row *r)
{
    uint64_t id = row_id(r);
    struct queryable_source *s = map_get(&q->by_row, &id, sizeof id);
    s = s ? s : add_source(q, sink, r);
    if (!s)
        return;
    int64_t committed = derive_cells_number(r, GROUP_PARTITIONS_COMMITTED),
            start = derive_cells_number(r, GROUP_PARTITIONS_START);
    bool differs = committed != s->committed || start != s->start;
    s->committed = committed;
    s->start = start;
    s->lag = derive_cells_number(r, GROUP_PARTITIONS_LAG);
    s->lag_quality = row_get(r, GROUP_PARTITIONS_LAG).quality;
    s->lag_end = derive_cells_number(r, GROUP_PARTITIONS_END);
    if (differs)
        tell_source(q, s);
}

static void read_coordinator(const struct derive_queryable *q, const struct queryable_sink *sink, const struct row *r)
{
    int64_t committed = exact(r, GROUP_PARTITIONS_COMMITTED);
    if (committed != UNKNOWN) /* it was read by now: no table that was read before is judged by it */
        connect_backlog_coordinator(q->backlog, sink->group->raw, row_get(r, GROUP_PARTITIONS_TOPIC).s->raw,
                                    (int32_t)row_get(r, GROUP_PARTITIONS_PARTITION).i, committed,
                                    clock_wall_ms(store_clock(q->store)));
}

static void read_groups(struct derive_queryable *q)
{
    const struct table *t = store_find(q->store, kafka_table_group_partitions.name);
    const struct table_removal *removed;
    size_t n;
    if (!t || (!q->fresh && table_seq(t) == q->partitions_seq))
        return;
    if (!table_removed_after(t, q->partitions_seq, &removed, &n)) {
        for (size_t i = 0; i < q->all.n; i++)
            while (q->all.items[i]->sources.n)
                drop_source(q, q->all.items[i]->sources.items[0]);
        q->fresh = true;
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct queryable_source *s = map_get(&q->by_row, &removed[i].id, sizeof removed[i].id);
        if (s)
            drop_source(q, s);
    }
    const struct row *r = q->fresh ? table_first(t) : table_changed_after(t, q->partitions_seq);
    const struct name *group = NULL;
    struct queryable_sink *data = NULL, *coordinator = NULL;
    for (; r && q->all.n; r = row_next(r)) {
        if (row_get(r, GROUP_PARTITIONS_CLUSTER).s != q->cluster)
            continue;
        if (group != row_get(r, GROUP_PARTITIONS_GROUP).s) { /* mostly the same again */
            group = row_get(r, GROUP_PARTITIONS_GROUP).s;
            data = map_get(&q->by_group, &group, sizeof group);
            coordinator = map_get(&q->by_coordinator, &group, sizeof group);
        }
        if (data)
            read_source(q, data, r);
        if (coordinator)
            read_coordinator(q, coordinator, r);
    }
    q->partitions_seq = table_seq(t);
    q->fresh = false;
}

/* A partition's row, which every round reads the end of; *id remembers it. */
static const struct row *end_row(const struct derive_queryable *q, const struct table *t, struct name *topic,
                                 int32_t partition, uint64_t *id)
{
    const struct row *r = *id ? table_by_id(t, *id) : NULL;
    if (r)
        return r;
    const struct value key[] = {
        {.s = q->cluster, .quality = QUALITY_EXACT}, {.s = topic, .quality = QUALITY_EXACT}, value_int(partition)};
    r = table_find(t, key);
    *id = r ? row_id(r) : 0;
    return r;
}

/* ---- the control topic ---- */

/* All of it has been read that was there in the last round. */
static void tell_control(const struct derive_queryable *q, struct queryable_control *c)
{
    if (c->due == UNKNOWN || c->end < c->due)
        return;
    connect_backlog_control(q->backlog, c->topic->raw, c->partition, c->start > c->begin ? c->start : c->begin, c->end,
                            c->due_ms);
    c->due = UNKNOWN;
}

/* Its end as this round has it: what is told of it is as of then. */
static void read_control_ends(const struct derive_queryable *q, const struct table *t)
{
    for (size_t i = 0; i < q->controls.n; i++) {
        struct queryable_control *c = &q->controls.items[i];
        const struct row *r = end_row(q, t, c->topic, c->partition, &c->row);
        int64_t end = r ? exact(r, PARTITIONS_END) : UNKNOWN;
        if (end == UNKNOWN)
            continue;
        c->due = end;
        c->due_ms = q->began_ms;
        c->start = exact(r, PARTITIONS_START);
        tell_control(q, c);
    }
}

static struct queryable_control *control_of(struct derive_queryable *q, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < q->controls.n; i++)
        if (q->controls.items[i].partition == partition && strcmp(q->controls.items[i].topic->raw, topic) == 0)
            return &q->controls.items[i];
    vec_push(&q->controls, (struct queryable_control){.topic = name_intern(store_names(q->store), topic, strlen(topic)),
                                                      .partition = partition,
                                                      .start = UNKNOWN,
                                                      .due = UNKNOWN});
    return &q->controls.items[q->controls.n - 1];
}

void derive_queryable_control(struct derive_queryable *q, const char *topic, int32_t partition, int64_t begin,
                              int64_t end)
{
    struct queryable_control *c = control_of(q, topic, partition);
    c->begin = begin;
    c->end = end;
    tell_control(q, c);
}

/* ---- rounds ---- */

/* A round has ended: all ends are as of when it began, or later. */
static void read_ends(struct derive_queryable *q)
{
    const struct table *t = store_find(q->store, kafka_table_partitions.name);
    int64_t ago_ms = clock_wall_ms(store_clock(q->store)) - q->began_ms,
            at_ms = queryable_mono_ms(q) - (ago_ms > 0 ? ago_ms : 0);
    if (t)
        read_control_ends(q, t);
    for (size_t i = 0; t && i < q->all.n; i++)
        for (size_t k = 0; k < q->all.items[i]->sources.n; k++) {
            struct queryable_source *s = q->all.items[i]->sources.items[k];
            const struct row *r = end_row(q, t, s->topic, s->partition, &s->end_row);
            int64_t end = r ? exact(r, PARTITIONS_END) : UNKNOWN;
            if (end == UNKNOWN)
                continue;
            s->end = end;
            kafka_ring_add(&s->ends, &q->slab, KAFKA_RING_ENDS, at_ms, end);
            tell_source(q, s);
        }
}

static void read_round(struct derive_queryable *q)
{
    const struct table *t = store_find(q->store, source_table_sources.name);
    const struct value key = {.s = q->kafka, .quality = QUALITY_EXACT};
    const struct row *r = t ? table_find(t, &key) : NULL;
    const struct name *state = r ? derive_cells_text(r, SOURCES_STATE) : NULL;
    int64_t ended = r ? derive_cells_number(r, SOURCES_LAST_ROUND) : UNKNOWN,
            took = r ? derive_cells_number(r, SOURCES_ROUND_MS) : 0;
    q->kafka_failed = state && strcmp(state->raw, "failed") == 0;
    if (ended == UNKNOWN || ended == q->round_ms || q->kafka_failed)
        return;
    q->round_ms = ended;
    q->began_ms = ended - (took > 0 ? took : 0);
    read_ends(q);
}

void queryable_facts_kafka(struct derive_queryable *q)
{
    read_groups(q);
    read_round(q);
}

void queryable_facts_done(struct derive_queryable *q)
{
    for (size_t i = 0; i < q->all.n; i++)
        for (size_t k = 0; k < q->all.items[i]->sources.n; k++)
            free_source(q, q->all.items[i]->sources.items[k]);
    for (size_t i = 0; i < q->controls.n; i++)
        name_unref(q->controls.items[i].topic);
    vec_done(&q->controls);
    map_done(&q->by_row);
    map_done(&q->by_key);
}
