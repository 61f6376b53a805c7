/* Rows of commit cycles, kept as facts come and as the tables beside them change; see commits.h. */
#include "derive/commits.h"

#include "base/mem.h"
#include "connect/tables.h"
#include "derive/columns.h"
#include "derive/connectors.h"
#include "derive/groups.h"
#include "derive/snapshots.h"
#include "source/source.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_OF_PARTITIONS = 50000, /* of one cluster; those of the oldest cycles go */
    TURN_S = 1,                 /* how often time passes for cycles that run */
};

TAILQ_HEAD(commit_list, derive_commit);

struct derive_commits {
    struct store *store;
    struct connect_cycles *cycles;
    struct derive_sinks *sinks;
    struct derive_snapshots *snapshots;
    struct derive_groups groups;
    struct derive_commit_rows rows;
    struct map commits;     /* by commit id: struct derive_commit * */
    struct map summaries;   /* by the sink's pointer: struct derive_summary * */
    struct commit_list all; /* the oldest first */
    size_t nrows;           /* of partitions */
    uint64_t seq;           /* of cycles: up to which rows are written */
    struct event *timer;
    struct store_listener *listener;
    bool busy;
};

/* ---- summaries ---- */

static struct derive_summary *summary_of(struct derive_commits *d, struct derive_sink *sink)
{
    struct derive_summary *s = sink ? map_get(&d->summaries, &sink, sizeof sink) : NULL;
    if (s || !sink)
        return s;
    s = mem_new(struct derive_summary);
    s->sink = sink;
    map_put(&d->summaries, &sink, sizeof sink, s);
    return s;
}

/* May a source of Connect tell of connectors soon that it has not told of yet? */
static bool connect_awaited(const struct derive_commits *d)
{
    const struct table *t = store_find(d->store, source_table_sources.name);
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        struct value kind = row_get(r, SOURCES_KIND);
        if (kind.quality != QUALITY_UNKNOWN && strcmp(kind.s->raw, "connect") == 0 &&
            row_get(r, SOURCES_LAST_ROUND).quality == QUALITY_UNKNOWN)
            return true;
    }
    return false;
}

static void write_summaries(struct derive_commits *d)
{
    void *value;
    bool wait = connect_awaited(d);
    for (size_t at = 0; map_next(&d->summaries, &at, NULL, NULL, &value);)
        if (((struct derive_summary *)value)->changed)
            derive_connectors_write(&d->rows, value, d->cycles, wait);
}

/* ---- cycles ---- */

static struct derive_sink *sink_of(struct derive_commits *d, const struct connect_cycle *cycle)
{
    const struct name *group = cycle->group;
    return derive_sinks_get(d->sinks, group ? group->raw : "", group ? group->len : 0, cycle->connector->raw);
}

static void write_cycle(struct derive_commits *d, const struct connect_cycle *cycle, struct derive_commit *commit)
{
    size_t before = commit->partitions.n;
    derive_commit_rows_write(&d->rows, commit, cycle);
    d->nrows += commit->partitions.n - before;
    struct derive_summary *summary = summary_of(d, commit->sink);
    if (summary)
        derive_connectors_add(summary, cycle);
}

static void on_changed(void *arg, const struct connect_cycle *cycle)
{
    struct derive_commits *d = arg;
    struct derive_commit *commit = map_get(&d->commits, cycle->commit_id, strlen(cycle->commit_id));
    if (!commit) {
        commit = mem_new(struct derive_commit);
        memcpy(commit->id, cycle->commit_id, sizeof commit->id);
        map_put(&d->commits, commit->id, strlen(commit->id), commit);
        TAILQ_INSERT_TAIL(&d->all, commit, in_all);
    }
    struct derive_sink *sink = sink_of(d, cycle);
    if (commit->sink && commit->sink != sink)
        derive_connectors_remove(summary_of(d, commit->sink), commit->id);
    commit->sink = sink;
    commit->placed = cycle->control_topic;
    write_cycle(d, cycle, commit);
}

static void forget(struct derive_commits *d, struct derive_commit *commit)
{
    map_del(&d->commits, commit->id, strlen(commit->id));
    TAILQ_REMOVE(&d->all, commit, in_all);
    d->nrows -= commit->partitions.n;
    derive_commit_rows_remove(&d->rows, commit, false);
    if (commit->sink)
        derive_connectors_remove(summary_of(d, commit->sink), commit->id);
    free(commit);
}

static void on_forgotten(void *arg, const char *commit_id)
{
    struct derive_commits *d = arg;
    struct derive_commit *commit = map_get(&d->commits, commit_id, strlen(commit_id));
    if (commit)
        forget(d, commit);
}

struct ids {
    VEC(struct derive_brief) list;
    struct derive_commits *d;
};

/* Cycles of which more is known than when snapshots were last looked for. */
static void on_known(void *arg, const struct connect_cycle *cycle)
{
    struct ids *ids = arg;
    const struct derive_commit *commit = map_get(&ids->d->commits, cycle->commit_id, strlen(cycle->commit_id));
    struct derive_brief b;
    if (commit && commit->placed == (cycle->control_topic != NULL))
        return;
    memcpy(b.id, cycle->commit_id, sizeof b.id);
    vec_push(&ids->list, b);
}

static void give_snapshots(struct derive_commits *d)
{
    struct ids ids = {.d = d};
    derive_snapshots_read(d->snapshots, d->cycles);
    connect_cycles_changed(d->cycles, d->seq, on_known, &ids);
    for (size_t i = 0; i < ids.list.n; i++)
        derive_snapshots_of(d->snapshots, d->cycles, ids.list.items[i].id);
    vec_done(&ids.list);
}

/* Those of a sink that its summary remembers: who holds what has changed. */
static void write_again(struct derive_commits *d, struct derive_sink *sink)
{
    struct derive_summary *summary = summary_of(d, sink);
    for (size_t i = 0; i < summary->cycles.n; i++) {
        struct derive_commit *commit =
            map_get(&d->commits, summary->cycles.items[i].id, strlen(summary->cycles.items[i].id));
        const struct connect_cycle *cycle = commit ? connect_cycles_find(d->cycles, commit->id) : NULL;
        size_t before = commit ? commit->partitions.n : 0;
        if (!cycle)
            continue;
        derive_commit_rows_write(&d->rows, commit, cycle);
        d->nrows += commit->partitions.n - before;
    }
    summary->changed = true;
}

static void give_settings(struct derive_commits *d, const struct derive_sink *sink)
{
    if (!sink->group)
        return;
    connect_cycles_settings(d->cycles, &(struct connect_cycles_settings){
                                           .group = sink->group->raw,
                                           .connector = sink->connect ? sink->connector->raw : NULL,
                                           .interval_ms = sink->interval_ms,
                                           .timeout_ms = sink->timeout_ms,
                                           .partitions = sink->partitions,
                                       });
}

/* The oldest cycles' answers go where there are too many. */
static void thin(struct derive_commits *d)
{
    struct derive_commit *commit;
    if (d->nrows <= ROWS_OF_PARTITIONS)
        return;
    TAILQ_FOREACH(commit, &d->all, in_all)
    {
        if (d->nrows <= ROWS_OF_PARTITIONS / 10 * 9) /* not again with the next row */
            return;
        d->nrows -= commit->partitions.n;
        derive_commit_rows_remove(&d->rows, commit, true);
    }
}

static bool find_tables(struct derive_commits *d)
{
    struct derive_commit_rows *w = &d->rows;
    w->commits = store_find(d->store, connect_table_commits.name);
    w->partitions = store_find(d->store, connect_table_commit_partitions.name);
    w->tables = store_find(d->store, connect_table_commit_tables.name);
    return w->commits && w->partitions && w->tables;
}

void derive_commits_update(struct derive_commits *d)
{
    if (d->busy || !find_tables(d))
        return;
    d->busy = true;
    bool changed = derive_sinks_read(d->sinks, d->rows.owner);
    for (size_t i = 0; changed && i < derive_sinks_count(d->sinks); i++)
        if (derive_sinks_at(d->sinks, i)->changed)
            give_settings(d, derive_sinks_at(d->sinks, i));
    give_snapshots(d);
    connect_cycles_forgotten(d->cycles, on_forgotten, d);
    connect_cycles_changed(d->cycles, d->seq, on_changed, d);
    d->seq = connect_cycles_seq(d->cycles);
    for (size_t i = 0; changed && i < derive_sinks_count(d->sinks); i++) {
        struct derive_sink *sink = derive_sinks_at(d->sinks, i);
        if (sink->changed)
            write_again(d, sink);
        sink->changed = false;
    }
    thin(d);
    write_summaries(d);
    derive_groups_write(&d->groups, d->store, d->rows.cluster, d->sinks, changed);
    d->busy = false;
}

/* ---- its life ---- */

static void on_commit(struct store *s, void *arg)
{
    struct derive_commits *d = arg;
    uint64_t seq = store_seq(s);
    derive_commits_update(d);
    if (store_seq(s) != seq)
        store_commit(s);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    struct derive_commits *d = arg;
    (void)fd;
    (void)what;
    connect_cycles_time(d->cycles, clock_wall_ms(store_clock(d->store)));
    derive_commits_update(d);
    store_commit(d->store);
}

struct derive_commits *derive_commits_new(struct event_base *base, struct store *store, const char *cluster,
                                          const char *name, struct connect_cycles *cycles)
{
    struct derive_commits *d = mem_new(struct derive_commits);
    char *own = name ? NULL : mem_printf("control:%s", cluster);
    d->store = store;
    d->cycles = cycles;
    d->sinks = derive_sinks_new(store, cluster);
    d->snapshots = derive_snapshots_new(store);
    d->rows = (struct derive_commit_rows){.store = store,
                                          .cluster = name_intern(store_names(store), cluster, strlen(cluster)),
                                          .owner = store_owner(store, name ? name : own),
                                          .sinks = d->sinks,
                                          .born_ms = clock_wall_ms(store_clock(store))};
    free(own);
    TAILQ_INIT(&d->all);
    derive_columns_add(store);
    d->listener = store_listen(store, on_commit, d);
    if (base) {
        d->timer = event_new(base, -1, EV_PERSIST, on_time, d);
        event_add(d->timer, &(struct timeval){.tv_sec = TURN_S});
    }
    return d;
}

static void drop_rows(struct derive_commits *d)
{
    const char *const tables[] = {connect_table_commits.name, connect_table_commit_partitions.name,
                                  connect_table_commit_tables.name};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct table *t = store_find(d->store, tables[i]);
        if (t)
            table_drop_owner(t, d->rows.owner);
    }
}

void derive_commits_free(struct derive_commits *d)
{
    if (!d)
        return;
    store_unlisten(d->store, d->listener);
    if (d->timer)
        event_free(d->timer);
    for (struct derive_commit *commit; (commit = TAILQ_FIRST(&d->all));) {
        TAILQ_REMOVE(&d->all, commit, in_all);
        vec_done(&commit->partitions);
        vec_done(&commit->tables);
        free(commit);
    }
    void *value;
    for (size_t at = 0; map_next(&d->summaries, &at, NULL, NULL, &value);) {
        derive_connectors_clear(&d->rows, value);
        derive_connectors_done(value);
        free(value);
    }
    map_done(&d->commits);
    map_done(&d->summaries);
    drop_rows(d);
    derive_snapshots_free(d->snapshots);
    derive_sinks_free(d->sinks);
    name_unref(d->rows.cluster);
    free(d);
}

size_t derive_commits_rows(const struct derive_commits *d)
{
    const struct derive_commit *commit;
    size_t n = 0;
    TAILQ_FOREACH(commit, &d->all, in_all)
    n += 1 + commit->partitions.n + commit->tables.n;
    return n;
}

const struct derive_sinks *derive_commits_sinks(const struct derive_commits *d)
{
    return d->sinks;
}

size_t derive_commits_cycles(const struct derive_commits *d, const struct derive_sink *sink,
                             const struct connect_cycle **out, size_t max)
{
    const struct derive_summary *s = map_get(&d->summaries, &sink, sizeof sink);
    size_t n = 0;
    for (size_t i = s ? s->cycles.n : 0; i-- > 0 && n < max;) {
        const struct connect_cycle *c = connect_cycles_find(d->cycles, s->cycles.items[i].id);
        if (c)
            out[n++] = c;
    }
    return n;
}
