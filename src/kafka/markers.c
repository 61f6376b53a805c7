/* Short lags that stand still: read, to see whether there is any message in them. */
#include "kafka/markers.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "kafka/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_READ = 64, /* partitions a round */
    READ_MS = 400, /* that reading them may take */
    PAUSE_S = 60,  /* until a partition that could not be read is tried again */
    FORGET_S = 600,
    DENIED_S = 600, /* the same, for want of a permission */
    MAX_WANTS = 2000,
    MIN_LEFT_PERCENT = 20, /* of the round's time, else it waits for another round */
    SHARE_PERCENT = 30,    /* of what is left that it may take */
};

/* ---- what is remembered ---- */

/* One partition under one isolation. */
struct watched {
    int64_t from, to; /* nothing is between them; -1: no such range is known */
    int64_t record;   /* a message that is there; -1: none is known */
    int64_t end, end_before;
    int64_t ask; /* the least offset to read from in this round; -1: none */
    int64_t pause_until_us, seen_us;
    uint64_t round; /* or step, in which it was looked at or read last */
    char *topic;
    int32_t partition;
    bool committed;
};

static void free_watched(struct watched *w)
{
    free(w->topic);
    free(w);
}

static void make_key(struct str *key, const char *topic, int32_t partition, bool committed)
{
    char c = committed ? 'c' : 'u';
    str_clear(key);
    str_bytes(key, &c, 1);
    str_bytes(key, &partition, sizeof partition);
    str_add(key, topic);
}

static struct watched *watch(struct kafka_markers *m, struct str *key, const struct kafka_offset *end, bool committed,
                             int64_t until, int64_t now_us)
{
    make_key(key, end->topic, end->partition, committed);
    struct watched *w = map_get(&m->partitions, key->s, key->len);
    if (!w) {
        w = mem_new(struct watched);
        w->from = w->to = w->record = w->end = -1;
        w->topic = mem_strdup(end->topic);
        w->partition = end->partition;
        w->committed = committed;
        map_put(&m->partitions, key->s, key->len, w);
    }
    if (w->round == m->round)
        return w;
    w->round = m->round;
    w->seen_us = now_us;
    w->end_before = w->end;
    w->end = until;
    w->ask = -1;
    if (until < w->to)
        w->from = w->to = -1; /* made anew */
    if (until <= w->record)
        w->record = -1;
    return w;
}

/* Groups of a large cluster are read by turns: what is not seen for some minutes is not there any more. */
static void forget_gone(struct kafka_markers *m, int64_t now_us)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(&m->partitions, &at, &key, &len, &value))
        if (now_us - ((const struct watched *)value)->seen_us > FORGET_S * INT64_C(1000000)) {
            map_del(&m->partitions, key, len);
            free_watched(value);
        }
}

/* ---- what is read ---- */

static int by_topic_partition(const void *commit, const void *end)
{
    const struct kafka_commit *x = commit;
    const struct kafka_offset *e = end;
    int c = strcmp(x->topic, e->topic);
    return c ? c : (x->partition > e->partition) - (x->partition < e->partition);
}

static void look_at(struct kafka_round_memory *memory, struct kafka_round *r, const struct kafka_commit *x,
                    bool committed, int64_t now_us, struct str *key)
{
    const struct kafka_offset *end = NULL;
    if (x->offset >= 0 && !x->fault && r->nends)
        end = bsearch(x, r->ends, r->nends, sizeof *r->ends, by_topic_partition);
    if (!end || end->fault || end->offset <= x->offset)
        return;
    int64_t until = committed ? kafka_open_stable(memory, r, end) : end->offset;
    if (until <= x->offset || until - x->offset > KAFKA_MARKERS_LAG)
        return;
    struct watched *w = watch(&memory->markers, key, end, committed, until, now_us);
    bool inside = w->from >= 0 && x->offset >= w->from && x->offset <= w->to;
    int64_t from = inside ? w->to : x->offset; /* what is known need not be read again */
    if (from < until && from > w->record && (w->ask < 0 || from < w->ask))
        w->ask = from;
}

static void look_at_all(struct kafka_round_memory *memory, struct kafka_round *r, int64_t now_us)
{
    struct str key = {0};
    for (size_t i = 0; i < r->groups.ngroups; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++)
            look_at(memory, r, &r->committed[i].commits[j], r->groups.groups[i].read_committed, now_us, &key);
    str_done(&key);
}

/* Groups that were not asked since their commits come by themselves. */
static void look_at_wanted(struct kafka_round_memory *memory, struct kafka_round *r, int64_t now_us)
{
    struct str key = {0};
    size_t at = 0;
    for (size_t i = 0; i < memory->markers.wants.n && !r->step; i++) {
        const struct kafka_markers_want *w = &memory->markers.wants.items[i];
        while (at < r->groups.ngroups && strcmp(r->groups.groups[at].name, w->group) < 0)
            at++;
        if (at == r->groups.ngroups || strcmp(r->groups.groups[at].name, w->group) != 0 || !r->committed[at].pushed)
            continue;
        struct kafka_commit x = {.topic = w->topic, .partition = w->partition, .offset = w->offset};
        look_at(memory, r, &x, r->groups.groups[at].read_committed, now_us, &key);
    }
    str_done(&key);
}

static void take(struct watched *w, const struct kafka_reading *x, int64_t now_us)
{
    if (x->fault) {
        w->pause_until_us = now_us + (x->fault == KAFKA_FAULT_DENIED ? DENIED_S : PAUSE_S) * INT64_C(1000000);
    } else if (x->record >= 0) {
        w->record = x->record;
    } else {
        w->from = w->from >= 0 && x->from == w->to ? w->from : x->from;
        w->to = x->until;
    }
}

static void read_some(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                      const struct kafka_budget *budget)
{
    struct kafka_reading items[MAX_READ];
    struct watched *of[MAX_READ];
    struct kafka_budget part = kafka_budget_part(budget, SHARE_PERCENT);
    int64_t now_us = clock_mono_us(budget->clock), until_us = now_us + READ_MS * INT64_C(1000);
    size_t n = 0, at = 0;
    void *value;
    part.until_us = part.until_us < until_us ? part.until_us : until_us;
    while (n < MAX_READ && map_next(&memory->markers.partitions, &at, NULL, NULL, &value)) {
        struct watched *w = value;
        /* The first round of all is the only one of a snapshot. */
        bool still = w->end == w->end_before || memory->markers.round == 1;
        if (w->ask < 0 || !still || now_us < w->pause_until_us)
            continue;
        of[n] = w;
        items[n++] = (struct kafka_reading){
            .topic = w->topic, .partition = w->partition, .committed = w->committed, .from = w->ask, .until = w->end};
    }
    if (n == 0)
        return;
    plan->ops->read(memory->admin, &plan->settings, &part, items, n);
    log_debug("kafka %s: %zu short lags read in %lld us", plan->settings.bootstrap, n,
              (long long)(clock_mono_us(budget->clock) - now_us));
    for (size_t i = 0; i < n; i++) {
        take(of[i], &items[i], now_us);
        of[i]->round = memory->markers.round;
        of[i]->ask = -1;
    }
}

void kafka_markers_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *round)
{
    struct kafka_markers *m = &memory->markers;
    int64_t left = kafka_budget_left(budget);
    if (!plan->ops->read || plan->no_records || !round->ends)
        return;
    m->round++;
    look_at_all(memory, round, clock_mono_us(budget->clock));
    look_at_wanted(memory, round, clock_mono_us(budget->clock));
    forget_gone(m, clock_mono_us(budget->clock));
    /* Groups of which nothing is known yet come first: requests are counted. */
    if (!round->more && left * 100 >= (int64_t)round->budget_ms * MIN_LEFT_PERCENT)
        read_some(plan, memory, budget);
    round->markers = kafka_arena_alloc(&round->arena, m->partitions.n, sizeof *round->markers);
    size_t at = 0;
    void *value;
    while (map_next(&m->partitions, &at, NULL, NULL, &value)) {
        const struct watched *w = value;
        if (w->round == m->round && w->from >= 0 && w->to == w->end)
            round->markers[round->nmarkers++] = (struct kafka_markers_range){
                .topic = w->topic, .partition = w->partition, .committed = w->committed, .from = w->from, .to = w->to};
    }
}

static void free_wants(struct kafka_markers *m)
{
    for (size_t i = 0; i < m->wants.n; i++) {
        free(m->wants.items[i].group);
        free(m->wants.items[i].topic);
    }
    vec_done(&m->wants);
}

void kafka_markers_done(struct kafka_markers *m)
{
    size_t at = 0;
    void *value;
    free_wants(m);
    while (map_next(&m->partitions, &at, NULL, NULL, &value))
        free_watched(value);
    map_done(&m->partitions);
    *m = (struct kafka_markers){.round = 0};
}

/* ---- in the model ---- */

static bool stands_still(const struct kafka_ring *ends)
{
    return ends->n >= 2 && ends->points[ends->n - 1].offset == ends->points[ends->n - 2].offset;
}

static bool is_short(const struct kafka_model_commit *c)
{
    const struct kafka_model_topic *t = c->topic;
    struct kafka_cell lag = kafka_item_get(&c->item, GROUP_PARTITIONS_LAG);
    return lag.quality && lag.i > 0 && lag.i <= KAFKA_MARKERS_LAG && t->present &&
           (size_t)c->partition < t->npartitions && stands_still(&t->partitions[c->partition]->ends);
}

static int by_group(const void *a, const void *b)
{
    return strcmp(((const struct kafka_markers_want *)a)->group, ((const struct kafka_markers_want *)b)->group);
}

void kafka_markers_wants(struct kafka_markers *m, const struct kafka_model *model)
{
    size_t at = 0;
    void *value;
    free_wants(m);
    while (map_next(&model->groups, &at, NULL, NULL, &value)) {
        const struct kafka_model_group *g = value;
        for (size_t i = 0; i < g->commits.n && m->wants.n < MAX_WANTS; i++) {
            const struct kafka_model_commit *c = g->commits.items[i];
            if (is_short(c))
                vec_push(&m->wants, (struct kafka_markers_want){.group = mem_strdup(g->name),
                                                                .topic = mem_strdup(c->topic->name),
                                                                .partition = c->partition,
                                                                .offset = c->committed});
        }
    }
    if (m->wants.n)
        qsort(m->wants.items, m->wants.n, sizeof *m->wants.items, by_group);
}

void kafka_markers_apply(struct kafka_model *m, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->nmarkers; i++) {
        const struct kafka_markers_range *x = &r->markers[i];
        struct kafka_model_topic *t = kafka_model_topic(m, x->topic);
        if (!t->present || (size_t)x->partition >= t->npartitions)
            continue;
        struct kafka_model_partition *p = t->partitions[x->partition];
        if (!p->markers) {
            p->markers = mem_new(struct kafka_markers_known);
            p->markers->to[0] = p->markers->to[1] = -1;
        }
        p->markers->from[x->committed] = x->from;
        p->markers->to[x->committed] = x->to;
    }
}

bool kafka_markers_only(const struct kafka_model_commit *c, const struct kafka_model_partition *p, int64_t end)
{
    const struct kafka_markers_known *k = p->markers;
    size_t i = c->read_committed;
    return k && k->to[i] == end && c->committed >= k->from[i] && c->committed < end;
}
