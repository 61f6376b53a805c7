/* Which groups move: for the sweep, which reads those more often. */
#ifndef KAFKA_MOTION_H
#define KAFKA_MOTION_H

#include "kafka/model.h"
#include "kafka/sweep.h"

/* Tells the sweep of every group of the model whether it lags, has committed anew lately, or has a partition whose end is
 * another one now than when the group was read. now_ms is wall time. */
void kafka_motion_tell(const struct kafka_model *m, struct kafka_sweep *sweep, int64_t now_ms);

#endif
