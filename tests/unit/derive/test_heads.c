/* Tables' ancestries from rows: branches, expiry, what is read when, told by what becomes pending and covered. */
#include "tests/unit/unit.h"

#include "derive/heads.h"
#include "tests/unit/connect/backlog_made.h"
#include "tests/unit/derive/rows.h"

static struct store *store;
static struct derive_heads *heads;

static int begin(void **state)
{
    made_begin(state);
    rows_ms = T0;
    store = rows_store();
    heads = derive_heads_new(store);
    return 0;
}

static int end(void **state)
{
    derive_heads_free(heads);
    store_free(store);
    return made_end(state);
}

#define KEY "other.group {\"0\":500}; control.connect-sink {\"0\":%d,\"1\":7}"

static void snapshot(int id, int parent, int offset)
{
    char key[64], text[128];
    snprintf(key, sizeof key, "lake db.t %d", id);
    snprintf(text, sizeof text, "%lld", (long long)(T0 + id * 1000));
    rows_set(store, "snapshots", key, "made", text);
    rows_set(store, "snapshots", key, "operation", "append");
    if (parent) {
        snprintf(text, sizeof text, "%d", parent);
        rows_set(store, "snapshots", key, "parent_id", text);
    }
    if (offset) {
        snprintf(text, sizeof text, KEY, offset);
        rows_set(store, "snapshots", key, "control_offsets", text);
    }
}

static void table(const char *metadata, const char *current)
{
    rows_set(store, "iceberg_tables", "lake db.t", "metadata", metadata);
    rows_set(store, "iceberg_tables", "lake db.t", "state", "read");
    rows_set(store, "iceberg_tables", "lake db.t", "uuid", "u1");
    rows_set(store, "iceberg_tables", "lake db.t", "snapshots", "9");
    if (current)
        rows_set(store, "iceberg_tables", "lake db.t", "snapshot_id", current);
}

/* A round of the catalog that took 50 ms has ended. */
static void round_ended(int64_t ms, const char *state)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)(T0 + ms));
    rows_set(store, "sources", "iceberg:lake", "last_round", text);
    rows_set(store, "sources", "iceberg:lake", "round_ms", "50");
    rows_set(store, "sources", "iceberg:lake", "state", state);
    store_commit(store);
    rows_ms = T0 + ms;
    derive_heads_read(heads, made);
}

/* Ten files of ten rows, at the offsets 0, 10, ... 90, each with its answer behind it. */
static void announce(void)
{
    made_control(0, 0, 1);
    for (int i = 0; i < 10; i++) {
        made_wrote(AT(10 * i, 100 + i, "w"), "db.t", NULL, NULL, 10);
        made_answer(AT(10 * i + 1, 100 + i, "w"), 0, 10 * (i + 1));
    }
    made_control(0, 100, 200);
}

static void the_branch_is_followed(void **state)
{
    (void)state;
    announce();
    snapshot(1, 0, 11);
    snapshot(2, 1, 21);
    snapshot(3, 2, 31);
    snapshot(4, 2, 91); /* rolled back */
    table("m1", "3");
    round_ended(5000, "ok");
    made_check_rows("db.t", 60, 0, 0); /* of another group's 500 and partition 1 nothing is taken */
    snapshot(5, 3, 0);                 /* another writer's */
    table("m2", "5");
    round_ended(6000, "ok");
    made_check_rows("db.t", 60, 0, 0);
    snapshot(6, 5, 51);
    table("m3", "6");
    round_ended(7000, "ok");
    made_check_rows("db.t", 40, 0, 0);
}

static void a_table_counts_when_its_round_ends(void **state)
{
    (void)state;
    announce();
    snapshot(1, 0, 11);
    table("m1", "1");
    round_ended(5000, "ok");
    made_check_rows("db.t", 80, 0, 0);
    snapshot(2, 1, 41);
    table("m2", "2");
    store_commit(store);
    derive_heads_read(heads, made);
    made_check_rows("db.t", 80, 0, 0);
    round_ended(6000, "failed");
    made_check_rows("db.t", 80, 0, 0);
    rows_set(store, "iceberg_tables", "lake db.t", "state", "late");
    round_ended(7000, "partial");
    made_check_rows("db.t", 80, 0, 0);
    rows_set(store, "iceberg_tables", "lake db.t", "state", "read");
    round_ended(8000, "ok");
    made_check_rows("db.t", 50, 0, 0);
}

/* What is lost is told only by a table that was read after the coordinator's commit was, changed or not. */
static void a_table_that_is_the_same_is_told_so(void **state)
{
    (void)state;
    announce();
    snapshot(1, 0, 11);
    table("m1", "1");
    round_ended(5000, "ok");
    made_commit(51, 5500);
    made_check_rows("db.t", 80, 0, 0);
    round_ended(5540, "ok"); /* it began before */
    made_check_rows("db.t", 80, 0, 0);
    round_ended(6000, "ok");
    made_check_rows("db.t", 40, 40, 0);
    rows_set(store, "iceberg_tables", "lake db.t", "state", "unread");
    made_commit(61, 6500);
    round_ended(7000, "partial");
    made_check_rows("db.t", 40, 40, 0);
}

static void an_ancestor_that_has_expired(void **state)
{
    (void)state;
    announce();
    snapshot(7, 6, 0); /* another writer's, and all before it have gone: nothing is known of what was covered */
    table("m1", "7");
    round_ended(5000, "ok");
    made_check_rows("db.t", 0, 0, 0);
    made_source(0, 100, 100, 6000);
    made_control(0, 100, 6000);
    made_source(0, 100, 100, 6001);
    assert_int_equal(made_covered(0, "db.t")->quality, QUALITY_LE);
}

/* A table without a snapshot has taken nothing. */
static void nothing_was_ever_committed(void **state)
{
    (void)state;
    announce();
    derive_heads_want(heads, "db.t", false);
    table("m1", NULL);
    round_ended(5000, "ok");
    made_check_rows("db.t", 100, 0, 0);
}

static void another_branch_than_main(void **state)
{
    (void)state;
    announce();
    snapshot(1, 0, 11);
    snapshot(2, 1, 81);
    rows_set(store, "snapshots", "lake db.t 1", "refs", "tag, audit");
    rows_set(store, "snapshots", "lake db.t 2", "refs", "main, audits");
    table("m1", "2");
    derive_heads_branch(heads, "db.t", "audit");
    round_ended(5000, "ok");
    made_check_rows("db.t", 80, 0, 0);
    derive_heads_branch(heads, "db.t", "main");
    round_ended(6000, "ok");
    made_check_rows("db.t", 10, 0, 0);
}

static void a_table_goes(void **state)
{
    static const char *const names[] = {"db.t"};
    (void)state;
    made_tables(false, 1, names);
    announce();
    snapshot(1, 0, 11);
    table("m1", "1");
    derive_heads_want(heads, "db.t", true);
    round_ended(5000, "ok");
    assert_true(made_of("db.t")->known);
    assert_false(derive_heads_stale(heads, rows_name(store, "lake"), rows_name(store, "db.t")));
    rows_set(store, "iceberg_tables", "lake db.t", "state", "missing");
    round_ended(6000, "partial");
    assert_true(made_of("db.t")->missing);
    rows_set(store, "iceberg_tables", "lake db.t", "state", "read");
    round_ended(7000, "ok");
    assert_false(made_of("db.t")->missing);
    made_check_rows("db.t", 80, 0, 0);
    table_remove(store_find(store, "iceberg_tables"), rows_row(store, "iceberg_tables", "lake db.t", NULL));
    round_ended(8000, "ok");
    assert_true(made_of("db.t")->missing);
    derive_heads_unset(heads); /* nobody is set to write it: its catalog may have it, and not show it */
    round_ended(9000, "ok");
    assert_false(made_of("db.t")->known);
    table("m2", "1");
    round_ended(10000, "ok");
    made_check_rows("db.t", 80, 0, 0);
    table_remove(store_find(store, "sources"), rows_row(store, "sources", "iceberg:lake", NULL));
    table_remove(store_find(store, "iceberg_tables"), rows_row(store, "iceberg_tables", "lake db.t", NULL));
    store_commit(store);
    derive_heads_read(heads, made);
    assert_false(made_of("db.t")->known);
}

/* Parents in a circle end somewhere. */
static void a_circle(void **state)
{
    (void)state;
    announce();
    snapshot(1, 2, 11);
    snapshot(2, 1, 21);
    table("m1", "2");
    round_ended(5000, "ok");
    assert_true(made_of("db.t")->known);
}

static size_t asked;

static void on_catalog(void *arg, const char *catalog)
{
    (void)arg;
    assert_string_equal(catalog, "lake");
    asked++;
}

static void commits_that_are_not_seen_yet(void **state)
{
    (void)state;
    snapshot(1, 0, 11);
    table("m1", "1");
    round_ended(5000, "ok");
    asked = 0;
    assert_true(derive_heads_has(heads, "db.t", 1, on_catalog, NULL));
    assert_int_equal(asked, 0);
    assert_false(derive_heads_has(heads, "db.t", 2, on_catalog, NULL));
    assert_int_equal(asked, 1);
    assert_false(derive_heads_has(heads, "db.other", 2, on_catalog, NULL));
    assert_int_equal(asked, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_branch_is_followed, begin, end),
        cmocka_unit_test_setup_teardown(a_table_counts_when_its_round_ends, begin, end),
        cmocka_unit_test_setup_teardown(a_table_that_is_the_same_is_told_so, begin, end),
        cmocka_unit_test_setup_teardown(an_ancestor_that_has_expired, begin, end),
        cmocka_unit_test_setup_teardown(nothing_was_ever_committed, begin, end),
        cmocka_unit_test_setup_teardown(another_branch_than_main, begin, end),
        cmocka_unit_test_setup_teardown(a_table_goes, begin, end),
        cmocka_unit_test_setup_teardown(a_circle, begin, end),
        cmocka_unit_test_setup_teardown(commits_that_are_not_seen_yet, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
