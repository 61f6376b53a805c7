/* Native histograms within answers to queries. */
#include "prom/api_query_histogram.h"

#include "base/mem.h"
#include "prom/api.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Which ends a bucket has of its own. */
enum rule { OPEN_LOW, OPEN_HIGH, OPEN_BOTH, CLOSED_BOTH, RULES };

/* ---- is it custom? ---- */

static const double NEAR = 1e-6; /* bounds come as the shortest texts of doubles; their logarithms are as exact */

static bool is_whole(double x)
{
    return fabs(x - nearbyint(x)) <= NEAR;
}

/* Bounds of the same schema: powers of two, whose exponents are whole multiples of the one step between them. */
static bool is_exponential(const struct prom_histogram_native_bucket *b, double *step)
{
    double low = fmin(fabs(b->low), fabs(b->high)), high = fmax(fabs(b->low), fabs(b->high));
    if (!(low > 0) || (b->low < 0) != (b->high < 0))
        return false;
    if (isinf(high))
        return low >= DBL_MAX / 2; /* beyond the last power of two that there is */
    double width = log2(high) - log2(low), parts = log2(width);
    if (low < DBL_MIN || high >= DBL_MAX)
        return true; /* the first and the last one end where doubles do */
    if (*step == 0)
        *step = exp2(nearbyint(parts));
    return parts > -8.5 && parts < 4.5 && fabs(width / *step - 1) <= NEAR && is_whole(log2(low) / *step);
}

/* ---- reading ---- */

static int read_bucket(const struct prom_api_node *n, struct prom_histogram_native_bucket *ret, enum rule *rule,
                       struct error *err)
{
    double *const numbers[] = {&ret->low, &ret->high, &ret->count};
    double which;
    int rc;
    if (!json_is_array(n->json) || json_array_size(n->json) != 4)
        return prom_api_node_refuse(n, "an array of rule, bounds and count", err);
    struct prom_api_node first = prom_api_node_item(n, 0);
    if ((rc = prom_api_node_number(&first, &which, err)))
        return rc;
    if (!(which >= 0 && which < RULES))
        return prom_api_node_refuse(&first, "a rule from 0 to 3", err);
    *rule = (enum rule)(int)which;
    for (size_t i = 0; i < 3; i++) {
        struct prom_api_node item = prom_api_node_item(n, 1 + i);
        if ((rc = prom_api_node_value(&item, numbers[i], err)))
            return rc;
    }
    return ret->low <= ret->high ? 0 : prom_api_node_refuse(n, "a lower bound that is not above the upper one", err);
}

static int read_buckets(const struct prom_api_node *list, size_t n, struct prom_histogram_native_bucket *to,
                        bool *custom, struct error *err)
{
    double step = 0;
    *custom = false;
    for (size_t i = 0; i < n; i++) {
        struct prom_api_node item = prom_api_node_item(list, i);
        enum rule rule = OPEN_LOW;
        int rc = read_bucket(&item, &to[i], &rule, err);
        if (rc)
            return rc;
        if (i && to[i].low < to[i - 1].high)
            return prom_api_node_refuse(&item, "a bucket beyond the one before", err);
        if (rule != CLOSED_BOTH && !is_exponential(&to[i], &step))
            *custom = true;
    }
    return 0;
}

int prom_api_query_histogram_read(const struct prom_api_node *n, size_t *points, struct prom_histogram_native *ret,
                                  struct error *err)
{
    struct prom_histogram_native h = {0};
    struct prom_api_node count = prom_api_node_member(n, "count"), sum = prom_api_node_member(n, "sum"),
                         list = prom_api_node_member(n, "buckets");
    int rc = prom_api_node_object(n, err);
    if (rc || (rc = prom_api_node_value(&count, &h.count, err)) || (rc = prom_api_node_value(&sum, &h.sum, err)) ||
        (rc = prom_api_node_array(&list, &h.n, err)))
        return rc;
    *points += h.n;
    if (*points > PROM_API_POINTS)
        return prom_api_node_limit(&list, *points, "points and buckets", PROM_API_POINTS, err);
    struct prom_histogram_native_bucket *buckets = h.n ? mem_calloc(h.n, sizeof *buckets) : NULL;
    rc = read_buckets(&list, h.n, buckets, &h.custom, err);
    if (rc) {
        free(buckets);
        return rc;
    }
    h.buckets = buckets;
    *ret = h;
    return 0;
}

void prom_api_query_histogram_done(struct prom_histogram_native *h)
{
    free((void *)(uintptr_t)h->buckets);
    *h = (struct prom_histogram_native){0};
}
