/* Answers to queries: vectors, matrices, scalars, strings, with floats and native histograms. */
#include "prom/api_internal.h"

#include "base/mem.h"
#include "prom/api_query_histogram.h"
#include "prom/text_number.h"

#include <stdlib.h>
#include <string.h>

/* What an answer has, against its caps. */
struct reading {
    struct prom_api_query *to;
    size_t points;
};

static const struct prom_api_node_field series_labels[] = {
    {"__name__", offsetof(struct prom_api_series, name), PROM_API_NODE_TEXT, false},
};

/* ---- samples ---- */

/* The time of a [TIME, ...], and what it has besides. */
static int read_pair(const struct prom_api_node *pair, int64_t *ms, struct prom_api_node *second, struct error *err)
{
    double seconds;
    if (!json_is_array(pair->json) || json_array_size(pair->json) != 2)
        return prom_api_node_refuse(pair, "an array of time and value", err);
    struct prom_api_node time = prom_api_node_item(pair, 0);
    if (!json_is_number(time.json))
        return prom_api_node_refuse(&time, "a number", err);
    prom_api_node_number(&time, &seconds, NULL);
    *ms = prom_text_number_ms(seconds);
    *second = prom_api_node_item(pair, 1);
    return 0;
}

static int read_point(const struct prom_api_node *pair, struct prom_api_point *ret, struct error *err)
{
    struct prom_api_node value;
    int rc = read_pair(pair, &ret->time_ms, &value, err);
    return rc ? rc : prom_api_node_value(&value, &ret->value, err);
}

static int read_histogram(struct reading *r, const struct prom_api_node *pair, struct prom_api_histogram *ret,
                          struct error *err)
{
    struct prom_api_node value;
    int rc = read_pair(pair, &ret->time_ms, &value, err);
    return rc ? rc : prom_api_query_histogram_read(&value, &r->points, &ret->h, err);
}

/* Adds n to what there is of points. */
static int count_points(struct reading *r, const struct prom_api_node *at, size_t n, struct error *err)
{
    r->points += n;
    return r->points > PROM_API_POINTS ? prom_api_node_limit(at, r->points, "points", PROM_API_POINTS, err) : 0;
}

static int read_points(struct reading *r, const struct prom_api_node *list, struct prom_api_series *to,
                       struct error *err)
{
    size_t n;
    int rc = prom_api_node_array(list, &n, err);
    if (rc || !n || (rc = count_points(r, list, n, err)))
        return rc;
    to->points = mem_calloc(n, sizeof *to->points);
    for (size_t i = 0; i < n; i++) {
        struct prom_api_node item = prom_api_node_item(list, i);
        if ((rc = read_point(&item, &to->points[i], err)))
            return rc;
        if (i && to->points[i].time_ms < to->points[i - 1].time_ms)
            return prom_api_node_refuse(&item, "a later time than the one before", err);
        to->npoints = i + 1;
    }
    return 0;
}

static int read_histograms(struct reading *r, const struct prom_api_node *list, struct prom_api_series *to,
                           struct error *err)
{
    size_t n;
    int rc = prom_api_node_array(list, &n, err);
    if (rc || !n)
        return rc;
    size_t kept = n < PROM_API_HISTOGRAMS ? n : PROM_API_HISTOGRAMS;
    to->histograms = mem_calloc(kept, sizeof *to->histograms);
    for (; !rc && to->nhistograms < kept; to->nhistograms++) {
        struct prom_api_node item = prom_api_node_item(list, n - kept + to->nhistograms);
        rc = read_histogram(r, &item, &to->histograms[to->nhistograms], err);
    }
    return rc;
}

/* ---- series ---- */

static int read_instant(struct reading *r, const struct prom_api_node *n, struct prom_api_series *to, struct error *err)
{
    struct prom_api_node value = prom_api_node_member(n, "value"), histogram = prom_api_node_member(n, "histogram");
    if (!value.json && histogram.json) {
        to->histograms = mem_new(struct prom_api_histogram);
        to->nhistograms = 1;
        return read_histogram(r, &histogram, to->histograms, err);
    }
    to->points = mem_new(struct prom_api_point);
    to->npoints = 1;
    int rc = count_points(r, n, 1, err);
    return rc ? rc : read_point(&value, to->points, err);
}

static int read_range(struct reading *r, const struct prom_api_node *n, struct prom_api_series *to, struct error *err)
{
    struct prom_api_node values = prom_api_node_member(n, "values"), histograms = prom_api_node_member(n, "histograms");
    int rc = read_points(r, &values, to, err);
    return rc ? rc : read_histograms(r, &histograms, to, err);
}

static int compare(const void *a, const void *b)
{
    const struct prom_api_series *x = a, *y = b;
    int c = strcmp(x->name ? x->name : "", y->name ? y->name : "");
    return c ? c : strcmp(x->labels, y->labels);
}

/* By name and labels, of which no two may be the same. */
static int order(struct prom_api_query *q, const struct prom_api_node *result, struct error *err)
{
    if (q->n)
        qsort(q->series, q->n, sizeof *q->series, compare);
    for (size_t i = 1; i < q->n; i++)
        if (compare(&q->series[i - 1], &q->series[i]) == 0)
            return prom_api_node_refuse(result, "a series only once", err);
    return 0;
}

static int read_list(struct reading *r, const struct prom_api_node *result, struct error *err)
{
    struct prom_api_query *q = r->to;
    size_t n;
    int rc = prom_api_node_needed_array(result, &n, err);
    if (rc || !n)
        return rc;
    if (n > PROM_API_SERIES)
        return prom_api_node_limit(result, n, "series", PROM_API_SERIES, err);
    q->series = mem_calloc(n, sizeof *q->series);
    for (size_t i = 0; i < n && !rc; i++) {
        struct prom_api_node item = prom_api_node_item(result, i), metric = prom_api_node_member(&item, "metric");
        struct prom_api_series *s = &q->series[q->n++];
        if ((rc = prom_api_node_object(&item, err)) ||
            (rc = prom_api_node_labels(&metric, series_labels, 1, s, true, &s->labels, err)))
            break;
        rc = q->type == PROM_API_VECTOR ? read_instant(r, &item, s, err) : read_range(r, &item, s, err);
    }
    return rc ? rc : order(q, result, err);
}

/* ---- what are no series ---- */

static int read_scalar(struct reading *r, const struct prom_api_node *result, struct error *err)
{
    struct prom_api_series *s = r->to->series = mem_new(struct prom_api_series);
    r->to->n = 1;
    s->labels = mem_strdup("");
    s->points = mem_new(struct prom_api_point);
    s->npoints = 1;
    return read_point(result, s->points, err);
}

static int read_string(struct reading *r, const struct prom_api_node *result, struct error *err)
{
    struct prom_api_node text;
    int64_t ms;
    int rc = read_pair(result, &ms, &text, err);
    if (rc)
        return rc;
    if (!json_is_string(text.json))
        return prom_api_node_refuse(&text, "a text", err);
    r->to->text = prom_api_node_copy(json_string_value(text.json), json_string_length(text.json));
    return 0;
}

static const struct {
    const char *name;
    int (*read)(struct reading *r, const struct prom_api_node *result, struct error *err);
} results[] = {
    [PROM_API_VECTOR] = {"vector", read_list},
    [PROM_API_MATRIX] = {"matrix", read_list},
    [PROM_API_SCALAR] = {"scalar", read_scalar},
    [PROM_API_STRING] = {"string", read_string},
};

static int read_data(struct reading *r, const struct prom_api_node *data, struct error *err)
{
    struct prom_api_node type = prom_api_node_member(data, "resultType"), result = prom_api_node_member(data, "result");
    const char *name = json_string_value(type.json);
    for (size_t i = 0; name && i < sizeof results / sizeof *results; i++)
        if (strcmp(results[i].name, name) == 0) {
            r->to->type = (enum prom_api_result)i;
            return results[i].read(r, &result, err);
        }
    return prom_api_node_refuse(&type, "vector, matrix, scalar or string", err);
}

int prom_api_query_read(const char *body, size_t len, struct prom_api_query *ret, struct error *err)
{
    struct prom_api_query q = {0};
    struct reading r = {.to = &q};
    struct prom_api_open o;
    int rc = prom_api_open(body, len, &o, &q.notes, err);
    if (!rc)
        rc = read_data(&r, &o.data, err);
    prom_api_close(&o);
    if (rc)
        prom_api_query_done(&q);
    else
        *ret = q;
    return rc;
}

void prom_api_query_done(struct prom_api_query *q)
{
    for (size_t i = 0; i < q->n; i++) {
        struct prom_api_series *s = &q->series[i];
        for (size_t h = 0; h < s->nhistograms; h++)
            prom_api_query_histogram_done(&s->histograms[h].h);
        free(s->histograms);
        free(s->points);
        free(s->labels);
        free(s->name);
    }
    free(q->series);
    free(q->text);
    prom_api_notes_done(&q->notes);
    *q = (struct prom_api_query){0};
}
