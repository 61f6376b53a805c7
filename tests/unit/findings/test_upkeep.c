/* Upkeep of tables: what grows, small files, other writers, commits that have ceased. */
#include "tests/unit/findings/table_facts.h"
#include "tests/unit/unit.h"

#define DAY_MS (INT64_C(24) * 3600000)
#define KIB    INT64_C(1024)

static void all_is_well(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    table_facts_silent(&f, NULL);
    vec_push(&f.tables[0].sinks, &f.sink);
    table_facts_silent(&f, NULL);
    table_facts_done(&f);
}

/* ---- IT-T01 ---- */

static void snapshots_are_not_expired(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    struct findings_table *t = &f.tables[0];
    t->oldest_ms = TABLE_FACTS_NOW - 12 * DAY_MS - 5 * 60000;
    t->nsnapshots = 3400;
    t->metadata_bytes = 2 * KIB * KIB;
    table_facts_expect(&f, "IT-T01", "table db.orders",
                       "db.orders keeps 3.40 k snapshots, some of 12 d old, and each commit writes 2.0 MiB of metadata",
                       "iceberg_tables: catalog = \"lake\" and table = \"db.orders\"");
    assert_int_equal(table_facts_saw(&f, "IT-T01")->severity, FINDINGS_INFO);
    t->metadata_bytes = CONNECT_EVENT_UNKNOWN;
    assert_string_equal(table_facts_saw(&f, "IT-T01")->text, "db.orders keeps 3.40 k snapshots, some of 12 d old");
    t->metadata_bytes = 6 * KIB * KIB;
    assert_int_equal(table_facts_saw(&f, "IT-T01")->severity, FINDINGS_WARNING);
    table_facts_done(&f);
}

static void large_metadata_is_told_of_a_young_table_too(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    f.tables[1].nsnapshots = 5000;
    f.tables[1].metadata_bytes = 7 * KIB * KIB;
    const struct findings_look_said *said = table_facts_saw(&f, "IT-T01");
    assert_non_null(said);
    assert_string_equal(said->subject, "table db.lines");
    assert_int_equal(said->severity, FINDINGS_WARNING);
    table_facts_done(&f);
}

static void young_or_expired_tables_do_not_grow(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    struct findings_table *t = &f.tables[0];
    t->nsnapshots = 4000; /* many and young */
    t->metadata_bytes = 3 * KIB * KIB;
    table_facts_silent(&f, NULL);
    t->oldest_ms = TABLE_FACTS_NOW - 90 * DAY_MS; /* old and few: a tag keeps one */
    t->nsnapshots = 60;
    t->metadata_bytes = 200 * KIB;
    table_facts_silent(&f, NULL);
    t->nsnapshots = 1400; /* what expiry after five days leaves */
    t->oldest_ms = TABLE_FACTS_NOW - 5 * DAY_MS;
    t->metadata_bytes = 2 * KIB * KIB;
    table_facts_silent(&f, NULL);
    table_facts_done(&f);
}

/* What cannot be read now stands as it was said. */
static void a_blind_table_is_not_judged(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    f.tables[0].oldest_ms = TABLE_FACTS_NOW - 12 * DAY_MS;
    f.tables[0].nsnapshots = 3400;
    f.tables[0].blind = true;
    table_facts_silent(&f, NULL);
    assert_true(f.look.unsure.n > 0);
    assert_string_equal(f.look.unsure.items[0].subject, "table db.orders");
    f.tables[0].blind = false;
    table_facts_text(&f, 0, "state", "unread");
    table_facts_silent(&f, NULL);
    assert_true(f.look.unsure.n > 0);
    table_facts_text(&f, 0, "state", "read");
    assert_non_null(table_facts_saw(&f, "IT-T01"));
    table_facts_text(&f, 0, "state", "missing"); /* what is gone needs no upkeep */
    table_facts_silent(&f, NULL);
    assert_int_equal(f.look.unsure.n, 0);
    table_facts_done(&f);
}

/* ---- IT-T02 ---- */

/* Two hours of commits, each of so many files of so many bytes. */
static void commits_of(struct table_facts *f, size_t table, int64_t files, int64_t bytes)
{
    struct findings_table *t = &f->tables[table];
    table_facts_age(f, table, 30000, 3 * TABLE_FACTS_EVERY_MS);
    for (size_t i = 0; i < t->snapshots.n; i++) {
        t->snapshots.items[i].added_files = files;
        t->snapshots.items[i].added_bytes = files * bytes;
    }
    table_facts_int(f, table, "file_bytes", bytes);
}

static void files_are_small(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    commits_of(&f, 0, 4, 1200 * KIB);
    table_facts_expect(&f, "IT-T02", "table db.orders",
                       "commits to db.orders add 4.0 files of 1.2 MiB each, where 512 MiB are wanted, every 3 m",
                       "iceberg_tables: catalog = \"lake\" and table = \"db.orders\"");
    vec_push(&f.tables[0].sinks, &f.sink);
    for (int64_t i = 0; i < 4; i++)
        vec_push(&f.sink.tasks, ((struct findings_task){.task = i, .state = "RUNNING", .assigned = 2}));
    assert_string_equal(table_facts_saw(&f, "IT-T02")->text,
                        "commits to db.orders add 4.0 files of 1.2 MiB each, where 512 MiB are wanted: 4 tasks of "
                        "orders-sink for 1 partition of the table, every 3 m; with one task they would be 4.7 MiB");
    table_facts_done(&f);
}

static void files_are_not_judged_too_early(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    commits_of(&f, 0, 4, 1200 * KIB);
    table_facts_age(&f, 0, 30000, 60000); /* forty minutes */
    table_facts_silent(&f, NULL);
    commits_of(&f, 0, 2, 1200 * KIB); /* 80 files */
    table_facts_silent(&f, NULL);
    commits_of(&f, 0, 4, 17 * KIB * KIB); /* larger than a 32nd of what is wanted */
    table_facts_silent(&f, NULL);
    table_facts_done(&f);
}

static void compaction_makes_large_files_of_small_ones(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    commits_of(&f, 0, 4, 1200 * KIB);
    struct findings_snapshot *s = table_facts_other(&f, 0, 7, "spark");
    s->operation = "replace";
    table_facts_int(&f, 0, "file_bytes", 200 * KIB * KIB);
    table_facts_silent(&f, NULL);
    table_facts_int(&f, 0, "file_bytes", 1500 * KIB); /* it does not */
    assert_non_null(table_facts_saw(&f, "IT-T02"));
    table_facts_done(&f);
}

/* ---- IT-T03 ---- */

static void others_write_too(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    table_facts_other(&f, 0, 12, "spark");
    table_facts_other(&f, 0, 5, "spark")->operation = "overwrite";
    table_facts_expect(&f, "IT-T03", "table db.orders",
                       "spark made 2 snapshots of db.orders between those of the sink, the last one by overwrite",
                       "snapshots: catalog = \"lake\" and table = \"db.orders\" and snapshot_id = 995");
    assert_int_equal(table_facts_saw(&f, "IT-T03")->since_ms, f.tables[0].snapshots.items[12].made_ms);
    f.tables[0].namesake = true; /* each of a name has its own */
    assert_string_equal(table_facts_saw(&f, "IT-T03")->subject, "table lake/db.orders");
    table_facts_done(&f);
}

static void two_sinks_write_by_turns(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    for (size_t i = 1; i < 20; i += 2)
        f.tables[0].snapshots.items[i].keys = "control-iceberg.connect-other {\"0\":7}";
    table_facts_expect(&f, "IT-T03", "table db.orders",
                       "two sinks write to db.orders by turns: their control topics and groups are "
                       "control-iceberg.connect-orders-sink and control-iceberg.connect-other",
                       "snapshots: catalog = \"lake\" and table = \"db.orders\" and snapshot_id = 999");
    table_facts_done(&f);
}

static void who_is_no_other_writer(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    table_facts_other(&f, 0, 5, "spark")->operation = "replace"; /* compaction */
    for (size_t i = 30; i < TABLE_FACTS_COMMITS; i++)
        table_facts_other(&f, 0, i, "spark"); /* before the sink began */
    table_facts_other(&f, 1, 3, "spark")->on_branch = false;
    for (size_t i = 10; i < TABLE_FACTS_COMMITS; i++) /* one sink after the other */
        f.tables[1].snapshots.items[i].keys = "control-iceberg.connect-before {\"0\":7}";
    for (size_t i = 0; i < TABLE_FACTS_COMMITS; i++) /* no sink at all */
        table_facts_other(&f, 2, i, i % 2 ? "spark" : "flink");
    table_facts_silent(&f, NULL);
    table_facts_age(&f, 0, 30000, 60000);
    table_facts_other(&f, 0, 20, "spark");
    f.tables[0].snapshots.items[20].made_ms = TABLE_FACTS_NOW - 2 * DAY_MS; /* long ago */
    table_facts_silent(&f, NULL);
    table_facts_done(&f);
}

/* ---- IT-T04 ---- */

static void commits_cease(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    table_facts_age(&f, 0, 20 * 60000, 60000);
    table_facts_other(&f, 0, 0, "flink");
    table_facts_expect(&f, "IT-T04", "table db.orders",
                       "db.orders was committed to every 1 m, at most 1 m apart, and has not been since",
                       "iceberg_tables: catalog = \"lake\" and table = \"db.orders\"");
    const struct findings_look_said *said = table_facts_saw(&f, "IT-T04");
    assert_int_equal(said->since_ms, TABLE_FACTS_NOW - 20 * 60000);
    assert_int_equal(said->severity, FINDINGS_WARNING);
    f.tables[0].snapshots.items[0].keys = TABLE_FACTS_KEY " {\"0\":120}"; /* a sink, which may rest */
    said = table_facts_saw(&f, "IT-T04");
    assert_int_equal(said->severity, FINDINGS_INFO);
    assert_non_null(said->missing);
    table_facts_done(&f);
}

static void commits_do_not_cease(void **state)
{
    (void)state;
    struct table_facts f;
    table_facts_open(&f);
    table_facts_age(&f, 0, 14 * 60000, 60000); /* a quarter of an hour is always allowed */
    table_facts_silent(&f, NULL);
    table_facts_age(&f, 0, 20 * 60000, 60000);
    f.tables[0].snapshots.items[4].gap_s = 900; /* it has rested as long before */
    table_facts_silent(&f, NULL);
    table_facts_age(&f, 0, 20 * 60000, 60000);
    f.tables[0].snapshots.n = 9; /* nobody knows its rhythm */
    table_facts_silent(&f, NULL);
    f.tables[0].snapshots.n = TABLE_FACTS_COMMITS;
    vec_push(&f.tables[0].sinks, &f.sink);
    f.sink.by_topic = true; /* its sink tells of itself */
    table_facts_silent(&f, NULL);
    f.sink.by_topic = false;
    f.sink.state = "PAUSED";
    table_facts_silent(&f, NULL);
    f.sink.state = "RUNNING";
    assert_non_null(table_facts_saw(&f, "IT-T04"));
    table_facts_age(&f, 0, 26 * 3600000, DAY_MS); /* once a day */
    table_facts_silent(&f, NULL);
    table_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(snapshots_are_not_expired),
        cmocka_unit_test(large_metadata_is_told_of_a_young_table_too),
        cmocka_unit_test(young_or_expired_tables_do_not_grow),
        cmocka_unit_test(a_blind_table_is_not_judged),
        cmocka_unit_test(files_are_small),
        cmocka_unit_test(files_are_not_judged_too_early),
        cmocka_unit_test(compaction_makes_large_files_of_small_ones),
        cmocka_unit_test(others_write_too),
        cmocka_unit_test(two_sinks_write_by_turns),
        cmocka_unit_test(who_is_no_other_writer),
        cmocka_unit_test(commits_cease),
        cmocka_unit_test(commits_do_not_cease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
