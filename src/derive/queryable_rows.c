/* The rows of `queryable_partitions` and `pending_files`. */
#include "derive/queryable_internal.h"

#include "base/mem.h"
#include "derive/tables.h"
#include "kafka/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

/* ---- which rows there are ---- */

struct ids {
    VEC(uint64_t) list;
};

/* Removes those of before that were not written again. */
static void settle(struct table *t, uint64_t **items, size_t *n, size_t *room, struct ids *now)
{
    table_sort_ids(now->list.items, now->list.n);
    table_remove_others(t, *items, *n, now->list.items, now->list.n);
    free(*items);
    *items = now->list.items;
    *n = now->list.n;
    *room = now->list.room;
}

/* ---- queryable_partitions ---- */

/* A number that could not be worked out anew stands as it was. */
static enum quality aged(const struct derive_queryable *q, int64_t lag, enum quality quality, bool stale)
{
    if (quality == QUALITY_LE && lag == 0) /* it cannot be less */
        quality = QUALITY_EXACT;
    return quality == QUALITY_EXACT && (stale || q->kafka_failed) ? QUALITY_STALE : quality;
}

struct cells {
    const struct connect_backlog_partition *p;
    const struct connect_backlog_covered *c;
    const struct queryable_of_table *own;
    struct name *topic;
    const struct queryable_source *source; /* or NULL */
    enum quality lag_quality;
    struct queryable_age age;
};

static void write_partition(const struct derive_queryable *q, const struct queryable_sink *sink, const struct cells *x,
                            struct ids *ids)
{
    struct table *t = q->at.partitions;
    const struct value key[] = {value_text(q->cluster), value_text(sink->group), value_text(x->topic),
                                value_int(x->p->partition), value_text(x->own->table)};
    struct row *r = table_upsert(t, key, q->owner);
    if (!r)
        return;
    vec_push(&ids->list, row_id(r));
    table_set(t, r, QUERYABLE_PARTITIONS_CONNECTOR, value_text(sink->who->connector));
    derive_cells_set_number(t, r, QUERYABLE_PARTITIONS_QUERYABLE_LAG, x->c->lag, x->lag_quality);
    table_set_real(t, r, QUERYABLE_PARTITIONS_QUERYABLE_LAG_S, x->age.seconds, x->age.quality);
    derive_cells_set_number(t, r, QUERYABLE_PARTITIONS_QUERYABLE_OFFSET, x->c->covered, x->c->quality);
    derive_cells_set_number(t, r, QUERYABLE_PARTITIONS_COMMITTED, x->source ? x->source->committed : UNKNOWN,
                            QUALITY_EXACT);
    derive_cells_set_number(t, r, QUERYABLE_PARTITIONS_END, x->p->end, QUALITY_EXACT);
    derive_cells_set_number(t, r, QUERYABLE_PARTITIONS_LAG, x->source ? x->source->lag : UNKNOWN,
                            x->source ? x->source->lag_quality : QUALITY_UNKNOWN);
    derive_cells_set_number(t, r, QUERYABLE_PARTITIONS_PENDING_ROWS, x->c->pending_rows, QUALITY_EXACT);
    table_set(t, r, QUERYABLE_PARTITIONS_CATALOG, value_text(x->own->catalog));
}

/* ---- pending_files ---- */

/* retention.ms of the control topic; unknown where it is, and where it keeps records for ever. */
static int64_t retention_of(const struct derive_queryable *q, struct name *topic)
{
    const struct table *t = store_find(q->store, kafka_table_topics.name);
    const struct value key[] = {value_text(q->cluster), value_text(topic)};
    const struct row *r = t && topic ? table_find(t, key) : NULL;
    const struct name *policy = r ? derive_cells_text(r, TOPICS_CLEANUP_POLICY) : NULL;
    struct value ms = r ? row_get(r, TOPICS_RETENTION_MS) : value_unknown();
    bool known = ms.quality != QUALITY_UNKNOWN && isfinite(ms.d) && ms.d >= 0 && ms.d < 1e15;
    return known && policy && strstr(policy->raw, "delete") ? (int64_t)ms.d : UNKNOWN;
}

static struct name *intern(const struct derive_queryable *q, const char *text)
{
    return name_intern(store_names(q->store), text, strlen(text));
}

static void write_files(const struct derive_queryable *q, const struct queryable_sink *sink,
                        const struct queryable_of_table *own, const struct connect_backlog_files *f, struct name *topic,
                        int64_t retention_ms, struct ids *ids)
{
    struct table *t = q->at.files;
    struct name *id = intern(q, f->commit_id), *state = intern(q, connect_backlog_state_name(f->state));
    const struct value key[] = {value_text(q->cluster), value_text(sink->group), value_text(own->table), value_text(id),
                                value_text(state)};
    struct row *r = table_upsert(t, key, q->owner);
    name_unref(id);
    name_unref(state);
    if (!r)
        return;
    bool lost = retention_ms != UNKNOWN && f->announced_ms != UNKNOWN && f->state == CONNECT_BACKLOG_PENDING;
    vec_push(&ids->list, row_id(r));
    table_set(t, r, PENDING_FILES_CONNECTOR, value_text(sink->who->connector));
    table_set_int(t, r, PENDING_FILES_FILES, f->sums.files, QUALITY_EXACT);
    table_set_int(t, r, PENDING_FILES_DELETE_FILES, f->sums.delete_files, QUALITY_EXACT);
    table_set_int(t, r, PENDING_FILES_ROWS, f->sums.rows, QUALITY_EXACT);
    table_set_int(t, r, PENDING_FILES_BYTES, f->sums.bytes, QUALITY_EXACT);
    derive_cells_set_number(t, r, PENDING_FILES_ANNOUNCED, f->announced_ms, QUALITY_EXACT);
    derive_cells_set_number(t, r, PENDING_FILES_LOST_AT, lost ? f->announced_ms + retention_ms : UNKNOWN,
                            QUALITY_EXACT);
    table_set(t, r, PENDING_FILES_CONTROL_TOPIC, value_text(topic));
    table_set_int(t, r, PENDING_FILES_CONTROL_PARTITION, f->control_partition, QUALITY_EXACT);
    derive_cells_set_number(t, r, PENDING_FILES_CONTROL_OFFSET, f->control_offset, QUALITY_EXACT);
    table_set(t, r, PENDING_FILES_CATALOG, value_text(own->catalog));
    table_set_text(t, r, PENDING_FILES_TABLE_UUID, *f->uuid ? f->uuid : NULL);
}

static void write_all_files(struct derive_queryable *q, struct queryable_sink *sink,
                            const struct connect_backlog_group *g)
{
    struct ids ids = {0};
    struct name *topic = g->control_topic ? intern(q, g->control_topic->raw) : NULL;
    int64_t retention_ms = retention_of(q, topic);
    for (size_t i = 0; i < g->tables.n; i++)
        for (size_t k = 0; k < g->tables.items[i].files.n; k++)
            write_files(q, sink, sink->tables.items[i], &g->tables.items[i].files.items[k], topic, retention_ms, &ids);
    settle(q->at.files, &sink->files.items, &sink->files.n, &sink->files.room, &ids);
    name_unref(topic);
}

/* ---- a sink ---- */

static void free_table(struct queryable_of_table *own)
{
    name_unref(own->catalog);
    name_unref(own->table);
    str_done(&own->why);
    free(own);
}

/* Takes one of that name out of a list, or makes it. */
static struct queryable_of_table *take_table(const struct derive_queryable *q, struct queryable_of_table **list,
                                             size_t n, const struct name *table)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] && strcmp(list[i]->table->raw, table->raw) == 0) {
            struct queryable_of_table *own = list[i];
            list[i] = NULL;
            return own;
        }
    struct queryable_of_table *own = mem_new(struct queryable_of_table);
    own->table = name_intern(store_names(q->store), table->raw, table->len);
    own->since_ms = UNKNOWN;
    return own;
}

/* Takes in what is known of a table, and begins its sums anew. */
static void begin_table(const struct derive_queryable *q, const struct connect_backlog_of_table *of,
                        struct queryable_of_table *own)
{
    const struct connect_backlog_sums *pending = &of->sums[CONNECT_BACKLOG_PENDING];
    int64_t since = pending->rows ? of->pending_since_ms : UNKNOWN;
    struct name *old = own->catalog;
    if (since != own->since_ms)
        own->seen_ms = queryable_mono_ms(q);
    own->catalog = of->catalog ? name_intern(store_names(q->store), of->catalog->raw, of->catalog->len) : NULL;
    name_unref(old);
    own->since_ms = since;
    own->sums = (struct queryable_sums){0};
    own->pending = *pending;
    own->lost_rows = of->sums[CONNECT_BACKLOG_LOST].rows + of->sums[CONNECT_BACKLOG_DEAD].rows;
    own->known = of->known;
    own->stale = of->known && !of->missing && derive_heads_stale(q->heads, own->catalog, own->table);
    derive_heads_want(q->heads, of->table->raw, false);
}

/* Has the sink's tables be those of the group, in their order. */
static void begin_tables(const struct derive_queryable *q, struct queryable_sink *sink,
                         const struct connect_backlog_group *g)
{
    struct queryable_of_table **old = sink->tables.items;
    size_t n = sink->tables.n;
    sink->tables.items = NULL;
    sink->tables.n = sink->tables.room = 0;
    for (size_t i = 0; i < g->tables.n; i++) {
        struct queryable_of_table *own = take_table(q, old, n, g->tables.items[i].table);
        begin_table(q, &g->tables.items[i], own);
        vec_push(&sink->tables, own);
    }
    for (size_t i = 0; i < n; i++)
        if (old[i])
            free_table(old[i]);
    free(old);
}

/* What a sink's rows are written with. */
struct work {
    struct derive_queryable *q;
    struct queryable_sink *sink;
    const struct connect_backlog_group *g;
    struct name *topic;             /* of the partition that is written */
    const struct name *topic_there; /* the same, as the backlog has it */
    struct queryable_sums sums;
    struct ids ids;
};

/* A partition's topic as the store has it. */
static struct name *topic_of(struct work *w, const struct name *topic)
{
    if (w->topic_there != topic) { /* mostly the same again */
        name_unref(w->topic);
        w->topic = name_intern(store_names(w->q->store), topic->raw, topic->len);
        w->topic_there = topic;
    }
    return w->topic;
}

/* One partition: all its tables, and by which it is told. */
static void write_source(struct work *w, const struct connect_backlog_partition *p)
{
    struct derive_queryable *q = w->q;
    struct name *topic = topic_of(w, p->topic);
    struct queryable_source *s = queryable_facts_source(q, w->sink, topic, p->partition);
    struct queryable_column column = {.p = p};
    bool stale = false;
    for (size_t i = 0; i < p->tables.n; i++) {
        const struct connect_backlog_covered *c = &p->tables.items[i];
        struct queryable_of_table *own = w->sink->tables.items[c->table];
        struct cells x = {.p = p, .c = c, .own = own, .topic = topic, .source = s};
        const struct queryable_track *track = s ? queryable_time_track(q, s, own->table, p, c) : NULL;
        x.lag_quality = aged(q, c->lag, c->lag_quality, own->stale);
        x.age = queryable_time_age(q, s, track, c, own->since_ms);
        write_partition(q, w->sink, &x, &w->ids);
        queryable_time_add(&own->sums, c->lag, x.lag_quality, x.age, track);
        if (c->table == p->holder) {
            column.c = c;
            column.age = x.age;
            column.track = track;
            stale = own->stale;
        }
    }
    column.lag_quality = aged(q, p->lag, p->lag_quality, stale);
    queryable_time_add(&w->sums, p->lag, column.lag_quality, column.age, column.track);
    if (s)
        queryable_columns_partition(q, s, w->g, &column);
}

void queryable_rows_write(struct derive_queryable *q, struct queryable_sink *sink,
                          const struct connect_backlog_group *g)
{
    struct work w = {.q = q, .sink = sink, .g = g};
    begin_tables(q, sink, g);
    for (size_t i = 0; i < g->partitions.n; i++)
        write_source(&w, &g->partitions.items[i]);
    settle(q->at.partitions, &sink->rows.items, &sink->rows.n, &sink->rows.room, &w.ids);
    write_all_files(q, sink, g);
    sink->lagging = w.sums.lag > 0;
    for (size_t i = 0; i < g->tables.n; i++) {
        struct queryable_of_table *own = sink->tables.items[i];
        sink->lagging = sink->lagging || own->pending.rows;
        str_clear(&own->why);
        queryable_why_table(q, g, &g->tables.items[i], own, &own->why);
    }
    queryable_columns_sink(q, sink, g, &w.sums);
    name_unref(w.topic);
}

void queryable_rows_remove(struct derive_queryable *q, struct queryable_sink *sink)
{
    struct ids none = {0}, neither = {0};
    if (q->at.partitions)
        settle(q->at.partitions, &sink->rows.items, &sink->rows.n, &sink->rows.room, &none);
    if (q->at.files)
        settle(q->at.files, &sink->files.items, &sink->files.n, &sink->files.room, &neither);
}
