/* Series of one endpoint, from one scrape to the next. */
#include "prom/series.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "prom/labels.h"
#include "prom/series_names.h"
#include "prom/text_why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR = 4 }; /* so many lines may be missing before one is looked up */

#define NONE PROM_SERIES_NONE

void prom_series_init(struct prom_series *s, struct names *pool, const struct prom_keep *keep,
                      const struct prom_series_limits *max)
{
    *s = (struct prom_series){.pool = pool,
                              .keep = keep,
                              .max = *max,
                              .free_number = NONE,
                              .free_metric = NONE,
                              .free_histogram = NONE,
                              .first = NONE,
                              .last = NONE};
}

/* ---- what they are found by ---- */

static uint64_t hash_of_line(const void *owner, uint32_t place)
{
    return ((const struct prom_series *)owner)->numbers.items[place].line;
}

static uint64_t identity(const struct name *name, const struct name *labels)
{
    uint64_t h = ((uint64_t)name->hash << 32 | labels->hash) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 32;
}

static uint64_t hash_of_metric(const void *owner, uint32_t place)
{
    const struct prom_series *s = owner;
    const struct prom_series_metric *m = &s->metrics.items[place];
    return identity(s->names.items[m->name].name, m->labels);
}

static uint64_t hash_of_histogram(const void *owner, uint32_t place)
{
    const struct prom_series *s = owner;
    const struct prom_series_histogram *h = &s->histograms.items[place];
    return identity(s->families.items[h->family].name, h->labels);
}

/* ---- places ---- */

static uint32_t new_number(struct prom_series *s, enum prom_series_part part, uint32_t of)
{
    uint32_t i = s->free_number;
    if (i == NONE) {
        i = (uint32_t)s->numbers.n;
        vec_push(&s->numbers, (struct prom_series_number){0});
        if (s->times.n)
            vec_push(&s->times, (struct prom_series_times){0});
    } else {
        s->free_number = s->numbers.items[i].of;
    }
    s->numbers.items[i] = (struct prom_series_number){.part = (uint8_t)part, .of = of, .then = NONE};
    return i;
}

/* What it knows of the order stays: the line behind it may be there still. */
static void drop_number(struct prom_series *s, uint32_t i)
{
    if (i == NONE)
        return;
    struct prom_series_number *n = &s->numbers.items[i];
    if (n->line)
        prom_places_del(&s->by_line, hash_of_line, s, i);
    *n = (struct prom_series_number){.part = PROM_SERIES_FREE, .of = s->free_number, .then = n->then};
    s->free_number = i;
}

void prom_series_drop_metric(struct prom_series *s, uint32_t place)
{
    struct prom_series_metric *m = &s->metrics.items[place];
    prom_places_del(&s->by_metric, hash_of_metric, s, place);
    drop_number(s, m->number);
    name_unref(m->labels);
    *m = (struct prom_series_metric){.number = s->free_metric};
    s->free_metric = place;
    s->changes++;
}

void prom_series_drop_histogram(struct prom_series *s, uint32_t place)
{
    struct prom_series_histogram *h = &s->histograms.items[place];
    prom_places_del(&s->by_histogram, hash_of_histogram, s, place);
    for (size_t i = 0; i < h->buckets.n; i++)
        drop_number(s, h->buckets.items[i].number);
    drop_number(s, h->sum);
    drop_number(s, h->count);
    vec_done(&h->buckets);
    name_unref(h->labels);
    *h = (struct prom_series_histogram){.seen = s->free_histogram};
    s->free_histogram = place;
    s->changes++;
}

void prom_series_drop_buckets(struct prom_series *s, struct prom_series_histogram *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->buckets.n; i++) {
        const struct prom_series_bucket b = h->buckets.items[i];
        if (prom_series_is_new(s, &s->numbers.items[b.number]))
            h->buckets.items[kept++] = b;
        else
            drop_number(s, b.number);
    }
    s->changes += kept < h->buckets.n;
    h->buckets.n = kept;
}

void prom_series_forget(struct prom_series *s)
{
    for (size_t i = 0; i < s->metrics.n; i++)
        name_unref(s->metrics.items[i].labels);
    for (size_t i = 0; i < s->histograms.n; i++) {
        name_unref(s->histograms.items[i].labels);
        vec_done(&s->histograms.items[i].buckets);
    }
    prom_series_names_forget(s);
    prom_places_done(&s->by_line);
    prom_places_done(&s->by_metric);
    prom_places_done(&s->by_histogram);
    s->numbers.n = s->times.n = s->metrics.n = s->histograms.n = 0;
    s->free_number = s->free_metric = s->free_histogram = s->first = s->last = NONE;
    s->changes++;
    s->retyped = s->told = false;
}

void prom_series_done(struct prom_series *s)
{
    prom_series_forget(s);
    vec_done(&s->families);
    vec_done(&s->names);
    vec_done(&s->numbers);
    vec_done(&s->times);
    vec_done(&s->metrics);
    vec_done(&s->histograms);
    prom_text_done(&s->text);
    str_done(&s->scratch);
    str_done(&s->labels);
}

/* Gives back what an array has beyond its items and an eighth. */
#define TRIM(v)                                                                                                        \
    do {                                                                                                               \
        if ((v)->room > (v)->n + (v)->n / 8 + 64) {                                                                    \
            (v)->room = (v)->n + (v)->n / 16 + 8;                                                                      \
            (v)->items = mem_realloc((v)->items, (v)->room, sizeof *(v)->items);                                       \
        }                                                                                                              \
    } while (0)

void prom_series_end(struct prom_series *s)
{
    s->taken_us = s->time_us;
    s->told = false;
    prom_series_names_sweep(s, true);
    TRIM(&s->numbers);
    TRIM(&s->times);
    TRIM(&s->metrics);
    TRIM(&s->histograms);
    TRIM(&s->names);
    TRIM(&s->families);
}

bool prom_series_abandon(struct prom_series *s, size_t series)
{
    for (; series > 0 && s->at < s->metrics.n; series--, s->at++) {
        const struct prom_series_metric *m = &s->metrics.items[s->at];
        if (m->labels && !m->row)
            prom_series_drop_metric(s, (uint32_t)s->at);
    }
    for (size_t i; series > 0 && (i = s->at - s->metrics.n) < s->histograms.n; series--, s->at++) {
        const struct prom_series_histogram *h = &s->histograms.items[i];
        if (h->labels && !h->row)
            prom_series_drop_histogram(s, (uint32_t)i);
    }
    if (series > 0)
        prom_series_names_sweep(s, false);
    return series > 0;
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

static uint32_t metric_of(struct prom_series *s, uint32_t name, struct name *labels)
{
    uint64_t at = identity(s->names.items[name].name, labels);
    uint32_t i;
    while ((i = prom_places_next(&s->by_metric, &at)) != NONE) {
        const struct prom_series_metric *m = &s->metrics.items[i];
        if (m->labels == labels && s->names.items[m->name].name == s->names.items[name].name)
            return i;
    }
    i = s->free_metric;
    if (i == NONE) {
        i = (uint32_t)s->metrics.n;
        vec_push(&s->metrics, (struct prom_series_metric){0});
    } else {
        s->free_metric = s->metrics.items[i].number;
    }
    uint32_t number = new_number(s, s->names.items[name].part, i);
    s->metrics.items[i] = (struct prom_series_metric){.labels = name_ref(labels), .name = name, .number = number};
    prom_places_add(&s->by_metric, hash_of_metric, s, i);
    s->changes++;
    return i;
}

static uint32_t histogram_of(struct prom_series *s, uint32_t family, struct name *labels)
{
    uint64_t at = identity(s->families.items[family].name, labels);
    uint32_t i;
    while ((i = prom_places_next(&s->by_histogram, &at)) != NONE)
        if (s->histograms.items[i].labels == labels && s->histograms.items[i].family == family)
            return i;
    i = s->free_histogram;
    if (i == NONE) {
        i = (uint32_t)s->histograms.n;
        vec_push(&s->histograms, (struct prom_series_histogram){0});
    } else {
        s->free_histogram = s->histograms.items[i].seen;
    }
    s->histograms.items[i] =
        (struct prom_series_histogram){.labels = name_ref(labels), .family = family, .sum = NONE, .count = NONE};
    prom_places_add(&s->by_histogram, hash_of_histogram, s, i);
    s->changes++;
    return i;
}

/* A histogram's number for a part of it; NONE past the limit of its buckets. */
static uint32_t number_of(struct prom_series *s, uint32_t histogram, enum prom_series_part part, double le)
{
    struct prom_series_histogram *h = &s->histograms.items[histogram];
    uint32_t *at = part == PROM_SERIES_SUM ? &h->sum : &h->count;
    if (part != PROM_SERIES_BUCKET) {
        if (*at == NONE)
            *at = new_number(s, part, histogram);
        return *at;
    }
    for (size_t i = 0; i < h->buckets.n; i++)
        if (h->buckets.items[i].le == le)
            return h->buckets.items[i].number;
    if (h->buckets.n >= PROM_SERIES_BUCKETS)
        return NONE;
    s->changes++;
    uint32_t number = new_number(s, part, histogram);
    vec_push(&h->buckets, (struct prom_series_bucket){.le = le, .number = number});
    return number;
}

static size_t unescaped(struct prom_text_span s)
{
    size_t n = 0;
    for (const char *p = s.s, *const end = s.s + s.len; p < end; n++)
        p += *p == '\\' && end - p > 1 && strchr("\\\"n", p[1]) ? 2 : 1;
    return n;
}

static int beyond(const struct prom_text_item *item, const char *what, size_t size, size_t max, const char *option,
                  struct error *err)
{
    return error_set(err, ERR_LIMIT, "line %u: %.*s has %s%zu%s, the limit is %zu (%s)", item->line,
                     PROM_TEXT_WHY_QUOTE(item->name.s, item->name.len), *what ? what : "", size,
                     *what ? " bytes" : " labels", max, option);
}

/* Are the labels of a series that is kept within what the job allows? ERR_LIMIT. */
static int check_labels(const struct prom_series *s, const struct prom_text_item *item, struct error *err)
{
    const struct prom_series_limits *max = &s->max;
    struct prom_text_label labels[PROM_TEXT_LABELS];
    struct prom_text_span name;
    if (!max->labels && !max->label_name && !max->label)
        return 0;
    size_t n = prom_text_labels(item->series, &name, labels, PROM_TEXT_LABELS);
    if (max->labels && n > max->labels)
        return beyond(item, "", n, max->labels, "max_labels", err);
    for (size_t i = 0; i < n; i++) {
        size_t of_name = unescaped(labels[i].name), of_value = unescaped(labels[i].value);
        if (max->label_name && of_name > max->label_name)
            return beyond(item, "a label whose name has ", of_name, max->label_name, "max_label_name", err);
        if (max->label && of_value > max->label)
            return beyond(item, "a label whose value has ", of_value, max->label, "max_label", err);
    }
    return 0;
}

/* A line that is not known as it is written: *ret is the place of its number, NONE if it is bad. ERR_LIMIT. */
static int identify(struct prom_series *s, const struct prom_text_item *item, uint32_t name, uint32_t *ret,
                    struct error *err)
{
    const struct prom_series_name n = s->names.items[name];
    const bool bucket = n.part == PROM_SERIES_BUCKET;
    double le = NAN;
    *ret = NONE;
    prom_labels_write(item->series, bucket ? &le : NULL, &s->labels);
    if (s->labels.len > PROM_SERIES_LABEL_BYTES)
        return error_set(err, ERR_LIMIT, "line %u: labels of %zu bytes, the limit is %d", item->line, s->labels.len,
                         PROM_SERIES_LABEL_BYTES);
    if (bucket && isnan(le)) {
        bad(s, item->line, "a bucket without a number as its le");
        return 0;
    }
    struct name *labels = name_intern(s->pool, str_text(&s->labels), s->labels.len);
    const bool metric = n.part < PROM_SERIES_BUCKET;
    const uint32_t place = metric ? metric_of(s, name, labels) : histogram_of(s, n.family, labels);
    *ret = metric ? s->metrics.items[place].number : number_of(s, place, n.part, le);
    name_unref(labels);
    return *ret != NONE ? 0
                        : error_set(err, ERR_LIMIT, "line %u: more than %d buckets of one histogram, the limit",
                                    item->line, PROM_SERIES_BUCKETS);
}

static bool is_kept(const struct prom_series *s, const struct prom_series_name *n, const struct prom_text_item *item)
{
    if (n->kept != PROM_KEEP_SOME)
        return n->kept == PROM_KEEP_ALL;
    return prom_keep_series(s->keep, n->name->raw, s->families.items[n->family].name->raw, item->series);
}

/* The same, for one that is kept. From here on it is known as it is written now. */
static int meet(struct prom_series *s, const struct prom_text_item *item, uint64_t line, uint32_t *ret,
                struct error *err)
{
    uint32_t name;
    int rc = prom_series_names_find(s, item->name, &name, err);
    *ret = NONE;
    if (rc)
        return rc;
    const bool kept = is_kept(s, &s->names.items[name], item);
    s->kept += kept;
    if (!kept || s->kept > s->max.series)
        return 0; /* beyond the limit they are only counted */
    if ((rc = check_labels(s, item, err)))
        return rc;
    rc = identify(s, item, name, ret, err);
    if (rc || *ret == NONE)
        return rc;
    struct prom_series_number *n = &s->numbers.items[*ret];
    if (prom_series_is_new(s, n))
        return 0;
    if (n->line)
        prom_places_del(&s->by_line, hash_of_line, s, *ret);
    n->line = line;
    prom_places_add(&s->by_line, hash_of_line, s, *ret);
    return 0;
}

/* ---- the order of lines ---- */

/* Never 0, which stands for none. */
static uint64_t hash_line(struct prom_text_span series)
{
    uint64_t h = map_hash(series.s, series.len);
    return h + !h;
}

/* The number whose line this is: the one that is expected, one soon behind it, or any; NONE if it is new. */
static uint32_t find_line(const struct prom_series *s, uint64_t line)
{
    uint32_t i = s->last == NONE ? s->first : s->numbers.items[s->last].then;
    for (int n = 0; n < NEAR && i < s->numbers.n; n++, i = s->numbers.items[i].then)
        if (s->numbers.items[i].line == line)
            return i;
    uint64_t at = line;
    while ((i = prom_places_next(&s->by_line, &at)) != NONE)
        if (s->numbers.items[i].line == line)
            break;
    return i;
}

/* The i-th is what came now. What was expected here may come next. */
static void note_order(struct prom_series *s, uint32_t i)
{
    uint32_t *place = s->last == NONE ? &s->first : &s->numbers.items[s->last].then;
    if (*place != i) {
        if (s->numbers.items[i].then == NONE)
            s->numbers.items[i].then = *place;
        *place = i;
    }
    s->last = i;
}

/* ---- samples ---- */

/* In microseconds, as far as differences of them fit. */
static int64_t own_us(int64_t ms)
{
    const int64_t most = INT64_MAX / 4000;
    return (ms > most ? most : ms < -most ? -most : ms) * 1000;
}

static void set_time(struct prom_series *s, uint32_t i, int64_t ms)
{
    if (!s->times.n && s->numbers.n) {
        vec_reserve(&s->times, s->numbers.n);
        s->times.n = s->numbers.n;
        memset(s->times.items, 0, s->times.n * sizeof *s->times.items);
    }
    s->times.items[i].next_us = own_us(ms);
}

static int sample(struct prom_series *s, const struct prom_text_item *item, struct error *err)
{
    uint64_t line = hash_line(item->series);
    uint32_t i = find_line(s, line);
    s->samples++;
    s->kept += i != NONE;
    int rc = i == NONE ? meet(s, item, line, &i, err) : 0;
    if (rc || i == NONE)
        return rc;
    struct prom_series_number *n = &s->numbers.items[i];
    if (prom_series_is_new(s, n)) {
        bad(s, item->line, "the series is there twice");
        return 0;
    }
    n->seen = s->scrape;
    n->next = item->number;
    n->next_own = item->time_ms != PROM_TEXT_NO_TIME;
    if (n->next_own)
        set_time(s, i, item->time_ms);
    if (n->part >= PROM_SERIES_BUCKET)
        s->histograms.items[n->of].seen = s->scrape;
    note_order(s, i);
    return 0;
}

/* ---- a scrape ---- */

void prom_series_begin(struct prom_series *s, enum prom_text_format format, const char *body, size_t len,
                       int64_t now_us)
{
    s->scrape++;
    s->time_us = now_us;
    s->samples = s->kept = s->bad = s->at = 0;
    s->family = 0;
    s->last = NONE;
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
        return prom_series_names_learn(s, item, err);
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
    if (!*more && s->kept > s->max.series)
        return error_set(err, ERR_LIMIT, "%zu series, the limit is %zu (max_series); keep chooses some", s->kept,
                         s->max.series);
    if (!*more && s->bad && !s->samples)
        return error_set(err, ERR_REMOTE, "no line of it is a sample, and %zu %s bad, the first: %s", s->bad,
                         s->bad == 1 ? "is" : "are", s->first_bad);
    return 0;
}

int64_t prom_series_now_us(const struct prom_series *s, const struct prom_series_number *n)
{
    return n->own_time ? s->times.items[n - s->numbers.items].now_us : s->taken_us;
}

int64_t prom_series_next_us(const struct prom_series *s, const struct prom_series_number *n)
{
    return n->next_own ? s->times.items[n - s->numbers.items].next_us : s->time_us;
}

void prom_series_take(struct prom_series *s, struct prom_series_number *n)
{
    if (n->next_own) {
        struct prom_series_times *t = &s->times.items[n - s->numbers.items];
        t->now_us = t->next_us;
    }
    n->now = n->next;
    n->own_time = n->next_own;
    n->has = true;
}
