/* Both sides drawn bin by bin. */
#include "draws.h"

#include "base/mem.h"
#include "drift/chi_square.h"
#include "random.h"

#include <math.h>
#include <stdlib.h>

/* How many of n, each with probability p: by going up from 0 where few are expected, else normal and rounded. */
static double draw(double n, double p, uint64_t *state)
{
    if (p > 0.5)
        return n - draw(n, 1 - p, state);
    if (p <= 0 || n <= 0)
        return 0;
    if (n * p > 40)
        return fmin(n, fmax(0, rint(n * p + sqrt(n * p * (1 - p)) * random_normal(state))));
    double mass = exp(n * log1p(-p)), u = random_unit(state), k = 0;
    for (; u > mass && k < n && k < 400; k++) {
        u -= mass;
        mass *= (n - k) / (k + 1) * (p / (1 - p));
    }
    return k;
}

/* Counts of n rows over bins of the pooled shares. */
static void draw_side(double n, const double *shares, size_t bins, uint64_t *counts, uint64_t *state)
{
    double left = 1;
    for (size_t i = 0; i < bins; i++) {
        double k = i + 1 == bins ? n : draw(n, fmin(1, shares[i] / left), state);
        counts[i] = (uint64_t)k;
        n -= k;
        left -= shares[i];
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static enum drift_state find_value(enum drift_method_id method, const struct drift_distance_sides *s, double *value)
{
    switch (method) {
    case DRIFT_METHOD_PSI:
        return drift_distance_psi(s, DRIFT_DISTANCE_EVIDENTLY, NULL, value);
    case DRIFT_METHOD_JS:
        return drift_distance_js(s, DRIFT_DISTANCE_NAT, value);
    case DRIFT_METHOD_HELLINGER:
        return drift_distance_hellinger(s, value);
    case DRIFT_METHOD_TOTAL_VARIATION:
        return drift_distance_total_variation(s, value);
    case DRIFT_METHOD_L_INFINITY:
        return drift_distance_l_infinity(s, value);
    case DRIFT_METHOD_CRAMER_V:
        return drift_chi_square_cramer(s, true, value);
    default:
        *value = 0;
        return DRIFT_STATE_OK;
    }
}

double *draws_make(enum drift_method_id method, const uint64_t *reference, size_t bins, uint64_t m, size_t windows)
{
    double rows = 0, *shares = mem_calloc(bins, sizeof *shares), *values = mem_calloc(windows, sizeof *values);
    uint64_t *counts = mem_calloc(2 * bins, sizeof *counts), seed = 1;
    const struct drift_distance_sides drawn = {counts, counts + bins, bins};
    size_t used = 0;
    for (size_t i = 0; i < bins; i++)
        rows += (double)reference[i];
    for (size_t i = 0; i < bins; i++)
        if (reference[i] > 0)
            shares[used++] = (double)reference[i] / rows;
    for (size_t i = 0; i < windows; i++) {
        draw_side(rows, shares, used, counts, &seed);
        draw_side((double)m, shares, used, counts + bins, &seed);
        find_value(method, &drawn, &values[i]);
    }
    qsort(values, windows, sizeof *values, by_value);
    free(shares);
    free(counts);
    return values;
}

double draws_over(const double *values, size_t windows, double line)
{
    size_t low = 0, high = windows;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (values[middle] <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)(windows - low) / (double)windows;
}
