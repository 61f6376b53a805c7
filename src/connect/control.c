/* The source: which topics are read and looked at, and how it all stands. */
#include "connect/control.h"
#include "base/mem.h"
#include "base/str.h"
#include "connect/probe.h"
#include "connect/topic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum {
    PROBE_MS = 10000,       /* for one look at all candidates */
    PROBE_AGAIN_MS = 10000, /* where nothing was there; each time twice as long, up to: */
    PROBE_MAX_MS = 120000,
    PROBE_FAILED_MS = 15000,     /* when all failed */
    PROBE_NO_AGAIN_MS = 3600000, /* where there was something else */
    REAP_MS = 200,               /* between two looks at topics that are on their way out */
    TELL_MS = 1000,              /* between two texts in the source's row, while it stays as good or bad as it is */
    FREE_WAIT_MS = 3000,         /* for clients, at the end; one may take a second to notice, and its turn */
};

struct candidate {
    char *name;
    enum connect_probe_verdict verdict;
    int64_t due_us, again_ms; /* when it is to be looked at, and how long after that again */
};

struct connect_control {
    char *name;
    struct event_base *base;
    struct store *store;
    const struct clock *clock;
    const struct connect_control_ops *ops;
    void *arg;
    int64_t back_ms;
    struct kafka_plan *plan;
    VEC(struct connect_topic *) topics;
    VEC(struct connect_topic *) leaving; /* on their way out */
    struct event *reaper;                /* of those */
    size_t too_many;                     /* topics that are not read */
    struct connect_probe *probe;
    VEC(struct candidate) candidates;
    bool unsaid; /* found is to be called in any case */
    struct event *prober;
    struct source *source; /* NULL: no round yet */
    bool in_round, given;  /* given: topics were */
    bool looked;           /* a round has ended */
    /* What the row says. */
    enum source_outcome outcome;
    struct error told;
    char told_note[512];
    int64_t told_us;
};

/* ---- how it stands ---- */

__attribute__((format(printf, 2, 3))) static void add_text(struct str *out, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_add(out, out->len ? "; " : "");
    str_vprintf(out, fmt, ap);
    va_end(ap);
}

/* Counts of topics by how they stand. */
struct standing {
    size_t opening, reading, broken, partly, bad;
};

static struct standing describe(const struct connect_control *c, struct str *text)
{
    struct standing s = {0};
    for (size_t i = 0; i < c->topics.n; i++) {
        struct connect_topic_report r = connect_topic_report(c->topics.items[i]);
        s.opening += r.state == CONNECT_TOPIC_OPENING;
        s.reading += r.state == CONNECT_TOPIC_READING;
        s.broken += r.state == CONNECT_TOPIC_BROKEN && !r.partly;
        s.partly += r.state == CONNECT_TOPIC_BROKEN && r.partly;
        s.bad += r.bad > 0;
        if (*r.text)
            add_text(text, "%s: %s", r.name, r.text);
        if (r.bad)
            add_text(text, "%s: %" PRIu64 " %s: %spartition %" PRId32 " offset %" PRId64 ": %s", r.name, r.bad,
                     r.bad == 1 ? "record is no event" : "records are no events", r.bad == 1 ? "" : "first at ",
                     r.bad_partition, r.bad_offset, r.bad_text);
    }
    if (c->too_many)
        add_text(text, "%zu more topics are not read: at most %d are", c->too_many, CONNECT_CONTROL_TOPICS);
    return s;
}

/* late: who waits for the first round waits no longer. */
static enum source_outcome judge(const struct connect_control *c, bool late, struct error *err)
{
    struct str text = {0};
    struct standing s = describe(c, &text);
    enum source_outcome outcome = SOURCE_OK;
    if (late && s.opening) {
        add_text(&text, "%zu of %zu topics did not answer yet", s.opening, c->topics.n);
        s.broken += s.opening;
    }
    if (c->topics.n && s.broken == c->topics.n)
        outcome = SOURCE_FAILED;
    else if (s.broken || s.partly || s.bad || c->too_many)
        outcome = SOURCE_PARTIAL;
    else if (s.opening || s.reading)
        outcome = SOURCE_STARTING;
    *err = (struct error){0};
    if (outcome != SOURCE_OK)
        error_set(err, outcome == SOURCE_FAILED ? ERR_UNAVAILABLE : ERR_PARTIAL, "%s",
                  text.len ? str_text(&text) : "control topics are being opened");
    str_done(&text);
    return outcome;
}

/* All that can be read of what was there at first has been. */
static bool is_complete(const struct connect_control *c)
{
    for (size_t i = 0; i < c->topics.n; i++) {
        enum connect_topic_state state = connect_topic_report(c->topics.items[i]).state;
        if (state == CONNECT_TOPIC_OPENING || state == CONNECT_TOPIC_READING)
            return false;
    }
    return c->given;
}

static size_t count_rows(const struct connect_control *c)
{
    return c->ops->rows ? c->ops->rows(c->arg) : 0;
}

static void make_note(const struct connect_control *c, char *buf, size_t size)
{
    struct str text = {0};
    for (size_t i = 0; i < c->topics.n; i++) {
        struct connect_topic_report r = connect_topic_report(c->topics.items[i]);
        if (*r.note)
            add_text(&text, "%s: %s", r.name, r.note);
    }
    if (!c->topics.n)
        str_add(&text, c->given ? "no control topic is known" : "control topics are looked for");
    snprintf(buf, size, "%s", str_text(&text));
    str_done(&text);
}

/* Brings the source's row up to date, and ends its round where there is one that can end: a later one than the first
 * at once. */
static void tell(struct connect_control *c, bool late)
{
    struct error err;
    int64_t now = clock_mono_us(c->clock);
    if (!c->source)
        return;
    bool ends = c->in_round && (late || c->looked || is_complete(c));
    enum source_outcome outcome = judge(c, late, &err);
    char note[sizeof c->told_note];
    make_note(c, note, sizeof note);
    bool same = outcome == c->outcome && strcmp(err.text, c->told.text) == 0 && strcmp(note, c->told_note) == 0;
    bool soon = outcome == c->outcome && c->topics.n && now - c->told_us < TELL_MS * INT64_C(1000); /* turns come */
    if (!ends && (c->in_round || same || soon))
        return;
    c->outcome = outcome;
    c->told = err;
    c->told_us = now;
    memcpy(c->told_note, note, sizeof note);
    if (outcome != SOURCE_FAILED)
        source_note(c->source, note);
    if (ends) {
        c->in_round = false;
        c->looked = true;
        source_done(c->source, outcome, &err, count_rows(c));
    } else {
        source_progress(c->source, outcome, &err, count_rows(c));
    }
}

/* ---- topics ---- */

static void on_record(void *arg, const struct connect_cycles_record *record)
{
    struct connect_control *c = arg;
    c->ops->record(c->arg, record);
}

static void on_end(void *arg, const char *topic, int32_t partition, int64_t offset)
{
    struct connect_control *c = arg;
    c->ops->end(c->arg, topic, partition, offset);
}

static void on_caught_up(void *arg, const char *topic, int32_t partition, int64_t begin, int64_t end)
{
    struct connect_control *c = arg;
    if (c->ops->caught_up)
        c->ops->caught_up(c->arg, topic, partition, begin, end);
}

static void on_event(void *arg, const char *severity, const char *topic, const char *text)
{
    struct connect_control *c = arg;
    char subject[300];
    snprintf(subject, sizeof subject, "topic %s", topic);
    source_event(c->store, c->name, severity, subject, "%s", text);
    store_commit(c->store);
}

static void on_turn(void *arg)
{
    struct connect_control *c = arg;
    c->ops->turn(c->arg);
    tell(c, false);
}

static const struct connect_topic_ops topic_ops = {
    .record = on_record, .end = on_end, .caught_up = on_caught_up, .event = on_event, .turn = on_turn};

static void wake_after(struct event *timer, int64_t ms)
{
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    evtimer_add(timer, &tv);
}

static void on_reaper(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_control *c = arg;
    for (size_t i = c->leaving.n; i-- > 0;)
        if (connect_topic_stopped(c->leaving.items[i])) {
            connect_topic_free(c->leaving.items[i], 0);
            c->leaving.items[i] = c->leaving.items[--c->leaving.n];
        }
    if (c->leaving.n)
        wake_after(c->reaper, REAP_MS);
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_read(const struct connect_control *c, const char *name)
{
    for (size_t i = 0; i < c->topics.n; i++)
        if (strcmp(connect_topic_report(c->topics.items[i]).name, name) == 0)
            return true;
    return false;
}

void connect_control_topics(struct connect_control *c, const char *const *topics, size_t n)
{
    size_t kept = 0;
    c->given = true;
    c->too_many = 0;
    for (size_t i = 0; i < c->topics.n; i++) {
        struct connect_topic *t = c->topics.items[i];
        if (is_among(topics, n, connect_topic_report(t).name)) {
            c->topics.items[kept++] = t;
            continue;
        }
        connect_topic_stop(t);
        vec_push(&c->leaving, t);
        wake_after(c->reaper, REAP_MS);
    }
    c->topics.n = kept;
    for (size_t i = 0; i < n; i++) {
        if (is_read(c, topics[i]))
            continue;
        if (c->topics.n == CONNECT_CONTROL_TOPICS) {
            c->too_many++;
            continue;
        }
        struct connect_topic *t =
            connect_topic_new(c->base, c->clock, topics[i], clock_wall_ms(c->clock) - c->back_ms, &topic_ops, c);
        vec_push(&c->topics, t);
        connect_topic_configure(t, c->plan);
    }
    tell(c, false);
}

bool connect_control_state(const struct connect_control *c, const char *topic, bool *live, bool *broken)
{
    for (size_t i = 0; i < c->topics.n; i++) {
        struct connect_topic_report r = connect_topic_report(c->topics.items[i]);
        if (strcmp(r.name, topic) != 0)
            continue;
        *live = r.state == CONNECT_TOPIC_LIVE;
        *broken = r.state == CONNECT_TOPIC_BROKEN;
        return true;
    }
    return false;
}

/* ---- candidates ---- */

static void wake_prober(struct connect_control *c)
{
    int64_t first = INT64_MAX, now = clock_mono_us(c->clock);
    for (size_t i = 0; i < c->candidates.n; i++) {
        const struct candidate *x = &c->candidates.items[i];
        if (x->verdict != CONNECT_PROBE_YES && x->due_us < first)
            first = x->due_us;
    }
    if (first != INT64_MAX || c->unsaid)
        wake_after(c->prober, c->unsaid || first < now ? 0 : (first - now) / 1000 + 1);
}

static void say_found(struct connect_control *c)
{
    const char **names = mem_calloc(c->candidates.n + 1, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < c->candidates.n; i++)
        if (c->candidates.items[i].verdict == CONNECT_PROBE_YES)
            names[n++] = mem_strdup(c->candidates.items[i].name);
    c->unsaid = false;
    if (c->ops->found)
        c->ops->found(c->arg, names, n);
    for (size_t i = 0; i < n; i++)
        free((char *)(uintptr_t)names[i]);
    free(names);
}

static void on_probed(void *arg, const char *const *topics, const enum connect_probe_verdict *verdicts, size_t n,
                      const struct error *err)
{
    struct connect_control *c = arg;
    int64_t now = clock_mono_us(c->clock);
    for (size_t i = 0; i < c->candidates.n; i++) {
        struct candidate *x = &c->candidates.items[i];
        for (size_t k = 0; k < n; k++) {
            if (strcmp(topics[k], x->name) != 0)
                continue;
            int64_t again_ms = err                               ? PROBE_FAILED_MS
                               : verdicts[k] == CONNECT_PROBE_NO ? PROBE_NO_AGAIN_MS
                                                                 : x->again_ms;
            if (!err)
                x->again_ms = x->again_ms * 2 < PROBE_MAX_MS ? x->again_ms * 2 : PROBE_MAX_MS;
            x->verdict = err ? x->verdict : verdicts[k];
            x->due_us = now + again_ms * 1000;
        }
    }
    say_found(c);
    wake_prober(c);
}

static void on_prober(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_control *c = arg;
    const char *names[CONNECT_CONTROL_CANDIDATES];
    int64_t now = clock_mono_us(c->clock);
    size_t n = 0;
    for (size_t i = 0; i < c->candidates.n && !c->plan->no_records; i++) {
        struct candidate *x = &c->candidates.items[i];
        if (x->verdict == CONNECT_PROBE_YES || x->due_us > now)
            continue;
        if (is_read(c, x->name))
            x->due_us = now + PROBE_MAX_MS * INT64_C(1000);
        else
            names[n++] = x->name;
    }
    if (!n) {
        if (c->unsaid)
            say_found(c);
        if (!c->plan->no_records)
            wake_prober(c);
    } else if (!connect_probe_ask(c->probe, c->plan, names, n, PROBE_MS)) {
        wake_after(c->prober, REAP_MS); /* one is under way, or being closed */
    }
}

void connect_control_candidates(struct connect_control *c, const char *const *topics, size_t n)
{
    VEC(struct candidate) next = {0};
    n = n < CONNECT_CONTROL_CANDIDATES ? n : CONNECT_CONTROL_CANDIDATES;
    for (size_t i = 0; i < n; i++) {
        struct candidate x = {.due_us = INT64_MIN, .again_ms = PROBE_AGAIN_MS};
        for (size_t k = 0; k < c->candidates.n; k++)
            if (strcmp(c->candidates.items[k].name, topics[i]) == 0)
                x = c->candidates.items[k];
        x.name = mem_strdup(topics[i]);
        vec_push(&next, x);
    }
    for (size_t i = 0; i < c->candidates.n; i++)
        free(c->candidates.items[i].name);
    vec_done(&c->candidates);
    c->candidates.items = next.items;
    c->candidates.n = next.n;
    c->candidates.room = next.room;
    c->unsaid = true;
    wake_after(c->prober, 0);
}

/* ---- the source ---- */

struct connect_control *connect_control_new(struct event_base *base, struct store *store,
                                            const struct conf_cluster *conf, int64_t back_ms,
                                            const struct connect_control_ops *ops, void *arg)
{
    struct connect_control *c = mem_new(struct connect_control);
    c->name = mem_printf("control:%s", conf->name);
    c->base = base;
    c->store = store;
    c->clock = store_clock(store);
    c->ops = ops;
    c->arg = arg;
    c->back_ms = back_ms ? back_ms : CONNECT_CONTROL_BACK_MS;
    c->plan = kafka_plan_new(conf, NULL, c->clock, NULL, NULL);
    c->reaper = evtimer_new(base, on_reaper, c);
    c->prober = evtimer_new(base, on_prober, c);
    c->probe = connect_probe_new(base, c->clock, on_probed, c);
    return c;
}

const char *connect_control_name(const struct connect_control *c)
{
    return c->name;
}

struct source_settings connect_control_settings(const struct conf_cluster *conf)
{
    return (struct source_settings){
        .interval_ms = conf->interval_ms, .deadline_ms = conf->deadline_ms, .max_interval_ms = conf->max_interval_ms};
}

void connect_control_configure(struct connect_control *c, const struct conf_cluster *conf)
{
    kafka_plan_unref(c->plan);
    c->plan = kafka_plan_new(conf, NULL, c->clock, NULL, NULL);
    for (size_t i = 0; i < c->topics.n; i++)
        connect_topic_configure(c->topics.items[i], c->plan);
    for (size_t i = 0; i < c->candidates.n; i++) /* others may answer there */
        c->candidates.items[i].due_us = INT64_MIN;
    wake_prober(c);
}

static void round_begin(void *self, struct source *src)
{
    struct connect_control *c = self;
    c->source = src;
    c->in_round = true;
    tell(c, false);
}

static void round_late(void *self, struct source *src)
{
    (void)src;
    tell(self, true);
}

static void free_all(void *self)
{
    struct connect_control *c = self;
    int64_t until_us = clock_mono_us(&clock_system) + FREE_WAIT_MS * INT64_C(1000), left_us;
    for (size_t i = 0; i < c->topics.n; i++) {
        connect_topic_stop(c->topics.items[i]);
        vec_push(&c->leaving, c->topics.items[i]);
    }
    event_free(c->reaper);
    event_free(c->prober);
    for (size_t i = 0; i < c->leaving.n; i++) { /* all are closing at the same time */
        left_us = until_us - clock_mono_us(&clock_system);
        connect_topic_free(c->leaving.items[i], left_us > 0 ? (int)(left_us / 1000) : 0);
    }
    left_us = until_us - clock_mono_us(&clock_system);
    connect_probe_free(c->probe, left_us > 0 ? (int)(left_us / 1000) : 0);
    for (size_t i = 0; i < c->candidates.n; i++)
        free(c->candidates.items[i].name);
    vec_done(&c->candidates);
    vec_done(&c->topics);
    vec_done(&c->leaving);
    kafka_plan_unref(c->plan);
    free(c->name);
    free(c);
}

const struct source_ops connect_control_source_ops = {
    .kind = "control",
    .round = round_begin,
    .deadline = round_late,
    .free = free_all,
};
