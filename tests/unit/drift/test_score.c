/* Scores against the reference values of the methods, and what is said where distances say nothing. */
#include "tests/unit/unit.h"

#include "drift/profile_counts.h"
#include "drift/score.h"
#include "random.h"

static const struct drift_score_settings defaults;

static void add_number(struct drift_profile *p, double v)
{
    drift_profile_add(p, &(struct drift_event_value){.kind = DRIFT_EVENT_NUMBER, .number = v});
}

static void add_text(struct drift_profile *p, const char *s)
{
    struct drift_event_value v = drift_event_text(s, strlen(s));
    drift_profile_add(p, &v);
}

/* A reference of one feature by hand. */
static struct drift_reference *read_feature(const char *json)
{
    struct drift_reference *r = NULL;
    struct error err = {0};
    struct str text = {0};
    str_printf(&text, "{\"icetop_drift_reference\": 1, \"features\": [{\"name\": \"x\", %s}]}", json);
    if (drift_reference_read(text.s, text.len, &r, &err))
        fail_msg("%s", err.text);
    str_done(&text);
    return r;
}

static struct drift_score score_of(struct drift_reference *r, struct drift_profile *current)
{
    struct drift_score s;
    drift_profile_settle(current);
    drift_score(&r->features[0], current, &defaults, &s);
    drift_profile_free(current);
    drift_reference_unref(r);
    return s;
}

static bool says(const struct drift_score *s, enum drift_mark mark)
{
    return s->mark == mark || s->also & 1U << mark;
}

static void counts_give_the_reference_values(void **state)
{
    (void)state;
    static const int now[] = {90, 240, 300, 220, 140, 10};
    struct drift_reference *r =
        read_feature("\"edges\": [0,1,2,3,4,5,6], \"counts\": [120,300,280,200,100,0], \"min\": 0");
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_NUMBER, r->features[0].edges);
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < now[i]; k++)
            add_number(p, i + 0.5);
    struct drift_score s = score_of(r, p);
    assert_float_equal(s.psi, 0.0843552106, 1e-9);
    assert_float_equal(s.value, 0.0843552106, 1e-9);
    assert_float_equal(s.js, 0.0910826820, 1e-9);
    assert_float_equal(s.hellinger, 0.0991861584, 1e-9);
    assert_float_equal(s.total_variation, 0.09, 1e-12);
    assert_float_equal(s.l_infinity, 0.06, 1e-12);
    assert_float_equal(s.chi_square_p, 2.0606986e-05, 1e-11);
    assert_float_equal(s.cramer_v, 0.1101606189, 1e-3); /* of six bins here */
    assert_true(isnan(s.ks) && isnan(s.wasserstein) && isnan(s.z_p));
    assert_float_equal(s.p, s.chi_square_p, 0);
    assert_false(s.p_exact);
}

static void categories_give_the_same(void **state)
{
    (void)state;
    static const int now[] = {90, 240, 300, 220, 140, 10};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    struct drift_reference *r = read_feature("\"categories\": {\"a\":120,\"b\":300,\"c\":280,\"d\":200,\"e\":100}");
    assert_int_equal(r->features[0].method->id, DRIFT_METHOD_CHI_SQUARE_P); /* of 1,000 rows */
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < now[i]; k++)
            add_text(p, names[i]);
    struct drift_score s = score_of(r, p);
    assert_float_equal(s.psi, 0.0843552106, 1e-9);
    assert_float_equal(s.js, 0.0910826820, 1e-9);
    assert_float_equal(s.value, s.p, 0);
    assert_float_equal(s.line, DRIFT_SCORE_FALSE_ALARMS, 0);
    assert_int_equal(s.mark, DRIFT_MARK_DRIFT);
    assert_float_equal(s.p, 2.0606986e-05, 1e-11);
    assert_int_equal(s.unseen, 1);
    assert_float_equal(s.unseen_share, 0.01, 1e-12);
    r = read_feature("\"categories\": {\"yes\":50,\"no\":950}, \"method\": \"z-p\"");
    p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    for (int i = 0; i < 1000; i++)
        add_text(p, i < 80 ? "yes" : "no");
    s = score_of(r, p);
    assert_float_equal(s.z_p, 0.0065065975, 1e-9);
    assert_float_equal(s.p, s.z_p, 0);
    assert_int_equal(s.mark, DRIFT_MARK_OK); /* below 0.05, which one window of 20 is */
    assert_float_equal(s.excess, DRIFT_SCORE_FALSE_ALARMS / s.z_p, 1e-9);
}

static double by_categories(const char *method, size_t n)
{
    static const int now[] = {90, 240, 300, 220, 140, 10};
    struct str json = {0};
    str_printf(&json, "\"categories\": {\"a\":120,\"b\":300,\"c\":280,\"d\":200,\"e\":100}, \"method\": \"%s\"",
               method);
    struct drift_reference *r = read_feature(json.s);
    str_done(&json);
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < now[i]; k++)
            add_text(p, (const char[]){(char)('a' + (int)i), 0});
    struct drift_score s = score_of(r, p);
    if (s.excess >= 1 && s.mark != DRIFT_MARK_DRIFT)
        fail_msg("%s: %g is beyond %g", method, s.value, s.line);
    return s.value;
}

static void other_bases_and_tests_give_the_reference_values(void **state)
{
    (void)state;
    assert_float_equal(by_categories("js2", 6), 0.1094014506, 1e-9);
    assert_float_equal(by_categories("js", 6), 0.0910826820, 1e-9);
    assert_float_equal(by_categories("chi2-fit-p", 5), 6.2719e-08, 1e-12);
    assert_float_equal(by_categories("chi2-p", 5), 7.14254586e-04, 1e-11);
    /* A category that the reference has not would be infinitely unlikely. */
    assert_float_equal(by_categories("chi2-fit-p", 6), 2.0606986e-05, 1e-11);
}

/* A_i = i / 10 and B_j = 0.11 j + 0.5. */
static struct drift_score of_samples(const char *method)
{
    struct str json = {0};
    str_printf(&json, "\"method\": \"%s\", \"values\": [", method);
    for (int i = 1; i <= 100; i++)
        str_printf(&json, "%s%.17g", i > 1 ? "," : "", i / 10.0);
    str_char(&json, ']');
    struct drift_reference *r = read_feature(json.s);
    str_done(&json);
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_NUMBER, r->features[0].edges);
    for (int j = 1; j <= 80; j++)
        add_number(p, 0.11 * j + 0.5);
    return score_of(r, p);
}

static void bins_may_move(void **state)
{
    (void)state;
    struct drift_score s = of_samples("psi-moving");
    assert_float_equal(s.value, 0.1014642648, 1e-9);
    assert_float_equal(s.psi, 0.0907052680, 1e-9);
    assert_true(s.line > 0.2 && s.mark == DRIFT_MARK_OK);
}

static void held_values_give_the_reference_values(void **state)
{
    (void)state;
    struct drift_score s = of_samples("wasserstein");
    assert_float_equal(s.ks, 0.0775, 1e-12);
    assert_float_equal(s.p, 0.9336678761, 1e-9);
    assert_true(s.p_exact);
    assert_float_equal(s.wasserstein, 0.30905, 1e-12);
    assert_float_equal(s.value, 0.1070634138, 1e-9);
    assert_float_equal(s.psi, 0.0907052680, 1e-9);
    assert_true(s.line > 0.4 && s.excess < 0.3); /* 0.1 would have alarmed */
    assert_int_equal(s.mark, DRIFT_MARK_OK);
}

static void a_p_value_is_judged_again_when_it_is_adjusted(void **state)
{
    (void)state;
    struct drift_reference *r = read_feature("\"categories\": {\"yes\":50,\"no\":950}, \"method\": \"z-p\"");
    struct drift_reference_feature f = r->features[0];
    struct drift_score s = {.value = 0.01, .line = 0.05, .mark = DRIFT_MARK_DRIFT, .also = 1U << DRIFT_MARK_NULLS};
    drift_score_adjust(&f, 0.2, &s);
    assert_int_equal(s.mark, DRIFT_MARK_NULLS);
    assert_int_equal(s.also, 0);
    assert_float_equal(s.excess, 0.25, 1e-12);
    drift_score_adjust(&f, 0.04, &s);
    assert_int_equal(s.mark, DRIFT_MARK_DRIFT);
    assert_int_equal(s.also, 1U << DRIFT_MARK_NULLS);
    f.method = drift_method_find("js");
    drift_score_adjust(&f, 0.9, &s);
    assert_int_equal(s.mark, DRIFT_MARK_DRIFT);
    drift_reference_unref(r);
}

/* ---- marks ---- */

static struct drift_reference *normal_reference(int rows, int nulls)
{
    struct str json = {0};
    uint64_t random = 5;
    str_printf(&json, "\"method\": \"psi\", \"null\": %d, \"values\": [", nulls);
    for (int i = 0; i < rows; i++)
        str_printf(&json, "%s%.17g", i ? "," : "", 40 + 12 * random_normal(&random));
    str_char(&json, ']');
    struct drift_reference *r = read_feature(json.s);
    str_done(&json);
    return r;
}

enum change { NOTHING, ALL_NULL, SOME_NULL, ALL_ZERO, SOME_ZERO, TEXTS, FAR, ONE_VALUE, FEW, NONE };

static struct drift_score changed(enum change change)
{
    struct drift_reference *r = normal_reference(900, 0);
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_NUMBER, r->features[0].edges);
    uint64_t random = 77;
    int rows = change == FEW ? 20 : change == NONE ? 0 : 800;
    for (int i = 0; i < rows; i++) {
        double v = 40 + 12 * random_normal(&random);
        if (change == ALL_NULL || (change == SOME_NULL && i % 20 == 0))
            drift_profile_add(p, &(struct drift_event_value){.kind = DRIFT_EVENT_NULL});
        else if (change == TEXTS && i % 10 == 0)
            add_text(p, "forty");
        else if (change == ALL_ZERO || (change == SOME_ZERO && i % 10 == 0))
            add_number(p, 0);
        else
            add_number(p, change == ONE_VALUE ? 40 : change == FAR && i % 20 == 0 ? 4000 : v);
    }
    return score_of(r, p);
}

static void what_distances_miss_is_said(void **state)
{
    (void)state;
    static const struct {
        enum change change;
        enum drift_mark mark, other;
    } cases[] = {{NOTHING, DRIFT_MARK_OK, DRIFT_MARK_OK},         {ALL_NULL, DRIFT_MARK_NULLS, DRIFT_MARK_EMPTY},
                 {SOME_NULL, DRIFT_MARK_NULLS, DRIFT_MARK_NULLS}, {ALL_ZERO, DRIFT_MARK_DRIFT, DRIFT_MARK_CONSTANT},
                 {SOME_ZERO, DRIFT_MARK_ZEROS, DRIFT_MARK_RANGE}, {TEXTS, DRIFT_MARK_TYPE, DRIFT_MARK_TYPE},
                 {FAR, DRIFT_MARK_RANGE, DRIFT_MARK_RANGE},       {ONE_VALUE, DRIFT_MARK_DRIFT, DRIFT_MARK_CONSTANT},
                 {FEW, DRIFT_MARK_LOW_N, DRIFT_MARK_LOW_N},       {NONE, DRIFT_MARK_LOW_N, DRIFT_MARK_LOW_N}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct drift_score s = changed(cases[i].change);
        if (s.mark != cases[i].mark || !says(&s, cases[i].other))
            fail_msg("change %d: %s and %x, score %g", cases[i].change, drift_mark_names[s.mark].word, s.also, s.value);
    }
}

static void an_id_is_never_new_and_a_category_is(void **state)
{
    (void)state;
    char id[24];
    for (int kind = 0; kind < 4; kind++) { /* ids of few rows, of many; a new category; one that is gone */
        int rows = kind == 0 ? 150 : 5000;
        struct drift_reference *r = read_feature("\"categories\": {}");
        struct drift_profile *p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL), *before = r->features[0].profile;
        for (int i = 0; i < rows; i++) {
            snprintf(id, sizeof id, kind < 2 ? "id-%d" : "c%d", kind < 2 ? i : i % 6);
            add_text(before, id);
            snprintf(id, sizeof id, kind < 2 ? "id-%d" : "c%d", kind < 2 ? i + rows : i % (kind == 3 ? 5 : 6));
            add_text(p, kind == 2 && i % 100 == 0 ? "new" : id);
        }
        struct drift_score s = score_of(r, p);
        static const enum drift_mark wanted[] = {DRIFT_MARK_OK, DRIFT_MARK_OK, DRIFT_MARK_UNSEEN, DRIFT_MARK_DRIFT};
        if (s.mark != wanted[kind])
            fail_msg("kind %d: %s, %g", kind, drift_mark_names[s.mark].word, s.value);
        assert_true(kind != 3 || (says(&s, DRIFT_MARK_VANISHED) && s.vanished == 1));
        assert_true(kind != 2 || s.unseen == 1);
    }
}

/* 2,000 rows of so many categories on both sides, of which some are of a new one now. lone: the reference has one of a single row. */
static struct drift_score with_new(int categories, int fresh, bool lone)
{
    struct drift_reference *r = read_feature("\"categories\": {}");
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL), *before = r->features[0].profile;
    char name[24];
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "c%d", i % categories);
        add_text(before, lone && i == 1999 ? "lone" : name);
        add_text(p, i < fresh ? "new" : name);
    }
    drift_profile_settle(before);
    return score_of(r, p);
}

static void a_few_rows_of_a_new_category_are_said(void **state)
{
    (void)state;
    static const struct {
        int categories, fresh;
        bool lone, wanted;
    } cases[] = {{4, 20, false, true},  {4, 5, false, true},   {4, 4, false, false}, /* as many as a cohort wants */
                 {190, 5, false, true}, {100, 20, true, true}, /* a tail: by chance, and 1 % is none */
                 {190, 5, true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct drift_score s = with_new(cases[i].categories, cases[i].fresh, cases[i].lone);
        assert_int_equal(s.unseen, 1);
        if (says(&s, DRIFT_MARK_UNSEEN) != cases[i].wanted)
            fail_msg("case %zu: %s and %x", i, drift_mark_names[s.mark].word, s.also);
    }
}

static void a_feature_without_values_is_no_reference(void **state)
{
    (void)state;
    struct drift_reference *r = read_feature("\"values\": [], \"null\": 500");
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_NUMBER, NULL);
    for (int i = 0; i < 500; i++)
        drift_profile_add(p, &(struct drift_event_value){.kind = DRIFT_EVENT_NULL});
    struct drift_score s = score_of(r, p);
    assert_int_equal(s.mark, DRIFT_MARK_NO_REFERENCE);
    assert_true(isnan(s.value) && isnan(s.line));
    assert_float_equal(s.nulls, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_give_the_reference_values),
        cmocka_unit_test(categories_give_the_same),
        cmocka_unit_test(other_bases_and_tests_give_the_reference_values),
        cmocka_unit_test(bins_may_move),
        cmocka_unit_test(held_values_give_the_reference_values),
        cmocka_unit_test(a_p_value_is_judged_again_when_it_is_adjusted),
        cmocka_unit_test(what_distances_miss_is_said),
        cmocka_unit_test(an_id_is_never_new_and_a_category_is),
        cmocka_unit_test(a_few_rows_of_a_new_category_are_said),
        cmocka_unit_test(a_feature_without_values_is_no_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
