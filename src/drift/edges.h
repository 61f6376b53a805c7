/* The frozen edges of a numeric distribution: made once with the reference, never fitted again to a window.
 *
 * n bins have n + 1 edges, ascending and finite. A bin holds its lower edge and not its upper one, as in numpy. Bins are
 * either open: what lies outside the edges belongs to the outer bins, so that no finite value is lost; or closed: the last
 * bin holds its upper edge too (numpy.histogram) and what lies outside is in no bin. Edges are compared as they are, so
 * that a value on an edge is never one bin off; a grid only says where to begin. */
#ifndef DRIFT_EDGES_H
#define DRIFT_EDGES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DRIFT_EDGES_BINS = 1024, /* at most */
    DRIFT_EDGES_CELLS = 2048,
    DRIFT_EDGES_STEPS = 4, /* inner edges in one cell of the grid; with more of them there is no grid */
};

struct drift_edges {
    double *edges; /* bins + 1 */
    size_t bins;
    bool open;
    /* How a bin is found: bounds are the inner edges, with infinities behind them up to a power of two and beyond it.
     * Every value whose cell is c lies above grid[c] of them, and at most `steps` of them lie in any cell. */
    double *bounds;
    size_t half; /* where the search by halves begins: half a power of two above the bins */
    uint16_t *grid;
    double from, scale, top;
    int steps; /* -1: no grid */
};

/* Takes a copy of bins + 1 edges. ERR_INVALID for edges that are not finite or do not ascend, ERR_LIMIT for too many. */
int drift_edges_new(struct drift_edges **out, const double *edges, size_t bins, bool open, struct error *err);

/* Open bins between the quantiles 0, 1/bins ... 1 of a sample (numpy's linear ones: x[h] + (h - floor h)(x[h+1] - x[h]),
 * h = q (n - 1)); equal ones are one edge. Values that are not finite are left out. Where ties leave fewer than two bins,
 * the value that is tied gets a bin of its own, and so does the value of a constant sample: a bin of everything would
 * hide every change. ERR_INVALID if no value is finite. */
int drift_edges_quantiles(struct drift_edges **out, const double *values, size_t n, size_t bins, struct error *err);

/* Closed bins of equal width from lo to hi as numpy's "sturges" has them for n values (and Evidently, over reference and
 * current together): ceil(range / width) of them, width = range / (log2 n + 1); one bin of lo +- 0.5 if there is no
 * range. */
int drift_edges_sturges(struct drift_edges **out, double lo, double hi, uint64_t n, struct error *err);

/* Open bins, one for each distinct finite value of a sample, with edges half way between neighbours. ERR_LIMIT if there
 * are more than `most` of them; a constant sample has bins below and above its value. */
int drift_edges_distinct(struct drift_edges **out, const double *values, size_t n, size_t most, struct error *err);

void drift_edges_free(struct drift_edges *e);

/* The bin of a finite value, or -1 outside closed edges; -1 for what is not finite. */
int drift_edges_bin(const struct drift_edges *e, double x);
/* True if both say the same bin for every value. */
bool drift_edges_same(const struct drift_edges *a, const struct drift_edges *b);
/* Memory held, with the structure. */
size_t drift_edges_bytes(const struct drift_edges *e);

#endif
