/* Series of one endpoint, from one scrape to the next. */
#include "prom/series.h"

#include "base/mem.h"
#include "base/text.h"
#include "prom/labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One way of writing a series: where its value goes. */
struct prom_series_line {
    struct prom_series_metric *metric; /* or: */
    struct prom_series_histogram *histogram;
    enum prom_series_part part;
    size_t bucket;
    uint64_t seen;
};

void prom_series_init(struct prom_series *s, const struct conf_globs *keep, size_t max)
{
    *s = (struct prom_series){.keep = keep, .max = max};
}

/* ---- forgetting ---- */

static void free_metric(struct prom_series_metric *m)
{
    free(m->labels);
    free(m);
}

static void free_histogram(struct prom_series_histogram *h)
{
    free(h->labels);
    vec_done(&h->buckets);
    free(h);
}

static void free_family(struct prom_series_family *f)
{
    free(f->name);
    free(f->help);
    free(f->unit);
    free(f);
}

void prom_series_forget(struct prom_series *s)
{
    void *value;
    for (size_t at = 0; map_next(&s->lines, &at, NULL, NULL, &value);)
        free(value);
    for (size_t at = 0; map_next(&s->names, &at, NULL, NULL, &value);) {
        free(((struct prom_series_name *)value)->name);
        free(value);
    }
    for (size_t at = 0; map_next(&s->families, &at, NULL, NULL, &value);)
        free_family(value);
    for (size_t i = 0; i < s->metrics.n; i++)
        free_metric(s->metrics.items[i]);
    for (size_t i = 0; i < s->histograms.n; i++)
        free_histogram(s->histograms.items[i]);
    map_done(&s->lines);
    map_done(&s->names);
    map_done(&s->families);
    map_done(&s->known);
    s->lines = s->names = s->families = s->known = (struct map){0};
    s->metrics.n = s->histograms.n = 0;
    s->retyped = false;
}

void prom_series_done(struct prom_series *s)
{
    prom_series_forget(s);
    vec_done(&s->metrics);
    vec_done(&s->histograms);
    prom_text_done(&s->text);
    str_done(&s->scratch);
    str_done(&s->labels);
}

/* What stands for a series in `known`: its name and its labels, in scratch. */
static void identify(struct prom_series *s, char kind, const char *name, const char *labels)
{
    str_clear(&s->scratch);
    str_char(&s->scratch, kind);
    str_add(&s->scratch, name);
    str_char(&s->scratch, '\0');
    str_add(&s->scratch, labels);
}

void prom_series_drop_metric(struct prom_series *s, size_t i)
{
    struct prom_series_metric *m = s->metrics.items[i];
    identify(s, 'm', m->name->name, m->labels);
    map_del(&s->known, s->scratch.s, s->scratch.len);
    free_metric(m);
    s->metrics.items[i] = s->metrics.items[--s->metrics.n];
}

void prom_series_drop_histogram(struct prom_series *s, size_t i)
{
    struct prom_series_histogram *h = s->histograms.items[i];
    identify(s, 'h', h->family->name, h->labels);
    map_del(&s->known, s->scratch.s, s->scratch.len);
    free_histogram(h);
    s->histograms.items[i] = s->histograms.items[--s->histograms.n];
}

/* All ways of writing, or those that this scrape did not use. */
static void forget_lines(struct prom_series *s, bool all)
{
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&s->lines, &at, &key, &len, &value);) {
        struct prom_series_line *line = value;
        if (!all && line->seen == s->scrape)
            continue;
        map_del(&s->lines, key, len);
        free(line);
    }
}

void prom_series_end(struct prom_series *s)
{
    if (s->lines.n > s->written)
        forget_lines(s, false);
}

void prom_series_abandon(struct prom_series *s)
{
    forget_lines(s, true);
    for (size_t i = s->metrics.n; i-- > 0;)
        if (!s->metrics.items[i]->row)
            prom_series_drop_metric(s, i);
    for (size_t i = s->histograms.n; i-- > 0;)
        if (!s->histograms.items[i]->row)
            prom_series_drop_histogram(s, i);
}

/* ---- families and names ---- */

/* The bytes without escapes; valid until scratch is used again. */
static struct prom_text_span plain(struct prom_series *s, struct prom_text_span span)
{
    if (!memchr(span.s, '\\', span.len))
        return span;
    str_clear(&s->scratch);
    prom_text_unescape(span, &s->scratch);
    return (struct prom_text_span){str_text(&s->scratch), s->scratch.len};
}

static struct prom_series_family *family_of(struct prom_series *s, const char *name, size_t len)
{
    struct prom_series_family *f = map_get(&s->families, name, len);
    if (f || s->families.n >= PROM_SERIES_NAMES)
        return f;
    f = mem_new(struct prom_series_family);
    *f = (struct prom_series_family){.name = mem_memdup(name, len)};
    map_put(&s->families, name, len, f);
    return f;
}

static int too_many_names(const struct prom_series *s, struct error *err)
{
    return error_set(err, ERR_LIMIT, "line %u: more than %d names of metrics, the limit", s->text.line,
                     PROM_SERIES_NAMES);
}

/* TYPE, HELP, UNIT. */
static int learn(struct prom_series *s, const struct prom_text_item *item, struct error *err)
{
    struct prom_text_span name = plain(s, item->name);
    struct prom_series_family *f = family_of(s, name.s, name.len);
    if (!f)
        return too_many_names(s, err);
    if (item->kind == PROM_TEXT_TYPE) {
        s->retyped |= f->used && f->type != item->type;
        f->type = item->type;
        return 0;
    }
    uint64_t hash = map_hash(item->value.s, item->value.len);
    if (item->kind == PROM_TEXT_HELP && (!f->help || f->help_hash != hash)) {
        struct str text = {.max = PROM_SERIES_HELP_BYTES};
        prom_text_unescape(item->value, &text);
        free(f->help);
        f->help = str_take(&text);
        f->help_hash = hash;
    } else if (item->kind == PROM_TEXT_UNIT && !f->unit) {
        f->unit = mem_memdup(item->value.s, item->value.len);
    }
    return 0;
}

/* The family of which a sample's name is that with a suffix, if its type is among the types (bits). */
static struct prom_series_family *behind(const struct prom_series *s, const struct prom_series_name *n,
                                         const char *suffix, unsigned types)
{
    size_t len = strlen(n->name), cut = strlen(suffix);
    if (len <= cut || strcmp(n->name + len - cut, suffix) != 0)
        return NULL;
    struct prom_series_family *f = map_get(&s->families, n->name, len - cut);
    return f && types & 1u << f->type ? f : NULL;
}

#define HISTOGRAMS (1u << PROM_TEXT_HISTOGRAM | 1u << PROM_TEXT_GAUGEHISTOGRAM)

static const struct {
    const char *suffix;
    unsigned types;
    enum prom_series_part part;
} suffixes[] = {
    {"_bucket", HISTOGRAMS, PROM_SERIES_BUCKET},
    {"_sum", 1u << PROM_TEXT_HISTOGRAM, PROM_SERIES_SUM},
    {"_count", 1u << PROM_TEXT_HISTOGRAM, PROM_SERIES_COUNT},
    {"_gsum", 1u << PROM_TEXT_GAUGEHISTOGRAM, PROM_SERIES_SUM},
    {"_gcount", 1u << PROM_TEXT_GAUGEHISTOGRAM, PROM_SERIES_COUNT},
    {"_sum", 1u << PROM_TEXT_SUMMARY, PROM_SERIES_COUNTER},
    {"_count", 1u << PROM_TEXT_SUMMARY, PROM_SERIES_COUNTER},
    {"_total", 1u << PROM_TEXT_COUNTER, PROM_SERIES_COUNTER},
    {"_created", HISTOGRAMS | 1u << PROM_TEXT_COUNTER | 1u << PROM_TEXT_SUMMARY, PROM_SERIES_VALUE},
    {"_info", 1u << PROM_TEXT_INFO, PROM_SERIES_VALUE},
};

/* Whose sample it is by its name, and what of it. */
static void classify(struct prom_series *s, struct prom_series_name *n)
{
    size_t len = strlen(n->name);
    n->family = map_get(&s->families, n->name, len);
    n->part = n->family && n->family->type == PROM_TEXT_COUNTER ? PROM_SERIES_COUNTER : PROM_SERIES_VALUE;
    for (size_t i = 0; !n->family && i < sizeof suffixes / sizeof *suffixes; i++) {
        n->family = behind(s, n, suffixes[i].suffix, suffixes[i].types);
        n->part = n->family ? suffixes[i].part : PROM_SERIES_VALUE;
    }
    if (!n->family)
        n->family = family_of(s, n->name, len);
    /* without types, as a server's federation tells of its series, the name is all there is */
    if (n->family && n->family->type == PROM_TEXT_UNKNOWN && len > 6 && strcmp(n->name + len - 6, "_total") == 0)
        n->part = PROM_SERIES_COUNTER;
}

/* ERR_LIMIT. */
static int name_of(struct prom_series *s, struct prom_text_span raw, struct prom_series_name **ret, struct error *err)
{
    *ret = map_get(&s->names, raw.s, raw.len);
    if (*ret)
        return 0;
    if (s->names.n >= PROM_SERIES_NAMES)
        return too_many_names(s, err);
    struct prom_text_span name = plain(s, raw);
    struct prom_series_name *n = mem_new(struct prom_series_name);
    *n = (struct prom_series_name){.name = mem_memdup(name.s, name.len)};
    classify(s, n);
    if (!n->family) {
        free(n->name);
        free(n);
        return too_many_names(s, err);
    }
    n->family->used = true;
    n->kept = conf_globs_match(s->keep, n->name) || conf_globs_match(s->keep, n->family->name);
    map_put(&s->names, raw.s, raw.len, n);
    *ret = n;
    return 0;
}

/* ---- series ---- */

static void bad(struct prom_series *s, unsigned line, const char *why)
{
    struct str safe = {0};
    if (s->bad++)
        return;
    text_safe(&safe, why, strlen(why));
    snprintf(s->first_bad, sizeof s->first_bad, "line %u: %s", line, str_text(&safe));
    str_done(&safe);
}

static struct prom_series_metric *metric_of(struct prom_series *s, struct prom_series_name *name)
{
    identify(s, 'm', name->name, str_text(&s->labels));
    struct prom_series_metric *m = map_get(&s->known, s->scratch.s, s->scratch.len);
    if (m)
        return m;
    m = mem_new(struct prom_series_metric);
    *m = (struct prom_series_metric){.name = name, .labels = mem_strdup(str_text(&s->labels))};
    map_put(&s->known, s->scratch.s, s->scratch.len, m);
    vec_push(&s->metrics, m);
    return m;
}

static struct prom_series_histogram *histogram_of(struct prom_series *s, struct prom_series_family *family)
{
    identify(s, 'h', family->name, str_text(&s->labels));
    struct prom_series_histogram *h = map_get(&s->known, s->scratch.s, s->scratch.len);
    if (h)
        return h;
    h = mem_new(struct prom_series_histogram);
    *h = (struct prom_series_histogram){.family = family, .labels = mem_strdup(str_text(&s->labels))};
    map_put(&s->known, s->scratch.s, s->scratch.len, h);
    vec_push(&s->histograms, h);
    return h;
}

/* Buckets are the same by their bounds as numbers, however they are written. SIZE_MAX: there are too many. */
static size_t bucket_of(struct prom_series_histogram *h, double le)
{
    for (size_t i = 0; i < h->buckets.n; i++)
        if (h->buckets.items[i].le == le)
            return i;
    if (h->buckets.n >= PROM_SERIES_BUCKETS)
        return SIZE_MAX;
    vec_push(&h->buckets, (struct prom_series_bucket){.le = le});
    return h->buckets.n - 1;
}

/* A series that has not been written so before; *ret NULL: the line is bad. */
static int meet(struct prom_series *s, const struct prom_text_item *item, struct prom_series_name *name,
                struct prom_series_line **ret, struct error *err)
{
    const bool bucket = name->part == PROM_SERIES_BUCKET;
    struct prom_series_line line = {.part = name->part};
    double le = NAN;
    *ret = NULL;
    prom_labels_write(item->series, bucket ? &le : NULL, &s->labels);
    if (s->labels.len > PROM_SERIES_LABEL_BYTES)
        return error_set(err, ERR_LIMIT, "line %u: labels of %zu bytes, the limit is %d", item->line, s->labels.len,
                         PROM_SERIES_LABEL_BYTES);
    if (bucket && isnan(le)) {
        bad(s, item->line, "a bucket without a number as its le");
        return 0;
    }
    if (name->part < PROM_SERIES_BUCKET)
        line.metric = metric_of(s, name);
    else
        line.histogram = histogram_of(s, name->family);
    if (bucket && (line.bucket = bucket_of(line.histogram, le)) == SIZE_MAX)
        return error_set(err, ERR_LIMIT, "line %u: more than %d buckets of one histogram, the limit", item->line,
                         PROM_SERIES_BUCKETS);
    *ret = mem_new(struct prom_series_line);
    **ret = line;
    map_put(&s->lines, item->series.s, item->series.len, *ret);
    return 0;
}

static struct prom_series_number *place_of(const struct prom_series_line *line)
{
    switch (line->part) {
    case PROM_SERIES_BUCKET:
        return &line->histogram->buckets.items[line->bucket].number;
    case PROM_SERIES_SUM:
        return &line->histogram->sum;
    case PROM_SERIES_COUNT:
        return &line->histogram->count;
    default:
        return &line->metric->number;
    }
}

/* In microseconds, as far as differences of them fit. */
static int64_t own_us(int64_t ms)
{
    const int64_t most = INT64_MAX / 4000;
    return (ms > most ? most : ms < -most ? -most : ms) * 1000;
}

static int sample(struct prom_series *s, const struct prom_text_item *item, struct error *err)
{
    struct prom_series_line *line = map_get(&s->lines, item->series.s, item->series.len);
    s->samples++;
    if (!line) {
        struct prom_series_name *name;
        int rc = name_of(s, item->name, &name, err);
        if (rc)
            return rc;
        s->kept += name->kept;
        if (!name->kept || s->kept > s->max)
            return 0; /* beyond the limit they are only counted */
        rc = meet(s, item, name, &line, err);
        if (rc || !line)
            return rc;
    } else {
        s->kept++;
    }
    struct prom_series_number *n = place_of(line);
    if (n->seen == s->scrape) {
        bad(s, item->line, "the series is there twice");
        return 0;
    }
    line->seen = n->seen = s->scrape;
    s->written++;
    if (line->histogram)
        line->histogram->seen = s->scrape;
    n->next = item->number;
    n->next_own = item->time_ms != PROM_TEXT_NO_TIME;
    n->next_us = n->next_own ? own_us(item->time_ms) : s->time_us;
    return 0;
}

/* ---- a scrape ---- */

void prom_series_begin(struct prom_series *s, enum prom_text_format format, const char *body, size_t len,
                       int64_t now_us)
{
    s->scrape++;
    s->time_us = now_us;
    s->samples = s->kept = s->bad = s->written = 0;
    s->first_bad[0] = '\0';
    prom_text_again(&s->text, format, body, len);
}

static int read_item(struct prom_series *s, const struct prom_text_item *item, struct error *err)
{
    switch (item->kind) {
    case PROM_TEXT_SAMPLE:
        return sample(s, item, err);
    case PROM_TEXT_TYPE:
    case PROM_TEXT_HELP:
    case PROM_TEXT_UNIT:
        return learn(s, item, err);
    case PROM_TEXT_BAD:
        bad(s, item->line, item->error);
        return 0;
    case PROM_TEXT_END:
        break;
    }
    return 0;
}

int prom_series_read(struct prom_series *s, size_t lines, bool *more, struct error *err)
{
    struct prom_text_item item;
    *more = true;
    while (*more && lines-- > 0) {
        int rc = prom_text_next(&s->text, &item, err);
        if (rc == 0)
            rc = read_item(s, &item, err);
        if (rc)
            return rc;
        *more = item.kind != PROM_TEXT_END;
    }
    if (!*more && s->kept > s->max)
        return error_set(err, ERR_LIMIT, "%zu series, the limit is %zu (max_series); keep chooses some", s->kept,
                         s->max);
    return 0;
}

bool prom_series_is_new(const struct prom_series *s, const struct prom_series_number *n)
{
    return n->seen == s->scrape;
}

void prom_series_take(struct prom_series_number *n)
{
    n->now = n->next;
    n->now_us = n->next_us;
    n->own_time = n->next_own;
    n->has = true;
}
