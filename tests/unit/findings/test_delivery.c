/* Rows that do not arrive, and tasks that fail. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/unit.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN

static void a_healthy_sink_is_silent(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

/* All cycles but the running one fail, for 6 h 12 m. */
static void fail_all(struct sink_facts *f, const char *error)
{
    sink_facts_endless(f, 0, CONNECT_OUTCOME_RUNNING);
    for (size_t i = 1; i < SINK_FACTS_CYCLES; i++) {
        sink_facts_endless(f, i, CONNECT_OUTCOME_FAILED);
        f->cycles[i].error = error;
    }
    sink_facts_pending(f, 1240000, (6 * 60 + 12) * 60000);
}

static void rows_do_not_arrive(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    fail_all(&f, "SQLiteException: [SQLITE_BUSY] The database file is locked");
    sink_facts_expect(&f, "IT-C01",
                      "orders-sink: 1.24 M rows not queryable for 6 h 12 m, lag is 12, tasks RUNNING: "
                      "every commit fails (19 of 19): SQLiteException: [SQLITE_BUSY] The database file is locked",
                      "commits: cluster = \"prod\" and connector = \"orders-sink\" and outcome = \"failed\"");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C01");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_string_equal(said->subject, "connector orders-sink");
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - (6 * 60 + 12) * 60000);
    assert_int_equal(said->cost, 1240000);
    assert_null(said->missing);
    assert_string_equal(said->place.table, "db.orders");
    assert_string_equal(said->evidence.items[1].where, "cluster = \"prod\" and group_id = \"connect-orders-sink\" and "
                                                       "queryable_lag > 0");
    assert_string_equal(said->evidence.items[2].table, "pending_files");
    assert_null(said->named_by);
    sink_facts_silent(&f, "IT-C01 IT-C13"); /* one cause, one critical line */
    assert_string_equal(sink_facts_saw(&f, "IT-C13")->named_by, "IT-C01");
    assert_int_equal(sink_facts_saw(&f, "IT-C13")->severity, FINDINGS_WARNING);
    sink_facts_done(&f);
}

/* Two failures are enough while files wait; the table's catalog need not be known for that. */
static void commits_that_fail_are_not_waited_for(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_endless(&f, 0, CONNECT_OUTCOME_RUNNING);
    sink_facts_endless(&f, 1, CONNECT_OUTCOME_FAILED);
    sink_facts_endless(&f, 2, CONNECT_OUTCOME_FAILED);
    sink_facts_pending(&f, 2400, 150000);
    assert_string_equal(sink_facts_saw(&f, "IT-C01")->text,
                        "orders-sink: 2.40 k rows not queryable for 2 m, lag is 12, tasks RUNNING: the last 2 "
                        "commits failed");
    f.sink.backlog = NULL;
    f.sink.by_table = false;
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C01");
    assert_string_equal(said->text, "orders-sink: at least 2.40 k rows not queryable for 2 m, lag is 12, tasks "
                                    "RUNNING: the last 2 commits failed");
    assert_non_null(strstr(said->missing, "catalog"));
    sink_facts_endless(&f, 2, CONNECT_OUTCOME_PARTIAL); /* one that failed is tried again */
    assert_null(sink_facts_saw(&f, "IT-C01"));
    sink_facts_done(&f);
}

/* Files that wait though cycles go on, and longer than a rebalance takes. */
static void files_that_wait_too_long(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_pending(&f, 500, 200000); /* interval, timeout and two minutes: not yet */
    sink_facts_silent(&f, NULL);
    sink_facts_pending(&f, 500, 201000);
    assert_string_equal(sink_facts_saw(&f, "IT-C01")->text,
                        "orders-sink: 500 rows not queryable for 3 m, lag is 12, tasks RUNNING: no cause is found");
    f.backlog.tables.items[0].known = false; /* what is in it cannot be told */
    assert_null(sink_facts_saw(&f, "IT-C01"));
    f.backlog.tables.items[0].known = true;
    f.sink.blind = true;
    assert_null(sink_facts_saw(&f, "IT-C01"));
    f.sink.blind = false;
    f.sink.state = "PAUSED";
    sink_facts_silent(&f, NULL);
    f.sink.state = "STOPPED";
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void set_lag(struct sink_facts *f, int64_t lag)
{
    struct table *t = store_find(f->store, "groups");
    int c = table_column_index(t, "lag");
    assert_true(c >= 0);
    table_set_int(t, (struct row *)(uintptr_t)f->sink.data.row, (size_t)c, lag, QUALITY_EXACT);
}

/* Records that no task has even written. */
static void records_that_are_not_written(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_cell(&f, "queryable_lag_s", 1200);
    set_lag(&f, 90000);
    f.backlog.lag = 90000;
    sink_facts_silent(&f, NULL); /* old, but there are commits: it catches up */
    for (size_t i = 0; i < 15; i++) {
        sink_facts_endless(&f, i, CONNECT_OUTCOME_UNKNOWN);
        f.cycles[i].answers.n = 0;
    }
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C01");
    assert_non_null(said);
    assert_string_equal(said->text,
                        "orders-sink: 90.0 k rows not queryable for 15 m, tasks RUNNING: no cause is found");
    assert_int_equal(said->since_ms, f.cycles[15].ended_ms);
    set_lag(&f, 2); /* a marker of a transaction in each partition */
    assert_null(sink_facts_saw(&f, "IT-C01"));
    set_lag(&f, 90000);
    f.sink.running_since_ms = SINK_FACTS_NOW - 100000; /* its first cycles */
    assert_null(sink_facts_saw(&f, "IT-C01"));
    sink_facts_done(&f);
}

/* The first cycles of a connector that has much to read. */
static void a_new_connector_is_given_time(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    f.sink.ncycles = 1;
    sink_facts_endless(&f, 0, CONNECT_OUTCOME_RUNNING);
    f.sink.running_since_ms = f.sink.watched_since_ms = SINK_FACTS_NOW - 90000;
    sink_facts_cell(&f, "queryable_lag_s", 86400);
    set_lag(&f, 5000000);
    sink_facts_pending(&f, 1200, 25000);
    f.backlog.lag = 5000000;
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void a_task_has_failed(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    struct findings_task *t = &f.sink.tasks.items[1];
    t->state = "FAILED";
    t->error = "NotRunningException: Coordinator unexpectedly terminated";
    t->since_ms = SINK_FACTS_NOW - 60000;
    sink_facts_expect(&f, "IT-C02",
                      "task orders-sink-1 is FAILED on kc-2:8083: NotRunningException: Coordinator unexpectedly "
                      "terminated",
                      "tasks: connect = \"kc\" and connector = \"orders-sink\" and task = 1");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C02");
    assert_string_equal(said->subject, "task orders-sink-1");
    assert_int_equal(said->severity, FINDINGS_WARNING); /* the other runs */
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 60000);
    assert_int_equal(said->place.task, 1);
    assert_string_equal(said->place.worker, "kc-2:8083");
    f.sink.tasks.items[0].state = "FAILED";
    f.sink.tasks.items[0].error = t->error;
    said = sink_facts_saw(&f, "IT-C02"); /* of one cause one line is critical */
    assert_string_equal(said[0].subject, "task orders-sink-0");
    assert_int_equal(said[0].severity, FINDINGS_CRITICAL);
    assert_string_equal(said[1].subject, "task orders-sink-1");
    assert_int_equal(said[1].severity, FINDINGS_WARNING);
    f.sink.blind = true; /* Connect's word needs no control topic */
    assert_non_null(sink_facts_saw(&f, "IT-C02"));
    sink_facts_done(&f);
}

/* Rows do not arrive because tasks failed: said in the headline. */
static void failed_tasks_are_the_cause(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 2; i++) {
        f.sink.tasks.items[i].state = "FAILED";
        f.sink.tasks.items[i].error = "SQLiteException: locked";
    }
    sink_facts_pending(&f, 500, 300000);
    assert_string_equal(sink_facts_saw(&f, "IT-C01")->text, "orders-sink: 500 rows not queryable for 5 m, lag is 12: 2 "
                                                            "tasks are FAILED: SQLiteException: locked");
    assert_int_equal(sink_facts_saw(&f, "IT-C02")->severity, FINDINGS_WARNING);
    for (size_t i = 0; i < 2; i++) {
        f.sink.tasks.items[i].state = "RUNNING";
        f.sink.tasks.items[i].error = NULL;
        f.sink.tasks.items[i].since_ms = SINK_FACTS_NOW - 9000;
    }
    assert_string_equal(sink_facts_saw(&f, "IT-C01")->text,
                        "orders-sink: 500 rows not queryable for 5 m, lag is 12, tasks RUNNING: its tasks have been "
                        "started anew, and nothing is committed yet");
    sink_facts_done(&f);
}

static void a_connector_has_failed(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    f.sink.tasks.n = 0;
    f.sink.state = "FAILED";
    f.sink.error = "ConfigException: Missing required configuration";
    sink_facts_expect(&f, "IT-C02",
                      "orders-sink: the connector is FAILED: ConfigException: Missing required configuration",
                      "connectors: connect = \"kc\" and connector = \"orders-sink\"");
    assert_int_equal(sink_facts_saw(&f, "IT-C02")->severity, FINDINGS_CRITICAL);
    f.sink.state = "PAUSED";
    f.sink.error = NULL;
    assert_null(sink_facts_saw(&f, "IT-C02"));
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_sink_is_silent),
        cmocka_unit_test(rows_do_not_arrive),
        cmocka_unit_test(commits_that_fail_are_not_waited_for),
        cmocka_unit_test(files_that_wait_too_long),
        cmocka_unit_test(records_that_are_not_written),
        cmocka_unit_test(a_new_connector_is_given_time),
        cmocka_unit_test(a_task_has_failed),
        cmocka_unit_test(failed_tasks_are_the_cause),
        cmocka_unit_test(a_connector_has_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
