/* The demo's model topic, as the dataset that watches it sees it: what befalls it is found, in the feature or cohort that it befalls,
 * and nothing before. Time is set by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf.h"
#include "demo/churn.h"
#include "demo/churn_event.h"
#include "demo/script.h"
#include "drift/cohorts_judge.h"
#include "drift/setup.h"

#include <stdlib.h>
#include <string.h>

enum { BEGIN_MS = 5000, AGE = DEMO_CHURN_AGE_FROM_S, PLAN = DEMO_CHURN_PLAN_FROM_S, REGION = DEMO_CHURN_REGION_FROM_S };

static const int64_t epoch_ms = 1700000003000; /* in the midst of a window */

static int64_t held_wall_ms(void *arg)
{
    return epoch_ms + *(int64_t *)arg / 1000;
}

static int64_t held_mono_us(void *arg)
{
    return *(int64_t *)arg;
}

struct stage {
    int64_t us;
    struct clock clock;
    struct demo_world *world;
    struct demo_script *script;
    struct conf *conf;
    struct drift_setup *setup;
    int64_t next; /* offset that is read next */
};

/* The reference, but for the distributions within levels of cohorts, whose lines take long to draw. */
static struct drift_reference *read_reference(const struct stage *st)
{
    struct str text = {0};
    struct error err = {0};
    struct drift_reference *reference = NULL;
    json_t *key, *level;
    size_t i, k;
    demo_churn_reference(demo_script_churn(st->script), &text);
    json_t *o = json_loads(str_text(&text), 0, NULL);
    json_array_foreach(json_object_get(o, "cohorts"), i, key)
        json_array_foreach(json_object_get(key, "levels"), k, level)
            assert_int_equal(json_object_del(level, "profiles"), 0);
    char *less = json_dumps(o, 0);
    if (drift_reference_read(less, strlen(less), &reference, &err))
        fail_msg("%s", err.text);
    free(less);
    json_decref(o);
    str_done(&text);
    return reference;
}

/* The dataset as the configuration has it. */
static void add_dataset(struct stage *st)
{
    struct error err = {0};
    json_t *sections = json_pack("{s:{s:o}}", "datasets", DEMO_CHURN_DATASET, demo_churn_config("/nowhere.json"));
    char *line = json_dumps(sections, 0);
    const struct conf_args args = {
        .config = "/dev/null", .bootstrap = "127.0.0.1:1", .sections = line, .no_defaults = true};
    if (conf_load(&args, &st->conf, &err))
        fail_msg("%s", err.text);
    assert_int_equal(st->conf->ndatasets, 1);
    assert_string_equal(st->conf->datasets[0].topic, DEMO_PLAN_CHURN);
    st->setup = drift_setup_new(&st->conf->datasets[0]);
    st->setup->reference = read_reference(st);
    free(line);
    json_decref(sections);
}

static void begin(struct stage *st, uint64_t seed)
{
    *st = (struct stage){.us = BEGIN_MS * INT64_C(1000)};
    st->clock = (struct clock){.wall_ms = held_wall_ms, .mono_us = held_mono_us, .arg = &st->us};
    st->world = demo_world_new(3, "c");
    st->script = demo_script_new(st->world, &st->clock, seed, 0);
    add_dataset(st);
    st->next = demo_world_partition(st->world, DEMO_PLAN_CHURN, 0)->end - 3000; /* half a minute of them */
}

static void end(struct stage *st)
{
    drift_setup_free(st->setup);
    conf_free(st->conf);
    demo_script_free(st->script);
    demo_world_free(st->world);
}

static void record(const struct stage *st, int64_t offset, struct str *value)
{
    const struct demo_topic *t = demo_world_topic(st->world, DEMO_PLAN_CHURN);
    struct str key = {0};
    str_clear(value);
    t->record.make(t->record.arg, t, 0, offset, &key, value);
    str_done(&key);
}

/* Reads what there is so many seconds after the beginning. */
static void read_until(struct stage *st, int second)
{
    st->us = (BEGIN_MS + second * INT64_C(1000)) * 1000;
    demo_script_step(st->script);
    const struct demo_partition *p = demo_world_partition(st->world, DEMO_PLAN_CHURN, 0);
    struct str value = {0};
    for (; st->next < p->end; st->next++) {
        record(st, st->next, &value);
        drift_setup_feed(st->setup, 0, st->next, demo_partition_time_of(p, st->next), value.s, value.len);
    }
    str_done(&value);
}

/* The window that was closed last: how many were since the last call. */
static int take(struct stage *st, struct drift_dataset_result *r)
{
    int n = 0;
    assert_non_null(st->setup->dataset);
    while (drift_dataset_take(st->setup->dataset, r))
        n++;
    assert_true(n > 0);
    return n;
}

static const struct drift_dataset_feature *feature(const struct drift_dataset_result *r, const char *name)
{
    for (size_t i = 0; i < r->nfeatures; i++)
        if (strcmp(r->features[i].field->name, name) == 0)
            return &r->features[i];
    fail_msg("no feature %s", name);
    return NULL;
}

static bool has(const struct drift_dataset_feature *f, enum drift_mark mark)
{
    return f->score.mark == mark || (f->score.also & 1U << mark);
}

/* Features that are not well, as text. */
static void bad_features(const struct drift_dataset_result *r, struct str *out)
{
    str_clear(out);
    for (size_t i = 0; i < r->nfeatures; i++)
        if (r->features[i].score.mark != DRIFT_MARK_OK)
            str_printf(out, "%s ", r->features[i].field->name);
}

/* The caller's. */
static struct drift_cohorts_judge *judge(const struct drift_dataset_result *r)
{
    struct drift_cohorts_judge_feature *features = calloc(r->nfeatures, sizeof *features);
    assert_non_null(features);
    for (size_t i = 0; i < r->nfeatures; i++)
        features[i] = (struct drift_cohorts_judge_feature){r->features[i].reference, r->features[i].score.mark,
                                                           r->features[i].score.also};
    struct drift_cohorts_judge *j = drift_cohorts_judge(r->cohorts, r->reference, features, r->nfeatures, &r->settings);
    free(features);
    return j;
}

/* name NULL: null. */
static const struct drift_cohorts_judge_level *level(const struct drift_cohorts_judge *j, const char *key,
                                                     const char *name)
{
    for (size_t k = 0; k < j->nkeys; k++)
        for (size_t i = 0; strcmp(j->keys[k].name, key) == 0 && i < j->keys[k].n; i++) {
            const struct drift_cohort *c = j->keys[k].levels[i].current;
            if (c && (name ? c->level && c->len == strlen(name) && memcmp(c->level, name, c->len) == 0 : !c->level))
                return &j->keys[k].levels[i];
        }
    fail_msg("no %s = %s", key, name ? name : "null");
    return NULL;
}

static void test_all_is_well_at_first(void **state)
{
    (void)state;
    struct stage st;
    struct drift_dataset_result r;
    struct str bad = {0};
    begin(&st, 1);
    read_until(&st, AGE - 1);
    assert_true(drift_dataset_take(st.setup->dataset, &r));
    do {
        bad_features(&r, &bad);
        assert_string_equal(str_text(&bad), "");
        assert_int_equal(r.drifted, 0);
        assert_int_equal(r.judged, DEMO_CHURN_FIELDS);
    } while (drift_dataset_take(st.setup->dataset, &r));
    assert_int_equal(r.reference->rows, 3000);
    str_done(&bad);
    end(&st);
}

static void test_what_befalls_it_is_found(void **state)
{
    (void)state;
    struct stage st;
    struct drift_dataset_result r;
    struct str bad = {0};
    begin(&st, 1);
    read_until(&st, AGE - 1);
    take(&st, &r);
    read_until(&st, PLAN - 1);
    assert_true(take(&st, &r) >= 2);
    assert_true(has(feature(&r, "age"), DRIFT_MARK_ZEROS) && has(feature(&r, "age"), DRIFT_MARK_DRIFT));
    assert_int_equal(feature(&r, "score")->score.mark, DRIFT_MARK_DRIFT);
    bad_features(&r, &bad);
    assert_string_equal(str_text(&bad), "score age ");
    read_until(&st, REGION - 1);
    take(&st, &r);
    assert_true(has(feature(&r, "plan"), DRIFT_MARK_UNSEEN));
    assert_int_equal(feature(&r, "plan")->score.unseen, 1);
    read_until(&st, REGION + 25);
    assert_true(take(&st, &r) >= 2);
    struct drift_cohorts_judge *j = judge(&r);
    assert_int_equal(level(j, "region", NULL)->mark, DRIFT_MARK_ONE);
    assert_int_equal(level(j, "region", NULL)->rows, 1);
    assert_int_equal(level(j, "plan", "family")->mark, DRIFT_MARK_UNSEEN);
    assert_true(level(j, "plan", "family")->rows > 100);
    drift_cohorts_judge_free(j);
    assert_int_equal(feature(&r, "region")->score.mark, DRIFT_MARK_OK); /* which no distance shows */
    read_until(&st, DEMO_CHURN_CYCLE_S - 1);
    take(&st, &r);
    bad_features(&r, &bad);
    assert_string_equal(str_text(&bad), "");
    str_done(&bad);
    end(&st);
}

static void test_a_record_stays_what_it_is(void **state)
{
    (void)state;
    struct stage one, two;
    struct str early = {0}, late = {0};
    begin(&one, 1);
    begin(&two, 1);
    one.us += INT64_C(60) * 1000000;
    demo_script_step(one.script);
    int64_t end_offset = demo_world_partition(one.world, DEMO_PLAN_CHURN, 0)->end;
    assert_int_equal(end_offset, one.next + 3000 + 60 * 100);
    for (int64_t at = end_offset - 3000; at < end_offset; at += 100) {
        record(&one, at, &early);
        record(&two, at, &late); /* as it will be */
        assert_string_equal(str_text(&early), str_text(&late));
        json_t *o = json_loads(str_text(&early), 0, NULL);
        assert_int_equal(json_object_size(o), DEMO_CHURN_FIELDS + 2);
        json_decref(o);
    }
    str_done(&early);
    str_done(&late);
    end(&one);
    end(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_is_well_at_first),
        cmocka_unit_test(test_what_befalls_it_is_found),
        cmocka_unit_test(test_a_record_stays_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
