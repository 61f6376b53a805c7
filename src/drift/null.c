/* Quantiles of distances without drift: chi-square, Brownian bridge, and by drawing. */
#include "drift/null.h"

#include "base/mem.h"
#include "drift/chi_square.h"
#include "drift/ks.h"
#include "drift/special.h"

#include <math.h>
#include <stdlib.h>

/* Pieces that a reference is looked at in. */
enum { PIECES = 64 };

#define MARGIN 1.1

static double both_rows(uint64_t n, uint64_t m)
{
    return 1 / (double)n + 1 / (double)m;
}

double drift_null_psi_mean(size_t bins, uint64_t n, uint64_t m)
{
    return bins > 1 ? (double)(bins - 1) * both_rows(n, m) : 0;
}

double drift_null_line(enum drift_method_id method, double tail, size_t bins, uint64_t n, uint64_t m)
{
    if (method == DRIFT_METHOD_KS)
        return drift_ks_critical(tail, n, m);
    if (bins < 2)
        return 0;
    double r = both_rows(n, m), q = drift_special_chi_square_isf(tail, (double)(bins - 1));
    switch (method) {
    case DRIFT_METHOD_PSI:
        return q * r;
    case DRIFT_METHOD_JS:
    case DRIFT_METHOD_HELLINGER:
        return sqrt(q * r / 8);
    case DRIFT_METHOD_CRAMER_V:
        return sqrt(fmax(0, q - (double)(bins - 1)) / ((double)n + (double)m));
    case DRIFT_METHOD_TOTAL_VARIATION:
        return sqrt(q * r) / 2;
    case DRIFT_METHOD_L_INFINITY:
        return drift_special_normal_isf(tail / (2 * (double)bins)) * sqrt(r / 4);
    default:
        return 0;
    }
}

/* ---- Wasserstein ---- */

/* Values at ranks 0, 1/PIECES, …, 1. */
static void find_ranks(const struct drift_sample *s, double rows, double at[PIECES + 1])
{
    double below = 0;
    size_t k = 0;
    for (size_t i = 0; i < s->n && k <= PIECES; i++) {
        below = s->upto ? (double)s->upto[i] : (double)(i + 1);
        for (; k <= PIECES && below >= rows * (double)k / PIECES && (k == 0 || below > 0); k++)
            at[k] = s->values[i];
    }
    for (; k <= PIECES; k++)
        at[k] = s->values[s->n - 1];
}

/* E|X||Y| - E|X| E|Y| of normals of standard deviation 1 and correlation rho. */
static double covariance(double rho)
{
    rho = fmin(1, rho);
    return 2 / M_PI * (sqrt(1 - rho * rho) + rho * asin(rho) - 1);
}

enum drift_state drift_null_wasserstein(const struct drift_sample *reference, double tail, uint64_t m, double *line)
{
    struct drift_sample_moments moments;
    if (drift_sample_moments(reference, &moments) != DRIFT_STATE_OK)
        return DRIFT_STATE_NO_REFERENCE;
    if (m == 0)
        return DRIFT_STATE_NO_CURRENT;
    double at[PIECES + 1], mass[PIECES], mean = 0, variance = 0;
    find_ranks(reference, moments.rows, at);
    for (int i = 0; i < PIECES; i++) {
        double f = (i + 0.5) / PIECES;
        mass[i] = (at[i + 1] - at[i]) * sqrt(f * (1 - f));
        mean += mass[i] * sqrt(2 / M_PI);
    }
    for (int i = 0; i < PIECES; i++)
        for (int j = 0; j < PIECES; j++) {
            double low = (fmin(i, j) + 0.5) / PIECES, high = (fmax(i, j) + 0.5) / PIECES;
            variance += mass[i] * mass[j] * covariance(sqrt(low * (1 - high) / (high * (1 - low))));
        }
    double df = variance > 0 ? 2 * mean * mean / variance : 0; /* the gamma law as a chi-square */
    *line = df > 0
                ? MARGIN * drift_special_chi_square_isf(tail, df) * mean / df * sqrt(1 / moments.rows + 1 / (double)m)
                : 0;
    return DRIFT_STATE_OK;
}

/* ---- by drawing ---- */

/* splitmix64 (Steele, Lea and Flood 2014); in (0, 1]. */
static double next_unit(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ z >> 31) >> 11) + 1) * 0x1p-53;
}

static double next_normal(uint64_t *state)
{
    double u = next_unit(state), v = next_unit(state);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* How many of n, each with probability p: by going up from 0 where few are expected, else normal and rounded. */
static double draw(double n, double p, uint64_t *state)
{
    if (p > 0.5)
        return n - draw(n, 1 - p, state);
    if (p <= 0 || n <= 0)
        return 0;
    if (n * p > 40)
        return fmin(n, fmax(0, rint(n * p + sqrt(n * p * (1 - p)) * next_normal(state))));
    double mass = exp(n * log1p(-p)), u = next_unit(state), k = 0;
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

static enum drift_state value_of(enum drift_method_id method, const struct drift_distance_sides *s, double *value)
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

enum drift_state drift_null_simulate(enum drift_method_id method, const uint64_t *reference, size_t bins, uint64_t m,
                                     double tail, double *line)
{
    double rows = 0;
    for (size_t i = 0; i < bins; i++)
        rows += (double)reference[i];
    if (rows <= 0 || m == 0)
        return rows <= 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    double *shares = mem_calloc(bins + DRIFT_NULL_DRAWS, sizeof *shares), *values = shares + bins;
    uint64_t *counts = mem_calloc(2 * bins, sizeof *counts), seed = 1;
    const struct drift_distance_sides drawn = {counts, counts + bins, bins};
    size_t used = 0;
    for (size_t i = 0; i < bins; i++)
        if (reference[i] > 0)
            shares[used++] = (double)reference[i] / rows;
    for (size_t i = 0; i < DRIFT_NULL_DRAWS; i++) {
        draw_side(rows, shares, used, counts, &seed);
        draw_side((double)m, shares, used, counts + bins, &seed);
        value_of(method, &drawn, &values[i]);
    }
    qsort(values, DRIFT_NULL_DRAWS, sizeof *values, by_value);
    double drawn_tail = fmax(tail, DRIFT_NULL_SIMULATED), far = drift_null_line(method, tail, used, (uint64_t)rows, m);
    double near = drift_null_line(method, drawn_tail, used, (uint64_t)rows, m);
    *line = values[DRIFT_NULL_DRAWS - 1 - (size_t)(fmin(drawn_tail, 1 - 1e-9) * DRIFT_NULL_DRAWS)];
    *line *= near > 0 ? far / near : 1;
    free(shares);
    free(counts);
    return DRIFT_STATE_OK;
}
