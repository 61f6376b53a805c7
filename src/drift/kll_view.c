/* The levels of a sketch merged into one list, and searches in it. */
#include "drift/kll_view.h"

#include "base/mem.h"
#include "drift/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Merges a level's values, each of one weight, into what is there, from the back. */
static void merge_level(struct drift_kll_view *v, const double *items, size_t n, uint64_t weight)
{
    size_t i = v->count, j = n, at = i + j;
    while (j) {
        bool mine = i && v->values[i - 1] > items[j - 1];
        at--;
        v->values[at] = mine ? v->values[i - 1] : items[j - 1];
        v->weights[at] = mine ? v->weights[i - 1] : weight;
        i -= mine;
        j -= !mine;
    }
    v->count += n;
}

/* The levels that have values, those with few first: what is merged early is moved again by all that come after it. */
static unsigned order_levels(const struct drift_kll *s, unsigned order[DRIFT_KLL_LEVELS])
{
    unsigned n = 0;
    for (unsigned h = 0; h < s->levels; h++) {
        unsigned at = n;
        if (!s->level[h].n)
            continue;
        for (; at > 0 && s->level[order[at - 1]].n > s->level[h].n; at--)
            order[at] = order[at - 1];
        order[at] = h;
        n++;
    }
    return n;
}

void drift_kll_view_init(struct drift_kll_view *v, const struct drift_kll *s)
{
    size_t room = drift_kll_retained(s);
    unsigned order[DRIFT_KLL_LEVELS], levels = order_levels(s, order);
    double fresh[DRIFT_SORT_MOST];
    *v = (struct drift_kll_view){.least = drift_kll_min(s), .most = drift_kll_max(s)};
    if (!room)
        return;
    v->values = mem_calloc(room, sizeof *v->values);
    v->weights = mem_calloc(room, sizeof *v->weights);
    if (s->level[0].n) {
        memcpy(fresh, s->level[0].items, s->level[0].n * sizeof *fresh);
        drift_sort(fresh, s->level[0].n);
    }
    for (unsigned i = 0; i < levels; i++)
        merge_level(v, order[i] ? s->level[order[i]].items : fresh, s->level[order[i]].n, (uint64_t)1 << order[i]);
    for (size_t i = 1; i < v->count; i++)
        v->weights[i] += v->weights[i - 1];
}

void drift_kll_view_done(struct drift_kll_view *v)
{
    free(v->values);
    free(v->weights);
    *v = (struct drift_kll_view){0};
}

/* Values that lie before x, or with `inclusive` before what is greater. */
static size_t before(const struct drift_kll_view *v, double x, bool inclusive)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->values[middle] < x || (inclusive && v->values[middle] <= x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint64_t total(const struct drift_kll_view *v)
{
    return v->count ? v->weights[v->count - 1] : 0;
}

double drift_kll_view_rank(const struct drift_kll_view *v, double x, bool inclusive)
{
    if (!v->count || isnan(x))
        return NAN;
    size_t n = before(v, x, inclusive);
    return n ? (double)v->weights[n - 1] / (double)total(v) : 0;
}

double drift_kll_view_quantile(const struct drift_kll_view *v, double rank, bool inclusive)
{
    if (!v->count || isnan(rank))
        return NAN;
    if (rank <= 0)
        return v->least;
    if (rank >= 1)
        return v->most;
    double at = rank * (double)total(v);
    uint64_t want = inclusive ? (uint64_t)ceil(at) : (uint64_t)at + 1; /* the least weight that will do */
    size_t low = 0, high = v->count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->weights[middle] < want)
            low = middle + 1;
        else
            high = middle;
    }
    return v->values[low];
}

void drift_kll_view_pmf(const struct drift_kll_view *v, const double *at, size_t splits, bool inclusive, double *shares)
{
    for (size_t i = 0; i < splits; i++)
        shares[i] = drift_kll_view_rank(v, at[i], inclusive);
    shares[splits] = v->count ? 1 : NAN;
    for (size_t i = splits; i > 0; i--)
        shares[i] -= shares[i - 1];
}
