/* Rings of observed offsets. */
#include "kafka/ring.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RATE_MS = 4000,    /* a rate is made of so long a time, or of the next observation before it, */
    RATE_MIN_MS = 400, /* and of no less than this: what comes in batches would be 0 now and huge then */
};

void kafka_ring_done(struct kafka_ring *r)
{
    free(r->points);
    *r = (struct kafka_ring){0};
}

/* What is lost without point i: how far its time would be off, and how large a gap it leaves, both
 * as a share of its age. So corners stay, straight stretches thin out, and old ones before young
 * ones. */
static double worth(const struct kafka_ring *r, unsigned i)
{
    const struct kafka_point *l = &r->points[i - 1], *p = &r->points[i], *n = &r->points[i + 1];
    double age = (double)(r->points[r->n - 1].ms - p->ms) + 1;
    double gap = (double)(n->ms - l->ms);
    double off = 0;
    if (n->offset > l->offset)
        off = fabs((double)(p->ms - l->ms) - gap * (double)(p->offset - l->offset) / (double)(n->offset - l->offset));
    return (off + 0.1 * gap) / age;
}

/* Drops the inner point that is worth least; the first and the last two stay. */
static void thin_out(struct kafka_ring *r)
{
    unsigned least = 1;
    double low = worth(r, 1);
    for (unsigned i = 2; i + 2 < r->n; i++) {
        double w = worth(r, i);
        if (w < low) {
            low = w;
            least = i;
        }
    }
    r->n--;
    memmove(&r->points[least], &r->points[least + 1], (r->n - least) * sizeof *r->points);
}

static void make_room(struct kafka_ring *r, unsigned max)
{
    if (r->n == max)
        thin_out(r);
    if (r->n < r->room)
        return;
    unsigned room = r->room ? r->room * 2u : 2;
    r->room = (uint16_t)(room < max ? room : max);
    r->points = mem_realloc(r->points, r->room, sizeof *r->points);
}

bool kafka_ring_add(struct kafka_ring *r, unsigned max, int64_t ms, int64_t offset)
{
    bool back = r->n && offset < r->points[r->n - 1].offset;
    if (back)
        r->n = 0;
    if (r->n && ms <= r->points[r->n - 1].ms) {
        r->points[r->n - 1].offset = offset;
        return true;
    }
    if (r->n >= 2 && r->points[r->n - 1].offset == offset && r->points[r->n - 2].offset == offset) {
        r->points[r->n - 1].ms = ms;
        return true;
    }
    make_room(r, max);
    r->points[r->n++] = (struct kafka_point){.ms = ms, .offset = offset};
    return !back;
}

void kafka_ring_seed(struct kafka_ring *r, unsigned max, const struct kafka_point *points, size_t n, uint32_t slack_ms)
{
    struct kafka_ring old = *r;
    *r = (struct kafka_ring){.old_ms = INT64_MIN};
    for (size_t i = 0; i < n; i++)
        if (old.n == 0 || points[i].ms < old.points[0].ms)
            kafka_ring_add(r, max, points[i].ms, points[i].offset);
    if (r->n) {
        r->old_ms = r->points[r->n - 1].ms;
        r->slack_ms = slack_ms;
    }
    for (unsigned i = 0; i < old.n; i++)
        kafka_ring_add(r, max, old.points[i].ms, old.points[i].offset);
    kafka_ring_done(&old);
}

static double between(const struct kafka_point *l, const struct kafka_point *r, int64_t ms)
{
    return (double)l->offset + (double)(r->offset - l->offset) * (double)(ms - l->ms) / (double)(r->ms - l->ms);
}

bool kafka_ring_at(const struct kafka_ring *r, int64_t ms, double *offset)
{
    if (r->n == 0 || ms < r->points[0].ms)
        return false;
    unsigned i = r->n - 1u;
    while (i && r->points[i].ms > ms)
        i--;
    *offset = i + 1u == r->n ? (double)r->points[i].offset : between(&r->points[i], &r->points[i + 1], ms);
    return true;
}

bool kafka_ring_rate(const struct kafka_ring *r, double *rate)
{
    if (r->n < 2)
        return false;
    const struct kafka_point *b = &r->points[r->n - 1], *a = NULL;
    for (unsigned i = r->n - 1u; i-- > 0 && !(a && b->ms - a->ms >= RATE_MS);)
        if (r->old_ms == 0 || r->points[i].ms > r->old_ms)
            a = &r->points[i];
    if (!a || b->ms - a->ms < RATE_MIN_MS)
        return false;
    *rate = (double)(b->offset - a->offset) * 1000 / (double)(b->ms - a->ms);
    return true;
}
