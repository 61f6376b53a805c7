/* A few observations of an offset that grows: enough for its rate now and for how old an offset is. */
#ifndef KAFKA_RING_H
#define KAFKA_RING_H

#include "base/slab.h"
#include "table/table.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* An offset and when it was seen: milliseconds of the monotonic clock. */
struct kafka_point {
    int64_t ms, offset;
};

/* Observations of an offset that only grows, oldest first. Close together near now and ever further
 * apart before, so that a few points reach far back; a time without change is two points, its begin
 * and its end. Zeroed is empty. */
struct kafka_ring {
    unsigned char *bytes; /* the first point, and of each that follows how much later and how much further it is */
    uint8_t n, room;      /* room: points */
    uint8_t ms_bytes : 4, offset_bytes : 4; /* of these two, lowest first: as many as the longest one needs */
    uint8_t old;                            /* so many of the first points are of an earlier run: */
    uint32_t slack_ms;                      /* these may have been seen so much earlier than their time */
};

enum {
    KAFKA_RING_ENDS = 32,     /* points kept of a partition's end */
    KAFKA_RING_COMMITS = 16,  /* and of a group's committed offset */
    KAFKA_RING_ENDS_FEW = 12, /* the same where there are tens of thousands of partitions */
    KAFKA_RING_COMMITS_FEW = 8,
};

/* n bytes, lowest first. */
static inline uint64_t kafka_ring_load(const unsigned char *at, unsigned n)
{
    uint64_t v = 0;
    while (n--)
        v = v << 8 | at[n];
    return v;
}

static inline struct kafka_point kafka_ring_point(const struct kafka_ring *r, unsigned i)
{
    struct kafka_point p;
    memcpy(&p, r->bytes, sizeof p);
    if (i == 0)
        return p;
    const unsigned char *at = r->bytes + sizeof p + (i - 1u) * (r->ms_bytes + (size_t)r->offset_bytes);
    p.ms = (int64_t)((uint64_t)p.ms + kafka_ring_load(at, r->ms_bytes));
    p.offset = (int64_t)((uint64_t)p.offset + kafka_ring_load(at + r->ms_bytes, r->offset_bytes));
    return p;
}
static inline struct kafka_point kafka_ring_last(const struct kafka_ring *r)
{
    return kafka_ring_point(r, r->n - 1u);
}

/* Its points are in the slab that is given each time, always the same one. */
void kafka_ring_done(struct kafka_ring *r, struct slab *slab);
/* Adds an observation; max is how many points may be kept (at least 8). One that is no later than
 * the last only tells how far it was by then. False if the offset went back: everything before is forgotten then. */
bool kafka_ring_add(struct kafka_ring *r, struct slab *slab, unsigned max, int64_t ms, int64_t offset);
/* Puts older points, oldest first, before those that are there; as far as they fit to them. Each was seen at its time or
 * up to slack_ms earlier. */
void kafka_ring_seed(struct kafka_ring *r, struct slab *slab, unsigned max, const struct kafka_point *points, size_t n,
                     uint32_t slack_ms);
/* The offset at a time, between two points by proportion, after the last one the last; false before
 * the first. */
bool kafka_ring_at(const struct kafka_ring *r, int64_t ms, double *offset);
/* The rate a second between the last observation and the last one that is 4 s or more older, or, while there is none, the
 * oldest; seeded points do not count. False before there are two that are 0.4 s apart. */
bool kafka_ring_rate(const struct kafka_ring *r, double *rate);

#endif
