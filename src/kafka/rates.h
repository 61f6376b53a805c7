/* What can be told from a few observed offsets: rates, how old an offset is, where the lag goes,
 * when it will be gone. */
#ifndef KAFKA_RATES_H
#define KAFKA_RATES_H

#include "kafka/ring.h"

/* Offsets a second over the last commits: they come in steps, so at least two intervals between
 * commits and 15 s count, and once commits stay out the rate falls with the time since. False
 * before there are two observations. */
bool kafka_rates_consumed(const struct kafka_ring *commits, int64_t now_ms, double *rate);

/* Where the lag went in the last minute, or as long as both rings reach back. */
struct kafka_trend {
    double lag_rate;   /* change of the lag a second */
    double throughput; /* the greater of what came in and what went out, a second */
    double noise;      /* change a second that steps of commits explain */
};

bool kafka_rates_trend(const struct kafka_ring *ends, const struct kafka_ring *commits, int64_t now_ms,
                       struct kafka_trend *ret);
/* "rising", "falling" or "steady": steady within 1 % of the throughput, the noise of commits, and a
 * message a minute. */
const char *kafka_rates_trend_text(const struct kafka_trend *t);

/* Seconds until a lag is gone at these rates: 0 without lag, infinite when it does not shrink. */
double kafka_rates_eta(double lag, double rate_in, double rate_out);

#endif
