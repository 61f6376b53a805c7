/* Rows from series. */
#include "prom/rows.h"

#include "prom/histogram.h"
#include "prom/rate.h"
#include "prom/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct row *row_of(const struct prom_rows *r, struct table *t, const char *metric, const char *labels,
                          uint64_t *id)
{
    struct row *row = *id ? table_by_id(t, *id) : NULL;
    if (row)
        return row;
    struct names *names = store_names(table_store(t));
    struct name *m = name_intern(names, metric, strlen(metric)), *l = name_intern(names, labels, strlen(labels));
    const struct value key[] = {{.s = r->job, .quality = QUALITY_EXACT},
                                {.s = r->instance, .quality = QUALITY_EXACT},
                                {.s = m, .quality = QUALITY_EXACT},
                                {.s = l, .quality = QUALITY_EXACT}};
    row = table_upsert(t, key, r->owner);
    *id = row ? row_id(row) : 0;
    name_unref(m);
    name_unref(l);
    return row;
}

static void remove_row(struct table *t, uint64_t id)
{
    struct row *row = id ? table_by_id(t, id) : NULL;
    if (row)
        table_remove(t, row);
}

static void set_real(struct table *t, struct row *row, size_t column, bool known, double v, enum quality q)
{
    table_set_real(t, row, column, v, known ? q : QUALITY_UNKNOWN);
}

/* Two scrapes' numbers can be compared: both there, and timed by the same clock. */
static bool is_pair(const struct prom_series_number *n)
{
    return n->has && n->own_time == n->next_own && n->next_us > n->now_us;
}

/* ---- metrics ---- */

static void write_metric(const struct prom_rows *r, struct prom_series_metric *m)
{
    struct table *t = r->metrics;
    struct prom_series_number *n = &m->number;
    struct row *row = row_of(r, t, m->name->name, m->labels, &m->row);
    double rate = 0;
    if (!row)
        return;
    table_set_real(t, row, METRICS_VALUE, n->next, QUALITY_EXACT);
    /* a sample of its own time may be the one of before, whose rate still holds */
    if (m->name->part == PROM_SERIES_COUNTER && !(n->has && n->next_own && n->own_time && n->next_us == n->now_us)) {
        bool known = is_pair(n) && prom_rate_instant(n->now, n->now_us, n->next, n->next_us, &rate);
        set_real(t, row, METRICS_RATE, known, rate, QUALITY_EXACT);
    }
    table_set_text(t, row, METRICS_TYPE, prom_text_type_name(m->name->family->type));
    table_set_text(t, row, METRICS_UNIT, m->name->family->unit);
    table_set_text(t, row, METRICS_HELP, m->name->family->help);
    prom_series_take(n);
}

/* ---- histograms ---- */

/* What a histogram observed: in the time between two scrapes, or since it began. */
struct observed {
    struct prom_histogram_bucket buckets[PROM_SERIES_BUCKETS];
    size_t n;
    double sum, count; /* NaN: not told */
    double seconds;    /* 0: since it began */
};

/* Has the process begun anew? A sum may go down by itself where values are negative. */
static bool is_reset(const struct prom_series *s, const struct prom_series_histogram *h)
{
    bool reset = prom_series_is_new(s, &h->count) && h->count.has && h->count.next < h->count.now;
    for (size_t i = 0; !reset && i < h->buckets.n; i++) {
        const struct prom_series_number *n = &h->buckets.items[i].number;
        reset = prom_series_is_new(s, n) && n->has && n->next < n->now;
    }
    return reset;
}

/* Is each bucket and each number of this scrape one of the last, too? */
static bool is_comparable(const struct prom_series *s, const struct prom_series_histogram *h)
{
    bool ok = !prom_series_is_new(s, &h->count) || is_pair(&h->count);
    for (size_t i = 0; ok && i < h->buckets.n; i++) {
        const struct prom_series_number *n = &h->buckets.items[i].number;
        ok = !prom_series_is_new(s, n) || is_pair(n);
    }
    return ok;
}

static double growth(const struct prom_series *s, const struct prom_series_number *n, bool since)
{
    return !prom_series_is_new(s, n) ? NAN : since ? n->next - n->now : n->next;
}

static void observe(const struct prom_series *s, const struct prom_series_histogram *h, struct observed *o)
{
    bool gauge = h->family->type == PROM_TEXT_GAUGEHISTOGRAM;
    bool comparable = !gauge && is_comparable(s, h), since = comparable && !is_reset(s, h);
    const struct prom_series_number *last = NULL;
    o->n = 0;
    for (size_t i = 0; i < h->buckets.n; i++) {
        const struct prom_series_bucket *b = &h->buckets.items[i];
        if (!prom_series_is_new(s, &b->number))
            continue;
        o->buckets[o->n++] = (struct prom_histogram_bucket){b->le, growth(s, &b->number, since)};
        last = b->le == INFINITY ? &b->number : last;
    }
    last = prom_series_is_new(s, &h->count) ? &h->count : last;
    o->sum = growth(s, &h->sum, since && is_pair(&h->sum));
    o->count = last ? growth(s, last, since) : NAN;
    o->seconds = last && comparable ? (double)(last->next_us - last->now_us) / 1e6 : 0;
}

/* The bound of the highest bucket that has more than the one before; NaN: none has any. */
static double highest(const struct observed *o)
{
    double le = NAN, top = 0;
    for (size_t i = 0; i < o->n; i++)
        top = fmax(top, o->buckets[i].count);
    for (size_t i = 0; i < o->n; i++) /* the lowest bound that has all of them */
        if (top > 0 && o->buckets[i].count == top && !(o->buckets[i].le >= le))
            le = o->buckets[i].le;
    return le;
}

static void write_quantiles(struct table *t, struct row *row, const struct observed *o, enum quality q)
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
        set_real(t, row, wanted[i].column, !isnan(v), v, q);
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

static void take(const struct prom_series *s, struct prom_series_number *n)
{
    if (prom_series_is_new(s, n))
        prom_series_take(n);
    else
        n->has = false;
}

/* Is it the sample of the scrape before, by its own time? Then what is written of it still holds. */
static bool is_old(const struct prom_series *s, const struct prom_series_number *n)
{
    return prom_series_is_new(s, n) && n->has && n->own_time && n->next_own && n->next_us == n->now_us;
}

static void write_histogram(const struct prom_rows *r, const struct prom_series *s, struct prom_series_histogram *h)
{
    struct table *t = r->histograms;
    struct row *row = row_of(r, t, h->family->name, h->labels, &h->row);
    struct observed o;
    if (!row || is_old(s, &h->count))
        return;
    observe(s, h, &o);
    enum quality q = o.seconds > 0 || h->family->type == PROM_TEXT_GAUGEHISTOGRAM ? QUALITY_EXACT : QUALITY_EST;
    double top = highest(&o), total = prom_series_is_new(s, &h->count) ? h->count.next : NAN;
    for (size_t i = 0; isnan(total) && i < h->buckets.n; i++)
        if (h->buckets.items[i].le == INFINITY && prom_series_is_new(s, &h->buckets.items[i].number))
            total = h->buckets.items[i].number.next;
    set_real(t, row, HISTOGRAMS_RATE, o.seconds > 0 && !isnan(o.count), o.count / o.seconds, QUALITY_EXACT);
    write_quantiles(t, row, &o, q);
    set_real(t, row, HISTOGRAMS_MEAN, o.count > 0 && !isnan(o.sum), o.sum / o.count, q);
    set_real(t, row, HISTOGRAMS_MAX_LE, !isnan(top), top, q);
    set_real(t, row, HISTOGRAMS_COUNT, !isnan(total), total, QUALITY_EXACT);
    table_set_text(t, row, HISTOGRAMS_UNIT, h->family->unit);
    for (size_t i = 0; i < h->buckets.n; i++)
        take(s, &h->buckets.items[i].number);
    take(s, &h->sum);
    take(s, &h->count);
}

/* ---- all ---- */

bool prom_rows_write(struct prom_rows *r, struct prom_series *s, size_t rows)
{
    while (rows-- > 0) {
        if (r->at < s->metrics.n) {
            struct prom_series_metric *m = s->metrics.items[r->at];
            if (prom_series_is_new(s, &m->number)) {
                write_metric(r, m);
                r->at++;
            } else {
                remove_row(r->metrics, m->row);
                prom_series_drop_metric(s, r->at);
            }
        } else if (r->at - s->metrics.n < s->histograms.n) {
            size_t i = r->at - s->metrics.n;
            struct prom_series_histogram *h = s->histograms.items[i];
            if (h->seen == s->scrape) {
                write_histogram(r, s, h);
                r->at++;
            } else {
                remove_row(r->histograms, h->row);
                prom_series_drop_histogram(s, i);
            }
        } else {
            return true;
        }
    }
    return false;
}

void prom_rows_remove(const struct prom_rows *r, struct prom_series *s)
{
    for (size_t i = 0; i < s->metrics.n; i++)
        remove_row(r->metrics, s->metrics.items[i]->row);
    for (size_t i = 0; i < s->histograms.n; i++)
        remove_row(r->histograms, s->histograms.items[i]->row);
}
