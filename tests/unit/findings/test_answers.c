/* Who does not answer, who answers twice, for whom a coordinator waits. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/unit.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum { FLUSH_MS = 60000, MINUTE_MS = 60000 };

#define MISSED                                                                                                         \
    "commit_partitions: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000020\" and topic = "      \
    "\"orders\" and partition = 1"

/* Partition 1 answers late in two cycles, and not in the newest. */
static void idle(struct sink_facts *f)
{
    f->sink.flush_ms = FLUSH_MS;
    sink_facts_miss(f, 0, 1);
    sink_facts_late(f, 1, 1, 27500);
    sink_facts_late(f, 2, 1, 73000);
}

static void an_idle_task(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    idle(&f);
    sink_facts_expect(&f, "IT-C04",
                      "task orders-sink-1 on kc-2:8083 did not answer the last 3 cycles for orders-1 in time; when it "
                      "did, it took 1 m 13 s: idle, it wakes every 1 m, and a cycle waits 20 s",
                      MISSED);
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C04");
    assert_string_equal(said->subject, "task orders-sink-1");
    assert_int_equal(said->since_ms, f.cycles[2].started_ms);
    assert_null(said->missing);
    assert_int_equal(said->place.task, 1);
    assert_int_equal(said->place.partition, 1);
    assert_string_equal(said->place.topic, "orders");
    assert_string_equal(said->place.worker, "kc-2:8083");
    assert_string_equal(said->evidence.items[3].where, "connect = \"kc\" and connector = \"orders-sink\"");
    sink_facts_silent(&f, "IT-C04"); /* partial commits and the missing partition follow from it */
    f.sink.flush_ms = UNKNOWN;       /* then it is what Connect takes, and that is said */
    said = sink_facts_saw(&f, "IT-C04");
    assert_non_null(strstr(said->missing, "offset.flush.interval.ms"));
    assert_non_null(strstr(said->text, ": idle, it wakes every 1 m unless set otherwise, and a cycle waits 20 s"));
    sink_facts_done(&f);
}

/* Settings alone prove nothing; and what keeps a busy task from answering is another matter. */
static void not_an_idle_task(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    f.sink.flush_ms = FLUSH_MS;
    sink_facts_silent(&f, NULL);
    sink_facts_late(&f, 1, 1, 73000); /* once, and in time again since */
    assert_null(sink_facts_saw(&f, "IT-C04"));
    sink_facts_done(&f);
    sink_facts_open(&f);
    idle(&f);
    f.sink.flush_ms = 9000;
    assert_null(sink_facts_saw(&f, "IT-C04"));
    f.sink.flush_ms = FLUSH_MS;
    f.sink.tasks.items[1].rate_in = 20;
    assert_null(sink_facts_saw(&f, "IT-C04"));
    f.sink.tasks.items[1].rate_in = 0.1; /* a record in ten seconds wakes it twice in a cycle's time at most */
    assert_non_null(sink_facts_saw(&f, "IT-C04"));
    sink_facts_done(&f);
}

static void a_partition_is_missing(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_miss(&f, 0, 1);
    sink_facts_expect(&f, "IT-C05", "task orders-sink-1 on kc-2:8083 did not answer the last cycle for orders-1",
                      MISSED);
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C05");
    assert_int_equal(said->severity, FINDINGS_INFO); /* it may be chance */
    assert_null(said->cause);
    sink_facts_miss(&f, 1, 1);
    said = sink_facts_saw(&f, "IT-C05");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    assert_string_equal(said->text, "task orders-sink-1 on kc-2:8083 did not answer the last 2 cycles for orders-1");
    assert_string_equal(said->cause, "task orders-sink-1 on kc-2:8083 does not answer");
    assert_string_equal(said->evidence.items[2].where, "connect = \"kc\" and connector = \"orders-sink\" and task = 1");
    sink_facts_silent(&f, "IT-C05");
    f.sink.tasks.items[1].state = "FAILED"; /* that says why */
    sink_facts_silent(&f, "IT-C02");
    f.who.assigned.items[1].task = -1; /* whose it is, nothing tells */
    f.sink.tasks.items[1].state = "RUNNING";
    said = sink_facts_saw(&f, "IT-C05");
    assert_string_equal(said->subject, "connector orders-sink");
    assert_string_equal(said->text, "orders-sink: a task did not answer the last 2 cycles for orders-1");
    sink_facts_done(&f);
}

/* The running cycle counts when its time is up. */
static void missing_from_the_running_cycle(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_miss(&f, 0, 1);
    sink_facts_endless(&f, 0, CONNECT_OUTCOME_RUNNING);
    f.cycles[0].started_ms = SINK_FACTS_NOW - SINK_FACTS_TIMEOUT_MS - 1000;
    sink_facts_silent(&f, NULL);
    f.cycles[0].started_ms = SINK_FACTS_NOW - SINK_FACTS_TIMEOUT_MS - 3000;
    assert_non_null(sink_facts_saw(&f, "IT-C05"));
    sink_facts_done(&f);
}

/* Three cycles without any answer, as when a worker ends: an info about the cycles, and nothing about those who hold the partitions
 * now. */
static void a_rebalance(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 3; i++)
        for (int32_t p = 0; p < 2; p++)
            sink_facts_miss(&f, i, p);
    f.sink.data.rebalanced_ms = SINK_FACTS_NOW - 10000;
    sink_facts_silent(&f, "IT-C20");
    assert_int_equal(sink_facts_saw(&f, "IT-C20")->severity, FINDINGS_INFO);
    f.sink.data.rebalanced_ms = UNKNOWN;
    f.sink.data.state = "CompletingRebalance";
    sink_facts_silent(&f, "IT-C20");
    f.sink.data.state = "Stable";
    f.sink.data.rebalanced_ms = f.cycles[0].started_ms - 1000; /* one has begun after it */
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C05");
    assert_int_equal(said->severity, FINDINGS_INFO);
    assert_string_equal(said->text, "task orders-sink-0 on kc-1:8083 did not answer the last cycle for orders-0");
    f.sink.data.rebalanced_ms = f.cycles[2].started_ms - 1000;
    f.sink.tasks.items[0].rate_in = 20;
    assert_int_equal(sink_facts_saw(&f, "IT-C05")->severity, FINDINGS_WARNING);
    sink_facts_done(&f);
}

/* Many tasks are one line. */
static void many_tasks(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (int32_t p = 2; p < 12; p++)
        sink_facts_assign(&f, p, p);
    for (size_t i = 0; i < 2; i++)
        sink_facts_miss(&f, i, 1);
    f.sink.version = "1.8.1"; /* in which tasks have their workers from the start */
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C05");
    assert_string_equal(said->text,
                        "orders-sink: 11 tasks (1, 2, 3, 4, 5 and 6 more) did not answer the last 2 cycles");
    assert_string_equal(said->subject, "connector orders-sink");
    sink_facts_silent(&f, "IT-C05");
    assert_int_equal(f.look.said.n, 1);
    sink_facts_done(&f);
}

static void without_worker(struct sink_facts *f)
{
    f->backlog.partitions.items[1].end = f->backlog.partitions.items[1].committed + 1; /* a transaction's marker */
    for (size_t i = 0; i < SINK_FACTS_CYCLES; i++)
        sink_facts_miss(f, i, 1);
}

static void a_task_without_a_worker(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    without_worker(&f);
    f.sink.tasks.items[1].assigned_since_ms = f.cycles[3].started_ms - 1;
    sink_facts_expect(
        &f, "IT-C06",
        "task orders-sink-1 on kc-2:8083 has not answered since it got its partitions (orders-1): 4 cycles "
        "went by, and its log tells of no commit worker",
        MISSED);
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C06");
    assert_null(said->missing);
    assert_string_equal(said->cause, "task orders-sink-1 on kc-2:8083 has no worker that answers");
    sink_facts_silent(&f, "IT-C06");
    f.sink.by_log = false;
    assert_non_null(sink_facts_saw(&f, "IT-C06")->missing);
    sink_facts_done(&f);
}

static void a_task_with_a_worker(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    without_worker(&f);
    f.sink.tasks.items[1].assigned_since_ms = f.cycles[0].started_ms - 1; /* a single START_COMMIT since */
    assert_null(sink_facts_saw(&f, "IT-C06"));
    f.sink.tasks.items[1].assigned_since_ms = f.cycles[3].started_ms - 1;
    sink_facts_line(&f, "worker", 1, f.cycles[2].started_ms, "Starting commit worker");
    assert_null(sink_facts_saw(&f, "IT-C06"));
    assert_non_null(sink_facts_saw(&f, "IT-C05"));
    f.sink.lines.n = 0;
    f.sink.version = "1.8.1";
    assert_null(sink_facts_saw(&f, "IT-C06"));
    f.sink.version = "1.10.1";
    f.sink.tasks.items[1].rate_in = 10; /* records make one */
    assert_null(sink_facts_saw(&f, "IT-C06"));
    f.sink.tasks.items[1].rate_in = 0;
    assert_non_null(sink_facts_saw(&f, "IT-C06"));
    f.backlog.partitions.items[1].end++; /* one was brought to it before it fell idle */
    assert_null(sink_facts_saw(&f, "IT-C06"));
    f.backlog.partitions.items[1].committed = UNKNOWN;
    assert_null(sink_facts_saw(&f, "IT-C06"));
    sink_facts_done(&f);
}

static void answered_twice(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_answer(&f, 1, 0)->answers = 2;
    sink_facts_expect(&f, "IT-C07", "orders-sink: orders-0 answered 2 times in one cycle",
                      "commit_partitions: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000019\"");
    assert_int_equal(sink_facts_saw(&f, "IT-C07")->severity, FINDINGS_INFO);
    sink_facts_miss(&f, 1, 1); /* and stood for another */
    f.cycles[1].outcome = CONNECT_OUTCOME_FULL;
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C07");
    assert_string_equal(said->text, "orders-sink: orders-0 answered 2 times in one cycle, which ended as complete "
                                    "without orders-1");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    sink_facts_done(&f);
    sink_facts_open(&f);
    sink_facts_answer(&f, 3, 0)->answers = 2; /* that is over */
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void a_stale_count(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_assign(&f, 2, 1);
    sink_facts_expect(
        &f, "IT-C08",
        "orders-sink: cycles end as complete without orders-2: 2 answers are enough for the coordinator, and "
        "3 partitions are assigned",
        "commits: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000020\"");
    sink_facts_line(&f, "leader", 0, SINK_FACTS_NOW - 40 * MINUTE_MS, "Task elected leader");
    sink_facts_line(&f, "coordinator", 0, SINK_FACTS_NOW - 10 * MINUTE_MS, "Committer received leader partition");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C08");
    assert_string_equal(said->evidence.items[1].text, "its coordinator was kept, not elected anew");
    f.sink.data.rebalanced_ms = f.cycles[0].started_ms - 1; /* the partition was assigned but now */
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

static void a_count_too_high(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    for (size_t i = 0; i < 2; i++) {
        f.cycles[i].outcome = CONNECT_OUTCOME_PARTIAL;
        f.cycles[i].expected = 3;
    }
    sink_facts_expect(&f, "IT-C08",
                      "orders-sink: each cycle ends at its timeout: the coordinator waits for 3 partitions, and 2 are "
                      "assigned",
                      "commits: cluster = \"prod\" and commit_id = \"00000000-0000-4000-8000-000000000020\"");
    f.cycles[0].seen = f.cycles[1].seen = CONNECT_SEEN_TOPIC; /* for how many it waits, only a log tells */
    assert_null(sink_facts_saw(&f, "IT-C08"));
    sink_facts_done(&f);
}

#define JOIN "[Consumer clientId=x, groupId=cg-control-77c3c3a2-49e3-4512-86af-a10e58d36b33] JoinGroup failed: unknown"

static void a_control_group_is_never_stable(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_line(&f, "join-failed", 1, SINK_FACTS_NOW - 5 * MINUTE_MS, JOIN);
    sink_facts_line(&f, "join-failed", 1, SINK_FACTS_NOW - 3 * MINUTE_MS, JOIN);
    sink_facts_silent(&f, NULL); /* as after a start */
    sink_facts_line(&f, "join-failed", 1, SINK_FACTS_NOW - 2 * MINUTE_MS, JOIN);
    sink_facts_expect(&f, "IT-C09",
                      "task orders-sink-1 failed to join the group by which it reads the control topic 3 times in 15 m",
                      "log_events: connect = \"kc\" and connector = \"orders-sink\" and kind = \"join-failed\"");
    const struct findings_look_said *said = sink_facts_saw(&f, "IT-C09");
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 5 * MINUTE_MS);
    assert_int_equal(said->severity, FINDINGS_WARNING);
    f.sink.config(&f.sink, "");
    f.settings[0].key = "iceberg.control.group-id-prefix";
    f.settings[0].value = "other-";
    sink_facts_silent(&f, NULL); /* another consumer's */
    f.settings[0].key = NULL;
    for (size_t i = 0; i < f.sink.lines.n; i++)
        f.sink.lines.items[i].time_ms -= 6 * MINUTE_MS; /* it has joined since */
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_task),
        cmocka_unit_test(not_an_idle_task),
        cmocka_unit_test(a_partition_is_missing),
        cmocka_unit_test(missing_from_the_running_cycle),
        cmocka_unit_test(a_rebalance),
        cmocka_unit_test(many_tasks),
        cmocka_unit_test(a_task_without_a_worker),
        cmocka_unit_test(a_task_with_a_worker),
        cmocka_unit_test(answered_twice),
        cmocka_unit_test(a_stale_count),
        cmocka_unit_test(a_count_too_high),
        cmocka_unit_test(a_control_group_is_never_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
