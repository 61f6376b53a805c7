/* Readings in another order than the rule's, source partitions in odd cases, and how much is kept: by facts made by hand. */
#include "tests/unit/connect/backlog_made.h"
#include "tests/unit/unit.h"

#include "base/mem.h"

#define ONE "11111111-0000-0000-0000-000000000000"
#define TWO "22222222-0000-0000-0000-000000000000"

static const char *const orders[] = {"db.orders", "db.returns"};

/* What the same numbers say where nobody asks when they were read. */
static int64_t naive(int64_t end, int64_t covered)
{
    return end > covered ? end - covered : 0;
}

/* Facts up to a lag of 30: 100 are in the table, 130 in the topic. */
static void in_order(void)
{
    made_tables(false, 1, orders);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 100);
    made_answer(AT(2, 1000, "w"), 0, 100);
    made_commit(3, 1900);
    made_control(0, 4, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 1500, 3, 1, 100}}});
    made_source(0, 100, 130, 2200);
    made_check_lag(0, QUALITY_EXACT, 30);
}

/* ---- order ---- */

/* At 11.0 s the next cycle is committed: 140 are in the table. The source's end is 150 by then, but was read when it was 138. */
static void end_before_table(void **state)
{
    (void)state;
    in_order();
    made_source(0, 100, 138, 10900);
    made_check_lag(0, QUALITY_EXACT, 38);
    made_wrote(AT(5, 10950, "w"), "db.orders", ONE, NULL, 40);
    made_answer(AT(6, 10950, "w"), 0, 140);
    made_control(0, 8, 11050);
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = 11100,
                                    .n = 2,
                                    .snapshots = {{2, 11000, 7, 1, 40}, {1, 1500, 3, 1, 100}}});
    assert_int_equal(made_covered(0, "db.orders")->covered, 140);
    assert_int_equal(naive(138, 140), 0); /* a lie: 10 records are not in the table */
    made_check_lag(0, QUALITY_EXACT, 38); /* what was true when it was read */
    made_source(0, 140, 150, 11099);      /* begun before the table was there */
    made_check_lag(0, QUALITY_EXACT, 38);
    made_source(0, 140, 150, 11200);
    made_check_lag(0, QUALITY_EXACT, 10);
}

/* An answer that came after the end was read: nothing of it is pending, for all was filtered out. */
static void end_before_answer(void **state)
{
    (void)state;
    in_order();
    made_answer(AT(6, 10950, "w"), 0, 130);
    assert_int_equal(made_covered(0, "db.orders")->covered, 130);
    made_check_lag(0, QUALITY_EXACT, 30);
    made_control(0, 8, 11000);
    made_source(0, 130, 160, 10990);
    made_check_lag(0, QUALITY_EXACT, 30);
    made_source(0, 130, 165, 11000);
    made_check_lag(0, QUALITY_EXACT, 35);
}

/* The table is read, the sink commits to it and then to its group, and that commit is read: the files are in the table. */
static void commit_after_table(void **state)
{
    (void)state;
    in_order();
    made_wrote(AT(5, 10950, "w"), "db.orders", ONE, NULL, 40);
    made_answer(AT(6, 10950, "w"), 0, 140);
    made_control(0, 8, 10960);
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 10970);
    made_commit(7, 11100);
    made_check_rows("db.orders", 40, 0, 0); /* by the numbers alone: 5 < 7, and no snapshot beyond 3: lost */
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 11099);
    made_check_rows("db.orders", 40, 0, 0);
    made_table(&(struct made_table){.table = "db.orders",
                                    .uuid = ONE,
                                    .ms = 11100,
                                    .n = 2,
                                    .snapshots = {{2, 11000, 7, 1, 40}, {1, 1500, 3, 1, 100}}});
    made_check_rows("db.orders", 0, 0, 0);
}

/* Groups are read after the topic: their commit is that of an answer still to come, and what it announced is pending. */
static void group_before_answer(void **state)
{
    (void)state;
    in_order();
    made_source(0, 140, 150, 11000);
    made_check_lag(0, QUALITY_EXACT, 50); /* by the commit: 10 */
    made_control(0, 4, 11100);
    made_check_lag(0, QUALITY_EXACT, 50);
    made_wrote(AT(5, 10950, "w"), "db.orders", ONE, NULL, 40);
    made_answer(AT(6, 10950, "w"), 0, 140);
    made_control(0, 8, 11200);
    made_control(0, 8, 11300);
    made_source(0, 140, 150, 11400);
    made_check_lag(0, QUALITY_EXACT, 50);
}

/* ---- commits by hand ---- */

static void moved_by_hand(void **state)
{
    (void)state;
    in_order();
    made_source(0, 120, 130, 10000);
    made_control(0, 4, 11000);
    made_check_lag(0, QUALITY_EXACT, 30);
    made_control(0, 4, 12000);
    made_source(0, 120, 130, 12500);
    made_check_lag(0, QUALITY_EXACT, 10);
    made_source(0, 20, 130, 13000);       /* and back */
    made_check_lag(0, QUALITY_EXACT, 30); /* by the last answer, until it is sure */
    made_control(0, 4, 14000);
    made_control(0, 4, 15000);
    made_source(0, 20, 130, 15500);
    made_check_lag(0, QUALITY_EXACT, 110);
    made_answer(AT(6, 16000, "w"), 0, 130);
    made_control(0, 8, 17000);
    made_source(0, 130, 130, 17500);
    made_check_lag(0, QUALITY_EXACT, 0);
}

/* The commit before the last answer, read again by a slower round: it was not moved back. */
static void old_commit(void **state)
{
    (void)state;
    in_order();
    made_answer(AT(6, 10950, "w"), 0, 130);
    made_control(0, 8, 11000);
    made_source(0, 100, 130, 11000);
    made_control(0, 8, 12000);
    made_control(0, 8, 13000);
    made_check_lag(0, QUALITY_EXACT, 0);
}

/* ---- several tables ---- */

/* Records are routed: what one table waits for may have gone to the other. */
static void routed(void **state)
{
    (void)state;
    made_tables(true, 2, orders);
    made_answer(AT(0, 500, "w"), 0, 10);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 60);
    made_wrote(AT(2, 1000, "w"), "db.returns", NULL, NULL, 30);
    made_answer(AT(3, 1000, "w"), 0, 100);
    made_control(0, 5, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 1500, 4, 1, 60}}});
    made_table(&(struct made_table){.table = "db.returns", .ms = 2100});
    made_source(0, 100, 130, 2200);
    made_check_lag(0, QUALITY_LE, 120);
    assert_int_equal(made_covered(0, "db.orders")->lag, 30);
    assert_int_equal(made_covered(0, "db.orders")->lag_quality, QUALITY_LE);
    assert_int_equal(made_covered(0, "db.returns")->lag, 120);
    assert_string_equal(made_group()->tables.items[made_group()->partitions.items[0].holder].table->raw, "db.returns");
    made_table(&(struct made_table){.table = "db.returns", .ms = 3100, .n = 1, .snapshots = {{7, 3000, 4, 1, 30}}});
    made_source(0, 100, 130, 3200);
    made_check_lag(0, QUALITY_EXACT, 30); /* no answer, no table: all of it */
    assert_int_equal(made_group()->lag_quality, QUALITY_EXACT);
    assert_true(made_of("db.orders")->routed);
}

/* Each record goes to each table: both lags are exact. */
static void to_all(void **state)
{
    (void)state;
    made_tables(false, 2, orders);
    made_answer(AT(0, 500, "w"), 0, 10);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 90);
    made_wrote(AT(2, 1000, "w"), "db.returns", NULL, NULL, 90);
    made_answer(AT(3, 1000, "w"), 0, 100);
    made_control(0, 5, 2000);
    made_table(&(struct made_table){
        .table = "db.orders", .uuid = ONE, .ms = 2100, .n = 1, .snapshots = {{1, 1500, 4, 1, 90}}});
    made_table(&(struct made_table){.table = "db.returns", .ms = 2100});
    made_source(0, 100, 130, 2200);
    made_check_lag(0, QUALITY_EXACT, 120);
    assert_int_equal(made_covered(0, "db.orders")->lag_quality, QUALITY_EXACT);
    assert_int_equal(made_group()->lag, 120); /* not the sum of the tables */
}

/* A table of one catalog, another of the same name in another. */
static void catalogs(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    connect_backlog_table(
        made, &(struct connect_backlog_table){.catalog = "attic", .table = "db.orders", .uuid = ONE, .whole = true});
    assert_false(made_of("db.orders")->known);
    connect_backlog_tables(made, "connect-sink", NULL, orders, 1, false);
    assert_string_equal(made_of("db.orders")->catalog->raw, "attic");
    connect_backlog_tables(made, "connect-sink", NULL, orders + 1, 1, false);
    assert_int_equal(made_group()->tables.n, 1);
    assert_string_equal(made_group()->tables.items[0].table->raw, "db.returns");
}

/* Its own catalog cannot be read: a table of the same name elsewhere is another one, unless the sink's offsets are in it. */
static void another_catalog(void **state)
{
    (void)state;
    struct connect_cycles_offset at = {0, 100};
    const struct connect_backlog_key key = {"control.connect-sink", &at, 1}, other = {"control.connect-other", &at, 1};
    struct connect_backlog_snapshot snapshot = {.id = 1, .made_ms = T0 + 2000, .keys = &other, .nkeys = 1};
    struct connect_backlog_table attic = {
        .catalog = "attic", .table = "db.orders", .uuid = TWO, .whole = true, .snapshots = &snapshot, .n = 1};
    made_tables(false, 1, orders);
    connect_backlog_table(made, &attic);
    made_wrote(AT(0, 500, "w"), "db.orders", ONE, NULL, 60);
    made_answer(AT(1, 600, "w"), 0, 60);
    assert_false(made_of("db.orders")->known);
    made_check_rows("db.orders", 0, 0, 0);
    snapshot.id = 2;
    snapshot.keys = &key;
    attic.uuid = ONE;
    attic.began_ms = 3000;
    connect_backlog_table(made, &attic);
    assert_true(made_of("db.orders")->known);
    assert_string_equal(made_of("db.orders")->catalog->raw, "attic");
}

/* ---- several control partitions ---- */

static void two_lanes(void **state)
{
    (void)state;
    made_answer(AT(0, 500, "w"), 0, 10);
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 60);
    made_answer(AT(2, 1000, "w"), 0, 70);
    made_answer((struct made_at){1, 0, 700, "v"}, 0, 50); /* read later, and older than what is pending */
    made_answer((struct made_at){1, 2, 5000, "v"}, 0, 90);
    made_control(0, 4, 6000);
    connect_backlog_control(made, "control", 1, 0, 4, T0 + 6000);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 6100});
    made_source(0, 90, 90, 6200);
    assert_int_equal(made_covered(0, "db.orders")->covered, 50);
    made_check_lag(0, QUALITY_EXACT, 40);
}

/* ---- what answers tell besides ---- */

static void offsets_null(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 60);
    made_answer(AT(2, 1000, "w"), 0, NO);
    assert_true(made_group()->offsets_null);
    made_control(0, 4, 1500);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 2000});
    made_source(0, 40, 100, 2100);
    made_check_lag(0, QUALITY_EXACT, 60); /* nothing but the group's commit tells */
    made_wrote(AT(5, 11000, "w"), "db.orders", ONE, NULL, 60);
    made_answer(AT(6, 11000, "w"), 0, 100);
    assert_false(made_group()->offsets_null);
}

static void silent(void **state)
{
    (void)state;
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 60);
    made_answer(AT(2, 1000, "w"), 0, 60);
    made_wrote(AT(5, 1000, "w"), "db.orders", ONE, NULL, 40);
    made_answer(AT(6, 1000, "w"), 0, 110);
    assert_int_equal(made_group()->silent_rows, 100);
    assert_int_equal(made_group()->silent_records, 50);
    for (int64_t i = 0; i < 16; i++)
        made_answer(AT(8 + i, 2000 + i, "w"), 0, 120 + 10 * i);
    assert_int_equal(made_group()->silent_rows, 0);
    assert_int_equal(made_group()->silent_records, 160);
}

/* What was read before is read again after a break. */
static void read_again(void **state)
{
    (void)state;
    in_order();
    made_wrote(AT(1, 1000, "w"), "db.orders", ONE, NULL, 100);
    made_answer(AT(2, 1000, "w"), 0, 100);
    made_control(0, 4, 3000);
    made_source(0, 100, 130, 3200);
    made_check_lag(0, QUALITY_EXACT, 30);
    made_check_rows("db.orders", 0, 0, 0);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

static void sources_go(void **state)
{
    (void)state;
    in_order();
    made_source(1, 5, 8, 2300);
    assert_int_equal(made_group()->partitions.n, 2);
    connect_backlog_source_gone(made, "connect-sink", "orders", 0);
    connect_backlog_source_gone(made, "connect-sink", "orders", 1);
    assert_int_equal(made_group()->partitions.n, 0);
    assert_int_equal(made_group()->lag_quality, QUALITY_UNKNOWN);
    made_source(0, 100, 130, 2500);
    made_check_lag(0, QUALITY_EXACT, 30);
}

/* Retention deleted records before they were read: they are not behind, they are gone. */
static void retention(void **state)
{
    (void)state;
    in_order();
    connect_backlog_source(made, "connect-sink", "orders", 0, 100, 120, 130, T0 + 3000);
    made_check_lag(0, QUALITY_EXACT, 10);
}

/* ---- who is told ---- */

static void count(void *arg, const struct connect_backlog_group *g)
{
    assert_string_equal(g->group->raw, "connect-sink");
    ++*(int *)arg;
}

static void changes(void **state)
{
    (void)state;
    int n = 0;
    in_order();
    connect_backlog_changed(made, 0, count, &n);
    assert_int_equal(n, 1);
    uint64_t seq = connect_backlog_seq(made);
    made_source(0, 100, 130, 9000);
    made_control(0, 4, 9100);
    made_commit(3, 9200);
    connect_backlog_table_same(made, "lake", "db.orders", T0 + 9300);
    made_tables(false, 1, orders);
    connect_backlog_changed(made, seq, count, &n);
    assert_int_equal(n, 1); /* nothing is new */
    made_source(0, 100, 131, 9400);
    connect_backlog_changed(made, seq, count, &n);
    assert_int_equal(n, 2);
}

/* ---- how much is kept ---- */

/* What nothing waits for is let go, and nobody can tell. */
static void long_run(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_control(0, 0, 0);
    for (int64_t i = 0; i < 5000; i++) {
        int64_t ms = 10000 * (i + 1);
        made_wrote(AT(4 * i, ms, "w"), "db.orders", ONE, NULL, 10);
        made_answer(AT(4 * i + 1, ms, "w"), 0, 10 * (i + 1));
        made_control(0, 4 * i + 3, ms + 10);
        made_table(
            &(struct made_table){.table = "db.orders",
                                 .uuid = ONE,
                                 .ms = ms + 20,
                                 .expired = i > 0,
                                 .n = 2,
                                 .snapshots = {{i + 1, ms + 5, 4 * i + 2, 1, 10}, {i, ms - 9990, 4 * i - 2, 1, 10}}});
        if (i % 7)
            continue;
        made_source(0, 10 * (i + 1), 10 * (i + 1) + i % 5, ms + 30);
        made_check_lag(0, QUALITY_EXACT, i % 5);
        made_check_rows("db.orders", 0, 0, 0);
    }
    assert_int_equal(made_group()->ignored_answers, 0);
    assert_int_equal(made_of("db.orders")->odd.n, 0);
}

/* More than is kept: what is left tells at least how much is behind. */
static void too_much(void **state)
{
    (void)state;
    made_tables(false, 1, orders);
    made_table(&(struct made_table){.table = "db.orders", .uuid = ONE, .ms = 100});
    for (int64_t i = 0; i < CONNECT_BACKLOG_ANSWERS / 2; i++) {
        made_wrote(AT(2 * i, 1000 + i, "w"), "db.orders", ONE, "f", 10);
        made_answer(AT(2 * i + 1, 1000 + i, "w"), 0, 10 * (i + 1));
    }
    int64_t end = CONNECT_BACKLOG_ANSWERS, rows = 5 * end;
    made_control(0, end, 1000 + end);
    made_source(0, rows, rows + 7, 2000 + end);
    assert_true(made_group()->ignored_answers > 0);
    int64_t pending = made_of("db.orders")->sums[CONNECT_BACKLOG_PENDING].rows;
    assert_in_range(pending, 1, rows - 1);
    made_check_lag(0, QUALITY_GE, pending + 7);
}

/* Tables that only events name are kept as long as their files are. */
static void many_tables(void **state)
{
    (void)state;
    char name[32];
    made_tables(false, 1, orders);
    for (int64_t i = 0; i < CONNECT_BACKLOG_TABLES + 500; i++) {
        snprintf(name, sizeof name, "db.t%lld", (long long)i);
        made_wrote(AT(2 * i, i, "w"), name, ONE, NULL, 1);
        made_answer(AT(2 * i + 1, i, "w"), 0, i);
    }
    assert_int_equal(made_group()->tables.n, CONNECT_BACKLOG_TABLES);
    assert_int_equal(made_group()->ignored_answers, 501);
    made_commit(INT64_C(1000000), 5000);
    int64_t at = INT64_C(100000);
    for (int64_t i = 0; i < 2000; i++)
        made_answer(AT(at + i, 6000, "w"), 0, 5000 + i);
    made_group(); /* the coordinator has passed them all, and no table can be read: they are let go */
    made_source(0, 7000, 7000, 7000);
    assert_int_equal(made_group()->tables.n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, made_begin, made_end)
        TEST(end_before_table),
        TEST(end_before_answer),
        TEST(commit_after_table),
        TEST(group_before_answer),
        TEST(moved_by_hand),
        TEST(old_commit),
        TEST(routed),
        TEST(to_all),
        TEST(catalogs),
        TEST(another_catalog),
        TEST(two_lanes),
        TEST(offsets_null),
        TEST(silent),
        TEST(read_again),
        TEST(sources_go),
        TEST(retention),
        TEST(changes),
        TEST(long_run),
        TEST(too_much),
        TEST(many_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
