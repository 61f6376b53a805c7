/* Frozen edges: where they come from, and the grid that finds a value's bin. */
#include "drift/edges.h"

#include "base/mem.h"
#include "base/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The finite values of a sample in order, with one zero; *n of them. */
static double *finite_sorted(const double *values, size_t *n)
{
    double *out = mem_calloc(*n ? *n : 1, sizeof *out);
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++)
        if (isfinite(values[i]))
            out[kept++] = values[i] + 0.0;
    if (kept)
        qsort(out, kept, sizeof *out, order_double);
    *n = kept;
    return out;
}

/* The cell of a value; it never falls while the value rises, whatever is rounded, and that is all that is asked of it. */
static size_t cell(const struct drift_edges *e, double x)
{
    double t = (x - e->from) * e->scale;
    t = t > 0 ? t : 0;
    return (size_t)(t < e->top ? t : e->top);
}

/* The most inner edges in one cell of a grid of so many cells. */
static int crowded(struct drift_edges *e, size_t cells)
{
    double range = e->bounds[e->bins - 2] - e->from;
    e->scale = range > 0 ? (double)(cells - 1) / range : 0;
    e->top = (double)(cells - 1);
    int most = 0, here = 0;
    for (size_t i = 0, last = SIZE_MAX; i + 1 < e->bins; i++) {
        size_t c = cell(e, e->bounds[i]);
        here = c == last ? here + 1 : 1;
        most = here > most ? here : most;
        last = c;
    }
    return most;
}

static void make_grid(struct drift_edges *e)
{
    e->steps = -1;
    if (e->bins < 2 || !isfinite(e->bounds[e->bins - 2] - e->bounds[0]))
        return;
    e->from = e->bounds[0];
    size_t cells = 4;
    int steps = crowded(e, cells);
    while (steps > 1 && cells < DRIFT_EDGES_CELLS) {
        cells *= 2;
        steps = crowded(e, cells);
    }
    if (steps > DRIFT_EDGES_STEPS || !isfinite(e->scale))
        return;
    e->steps = steps;
    e->grid = mem_calloc(cells, sizeof *e->grid);
    for (size_t c = 0, i = 0; c < cells; c++) {
        e->grid[c] = (uint16_t)i;
        while (i + 1 < e->bins && cell(e, e->bounds[i]) == c)
            i++;
    }
}

int drift_edges_new(struct drift_edges **out, const double *edges, size_t bins, bool open, struct error *err)
{
    if (bins < 1)
        return error_set(err, ERR_INVALID, "edges: no bin");
    if (bins > DRIFT_EDGES_BINS)
        return error_set(err, ERR_LIMIT, "edges: %zu bins, more than %d", bins, DRIFT_EDGES_BINS);
    for (size_t i = 0; i <= bins; i++) {
        if (!isfinite(edges[i]))
            return error_set(err, ERR_INVALID, "edges: number %zu is not finite", i + 1);
        if (i && edges[i] <= edges[i - 1])
            return error_set(err, ERR_INVALID, "edges: number %zu (%g) is not above the one before (%g)", i + 1,
                             edges[i], edges[i - 1]);
    }
    struct drift_edges *e = mem_new(struct drift_edges);
    e->bins = bins;
    e->open = open;
    e->edges = mem_calloc(bins + 1, sizeof *e->edges);
    for (size_t i = 0; i <= bins; i++)
        e->edges[i] = edges[i] + 0.0;
    for (e->half = 1; e->half < bins; e->half *= 2)
        ;
    size_t bounds = e->half + DRIFT_EDGES_STEPS;
    e->half /= 2;
    e->bounds = mem_calloc(bounds, sizeof *e->bounds);
    for (size_t i = 0; i < bounds; i++)
        e->bounds[i] = i + 1 < bins ? e->edges[i + 1] : INFINITY;
    make_grid(e);
    *out = e;
    return 0;
}

void drift_edges_free(struct drift_edges *e)
{
    if (!e)
        return;
    free(e->edges);
    free(e->bounds);
    free(e->grid);
    free(e);
}

/* numpy's linear quantile of values in order. */
static double quantile(const double *sorted, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t below = (size_t)at;
    if (below + 1 >= n)
        return sorted[n - 1];
    double part = at - (double)below, a = sorted[below], b = sorted[below + 1];
    double step = b - a;
    if (!isfinite(step))
        return a * (1 - part) + b * part;
    return part >= 0.5 ? b - step * (1 - part) : a + step * part; /* the nearer end, as numpy does */
}

/* Edges that leave room around a value: below, it, above. The largest double of all has no room above. */
static int around(struct drift_edges **out, double value, double lo, double hi, struct error *err)
{
    double next = nextafter(value, INFINITY), edges[4];
    size_t n = 0;
    lo = lo < value ? lo : nextafter(value, -INFINITY);
    hi = hi > next ? hi : nextafter(next, INFINITY);
    if (isfinite(lo))
        edges[n++] = lo;
    edges[n++] = value;
    if (isfinite(next))
        edges[n++] = next;
    if (isfinite(hi))
        edges[n++] = hi;
    return drift_edges_new(out, edges, n - 1, true, err);
}

int drift_edges_quantiles(struct drift_edges **out, const double *values, size_t n, size_t bins, struct error *err)
{
    if (bins < 1 || bins > DRIFT_EDGES_BINS)
        return error_set(err, ERR_LIMIT, "edges: %zu bins, not 1 to %d", bins, DRIFT_EDGES_BINS);
    double *sorted = finite_sorted(values, &n);
    double *edges = mem_calloc(bins + 1, sizeof *edges);
    int rc = 0;
    if (!n) {
        rc = error_set(err, ERR_INVALID, "edges: the reference has no finite value");
        goto out;
    }
    size_t kept = 0;
    for (size_t i = 0; i <= bins; i++) {
        double q = quantile(sorted, n, (double)i / (double)bins);
        if (!kept || q > edges[kept - 1])
            edges[kept++] = q;
    }
    if (kept > 2 || (kept == 2 && bins == 1))
        rc = drift_edges_new(out, edges, kept - 1, true, err);
    else /* the tie is what lies in the middle */
        rc = around(out, sorted[n / 2], sorted[0], sorted[n - 1], err);
out:
    free(edges);
    free(sorted);
    return rc;
}

int drift_edges_sturges(struct drift_edges **out, double lo, double hi, uint64_t n, struct error *err)
{
    if (!isfinite(lo) || !isfinite(hi) || hi < lo || !isfinite(hi - lo) || !n)
        return error_set(err, ERR_INVALID, "edges: no bins of equal width for %llu values from %g to %g",
                         (unsigned long long)n, lo, hi);
    double width = (hi - lo) / (log2((double)n) + 1);
    double count = width > 0 ? ceil((hi - lo) / width) : 1;
    if (lo >= hi) {
        lo -= 0.5;
        hi += 0.5;
    }
    size_t bins = (size_t)count; /* 65 at most */
    double *edges = mem_calloc(bins + 1, sizeof *edges);
    double step = (hi - lo) / (double)bins;
    for (size_t i = 0; i < bins; i++)
        edges[i] = (double)i * step + lo;
    edges[bins] = hi;
    int rc = drift_edges_new(out, edges, bins, false, err);
    free(edges);
    return rc;
}

int drift_edges_distinct(struct drift_edges **out, const double *values, size_t n, size_t most, struct error *err)
{
    double *sorted = finite_sorted(values, &n);
    double *edges = NULL;
    int rc = 0;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!kept || sorted[i] > sorted[kept - 1])
            sorted[kept++] = sorted[i];
    if (!kept) {
        rc = error_set(err, ERR_INVALID, "edges: the reference has no finite value");
        goto out;
    }
    if (kept > most) {
        rc = error_set(err, ERR_LIMIT, "edges: %zu distinct values, more than %zu", kept, most);
        goto out;
    }
    if (kept == 1) {
        rc = around(out, sorted[0], sorted[0], sorted[0], err);
        goto out;
    }
    edges = mem_calloc(kept + 1, sizeof *edges);
    edges[0] = sorted[0];
    for (size_t i = 1; i < kept; i++) {
        double middle = sorted[i - 1] / 2 + sorted[i] / 2;
        edges[i] = middle > sorted[i - 1] && middle <= sorted[i] ? middle : sorted[i];
    }
    edges[kept] = sorted[kept - 1];
    if (edges[kept] <= edges[kept - 1]) /* no number lies between the last two */
        edges[kept] = nextafter(edges[kept - 1], INFINITY);
    rc = drift_edges_new(out, edges, kept, true, err);
out:
    free(edges);
    free(sorted);
    return rc;
}

int drift_edges_bin(const struct drift_edges *e, double x)
{
    if (!isfinite(x) || (!e->open && (x < e->edges[0] || x > e->edges[e->bins])))
        return -1;
    size_t bin = 0;
    for (size_t half = e->half; half; half /= 2)
        bin += x >= e->bounds[bin + half - 1] ? half : 0;
    return (int)bin;
}

bool drift_edges_same(const struct drift_edges *a, const struct drift_edges *b)
{
    return a == b || (a->bins == b->bins && a->open == b->open &&
                      memcmp(a->edges, b->edges, (a->bins + 1) * sizeof *a->edges) == 0);
}

size_t drift_edges_bytes(const struct drift_edges *e)
{
    size_t bounds = (e->half ? e->half * 2 : 1) + DRIFT_EDGES_STEPS;
    size_t cells = e->grid ? (size_t)e->top + 1 : 0;
    return sizeof *e + (e->bins + 1 + bounds) * sizeof(double) + cells * sizeof *e->grid;
}
