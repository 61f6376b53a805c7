/* The law of Kolmogorov and Smirnov's one-sample D of n rows, for any n. */
#ifndef DRIFT_KS_LAW_H
#define DRIFT_KS_LAW_H

#include <stdint.h>

/* P(D_n >= d), n >= 1, by the ranges that Simard and L'Ecuyer 2011 give for the upper tail: the ends in closed form (Ruben and
 * Gambino 1982), Durbin's matrix (Marsaglia, Tsang and Wang 2003), Pelz and Good's 1976 expansion, and twice the one-sided law,
 * summed as Birnbaum and Tingey 1951 have it. Relative error below 1e-9 up to 140 rows.
 * Above it is that of the expansion, which falls with n² and is 3e-5 at its most, of 141 rows and d = 1.48/√n; and from there on
 * that of the one-sided law, e^(-6 n d²). */
double drift_ks_law_sf(double d, uint64_t n);

#endif
