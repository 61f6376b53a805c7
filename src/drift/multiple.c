/* Bonferroni's, Benjamini and Hochberg's, and Benjamini and Yekutieli's adjusted p-values. */
#include "drift/multiple.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double p;
    size_t at;
};

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->p > y->p) - (x->p < y->p);
}

/* Those that are not NaN, ascending; returns how many. */
static size_t rank(const double *p, size_t n, struct ranked *ranked)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            ranked[m++] = (struct ranked){p[i], i};
    if (m > 0)
        qsort(ranked, m, sizeof *ranked, by_p);
    return m;
}

void drift_multiple_adjust(enum drift_multiple how, const double *p, size_t n, double *adjusted)
{
    struct ranked *ranked = mem_calloc(n + 1, sizeof *ranked);
    size_t m = rank(p, n, ranked);
    double factor = (double)m, least = 1;
    for (size_t k = 2; how == DRIFT_MULTIPLE_BY && k <= m; k++)
        factor += (double)m / (double)k;
    for (size_t i = 0; i < n; i++)
        adjusted[i] = NAN;
    for (size_t i = m; i-- > 0;) {
        double value = ranked[i].p * factor / (how == DRIFT_MULTIPLE_BONFERRONI ? 1 : (double)(i + 1));
        least = how == DRIFT_MULTIPLE_BONFERRONI ? fmin(1, value) : fmin(least, value);
        adjusted[ranked[i].at] = least;
    }
    free(ranked);
}
