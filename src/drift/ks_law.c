/* P(D_n >= d) by whichever way is exact enough there. */
#include "drift/ks_law.h"

#include "base/mem.h"
#include "drift/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LN_2PI 1.837877066409345483560659472811

/* Terms of the one-sided sum that are looked at: it is smooth in between, and vanishes with all its derivatives at both ends. */
enum { TERMS = 64, TERMS_WIDE = 32, SMALL = 140, MATRIX_MAX = 400 };

/* n d² up to which the bell is so wide that fewer terms will do: what they are off by, less than 4e-8 at 2.2, falls faster than what
 * twice the one-sided law is. */
static const double wide = 60;

/* ln(n! / n^n) */
static double ln_factorial_over_power(double n)
{
    return drift_special_stirling_rest(n) + 0.5 * (LN_2PI + log(n)) - n;
}

/* P(D_n+ >= d) = Σ_j d / (d + j/n) P(j of n, each with d + j/n), j <= n (1 - d). Where there are many terms every `stride`-th
 * stands for its neighbours: the trapezoid rule, which is as good as exact for such a bell. */
static double one_sided_sf(double d, double n)
{
    const int terms = n * d * d < wide ? TERMS_WIDE : TERMS;
    double last = floor(n * (1 - d)), stride = fmax(1, floor(last / terms)), sum = 0;
    for (double j = 0; j <= last; j += stride) {
        double p = d + j / n;
        sum += d / p * drift_special_binomial(j, n, p, (n - j) / n - d);
    }
    return sum * stride;
}

/* ---- Durbin's matrix ---- */

/* A square matrix times 2^shift. */
struct matrix {
    size_t size;
    double *cells;
    int shift;
};

static void multiply(struct matrix *into, const struct matrix *a, const struct matrix *b)
{
    size_t m = a->size;
    double most = 0;
    memset(into->cells, 0, m * m * sizeof *into->cells);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < m; k++)
            for (size_t j = 0; j < m; j++)
                into->cells[i * m + j] += a->cells[i * m + k] * b->cells[k * m + j];
    for (size_t i = 0; i < m * m; i++)
        most = fmax(most, into->cells[i]);
    int shift = 0;
    (void)frexp(most, &shift);
    for (size_t i = 0; i < m * m; i++)
        into->cells[i] = ldexp(into->cells[i], -shift);
    into->shift = a->shift + b->shift + shift;
}

/* H of n d = k - h: ones over factorials on and below the first upper diagonal, less what lies beyond the band in the first column
 * and the last row. */
static void fill(struct matrix *m, size_t k, double h)
{
    size_t size = 2 * k - 1;
    double power = h;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            m->cells[i * size + j] = i + 1 >= j;
    for (size_t i = 0; i < size; i++, power *= h) {
        m->cells[i * size] -= power;
        m->cells[(size - 1) * size + (size - 1 - i)] -= power;
    }
    if (2 * h > 1)
        m->cells[(size - 1) * size] += pow(2 * h - 1, (double)size);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j <= i; j++)
            m->cells[i * size + j] /= tgamma((double)(i + 2 - j));
}

static void swap(struct matrix *a, struct matrix *b)
{
    struct matrix held = *a;
    *a = *b;
    *b = held;
}

/* P(D_n < d) = n! / n^n (H^n)_kk */
static double matrix_cdf(double d, uint64_t n)
{
    double t = (double)n * d;
    size_t k = (size_t)t + 1, size = 2 * k - 1;
    double *cells = mem_calloc(3 * size * size, sizeof *cells);
    struct matrix h = {size, cells, 0}, power = {size, cells + size * size, 0},
                  next = {size, cells + 2 * size * size, 0};
    fill(&h, k, (double)k - t);
    for (size_t i = 0; i < size; i++)
        power.cells[i * size + i] = 1;
    for (uint64_t left = n;; left >>= 1) {
        if (left & 1) {
            multiply(&next, &power, &h);
            swap(&next, &power);
        }
        if (left <= 1)
            break;
        multiply(&next, &h, &h);
        swap(&next, &h);
    }
    double middle = power.cells[(k - 1) * size + k - 1];
    double cdf = middle * exp(ln_factorial_over_power((double)n) + power.shift * M_LN2);
    free(cells);
    return cdf;
}

/* ---- Pelz and Good's expansion ---- */

/* P(√n D_n < z) to n^-3/2. The sums are over (k + ½)² and k², both ways from nothing. */
static double pelz_good_cdf(double z, double n)
{
    const double pi2 = M_PI * M_PI, z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, root = sqrt(M_PI / 2);
    double k0 = 0, k1 = 0, k2 = 0, k3 = 0, even2 = 0, even3 = 0;
    for (int k = 0; k < 20; k++) {
        double a = pi2 * (k + 0.5) * (k + 0.5), b = pi2 * (k + 1.0) * (k + 1.0);
        double half = exp(-a / (2 * z2)), whole = exp(-b / (2 * z2));
        if (half < 1e-30 * k0)
            break;
        k0 += half;
        k1 += (a - z2) * half;
        k2 += (6 * z6 + 2 * z4 + a * (2 * z4 - 5 * z2) + a * a * (1 - 2 * z2)) * half;
        k3 += (a * a * a * (5 - 30 * z2) + a * a * (212 * z4 - 60 * z2) + a * (135 * z4 - 96 * z6) - 30 * z6 -
               90 * z4 * z4) *
              half;
        even2 += b * whole;
        even3 += (3 * b * z2 - b * b) * whole;
    }
    double r = 1 / sqrt(n), cdf = 2 * root / z * k0;
    cdf += r * root / (3 * z4) * k1;
    cdf += r * r * (root / (36 * z6 * z) * k2 - root / (18 * z2 * z) * even2);
    cdf += r * r * r * (root / (3240 * z6 * z4) * k3 + root / (108 * z6) * even3);
    return cdf;
}

/* ---- all of it ---- */

/* d between the closed forms at both ends. */
static double middle_sf(double d, uint64_t n)
{
    double rows = (double)n, square = rows * d * d;
    if (square >= 370)
        return 0;
    if (d >= 0.5 || square >= (n <= SMALL ? 4 : 2.2))
        return 2 * one_sided_sf(d, rows);
    if (square < 0.03) /* the rest is below 1e-16 */
        return 1;
    if (n <= SMALL || (n <= MATRIX_MAX && rows * d * sqrt(d) <= 1.4))
        return 1 - matrix_cdf(d, n);
    return 1 - pelz_good_cdf(sqrt(square), rows);
}

double drift_ks_law_sf(double d, uint64_t n)
{
    double rows = (double)n, t = rows * d, sf;
    if (isnan(d))
        return NAN;
    if (d >= 1)
        return 0;
    if (t <= 0.5)
        return 1;
    if (t <= 1)
        sf = 1 - exp(ln_factorial_over_power(rows) + rows * log(2 * t - 1));
    else if (t >= rows - 1)
        sf = 2 * exp(rows * log1p(-d));
    else
        sf = middle_sf(d, n);
    return fmin(1, fmax(0, sf));
}
