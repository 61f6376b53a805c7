/* Asks where partitions ended in the past: the first record of a time or later stands where the log ended at that time. */
#include "kafka/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MIN_LEFT_PERCENT = 20, /* of the round's time, else it waits for another round */
    MAX_PARTITIONS = 2000, /* a round */
    FIXED_TIMES = 5,
    NARROWINGS = KAFKA_PROBE_POINTS - FIXED_TIMES,
    NEWEST_MS = 1000, /* ages below count as this one */
};

/* How long ago, oldest first: each a few times the next, as lags of hours need no seconds. */
static const int64_t fixed_ms[FIXED_TIMES] = {7LL * 86400000, 86400000, 6LL * 3600000, 3600000, 300000};
static const double close_enough = 1.1; /* between the ages around the target */

static struct kafka_round_known *find_topic(const struct kafka_round_memory *memory, const char *name)
{
    size_t low = 0, high = memory->ntopics;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = strcmp(memory->topics[middle].name, name);
        if (c == 0)
            return &memory->topics[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The state of choosing: for each of the round's ends, its probe. */
struct choice {
    struct kafka_round_memory *memory;
    struct kafka_round *round;
    struct kafka_probe **of_end;
};

static void choose_one(struct choice *c, struct kafka_round_known *t, const struct kafka_commit *x)
{
    struct kafka_round *r = c->round;
    size_t index = r->first[t - c->memory->topics] + (size_t)x->partition;
    const struct kafka_offset *end = &r->ends[index];
    if (end->fault || end->offset <= x->offset)
        return;
    struct kafka_probe *p = c->of_end[index];
    if (!p) {
        if (t->probed[x->partition] || r->nprobes == MAX_PARTITIONS)
            return;
        t->probed[x->partition] = true;
        p = c->of_end[index] = &r->probes[r->nprobes++];
        *p = (struct kafka_probe){
            .topic = end->topic, .partition = end->partition, .leader = end->leader, .target = x->offset};
    }
    p->target = x->offset < p->target ? x->offset : p->target;
}

static void choose(struct choice *c)
{
    struct kafka_round *r = c->round;
    struct kafka_round_known *t = NULL;
    for (size_t i = 0; i < r->groups.ngroups; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++) {
            const struct kafka_commit *x = &r->committed[i].commits[j];
            if (!t || strcmp(t->name, x->topic) != 0)
                t = find_topic(c->memory, x->topic);
            if (t && x->offset >= 0 && x->partition >= 0 && (size_t)x->partition < t->npartitions)
                choose_one(c, t, x);
        }
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
    if (i == 0)
        return 0;
    double older = (double)(now_ms - p->points[i - 1].ms);
    double newer = i < p->n ? (double)(now_ms - p->points[i].ms) : NEWEST_MS;
    return older / newer <= close_enough ? 0 : now_ms - (int64_t)sqrt(older * newer);
}

/* One batch: all probes at their next times; age 0: between what is known. False if there was nothing to ask. */
static bool ask(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                const struct kafka_budget *budget, struct kafka_round *r, int64_t age_ms)
{
    struct kafka_arena arena = {0};
    struct kafka_offset *items = kafka_arena_alloc(&arena, r->nprobes, sizeof *items);
    struct kafka_probe **asked = kafka_arena_alloc(&arena, r->nprobes, sizeof *asked);
    int64_t now_ms = r->metadata.time.wall_ms;
    size_t n = 0;
    for (size_t i = 0; i < r->nprobes; i++) {
        struct kafka_probe *p = &r->probes[i];
        int64_t at = age_ms ? now_ms - age_ms : between(p, now_ms);
        if (at <= 0)
            continue;
        asked[n] = p;
        items[n++] = (struct kafka_offset){.topic = p->topic, .partition = p->partition, .leader = p->leader, .at = at};
    }
    plan->ops->offsets(memory->admin, budget, items, n);
    for (size_t i = 0; i < n; i++)
        if (!items[i].fault) /* without a record since, the log ended then where it does now */
            add_point(asked[i], items[i].at, items[i].offset >= 0 ? items[i].offset : INT64_MAX);
    kafka_arena_done(&arena);
    return n > 0;
}

void kafka_probe_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *round)
{
    int left = kafka_budget_left(budget);
    if (!round->ends || left == 0 || (int64_t)left * 100 < (int64_t)round->budget_ms * MIN_LEFT_PERCENT)
        return;
    size_t max = round->nends < MAX_PARTITIONS ? round->nends : MAX_PARTITIONS;
    struct choice c = {.memory = memory, .round = round};
    c.of_end = kafka_arena_alloc(&round->arena, round->nends, sizeof *c.of_end);
    round->probes = kafka_arena_alloc(&round->arena, max, sizeof *round->probes);
    choose(&c);
    if (round->nprobes == 0)
        return;
    for (size_t i = 0; i < FIXED_TIMES; i++)
        ask(plan, memory, budget, round, fixed_ms[i]);
    for (size_t i = 0; i < NARROWINGS; i++)
        if (!ask(plan, memory, budget, round, 0))
            break;
}
