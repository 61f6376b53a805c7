/* The stream of one control topic. */
#include "connect/topic.h"
#include "base/mem.h"
#include "kafka/records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum {
    LINGER_MS = 10,  /* records are collected for so long before the loop hears of them: that bounds its work, too */
    OPEN_MS = 15000, /* to find out positions */
    WATCH_MS = 100,  /* between two looks at a stream that is on its way out */
    CLOSE_MS = 5000, /* a client that takes longer to close is left behind, while there are few of those */
    MAX_BEHIND = 3,
    AGAIN_MS = 5000,      /* after a stream could not be opened, or not wholly */
    GONE_AGAIN_MS = 5000, /* the same where the topic is not there */
    DENIED_AGAIN_MS = 60000,
    FETCH_BYTES = 4 * 1024 * 1024, /* ahead */
    HELD_MS = 2000,                /* records held back for so long by a transaction are worth a word */
};

/* An event on its way to the loop. */
struct item {
    struct connect_cycles_record record;
    struct connect_event event;
};

/* What the loop knows of a partition. */
struct part {
    int64_t told;    /* the offset up to which it was handed over; -1: none */
    int64_t begin;   /* from which on it was read without a gap; -1: not known yet */
    uint64_t gaps;   /* that were seen */
    bool leapt;      /* one of them has not been told of */
    bool ended;      /* its end was reached once */
    int64_t held_us; /* since when a transaction holds records back, monotonic; 0: none does */
};

/* A stream that is being closed, and what it reads by. */
struct behind {
    struct kafka_records *records;
    struct kafka_plan *plan;
};

struct connect_topic {
    struct event_base *base;
    const struct clock *clock;
    const struct connect_topic_ops *ops;
    void *arg;
    char *name;
    int64_t since_ms;               /* from when on to read what is not known */
    int64_t last_ms;                /* the latest time of a record that was handed over; 0: none was */
    bool gone;                      /* the topic was not there when last seen */
    struct kafka_plan *plan, *used; /* used: by records */
    struct kafka_records *records;  /* NULL: none open */
    bool closing;                   /* records are on their way out */
    bool stopped;                   /* no other follows */
    int64_t closing_us;             /* since when, monotonic */
    VEC(struct behind) behind;      /* streams whose closing hangs */
    struct event *timer;            /* looks after closing, and opens again */
    int64_t open_us;                /* monotonic time before which none is opened */
    /* The stream's thread's while it collects, the loop's in a turn. */
    struct connect_event_reader *reader;
    struct kafka_arena arena; /* of items */
    VEC(struct item) items;
    uint64_t bad;
    int32_t bad_partition;
    int64_t bad_offset;
    struct error bad_error;
    /* The loop's. */
    VEC(struct part) parts; /* as the stream's places */
    VEC(struct kafka_records_known) known;
    enum connect_topic_state state;
    bool partly;
    char text[384], note[128];
    uint64_t told_bad;
};

/* ---- on the stream's thread ---- */

static struct connect_event_text keep(struct kafka_arena *a, struct connect_event_text text)
{
    return text.s ? (struct connect_event_text){kafka_arena_copy(a, text.s, text.len), text.len} : text;
}

/* Makes what an event points to the arena's. */
static void keep_all(struct kafka_arena *a, struct connect_event *e)
{
    struct connect_event_assignment *assignments = kafka_arena_alloc(a, e->nassignments, sizeof *assignments);
    struct connect_event_file *files = kafka_arena_alloc(a, e->nfiles, sizeof *files);
    struct connect_event_text last = {0}, copy = {0};
    for (size_t i = 0; i < e->nassignments; i++) {
        assignments[i] = e->assignments[i];
        struct connect_event_text topic = assignments[i].topic;
        if (!copy.s || topic.len != last.len || memcmp(topic.s, last.s, last.len) != 0) { /* mostly the same again */
            last = topic;
            copy = keep(a, topic);
        }
        assignments[i].topic = copy;
    }
    for (size_t i = 0; i < e->nfiles; i++) {
        files[i] = e->files[i];
        files[i].path = keep(a, files[i].path);
    }
    e->assignments = assignments;
    e->files = files;
    e->group = keep(a, e->group);
    e->catalog = keep(a, e->catalog);
    e->table = keep(a, e->table);
}

static void on_record(void *arg, const struct kafka_record *r)
{
    struct connect_topic *t = arg;
    struct item item = {.record = {.topic = t->name,
                                   .partition = r->partition,
                                   .offset = r->offset,
                                   .time_ms = r->time_ms,
                                   .key_len = r->key_len}};
    struct error err;
    if (connect_event_read(t->reader, r->value, r->value_len, &item.event, &err)) {
        if (t->bad++ == 0) {
            t->bad_partition = r->partition;
            t->bad_offset = r->offset;
            t->bad_error = err;
        }
        return;
    }
    keep_all(&t->arena, &item.event);
    if (r->key)
        item.record.key = kafka_arena_copy(&t->arena, r->key, r->key_len);
    vec_push(&t->items, item);
}

/* ---- life ---- */

static void forget_items(struct connect_topic *t)
{
    kafka_arena_done(&t->arena);
    t->items.n = 0;
}

static void wake_after(struct connect_topic *t, int64_t ms)
{
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    evtimer_add(t->timer, &tv);
}

/* Closes the stream, and opens another after a while. */
static void close_stream(struct connect_topic *t, int64_t again_ms)
{
    t->open_us = clock_mono_us(t->clock) + again_ms * 1000;
    if (t->records && !t->closing) {
        t->closing = true;
        t->closing_us = clock_mono_us(t->clock);
        kafka_records_stop(t->records);
    }
    wake_after(t, t->closing ? WATCH_MS : again_ms);
}

__attribute__((format(printf, 2, 3))) static void break_off(struct connect_topic *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t->text, sizeof t->text, fmt, ap);
    va_end(ap);
    t->state = CONNECT_TOPIC_BROKEN;
}

static void say_gone(struct connect_topic *t)
{
    break_off(t, "the topic does not exist, or is not to be seen");
    t->gone = true;
}

/* What it means that the topic cannot be read for this reason. */
static void give_up(struct connect_topic *t, enum kafka_fault fault, const char *text)
{
    t->partly = false;
    if (fault == KAFKA_FAULT_GONE)
        say_gone(t);
    else if (fault == KAFKA_FAULT_DENIED)
        break_off(t, "no permission to read it");
    else
        break_off(t, "%s", text ? text : kafka_fault_text(fault));
    close_stream(t, fault == KAFKA_FAULT_GONE     ? GONE_AGAIN_MS
                    : fault == KAFKA_FAULT_DENIED ? DENIED_AGAIN_MS
                                                  : AGAIN_MS);
}

/* ---- turns ---- */

static void say_bad(struct connect_topic *t)
{
    char text[640];
    if (t->bad && !t->told_bad) {
        snprintf(text, sizeof text, "holds what is no control event: partition %" PRId32 " offset %" PRId64 ": %s",
                 t->bad_partition, t->bad_offset, t->bad_error.text);
        t->ops->event(t->arg, "warn", t->name, text);
    }
    t->told_bad = t->bad;
}

static void say_gap(struct connect_topic *t, struct part *p, int32_t partition, int64_t position)
{
    char text[256];
    if (p->told < 0)
        return;
    if (position < p->told)
        snprintf(text, sizeof text,
                 "partition %" PRId32 " begins anew: it ended at offset %" PRId64
                 " or later, and now there are others before it",
                 partition, p->told);
    else
        snprintf(text, sizeof text,
                 "partition %" PRId32 ": records from offset %" PRId64 " on were deleted before they could be read; "
                 "reading goes on near %" PRId64,
                 partition, p->told, position);
    t->ops->event(t->arg, "warn", t->name, text);
}

/* Takes in where a partition is. */
static void note_place(struct connect_topic *t, const struct kafka_records_place *l, struct part *p)
{
    if (l->gaps != p->gaps) {
        p->gaps = l->gaps;
        p->leapt = true;
        p->begin = -1;
    }
    p->begin = p->begin < 0 ? l->begin : p->begin;
    p->ended |= l->at_end;
    if (l->position < 0 || l->position == p->told)
        return;
    if (p->leapt)
        say_gap(t, p, l->partition, l->position);
    p->leapt = false;
    p->told = l->position;
    t->ops->end(t->arg, t->name, l->partition, l->position);
}

/* Says how far those have been read that are at their ends. */
static void note_ends(struct connect_topic *t, const struct kafka_records_state *s)
{
    for (size_t i = 0; i < s->nplaces && !t->stopped && !s->down; i++) {
        const struct kafka_records_place *l = &s->places[i];
        const struct part *p = &t->parts.items[i];
        if (l->at_end && !l->fault && p->begin >= 0 && t->ops->caught_up)
            t->ops->caught_up(t->arg, t->name, l->partition, p->begin, l->end > l->position ? l->end : l->position);
    }
}

static void note_known(struct connect_topic *t, const struct kafka_records_state *s)
{
    t->known.n = 0;
    for (size_t i = 0; i < s->nplaces; i++)
        if (s->places[i].position >= 0)
            vec_push(&t->known, (struct kafka_records_known){t->name, s->places[i].partition, s->places[i].position});
}

/* How the stream stands, all partitions together. */
static void note_state(struct connect_topic *t, const struct kafka_records_state *s)
{
    const struct kafka_records_place *bad = NULL;
    size_t nbad = 0, reading = 0;
    int64_t left = 0;
    for (size_t i = 0; i < s->nplaces; i++) {
        const struct kafka_records_place *l = &s->places[i];
        if (l->fault) {
            bad = bad ? bad : l;
            nbad++;
        } else if (!t->parts.items[i].ended) {
            reading++;
            left += l->end > l->position && l->position >= 0 ? l->end - l->position : 0;
        }
    }
    t->partly = nbad < s->nplaces;
    t->text[0] = '\0';
    t->state = reading ? CONNECT_TOPIC_READING : CONNECT_TOPIC_LIVE;
    if (bad && bad->fault == KAFKA_FAULT_GONE && nbad == s->nplaces) {
        say_gone(t);
    } else if (s->down) {
        t->partly = false;
        break_off(t, "no broker can be reached%s%s", *s->reason ? ": " : "", s->reason);
    } else if (bad) {
        break_off(t, "partition %" PRId32 ": %s", bad->partition,
                  bad->fault_text ? bad->fault_text : kafka_fault_text(bad->fault));
    } else if (reading) {
        snprintf(t->text, sizeof t->text, left ? "%" PRId64 " offsets are still to be read" : "its end is looked for",
                 left);
    }
}

/* While a transaction is open, nothing behind its beginning is delivered, neither here nor to the sink. */
static void note_held(struct connect_topic *t, const struct kafka_records_state *s)
{
    int64_t now = clock_mono_us(t->clock);
    t->note[0] = '\0';
    for (size_t i = 0; i < s->nplaces; i++) {
        const struct kafka_records_place *l = &s->places[i];
        struct part *p = &t->parts.items[i];
        bool held = l->at_end && l->end > l->position && !s->down;
        p->held_us = !held ? 0 : p->held_us ? p->held_us : now;
        if (held && now - p->held_us >= HELD_MS * INT64_C(1000) && !*t->note)
            snprintf(t->note, sizeof t->note,
                     "partition %" PRId32 ": an open transaction holds back what is behind offset %" PRId64,
                     l->partition, l->position);
    }
}

/* A partition's fault that does not go away by itself; true if the stream was given up for it. One that is not there stays
 * open: it is read on when it is back, and closing it then may hang in the library. */
static bool gave_up(struct connect_topic *t, const struct kafka_records_state *s)
{
    for (size_t i = 0; i < s->nplaces; i++) {
        const struct kafka_records_place *l = &s->places[i];
        bool unread = l->position < 0 && !l->gaps; /* its beginning was not found: the stream leaves it alone */
        if (!l->fault || (l->fault != KAFKA_FAULT_DENIED && !unread))
            continue;
        give_up(t, l->fault, l->fault_text);
        return true;
    }
    return false;
}

static void hand_over(struct connect_topic *t, const struct kafka_records_state *s)
{
    for (size_t i = 0; i < t->items.n && !t->stopped; i++) {
        struct item *item = &t->items.items[i];
        item->record.event = &item->event;
        t->last_ms = item->record.time_ms > t->last_ms ? item->record.time_ms : t->last_ms;
        t->ops->record(t->arg, &item->record);
    }
    for (size_t i = 0; i < s->nplaces && !t->stopped; i++)
        note_place(t, &s->places[i], &t->parts.items[i]);
    note_ends(t, s);
    note_known(t, s);
    say_bad(t);
}

static void on_turn(void *arg, const struct kafka_records_state *s)
{
    struct connect_topic *t = arg;
    if (s->code) {
        give_up(t, s->fault, s->error.text);
        t->ops->turn(t->arg);
        return;
    }
    while (t->parts.n < s->nplaces)
        vec_push(&t->parts, (struct part){.told = -1, .begin = -1});
    if (!t->gone) /* else it is not known what offsets mean: all comes again from another stream */
        hand_over(t, s);
    forget_items(t);
    if (t->stopped)
        return;
    if (!gave_up(t, s))
        note_state(t, s);
    note_held(t, s);
    if (s->grown || (t->gone && t->state != CONNECT_TOPIC_BROKEN))
        close_stream(t, 0);
    t->ops->turn(t->arg);
}

static const struct kafka_records_ops stream_ops = {.record = on_record, .turn = on_turn};

/* A topic that is back may be another one by that name, whose offsets mean something else: it is read from the time of the
 * last event on. */
static void begin_anew(struct connect_topic *t)
{
    t->gone = false;
    t->known.n = t->parts.n = 0;
    if (!t->last_ms)
        return;
    t->since_ms = t->last_ms + 1;
    t->ops->event(t->arg, "warn", t->name, "was not there, and is read from the time of its last event on");
}

static void open_stream(struct connect_topic *t)
{
    if (t->gone)
        begin_anew(t);
    const struct kafka_records_what what = {
        .topic = t->name, .partition = -1, .from = KAFKA_RECORDS_TIME, .at = t->since_ms};
    kafka_plan_unref(t->used);
    t->used = kafka_plan_ref(t->plan);
    for (size_t i = 0; i < t->parts.n; i++)
        t->parts.items[i].gaps = 0;
    forget_items(t);
    t->bad = t->told_bad; /* what came after the last turn comes again */
    t->records = kafka_records_new(t->base, &(struct kafka_records_settings){
                                                .admin = &t->used->round.settings,
                                                .what = &what,
                                                .nwhat = 1,
                                                .known = t->known.items,
                                                .nknown = t->known.n,
                                                .max_bytes = FETCH_BYTES,
                                                .linger_ms = LINGER_MS,
                                                .gap_to = KAFKA_RECORDS_START,
                                                .open_ms = OPEN_MS,
                                                .ops = &stream_ops,
                                                .arg = t,
                                            });
}

/* Frees those that were closed after all; true if none is left. */
static bool free_behind(struct connect_topic *t)
{
    for (size_t i = t->behind.n; i-- > 0;) {
        struct behind b = t->behind.items[i];
        if (!kafka_records_stopped(b.records))
            continue;
        kafka_records_free(b.records, 0);
        kafka_plan_unref(b.plan);
        t->behind.items[i] = t->behind.items[--t->behind.n];
    }
    return t->behind.n == 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_topic *t = arg;
    if (t->records && !t->closing)
        return;
    free_behind(t);
    if (t->records && !kafka_records_stopped(t->records)) {
        if (clock_mono_us(t->clock) - t->closing_us < CLOSE_MS * INT64_C(1000) || t->behind.n == MAX_BEHIND) {
            wake_after(t, WATCH_MS);
            return;
        }
        vec_push(&t->behind, (struct behind){t->records, t->used});
        t->records = NULL;
        t->used = NULL;
    }
    kafka_records_free(t->records, 0);
    t->records = NULL;
    t->closing = false;
    int64_t wait_us = t->open_us - clock_mono_us(t->clock);
    if (t->stopped || !t->plan)
        return;
    if (wait_us > 0)
        wake_after(t, wait_us / 1000 + 1);
    else
        open_stream(t);
}

/* ---- from outside ---- */

struct connect_topic *connect_topic_new(struct event_base *base, const struct clock *clock, const char *name,
                                        int64_t since_ms, const struct connect_topic_ops *ops, void *arg)
{
    struct connect_topic *t = mem_new(struct connect_topic);
    t->base = base;
    t->clock = clock;
    t->ops = ops;
    t->arg = arg;
    t->name = mem_strdup(name);
    t->since_ms = since_ms;
    t->reader = connect_event_reader_new();
    t->timer = evtimer_new(base, on_timer, t);
    return t;
}

void connect_topic_configure(struct connect_topic *t, struct kafka_plan *plan)
{
    kafka_plan_ref(plan);
    kafka_plan_unref(t->plan);
    t->plan = plan;
    close_stream(t, 0);
}

void connect_topic_stop(struct connect_topic *t)
{
    t->stopped = true;
    close_stream(t, 0);
}

bool connect_topic_stopped(const struct connect_topic *t)
{
    return t->stopped && (!t->records || kafka_records_stopped(t->records));
}

bool connect_topic_free(struct connect_topic *t, int wait_ms)
{
    if (!t)
        return true;
    event_free(t->timer);
    t->timer = NULL;
    if (!kafka_records_free(t->records, wait_ms) || !free_behind(t)) {
        mem_abandon(t); /* threads may still read plans, and add items */
        return false;
    }
    vec_done(&t->behind);
    forget_items(t);
    vec_done(&t->items);
    vec_done(&t->parts);
    vec_done(&t->known);
    connect_event_reader_free(t->reader);
    kafka_plan_unref(t->plan);
    kafka_plan_unref(t->used);
    free(t->name);
    free(t);
    return true;
}

struct connect_topic_report connect_topic_report(const struct connect_topic *t)
{
    return (struct connect_topic_report){
        .name = t->name,
        .state = t->state,
        .partly = t->partly,
        .text = t->text,
        .note = t->note,
        .bad = t->told_bad,
        .bad_partition = t->bad_partition,
        .bad_offset = t->bad_offset,
        .bad_text = t->bad_error.text,
    };
}
