/* Keeps the tail of __consumer_offsets open where that is wanted, allowed and worth it. */
#include "kafka/tail.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum {
    BEGIN_MS = 300,           /* before the first stream is opened: who only wants one picture has it by then */
    LINGER_MS = 50,           /* records are collected for so long before the loop hears of them */
    AGAIN_MS = 15000,         /* after a stream could not be opened */
    DENIED_AGAIN_MS = 300000, /* the same for want of a permission, or of the topic */
    COSTLY_AGAIN_MS = 600000, /* and where there were too many records */
    WATCH_MS = 500,           /* between two looks at a stream that is on its way out */
    HELD_MS = 1000,           /* commits held back for so long by a transaction: their groups are polled */
    RATE_MS = 30000,          /* the rate of records is measured over so long */
    RECORDS_A_REQUEST = 20, /* more records than so many for each request that the cap allows cost more than polling */
    DEFAULT_CAP = 500,      /* where there is none */
    MAX_COMMITS = 2000000,  /* waiting to be taken */
};

static const char topic[] = "__consumer_offsets";

struct kafka_tail {
    struct event_base *base;
    const struct clock *clock;
    const struct kafka_tail_ops *ops;
    void *arg;
    struct kafka_plan *plan;
    enum kafka_tail_mode mode;
    struct kafka_records *records; /* NULL: none open */
    struct kafka_plan *used;       /* by records */
    bool closing;                  /* records are on their way out */
    struct event *timer;           /* looks after closing, and opens again */
    pthread_mutex_t lock;          /* for these two, which the stream's thread adds to */
    struct kafka_push push;
    struct kafka_push_counts counts;
    /* The loop's. */
    struct kafka_cover cover;
    int64_t *held_us; /* per partition: since when records are held back; 0: they are not */
    size_t held;      /* partitions whose groups are polled for that */
    uint64_t gaps;
    int64_t rate_us, rate_records; /* of the last look at the rate */
    char text[256], note[128];
};

static void say(struct kafka_tail *t, const char *text)
{
    if (strcmp(t->text, text) == 0)
        return;
    snprintf(t->text, sizeof t->text, "%s", text);
    log_info("%s: %s", topic, text);
}

static void uncover(struct kafka_tail *t)
{
    kafka_cover_done(&t->cover);
    free(t->held_us);
    t->held_us = NULL;
    t->held = 0;
    t->note[0] = '\0';
}

static void wake_after(struct kafka_tail *t, int64_t ms)
{
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    evtimer_add(t->timer, &tv);
}

/* Closes the stream, and opens another after a while; 0: none. */
static void close_stream(struct kafka_tail *t, const char *why, int64_t again_ms)
{
    say(t, why);
    uncover(t);
    if (t->records && !t->closing) {
        t->closing = true;
        kafka_records_stop(t->records);
    }
    evtimer_del(t->timer);
    if (t->closing || again_ms)
        wake_after(t, again_ms ? again_ms : WATCH_MS);
    t->ops->news(t->arg, true);
}

/* ---- the stream ---- */

static void on_record(void *arg, const struct kafka_record *record)
{
    struct kafka_tail *t = arg;
    pthread_mutex_lock(&t->lock);
    kafka_push_add(&t->push, record, clock_mono_us(t->clock), &t->counts);
    pthread_mutex_unlock(&t->lock);
}

/* What a fault means for the whole; true if it was dealt with. */
static bool give_up(struct kafka_tail *t, enum kafka_fault fault, const char *text)
{
    char why[256];
    if (fault == KAFKA_FAULT_DENIED) {
        close_stream(t, "polled: no READ on __consumer_offsets", DENIED_AGAIN_MS);
        return true;
    }
    if (fault == KAFKA_FAULT_GONE) {
        close_stream(t, "polled: __consumer_offsets is not there, or not to be seen", AGAIN_MS);
        return true;
    }
    if (!text)
        return false;
    snprintf(why, sizeof why, "polled: %.200s", text);
    close_stream(t, why, AGAIN_MS);
    return true;
}

/* True if the stream was given up, because it costs more than it saves. */
static bool weigh(struct kafka_tail *t, const struct kafka_records_state *s)
{
    int64_t now = clock_mono_us(t->clock), took = now - t->rate_us;
    if (took < RATE_MS * INT64_C(1000))
        return false;
    int64_t rate = ((int64_t)s->records - t->rate_records) * 1000000 / took;
    int64_t cap = kafka_pace_cap(t->plan->round.settings.pace), most = (cap ? cap : DEFAULT_CAP) * RECORDS_A_REQUEST;
    t->rate_us = now;
    t->rate_records = (int64_t)s->records;
    if (t->mode != KAFKA_TAIL_AUTO || rate <= most)
        return false;
    char why[256];
    snprintf(why, sizeof why, "polled: %lld records/s on __consumer_offsets cost more than polling (over %lld)",
             (long long)rate, (long long)most);
    close_stream(t, why, COSTLY_AGAIN_MS);
    return true;
}

/* Which partitions can be relied on. True if that changed. */
static bool update_cover(struct kafka_tail *t, const struct kafka_records_state *s)
{
    int64_t now = clock_mono_us(t->clock);
    bool changed = false;
    if (!t->cover.npartitions) {
        t->cover.npartitions = (int32_t)s->nplaces;
        t->cover.since_us = mem_calloc(s->nplaces, sizeof *t->cover.since_us);
        t->held_us = mem_calloc(s->nplaces, sizeof *t->held_us);
        changed = true;
    }
    size_t held = 0;
    for (size_t i = 0; i < s->nplaces && i < (size_t)t->cover.npartitions; i++) {
        const struct kafka_records_place *p = &s->places[i];
        bool back = p->at_end && p->end > p->position;
        t->held_us[i] = !back ? 0 : t->held_us[i] ? t->held_us[i] : now;
        bool is_held = back && now - t->held_us[i] >= HELD_MS * INT64_C(1000);
        bool good = !p->fault && p->position >= 0 && !is_held;
        held += is_held;
        if (good != (t->cover.since_us[i] != 0)) {
            t->cover.since_us[i] = good ? now : 0;
            changed = true;
        }
    }
    t->held = held;
    t->note[0] = '\0';
    if (held)
        snprintf(t->note, sizeof t->note, "an open transaction holds back %zu of %d partitions of commits: polled",
                 held, t->cover.npartitions);
    return changed;
}

static void on_turn(void *arg, const struct kafka_records_state *s)
{
    struct kafka_tail *t = arg;
    uint64_t gaps = 0;
    if (s->code) {
        give_up(t, s->fault, s->error.text);
        return;
    }
    for (size_t i = 0; i < s->nplaces; i++) {
        gaps += s->places[i].gaps;
        enum kafka_fault fault = s->places[i].fault;
        if ((fault == KAFKA_FAULT_DENIED || fault == KAFKA_FAULT_GONE) && give_up(t, fault, NULL))
            return;
    }
    if (gaps != t->gaps || t->push.ncommits > MAX_COMMITS) {
        close_stream(t,
                     gaps != t->gaps ? "polled: records of __consumer_offsets were gone before they could be read"
                                     : "polled: too many commits at once",
                     AGAIN_MS);
        return;
    }
    if (weigh(t, s))
        return;
    bool changed = update_cover(t, s);
    say(t, "subscribed");
    if (changed || kafka_tail_waits(t))
        t->ops->news(t->arg, changed);
}

static const struct kafka_records_ops stream_ops = {.record = on_record, .turn = on_turn};

static void open_stream(struct kafka_tail *t)
{
    kafka_push_done(&t->push);
    kafka_plan_unref(t->used);
    t->used = kafka_plan_ref(t->plan);
    t->gaps = 0;
    t->rate_us = clock_mono_us(t->clock);
    t->rate_records = 0;
    struct kafka_records_what what = {.topic = topic, .partition = -1, .from = KAFKA_RECORDS_END};
    struct kafka_records_settings settings = {
        .admin = &t->used->round.settings,
        .what = &what,
        .nwhat = 1,
        .linger_ms = LINGER_MS,
        .gap_to = KAFKA_RECORDS_END,
        .ops = &stream_ops,
        .arg = t,
    };
    t->records = kafka_records_new(t->base, &settings);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct kafka_tail *t = arg;
    if (t->records && !kafka_records_stopped(t->records)) {
        if (t->closing)
            wake_after(t, WATCH_MS);
        return;
    }
    kafka_records_free(t->records, 0);
    t->records = NULL;
    t->closing = false;
    if (t->plan && t->mode != KAFKA_TAIL_POLL)
        open_stream(t);
}

/* ---- from outside ---- */

struct kafka_tail *kafka_tail_new(struct event_base *base, const struct clock *clock, const struct kafka_tail_ops *ops,
                                  void *arg)
{
    struct kafka_tail *t = mem_new(struct kafka_tail);
    t->base = base;
    t->clock = clock;
    t->ops = ops;
    t->arg = arg;
    t->mode = KAFKA_TAIL_POLL;
    t->timer = evtimer_new(base, on_timer, t);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void kafka_tail_configure(struct kafka_tail *t, struct kafka_plan *plan, enum kafka_tail_mode mode)
{
    kafka_plan_unref(t->plan);
    t->plan = kafka_plan_ref(plan);
    t->mode = mode;
    if (mode == KAFKA_TAIL_POLL)
        close_stream(t, "polled: so configured", 0);
    else
        close_stream(t, "polled: not subscribed yet", BEGIN_MS);
}

bool kafka_tail_free(struct kafka_tail *t, int wait_ms)
{
    if (!t)
        return true;
    event_free(t->timer);
    t->timer = NULL;
    bool all = kafka_records_free(t->records, wait_ms);
    if (!all) { /* its thread may still add to the push, and read the plan */
        mem_abandon(t);
        return false;
    }
    uncover(t);
    kafka_push_done(&t->push);
    pthread_mutex_destroy(&t->lock);
    kafka_plan_unref(t->plan);
    kafka_plan_unref(t->used);
    free(t);
    return true;
}

bool kafka_tail_take(struct kafka_tail *t, struct kafka_push *p)
{
    pthread_mutex_lock(&t->lock);
    bool any = t->push.first_us != 0;
    if (any) {
        *p = t->push;
        t->push = (struct kafka_push){0};
    }
    pthread_mutex_unlock(&t->lock);
    return any;
}

bool kafka_tail_waits(struct kafka_tail *t)
{
    pthread_mutex_lock(&t->lock);
    bool any = t->push.first_us != 0;
    pthread_mutex_unlock(&t->lock);
    return any;
}

const struct kafka_cover *kafka_tail_cover(const struct kafka_tail *t)
{
    return &t->cover;
}

const char *kafka_tail_text(const struct kafka_tail *t)
{
    return t->text;
}

const char *kafka_tail_note(const struct kafka_tail *t)
{
    return t->note;
}

struct kafka_push_counts kafka_tail_counts(struct kafka_tail *t)
{
    pthread_mutex_lock(&t->lock);
    struct kafka_push_counts counts = t->counts;
    pthread_mutex_unlock(&t->lock);
    return counts;
}
