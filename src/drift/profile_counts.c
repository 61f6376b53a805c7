/* Bins filled from held values or from a sketch's ranks. */
#include "drift/profile_counts.h"

#include "base/mem.h"
#include "drift/kll_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values below x, by the sketch. */
static uint64_t rows_below(const struct drift_kll_view *v, double x, uint64_t n)
{
    return (uint64_t)llround(drift_kll_view_rank(v, x, false) * (double)n);
}

static void fill_from_sketch(const struct drift_profile *p, struct drift_histogram *h)
{
    const struct drift_edges *e = h->edges;
    const uint64_t n = p->moments.count;
    struct drift_kll_view v;
    drift_kll_view_init(&v, p->quantiles);
    const uint64_t below = rows_below(&v, e->edges[0], n);
    const uint64_t top = (uint64_t)llround(drift_kll_view_rank(&v, e->edges[e->bins], true) * (double)n);
    uint64_t from = e->open ? 0 : below;
    for (size_t i = 0; i < e->bins; i++) {
        uint64_t to = i + 1 < e->bins ? rows_below(&v, e->edges[i + 1], n) : e->open ? n : top;
        h->counts[i] = to - from;
        from = to;
    }
    h->below = below;
    h->above = n - top;
    drift_kll_view_done(&v);
}

void drift_profile_counts_over(struct drift_profile *p, const struct drift_edges *edges)
{
    if (p->type != DRIFT_TYPE_NUMBER || (p->counts ? p->counts->edges : NULL) == edges)
        return;
    if (p->counts)
        drift_histogram_done(p->counts);
    free(p->counts);
    p->counts = NULL;
    if (!edges)
        return;
    p->counts = mem_new(struct drift_histogram);
    drift_histogram_init(p->counts, edges);
    if (p->whole) {
        drift_histogram_add(p->counts, p->samples.items, p->samples.n);
        return;
    }
    p->counts->finite = p->moments.count;
    p->counts->zero = p->moments.zeros;
    if (p->moments.count)
        fill_from_sketch(p, p->counts);
}
