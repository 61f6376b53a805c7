/* Counting over frozen edges: a block of values is first told apart, then binned without branches. */
#include "drift/histogram.h"

#include "base/mem.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, LANES = 4, TRASH = DRIFT_EDGES_BINS };

typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_int __attribute__((vector_size(16)));
typedef int32_t pair_short __attribute__((vector_size(8)));

/* What is said of a block before it is binned. */
struct census {
    uint64_t zero, below, above, odd; /* odd: no finite number */
};

void drift_histogram_init(struct drift_histogram *h, const struct drift_edges *edges)
{
    *h = (struct drift_histogram){.edges = edges};
    h->counts = mem_calloc(edges->bins, sizeof *h->counts);
}

void drift_histogram_done(struct drift_histogram *h)
{
    free(h->counts);
    *h = (struct drift_histogram){0};
}

void drift_histogram_clear(struct drift_histogram *h)
{
    uint64_t *counts = h->counts;
    memset(counts, 0, h->edges->bins * sizeof *counts);
    *h = (struct drift_histogram){.edges = h->edges, .counts = counts};
}

/* A comparison's lanes are -1 where it holds. */
static struct census take_census(const double *values, size_t n, double lo, double hi)
{
    pair_int zero = {0}, below = {0}, above = {0}, even = {0};
    pair low = {lo, lo}, high = {hi, hi}, most = {DBL_MAX, DBL_MAX}, least = -most, none = {0};
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        pair x;
        memcpy(&x, values + i, sizeof x);
        zero -= (pair_int)(x == none);
        below -= (pair_int)(x < low);
        above -= (pair_int)(x > high);
        even -= (pair_int)(x <= most) & (pair_int)(x >= least);
    }
    struct census c = {(uint64_t)(zero[0] + zero[1]), (uint64_t)(below[0] + below[1]), (uint64_t)(above[0] + above[1]),
                       i - (uint64_t)(even[0] + even[1])};
    for (; i < n; i++) {
        double x = values[i];
        c.zero += x == 0;
        c.below += x < lo;
        c.above += x > hi;
        c.odd += !(x <= DBL_MAX && x >= -DBL_MAX);
    }
    return c;
}

static void count_odd(struct drift_histogram *h, struct census *c, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = values[i];
        h->nan += x != x;
        h->pos_inf += x > DBL_MAX;
        h->neg_inf += x < -DBL_MAX;
        c->above -= x > DBL_MAX;
        c->below -= x < -DBL_MAX;
    }
}

/* The cells of a block's values; what is no number has one too, that of the least or of the greatest. */
static void find_cells(const struct drift_edges *e, int32_t *cells, const double *values, size_t n)
{
    pair from = {e->from, e->from}, scale = {e->scale, e->scale}, top = {e->top, e->top}, none = {0};
    pair_int all = (pair_int)top;
    for (size_t i = 0; i < n; i += 2) {
        pair x = {values[i], values[i]};
        if (i + 2 <= n)
            memcpy(&x, values + i, sizeof x);
        pair t = (x - from) * scale;
        t = (pair)((pair_int)t & (pair_int)(t > none)); /* a NaN is not */
        pair_int within = (pair_int)(t < top);
        t = (pair)(((pair_int)t & within) | (all & ~within));
        pair_short c = __builtin_convertvector(t, pair_short);
        memcpy(cells + i, &c, sizeof c);
    }
}

static inline size_t by_halves(const struct drift_edges *e, double x)
{
    size_t bin = 0;
    for (size_t half = e->half; half; half /= 2)
        bin += x >= e->bounds[bin + half - 1] ? half : 0;
    return bin;
}

/* The bins of a block's values; steps is e->steps, said where it is known. */
static inline void find_bins(const struct drift_edges *e, int32_t *bins, const double *values, size_t n, int steps)
{
    const double *bounds = e->bounds;
    const uint16_t *grid = e->grid;
    for (size_t i = 0; i < n; i++) {
        size_t bin = grid[bins[i]];
        for (int s = 0; s < steps; s++)
            bin += values[i] >= bounds[bin];
        bins[i] = (int32_t)bin;
    }
}

/* Neighbours count in lanes of their own, so that equal ones need not wait for each other. With `mixed`, what belongs to
 * no bin goes to the trash. */
static void bin_values(const struct drift_edges *e, uint32_t (*counts)[TRASH + 1], const double *values, size_t n,
                       bool mixed)
{
    int32_t bins[BLOCK];
    if (e->steps >= 0)
        find_cells(e, bins, values, n);
    if (e->steps == 1)
        find_bins(e, bins, values, n, 1);
    else if (e->steps >= 0)
        find_bins(e, bins, values, n, e->steps);
    else
        for (size_t i = 0; i < n; i++)
            bins[i] = (int32_t)by_halves(e, values[i]);
    double least = e->open ? -DBL_MAX : e->edges[0], most = e->open ? DBL_MAX : e->edges[e->bins];
    for (size_t i = 0; mixed && i < n; i++)
        bins[i] = values[i] >= least && values[i] <= most ? bins[i] : TRASH;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            counts[lane][bins[i + lane]]++;
    for (; i < n; i++)
        counts[0][bins[i]]++;
}

static void add_blocks(struct drift_histogram *h, const double *values, size_t n)
{
    const struct drift_edges *e = h->edges;
    uint32_t counts[LANES][TRASH + 1];
    for (int lane = 0; lane < LANES; lane++)
        memset(counts[lane], 0, e->bins * sizeof counts[lane][0]);
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t block = n - at < BLOCK ? n - at : BLOCK;
        struct census c = take_census(values + at, block, e->edges[0], e->edges[e->bins]);
        bool mixed = c.odd || (!e->open && (c.below || c.above));
        if (c.odd)
            count_odd(h, &c, values + at, block);
        h->zero += c.zero;
        h->below += c.below;
        h->above += c.above;
        h->finite += block - c.odd;
        if (e->bins > 1 || mixed)
            bin_values(e, counts, values + at, block, mixed);
        else
            counts[0][0] += (uint32_t)block;
    }
    for (int lane = 0; lane < LANES; lane++)
        for (size_t b = 0; b < e->bins; b++)
            h->counts[b] += counts[lane][b];
}

static void add_few(struct drift_histogram *h, const double *values, size_t n)
{
    const struct drift_edges *e = h->edges;
    for (size_t i = 0; i < n; i++) {
        double x = values[i];
        int bin = drift_edges_bin(e, x);
        if (bin >= 0)
            h->counts[bin]++;
        bool is_finite = x <= DBL_MAX && x >= -DBL_MAX;
        h->finite += is_finite;
        h->nan += x != x;
        h->pos_inf += x > DBL_MAX;
        h->neg_inf += x < -DBL_MAX;
        h->zero += x == 0;
        h->below += is_finite && x < e->edges[0];
        h->above += is_finite && x > e->edges[e->bins];
    }
}

void drift_histogram_add(struct drift_histogram *h, const double *values, size_t n)
{
    enum { MOST = 1 << 30 }; /* what a lane's counter holds */
    if (n < h->edges->bins / 8 + 16) {
        add_few(h, values, n);
        return;
    }
    for (size_t part; n; values += part, n -= part) {
        part = n < MOST ? n : MOST;
        add_blocks(h, values, part);
    }
}

void drift_histogram_null(struct drift_histogram *h, uint64_t n)
{
    h->null += n;
}

int drift_histogram_merge(struct drift_histogram *h, const struct drift_histogram *other, struct error *err)
{
    if (!drift_edges_same(h->edges, other->edges))
        return error_set(err, ERR_INVALID, "histogram: cannot be merged with one of other edges");
    for (size_t b = 0; b < h->edges->bins; b++)
        h->counts[b] += other->counts[b];
    h->finite += other->finite;
    h->null += other->null;
    h->nan += other->nan;
    h->pos_inf += other->pos_inf;
    h->neg_inf += other->neg_inf;
    h->zero += other->zero;
    h->below += other->below;
    h->above += other->above;
    return 0;
}

uint64_t drift_histogram_rows(const struct drift_histogram *h)
{
    return h->finite + h->null + h->nan + h->pos_inf + h->neg_inf;
}

size_t drift_histogram_bytes(const struct drift_histogram *h)
{
    return sizeof *h + h->edges->bins * sizeof *h->counts;
}
