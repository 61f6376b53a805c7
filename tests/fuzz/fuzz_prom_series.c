/* Scrape after scrape of one endpoint, some of which fail: rows are what the last one that was read whole says, and all that is
 * found by something is there.
 *
 * Scrapes are separated by the byte 0x1e; the one behind it says of the next how it is read: bit 0 OpenMetrics, bit 1 it is given up
 * half way, bits 2-4 lines a step. */
#include "base/map.h"
#include "base/mem.h"
#include "prom/labels.h"
#include "prom/rows.h"
#include "prom/tables.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SERIES = 200 };

struct world {
    struct store *store;
    struct prom_series series;
    struct prom_rows rows;
    int64_t now_us;
};

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* ---- what a scrape says, read anew ---- */

static void free_model(struct map *model)
{
    void *value;
    for (size_t at = 0; map_next(model, &at, NULL, NULL, &value);)
        free(value);
    map_done(model);
}

/* The first value of each name and labels. */
static void read_model(struct map *model, struct prom_text_span body, enum prom_text_format format)
{
    struct prom_text t;
    struct prom_text_item item;
    struct error err;
    struct str key = {0}, labels = {0};
    prom_text_init(&t, format, body.s, body.len);
    while (prom_text_next(&t, &item, &err) == 0 && item.kind != PROM_TEXT_END) {
        if (item.kind != PROM_TEXT_SAMPLE)
            continue;
        prom_labels_write(item.series, NULL, &labels);
        str_clear(&key);
        prom_text_unescape(item.name, &key);
        str_char(&key, '\0');
        str_bytes(&key, str_text(&labels), labels.len);
        if (!map_get(model, key.s, key.len))
            map_put(model, key.s, key.len, mem_memdup(&item.number, sizeof item.number));
    }
    str_done(&key);
    str_done(&labels);
    prom_text_done(&t);
}

/* ---- invariants ---- */

static void check_places(const struct world *w)
{
    const struct prom_series *s = &w->series;
    size_t metrics = 0, histograms = 0, lines = 0, used = 0, parts = 0;
    for (size_t i = 0; i < s->numbers.n; i++) {
        const struct prom_series_number *n = &s->numbers.items[i];
        used += n->part != PROM_SERIES_FREE;
        lines += n->line != 0;
        check(n->part != PROM_SERIES_FREE || !n->line);
    }
    for (size_t i = 0; i < s->metrics.n; i++) {
        const struct prom_series_metric *m = &s->metrics.items[i];
        if (!m->labels)
            continue;
        const struct prom_series_number *n = prom_series_number(s, m->number);
        check(n->of == i && n->part < PROM_SERIES_BUCKET && n->part == prom_series_name(s, m)->part && n->line);
        metrics++;
        parts++;
    }
    for (size_t i = 0; i < s->histograms.n; i++) {
        const struct prom_series_histogram *h = &s->histograms.items[i];
        if (!h->labels)
            continue;
        for (size_t b = 0; b < h->buckets.n; b++)
            check(prom_series_number(s, h->buckets.items[b].number)->of == i);
        parts += h->buckets.n + (h->sum != PROM_SERIES_NONE) + (h->count != PROM_SERIES_NONE);
        histograms++;
    }
    check(metrics == s->by_metric.n && histograms == s->by_histogram.n && lines == s->by_line.n && used == parts);
    check(!s->times.n || s->times.n == s->numbers.n);
}

static void check_rows(const struct world *w, const struct map *model)
{
    const struct prom_series *s = &w->series;
    struct str key = {0};
    check(table_nrows(w->rows.metrics) == s->by_metric.n && table_nrows(w->rows.histograms) == s->by_histogram.n);
    for (size_t i = 0; i < s->metrics.n; i++) {
        const struct prom_series_metric *m = &s->metrics.items[i];
        if (!m->labels)
            continue;
        const struct name *name = prom_series_name(s, m)->name;
        const struct row *r = table_by_id(w->rows.metrics, m->row);
        check(r && row_get(r, METRICS_METRIC).s == name && row_get(r, METRICS_LABELS).s == m->labels);
        str_clear(&key);
        str_bytes(&key, name->raw, name->len);
        str_char(&key, '\0');
        str_bytes(&key, m->labels->raw, m->labels->len);
        const double *told = map_get(model, key.s, key.len), value = row_get(r, METRICS_VALUE).d;
        check(told && memcmp(told, &value, sizeof value) == 0);
        check(prom_series_number(s, m->number)->has);
    }
    str_done(&key);
}

/* ---- scrapes ---- */

static bool read_scrape(struct world *w, struct prom_text_span body, unsigned how)
{
    enum prom_text_format format = how & 1 ? PROM_TEXT_OPENMETRICS : PROM_TEXT_PLAIN;
    struct error err;
    bool more = true;
    w->now_us += 1000000;
    prom_series_begin(&w->series, format, body.s, body.len, w->now_us);
    do {
        if (prom_series_read(&w->series, 1 + (how >> 2 & 7), &more, &err))
            return false;
    } while (more && !(how & 2));
    return !more;
}

static void remove_all(struct world *w)
{
    w->rows.at = 0;
    while (!prom_rows_remove(&w->rows, &w->series, 3))
        continue;
    check(!table_nrows(w->rows.metrics) && !table_nrows(w->rows.histograms));
    prom_series_forget(&w->series);
}

static void scrape(struct world *w, struct prom_text_span body, unsigned how)
{
    const uint64_t metrics = table_seq(w->rows.metrics), histograms = table_seq(w->rows.histograms);
    struct map model = {0};
    bool whole = read_scrape(w, body, how), retyped = whole && w->series.retyped;
    if (retyped) {
        remove_all(w);
        whole = read_scrape(w, body, how);
    }
    if (whole) {
        w->rows.at = 0;
        while (!prom_rows_write(&w->rows, &w->series, 3))
            continue;
        prom_series_end(&w->series);
        read_model(&model, body, how & 1 ? PROM_TEXT_OPENMETRICS : PROM_TEXT_PLAIN);
        check_rows(w, &model);
        free_model(&model);
    } else {
        while (!prom_series_abandon(&w->series, 3))
            continue;
        check(retyped || (table_seq(w->rows.metrics) == metrics && table_seq(w->rows.histograms) == histograms));
    }
    check_places(w);
    store_commit(w->store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct prom_keep all;
    struct world w = {.store = store_new(&clock_system)};
    struct names *names = store_names(w.store);
    for (size_t i = 0; prom_tables[i]; i++)
        store_add(w.store, prom_tables[i], NULL, NULL, NULL);
    w.rows = (struct prom_rows){.metrics = store_find(w.store, "metrics"),
                                .histograms = store_find(w.store, "histograms"),
                                .job = name_intern(names, "j", 1),
                                .instance = name_intern(names, "i", 1)};
    prom_series_init(&w.series, names, &all, &(struct prom_series_limits){.series = MAX_SERIES});
    const char *at = (const char *)data, *const end = at + size;
    for (unsigned how = 0; at < end;) {
        const char *stop = memchr(at, 0x1e, (size_t)(end - at));
        stop = stop ? stop : end;
        scrape(&w, (struct prom_text_span){at, (size_t)(stop - at)}, how);
        how = end - stop > 1 ? (unsigned char)stop[1] : 0;
        at = end - stop > 1 ? stop + 2 : end;
    }
    prom_series_done(&w.series);
    name_unref(w.rows.job);
    name_unref(w.rows.instance);
    store_free(w.store);
    return 0;
}
