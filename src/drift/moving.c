/* Bins of both sides together. */
#include "drift/moving.h"

#include "base/mem.h"
#include "drift/edges.h"

#include <stdlib.h>
#include <string.h>

enum { FEW_VALUES = 20 }; /* Evidently's */

static uint64_t rows_of(const struct drift_sample *s)
{
    return s->upto ? s->upto[s->n - 1] : s->n;
}

static size_t distinct(const struct drift_sample *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += i == 0 || s->values[i] != s->values[i - 1];
    return n;
}

static int make_edges(const struct drift_sample *a, const struct drift_sample *b, struct drift_edges **edges)
{
    if (distinct(a) > FEW_VALUES) {
        double low = a->values[0] < b->values[0] ? a->values[0] : b->values[0];
        double high = a->values[a->n - 1] > b->values[b->n - 1] ? a->values[a->n - 1] : b->values[b->n - 1];
        return drift_edges_sturges(edges, low, high, rows_of(a) + rows_of(b), NULL);
    }
    size_t n = a->n + b->n;
    double *both = mem_calloc(n, sizeof *both);
    memcpy(both, a->values, a->n * sizeof *both);
    memcpy(both + a->n, b->values, b->n * sizeof *both);
    int code = drift_edges_distinct(edges, both, n, DRIFT_EDGES_BINS, NULL);
    free(both);
    return code;
}

static void count(const struct drift_edges *e, const struct drift_sample *s, uint64_t *counts)
{
    for (size_t i = 0; i < s->n; i++) {
        int at = drift_edges_bin(e, s->values[i]);
        if (at >= 0)
            counts[at] += s->upto ? s->upto[i] - (i > 0 ? s->upto[i - 1] : 0) : 1;
    }
}

void drift_moving_psi(const struct drift_sample *reference, const struct drift_sample *current, struct drift_lines *l,
                      double tail, double *psi, double *line)
{
    struct drift_edges *edges = NULL;
    if (!reference->n || !current->n || make_edges(reference, current, &edges))
        return;
    uint64_t *counts = mem_calloc(2 * edges->bins, sizeof *counts);
    struct drift_distance_sides sides = {counts, counts + edges->bins, edges->bins};
    count(edges, reference, counts);
    count(edges, current, counts + edges->bins);
    if (drift_distance_psi(&sides, DRIFT_DISTANCE_EVIDENTLY, NULL, psi) == DRIFT_STATE_OK)
        *line = drift_lines_of_counts(l, DRIFT_METHOD_PSI, &sides, tail);
    free(counts);
    drift_edges_free(edges);
}
