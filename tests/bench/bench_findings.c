/* A look at all findings: 50 sinks with 60 cycles of 20 partitions each, and two tables of 200 snapshots each.
 *
 * Processor time of one thread, the best of some looks: the first, and those after it, which find the same. */
#include "base/mem.h"
#include "connect/backlog.h"
#include "connect/tables.h"
#include "derive/commits.h"
#include "derive/tables.h"
#include "findings/catalogue.h"
#include "findings/engine.h"
#include "findings/tables.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"
#include "source/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SINKS = 50,
    CYCLES = 60,
    TASKS = 4,
    PARTITIONS = 5, /* of a task */
    TABLES = 2,     /* of a sink */
    SNAPSHOTS = 200,
    LOOKS = 50,
    INTERVAL_MS = 60000,
    LIMIT_MS = 5, /* of a look */
};
#define START INT64_C(1795239780000)

static int64_t now_ms;

static int64_t wall(void *arg)
{
    (void)arg;
    return now_ms;
}

static int64_t mono(void *arg)
{
    (void)arg;
    return now_ms * 1000;
}

static const struct clock bench_clock = {wall, mono, NULL};

struct world {
    struct store *store;
    struct connect_cycles *cycles;
    struct connect_backlog *backlog;
    struct derive_commits *commits;
    struct findings_engine *engine;
    int64_t offset;
};

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- rows ---- */

static struct row *row_of(struct world *w, const char *table, const char *a, const char *b, const char *c, int64_t n)
{
    struct table *t = store_find(w->store, table);
    const char *texts[] = {a, b, c};
    struct value key[4];
    size_t k = 0;
    for (; k < 3 && texts[k]; k++)
        key[k] = (struct value){.s = name_intern(store_names(w->store), texts[k], strlen(texts[k])),
                                .quality = QUALITY_EXACT};
    if (k < table_nkeys(t))
        key[k] = value_int(n);
    struct row *r = table_upsert(t, key, store_owner(w->store, "bench"));
    for (size_t i = 0; i < k; i++)
        name_unref(key[i].s);
    return r;
}

static void set_text(struct world *w, const char *table, struct row *r, const char *column, const char *text)
{
    struct table *t = store_find(w->store, table);
    table_set_text(t, r, (size_t)table_column_index(t, column), text);
}

static void set_int(struct world *w, const char *table, struct row *r, const char *column, int64_t v)
{
    struct table *t = store_find(w->store, table);
    table_set_int(t, r, (size_t)table_column_index(t, column), v, QUALITY_EXACT);
}

static void add_members(struct world *w, const char *name, const char *group)
{
    for (int i = 0; i < TASKS; i++) {
        char member[64], client[96], assignment[200];
        int n = snprintf(assignment, sizeof assignment, "%s(", name);
        for (int p = 0; p < PARTITIONS; p++)
            n += snprintf(assignment + n, sizeof assignment - (size_t)n, "%s%d", p ? "," : "", i * PARTITIONS + p);
        snprintf(assignment + n, sizeof assignment - (size_t)n, ")");
        snprintf(member, sizeof member, "member-%d", i);
        snprintf(client, sizeof client, "connector-consumer-%s-%d", name, i);
        struct row *r = row_of(w, "group_members", "prod", group, member, 0);
        set_text(w, "group_members", r, "client_id", client);
        set_text(w, "group_members", r, "assignment", assignment);
        set_int(w, "group_members", r, "partitions", PARTITIONS);
        set_text(w, "tasks", row_of(w, "tasks", "kc", name, NULL, i), "state", "RUNNING");
    }
}

static void add_table(struct world *w, const char *table)
{
    struct row *r = row_of(w, "iceberg_tables", "lake", table, NULL, 0);
    set_int(w, "iceberg_tables", r, "snapshots", SNAPSHOTS);
    set_int(w, "iceberg_tables", r, "last_commit", START + (int64_t)CYCLES * INTERVAL_MS);
    for (int i = 1; i <= SNAPSHOTS; i++) {
        r = row_of(w, "snapshots", "lake", table, NULL, i);
        set_int(w, "snapshots", r, "made", START + (int64_t)(CYCLES - SNAPSHOTS + i) * INTERVAL_MS);
        set_int(w, "snapshots", r, "parent_id", i - 1);
        set_int(w, "snapshots", r, "on_branch", 1);
        set_int(w, "snapshots", r, "added_files", 4);
        set_int(w, "snapshots", r, "added_rows", 4000);
        set_text(w, "snapshots", r, "operation", "append");
        set_text(w, "snapshots", r, "writer", "kafka-connect");
    }
}

static void add_sink(struct world *w, int i)
{
    char name[32], group[64], tables[100];
    snprintf(name, sizeof name, "sink-%d", i);
    snprintf(group, sizeof group, "connect-sink-%d", i);
    snprintf(tables, sizeof tables, "db.t%d_0, db.t%d_1", i, i);
    struct row *r = row_of(w, "connectors", "kc", name, NULL, 0);
    set_text(w, "connectors", r, "state", "RUNNING");
    set_text(w, "connectors", r, "cluster", "prod");
    set_text(w, "connectors", r, "group_id", group);
    set_text(w, "connectors", r, "control_topic", "control-iceberg");
    set_text(w, "connectors", r, "tables", tables);
    set_text(w, "connectors", r, "catalog", "lake");
    set_int(w, "connectors", r, "iceberg", 1);
    set_int(w, "connectors", r, "tasks", TASKS);
    set_int(w, "connectors", r, "commit_interval_ms", INTERVAL_MS);
    set_int(w, "connectors", r, "commit_timeout_ms", INTERVAL_MS / 2);
    set_text(w, "groups", row_of(w, "groups", "prod", group, NULL, 0), "state", "Stable");
    add_members(w, name, group);
    for (int t = 0; t < TABLES; t++) {
        char table[32];
        snprintf(table, sizeof table, "db.t%d_%d", i, t);
        add_table(w, table);
    }
}

/* ---- cycles ---- */

static void give(struct world *w, const char *key, const struct connect_event *e)
{
    const struct connect_cycles_record record = {.topic = "control-iceberg",
                                                 .offset = w->offset++,
                                                 .time_ms = e->time_ms,
                                                 .key = key,
                                                 .key_len = strlen(key),
                                                 .event = e};
    connect_cycles_record(w->cycles, &record);
    connect_backlog_record(w->backlog, &record);
}

static struct connect_event_text text_of(const char *s)
{
    return (struct connect_event_text){s, strlen(s)};
}

static void add_answer(struct world *w, struct connect_event e, int sink, int cycle, int task)
{
    char key[64], topic[32], table[32], path[64];
    struct connect_event_assignment assignments[PARTITIONS];
    snprintf(key, sizeof key, "worker-%d-%d", sink, task);
    snprintf(topic, sizeof topic, "sink-%d", sink);
    e.type = CONNECT_EVENT_DATA_WRITTEN;
    for (int t = 0; t < TABLES; t++) {
        snprintf(table, sizeof table, "db.t%d_%d", sink, t);
        snprintf(path, sizeof path, "s3://lake/%s/%d-%d.parquet", table, cycle, task);
        const struct connect_event_file file = {.path = text_of(path), .rows = 1000, .bytes = 100000};
        e.catalog = text_of("iceberg");
        e.table = text_of(table);
        e.files = &file;
        e.nfiles = 1;
        give(w, key, &e);
    }
    e.type = CONNECT_EVENT_DATA_COMPLETE;
    for (int p = 0; p < PARTITIONS; p++)
        assignments[p] = (struct connect_event_assignment){text_of(topic), task * PARTITIONS + p,
                                                           (int64_t)(cycle + 1) * 1000, e.time_ms};
    e.assignments = assignments;
    e.nassignments = PARTITIONS;
    give(w, key, &e);
}

/* The newest ten commits of every fifth sink fail. */
static void add_cycle(struct world *w, int sink, int cycle)
{
    char group[64], key[64], table[32];
    struct connect_event e = {.type = CONNECT_EVENT_START_COMMIT, .time_ms = START + (int64_t)cycle * INTERVAL_MS};
    snprintf(group, sizeof group, "connect-sink-%d", sink);
    snprintf(key, sizeof key, "coordinator-%d", sink);
    snprintf(e.commit_id, sizeof e.commit_id, "%08x-0000-4000-8000-%012x", sink, cycle);
    e.group = text_of(group);
    e.snapshot_id = e.valid_through_ms = CONNECT_EVENT_UNKNOWN;
    give(w, key, &e);
    e.time_ms += 200;
    for (int task = 0; task < TASKS; task++)
        add_answer(w, e, sink, cycle, task);
    if (sink % 5 == 0 && cycle >= CYCLES - 10)
        return;
    e.time_ms += 200;
    e.valid_through_ms = e.time_ms;
    for (int t = 0; t < TABLES; t++) {
        snprintf(table, sizeof table, "db.t%d_%d", sink, t);
        e.type = CONNECT_EVENT_COMMIT_TO_TABLE;
        e.catalog = text_of("iceberg");
        e.table = text_of(table);
        e.snapshot_id = SNAPSHOTS - CYCLES + cycle + 1;
        give(w, key, &e);
    }
    e.type = CONNECT_EVENT_COMMIT_COMPLETE;
    give(w, key, &e);
}

static void world_open(struct world *w)
{
    static const struct table_def *const sources[] = {&source_table_sources, &source_table_events, NULL};
    const struct table_def *const *lists[] = {kafka_tables,  connect_tables,  iceberg_tables,
                                              derive_tables, findings_tables, sources};
    now_ms = START + (int64_t)CYCLES * INTERVAL_MS;
    *w = (struct world){.store = store_new(&bench_clock)};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; lists[i][k]; k++)
            store_add(w->store, lists[i][k], NULL, NULL, NULL);
    w->cycles = connect_cycles_new();
    w->backlog = connect_backlog_new();
    w->commits = derive_commits_new(NULL, w->store, "prod", NULL, w->cycles);
    for (int i = 0; i < SINKS; i++)
        add_sink(w, i);
    for (int cycle = 0; cycle < CYCLES; cycle++)
        for (int i = 0; i < SINKS; i++)
            add_cycle(w, i, cycle);
    derive_commits_update(w->commits);
    store_commit(w->store);
    w->engine = findings_engine_new(NULL, w->store, NULL, findings_families);
    findings_engine_place(w->engine, &(struct derive_pipeline_place){.name = "prod",
                                                                     .owner = "control:prod",
                                                                     .cycles = w->cycles,
                                                                     .commits = w->commits,
                                                                     .backlog = w->backlog});
}

static void world_done(struct world *w)
{
    findings_engine_free(w->engine);
    derive_commits_free(w->commits);
    connect_backlog_free(w->backlog);
    connect_cycles_free(w->cycles);
    store_free(w->store);
}

static double look(struct world *w)
{
    double begin = cpu();
    findings_engine_look(w->engine);
    store_commit(w->store);
    return (cpu() - begin) * 1000;
}

int main(void)
{
    struct world w;
    world_open(&w);
    double first = look(&w), best = 1e9;
    size_t found = table_nrows(store_find(w.store, "findings"));
    uint64_t seq = store_seq(w.store);
    for (int i = 0; i < LOOKS; i++) {
        double ms = look(&w);
        best = ms < best ? ms : best;
    }
    bool quiet = store_seq(w.store) == seq;
    printf("%d sinks of %d cycles: %zu findings; the first look %.1f ms, the next %.2f ms (limit %d)%s\n", SINKS,
           CYCLES, found, first, best, LIMIT_MS, quiet ? "" : "; the same is written again");
    world_done(&w);
    return best > LIMIT_MS || !quiet || found < SINKS / 5;
}
