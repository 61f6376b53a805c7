/* What PSI comes to without drift where bins have few rows: an empty one makes it jump, and the law of many rows does not hold. */
#ifndef DRIFT_NULL_PSI_H
#define DRIFT_NULL_PSI_H

#include "drift/state.h"

#include <stddef.h>
#include <stdint.h>

/* The PSI (an empty bin as Evidently has it) that is exceeded with probability `tail` where both sides, as many rows as the reference
 * has and m, are drawn from the reference's shares.
 *
 * A bin's term is (p - q)(ln p - ln q), p and q the shares of both sides, each binomial by itself: its first three moments are sums of
 * products of moments that one side has alone, and those are sums over its counts. The moments of all bins together are those of
 * independent bins, and what the bins of many rows have beside them since their counts sum to the rows: Σ cov = 2 r² (1 - Σ p²), and as
 * much as makes the third that of a chi-square of bins - 1 degrees, r = 1/n + 1/m. The line is the quantile of the shifted gamma law
 * of these moments: with many rows the law of drift_null_line.
 * In simulation a line for 1e-3 is passed by 2e-3 at most, and one for 1e-4 by 2e-4, where sides have 100 rows or more and fewer than 30
 * bins (6e-4 of a reference of 100 rows in ten bins), often by less. Takes some 3 microseconds a bin that is not as the one before. */
enum drift_state drift_null_psi(const uint64_t *reference, size_t bins, uint64_t m, double tail, double *line);

#endif
