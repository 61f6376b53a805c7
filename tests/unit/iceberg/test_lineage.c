/* Ancestries: recorded ones, and those of metadata that is out of order, cut short, or bites its tail. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "iceberg/lineage.h"
#include "tests/unit/iceberg/captures.h"

/* "3 2 1" of the ids of an ancestry. */
static void assert_lineage(const struct iceberg_metadata *m, int64_t from, const char *expected,
                           enum iceberg_lineage_end end, int64_t missing)
{
    struct iceberg_lineage l;
    struct str text = {0};
    iceberg_lineage_init(&l, m, from);
    for (size_t i = 0; i < l.n; i++)
        str_printf(&text, "%s%lld", i ? " " : "", (long long)m->snapshots[l.items[i]].id);
    assert_string_equal(str_text(&text), expected);
    assert_int_equal(l.end, end);
    assert_int_equal(l.missing_id, missing);
    str_done(&text);
    iceberg_lineage_done(&l);
}

static void test_capture(void **state)
{
    (void)state;
    struct iceberg_metadata *m = captures_metadata("healthy-1.9.2/wh/db/orders/metadata/v8.metadata.json");
    struct iceberg_lineage l;
    iceberg_lineage_init(&l, m, m->current_snapshot_id);
    assert_int_equal(l.n, 7);
    assert_int_equal(l.end, ICEBERG_LINEAGE_ROOT);
    for (size_t i = 0; i < l.n; i++)
        assert_int_equal(l.items[i], 6 - i);
    iceberg_lineage_done(&l);
    iceberg_metadata_free(m);
}

static void test_odd(void **state)
{
    (void)state;
    /* 1 ← 2 ← 4 main, 2 ← 3 audit, 5 staged on 4; 6 and 7 each the other's parent, 8 its own; 9's parent expired. */
    struct iceberg_metadata *m = captures_parse(
        "{\"format-version\":2,\"current-snapshot-id\":4,\"refs\":{\"audit\":{\"snapshot-id\":3,\"type\":\"branch\"},"
        "\"gone\":{\"snapshot-id\":77,\"type\":\"tag\"}},\"snapshots\":["
        "{\"snapshot-id\":4,\"parent-snapshot-id\":2,\"timestamp-ms\":9},{\"snapshot-id\":9,\"parent-snapshot-id\":66},"
        "{\"snapshot-id\":1,\"parent-snapshot-id\":-1,\"timestamp-ms\":10},{\"snapshot-id\":2,\"parent-snapshot-id\":1}"
        ","
        "{\"snapshot-id\":3,\"parent-snapshot-id\":2},{\"snapshot-id\":5,\"parent-snapshot-id\":4},"
        "{\"snapshot-id\":6,\"parent-snapshot-id\":7},{\"snapshot-id\":7,\"parent-snapshot-id\":6},"
        "{\"snapshot-id\":8,\"parent-snapshot-id\":8},{\"snapshot-id\":2,\"parent-snapshot-id\":9}]}");
    assert_lineage(m, m->current_snapshot_id, "4 2 1", ICEBERG_LINEAGE_ROOT, ICEBERG_UNKNOWN);
    assert_lineage(m, 3, "3 2 1", ICEBERG_LINEAGE_ROOT, ICEBERG_UNKNOWN);
    assert_lineage(m, 9, "9", ICEBERG_LINEAGE_EXPIRED, 66);
    assert_lineage(m, 6, "6 7", ICEBERG_LINEAGE_CYCLE, ICEBERG_UNKNOWN);
    assert_lineage(m, 8, "8", ICEBERG_LINEAGE_CYCLE, ICEBERG_UNKNOWN);
    assert_lineage(m, 77, "", ICEBERG_LINEAGE_NONE, 77);
    assert_lineage(m, ICEBERG_UNKNOWN, "", ICEBERG_LINEAGE_NONE, ICEBERG_UNKNOWN);
    iceberg_metadata_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_capture), cmocka_unit_test(test_odd)};
    return cmocka_run_group_tests_name("iceberg/lineage", tests, NULL, NULL);
}
