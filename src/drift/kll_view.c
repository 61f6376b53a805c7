/* The levels of a sketch merged into one list, and searches in it. */
#include "drift/kll_view.h"

#include "base/mem.h"
#include "drift/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values in order. At -1 and n there is room in both. */
struct run {
    double *values;
    uint64_t *weights;
    size_t n;
};

/* The one or the other, without a jump, which could not be foretold. */
static inline uint64_t choose(bool one, uint64_t a, uint64_t b)
{
    return b ^ ((a ^ b) & -(uint64_t)one);
}

/* The lesser half from the front, the greater from the back, each step without a jump. Where values are the same those of the longer
 * run come first; NaN, which is neither less nor more, stands where the shorter one ends, the longer one cannot. */
static void merge(const struct run *to, const struct run *one, const struct run *two)
{
    const struct run s = one->n < two->n ? *one : *two, l = one->n < two->n ? *two : *one;
    const size_t n = s.n + l.n;
    size_t a = 0, b = 0, c = s.n, d = l.n;
    s.values[-1] = s.values[s.n] = NAN;
    for (size_t i = 0; i < n / 2; i++) {
        const double x = s.values[a], y = l.values[b], u = (s.values - 1)[c], v = l.values[d - 1];
        const bool first = x < y, last = u >= v;
        to->values[i] = first ? x : y;
        to->weights[i] = choose(first, s.weights[a], l.weights[b]);
        to->values[n - 1 - i] = last ? u : v;
        to->weights[n - 1 - i] = choose(last, (s.weights - 1)[c], l.weights[d - 1]);
        a += first;
        b += !first;
        c -= last;
        d -= !last;
    }
    if (n % 2) { /* what is left in the middle is of one of both */
        to->values[n / 2] = a < c ? s.values[a] : l.values[b];
        to->weights[n / 2] = a < c ? s.weights[a] : l.weights[b];
    }
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

/* Level h, sorted. */
static void take_level(struct run *r, const struct drift_kll *s, unsigned h)
{
    r->n = s->level[h].n;
    memcpy(r->values, s->level[h].items, r->n * sizeof *r->values);
    if (h == 0)
        drift_sort(r->values, r->n);
    for (size_t i = 0; i < r->n; i++)
        r->weights[i] = (uint64_t)1 << h;
}

void drift_kll_view_init(struct drift_kll_view *v, const struct drift_kll *s)
{
    enum { RUNS = 3, ENDS = 2 };
    const size_t room = drift_kll_retained(s);
    unsigned order[DRIFT_KLL_LEVELS], levels = order_levels(s, order);
    *v = (struct drift_kll_view){.least = drift_kll_min(s), .most = drift_kll_max(s), .count = room};
    if (!room)
        return;
    double *values = mem_calloc(RUNS * (room + ENDS), sizeof *values);
    uint64_t *weights = mem_calloc(RUNS * (room + ENDS), sizeof *weights);
    struct run runs[RUNS], *now = &runs[0], *next = &runs[1], *level = &runs[2];
    for (size_t i = 0; i < RUNS; i++)
        runs[i] = (struct run){values + i * (room + ENDS) + 1, weights + i * (room + ENDS) + 1, 0};
    for (unsigned i = 0; i < levels; i++) {
        struct run *held = now;
        take_level(level, s, order[i]);
        merge(next, now, level);
        next->n = now->n + level->n;
        now = next;
        next = held;
    }
    v->values = mem_calloc(room, sizeof *v->values);
    v->weights = mem_calloc(room, sizeof *v->weights);
    uint64_t sum = 0;
    for (size_t i = 0; i < room; i++) {
        v->values[i] = now->values[i];
        v->weights[i] = sum += now->weights[i];
    }
    free(values);
    free(weights);
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
