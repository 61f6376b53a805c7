/* Rates, trends and times of arrival, from rings of observed offsets. */
#include "kafka/rates.h"

#include <math.h>

enum {
    CONSUMED_MIN_MS = 15000,  /* span of commits that a rate is made of */
    CONSUMED_MIN_STEPS = 2,   /* intervals between commits */
    CONSUMED_IDLE_MS = 60000, /* without a commit for so long and for four intervals, nothing is consumed */
    TREND_MS = 60000,
    TREND_NOISE_MS = 10000, /* the longest interval between commits that counts as noise */
};

/* ---- rates of commits ---- */

static bool is_step(const struct kafka_ring *r, unsigned i)
{
    return i > 0 && kafka_ring_point(r, i).offset > kafka_ring_point(r, i - 1).offset;
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
    struct stretch s = {.to_ms = kafka_ring_point(r, last).ms};
    for (unsigned i = last; i-- > 0;) {
        if (i && !is_step(r, i))
            continue;
        /* The first observation of all is no step; it counts only where there is nothing else. */
        if (i == 0 && s.steps)
            break;
        s.from_ms = kafka_ring_point(r, i).ms;
        s.offsets = kafka_ring_point(r, last).offset - kafka_ring_point(r, i).offset;
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
    while (i && kafka_ring_point(r, i).ms > ms)
        i--;
    return kafka_ring_point(r, i).offset;
}

/* The moment nearest to a time at which the committed offset is known: while it stood still all are, else those of the
 * points. */
static int64_t seen_near(const struct kafka_ring *r, int64_t ms)
{
    unsigned i = r->n - 1u;
    while (i && kafka_ring_point(r, i).ms > ms)
        i--;
    const struct kafka_point a = kafka_ring_point(r, i);
    if (i + 1u == r->n || a.ms >= ms)
        return a.ms;
    const struct kafka_point b = kafka_ring_point(r, i + 1);
    if (a.offset == b.offset)
        return ms;
    return ms - a.ms <= b.ms - ms ? a.ms : b.ms;
}

bool kafka_rates_trend(const struct kafka_ring *ends, const struct kafka_ring *commits, int64_t now_ms,
                       struct kafka_trend *ret)
{
    if (ends->n < 2 || commits->n < 2)
        return false;
    int64_t to = kafka_ring_last(ends).ms, from = now_ms - TREND_MS;
    from = seen_near(commits, from);
    from = from > kafka_ring_point(ends, 0).ms ? from : kafka_ring_point(ends, 0).ms;
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
