/* Evidently's answers: recorded ones of four versions against what its Python interface says, and made ones. */
#include "../unit.h"

#include "answers.h"
#include "drift/evidently_method.h"
#include "drift/json.h"

#include <math.h>

static const char *const odd = "odd,method=PSI)\" \xc3\xbc";

static void check_side(const struct drift_verdict_shape *got, const json_t *side)
{
    const json_t *small = json_object_get(side, "small_distribution");
    const json_t *x = json_object_get(small, "x"), *y = json_object_get(small, "y");
    assert_int_equal(got->n, json_array_size(y));
    for (size_t i = 0; i < got->n; i++)
        assert_true(got->heights[i] == json_number_value(json_array_get(y, i)));
    assert_int_equal(json_array_size(x), got->n + (got->edges ? 1 : 0));
    for (size_t i = 0; i < json_array_size(x); i++)
        if (got->edges)
            assert_true(got->edges[i] == json_number_value(json_array_get(x, i)));
        else
            assert_string_equal(got->labels[i], json_string_value(json_array_get(x, i)));
    assert_int_equal(got->density, got->edges != NULL);
}

/* Densities times widths are shares: they sum to one. */
static void check_density(const struct drift_verdict_shape *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += s->heights[i] * (s->edges[i + 1] - s->edges[i]);
    assert_true(fabs(sum - 1) < 1e-9);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void check_report(const char *name)
{
    char *file = mem_printf("%s.json", name), *beside = mem_printf("%s.expected.json", name);
    struct drift_verdicts *v = answers_read(file);
    json_t *expected = answers_expected(beside), *columns = json_object_get(expected, "columns"), *c;
    const json_t *dataset = json_object_get(expected, "dataset");
    assert_string_equal(v->layout, "report");
    assert_string_equal(v->version, text_of(expected, "version"));
    assert_int_equal(v->verdicts.n, json_array_size(columns) + 1);
    assert_int_equal(v->bad, 0);
    const struct drift_verdict *whole = answers_verdict(v, NULL, NULL);
    assert_true(whole->value.v == json_number_value(json_object_get(dataset, "share_of_drifted_columns")));
    assert_int_equal(whole->drifted, DRIFT_VERDICT_DRIFTED);
    assert_false(whole->derived);
    size_t i;
    json_array_foreach(columns, i, c)
    {
        const struct drift_verdict *one = answers_verdict(v, text_of(c, "column_name"), text_of(c, "stattest_name"));
        answers_number(one->value, json_object_get(c, "drift_score"), 0, one->feature);
        answers_number(one->threshold, json_object_get(c, "stattest_threshold"), 0, one->feature);
        assert_int_equal(one->drifted, json_is_true(json_object_get(c, "drift_detected")) ? DRIFT_VERDICT_DRIFTED
                                                                                          : DRIFT_VERDICT_STABLE);
        assert_int_equal(one->kind,
                         strcmp(text_of(c, "column_type"), "num") == 0 ? DRIFT_VERDICT_NUMBER : DRIFT_VERDICT_CATEGORY);
        assert_int_not_equal(one->direction, DRIFT_VERDICT_NO_DIRECTION);
        assert_false(one->derived);
        if (!json_is_true(json_object_get(c, "table")))
            continue;
        check_side(&one->reference, json_object_get(c, "reference"));
        check_side(&one->current, json_object_get(c, "current"));
        if (one->current.edges)
            check_density(&one->current);
    }
    assert_true(isnan(answers_verdict(v, "one", NULL)->value.v));
    assert_true(answers_verdict(v, "one", NULL)->value.known);
    assert_int_equal(answers_verdict(v, odd, NULL)->direction, DRIFT_VERDICT_SMALLER);
    assert_int_equal(answers_verdict(v, "shifted", "PSI")->direction, DRIFT_VERDICT_LARGER);
    drift_verdict_free(v);
    json_decref(expected);
    free(file);
    free(beside);
}

static void reports(void **state)
{
    (void)state;
    check_report("evidently-0.4.40");
    check_report("evidently-0.6.7");
}

static void suites(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_read("evidently-0.6.7-suite.json");
    json_t *expected = answers_expected("evidently-0.6.7-suite.expected.json"), *c;
    assert_string_equal(v->layout, "suite");
    assert_int_equal(v->verdicts.n, json_array_size(json_object_get(expected, "columns")));
    size_t i;
    json_array_foreach(json_object_get(expected, "columns"), i, c)
    {
        const struct drift_verdict *one = answers_verdict(v, text_of(c, "column_name"), text_of(c, "stattest"));
        answers_number(one->value, json_object_get(c, "score"), 0, one->feature);
        answers_number(one->threshold, json_object_get(c, "threshold"), 0, one->feature);
        assert_int_equal(one->drifted,
                         json_is_true(json_object_get(c, "detected")) ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_STABLE);
    }
    drift_verdict_free(v);
    json_decref(expected);
}

static void check_snapshot(const char *name, const char *layout)
{
    char *file = mem_printf("%s.json", name), *beside = mem_printf("%s.expected.json", name);
    struct drift_verdicts *v = answers_read(file);
    json_t *expected = answers_expected(beside), *drifts = json_object_get(expected, "drifts"), *d;
    assert_string_equal(v->layout, layout);
    assert_null(v->version);
    assert_int_equal(v->bad, 0);
    assert_int_equal(v->verdicts.n, json_array_size(drifts) + 1);
    size_t i;
    json_array_foreach(drifts, i, d)
    {
        const char *said = strstr(text_of(d, "description"), "method is ");
        const char *end = strstr(said, ". The drift threshold");
        char *method = mem_memdup(said + strlen("method is "), (size_t)(end - said) - strlen("method is "));
        const struct drift_verdict *one = answers_verdict(v, text_of(d, "feature"), method);
        answers_number(one->value, json_object_get(d, "value"), 0, one->feature);
        assert_true(fabs(one->threshold.v - strtod(end + strlen(". The drift threshold is "), NULL)) < 0.005);
        assert_int_equal(one->drifted,
                         json_is_true(json_object_get(d, "drifted")) ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_STABLE);
        assert_false(one->derived);
        free(method);
    }
    const struct drift_verdict *whole = answers_verdict(v, NULL, NULL);
    assert_true(whole->value.v == 0.5 && whole->threshold.v == 0.5);
    assert_int_equal(whole->drifted, DRIFT_VERDICT_DRIFTED);
    assert_true(whole->derived);
    answers_number(v->rows, json_object_get(expected, "rows"), 0, "rows");
    const struct drift_verdict_column *half = answers_column(v, "half"), *region = answers_column(v, "region");
    answers_number(half->nulls, json_object_get(json_object_get(expected, "half"), "count"), 0, "half");
    answers_number(half->null_share, json_object_get(json_object_get(expected, "half"), "share"), 0, "half");
    for (i = 0; i < region->nitems; i++) {
        const struct drift_verdict_item *item = &region->items[i];
        json_int_t want = json_integer_value(json_object_get(json_object_get(expected, "region"), item->text));
        assert_int_equal(item->estimate, want);
        assert_true(item->lower == item->estimate && item->upper == item->estimate);
        assert_true(i == 0 || item[-1].estimate >= item->estimate);
    }
    assert_int_equal(region->nitems, 5); /* with one that went away */
    drift_verdict_free(v);
    json_decref(expected);
    free(file);
    free(beside);
}

static void snapshots(void **state)
{
    (void)state;
    check_snapshot("evidently-0.7.15", "snapshot");
    check_snapshot("evidently-0.7.23", "snapshot 0.7.18");
}

/* The same without the tests: what is not said then is not guessed. */
static void snapshots_without_tests(void **state)
{
    (void)state;
    static const char *const files[] = {"evidently-0.7.15.json", "evidently-0.7.23.json"};
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        char *bytes = answers_bytes(files[i], &len);
        json_t *root;
        assert_int_equal(drift_json_load("it", bytes, len, len, &root, NULL), 0);
        json_object_del(root, "tests");
        char *text = json_dumps(root, 0);
        struct drift_verdicts *v = answers_of(text);
        const struct drift_verdict *age = answers_verdict(v, "age", NULL),
                                   *shifted = answers_verdict(v, "shifted", "PSI");
        assert_int_equal(shifted->direction, DRIFT_VERDICT_LARGER);
        assert_non_null(answers_verdict(v, odd, "Anderson-Darling"));
        const struct drift_verdict *income = answers_verdict(v, "income", "Wasserstein distance (normed)");
        assert_true(income->threshold.v == 0.2);
        assert_int_equal(income->drifted, DRIFT_VERDICT_STABLE);
        assert_true(income->derived);
        if (i == 0) {
            assert_null(age->method);
            assert_int_equal(age->direction, DRIFT_VERDICT_NO_DIRECTION);
            assert_int_equal(age->drifted, DRIFT_VERDICT_UNSAID);
            assert_int_equal(shifted->drifted, DRIFT_VERDICT_UNSAID); /* its threshold is not known */
        } else {
            assert_string_equal(age->method, "chi-square p_value");
            assert_int_equal(age->drifted, DRIFT_VERDICT_DRIFTED);
            assert_int_equal(shifted->drifted, DRIFT_VERDICT_DRIFTED);
            assert_int_equal(answers_verdict(v, "one", NULL)->drifted, DRIFT_VERDICT_STABLE); /* NaN */
        }
        drift_verdict_free(v);
        json_decref(root);
        free(text);
        free(bytes);
    }
}

static void derived_answers(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        double value, threshold;
        enum drift_verdict_answer answer;
    } cases[] = {
        {"ks", 0.05, 0.05, DRIFT_VERDICT_DRIFTED},  {"z", 0.05, 0.05, DRIFT_VERDICT_STABLE},
        {"z", 0.049, 0.05, DRIFT_VERDICT_DRIFTED},  {"TVD", 0.05, 0.1, DRIFT_VERDICT_DRIFTED},
        {"psi", 0.1, 0.1, DRIFT_VERDICT_DRIFTED},   {"psi", 0.09, 0.1, DRIFT_VERDICT_STABLE},
        {"ed", 0.1, 0.1, DRIFT_VERDICT_STABLE},     {"ed", 0.2, 0.1, DRIFT_VERDICT_DRIFTED},
        {"my own", 0.2, 0.1, DRIFT_VERDICT_UNSAID}, {"perc_text_content_drift", 0.99, 0.95, DRIFT_VERDICT_UNSAID},
        {"psi", NAN, 0.1, DRIFT_VERDICT_STABLE},    {"psi", INFINITY, 0.1, DRIFT_VERDICT_DRIFTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct drift_verdict one = {.value = drift_verdict_known(cases[i].value),
                                    .threshold = drift_verdict_known(cases[i].threshold)};
        drift_evidently_method_set(&one, cases[i].method);
        drift_evidently_method_derive(&one);
        if (one.drifted != cases[i].answer)
            fail_msg("%s %g %g: %d", cases[i].method, cases[i].value, cases[i].threshold, one.drifted);
        assert_int_equal(one.derived, one.drifted != DRIFT_VERDICT_UNSAID);
        free(one.method);
    }
}

static void unknown_ones_are_said(void **state)
{
    (void)state;
    answers_refused("{\"version\": \"1.2.0\", \"metrics\": [], \"timestamp\": \"t\"}", ERR_UNAVAILABLE, "1.2.0");
    answers_refused("{\"version\": \"0.75\", \"metrics\": [], \"timestamp\": \"t\"}", ERR_UNAVAILABLE, "0.75");
    answers_refused("{\"version\": \"0.7.1\", \"tests\": [], \"timestamp\": \"t\"}", ERR_UNAVAILABLE, "0.7.1");
    answers_refused("{\"metrics\": [{\"metric\": 3}]}", ERR_INVALID, "no tool");
    answers_refused("[]", ERR_INVALID, "no tool");
    answers_refused("{\"metrics\": [", ERR_INVALID, "line 1");
    answers_refused("", ERR_INVALID, "line");
}

/* One broken column costs that column. */
static void broken_pieces(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_of(
        "{\"version\":\"0.4\",\"timestamp\":\"t\",\"metrics\":[7,{\"metric\":\"X\",\"result\":{}},{\"metric\":"
        "\"DataDriftTable\","
        "\"result\":{\"drift_by_columns\":{\"a\":3,\"b\":{\"drift_score\":\"x\",\"stattest_name\":\"mine\",\"current\":"
        "{"
        "\"small_distribution\":{\"x\":[1,0],\"y\":[1]}}},\"c\":{\"drift_score\":-Infinity,\"stattest_threshold\":"
        "1e999,"
        "\"reference\":{\"small_distribution\":{\"x\":[1,\"\\\"NaN\",null,true,NaN],\"y\":[1,2,3,4,5]}}}}}}]}");
    assert_int_equal(v->bad, 3);
    assert_int_equal(v->others, 1);
    assert_string_equal(v->note, "metric 0 has no name or no result");
    assert_int_equal(v->verdicts.n, 2);
    const struct drift_verdict *b = answers_verdict(v, "b", "mine"), *c = answers_verdict(v, "c", NULL);
    assert_false(b->value.known);
    assert_int_equal(b->current.n, 0);
    assert_int_equal(b->direction, DRIFT_VERDICT_NO_DIRECTION);
    assert_true(c->value.v == -INFINITY && c->threshold.v == INFINITY);
    static const char *const labels[] = {"1", "\"NaN", "null", "true", "NaN"};
    assert_int_equal(c->reference.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(c->reference.labels[i], labels[i]);
    drift_verdict_free(v);
}

static void broken_snapshot(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_of(
        "{\"metrics\":[{\"id\":\"1\",\"metric_id\":\"ValueDrift(column=a\",\"value\":1},{\"metric_id\":\"ValueDrift("
        "column=)\","
        "\"value\":[]},{\"metric_id\":\"ValueDrift(column=b,method=nobody,threshold=0.5x)\",\"value\":null},{},"
        "{\"metric_id\":\"UniqueValueCount(column=a)\",\"value\":{\"counts\":{\"x\":-1,\"y\":2,\"z\":1e300}}},"
        "{\"metric_id\":\"DriftedColumnsCount(drift_share=\",\"value\":7},{\"metric_id\":\"Quantile(column=a)\","
        "\"value\":7}],"
        "\"tests\":[{\"id\":\"drift\",\"metric_config\":{\"metric_id\":\"1\"},\"status\":\"FAIL\",\"description\":"
        "\" The drift detection method is . The drift threshold is \"}]}");
    assert_int_equal(v->bad, 5);
    assert_int_equal(v->others, 1);
    assert_int_equal(answers_column(v, "a")->nitems, 1);
    assert_false(answers_verdict(v, "", NULL)->value.known);
    assert_null(answers_verdict(v, "b,method=nobody,threshold=0.5x", NULL)->method);
    assert_false(answers_verdict(v, NULL, NULL)->value.known);
    drift_verdict_free(v);
}

/* The words are numbers outside of strings alone. */
static void words(void **state)
{
    (void)state;
    static const char text[] =
        "{\"NaN, \\\"1e999\":[NaN,-Infinity,Infinity,-1e999,1E+400,1e-999,\"Infinity\\\\\",\"1e999\",-0.0]}";
    json_t *root;
    assert_int_equal(drift_json_load("it", text, strlen(text), 1000, &root, NULL), 0);
    const json_t *list = json_object_get(root, "NaN, \"1e999");
    static const double want[] = {NAN, -INFINITY, INFINITY, -INFINITY, INFINITY, 0};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        double got;
        assert_true(drift_json_number(json_array_get(list, i), &got));
        assert_true(got == want[i] || (isnan(got) && isnan(want[i])));
    }
    assert_string_equal(json_string_value(json_array_get(list, 6)), "Infinity\\");
    assert_string_equal(json_string_value(json_array_get(list, 7)), "1e999");
    json_decref(root);

    char *digits = mem_alloc(500); /* a whole number beyond double, then one that is none */
    memset(digits, '9', 500);
    digits[0] = '[';
    digits[499] = ']';
    double got;
    assert_int_equal(drift_json_load("it", digits, 500, 1000, &root, NULL), 0);
    assert_true(drift_json_number(json_array_get(root, 0), &got) && got == INFINITY);
    json_decref(root);
    digits[400] = '-';
    struct error err;
    assert_int_equal(drift_json_load("it", digits, 500, 1000, &root, &err), ERR_INVALID);
    free(digits);
}

static void limits(void **state)
{
    (void)state;
    json_t *root;
    struct error err;
    assert_int_equal(drift_json_load("it", "[1, 2]", 6, 5, &root, &err), ERR_LIMIT);
    assert_string_equal(err.text, "it: 6 bytes, more than 5");
    size_t n = (size_t)DRIFT_JSON_VALUES * 2 + 3;
    char *text = mem_alloc(n);
    for (size_t i = 0; i < n; i++)
        text[i] = i % 2 ? '0' : ',';
    text[0] = '[';
    text[n - 1] = ']';
    assert_int_equal(drift_json_load("it", text, n, n, &root, &err), ERR_LIMIT);
    assert_string_equal(err.text, "it: more than 4000000 values");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports),         cmocka_unit_test(suites),
        cmocka_unit_test(snapshots),       cmocka_unit_test(snapshots_without_tests),
        cmocka_unit_test(derived_answers), cmocka_unit_test(unknown_ones_are_said),
        cmocka_unit_test(broken_pieces),   cmocka_unit_test(broken_snapshot),
        cmocka_unit_test(words),           cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
