/* A map from what a line depends on to the line. */
#include "drift/lines.h"

#include "base/map.h"
#include "base/mem.h"
#include "drift/null_psi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES = 4096, /* remembered; then all are forgotten */
    STEPS = 8,    /* an octave */
    FEW = 20,     /* rows of a bin */
};

struct drift_lines {
    struct map by_key; /* to heap doubles */
};

/* Without padding: its bytes are the key. */
struct key {
    uint64_t method, bins, n, m,
        of; /* of: a hash of the reference's counts, or the address of its values; 0: neither */
    double tail;
};

struct drift_lines *drift_lines_new(void)
{
    return mem_new(struct drift_lines);
}

static void forget(struct drift_lines *l)
{
    size_t at = 0;
    void *value;
    while (map_next(&l->by_key, &at, NULL, NULL, &value))
        free(value);
    map_done(&l->by_key);
}

void drift_lines_free(struct drift_lines *l)
{
    if (!l)
        return;
    forget(l);
    free(l);
}

static const double *recall(const struct drift_lines *l, const struct key *k)
{
    return l ? map_get(&l->by_key, k, sizeof *k) : NULL;
}

static double remember(struct drift_lines *l, const struct key *k, double line)
{
    if (!l)
        return line;
    if (l->by_key.n >= LINES)
        forget(l);
    double *value = mem_new(double);
    *value = line;
    free(map_put(&l->by_key, k, sizeof *k, value));
    return line;
}

/* Rounded down to steps of an eighth of an octave. */
static uint64_t step_down(uint64_t n)
{
    return (uint64_t)fmax(1, floor(exp2(floor(STEPS * log2((double)n) + 1e-9) / STEPS)));
}

/* Makes nearly equal counts just equal, of rows rounded down: all features in deciles are one. */
static void level(uint64_t *counts, size_t bins, uint64_t rows)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (size_t i = 0; i < bins; i++) {
        least = counts[i] < least ? counts[i] : least;
        most = counts[i] > most ? counts[i] : most;
    }
    uint64_t each = step_down(rows) / bins;
    if (each == 0 || (double)(most - least) > 1 + 0.05 * (double)rows / (double)bins)
        return;
    for (size_t i = 0; i < bins; i++)
        counts[i] = each;
}

static double of_few(struct drift_lines *l, struct key *k, const struct drift_distance_sides *sides)
{
    uint64_t *counts = mem_calloc(sides->n, sizeof *counts);
    size_t used = 0;
    for (size_t i = 0; i < sides->n; i++)
        if (sides->reference[i] || sides->current[i])
            counts[used++] = sides->reference[i];
    level(counts, used, k->n);
    k->m = step_down(k->m);
    k->of = map_hash(counts, used * sizeof *counts);
    const double *known = recall(l, k);
    double line = known ? *known : 0;
    if (!known) {
        drift_null_psi(counts, used, k->m, k->tail, &line);
        remember(l, k, line);
    }
    free(counts);
    return line;
}

/* The laws of many rows do not hold: too few a bin, or in any one. */
static bool has_few(const struct drift_distance_sides *s, const struct drift_distance_total *t)
{
    double smaller = fmin(t->reference, t->current), part = smaller / t->reference;
    for (size_t i = 0; i < s->n; i++)
        if ((s->reference[i] || s->current[i]) && (double)s->reference[i] * part < FEW)
            return true;
    return smaller < DRIFT_NULL_ROWS_IN_BIN * (double)t->bins;
}

double drift_lines_of_counts(struct drift_lines *l, enum drift_method_id method,
                             const struct drift_distance_sides *sides, double tail)
{
    struct drift_distance_total t;
    if (method == DRIFT_METHOD_KS || drift_distance_total(sides, &t) != DRIFT_STATE_OK)
        return 0;
    struct key k = {method, t.bins, (uint64_t)t.reference, (uint64_t)t.current, 0, tail};
    bool few = has_few(sides, &t);
    if (few && method == DRIFT_METHOD_PSI && t.bins > 1)
        return of_few(l, &k, sides);
    k.of = few;
    const double *known = recall(l, &k);
    if (known)
        return *known;
    double line = drift_null_line(method, tail, t.bins, k.n, k.m);
    if (few && method == DRIFT_METHOD_JS)
        line *= sqrt(2 * M_LN2);
    if (few && method == DRIFT_METHOD_HELLINGER)
        line *= M_SQRT2;
    return remember(l, &k, line);
}

double drift_lines_wasserstein(struct drift_lines *l, const struct drift_sample *whose, double tail, uint64_t m)
{
    struct key k = {DRIFT_METHOD_WASSERSTEIN_NORMED, 0, 0, m, (uintptr_t)whose->values, tail};
    const double *known = recall(l, &k);
    double line = 0;
    if (known)
        return *known;
    if (drift_null_wasserstein(whose, tail, m, &line) != DRIFT_STATE_OK)
        return 0;
    return remember(l, &k, line);
}
