/* Facts of the backlog from rows: sinks and their settings, offsets of groups, ends of the source, commits that were announced. */
#include "derive/queryable_internal.h"

#include "base/mem.h"
#include "connect/tables.h"
#include "kafka/tables.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    AGAIN_MS = 1000, /* between two questions for a commit that was announced */
    TRIES = 10,      /* of them */
};

/* ---- sinks ---- */

static void add_sink(struct derive_queryable *q, const struct derive_sink *who)
{
    struct queryable_sink *sink = mem_new(struct queryable_sink);
    char *coordinator = mem_printf("%s-coord", who->group->raw);
    sink->who = who;
    sink->group = name_ref(who->group);
    sink->coordinator = name_intern(store_names(q->store), coordinator, strlen(coordinator));
    free(coordinator);
    map_put(&q->by_group, &sink->group, sizeof sink->group, sink);
    map_put(&q->by_coordinator, &sink->coordinator, sizeof sink->coordinator, sink);
    vec_push(&q->all, sink);
    q->fresh = true;
}

static void find_sinks(struct derive_queryable *q)
{
    size_t n = derive_sinks_count(q->sinks);
    for (; q->nsinks < n; q->nsinks++) {
        const struct derive_sink *who = derive_sinks_at(q->sinks, q->nsinks);
        if (who->group && !map_get(&q->by_group, &who->group, sizeof who->group))
            add_sink(q, who);
    }
}

/* A setting of those that a connector's row shows, "NAME=VALUE; NAME=VALUE": on the heap; NULL if it is not among them. */
static char *setting(const struct name *config, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = config ? config->raw : NULL; at; at = strstr(at, "; "), at = at ? at + 2 : NULL) {
        if (strncmp(at, key, n) != 0 || at[n] != '=')
            continue;
        const char *end = strstr(at, "; ");
        return mem_memdup(at + n + 1, end ? (size_t)(end - at) - n - 1 : strlen(at + n + 1));
    }
    return NULL;
}

static void give_branch(struct derive_queryable *q, const struct queryable_sink *sink, const char *table)
{
    char *key = mem_printf("iceberg.table.%s.commit-branch", table);
    char *own = setting(sink->config, key), *all = setting(sink->config, "iceberg.tables.default-commit-branch");
    derive_heads_branch(q->heads, table, own ? own : all);
    free(key);
    free(own);
    free(all);
}

/* Tells of the tables that a sink's connector is set to write. */
static void give_tables(struct derive_queryable *q, const struct queryable_sink *sink)
{
    char *text = mem_strdup(sink->tables_text ? sink->tables_text->raw : ""), *field;
    VEC(const char *) names = {0};
    bool routed = strcmp(text, "routed") == 0;
    const char *catalog =
        sink->catalog && derive_heads_catalog(q->heads, sink->catalog->raw) ? sink->catalog->raw : NULL;
    for (char *at = routed ? NULL : text; at && *at;) {
        char *next = strstr(at, ", ");
        if (next) {
            *next = '\0';
            next += 2;
        }
        if (!strchr(at, ' ')) { /* else it is how many there are besides */
            vec_push(&names, at);
            derive_heads_want(q->heads, at, true);
            give_branch(q, sink, at);
        }
        at = next;
    }
    field = setting(sink->config, "iceberg.tables.route-field");
    connect_backlog_tables(q->backlog, sink->group->raw, catalog, names.items, names.n,
                           routed || (field && names.n > 1));
    free(field);
    vec_done(&names);
    free(text);
}

static bool replace(struct name **at, struct name *with)
{
    if (*at == with)
        return false;
    if (with)
        name_ref(with);
    name_unref(*at);
    *at = with;
    return true;
}

static bool read_connector(struct queryable_sink *sink, const struct table *t)
{
    if (!sink->who->connect)
        return false;
    const struct value key[] = {{.s = sink->who->connect, .quality = QUALITY_EXACT},
                                {.s = sink->who->connector, .quality = QUALITY_EXACT}};
    const struct row *r = table_find(t, key);
    if (!r)
        return false;
    bool differs = replace(&sink->tables_text, derive_cells_text(r, CONNECTORS_TABLES));
    differs = replace(&sink->catalog, derive_cells_text(r, CONNECTORS_CATALOG)) || differs;
    differs = replace(&sink->config, derive_cells_text(r, CONNECTORS_CONFIG)) || differs;
    return differs;
}

void queryable_facts_sinks(struct derive_queryable *q)
{
    const struct table *t = store_find(q->store, connect_table_connectors.name);
    bool changed = false;
    find_sinks(q);
    if (!t || (!q->fresh && table_seq(t) == q->connectors_seq))
        return;
    q->connectors_seq = table_seq(t);
    for (size_t i = 0; i < q->all.n; i++)
        changed = read_connector(q->all.items[i], t) || changed;
    if (!changed)
        return;
    derive_heads_unset(q->heads);
    for (size_t i = 0; i < q->all.n; i++)
        if (q->all.items[i]->tables_text)
            give_tables(q, q->all.items[i]);
}

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
    connect_backlog_source(q->backlog, s->sink->group->raw, s->topic->raw, s->partition, s->committed, s->start,
                           markers ? s->committed : s->end, q->began_ms);
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
    for (; r && q->all.n; r = row_next(r)) {
        const struct name *group = row_get(r, GROUP_PARTITIONS_GROUP).s;
        if (row_get(r, GROUP_PARTITIONS_CLUSTER).s != q->cluster)
            continue;
        struct queryable_sink *sink = map_get(&q->by_group, &group, sizeof group);
        if (sink)
            read_source(q, sink, r);
        sink = map_get(&q->by_coordinator, &group, sizeof group);
        if (sink)
            read_coordinator(q, sink, r);
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

/* All of it has been read that was there in the last round. start: the first record that is there still, or unknown. */
static void tell_control(const struct derive_queryable *q, struct queryable_control *c, int64_t start)
{
    if (c->due == UNKNOWN || c->end < c->due)
        return;
    connect_backlog_control(q->backlog, c->topic->raw, c->partition, start > c->begin ? start : c->begin, c->end,
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
        tell_control(q, c, exact(r, PARTITIONS_START));
    }
}

static struct queryable_control *control_of(struct derive_queryable *q, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < q->controls.n; i++)
        if (q->controls.items[i].partition == partition && strcmp(q->controls.items[i].topic->raw, topic) == 0)
            return &q->controls.items[i];
    vec_push(&q->controls, (struct queryable_control){.topic = name_intern(store_names(q->store), topic, strlen(topic)),
                                                      .partition = partition,
                                                      .due = UNKNOWN});
    return &q->controls.items[q->controls.n - 1];
}

void derive_queryable_control(struct derive_queryable *q, const char *topic, int32_t partition, int64_t begin,
                              int64_t end)
{
    struct queryable_control *c = control_of(q, topic, partition);
    c->begin = begin;
    c->end = end;
    tell_control(q, c, UNKNOWN);
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

/* ---- commits that were announced ---- */

static void drop_awaited(struct derive_queryable *q, size_t i)
{
    free(q->awaited.items[i].table);
    q->awaited.items[i] = q->awaited.items[--q->awaited.n];
}

void derive_queryable_event(struct derive_queryable *q, const struct connect_event *e)
{
    if (e->type != CONNECT_EVENT_COMMIT_TO_TABLE || !e->table.len)
        return;
    char *table = mem_memdup(e->table.s, e->table.len);
    for (size_t i = 0; i < q->awaited.n; i++)
        if (strcmp(q->awaited.items[i].table, table) == 0) {
            drop_awaited(q, i); /* a later one tells of it too */
            break;
        }
    if (q->awaited.n == QUERYABLE_AWAITED)
        drop_awaited(q, 0);
    vec_push(&q->awaited, (struct queryable_awaited){.table = table, .snapshot_id = e->snapshot_id});
}

struct asked {
    const struct derive_queryable *q;
    const char *table;
};

static void ask(void *arg, const char *catalog)
{
    const struct asked *a = arg;
    if (a->q->ops && a->q->ops->table)
        a->q->ops->table(a->q->arg, catalog, a->table);
}

void queryable_facts_await(struct derive_queryable *q)
{
    int64_t now = queryable_mono_ms(q);
    for (size_t i = q->awaited.n; i-- > 0;) {
        struct queryable_awaited *w = &q->awaited.items[i];
        if (w->tries && now - w->asked_ms < AGAIN_MS)
            continue;
        struct asked a = {q, w->table};
        bool last = w->tries + 1 == TRIES || w->snapshot_id == UNKNOWN;
        w->asked_ms = now;
        w->tries++;
        if (derive_heads_has(q->heads, w->table, w->snapshot_id, ask, &a) || last)
            drop_awaited(q, i);
    }
}

void queryable_facts_done(struct derive_queryable *q)
{
    while (q->awaited.n)
        drop_awaited(q, 0);
    vec_done(&q->awaited);
    for (size_t i = 0; i < q->controls.n; i++)
        name_unref(q->controls.items[i].topic);
    vec_done(&q->controls);
    for (size_t i = 0; i < q->all.n; i++) {
        struct queryable_sink *sink = q->all.items[i];
        for (size_t k = 0; k < sink->sources.n; k++)
            free_source(q, sink->sources.items[k]);
        for (size_t k = 0; k < sink->tables.n; k++) {
            name_unref(sink->tables.items[k]->catalog);
            name_unref(sink->tables.items[k]->table);
            str_done(&sink->tables.items[k]->why);
            free(sink->tables.items[k]);
        }
        name_unref(sink->group);
        name_unref(sink->coordinator);
        name_unref(sink->tables_text);
        name_unref(sink->catalog);
        name_unref(sink->config);
        vec_done(&sink->sources);
        vec_done(&sink->tables);
        vec_done(&sink->rows);
        vec_done(&sink->files);
        free(sink);
    }
    vec_done(&q->all);
    map_done(&q->by_group);
    map_done(&q->by_coordinator);
    map_done(&q->by_row);
    map_done(&q->by_key);
}
