/* Tables that ought to keep step. */
#include "tests/unit/findings/table_facts.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)
#define FIRST   "iceberg_tables: catalog = \"lake\" and table = \"db.orders\""

static void open_facts(struct table_facts *f, const char *by)
{
    table_facts_open(f);
    f->set.by = by;
    for (size_t i = 0; i < TABLE_FACTS_TABLES; i++)
        vec_push(&f->set.tables, &f->tables[i]);
}

static void run_date(struct table_facts *f, size_t table, const char *marks)
{
    table_facts_text(f, table, "marks", marks);
}

static void times_are_out_of_step(void **state)
{
    (void)state;
    struct table_facts f;
    open_facts(&f, "last_commit");
    table_facts_silent(&f, NULL);
    table_facts_time(&f, 1, "last_commit", TABLE_FACTS_NOW - 2 * HOUR_MS);
    table_facts_expect(&f, "IT-T10", "set books",
                       "the tables of books are out of step: the last commit of db.lines is more than 1 h before that "
                       "of db.orders",
                       FIRST);
    const struct findings_look_said *said = table_facts_saw(&f, "IT-T10");
    assert_string_equal(said->cluster, "lake");
    assert_int_equal(said->hold_ms, HOUR_MS);
    assert_int_equal(said->evidence.n, 3);
    assert_string_equal(said->evidence.items[1].text, "the last commit of db.lines");
    assert_int_equal(said->evidence.items[1].time_ms, TABLE_FACTS_NOW - 2 * HOUR_MS);
    table_facts_time(&f, 1, "last_commit", TABLE_FACTS_NOW - HOUR_MS);
    table_facts_silent(&f, NULL);
    table_facts_done(&f);
}

/* What has not changed since needs not be watched again for as long. */
static void it_is_so_since_the_last_of_them_was_written(void **state)
{
    (void)state;
    struct table_facts f;
    open_facts(&f, "last_commit");
    table_facts_time(&f, 1, "last_commit", TABLE_FACTS_NOW - 9 * HOUR_MS);
    for (size_t i = 0; i < TABLE_FACTS_TABLES; i++)
        table_facts_time(&f, i, "updated", TABLE_FACTS_NOW - (int64_t)(5 - i) * HOUR_MS);
    assert_int_equal(table_facts_saw(&f, "IT-T10")->since_ms, TABLE_FACTS_NOW - 3 * HOUR_MS);
    f.tables[1].catalog = "pond";
    assert_string_equal(table_facts_saw(&f, "IT-T10")->text,
                        "the tables of books are out of step: the last commit of pond/db.lines is more than 1 h before "
                        "that of lake/db.orders");
    table_facts_done(&f);
}

/* A sink sets no valid-through while a partition is idle. */
static void a_table_without_valid_through_is_left_out(void **state)
{
    (void)state;
    struct table_facts f;
    open_facts(&f, "valid_through");
    table_facts_silent(&f, NULL);
    table_facts_time(&f, 0, "valid_through", TABLE_FACTS_NOW - 9 * HOUR_MS);
    table_facts_silent(&f, NULL);
    table_facts_time(&f, 2, "valid_through", TABLE_FACTS_NOW);
    table_facts_expect(&f, "IT-T10", "set books",
                       "the tables of books are out of step: the valid-through of db.orders is more than 1 h before "
                       "that of db.refunds",
                       FIRST);
    table_facts_done(&f);
}

static void marks_differ(void **state)
{
    (void)state;
    struct table_facts f;
    open_facts(&f, "summary:run");
    table_facts_silent(&f, NULL); /* none has it: nobody runs that job */
    run_date(&f, 0, "summary:run=2026-11-20");
    run_date(&f, 1, "summary:run=2026-11-20; property:owner=me");
    run_date(&f, 2, "summary:run=2026-11-20");
    table_facts_silent(&f, NULL);
    run_date(&f, 1, "summary:run=2026-11-19; property:owner=me");
    table_facts_expect(&f, "IT-T10", "set books",
                       "the tables of books are out of step by summary:run: db.orders has 2026-11-20, db.lines has "
                       "2026-11-19, db.refunds has 2026-11-20",
                       FIRST);
    assert_string_equal(table_facts_saw(&f, "IT-T10")->evidence.items[1].text, "db.lines has 2026-11-19");
    run_date(&f, 1, "property:owner=me");
    assert_string_equal(table_facts_saw(&f, "IT-T10")->text,
                        "the tables of books are out of step by summary:run: db.orders has 2026-11-20, db.lines has "
                        "none, db.refunds has 2026-11-20");
    table_facts_done(&f);
}

static void marks_that_are_times_are_compared_as_such(void **state)
{
    (void)state;
    struct table_facts f;
    open_facts(&f, "property:as-of");
    run_date(&f, 0, "property:as-of=2026-11-20T10:00:00Z");
    run_date(&f, 1, "property:as-of=2026-11-20T09:30:00Z");
    run_date(&f, 2, "property:as-of=2026-11-20T11:00:00+01:00");
    table_facts_silent(&f, NULL);
    run_date(&f, 1, "property:as-of=2026-11-20T08:30:00Z");
    assert_string_equal(table_facts_saw(&f, "IT-T10")->text,
                        "the tables of books are out of step: the property:as-of of db.lines is more than 1 h before "
                        "that of db.orders");
    table_facts_done(&f);
}

static void what_cannot_be_read_stands(void **state)
{
    (void)state;
    struct table_facts f;
    open_facts(&f, "last_commit");
    table_facts_time(&f, 1, "last_commit", TABLE_FACTS_NOW - 2 * HOUR_MS);
    f.tables[2].blind = true;
    table_facts_silent(&f, NULL);
    bool unsure = false;
    for (size_t i = 0; i < f.look.unsure.n; i++)
        unsure |= strcmp(f.look.unsure.items[i].subject, "set books") == 0;
    assert_true(unsure);
    table_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_out_of_step),
        cmocka_unit_test(it_is_so_since_the_last_of_them_was_written),
        cmocka_unit_test(a_table_without_valid_through_is_left_out),
        cmocka_unit_test(marks_differ),
        cmocka_unit_test(marks_that_are_times_are_compared_as_such),
        cmocka_unit_test(what_cannot_be_read_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
