/* Short lags that stand still: read, to see whether there is any message in them. */
#include "kafka/markers.h"
#include "base/log.h"
#include "base/mem.h"
#include "kafka/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_READ = 64,       /* partitions a round */
    READ_MS = 400,       /* that reading them may take, */
    CONNECT_MS = 1200,   /* and connecting, for a client that is new */
    MAX_LEARNT = 2000,   /* partitions of the topics that one client reads from, unless a single topic has more */
    IDLE_S = 60,         /* until a client that has nothing to read is closed */
    PAUSE_S = 60,        /* until a partition that could not be read is tried again */
    FORGET_S = 600,      /* what was not seen for so long may be another log by now */
    DENIED_S = 600,      /* a pause for want of a permission */
    MAX_WATCHED = 10000, /* partitions, and what the last topic has more: some are read in a round, so that is hours */
    MAX_WANTS = 2000,
    MIN_LEFT_PERCENT = 20, /* of the round's time, else it waits for another round */
    SHARE_PERCENT = 30,    /* of what is left that it may take */
};

/* ---- what is remembered ---- */

/* One partition under one isolation: as many as there are partitions, so it is small. */
struct watched {
    int64_t end;
    int64_t to;         /* up to here nothing was found; -1: no such range is known */
    int64_t record;     /* a message that is there; -1: none is known */
    uint32_t from_less; /* the range begins so much before `to` */
    uint32_t round;     /* or step, in which it was looked at or read last */
    uint32_t seen_s, pause_until_s;
    uint8_t ask_less; /* in this round: it is to be read from so much before the end on; 0: it is not */
    bool still;       /* the end is where it was when it was looked at before */
};

_Static_assert(KAFKA_MARKERS_LAG <= UINT8_MAX, "ask_less holds every lag that is looked at");

/* Of a topic; arrays by partition, under either isolation, NULL as long as no group has a short lag there. */
struct topic {
    char *name;
    size_t n;
    struct watched *of[2];
    uint32_t learnt; /* by which client it was read, counted through; 0: none */
    bool asks;       /* some partition is to be read */
};

static void free_topic(struct topic *t)
{
    free(t->of[0]);
    free(t->of[1]);
    free(t->name);
    free(t);
}

/* NULL where too many partitions are looked at already. */
static struct topic *topic_of(struct kafka_markers *m, const char *name)
{
    size_t len = strlen(name);
    struct topic *t = map_get(&m->topics, name, len);
    if (!t && m->watched < MAX_WATCHED) {
        t = mem_new(struct topic);
        t->name = mem_strdup(name);
        map_put(&m->topics, name, len, t);
    }
    return t;
}

static void grow(struct kafka_markers *m, struct topic *t, bool committed, size_t n)
{
    for (int i = 0; i < 2; i++) {
        if (!t->of[i] && i != committed)
            continue;
        size_t old = t->of[i] ? t->n : 0;
        if (old >= n)
            continue;
        m->watched += n - old;
        t->of[i] = mem_realloc(t->of[i], n, sizeof *t->of[i]);
        for (size_t p = old; p < n; p++)
            t->of[i][p] = (struct watched){.end = -1, .to = -1, .record = -1};
    }
    t->n = n > t->n ? n : t->n;
}

static struct watched *watch(struct kafka_markers *m, struct topic *t, int32_t partition, bool committed, int64_t until,
                             uint32_t now_s)
{
    size_t need = (size_t)partition + 1;
    if (!t->of[committed] || t->n < need)
        grow(m, t, committed, t->n > need ? t->n : need);
    struct watched *w = &t->of[committed][partition];
    if (w->round == m->round)
        return w;
    bool anew = until < w->to || now_s - w->seen_s > FORGET_S;
    w->round = m->round;
    w->seen_s = now_s;
    w->still = w->end == until;
    w->end = until;
    w->ask_less = 0;
    if (anew)
        w->to = -1;
    if (anew || until <= w->record)
        w->record = -1;
    return w;
}

/* ---- what is to be read ---- */

static int by_topic_partition(const void *commit, const void *end)
{
    const struct kafka_commit *x = commit;
    const struct kafka_offset *e = end;
    int c = strcmp(x->topic, e->topic);
    return c ? c : (x->partition > e->partition) - (x->partition < e->partition);
}

static void look_at(struct kafka_round_memory *memory, struct kafka_round *r, const struct kafka_commit *x,
                    bool committed, uint32_t now_s, struct topic **last)
{
    const struct kafka_offset *end = NULL;
    if (x->offset >= 0 && !x->fault && r->nends)
        end = bsearch(x, r->ends, r->nends, sizeof *r->ends, by_topic_partition);
    if (!end || end->fault || end->offset <= x->offset)
        return;
    int64_t until = committed ? kafka_open_stable(memory, r, end) : end->offset;
    if (until <= x->offset || until - x->offset > KAFKA_MARKERS_LAG)
        return;
    if (!*last || strcmp((*last)->name, end->topic) != 0)
        *last = topic_of(&memory->markers, end->topic);
    if (!*last)
        return;
    struct watched *w = watch(&memory->markers, *last, end->partition, committed, until, now_s);
    bool inside = w->to >= 0 && x->offset >= w->to - w->from_less && x->offset <= w->to;
    int64_t from = inside ? w->to : x->offset; /* what is known need not be read again */
    if (from < until && from > w->record && until - from > w->ask_less)
        w->ask_less = (uint8_t)(until - from);
}

static void look_at_all(struct kafka_round_memory *memory, struct kafka_round *r, uint32_t now_s)
{
    struct topic *last = NULL;
    for (size_t i = 0; i < r->groups.ngroups; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++)
            look_at(memory, r, &r->committed[i].commits[j], r->groups.groups[i].read_committed, now_s, &last);
}

/* Groups that were not asked since their commits come by themselves. */
static void look_at_wanted(struct kafka_round_memory *memory, struct kafka_round *r, uint32_t now_s)
{
    struct topic *last = NULL;
    size_t at = 0;
    for (size_t i = 0; i < memory->markers.wants.n && !r->step; i++) {
        const struct kafka_markers_want *w = &memory->markers.wants.items[i];
        while (at < r->groups.ngroups && strcmp(r->groups.groups[at].name, w->group) < 0)
            at++;
        if (at == r->groups.ngroups || strcmp(r->groups.groups[at].name, w->group) != 0 || !r->committed[at].pushed)
            continue;
        struct kafka_commit x = {.topic = w->topic, .partition = w->partition, .offset = w->offset};
        look_at(memory, r, &x, r->groups.groups[at].read_committed, now_s, &last);
    }
}

/* Topics of which nothing was seen for some minutes are not there any more, or nobody lags on them: groups of a large
 * cluster are read by turns. Says which of the others ask, and how many ranges are whole. */
static size_t look_through(struct kafka_markers *m, uint32_t now_s)
{
    size_t at = 0, len, whole = 0;
    const void *key;
    void *value;
    while (map_next(&m->topics, &at, &key, &len, &value)) {
        struct topic *t = value;
        uint32_t idle_s = UINT32_MAX;
        t->asks = false;
        for (size_t i = 0; i < 2; i++)
            for (size_t p = 0; t->of[i] && p < t->n; p++) {
                const struct watched *w = &t->of[i][p];
                if (w->end < 0)
                    continue;
                idle_s = now_s - w->seen_s < idle_s ? now_s - w->seen_s : idle_s;
                t->asks |= w->round == m->round && w->ask_less;
                whole += w->round == m->round && w->to == w->end;
            }
        if (idle_s > FORGET_S) {
            m->watched -= ((t->of[0] != NULL) + (size_t)(t->of[1] != NULL)) * t->n;
            map_del(&m->topics, key, len);
            free_topic(t);
        }
    }
    return whole;
}

/* ---- who reads ---- */

static bool retire_reader(struct kafka_markers *m, struct kafka_round *r)
{
    if (m->reader && r->nretired == sizeof r->retired / sizeof *r->retired)
        return false;
    if (m->reader)
        r->retired[r->nretired++] = m->reader;
    m->reader = NULL;
    return true;
}

/* The lane's client, until it has read from as many topics as one may: a client keeps much of every partition of a topic
 * that it ever read from. Then one of its own, that is exchanged when it has. */
static struct kafka_admin *reader_of(struct kafka_round_memory *memory)
{
    struct kafka_markers *m = &memory->markers;
    struct kafka_admin *a = m->reader ? m->reader : memory->admin;
    if (m->last != a) {
        m->last = a;
        m->learnt = 0;
        m->client++;
    }
    return a;
}

/* True if the topic may be read from in this round; none: no other is. */
static bool learn(const struct kafka_round_plan *plan, struct kafka_round_memory *memory, struct kafka_round *r,
                  struct topic *t, bool none)
{
    struct kafka_markers *m = &memory->markers;
    struct error err;
    reader_of(memory);
    if (t->learnt == m->client)
        return true;
    if (m->learnt + t->n > MAX_LEARNT) {
        if (!none)
            return false;
        if (m->learnt || !m->reader) {
            if (!retire_reader(m, r) || plan->ops->open(&plan->settings, &m->reader, &err) != 0)
                return false;
            reader_of(memory);
        }
    }
    m->learnt += t->n;
    t->learnt = m->client;
    return true;
}

/* ---- reading ---- */

/* What is read in one round. */
struct reading {
    struct kafka_reading items[MAX_READ];
    struct watched *of[MAX_READ];
    size_t n;
};

static void take(struct watched *w, const struct kafka_reading *x, uint32_t now_s)
{
    if (x->fault) {
        w->pause_until_s = now_s + (x->fault == KAFKA_FAULT_DENIED ? DENIED_S : PAUSE_S);
    } else if (x->record >= 0) {
        w->record = x->record;
    } else {
        bool on = w->to >= 0 && x->from == w->to && x->until - w->to + w->from_less <= UINT32_MAX;
        int64_t from = on ? w->to - w->from_less : x->from;
        w->from_less = (uint32_t)(x->until - from);
        w->to = x->until;
    }
}

static void choose(const struct kafka_round_plan *plan, struct kafka_round_memory *memory, struct kafka_round *r,
                   struct topic *t, uint32_t now_s, struct reading *out)
{
    const struct kafka_markers *m = &memory->markers;
    bool may = false;
    for (size_t i = 0; i < 2; i++)
        for (size_t p = 0; t->of[i] && p < t->n && out->n < MAX_READ; p++) {
            struct watched *w = &t->of[i][p];
            /* The first round of all is the only one of a snapshot. */
            bool still = w->still || m->round == 1;
            if (w->round != m->round || !w->ask_less || !still || now_s < w->pause_until_s)
                continue;
            if (!may && !(may = learn(plan, memory, r, t, out->n == 0)))
                return;
            out->of[out->n] = w;
            out->items[out->n++] = (struct kafka_reading){.topic = t->name,
                                                          .partition = (int32_t)p,
                                                          .committed = i == 1,
                                                          .from = w->end - w->ask_less,
                                                          .until = w->end};
        }
}

/* Topic by topic: first those that the client knows already. */
static void choose_all(const struct kafka_round_plan *plan, struct kafka_round_memory *memory, struct kafka_round *r,
                       uint32_t now_s, struct reading *out)
{
    void *value;
    reader_of(memory);
    for (int pass = 0; pass < 2; pass++) {
        uint32_t client = memory->markers.client;
        size_t at = 0;
        while (out->n < MAX_READ && map_next(&memory->markers.topics, &at, NULL, NULL, &value)) {
            struct topic *t = value;
            if (t->asks && (t->learnt == client) == (pass == 0))
                choose(plan, memory, r, t, now_s, out);
        }
    }
}

/* Returns how many ranges have become whole. */
static size_t read_some(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                        const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_markers *m = &memory->markers;
    struct reading x = {.n = 0};
    int64_t now_us = clock_mono_us(budget->clock);
    uint32_t now_s = (uint32_t)(now_us / 1000000), client = m->client;
    choose_all(plan, memory, r, now_s, &x);
    if (x.n)
        m->idle_since_s = now_s;
    if (x.n == 0 && m->reader && now_s - m->idle_since_s > IDLE_S)
        retire_reader(m, r);
    if (x.n == 0)
        return 0;
    struct kafka_budget part = kafka_budget_part(budget, SHARE_PERCENT);
    int ms = READ_MS + (m->reader && m->client != client ? CONNECT_MS : 0);
    int64_t until_us = now_us + ms * INT64_C(1000);
    part.until_us = part.until_us < until_us ? part.until_us : until_us;
    plan->ops->read(reader_of(memory), &plan->settings, &part, x.items, x.n);
    log_debug("kafka %s: %zu short lags read in %lld us", plan->settings.bootstrap, x.n,
              (long long)(clock_mono_us(budget->clock) - now_us));
    size_t whole = 0;
    for (size_t i = 0; i < x.n; i++) {
        bool was = x.of[i]->to == x.of[i]->end;
        take(x.of[i], &x.items[i], now_s);
        whole += !was && x.of[i]->to == x.of[i]->end;
        x.of[i]->ask_less = 0;
    }
    return whole;
}

static void tell(const struct kafka_markers *m, struct kafka_round *r, size_t whole)
{
    size_t at = 0;
    void *value;
    r->markers = kafka_arena_alloc(&r->arena, whole, sizeof *r->markers);
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        const struct topic *t = value;
        for (size_t i = 0; i < 2; i++)
            for (size_t p = 0; t->of[i] && p < t->n && r->nmarkers < whole; p++) {
                const struct watched *w = &t->of[i][p];
                if (w->end >= 0 && w->round == m->round && w->to == w->end)
                    r->markers[r->nmarkers++] = (struct kafka_markers_range){.topic = t->name,
                                                                             .partition = (int32_t)p,
                                                                             .committed = i == 1,
                                                                             .from = w->to - w->from_less,
                                                                             .to = w->to};
            }
    }
}

void kafka_markers_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *round)
{
    struct kafka_markers *m = &memory->markers;
    int64_t left = kafka_budget_left(budget);
    uint32_t now_s = (uint32_t)(clock_mono_us(budget->clock) / 1000000);
    if (!plan->ops->read || plan->no_records || !round->ends)
        return;
    m->round++;
    look_at_all(memory, round, now_s);
    look_at_wanted(memory, round, now_s);
    size_t whole = look_through(m, now_s);
    /* Groups of which nothing is known yet come first: requests are counted. */
    if (!round->more && left * 100 >= (int64_t)round->budget_ms * MIN_LEFT_PERCENT)
        whole += read_some(plan, memory, budget, round);
    tell(m, round, whole);
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
    while (map_next(&m->topics, &at, NULL, NULL, &value))
        free_topic(value);
    map_done(&m->topics);
    *m = (struct kafka_markers){.reader = m->reader};
}

/* ---- in the model ---- */

static bool stands_still(const struct kafka_ring *ends)
{
    return ends->n >= 2 && kafka_ring_last(ends).offset == kafka_ring_point(ends, ends->n - 2).offset;
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
        struct kafka_model_seldom *seldom = kafka_model_seldom_set(t->partitions[x->partition]);
        if (!seldom->markers) {
            seldom->markers = mem_new(struct kafka_markers_known);
            seldom->markers->to[0] = seldom->markers->to[1] = -1;
        }
        seldom->markers->from[x->committed] = x->from;
        seldom->markers->to[x->committed] = x->to;
    }
}

bool kafka_markers_only(const struct kafka_model_commit *c, const struct kafka_model_partition *p, int64_t end)
{
    const struct kafka_markers_known *k = kafka_model_seldom(p).markers;
    size_t i = c->read_committed;
    return k && k->to[i] == end && c->committed >= k->from[i] && c->committed < end;
}
