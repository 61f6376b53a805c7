/* Special functions behind the tests' p-values: incomplete gamma, chi-square and normal laws, the binomial. */
#ifndef DRIFT_SPECIAL_H
#define DRIFT_SPECIAL_H

/* Q(a, x) = Γ(a, x) / Γ(a), the upper regularised incomplete gamma function, a > 0: the series DLMF 8.11.4 below a + 1, the
 * continued fraction DLMF 8.9.2 above. x <= 0 gives 1, infinity 0, NaN NaN. */
double drift_special_gamma_q(double a, double x);

/* P(X >= x) of chi-square with df > 0 degrees of freedom: Q(df / 2, x / 2). */
double drift_special_chi_square_sf(double x, double df);
/* The x that chi-square with df degrees of freedom exceeds with probability `tail`, 0 < tail < 1. */
double drift_special_chi_square_isf(double tail, double df);

/* P(Z >= z) of the standard normal law: erfc(z / √2) / 2. */
double drift_special_normal_sf(double z);
/* The z that the standard normal law exceeds with probability `tail`, 0 < tail < 1. */
double drift_special_normal_isf(double tail);

/* P(k of n), each with probability p; k and n are whole, q is 1 - p as exactly as the caller has it. In the saddle-point form
 * (Loader 2000), which loses nothing where n is large. */
double drift_special_binomial(double k, double n, double p, double q);

/* ln Γ(n + 1) less Stirling's (n + ½) ln n - n + ½ ln 2π, n > 0 (DLMF 5.11.1). */
double drift_special_stirling_rest(double n);

#endif
