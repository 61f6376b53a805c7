/* Goodness of fit and contingency tests, and the regrouping that makes them valid. */
#include "drift/chi_square.h"

#include "base/mem.h"
#include "drift/special.h"

#include <math.h>
#include <stdlib.h>

static struct drift_chi_square result(double statistic, size_t categories)
{
    struct drift_chi_square r = {.statistic = statistic, .df = (double)categories - 1, .p = 1};
    if (categories > 1)
        r.p = drift_special_chi_square_sf(statistic, r.df);
    return r;
}

enum drift_state drift_chi_square_fit(const struct drift_distance_sides *s, struct drift_chi_square *out)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    double sum = 0, scale = t.current / t.reference;
    for (size_t i = 0; i < s->n && t.bins > 1; i++) {
        double expected = (double)s->reference[i] * scale, over = (double)s->current[i] - expected;
        if (s->reference[i] > 0)
            sum += over * over / expected;
        else if (s->current[i] > 0)
            sum = INFINITY;
    }
    *out = result(sum, t.bins);
    return DRIFT_STATE_OK;
}

/* What a cell adds: its count, moved by up to `yates` towards what is expected. */
static double cell(double count, double expected, double yates)
{
    double over = count - expected;
    over -= copysign(fmin(yates, fabs(over)), over);
    return over * over / expected;
}

static double table_statistic(const struct drift_distance_sides *s, const struct drift_distance_total *t, bool plain)
{
    double sum = 0, rows = t->reference + t->current, yates = t->bins == 2 && !plain ? 0.5 : 0;
    for (size_t i = 0; i < s->n && t->bins > 1; i++) {
        double both = (double)s->reference[i] + (double)s->current[i];
        if (both <= 0)
            continue;
        sum += cell((double)s->reference[i], both * (t->reference / rows), yates);
        sum += cell((double)s->current[i], both * (t->current / rows), yates);
    }
    return fmax(0, sum);
}

enum drift_state drift_chi_square_contingency(const struct drift_distance_sides *s, bool plain,
                                              struct drift_chi_square *out)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state == DRIFT_STATE_OK)
        *out = result(table_statistic(s, &t, plain), t.bins);
    return state;
}

enum drift_state drift_chi_square_cramer(const struct drift_distance_sides *s, bool corrected, double *v)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    double rows = t.reference + t.current, k = (double)t.bins, phi2 = table_statistic(s, &t, true) / rows;
    double least = 1; /* of k - 1 and the two sides less one */
    if (corrected && rows > 1) {
        phi2 = fmax(0, phi2 - (k - 1) / (rows - 1));
        least = fmin(k - 1 - (k - 1) * (k - 1) / (rows - 1), 1 - 1 / (rows - 1));
    }
    *v = t.bins > 1 && least > 0 ? fmin(1, sqrt(phi2 / least)) : 0;
    return DRIFT_STATE_OK;
}

/* ---- regrouping ---- */

struct group {
    uint64_t reference, current;
};

static double rows_of(const struct group *g)
{
    return (double)g->reference + (double)g->current;
}

static int by_rows(const void *a, const void *b)
{
    double x = rows_of(a), y = rows_of(b);
    return (x > y) - (x < y);
}

/* Groups in ascending order of rows: those that are still as they were, and those that were put together, which come out in order
 * by themselves. */
struct queues {
    struct group *single, *merged;
    size_t nsingle, nmerged, at_single, at_merged;
};

static size_t left(const struct queues *q)
{
    return q->nsingle - q->at_single + q->nmerged - q->at_merged;
}

static struct group take_least(struct queues *q)
{
    bool from_single =
        q->at_single < q->nsingle &&
        (q->at_merged == q->nmerged || rows_of(&q->single[q->at_single]) <= rows_of(&q->merged[q->at_merged]));
    return from_single ? q->single[q->at_single++] : q->merged[q->at_merged++];
}

/* share: of both sides' rows, that the smaller one has. */
static void regroup(struct queues *q, double share)
{
    size_t small = 0; /* with fewer rows than are asked for where there are more than two */
    for (size_t i = 0; i < q->nsingle; i++)
        small += rows_of(&q->single[i]) * share < DRIFT_CHI_SQUARE_OF_MORE;
    while (left(q) > 2 && small * 100 > left(q) * DRIFT_CHI_SQUARE_FEW_PERCENT) {
        struct group a = take_least(q), b = take_least(q);
        small -= (rows_of(&a) * share < DRIFT_CHI_SQUARE_OF_MORE) + (rows_of(&b) * share < DRIFT_CHI_SQUARE_OF_MORE);
        a.reference += b.reference;
        a.current += b.current;
        small += rows_of(&a) * share < DRIFT_CHI_SQUARE_OF_MORE;
        q->merged[q->nmerged++] = a;
    }
    if (left(q) != 2)
        return;
    struct group a = take_least(q), b = take_least(q);
    if (rows_of(&a) * share < DRIFT_CHI_SQUARE_OF_TWO) {
        b.reference += a.reference;
        b.current += a.current;
    } else {
        q->merged[q->nmerged++] = a;
    }
    q->merged[q->nmerged++] = b;
}

enum drift_state drift_chi_square_regroup(const struct drift_distance_sides *s, uint64_t *reference, uint64_t *current,
                                          size_t *n)
{
    struct drift_distance_total t;
    enum drift_state state = drift_distance_total(s, &t);
    if (state != DRIFT_STATE_OK)
        return state;
    struct queues q = {.single = mem_calloc(t.bins, sizeof(struct group)),
                       .merged = mem_calloc(t.bins + 2, sizeof(struct group))};
    for (size_t i = 0; i < s->n; i++)
        if (s->reference[i] > 0 || s->current[i] > 0)
            q.single[q.nsingle++] = (struct group){s->reference[i], s->current[i]};
    qsort(q.single, q.nsingle, sizeof *q.single, by_rows);
    regroup(&q, fmin(t.reference, t.current) / (t.reference + t.current));
    *n = left(&q);
    for (size_t i = 0; i < *n; i++) {
        struct group g = take_least(&q);
        reference[i] = g.reference;
        current[i] = g.current;
    }
    free(q.single);
    free(q.merged);
    return DRIFT_STATE_OK;
}
