/* Moments of PSI's terms from moments of each side's shares, and the gamma law that has them. */
#include "drift/null_psi.h"

#include "drift/special.h"

#include <math.h>

#define EMPTY      0.0001 /* Evidently's share of an empty bin */
#define EMPTY_PART 1e-6   /* of the least share, where that is no more than EMPTY */

enum { ORDER = 4, BEYOND = 8 };

/* Of one side's share in one bin: [a][b] is the mean of x^a u^b, where the share is p (1 + x) and p e^u, p the law's. */
struct moments {
    double of[ORDER][ORDER];
};

static void add(struct moments *m, double mass, double x, double u)
{
    double of_x = mass;
    for (int a = 0; a < ORDER; a++, of_x *= x) {
        double of_u = of_x;
        for (int b = 0; b < ORDER; b++, of_u *= u)
            m->of[a][b] += of_u;
    }
}

/* Of n rows with probability p each. Where many counts are likely some of them stand for their neighbours: the trapezoid rule, as
 * good as exact for a bell. */
static struct moments find_moments(double n, double p, double empty)
{
    struct moments m = {0};
    const double mean = n * p, deviation = sqrt(mean * (1 - p)), stride = fmax(1, floor(deviation * 0.7));
    const double last = fmin(n, ceil(mean + BEYOND * deviation + 2 * BEYOND));
    const double begin = mean - BEYOND * deviation > 0 ? floor(mean - BEYOND * deviation) : 0;
    for (double k = begin; k <= last; k += stride) {
        const double mass = drift_special_binomial(k, n, p, 1 - p), share = k > 0 ? k / n : empty;
        add(&m, mass, share / p - 1, log(share / p));
    }
    const double whole = 1 / m.of[0][0];
    for (int i = 0; i < ORDER * ORDER; i++)
        m.of[i / ORDER][i % ORDER] *= whole;
    return m;
}

static const double choose[ORDER][ORDER] = {{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}};

/* The mean of ((x - y)(u - v))^k, y and v the other side's. */
static double term(const struct moments *x, const struct moments *y, int k)
{
    double sum = 0;
    for (int a = 0; a <= k; a++)
        for (int b = 0; b <= k; b++)
            sum += ((a + b) % 2 ? -1 : 1) * choose[k][a] * choose[k][b] * x->of[k - a][k - b] * y->of[a][b];
    return sum;
}

/* Mean, variance, third central moment. */
struct law {
    double mean, variance, third;
};

static void add_bin(struct law *l, double p, const struct moments *x, const struct moments *y)
{
    const double one = p * term(x, y, 1), two = p * p * term(x, y, 2), three = p * p * p * term(x, y, 3);
    l->mean += one;
    l->variance += two - one * one;
    l->third += three - 3 * one * two + 2 * one * one * one;
}

/* The share that an empty bin counts for where there are so many rows; where a share of one row may be less than EMPTY, as if there
 * were such a bin, which makes PSI greater. */
static double empty_of(double rows)
{
    return 1 / rows <= EMPTY ? EMPTY_PART / rows : EMPTY;
}

static double quantile(const struct law *l, double tail)
{
    const double df = 8 * l->variance * l->variance * l->variance / (l->third * l->third);
    const double scale = l->third / (4 * l->variance);
    return l->mean + scale * (drift_special_chi_square_isf(tail, df) - df);
}

enum drift_state drift_null_psi(const uint64_t *reference, size_t bins, uint64_t m, double tail, double *line)
{
    double rows = 0, squares = 0, cubes = 0, used = 0;
    for (size_t i = 0; i < bins; i++)
        rows += (double)reference[i];
    if (rows <= 0 || m == 0)
        return rows <= 0 ? DRIFT_STATE_NO_REFERENCE : DRIFT_STATE_NO_CURRENT;
    struct law l = {0};
    struct moments x, y;
    uint64_t last = 0;
    for (size_t i = 0; i < bins; i++) {
        const double p = (double)reference[i] / rows, q = 1 - p;
        if (reference[i] == 0)
            continue;
        if (reference[i] != last) { /* many bins are alike */
            x = find_moments(rows, p, empty_of(rows));
            y = find_moments((double)m, p, empty_of((double)m));
            last = reference[i];
        }
        add_bin(&l, p, &x, &y);
        used++;
        squares += p * p;
        cubes += q * q * q;
    }
    const double r = 1 / rows + 1 / (double)m;
    l.variance += 2 * r * r * (1 - squares);
    l.third += 8 * r * r * r * (used - 1 - cubes);
    *line = used > 1 && l.variance > 0 && l.third > 0 ? quantile(&l, tail) : 0;
    return DRIFT_STATE_OK;
}
