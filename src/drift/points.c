/* Held values are sorted; a sketch has a view. */
#include "drift/points.h"

#include "base/mem.h"
#include "drift/kll_view.h"
#include "drift/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)DRIFT_PROFILE_SAMPLES <= (int)DRIFT_SORT_MOST, "held values are sorted at once");

const double drift_points_ranks[DRIFT_POINTS_QUANTILES] = {0.05, 0.5, 0.95};

static double quantile(const struct drift_sample *s, double rank)
{
    if (!s->n)
        return NAN;
    const uint64_t rows = s->upto ? s->upto[s->n - 1] : s->n, want = (uint64_t)ceil(rank * (double)rows);
    size_t low = 0, high = s->n - 1;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if ((s->upto ? s->upto[middle] : middle + 1) < want)
            low = middle + 1;
        else
            high = middle;
    }
    return s->values[low];
}

static void put_in_order(struct drift_points *p, const struct drift_profile *profile)
{
    if (profile->whole && profile->samples.n) {
        p->values = mem_calloc(profile->samples.n, sizeof *p->values);
        memcpy(p->values, profile->samples.items, profile->samples.n * sizeof *p->values);
        drift_sort(p->values, profile->samples.n);
        p->whole = true;
        p->sample = (struct drift_sample){p->values, NULL, profile->samples.n};
    } else if (profile->quantiles->n) {
        struct drift_kll_view v;
        drift_kll_view_init(&v, profile->quantiles);
        p->values = v.values;
        p->upto = v.weights;
        p->error = drift_kll_error(profile->quantiles, 0);
        p->sample = (struct drift_sample){v.values, v.weights, v.count};
    }
}

void drift_points_init(struct drift_points *p, const struct drift_profile *profile)
{
    *p = (struct drift_points){0};
    if (profile->type == DRIFT_TYPE_NUMBER)
        put_in_order(p, profile);
    for (size_t i = 0; i < DRIFT_POINTS_QUANTILES; i++)
        p->quantiles[i] = quantile(&p->sample, drift_points_ranks[i]);
}

void drift_points_done(struct drift_points *p)
{
    free(p->values);
    free(p->upto);
    *p = (struct drift_points){0};
}
