/* Commit cycles: outcomes of recorded runs, and of events made by hand. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "tests/unit/connect/runs.h"

#define NO CONNECT_EVENT_UNKNOWN

/* ---- recorded runs, by their topic alone, with no setting known ---- */

static void check(struct connect_cycles *c, const char *want)
{
    char *text = runs_text(c);
    assert_string_equal(text, want);
    free(text);
}

static void check_topic(const char *run, const char *want)
{
    struct connect_cycles *c = connect_cycles_new();
    runs_topic(c, run);
    check(c, want);
    connect_cycles_free(c);
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
    runs_topic(c, "idle-1.9.2");
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
}

static void files_of_failed_cycles_wait_for_the_next(void **state)
{
    (void)state;
    struct connect_cycles *c = connect_cycles_new();
    runs_topic(c, "failing-1.11.0");
    const struct connect_cycle *cycle = connect_cycles_find(c, "4a213442-3bd8-4c6d-a2b7-788dc370bf47");
    assert_int_equal(cycle->outcome, CONNECT_OUTCOME_FAILED);
    assert_int_equal(cycle->ended_ms, NO);
    assert_int_equal(cycle->tables.n, 1);
    assert_string_equal(cycle->tables.items[0].table->raw, "db.orders");
    assert_string_equal(cycle->tables.items[0].catalog->raw, "iceberg");
    assert_int_equal(cycle->tables.items[0].rows, 393);
    assert_int_equal(cycle->tables.items[0].snapshot_id, NO);
    assert_int_equal(cycle->tables.items[0].state, CONNECT_TABLE_COMMITTED); /* by the one after the lock */
    connect_cycles_free(c);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
