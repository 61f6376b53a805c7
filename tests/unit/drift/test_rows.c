/* Rows of drift: a window that was made by hand, and another tool's report. */
#include "tests/unit/unit.h"

#include "answers.h"
#include "base/clock.h"
#include "drift/rows.h"
#include "drift/tables.h"

#include <math.h>
#include <string.h>

struct world {
    struct store *store;
    struct drift_rows rows;
    struct drift_schema schema;
    struct drift_profile *current[2];
    struct drift_reference *reference;
    struct drift_dataset_feature features[2];
    struct drift_dataset_result result;
};

static void add(struct drift_profile *p, const char *category, double number, size_t times)
{
    struct drift_event_value v = category ? drift_event_text(category, strlen(category))
                                          : (struct drift_event_value){.kind = DRIFT_EVENT_NUMBER, .number = number};
    for (size_t i = 0; i < times; i++)
        drift_profile_add(p, &v);
}

/* age: 1..100 before, all 0 now; region: north and south before, a new one now. */
static void score_all(struct world *w)
{
    struct drift_score_settings settings = {0};
    for (size_t i = 0; i < 2; i++) {
        const struct drift_reference_feature *f = &w->reference->features[i];
        w->features[i] =
            (struct drift_dataset_feature){.field = &w->schema.fields[i], .reference = f, .current = w->current[i]};
        drift_profile_settle(w->current[i]);
        drift_score(f, w->current[i], &settings, &w->features[i].score);
        w->features[i].p_adjusted = w->features[i].score.p;
        const struct drift_score *s = &w->features[i].score;
        drift_streak_go_on(&w->features[i].streak, NULL, s->also | 1U << s->mark, 60000);
    }
    w->result = (struct drift_dataset_result){.from_ms = 0,
                                              .to_ms = 60000,
                                              .rows = 100,
                                              .features = w->features,
                                              .nfeatures = 2,
                                              .reference = w->reference,
                                              .judged = 2,
                                              .drifted = 2,
                                              .mark = DRIFT_MARK_DRIFT};
}

static int setup(void **state)
{
    struct world *w = mem_new(struct world);
    w->store = store_new(&clock_system);
    for (size_t i = 0; drift_tables[i]; i++)
        assert_int_equal(store_add(w->store, drift_tables[i], NULL, NULL, NULL), 0);
    w->rows = (struct drift_rows){w->store, store_owner(w->store, "drift:income"), "income"};
    char age[] = "age", region[] = "region";
    const struct drift_schema_field fields[] = {{age, age, DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER},
                                                {region, region, DRIFT_EVENT_FEATURE, DRIFT_TYPE_CATEGORY}};
    struct drift_profile *old[2];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(drift_schema_add(&w->schema, &fields[i], NULL), 0);
        old[i] = drift_profile_new(fields[i].type, NULL);
    }
    for (int i = 1; i <= 100; i++)
        add(old[0], NULL, i, 1);
    add(old[1], "north", 0, 60);
    add(old[1], "south", 0, 40);
    drift_profile_settle(old[0]);
    w->reference = drift_reference_new("income", &w->schema, old, NULL, NULL);
    w->current[0] = drift_profile_new(DRIFT_TYPE_NUMBER, w->reference->features[0].edges);
    w->current[1] = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    add(w->current[0], NULL, 0, 100);
    add(w->current[1], "north", 0, 50);
    add(w->current[1], "west", 0, 50);
    score_all(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    drift_profile_free(w->current[0]);
    drift_profile_free(w->current[1]);
    drift_reference_unref(w->reference);
    drift_schema_done(&w->schema);
    store_free(w->store);
    free(w);
    return 0;
}

/* The row of up to two key texts behind the dataset. */
static struct row *find(const struct world *w, const struct table_def *def, const char *a, const char *b)
{
    struct table *t = store_find(w->store, def->name);
    for (struct row *r = table_first(t); r; r = row_next(r))
        if ((!a || strcmp(row_get(r, 1).s->raw, a) == 0) && (!b || strcmp(row_get(r, 2).s->raw, b) == 0))
            return r;
    fail_msg("%s has no row %s %s", def->name, a ? a : "", b ? b : "");
    return NULL;
}

static void assert_cell(const struct row *r, size_t column, const char *text)
{
    assert_int_equal(row_get(r, column).quality, QUALITY_EXACT);
    assert_string_equal(row_get(r, column).s->raw, text);
}

static void a_window_is_rows(void **state)
{
    struct world *w = *state;
    assert_int_equal(drift_rows_result(&w->rows, &w->result), 1 + 2 + 10 + 3);
    store_commit(w->store);
    const struct row *d = find(w, &drift_table_datasets, NULL, NULL);
    assert_cell(d, DATASETS_STATE, "DRIFT");
    assert_int_equal(row_get(d, DATASETS_DRIFTED).i, 2);
    assert_int_equal(row_get(d, DATASETS_WINDOW_END).i, 60000);
    const struct row *age = find(w, &drift_table_features, "age", NULL);
    assert_cell(age, FEATURES_CURRENT, "1000 0 0 0 0 0 0 0 0 0");
    assert_cell(age, FEATURES_REFERENCE, "100 100 100 100 100 100 100 100 100 100");
    assert_true(row_get(age, FEATURES_EXCESS).d > 1);
    assert_true(row_get(age, FEATURES_ZEROS).d == 1);
    assert_true(row_get(age, FEATURES_MEAN_REFERENCE).d == 50.5);
    assert_true(row_get(age, FEATURES_P50_REFERENCE).d == 50);
    assert_int_equal(row_get(age, FEATURES_UNSEEN).quality, QUALITY_UNKNOWN);
    const struct row *region = find(w, &drift_table_features, "region", NULL);
    assert_cell(region, FEATURES_UNSEEN_TOP, "west");
    assert_cell(region, FEATURES_REFERENCE, "600 400 0");
    assert_cell(region, FEATURES_CURRENT, "500 0 500");
    assert_cell(find(w, &drift_table_categories, "region", "west"), CATEGORIES_STATE, "new");
    assert_cell(find(w, &drift_table_categories, "region", "south"), CATEGORIES_STATE, "vanished");
    assert_true(fabs(row_get(find(w, &drift_table_categories, "region", "north"), CATEGORIES_DIFFERENCE).d + 0.1) <
                1e-12);
    const struct table *bins = store_find(w->store, "feature_bins");
    for (const struct row *r = table_first(bins); r; r = row_next(r)) { /* the outer ones hold what is beyond */
        int64_t bin = row_get(r, BINS_BIN).i;
        assert_int_equal(row_get(r, BINS_FROM).quality, bin == 0 ? QUALITY_UNKNOWN : QUALITY_EXACT);
        assert_int_equal(row_get(r, BINS_TO).quality, bin == 9 ? QUALITY_UNKNOWN : QUALITY_EXACT);
    }
}

/* The window after, of the same marks but for age's DRIFT (gone: it has none). */
static void go_on(struct world *w, size_t i, bool gone)
{
    struct drift_dataset_feature *f = &w->features[i];
    const struct drift_streak before = f->streak;
    if (gone)
        f->score = (struct drift_score){.mark = DRIFT_MARK_OK};
    drift_streak_go_on(&f->streak, &before, f->score.also | 1U << f->score.mark, w->result.to_ms);
}

static void the_first_window_of_a_state_stays_told(void **state)
{
    struct world *w = *state;
    struct drift_part_offsets offsets[] = {{0, 120, 220}, {1, 99, 99}};
    w->result.offsets = offsets;
    w->result.noffsets = 2;
    drift_rows_result(&w->rows, &w->result);
    const struct row *age = find(w, &drift_table_features, "age", NULL);
    assert_cell(age, FEATURES_STATE, "DRIFT");
    assert_cell(age, FEATURES_FIRST_OFFSETS, "0:120 1:99");
    assert_cell(age, FEATURES_NEXT_OFFSETS, "0:220 1:99");
    assert_cell(age, FEATURES_HOLDS, "DRIFT:1:60000 CONST:1:60000 ZEROS:1:60000 RANGE:1:60000");
    offsets[0] = (struct drift_part_offsets){0, 220, 320};
    w->result.to_ms += 60000;
    go_on(w, 0, false);
    go_on(w, 1, true);
    drift_rows_result(&w->rows, &w->result);
    assert_cell(age, FEATURES_NEXT_OFFSETS, "0:220 1:99");
    assert_int_equal(row_get(age, FEATURES_WINDOWS).i, 2);
    assert_int_equal(row_get(age, FEATURES_SINCE).i, 60000);
    const struct row *region = find(w, &drift_table_features, "region", NULL);
    assert_int_equal(row_get(region, FEATURES_FIRST_OFFSETS).quality, QUALITY_UNKNOWN);
    assert_int_equal(row_get(region, FEATURES_HOLDS).quality, QUALITY_UNKNOWN);
    /* A window in between was not taken: where the state began is not known. */
    w->result.to_ms += 60000;
    w->features[0].streak.marks[DRIFT_MARK_DRIFT].since_ms += 30000;
    go_on(w, 0, false);
    drift_rows_result(&w->rows, &w->result);
    assert_int_equal(row_get(age, FEATURES_FIRST_OFFSETS).quality, QUALITY_UNKNOWN);
}

static void the_same_again_writes_nothing_and_what_is_gone_goes(void **state)
{
    struct world *w = *state;
    drift_rows_result(&w->rows, &w->result);
    store_commit(w->store);
    uint64_t seq = store_seq(w->store);
    drift_rows_result(&w->rows, &w->result);
    store_commit(w->store);
    assert_true(store_seq(w->store) == seq);
    w->result.nfeatures = 1;
    drift_rows_result(&w->rows, &w->result);
    assert_int_equal(table_nrows(store_find(w->store, "features")), 1);
    assert_int_equal(table_nrows(store_find(w->store, "feature_categories")), 0);
    assert_int_equal(table_nrows(store_find(w->store, "feature_bins")), 10);
}

static void without_a_reference_the_window_is_told_alone(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < 2; i++) {
        w->features[i].reference = NULL;
        w->features[i].score = (struct drift_score){.mark = DRIFT_MARK_NO_REFERENCE};
    }
    w->result.reference = NULL;
    w->result.mark = DRIFT_MARK_NO_REFERENCE;
    drift_rows_result(&w->rows, &w->result);
    const struct row *age = find(w, &drift_table_features, "age", NULL);
    assert_cell(age, FEATURES_STATE, "NO-REF");
    assert_int_equal(row_get(age, FEATURES_SCORE).quality, QUALITY_UNKNOWN);
    assert_int_equal(row_get(age, FEATURES_NULLS_REFERENCE).quality, QUALITY_UNKNOWN);
    assert_int_equal(row_get(age, FEATURES_N).i, 100);
    assert_cell(age, FEATURES_CURRENT, "1000"); /* a picture of its own: all values are one */
    const struct row *west = find(w, &drift_table_categories, "region", "west");
    assert_int_equal(row_get(west, CATEGORIES_STATE).quality, QUALITY_UNKNOWN);
    assert_true(row_get(west, CATEGORIES_CURRENT).d == 0.5);
    assert_int_equal(row_get(find(w, &drift_table_datasets, NULL, NULL), DATASETS_SHARE).quality, QUALITY_UNKNOWN);
}

static void a_dataset_says_what_it_is(void **state)
{
    struct world *w = *state;
    const struct drift_rows_about about = {.topic = "scores",
                                           .window = {DRIFT_WINDOW_TIME, 3600000, 300000, 0},
                                           .from = DRIFT_REFERENCE_TRAILING,
                                           .trailing_ms = INT64_C(7) * 86400000,
                                           .sample = 1};
    const struct drift_rows_progress progress = {.counts = {.bad = 3}, .rate = NAN, .lag = -1};
    drift_rows_about(&w->rows, &about);
    drift_rows_progress(&w->rows, &progress);
    const struct row *d = find(w, &drift_table_datasets, NULL, NULL);
    assert_cell(d, DATASETS_WINDOW, "1 h by 5 m");
    assert_cell(d, DATASETS_REFERENCE, "trailing 7 d");
    assert_cell(d, DATASETS_STATE, "NO-REF");
    assert_int_equal(row_get(d, DATASETS_BAD).i, 3);
    assert_int_equal(row_get(d, DATASETS_LAG).quality, QUALITY_UNKNOWN);
}

static void anothers_answers_have_no_window_of_ours(void **state)
{
    struct world *w = *state;
    drift_rows_about(&w->rows, &(struct drift_rows_about){.topic = "answers", .foreign = true});
    const struct row *d = find(w, &drift_table_datasets, NULL, NULL);
    assert_cell(d, DATASETS_TOPIC, "answers");
    const size_t columns[] = {DATASETS_KIND, DATASETS_STATE, DATASETS_WINDOW, DATASETS_REFERENCE};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        assert_int_equal(row_get(d, columns[i]).quality, QUALITY_UNKNOWN);
}

/* Judges the result's cohorts, which go on from before. */
static struct drift_cohorts_judge *judge(struct world *w, const struct drift_cohorts_judge *before)
{
    struct drift_cohorts_judge_feature features[2];
    for (size_t i = 0; i < 2; i++)
        features[i] = (struct drift_cohorts_judge_feature){w->features[i].reference, w->features[i].score.mark,
                                                           w->features[i].score.also};
    struct drift_cohorts_judge *j =
        drift_cohorts_judge(w->result.cohorts, w->reference, features, 2, &w->result.settings);
    drift_cohorts_judge_go_on(j, before, w->result.to_ms);
    w->result.judge = j;
    return j;
}

static void levels_are_told_from_the_reference_and_from_null(void **state)
{
    struct world *w = *state;
    const char *keys[] = {"region"};
    struct drift_cohorts *now = drift_cohorts_new(keys, 1), *old = drift_cohorts_new(keys, 1);
    size_t yes = drift_cohorts_class(old, "yes", 3), no = drift_cohorts_class(old, "no", 2);
    struct drift_cohort *l = drift_cohorts_level(old, 0, "north", 5);
    l->rows = 100;
    l->classes[yes] = 25;
    l->classes[no] = 75;
    assert_int_equal(drift_cohorts_class(now, "no", 2), 0);
    l = drift_cohorts_level(now, 0, "north", 5);
    l->rows = 10;
    l->classes[0] = 10;
    drift_cohorts_level(now, 0, NULL, 0)->rows = 1;
    drift_cohorts_level(now, 0, "null", 4)->rows = 9;
    w->result.cohorts = now;
    w->result.cohorts_reference = old;
    struct drift_cohorts_judge *j[3] = {judge(w, NULL)};
    drift_rows_result(&w->rows, &w->result);
    const struct row *north = find(w, &drift_table_cohorts, "region", "north");
    assert_cell(north, COHORTS_STATE, "NO-REF"); /* the reference of this window has no levels of its own */
    assert_cell(north, COHORTS_CLASSES, "1000 0");
    assert_cell(north, COHORTS_CLASSES_REFERENCE, "750 250");
    assert_true(row_get(north, COHORTS_SHARE).d == 0.5);
    const struct row *null = find(w, &drift_table_cohorts, "region", "null");
    assert_true(row_get(null, COHORTS_NULL).i);
    assert_int_equal(row_get(null, COHORTS_ROWS).i, 1);
    assert_false(row_get(find(w, &drift_table_cohorts, "region", "\"null\""), COHORTS_NULL).i);
    /* Judged, as the reference has them: a second window in a row goes on from the first. */
    w->reference->cohorts = old;
    j[1] = judge(w, NULL);
    w->result.to_ms += 60000;
    j[2] = judge(w, j[1]);
    drift_rows_result(&w->rows, &w->result);
    null = find(w, &drift_table_cohorts, "region", "null");
    assert_cell(null, COHORTS_STATE, "ONE");
    assert_cell(null, COHORTS_MARKS, "??");
    assert_int_equal(row_get(null, COHORTS_WINDOWS).i, 2);
    assert_int_equal(row_get(null, COHORTS_SINCE).i, 60000);
    assert_cell(find(w, &drift_table_cohorts, "region", "\"null\""), COHORTS_STATE, "UNSEEN");
    assert_cell(find(w, &drift_table_cohorts, "region", "north"), COHORTS_STATE, "OK");
    assert_cell(null, COHORTS_HOLDS, "ONE:2:60000");
    for (size_t i = 0; i < 3; i++)
        drift_cohorts_judge_free(j[i]);
    drift_cohorts_free(now);
}

static void verdicts_have_their_own_words(void **state)
{
    struct world *w = *state;
    struct drift_verdicts *v = answers_of("{\"version\":\"0.4.40\",\"timestamp\":\"2026-01-01 "
                                          "00:00:00\",\"metrics\":[{\"metric\":\"DataDriftTable\",\"result\":"
                                          "{\"number_of_columns\":2,\"number_of_drifted_columns\":1,\"share_of_drifted_"
                                          "columns\":0.5,\"dataset_drift\":true,"
                                          "\"drift_by_columns\":{\"age\":{\"column_name\":\"age\",\"column_type\":"
                                          "\"num\",\"stattest_name\":\"K-S p_value\","
                                          "\"stattest_threshold\":0.05,\"drift_score\":0.01,\"drift_detected\":true,"
                                          "\"current\":{\"small_distribution\":{\"x\":[5,10],\"y\":[0.2]}},"
                                          "\"reference\":{\"small_distribution\":{\"x\":[0,5],\"y\":[0.2]}}}}}}]}");
    assert_true(drift_rows_verdicts(&w->rows, v, "report.json") > 2);
    drift_verdict_free(v);
    const struct row *d = find(w, &drift_table_datasets, NULL, NULL);
    assert_cell(d, DATASETS_KIND, "evidently");
    assert_cell(d, DATASETS_STATE, "DRIFT");
    assert_cell(d, DATASETS_TOPIC, "report.json");
    const struct row *age = find(w, &drift_table_features, "age", NULL);
    assert_cell(age, FEATURES_METHOD, "K-S p_value");
    assert_true(fabs(row_get(age, FEATURES_EXCESS).d - 5) < 1e-9);
    assert_cell(age, FEATURES_REFERENCE, "200 200 200 200 200 0 0 0 0 0");
    assert_cell(age, FEATURES_CURRENT, "0 0 0 0 0 200 200 200 200 200");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_window_is_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_window_of_a_state_stays_told, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_again_writes_nothing_and_what_is_gone_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_reference_the_window_is_told_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dataset_says_what_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(anothers_answers_have_no_window_of_ours, setup, teardown),
        cmocka_unit_test_setup_teardown(levels_are_told_from_the_reference_and_from_null, setup, teardown),
        cmocka_unit_test_setup_teardown(verdicts_have_their_own_words, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
