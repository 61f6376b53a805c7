/* What queryable lag costs: sinks of which every partition's end moves each second, and each of which commits every ten. Prints
 * the processor's time for a second of theirs, the most of one second, and the rows written; arguments: sinks, partitions of
 * each, seconds. */
#include "base/mem.h"
#include "connect/tables.h"
#include "derive/queryable.h"
#include "derive/tables.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"
#include "source/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    EVERY_S = 10, /* between two commits of a sink */
    TASKS = 2,
    LIMIT_MS = 10,   /* for a second of all sinks */
    WORST_MS = 40,   /* of one second */
    PER_SECOND = 10, /* records a partition */
    SIZES = 1000,    /* partitions all together that the limits are for */
};

static int64_t wall_ms = 1795000000000;

static int64_t wall(void *arg)
{
    (void)arg;
    return wall_ms;
}

static int64_t mono(void *arg)
{
    (void)arg;
    return wall_ms * 1000;
}

static const struct clock held = {wall, mono, NULL};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

struct world {
    struct store *store;
    struct derive_sinks *sinks;
    struct connect_backlog *backlog;
    struct derive_queryable *queryable;
    int nsinks, partitions;
    int64_t control; /* the next offset of the control topic */
    int64_t end;     /* of each partition */
    int rounds;
};

/* ---- rows ---- */

static struct value text(struct world *w, const char *s)
{
    return (struct value){.s = name_intern(store_names(w->store), s, strlen(s)), .quality = QUALITY_EXACT};
}

static struct row *upsert(struct world *w, const char *table, const char *a, const char *b, const char *c, int64_t n)
{
    struct table *t = store_find(w->store, table);
    struct value key[4];
    size_t k = 0;
    const char *const texts[] = {a, b, c};
    for (size_t i = 0; i < 3 && texts[i]; i++)
        key[k++] = text(w, texts[i]);
    size_t ntexts = k;
    if (k < table_nkeys(t))
        key[k] = value_int(n);
    struct row *r = table_upsert(t, key, store_owner(w->store, "bench"));
    for (size_t i = 0; i < ntexts; i++)
        name_unref(key[i].s);
    return r;
}

static void set(struct world *w, const char *table, struct row *r, size_t column, int64_t v)
{
    table_set_int(store_find(w->store, table), r, column, v, QUALITY_EXACT);
}

static void round_ended(struct world *w, const char *source)
{
    struct row *r = upsert(w, "sources", source, NULL, NULL, 0);
    set(w, "sources", r, SOURCES_LAST_ROUND, wall_ms);
    set(w, "sources", r, SOURCES_ROUND_MS, 1);
    set(w, "sources", r, SOURCES_ROUNDS, ++w->rounds);
    table_set_text(store_find(w->store, "sources"), r, SOURCES_STATE, "ok");
}

/* All ends, and lags of the group, as a round of Kafka writes them. */
static void write_ends(struct world *w, const int64_t *committed)
{
    char group[32], topic[32];
    for (int i = 0; i < w->nsinks; i++) {
        snprintf(group, sizeof group, "connect-sink-%d", i);
        snprintf(topic, sizeof topic, "topic-%d", i);
        for (int p = 0; p < w->partitions; p++) {
            set(w, "partitions", upsert(w, "partitions", "prod", topic, NULL, p), PARTITIONS_END, w->end);
            struct row *r = upsert(w, "group_partitions", "prod", group, topic, p);
            set(w, "group_partitions", r, GROUP_PARTITIONS_COMMITTED, committed[i]);
            set(w, "group_partitions", r, GROUP_PARTITIONS_START, 0);
            set(w, "group_partitions", r, GROUP_PARTITIONS_END, w->end);
            set(w, "group_partitions", r, GROUP_PARTITIONS_LAG, w->end - committed[i]);
        }
        set(w, "groups", upsert(w, "groups", "prod", group, NULL, 0), GROUPS_LAG,
            (w->end - committed[i]) * w->partitions);
    }
    set(w, "partitions", upsert(w, "partitions", "prod", "control", NULL, 0), PARTITIONS_END, w->control);
    round_ended(w, "kafka:prod");
}

static void write_snapshot(struct world *w, int sink, int64_t id, int64_t rows)
{
    char table[32], offsets[96], metadata[32];
    struct table *snapshots = store_find(w->store, "snapshots"), *tables = store_find(w->store, "iceberg_tables");
    snprintf(table, sizeof table, "db.t%d", sink);
    snprintf(offsets, sizeof offsets, "control.connect-sink-%d {\"0\":%" PRId64 "}", sink, w->control);
    snprintf(metadata, sizeof metadata, "m%" PRId64, id);
    struct row *r = upsert(w, "snapshots", "lake", table, NULL, id);
    set(w, "snapshots", r, SNAPSHOTS_MADE, wall_ms);
    set(w, "snapshots", r, SNAPSHOTS_ADDED_FILES, TASKS);
    set(w, "snapshots", r, SNAPSHOTS_ADDED_ROWS, rows);
    set(w, "snapshots", r, SNAPSHOTS_ADDED_BYTES, rows * 100);
    table_set_text(snapshots, r, SNAPSHOTS_CONTROL_OFFSETS, offsets);
    if (id > 1)
        set(w, "snapshots", r, SNAPSHOTS_PARENT_ID, id - 1);
    r = upsert(w, "iceberg_tables", "lake", table, NULL, 0);
    set(w, "iceberg_tables", r, ICEBERG_TABLES_SNAPSHOT_ID, id);
    table_set_text(tables, r, ICEBERG_TABLES_METADATA, metadata);
    table_set_text(tables, r, ICEBERG_TABLES_STATE, "read");
}

/* ---- events ---- */

static void give(struct world *w, const char *key, struct connect_event *e)
{
    struct connect_cycles_record r = {
        .topic = "control", .offset = w->control++, .time_ms = wall_ms, .key = key, .key_len = strlen(key), .event = e};
    e->time_ms = wall_ms;
    connect_backlog_record(w->backlog, &r);
    derive_queryable_event(w->queryable, e);
}

/* Each task announces a file and answers for its share of the partitions. */
static void commit(struct world *w, int sink, int64_t id)
{
    char group[32], topic[32], table[32], key[32], path[64];
    struct connect_event_assignment *list = mem_calloc((size_t)w->partitions, sizeof *list);
    int64_t rows = (int64_t)EVERY_S * PER_SECOND * w->partitions;
    snprintf(group, sizeof group, "connect-sink-%d", sink);
    snprintf(topic, sizeof topic, "topic-%d", sink);
    snprintf(table, sizeof table, "db.t%d", sink);
    for (int t = 0; t < TASKS; t++) {
        snprintf(key, sizeof key, "worker-%d-%d", sink, t);
        snprintf(path, sizeof path, "%s/%" PRId64 "-%d", table, id, t);
        const struct connect_event_file file = {{path, strlen(path)}, false, rows / TASKS, rows / TASKS * 100};
        struct connect_event e = {.type = CONNECT_EVENT_DATA_WRITTEN,
                                  .group = {group, strlen(group)},
                                  .table = {table, strlen(table)},
                                  .files = &file,
                                  .nfiles = 1};
        snprintf(e.commit_id, sizeof e.commit_id, "%d-%" PRId64, sink, id);
        give(w, key, &e);
        size_t n = 0;
        for (int p = t; p < w->partitions; p += TASKS)
            list[n++] = (struct connect_event_assignment){{topic, strlen(topic)}, p, w->end, wall_ms};
        e.type = CONNECT_EVENT_DATA_COMPLETE;
        e.assignments = list;
        e.nassignments = n;
        give(w, key, &e);
    }
    struct connect_event e = {.type = CONNECT_EVENT_COMMIT_TO_TABLE,
                              .group = {group, strlen(group)},
                              .table = {table, strlen(table)},
                              .snapshot_id = id};
    write_snapshot(w, sink, id, rows);
    give(w, "coordinator", &e);
    free(list);
}

/* ---- a second ---- */

static void second(struct world *w, int64_t s, int64_t *committed)
{
    wall_ms += 1000;
    w->end += PER_SECOND;
    for (int i = 0; i < w->nsinks; i++)
        if ((s + i) % EVERY_S == 0) {
            commit(w, i, s / EVERY_S + 2);
            committed[i] = w->end;
        }
    wall_ms += 2;
    derive_queryable_control(w->queryable, "control", 0, 0, w->control);
    round_ended(w, "iceberg:lake");
    wall_ms += 2;
    write_ends(w, committed);
}

static void open_world(struct world *w)
{
    static const struct table_def *const sources[] = {&source_table_sources, &source_table_events, NULL};
    const struct table_def *const *lists[] = {kafka_tables, connect_tables, iceberg_tables, derive_tables, sources};
    struct error err;
    w->store = store_new(&held);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; lists[i][k]; k++)
            store_add(w->store, lists[i][k], NULL, NULL, &err);
    w->sinks = derive_sinks_new(w->store, "prod");
    w->backlog = connect_backlog_new();
    w->queryable = derive_queryable_new(NULL, w->store, "prod", "control:prod", w->sinks, w->backlog, NULL, NULL);
    for (int i = 0; i < w->nsinks; i++) {
        char group[32], connector[32];
        snprintf(group, sizeof group, "connect-sink-%d", i);
        snprintf(connector, sizeof connector, "sink-%d", i);
        derive_sinks_get(w->sinks, group, strlen(group), connector);
        for (int64_t id = 1; id <= 1; id++)
            write_snapshot(w, i, id, 0);
    }
}

int main(int argc, char **argv)
{
    struct world w = {.nsinks = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 50,
                      .partitions = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 20};
    int64_t seconds = argc > 3 ? strtol(argv[3], NULL, 10) : 200, *committed = mem_calloc((size_t)w.nsinks, 8);
    double all = 0, worst = 0;
    uint64_t seq = 0;
    open_world(&w);
    for (int64_t s = 0; s < seconds; s++) {
        if (s == EVERY_S) { /* all have committed once */
            all = worst = 0;
            seq = store_seq(w.store);
        }
        second(&w, s, committed);
        double begin = now();
        store_commit(w.store);
        double took = now() - begin;
        all += took;
        worst = took > worst ? took : worst;
    }
    const struct connect_backlog_group *g = connect_backlog_find(w.backlog, "connect-sink-0");
    int64_t most = (int64_t)PER_SECOND * EVERY_S * w.partitions;
    bool right = g && g->lag_quality == QUALITY_EXACT && g->lag >= 0 && g->lag <= most;
    double share = (double)w.nsinks * w.partitions / SIZES, mean = all / (double)(seconds - EVERY_S);
    printf(
        "%d sinks of %d partitions: %.2f ms a second, at most %.1f (limits %.0f, %.0f); rows written %.0f a second\n",
        w.nsinks, w.partitions, mean, worst, LIMIT_MS * share, WORST_MS * share,
        (double)(store_seq(w.store) - seq) / (double)(seconds - EVERY_S));
    if (!right)
        printf("the first sink's lag is wrong\n");
    derive_queryable_free(w.queryable);
    connect_backlog_free(w.backlog);
    derive_sinks_free(w.sinks);
    store_free(w.store);
    free(committed);
    return right && mean <= LIMIT_MS * share && worst <= WORST_MS * share ? 0 : 1;
}
