/* Quantiles of classic and of native histograms. */
#include "prom/histogram.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* How far two counts may differ, of their sum, and still be the same but for rounding. */
static const double ROUNDING = 1e-12;

static bool is_outside(double q, double *ret)
{
    if (isnan(q))
        *ret = NAN;
    else if (q < 0)
        *ret = -INFINITY;
    else if (q > 1)
        *ret = INFINITY;
    else
        return false;
    return true;
}

/* ---- classic ---- */

/* By bound; one that is no number goes behind +Inf. */
static int compare_bounds(const void *a, const void *b)
{
    double x = ((const struct prom_histogram_bucket *)a)->le, y = ((const struct prom_histogram_bucket *)b)->le;

    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return (x > y) - (x < y);
}

/* Buckets of the same bound become one; returns how many are left. */
static size_t merge_bounds(struct prom_histogram_bucket *buckets, size_t n)
{
    size_t last = 0;

    for (size_t i = 1; i < n; i++) {
        if (buckets[i].le == buckets[last].le)
            buckets[last].count += buckets[i].count;
        else
            buckets[++last] = buckets[i];
    }
    return last + 1;
}

static bool is_rounding(double a, double b)
{
    double sum = fabs(a) + fabs(b), difference = fabs(a - b);

    if (a == 0 || b == 0 || sum < DBL_MIN)
        return difference < ROUNDING * DBL_MIN;
    return difference / fmin(sum, DBL_MAX) < ROUNDING;
}

static void note_forced(struct prom_histogram_doubt *doubt, double le, double by)
{
    if (!doubt->forced) {
        *doubt = (struct prom_histogram_doubt){.forced = true, .forced_from = le, .forced_to = le, .forced_by = by};
        return;
    }
    doubt->forced_to = le;
    doubt->forced_by = fmax(doubt->forced_by, by);
}

/* Makes counts rise from one bucket to the next, as those of a cumulative histogram do. */
static void mend_counts(struct prom_histogram_bucket *buckets, size_t n, struct prom_histogram_doubt *doubt)
{
    double before = buckets[0].count;

    for (size_t i = 1; i < n; i++) {
        double count = buckets[i].count;

        if (count == before)
            continue;
        if (is_rounding(before, count)) {
            buckets[i].count = before;
        } else if (count < before) {
            note_forced(doubt, buckets[i].le, before - count);
            buckets[i].count = before;
        } else {
            before = count;
        }
    }
}

/* The first bucket of all but the last that reaches the rank, else the last. */
static size_t find_rank(const struct prom_histogram_bucket *buckets, size_t n, double rank)
{
    size_t low = 0, high = n - 1;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (buckets[middle].count >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

double prom_histogram_quantile(double q, struct prom_histogram_bucket *buckets, size_t n,
                               struct prom_histogram_doubt *doubt)
{
    struct prom_histogram_doubt mended = {0};
    double ret, rank, start = 0, below = 0;
    size_t b;

    if (doubt)
        *doubt = mended;
    if (is_outside(q, &ret))
        return ret;
    if (!n)
        return NAN;
    qsort(buckets, n, sizeof *buckets, compare_bounds);
    if (buckets[n - 1].le != INFINITY)
        return NAN;
    n = merge_bounds(buckets, n);
    mend_counts(buckets, n, &mended);
    if (doubt)
        *doubt = mended;
    if (n < 2 || buckets[n - 1].count == 0)
        return NAN;

    rank = q * buckets[n - 1].count;
    b = find_rank(buckets, n, rank);
    if (b == n - 1)
        return buckets[n - 2].le;
    if (b == 0 && buckets[0].le <= 0)
        return buckets[0].le;
    if (b > 0) {
        start = buckets[b - 1].le;
        below = buckets[b - 1].count;
    }
    return start + (buckets[b].le - start) * ((rank - below) / (buckets[b].count - below));
}

/* ---- native ---- */

/* A bucket around zero reaches only as far as the others say: to 0 where all of them are on one side. */
static void narrow_zero(const struct prom_histogram_native *h, struct prom_histogram_native_bucket *zero)
{
    bool negative = false, positive = false;

    for (size_t i = 0; i < h->n; i++) {
        negative |= h->buckets[i].high < 0;
        positive |= h->buckets[i].low > 0;
    }
    if (positive && !negative)
        zero->low = 0;
    else if (negative && !positive)
        zero->high = 0;
}

/* The bucket in which the rank lies, counted from the low or the high end, and how many there are up to its other end. Returns
 * false where all of them are empty. */
static bool walk(const struct prom_histogram_native *h, bool up, double rank, struct prom_histogram_native_bucket *ret,
                 double *count)
{
    bool any = false;

    *count = 0;
    for (size_t i = 0; i < h->n; i++) {
        const struct prom_histogram_native_bucket *b = &h->buckets[up ? i : h->n - 1 - i];

        if (b->count == 0)
            continue;
        any = true;
        *ret = *b;
        *count += b->count;
        if (*count >= rank)
            break;
    }
    return any;
}

/* At a fraction of a bucket's width: linear where it holds zero or its bounds are custom, else by its logarithm. */
static double interpolate(const struct prom_histogram_native_bucket *b, bool custom, double fraction)
{
    double low, high;

    if (custom || (b->low <= 0 && b->high >= 0))
        return b->low + (b->high - b->low) * fraction;
    low = log2(fabs(b->low));
    high = log2(fabs(b->high));
    if (b->low > 0)
        return exp2(low + (high - low) * fraction);
    return -exp2(high + (low - high) * (1 - fraction));
}

double prom_histogram_native_quantile(double q, const struct prom_histogram_native *h)
{
    struct prom_histogram_native_bucket b;
    bool up = isnan(h->sum) || q < 0.5;
    double ret, count, rank = (up ? q : 1 - q) * h->count;

    if (is_outside(q, &ret))
        return ret;
    if (h->count == 0 || !walk(h, up, rank, &b, &count))
        return NAN;
    if (h->custom) {
        if (b.low == -INFINITY && b.high <= 0)
            return b.high;
        if (b.low == -INFINITY)
            b.low = 0;
        else if (b.high == INFINITY)
            return b.low;
    } else if (b.low < 0 && b.high > 0) {
        narrow_zero(h, &b);
    }
    /* adding up may have gone beyond by rounding */
    count = fmin(count, h->count);
    if (count < rank)
        return isnan(h->sum) ? NAN : b.high;
    rank = up ? rank - (count - b.count) : count - rank;
    return interpolate(&b, h->custom, rank / b.count);
}
