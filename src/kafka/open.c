/* High watermarks and last stable offsets: asked for where they can differ, and what follows. */
#include "kafka/open.h"
#include "base/log.h"
#include "base/mem.h"
#include "kafka/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    ALWAYS = 500,            /* partitions in a cluster of which all are asked at every round */
    MAX_NEVER = 2000,        /* a round, of topics on which they never differed */
    MAX_ALL = 20000,         /* a round */
    AGAIN_S = 30,            /* between two questions for a topic on which they never differed */
    MIN_LEFT_PERCENT = 20,   /* of the round's time, else it waits for another round */
    SHARE_PERCENT = 40,      /* of what is left that it may take */
    WITHIN_MS = 1000,        /* for one leader */
    NOTED_MS = 60000,        /* a transaction that is open for as long is worth a word */
    HANGING_MS = 15 * 60000, /* and so long it must not be, as brokers allow no more by default */
};

/* ---- in rounds ---- */

/* One topic. Arrays by partition. */
struct watched {
    size_t n;
    int64_t *end;    /* the configured one at which the other was asked; -1: never */
    int64_t *other;  /* NULL: nowhere was it another one */
    int64_t next_us; /* monotonic time of the next question */
    uint64_t round;
    bool differs; /* did so once, or a group wants to know */
};

static int64_t other_of(const struct watched *w, size_t partition)
{
    return w->other ? w->other[partition] : w->end[partition];
}

static void set_ends(struct watched *w, size_t partition, int64_t end, int64_t other)
{
    if (!w->other && other != end) {
        w->other = mem_calloc(w->n, sizeof *w->other);
        memcpy(w->other, w->end, w->n * sizeof *w->other);
    }
    w->end[partition] = end;
    if (w->other)
        w->other[partition] = other;
}

static void free_watched(struct watched *w)
{
    free(w->end);
    free(w->other);
    free(w);
}

static void forget_gone(struct kafka_open *o)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(&o->topics, &at, &key, &len, &value))
        if (((struct watched *)value)->round != o->round) {
            map_del(&o->topics, key, len);
            free_watched(value);
        }
}

static struct watched *watch(struct kafka_open *o, const char *topic, size_t n)
{
    size_t len = strlen(topic);
    struct watched *w = map_get(&o->topics, topic, len);
    if (!w) {
        w = mem_new(struct watched);
        map_put(&o->topics, topic, len, w);
    }
    if (w->n < n) {
        w->end = mem_realloc(w->end, n, sizeof *w->end);
        for (size_t i = w->n; i < n; i++)
            w->end[i] = -1;
        if (w->other)
            w->other = mem_realloc(w->other, n, sizeof *w->other);
        for (size_t i = w->n; w->other && i < n; i++)
            w->other[i] = -1;
        w->n = n;
    }
    w->round = o->round;
    return w;
}

void kafka_open_mark(const struct kafka_round_plan *plan, struct kafka_groups *groups)
{
    bool any = plan->read_committed.in && plan->read_committed.in[0];
    for (size_t i = 0; i < groups->ngroups; i++) {
        struct kafka_group *g = &groups->groups[i];
        g->read_committed = plan->settings.read_committed || (any && conf_globs_match(&plan->read_committed, g->name));
    }
}

/* Groups that read committed want to know of their topics at every round. */
static void mark_topics(struct kafka_open *o, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        const char *last = NULL;
        for (size_t j = 0; r->groups.groups[i].read_committed && j < r->committed[i].ncommits; j++) {
            const char *topic = r->committed[i].commits[j].topic;
            struct watched *w = topic == last ? NULL : map_get(&o->topics, topic, strlen(topic));
            last = topic;
            if (w)
                w->differs = true;
        }
    }
}

static bool is_due(const struct watched *w, const struct kafka_offset *end)
{
    size_t p = (size_t)end->partition;
    bool same =
        w->end[p] == end->offset && other_of(w, p) == end->offset; /* nothing was written since they were equal */
    return !end->fault && !same;
}

/* Chooses the partitions to ask; the ends are topic by topic, and those of a topic by partition. */
static void choose(struct kafka_open *o, struct kafka_round *r, int64_t now_us)
{
    size_t never = 0;
    for (size_t i = 0, n; i < r->nends; i += n) {
        const char *topic = r->ends[i].topic;
        for (n = 1; i + n < r->nends && r->ends[i + n].topic == topic;)
            n++;
        struct watched *w = map_get(&o->topics, topic, strlen(topic));
        if (!w || w->n <= (size_t)r->ends[i + n - 1].partition)
            continue;
        bool rest = !w->differs && (r->step || r->more || r->nends > ALWAYS);
        if (rest && (r->step || now_us < w->next_us || never + n > MAX_NEVER))
            continue;
        w->next_us = now_us + AGAIN_S * INT64_C(1000000);
        for (size_t k = i; k < i + n && r->nothers < MAX_ALL; k++)
            if (is_due(w, &r->ends[k])) {
                r->others[r->nothers] = r->ends[k];
                r->others[r->nothers++].within_ms = WITHIN_MS;
                never += rest;
            }
    }
}

static const struct kafka_offset *end_of(const struct kafka_round *r, const struct kafka_offset *x, size_t *at)
{
    while (*at < r->nends && (r->ends[*at].topic != x->topic || r->ends[*at].partition != x->partition))
        ++*at;
    return &r->ends[*at];
}

static void take(struct kafka_open *o, struct kafka_round *r)
{
    size_t kept = 0, at = 0;
    for (size_t i = 0; i < r->nothers; i++) {
        struct kafka_offset *x = &r->others[i];
        if (x->fault)
            continue;
        const struct kafka_offset *end = end_of(r, x, &at);
        struct watched *w = map_get(&o->topics, x->topic, strlen(x->topic));
        /* It was read after the end, which may have grown: a stable offset beyond it is the end. */
        bool beyond = r->read_committed ? x->offset < end->offset : x->offset > end->offset;
        x->offset = beyond ? end->offset : x->offset;
        set_ends(w, (size_t)x->partition, end->offset, x->offset);
        /* A high watermark read later is beyond a stable offset by what was written between. */
        w->differs |= !r->read_committed && x->offset != end->offset;
        r->others[kept++] = *x;
    }
    r->nothers = kept;
}

void kafka_open_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                    const struct kafka_budget *budget, struct kafka_round *round)
{
    struct kafka_open *o = &memory->open;
    round->read_committed = plan->settings.read_committed;
    if (!round->step) {
        o->round++;
        for (size_t i = 0; i < round->metadata.ntopics; i++)
            watch(o, round->metadata.topics[i].name, round->metadata.topics[i].npartitions);
        forget_gone(o);
    }
    if (!round->read_committed)
        mark_topics(o, round);
    int64_t left = kafka_budget_left(budget);
    if (!plan->ops->other_ends || !round->ends || left * 100 < (int64_t)round->budget_ms * MIN_LEFT_PERCENT)
        return;
    round->others =
        kafka_arena_alloc(&round->arena, round->nends < MAX_ALL ? round->nends : MAX_ALL, sizeof *round->others);
    choose(o, round, clock_mono_us(budget->clock));
    if (round->nothers == 0)
        return;
    struct kafka_budget part = kafka_budget_part(budget, SHARE_PERCENT);
    int64_t now_us = clock_mono_us(budget->clock);
    plan->ops->other_ends(memory->admin, &plan->settings, &part, round->others, round->nothers);
    log_debug("kafka %s: %zu other ends in %lld us", plan->settings.bootstrap, round->nothers,
              (long long)(clock_mono_us(budget->clock) - now_us));
    take(o, round);
}

int64_t kafka_open_stable(const struct kafka_round_memory *memory, const struct kafka_round *round,
                          const struct kafka_offset *end)
{
    const struct watched *w = map_get(&memory->open.topics, end->topic, strlen(end->topic));
    if (round->read_committed)
        return end->offset;
    size_t p = (size_t)end->partition;
    return w && p < w->n && w->end[p] == end->offset ? other_of(w, p) : -1;
}

void kafka_open_done(struct kafka_open *o)
{
    size_t at = 0;
    void *value;
    while (map_next(&o->topics, &at, NULL, NULL, &value))
        free_watched(value);
    map_done(&o->topics);
    *o = (struct kafka_open){.round = 0};
}

/* ---- in the model ---- */

/* Mostly both ends are the same, and only that is kept. */
static struct kafka_open_ends ends_of(const struct kafka_model_partition *p)
{
    const struct kafka_open_ends *open = kafka_model_seldom(p).open;
    if (open)
        return *open;
    return (struct kafka_open_ends){
        .end = p->open_end, .stable = p->open_end, .high = p->open_end, .known = p->open_end >= 0};
}

void kafka_open_forget(struct kafka_model_partition *p)
{
    if (p->seldom) {
        free(p->seldom->open);
        p->seldom->open = NULL;
    }
    p->open_end = -1;
}

static void keep_ends(struct kafka_model_partition *p, const struct kafka_open_ends *o)
{
    bool same = o->end == o->stable && o->end == o->high && !o->since_ms && !o->differs && !o->told;
    if (same) {
        kafka_open_forget(p);
        p->open_end = o->end;
        return;
    }
    struct kafka_model_seldom *x = kafka_model_seldom_set(p);
    if (!x->open)
        x->open = mem_new(struct kafka_open_ends);
    *x->open = *o;
}

static void take_other(struct kafka_model *m, const struct kafka_model_topic *t, struct kafka_model_partition *p,
                       const struct kafka_round *r, const struct kafka_offset *x)
{
    struct kafka_open_ends ends = ends_of(p), *o = &ends;
    int64_t stable = r->read_committed ? p->end : x->offset, high = r->read_committed ? x->offset : p->end;
    bool same = o->known && o->since_ms && o->stable == stable;
    o->since_ms = stable >= high ? 0 : same ? o->since_ms : x->time.wall_ms;
    o->told &= same;
    o->known = true;
    o->end = p->end;
    o->stable = stable;
    o->high = high;
    /* Of a stable end, the other one is read later and runs ahead: it must have stood still to be different. */
    o->differs |= stable < high && (!r->read_committed || same);
    if (o->since_ms && !o->told && x->time.wall_ms - o->since_ms >= HANGING_MS) {
        o->told = true;
        kafka_model_event(m, "warn", "topic", t->name,
                          "a transaction on partition %d is open for more than %d minutes: %lld messages behind it "
                          "cannot be read by consumers with isolation read_committed",
                          x->partition, HANGING_MS / 60000, (long long)(high - stable));
    }
    keep_ends(p, o);
}

void kafka_open_apply(struct kafka_model *m, const struct kafka_round *r)
{
    const char *last = NULL;
    struct kafka_model_topic *t = NULL;
    for (size_t i = 0; i < r->nothers; i++) {
        const struct kafka_offset *x = &r->others[i];
        if (x->topic != last)
            t = kafka_model_topic(m, x->topic);
        last = x->topic;
        struct kafka_model_partition *p =
            t->present && (size_t)x->partition < t->npartitions ? t->partitions[x->partition] : NULL;
        if (p && !p->fault && x->time.mono_us >= p->time.mono_us) /* else the end that is known is a later one */
            take_other(m, t, p, r, x);
    }
}

void kafka_open_cells(struct kafka_model_partition *p)
{
    const struct kafka_open_ends ends = ends_of(p), *o = &ends;
    bool now = o->known && o->end == p->end && !p->fault;
    enum quality q = now ? QUALITY_EXACT : QUALITY_STALE;
    int64_t stable = o->stable, open = o->high - o->stable;
    if (!o->known || p->end < 0 || p->leader < 0) {
        q = QUALITY_UNKNOWN;
    } else if (!now && !o->differs && !p->fault) { /* it never was another one */
        q = QUALITY_EST;
        stable = p->end;
        open = 0;
    }
    kafka_item_int(&p->item, PARTITIONS_STABLE_END, stable, q);
    kafka_item_int(&p->item, PARTITIONS_OPEN_MESSAGES, open, q);
    kafka_item_int(&p->item, PARTITIONS_OPEN_SINCE, o->since_ms, q && o->since_ms ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

const char *kafka_open_note(const struct kafka_model_partition *p, int64_t wall_ms)
{
    const struct kafka_open_ends ends = ends_of(p), *o = &ends;
    if (!o->known || !o->since_ms || wall_ms - o->since_ms < NOTED_MS)
        return NULL;
    return wall_ms - o->since_ms >= HANGING_MS ? "hanging transaction" : "open transaction";
}

int64_t kafka_open_end(const struct kafka_model_commit *c, const struct kafka_model_partition *p, enum quality *q)
{
    const struct kafka_open_ends ends = ends_of(p), *o = &ends;
    *q = QUALITY_EXACT;
    if (!c->stable_end)
        return p->end;
    if (o->known && o->end == p->end)
        return o->stable;
    *q = p->end >= 0 ? QUALITY_LE : QUALITY_UNKNOWN; /* it cannot be further */
    return p->end;
}

bool kafka_open_holds(const struct kafka_model_commit *c, const struct kafka_model_partition *p)
{
    const struct kafka_open_ends ends = ends_of(p);
    return kafka_open_note(p, p->time.wall_ms) && c->committed >= ends.stable && c->committed < ends.high;
}
