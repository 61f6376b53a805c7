/* Tails of a conditional binomial. */
#include "drift/chance.h"

#include "drift/proportion.h"
#include "drift/special.h"

#include <math.h>

/* P(X >= from) and P(X <= from) of k rows, each current with probability m / (n + m). */
static void tails(uint64_t k, uint64_t from, uint64_t n, uint64_t m, double *upper, double *lower)
{
    double all = (double)n + (double)m, p = (double)m / all, q = (double)n / all;
    *upper = *lower = 0;
    for (uint64_t i = 0; i <= k; i++) {
        double mass = drift_special_binomial((double)i, (double)k, p, q);
        *upper += i >= from ? mass : 0;
        *lower += i <= from ? mass : 0;
    }
}

double drift_chance_share(uint64_t a, uint64_t n, uint64_t b, uint64_t m)
{
    double upper, lower;
    if (!n || !m || a + b == 0 || a + b == n + m)
        return 1;
    if (a + b > n + m - a - b) {
        a = n - a;
        b = m - b;
    }
    if (a + b > DRIFT_CHANCE_FEW) {
        struct drift_proportion z;
        drift_proportion_test(a, n, b, m, &z);
        return z.p;
    }
    tails(a + b, b, n, m, &upper, &lower);
    return fmin(1, 2 * fmin(upper, lower));
}

double drift_chance_more(uint64_t a, uint64_t n, uint64_t b, uint64_t m)
{
    double upper, lower;
    if (!n || !m || b == 0)
        return 1;
    if (a + b > DRIFT_CHANCE_FEW) {
        double p = (double)m / ((double)n + (double)m), k = (double)a + (double)b;
        return drift_special_normal_sf(((double)b - k * p) / sqrt(k * p * (1 - p)));
    }
    tails(a + b, b, n, m, &upper, &lower);
    return fmin(1, upper);
}

double drift_chance_all(uint64_t k, uint64_t n, uint64_t m)
{
    double p = 1;
    if (k > m)
        return 0;
    for (uint64_t i = 0; i < k && p > 1e-300; i++)
        p *= (double)(m - i) / ((double)n + (double)(m - i));
    return p;
}

double drift_chance_outside(uint64_t before, uint64_t n, uint64_t k, uint64_t m)
{
    return before ? drift_chance_share(before, n, k, m) : ((double)k + 1) * drift_chance_all(k, n, m);
}
