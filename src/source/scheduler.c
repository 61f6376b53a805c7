/* The scheduler: when each source runs, how long it may take, and how it waits after failures. */
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "source/source.h"

#include <string.h>

#include <event2/event.h>
#include <event2/util.h>

enum {
    DEADLINE_GRACE_MS = 1000, /* asks again, should a source not have given up when asked */
    MIN_PAUSE_MS = 50,        /* between the end of a round that took longer than its interval and the next */
    JITTER_PERCENT = 20,      /* of a back-off */
};

struct source {
    struct scheduler *scheduler;
    char *name, *cluster;
    uint16_t owner;
    const struct source_ops *ops;
    void *self;
    struct source_settings settings;
    bool running, again;                 /* again: refresh was asked for while a round ran */
    bool recovering;                     /* an event has told of its failure */
    int64_t started_us, due_us, late_us; /* of the clock's monotonic time */
    int64_t interval_ms;                 /* in force, with back-off */
    int64_t rounds, failures;
};

struct scheduler {
    struct event_base *base;
    struct store *store;
    struct event *timer;
    struct table *sources;
    VEC(struct source *) list;
    struct map by_name;
};

static int64_t now_us(const struct scheduler *s)
{
    return clock_mono_us(store_clock(s->store));
}

/* Sets the loop's timer to whatever comes next. */
static void arm(struct scheduler *s)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < s->list.n; i++) {
        const struct source *src = s->list.items[i];
        int64_t at = src->running ? src->late_us : src->due_us;
        next = at < next ? at : next;
    }
    if (next == INT64_MAX) {
        event_del(s->timer);
        return;
    }
    int64_t wait = next - now_us(s);
    wait = wait < 0 ? 0 : wait;
    struct timeval tv = {.tv_sec = wait / 1000000, .tv_usec = wait % 1000000};
    event_add(s->timer, &tv);
}

static struct row *own_row(const struct source *src)
{
    struct store *store = src->scheduler->store;
    struct name *n = name_intern(store_names(store), src->name, strlen(src->name));
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_upsert(src->scheduler->sources, &key, src->owner);
    name_unref(n);
    return r;
}

static void write_plan(const struct source *src)
{
    struct table *t = src->scheduler->sources;
    struct row *r = own_row(src);
    const struct clock *clock = store_clock(src->scheduler->store);
    int64_t wait_ms = (src->due_us - clock_mono_us(clock)) / 1000;
    table_set_int(t, r, SOURCES_NEXT_ROUND, clock_wall_ms(clock) + (wait_ms > 0 ? wait_ms : 0), QUALITY_EXACT);
    table_set_real(t, r, SOURCES_INTERVAL_S, (double)src->interval_ms / 1000, QUALITY_EXACT);
}

static void write_state(const struct source *src, enum source_outcome outcome, const struct error *err, size_t rows)
{
    static const char *const states[] = {
        [SOURCE_OK] = "ok", [SOURCE_STARTING] = "starting", [SOURCE_PARTIAL] = "partial", [SOURCE_FAILED] = "failed"};
    struct table *t = src->scheduler->sources;
    struct row *r = own_row(src);
    int64_t wall = clock_wall_ms(store_clock(src->scheduler->store));
    table_set_text(t, r, SOURCES_STATE, states[outcome]);
    table_set_text(t, r, SOURCES_ERROR, outcome != SOURCE_OK && err ? err->text : NULL);
    if (outcome == SOURCE_FAILED) {
        table_set_text(t, r, SOURCES_NOTE, NULL); /* it does not read now */
    } else {
        table_set_int(t, r, SOURCES_LAST_OK, wall, QUALITY_EXACT);
        table_set_int(t, r, SOURCES_ROWS, (int64_t)rows, QUALITY_EXACT);
    }
}

static void write_outcome(const struct source *src, enum source_outcome outcome, const struct error *err,
                          int64_t took_ms, size_t rows)
{
    struct table *t = src->scheduler->sources;
    struct row *r = own_row(src);
    int64_t wall = clock_wall_ms(store_clock(src->scheduler->store));
    write_state(src, outcome, err, rows);
    table_set_int(t, r, SOURCES_LAST_ROUND, wall, QUALITY_EXACT);
    table_set_int(t, r, SOURCES_ROUND_MS, took_ms, QUALITY_EXACT);
    table_set_int(t, r, SOURCES_ROUNDS, src->rounds, QUALITY_EXACT);
    table_set_int(t, r, SOURCES_FAILURES, src->failures, QUALITY_EXACT);
}

void source_note(struct source *src, const char *text)
{
    table_set_text(src->scheduler->sources, own_row(src), SOURCES_NOTE, text && *text ? text : NULL);
}

/* Doubled for every failure in a row, up to the maximum, and spread so that sources that failed
 * together do not come back together. */
static int64_t back_off(const struct source *src)
{
    int64_t ms = src->settings.interval_ms, max = src->settings.max_interval_ms;
    if (src->failures == 0 || max <= ms)
        return ms;
    for (int64_t i = 0; i < src->failures && ms < max; i++)
        ms *= 2;
    ms = ms < max ? ms : max;
    uint32_t random;
    evutil_secure_rng_get_bytes(&random, sizeof random);
    return ms - ms * (int64_t)(random % JITTER_PERCENT) / 100;
}

/* When the next round begins: the interval after the last one, or at the source's own moment that is nearest to that. */
static int64_t next_due(const struct source *src)
{
    int64_t interval = src->interval_ms * 1000, due = src->started_us + interval;
    if (!src->settings.spread || src->failures || interval <= 0)
        return due;
    int64_t moment = (int64_t)(map_hash(src->name, strlen(src->name)) % (uint64_t)interval);
    int64_t late = ((due - moment) % interval + interval) % interval;
    return late <= interval / 2 ? due - late : due - late + interval;
}

static void start_round(struct source *src)
{
    src->running = true;
    src->again = false;
    src->started_us = now_us(src->scheduler);
    src->late_us = src->started_us + (int64_t)src->settings.deadline_ms * 1000;
    src->ops->round(src->self, src);
}

void scheduler_turn(struct scheduler *s)
{
    int64_t now = now_us(s);
    for (size_t i = 0; i < s->list.n; i++) {
        struct source *src = s->list.items[i];
        if (!src->running && src->due_us <= now) {
            start_round(src);
        } else if (src->running && src->late_us <= now) {
            src->late_us = now + DEADLINE_GRACE_MS * 1000;
            src->ops->deadline(src->self, src);
        }
    }
    arm(s);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    scheduler_turn(arg);
}

struct scheduler *scheduler_new(struct event_base *base, struct store *store)
{
    struct scheduler *s = mem_new(struct scheduler);
    s->base = base;
    s->store = store;
    s->timer = event_new(base, -1, 0, on_timer, s);
    s->sources = store_find(store, "sources");
    if (!s->sources)
        store_add(store, &source_table_sources, NULL, &s->sources, NULL);
    struct table *events;
    if (!store_find(store, "events"))
        store_add(store, &source_table_events, NULL, &events, NULL);
    store_commit(store);
    return s;
}

static void free_source(struct source *src)
{
    src->ops->free(src->self);
    free(src->name);
    free(src->cluster);
    free(src);
}

void scheduler_free(struct scheduler *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->list.n; i++)
        free_source(s->list.items[i]);
    vec_done(&s->list);
    map_done(&s->by_name);
    event_free(s->timer);
    free(s);
}

struct source *scheduler_add(struct scheduler *s, const char *name, const char *cluster, const struct source_ops *ops,
                             void *self, const struct source_settings *settings)
{
    struct source *src = mem_new(struct source);
    *src = (struct source){
        .scheduler = s,
        .name = mem_strdup(name),
        .cluster = mem_strdup_opt(cluster),
        .owner = store_owner(s->store, name),
        .ops = ops,
        .self = self,
        .settings = *settings,
        .interval_ms = settings->interval_ms,
        .due_us = now_us(s) + (int64_t)settings->wait_ms * 1000,
    };
    vec_push(&s->list, src);
    map_put(&s->by_name, name, strlen(name), src);
    struct row *r = own_row(src);
    table_set_text(s->sources, r, SOURCES_KIND, ops->kind);
    table_set_text(s->sources, r, SOURCES_CLUSTER, cluster);
    table_set_text(s->sources, r, SOURCES_STATE, "starting");
    write_plan(src);
    store_commit(s->store);
    arm(s);
    return src;
}

struct source *scheduler_find(const struct scheduler *s, const char *name)
{
    return map_get(&s->by_name, name, strlen(name));
}

void scheduler_remove(struct scheduler *s, struct source *src)
{
    size_t i = 0;
    while (i < s->list.n && s->list.items[i] != src)
        i++;
    if (i == s->list.n)
        return;
    memmove(&s->list.items[i], &s->list.items[i + 1], (--s->list.n - i) * sizeof(struct source *));
    uint16_t owner = src->owner;
    if (scheduler_find(s, src->name) == src)
        map_del(&s->by_name, src->name, strlen(src->name));
    free_source(src);
    for (i = 0; i < store_count(s->store); i++)
        table_drop_owner(store_at(s->store, i), owner);
    store_commit(s->store);
    arm(s);
}

void scheduler_configure(struct scheduler *s, struct source *src, const struct source_settings *settings)
{
    bool other = src->settings.interval_ms != settings->interval_ms;
    src->settings = *settings;
    if (!other)
        return;
    src->interval_ms = back_off(src);
    int64_t due = src->started_us + src->interval_ms * 1000;
    if (!src->running && due < src->due_us)
        src->due_us = due;
    write_plan(src);
    store_commit(s->store);
    arm(s);
}

void scheduler_refresh(struct scheduler *s, const char *name)
{
    for (size_t i = 0; i < s->list.n; i++) {
        struct source *src = s->list.items[i];
        if (name && strcmp(src->name, name) != 0)
            continue;
        src->again = src->running;
        src->due_us = now_us(s);
    }
    arm(s);
}

/* Says once that a source has failed, and once that it is back. */
static void tell(struct source *src, enum source_outcome outcome, const struct error *err)
{
    struct store *store = src->scheduler->store;
    const char *text = err ? err->text : "";
    if (outcome == SOURCE_FAILED && !src->recovering)
        source_event(store, src->name, "error", src->name, "failed: %s", text);
    else if (outcome != SOURCE_FAILED && src->recovering)
        source_event(store, src->name, "info", src->name, "is back after %lld failed rounds", (long long)src->failures);
    src->recovering = outcome == SOURCE_FAILED;
}

void source_done(struct source *src, enum source_outcome outcome, const struct error *err, size_t rows)
{
    if (!src->running)
        return;
    struct scheduler *s = src->scheduler;
    int64_t now = now_us(s);
    src->running = false;
    src->rounds++;
    tell(src, outcome, err);
    src->failures = outcome == SOURCE_FAILED ? src->failures + 1 : 0;
    src->interval_ms = back_off(src);
    src->due_us = next_due(src);
    if (src->due_us < now + MIN_PAUSE_MS * 1000)
        src->due_us = now + MIN_PAUSE_MS * 1000;
    if (src->again)
        src->due_us = now;
    write_outcome(src, outcome, err, (now - src->started_us) / 1000, rows);
    write_plan(src);
    store_commit(s->store);
    arm(s);
}

void source_progress(struct source *src, enum source_outcome outcome, const struct error *err, size_t rows)
{
    write_state(src, outcome, err, rows);
    store_commit(src->scheduler->store);
}

const char *source_name(const struct source *src)
{
    return src->name;
}

void *source_self(const struct source *src)
{
    return src->self;
}

uint16_t source_owner(const struct source *src)
{
    return src->owner;
}
