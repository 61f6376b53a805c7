/* Streams of events through windows, references and verdicts. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "drift/dataset.h"
#include "random.h"

static const int64_t minute = 60000, start = INT64_C(1795239600000); /* a full hour */

struct hand_clock {
    int64_t wall_ms, mono_us;
};

static int64_t hand_wall(void *arg)
{
    return ((struct hand_clock *)arg)->wall_ms;
}

static int64_t hand_mono(void *arg)
{
    return ((struct hand_clock *)arg)->mono_us;
}

/* A stream whose events have an age (N(40, 10)), a region and a label, one each 300 ms: 1000 in 5 minutes. */
struct bed {
    struct hand_clock hand;
    struct clock clock;
    struct drift_schema schema;
    struct drift_dataset_settings settings;
    struct drift_dataset *d;
    uint64_t seed;
    int64_t offset;
    bool broken; /* every age is 0 */
};

static void add_field(struct bed *b, const char *path, enum drift_event_role role, enum drift_type type)
{
    const struct drift_schema_field f = {.path = (char *)(uintptr_t)path, .role = role, .type = type};
    assert_int_equal(drift_schema_add(&b->schema, &f, NULL), 0);
}

static void bed_init(struct bed *b)
{
    *b = (struct bed){.seed = 7};
    b->hand.wall_ms = start + 10000 * minute;
    b->clock = (struct clock){hand_wall, hand_mono, &b->hand};
    add_field(b, "label", DRIFT_EVENT_LABEL, DRIFT_TYPE_CATEGORY);
    add_field(b, "age", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER);
    add_field(b, "region", DRIFT_EVENT_FEATURE, DRIFT_TYPE_CATEGORY);
    add_field(b, "region", DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY);
    add_field(b, "ts", DRIFT_EVENT_TIME, DRIFT_TYPE_NUMBER);
    b->settings = (struct drift_dataset_settings){.name = "churn",
                                                  .schema = &b->schema,
                                                  .window = {.size = 5 * minute, .slide = 5 * minute, .late_ms = 10000},
                                                  .from = DRIFT_REFERENCE_FIRST,
                                                  .clock = &b->clock};
}

static void open_dataset(struct bed *b)
{
    struct error err = {0};
    b->d = drift_dataset_new(&b->settings, &err);
    if (!b->d)
        fail_msg("%s", err.text);
}

static void bed_done(struct bed *b)
{
    drift_dataset_free(b->d);
    drift_reference_unref(b->settings.reference);
    drift_schema_done(&b->schema);
}

static void feed(struct bed *b, const char *text)
{
    drift_dataset_feed(b->d, 0, b->offset++, -1, text, strlen(text));
}

static void feed_one(struct bed *b, int64_t ms)
{
    static const char *const regions[] = {"eu", "us", "apac"};
    char text[200];
    const double age = 40 + 10 * random_normal(&b->seed);
    const char *region = regions[random_next(&b->seed) % 3];
    snprintf(text, sizeof text, "{\"ts\": %lld, \"age\": %.2f, \"region\": \"%s\", \"label\": %d}", (long long)ms,
             b->broken ? 0 : age, region, random_next(&b->seed) % 4 == 0);
    feed(b, text);
}

/* Events of minutes from up to to, behind start. */
static void run(struct bed *b, int64_t from, int64_t to)
{
    for (int64_t ms = from * minute; ms < to * minute; ms += 300)
        feed_one(b, start + ms);
}

static struct drift_dataset_result take(struct bed *b)
{
    struct drift_dataset_result r = {0};
    assert_true(drift_dataset_take(b->d, &r));
    return r;
}

static const struct drift_dataset_feature *feature(const struct drift_dataset_result *r, const char *name)
{
    for (size_t i = 0; i < r->nfeatures; i++)
        if (strcmp(r->features[i].field->name, name) == 0)
            return &r->features[i];
    fail_msg("no feature %s", name);
    return NULL;
}

static struct drift_dataset_counts counts(const struct bed *b)
{
    struct drift_dataset_counts c;
    drift_dataset_counts(b->d, &c);
    return c;
}

static void what_breaks_is_named(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    run(&b, 0, 15);
    b.broken = true;
    run(&b, 15, 30);
    b.broken = false;
    run(&b, 30, 36);
    r = take(&b);
    assert_int_equal(r.mark, DRIFT_MARK_NO_REFERENCE);
    assert_int_equal(r.rows, 1000);
    assert_null(r.reference);
    for (int i = 0; i < 2; i++) {
        r = take(&b);
        assert_int_equal(r.from_ms, start + (5 + 5 * i) * minute);
        assert_int_equal(r.to_ms, start + (10 + 5 * i) * minute);
        assert_int_equal(r.mark, DRIFT_MARK_OK);
        assert_int_equal(r.nfeatures, 3);
        assert_int_equal(r.judged, 3);
        assert_int_equal(r.drifted, 0);
        assert_int_equal(r.reference->rows, 1000);
        assert_int_equal(r.cohorts->keys[0].n, 3);
        assert_int_equal(r.cohorts_reference->keys[0].n, 3);
    }
    for (unsigned i = 0; i < 3; i++) {
        r = take(&b);
        const struct drift_dataset_feature *age = feature(&r, "age");
        assert_true(age->score.mark > DRIFT_MARK_NO_REFERENCE);
        assert_true(age->score.excess >= 1);
        assert_int_equal(age->streak.marks[age->score.mark].windows, i + 1);
        assert_int_equal(age->streak.marks[age->score.mark].since_ms, start + 20 * minute);
        assert_true(age->p_adjusted < 1e-9);
        assert_int_equal(feature(&r, "region")->score.mark, DRIFT_MARK_OK);
        assert_int_equal(feature(&r, "label")->score.mark, DRIFT_MARK_OK);
        assert_int_equal(r.drifted, 1);
        assert_int_equal(r.mark, age->score.mark);
    }
    r = take(&b);
    assert_int_equal(feature(&r, "age")->score.mark, DRIFT_MARK_OK);
    assert_false(drift_dataset_take(b.d, &r));
    assert_int_equal(counts(&b).bad + counts(&b).late + counts(&b).early, 0);
    bed_done(&b);
}

/* The null level of the only key; NULL: there is none. */
static const struct drift_cohorts_judge_level *null_level(const struct drift_dataset_result *r)
{
    const struct drift_cohorts_judge_key *k = &r->judge->keys[0];
    for (size_t i = 0; i < k->n; i++)
        if (k->levels[i].current && !k->levels[i].current->level)
            return &k->levels[i];
    return NULL;
}

static void a_cohort_holds_for_windows(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    for (int w = 0; w < 6; w++) { /* of one null region in windows 1, 2 and 4 */
        run(&b, 5 * w, 5 * w + 5);
        char text[200];
        snprintf(text, sizeof text, "{\"ts\": %lld, \"age\": 40, \"label\": 0}",
                 (long long)(start + (5 * w + 4) * minute));
        if (w == 1 || w == 2 || w == 4)
            feed(&b, text);
    }
    static const unsigned wanted[] = {0, 1, 2, 0, 1};
    for (int w = 0; w < 5; w++) {
        r = take(&b);
        const struct drift_cohorts_judge_level *l = null_level(&r);
        assert_int_equal(l != NULL, wanted[w] > 0);
        if (!l)
            continue;
        assert_int_equal(l->mark, DRIFT_MARK_ONE);
        assert_int_equal(l->streak.marks[DRIFT_MARK_ONE].windows, wanted[w]);
        assert_int_equal(l->streak.marks[DRIFT_MARK_ONE].since_ms, start + (5 * (w == 4 ? 4 : 1) + 5) * minute);
    }
    bed_done(&b);
}

static void events_lie_at_offsets(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    run(&b, 0, 11);
    r = take(&b);
    assert_int_equal(r.noffsets, 1);
    assert_int_equal(r.offsets[0].partition, 0);
    assert_int_equal(r.offsets[0].first, 0);
    assert_int_equal(r.offsets[0].next, 1000);
    r = take(&b);
    assert_int_equal(r.offsets[0].first, 1000);
    bed_done(&b);
}

static void a_sliding_window_is_its_panes(void **state)
{
    struct bed b, s;
    struct drift_dataset_result r, sliding;
    uint64_t rows = 0;
    double sum = 0;
    (void)state;
    bed_init(&b);
    bed_init(&s);
    s.settings.window.size = 15 * minute;
    open_dataset(&b);
    open_dataset(&s);
    run(&b, 0, 16);
    run(&s, 0, 16);
    for (int i = 0; i < 3; i++) {
        r = take(&b);
        sliding = take(&s);
        rows += r.rows;
        const struct drift_moments *m = &feature(&r, "age")->current->moments;
        sum += m->mean * (double)m->count;
    }
    assert_int_equal(rows, 3000);
    assert_int_equal(sliding.rows, 3000);
    const struct drift_profile *age = feature(&sliding, "age")->current;
    assert_int_equal(age->moments.count, 3000);
    assert_true(fabs(age->moments.mean - sum / 3000) <= 1e-9);
    assert_int_equal(age->quantiles->n, 3000);
    assert_int_equal(sliding.from_ms, start);
    assert_int_equal(sliding.to_ms, start + 15 * minute);
    assert_int_equal(drift_cohorts_find(&sliding.cohorts->keys[0], "eu", 2)->rows,
                     drift_frequent_lower(feature(&sliding, "region")->current->items, "eu", 2));
    bed_done(&b);
    bed_done(&s);
}

static void order_does_not_matter(void **state)
{
    enum { EVENTS = 1000 };
    struct bed b[2];
    struct drift_dataset_result r[2];
    uint64_t seed = 3;
    size_t order[EVENTS];
    (void)state;
    for (size_t i = 0; i < EVENTS; i++)
        order[i] = i;
    for (size_t k = 0; k < 2; k++) {
        bed_init(&b[k]);
        b[k].settings.window =
            (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = EVENTS, .slide = EVENTS};
        open_dataset(&b[k]);
        for (size_t i = 0; i < EVENTS; i++) {
            char text[100];
            snprintf(text, sizeof text, "{\"age\": %zu, \"region\": \"r%zu\", \"label\": %zu}",
                     order[i] * order[i] % 89, order[i] % 7, order[i] % 2);
            feed(&b[k], text);
        }
        r[k] = take(&b[k]);
        for (size_t i = EVENTS - 1; i > 0; i--) {
            const size_t j = random_next(&seed) % (i + 1), held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
    }
    const struct drift_profile *x = feature(&r[0], "age")->current, *y = feature(&r[1], "age")->current;
    assert_int_equal(x->rows, y->rows);
    assert_int_equal(x->moments.zeros, y->moments.zeros);
    assert_true(fabs(x->moments.mean - y->moments.mean) <= 1e-9 && fabs(x->moments.m2 - y->moments.m2) <= 1e-5);
    for (int i = 0; i < 7; i++) {
        char level[8];
        const size_t len = (size_t)snprintf(level, sizeof level, "r%d", i);
        assert_int_equal(drift_frequent_lower(feature(&r[0], "region")->current->items, level, len),
                         drift_frequent_lower(feature(&r[1], "region")->current->items, level, len));
        assert_int_equal(drift_cohorts_find(&r[0].cohorts->keys[0], level, len)->rows,
                         drift_cohorts_find(&r[1].cohorts->keys[0], level, len)->rows);
    }
    bed_done(&b[0]);
    bed_done(&b[1]);
}

static void references_go_along(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    b.settings.from = DRIFT_REFERENCE_PREVIOUS;
    open_dataset(&b);
    run(&b, 0, 10);
    b.broken = true;
    run(&b, 10, 21);
    r = take(&b);
    assert_null(r.reference);
    for (int64_t i = 1; i < 4; i++) {
        r = take(&b);
        assert_int_equal(r.reference->rows, 1000);
        assert_int_equal(r.reference->from_ms, start + (i - 1) * 5 * minute);
        assert_int_equal(feature(&r, "age")->score.excess >= 1, i == 2); /* it broke then, and is as before now */
        assert_int_equal(feature(&r, "age")->current->counts->finite, 1000);
    }
    bed_done(&b);

    bed_init(&b);
    b.settings.from = DRIFT_REFERENCE_TRAILING;
    b.settings.trailing_ms = 20 * minute;
    open_dataset(&b);
    run(&b, 0, 51);
    static const uint64_t rows[] = {0, 1000, 2000, 3000, 4000, 4000, 4000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        r = take(&b);
        assert_int_equal(r.reference ? r.reference->rows : 0, rows[i]);
        if (r.reference)
            assert_int_equal(r.mark, DRIFT_MARK_OK);
    }
    bed_done(&b);
}

/* Sliding windows are not compared with what is in them. */
static void a_previous_window_is_one_without_shared_panes(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    b.settings.from = DRIFT_REFERENCE_PREVIOUS;
    b.settings.window.size = 10 * minute;
    open_dataset(&b);
    run(&b, 0, 31);
    for (int64_t i = 0; i < 6; i++) {
        r = take(&b);
        assert_int_equal(r.to_ms, start + (i + 1) * 5 * minute);
        assert_int_equal(r.reference != NULL, i >= 2);
        if (i >= 3) {
            assert_int_equal(r.reference->rows, 2000);
            assert_true(r.reference->to_ms < r.from_ms);
            assert_true(r.reference->from_ms >= r.from_ms - 10 * minute);
        }
    }
    bed_done(&b);
}

static void a_reference_is_saved_and_compared_with(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    assert_null(drift_dataset_reference(b.d));
    run(&b, 0, 16);
    struct drift_reference *saved = drift_dataset_reference(b.d);
    assert_int_equal(saved->rows, 1000);
    assert_int_equal(saved->nfeatures, 3);
    assert_int_equal(saved->cohorts->keys[0].n, 3);
    assert_string_equal(saved->dataset, "churn");
    assert_int_equal(saved->made_ms, b.hand.wall_ms);
    drift_dataset_free(b.d);

    b.settings.from = DRIFT_REFERENCE_FILE;
    b.settings.reference = saved;
    open_dataset(&b);
    run(&b, 20, 26);
    r = take(&b);
    assert_int_equal(r.mark, DRIFT_MARK_OK);
    assert_int_equal(r.judged, 3);
    assert_ptr_equal(r.reference, saved);
    drift_dataset_free(b.d);

    struct error err = {0}; /* of another type than it was */
    b.schema.fields[1].type = DRIFT_TYPE_CATEGORY;
    assert_null(drift_dataset_new(&b.settings, &err));
    assert_non_null(strstr(err.text, "age is a category"));
    b.d = NULL;
    bed_done(&b);
}

static void windows_end_though_nothing_comes(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    run(&b, 0, 5);
    drift_dataset_close(b.d, false);
    assert_false(drift_dataset_take(b.d, &r));
    b.hand.mono_us += 9 * 1000000;
    drift_dataset_close(b.d, false);
    assert_false(drift_dataset_take(b.d, &r));
    b.hand.mono_us += 2 * 1000000; /* 10 s behind the window's end */
    drift_dataset_close(b.d, false);
    r = take(&b);
    assert_int_equal(r.rows, 1000);
    feed_one(&b, start + 5 * minute - 1);
    assert_int_equal(counts(&b).late, 1);
    b.hand.mono_us += INT64_C(24) * 3600 * 1000000;
    drift_dataset_close(b.d, false); /* sees that something came, and counts from now */
    b.hand.mono_us += INT64_C(24) * 3600 * 1000000;
    drift_dataset_close(b.d, false);
    r = take(&b);
    assert_int_equal(r.mark, DRIFT_MARK_EMPTY);
    assert_int_equal(r.rows, 0);
    assert_false(drift_dataset_take(b.d, &r));
    bed_done(&b);
}

static void what_is_open_can_be_closed(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    run(&b, 0, 7);
    drift_dataset_close(b.d, true);
    assert_int_equal(take(&b).rows, 1000);
    assert_int_equal(take(&b).rows, 400);
    assert_false(drift_dataset_take(b.d, &r));
    bed_done(&b);
}

static void events_of_wrong_clocks_are_counted(void **state)
{
    struct bed b;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    run(&b, 0, 3);
    feed_one(&b, INT64_C(4085000000000));
    feed_one(&b, 1000000000);
    run(&b, 3, 6);
    assert_int_equal(counts(&b).early, 1);
    assert_int_equal(counts(&b).late, 1);
    assert_int_equal(take(&b).rows, 1000);
    bed_done(&b);
}

static void a_part_is_sampled(void **state)
{
    struct bed b;
    uint64_t rows[2];
    (void)state;
    for (int k = 0; k < 2; k++) {
        bed_init(&b);
        b.settings.sample = 0.25;
        open_dataset(&b);
        run(&b, 0, 6);
        rows[k] = take(&b).rows;
        assert_int_equal(counts(&b).events + counts(&b).skipped, 1200);
        bed_done(&b);
    }
    assert_int_equal(rows[0], rows[1]); /* the same ones */
    assert_true(rows[0] > 200 && rows[0] < 300);
}

static void a_schema_is_inferred(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    (void)state;
    bed_init(&b);
    b.settings.schema = NULL;
    open_dataset(&b);
    for (int i = 0; i < 1500; i++) {
        char text[300];
        snprintf(
            text, sizeof text,
            "{\"request_id\": \"x%d\", \"ts\": %lld, \"model\": {\"age\": %.3f, \"region\": \"%s\", \"tags\": [%s]}, "
            "\"prediction\": %.3f, \"sequence\": %d, \"sent\": %lld}",
            i, (long long)(start + i * 400), 40 + 10 * random_normal(&b.seed), i % 3 ? "eu" : "us", i % 2 ? "1" : "",
            random_unit(&b.seed), 70 + 3 * i, (long long)(start + i * 400 - i % 7 * 1000));
        if (i == 200)
            assert_non_null(drift_dataset_schema(b.d));
        feed(&b, text);
    }
    r = take(&b);
    assert_int_equal(r.rows, 750); /* those that were looked at are counted too */
    assert_int_equal(r.nfeatures, 3);
    assert_string_equal(r.features[0].field->name, "prediction");
    assert_int_equal(r.features[0].field->role, DRIFT_EVENT_PREDICTION);
    assert_int_equal(feature(&r, "model.age")->field->type, DRIFT_TYPE_NUMBER);
    assert_int_equal(feature(&r, "model.region")->field->type, DRIFT_TYPE_CATEGORY);
    assert_non_null(strstr(drift_dataset_note(b.d), "of identifiers or free text (request_id)"));
    assert_non_null(strstr(drift_dataset_note(b.d), "1 that only grow, as counters do (sequence)"));
    assert_non_null(strstr(drift_dataset_note(b.d), "1 of times (sent)"));
    assert_non_null(strstr(drift_dataset_note(b.d), "model.tags"));
    bed_done(&b);
}

/* Keys and a time that the user names stay; what the reference has is there though no event has it. */
static void what_is_known_stays_in_a_schema_that_is_inferred(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    struct drift_schema given = {0};
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    run(&b, 0, 6);
    b.settings.reference = drift_dataset_reference(b.d);
    drift_dataset_free(b.d);
    b.settings.from = DRIFT_REFERENCE_FILE;
    drift_schema_done(&b.schema);
    add_field(&b, "region", DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY);
    add_field(&b, "ts", DRIFT_EVENT_TIME, DRIFT_TYPE_NUMBER);
    drift_schema_copy(&b.schema, &given);
    b.settings.schema = &given;
    open_dataset(&b);
    drift_schema_done(&given); /* it was copied */
    for (int i = 0; i < 1000; i++) {
        char text[100];
        snprintf(text, sizeof text, "{\"ts\": %lld, \"region\": \"eu\", \"label\": %d}", (long long)(start + i * 600),
                 i % 4 == 0);
        feed(&b, text);
    }
    r = take(&b);
    assert_int_equal(r.nfeatures, 3);
    assert_int_equal(feature(&r, "age")->current->missing, 500);
    assert_true(feature(&r, "age")->score.mark > DRIFT_MARK_LOW_N);
    assert_int_equal(r.cohorts->keys[0].n, 1);
    bed_done(&b);
}

static void bad_input_is_counted(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    struct str huge;
    (void)state;
    bed_init(&b);
    b.settings.window = (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = 6, .slide = 6};
    open_dataset(&b);
    static const char *const bad[] = {"", "{\"age\": 1", "7", "nonsense", "{\"age\": }", "\xff\xfe{"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        feed(&b, bad[i]);
    str_init(&huge, 0);
    str_add(&huge, "{\"age\": 3, \"x\": \"");
    str_repeat(&huge, 'x', 5 * 1024 * 1024);
    str_add(&huge, "\"}");
    feed(&b, str_text(&huge));
    str_done(&huge);
    assert_int_equal(counts(&b).bad, 7);
    assert_true(drift_dataset_why(b.d)[0]);
    static const char *const odd[] = {"{\"age\": \"41\", \"region\": \"eu\"}",
                                      "{\"age\": NaN, \"region\": [1]}",
                                      "{\"age\": 1e999, \"region\": {}}",
                                      "{\"age\": -Infinity, \"region\": null}",
                                      "{\"age\": 123456789012345678901234567890, \"region\": true}",
                                      "{}"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        feed(&b, odd[i]);
    r = take(&b);
    const struct drift_profile *age = feature(&r, "age")->current, *region = feature(&r, "region")->current;
    assert_int_equal(age->conflicts, 1);
    assert_int_equal(age->moments.nan, 1);
    assert_int_equal(age->moments.pos_inf, 1);
    assert_int_equal(age->moments.neg_inf, 1);
    assert_int_equal(age->moments.count, 1);
    assert_int_equal(age->missing, 1);
    assert_int_equal(region->conflicts, 2);
    assert_int_equal(drift_profile_values(region), 2);
    assert_int_equal(counts(&b).events, 13);
    bed_done(&b);
}

static void feed_wide(struct bed *b, size_t n, int i)
{
    struct str text;
    str_init(&text, 0);
    for (size_t f = 0; f < n; f++)
        str_printf(&text, "%s\"f%zu\": %d.5", f ? ", " : "{", f, (int)((f * 31 + (size_t)i * 617) % 1000));
    str_char(&text, '}');
    feed(b, str_text(&text));
    str_done(&text);
}

static void too_many_features_are_refused_or_left_out(void **state)
{
    struct bed b;
    struct error err = {0};
    (void)state;
    bed_init(&b);
    for (int i = 0; i < DRIFT_DATASET_FEATURES; i++) {
        char name[20];
        snprintf(name, sizeof name, "f%d", i);
        add_field(&b, name, DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER);
    }
    assert_null(drift_dataset_new(&b.settings, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_non_null(strstr(err.text, "2003 features"));
    b.settings.schema = NULL;
    b.settings.window = (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = 40, .slide = 40};
    open_dataset(&b);
    for (int i = 0; i < 30; i++)
        feed_wide(&b, 9000, i);
    drift_dataset_close(b.d, true);
    const struct drift_dataset_result r = take(&b);
    assert_int_equal(r.nfeatures, DRIFT_DATASET_FEATURES);
    assert_non_null(strstr(drift_dataset_note(b.d), "7000 beyond the limit"));
    assert_true(drift_dataset_bytes(b.d) < (size_t)DRIFT_DATASET_FEATURES * 65536);
    bed_done(&b);
}

/* A day of ten numbers and as many texts: reference and one window. */
static void memory_is_bounded(void **state)
{
    struct bed b;
    (void)state;
    bed_init(&b);
    b.settings.schema = NULL;
    b.settings.window = (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = 20000, .slide = 20000};
    open_dataset(&b);
    for (int i = 0; i < 45000; i++) {
        char text[400];
        size_t n = 0;
        for (int f = 0; f < 5; f++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s\"n%d\": %.17g, \"c%d\": \"%d\"", f ? ", " : "{", f,
                                  random_normal(&b.seed), f, (int)(random_next(&b.seed) % 50));
        snprintf(text + n, sizeof text - n, "}");
        feed(&b, text);
    }
    struct drift_reference *r = drift_dataset_reference(b.d);
    size_t bytes = 0;
    for (size_t i = 0; i < r->nfeatures; i++)
        bytes += drift_profile_bytes(r->features[i].profile);
    assert_int_equal(r->nfeatures, 10);
    assert_true(bytes + drift_dataset_bytes(b.d) < 10 * 3 * 65536); /* two windows wait to be taken, one fills */
    drift_reference_unref(r);
    bed_done(&b);
}

static void settings_that_are_none(void **state)
{
    struct bed b;
    struct error err = {0};
    (void)state;
    bed_init(&b);
    b.settings.window.slide = 7;
    assert_null(drift_dataset_new(&b.settings, &err));
    b.settings.window.slide = b.settings.window.size;
    b.settings.from = DRIFT_REFERENCE_FILE;
    assert_null(drift_dataset_new(&b.settings, &err));
    b.settings.from = DRIFT_REFERENCE_TRAILING;
    assert_null(drift_dataset_new(&b.settings, &err));
    assert_int_equal(err.code, ERR_INVALID);
    bed_done(&b);
}

static void results_that_nobody_takes_are_dropped(void **state)
{
    struct bed b;
    struct drift_dataset_result r;
    size_t n = 0;
    (void)state;
    bed_init(&b);
    b.settings.window = (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = 1, .slide = 1};
    open_dataset(&b);
    for (int i = 0; i < DRIFT_DATASET_RESULTS + 10; i++)
        feed_one(&b, start + i);
    while (drift_dataset_take(b.d, &r))
        assert_int_equal(r.offsets[0].first, 10 + n++);
    assert_int_equal(n, DRIFT_DATASET_RESULTS);
    assert_int_equal(counts(&b).dropped, 10);
    bed_done(&b);
}

/* The past of partitions, one behind the other: no event is late, and windows are those of all of them. */
static void partitions_are_read_one_after_another(void **state)
{
    enum { PARTITIONS = 3, MINUTES = 5 * (DRIFT_DATASET_RESULTS + 40) };
    struct bed b;
    struct drift_dataset_result r;
    size_t n = 0;
    (void)state;
    bed_init(&b);
    open_dataset(&b);
    for (int32_t p = 0; p < PARTITIONS; p++)
        drift_dataset_tell(b.d, p, true);
    for (int32_t p = 0; p < PARTITIONS; p++) {
        for (int64_t m = 0; m < MINUTES; m++) {
            char text[100];
            snprintf(text, sizeof text, "{\"ts\": %lld, \"age\": 4, \"region\": \"eu\", \"label\": 0}",
                     (long long)(start + m * minute));
            drift_dataset_feed(b.d, p, m, -1, text, strlen(text));
        }
        if (p + 1 < PARTITIONS)
            assert_false(drift_dataset_take(b.d, &r));
        drift_dataset_tell(b.d, p, false);
    }
    for (; drift_dataset_take(b.d, &r); n++) {
        assert_int_equal(r.rows, 5 * PARTITIONS);
        assert_int_equal(r.noffsets, PARTITIONS);
        assert_int_equal(r.from_ms, start + (int64_t)n * 5 * minute);
    }
    assert_int_equal(n, MINUTES / 5 - 1); /* more than are held: none was lost */
    assert_int_equal(counts(&b).late, 0);
    assert_int_equal(counts(&b).dropped, 0);
    assert_int_equal(counts(&b).forced, 0);
    bed_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_breaks_is_named),
        cmocka_unit_test(a_cohort_holds_for_windows),
        cmocka_unit_test(events_lie_at_offsets),
        cmocka_unit_test(a_sliding_window_is_its_panes),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(references_go_along),
        cmocka_unit_test(a_previous_window_is_one_without_shared_panes),
        cmocka_unit_test(a_reference_is_saved_and_compared_with),
        cmocka_unit_test(windows_end_though_nothing_comes),
        cmocka_unit_test(what_is_open_can_be_closed),
        cmocka_unit_test(events_of_wrong_clocks_are_counted),
        cmocka_unit_test(a_part_is_sampled),
        cmocka_unit_test(a_schema_is_inferred),
        cmocka_unit_test(what_is_known_stays_in_a_schema_that_is_inferred),
        cmocka_unit_test(bad_input_is_counted),
        cmocka_unit_test(too_many_features_are_refused_or_left_out),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(settings_that_are_none),
        cmocka_unit_test(results_that_nobody_takes_are_dropped),
        cmocka_unit_test(partitions_are_read_one_after_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
