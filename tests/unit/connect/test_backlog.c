/* How far source partitions are in tables: each rule by facts made by hand. */
#include "tests/unit/connect/backlog_made.h"
#include "tests/unit/unit.h"

#define ONE "11111111-0000-0000-0000-000000000000"
#define TWO "22222222-0000-0000-0000-000000000000"

static const char *const orders[] = {"db.orders", "db.returns"};

/* One cycle: partition 0 up to 100 and 1 up to 50 by one task, 140 rows at offset 1; the answer at 2. */
static void first_cycle(void)
{
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 140);
    made_answered(AT(2, 1000, "w"), 0, 2, (const int64_t[]){100, 50});
}

static void second_cycle(void)
{
    made_wrote(AT(5, 11000, "w"), "db.orders", ONE, NULL, 60);
    made_answered(AT(6, 11000, "w"), 0, 2, (const int64_t[]){150, 60});
}

static void read_first(int64_t ms)
{
    made_table(
        &(struct made_table){.table = "db.orders", .uuid = ONE, .ms = ms, .n = 1, .snapshots = {{1, 1500, 3, 1, 140}}});
}

static void read_both(int64_t ms)
{
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = ms,
                                    .n = 2,
                                    .snapshots = {{2, 11500, 7, 1, 60}, {1, 1500, 3, 1, 140}}});
}

static void sources(int64_t end0, int64_t end1, int64_t ms)
{
    made_source(0, NO, end0, ms);
    made_source(1, NO, end1, ms);
}

/* ---- the plain cases ---- */

static void nothing_pending(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    first_cycle();
    made_control(0, 4, 2000);
    read_first(2100);
    sources(130, 50, 2200);
    made_check_lag(0, QUALITY_EXACT, 30);
    made_check_lag(1, QUALITY_EXACT, 0);
    made_check_rows("db.orders", 0, 0, 0);
    assert_int_equal(made_covered(0, "db.orders")->covered, 100);
    assert_int_equal(made_covered(0, "db.orders")->time_ms, T0 + 100);
    assert_int_equal(made_group()->lag, 30);
    assert_int_equal(made_group()->lag_quality, QUALITY_EXACT);
    assert_true(made_of("db.orders")->known);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

/* Files that no snapshot has hold back all partitions of the answer, and what came after them. */
static void pending(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    first_cycle();
    second_cycle();
    made_answer(AT(8, 21000, "w"), 0, 170); /* all of it was filtered out */
    made_commit(3, 21500);
    made_control(0, 10, 22000);
    read_first(22100);
    sources(170, 60, 22200);
    made_check_lag(0, QUALITY_EXACT, 70);
    made_check_lag(1, QUALITY_EXACT, 10);
    made_check_rows("db.orders", 60, 0, 0);
    assert_int_equal(made_covered(0, "db.orders")->pending_rows, 60);
    assert_int_equal(made_of("db.orders")->pending_since_ms, T0 + 11000);
    const struct connect_backlog_files *f = &made_of("db.orders")->files.items[0];
    assert_int_equal(made_of("db.orders")->files.n, 1);
    assert_int_equal(f->control_offset, 5);
    assert_int_equal(f->sums.bytes, 600);
    assert_string_equal(f->uuid, ONE);
    read_both(23000);                     /* it arrives */
    made_check_lag(0, QUALITY_EXACT, 70); /* stands: the end was read before the table */
    sources(175, 60, 23100);
    made_check_lag(0, QUALITY_EXACT, 5);
    made_check_lag(1, QUALITY_EXACT, 0);
    made_check_rows("db.orders", 0, 0, 0);
}

/* Another task's answers are not held back. */
static void two_tasks(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_answer(AT(1, 1000, "v"), 1, 40);
    made_answer(AT(3, 1000, "w"), 0, 90);
    made_wrote(AT(5, 11000, "v"), "db.orders", ONE, NULL, 10);
    made_wrote(AT(6, 11000, "w"), "db.orders", ONE, NULL, 20);
    made_answer(AT(7, 11000, "v"), 1, 50); /* answers before the other has: its files are its own */
    made_answer(AT(8, 11000, "w"), 0, 110);
    made_control(0, 10, 12000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 12100, .n = 1, .snapshots = {{1, 11500, 6, 1, 10}}});
    sources(110, 50, 12200);
    made_check_lag(0, QUALITY_EXACT, 20);
    made_check_lag(1, QUALITY_EXACT, 0);
}

static void no_answer(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_source(0, 70, 100, 1000);
    made_check_lag(0, QUALITY_GE, 30); /* what was announced is not known yet */
    made_commit(0, 1100);
    made_control(0, 0, 2000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 2100});
    made_source(0, 70, 100, 2200);
    made_check_lag(0, QUALITY_EXACT, 30);
    made_source(0, NO, 100, 2300);
    made_check_lag(0, QUALITY_UNKNOWN, NO);
}

/* The earliest answer that is there is pending: at least what came after the last one, and the rows. */
static void first_is_pending(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    first_cycle();
    made_control(0, 4, 2000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 2100});
    sources(130, 50, 2200);
    made_check_lag(0, QUALITY_GE, 30);
    made_check_lag(1, QUALITY_GE, 0);
    assert_int_equal(made_covered(0, "db.orders")->quality, QUALITY_LE);
    assert_int_equal(made_covered(0, "db.orders")->covered, 100);
    assert_int_equal(made_group()->lag_quality, QUALITY_GE);
    assert_int_equal(made_group()->lag, 30 + 140); /* whose the rows are is not known, but all are theirs */
}

/* Of one partition alone it is known whose they are. */
static void first_is_pending_alone(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answered(AT(2, 1000, "w"), 0, 2, (const int64_t[]){100, NO});
    made_control(0, 4, 2000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 2100});
    sources(130, 0, 2200);
    made_check_lag(0, QUALITY_GE, 110);
    made_check_lag(1, QUALITY_UNKNOWN, NO);
    assert_int_equal(made_group()->lag, 110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, made_begin, made_end)
        TEST(nothing_pending), TEST(pending),          TEST(two_tasks),
        TEST(no_answer),       TEST(first_is_pending), TEST(first_is_pending_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
