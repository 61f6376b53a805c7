/* PSI over bins that move with every window, as Evidently's do: for those who compare with its figures. */
#ifndef DRIFT_MOVING_H
#define DRIFT_MOVING_H

#include "drift/lines.h"

/* Over bins of equal width from the least to the greatest value of both sides (drift_edges_sturges), or, where the reference has up to
 * 20 different values, one a value of either. *line: where it alarms by `tail`, as drift_lines_of_counts of these bins. Outputs stay as
 * they are where a side has no values, or there is no finite range. */
void drift_moving_psi(const struct drift_sample *reference, const struct drift_sample *current, struct drift_lines *l,
                      double tail, double *psi, double *line);

#endif
