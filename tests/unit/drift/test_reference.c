/* References: frozen from windows, written, read, and what is refused. */
#include "tests/unit/unit.h"

#include "tests/unit/data.h"

#include "base/mem.h"
#include "drift/json.h"
#include "drift/reference.h"
#include "random.h"

static void add_number(struct drift_profile *p, double v)
{
    drift_profile_add(p, &(struct drift_event_value){.kind = DRIFT_EVENT_NUMBER, .number = v});
}

static void add_text(struct drift_profile *p, const char *s, size_t len)
{
    struct drift_event_value v = drift_event_text(s, len);
    drift_profile_add(p, &v);
}

static const struct {
    const char *name;
    enum drift_event_role role;
    enum drift_type type;
} fields[] = {
    {"score", DRIFT_EVENT_PREDICTION, DRIFT_TYPE_NUMBER}, {"age", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER},
    {"few", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER},      {"region", DRIFT_EVENT_FEATURE, DRIFT_TYPE_CATEGORY},
    {"id", DRIFT_EVENT_FEATURE, DRIFT_TYPE_CATEGORY},     {"nothing", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER},
    {"region", DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY},
};
enum { FEATURES = 6 };

/* A window of so many rows, with all that may be in one: values that are held or not, ids beyond the sketch, bytes that are no text. */
static struct drift_reference *make(int rows)
{
    static const char *const regions[] = {"eu", "us", "apac", "\xff\x00k"};
    struct drift_schema schema = {0};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char *name = mem_strdup(fields[i].name);
        const struct drift_schema_field field = {name, name, fields[i].role, fields[i].type};
        assert_int_equal(drift_schema_add(&schema, &field, NULL), 0);
        free(name);
    }
    struct drift_profile *p[FEATURES];
    uint64_t random = (uint64_t)rows;
    static const char *const keys[] = {"region"};
    struct drift_cohorts *c = drift_cohorts_new(keys, 1);
    for (int i = 0; i < FEATURES; i++)
        p[i] = drift_profile_new(fields[i].type, NULL);
    for (int i = 0; i < rows; i++) {
        char id[16];
        const char *region = regions[random_next(&random) % 4];
        size_t len = region[0] == '\xff' ? 3 : strlen(region);
        add_number(p[0], random_unit(&random));
        add_number(p[1], i % 50 == 7 ? NAN : 40 + 12 * random_normal(&random));
        add_number(p[2], (double)(random_next(&random) % 5));
        add_text(p[3], region, len);
        add_text(p[4], id, (size_t)snprintf(id, sizeof id, "id-%d", i));
        drift_profile_add(p[5], &(struct drift_event_value){.kind = i % 2 ? DRIFT_EVENT_NULL : DRIFT_EVENT_MISSING});
        struct drift_cohort *level = drift_cohorts_level(c, 0, i % 9 == 0 ? NULL : region, len);
        level->rows++;
        level->classes[drift_cohorts_class(c, i % 3 ? "no" : "yes", i % 3 ? 2 : 3)]++;
    }
    struct drift_reference *r = drift_reference_new("payments", &schema, p, c, NULL);
    r->from_ms = 1000;
    r->to_ms = 61000;
    drift_schema_done(&schema);
    return r;
}

static struct drift_reference *again(const struct str *text)
{
    struct drift_reference *r = NULL;
    struct error err = {0};
    if (drift_reference_read(text->s, text->len, &r, &err))
        fail_msg("%s", err.text);
    return r;
}

static void is_read_as_it_was_written(void **state)
{
    (void)state;
    static const int rows[] = {0, 3, 900, 5000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct drift_reference *r = make(rows[i]), *back;
        struct str text = {0}, text2 = {0};
        drift_reference_write(r, &text);
        back = again(&text);
        drift_reference_write(back, &text2);
        assert_string_equal(text.s, text2.s);
        assert_string_equal(back->dataset, "payments");
        assert_int_equal(back->rows, rows[i]);
        assert_int_equal(back->made_ms, -1);
        assert_int_equal(back->to_ms, 61000);
        assert_int_equal(back->nfeatures, FEATURES);
        for (size_t f = 0; f < FEATURES; f++) {
            const struct drift_profile *a = r->features[f].profile, *b = back->features[f].profile;
            assert_int_equal(drift_profile_values(a), drift_profile_values(b));
            assert_int_equal(a->moments.nan, b->moments.nan);
            assert_true(a->moments.count == 0 ||
                        (a->moments.mean == b->moments.mean && a->moments.m2 == b->moments.m2));
            assert_true(!a->counts == !b->counts);
            if (a->counts)
                assert_memory_equal(a->counts->counts, b->counts->counts,
                                    a->counts->edges->bins * sizeof *a->counts->counts);
        }
        assert_int_equal(back->cohorts->keys[0].n, r->cohorts->keys[0].n);
        drift_reference_unref(r);
        drift_reference_unref(drift_reference_ref(back));
        drift_reference_unref(back);
        str_done(&text);
        str_done(&text2);
    }
}

static void edges_are_deciles_or_a_bin_a_value(void **state)
{
    (void)state;
    struct drift_reference *r = make(900), *many = make(20000);
    for (int i = 0; i < 2; i++) {
        const struct drift_reference_feature *f = (i ? many : r)->features;
        assert_int_equal(f[1].edges->bins, DRIFT_REFERENCE_BINS);
        assert_int_equal(f[2].edges->bins, 5);
        assert_null(f[5].edges);
        double n = (double)f[1].profile->moments.count;
        for (int b = 0; b < DRIFT_REFERENCE_BINS; b++)
            assert_float_equal((double)f[1].profile->counts->counts[b] / n, 0.1, i ? 0.017 : 0.002);
    }
    assert_true(r->features[1].points->whole);
    assert_false(many->features[1].points->whole);
    assert_ptr_equal(drift_reference_find(r, "few"), &r->features[2]);
    assert_null(drift_reference_find(r, "fewer"));
    drift_reference_unref(r);
    drift_reference_unref(many);
}

#define HEAD "{\"icetop_drift_reference\": 1, \"features\": ["

static void little_is_enough_by_hand(void **state)
{
    (void)state;
    struct str text = {0};
    str_add(&text,
            HEAD "{\"name\": \"age\", \"edges\": [0, 10, 20, 30], \"counts\": [5, 80, 15], \"null\": 7},"
                 "{\"name\": \"v\", \"values\": [3, 1, NaN, 2, null], \"method\": \"ks-p\", \"threshold\": 0.01},"
                 "{\"name\": \"region\", \"categories\": {\"eu\": 10, \"us\": 30}}]}");
    struct drift_reference *r = again(&text);
    const struct drift_reference_feature *age = &r->features[0], *v = &r->features[1], *region = &r->features[2];
    assert_int_equal(age->profile->rows, 107);
    assert_int_equal(drift_profile_values(age->profile), 100);
    assert_int_equal(age->method->id, DRIFT_METHOD_PSI);
    assert_int_equal(age->profile->moments.zeros, 5); /* as many as may be */
    assert_true(isnan(age->profile->moments.mean));
    assert_int_equal(v->profile->rows, 5);
    assert_int_equal(v->profile->moments.nan, 1);
    assert_int_equal(v->profile->null, 1);
    assert_int_equal(v->edges->bins, 3);
    assert_int_equal(v->method->id, DRIFT_METHOD_KS_P);
    assert_float_equal(v->threshold, 0.01, 0);
    assert_float_equal(v->points->values[0], 1, 0);
    assert_int_equal(region->type, DRIFT_TYPE_CATEGORY);
    assert_int_equal(drift_frequent_lower(region->profile->items, "us", 2), 30);
    assert_float_equal(drift_hll_estimate(region->profile->distinct), 2, 1e-3);
    assert_int_equal(r->rows, 107);
    drift_reference_unref(r);
    str_done(&text);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{\"icetop_drift_reference\": 1, \"features\": [", "line 1, column "},
        {"[]", "is this a reference?"},
        {"{\"icetop_drift_reference\": 2, \"features\": []}", "version 2"},
        {"{\"icetop_drift_reference\": 1}", "\"features\" is no list"},
        {HEAD "7]}", "features[0]: \"name\" is no string"},
        {HEAD "{\"name\":\"a\",\"type\":\"text\"}]}", "feature a: \"type\""},
        {HEAD "{\"name\":\"a\",\"edges\":[1,2]}]}", "feature a: \"edges\" with neither"},
        {HEAD "{\"name\":\"a\",\"edges\":[1,2],\"counts\":[1,2]}]}", "feature a: 2 \"counts\" for 1 bins"},
        {HEAD "{\"name\":\"a\",\"edges\":[1,2],\"counts\":[-1]}]}", "feature a: \"counts\"[0]"},
        {HEAD "{\"name\":\"a\",\"edges\":[2,1],\"counts\":[1]}]}", "feature a: "},
        {HEAD "{\"name\":\"a\",\"counts\":[1]}]}", "feature a: \"counts\" without"},
        {HEAD "{\"name\":\"a\",\"values\":[1,2,\"x\"]}]}", "feature a: \"values\"[2]"},
        {HEAD "{\"name\":\"a\",\"values\":[1,2],\"rows\":5}]}", "feature a: \"rows\" are 5"},
        {HEAD "{\"name\":\"a\",\"kll\":\"!\"}]}", "feature a: \"kll\" is no base64"},
        {HEAD "{\"name\":\"a\",\"kll\":\"AAAA\"}]}", "feature a: "},
        {HEAD "{\"name\":\"a\",\"method\":\"best\",\"values\":[1]}]}", "feature a: \"method\""},
        {HEAD "{\"name\":\"a\",\"method\":\"ks\",\"edges\":[0,1],\"counts\":[3]}]}", "not bins alone"},
        {HEAD "{\"name\":\"a\",\"method\":\"ks\",\"categories\":{\"x\":1}}]}", "method ks is not one of a category"},
        {HEAD "{\"name\":\"a\",\"threshold\":0,\"values\":[1]}]}", "feature a: \"threshold\""},
        {HEAD "{\"name\":\"a\",\"categories\":{\"x\":1.5}}]}", "feature a: category \"x\""},
        {HEAD "{\"name\":\"a\",\"values\":[1]},{\"name\":\"a\",\"values\":[1]}]}", "two features are named a"},
        {HEAD "],\"classes\":[\"y\"],\"cohorts\":[{\"key\":\"k\",\"levels\":[{\"level\":\"x\",\"rows\":1,\"classes\":["
              "2]}]}]}",
         "key k: levels[0]: \"classes\"[0]"},
        {HEAD "],\"cohorts\":[{\"key\":\"k\",\"levels\":[{\"level\":null},{\"level\":null}]}]}", "there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct drift_reference *r = NULL;
        struct error err = {0};
        int code = drift_reference_read(cases[i].text, strlen(cases[i].text), &r, &err);
        if (code != ERR_INVALID || !strstr(err.text, cases[i].words))
            fail_msg("%s: %d, %s", cases[i].text, code, err.text);
        assert_null(r);
    }
}

/* The example that the manual has. */
static void the_manuals_example_is_read(void **state)
{
    (void)state;
    char *page = data_text(data_path("../../man/icetop-drift-reference.5.scd"));
    char *from = strstr(page, "```\n{"), *to = from ? strstr(from + 4, "```") : NULL;
    assert_non_null(to);
    struct str text = {0};
    str_bytes(&text, from + 4, (size_t)(to - from - 4));
    struct drift_reference *r = again(&text);
    assert_int_equal(r->nfeatures, 3);
    assert_int_equal(r->rows, 1007);
    assert_int_equal(drift_profile_values(r->features[1].profile), 4);
    drift_reference_unref(r);
    str_done(&text);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_as_it_was_written),   cmocka_unit_test(edges_are_deciles_or_a_bin_a_value),
        cmocka_unit_test(little_is_enough_by_hand),    cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(the_manuals_example_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
