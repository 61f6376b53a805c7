/* The brokers' clock against this machine's: intervals of the times of commits. */
#include "kafka/skew.h"
#include "base/mem.h"
#include "kafka/round.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLOSE_MS = 250,    /* how well the time of a record is to be known */
    NARROW_MS = 15000, /* a wider estimate is none */
    UNSETTLED_S = 60,  /* between two searches, until two observations agree */
    SETTLED_S = 300,
    FORGET_S = 3600,       /* an estimate that was not confirmed for as long */
    MAX_BETWEEN_S = 120,   /* ends further apart tell too little */
    SET_MS = 200,          /* a wall clock that jumps by more was set */
    MIN_LEFT_PERCENT = 30, /* of the round's time, else it waits for another round */
    SHARE_PERCENT = 15,    /* of what is left that it may take */
    DRIFT_PER_MS = 10000,  /* a millisecond in so many: 100 ppm */
};

static const char topic_of_commits[] = "__consumer_offsets";
static const int64_t reaches_ms[] = {60000, 3600000, 26LL * 3600000};
enum { REACHES = sizeof reaches_ms / sizeof *reaches_ms };

/* ---- the time of a record ---- */

void kafka_skew_search_init(struct kafka_skew_search *s, int64_t guess_ms)
{
    *s = (struct kafka_skew_search){.guess_ms = guess_ms};
}

int64_t kafka_skew_search_next(const struct kafka_skew_search *s)
{
    if (!s->high_known)
        return s->reach_up == REACHES ? 0 : s->guess_ms + reaches_ms[s->reach_up];
    if (!s->low_known)
        return s->reach_down == REACHES ? 0 : s->guess_ms - reaches_ms[s->reach_down];
    return s->high_ms - s->low_ms <= CLOSE_MS ? 0 : s->low_ms + (s->high_ms - s->low_ms) / 2;
}

void kafka_skew_search_answer(struct kafka_skew_search *s, int64_t at_ms, bool later)
{
    if (later) {
        s->reach_up += !s->high_known;
        s->low_ms = at_ms;
        s->low_known = true;
    } else {
        s->reach_down += s->high_known && !s->low_known;
        s->high_ms = at_ms;
        s->high_known = true;
    }
}

/* ---- what observations add up to ---- */

void kafka_skew_observe(struct kafka_skew_estimate *e, int64_t low_ms, int64_t high_ms, int64_t now_us)
{
    if (e->agreeing) {
        int64_t drift_ms = (now_us - e->seen_us) / 1000 / DRIFT_PER_MS + 1;
        int64_t low = e->low_ms - drift_ms, high = e->high_ms + drift_ms;
        if (low <= high_ms && low_ms <= high) {
            low_ms = low > low_ms ? low : low_ms;
            high_ms = high < high_ms ? high : high_ms;
        } else {
            e->agreeing = 0;
        }
    }
    *e = (struct kafka_skew_estimate){
        .low_ms = low_ms, .high_ms = high_ms, .seen_us = now_us, .agreeing = e->agreeing + 1};
}

bool kafka_skew_seconds(const struct kafka_skew_estimate *e, double *ret)
{
    if (e->agreeing == 0 || e->high_ms - e->low_ms > NARROW_MS)
        return false;
    double tenths = round((double)(e->low_ms + e->high_ms) / 2 / 100);
    *ret = tenths ? tenths / 10 : 0; /* never minus nought */
    return true;
}

/* ---- in rounds ---- */

static void forget(struct kafka_skew *s)
{
    s->estimate = (struct kafka_skew_estimate){.agreeing = 0};
    s->probed_us = 0;
}

static void forget_ends(struct kafka_skew *s)
{
    free(s->ends);
    s->ends = NULL;
    s->nends = 0;
}

/* What is known is about this machine's clock as it was: it holds no longer when that is set. */
static void check_own_clock(struct kafka_skew *s, struct kafka_time now)
{
    int64_t shift_ms = now.wall_ms - now.mono_us / 1000;
    if (s->begun && llabs(shift_ms - s->shift_ms) > SET_MS) {
        forget(s);
        forget_ends(s);
    }
    s->shift_ms = shift_ms;
    if (s->estimate.agreeing && now.mono_us - s->estimate.seen_us > FORGET_S * 1000000LL)
        forget(s);
}

static bool is_due(const struct kafka_skew *s, struct kafka_time now)
{
    double unused;
    bool settled = s->estimate.agreeing > 1 && kafka_skew_seconds(&s->estimate, &unused);
    int64_t wait_s = settled ? SETTLED_S : UNSETTLED_S;
    return s->begun && (s->probed_us == 0 || now.mono_us - s->probed_us >= wait_s * 1000000);
}

/* The ends that the round has read; NULL if the topic was left out. */
static struct kafka_offset *ends_of_round(const struct kafka_round *r)
{
    for (size_t i = 0; r->ends && i < r->metadata.ntopics; i++)
        if (strcmp(r->metadata.topics[i].name, topic_of_commits) == 0)
            return r->ends + r->first[i];
    return NULL;
}

static struct kafka_offset *read_ends(const struct kafka_round_plan *plan, const struct kafka_round_memory *memory,
                                      const struct kafka_budget *budget, struct kafka_round *r)
{
    const struct kafka_topic *t = &r->commits_topic;
    struct kafka_offset *ends = kafka_arena_alloc(&r->arena, t->npartitions, sizeof *ends);
    for (size_t p = 0; p < t->npartitions; p++)
        ends[p] = (struct kafka_offset){
            .topic = t->name, .partition = (int32_t)p, .leader = t->partitions[p].leader, .at = KAFKA_AT_END};
    plan->ops->offsets(memory->admin, budget, ends, t->npartitions);
    return ends;
}

/* A partition that has grown since the last round, best one of the leader that was asked before; NULL: none. */
static const struct kafka_offset *find_grown(const struct kafka_skew *s, const struct kafka_offset *ends, size_t n)
{
    const struct kafka_offset *found = NULL;
    for (size_t p = 0; p < n && p < s->nends; p++) {
        if (ends[p].fault || s->ends[p] < 0 || ends[p].offset <= s->ends[p])
            continue;
        if (ends[p].leader == s->leader)
            return &ends[p];
        found = found ? found : &ends[p];
    }
    return found;
}

/* Finds the time of the last record before the end; what the budget does not suffice for stays wide. False: not even
 * that. */
static bool search(const struct kafka_round_plan *plan, const struct kafka_round_memory *memory,
                   const struct kafka_budget *budget, const struct kafka_offset *end, struct kafka_skew_search *ret)
{
    const struct kafka_skew_estimate *e = &memory->skew.estimate;
    kafka_skew_search_init(ret, end->time.wall_ms + (e->agreeing ? (e->low_ms + e->high_ms) / 2 : 0));
    for (int64_t at; (at = kafka_skew_search_next(ret)) > 0;) {
        struct kafka_offset o = {.topic = end->topic, .partition = end->partition, .leader = end->leader, .at = at};
        if (kafka_budget_left(budget) == 0)
            break;
        plan->ops->offsets(memory->admin, budget, &o, 1);
        if (o.fault)
            break;
        kafka_skew_search_answer(ret, at, o.offset >= 0 && o.offset < end->offset);
    }
    return ret->low_known && ret->high_known;
}

static void probe(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                  const struct kafka_budget *budget, const struct kafka_offset *ends, size_t n, struct kafka_time now)
{
    struct kafka_skew *s = &memory->skew;
    const struct kafka_offset *end = find_grown(s, ends, n);
    struct kafka_skew_search found;
    if (!end || now.mono_us - s->asked.mono_us > MAX_BETWEEN_S * 1000000LL)
        return;
    s->probed_us = now.mono_us;
    s->leader = end->leader;
    if (search(plan, memory, budget, end, &found))
        kafka_skew_observe(&s->estimate, found.low_ms - end->time.wall_ms, found.high_ms - s->asked.wall_ms,
                           now.mono_us);
    else if (kafka_skew_search_next(&found) == 0) /* days away: whatever was known is not so now */
        s->estimate.agreeing = 0;
}

static void keep_ends(struct kafka_skew *s, const struct kafka_offset *ends, size_t n, struct kafka_time asked)
{
    forget_ends(s);
    s->ends = mem_calloc(n ? n : 1, sizeof *s->ends);
    s->nends = n;
    s->asked = asked;
    for (size_t p = 0; p < n; p++)
        s->ends[p] = ends[p].fault ? -1 : ends[p].offset;
}

void kafka_skew_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                    const struct kafka_budget *budget, struct kafka_round *round)
{
    struct kafka_skew *s = &memory->skew;
    const struct clock *clock = budget->clock;
    struct kafka_time now = {.wall_ms = clock_wall_ms(clock), .mono_us = clock_mono_us(clock)};
    check_own_clock(s, now);
    int64_t left = kafka_budget_left(budget);
    bool due = is_due(s, now) && left * 100 >= (int64_t)round->budget_ms * MIN_LEFT_PERCENT;
    struct kafka_budget part = kafka_budget_part(budget, SHARE_PERCENT);
    struct kafka_time asked = round->ends_asked;
    const struct kafka_offset *ends = ends_of_round(round);
    size_t n = round->commits_topic.npartitions;
    if (!ends && due && n) {
        asked = now;
        ends = read_ends(plan, memory, &part, round);
    }
    if (ends && due)
        probe(plan, memory, &part, ends, n, now);
    if (ends)
        keep_ends(s, ends, n, asked);
    s->begun = true;
    round->skew_known = kafka_skew_seconds(&s->estimate, &round->skew_s);
}

void kafka_skew_done(struct kafka_skew *s)
{
    forget_ends(s);
}
