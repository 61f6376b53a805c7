/* Recorded runs of the sink second by second, by their own clock: what is found in them, and when it is over. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/backlog.h"
#include "derive/commits.h"
#include "findings/catalogue.h"
#include "findings/engine.h"
#include "findings/tables.h"
#include "tests/unit/connect/runs.h"
#include "tests/unit/derive/rows.h"

#define CONTROL "control-iceberg"
#define GROUP   "connect-orders-sink"

struct world {
    struct store *store;
    struct connect_cycles *cycles;
    struct connect_backlog *backlog;
    struct derive_commits *commits;
    struct findings_engine *engine;
    struct run run;
    size_t next; /* record to come */
    struct {
        int64_t id, made_ms;
        struct connect_cycles_offset floor;
    } snapshots[60];
    size_t nsnapshots;
    struct str told; /* ids of findings that were raised, in order, "-ID" for those that ended */
};

static void set(struct world *w, const char *table, const char *key, const char *column, const char *text)
{
    rows_set(w->store, table, key, column, text);
}

static void add_member(struct world *w, const char *key, const char *client, const char *assignment, const char *n)
{
    set(w, "group_members", key, "client_id", client);
    set(w, "group_members", key, "assignment", assignment);
    set(w, "group_members", key, "partitions", n);
}

static void drop(struct world *w, const char *table, const char *key)
{
    table_remove(store_find(w->store, table), rows_row(w->store, table, key, NULL));
}

static void add_tasks(struct world *w)
{
    set(w, "tasks", "kc orders-sink 0", "state", "RUNNING");
    set(w, "tasks", "kc orders-sink 1", "state", "RUNNING");
    set(w, "groups", "prod " GROUP, "state", "Stable");
    set(w, "groups", "prod " GROUP "-coord", "state", "Stable");
    add_member(w, "prod " GROUP " m0", "connector-consumer-orders-sink-0", "orders(0)", "1");
    add_member(w, "prod " GROUP " m1", "connector-consumer-orders-sink-1", "orders(1)", "1");
    add_member(w, "prod " GROUP "-coord c0", "4e2a", CONTROL "(0)", "1");
}

static void open_world(struct world *w, const char *run, const char *interval_ms, const char *timeout_ms)
{
    static const char key[] = "kc orders-sink";
    *w = (struct world){.store = rows_store(), .cycles = connect_cycles_new(), .backlog = connect_backlog_new()};
    for (size_t i = 0; findings_tables[i]; i++)
        assert_int_equal(store_add(w->store, findings_tables[i], NULL, NULL, NULL), 0);
    run_open(&w->run, run);
    rows_ms = w->run.topic.records[0].time_ms - 1000;
    w->commits = derive_commits_new(NULL, w->store, "prod", NULL, w->cycles);
    w->engine = findings_engine_new(NULL, w->store, NULL, findings_families);
    findings_engine_place(w->engine, &(struct derive_pipeline_place){.name = "prod",
                                                                     .owner = "control:prod",
                                                                     .cycles = w->cycles,
                                                                     .commits = w->commits,
                                                                     .backlog = w->backlog});
    rows_row(w->store, "connectors", key, "connect:kc");
    set(w, "connectors", key, "state", "RUNNING");
    set(w, "connectors", key, "cluster", "prod");
    set(w, "connectors", key, "group_id", GROUP);
    set(w, "connectors", key, "control_topic", CONTROL);
    set(w, "connectors", key, "iceberg", "1");
    set(w, "connectors", key, "tables", "db.orders");
    set(w, "connectors", key, "catalog", "lake");
    set(w, "connectors", key, "tasks", "2");
    set(w, "connectors", key, "commit_interval_ms", interval_ms);
    set(w, "connectors", key, "commit_timeout_ms", timeout_ms);
    set(w, "topics", "prod " CONTROL, "partitions", "1");
    set(w, "topics", "prod " CONTROL, "cleanup_policy", "delete");
    set(w, "topics", "prod " CONTROL, "retention_ms", "604800000");
    rows_row(w->store, "iceberg_tables", "lake db.orders", "iceberg:lake");
    add_tasks(w);
}

static void close_world(struct world *w)
{
    findings_engine_free(w->engine);
    derive_commits_free(w->commits);
    connect_backlog_free(w->backlog);
    connect_cycles_free(w->cycles);
    store_free(w->store);
    run_done(&w->run);
    str_done(&w->told);
}

/* ---- a second ---- */

static void give_record(struct world *w, size_t i)
{
    const struct topic_record *from = &w->run.topic.records[i];
    struct connect_event event;
    assert_int_equal(connect_event_read(w->run.reader, from->value, from->value_len, &event, NULL), 0);
    const struct connect_cycles_record record = {CONTROL,   from->partition, from->offset, from->time_ms,
                                                 from->key, from->key_len,   &event};
    connect_cycles_record(w->cycles, &record);
    connect_backlog_record(w->backlog, &record);
    if (event.type != CONNECT_EVENT_COMMIT_TO_TABLE)
        return;
    w->snapshots[w->nsnapshots].id = event.snapshot_id;
    w->snapshots[w->nsnapshots].made_ms = event.time_ms;
    w->snapshots[w->nsnapshots++].floor = (struct connect_cycles_offset){0, w->run.topic.records[i - 1].offset + 1};
}

static void read_table(struct world *w)
{
    struct connect_backlog_snapshot list[60];
    struct connect_backlog_key keys[60];
    for (size_t i = 0; i < w->nsnapshots; i++) {
        size_t from = w->nsnapshots - 1 - i;
        keys[i] = (struct connect_backlog_key){CONTROL "." GROUP, &w->snapshots[from].floor, 1};
        list[i] = (struct connect_backlog_snapshot){.id = w->snapshots[from].id,
                                                    .made_ms = w->snapshots[from].made_ms,
                                                    .appends = true,
                                                    .added_files = CONNECT_EVENT_UNKNOWN,
                                                    .added_rows = CONNECT_EVENT_UNKNOWN,
                                                    .added_bytes = CONNECT_EVENT_UNKNOWN,
                                                    .keys = &keys[i],
                                                    .nkeys = 1};
    }
    connect_backlog_table(w->backlog, &(struct connect_backlog_table){.catalog = "lake",
                                                                      .table = "db.orders",
                                                                      .whole = true,
                                                                      .snapshots = list,
                                                                      .n = w->nsnapshots,
                                                                      .began_ms = rows_ms,
                                                                      .there_ms = rows_ms});
}

static void note_events(struct world *w, uint64_t after)
{
    for (const struct row *r = table_changed_after(store_find(w->store, "events"), after); r; r = row_next(r)) {
        const char *text = row_text(r, "text");
        str_printf(&w->told, "%s%s%.6s", w->told.len ? " " : "", strstr(text, " is over after ") ? "-" : "", text);
    }
}

/* One look a second until the recording's time, records coming as they did. */
static void play(struct world *w, int64_t until_ms)
{
    const struct topic *t = &w->run.topic;
    int64_t first = t->records[0].time_ms;
    for (; rows_ms - first <= until_ms; rows_ms += 1000) {
        uint64_t seq = store_seq(w->store);
        while (w->next < t->n && t->records[w->next].time_ms <= rows_ms)
            give_record(w, w->next++);
        int64_t end = w->next ? t->records[w->next - 1].offset + 2 : 0;
        connect_cycles_end(w->cycles, CONTROL, 0, end);
        connect_cycles_time(w->cycles, rows_ms);
        connect_backlog_control(w->backlog, CONTROL, 0, 0, end, rows_ms);
        read_table(w);
        derive_commits_update(w->commits);
        findings_engine_look(w->engine);
        store_commit(w->store);
        note_events(w, seq);
    }
}

static void healthy(void **state)
{
    struct world w;
    (void)state;
    open_world(&w, "healthy-1.9.2", "10000", "8000");
    play(&w, 76000);
    assert_string_equal(str_text(&w.told), "");
    close_world(&w);
}

/* The catalog is locked for a minute: it begins within two cycles, and is over when all was committed. */
static void failing(void **state)
{
    struct world w;
    (void)state;
    open_world(&w, "failing-1.11.0", "10000", "8000");
    play(&w, 136000);
    assert_string_equal(str_text(&w.told), "IT-C13 IT-C01 -IT-C13 -IT-C01");
    close_world(&w);
}

/* A partition idles while the workers wake once a minute, until one task takes both. */
static void idle(void **state)
{
    struct world w;
    (void)state;
    open_world(&w, "idle-1.9.2", "45000", "20000");
    play(&w, 163000);
    add_member(&w, "prod " GROUP " m0", "connector-consumer-orders-sink-0", "orders(0,1)", "2");
    drop(&w, "group_members", "prod " GROUP " m1");
    drop(&w, "tasks", "kc orders-sink 1");
    set(&w, "connectors", "kc orders-sink", "tasks", "1");
    play(&w, 260000);
    assert_string_equal(str_text(&w.told), "IT-C05 IT-C06 IT-C04 -IT-C05 -IT-C06 IT-C20 -IT-C04 -IT-C20 IT-C22");
    close_world(&w);
}

/* Two coordinators in one group, all RUNNING, and nothing is ever committed. */
static void two_coordinators(void **state)
{
    struct world w;
    (void)state;
    open_world(&w, "zombie-1.10.1", "10000", "8000");
    add_member(&w, "prod " GROUP "-coord c1", "77b1", "", "0");
    play(&w, 88000);
    assert_string_equal(str_text(&w.told), "IT-C11 IT-C13 IT-C01");
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy),
        cmocka_unit_test(failing),
        cmocka_unit_test(idle),
        cmocka_unit_test(two_coordinators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
