/* Commit cycles: outcomes of recorded runs, and of events made by hand. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "tests/unit/connect/runs.h"

#define NO CONNECT_EVENT_UNKNOWN

/* ---- recorded runs, by their topic alone, with no setting known ---- */

static void check(struct connect_cycles *c, const char *want)
{
    char *text = run_text(c);
    assert_string_equal(text, want);
    free(text);
}

static void check_topic(const char *run, const char *want)
{
    struct connect_cycles *c = connect_cycles_new();
    struct run r;
    run_open(&r, run);
    run_topic(&r, c, -1);
    check(c, want);
    connect_cycles_free(c);
    run_done(&r);
}

static void healthy(void **state)
{
    (void)state;
    check_topic("healthy-1.9.2", "cb5e69ca full 2/2 tables 1 rows 371\n"
                                 "c8aad3c1 full 2/2 tables 1 rows 412\n"
                                 "7d3324db full 2/2 tables 1 rows 394\n"
                                 "dd209b19 full 2/2 tables 1 rows 398\n"
                                 "ee592cb6 full 2/2 tables 1 rows 392\n"
                                 "b4af92cf full 2/2 tables 1 rows 392\n"
                                 "9b8603cd full 2/2 tables 1 rows 68\n"
                                 "319fb54e empty 2/2 tables 0 rows 0\n");
}

static void idle(void **state)
{
    (void)state;
    check_topic("idle-1.9.2", "857c84b1 partial 1/>=2 tables 1 rows 1015\n"
                              "ef2a3b5d partial 1/>=2 tables 1 rows 888\n"
                              "03304eb0 partial 1/>=2 tables 1 rows 887\n"
                              "cf26da04 partial 1/>=2 tables 1 rows 883\n"
                              "14933b13 full 2/2 tables 1 rows 1438\n"
                              "15e9348b full 2/2 tables 1 rows 883\n");
}

static void failing(void **state)
{
    (void)state;
    check_topic("failing-1.11.0", "eaedb7fd full 2/2 tables 1 rows 364\n"
                                  "a74bfd85 full 2/2 tables 1 rows 382\n"
                                  "4a213442 failed 2/>=2 tables 0 rows 393\n"
                                  "bcc0f1de failed 2/>=2 tables 0 rows 397\n"
                                  "73a5dbe3 failed 2/>=2 tables 0 rows 392\n"
                                  "9a9ff569 failed 2/>=2 tables 0 rows 392\n"
                                  "1ffaa7ee failed 2/>=2 tables 0 rows 396\n"
                                  "058dbc5a failed 2/>=2 tables 0 rows 393\n"
                                  "ac3d21bf failed 2/>=2 tables 0 rows 393\n"
                                  "dcd09bcf failed 2/>=2 tables 0 rows 391\n"
                                  "c5743c08 full 2/2 tables 1 rows 391\n"
                                  "5275ddcd full 2/2 tables 1 rows 392\n"
                                  "73969f39 full 2/2 tables 1 rows 392\n"
                                  "fab403c0 full 2/2 tables 1 rows 298\n");
}

/* Two coordinators: the elder one's commits fail, the younger one hears nothing; the recording ends in a cycle. */
static const char zombie_text[] = "48591a20 failed 2/>=2 tables 0 rows 40\n"
                                  "6f711fdb partial 2/>=2 tables 0 rows 0\n"
                                  "9edf1e9c failed 2/>=2 tables 0 rows 0\n"
                                  "8321cd90 partial 2/>=2 tables 0 rows 0\n"
                                  "0cdbd5eb failed 2/>=2 tables 0 rows 0\n"
                                  "85d8b7c3 partial 2/>=2 tables 0 rows 0\n"
                                  "c46ab96e failed 2/>=2 tables 0 rows 0\n"
                                  "e83fe9e2 partial 2/>=2 tables 0 rows 0\n"
                                  "37b93d4e failed 2/>=2 tables 0 rows 0\n"
                                  "bde24509 partial 2/>=2 tables 0 rows 0\n"
                                  "08939b1e failed 2/>=2 tables 0 rows 0\n"
                                  "3c4a4dae partial 2/>=2 tables 0 rows 0\n"
                                  "9e4ea383 failed 2/>=2 tables 0 rows 0\n"
                                  "502c5d20 partial 2/>=2 tables 0 rows 0\n"
                                  "23472f6d failed 2/>=2 tables 0 rows 0\n"
                                  "a919917d partial 2/>=2 tables 0 rows 0\n"
                                  "b5291f1f running 2/>=2 tables 0 rows 0\n";

static void zombie(void **state)
{
    (void)state;
    check_topic("zombie-1.10.1", zombie_text);
}

static void answers_in_time_and_late(void **state)
{
    (void)state;
    struct connect_cycles *c = connect_cycles_new();
    struct run r;
    run_open(&r, "idle-1.9.2");
    run_topic(&r, c, -1);
    const struct connect_cycle *first = connect_cycles_find(c, "857c84b1-fa50-44b5-905f-08abfa454ffe");
    assert_non_null(first);
    assert_string_equal(first->connector->raw, "orders-sink");
    assert_string_equal(first->group->raw, "connect-orders-sink");
    assert_string_equal(first->control_topic->raw, "control-iceberg");
    assert_int_equal(first->seen, CONNECT_SEEN_TOPIC);
    assert_int_equal(first->ended_ms - first->started_ms, 20707);
    assert_int_equal(first->latency_ms, 329);
    assert_int_equal(first->valid_through_ms, NO);
    assert_int_equal(first->interval_ms, NO);
    assert_int_equal(first->answers.n, 2);
    const struct connect_answer *quick = &first->answers.items[0], *slow = &first->answers.items[1];
    assert_string_equal(quick->topic->raw, "orders");
    assert_int_equal(quick->partition, 0);
    assert_false(quick->late);
    assert_int_equal(quick->rows, 902);
    assert_int_equal(quick->files, 1);
    assert_int_equal(quick->offset, 902);
    assert_int_equal(quick->timestamp_ms, 1795239924008);
    assert_int_equal(quick->control_offset, 3);
    assert_int_equal(slow->partition, 1);
    assert_true(slow->late);
    assert_int_equal(slow->rows, 113);
    assert_int_equal(slow->time_ms - first->started_ms, 73137);
    assert_string_not_equal(slow->sender->raw, quick->sender->raw);
    const struct connect_cycle *second = connect_cycles_find(c, "ef2a3b5d-92fa-4c6c-b6cb-1865d3048729");
    assert_int_equal(second->answers.n, 2);
    assert_true(second->answers.items[1].late);
    assert_int_equal(second->answers.items[1].time_ms - second->started_ms, 27509);
    assert_int_equal(second->answers.items[1].offset, NO);
    assert_int_equal(second->interval_ms, 45750); /* as it was observed */
    const struct connect_cycle *third = connect_cycles_find(c, "03304eb0-e127-4e98-a099-7f4ded1733dc");
    assert_int_equal(third->answers.n, 1);
    assert_int_equal(third->tables.items[0].snapshot_id, 4875671930441044997);
    connect_cycles_free(c);
    run_done(&r);
}

/* Under the lock: eight cycles of which no file is in the table; after it one snapshot takes them all. */
static void files_of_failed_cycles_wait_for_the_next(void **state)
{
    (void)state;
    struct connect_cycles *c = connect_cycles_new();
    struct run r;
    run_open(&r, "failing-1.11.0");
    run_topic(&r, c, 78);
    const struct connect_cycle *cycle = connect_cycles_find(c, "4a213442-3bd8-4c6d-a2b7-788dc370bf47");
    const struct connect_cycle *running = connect_cycles_find(c, "ac3d21bf-c30e-46be-add3-c5bb64d56cd4");
    assert_int_equal(cycle->outcome, CONNECT_OUTCOME_FAILED);
    assert_int_equal(cycle->tables.items[0].state, CONNECT_TABLE_WAITING);
    assert_int_equal(running->outcome, CONNECT_OUTCOME_RUNNING);
    assert_int_equal(running->tables.items[0].state, CONNECT_TABLE_ANNOUNCED);
    uint64_t seq = connect_cycles_seq(c);
    for (size_t i = 0; i < r.topic.n; i++)
        if (r.topic.records[i].offset >= 78)
            run_record(&r, c, i);
    assert_int_equal(cycle->outcome, CONNECT_OUTCOME_FAILED);
    assert_int_equal(cycle->ended_ms, NO);
    assert_int_equal(cycle->tables.n, 1);
    assert_string_equal(cycle->tables.items[0].table->raw, "db.orders");
    assert_string_equal(cycle->tables.items[0].catalog->raw, "iceberg");
    assert_int_equal(cycle->tables.items[0].rows, 393);
    assert_int_equal(cycle->tables.items[0].snapshot_id, NO);
    assert_int_equal(cycle->tables.items[0].state, CONNECT_TABLE_COMMITTED);
    assert_true(cycle->seq > seq);
    connect_cycles_free(c);
    run_done(&r);
}

/* ---- by the log alone ---- */

static void check_log(const char *run, const char *want)
{
    struct connect_cycles *c = connect_cycles_new();
    struct run r;
    run_open(&r, run);
    run_log(&r, c);
    check(c, want);
    connect_cycles_free(c);
    run_done(&r);
}

static void healthy_log(void **state)
{
    (void)state;
    check_log("healthy-1.9.2", "cb5e69ca full 2/2 tables 1\n"
                               "c8aad3c1 full 2/2 tables 1\n"
                               "7d3324db full 2/2 tables 1\n"
                               "dd209b19 full 2/2 tables 1\n"
                               "ee592cb6 full 2/2 tables 1\n"
                               "b4af92cf full 2/2 tables 1\n"
                               "9b8603cd full 2/2 tables 1\n"
                               "319fb54e empty 2/2 tables 0\n");
}

static void idle_log(void **state)
{
    (void)state;
    check_log("idle-1.9.2", "857c84b1 partial 1/2 tables 1\n"
                            "ef2a3b5d partial 1/2 tables 1\n"
                            "03304eb0 partial 1/2 tables 1\n"
                            "cf26da04 partial 1/2 tables 1\n"
                            "14933b13 full 2/2 tables 1\n"
                            "15e9348b full 2/2 tables 1\n");
}

static void failing_log(void **state)
{
    (void)state;
    check_log("failing-1.11.0", "eaedb7fd full 2/2 tables 1\n"
                                "a74bfd85 full 2/2 tables 1\n"
                                "4a213442 failed 2/2 tables 0\n"
                                "bcc0f1de failed 2/2 tables 0\n"
                                "73a5dbe3 failed 2/2 tables 0\n"
                                "9a9ff569 failed 2/2 tables 0\n"
                                "1ffaa7ee failed 2/2 tables 0\n"
                                "058dbc5a failed 2/2 tables 0\n"
                                "ac3d21bf failed 2/2 tables 0\n"
                                "dcd09bcf failed 2/2 tables 0\n"
                                "c5743c08 full 2/2 tables 1\n"
                                "5275ddcd full 2/2 tables 1\n"
                                "73969f39 full 2/2 tables 1\n"
                                "fab403c0 full 2/2 tables 1\n"
                                "79a5455f empty 2/2 tables 0\n");
}

/* The lines of both coordinators stand in one file under one task's name. */
static void zombie_log(void **state)
{
    (void)state;
    check_log("zombie-1.10.1", "48591a20 failed 2/2 tables 0\n"
                               "6f711fdb partial 0/2 tables 0\n"
                               "9edf1e9c failed 2/2 tables 0\n"
                               "8321cd90 partial 0/2 tables 0\n"
                               "0cdbd5eb failed 2/2 tables 0\n"
                               "85d8b7c3 partial 0/2 tables 0\n"
                               "c46ab96e failed 2/2 tables 0\n"
                               "e83fe9e2 partial 0/2 tables 0\n"
                               "37b93d4e failed 2/2 tables 0\n"
                               "bde24509 partial 0/2 tables 0\n"
                               "08939b1e failed 2/2 tables 0\n"
                               "3c4a4dae partial 0/2 tables 0\n"
                               "9e4ea383 failed 2/2 tables 0\n"
                               "502c5d20 partial 0/2 tables 0\n"
                               "23472f6d failed 2/2 tables 0\n"
                               "a919917d partial 0/2 tables 0\n"
                               "b5291f1f failed 2/2 tables 0\n"
                               "f739f9d7 running 0/2 tables 0\n");
}

/* ---- both ---- */

static const char *const runs[] = {"healthy-1.9.2", "idle-1.9.2", "failing-1.11.0", "zombie-1.10.1"};
enum { RUNS = sizeof runs / sizeof *runs };

struct compare {
    struct connect_cycles *with;
    size_t same, cut;
};

static void compare(void *arg, const struct connect_cycle *cycle)
{
    struct compare *compare = arg;
    const struct connect_cycle *other = connect_cycles_find(compare->with, cycle->commit_id);
    if (!other || cycle->outcome == CONNECT_OUTCOME_RUNNING || other->outcome == CONNECT_OUTCOME_RUNNING)
        compare->cut++;
    else if (other->outcome != cycle->outcome || other->ntables != cycle->ntables ||
             other->valid_through_ms != cycle->valid_through_ms)
        fail_msg("%s: %s and %s", cycle->commit_id, connect_outcome_name(cycle->outcome),
                 connect_outcome_name(other->outcome));
    else
        compare->same++;
}

/* But for the cycles in which one of the two recordings ends. */
static void topic_and_log_say_the_same(void **state)
{
    static const size_t same[RUNS] = {8, 6, 14, 16}, cut[RUNS] = {0, 0, 1, 2};
    (void)state;
    for (size_t i = 0; i < RUNS; i++) {
        struct connect_cycles *topic = connect_cycles_new(), *log = connect_cycles_new();
        struct run r;
        run_open(&r, runs[i]);
        run_topic(&r, topic, -1);
        run_log(&r, log);
        struct compare result = {topic, 0, 0};
        connect_cycles_changed(log, 0, compare, &result);
        assert_int_equal(result.same, same[i]);
        assert_int_equal(result.cut, cut[i]);
        connect_cycles_free(topic);
        connect_cycles_free(log);
        run_done(&r);
    }
}

static void a_log_adds_what_the_topic_cannot_tell(void **state)
{
    (void)state;
    struct connect_cycles *c = connect_cycles_new();
    struct run r;
    run_open(&r, "failing-1.11.0");
    run_topic(&r, c, -1);
    run_log(&r, c);
    const struct connect_cycle *cycle = connect_cycles_find(c, "4a213442-3bd8-4c6d-a2b7-788dc370bf47");
    assert_int_equal(cycle->seen, CONNECT_SEEN_TOPIC | CONNECT_SEEN_LOG);
    assert_int_equal(cycle->outcome, CONNECT_OUTCOME_FAILED);
    assert_int_equal(cycle->expected, 2);
    assert_false(cycle->expected_at_least);
    assert_string_equal(cycle->coordinator->raw, "orders-sink-0");
    assert_non_null(strstr(cycle->error, "SQLITE_BUSY"));
    assert_int_equal(cycle->interval_ms, 10000);
    assert_int_equal(cycle->timeout_ms, 8000);
    assert_int_equal(cycle->rows, 393);
    connect_cycles_free(c);
    run_done(&r);
}

enum { KINDS = 3 };

static void give(struct run *r, struct connect_cycles *c, size_t kind, size_t i)
{
    static void (*const give[KINDS])(struct run * r, struct connect_cycles * c, size_t i) = {run_record, run_line,
                                                                                             run_snapshot};
    give[kind](r, c, i);
}

/* Facts of each kind in their own order, the kinds mixed at random. */
static char *mixed(struct run *r, unsigned *seed)
{
    const size_t n[KINDS] = {r->topic.n, r->lines.n, r->snapshots.n};
    size_t at[KINDS] = {0}, left = n[0] + n[1] + n[2];
    struct connect_cycles *c = connect_cycles_new();
    size_t kind = 0;
    for (; left; left--) {
        if (rand_r(seed) % 8 == 0)
            kind = (size_t)rand_r(seed) % KINDS;
        while (at[kind] == n[kind])
            kind = (kind + 1) % KINDS;
        give(r, c, kind, at[kind]++);
    }
    char *text = run_details(c);
    connect_cycles_free(c);
    return text;
}

static void order_of_kinds_makes_no_difference(void **state)
{
    (void)state;
    for (size_t i = 0; i < RUNS; i++) {
        struct run r;
        unsigned seed = 4711;
        run_open(&r, runs[i]);
        struct connect_cycles *c = connect_cycles_new();
        run_topic(&r, c, -1);
        for (size_t s = 0; s < r.snapshots.n; s++)
            run_snapshot(&r, c, s);
        run_log(&r, c);
        char *want = run_details(c);
        connect_cycles_free(c);
        for (int turn = 0; turn < 20; turn++) {
            char *have = mixed(&r, &seed);
            assert_string_equal(have, want);
            free(have);
        }
        free(want);
        run_done(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy),
        cmocka_unit_test(idle),
        cmocka_unit_test(failing),
        cmocka_unit_test(zombie),
        cmocka_unit_test(answers_in_time_and_late),
        cmocka_unit_test(files_of_failed_cycles_wait_for_the_next),
        cmocka_unit_test(healthy_log),
        cmocka_unit_test(idle_log),
        cmocka_unit_test(failing_log),
        cmocka_unit_test(zombie_log),
        cmocka_unit_test(topic_and_log_say_the_same),
        cmocka_unit_test(a_log_adds_what_the_topic_cannot_tell),
        cmocka_unit_test(order_of_kinds_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
