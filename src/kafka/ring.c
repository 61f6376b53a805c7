/* Rings of observed offsets. */
#include "kafka/ring.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RATE_MS = 4000,    /* a rate is made of so long a time, or of the next observation before it, */
    RATE_MIN_MS = 400, /* and of no less than this: what comes in batches would be 0 now and huge then */
    MS_BYTES = 3,      /* of a time at least: two would last for a minute */
    LONG_BYTES = 4,    /* what is longer takes all of them: */
    ALL_BYTES = 8,
};

/* ---- its memory ---- */

/* Of each point but the first. */
static size_t step_of(const struct kafka_ring *r)
{
    return r->ms_bytes + (size_t)r->offset_bytes;
}

static size_t size_of(const struct kafka_ring *r, unsigned room)
{
    return room ? sizeof(struct kafka_point) + (room - 1) * step_of(r) : 0;
}

static unsigned char *at_step(const struct kafka_ring *r, unsigned i)
{
    return r->bytes + sizeof(struct kafka_point) + (i - 1) * step_of(r);
}

void kafka_ring_done(struct kafka_ring *r, struct slab *slab)
{
    slab_free(slab, r->bytes, size_of(r, r->room));
    *r = (struct kafka_ring){.n = 0};
}

/* Makes room for so many points, all that are there among them. */
static void resize(struct kafka_ring *r, struct slab *slab, unsigned room)
{
    r->bytes = slab_resize(slab, r->bytes, size_of(r, r->room), size_of(r, room));
    r->room = (uint8_t)room;
}

static unsigned bytes_needed(uint64_t v)
{
    unsigned n = v ? (71 - (unsigned)__builtin_clzll(v)) / 8 : 0;
    return n <= LONG_BYTES ? n : ALL_BYTES;
}

static void store(unsigned char *at, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++, v >>= 8)
        at[i] = (unsigned char)v;
}

static void set_step(struct kafka_ring *r, unsigned i, uint64_t ms, uint64_t offset)
{
    store(at_step(r, i), ms, r->ms_bytes);
    store(at_step(r, i) + r->ms_bytes, offset, r->offset_bytes);
}

/* Makes times and offsets so long that these two fit as well. */
static void widen(struct kafka_ring *r, struct slab *slab, uint64_t ms, uint64_t offset)
{
    unsigned ms_bytes = bytes_needed(ms), offset_bytes = bytes_needed(offset);
    if (ms_bytes <= r->ms_bytes && offset_bytes <= r->offset_bytes)
        return;
    struct kafka_ring old = *r;
    ms_bytes = ms_bytes < MS_BYTES ? MS_BYTES : ms_bytes;
    r->ms_bytes = (ms_bytes > old.ms_bytes ? ms_bytes : old.ms_bytes) & 15;
    r->offset_bytes = (offset_bytes > old.offset_bytes ? offset_bytes : old.offset_bytes) & 15;
    r->bytes = slab_alloc(slab, size_of(r, r->room));
    memcpy(r->bytes, old.bytes, sizeof(struct kafka_point));
    for (unsigned i = 1; i < old.n; i++)
        set_step(r, i, kafka_ring_load(at_step(&old, i), old.ms_bytes),
                 kafka_ring_load(at_step(&old, i) + old.ms_bytes, old.offset_bytes));
    slab_free(slab, old.bytes, size_of(&old, old.room));
}

/* Sets a point for which there is room; the first one only while it is the only one. */
static void set(struct kafka_ring *r, struct slab *slab, unsigned i, struct kafka_point p)
{
    if (i == 0) {
        memcpy(r->bytes, &p, sizeof p);
        return;
    }
    const struct kafka_point base = kafka_ring_point(r, 0);
    uint64_t ms = (uint64_t)p.ms - (uint64_t)base.ms, offset = (uint64_t)p.offset - (uint64_t)base.offset;
    widen(r, slab, ms, offset);
    set_step(r, i, ms, offset);
}

/* Not the first one. */
static void drop(struct kafka_ring *r, unsigned i)
{
    r->n--;
    r->old -= i < r->old;
    memmove(at_step(r, i), at_step(r, i + 1), (r->n - i) * step_of(r));
}

/* ---- which points stay ---- */

/* What is lost without point i: how far its time would be off, and how large a gap it leaves, both
 * as a share of its age. So corners stay, straight stretches thin out, and old ones before young
 * ones. */
static double worth(const struct kafka_ring *r, unsigned i)
{
    const struct kafka_point l = kafka_ring_point(r, i - 1), p = kafka_ring_point(r, i), n = kafka_ring_point(r, i + 1);
    double age = (double)(kafka_ring_last(r).ms - p.ms) + 1;
    double gap = (double)(n.ms - l.ms);
    double off = 0;
    if (n.offset > l.offset)
        off = fabs((double)(p.ms - l.ms) - gap * (double)(p.offset - l.offset) / (double)(n.offset - l.offset));
    return (off + 0.1 * gap) / age;
}

/* Drops the inner point that is worth least; the first and the last two stay. */
static void thin_out(struct kafka_ring *r)
{
    unsigned least = 1;
    double low = worth(r, 1);
    for (unsigned i = 2; i + 2u < r->n; i++) {
        double w = worth(r, i);
        if (w < low) {
            low = w;
            least = i;
        }
    }
    drop(r, least);
}

static void make_room(struct kafka_ring *r, struct slab *slab, unsigned max)
{
    while (r->n >= max)
        thin_out(r);
    if (r->room > max)
        resize(r, slab, max);
    if (r->n < r->room)
        return;
    unsigned room = r->room ? r->room * 2u : 2;
    resize(r, slab, room < max ? room : max);
}

static bool add(struct kafka_ring *r, struct slab *slab, unsigned max, int64_t ms, int64_t offset)
{
    const struct kafka_point p = {.ms = ms, .offset = offset};
    bool back = r->n && offset < kafka_ring_last(r).offset;
    if (back)
        r->n = r->old = 0;
    if (r->n && ms <= kafka_ring_last(r).ms) {
        set(r, slab, r->n - 1u, (struct kafka_point){.ms = kafka_ring_last(r).ms, .offset = offset});
        return true;
    }
    if (r->n >= 2 && kafka_ring_last(r).offset == offset && kafka_ring_point(r, r->n - 2u).offset == offset) {
        set(r, slab, r->n - 1u, p);
        r->old = r->old < r->n ? r->old : (uint8_t)(r->n - 1u);
        return true;
    }
    make_room(r, slab, max);
    set(r, slab, r->n, p);
    r->n++;
    return !back;
}

bool kafka_ring_add(struct kafka_ring *r, struct slab *slab, unsigned max, int64_t ms, int64_t offset)
{
    bool on = add(r, slab, max, ms, offset);
    r->bytes = slab_settle(slab, r->bytes, size_of(r, r->room));
    return on;
}

void kafka_ring_seed(struct kafka_ring *r, struct slab *slab, unsigned max, const struct kafka_point *points, size_t n,
                     uint32_t slack_ms)
{
    struct kafka_ring old = *r;
    *r = (struct kafka_ring){.n = 0};
    for (size_t i = 0; i < n; i++)
        if (old.n == 0 || points[i].ms < kafka_ring_point(&old, 0).ms)
            kafka_ring_add(r, slab, max, points[i].ms, points[i].offset);
    r->old = r->n;
    r->slack_ms = slack_ms;
    for (unsigned i = 0; i < old.n; i++)
        kafka_ring_add(r, slab, max, kafka_ring_point(&old, i).ms, kafka_ring_point(&old, i).offset);
    kafka_ring_done(&old, slab);
}

static double between(struct kafka_point l, struct kafka_point r, int64_t ms)
{
    return (double)l.offset + (double)(r.offset - l.offset) * (double)(ms - l.ms) / (double)(r.ms - l.ms);
}

bool kafka_ring_at(const struct kafka_ring *r, int64_t ms, double *offset)
{
    if (r->n == 0 || ms < kafka_ring_point(r, 0).ms)
        return false;
    unsigned i = r->n - 1u;
    while (i && kafka_ring_point(r, i).ms > ms)
        i--;
    *offset = i + 1u == r->n ? (double)kafka_ring_point(r, i).offset
                             : between(kafka_ring_point(r, i), kafka_ring_point(r, i + 1), ms);
    return true;
}

bool kafka_ring_rate(const struct kafka_ring *r, double *rate)
{
    if (r->n < 2)
        return false;
    const struct kafka_point b = kafka_ring_last(r);
    struct kafka_point a = b;
    for (unsigned i = r->n - 1u; i-- > 0 && b.ms - a.ms < RATE_MS;)
        if (i >= r->old)
            a = kafka_ring_point(r, i);
    if (b.ms - a.ms < RATE_MIN_MS)
        return false;
    *rate = (double)(b.offset - a.offset) * 1000 / (double)(b.ms - a.ms);
    return true;
}
