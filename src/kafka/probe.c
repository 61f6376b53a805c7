/* Asks where partitions ended in the past: the first record of a time or later stands where the log ended at that time. */
#include "kafka/probe.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHARE_PERCENT = 50,    /* of what is left that it may take */
    MIN_LEFT_PERCENT = 20, /* of the round's time, else it waits for another round */
    AGES = 6,
    NARROWINGS = KAFKA_PROBE_POINTS - AGES,
    SURE_AHEAD_MS = 60000, /* a record this far ahead of the brokers' clock has a wrong time */
    AHEAD_MS = 3600000,    /* where their clock is not known */
};

/* How long ago, oldest first: each a few times the next, as lags of hours need no seconds. */
static const int64_t ages_ms[AGES] = {7LL * 86400000, 86400000, 6LL * 3600000, 3600000, 300000, 30000};
static const double close_enough = 1.1; /* between the ages around the target */

void kafka_probe_wants_free(struct kafka_probe_wants *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->list.n; i++)
        free(w->list.items[i].topic);
    vec_done(&w->list);
    free(w);
}

/* The state of choosing: for each of the round's ends, its probe. */
struct choice {
    struct kafka_round_memory *memory;
    struct kafka_round *round;
    struct kafka_probe **of_end;
};

static int by_topic_partition(const void *a, const void *b)
{
    const struct kafka_offset *x = a, *y = b;
    int order = x->topic == y->topic ? 0 : strcmp(x->topic, y->topic);
    return order ? order : (x->partition > y->partition) - (x->partition < y->partition);
}

/* Where the group's next record is: records before the log's start are no more. */
static int64_t place_of(const struct kafka_round *r, const struct kafka_offset *end, int64_t committed)
{
    const struct kafka_offset *start = NULL;
    if (r->nstarts)
        start = bsearch(end, r->starts, r->nstarts, sizeof *r->starts, by_topic_partition);
    return start && !start->fault && start->offset > committed ? start->offset : committed;
}

static void choose_one(struct choice *c, struct kafka_round_known *t, const struct kafka_commit *x)
{
    struct kafka_round *r = c->round;
    size_t index = r->first[t - c->memory->topics] + (size_t)x->partition;
    const struct kafka_offset *end = &r->ends[index];
    if (end->fault || end->offset <= x->offset)
        return;
    struct kafka_probe *p = c->of_end[index];
    if (!p) {
        if (t->probed[x->partition] || r->nprobes == KAFKA_PROBE_PARTITIONS)
            return;
        t->probed[x->partition] = true;
        p = c->of_end[index] = &r->probes[r->nprobes++];
        *p = (struct kafka_probe){.topic = end->topic,
                                  .partition = end->partition,
                                  .leader = end->leader,
                                  .first = true,
                                  .target = INT64_MAX};
    }
    int64_t at = place_of(r, end, x->offset);
    p->target = at < p->target ? at : p->target;
}

static void choose(struct choice *c)
{
    struct kafka_round *r = c->round;
    struct kafka_round_known *t = NULL;
    if (c->memory->told_full)
        return;
    for (size_t i = 0; i < r->groups.ngroups; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++) {
            const struct kafka_commit *x = &r->committed[i].commits[j];
            if (!t || strcmp(t->name, x->topic) != 0)
                t = kafka_round_find(c->memory, x->topic);
            if (t && x->offset >= 0 && x->partition >= 0 && (size_t)x->partition < t->npartitions)
                choose_one(c, t, x);
        }
}

/* What the model asked for, of partitions that are there and not asked about anyway. */
static void choose_wanted(struct choice *c)
{
    struct kafka_round *r = c->round;
    struct kafka_probe_wants *wants = c->memory->wants;
    for (size_t i = 0; wants && i < wants->list.n && r->nprobes < KAFKA_PROBE_PARTITIONS; i++) {
        const struct kafka_probe_want *w = &wants->list.items[i];
        const struct kafka_round_known *t = kafka_round_find(c->memory, w->topic);
        if (!t || (size_t)w->partition >= t->npartitions || (w->first && t->probed[w->partition]))
            continue;
        size_t index = r->first[t - c->memory->topics] + (size_t)w->partition;
        const struct kafka_offset *end = &r->ends[index];
        if (end->fault || c->of_end[index])
            continue;
        struct kafka_probe *p = c->of_end[index] = &r->probes[r->nprobes++];
        *p = (struct kafka_probe){.topic = end->topic, .partition = end->partition, .leader = end->leader};
        p->first = w->first;
        p->target = w->target;
        p->ntimes = w->ntimes;
        memcpy(p->times, w->times, sizeof p->times);
        t->probed[w->partition] = true;
    }
    kafka_probe_wants_free(wants);
    c->memory->wants = NULL;
}

static void add_point(struct kafka_probe *p, int64_t ms, int64_t offset)
{
    size_t at = p->n++;
    for (; at && p->points[at - 1].ms > ms; at--)
        p->points[at] = p->points[at - 1];
    p->points[at] = (struct kafka_point){.ms = ms, .offset = offset};
}

/* The time to ask for next, between the two known ones around the target; 0 if they are close enough, or the target is
 * older than all. */
static int64_t between(const struct kafka_probe *p, int64_t now_ms)
{
    size_t i = p->n;
    while (i && p->points[i - 1].offset > p->target)
        i--;
    if (i == 0 || p->n == KAFKA_PROBE_POINTS)
        return 0;
    int64_t low = p->points[i - 1].ms, high = i < p->n ? p->points[i].ms : now_ms;
    int64_t at = kafka_told_between(low, high, now_ms);
    double newer = now_ms > high ? (double)(now_ms - high) : 1;
    return (double)(now_ms - low) / newer <= close_enough || at <= low || at >= high ? 0 : at;
}

/* Times of one batch, of which a partition can have one only. */
struct asking {
    const struct kafka_round_plan *plan;
    struct kafka_round_memory *memory;
    const struct kafka_budget *budget;
    struct kafka_round *round;
    int64_t now_ms, ahead_ms; /* the brokers' time, and one that has not come */
};

/* The time that a probe asks for in a batch; 0: none. The very first question is for records that are ahead of the
 * time. */
static int64_t next_time(const struct asking *a, const struct kafka_probe *p, unsigned batch)
{
    if (batch == 0)
        return a->ahead_ms;
    batch--;
    if (!p->first)
        return batch < p->ntimes ? p->times[batch] : 0;
    return batch < AGES ? a->now_ms - ages_ms[batch] : between(p, a->now_ms);
}

static void take_answer(struct kafka_probe *p, unsigned batch, const struct kafka_offset *answer)
{
    if (answer->fault)
        return;
    if (batch == 0) {
        p->ahead_known = true;
        p->ahead = answer->offset;
    } else { /* without a record since, the log ended then where it does now */
        add_point(p, answer->at, answer->offset >= 0 ? answer->offset : INT64_MAX);
    }
}

/* False if there was nothing to ask. */
static bool ask(const struct asking *a, unsigned batch)
{
    struct kafka_round *r = a->round;
    struct kafka_arena arena = {0};
    struct kafka_offset *items = kafka_arena_alloc(&arena, r->nprobes, sizeof *items);
    struct kafka_probe **asked = kafka_arena_alloc(&arena, r->nprobes, sizeof *asked);
    size_t n = 0;
    for (size_t i = 0; i < r->nprobes; i++) {
        struct kafka_probe *p = &r->probes[i];
        int64_t at = next_time(a, p, batch);
        if (at <= 0)
            continue;
        asked[n] = p;
        items[n++] = (struct kafka_offset){.topic = p->topic, .partition = p->partition, .leader = p->leader, .at = at};
    }
    if (n)
        a->plan->ops->offsets(a->memory->admin, a->budget, items, n);
    for (size_t i = 0; i < n; i++)
        take_answer(asked[i], batch, &items[i]);
    kafka_arena_done(&arena);
    return n > 0;
}

void kafka_probe_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *round)
{
    int left = kafka_budget_left(budget);
    if (!round->ends || left == 0 || (int64_t)left * 100 < (int64_t)round->budget_ms * MIN_LEFT_PERCENT)
        return;
    size_t max = round->nends < KAFKA_PROBE_PARTITIONS ? round->nends : KAFKA_PROBE_PARTITIONS;
    struct choice c = {.memory = memory, .round = round};
    c.of_end = kafka_arena_alloc(&round->arena, round->nends, sizeof *c.of_end);
    round->probes = kafka_arena_alloc(&round->arena, max, sizeof *round->probes);
    choose(&c);
    choose_wanted(&c);
    double skew_s = 0;
    bool sure = kafka_skew_seconds(&memory->skew.estimate, &skew_s);
    struct kafka_budget part = kafka_budget_part(budget, SHARE_PERCENT);
    struct asking a = {.plan = plan, .memory = memory, .budget = &part, .round = round};
    a.now_ms = round->metadata.time.wall_ms + (int64_t)(skew_s * 1000);
    a.ahead_ms = a.now_ms + (sure ? SURE_AHEAD_MS : AHEAD_MS);
    for (unsigned batch = 0; round->nprobes && batch <= AGES + NARROWINGS; batch++)
        if (!ask(&a, batch))
            break;
}
