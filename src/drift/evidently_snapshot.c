/* Evidently's snapshots. */
#include "drift/evidently_snapshot.h"
#include "base/number.h"
#include "drift/evidently_method.h"
#include "drift/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a metric beside its value. */
struct metric {
    const char *id, *name; /* "ValueDrift(column=age)", or with method and threshold */
    const json_t *config;  /* from 0.7.18 on, or that of its test; NULL: neither is there */
    const json_t *drift;   /* the test of drift; NULL: none */
};

static bool is_drift(const json_t *test)
{
    const char *kind = drift_json_text(test, "id");
    return kind && strcmp(kind, "drift") == 0;
}

/* Tests by the id of the metric that they test: one of drift before others. */
static void tests_by_metric(struct map *m, const json_t *tests)
{
    size_t i;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        const char *id = drift_json_text(json_object_get(test, "metric_config"), "metric_id");
        if (id && (is_drift(test) || !map_get(m, id, strlen(id))))
            map_put(m, id, strlen(id), test);
    }
}

/* "Drift score is 0.97. The drift detection method is K-S p_value. The drift threshold is 0.05.": the method, to be freed, and
 * the threshold, of two digits. False where the text is another. */
static bool described(const char *text, char **method, double *threshold)
{
    static const char before[] = " The drift detection method is ", between[] = ". The drift threshold is ";
    const char *m = text ? strstr(text, before) : NULL, *t = NULL;
    for (const char *next = m; next; next = strstr(next + 1, between)) /* the last one */
        t = next == m ? strstr(next, between) : next;
    if (!t)
        return false;
    t += strlen(between);
    size_t len = strlen(t);
    if (len < 2 || t[len - 1] != '.' || number_read(t, len - 1, threshold) != 0 || !isfinite(*threshold))
        return false;
    *method = mem_memdup(m + strlen(before), (size_t)(t - m) - strlen(before) - strlen(between));
    return true;
}

/* The last place of what in text[0..len), NULL where there is none. */
static const char *last_of(const char *text, size_t len, const char *what)
{
    const char *found = NULL;
    for (const char *p = text; (p = memmem(p, len - (size_t)(p - text), what, strlen(what))) != NULL; p++)
        found = p;
    return found;
}

/* Takes "ValueDrift(column=NAME,method=METHOD,threshold=NUMBER)" apart, of which method and threshold may be missing. NAME may
 * hold commas and brackets, so it is read from the right: a threshold is a number, a method is one that is known. */
static char *name_apart(const char *name, char **method, struct drift_verdict_number *threshold)
{
    const char *open = strstr(name, "(column="), *end = name + strlen(name), *at;
    if (!open || end[-1] != ')')
        return NULL;
    const char *column = open + strlen("(column=");
    if (column > --end)
        return NULL;
    if ((at = last_of(column, (size_t)(end - column), ",threshold="))) {
        const char *digits = at + strlen(",threshold=");
        double v;
        if (number_read(digits, (size_t)(end - digits), &v) == 0) {
            *threshold = drift_verdict_known(v);
            end = at;
        }
    }
    if ((at = last_of(column, (size_t)(end - column), ",method="))) {
        const char *from = at + strlen(",method=");
        char *said = mem_memdup(from, (size_t)(end - from));
        if (drift_evidently_method_find(said)) {
            *method = said;
            end = at;
        } else {
            free(said);
        }
    }
    return mem_memdup(column, (size_t)(end - column));
}

/* FAIL of one that is not critical is a WARNING; ERROR and SKIPPED are no answer. */
static enum drift_verdict_answer answer_of(const char *status)
{
    if (status && strcmp(status, "SUCCESS") == 0)
        return DRIFT_VERDICT_STABLE;
    if (status && (strcmp(status, "FAIL") == 0 || strcmp(status, "WARNING") == 0))
        return DRIFT_VERDICT_DRIFTED;
    return DRIFT_VERDICT_UNSAID;
}

/* The column of a metric, to be freed: as its configuration says, else as its name does. */
static char *column_of(const struct metric *m)
{
    const char *column = drift_json_text(m->config, "column");
    char *method = NULL, *name;
    struct drift_verdict_number threshold;
    if (column)
        return mem_strdup(column);
    name = name_apart(m->name, &method, &threshold);
    free(method);
    return name;
}

/* Method and threshold: as configured; what is missing then as the name, then as the test's description has it. */
static void fill_method(struct drift_verdict *one, const struct metric *m)
{
    char *method = NULL, *column = NULL;
    double rounded;
    if (drift_json_text(m->config, "column")) {
        drift_evidently_method_set(one, drift_json_text(m->config, "method"));
        one->threshold = drift_json_known(m->config, "threshold");
    } else {
        column = name_apart(m->name, &method, &one->threshold);
        drift_evidently_method_set(one, method);
        free(column);
        free(method);
    }
    if ((!one->method || !one->threshold.known) && m->drift &&
        described(drift_json_text(m->drift, "description"), &method, &rounded)) {
        if (!one->method)
            drift_evidently_method_set(one, method);
        if (!one->threshold.known)
            one->threshold = drift_verdict_known(rounded);
        free(method);
    }
}

static void value_drift(struct drift_verdicts *v, const struct metric *m, const json_t *value)
{
    char *column = column_of(m);
    double number;
    if (!column) {
        drift_verdict_bad(v, "%s: no column is named", m->name);
        return;
    }
    struct drift_verdict *one = drift_verdict_add(v, column);
    free(column);
    if (!one)
        return;
    if (drift_json_number(value, &number))
        one->value = drift_verdict_known(number);
    else if (!json_is_null(value))
        drift_verdict_bad(v, "%s: its value is no number", m->name);
    fill_method(one, m);
    one->drifted = answer_of(drift_json_text(m->drift, "status"));
    drift_evidently_method_derive(one);
}

/* The share that its users hold against drift_share: as many are drift, too. */
static void dataset(struct drift_verdicts *v, const struct metric *m, const json_t *value)
{
    struct drift_verdict *one = drift_verdict_add(v, NULL);
    if (!one)
        return;
    one->method = mem_strdup("share of drifted columns");
    one->direction = DRIFT_VERDICT_LARGER;
    one->value = drift_json_known(value, "share");
    one->threshold = drift_json_known(m->config, "drift_share");
    const char *said = strstr(m->name, "(drift_share="), *from = said ? said + strlen("(drift_share=") : NULL;
    double line;
    if (!one->threshold.known && from && number_read(from, strcspn(from, ",)"), &line) == 0)
        one->threshold = drift_verdict_known(line);
    if (!one->value.known || !one->threshold.known)
        return;
    one->drifted = one->value.v >= one->threshold.v ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_STABLE;
    one->derived = true;
}

static void nulls(struct drift_verdicts *v, const struct metric *m, const json_t *value)
{
    char *name = column_of(m);
    struct drift_verdict_column *c = name ? drift_verdict_column(v, name) : NULL;
    if (c) {
        c->nulls = drift_json_known(value, "count");
        c->null_share = drift_json_known(value, "share");
    } else if (!name) {
        drift_verdict_bad(v, "%s: no column is named", m->name);
    }
    free(name);
}

/* Counts of each value: exact ones. Those of the reference that the current data have no more stand there with 0. */
static void uniques(struct drift_verdicts *v, const struct metric *m, const json_t *value)
{
    char *name = column_of(m);
    struct drift_verdict_column *c = name ? drift_verdict_column(v, name) : NULL;
    json_t *counts = json_object_get(value, "counts"), *count;
    free(name);
    if (!c || c->items || !json_is_object(counts)) {
        drift_verdict_bad(v, "%s: no column is named, it is twice, or it has no counts", m->name);
        return;
    }
    size_t n = json_object_size(counts);
    c->items = mem_calloc(n, sizeof *c->items);
    const char *key;
    double number;
    json_object_foreach(counts, key, count)
    {
        if (!drift_json_number(count, &number) || !(number >= 0 && number <= 0x1p53)) {
            drift_verdict_bad(v, "%s: a count is none", m->name);
            continue;
        }
        uint64_t exact = (uint64_t)number;
        c->items[c->nitems++] = (struct drift_verdict_item){mem_strdup(key), exact, exact, exact};
    }
    drift_verdict_items_sort(c);
}

static void rows(struct drift_verdicts *v, const struct metric *m, const json_t *value)
{
    double number;
    if (strcmp(m->name, "RowCount()") == 0 && drift_json_number(value, &number))
        v->rows = drift_verdict_known(number);
}

void drift_evidently_snapshot_read(struct drift_verdicts *v, const json_t *metrics, const json_t *tests)
{
    static const struct {
        const char *begin;
        void (*read)(struct drift_verdicts *v, const struct metric *m, const json_t *value);
    } readers[] = {
        {"ValueDrift(", value_drift},  {"DriftedColumnsCount(", dataset},
        {"MissingValueCount(", nulls}, {"UniqueValueCount(", uniques},
        {"RowCount(", rows},
    };
    struct map by_metric = {0};
    tests_by_metric(&by_metric, tests);
    size_t i;
    json_t *metric;
    json_array_foreach(metrics, i, metric)
    {
        struct metric m = {.id = drift_json_text(metric, "id"), .name = drift_json_text(metric, "metric_name")};
        m.name = m.name ? m.name : drift_json_text(metric, "metric_id");
        const json_t *test = m.id ? map_get(&by_metric, m.id, strlen(m.id)) : NULL;
        m.drift = is_drift(test) ? test : NULL;
        m.config = json_object_get(metric, "config");
        m.config = m.config ? m.config : json_object_get(json_object_get(test, "metric_config"), "params");
        size_t k = 0, n = sizeof readers / sizeof *readers;
        while (m.name && k < n && strncmp(m.name, readers[k].begin, strlen(readers[k].begin)) != 0)
            k++;
        if (!m.name)
            drift_verdict_bad(v, "metric %zu has no name", i);
        else if (k == n)
            v->others++;
        else
            readers[k].read(v, &m, json_object_get(metric, "value"));
    }
    map_done(&by_metric);
}
