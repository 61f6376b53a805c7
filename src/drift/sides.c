/* The union of two sides' categories, in two passes over their sketches. */
#include "drift/sides.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A category with its rows on both sides. */
struct both {
    struct drift_sides_item item;
    uint64_t reference, current;
    bool sure; /* on one side at least its rows are known well */
};

/* Half way between the bounds where a sketch lost something. */
static uint64_t rows_of(const struct drift_frequent *s, uint64_t lower, uint64_t upper)
{
    return s->error ? lower + (upper - lower) / 2 : lower;
}

static bool is_sure(const struct drift_frequent *s, uint64_t lower)
{
    return lower > s->error;
}

/* All items with a counter on either side. */
static size_t unite(const struct drift_frequent *r, const struct drift_frequent *c, struct both **ret)
{
    struct drift_frequent_item *a, *b;
    size_t na = drift_frequent_list(r, DRIFT_FREQUENT_POSSIBLE, r->error, &a);
    size_t nb = drift_frequent_list(c, DRIFT_FREQUENT_POSSIBLE, c->error, &b), n = 0;
    struct both *all = mem_calloc(na + nb + 1, sizeof *all);
    for (size_t i = 0; i < na; i++) {
        uint64_t lower = drift_frequent_lower(c, a[i].bytes, a[i].len);
        uint64_t upper = drift_frequent_upper(c, a[i].bytes, a[i].len);
        all[n++] = (struct both){{a[i].bytes, a[i].len},
                                 rows_of(r, a[i].lower, a[i].upper),
                                 rows_of(c, lower, upper),
                                 is_sure(r, a[i].lower) || is_sure(c, lower)};
    }
    for (size_t i = 0; i < nb; i++)
        if (drift_frequent_lower(r, b[i].bytes, b[i].len) == 0)
            all[n++] = (struct both){{b[i].bytes, b[i].len},
                                     rows_of(r, 0, drift_frequent_upper(r, b[i].bytes, b[i].len)),
                                     rows_of(c, b[i].lower, b[i].upper),
                                     is_sure(c, b[i].lower)};
    free(a);
    free(b);
    *ret = all;
    return n;
}

static bool is_rare(const struct both *b, double n, double m)
{
    double smaller = n < m ? n : m;
    return (double)(b->reference + b->current) * smaller < DRIFT_SIDES_EXPECTED * (n + m);
}

/* Moves what is kept to the front; returns how many. */
static size_t keep(struct both *all, size_t n, double rows_n, double rows_m)
{
    size_t rare = 0, kept = 0;
    for (size_t i = 0; i < n; i++)
        rare += is_rare(&all[i], rows_n, rows_m);
    for (size_t i = 0; i < n; i++)
        if (all[i].sure && (rare <= DRIFT_SIDES_RARE || !is_rare(&all[i], rows_n, rows_m)))
            all[kept++] = all[i];
    return kept;
}

static void init_categories(struct drift_sides *s, const struct drift_frequent *r, const struct drift_frequent *c)
{
    struct both *all;
    size_t n = unite(r, c, &all), kept = keep(all, n, (double)r->total, (double)c->total);
    uint64_t left_r = r->total, left_c = c->total;
    s->held = mem_calloc(2 * (kept + 1), sizeof *s->held);
    s->items = mem_calloc(kept + 1, sizeof *s->items);
    uint64_t *of_r = s->held, *of_c = s->held + kept + 1;
    for (size_t i = 0; i < kept; i++) {
        s->items[i] = all[i].item;
        of_r[i] = all[i].reference < left_r ? all[i].reference : left_r;
        of_c[i] = all[i].current < left_c ? all[i].current : left_c;
        left_r -= of_r[i];
        left_c -= of_c[i];
    }
    of_r[kept] = left_r;
    of_c[kept] = left_c;
    s->counts = (struct drift_distance_sides){of_r, of_c, kept + (left_r || left_c)};
    free(all);
}

void drift_sides_init(struct drift_sides *s, const struct drift_profile *reference, const struct drift_profile *current)
{
    const struct drift_histogram *r = reference->counts, *c = current->counts;
    *s = (struct drift_sides){0};
    if (reference->type == DRIFT_TYPE_CATEGORY)
        init_categories(s, reference->items, current->items);
    else if (r && c && (r->edges == c->edges || drift_edges_same(r->edges, c->edges)))
        s->counts = (struct drift_distance_sides){r->counts, c->counts, r->edges->bins};
}

void drift_sides_done(struct drift_sides *s)
{
    free(s->items);
    free(s->held);
    *s = (struct drift_sides){0};
}
