/* Files that are in no snapshot, and snapshots that contradict what was announced: by facts made by hand. */
#include "tests/unit/connect/backlog_made.h"
#include "tests/unit/unit.h"

#define ONE "11111111-0000-0000-0000-000000000000"
#define TWO "22222222-0000-0000-0000-000000000000"

static const char *const orders[] = {"db.orders", "db.returns"};

/* ---- dead, lost ---- */

/* Files for a table that is not there any more hold nothing back. */
static void dead(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 80);
    made_wrote(AT(5, 11000, "w"), "db.orders", TWO, NULL, 20);
    made_answer(AT(6, 11000, "w"), 0, 100);
    made_control(0, 8, 12000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = TWO, .ms = 12100, .n = 1, .snapshots = {{1, 11500, 7, 1, 20}}});
    made_source(0, NO, 100, 12200);
    made_check_rows("db.orders", 0, 0, 80);
    made_check_lag(0, QUALITY_EXACT, 0);
    assert_true(made_of("db.orders")->replaced);
    assert_int_equal(made_of("db.orders")->odd.n, 0); /* another table's files are not missing */
}

/* The coordinator went on without them. */
static void lost(void **state)
{
    (void)state;
    made_answer(AT(0, 500, "w"), 0, 10);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 90);
    made_commit(1, 1500);
    made_control(0, 4, 2000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 2100});
    made_source(0, NO, 90, 2200);
    made_check_rows("db.orders", 80, 0, 0);
    made_check_lag(0, QUALITY_EXACT, 80);
    made_commit(4, 3000);
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 3100);
    made_check_rows("db.orders", 0, 80, 0);
    made_source(0, NO, 95, 3200);
    made_check_lag(0, QUALITY_EXACT, 5);
    assert_int_equal(made_of("db.orders")->files.items[0].state, CONNECT_BACKLOG_LOST);
    made_commit(1, 4000); /* it goes back: they are read again */
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 4100);
    made_check_rows("db.orders", 80, 0, 0);
    made_control(10, 12, 5000);
}

/* Lost files are told of as long as the control topic has them. */
static void lost_and_forgotten(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 0});
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 90);
    made_commit(4000, 1500);
    for (int64_t i = 2; i < 1000; i++)
        made_answer(AT(2 * i, 1000 + i, "w"), 0, 90 + i);
    made_control(0, 2000, 4000);
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 4100);
    made_check_rows("db.orders", 0, 80, 0);
    made_answer(AT(2000, 5000, "w"), 0, 2000); /* its answer has been let go by now */
    made_check_rows("db.orders", 0, 80, 0);
    made_control(1500, 2002, 6000);
    made_check_rows("db.orders", 0, 0, 0);
}

static void missing_table(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 90);
    made_control(0, 4, 2000);
    made_check_rows("db.orders", 0, 0, 0); /* not read: nothing is known */
    assert_false(made_of("db.orders")->known);
    made_source(0, NO, 95, 2000);
    made_check_lag(0, QUALITY_GE, 5);
    made_table(&(struct made_table){.table = "db.orders", .missing = true, .ms = 2100});
    made_check_rows("db.orders", 80, 0, 0);
    assert_true(made_of("db.orders")->missing);
    connect_backlog_table_gone(made, "lake", "db.orders");
    assert_false(made_of("db.orders")->known);
    assert_null(made_of("db.orders")->catalog);
}

/* A table that was there and is no more: what its snapshots had is not announced anew, and what comes after them is lost once
 * the coordinator has gone past it. */
static void table_goes(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 80);
    struct made_table there = {.table = "db.orders",
                               .ms = 2000,
                               .n = 1,
                               .snapshots = {{.id = 1, .ms = 1500, .floor = 3, .files = 1, .rows = 80}}};
    made_control(0, 4, 2000);
    made_table(&there);
    made_check_rows("db.orders", 0, 0, 0);
    made_wrote(AT(5, 3000, "w"), "db.orders", TWO, NULL, 20);
    made_answer(AT(6, 3000, "w"), 0, 100);
    made_control(0, 8, 4000);
    made_table(&(struct made_table){.table = "db.orders", .missing = true, .ms = 4100});
    assert_true(made_of("db.orders")->missing);
    made_check_rows("db.orders", 20, 0, 0);
    made_commit(8, 4500);
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 5000);
    made_check_rows("db.orders", 0, 20, 0);
    there.ms = 6000; /* it is back */
    made_table(&there);
    assert_false(made_of("db.orders")->missing);
    made_check_rows("db.orders", 0, 20, 0);
}

/* ---- floors ---- */

/* The key of another group, or of none: the ancestors' count. */
static void walks_through(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 80);
    made_control(0, 4, 2000);
    struct connect_cycles_offset offset = {0, 1000};
    struct connect_backlog_key others = {"control.connect-sink-2", &offset, 1};
    struct connect_backlog_snapshot s = {.id = 2,
                                         .made_ms = T0 + 1500,
                                         .appends = true,
                                         .added_files = 7,
                                         .added_rows = 7,
                                         .added_bytes = 7,
                                         .keys = &others,
                                         .nkeys = 1};
    struct connect_backlog_table t = {.catalog = "lake",
                                      .table = "db.orders",
                                      .uuid = ONE,
                                      .whole = true,
                                      .snapshots = &s,
                                      .n = 1,
                                      .began_ms = T0 + 2100};
    connect_backlog_table(made, &t);
    made_check_rows("db.orders", 80, 0, 0);
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = 2200,
                                    .n = 3,
                                    .snapshots = {{4, 1700, NO, 1, 5}, {3, 1600, 3, 1, 80}, {2, 1500, NO, 7, 7}}});
    made_check_rows("db.orders", 0, 0, 0);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

/* The snapshots with offsets have expired: what was known of this table stays; of another nothing is known. */
static void expired(void **state)
{
    (void)state;
    made_answer(AT(0, 500, "w"), 0, 10);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 1000, "w"), 0, 90);
    made_control(0, 4, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 1500, 3, 1, 80}}});
    struct made_table later = {
        .table = "db.orders", .uuid = ONE, .expired = true, .ms = 3000, .n = 1, .snapshots = {{9, 2900, NO, 1, 5}}};
    made_table(&later);
    made_source(0, NO, 95, 3100);
    made_check_lag(0, QUALITY_EXACT, 5);
    made_wrote(AT(5, 4000, "w"), "db.orders", ONE, NULL, 5);
    made_answer(AT(6, 4000, "w"), 0, 95);
    made_control(0, 8, 5000);
    made_check_rows("db.orders", 5, 0, 0);
    later.uuid = TWO;
    later.ms = 6000;
    made_table(&later);
    made_check_rows("db.orders", 0, 0, 85);
    made_wrote(AT(9, 7000, "w"), "db.orders", TWO, NULL, 1);
    made_answer(AT(10, 7000, "w"), 0, 96);
    made_control(0, 12, 8000);
    made_check_rows("db.orders", 0, 0, 85); /* nor is it pending */
    made_source(0, NO, 97, 9000);
    made_check_lag(0, QUALITY_GE, 1);
}

/* The control topic is cut: files may have been announced before that wait still. */
static void cut(void **state)
{
    (void)state;
    made_answer(AT(1000, 1000, "w"), 0, 500);
    made_control(900, 1002, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 500, 700, 1, 80}}});
    made_tables(false, 1, orders);
    made_source(0, NO, 520, 2200);
    made_check_lag(0, QUALITY_GE, 20);
    made_commit(950, 2300); /* the coordinator has nothing more of it */
    made_source(0, NO, 520, 2400);
    made_check_lag(0, QUALITY_EXACT, 20);
}

/* ---- accounting ---- */

static void two_cycles(const char *uuid)
{
    made_wrote(AT(1, 1000, "w"), "db.orders", uuid, "a", 80);
    made_answer(AT(2, 1000, "w"), 0, 80);
    made_wrote(AT(5, 11000, "w"), "db.orders", uuid, "b", 20);
    made_answer(AT(6, 11000, "w"), 0, 100);
    made_control(0, 8, 12000);
}

/* The table was replaced, and files do not say of which they were: its first snapshot lacks those of the old one. */
static void short_of_the_first(void **state)
{
    (void)state;
    two_cycles(NULL);
    struct made_table t = {.table = "db.orders", .ms = 12100, .n = 1, .snapshots = {{1, 11500, 7, 1, 20}}};
    made_table(&t);
    made_check_rows("db.orders", 80, 0, 0);
    made_commit(7, 12200);
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 12300);
    made_source(0, NO, 100, 12400);
    made_check_rows("db.orders", 0, 80, 0);
    made_check_lag(0, QUALITY_EXACT, 0);
    const struct connect_backlog_odd *odd = made_of("db.orders")->odd.items;
    assert_int_equal(made_of("db.orders")->odd.n, 1);
    assert_int_equal(odd->missing_files, 1);
    assert_int_equal(odd->missing_rows, 80);
    assert_int_equal(odd->surplus_files, 0);
    /* it stays so when the snapshot has expired */
    t = (struct made_table){
        .table = "db.orders", .expired = true, .ms = 13000, .n = 1, .snapshots = {{2, 12500, 9, 0, 0}}};
    made_table(&t);
    made_check_rows("db.orders", 0, 80, 0);
}

/* Which file is missing cannot be told: as much as is. */
static void short_of_some(void **state)
{
    (void)state;
    two_cycles(ONE);
    made_commit(7, 12000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 12100, .n = 1, .snapshots = {{1, 11500, 7, 1, 60}}});
    made_check_rows("db.orders", 0, 40, 0);
    assert_int_equal(made_of("db.orders")->odd.items[0].missing_rows, 40);
    assert_int_equal(made_of("db.orders")->sums[CONNECT_BACKLOG_LOST].files, 1);
}

static void surplus(void **state)
{
    (void)state;
    two_cycles(ONE);
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = 12100,
                                    .n = 2,
                                    .snapshots = {{2, 11500, 7, 2, 100}, {1, 1500, 3, 1, 80}}});
    made_check_rows("db.orders", 0, 0, 0);
    const struct connect_backlog_odd *odd = made_of("db.orders")->odd.items;
    assert_int_equal(made_of("db.orders")->odd.n, 1);
    assert_int_equal(odd->snapshot_id, 2);
    assert_int_equal(odd->surplus_files, 1);
    assert_int_equal(odd->surplus_rows, 80);
    assert_int_equal(odd->missing_files, 0);
}

/* A path that is announced twice is one file; files without rows are none. */
static void same_path(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, "a", 80);
    made_wrote(AT(2, 1000, "w"), "db.orders", ONE, "empty", 0);
    made_answer(AT(3, 1000, "w"), 0, 80);
    made_wrote(AT(5, 1100, "v"), "db.orders", ONE, "a", 80);
    made_answer(AT(6, 1100, "v"), 1, 80);
    made_control(0, 8, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 1500, 7, 1, 80}}});
    made_check_rows("db.orders", 0, 0, 0);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

/* Several snapshots of one commit, of which the last has the offsets. */
static void in_parts(void **state)
{
    (void)state;
    two_cycles(ONE);
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = 12100,
                                    .n = 2,
                                    .snapshots = {{2, 11500, 7, 1, 20}, {1, 11400, NO, 1, 80}}});
    made_check_rows("db.orders", 0, 0, 0);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

/* No word on a snapshot of whose files not all were seen, or whose parent is not known. */
static void no_accounting(void **state)
{
    (void)state;
    made_wrote(AT(5, 11000, "w"), "db.orders", ONE, NULL, 20);
    made_answer(AT(6, 11000, "w"), 0, 100);
    struct made_table t = {.table = "db.orders", .uuid = ONE, .ms = 12100, .n = 1, .snapshots = {{1, 11500, 7, 9, 9}}};
    made_table(&t);
    made_control(4, 6, 12000);
    assert_int_equal(made_of("db.orders")->odd.n, 0); /* is not read up to its offset */
    made_control(4, 8, 12000);
    assert_int_equal(made_of("db.orders")->odd.n, 0); /* began later */
    made_check_rows("db.orders", 0, 0, 0);
    t.expired = true;
    made_table(&t);
    made_control(0, 9, 13000);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

/* Retention deletes what was read: it is known all the same. */
static void deleted_since(void **state)
{
    (void)state;
    made_answer(AT(0, 500, "w"), 0, 10);
    made_wrote(AT(5, 11000, "w"), "db.orders", ONE, NULL, 20);
    made_answer(AT(6, 11000, "w"), 0, 30);
    made_control(0, 8, 12000);
    made_control(7, 8, 13000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 13100});
    made_source(0, NO, 35, 13200);
    made_check_rows("db.orders", 20, 0, 0);
    made_check_lag(0, QUALITY_EXACT, 25);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 14000, .n = 1, .snapshots = {{1, 13500, 7, 2, 25}}});
    made_check_rows("db.orders", 0, 0, 0);
    assert_int_equal(made_of("db.orders")->odd.n, 1);
    assert_int_equal(made_of("db.orders")->odd.items[0].surplus_rows, 5);
}

static void back(void **state)
{
    (void)state;
    two_cycles(ONE);
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = 12100,
                                    .n = 2,
                                    .snapshots = {{2, 12000, 3, 0, 0}, {1, 11500, 7, 2, 100}}});
    made_check_rows("db.orders", 0, 0, 0); /* the greatest counts */
    assert_int_equal(made_of("db.orders")->odd.n, 1);
    assert_true(made_of("db.orders")->odd.items[0].back);
}

/* ---- another control topic ---- */

static void beyond_the_end(void **state)
{
    (void)state;
    made_answer(AT(2, 1000, "w"), 0, 80);
    made_control(0, 4, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 500, 400, 1, 80}}});
    made_tables(false, 1, orders);
    assert_false(made_of("db.orders")->recreated); /* the end may have grown since */
    made_control(0, 5, 2200);
    assert_true(made_of("db.orders")->recreated);
}

static void younger_than_what_covers(void **state)
{
    (void)state;
    made_wrote(AT(1, 10000, "w"), "db.orders", ONE, NULL, 80);
    made_answer(AT(2, 10000, "w"), 0, 80);
    made_control(0, 4, 20000);
    struct made_table t = {
        .table = "db.orders", .uuid = ONE, .ms = 20100, .n = 1, .snapshots = {{1, 8000, 400, 1, 80}}};
    made_table(&t);
    made_check_rows("db.orders", 0, 0, 0); /* clocks may differ so much */
    t.snapshots[0] = (struct made_snapshot){2, 7999, 400, 1, 80};
    made_table(&t);
    made_check_rows("db.orders", 80, 0, 0);
    assert_true(made_of("db.orders")->recreated);
}

/* The control topic begins anew while it is read. */
static void made_anew(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_answer(AT(100, 1000, "w"), 0, 70);
    made_wrote(AT(101, 2000, "w"), "db.orders", ONE, NULL, 10);
    made_answer(AT(102, 2000, "w"), 0, 80);
    made_control(0, 104, 3000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 3100});
    made_source(0, NO, 80, 3200);
    made_check_lag(0, QUALITY_EXACT, 10);
    made_wrote(AT(1, 60000, "w"), "db.orders", ONE, NULL, 5);
    made_answer(AT(2, 60000, "w"), 0, 85);
    made_control(0, 4, 61000);
    made_check_rows("db.orders", 5, 10, 0);
    made_source(0, NO, 85, 62000);
    made_check_lag(0, QUALITY_EXACT, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, made_begin, made_end)
        TEST(dead),
        TEST(lost),
        TEST(lost_and_forgotten),
        TEST(missing_table),
        TEST(table_goes),
        TEST(walks_through),
        TEST(expired),
        TEST(cut),
        TEST(short_of_the_first),
        TEST(short_of_some),
        TEST(surplus),
        TEST(same_path),
        TEST(in_parts),
        TEST(no_accounting),
        TEST(back),
        TEST(beyond_the_end),
        TEST(younger_than_what_covers),
        TEST(made_anew),
        TEST(deleted_since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
