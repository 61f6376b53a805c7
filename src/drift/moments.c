/* Moments of a stream: blocks by two passes, joined by the formula for two parts. */
#include "drift/moments.h"

#include <float.h>
#include <math.h>

enum { BLOCK = 256, LANES = 4 };

/* The finite values of a block, in order; what is left out is counted. */
static size_t keep_finite(struct drift_moments *m, double *kept, const double *values, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        double x = values[i];
        kept[count] = x;
        count += x <= DBL_MAX && x >= -DBL_MAX;
    }
    for (size_t i = 0; count < n && i < n; i++) {
        m->nan += values[i] != values[i];
        m->pos_inf += values[i] > DBL_MAX;
        m->neg_inf += values[i] < -DBL_MAX;
    }
    return count;
}

/* A sum in lanes, so that additions need not wait for each other. */
static double sum_of(const double *x, size_t n, double scale)
{
    double sum[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            sum[lane] += x[i + (size_t)lane] * scale;
    for (; i < n; i++)
        sum[0] += x[i] * scale;
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static struct drift_moments of_block(const double *x, size_t n)
{
    struct drift_moments m = {.count = n};
    double square[LANES] = {0}, low = x[0], high = x[0];
    m.mean = sum_of(x, n, 1) / (double)n;
    if (!isfinite(m.mean)) /* the sum is beyond the largest number, the mean is not */
        m.mean = sum_of(x, n, 1.0 / BLOCK) * (BLOCK / (double)n);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            double d = x[i + (size_t)lane] - m.mean;
            square[lane] += d * d;
        }
    for (; i < n; i++)
        square[0] += (x[i] - m.mean) * (x[i] - m.mean);
    m.m2 = (square[0] + square[1]) + (square[2] + square[3]);
    for (i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
        m.zeros += x[i] == 0;
    }
    m.min = low + 0.0;
    m.max = high + 0.0;
    return m;
}

void drift_moments_add(struct drift_moments *m, const double *values, size_t n)
{
    double kept[BLOCK];
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t count = keep_finite(m, kept, values + at, n - at < BLOCK ? n - at : BLOCK);
        if (!count)
            continue;
        struct drift_moments block = of_block(kept, count);
        drift_moments_merge(m, &block);
    }
}

void drift_moments_merge(struct drift_moments *m, const struct drift_moments *other)
{
    m->nan += other->nan;
    m->pos_inf += other->pos_inf;
    m->neg_inf += other->neg_inf;
    if (!other->count)
        return;
    m->zeros += other->zeros;
    m->min = m->count && m->min < other->min ? m->min : other->min;
    m->max = m->count && m->max > other->max ? m->max : other->max;
    double a = (double)m->count, b = (double)other->count, d = other->mean - m->mean;
    if (!m->count)
        m->mean = other->mean;
    else
        m->mean += d * (b / (a + b));
    m->m2 += other->m2 + (m->count ? d * d * (a * (b / (a + b))) : 0);
    m->count += other->count;
}

double drift_moments_deviation(const struct drift_moments *m, unsigned ddof)
{
    return m->count > ddof ? sqrt(m->m2 / (double)(m->count - ddof)) : NAN;
}
