/* A few observations of an offset that grows: enough for its rate now and for how old an offset is. */
#ifndef KAFKA_RING_H
#define KAFKA_RING_H

#include "base/slab.h"
#include "table/table.h"

#include <stdbool.h>
#include <stdint.h>

/* An offset and when it was seen: milliseconds of the monotonic clock. */
struct kafka_point {
    int64_t ms, offset;
};

/* Points that are less than seven weeks and 2^32 offsets after the base: half as large. */
struct kafka_ring_narrow {
    struct kafka_point base; /* the first point */
    struct kafka_ring_step {
        uint32_t ms, offset; /* after the base's */
    } steps[];               /* of the points that follow it */
};

/* Observations of an offset that only grows, oldest first. Close together near now and ever further
 * apart before, so that a few points reach far back; a time without change is two points, its begin
 * and its end. Zeroed is empty. */
struct kafka_ring {
    union {
        struct kafka_ring_narrow *narrow;
        struct kafka_point *wide;
    };
    uint8_t n, room;
    bool is_wide;
    uint8_t old;       /* so many of the first points are of an earlier run: */
    uint32_t slack_ms; /* these may have been seen so much earlier than their time */
};

enum {
    KAFKA_RING_ENDS = 32,     /* points kept of a partition's end */
    KAFKA_RING_COMMITS = 16,  /* and of a group's committed offset */
    KAFKA_RING_ENDS_FEW = 12, /* the same where there are tens of thousands of partitions */
    KAFKA_RING_COMMITS_FEW = 8,
};

static inline struct kafka_point kafka_ring_point(const struct kafka_ring *r, unsigned i)
{
    if (r->is_wide)
        return r->wide[i];
    const struct kafka_point *base = &r->narrow->base;
    if (i == 0)
        return *base;
    const struct kafka_ring_step *s = &r->narrow->steps[i - 1];
    return (struct kafka_point){.ms = base->ms + s->ms, .offset = base->offset + s->offset};
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
