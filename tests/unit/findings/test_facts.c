/* From rows to facts: sinks, their tasks, groups and control topics, log lines, tables; and what is remembered of them. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "derive/commits.h"
#include "findings/gather.h"
#include "tests/unit/connect/runs.h"
#include "tests/unit/derive/rows.h"

#define START   INT64_C(1795230000000) /* before all runs */
#define UNKNOWN CONNECT_EVENT_UNKNOWN

struct world {
    struct store *store;
    struct connect_cycles *cycles;
    struct derive_commits *commits;
    struct findings_gather *gather;
    const struct findings_world *facts;
};

static void set(struct world *w, const char *table, const char *key, const char *column, const char *text)
{
    rows_set(w->store, table, key, column, text);
}

static void drop(struct world *w, const char *table, const char *key)
{
    table_remove(store_find(w->store, table), rows_row(w->store, table, key, NULL));
}

static void open_world(struct world *w)
{
    rows_ms = START;
    *w = (struct world){.store = rows_store(), .cycles = connect_cycles_new()};
    w->commits = derive_commits_new(NULL, w->store, "prod", NULL, w->cycles);
    w->gather = findings_gather_new(w->store, NULL);
    findings_gather_place(w->gather,
                          &(struct derive_pipeline_place){
                              .name = "prod", .owner = "control:prod", .cycles = w->cycles, .commits = w->commits});
}

static void close_world(struct world *w)
{
    findings_gather_free(w->gather);
    derive_commits_free(w->commits);
    connect_cycles_free(w->cycles);
    store_free(w->store);
}

static void look_at(struct world *w, int64_t ms)
{
    rows_ms = START + ms;
    derive_commits_update(w->commits);
    store_commit(w->store);
    w->facts = findings_gather_world(w->gather, rows_ms);
}

#define SINK "kc orders-sink"

static void add_connector(struct world *w)
{
    rows_row(w->store, "connectors", SINK, "connect:kc");
    set(w, "connectors", SINK, "state", "RUNNING");
    set(w, "connectors", SINK, "cluster", "prod");
    set(w, "connectors", SINK, "group_id", "connect-orders-sink");
    set(w, "connectors", SINK, "control_topic", "control-iceberg");
    set(w, "connectors", SINK, "iceberg", "1");
    set(w, "connectors", SINK, "version", "1.11.0");
    set(w, "connectors", SINK, "commit_interval_ms", "45000");
    set(w, "connectors", SINK, "tables", "db.orders, db.returns and 3 more");
    set(w, "connectors", SINK, "catalog", "lake");
    set(w, "connectors", SINK, "config", "tasks.max=2; iceberg.tables=db.orders,db.returns; 3 more");
    set(w, "connectors", SINK, "tasks", "2");
    set(w, "tasks", SINK " 0", "state", "RUNNING");
    set(w, "tasks", SINK " 0", "worker", "kc-1:8083");
    set(w, "tasks", SINK " 1", "state", "FAILED");
    set(w, "tasks", SINK " 1", "error", "it broke");
}

static void add_member(struct world *w, const char *key, const char *client, const char *assignment, const char *n)
{
    set(w, "group_members", key, "client_id", client);
    set(w, "group_members", key, "host", "/10.0.0.1");
    set(w, "group_members", key, "assignment", assignment);
    set(w, "group_members", key, "partitions", n);
}

static const struct findings_sink *only_sink(const struct world *w)
{
    assert_int_equal(w->facts->nsinks, 1);
    return w->facts->sinks[0];
}

static void test_a_connector(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    assert_true(findings_gather_idle(w.gather));
    add_connector(&w);
    look_at(&w, 0);
    assert_false(findings_gather_idle(w.gather));
    const struct findings_sink *s = only_sink(&w);
    assert_string_equal(s->cluster, "prod");
    assert_string_equal(s->connect, "kc");
    assert_string_equal(s->connector, "orders-sink");
    assert_string_equal(s->group, "connect-orders-sink");
    assert_string_equal(s->control_topic, "control-iceberg");
    assert_string_equal(s->state, "RUNNING");
    assert_string_equal(s->version, "1.11.0");
    assert_true(s->by_rest && !s->by_log && !s->by_topic && !s->by_table && !s->blind);
    assert_int_equal(s->interval_ms, 45000);
    assert_int_equal(s->timeout_ms, UNKNOWN);
    assert_string_equal(s->config(s, "tasks.max"), "2");
    assert_string_equal(s->config(s, "iceberg.tables"), "db.orders,db.returns");
    assert_null(s->config(s, "tasks"));
    assert_null(s->config(s, "3 more"));
    assert_int_equal(s->tasks.n, 2);
    assert_string_equal(s->tasks.items[1].state, "FAILED");
    assert_string_equal(s->tasks.items[1].error, "it broke");
    assert_int_equal(s->tasks.items[0].assigned, UNKNOWN); /* nobody tells of members */
    set(&w, "connectors", SINK, "config", "tasks.max=3");
    look_at(&w, 1000);
    assert_string_equal(only_sink(&w)->config(only_sink(&w), "tasks.max"), "3");
    assert_null(only_sink(&w)->config(only_sink(&w), "iceberg.tables"));
    close_world(&w);
}

static void test_since_when(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    add_connector(&w);
    add_member(&w, "prod connect-orders-sink m0", "connector-consumer-orders-sink-0", "orders(0,1)", "2");
    look_at(&w, 0);
    const struct findings_sink *s = only_sink(&w);
    assert_int_equal(s->running_since_ms, UNKNOWN); /* it was so when we came */
    assert_int_equal(s->tasks.items[0].assigned, 2);
    assert_int_equal(s->tasks.items[1].assigned, 0);
    set(&w, "connectors", SINK, "state", "PAUSED");
    set(&w, "tasks", SINK " 1", "state", "RUNNING");
    look_at(&w, 10000);
    s = only_sink(&w);
    assert_int_equal(s->running_since_ms, UNKNOWN);
    assert_int_equal(s->tasks.items[0].since_ms, UNKNOWN);
    assert_int_equal(s->tasks.items[1].since_ms, START + 10000);
    set(&w, "connectors", SINK, "state", "RUNNING");
    add_member(&w, "prod connect-orders-sink m0", "connector-consumer-orders-sink-0", "orders(0)", "1");
    add_member(&w, "prod connect-orders-sink m1", "connector-consumer-orders-sink-1", "orders(1)", "1");
    look_at(&w, 20000);
    s = only_sink(&w);
    assert_int_equal(s->running_since_ms, START + 20000);
    assert_int_equal(s->tasks.items[0].assigned, 1);
    assert_int_equal(s->tasks.items[0].assigned_since_ms, START + 20000);
    look_at(&w, 30000);
    assert_int_equal(only_sink(&w)->tasks.items[1].assigned_since_ms, START + 20000);
    drop(&w, "tasks", SINK " 1"); /* what has gone is forgotten */
    look_at(&w, 40000);
    assert_int_equal(only_sink(&w)->tasks.n, 1);
    set(&w, "tasks", SINK " 1", "state", "RUNNING");
    look_at(&w, 100000);
    assert_int_equal(only_sink(&w)->tasks.items[1].since_ms, START + 100000);
    close_world(&w);
}

static void test_groups_and_members(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    add_connector(&w);
    set(&w, "groups", "prod connect-orders-sink", "state", "Stable");
    set(&w, "groups", "prod connect-orders-sink-coord", "state", "Stable");
    add_member(&w, "prod connect-orders-sink m0", "connector-consumer-orders-sink-0", "orders(0,1)", "2");
    add_member(&w, "prod connect-orders-sink-coord c0", "6c1f4dd2", "control-iceberg(0)", "1");
    add_member(&w, "prod another s0", "connector-consumer-orders-sink-1", "orders(0)", "1");
    add_member(&w, "prod another s1", "somebody-1", "orders(0)", "1");
    add_member(&w, "dev connect-orders-sink d0", "connector-consumer-orders-sink-0", "orders(0)", "1");
    look_at(&w, 0);
    const struct findings_sink *s = only_sink(&w);
    assert_string_equal(s->data.group, "connect-orders-sink");
    assert_string_equal(s->data.state, "Stable");
    assert_int_equal(s->data.members.n, 1);
    assert_string_equal(s->data.members.items[0].host, "10.0.0.1");
    assert_int_equal(s->data.rebalanced_ms, UNKNOWN);
    assert_string_equal(s->coordinator.group, "connect-orders-sink-coord");
    assert_int_equal(s->coordinator.members.n, 1);
    assert_string_equal(s->coordinator.members.items[0].client, "6c1f4dd2");
    assert_int_equal(s->coordinator.members.items[0].since_ms, START);
    assert_int_equal(s->strays.n, 1);
    assert_string_equal(s->strays.items[0].group, "another");
    assert_int_equal(s->strays.items[0].member.partitions, 1);
    set(&w, "groups", "prod connect-orders-sink-coord", "state", "PreparingRebalance");
    add_member(&w, "prod connect-orders-sink-coord c1", "77aa", "", "0");
    look_at(&w, 10000);
    s = only_sink(&w);
    assert_int_equal(s->coordinator.members.n, 2);
    assert_int_equal(s->coordinator.members.items[0].since_ms, START);
    assert_int_equal(s->coordinator.members.items[1].since_ms, START + 10000);
    assert_int_equal(s->coordinator.rebalanced_ms, START + 10000);
    set(&w, "groups", "prod connect-orders-sink-coord", "state", "Stable");
    add_member(&w, "prod connect-orders-sink-coord c1", "77aa", "control-iceberg(0)", "1");
    drop(&w, "group_members", "prod connect-orders-sink-coord c0");
    look_at(&w, 20000);
    s = only_sink(&w);
    assert_int_equal(s->coordinator.members.n, 1);
    assert_int_equal(s->coordinator.members.items[0].since_ms, START + 20000);
    assert_int_equal(s->coordinator.rebalanced_ms, START + 20000);
    look_at(&w, 30000);
    assert_int_equal(only_sink(&w)->coordinator.rebalanced_ms, START + 20000);
    close_world(&w);
}

static void test_the_control_topic(void **state)
{
    static const char committed[] = "prod connect-orders-sink-coord control-iceberg 0";
    struct world w;
    (void)state;
    open_world(&w);
    add_connector(&w);
    set(&w, "topics", "prod control-iceberg", "partitions", "2");
    set(&w, "topics", "prod control-iceberg", "retention_ms", "inf");
    set(&w, "topics", "prod control-iceberg", "cleanup_policy", "compact");
    set(&w, "partitions", "prod control-iceberg 0", "start", "5");
    set(&w, "partitions", "prod control-iceberg 0", "end", "99");
    set(&w, "group_partitions", committed, "committed", "90");
    look_at(&w, 0);
    const struct findings_control_topic *c = &only_sink(&w)->control;
    assert_string_equal(c->topic, "control-iceberg");
    assert_int_equal(c->npartitions, 2);
    assert_int_equal(c->retention_ms, -1);
    assert_string_equal(c->cleanup_policy, "compact");
    assert_int_equal(c->partitions.n, 2);
    assert_int_equal(c->partitions.items[0].start, 5);
    assert_int_equal(c->partitions.items[0].end, 99);
    assert_int_equal(c->partitions.items[0].committed, 90);
    assert_int_equal(c->partitions.items[0].went_back_ms, UNKNOWN);
    assert_int_equal(c->partitions.items[1].end, UNKNOWN);
    assert_int_equal(c->partitions.items[1].committed, UNKNOWN);
    set(&w, "topics", "prod control-iceberg", "retention_ms", "3600000");
    set(&w, "group_partitions", committed, "committed", "80");
    look_at(&w, 10000);
    set(&w, "group_partitions", committed, "committed", "85");
    look_at(&w, 20000);
    c = &only_sink(&w)->control;
    assert_int_equal(c->retention_ms, 3600000);
    assert_int_equal(c->partitions.items[0].committed, 85);
    assert_int_equal(c->partitions.items[0].committed_max, 90);
    assert_int_equal(c->partitions.items[0].went_back_ms, START + 10000);
    close_world(&w);
}

static void test_what_is_blind(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    add_connector(&w);
    set(&w, "sources", "control:prod", "state", "failed");
    look_at(&w, 0);
    assert_true(only_sink(&w)->blind && !only_sink(&w)->rest_blind);
    set(&w, "sources", "control:prod", "state", "ok");
    set(&w, "sources", "connect:kc", "state", "failed");
    set(&w, "sources", "log:kc", "state", "partial");
    look_at(&w, 1000);
    assert_true(!only_sink(&w)->blind && only_sink(&w)->rest_blind && only_sink(&w)->by_log);
    close_world(&w);
}

static void add_line(struct world *w, int id, const char *connector, const char *kind, const char *text)
{
    char *key = mem_printf("kc %d", id), *time = mem_printf("%lld", (long long)START + id);
    set(w, "log_events", key, "connector", connector);
    set(w, "log_events", key, "kind", kind);
    set(w, "log_events", key, "time", time);
    set(w, "log_events", key, "text", text);
    free(key);
    free(time);
}

static void test_lines(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    add_connector(&w);
    add_line(&w, 1, "orders-sink", "leader", "elected");
    for (int i = 2; i < 60; i++)
        add_line(&w, i, "orders-sink", i % 2 ? "initiated" : "ready", "again");
    add_line(&w, 60, "other-sink", "failed", "theirs");
    add_line(&w, 61, "orders-sink", "failed", "ours");
    look_at(&w, 0);
    const struct findings_sink *s = only_sink(&w);
    assert_int_equal(s->lines.n, 22); /* ten of each kind at most */
    assert_string_equal(s->lines.items[0].text, "ours");
    assert_string_equal(s->lines.items[0].kind, "failed");
    assert_string_equal(s->lines.items[21].kind, "leader");
    assert_int_equal(s->lines.items[21].time_ms, START + 1);
    drop(&w, "log_events", "kc 1");
    look_at(&w, 1000);
    assert_int_equal(only_sink(&w)->lines.n, 21);
    close_world(&w);
}

static void add_snapshot(struct world *w, const char *table, int id, int parent)
{
    char *key = mem_printf("%s %d", table, id), *made = mem_printf("%lld", (long long)START + id * 1000),
         *before = mem_printf("%d", parent);
    set(w, "snapshots", key, "made", made);
    set(w, "snapshots", key, "operation", "append");
    set(w, "snapshots", key, "on_branch", "1");
    set(w, "snapshots", key, "added_rows", "7");
    set(w, "snapshots", key, "parent_id", before);
    free(key);
    free(made);
    free(before);
}

static void test_tables(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    add_connector(&w);
    rows_row(w.store, "iceberg_tables", "lake db.orders", "iceberg:lake");
    rows_row(w.store, "iceberg_tables", "attic db.orders",
             "iceberg:attic"); /* the same name in a catalog that is not its */
    rows_row(w.store, "iceberg_tables", "lake db.other", "iceberg:lake");
    set(&w, "iceberg_tables", "lake db.orders", "cadence_s", "60");
    set(&w, "iceberg_tables", "lake db.orders", "snapshots", "300");
    for (int i = 1; i <= 250; i++)
        add_snapshot(&w, "lake db.orders", i, i - 1);
    add_snapshot(&w, "lake db.other", 1, 0);
    look_at(&w, 0);
    assert_int_equal(w.facts->ntables, 3);
    const struct findings_sink *s = only_sink(&w);
    assert_int_equal(s->tables.n, 1);
    const struct findings_table *t = s->tables.items[0];
    assert_true(t->namesake);
    assert_string_equal(t->catalog, "lake");
    assert_string_equal(t->table, "db.orders");
    assert_int_equal(t->cadence_ms, 60000);
    assert_int_equal(t->nsnapshots, 300);
    assert_int_equal(t->first_seen_ms, START);
    assert_int_equal(t->oldest_ms, START + 1000);
    assert_int_equal(t->snapshots.n, FINDINGS_SNAPSHOTS);
    assert_int_equal(t->snapshots.items[0].id, 250);
    assert_int_equal(t->snapshots.items[0].parent_id, 249);
    assert_int_equal(t->snapshots.items[0].added_rows, 7);
    assert_int_equal(t->snapshots.items[0].gap_s, UNKNOWN);
    assert_true(t->snapshots.items[0].on_branch);
    assert_int_equal(t->sinks.n, 1);
    assert_ptr_equal(t->sinks.items[0], s);
    assert_true(s->by_table);
    add_snapshot(&w, "lake db.orders", 251, 250);
    drop(&w, "snapshots", "lake db.orders 1");
    set(&w, "sources", "iceberg:lake", "state", "failed");
    look_at(&w, 5000);
    t = only_sink(&w)->tables.items[0];
    assert_int_equal(t->snapshots.items[0].id, 251);
    assert_int_equal(t->oldest_ms, START + 2000);
    assert_true(t->blind);
    assert_false(only_sink(&w)->by_table);
    drop(&w, "iceberg_tables", "lake db.orders");
    for (int i = 2; i <= 251; i++) {
        char *key = mem_printf("lake db.orders %d", i);
        drop(&w, "snapshots", key);
        free(key);
    }
    look_at(&w, 6000);
    assert_int_equal(w.facts->ntables, 2);
    assert_string_equal(only_sink(&w)->tables.items[0]->catalog, "attic"); /* the only one of that name */
    assert_false(only_sink(&w)->tables.items[0]->namesake);
    close_world(&w);
}

static void test_cycles_of_a_run(void **state)
{
    struct world w;
    struct run run;
    (void)state;
    open_world(&w);
    run_open(&run, "idle-1.9.2");
    run_topic(&run, w.cycles, INT64_MAX);
    add_member(&w, "prod connect-orders-sink m0", "connector-consumer-orders-sink-0", "orders(0)", "1");
    add_member(&w, "prod connect-orders-sink m1", "connector-consumer-orders-sink-1", "orders(1)", "1");
    add_line(&w, 1, "orders-sink", "failed", "of a log that is called otherwise");
    look_at(&w, 0); /* nobody of Connect tells: the row is ours */
    const struct findings_sink *s = only_sink(&w);
    assert_string_equal(s->connector, "orders-sink");
    assert_string_equal(s->connect, "prod");
    assert_true(!s->by_rest && s->by_topic && s->caught_up);
    assert_non_null(s->row);
    assert_null(s->state);
    assert_true(s->ncycles > 3);
    for (size_t i = 1; i < s->ncycles; i++)
        assert_true(s->cycles[i - 1]->start_offset > s->cycles[i]->start_offset);
    assert_int_equal(s->watched_since_ms,
                     s->cycles[s->ncycles - 1]->started_ms < START ? s->cycles[s->ncycles - 1]->started_ms : START);
    assert_int_equal(s->tasks.n, 2); /* as its members have them */
    assert_null(s->tasks.items[0].row);
    assert_int_equal(s->tasks.items[0].assigned, 1);
    assert_int_equal(s->lines.n, 1);
    assert_string_equal(s->control_topic, "control-iceberg");
    run_done(&run);
    close_world(&w);
}

/* Where the log is read before the topic, its sink is known by the connector's name alone at first; then by its group. */
static void test_a_log_before_the_topic(void **state)
{
    struct world w;
    struct run run;
    (void)state;
    open_world(&w);
    rows_row(w.store, "connectors", "prod orders-sink",
             "connect:prod"); /* Connect goes by Kafka's name, as it does by default */
    set(&w, "connectors", "prod orders-sink", "state", "RUNNING");
    set(&w, "connectors", "prod orders-sink", "cluster", "prod");
    set(&w, "connectors", "prod orders-sink", "group_id", "connect-orders-sink");
    set(&w, "connectors", "prod orders-sink", "iceberg", "1");
    run_open(&run, "idle-1.9.2");
    run_log(&run, w.cycles);
    look_at(&w, 0);
    run_topic(&run, w.cycles, -1);
    look_at(&w, 1000);
    assert_string_equal(only_sink(&w)->group, "connect-orders-sink");
    assert_true(only_sink(&w)->ncycles > 3);
    run_done(&run);
    close_world(&w);
}

static void test_sets_of_tables(void **state)
{
    static char orders[] = "db.orders", other[] = "lake/db.other", nothing[] = "db.nothing",
                not_here[] = "attic/db.other", a[] = "a", b[] = "b", by_time[] = "valid_through",
                by_day[] = "summary:day";
    static char *of_a[] = {orders, other, nothing, NULL}, *of_b[] = {not_here, NULL};
    struct conf_consistency sets[] = {{.name = a, .tables = of_a, .by = by_time, .within_ms = 5},
                                      {.name = b, .tables = of_b, .by = by_day}};
    const struct conf conf = {.consistency = sets, .nconsistency = 2};
    struct world w;
    (void)state;
    open_world(&w);
    rows_row(w.store, "iceberg_tables", "lake db.orders", "test");
    rows_row(w.store, "iceberg_tables", "attic db.orders", "test");
    rows_row(w.store, "iceberg_tables", "lake db.other", "test");
    findings_gather_configure(w.gather, &conf);
    look_at(&w, 0);
    assert_int_equal(w.facts->nconsistency, 2);
    assert_string_equal(w.facts->consistency[0].name, "a");
    assert_string_equal(w.facts->consistency[0].by, "valid_through");
    assert_int_equal(w.facts->consistency[0].within_ms, 5);
    assert_int_equal(w.facts->consistency[0].tables.n, 3);
    assert_string_equal(w.facts->consistency[0].tables.items[2]->table, "db.other");
    assert_int_equal(w.facts->consistency[1].tables.n, 0);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_connector),
        cmocka_unit_test(test_since_when),
        cmocka_unit_test(test_groups_and_members),
        cmocka_unit_test(test_the_control_topic),
        cmocka_unit_test(test_what_is_blind),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_cycles_of_a_run),
        cmocka_unit_test(test_a_log_before_the_topic),
        cmocka_unit_test(test_sets_of_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
