/* Sums over series, and what they mean. */
#include "prom/services_sum.h"

#include "prom/growth.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void prom_services_sum_clear(struct prom_service *to)
{
    memset(to->sums, 0, sizeof to->sums);
    to->observed = to->spent = (struct prom_services_sum){0};
    to->buckets.n = 0;
    to->alive = false;
}

/* ---- adding ---- */

/* times: what a unit of it is. */
static void add_rate(struct prom_services_sum *sum, const struct prom_series *s, const struct prom_series_number *n,
                     double times)
{
    double rate = prom_growth_rate(s, n);
    if (prom_growth_is_old(s, n)) {
        sum->old++;
    } else if (isnan(rate)) {
        sum->silent++;
    } else {
        sum->value += rate * times;
        sum->n++;
    }
}

enum how { ADDED, HIGHEST, LOWEST };

static void add_value(struct prom_services_sum *sum, double value, enum how how)
{
    if (isnan(value)) {
        sum->silent++;
        return;
    }
    if (how == ADDED)
        sum->value += value;
    else if (!sum->n || (how == HIGHEST ? value > sum->value : value < sum->value))
        sum->value = value;
    sum->n++;
}

/* Buckets of histograms with the same bounds come in the same order, so that one is mostly found where it is expected. */
static void add_bucket(struct prom_service *to, size_t expected, const struct prom_histogram_bucket *b)
{
    size_t i = expected;
    if (i >= to->buckets.n || to->buckets.items[i].le != b->le)
        for (i = 0; i < to->buckets.n && to->buckets.items[i].le != b->le; i++)
            ;
    if (i < to->buckets.n)
        to->buckets.items[i].count += b->count;
    else
        vec_push(&to->buckets, *b);
}

static void add_histogram(struct prom_service *to, const struct prom_series *s, const struct prom_series_histogram *h)
{
    struct prom_growth g;
    const struct prom_series_number *count = prom_growth_single(s, h->count);
    if (count && prom_growth_is_old(s, count)) {
        to->observed.old++;
        return;
    }
    prom_growth_observe(s, h, &g);
    if (!(g.seconds > 0) || isnan(g.count)) {
        to->observed.silent++;
        return;
    }
    for (size_t i = 0; i < g.n; i++)
        add_bucket(to, i, &g.buckets[i]);
    add_value(&to->observed, g.count / g.seconds, ADDED);
    add_value(&to->spent, g.sum / g.seconds, ADDED);
}

/* How many are in flight or wait may be told by a counter of the time that all of them together have spent so: its growth in a
 * second is how many there are, by Little's law. */
static bool is_level(enum prom_services_role role)
{
    return role == PROM_SERVICES_IN_FLIGHT || role == PROM_SERVICES_QUEUE;
}

/* How a role's series are put together; of those that grow, by their growth. */
static bool grows(enum prom_services_role role, const struct prom_book_recipe *recipe,
                  const struct prom_series_number *n)
{
    if (role == PROM_SERVICES_SATURATION || role == PROM_SERVICES_CAPACITY)
        return recipe->parts[PROM_RECIPES_CAPACITY].n && n->part == PROM_SERIES_COUNTER;
    if (is_level(role))
        return n->part == PROM_SERIES_COUNTER;
    return role <= PROM_SERVICES_OWN_TIMED;
}

static enum how how_of(enum prom_services_role role, const struct prom_book_recipe *recipe)
{
    switch (role) {
    case PROM_SERVICES_IDLE:
        return LOWEST;
    case PROM_SERVICES_SATURATION:
        return recipe->parts[PROM_RECIPES_CAPACITY].n ? ADDED : HIGHEST;
    case PROM_SERVICES_MEAN:
    case PROM_SERVICES_P50:
    case PROM_SERVICES_P95:
    case PROM_SERVICES_P99:
        return HIGHEST;
    default:
        return ADDED;
    }
}

void prom_services_sum_add(struct prom_service *to, const struct prom_book_recipe *recipe, const struct prom_series *s,
                           const struct prom_services_series *from)
{
    const enum prom_services_role role = (enum prom_services_role)from->role;
    const struct prom_series_histogram *h = from->of_histogram ? &s->histograms.items[from->place] : NULL;
    if (h && h->seen != s->scrape)
        return;
    to->alive |= h != NULL;
    if (role == PROM_SERVICES_HISTOGRAM) {
        add_histogram(to, s, h);
        return;
    }
    const struct prom_series_number *n = h ? prom_growth_single(s, h->count) : prom_series_number(s, from->place);
    if (!n || !prom_series_is_new(s, n))
        return;
    to->alive = true;
    if (grows(role, recipe, n))
        add_rate(&to->sums[role], s, n, is_level(role) ? recipe->seconds : 1);
    else
        add_value(&to->sums[role], n->next, how_of(role, recipe));
}

/* ---- what comes of it ---- */

static double told(const struct prom_services_sum *sum)
{
    return sum->n ? sum->value : NAN;
}

static double quotient(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static void value_requests(struct prom_service *to, const struct prom_book_recipe *recipe)
{
    struct prom_services_values *v = &to->values;
    const struct prom_services_sum *sums = to->sums;
    v->requests = told(&sums[PROM_SERVICES_REQUESTS]);
    v->errors = told(&sums[PROM_SERVICES_ERRORS]);
    if (!to->found[PROM_RECIPES_REQUESTS] && to->found[PROM_RECIPES_LATENCY])
        v->requests = told(to->observed.n ? &to->observed : &sums[PROM_SERVICES_OWN_TIMED]);
    if (!to->found[PROM_RECIPES_ERRORS] && to->errors_named && !isnan(told(&sums[PROM_SERVICES_REQUESTS])))
        v->errors = 0;
    if (recipe->errors_apart && !isnan(v->errors))
        v->requests += v->errors;
    v->error_ratio = quotient(v->errors, v->requests);
    v->old = !sums[PROM_SERVICES_REQUESTS].n && !to->observed.n &&
             (sums[PROM_SERVICES_REQUESTS].old || to->observed.old || sums[PROM_SERVICES_TIMED].old);
}

static double quantile(struct prom_service *to, double q, struct prom_histogram_doubt *doubt)
{
    /* what is mended in place for one quantile is as good for the next */
    return prom_histogram_quantile(q, to->buckets.items, to->buckets.n, doubt);
}

static void value_histogram(struct prom_service *to)
{
    struct prom_services_values *v = &to->values;
    struct prom_histogram_doubt doubt = {0};
    v->from = "histogram";
    v->mean = quotient(told(&to->spent), to->observed.value);
    if (!(to->observed.value > 0))
        return;
    v->p50 = quantile(to, 0.5, &doubt);
    if (doubt.forced)
        snprintf(v->note, sizeof v->note, "counts of buckets go down between the bounds %g and %g, by up to %g",
                 doubt.forced_from, doubt.forced_to, doubt.forced_by);
    v->p95 = quantile(to, 0.95, &doubt);
    v->p99 = quantile(to, 0.99, &doubt);
}

static void value_times(struct prom_service *to)
{
    struct prom_services_values *v = &to->values;
    const struct prom_services_sum *sums = to->sums;
    uint32_t quantiles = 0;
    for (size_t role = PROM_SERVICES_P50; role <= PROM_SERVICES_P99; role++)
        quantiles = sums[role].n > quantiles ? sums[role].n : quantiles;
    v->p50 = v->p95 = v->p99 = NAN;
    v->mean = quotient(told(&sums[PROM_SERVICES_TIME]), told(&sums[PROM_SERVICES_TIMED]));
    if (!sums[PROM_SERVICES_TIME].n)
        v->mean = quotient(told(&sums[PROM_SERVICES_OWN_TIME]), told(&sums[PROM_SERVICES_OWN_TIMED]));
    if (sums[PROM_SERVICES_MEAN].n)
        v->mean = told(&sums[PROM_SERVICES_MEAN]);
    if (to->observed.n) {
        value_histogram(to);
    } else if (quantiles) {
        v->from = "summary";
        v->p50 = told(&sums[PROM_SERVICES_P50]);
        v->p95 = told(&sums[PROM_SERVICES_P95]);
        v->p99 = told(&sums[PROM_SERVICES_P99]);
        if (quantiles > 1)
            snprintf(v->note, sizeof v->note, "quantiles are the highest of %u series", quantiles);
    } else if (!isnan(v->mean) || sums[PROM_SERVICES_TIME].n) {
        v->from = "mean";
        if (sums[PROM_SERVICES_MEAN].n > 1)
            snprintf(v->note, sizeof v->note, "the mean is the highest of %u series", sums[PROM_SERVICES_MEAN].n);
    }
}

static double saturation_of(const struct prom_service *s, const struct prom_book_recipe *recipe)
{
    double used = told(&s->sums[PROM_SERVICES_SATURATION]), idle = told(&s->sums[PROM_SERVICES_IDLE]);
    if (recipe->parts[PROM_RECIPES_CAPACITY].n)
        return quotient(used, told(&s->sums[PROM_SERVICES_CAPACITY]));
    return isnan(used) ? 1 - idle / recipe->full : used / recipe->full;
}

void prom_services_sum_value(struct prom_service *to, const struct prom_book_recipe *recipe)
{
    struct prom_services_values *v = &to->values;
    const double ms = recipe->seconds * 1000;
    *v = (struct prom_services_values){0};
    value_requests(to, recipe);
    value_times(to);
    v->p50 *= ms;
    v->p95 *= ms;
    v->p99 *= ms;
    v->mean *= ms;
    v->in_flight = told(&to->sums[PROM_SERVICES_IN_FLIGHT]);
    v->queue = told(&to->sums[PROM_SERVICES_QUEUE]);
    v->saturation = saturation_of(to, recipe);
}
