/* What a distance comes to where nothing drifted: it is not 0, and with few rows it is above any constant line.
 *
 * n are the reference's rows, m the current side's, r = 1/n + 1/m; tail is the probability that the value is exceeded. */
#ifndef DRIFT_NULL_H
#define DRIFT_NULL_H

#include "drift/distance.h"
#include "drift/method.h"
#include "drift/sample.h"

/* The value that is exceeded by the law of many rows. With q the chi-square of bins - 1 degrees of freedom that is exceeded so
 * often: PSI q r; Jensen-Shannon's and Hellinger's distance √(q r / 8); total variation at most ½ √(q r) (Cauchy and Schwarz);
 * L-infinity at most z √(r / 4), z the normal quantile of tail / (2 bins); Cramér's V, corrected, √((q - bins + 1) / (n + m)), 0 if
 * that is negative; D as drift_ks_critical. Of fewer than two bins 0, and 0 for the others: a p-value has its null in itself, and
 * Wasserstein's distance has one of each feature's own (drift_null_wasserstein). */
double drift_null_line(enum drift_method_id method, double tail, size_t bins, uint64_t n, uint64_t m);

/* The law of many rows is near enough with so many rows a bin on the smaller side in the mean: an empty bin makes PSI jump
 * (drift/null_psi.h). */
enum { DRIFT_NULL_ROWS_IN_BIN = 50 };

/* The same of Wasserstein's raw distance. W / √r tends to ∫ |B(F(x))| dx, B a Brownian bridge: its mean is √(2/π) ∫ √(F(1-F)) dx,
 * its variance the double integral of the covariances of absolute normals, (2/π) (√(1-ρ²) + ρ arcsin ρ - 1) σ σ'. The line is the
 * quantile of the gamma law of that mean and variance, times 1.1, as that law is short of the true one (by 3 per cent at a tail of
 * 0.05 and 9 at 0.001 of a normal reference, in simulation); with a heavy tail and a hundred rows it is passed five times as often as it
 * should be. Over the reference's deviation it is that of the normed distance. */
enum drift_state drift_null_wasserstein(const struct drift_sample *reference, double tail, uint64_t m, double *line);

#endif
