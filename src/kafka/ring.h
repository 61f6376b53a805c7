/* A few observations of an offset that grows: enough for its rate now and for how old an offset is. */
#ifndef KAFKA_RING_H
#define KAFKA_RING_H

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

#endif
