/* Rows that are lost, dead or twice, and tables that are gone. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/findings/table_facts.h"
#include "tests/unit/unit.h"

#define COMMIT "00000000-0000-4000-8000-000000000012"
#define FILES                                                                                                          \
    "pending_files: cluster = \"prod\" and group_id = \"connect-orders-sink\" and table = \"db.orders\" and "          \
    "commit_id = \"" COMMIT "\""

enum { MINUTE_MS = 60000 };

static const struct findings_look_said *saw(struct sink_facts *f, const char *id)
{
    const struct findings_look_said *said = sink_facts_saw(f, id);
    table_facts_bound(&f->look);
    return said;
}

static struct connect_backlog_of_table *orders(struct sink_facts *f)
{
    return &f->backlog.tables.items[0];
}

/* Files announced twelve minutes ago of which this became. */
static void files(struct sink_facts *f, enum connect_backlog_state state, int64_t n, int64_t rows)
{
    struct connect_backlog_of_table *t = orders(f);
    t->sums[state].files += n;
    t->sums[state].rows += rows;
    vec_push(&t->files, ((struct connect_backlog_files){.commit_id = COMMIT,
                                                        .state = state,
                                                        .sums = {.files = n, .rows = rows},
                                                        .announced_ms = SINK_FACTS_NOW - 12 * MINUTE_MS}));
}

static void odd(struct sink_facts *f, struct connect_backlog_odd o)
{
    vec_push(&orders(f)->odd, o);
}

static void all_is_well(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    files(&f, CONNECT_BACKLOG_PENDING, 2, 1200);
    assert_null(saw(&f, "IT-L01"));
    assert_null(saw(&f, "IT-L02"));
    assert_null(saw(&f, "IT-L03"));
    assert_null(saw(&f, "IT-L04"));
    sink_facts_done(&f);
    sink_facts_open(&f);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

/* ---- IT-L01 ---- */

static void files_are_lost(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    files(&f, CONNECT_BACKLOG_LOST, 12, 18200);
    sink_facts_expect(&f, "IT-L01",
                      "18.2 k rows in 12 files, announced for db.orders, are in no snapshot, and "
                      "connect-orders-sink-coord has gone past them",
                      FILES);
    const struct findings_look_said *said = saw(&f, "IT-L01");
    assert_string_equal(said->subject, "table db.orders");
    assert_string_equal(said->place.table, "db.orders");
    assert_string_equal(said->place.connector, "orders-sink");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_int_equal(said->cost, 18200);
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 12 * MINUTE_MS);
    sink_facts_done(&f);
}

static void a_snapshot_took_less(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    odd(&f, (struct connect_backlog_odd){
                .snapshot_id = 990, .made_ms = SINK_FACTS_NOW - MINUTE_MS, .missing_files = 1, .missing_rows = 1});
    sink_facts_expect(&f, "IT-L01",
                      "a snapshot of db.orders took less than was announced before: 1 row in 1 file is missing",
                      "snapshots: table = \"db.orders\" and snapshot_id = 990");
    assert_null(saw(&f, "IT-L04"));
    odd(&f,
        (struct connect_backlog_odd){
            .snapshot_id = 980, .made_ms = SINK_FACTS_NOW - 9 * MINUTE_MS, .missing_files = 3, .missing_rows = 395});
    const struct findings_look_said *said = saw(&f, "IT-L01");
    assert_string_equal(said->text,
                        "2 snapshots of db.orders took less than was announced before: 396 rows in 4 files are "
                        "missing");
    assert_int_equal(said->cost, 396);
    assert_int_equal(said->since_ms, SINK_FACTS_NOW - 9 * MINUTE_MS);
    sink_facts_done(&f);
}

/* Of two sinks that write to one table each tells of its own. */
static void each_sink_tells_of_its_own(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    files(&f, CONNECT_BACKLOG_LOST, 1, 10);
    struct findings_table table = {.catalog = "lake", .table = "db.orders"};
    vec_push(&table.sinks, &f.sink);
    vec_push(&f.sink.tables, &table);
    assert_string_equal(saw(&f, "IT-L01")->subject, "table db.orders");
    vec_push(&table.sinks, &f.sink);
    assert_string_equal(saw(&f, "IT-L01")->subject, "table db.orders of orders-sink");
    table.namesake = true;
    assert_string_equal(saw(&f, "IT-L01")->subject, "table lake/db.orders of orders-sink");
    vec_done(&table.sinks);
    sink_facts_done(&f);
}

static void what_cannot_be_read_stands(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    files(&f, CONNECT_BACKLOG_LOST, 1, 10);
    files(&f, CONNECT_BACKLOG_DEAD, 1, 10);
    odd(&f, (struct connect_backlog_odd){.snapshot_id = 990, .back = true});
    f.sink.blind = true;
    for (const char *const *id = (const char *const[]){"IT-L01", "IT-L02", "IT-L04", NULL}; *id; id++) {
        assert_null(saw(&f, *id));
        bool unsure = false;
        for (size_t i = 0; i < f.look.unsure.n; i++)
            unsure |= strcmp(f.look.unsure.items[i].rule->page.id, *id) == 0 &&
                      strcmp(f.look.unsure.items[i].subject, "table db.orders") == 0;
        assert_true(unsure);
    }
    f.sink.blind = false;
    struct findings_table table = {.catalog = "lake", .table = "db.orders", .blind = true};
    vec_push(&f.sink.tables, &table);
    assert_null(saw(&f, "IT-L01"));
    sink_facts_done(&f);
}

/* ---- IT-L02 ---- */

static void the_table_was_replaced(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    files(&f, CONNECT_BACKLOG_DEAD, 4, 396);
    orders(&f)->replaced = true;
    sink_facts_line(&f, "other-table", 0, SINK_FACTS_NOW - MINUTE_MS, "Skipping commits to table db.orders");
    sink_facts_expect(&f, "IT-L02",
                      "db.orders was replaced while orders-sink wrote to it: 396 rows in 4 files, announced for the "
                      "table before, will not be in this one",
                      FILES);
    const struct findings_look_said *said = saw(&f, "IT-L02");
    assert_int_equal(said->cost, 396);
    assert_int_equal(said->evidence.n, 3);
    assert_string_equal(said->evidence.items[2].table, "log_events");
    assert_null(saw(&f, "IT-L01"));
    sink_facts_done(&f);
}

/* ---- IT-L03 ---- */

static void the_table_is_missing(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    files(&f, CONNECT_BACKLOG_PENDING, 2, 1200);
    files(&f, CONNECT_BACKLOG_LOST, 1, 600);
    orders(&f)->missing = true;
    sink_facts_expect(&f, "IT-L03",
                      "db.orders does not exist, says its catalog; orders-sink announced 1.80 k rows in 3 files for it",
                      "iceberg_tables: table = \"db.orders\"");
    const struct findings_look_said *said = saw(&f, "IT-L03");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_string_equal(said->cause, "the table is missing");
    assert_true(said->hold_ms > 0);
    assert_null(saw(&f, "IT-L01")); /* one cause, one line */
    sink_facts_done(&f);
}

static void nobody_will_make_the_table(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    orders(&f)->missing = true;
    assert_string_equal(saw(&f, "IT-L03")->text,
                        "db.orders, to which orders-sink is to write, does not exist, says its catalog");
    assert_int_equal(saw(&f, "IT-L03")->severity, FINDINGS_WARNING);
    f.settings[0].key = "iceberg.tables.auto-create-enabled";
    f.settings[0].value = "true";
    sink_facts_silent(&f, NULL);
    f.settings[0].value = "false";
    assert_non_null(saw(&f, "IT-L03"));
    f.sink.by_rest = false; /* nobody knows */
    assert_null(saw(&f, "IT-L03"));
    sink_facts_done(&f);
}

/* ---- IT-L04 ---- */

static void files_are_there_twice(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    odd(&f, (struct connect_backlog_odd){.snapshot_id = 990,
                                         .made_ms = SINK_FACTS_NOW - MINUTE_MS,
                                         .surplus_files = 2,
                                         .surplus_rows = 1200,
                                         .back = true});
    sink_facts_expect(&f, "IT-L04",
                      "a snapshot of db.orders added 1.20 k rows in 2 files that were not announced since the one "
                      "before, and the control offsets in it go back",
                      "snapshots: table = \"db.orders\" and snapshot_id = 990");
    const struct findings_look_said *said = saw(&f, "IT-L04");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_int_equal(said->cost, 1200);
    assert_non_null(said->missing);
    assert_null(saw(&f, "IT-L01"));
    sink_facts_done(&f);
}

static void offsets_go_back(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    odd(&f, (struct connect_backlog_odd){.snapshot_id = 990, .made_ms = SINK_FACTS_NOW - MINUTE_MS, .back = true});
    sink_facts_expect(&f, "IT-L04",
                      "the control offsets in a snapshot of db.orders go back: files may be committed again",
                      "snapshots: table = \"db.orders\" and snapshot_id = 990");
    assert_int_equal(saw(&f, "IT-L04")->severity, FINDINGS_WARNING);
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(files_are_lost),
        cmocka_unit_test(a_snapshot_took_less),
        cmocka_unit_test(each_sink_tells_of_its_own),
        cmocka_unit_test(what_cannot_be_read_stands),
        cmocka_unit_test(the_table_was_replaced),
        cmocka_unit_test(the_table_is_missing),
        cmocka_unit_test(nobody_will_make_the_table),
        cmocka_unit_test(files_are_there_twice),
        cmocka_unit_test(offsets_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
