/* A profile's values in ascending order: those that are held, or a sketch's with what they weigh. */
#ifndef DRIFT_POINTS_H
#define DRIFT_POINTS_H

#include "drift/profile.h"
#include "drift/sample.h"

enum { DRIFT_POINTS_QUANTILES = 3 };
extern const double drift_points_ranks[DRIFT_POINTS_QUANTILES]; /* 0.05, 0.5 and 0.95 */

struct drift_points {
    struct drift_sample sample; /* lies in values and upto; n 0: there are none */
    double *values;
    uint64_t *upto;
    bool whole; /* all values as they were */
    double quantiles
        [DRIFT_POINTS_QUANTILES]; /* by drift_points_ranks: the first value whose rows reach ceil(rank rows), as
                                                 drift_kll_view_quantile's inclusive one; NaN: there are no values */
    double error;                 /* of a rank, as a share (drift_kll_error); 0 where whole */
};

/* Of a NUMBER, settled; of a CATEGORY there are none. */
void drift_points_init(struct drift_points *p, const struct drift_profile *profile);
void drift_points_done(struct drift_points *p);

#endif
