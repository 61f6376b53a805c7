/* Snapshot summaries of three versions of the sink, of other writers, and malformed ones. */
#include "tests/unit/unit.h"

#include "iceberg/summary.h"
#include "tests/unit/iceberg/captures.h"

static struct iceberg_summary read(const char *const (*pairs)[2], size_t n)
{
    struct iceberg_pair items[40];
    struct iceberg_summary s;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct iceberg_pair){pairs[i][0], pairs[i][1]};
    iceberg_summary_init(&s, &(struct iceberg_pairs){.items = items, .n = n});
    return s;
}

/* The last line of the run of 1.11.0, and what a cycle without valid-through leaves in 1.9.2. */
static void test_captures(void **state)
{
    (void)state;
    struct iceberg_metadata *m = captures_metadata(
        "failing-1.11.0/wh/db/orders/metadata/00006-9a2332ca-8ec4-48e8-8684-f33e3dd593ac.metadata.json");
    struct iceberg_summary s;
    iceberg_summary_init(&s, &m->snapshots[2].summary);
    assert_int_equal(s.malformed, 0);
    assert_string_equal(s.commit_id, "c5743c08-8928-465e-9a5f-3440089e8d5d");
    assert_string_equal(s.task_id, "orders-sink-0");
    assert_int_equal(s.valid_through_ms, INT64_C(1795241707755)); /* 2026-11-21T06:15:07.755Z */
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_DATA_FILES], 18);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_RECORDS], 3538);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_BYTES], 43000);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_TOTAL_RECORDS], 4284);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_DELETED_RECORDS], 0); /* left out */
    assert_int_equal(s.counters[ICEBERG_SUMMARY_REMOVED_BYTES], 0);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_MANIFESTS_KEPT], 2);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ENTRIES_PROCESSED], ICEBERG_UNKNOWN);
    const struct iceberg_summary_offsets *o = iceberg_summary_find(&s, "control-iceberg", "connect-orders-sink");
    assert_non_null(o);
    assert_int_equal(o->n, 1);
    assert_int_equal(o->items[0].partition, 0);
    assert_int_equal(o->items[0].offset, 94);
    assert_null(iceberg_summary_find(&s, "control-iceberg", "connect-orders"));
    assert_null(iceberg_summary_find(&s, "control", "connect-orders-sink"));
    iceberg_summary_done(&s);
    iceberg_metadata_free(m);
    m = captures_metadata("idle-1.9.2/wh/db/orders/metadata/v7.metadata.json");
    for (size_t i = 0; i < m->n_snapshots; i++) {
        iceberg_summary_init(&s, &m->snapshots[i].summary);
        assert_int_equal(s.valid_through_ms, ICEBERG_UNKNOWN);
        assert_non_null(s.commit_id);
        assert_null(s.task_id);
        assert_int_equal(s.n_offsets, 1);
        assert_int_equal(s.malformed, 0);
        iceberg_summary_done(&s);
    }
    iceberg_metadata_free(m);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } times[] = {
        {"2025-01-02T03:04:05.123Z", 1735787045123},
        {"2025-01-02T03:04:05Z", 1735787045000},
        {"2025-01-02T03:04Z", 1735787040000},
        {"2025-01-02T03:04:05.123456789Z", 1735787045123},
        {"2025-01-02T04:04+01:00", 1735787040000},
        {"2025-01-02", ICEBERG_UNKNOWN},
        {"2025-01-02T03:04", ICEBERG_UNKNOWN},
        {"", ICEBERG_UNKNOWN},
        {"null", ICEBERG_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        const char *const pairs[][2] = {{"kafka.connect.valid-through-ts", times[i].text}};
        struct iceberg_summary s = read(pairs, 1);
        assert_int_equal(s.valid_through_ms, times[i].ms);
        assert_int_equal(s.malformed, times[i].ms == ICEBERG_UNKNOWN);
        iceberg_summary_done(&s);
    }
}

static void test_tabular(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"kafka.connect.commitId", "c"},
        {"kafka.connect.vtts", "1735787045123"},
        {"kafka.connect.offsets.my.control.cg-control-x", "{\"0\":1,\"11\":9223372036854775807}"},
        {"kafka.connect.offsets.my.control.cg-control-y", "{}"},
    };
    struct iceberg_summary s = read(pairs, 4);
    assert_string_equal(s.commit_id, "c");
    assert_int_equal(s.valid_through_ms, 1735787045123);
    assert_int_equal(s.n_offsets, 2);
    const struct iceberg_summary_offsets *o = iceberg_summary_find(&s, "my.control", "cg-control-x");
    assert_int_equal(o->n, 2);
    assert_int_equal(o->items[1].partition, 11);
    assert_int_equal(o->items[1].offset, INT64_MAX);
    assert_int_equal(iceberg_summary_find(&s, "my.control", "cg-control-y")->n, 0);
    for (size_t i = 0; i < ICEBERG_SUMMARY_COUNTERS; i++)
        assert_int_equal(s.counters[i], ICEBERG_UNKNOWN); /* no counter is there: nothing is zero */
    iceberg_summary_done(&s);
}

/* Sizes that a writer does not trust are left out: they are no zeros. */
static void test_untrusted(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"added-data-files", "3"}, {"total-records", "x"}, {"deleted-records", "-4"}};
    struct iceberg_summary s = read(pairs, 3);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_DATA_FILES], 3);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_BYTES], ICEBERG_UNKNOWN);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_POSITION_DELETES], ICEBERG_UNKNOWN);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_ADDED_DELETE_FILES], 0);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_TOTAL_RECORDS], ICEBERG_UNKNOWN);
    assert_int_equal(s.counters[ICEBERG_SUMMARY_DELETED_RECORDS], ICEBERG_UNKNOWN); /* malformed is not zero either */
    assert_int_equal(s.malformed, 2);
    iceberg_summary_done(&s);
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const offsets[] = {"",           "{",
                                          "[]",         "3",
                                          "{\"a\":1}",  "{\"0\":\"1\"}",
                                          "{\"0\":-1}", "{\"-1\":1}",
                                          "{\"\":1}",   "{\"4294967296\":1}",
                                          "{\"0\":1.5}"};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        const char *const pairs[][2] = {{"kafka.connect.offsets.c.g", offsets[i]},
                                        {"added-records", "99999999999999999999"}};
        struct iceberg_summary s = read(pairs, 2);
        assert_int_equal(s.n_offsets, 0);
        assert_int_equal(s.malformed, 2);
        iceberg_summary_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures),  cmocka_unit_test(test_times),     cmocka_unit_test(test_tabular),
        cmocka_unit_test(test_untrusted), cmocka_unit_test(test_malformed),
    };
    return cmocka_run_group_tests_name("iceberg/summary", tests, NULL, NULL);
}
