/* Queryable lag: its life, and what is done when; see queryable.h. */
#include "derive/queryable.h"
#include "derive/queryable_internal.h"

#include "base/mem.h"
#include "connect/tables.h"
#include "derive/columns.h"
#include "derive/tables.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

enum {
    TURN_S = 1,
    LAGGING_MS = 1000, /* how often ages are told */
    ALL_MS = 10000,    /* how often rows of others, which may have been made anew, are looked at */
};

/* ---- where things are written ---- */

static size_t find(struct store *s, const char *name, struct table **ret)
{
    *ret = store_find(s, name);
    return *ret ? derive_columns_first(*ret, "queryable") : SIZE_MAX;
}

static bool find_places(struct derive_queryable *q)
{
    struct queryable_places *at = &q->at;
    if (q->schema != store_schema_version(q->store) || !at->partitions) {
        q->schema = store_schema_version(q->store);
        at->partitions = store_find(q->store, derive_table_queryable_partitions.name);
        at->files = store_find(q->store, derive_table_pending_files.name);
        at->groups_first = find(q->store, kafka_table_groups.name, &at->groups);
        at->group_partitions_first = find(q->store, kafka_table_group_partitions.name, &at->group_partitions);
        at->connectors_first = find(q->store, connect_table_connectors.name, &at->connectors);
        at->tables_first = find(q->store, iceberg_table_tables.name, &at->tables);
    }
    return at->partitions && at->files;
}

/* ---- turns ---- */

static void on_changed(void *arg, const struct connect_backlog_group *g)
{
    struct derive_queryable *q = arg;
    struct name *group = name_intern(store_names(q->store), g->group->raw, g->group->len);
    struct queryable_sink *sink = map_get(&q->by_group, &group, sizeof group);
    name_unref(group);
    if (sink)
        queryable_rows_write(q, sink, g);
}

/* Writes those again whose age goes on, or all. */
static void write_again(struct derive_queryable *q, bool all)
{
    for (size_t i = 0; i < q->all.n; i++) {
        struct queryable_sink *sink = q->all.items[i];
        const struct connect_backlog_group *g =
            all || sink->lagging ? connect_backlog_find(q->backlog, sink->group->raw) : NULL;
        if (g)
            queryable_rows_write(q, sink, g);
    }
}

static void write(struct derive_queryable *q)
{
    int64_t now = queryable_mono_ms(q);
    bool all = now - q->all_ms >= ALL_MS, again = all || now - q->lagging_ms >= LAGGING_MS;
    uint64_t seq = connect_backlog_seq(q->backlog);
    bool changed = seq != q->seq;
    if (again) {
        q->all_ms = all ? now : q->all_ms;
        q->lagging_ms = now;
        write_again(q, all);
    }
    connect_backlog_changed(q->backlog, q->seq, on_changed, q);
    q->seq = connect_backlog_seq(q->backlog);
    if (changed || again)
        queryable_columns_tables(q);
}

/* A table has taken more: its lag waits for an end that is read after it was. */
static void want_ends(struct derive_queryable *q)
{
    bool more = q->given != derive_heads_given(q->heads);
    q->given = derive_heads_given(q->heads);
    if (more && q->began_ms && q->ops && q->ops->ends)
        q->ops->ends(q->arg);
}

void derive_queryable_update(struct derive_queryable *q)
{
    if (q->busy || !find_places(q))
        return;
    q->busy = true;
    queryable_sinks_read(q);
    queryable_facts_kafka(q);
    derive_heads_read(q->heads, q->backlog);
    want_ends(q);
    queryable_sinks_await(q);
    write(q);
    if (q->at.group_partitions) /* what was written now is no news */
        q->partitions_seq = table_seq(q->at.group_partitions);
    q->busy = false;
}

/* ---- its life ---- */

static void on_commit(struct store *s, void *arg)
{
    struct derive_queryable *q = arg;
    uint64_t seq = store_seq(s);
    if (q->busy)
        return;
    derive_queryable_update(q);
    if (store_seq(s) != seq)
        store_commit(s);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    struct derive_queryable *q = arg;
    (void)fd;
    (void)what;
    derive_queryable_update(q);
    store_commit(q->store);
}

struct derive_queryable *derive_queryable_new(struct event_base *base, struct store *store, const char *cluster,
                                              const char *owner, const struct derive_sinks *sinks,
                                              struct connect_backlog *backlog, const struct derive_queryable_ops *ops,
                                              void *arg)
{
    struct derive_queryable *q = mem_new(struct derive_queryable);
    char *kafka = mem_printf("kafka:%s", cluster);
    *q = (struct derive_queryable){.store = store,
                                   .cluster = name_intern(store_names(store), cluster, strlen(cluster)),
                                   .owner = store_owner(store, owner),
                                   .sinks = sinks,
                                   .backlog = backlog,
                                   .ops = ops,
                                   .arg = arg,
                                   .heads = derive_heads_new(store),
                                   .kafka = name_intern(store_names(store), kafka, strlen(kafka)),
                                   .round_ms = CONNECT_EVENT_UNKNOWN};
    free(kafka);
    derive_columns_add(store);
    q->listener = store_listen(store, on_commit, q);
    if (base) {
        q->timer = event_new(base, -1, EV_PERSIST, on_time, q);
        event_add(q->timer, &(struct timeval){.tv_sec = TURN_S});
    }
    return q;
}

void derive_queryable_free(struct derive_queryable *q)
{
    if (!q)
        return;
    store_unlisten(q->store, q->listener);
    if (q->timer)
        event_free(q->timer);
    find_places(q);
    for (size_t i = 0; i < q->all.n; i++) {
        queryable_columns_clear(q, q->all.items[i]);
        queryable_rows_remove(q, q->all.items[i]);
    }
    queryable_facts_done(q);
    queryable_sinks_done(q);
    derive_heads_free(q->heads);
    slab_done(&q->slab);
    name_unref(q->cluster);
    name_unref(q->kafka);
    free(q);
}
