/* Quantiles of distances without drift: chi-square and Brownian bridge. */
#include "drift/null.h"

#include "drift/ks.h"
#include "drift/special.h"

#include <math.h>

/* Pieces that a reference is looked at in. */
enum { PIECES = 64 };

#define MARGIN 1.1

static double both_rows(uint64_t n, uint64_t m)
{
    return 1 / (double)n + 1 / (double)m;
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
