/* The life of findings, with rules that say what the test wants. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "derive/commits.h"
#include "findings/engine_internal.h"
#include "findings/tables.h"
#include "tests/unit/derive/rows.h"

#define START INT64_C(1700000000)

/* What the rule IT-X01, about tables, and IT-X02 and IT-X03, about sinks, say: nothing, or this. */
static struct {
    bool says, unsure, sink_says, rest_says;
    int before; /* so many others are said first */
    enum findings_severity severity;
    int64_t since_ms, hold_ms, cost;
    int evidence;
    const char *text, *cause;
    bool caused; /* IT-X04 saw the cause */
} rule;

static void of_table(struct findings_look *look, const struct findings_table *table)
{
    if (rule.unsure)
        findings_unsure(look, NULL, "thing");
    for (int i = 0; i < rule.before; i++) {
        char subject[32];
        snprintf(subject, sizeof subject, "other %d", i);
        findings_saw(
            look,
            &(struct findings_saw){.subject = subject, .since_ms = CONNECT_EVENT_UNKNOWN, .place = {FINDINGS_NOWHERE}},
            "so it is");
    }
    if (!rule.says)
        return;
    findings_saw(look,
                 &(struct findings_saw){.subject = "thing",
                                        .severity = rule.severity,
                                        .own_severity = true,
                                        .since_ms = rule.since_ms,
                                        .hold_ms = rule.hold_ms,
                                        .cost = rule.cost,
                                        .place = {FINDINGS_NOWHERE}},
                 "%s: %s", table->table, rule.text ? rule.text : "so it is");
    for (int i = 0; i < rule.evidence; i++)
        findings_evidence(look, "a row", START + i, "snapshots", "table = %s and snapshot_id = %d", table->table, i);
}

static void of_sink(struct findings_look *look, const struct findings_sink *sink)
{
    if (rule.sink_says)
        findings_saw(look,
                     &(struct findings_saw){.subject = "sink-a",
                                            .since_ms = CONNECT_EVENT_UNKNOWN,
                                            .hold_ms = rule.hold_ms,
                                            .cause = "it stands",
                                            .place = {FINDINGS_NOWHERE}},
                     "%s stands", sink->connector);
}

static void of_rest(struct findings_look *look, const struct findings_sink *sink)
{
    if (rule.rest_says)
        findings_saw(
            look,
            &(struct findings_saw){.subject = "sink-a", .since_ms = CONNECT_EVENT_UNKNOWN, .place = {FINDINGS_NOWHERE}},
            "%s failed", sink->connector);
}

static void of_causes(struct findings_look *look, const struct findings_sink *sink)
{
    (void)sink;
    rule.caused = findings_causes(look) != NULL;
}

static const char *const issues[] = {"a/b#1", "a/b#2", NULL};
static const struct findings_rule rules[] = {
    {.page = {.id = "IT-X01",
              .title = "a thing is so",
              .severity = FINDINGS_WARNING,
              .seen = "Seen.",
              .means = "Means.",
              .todo = "Do this. Then that.",
              .issues = issues},
     .table = of_table},
    {.page = {.id = "IT-X02",
              .title = "it stands",
              .severity = FINDINGS_WARNING,
              .seen = "S.",
              .means = "M.",
              .todo = "T."},
     .sink = of_sink},
    {.page = {.id = "IT-X03",
              .title = "it failed",
              .severity = FINDINGS_CRITICAL,
              .seen = "S.",
              .means = "M.",
              .todo = "T."},
     .rest = true,
     .sink = of_rest},
    {.page = {.id = "IT-X04", .title = "why", .severity = FINDINGS_INFO, .seen = "S.", .means = "M.", .todo = "T."},
     .sink = of_causes},
    {.page.id = NULL}};
static const struct findings_rule *const families[] = {rules, NULL};

struct world {
    struct store *store;
    struct connect_cycles *cycles;
    struct derive_commits *commits;
    struct findings_engine *engine;
};

#define ROW    "IT-X01 cat thing"
#define STANDS "IT-X02 prod sink-a"
#define FAILED "IT-X03 prod sink-a"

static void open_world(struct world *w)
{
    memset(&rule, 0, sizeof rule);
    rule.since_ms = CONNECT_EVENT_UNKNOWN;
    rows_ms = START;
    *w = (struct world){.store = rows_store()};
    for (size_t i = 0; findings_tables[i]; i++)
        assert_int_equal(store_add(w->store, findings_tables[i], NULL, NULL, NULL), 0);
    w->engine = findings_engine_new(NULL, w->store, NULL, families);
}

/* A catalog "cat" with table db.a. */
static void open_table(struct world *w)
{
    open_world(w);
    rows_row(w->store, "iceberg_tables", "cat db.a", "iceberg:cat");
    rows_set(w->store, "sources", "iceberg:cat", "state", "ok");
}

/* A connector "a" on Kafka cluster "prod" and Connect cluster "kc". */
static void open_sink(struct world *w)
{
    open_world(w);
    rows_row(w->store, "connectors", "kc a", "connect:kc");
    rows_set(w->store, "connectors", "kc a", "state", "RUNNING");
    rows_set(w->store, "connectors", "kc a", "cluster", "prod");
    rows_set(w->store, "connectors", "kc a", "group_id", "connect-a");
    rows_set(w->store, "connectors", "kc a", "iceberg", "1");
    rows_set(w->store, "sources", "connect:kc", "state", "ok");
    rows_set(w->store, "sources", "control:prod", "state", "ok");
    w->cycles = connect_cycles_new();
    w->commits = derive_commits_new(NULL, w->store, "prod", NULL, w->cycles);
    derive_commits_update(w->commits);
    findings_engine_place(w->engine,
                          &(struct derive_pipeline_place){
                              .name = "prod", .owner = "control:prod", .cycles = w->cycles, .commits = w->commits});
}

static void close_world(struct world *w)
{
    findings_engine_free(w->engine);
    assert_int_equal(table_nrows(store_find(w->store, "findings")), 0);
    assert_int_equal(table_nrows(store_find(w->store, "finding_evidence")), 0);
    derive_commits_free(w->commits);
    connect_cycles_free(w->cycles);
    store_free(w->store);
}

static void look_at(struct world *w, int64_t ms)
{
    rows_ms = START + ms;
    findings_engine_look(w->engine);
    store_commit(w->store);
}

static size_t count(const struct world *w, const char *table)
{
    return table_nrows(store_find(w->store, table));
}

/* The newest event: "SEVERITY SUBJECT TEXT". */
static void expect_event(const struct world *w, size_t n, const char *want)
{
    const struct row *last = NULL;
    assert_int_equal(count(w, "events"), n);
    for (const struct row *r = table_first(store_find(w->store, "events")); r; r = row_next(r))
        last = r;
    char *have = mem_printf("%s %s %s", row_text(last, "severity"), row_text(last, "subject"), row_text(last, "text"));
    assert_string_equal(have, want);
    free(have);
}

static void test_a_row_says_all(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.severity = FINDINGS_WARNING;
    rule.evidence = 3;
    look_at(&w, 0);
    rows_check(w.store, "findings", ROW, "severity", "warning");
    rows_check(w.store, "findings", ROW, "text", "db.a: so it is");
    rows_check(w.store, "findings", ROW, "since", "1700000000");
    rows_check(w.store, "findings", ROW, "title", "a thing is so");
    rows_check(w.store, "findings", ROW, "todo", "Do this.");
    rows_check(w.store, "findings", ROW, "advice", "Do this. Then that.");
    rows_check(w.store, "findings", ROW, "unlike", "-");
    rows_check(w.store, "findings", ROW, "issues", "a/b#1, a/b#2");
    rows_check(w.store, "findings", ROW, "seen", "-");
    rows_check(w.store, "findings", ROW, "missing", "-");
    rows_check(w.store, "findings", ROW, "table", "db.a");
    rows_check(w.store, "findings", ROW, "catalog", "cat");
    rows_check(w.store, "findings", ROW, "task", "-");
    assert_int_equal(count(&w, "finding_evidence"), 3);
    rows_check(w.store, "finding_evidence", ROW " 3", "text", "a row");
    rows_check(w.store, "finding_evidence", ROW " 3", "time", "1700000002");
    rows_check(w.store, "finding_evidence", ROW " 3", "table", "snapshots");
    rows_check(w.store, "finding_evidence", ROW " 3", "where", "table = \"db.a\" and snapshot_id = 2");
    expect_event(&w, 1, "warn thing IT-X01: db.a: so it is");
    uint64_t seq = store_seq(w.store);
    look_at(&w, 1000); /* the same writes nothing */
    assert_int_equal(store_seq(w.store), seq);
    rule.evidence = 1;
    look_at(&w, 2000);
    assert_int_equal(count(&w, "finding_evidence"), 1);
    rule.evidence = FINDINGS_LOOK_EVIDENCE + 5;
    look_at(&w, 3000);
    assert_int_equal(count(&w, "finding_evidence"), FINDINGS_LOOK_EVIDENCE);
    expect_event(&w, 1, "warn thing IT-X01: db.a: so it is");
    close_world(&w);
}

static void test_it_ends(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.severity = FINDINGS_CRITICAL;
    look_at(&w, 0);
    rule.says = false;
    look_at(&w, 60000);
    assert_int_equal(count(&w, "findings"), 1); /* it may come back */
    look_at(&w, 60000 + FINDINGS_GRACE_MS - 1);
    assert_int_equal(count(&w, "findings"), 1);
    look_at(&w, 60000 + FINDINGS_GRACE_MS);
    assert_int_equal(count(&w, "findings"), 0);
    expect_event(&w, 2, "info thing IT-X01 is over after 1 m: a thing is so");
    rule.says = true;
    look_at(&w, 100000); /* another one */
    rows_check(w.store, "findings", ROW, "since", "1700100000");
    expect_event(&w, 3, "error thing IT-X01: db.a: so it is");
    close_world(&w);
}

static void test_flapping_is_one(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    for (int i = 0; i < 20; i++) {
        rule.says = i % 2 == 0;
        look_at(&w, i * INT64_C(6000));
    }
    rule.says = true;
    look_at(&w, 120000);
    rows_check(w.store, "findings", ROW, "since", "1700000000");
    assert_int_equal(count(&w, "events"), 1);
    close_world(&w);
}

static void test_it_counts_once_it_was_so_for_long(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.hold_ms = 30000;
    look_at(&w, 0);
    look_at(&w, 29999);
    assert_int_equal(count(&w, "findings"), 0);
    rule.says = false;
    look_at(&w, 30000);
    rule.says = true;
    look_at(&w, 31000); /* anew */
    look_at(&w, 60999);
    assert_int_equal(count(&w, "findings"), 0);
    assert_int_equal(count(&w, "events"), 0);
    look_at(&w, 61000);
    rows_check(w.store, "findings", ROW, "since", "1700031000");
    assert_int_equal(count(&w, "events"), 1);
    close_world(&w);
}

/* What does not fit is not over. */
static void test_there_are_too_many(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    look_at(&w, 0);
    assert_int_equal(count(&w, "findings"), 1);
    rule.before = FINDINGS_LOOK_SAID + 100;
    look_at(&w, 1000);
    look_at(&w, 2000 + FINDINGS_GRACE_MS);
    look_at(&w, 3000 + 2 * FINDINGS_GRACE_MS);
    assert_int_equal(count(&w, "findings"), FINDINGS_LOOK_SAID + 1);
    rows_check(w.store, "findings", ROW, "seen", "1700000000");
    rule.before = 0;
    look_at(&w, 4000 + 2 * FINDINGS_GRACE_MS);
    look_at(&w, 4000 + 3 * FINDINGS_GRACE_MS);
    assert_int_equal(count(&w, "findings"), 1);
    close_world(&w);
}

static void test_a_clock_that_is_set_back(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.hold_ms = 30000;
    look_at(&w, 3600000);
    look_at(&w, 1000);
    look_at(&w, 30999);
    assert_int_equal(count(&w, "findings"), 0);
    look_at(&w, 31000);
    rows_check(w.store, "findings", ROW, "since", "1700001000");
    look_at(&w, 0);
    rows_check(w.store, "findings", ROW, "since", "1700000000");
    look_at(&w, 90000);
    rows_check(w.store, "findings", ROW, "since", "1700000000");
    close_world(&w);
}

static void test_what_the_rule_knows_of_when(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.hold_ms = 30000;
    rule.since_ms = START - 29000;
    look_at(&w, 0);
    assert_int_equal(count(&w, "findings"), 0);
    look_at(&w, 1000);
    rows_check(w.store, "findings", ROW, "since", "1699971000");
    rule.since_ms = START + 500; /* what proved it is forgotten: it began when it began */
    look_at(&w, 2000);
    rows_check(w.store, "findings", ROW, "since", "1699971000");
    close_world(&w);
}

static void test_severity_may_rise(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.severity = FINDINGS_INFO;
    look_at(&w, 0);
    int64_t info = row_cell(rows_row(w.store, "findings", ROW, NULL), "rank").i;
    rule.severity = FINDINGS_CRITICAL;
    rule.text = "worse";
    look_at(&w, 1000);
    rows_check(w.store, "findings", ROW, "severity", "critical");
    expect_event(&w, 2, "error thing IT-X01 is critical now: db.a: worse");
    int64_t critical = row_cell(rows_row(w.store, "findings", ROW, NULL), "rank").i;
    rule.cost = 1000;
    look_at(&w, 2000);
    int64_t costly = row_cell(rows_row(w.store, "findings", ROW, NULL), "rank").i;
    assert_true(critical < info);
    assert_true(costly < critical);
    rule.cost = INT64_MAX;
    look_at(&w, 3000);
    rows_check(w.store, "findings", ROW, "rank", "0");
    rule.cost = INT64_MIN;
    rule.severity = FINDINGS_WARNING;
    look_at(&w, 4000);
    rows_check(w.store, "findings", ROW, "severity", "warning");
    assert_int_equal(count(&w, "events"), 2);
    close_world(&w);
}

static void test_numbers_stand_still_for_a_while(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    rule.text = "1 row for 1 s";
    look_at(&w, 0);
    rule.text = "2 row for 4 s";
    look_at(&w, 240000); /* a thirtieth of its age is over */
    rows_check(w.store, "findings", ROW, "text", "db.a: 2 row for 4 s");
    rule.text = "3.5 row for 4 s";
    look_at(&w, 241000);
    rows_check(w.store, "findings", ROW, "text", "db.a: 2 row for 4 s");
    rule.text = "3.5 row for 4 s, and more";
    look_at(&w, 242000);
    rows_check(w.store, "findings", ROW, "text", "db.a: 3.5 row for 4 s, and more");
    rule.text = "4 row for 4 s, and more";
    look_at(&w, 243000);
    rows_check(w.store, "findings", ROW, "text", "db.a: 3.5 row for 4 s, and more");
    rule.evidence = 2; /* what shows it has come just now */
    look_at(&w, 244000);
    assert_int_equal(count(&w, "finding_evidence"), 2);
    look_at(&w, 251000);
    rows_check(w.store, "findings", ROW, "text", "db.a: 4 row for 4 s, and more");
    rule.text = "5 row for 4 s, and more";
    look_at(&w, INT64_C(1000000000));
    rule.text = "6 row for 4 s, and more";
    look_at(&w, INT64_C(1000000000) + FINDINGS_STILL_MS - 1);
    rows_check(w.store, "findings", ROW, "text", "db.a: 5 row for 4 s, and more");
    look_at(&w, INT64_C(1000000000) + FINDINGS_STILL_MS);
    rows_check(w.store, "findings", ROW, "text", "db.a: 6 row for 4 s, and more");
    close_world(&w);
}

static void test_unsure_stands_dated(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.unsure = true;
    look_at(&w, 0); /* of what was never seen nothing is said */
    assert_int_equal(count(&w, "findings"), 0);
    rule.unsure = false;
    rule.says = true;
    look_at(&w, 1000);
    rule.says = false;
    rule.unsure = true;
    look_at(&w, 2000);
    look_at(&w, 500000);
    rows_check(w.store, "findings", ROW, "seen", "1700001000");
    rule.unsure = false;
    rule.says = true;
    look_at(&w, 501000);
    rows_check(w.store, "findings", ROW, "seen", "-");
    assert_int_equal(count(&w, "events"), 1);
    close_world(&w);
}

static void test_a_blind_table_stands(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    look_at(&w, 0);
    rows_set(w.store, "sources", "iceberg:cat", "state", "failed");
    look_at(&w, 1000);
    rows_check(w.store, "findings", ROW, "seen", "1700000000");
    rule.says = false;
    look_at(&w, 100000);
    rows_check(w.store, "findings", ROW, "seen", "1700000000");
    rows_check(w.store, "findings", ROW, "severity", "info");
    rows_set(w.store, "sources", "iceberg:cat", "state", "ok");
    look_at(&w, 101000);
    look_at(&w, 101000 + FINDINGS_GRACE_MS);
    assert_int_equal(count(&w, "findings"), 0);
    close_world(&w);
}

static void test_a_table_that_goes_takes_it_along(void **state)
{
    struct world w;
    (void)state;
    open_table(&w);
    rule.says = true;
    look_at(&w, 0);
    table_remove(store_find(w.store, "iceberg_tables"), rows_row(w.store, "iceberg_tables", "cat db.a", NULL));
    look_at(&w, 1000);
    look_at(&w, 1000 + FINDINGS_GRACE_MS);
    assert_int_equal(count(&w, "findings"), 0);
    close_world(&w);
}

static void test_a_blind_sink_stands(void **state)
{
    struct world w;
    (void)state;
    open_sink(&w);
    rule.sink_says = rule.rest_says = true;
    look_at(&w, 0);
    rows_check(w.store, "findings", STANDS, "seen", "-");
    rows_check(w.store, "findings", STANDS, "connect", "kc");
    rows_check(w.store, "findings", STANDS, "connector", "a");
    rows_check(w.store, "findings", FAILED, "severity", "critical");
    rows_set(w.store, "sources", "control:prod", "state", "failed"); /* the control topic cannot be read, Connect can */
    rule.sink_says = rule.rest_says = false;
    look_at(&w, 1000);
    look_at(&w, 1000 + FINDINGS_GRACE_MS);
    rows_check(w.store, "findings", STANDS, "seen", "1700000000");
    assert_null(rows_row(w.store, "findings", FAILED, NULL));
    rule.rest_says = true;
    look_at(&w, 20000);
    rows_check(w.store, "findings", FAILED, "seen", "-");
    rows_set(w.store, "sources", "control:prod", "state", "ok"); /* and the other way round */
    rows_set(w.store, "sources", "connect:kc", "state", "failed");
    rule.rest_says = false;
    look_at(&w, 21000);
    look_at(&w, 21000 + FINDINGS_GRACE_MS);
    rows_check(w.store, "findings", FAILED, "seen", "1700020000");
    assert_null(rows_row(w.store, "findings", STANDS, NULL));
    close_world(&w);
}

static void test_a_cause_counts_when_its_finding_does(void **state)
{
    struct world w;
    (void)state;
    open_sink(&w);
    rule.sink_says = true;
    rule.hold_ms = 10000;
    look_at(&w, 0);
    assert_false(rule.caused);
    look_at(&w, 10000);
    assert_true(rule.caused);
    rule.sink_says = false;
    look_at(&w, 11000);
    assert_false(rule.caused);
    close_world(&w);
}

static void test_nothing_is_asked_where_nothing_is(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    rule.says = rule.sink_says = true;
    look_at(&w, 0);
    assert_int_equal(count(&w, "findings"), 0);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_says_all),
        cmocka_unit_test(test_it_ends),
        cmocka_unit_test(test_flapping_is_one),
        cmocka_unit_test(test_it_counts_once_it_was_so_for_long),
        cmocka_unit_test(test_there_are_too_many),
        cmocka_unit_test(test_a_clock_that_is_set_back),
        cmocka_unit_test(test_what_the_rule_knows_of_when),
        cmocka_unit_test(test_severity_may_rise),
        cmocka_unit_test(test_numbers_stand_still_for_a_while),
        cmocka_unit_test(test_unsure_stands_dated),
        cmocka_unit_test(test_a_blind_table_stands),
        cmocka_unit_test(test_a_table_that_goes_takes_it_along),
        cmocka_unit_test(test_a_blind_sink_stands),
        cmocka_unit_test(test_a_cause_counts_when_its_finding_does),
        cmocka_unit_test(test_nothing_is_asked_where_nothing_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
