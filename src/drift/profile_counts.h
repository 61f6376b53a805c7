/* Counts of a profile over edges that came after its values did: exact from values that are held whole, else from the sketch. */
#ifndef DRIFT_PROFILE_COUNTS_H
#define DRIFT_PROFILE_COUNTS_H

#include "drift/profile.h"

/* Gives a profile, settled, counts over these edges (NULL: none) in place of those that it has; edges outlive it. Nothing changes for
 * a CATEGORY or where its counts are over just these. Of values that are no longer held each bin's share is off by no more than
 * drift_kll_error(.., 1) says; all bins together are all values. */
void drift_profile_counts_over(struct drift_profile *p, const struct drift_edges *edges);

#endif
