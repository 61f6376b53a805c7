/* Adds a group's cells to the sums over all groups, and takes them out again. */
#include "kafka/tally.h"
#include "kafka/model.h"

#include <math.h>

static const double rate_unit = 1e6, rate_most = 1e12;

/* times: 1 to put, -1 to take. The counters wrap around as they should. */
static void add(struct kafka_tally_sum *s, int64_t v, enum quality q, int times)
{
    size_t one = (size_t)times;
    s->parts += one;
    if (q == QUALITY_UNKNOWN)
        return;
    s->known += one;
    s->less += q == QUALITY_GE || q == QUALITY_EST ? one : 0;
    s->more += q == QUALITY_LE || q == QUALITY_EST ? one : 0;
    s->stale += q == QUALITY_STALE ? one : 0;
    s->sum += times * v;
}

static void add_group(struct kafka_model *m, const struct kafka_model_group *g, int times)
{
    struct kafka_cell lag = kafka_item_get(&g->item, GROUPS_LAG), out = kafka_item_get(&g->item, GROUPS_RATE_OUT);
    size_t one = (size_t)times;
    m->tally.rows += one * (1 + g->commits.n + g->members.n);
    if (lag.quality || g->gap) /* a group without any offsets is no gap in the sum */
        add(&m->tally.lag, lag.i, lag.quality, times);
    if (out.quality && fabs(out.d) < rate_most) /* false for NaN */
        add(&m->tally.rate_out, llround(out.d * rate_unit), out.quality, times);
    m->tally.behind += lag.quality && lag.i > 0 ? one : 0;
}

void kafka_tally_take(struct kafka_model *m, struct kafka_model_group *g)
{
    if (!g->tallied)
        return;
    g->tallied = false;
    add_group(m, g, -1);
}

void kafka_tally_put(struct kafka_model *m, struct kafka_model_group *g)
{
    g->tallied = true;
    add_group(m, g, 1);
}

enum quality kafka_tally_quality(const struct kafka_tally_sum *s)
{
    if (s->parts == 0)
        return QUALITY_EXACT;
    if (s->known == 0)
        return QUALITY_UNKNOWN;
    if (s->less || s->known < s->parts)
        return s->more ? QUALITY_EST : QUALITY_GE;
    return s->stale ? QUALITY_STALE : s->more ? QUALITY_LE : QUALITY_EXACT;
}

double kafka_tally_rate(const struct kafka_tally_sum *s)
{
    return (double)s->sum / rate_unit;
}
