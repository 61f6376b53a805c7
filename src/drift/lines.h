/* Where a distance's alarm begins: the quantile of what it comes to without drift, remembered, since it is asked again with every
 * window. */
#ifndef DRIFT_LINES_H
#define DRIFT_LINES_H

#include "drift/null.h"

struct drift_lines;

struct drift_lines *drift_lines_new(void);
void drift_lines_free(struct drift_lines *l); /* NULL is allowed */

/* The value that `method` exceeds with probability `tail` where nothing drifted, from counts, with what drift_null_line lacks where a
 * bin has fewer than DRIFT_NULL_ROWS_IN_BIN rows in the mean on the smaller side, or any of them fewer than 20:
 * - PSI's is drift_null_psi's, with the current rows rounded down to the eighth of an octave; bins of nearly the same count (deciles)
 *   have one law.
 * - Jensen-Shannon's distance is at most √(2 ln 2), Hellinger's √2 times what chi-square makes of it: with Δ = Σ (p - q)² / (p + q)
 *   JSD <= ½ ln 2 Δ and H² <= ½ Δ (Topsøe 2000), where both tend to ¼ Δ.
 * Of a p-value, of D and of Wasserstein's distance 0: they are not of counts. l: NULL remembers nothing. */
double drift_lines_of_counts(struct drift_lines *l, enum drift_method_id method,
                             const struct drift_distance_sides *sides, double tail);

/* The same of Wasserstein's raw distance for n rows of the reference's and m current ones; `whose` is the reference's values, by whose
 * address it is remembered. */
double drift_lines_wasserstein(struct drift_lines *l, const struct drift_sample *whose, double tail, uint64_t m);

#endif
