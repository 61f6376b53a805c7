/* Rings of observed offsets and what follows from them. */
#include "kafka/rates.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONSUMED_MIN_MS = 15000,  /* span of commits that a rate is made of */
    CONSUMED_MIN_STEPS = 2,   /* intervals between commits */
    CONSUMED_IDLE_MS = 60000, /* without a commit for so long and for four intervals, nothing is consumed */
    TREND_MS = 60000,
    TREND_NOISE_MS = 10000, /* the longest interval between commits that counts as noise */
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

bool kafka_ring_add(struct kafka_ring *r, unsigned max, int64_t ms, int64_t offset)
{
    bool back = r->n && offset < r->points[r->n - 1].offset;
    if (back)
        r->n = 0;
    if (r->n && ms <= r->points[r->n - 1].ms)
        return !back;
    if (r->n >= 2 && r->points[r->n - 1].offset == offset && r->points[r->n - 2].offset == offset) {
        r->points[r->n - 1].ms = ms;
        return true;
    }
    if (r->n == max)
        thin_out(r);
    if (r->n == r->room) {
        unsigned room = r->room ? r->room * 2u : 4;
        r->room = (uint16_t)(room < max ? room : max);
        r->points = mem_realloc(r->points, r->room, sizeof *r->points);
    }
    r->points[r->n++] = (struct kafka_point){.ms = ms, .offset = offset};
    return !back;
}

void kafka_ring_seed(struct kafka_ring *r, unsigned max, const struct kafka_point *points, size_t n)
{
    struct kafka_ring old = *r;
    *r = (struct kafka_ring){0};
    for (size_t i = 0; i < n; i++)
        if (old.n == 0 || points[i].ms < old.points[0].ms)
            kafka_ring_add(r, max, points[i].ms, points[i].offset);
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
    const struct kafka_point *a = &r->points[r->n - 2], *b = &r->points[r->n - 1];
    *rate = (double)(b->offset - a->offset) * 1000 / (double)(b->ms - a->ms);
    return true;
}

enum quality kafka_ring_age(const struct kafka_ring *r, int64_t offset, int64_t now_ms, double *seconds)
{
    *seconds = 0;
    if (r->n == 0)
        return QUALITY_UNKNOWN;
    if (offset >= r->points[r->n - 1].offset)
        return QUALITY_EXACT;
    if (offset < r->points[0].offset) {
        *seconds = (double)(now_ms - r->points[0].ms) / 1000;
        return *seconds > 0 ? QUALITY_GE : QUALITY_UNKNOWN; /* a bound of nothing is none */
    }
    /* The newest point at or below it: the record came after that, and before the next one. */
    unsigned i = r->n - 2u;
    while (r->points[i].offset > offset)
        i--;
    const struct kafka_point *a = &r->points[i], *b = &r->points[i + 1];
    double at =
        (double)a->ms + (double)(b->ms - a->ms) * (double)(offset - a->offset) / (double)(b->offset - a->offset);
    *seconds = ((double)now_ms - at) / 1000;
    if (*seconds < 0)
        *seconds = 0;
    return QUALITY_EST;
}

/* ---- rates of commits ---- */

static bool is_step(const struct kafka_ring *r, unsigned i)
{
    return i > 0 && r->points[i].offset > r->points[i - 1].offset;
}

/* The stretch of commits that a rate is made of: from the first step to the last one that count. */
struct stretch {
    int64_t from_ms, to_ms, offsets;
    unsigned steps; /* intervals in it; 0: there is none */
};

static struct stretch last_steps(const struct kafka_ring *r)
{
    unsigned last = r->n;
    while (last-- > 0 && !is_step(r, last))
        ;
    if (last == UINT32_MAX)
        return (struct stretch){0};
    struct stretch s = {.to_ms = r->points[last].ms};
    for (unsigned i = last; i-- > 0;) {
        if (i && !is_step(r, i))
            continue;
        /* The first observation of all is no step; it counts only where there is nothing else. */
        if (i == 0 && s.steps)
            break;
        s.from_ms = r->points[i].ms;
        s.offsets = r->points[last].offset - r->points[i].offset;
        s.steps++;
        if (s.steps >= CONSUMED_MIN_STEPS && s.to_ms - s.from_ms >= CONSUMED_MIN_MS)
            break;
    }
    return s;
}

bool kafka_rates_consumed(const struct kafka_ring *commits, int64_t now_ms, double *rate)
{
    if (commits->n < 2)
        return false;
    struct stretch s = last_steps(commits);
    *rate = 0;
    if (s.steps == 0)
        return true;
    int64_t interval = (s.to_ms - s.from_ms) / s.steps, silent = now_ms - s.to_ms;
    if (silent > CONSUMED_IDLE_MS && silent > 4 * interval)
        return true;
    int64_t until = silent > 2 * interval ? now_ms : s.to_ms;
    *rate = (double)s.offsets * 1000 / (double)(until - s.from_ms);
    return true;
}

/* ---- where the lag goes ---- */

/* The committed offset as it was known at a time: commits are steps. */
static int64_t committed_at(const struct kafka_ring *r, int64_t ms)
{
    unsigned i = r->n - 1u;
    while (i && r->points[i].ms > ms)
        i--;
    return r->points[i].offset;
}

/* The moment nearest to a time at which the committed offset is known: while it stood still all are, else those of the
 * points. */
static int64_t seen_near(const struct kafka_ring *r, int64_t ms)
{
    unsigned i = r->n - 1u;
    while (i && r->points[i].ms > ms)
        i--;
    const struct kafka_point *a = &r->points[i];
    if (i + 1u == r->n || a->ms >= ms)
        return a->ms;
    const struct kafka_point *b = a + 1;
    if (a->offset == b->offset)
        return ms;
    return ms - a->ms <= b->ms - ms ? a->ms : b->ms;
}

bool kafka_rates_trend(const struct kafka_ring *ends, const struct kafka_ring *commits, int64_t now_ms,
                       struct kafka_trend *ret)
{
    if (ends->n < 2 || commits->n < 2)
        return false;
    int64_t to = ends->points[ends->n - 1].ms, from = now_ms - TREND_MS;
    from = seen_near(commits, from);
    from = from > ends->points[0].ms ? from : ends->points[0].ms;
    double before, after;
    if (from >= to || !kafka_ring_at(ends, from, &before) || !kafka_ring_at(ends, to, &after))
        return false;
    double seconds = (double)(to - from) / 1000;
    double in = after - before;
    double out = (double)(committed_at(commits, to) - committed_at(commits, from));
    struct stretch s = last_steps(commits);
    double step_ms = s.steps ? (double)(s.to_ms - s.from_ms) / s.steps : 0;
    double throughput = (in > out ? in : out) / seconds;
    *ret = (struct kafka_trend){
        .lag_rate = (in - out) / seconds,
        .throughput = throughput,
        .noise = throughput * (step_ms < TREND_NOISE_MS ? step_ms : TREND_NOISE_MS) / 1000 / seconds,
    };
    return true;
}

const char *kafka_rates_trend_text(const struct kafka_trend *t)
{
    double dead = 1.0 / 60;
    dead = t->noise > dead ? t->noise : dead;
    dead = t->throughput / 100 > dead ? t->throughput / 100 : dead;
    return t->lag_rate > dead ? "rising" : t->lag_rate < -dead ? "falling" : "steady";
}

double kafka_rates_eta(double lag, double rate_in, double rate_out)
{
    if (lag <= 0)
        return 0;
    double net = rate_out - rate_in;
    return net > 0 ? lag / net : (double)INFINITY;
}

/* ---- lag ---- */

struct kafka_lag kafka_lag_of(int64_t committed, int64_t start, int64_t end)
{
    struct kafka_lag r = {0};
    if (committed < 0)
        return r;
    if (start > committed)
        r.lost = start - committed;
    if (end < 0)
        return r;
    int64_t from = committed > start ? committed : start;
    r.known = true;
    r.lag = end > from ? end - from : 0;
    r.ahead = committed > end ? committed - end : 0;
    return r;
}
