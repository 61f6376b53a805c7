/* Data that is not what it was: rows of datasets, features and cohorts, and what is said of them. */
#include "tests/unit/unit.h"

#include "connect/event.h"
#include "derive/columns.h"
#include "expr/expr.h"
#include "findings/catalogue.h"
#include "findings/gather.h"
#include "findings/look.h"
#include "tests/unit/derive/rows.h"
#include "tests/unit/findings/said.h"

#define START INT64_C(1700000000000)

struct world {
    struct store *store;
    struct findings_gather *gather;
    struct findings_look look;
};

/* Tells what holds by a row's state, its note, its windows and since. */
static void hold(struct world *w, const char *table, const char *key)
{
    const struct row *r = rows_row(w->store, table, key, NULL);
    const char *state = row_text(r, "state"), *note = strcmp(table, "features") == 0 ? row_text(r, "note") : "";
    const struct table *t = store_find(w->store, table);
    struct value windows = row_get(r, (size_t)table_column_index(t, "windows")),
                 since = row_get(r, (size_t)table_column_index(t, "since"));
    char copy[200], holds[400], *at = copy;
    int n = snprintf(holds, sizeof holds, "%s:%lld:%lld", state, (long long)windows.i, (long long)since.i);
    snprintf(copy, sizeof copy, "%s", strncmp(note, "also ", 5) == 0 ? note + 5 : "");
    for (char *word; *copy && (word = strsep(&at, ","));)
        n += snprintf(holds + n, sizeof holds - (size_t)n, " %s:%lld:%lld", word + strspn(word, " "),
                      (long long)windows.i, (long long)since.i);
    if (windows.quality)
        rows_set(w->store, table, key, "holds", strcmp(state, "OK") == 0 ? "" : holds);
}

static void set(struct world *w, const char *table, const char *key, const char *cells)
{
    char copy[600], *at = copy;
    snprintf(copy, sizeof copy, "%s", cells);
    for (char *cell; (cell = strsep(&at, ";"));) {
        char *value = strchr(cell, '=');
        *value++ = '\0';
        rows_set(w->store, table, key, cell, value);
    }
    if (strcmp(table, "datasets") != 0)
        hold(w, table, key);
}

/* A dataset "churn" of four features that are well, and two cohorts. */
static void open_world(struct world *w)
{
    static const char *const features[] = {"age", "amount", "tariff", "score"};
    rows_ms = START;
    *w = (struct world){.store = rows_store()};
    w->gather = findings_gather_new(w->store, NULL);
    findings_look_init(&w->look, START);
    set(w, "datasets", "churn",
        "kind=events;state=OK;features=4;rows=1000;bad=0;late=0;cluster=prod;topic=churn-events;worst=age");
    for (size_t i = 0; i < 4; i++) {
        char key[40];
        snprintf(key, sizeof key, "churn %s", features[i]);
        set(w, "features", key,
            "state=OK;windows=9;score=0.02;line=0.2;method=PSI;excess=0.1;role=feature;type=number;nulls=0;"
            "nulls_reference=0;zeros=0;zeros_reference=0;outside=0;unseen_share=0;conflicts=0;nan=0;"
            "total_variation=0.02;min=18;max=90");
    }
    set(w, "features", "churn tariff", "type=category");
    set(w, "features", "churn score", "role=prediction");
    set(w, "cohorts", "churn region north", "state=OK;windows=9;rows=600;share=0.6;share_reference=0.6;null=0");
    set(w, "cohorts", "churn region south", "state=OK;windows=9;rows=400;share=0.4;share_reference=0.4;null=0");
}

static void close_world(struct world *w)
{
    findings_look_done(&w->look);
    findings_gather_free(w->gather);
    store_free(w->store);
}

static void check_bound(struct world *w, const struct findings_look_evidence *e)
{
    struct table *t = store_find(w->store, e->table);
    struct expr *expr;
    struct error err;
    size_t at;
    assert_non_null(t);
    if (expr_parse(e->where, &expr, &at, &err))
        fail_msg("%s: %s", e->where, err.text);
    if (expr_bind(expr, t, &at, &err))
        fail_msg("%s of %s: %s", e->where, e->table, err.text);
    expr_free(expr);
}

static void look(struct world *w)
{
    findings_look_done(&w->look);
    findings_look_init(&w->look, rows_ms);
    findings_look_all(&w->look, findings_families, findings_gather_world(w->gather, rows_ms));
    for (size_t i = 0; i < w->look.said.n; i++) {
        const struct findings_look_said *said = &w->look.said.items[i];
        assert_true(said->evidence.n > 0);
        for (size_t k = 0; k < said->evidence.n; k++)
            check_bound(w, &said->evidence.items[k]);
    }
}

/* This is said, and nothing else. */
static void expect_only(struct world *w, const char *id, const char *severity, const char *subject, const char *text)
{
    look(w);
    if (w->look.said.n != 1)
        fail_msg("%s: %zu are said, as %s", id, w->look.said.n, w->look.said.n ? w->look.said.items[1].text : "");
    const struct findings_look_said *said = &w->look.said.items[0];
    assert_string_equal(said->rule->page.id, id);
    assert_string_equal(findings_severity_name(said->severity), severity);
    assert_string_equal(said->subject, subject);
    assert_string_equal(said->text, text);
    assert_string_equal(said->cluster, "prod");
    assert_string_equal(said->place.topic, "churn-events");
}

static void expect_silent(struct world *w)
{
    look(w);
    for (size_t i = 0; i < w->look.said.n; i++)
        fail_msg("%s: %s", w->look.said.items[i].rule->page.id, w->look.said.items[i].text);
}

/* Sets the cells of a row in its first window, which says nothing, and then in its second. */
static void twice(struct world *w, const char *table, const char *key, const char *cells)
{
    set(w, table, key, cells);
    set(w, table, key, "windows=1;since=1699999990000");
    expect_silent(w);
    set(w, table, key, "windows=2");
}

static void what_is_stable_is_silent(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    assert_false(findings_gather_idle(w.gather));
    static const char *const quiet[] = {"OK", "NO-REF", "LOW-N"};
    for (size_t i = 0; i < 3; i++) {
        char cells[20];
        snprintf(cells, sizeof cells, "state=%s", quiet[i]);
        set(&w, "features", "churn age", cells);
        expect_silent(&w);
    }
    set(&w, "cohorts", "churn region null", "state=LOW-N;windows=9;rows=7;null=1");
    expect_silent(&w);
    close_world(&w);
}

static void a_feature_drifts(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    twice(&w, "features", "churn age", "state=DRIFT;score=0.62;excess=3.1;total_variation=0.4");
    expect_only(&w, "IT-D01", "warning", "feature churn > age",
                "age of churn drifted: PSI is 0.62, its line 0.2, for 2 windows");
    assert_int_equal(w.look.said.items[0].since_ms, 1699999990000);
    assert_string_equal(w.look.said.items[0].evidence.items[0].where, "dataset = \"churn\" and feature = \"age\"");
    set(&w, "features", "churn age", "excess=1.1");
    look(&w);
    assert_int_equal(w.look.said.items[0].severity, FINDINGS_INFO);
    set(&w, "features", "churn age", "score=0.001;line=0.05;method=K-S p;excess=1.1");
    look(&w);
    assert_int_equal(w.look.said.items[0].severity, FINDINGS_WARNING);
    close_world(&w);
}

/* Where a sink reads the topic, too, the commit is evidence: of what began when the row's state did. */
static void the_commit_that_brought_it_is_evidence(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    derive_columns_add(w.store);
    twice(&w, "features", "churn age",
          "state=DRIFT;score=0.62;excess=3.1;total_variation=0.4;note=also NULLS;nulls=0.1");
    rows_set(w.store, "features", "churn age", "brought_by", "not in the table yet");
    look(&w);
    assert_int_equal(said_find(&w.look, "IT-D01")->evidence.n, 2);
    rows_set(w.store, "features", "churn age", "brought_by", "db.churn, snapshot 12");
    rows_set(w.store, "features", "churn age", "brought_commit", "b-1");
    rows_set(w.store, "features", "churn age", "brought_at", "1699999991000");
    rows_set(w.store, "features", "churn age", "holds", "DRIFT:2:1699999990000 NULLS:5:1699999950000");
    look(&w);
    const struct findings_look_said *said = said_find(&w.look, "IT-D01");
    assert_int_equal(said->evidence.n, 3);
    assert_string_equal(said->evidence.items[1].text, "brought by db.churn, snapshot 12");
    assert_string_equal(said->evidence.items[1].table, "commits");
    assert_string_equal(said->evidence.items[1].where, "commit_id = \"b-1\"");
    assert_int_equal(said->evidence.items[1].time_ms, 1699999991000);
    assert_int_equal(said_find(&w.look, "IT-D04")->evidence.n, 1);
    close_world(&w);
}

static void a_prediction_is_graver(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    twice(&w, "features", "churn score", "state=DRIFT;score=0.3;excess=1.5;total_variation=0.4");
    expect_only(&w, "IT-D01", "warning", "feature churn > score",
                "score of churn drifted: PSI is 0.3, its line 0.2, for 2 windows");
    set(&w, "features", "churn score", "score=0.5;excess=2.5");
    look(&w);
    assert_int_equal(w.look.said.items[0].severity, FINDINGS_CRITICAL);
    close_world(&w);
}

/* Age is 0 for everybody: zeros, one value, outside of the range, and drift are one thing. */
static void the_classic_bug_is_said_once(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    twice(
        &w, "features", "churn age",
        "state=DRIFT;note=also RANGE, ZEROS, CONST;score=9;excess=45;total_variation=1;zeros=1;outside=1;min=0;max=0");
    expect_only(&w, "IT-D02", "critical", "feature churn > age",
                "age of churn is 0 in 100 % of its values, in the reference in 0 %, for 2 windows");
    set(&w, "features", "churn age", "note=also ZEROS;zeros=0.1;outside=0;total_variation=0.12;max=90");
    expect_only(&w, "IT-D02", "warning", "feature churn > age",
                "age of churn is 0 in 10 % of its values, in the reference in 0 %, for 2 windows");
    set(&w, "features", "churn age", "total_variation=0.5");
    look(&w);
    assert_int_equal(w.look.said.n, 2);
    assert_non_null(said_find(&w.look, "IT-D01"));
    close_world(&w);
}

static void what_no_distance_shows(void **state)
{
    (void)state;
    static const struct {
        const char *cells, *id, *severity, *text;
    } cases[] = {
        {"state=CONST;min=42;max=42", "IT-D03", "critical", "amount of churn has one value alone, 42, for 2 windows"},
        {"state=DRIFT;note=also RANGE, CONST;min=42;max=42;score=9;excess=45;outside=1", "IT-D03", "critical",
         "amount of churn has one value alone, 42, for 2 windows"},
        {"state=NULLS;nulls=0.12", "IT-D04", "warning",
         "amount of churn is null or missing in 12 % of the events, in the reference in 0 %, for 2 windows"},
        {"state=NULLS;nulls=0.7", "IT-D04", "critical",
         "amount of churn is null or missing in 70 % of the events, in the reference in 0 %, for 2 windows"},
        {"state=NULLS;nulls=0;nulls_reference=0.3", "IT-D04", "info",
         "amount of churn is null or missing in 0 % of the events, in the reference in 30 %, for 2 windows"},
        {"state=NULLS;nan=0.05", "IT-D04", "warning",
         "amount of churn is NaN or infinite in 5 % of its events, for 2 windows"},
        {"state=NULLS;note=also EMPTY;nulls=1", "IT-D05", "critical",
         "amount of churn has no value in any event, in the reference it is null or missing in 0 %, for 2 windows"},
        {"state=TYPE;conflicts=0.031", "IT-D06", "warning",
         "amount of churn is of another type than number in 3.1 % of its values, for 2 windows"},
        {"state=RANGE;outside=0.6;min=1800;max=9000", "IT-D07", "critical",
         "amount of churn lies outside of the reference's range in 60 % of its values: it is 1800 to 9000, for 2 "
         "windows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w;
        open_world(&w);
        twice(&w, "features", "churn amount", cases[i].cells);
        expect_only(&w, cases[i].id, cases[i].severity, "feature churn > amount", cases[i].text);
        close_world(&w);
    }
}

/* What holds beside the gravest state has its own windows, and its own beginning. */
static void each_state_has_its_own_windows(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    set(&w, "features", "churn amount", "state=DRIFT;windows=1;since=1699999990000;nulls=0.12;score=0.62;excess=3.1");
    rows_set(w.store, "features", "churn amount", "holds", "DRIFT:1:1699999990000 NULLS:5:1699999950000");
    expect_only(&w, "IT-D04", "warning", "feature churn > amount",
                "amount of churn is null or missing in 12 % of the events, in the reference in 0 %, for 5 windows");
    assert_int_equal(w.look.said.items[0].since_ms, 1699999950000);
    rows_set(w.store, "features", "churn amount", "holds", "DRIFT:2:1699999990000 NULLS:6:1699999950000");
    look(&w);
    assert_int_equal(w.look.said.n, 2);
    assert_int_equal(said_find(&w.look, "IT-D01")->since_ms, 1699999990000);
    assert_int_equal(said_find(&w.look, "IT-D04")->since_ms, 1699999950000);
    static const char *const broken[] = {"DRIFT",    "DRIFT:x:9", "DRIFT:2",
                                         "SOON:2:9", ":::",       "NULLS:9223372036854775808"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        rows_set(w.store, "features", "churn amount", "holds", broken[i]);
        expect_silent(&w);
    }
    set(&w, "features", "churn amount", "state=NULLS;note=also UNSEEN;windows=2;unseen=1;unseen_share=0.01");
    look(&w);
    assert_int_equal(w.look.said.n, 2);
    assert_non_null(said_find(&w.look, "IT-D08"));
    close_world(&w);
}

static void a_cohort_has_more_than_one_state(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    set(&w, "features", "churn left", "state=OK;windows=9;role=label");
    set(&w, "cohorts", "churn region south", "state=DRIFT;windows=3;worst=age;worst_score=0.7;lost=stays");
    rows_set(w.store, "cohorts", "churn region south", "holds", "DRIFT:3:1699999990000 LOST:2:1699999995000");
    look(&w);
    assert_int_equal(w.look.said.n, 2);
    assert_non_null(said_find(&w.look, "IT-D12"));
    assert_string_equal(said_find(&w.look, "IT-D11")->text,
                        "the cohort region = south of churn has no row of class stays any "
                        "more, among 400 rows, for 2 windows");
    rows_set(w.store, "cohorts", "churn region south", "worst",
             "left"); /* the label, which lost its class: one thing */
    look(&w);
    assert_int_equal(w.look.said.n, 1);
    assert_non_null(said_find(&w.look, "IT-D11"));
    close_world(&w);
}

static void categories_come_and_go(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    twice(&w, "features", "churn tariff", "state=UNSEEN;unseen=1;unseen_share=0.031;unseen_top=flat");
    expect_only(&w, "IT-D08", "warning", "feature churn > tariff",
                "tariff of churn has 1 category that the reference has not, in 3.1 % of its values, most of them flat, "
                "for 2 windows");
    set(&w, "features", "churn tariff", "state=DRIFT;note=also UNSEEN, VANISHED;total_variation=0.2;vanished=2");
    look(&w);
    assert_int_equal(w.look.said.n, 3);
    assert_string_equal(said_find(&w.look, "IT-D09")->text,
                        "tariff of churn has lost 2 categories of the reference, for 2 windows");
    assert_string_equal(said_find(&w.look, "IT-D09")->evidence.items[1].where,
                        "dataset = \"churn\" and feature = \"tariff\" and state = \"vanished\"");
    assert_non_null(said_find(&w.look, "IT-D01"));
    set(&w, "features", "churn tariff", "note=also UNSEEN;unseen_share=0.15");
    look(&w);
    assert_int_equal(w.look.said.n, 1); /* what is new is most of the difference */
    close_world(&w);
}

static void cohorts(void **state)
{
    (void)state;
    static const struct {
        const char *cells, *id, *text;
    } cases[] = {
        {"state=ONE;rows=1;share_reference=0.12", "IT-D10",
         "the cohort region = null of churn has 1 row only, and 12 % of the reference's, for 2 windows"},
        {"state=ONE;rows=1;share_reference=0", "IT-D10",
         "the cohort region = null of churn has 1 row only, and the reference has none, for 2 windows"},
        {"state=LOST;lost=stays;rows=40", "IT-D11",
         "the cohort region = null of churn has no row of class stays any more, among 40 rows, for 2 windows"},
        {"state=DRIFT;worst=age;worst_score=0.7", "IT-D12",
         "the cohort region = null of churn drifted in age, to a score of 0.7, while the whole did not, for 2 windows"},
        {"state=UNSEEN;rows=60;null=1", "IT-D13",
         "the cohort region = null of churn is not in the reference, where the key is always there; it has 60 rows, "
         "for 2 windows"},
        {"state=VANISHED;rows=0;share_reference=0.2", "IT-D14",
         "the cohort region = null of churn has no row, and 20 % of the reference's, for 2 windows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w;
        open_world(&w);
        twice(&w, "cohorts", "churn region null", cases[i].cells);
        expect_only(&w, cases[i].id, "warning", "cohort churn > region = null", cases[i].text);
        close_world(&w);
    }
}

static void a_cohort_drifts_with_the_whole(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    set(&w, "cohorts", "churn region south", "state=DRIFT;worst=age;worst_score=0.7");
    look(&w);
    assert_non_null(said_find(&w.look, "IT-D12"));
    set(&w, "features", "churn age", "state=DRIFT;windows=1");
    expect_silent(&w);
    close_world(&w);
}

static void most_features_drift(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    twice(&w, "features", "churn age", "state=DRIFT;score=0.62;excess=3.1;total_variation=0.4");
    set(&w, "features", "churn amount", "state=DRIFT;score=0.62;excess=3.1;total_variation=0.4");
    expect_only(&w, "IT-D15", "critical", "dataset churn", "2 of 4 features of churn drifted, most of all age");
    set(&w, "features", "churn amount", "windows=1");
    look(&w);
    assert_null(said_find(&w.look, "IT-D15"));
    assert_int_equal(w.look.said.n, 1);
    close_world(&w);
}

static void datasets_that_cannot_be_judged(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    set(&w, "datasets", "churn", "state=EMPTY;rows=0");
    expect_only(&w, "IT-D16", "warning", "dataset churn", "churn has no event in its last window");
    assert_int_equal(w.look.said.items[0].hold_ms, 60000);
    set(&w, "datasets", "churn", "state=LOW-N;rows=12");
    expect_only(&w, "IT-D17", "info", "dataset churn", "churn has too few events in a window to be judged: 12");
    rows_set(w.store, "datasets", "churn", "kind", "evidently");
    expect_silent(&w);
    close_world(&w);
}

static void events_that_no_window_counts(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    expect_silent(&w);
    rows_ms += 1000;
    set(&w, "datasets", "churn", "bad=3;late=9");
    expect_only(&w, "IT-D18", "info", "dataset churn", "3 events of churn could not be read");
    rows_ms += 299999;
    look(&w);
    assert_int_equal(w.look.said.n, 1);
    rows_ms++;
    expect_silent(&w);
    rows_set(w.store, "datasets", "churn", "late", "10");
    expect_only(&w, "IT-D19", "info", "dataset churn", "10 events of churn came after their window was closed");
    set(&w, "datasets", "churn", "late=11;rows=100000");
    expect_silent(&w);
    close_world(&w);
}

/* What another tool says has no windows; what it notes is no list of marks. */
static void other_tools_have_the_last_word_on_theirs(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    set(&w, "datasets", "report", "kind=evidently;state=DRIFT;features=1;share=1");
    set(&w, "features", "report age", "state=DRIFT;score=0.4;line=0.1;note=drift detected");
    expect_silent(&w);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stable_is_silent),
        cmocka_unit_test(a_feature_drifts),
        cmocka_unit_test(the_commit_that_brought_it_is_evidence),
        cmocka_unit_test(a_prediction_is_graver),
        cmocka_unit_test(the_classic_bug_is_said_once),
        cmocka_unit_test(what_no_distance_shows),
        cmocka_unit_test(each_state_has_its_own_windows),
        cmocka_unit_test(a_cohort_has_more_than_one_state),
        cmocka_unit_test(categories_come_and_go),
        cmocka_unit_test(cohorts),
        cmocka_unit_test(a_cohort_drifts_with_the_whole),
        cmocka_unit_test(most_features_drift),
        cmocka_unit_test(datasets_that_cannot_be_judged),
        cmocka_unit_test(events_that_no_window_counts),
        cmocka_unit_test(other_tools_have_the_last_word_on_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
