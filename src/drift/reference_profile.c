/* Values, counts, categories and sketches from JSON into a profile. */
#include "drift/reference_profile.h"

#include "base/base64.h"
#include "base/mem.h"
#include "drift/frequent_image.h"
#include "drift/hll_image.h"
#include "drift/json.h"
#include "drift/kll_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ROWS 0x1p53

static int whole_number(const json_t *v, uint64_t *ret)
{
    double number = json_number_value(v);
    if (!json_is_number(v) || !(number >= 0 && number <= MOST_ROWS) || floor(number) < number)
        return ERR_INVALID;
    *ret = (uint64_t)number;
    return 0;
}

int drift_reference_profile_count(const json_t *o, const char *key, uint64_t other, uint64_t *ret, struct error *err)
{
    const json_t *v = json_object_get(o, key);
    if (!v)
        *ret = other;
    else if (whole_number(v, ret))
        return error_set(err, ERR_INVALID, "\"%s\" is no whole number from 0 to 2^53", key);
    return 0;
}

static int read_base64(const json_t *v, const char *what, struct str *out, struct error *err)
{
    if (!json_is_string(v) || base64_read(out, json_string_value(v), json_string_length(v)))
        return error_set(err, ERR_INVALID, "\"%s\" is no base64", what);
    return 0;
}

int drift_reference_profile_text(const json_t *v, const char *what, struct str *out, struct error *err)
{
    if (json_is_string(v)) {
        str_bytes(out, json_string_value(v), json_string_length(v));
        return 0;
    }
    const json_t *bytes = json_object_get(v, "base64");
    if (!bytes)
        return error_set(err, ERR_INVALID, "\"%s\" is no string", what);
    return read_base64(bytes, what, out, err);
}

/* Numbers or, of hand-written ones, unknown. */
static void read_known(const json_t *o, const char *key, double *to)
{
    double v;
    if (drift_json_number(json_object_get(o, key), &v) && isfinite(v))
        *to = v;
}

/* ---- rows ---- */

static int read_rows(const json_t *o, struct drift_profile *p, struct error *err)
{
    struct drift_moments *m = &p->moments;
    const struct {
        const char *key;
        uint64_t *to;
    } parts[] = {{"missing", &p->missing},           {"null", &p->null},
                 {"conflicts", &p->conflicts},       {"nan", &m->nan},
                 {"positive_infinity", &m->pos_inf}, {"negative_infinity", &m->neg_inf}};
    uint64_t rows = drift_profile_values(p);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int code = drift_reference_profile_count(o, parts[i].key, *parts[i].to, parts[i].to, err);
        if (code)
            return code;
        rows += *parts[i].to;
    }
    int code = drift_reference_profile_count(o, "rows", rows, &p->rows, err);
    if (code == 0 && p->rows != rows)
        return error_set(err, ERR_INVALID, "\"rows\" are %llu, and values, nulls and others together %llu",
                         (unsigned long long)p->rows, (unsigned long long)rows);
    return code;
}

static int read_distinct(const json_t *o, struct drift_profile *p, struct error *err)
{
    const json_t *v = json_object_get(o, "distinct");
    struct str bytes = {0};
    struct drift_hll hll;
    if (!v)
        return 0;
    int code = read_base64(v, "distinct", &bytes, err);
    if (code == 0 && (code = drift_hll_image_read(&hll, bytes.s, bytes.len, err)) == 0) {
        drift_hll_done(p->distinct);
        *p->distinct = hll;
    }
    str_done(&bytes);
    return code;
}

/* ---- numbers ---- */

static int read_values(const json_t *values, struct drift_profile *p, struct error *err)
{
    size_t i;
    const json_t *v;
    if (!json_is_array(values))
        return error_set(err, ERR_INVALID, "\"values\" is no list");
    json_array_foreach(values, i, v)
    {
        struct drift_event_value value = {.kind = DRIFT_EVENT_NULL};
        if (drift_json_number(v, &value.number))
            value.kind = DRIFT_EVENT_NUMBER;
        else if (!json_is_null(v))
            return error_set(err, ERR_INVALID, "\"values\"[%zu] is neither a number nor null", i);
        drift_profile_add(p, &value);
    }
    drift_profile_settle(p);
    return 0;
}

/* Counts over edges, and how many values there are then. */
static int read_counts(const json_t *o, struct drift_profile *p, struct error *err)
{
    const json_t *list = json_object_get(o, "counts"), *v;
    struct drift_histogram *h = p->counts;
    size_t i;
    uint64_t sum = 0;
    if (!h)
        return error_set(err, ERR_INVALID, "\"counts\" without \"edges\"");
    if (!json_is_array(list) || json_array_size(list) != h->edges->bins)
        return error_set(err, ERR_INVALID, "%zu \"counts\" for %zu bins", json_array_size(list), h->edges->bins);
    json_array_foreach(list, i, v)
    {
        if (whole_number(v, &h->counts[i]))
            return error_set(err, ERR_INVALID, "\"counts\"[%zu] is no whole number from 0 to 2^53", i);
        sum += h->counts[i];
    }
    int code = drift_reference_profile_count(o, "below", h->below, &h->below, err);
    if (code == 0)
        code = drift_reference_profile_count(o, "above", h->above, &h->above, err);
    if (code)
        return code;
    h->finite = sum + (h->edges->open ? 0 : h->below + h->above);
    if (h->edges->open && h->below + h->above > sum)
        return error_set(err, ERR_INVALID, "more rows \"below\" and \"above\" than in the open bins");
    if (p->moments.count && p->moments.count != h->finite)
        return error_set(err, ERR_INVALID, "%llu values, and %llu in \"counts\"", (unsigned long long)p->moments.count,
                         (unsigned long long)h->finite);
    p->moments.count = h->finite;
    return 0;
}

static int read_kll(const json_t *o, struct drift_profile *p, struct error *err)
{
    const json_t *v = json_object_get(o, "kll");
    struct str bytes = {0};
    struct drift_kll kll;
    if (!v)
        return 0;
    int code = read_base64(v, "kll", &bytes, err);
    if (code || (code = drift_kll_image_read(&kll, bytes.s, bytes.len, err)))
        goto out;
    if (p->moments.count && kll.n != p->moments.count) {
        code = error_set(err, ERR_INVALID, "%llu values, and %llu in \"kll\"", (unsigned long long)p->moments.count,
                         (unsigned long long)kll.n);
        drift_kll_done(&kll);
        goto out;
    }
    drift_kll_done(p->quantiles);
    *p->quantiles = kll;
    p->moments.count = kll.n;
out:
    str_done(&bytes);
    return code;
}

/* What nobody says: zeros are as many as lie in the bin of 0, so that none is new; the range is that of the sketch, or of the edges. */
static void assume_moments(struct drift_profile *p)
{
    struct drift_moments *m = &p->moments;
    const struct drift_edges *e = p->counts ? p->counts->edges : NULL;
    int zero = e ? drift_edges_bin(e, 0) : -1;
    m->zeros = zero >= 0 ? p->counts->counts[zero] : 0;
    m->mean = m->m2 = NAN;
    m->min = p->quantiles->n ? drift_kll_min(p->quantiles) : e ? e->edges[0] : NAN;
    m->max = p->quantiles->n ? drift_kll_max(p->quantiles) : e ? e->edges[e->bins] : NAN;
}

static int read_moments(const json_t *o, bool values, struct drift_profile *p, struct error *err)
{
    struct drift_moments *m = &p->moments;
    double deviation = NAN;
    if (!m->count)
        return 0;
    if (!values)
        assume_moments(p);
    read_known(o, "min", &m->min);
    read_known(o, "max", &m->max);
    read_known(o, "mean", &m->mean);
    read_known(o, "deviation", &deviation);
    if (!isnan(deviation))
        m->m2 = deviation * deviation * (double)m->count;
    read_known(o, "m2", &m->m2);
    int code = drift_reference_profile_count(o, "zeros", m->zeros, &m->zeros, err);
    if (code == 0 && (m->zeros > m->count || m->m2 < 0 || m->min > m->max))
        return error_set(err, ERR_INVALID, "\"zeros\", \"min\", \"max\", \"m2\" or \"deviation\" of no distribution");
    if (p->counts)
        p->counts->zero = m->zeros;
    return code;
}

static int read_number(const json_t *o, struct drift_profile *p, struct error *err)
{
    const json_t *values = json_object_get(o, "values");
    int code = 0;
    if (values && json_object_get(o, "kll"))
        return error_set(err, ERR_INVALID, "both \"values\" and \"kll\"");
    if (values && (code = read_values(values, p, err)))
        return code;
    if (json_object_get(o, "counts") && (code = read_counts(o, p, err)))
        return code;
    if (p->counts && !values && !json_object_get(o, "counts"))
        return error_set(err, ERR_INVALID, "\"edges\" with neither \"counts\" nor \"values\"");
    if ((code = read_kll(o, p, err)) || (code = read_moments(o, values, p, err)))
        return code;
    if (p->moments.count && !values)
        p->whole = false;
    return 0;
}

/* ---- categories ---- */

static int read_frequent(const json_t *v, struct drift_profile *p, struct error *err)
{
    struct str bytes = {0};
    struct drift_frequent sketch;
    int code = read_base64(v, "frequent", &bytes, err);
    if (code == 0 && (code = drift_frequent_image_read(&sketch, bytes.s, bytes.len, err)) == 0) {
        drift_frequent_done(p->items);
        *p->items = sketch;
    }
    str_done(&bytes);
    return code;
}

static int read_category(const json_t *o, struct drift_profile *p, struct error *err)
{
    json_t *categories = json_object_get(o, "categories"), *v;
    const json_t *frequent = json_object_get(o, "frequent");
    const char *name;
    uint64_t rows;
    int code = 0;
    if (categories && frequent)
        return error_set(err, ERR_INVALID, "both \"categories\" and \"frequent\"");
    if (categories && !json_is_object(categories))
        return error_set(err, ERR_INVALID, "\"categories\" is no object of rows by category");
    json_object_foreach(categories, name, v)
    {
        if (whole_number(v, &rows))
            return error_set(err, ERR_INVALID, "category \"%.64s\": no whole number from 0 to 2^53", name);
        drift_frequent_add(p->items, name, strlen(name), rows);
        if (rows)
            drift_hll_add_bytes(p->distinct, name, strlen(name));
    }
    if (frequent && (code = read_frequent(frequent, p, err)))
        return code;
    return drift_reference_profile_count(o, "cut", p->items->cut, &p->items->cut, err);
}

int drift_reference_profile_read(const json_t *o, enum drift_type type, const struct drift_edges *edges,
                                 struct drift_profile **ret, struct error *err)
{
    struct drift_profile *p = drift_profile_new(type, edges);
    int code = type == DRIFT_TYPE_NUMBER ? read_number(o, p, err) : read_category(o, p, err);
    if (code == 0)
        code = read_distinct(o, p, err);
    if (code == 0)
        code = read_rows(o, p, err);
    if (code) {
        drift_profile_free(p);
        return code;
    }
    *ret = p;
    return 0;
}
