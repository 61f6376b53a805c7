/* Growth between two scrapes. */
#include "prom/growth.h"

#include "prom/rate.h"

#include <math.h>

/* Can the two scrapes' numbers be compared: both there, and timed by the same clock? */
static bool is_pair(const struct prom_series *s, const struct prom_series_number *n)
{
    return n->has && n->own_time == n->next_own && prom_series_next_us(s, n) > prom_series_now_us(s, n);
}

bool prom_growth_is_old(const struct prom_series *s, const struct prom_series_number *n)
{
    return prom_series_is_new(s, n) && n->has && n->own_time && n->next_own &&
           prom_series_next_us(s, n) == prom_series_now_us(s, n);
}

double prom_growth_rate(const struct prom_series *s, const struct prom_series_number *n)
{
    double rate;
    bool known =
        is_pair(s, n) && prom_rate_instant(n->now, prom_series_now_us(s, n), n->next, prom_series_next_us(s, n), &rate);
    return known ? rate : NAN;
}

static const struct prom_series_number *bucket(const struct prom_series *s, const struct prom_series_histogram *h,
                                               size_t i)
{
    return prom_series_number(s, h->buckets.items[i].number);
}

struct prom_series_number *prom_growth_single(const struct prom_series *s, uint32_t place)
{
    struct prom_series_number *n = place == PROM_SERIES_NONE ? NULL : prom_series_number(s, place);
    return n && prom_series_is_new(s, n) ? n : NULL;
}

/* Has the process begun anew? A sum may go down by itself where values are negative. */
static bool is_reset(const struct prom_series *s, const struct prom_series_histogram *h)
{
    const struct prom_series_number *count = prom_growth_single(s, h->count);
    bool reset = count && count->has && count->next < count->now;
    for (size_t i = 0; !reset && i < h->buckets.n; i++) {
        const struct prom_series_number *n = bucket(s, h, i);
        reset = prom_series_is_new(s, n) && n->has && n->next < n->now;
    }
    return reset;
}

/* Is each bucket and each number of this scrape one of the last, too? */
static bool is_comparable(const struct prom_series *s, const struct prom_series_histogram *h)
{
    const struct prom_series_number *count = prom_growth_single(s, h->count);
    bool ok = !count || is_pair(s, count);
    for (size_t i = 0; ok && i < h->buckets.n; i++) {
        const struct prom_series_number *n = bucket(s, h, i);
        ok = !prom_series_is_new(s, n) || is_pair(s, n);
    }
    return ok;
}

static double growth(const struct prom_series_number *n, bool since)
{
    return !n ? NAN : since ? n->next - n->now : n->next;
}

void prom_growth_observe(const struct prom_series *s, const struct prom_series_histogram *h, struct prom_growth *o)
{
    bool gauge = prom_series_family(s, h->family)->type == PROM_TEXT_GAUGEHISTOGRAM;
    bool comparable = !gauge && is_comparable(s, h), since = comparable && !is_reset(s, h);
    const struct prom_series_number *last = NULL, *sum = prom_growth_single(s, h->sum),
                                    *count = prom_growth_single(s, h->count);
    o->n = 0;
    for (size_t i = 0; i < h->buckets.n; i++) {
        const struct prom_series_number *n = bucket(s, h, i);
        double le = h->buckets.items[i].le;
        if (!prom_series_is_new(s, n))
            continue;
        o->buckets[o->n++] = (struct prom_histogram_bucket){le, growth(n, since)};
        last = le == INFINITY ? n : last;
    }
    last = count ? count : last;
    o->sum = growth(sum, since && sum && is_pair(s, sum));
    o->count = growth(last, since);
    o->total = last ? last->next : NAN;
    o->seconds = last && comparable ? (double)(prom_series_next_us(s, last) - prom_series_now_us(s, last)) / 1e6 : 0;
}
