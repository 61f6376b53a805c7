/* Exact and asymptotic p of the two-sample D. */
#include "drift/ks.h"

#include "base/mem.h"
#include "drift/ks_law.h"

#include <math.h>
#include <stdlib.h>

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* As many rows on either side: paths of 2n steps that reach h from the diagonal, by reflection
 * 2 (C(2n, n-h) - C(2n, n-2h) + …) / C(2n, n), from the innermost bracket outwards. */
static double equal_sides(uint64_t n, uint64_t h)
{
    double p = 0;
    for (uint64_t k = n / h; k-- > 0;) {
        double ratio = 1; /* of the binomials of (k + 1) h and of k h */
        for (uint64_t j = 0; j < h; j++)
            ratio *= (double)(n - k * h - j) / (double)(n + k * h + j + 1);
        p = ratio * (1 - p);
    }
    return 2 * p;
}

/* Lattice paths from (0, 0) to (n, m), all as likely: out[y] is the share of those to (x, y) that have been where
 * |x/n - y/m| >= d on the way. The last step came from the left with probability x / (x + y); outside the band the share is 1
 * (Hodges 1957, counted from without so that a small p keeps its digits). h is d in units of one over the least common multiple,
 * across is what a step in x is in that unit, up what one in y is. */
static double unequal_sides(uint64_t n, uint64_t m, uint64_t h, uint64_t across, uint64_t up)
{
    double *out = mem_calloc(m + 1, sizeof *out);
    uint64_t low = 0; /* all below it is outside */
    for (uint64_t y = 0; y <= m; y++)
        out[y] = y * up >= h;
    for (uint64_t x = 1; x <= n; x++) {
        uint64_t at = x * across, first = at < h ? 0 : (at - h) / up + 1, end = (at + h - 1) / up + 1;
        for (; low < first && low <= m; low++)
            out[low] = 1;
        double below = 1, left = (double)x;
        for (uint64_t y = first; y < end && y <= m; y++) {
            double weight = 1 / (left + (double)y);
            below = left * weight * out[y] + (double)y * weight * below;
            out[y] = below;
        }
    }
    double p = out[m];
    free(out);
    return p;
}

/* False: too many paths to count. */
static bool exact(double d, uint64_t n, uint64_t m, double *p)
{
    uint64_t g = divisor(n, m), across = m / g, up = n / g;
    if (n > UINT32_MAX || m > UINT32_MAX || across >= (uint64_t)INT32_MAX / up)
        return false;
    uint64_t h = (uint64_t)rint(d * (double)(n * across));
    double rows = (double)n * (double)m / ((double)n + (double)m);
    if (h == 0)
        *p = 1;
    else if (2 * rows * d * d > 760) /* below what a double holds */
        *p = 0;
    else
        *p = n == m ? equal_sides(n, h) : unequal_sides(n, m, h, across, up);
    *p = fmin(1, fmax(0, *p));
    return true;
}

enum drift_state drift_ks_p(double d, uint64_t n, uint64_t m, enum drift_ks_how how, struct drift_ks *out)
{
    if (n == 0 || m == 0)
        return n == 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    d = fmin(1, fmax(0, d));
    bool few = n <= DRIFT_KS_EXACT_MAX && m <= DRIFT_KS_EXACT_MAX;
    out->exact = (how == DRIFT_KS_EXACT || (how == DRIFT_KS_AUTO && few)) && exact(d, n, m, &out->p);
    if (!out->exact) {
        double rows = rint((double)n * ((double)m / ((double)n + (double)m)));
        out->p = drift_ks_law_sf(d, rows < 1 ? 1 : (uint64_t)rows);
    }
    return DRIFT_STATE_OK;
}

double drift_ks_critical(double tail, uint64_t n, uint64_t m)
{
    return fmin(1, sqrt(-0.5 * log(tail / 2) * (1 / (double)n + 1 / (double)m)));
}
