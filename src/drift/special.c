/* Incomplete gamma function, chi-square, normal and binomial laws in double precision. */
#include "drift/special.h"

#include <float.h>
#include <math.h>

#define LN_SQRT_2PI 0.918938533204672741780329736406

double drift_special_stirling_rest(double n)
{
    if (n < 15) {
        int sign;
        return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - LN_SQRT_2PI;
    }
    double s = 1 / (n * n);
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / n;
}

/* a ln(a / x) + x - a, a and x > 0, without the loss where they are close: with v = (x - a) / (x + a) it is
 * v (x - a) - 2 a (v³/3 + v⁵/5 + …), as ln(x / a) = 2 artanh v. */
static double deviance(double a, double x)
{
    double v = (x - a) / (x + a);
    if (fabs(v) > 0.1)
        return a * log(a / x) + x - a;
    double sum = 0, power = v * v * v, term = 1;
    for (int k = 3; fabs(term) > 1e-17 * fabs(v * v) && k < 60; k += 2, power *= v * v) {
        term = power / k;
        sum += term;
    }
    return v * (x - a) - 2 * a * sum;
}

/* x^a e^-x / Γ(a + 1) */
static double gamma_front(double a, double x)
{
    return exp(-drift_special_stirling_rest(a) - deviance(a, x) - LN_SQRT_2PI) / sqrt(a);
}

/* P(a, x) / gamma_front: 1 + x / (a + 1) + x² / ((a + 1)(a + 2)) + … */
static double gamma_series(double a, double x, double rounds)
{
    double term = 1, sum = 1;
    for (double k = 1; k < rounds && term > sum * DBL_EPSILON / 4; k++) {
        term *= x / (a + k);
        sum += term;
    }
    return sum;
}

/* Γ(a, x) e^x x^-a by the even part of the continued fraction, evaluated from the top (modified Lentz). */
static double gamma_fraction(double a, double x, double rounds)
{
    const double tiny = 1e-300;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / (fabs(b) < tiny ? tiny : b), f = d;
    for (double k = 1; k < rounds; k++) {
        double an = -k * (k - a);
        b += 2;
        d = an * d + b;
        c = b + an / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= d * c;
        if (fabs(d * c - 1) < DBL_EPSILON)
            break;
    }
    return f;
}

double drift_special_gamma_q(double a, double x)
{
    if (isnan(a) || isnan(x))
        return NAN;
    if (x <= 0)
        return 1;
    if (isinf(x))
        return 0;
    double rounds = 1000 + 20 * sqrt(a), front = gamma_front(a, x);
    double q = x < a + 1 ? 1 - front * gamma_series(a, x, rounds) : front * a * gamma_fraction(a, x, rounds);
    return fmin(1, fmax(0, q));
}

double drift_special_chi_square_sf(double x, double df)
{
    return drift_special_gamma_q(df / 2, x / 2);
}

double drift_special_chi_square_isf(double tail, double df)
{
    /* Wilson and Hilferty's cube to begin with, then Newton's steps within what is known to hold the root. */
    double z = drift_special_normal_isf(tail), w = 2 / (9 * df), cube = 1 - w + z * sqrt(w);
    double x = cube > 0.05 ? df * cube * cube * cube : df * 1e-3, low = 0, high = INFINITY;
    for (int i = 0; i < 200; i++) {
        double over = drift_special_chi_square_sf(x, df) - tail;
        if (over > 0)
            low = x;
        else
            high = x;
        double slope = gamma_front(df / 2, x / 2) * df / (2 * x);
        double next = slope > 0 ? x + over / slope : NAN, enough = 1e-9; /* the error is squared by a step */
        if (!(next > low && next < high)) {
            next = isinf(high) ? 2 * x : (low + high) / 2;
            enough = 4 * DBL_EPSILON;
        }
        if (fabs(next - x) <= enough * x)
            return next;
        x = next;
    }
    return x;
}

double drift_special_normal_sf(double z)
{
    return erfc(z * M_SQRT1_2) / 2;
}

double drift_special_normal_isf(double tail)
{
    if (tail > 0.5)
        return -drift_special_normal_isf(1 - tail);
    /* Abramowitz and Stegun 26.2.23, to 4.5e-4; then Halley's steps. */
    double t = sqrt(-2 * log(tail));
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 4; i++) {
        double step = (drift_special_normal_sf(z) - tail) / exp(-z * z / 2 - LN_SQRT_2PI);
        z += step / (1 - z * step / 2);
    }
    return z;
}

double drift_special_binomial(double k, double n, double p, double q)
{
    if (k < 0 || k > n)
        return 0;
    if (p <= 0 || q <= 0)
        return (p <= 0 ? k == 0 : k == n) ? 1 : 0;
    if (k == 0)
        return exp(n * (p < 0.1 ? log1p(-p) : log(q)));
    if (k == n)
        return exp(n * (q < 0.1 ? log1p(-q) : log(p)));
    double rest = drift_special_stirling_rest(n) - drift_special_stirling_rest(k) - drift_special_stirling_rest(n - k);
    return exp(rest - deviance(k, n * p) - deviance(n - k, n * q) - LN_SQRT_2PI) * sqrt(n / (k * (n - k)));
}
