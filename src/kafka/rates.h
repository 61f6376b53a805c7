/* What can be told from a few observed offsets: rates, how old an offset is, where the lag goes,
 * when it will be gone. */
#ifndef KAFKA_RATES_H
#define KAFKA_RATES_H

#include "table/table.h"

#include <stdbool.h>
#include <stdint.h>

/* An offset and when it was seen: milliseconds of the monotonic clock. */
struct kafka_point {
    int64_t ms, offset;
};

/* Observations of an offset that only grows, oldest first. Close together near now and ever further
 * apart before, so that a few points reach far back; a time without change is two points, its begin
 * and its end. Zeroed is empty. */
struct kafka_ring {
    struct kafka_point *points;
    uint16_t n, room;
};

enum {
    KAFKA_RING_ENDS = 32,    /* points kept of a partition's end */
    KAFKA_RING_COMMITS = 16, /* and of a group's committed offset */
};

void kafka_ring_done(struct kafka_ring *r);
/* Adds an observation; max is how many points may be kept (at least 8). One that is no later than
 * the last is left out. False if the offset went back: everything before is forgotten then. */
bool kafka_ring_add(struct kafka_ring *r, unsigned max, int64_t ms, int64_t offset);
/* Puts older points, oldest first, before those that are there; as far as they fit to them. */
void kafka_ring_seed(struct kafka_ring *r, unsigned max, const struct kafka_point *points, size_t n);
/* The offset at a time, between two points by proportion, after the last one the last; false before
 * the first. */
bool kafka_ring_at(const struct kafka_ring *r, int64_t ms, double *offset);
/* The rate a second between the last two observations; false before there are two. */
bool kafka_ring_rate(const struct kafka_ring *r, double *rate);
/* How long ago an end offset was `offset`, that is how old the record there is; seconds.
 * QUALITY_EST, QUALITY_GE where it is older than all points, QUALITY_EXACT and 0 where nothing is
 * there yet; QUALITY_UNKNOWN without points. */
enum quality kafka_ring_age(const struct kafka_ring *r, int64_t offset, int64_t now_ms, double *seconds);

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

/* ---- lag ---- */

/* What follows from offsets of one partition of a group; -1 stands for an offset that is not known
 * or not there. */
struct kafka_lag {
    bool known;
    int64_t lag;   /* end - max(committed, start), never negative */
    int64_t lost;  /* max(0, start - committed) */
    int64_t ahead; /* max(0, committed - end) */
};

struct kafka_lag kafka_lag_of(int64_t committed, int64_t start, int64_t end);

#endif
