/* Evidently's reports and test suites. */
#include "drift/evidently_report.h"
#include "base/number.h"
#include "drift/evidently_method.h"
#include "drift/json.h"

#include <stdlib.h>
#include <string.h>

static enum drift_verdict_answer answer_of(const json_t *value)
{
    if (!json_is_boolean(value))
        return DRIFT_VERDICT_UNSAID;
    return json_is_true(value) ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_STABLE;
}

/* A category as it reads; free it. */
static char *label_of(const json_t *value)
{
    double d;
    if (json_is_string(value))
        return mem_strdup(json_string_value(value));
    char digits[NUMBER_BYTES];
    if (drift_json_number(value, &d))
        return mem_memdup(digits, number_shortest(d, digits));
    return mem_strdup(json_is_true(value)    ? "true"
                      : json_is_false(value) ? "false"
                      : json_is_null(value)  ? "null"
                                             : "?");
}

static bool numbers(const json_t *array, double **ret)
{
    size_t n = json_array_size(array);
    double *all = mem_calloc(n, sizeof *all);
    for (size_t i = 0; i < n; i++)
        if (!drift_json_number(json_array_get(array, i), &all[i])) {
            free(all);
            return false;
        }
    *ret = all;
    return true;
}

static bool ascending(const double *edges, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (!(edges[i - 1] <= edges[i]))
            return false;
    return true;
}

/* x and y of one more edge than heights are a histogram's, as numpy makes them (density=True); of as many, categories. */
static bool shape(struct drift_verdict_shape *s, const json_t *side)
{
    const json_t *small = json_object_get(side, "small_distribution");
    if (!small || json_is_null(small))
        return true;
    const json_t *x = json_object_get(small, "x"), *y = json_object_get(small, "y");
    size_t n = json_array_size(y);
    if (!json_is_array(x) || !json_is_array(y) || n > DRIFT_VERDICT_BINS || json_array_size(x) - n > 1)
        return false;
    if (n == 0)
        return true;
    struct drift_verdict_shape made = {.n = n, .density = json_array_size(x) == n + 1};
    bool good = numbers(y, &made.heights);
    if (good && made.density)
        good = numbers(x, &made.edges) && ascending(made.edges, n + 1);
    if (good && !made.density) {
        made.labels = mem_calloc(n, sizeof *made.labels);
        for (size_t i = 0; i < n; i++)
            made.labels[i] = label_of(json_array_get(x, i));
    }
    if (good)
        *s = made;
    else
        drift_verdict_shape_done(&made);
    return good;
}

static enum drift_verdict_kind kind_of(const char *text)
{
    static const struct {
        const char *text;
        enum drift_verdict_kind kind;
    } kinds[] = {{"num", DRIFT_VERDICT_NUMBER}, {"cat", DRIFT_VERDICT_CATEGORY}, {"text", DRIFT_VERDICT_TEXT}};
    for (size_t i = 0; text && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(text, kinds[i].text) == 0)
            return kinds[i].kind;
    return DRIFT_VERDICT_NO_KIND;
}

/* One column: a DataDriftTable's, or a ColumnDriftMetric's whole result. */
static void column(struct drift_verdicts *v, const char *name, const json_t *c)
{
    if (!json_is_object(c) || !name) {
        drift_verdict_bad(v, "a column's drift is no object, or without a name");
        return;
    }
    struct drift_verdict *one = drift_verdict_add(v, name);
    if (!one)
        return;
    drift_evidently_method_set(one, drift_json_text(c, "stattest_name"));
    one->kind = kind_of(drift_json_text(c, "column_type"));
    one->value = drift_json_known(c, "drift_score");
    one->threshold = drift_json_known(c, "stattest_threshold");
    one->drifted = answer_of(json_object_get(c, "drift_detected"));
    drift_evidently_method_derive(one);
    if (!shape(&one->reference, json_object_get(c, "reference")) ||
        !shape(&one->current, json_object_get(c, "current")))
        drift_verdict_bad(v, "%s: a small distribution is none", name);
}

static void dataset(struct drift_verdicts *v, const json_t *result)
{
    struct drift_verdict *one = drift_verdict_add(v, NULL);
    if (!one)
        return;
    one->method = mem_strdup("share of drifted columns");
    one->direction = DRIFT_VERDICT_LARGER;
    one->value = drift_json_known(result, "share_of_drifted_columns");
    one->threshold = drift_json_known(result, "drift_share");
    one->drifted = answer_of(json_object_get(result, "dataset_drift"));
}

void drift_evidently_report_metrics(struct drift_verdicts *v, const json_t *metrics)
{
    size_t i;
    const json_t *metric;
    json_array_foreach(metrics, i, metric)
    {
        const char *name = drift_json_text(metric, "metric");
        json_t *result = json_object_get(metric, "result"), *c;
        const char *key;
        if (!name || !json_is_object(result)) {
            drift_verdict_bad(v, "metric %zu has no name or no result", i);
        } else if (strcmp(name, "DatasetDriftMetric") == 0) {
            dataset(v, result);
        } else if (strcmp(name, "DataDriftTable") == 0) {
            json_object_foreach(json_object_get(result, "drift_by_columns"), key, c) column(v, key, c);
        } else if (strcmp(name, "ColumnDriftMetric") == 0) {
            column(v, drift_json_text(result, "column_name"), result);
        } else {
            v->others++;
        }
    }
}

/* What a suite's test of a column says, and each of a test of a share of columns. */
static void tested(struct drift_verdicts *v, const char *name, const json_t *c)
{
    struct drift_verdict *one = drift_verdict_add(v, name);
    if (!one)
        return;
    drift_evidently_method_set(one, drift_json_text(c, "stattest"));
    one->value = drift_json_known(c, "score");
    one->threshold = drift_json_known(c, "threshold");
    one->drifted = answer_of(json_object_get(c, "detected"));
}

void drift_evidently_report_tests(struct drift_verdicts *v, const json_t *tests)
{
    size_t i;
    json_t *test, *features = NULL, *c;
    bool single = false;
    json_array_foreach(tests, i, test)
    {
        const json_t *parameters = json_object_get(test, "parameters");
        const char *name = drift_json_text(parameters, "column_name");
        json_t *map = json_object_get(parameters, "features");
        if (!json_is_object(test)) {
            drift_verdict_bad(v, "test %zu is no object", i);
        } else if (name && drift_json_text(parameters, "stattest")) {
            tested(v, name, parameters);
            single = true;
        } else if (json_is_object(map)) {
            features = map;
        } else {
            v->others++;
        }
    }
    const char *key;
    if (!single)
        json_object_foreach(features, key, c) tested(v, key, c);
}
