/* Partial and slow cycles, what they bring, and settings that do not go together. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/unit.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN
#define NEWEST  "commits: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000020\""

static void partial_commits_in_a_row(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_miss(&f, 0, 1);
    sink_facts_miss(&f, 1, 0); /* another each time: no task can be named */
    sink_facts_miss(&f, 2, 1);
    sink_facts_expect(&f, "IT-C20",
                      "orders-sink: the last 3 cycles ended at their timeout, the last with 1 of 2 answers", NEWEST);
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C20");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    assert_int_equal(said->since_ms, f.cycles[2].started_ms);
    assert_string_equal(said->cause, "the last 3 cycles ended at their timeout, the last with 1 of 2 answers");
    f.sink.data.rebalanced_ms = SINK_FACTS_NOW - 20000;
    said = sink_facts_saw(&f, "IT-C20");
    assert_int_equal(said->severity, FINDINGS_INFO);
    assert_non_null(strstr(said->text, "; its group has rebalanced meanwhile"));
    assert_string_equal(said->evidence.items[2].table, "groups");
    for (size_t i = 3; i < 8; i++)
        sink_facts_miss(&f, i, i % 2);
    assert_int_equal(sink_facts_saw(&f, "IT-C20")->severity, FINDINGS_WARNING); /* for longer than a rebalance takes */
    sink_facts_done(&f);
}

static void a_single_partial_commit(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_miss(&f, 0, 1);
    sink_facts_miss(&f, 2, 0);
    assert_null(sink_facts_saw(&f, "IT-C20"));
    sink_facts_miss(&f, 1, 1); /* its task is named instead */
    sink_facts_silent(&f, "IT-C05");
    sink_facts_done(&f);
}

static void only_a_log_tells_of_partial_commits(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 2; i++)
        sink_facts_miss(&f, i, 1);
    sink_facts_log_only(&f);
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C20");
    assert_non_null(said);
    assert_non_null(strstr(said->missing, "control topic"));
    sink_facts_done(&f);
}

/* Gaps of 20 s more than the interval, the newest so many. */
static void slow(struct sink_facts *f, size_t n, int64_t more)
{
    for (size_t i = 0; i < SINK_FACTS_CYCLES; i++)
        f->cycles[i].started_ms -= more * (int64_t)(i < n ? i : n);
}

static void cycles_come_too_seldom(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    slow(&f, 3, 20000);
    sink_facts_expect(&f, "IT-C21",
                      "orders-sink: the last 3 cycles began 1 m 20 s after the one before, and 1 m is set",
                      "commits: cluster = \"prod\" and connector = \"orders-sink\"");
    assert_int_equal(sink_facts_saw(&f, "IT-C21")->since_ms, f.cycles[3].started_ms);
    sink_facts_silent(&f, "IT-C21");
    sink_facts_endless(&f, 0, CONNECT_OUTCOME_FAILED);
    sink_facts_endless(&f, 1, CONNECT_OUTCOME_FAILED); /* that is why */
    assert_null(sink_facts_saw(&f, "IT-C21"));
    sink_facts_done(&f);
    sink_facts_open(&f);
    slow(&f, 2, 20000);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
    sink_facts_open(&f);
    slow(&f, SINK_FACTS_CYCLES, 700); /* as healthy ones do */
    sink_facts_silent(&f, NULL);
    f.sink.interval_ms = 10000;
    f.sink.interval_ms = UNKNOWN; /* what is set is not known */
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void valid_through_stands_still(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 2; i++) {
        sink_facts_idle(&f, i, 1);
        f.cycles[i].valid_through_ms = UNKNOWN;
    }
    sink_facts_expect(
        &f, "IT-C22",
        "orders-sink: no valid-through: orders-1 brought no record in the last 2 cycles that went to a table",
        "commit_partitions: cluster = \"prod\" and connector = \"orders-sink\" and topic = \"orders\" and "
        "partition = 1");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C22");
    assert_int_equal(said->severity, FINDINGS_INFO);
    assert_int_equal(said->since_ms, f.cycles[1].started_ms);
    sink_facts_silent(&f, "IT-C22");
    f.cycles[0].outcome = CONNECT_OUTCOME_EMPTY; /* one without records says nothing */
    f.cycles[0].ntables = 0;
    assert_null(sink_facts_saw(&f, "IT-C22"));
    f.cycles[0].outcome = CONNECT_OUTCOME_FULL;
    f.cycles[0].ntables = 1;
    f.cycles[0].valid_through_ms = f.cycles[0].started_ms;
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void no_rows(struct sink_facts *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        f->cycles[i].outcome = CONNECT_OUTCOME_EMPTY;
        f->cycles[i].rows = f->cycles[i].files = f->cycles[i].ntables = 0;
        f->cycles[i].tables.n = 0;
        for (int32_t p = 0; p < 2; p++)
            sink_facts_answer(f, i, p)->rows = 0;
    }
}

static void records_and_no_rows(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    no_rows(&f, 3);
    sink_facts_expect(&f, "IT-C23",
                      "orders-sink: 3.60 k records read in the last 3 cycles, and not one became a row of a table",
                      "commit_partitions: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000020\"");
    assert_int_equal(sink_facts_saw(&f, "IT-C23")->since_ms, f.cycles[2].started_ms);
    sink_facts_silent(&f, "IT-C23");
    sink_facts_done(&f);
    sink_facts_open(&f);
    no_rows(&f, 2);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
    sink_facts_open(&f);
    no_rows(&f, 5);
    for (size_t i = 0; i < 5; i++) /* a quiet topic */
        for (int32_t p = 0; p < 2; p++)
            sink_facts_idle(&f, i, p);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void no_source_offsets(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < SINK_FACTS_CYCLES; i++)
        for (int32_t p = 0; p < 2; p++)
            sink_facts_answer(&f, i, p)->offset = UNKNOWN;
    sink_facts_expect(
        &f, "IT-C24",
        "orders-sink: rows come, but no source offset with them, in 10 cycles: offsets are kept under a topic "
        "that is not there",
        "commit_partitions: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000020\"");
    sink_facts_answer(&f, 9, 1)->offset = 600;
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
    sink_facts_open(&f);
    for (size_t i = 0; i < 10; i++) /* idle */
        for (int32_t p = 0; p < 2; p++)
            sink_facts_idle(&f, i, p);
    assert_null(sink_facts_saw(&f, "IT-C24"));
    sink_facts_done(&f);
}

static void settings_that_do_not_go_together(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    f.sink.timeout_ms = 60000;
    sink_facts_expect(&f, "IT-C25",
                      "orders-sink: its commit timeout of 1 m is not less than its commit interval of 1 m",
                      "connectors: connect = \"kc\" and connector = \"orders-sink\"");
    assert_int_equal(sink_facts_saw(&f, "IT-C25")->severity, FINDINGS_INFO);
    sink_facts_silent(&f, "IT-C25");
    sink_facts_miss(&f, 4, 1);
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C25");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    assert_non_null(strstr(said->text, "; 1 of its last 10 cycles went past it"));
    f.sink.timeout_ms = 59000;
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

/* A long flush interval is said once a cycle has suffered, and not where IT-C04 says it. */
static void a_flush_interval_that_has_hurt(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    f.sink.flush_ms = 60000;
    sink_facts_silent(&f, NULL);
    sink_facts_late(&f, 3, 1, 40000);
    sink_facts_expect(&f, "IT-C25",
                      "orders-sink: a commit timeout of 20 s is too short for idle tasks that wake every 1 m; 1 of its "
                      "last 10 cycles went past it",
                      "connectors: connect = \"kc\" and connector = \"orders-sink\"");
    for (size_t i = 0; i < 3; i++)
        sink_facts_late(&f, i, 1, 40000);
    assert_null(sink_facts_saw(&f, "IT-C25"));
    assert_non_null(sink_facts_saw(&f, "IT-C04"));
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partial_commits_in_a_row),
        cmocka_unit_test(a_single_partial_commit),
        cmocka_unit_test(only_a_log_tells_of_partial_commits),
        cmocka_unit_test(cycles_come_too_seldom),
        cmocka_unit_test(valid_through_stands_still),
        cmocka_unit_test(records_and_no_rows),
        cmocka_unit_test(no_source_offsets),
        cmocka_unit_test(settings_that_do_not_go_together),
        cmocka_unit_test(a_flush_interval_that_has_hurt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
