/* Other tools' distributions: two sides with edges of their own are spread over one grid; labels are joined by name. */
#include "drift/rows_shapes.h"

#include "drift/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 10 };

static void set_pictures(struct table *t, struct row *row, struct str *reference, struct str *current)
{
    drift_rows_cells_text(t, row, FEATURES_REFERENCE, reference);
    drift_rows_cells_text(t, row, FEATURES_CURRENT, current);
    str_done(reference);
    str_done(current);
}

/* ---- numbers ---- */

/* The shares of a grid's bins: each of the shape's bins gives each what it has in common with it, as if values were even within. */
static void spread(const struct drift_verdict_shape *s, double from, double width, double shares[GRID])
{
    double all = 0;
    memset(shares, 0, GRID * sizeof *shares);
    for (size_t i = 0; i < s->n; i++) {
        double lo = s->edges[i], hi = s->edges[i + 1];
        double mass = s->density ? s->heights[i] * (hi - lo) : s->heights[i];
        if (!(mass > 0) || !isfinite(mass))
            continue;
        all += mass;
        for (int g = 0; g < GRID; g++) {
            double left = from + g * width, right = left + width;
            double common = fmin(hi, right) - fmax(lo, left);
            if (hi > lo && common > 0)
                shares[g] += mass * common / (hi - lo);
        }
        if (!(hi > lo)) {
            double at = fmin(fmax((lo - from) / width, 0), GRID - 1);
            shares[(int)at] += mass;
        }
    }
    for (int g = 0; g < GRID && all > 0; g++)
        shares[g] /= all;
}

static bool is_sound(const struct drift_verdict_shape *s)
{
    return s->n && s->edges && isfinite(s->edges[0]) && isfinite(s->edges[s->n]) && s->edges[s->n] >= s->edges[0];
}

static size_t write_bins(const struct drift_rows *r, const char *feature, const struct drift_verdict *v,
                         struct table *features, struct row *row)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_bins);
    double old[GRID], now[GRID], from = fmin(v->reference.edges[0], v->current.edges[0]);
    double width = (fmax(v->reference.edges[v->reference.n], v->current.edges[v->current.n]) - from) / GRID;
    struct str reference = {0}, current = {0};
    size_t rows = 0;
    if (!(width > 0) || !isfinite(width))
        return 0;
    spread(&v->reference, from, width, old);
    spread(&v->current, from, width, now);
    for (int g = 0; g < GRID; g++) {
        const struct drift_rows_key key[] = {drift_rows_cells_key(feature, strlen(feature)), {.number = g}};
        struct row *bin = drift_rows_cells_row(r, t, key, 2);
        drift_rows_cells_share(&reference, old[g], 1);
        drift_rows_cells_share(&current, now[g], 1);
        if (!bin)
            continue;
        table_set_real(t, bin, BINS_FROM, from + g * width, QUALITY_EST);
        table_set_real(t, bin, BINS_TO, from + (g + 1) * width, QUALITY_EST);
        table_set_real(t, bin, BINS_REFERENCE, old[g], QUALITY_EST);
        table_set_real(t, bin, BINS_CURRENT, now[g], QUALITY_EST);
        rows++;
    }
    set_pictures(features, row, &reference, &current);
    table_set_text(features, row, FEATURES_BINNING, "10 equal bins over both sides, from the tool's own");
    return rows;
}

/* ---- categories ---- */

struct label {
    const char *text;
    double reference, current; /* shares */
};

static int by_difference(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    double dx = fabs(x->current - x->reference), dy = fabs(y->current - y->reference);
    return (dx < dy) - (dx > dy);
}

static int by_reference(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    if (x->reference < y->reference || x->reference > y->reference)
        return x->reference < y->reference ? 1 : -1;
    return (x->current < y->current) - (x->current > y->current);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct label *)a)->text, ((const struct label *)b)->text);
}

static size_t add_side(struct label *to, size_t n, const struct drift_verdict_shape *s, bool reference)
{
    double all = 0;
    for (size_t i = 0; i < s->n; i++)
        all += s->heights[i] > 0 && isfinite(s->heights[i]) ? s->heights[i] : 0;
    for (size_t i = 0; i < s->n; i++) {
        double share = all > 0 && s->heights[i] > 0 && isfinite(s->heights[i]) ? s->heights[i] / all : 0;
        to[n++] = (struct label){s->labels[i], reference ? share : 0, reference ? 0 : share};
    }
    return n;
}

/* Both sides' labels, each once. */
static size_t join(const struct drift_verdict *v, struct label *to)
{
    size_t kept = 0, n = add_side(to, 0, &v->reference, true);
    n = add_side(to, n, &v->current, false);
    qsort(to, n, sizeof *to, by_text);
    for (size_t i = 0; i < n; i++) {
        if (kept && strcmp(to[kept - 1].text, to[i].text) == 0) {
            to[kept - 1].reference += to[i].reference;
            to[kept - 1].current += to[i].current;
        } else {
            to[kept++] = to[i];
        }
    }
    return kept;
}

static bool write_label(const struct drift_rows *r, struct table *t, const char *feature, const struct label *l)
{
    const struct drift_rows_key key[] = {drift_rows_cells_key(feature, strlen(feature)),
                                         drift_rows_cells_key(l->text, strlen(l->text))};
    struct row *row = drift_rows_cells_row(r, t, key, 2);
    if (!row)
        return false;
    table_set_text(t, row, CATEGORIES_STATE, l->reference <= 0 && l->current > 0 ? "new" : NULL);
    table_set_real(t, row, CATEGORIES_DIFFERENCE, l->current - l->reference, QUALITY_EXACT);
    table_set_real(t, row, CATEGORIES_MOVED, fabs(l->current - l->reference), QUALITY_EXACT);
    table_set_real(t, row, CATEGORIES_REFERENCE, l->reference, QUALITY_EXACT);
    table_set_real(t, row, CATEGORIES_CURRENT, l->current, QUALITY_EXACT);
    return true;
}

static size_t write_labels(const struct drift_rows *r, const char *feature, const struct drift_verdict *v,
                           struct table *features, struct row *row)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_categories);
    struct label *labels = mem_calloc(v->reference.n + v->current.n, sizeof *labels);
    struct str reference = {0}, current = {0};
    size_t n = join(v, labels), rows = 0;
    qsort(labels, n, sizeof *labels, by_reference);
    for (size_t i = 0; i < n && i < DRIFT_ROWS_SHARES; i++) {
        drift_rows_cells_share(&reference, labels[i].reference, 1);
        drift_rows_cells_share(&current, labels[i].current, 1);
    }
    qsort(labels, n, sizeof *labels, by_difference);
    for (size_t i = 0; i < n && i < DRIFT_ROWS_CATEGORIES; i++)
        rows += write_label(r, t, feature, &labels[i]);
    free(labels);
    set_pictures(features, row, &reference, &current);
    table_set_text(features, row, FEATURES_BINNING, "categories");
    return rows;
}

size_t drift_rows_shapes(const struct drift_rows *r, const char *feature, const struct drift_verdict *v,
                         struct table *features, struct row *row)
{
    if (is_sound(&v->reference) && is_sound(&v->current))
        return write_bins(r, feature, v, features, row);
    if (v->reference.n && v->reference.labels && v->current.n && v->current.labels)
        return write_labels(r, feature, v, features, row);
    table_set_unknown(features, row, FEATURES_REFERENCE);
    table_set_unknown(features, row, FEATURES_CURRENT);
    table_set_unknown(features, row, FEATURES_BINNING);
    return 0;
}

size_t drift_rows_shapes_items(const struct drift_rows *r, const struct drift_verdict_column *c)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_categories);
    size_t rows = 0;
    for (size_t i = 0; i < c->nitems && i < DRIFT_ROWS_CATEGORIES; i++) {
        const struct drift_verdict_item *x = &c->items[i];
        const struct drift_rows_key key[] = {drift_rows_cells_key(c->feature, strlen(c->feature)),
                                             drift_rows_cells_key(x->text, strlen(x->text))};
        struct row *row = drift_rows_cells_row(r, t, key, 2);
        if (!row)
            continue;
        enum quality q = x->lower == x->upper ? QUALITY_EXACT : QUALITY_EST;
        table_set_int(t, row, CATEGORIES_ROWS, (int64_t)x->estimate, q);
        table_set_real(t, row, CATEGORIES_CURRENT, c->n.known && c->n.v > 0 ? (double)x->estimate / c->n.v : 0,
                       c->n.known && c->n.v > 0 ? q : QUALITY_UNKNOWN);
        rows++;
    }
    return rows;
}
