/* Rows from series. */
#include "prom/rows.h"

#include "prom/growth.h"
#include "prom/histogram.h"
#include "prom/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The row of a series; where there is none yet it is made, and *made says so. NULL past the table's limit. */
static struct row *row_of(const struct prom_rows *r, struct table *t, struct name *metric, struct name *labels,
                          uint64_t *id, bool *made)
{
    struct row *row = *id ? table_by_id(t, *id) : NULL;
    *made = !row;
    if (row)
        return row;
    const struct value key[] = {{.s = r->job, .quality = QUALITY_EXACT},
                                {.s = r->instance, .quality = QUALITY_EXACT},
                                {.s = metric, .quality = QUALITY_EXACT},
                                {.s = labels, .quality = QUALITY_EXACT}};
    row = table_upsert(t, key, r->owner);
    *id = row ? row_id(row) : 0;
    return row;
}

/* ---- metrics ---- */

/* Its row says already what this scrape says. */
static bool is_written(const struct prom_series *s, const struct prom_series_number *n)
{
    return n->settled && !s->told && !n->own_time && !n->next_own && memcmp(&n->now, &n->next, sizeof n->now) == 0;
}

static void write_metric(const struct prom_rows *r, struct prom_series *s, struct prom_series_metric *m)
{
    struct prom_series_number *n = prom_series_number(s, m->number);
    struct table *t = r->metrics;
    bool made, old = prom_growth_is_old(s, n);
    double rate = 0;
    if (is_written(s, n)) {
        prom_series_take(s, n);
        return;
    }
    struct row *row = row_of(r, t, prom_series_name(s, m)->name, m->labels, &m->row, &made);
    prom_explorer_metric(r->explorer, s, m);
    if (row)
        table_set_real(t, row, METRICS_VALUE, n->next, QUALITY_EXACT);
    if (row && n->part == PROM_SERIES_COUNTER && !old) {
        rate = prom_growth_rate(s, n);
        table_set_told(t, row, METRICS_RATE, rate);
    }
    if (row && (made || s->told)) {
        const struct prom_series_family *f = prom_series_family(s, prom_series_name(s, m)->family);
        table_set_text(t, row, METRICS_TYPE, prom_text_type_name(f->type));
        table_set(t, row, METRICS_UNIT, value_text(f->unit));
        table_set(t, row, METRICS_HELP, value_text(f->help));
    }
    n->settled = row && rate == 0;
    prom_series_take(s, n);
}

/* ---- histograms ---- */

/* The bound of the highest bucket that has more than the one before; NaN: none has any. */
static double highest(const struct prom_growth *o)
{
    double le = NAN, top = 0;
    for (size_t i = 0; i < o->n; i++)
        top = fmax(top, o->buckets[i].count);
    for (size_t i = 0; i < o->n; i++) /* the lowest bound that has all of them */
        if (top > 0 && o->buckets[i].count == top && !(o->buckets[i].le >= le))
            le = o->buckets[i].le;
    return le;
}

static void write_quantiles(struct table *t, struct row *row, const struct prom_growth *o, enum quality q)
{
    static const struct {
        size_t column;
        double q;
    } wanted[] = {{HISTOGRAMS_P50, 0.5}, {HISTOGRAMS_P90, 0.9}, {HISTOGRAMS_P95, 0.95}, {HISTOGRAMS_P99, 0.99}};
    struct prom_histogram_bucket copy[PROM_SERIES_BUCKETS];
    struct prom_histogram_doubt doubt = {0};
    bool open = false;
    char note[200] = "";
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        memcpy(copy, o->buckets, o->n * sizeof *copy);
        double v = prom_histogram_quantile(wanted[i].q, copy, o->n, &doubt);
        table_set(t, row, wanted[i].column, value_told(v, q));
    }
    for (size_t i = 0; i < o->n; i++)
        open |= o->buckets[i].le == INFINITY;
    if (!open)
        snprintf(note, sizeof note, "no bucket of +Inf");
    else if (doubt.forced)
        snprintf(note, sizeof note, "counts go down between the bounds %g and %g, by up to %g", doubt.forced_from,
                 doubt.forced_to, doubt.forced_by);
    table_set_text(t, row, HISTOGRAMS_NOTE, *note ? note : NULL);
}

static void take(struct prom_series *s, uint32_t place)
{
    struct prom_series_number *n = place == PROM_SERIES_NONE ? NULL : prom_series_number(s, place);
    if (n && prom_series_is_new(s, n))
        prom_series_take(s, n);
    else if (n)
        n->has = false;
}

static void take_histogram(struct prom_series *s, struct prom_series_histogram *h)
{
    prom_series_drop_buckets(s, h);
    for (size_t i = 0; i < h->buckets.n; i++)
        take(s, h->buckets.items[i].number);
    take(s, h->sum);
    take(s, h->count);
}

static void write_histogram(const struct prom_rows *r, struct prom_series *s, struct prom_series_histogram *h)
{
    const struct prom_series_family *f = prom_series_family(s, h->family);
    const struct prom_series_number *count = prom_growth_single(s, h->count);
    struct table *t = r->histograms;
    bool made;
    struct row *row = row_of(r, t, f->name, h->labels, &h->row, &made);
    struct prom_growth o;
    bool fresh = row && !(count && prom_growth_is_old(s, count));
    if (fresh) {
        prom_growth_observe(s, h, &o);
        enum quality q = o.seconds > 0 || f->type == PROM_TEXT_GAUGEHISTOGRAM ? QUALITY_EXACT : QUALITY_EST;
        double top = highest(&o);
        table_set_told(t, row, HISTOGRAMS_RATE, o.seconds > 0 ? o.count / o.seconds : NAN);
        write_quantiles(t, row, &o, q);
        table_set_real(t, row, HISTOGRAMS_MEAN, o.sum / o.count, o.count > 0 && !isnan(o.sum) ? q : QUALITY_UNKNOWN);
        table_set(t, row, HISTOGRAMS_MAX_LE, value_told(top, q));
        table_set_told(t, row, HISTOGRAMS_COUNT, o.total);
        table_set(t, row, HISTOGRAMS_UNIT, value_text(f->unit));
    }
    prom_explorer_histogram(r->explorer, s, h, fresh ? &o : NULL, r->owner);
    take_histogram(s, h);
}

/* ---- all ---- */

static void drop_metric(const struct prom_rows *r, struct prom_series *s, uint32_t i)
{
    struct prom_series_metric *m = &s->metrics.items[i];
    prom_explorer_metric_gone(r->explorer, s, m);
    table_remove_id(r->metrics, m->row);
    prom_series_drop_metric(s, i);
}

static void drop_histogram(const struct prom_rows *r, struct prom_series *s, uint32_t i)
{
    prom_explorer_histogram_gone(r->explorer, s, &s->histograms.items[i]);
    table_remove_id(r->histograms, s->histograms.items[i].row);
    prom_series_drop_histogram(s, i);
}

static void write_nth_metric(const struct prom_rows *r, struct prom_series *s, uint32_t i)
{
    struct prom_series_metric *m = &s->metrics.items[i];
    if (!m->labels)
        return;
    if (prom_series_is_new(s, prom_series_number(s, m->number))) {
        write_metric(r, s, m);
    } else {
        drop_metric(r, s, i);
    }
}

static void write_nth_histogram(const struct prom_rows *r, struct prom_series *s, uint32_t i)
{
    struct prom_series_histogram *h = &s->histograms.items[i];
    if (!h->labels)
        return;
    if (h->seen == s->scrape) {
        write_histogram(r, s, h);
    } else {
        drop_histogram(r, s, i);
    }
}

bool prom_rows_write(struct prom_rows *r, struct prom_series *s, size_t rows)
{
    const size_t all = s->metrics.n + s->histograms.n;
    for (; rows > 0 && r->at < all; rows--, r->at++)
        if (r->at < s->metrics.n)
            write_nth_metric(r, s, (uint32_t)r->at);
        else
            write_nth_histogram(r, s, (uint32_t)(r->at - s->metrics.n));
    return r->at >= all;
}

bool prom_rows_remove(struct prom_rows *r, struct prom_series *s, size_t rows)
{
    for (; rows > 0 && r->at < s->metrics.n; rows--, r->at++)
        if (s->metrics.items[r->at].labels)
            drop_metric(r, s, (uint32_t)r->at);
    for (size_t i; rows > 0 && (i = r->at - s->metrics.n) < s->histograms.n; rows--, r->at++)
        if (s->histograms.items[i].labels)
            drop_histogram(r, s, (uint32_t)i);
    return rows > 0;
}
