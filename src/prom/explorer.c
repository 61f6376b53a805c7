/* Tells of the series of a scrape to those who count them and to those who keep their buckets. */
#include "prom/explorer.h"

#include "base/mem.h"
#include "prom/tables.h"

#include <stdlib.h>

struct prom_explorer_target {
    struct prom_explorer *explorer;
    struct prom_census_target *census;
    struct name *job, *instance;
};

struct prom_explorer *prom_explorer_new(struct event_base *base, struct store *store, prom_buckets_keep *keep,
                                        void *arg)
{
    struct prom_explorer *e = mem_new(struct prom_explorer);
    for (size_t i = 0; prom_tables[i]; i++)
        if (!store_find(store, prom_tables[i]->name))
            store_add(store, prom_tables[i], NULL, NULL, NULL);
    e->census = prom_census_new(base, store);
    e->buckets = prom_buckets_new(base, store, PROM_BUCKETS_BYTES, keep, arg);
    return e;
}

void prom_explorer_free(struct prom_explorer *e)
{
    if (!e)
        return;
    prom_census_free(e->census);
    prom_buckets_free(e->buckets);
    free(e);
}

struct prom_explorer_target *prom_explorer_target_new(struct prom_explorer *e, struct name *job, struct name *instance)
{
    struct prom_explorer_target *t = mem_new(struct prom_explorer_target);
    *t = (struct prom_explorer_target){
        .explorer = e, .census = prom_census_target_new(e->census, job->raw), .job = job, .instance = instance};
    return t;
}

/* ---- metrics ---- */

/* So many of these came; below 0: went; 0: what is said of them may be new. */
static void count(struct prom_explorer_target *t, const struct prom_series *s, uint32_t family, struct name *sample,
                  struct name *labels, int n)
{
    const struct prom_series_family *f = prom_series_family(s, family);
    const struct prom_census_series what = {
        .family = f->name, .help = f->help, .unit = f->unit, .type = f->type, .sample = sample, .labels = labels};
    if (n)
        prom_census_count(t->census, &what, n);
    else
        prom_census_tell(t->census, &what);
}

static void count_metric(struct prom_explorer_target *t, const struct prom_series *s,
                         const struct prom_series_metric *m, int n)
{
    const struct prom_series_name *name = prom_series_name(s, m);
    count(t, s, name->family, name->name, m->labels, n);
}

void prom_explorer_metric(struct prom_explorer_target *t, const struct prom_series *s,
                          const struct prom_series_metric *m)
{
    bool has = prom_series_number(s, m->number)->has;
    if (t && (!has || s->told))
        count_metric(t, s, m, !has);
}

void prom_explorer_metric_gone(struct prom_explorer_target *t, const struct prom_series *s,
                               const struct prom_series_metric *m)
{
    if (t && prom_series_number(s, m->number)->has)
        count_metric(t, s, m, -1);
}

/* ---- histograms ---- */

/* What of a histogram came with this scrape (1) or went (-1), or goes as all of it does. */
static int change_of(const struct prom_series *s, uint32_t place, bool gone)
{
    const struct prom_series_number *n = place == PROM_SERIES_NONE ? NULL : prom_series_number(s, place);
    bool is = n && !gone && prom_series_is_new(s, n);
    return n ? is - n->has : 0;
}

static void count_histogram(struct prom_explorer_target *t, const struct prom_series *s,
                            const struct prom_series_histogram *h, bool gone)
{
    const struct prom_series_family *f = prom_series_family(s, h->family);
    const struct prom_census_series what = {.family = f->name, .labels = h->labels};
    int n = change_of(s, h->sum, gone) + change_of(s, h->count, gone);
    for (size_t i = 0; i < h->buckets.n; i++) {
        int change = change_of(s, h->buckets.items[i].number, gone);
        n += change;
        if (change)
            prom_census_bound(t->census, &what, h->buckets.items[i].le, change);
    }
    if (n || s->told)
        count(t, s, h->family, NULL, h->labels, n);
}

static struct prom_buckets_key key_of(const struct prom_explorer_target *t, const struct prom_series *s,
                                      const struct prom_series_histogram *h)
{
    return (struct prom_buckets_key){t->job, t->instance, prom_series_family(s, h->family)->name, h->labels};
}

void prom_explorer_histogram(struct prom_explorer_target *t, const struct prom_series *s,
                             struct prom_series_histogram *h, const struct prom_growth *growth, uint16_t owner)
{
    double totals[PROM_SERIES_BUCKETS];
    size_t n = 0;
    if (!t)
        return;
    count_histogram(t, s, h, false);
    if (!growth)
        return;
    for (size_t i = 0; i < h->buckets.n; i++) {
        const struct prom_series_number *number = prom_series_number(s, h->buckets.items[i].number);
        if (prom_series_is_new(s, number))
            totals[n++] = number->next;
    }
    const struct prom_buckets_scrape scrape = {.key = key_of(t, s, h),
                                               .owner = owner,
                                               .growth = growth->buckets,
                                               .totals = totals,
                                               .n = growth->n,
                                               .seconds = growth->seconds};
    h->held = prom_buckets_observe(t->explorer->buckets, h->held, &scrape);
}

void prom_explorer_histogram_gone(struct prom_explorer_target *t, const struct prom_series *s,
                                  const struct prom_series_histogram *h)
{
    if (!t)
        return;
    const struct prom_buckets_key key = key_of(t, s, h);
    count_histogram(t, s, h, true);
    prom_buckets_gone(t->explorer->buckets, h->held, &key);
}

/* ---- all ---- */

void prom_explorer_scraped(struct prom_explorer_target *t)
{
    if (t)
        prom_census_target_settle(t->census);
}

void prom_explorer_target_free(struct prom_explorer_target *t, const struct prom_series *s)
{
    if (!t)
        return;
    for (size_t i = 0; i < s->metrics.n; i++)
        if (s->metrics.items[i].labels)
            prom_explorer_metric_gone(t, s, &s->metrics.items[i]);
    for (size_t i = 0; i < s->histograms.n; i++)
        if (s->histograms.items[i].labels)
            prom_explorer_histogram_gone(t, s, &s->histograms.items[i]);
    prom_buckets_target_gone(t->explorer->buckets, t->job, t->instance);
    prom_census_target_free(t->census);
    free(t);
}
