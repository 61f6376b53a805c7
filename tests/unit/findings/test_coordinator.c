/* Coordinators: none, two, zombies, commits that fail, offsets that stand still or go back. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/unit.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN
#define COMMIT  "commits: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-0000000000"

/* The newest cycle began so long ago. */
static void age(struct sink_facts *f, int64_t ms)
{
    int64_t shift = ms - (SINK_FACTS_NOW - f->cycles[0].started_ms);
    for (size_t i = 0; i < f->sink.ncycles; i++) {
        f->cycles[i].started_ms -= shift;
        f->cycles[i].ended_ms -= shift;
    }
}

static void no_coordinator(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    age(&f, 100000); /* as in a rebalance */
    sink_facts_silent(&f, NULL);
    age(&f, 121000);
    sink_facts_expect(&f, "IT-C10",
                      "orders-sink: no coordinator: it is RUNNING, a commit cycle is due every 1 m, and for more than "
                      "2 m none has begun",
                      COMMIT "20\"");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C10");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 121000);
    assert_string_equal(said->place.group, "connect-orders-sink-coord");
    assert_string_equal(said->cause, "no coordinator begins a commit cycle");
    f.sink.running_since_ms = SINK_FACTS_NOW - 60000; /* it has only just been started */
    sink_facts_silent(&f, NULL);
    f.sink.running_since_ms = UNKNOWN;
    f.sink.data.rebalanced_ms = SINK_FACTS_NOW - 60000;
    sink_facts_silent(&f, NULL);
    f.sink.data.rebalanced_ms = UNKNOWN;
    f.sink.data.state = "PreparingRebalance";
    sink_facts_silent(&f, NULL);
    f.sink.data.state = "Stable";
    f.sink.state = "STOPPED";
    sink_facts_silent(&f, NULL);
    f.sink.state = "RUNNING";
    f.sink.caught_up = false; /* the topic has not been read to its end yet */
    sink_facts_silent(&f, NULL);
    f.sink.caught_up = true;
    f.sink.tasks.items[0].state = f.sink.tasks.items[1].state = "FAILED"; /* that is another finding */
    assert_null(sink_facts_saw(&f, "IT-C10"));
    sink_facts_done(&f);
}

/* A long interval has a long patience; and where there never was a cycle, it counts from when it runs. */
static void no_coordinator_ever(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    f.sink.interval_ms = 300000;
    age(&f, 590000);
    assert_null(sink_facts_saw(&f, "IT-C10"));
    f.sink.ncycles = 0;
    assert_non_null(sink_facts_saw(&f, "IT-C10")); /* it runs for an hour */
    f.sink.running_since_ms = UNKNOWN;
    f.sink.watched_since_ms = SINK_FACTS_NOW - 500000;
    assert_null(sink_facts_saw(&f, "IT-C10"));
    sink_facts_done(&f);
}

static void two_coordinators(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 10; i++) { /* the elder fails, the younger hears nobody */
        sink_facts_endless(&f, i, CONNECT_OUTCOME_FAILED);
        if (i % 2)
            continue;
        sink_facts_sender(&f, i, "coordinator-2");
        f.cycles[i].outcome = CONNECT_OUTCOME_PARTIAL;
        f.cycles[i].ended_ms = f.cycles[i].started_ms + SINK_FACTS_TIMEOUT_MS;
        f.cycles[i].received = 0;
    }
    sink_facts_pending(&f, 40, 60000);
    sink_facts_expect(
        &f, "IT-C11",
        "orders-sink: 2 coordinators begin commit cycles by turns (5 and 15 of the last 20), and nothing is "
        "committed",
        "commits: cluster = \"prod\" and sender = \"coordinator-2\"");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C11");
    assert_int_equal(said->since_ms, f.cycles[8].started_ms);
    assert_int_equal(said->cost, 40);
    assert_string_equal(said->evidence.items[1].where, "cluster = \"prod\" and sender = \"coordinator-1\"");
    sink_facts_silent(&f, "IT-C01 IT-C11 IT-C13");
    assert_int_equal(sink_facts_saw(&f, "IT-C13")->severity, FINDINGS_INFO); /* it follows */
    assert_string_equal(sink_facts_saw(&f, "IT-C01")->text,
                        "orders-sink: 40 rows not queryable for 1 m, lag is 12, tasks RUNNING: 2 coordinators at once, "
                        "and nothing is committed");
    for (size_t i = 0; i < 10; i++) { /* both without anything to commit */
        f.cycles[i].outcome = CONNECT_OUTCOME_EMPTY;
        f.cycles[i].rows = 0;
    }
    assert_null(strstr(sink_facts_saw(&f, "IT-C11")->text, "nothing is committed"));
    sink_facts_done(&f);
}

/* A then B is a restart; and A, B, A long ago is over. */
static void a_handover_is_none(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 4; i++)
        sink_facts_sender(&f, i, "coordinator-2");
    sink_facts_silent(&f, NULL);
    sink_facts_sender(&f, 6, "coordinator-2");
    sink_facts_silent(&f, NULL);
    sink_facts_sender(&f, 0, "coordinator-1");
    assert_non_null(sink_facts_saw(&f, "IT-C11"));
    sink_facts_done(&f);
}

/* A log does not name coordinators, but one alone does not begin cycles so close to each other. */
static void two_coordinators_by_their_log(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_log_only(&f);
    sink_facts_silent(&f, NULL);
    for (size_t i = 0; i < SINK_FACTS_CYCLES; i++)
        f.cycles[i].started_ms += (int64_t)(i < 3 ? i : 3) * 25000;
    sink_facts_expect(
        &f, "IT-C11",
        "orders-sink: the last 3 commit cycles began 35 s to 35 s after the one before, and 1 m is set: 2 "
        "coordinators at once",
        "commits: cluster = \"prod\" and connector = \"orders-sink\"");
    assert_non_null(strstr(sink_facts_saw(&f, "IT-C11")->missing, "control topic"));
    f.cycles[2].started_ms -= 24000; /* one restart, and then as is due */
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static struct findings_member *second_member(struct sink_facts *f)
{
    struct findings_member m = f->sink.coordinator.members.items[0];
    m.partitions = 0;
    m.host = "/10.0.0.2";
    m.since_ms = SINK_FACTS_NOW - 95000;
    vec_push(&f->sink.coordinator.members, m);
    return &f->sink.coordinator.members.items[1];
}

static void a_zombie_member(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    struct findings_member *m = second_member(&f);
    sink_facts_expect(&f, "IT-C12",
                      "orders-sink: connect-orders-sink-coord has 2 members, one without partitions from /10.0.0.2: a "
                      "healthy sink's has one, with all partitions of the control topic",
                      "group_members: cluster = \"prod\" and group = \"connect-orders-sink-coord\"");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C12");
    assert_int_equal(said->hold_ms, 90000); /* two session timeouts */
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 95000);
    m->client = "connector-consumer-orders-sink-coord-0"; /* the tasks of a connector called so */
    sink_facts_silent(&f, NULL);
    f.sink.coordinator.members.n = 1;
    f.sink.coordinator.members.items[0].partitions = 0;
    assert_non_null(sink_facts_saw(&f, "IT-C12"));
    sink_facts_done(&f);
}

static void commits_fail(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_endless(&f, 0, CONNECT_OUTCOME_RUNNING);
    sink_facts_endless(&f, 1, CONNECT_OUTCOME_FAILED);
    sink_facts_silent(&f, NULL); /* one is tried again */
    sink_facts_endless(&f, 2, CONNECT_OUTCOME_FAILED);
    f.cycles[2].error = "CommitFailedException: Requirement failed: branch main has changed";
    sink_facts_expect(
        &f, "IT-C13",
        "orders-sink: the last 2 commits failed: CommitFailedException: Requirement failed: branch main has "
        "changed",
        "commits: cluster = \"prod\" and sender = \"coordinator-1\" and outcome = \"failed\"");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C13");
    assert_int_equal(said->since_ms, f.cycles[2].started_ms);
    assert_null(said->missing);
    sink_facts_line(&f, "failed", 0, SINK_FACTS_NOW - 90000, "Commit failed, will try again next cycle");
    said = sink_facts_saw(&f, "IT-C13");
    assert_string_equal(said->evidence.items[1].table, "log_events");
    f.sink.lines.n = 0;
    f.cycles[2].error = NULL;
    said = sink_facts_saw(&f, "IT-C13");
    assert_string_equal(said->text, "orders-sink: the last 2 commits failed");
    assert_non_null(said->missing);
    f.sink.tasks.items[1].state = "FAILED"; /* not all tasks need run */
    assert_non_null(sink_facts_saw(&f, "IT-C13"));
    f.cycles[1].outcome = CONNECT_OUTCOME_FULL; /* released */
    assert_null(sink_facts_saw(&f, "IT-C13"));
    sink_facts_done(&f);
}

/* Of a coordinator that was replaced nothing is said. */
static void commits_failed_before_the_restart(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_sender(&f, 0, "coordinator-2");
    for (size_t i = 1; i < 6; i++)
        sink_facts_endless(&f, i, CONNECT_OUTCOME_FAILED);
    assert_null(sink_facts_saw(&f, "IT-C13"));
    sink_facts_done(&f);
}

static void only_a_log_tells_of_failures(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_endless(&f, 0, CONNECT_OUTCOME_FAILED);
    sink_facts_endless(&f, 1, CONNECT_OUTCOME_FAILED);
    sink_facts_log_only(&f);
    sink_facts_expect(&f, "IT-C13", "orders-sink: the last 2 commits failed",
                      "commits: cluster = \"prod\" and connector = \"orders-sink\" and outcome = \"failed\"");
    sink_facts_done(&f);
}

static void the_offset_stands_still(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    struct findings_control_partition *p = &f.sink.control.partitions.items[0];
    p->committed = f.cycles[2].start_offset + 1;
    sink_facts_silent(&f, NULL); /* the running cycle and the one before */
    p->committed = f.cycles[2].start_offset;
    sink_facts_expect(&f, "IT-C14",
                      "orders-sink: connect-orders-sink-coord stands at offset 360 of control-iceberg-0, and 3 commit "
                      "cycles have begun since",
                      "group_partitions: cluster = \"prod\" and group = \"connect-orders-sink-coord\" and topic = "
                      "\"control-iceberg\" and partition = 0");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C14");
    assert_int_equal(said->hold_ms, 60000);
    assert_int_equal(said->since_ms, UNKNOWN);
    assert_int_equal(said->place.partition, 0);
    for (size_t i = 0; i < 3; i++)
        sink_facts_endless(&f, i, CONNECT_OUTCOME_FAILED); /* then that is why */
    assert_null(sink_facts_saw(&f, "IT-C14"));
    sink_facts_done(&f);
}

static void the_offset_went_back(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    struct findings_control_partition *p = &f.sink.control.partitions.items[0];
    p->committed = 390;
    p->went_back_ms = SINK_FACTS_NOW - 30000;
    sink_facts_expect(
        &f, "IT-C15",
        "orders-sink: connect-orders-sink-coord went back on control-iceberg-0: it had committed 410, and is "
        "at 390",
        "group_partitions: cluster = \"prod\" and group = \"connect-orders-sink-coord\" and topic = "
        "\"control-iceberg\" and partition = 0");
    assert_int_equal(sink_facts_saw(&f, "IT-C15")->since_ms, SINK_FACTS_NOW - 30000);
    p->committed = p->committed_max; /* it went on: told for a while */
    assert_non_null(sink_facts_saw(&f, "IT-C15"));
    p->went_back_ms = SINK_FACTS_NOW - 700000;
    sink_facts_silent(&f, NULL);
    p->committed = 3;
    p->end = 100; /* the topic was made again: another finding's */
    assert_null(sink_facts_saw(&f, "IT-C15"));
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_coordinator),
        cmocka_unit_test(no_coordinator_ever),
        cmocka_unit_test(two_coordinators),
        cmocka_unit_test(a_handover_is_none),
        cmocka_unit_test(two_coordinators_by_their_log),
        cmocka_unit_test(a_zombie_member),
        cmocka_unit_test(commits_fail),
        cmocka_unit_test(commits_failed_before_the_restart),
        cmocka_unit_test(only_a_log_tells_of_failures),
        cmocka_unit_test(the_offset_stands_still),
        cmocka_unit_test(the_offset_went_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
