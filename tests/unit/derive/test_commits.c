/* Rows of commit cycles from recorded runs, joined with rows of members, tasks, connectors and snapshots. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/tables.h"
#include "derive/columns.h"
#include "derive/commits.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"
#include "source/source.h"
#include "tests/unit/connect/runs.h"
#include "tests/unit/derive/rows.h"

struct world {
    struct store *store;
    struct connect_cycles *cycles;
    struct derive_commits *commits;
    struct run run;
};

static void world_open(struct world *w, const char *run)
{
    rows_ms = 1795230000000; /* before all runs */
    w->store = rows_store();
    w->cycles = connect_cycles_new();
    w->commits = derive_commits_new(NULL, w->store, "prod", NULL, w->cycles);
    run_open(&w->run, run);
}

static void world_done(struct world *w)
{
    derive_commits_free(w->commits);
    connect_cycles_free(w->cycles);
    store_commit(w->store);
    assert_int_equal(table_nrows(store_find(w->store, "commits")), 0);
    assert_int_equal(table_nrows(store_find(w->store, "commit_partitions")), 0);
    struct row *connect = rows_row(w->store, "connectors", "kc orders-sink", NULL);
    assert_int_equal(table_nrows(store_find(w->store, "connectors")), connect ? 1 : 0);
    if (connect)
        rows_check(w->store, "connectors", "kc orders-sink", "outcomes", "-");
    store_free(w->store);
    run_done(&w->run);
}

static void update(struct world *w)
{
    derive_commits_update(w->commits);
    store_commit(w->store);
}

static void add_member(struct world *w, int task, const char *assignment, const char *partitions)
{
    char *key = mem_printf("prod connect-orders-sink member-%d", task);
    char *client = mem_printf("connector-consumer-orders-sink-%d", task);
    rows_set(w->store, "group_members", key, "client_id", client);
    rows_set(w->store, "group_members", key, "host", "/127.0.0.1");
    rows_set(w->store, "group_members", key, "assignment", assignment);
    rows_set(w->store, "group_members", key, "partitions", partitions);
    free(key);
    free(client);
}

static void add_connect(struct world *w)
{
    static const char key[] = "kc orders-sink";
    rows_set(w->store, "connectors", key, "state", "RUNNING");
    rows_set(w->store, "connectors", key, "cluster", "prod");
    rows_set(w->store, "connectors", key, "group_id", "connect-orders-sink");
    rows_set(w->store, "connectors", key, "iceberg", "1");
    rows_set(w->store, "connectors", key, "commit_interval_ms", "45000");
    rows_set(w->store, "connectors", key, "commit_timeout_ms", "20000");
    rows_set(w->store, "tasks", "kc orders-sink 0", "worker", "kc-1:8083");
    rows_set(w->store, "tasks", "kc orders-sink 1", "worker", "kc-2:8083");
    store_commit(w->store);
}

#define FIRST  "prod 857c84b1-fa50-44b5-905f-08abfa454ffe"
#define SECOND "prod ef2a3b5d-92fa-4c6c-b6cb-1865d3048729"
#define THIRD  "prod 03304eb0-e127-4e98-a099-7f4ded1733dc"
#define FOURTH "prod cf26da04-1332-41e3-beb3-e474c0726ccb"

/* A partition idles: `1 of 2`, with the partition, its task and its worker. */
static void missing_partition(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    add_connect(&w);
    add_member(&w, 0, "orders(0)", "1");
    add_member(&w, 1, "orders(1)", "1");
    run_topic(&w.run, w.cycles, 25); /* third cycle: its START_COMMIT alone */
    update(&w);
    rows_check(w.store, "commits", THIRD, "outcome", "running");
    rows_check(w.store, "commits", THIRD, "answered", "0 of 2");
    rows_check(w.store, "commits", THIRD, "missing", "orders-0, orders-1");
    rows_check(w.store, "connectors", "kc orders-sink", "cycle", "0 of 2");
    rows_check(w.store, "connectors", "kc orders-sink", "outcomes", "PP.");
    for (size_t i = 0; i < w.run.topic.n; i++)
        if (w.run.topic.records[i].offset >= 25 && w.run.topic.records[i].offset < 28)
            run_record(&w.run, w.cycles, i);
    update(&w);
    rows_check(w.store, "commits", THIRD, "answered", "1 of 2");
    rows_check(w.store, "commits", THIRD, "missing", "orders-1");
    rows_check(w.store, "commits", THIRD, "expected", "2");
    rows_check(w.store, "commits", THIRD, "elapsed_ms", "-");
    rows_check(w.store, "commits", THIRD, "timeout_ms", "20000");
    rows_check(w.store, "commits", THIRD, "coordinator", "~orders-sink-0");
    rows_check(w.store, "commits", THIRD, "coordinator_worker", "~kc-1:8083");
    rows_check(w.store, "commits", THIRD, "source", "topic");
    rows_check(w.store, "commit_partitions", THIRD " orders 0", "state", "answered");
    rows_check(w.store, "commit_partitions", THIRD " orders 0", "task", "0");
    rows_check(w.store, "commit_partitions", THIRD " orders 0", "worker", "kc-1:8083");
    rows_check(w.store, "commit_partitions", THIRD " orders 0", "answered_after_ms", "56");
    rows_check(w.store, "commit_partitions", THIRD " orders 0", "rows", "887");
    rows_check(w.store, "commit_partitions", THIRD " orders 1", "state", "waiting");
    rows_check(w.store, "commit_partitions", THIRD " orders 1", "task", "1");
    rows_check(w.store, "commit_partitions", THIRD " orders 1", "worker", "kc-2:8083");
    rows_check(w.store, "commit_partitions", THIRD " orders 1", "answered", "-");
    rows_check(w.store, "commits", FIRST, "outcome", "partial");
    rows_check(w.store, "commits", FIRST, "late", "orders-1 +73.1 s");
    rows_check(w.store, "commits", FIRST, "missing", "orders-1");
    rows_check(w.store, "commit_partitions", FIRST " orders 1", "state", "late");
    rows_check(w.store, "commit_partitions", FIRST " orders 1", "task", "1");
    world_done(&w);
}

/* Who was missing at a cycle's end stays, whoever has the partition later. */
static void a_settled_cycle_stays_as_it_is(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    add_connect(&w);
    add_member(&w, 0, "orders(0)", "1");
    add_member(&w, 1, "orders(1)", "1");
    run_topic(&w.run, w.cycles, -1);
    update(&w);
    rows_check(w.store, "commit_partitions", FOURTH " orders 1", "state", "missing");
    rows_check(w.store, "commit_partitions", FOURTH " orders 1", "task", "~1");
    add_member(&w, 0, "orders(0,1)", "2");
    struct table *members = store_find(w.store, "group_members");
    table_remove(members, rows_row(w.store, "group_members", "prod connect-orders-sink member-1", NULL));
    store_commit(w.store);
    rows_check(w.store, "commits", FOURTH, "missing", "orders-1");
    rows_check(w.store, "commit_partitions", FOURTH " orders 1", "state", "missing");
    rows_check(w.store, "commit_partitions", FOURTH " orders 1", "task", "~1");
    rows_check(w.store, "commit_partitions", FOURTH " orders 1", "worker", "~kc-2:8083");
    rows_check(w.store, "connectors", "kc orders-sink", "outcomes", "PPPPFF");
    rows_check(w.store, "connectors", "kc orders-sink", "last_outcome", "full");
    rows_check(w.store, "connectors", "kc orders-sink", "cycle", "-");
    rows_check(w.store, "connectors", "kc orders-sink", "last_commit", "1795240179589");
    rows_check(w.store, "connectors", "kc orders-sink", "valid_through", "-");
    world_done(&w);
}

/* Two connectors in one group: whichever's row was written last, nothing that is derived of them changes back and forth. */
static void two_connectors_of_one_group(void **state)
{
    static const char *const keys[] = {"kc orders-sink", "kc another-sink"};
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    add_connect(&w);
    rows_set(w.store, "connectors", keys[1], "state", "RUNNING");
    rows_set(w.store, "connectors", keys[1], "cluster", "prod");
    rows_set(w.store, "connectors", keys[1], "group_id", "connect-orders-sink");
    rows_set(w.store, "connectors", keys[1], "iceberg", "1");
    run_topic(&w.run, w.cycles, -1);
    update(&w);
    rows_check(w.store, "commits", FIRST, "connector", "another-sink");
    for (int i = 0; i < 4; i++) {
        rows_set(w.store, "connectors", keys[i % 2], "tasks", i < 2 ? "1" : "2");
        uint64_t seq = store_seq(w.store);
        update(&w);
        assert_true(store_seq(w.store) == seq);
        rows_check(w.store, "commits", FIRST, "connector", "another-sink");
    }
    table_remove(store_find(w.store, "connectors"), rows_row(w.store, "connectors", keys[1], NULL));
    update(&w);
    rows_check(w.store, "commits", FIRST, "connector", "orders-sink");
    world_done(&w);
}

/* Until a rebalance ends, those who stay have what they had, and what the others had is still to be answered for. */
static void a_member_leaves_in_mid_cycle(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    add_connect(&w);
    add_member(&w, 0, "orders(0)", "1");
    add_member(&w, 1, "orders(1)", "1");
    run_topic(&w.run, w.cycles, 28); /* third cycle: one of two has answered */
    update(&w);
    rows_check(w.store, "commits", THIRD, "answered", "1 of 2");
    struct table *members = store_find(w.store, "group_members");
    struct row *left = rows_row(w.store, "group_members", "prod connect-orders-sink member-0", NULL);
    table_remove(members, rows_row(w.store, "group_members", "prod connect-orders-sink member-1", NULL));
    table_set(members, left, MEMBERS_PARTITIONS, (struct value){.i = 1, .quality = QUALITY_STALE});
    update(&w);
    rows_check(w.store, "commits", THIRD, "answered", "1 of 2");
    rows_check(w.store, "commits", THIRD, "missing", "orders-1");
    run_topic(&w.run, w.cycles, -1);
    update(&w);
    rows_check(w.store, "commits", THIRD, "outcome", "partial");
    add_member(&w, 0, "orders(0,1)", "2");
    update(&w);
    rows_check(w.store, "commits", THIRD, "answered", "1 of 2");
    world_done(&w);
}

/* Who was missing is told when the topic comes, though the log has told of the end before. */
static void the_topic_comes_after_the_log(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    add_connect(&w);
    add_member(&w, 0, "orders(0)", "1");
    add_member(&w, 1, "orders(1)", "1");
    run_log(&w.run, w.cycles);
    update(&w);
    rows_check(w.store, "commits", FOURTH, "outcome", "partial");
    rows_check(w.store, "commits", FOURTH, "missing", "-");
    run_topic(&w.run, w.cycles, -1);
    update(&w);
    rows_check(w.store, "commits", FOURTH, "missing", "orders-1");
    rows_check(w.store, "commit_partitions", FOURTH " orders 1", "state", "missing");
    world_done(&w);
}

/* What is known later is filled in. */
static void members_come_after_the_topic(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    run_topic(&w.run, w.cycles, 41);
    update(&w);
    rows_check(w.store, "commits", FOURTH, "answered", "1 of 2+");
    rows_check(w.store, "commits", FOURTH, "expected", ">=2");
    rows_check(w.store, "commits", FOURTH, "missing", "-");
    rows_check(w.store, "connectors", "prod orders-sink", "outcomes", "PPPP");
    rows_check(w.store, "connectors", "prod orders-sink", "state", "-");
    rows_check(w.store, "connectors", "prod orders-sink", "iceberg", "1");
    rows_check(w.store, "connectors", "prod orders-sink", "group_id", "connect-orders-sink");
    rows_check(w.store, "connectors", "prod orders-sink", "commit_rows", "918.2");
    rows_check(w.store, "connectors", "prod orders-sink", "topics", "orders");
    rows_check(w.store, "connectors", "prod orders-sink", "tables", "db.orders");
    add_connect(&w);
    add_member(&w, 0, "orders(0)", "1");
    add_member(&w, 1, "orders(1)", "1");
    store_commit(w.store); /* is heard */
    rows_check(w.store, "commits", FOURTH, "answered", "1 of 2");
    rows_check(w.store, "commits", FOURTH, "expected", "2");
    rows_check(w.store, "commits", FOURTH, "missing", "orders-1");
    rows_check(w.store, "commit_partitions", FOURTH " orders 0", "worker", "kc-1:8083");
    rows_check(w.store, "connectors", "kc orders-sink", "outcomes", "PPPP");
    assert_null(rows_row(w.store, "connectors", "prod orders-sink", NULL));
    world_done(&w);
}

/* Who deletes a connector sees it go, unless it goes on elsewhere. */
static void a_connector_is_deleted(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "idle-1.9.2");
    rows_ms = 1795240000000; /* amid the second cycle */
    add_connect(&w);
    run_topic(&w.run, w.cycles, 20);
    update(&w);
    rows_check(w.store, "connectors", "kc orders-sink", "outcomes", "PP");
    struct table *connectors = store_find(w.store, "connectors");
    table_remove(connectors, rows_row(w.store, "connectors", "kc orders-sink", NULL));
    store_commit(w.store);
    assert_int_equal(table_nrows(connectors), 0);
    for (size_t i = 0; i < w.run.topic.n; i++)
        if (w.run.topic.records[i].offset >= 20)
            run_record(&w.run, w.cycles, i);
    update(&w);
    rows_check(w.store, "connectors", "prod orders-sink", "outcomes", "PPPPFF");
    add_connect(&w);
    assert_int_equal(table_nrows(connectors), 1);
    rows_check(w.store, "connectors", "kc orders-sink", "outcomes", "PPPPFF");
    world_done(&w);
}

/* Nothing has happened: nothing is written. */
static void a_quiet_table_writes_nothing(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "healthy-1.9.2");
    add_connect(&w);
    add_member(&w, 0, "orders(0)", "1");
    run_topic(&w.run, w.cycles, 80);
    update(&w);
    uint64_t seq = store_seq(w.store);
    for (int i = 0; i < 5; i++) {
        rows_ms += 1000;
        connect_cycles_time(w.cycles, rows_ms);
        update(&w);
    }
    assert_int_equal(store_seq(w.store), seq);
    world_done(&w);
}

/* A log alone: cycles, no partitions. */
static void log_alone(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "failing-1.11.0");
    run_log(&w.run, w.cycles);
    update(&w);
    static const char failed[] = "prod 4a213442-3bd8-4c6d-a2b7-788dc370bf47";
    rows_check(w.store, "commits", failed, "outcome", "failed");
    rows_check(w.store, "commits", failed, "answered", "2 of 2");
    rows_check(w.store, "commits", failed, "source", "log");
    rows_check(w.store, "commits", failed, "coordinator", "orders-sink-0");
    rows_check(w.store, "commits", failed, "rows", "-");
    rows_check(w.store, "commits", failed, "group_id", "connect-orders-sink");
    rows_check(w.store, "connectors", "prod orders-sink", "outcomes", "FFxxxxxxxxFFFFo");
    rows_check(w.store, "connectors", "prod orders-sink", "coordinator", "orders-sink-0");
    rows_check(w.store, "connectors", "prod orders-sink", "flush_ms", "500");
    rows_check(w.store, "commit_tables", "prod c5743c08-8928-465e-9a5f-3440089e8d5d db.orders", "snapshot_id",
               "8402092605957804229");
    assert_int_equal(table_nrows(store_find(w.store, "commit_partitions")), 0);
    run_topic(&w.run, w.cycles, -1);
    update(&w);
    rows_check(w.store, "commits", failed, "source", "both");
    rows_check(w.store, "commits", failed, "rows", "393");
    rows_check(w.store, "connectors", "prod orders-sink", "outcomes", "FFxxxxxxxxFFFFo");
    assert_int_equal(table_nrows(store_find(w.store, "connectors")), 1);
    world_done(&w);
}

/* A snapshot has a cycle whose announcements were lost. */
static void announcement_lost(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "healthy-1.9.2");
    for (size_t i = 0; i < w.run.topic.n; i++)
        if (w.run.topic.records[i].offset < 20 || w.run.topic.records[i].offset >= 24)
            run_record(&w.run, w.cycles, i);
    update(&w);
    static const char second[] = "prod c8aad3c1-54db-43c5-8d1b-37c13900d1d6";
    rows_check(w.store, "commits", second, "outcome", "failed");
    static const char key[] = "lake db.orders 1490954288625165466";
    rows_set(w.store, "snapshots", key, "commit_id", "c8aad3c1-54db-43c5-8d1b-37c13900d1d6");
    rows_set(w.store, "snapshots", key, "made", "1795239790750");
    rows_set(w.store, "snapshots", key, "control_offsets",
             "other.group {\"0\":1}; control-iceberg.connect-orders-sink {\"0\":17}");
    store_commit(w.store);
    rows_check(w.store, "commits", second, "outcome", "committed (announcement lost)");
    rows_check(w.store, "commits", second, "received",
               "1"); /* the second answer stood behind what the snapshot had read */
    rows_check(w.store, "commits", second, "snapshots", "1490954288625165466");
    rows_check(w.store, "commits", second, "source", "topic");
    rows_check(w.store, "connectors", "prod orders-sink", "outcomes", "FcFFFFFo");
    world_done(&w);
}

/* Rows are written at any moment, while members come and go: in the end each cycle has a row, and it says how it ended. */
static void rows_at_any_moment(void **state)
{
    static const char *const runs[] = {"healthy-1.9.2", "idle-1.9.2", "failing-1.11.0", "zombie-1.10.1"};
    (void)state;
    unsigned seed = 7;
    for (size_t i = 0; i < 4 * sizeof runs / sizeof *runs; i++) {
        struct world w;
        size_t record = 0, line = 0;
        world_open(&w, runs[i % 4]);
        while (record < w.run.topic.n || line < w.run.lines.n) {
            if (line < w.run.lines.n && (record == w.run.topic.n || rand_r(&seed) % 8))
                run_line(&w.run, w.cycles, line++);
            else if (record < w.run.topic.n)
                run_record(&w.run, w.cycles, record++);
            if (rand_r(&seed) % 5 == 0)
                update(&w);
            if (rand_r(&seed) % 50 == 0)
                add_member(&w, rand_r(&seed) % 3, rand_r(&seed) % 2 ? "orders(0,1)" : "orders(1), other(7", "2");
            if (rand_r(&seed) % 100 == 0)
                table_drop_owner(store_find(w.store, "group_members"), store_owner(w.store, "test"));
            if (rand_r(&seed) % 200 == 0)
                add_connect(&w);
        }
        update(&w);
        const struct table *commits = store_find(w.store, "commits");
        const int64_t want[] = {8, 6, 15, 18};
        assert_int_equal(table_nrows(commits), want[i % 4]);
        for (const struct row *r = table_first(commits); r; r = row_next(r)) {
            const struct connect_cycle *c = connect_cycles_find(w.cycles, row_text(r, "commit_id"));
            assert_string_equal(row_text(r, "outcome"), connect_outcome_name(c->outcome));
        }
        world_done(&w);
    }
}

static void groups_of_a_sink(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, "healthy-1.9.2");
    static const char *const groups[] = {"connect-orders-sink", "connect-orders-sink-coord", "payments",
                                         "cg-control-4428d153-c076-4055-84b7-fb29936a88d6", "cg-control-x"};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        char *key = mem_printf("prod %s", groups[i]);
        rows_set(w.store, "groups", key, "state", "Stable");
        free(key);
    }
    store_commit(w.store);
    rows_check(w.store, "groups", "prod connect-orders-sink", "role", "-");
    run_topic(&w.run, w.cycles, -1);
    update(&w);
    rows_check(w.store, "groups", "prod connect-orders-sink", "role", "data");
    rows_check(w.store, "groups", "prod connect-orders-sink", "connector", "orders-sink");
    rows_check(w.store, "groups", "prod connect-orders-sink-coord", "role", "coordinator");
    rows_check(w.store, "groups", "prod payments", "role", "-");
    rows_check(w.store, "groups", "prod cg-control-x", "role", "-");
    rows_check(w.store, "groups", "prod cg-control-4428d153-c076-4055-84b7-fb29936a88d6", "role", "control");
    rows_check(w.store, "groups", "prod cg-control-4428d153-c076-4055-84b7-fb29936a88d6", "connector", "~orders-sink");
    rows_set(w.store, "groups", "prod cg-control-05ce6ac3-6372-47a0-9e2b-a30de0283ab2", "state", "Empty");
    store_commit(w.store);
    rows_check(w.store, "groups", "prod cg-control-05ce6ac3-6372-47a0-9e2b-a30de0283ab2", "role", "control");
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_partition),
        cmocka_unit_test(a_settled_cycle_stays_as_it_is),
        cmocka_unit_test(two_connectors_of_one_group),
        cmocka_unit_test(a_member_leaves_in_mid_cycle),
        cmocka_unit_test(the_topic_comes_after_the_log),
        cmocka_unit_test(members_come_after_the_topic),
        cmocka_unit_test(a_connector_is_deleted),
        cmocka_unit_test(a_quiet_table_writes_nothing),
        cmocka_unit_test(log_alone),
        cmocka_unit_test(announcement_lost),
        cmocka_unit_test(rows_at_any_moment),
        cmocka_unit_test(groups_of_a_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
