/* The source of one server. */
#include "prom/server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/workers.h"
#include "prom/server_tables.h"
#include "prom/tables.h"
#include "source/login.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AT_ONCE = 4,             /* questions under way */
    SLICE_US = 3000,         /* of the loop's time, for writing */
    ROWS = 32,               /* between two looks at the clock */
    SHORTEST_TICK_MS = 100,  /* between two rounds */
    MAX_INTERVAL_MS = 60000, /* of back-off, or the interval if that is longer */
    SLACK_MS = 5000,         /* of a round, for reading and writing */
    MISSING_ROUNDS = 20,     /* times its interval until what the server has not is asked for again */
    READERS_WAIT_MS = 2000,  /* for an answer that is being read; else they are gone at once */
    LARGE = 500,             /* items of an answer that are not freed on the loop */
    PAGES = 100,             /* of one answer */
};

enum phase { IDLE, WAITING, ASKING, WRITING };

/* Something that is asked again and again. */
struct part {
    struct prom_server *server;
    const struct prom_server_rows_kind *kind;
    struct prom_server_rows_part rows;
    int64_t every_us, due_us;
    int64_t range_ms, step_ms, had_ms; /* of a query; had_ms: when it was answered last, 0: never */
    enum phase phase;
    struct prom_server_ask *ask;
    union prom_api_answer answer; /* WRITING */
    size_t at;
    int pages;           /* of it that were read before */
    struct error failed; /* code 0: it was answered the last time */
    char *partial;       /* what is missing from the answer, by the server; or NULL */
    bool missing;        /* the server has no such part of the API */
    size_t bad;          /* items of the answer that could not be read, */
    bool unreadable;     /* and whether there were some in the one before */
};

struct prom_server {
    struct event_base *base;
    struct store *store;
    char *name, *url, *tenant;
    const char *headers[2];
    struct prom_server_place place;
    struct prom_server_rows rows;
    struct prom_server_fill *fill;
    struct part *parts;
    size_t nparts;
    int64_t tick_us, round_us; /* round_us: when the last one began */
    struct event *turn;
    struct source *src;
    bool running; /* a round is */
    bool held;    /* the store is, for what is being written */
};

static int64_t now_us(const struct prom_server *s)
{
    return clock_mono_us(store_clock(s->store));
}

static int64_t wall_ms(const struct prom_server *s)
{
    return clock_wall_ms(store_clock(s->store));
}

/* ---- what is said of the server ---- */

/* "query rps", "alerts" */
static void add_what(struct str *out, const struct part *p)
{
    str_printf(out, p->rows.name ? "%s %s" : "%s", p->kind->what, p->rows.name ? p->rows.name->safe : "");
}

/* How it is with all that is asked: how many parts failed, and in words what is wrong or missing. */
static enum source_outcome judge(const struct prom_server *s, struct error *err)
{
    struct str words = {0};
    size_t failed = 0, partial = 0, there = 0;
    int code = ERR_REMOTE;
    for (size_t i = 0; i < s->nparts; i++) {
        const struct part *p = &s->parts[i];
        const char *why = p->failed.code ? p->failed.text : p->partial;
        there += !p->missing;
        failed += p->failed.code != 0;
        partial += !p->failed.code && p->partial;
        if (!why || words.len)
            continue;
        code = p->failed.code ? p->failed.code : ERR_PARTIAL;
        if (code != ERR_UNAVAILABLE) /* else it is not about this part alone */
            add_what(&words, p);
        str_add(&words, words.len ? ": " : "");
        text_safe_line(&words, why, strlen(why));
    }
    if (failed + partial > 1 && code != ERR_UNAVAILABLE)
        str_printf(&words, "; and %zu more", failed + partial - 1);
    enum source_outcome outcome = failed && failed == there ? SOURCE_FAILED
                                  : failed || partial       ? SOURCE_PARTIAL
                                                            : SOURCE_OK;
    if (s->nparts && !there) {
        outcome = SOURCE_FAILED;
        str_printf(&words, "%s: no HTTP API of Prometheus is there", s->url);
    }
    error_set(err, code, "%s", str_text(&words));
    str_done(&words);
    return outcome;
}

static void write_note(struct prom_server *s)
{
    struct str note = {0};
    const char *fill = prom_server_fill_note(s->fill);
    size_t missing = 0;
    for (size_t i = 0; i < s->nparts; i++)
        if (s->parts[i].missing)
            str_printf(&note, "%s%s", missing++ ? ", no " : "the server has no ", s->parts[i].kind->what);
    if (fill)
        str_printf(&note, "%s%s", note.len ? "; " : "", fill);
    source_note(s->src, str_text(&note));
    str_done(&note);
}

static void on_fill_changed(void *arg)
{
    struct prom_server *s = arg;
    write_note(s);
    store_commit(s->store);
}

static void end_round(struct prom_server *s)
{
    struct error err;
    size_t rows = 0;
    for (size_t i = 0; i < s->nparts; i++)
        rows += s->parts[i].rows.rows.n;
    s->running = false;
    enum source_outcome outcome = judge(s, &err);
    write_note(s);
    source_done(s->src, outcome, outcome == SOURCE_OK ? NULL : &err, rows);
    store_commit(s->store);
}

/* ---- one answer ---- */

static void hold(struct prom_server *s)
{
    if (!s->held)
        store_hold(s->store);
    s->held = true;
}

static void release(struct prom_server *s)
{
    if (s->held)
        store_release(s->store);
    s->held = false;
}

static void set_partial(struct part *p, const char *text)
{
    free(p->partial);
    p->partial = text && *text ? mem_strdup(text) : NULL;
}

/* It was not answered. Of what no server has said anything the source itself tells. */
static void fail(struct part *p, const struct error *err)
{
    struct prom_server *s = p->server;
    p->phase = IDLE;
    if (err->code == ERR_NOT_FOUND && !p->rows.name) {
        p->missing = true;
        p->failed = (struct error){0};
        p->due_us += p->every_us * (MISSING_ROUNDS - 1);
        set_partial(p, NULL);
        prom_server_rows_remove(&s->rows, p->kind, &p->rows);
        return;
    }
    p->failed = *err;
    if (p->rows.name && err->code != ERR_UNAVAILABLE)
        prom_server_rows_fail(&s->rows, &p->rows, err);
}

/* What is under way, or is to be in this round, is not asked: so many are not. */
static void fail_rest(struct prom_server *s, const struct error *err)
{
    for (size_t i = 0; i < s->nparts; i++) {
        struct part *p = &s->parts[i];
        if (p->phase != WAITING && p->phase != ASKING)
            continue;
        prom_server_ask_cancel(p->ask);
        p->ask = NULL;
        fail(p, err);
    }
}

/* The past that charts lack: all of it at first, then what was between two answers. */
static void want_past(struct part *p)
{
    int64_t now = wall_ms(p->server), every_ms = p->every_us / 1000;
    bool gap = p->had_ms && now - p->had_ms > 2 * every_ms + p->server->place.deadline_ms;
    int64_t from = now - p->range_ms;
    if (p->range_ms && (!p->had_ms || gap)) {
        const struct prom_server_fill_want want = {.part = &p->rows,
                                                   .from_ms = p->had_ms > from ? p->had_ms : from,
                                                   .step_ms = p->step_ms,
                                                   .maybe_known = !p->had_ms};
        prom_server_fill_want(p->server->fill, &want);
    }
    p->had_ms = now;
}

/* An answer on its way out. */
struct leaving {
    const struct prom_server_rows_kind *kind;
    union prom_api_answer answer;
};

static void run_leaving(void *arg)
{
    struct leaving *l = arg;
    l->kind->done(&l->answer);
}

static void end_leaving(void *arg)
{
    run_leaving(arg); /* nothing is left, but where it was never run */
    free(arg);
}

static void drop_answer(struct part *p)
{
    if (p->kind->count(&p->answer) < LARGE) {
        p->kind->done(&p->answer);
        return;
    }
    struct leaving *l = mem_new(struct leaving);
    *l = (struct leaving){.kind = p->kind, .answer = p->answer};
    p->answer = (union prom_api_answer){0};
    workers_submit(p->server->place.readers, run_leaving, end_leaving, l);
}

/* What is missing from the answer, of which this may be one page of many. What cannot be read is an event when it begins. */
static void take_notes(struct part *p)
{
    const struct prom_api_notes *notes = p->kind->notes(&p->answer);
    struct prom_server *s = p->server;
    struct str text = {0};
    if (notes->warnings)
        str_add(&text, notes->warnings);
    if (notes->bad)
        str_printf(&text, "%s%zu of them cannot be read, the first: %s", text.len ? "; " : "", notes->bad,
                   notes->first_bad);
    if (!p->pages)
        p->bad = 0;
    if (notes->bad && !p->bad && !p->unreadable)
        source_event(s->store, s->name, "warn", p->kind->what, "%zu of the server's %s cannot be read, the first: %s",
                     notes->bad, p->kind->what, notes->first_bad);
    p->bad += notes->bad;
    if (!p->pages || text.len)
        set_partial(p, text.s);
    str_done(&text);
}

/* ---- questions ---- */

static void on_answer(void *arg, union prom_api_answer *answer, const struct error *failed)
{
    struct part *p = arg;
    struct prom_server *s = p->server;
    p->ask = NULL;
    if (!answer) {
        fail(p, failed);
        if (failed->code == ERR_UNAVAILABLE)
            fail_rest(s, failed);
        event_active(s->turn, 0, 0);
        return;
    }
    p->answer = *answer;
    *answer = (union prom_api_answer){0};
    p->phase = WRITING;
    p->at = 0;
    if (!p->pages)
        prom_server_rows_begin(&p->rows);
    hold(s);
    event_active(s->turn, 0, 0);
}

static void ask(struct part *p, const char *form)
{
    struct prom_server *s = p->server;
    p->phase = ASKING;
    p->ask = prom_server_ask_start(&s->place, p->kind->job, p->kind->path, form, on_answer, p);
}

static void ask_page(struct part *p, const char *token)
{
    struct str form = {0};
    str_add(&form, "group_next_token=");
    net_http_encode(&form, token);
    ask(p, form.s);
    str_done(&form);
}

static void ask_first(struct part *p)
{
    struct str form = {0};
    p->pages = 0;
    if (p->rows.promql) {
        str_add(&form, "query=");
        net_http_encode(&form, p->rows.promql);
        str_printf(&form, "&timeout=%dms", p->server->place.deadline_ms);
    }
    ask(p, str_text(&form));
    str_done(&form);
}

/* All of an answer is written; there may be more of it to ask for. */
static void end_answer(struct part *p)
{
    struct prom_server *s = p->server;
    char *next = p->kind == &prom_server_rows_rules ? p->answer.rules.next : NULL;
    take_notes(p);
    if (next && *next && ++p->pages < PAGES) {
        p->answer.rules.next = NULL;
        drop_answer(p);
        ask_page(p, next);
        free(next);
        return;
    }
    p->missing = false;
    p->unreadable = p->bad > 0;
    p->failed = (struct error){0};
    prom_server_rows_end(&s->rows, p->kind, &p->rows, &p->answer);
    drop_answer(p);
    p->phase = IDLE;
    if (p->rows.name)
        want_past(p);
}

/* Starts what there is place for; ends the round when nothing is left of it. */
static void go_on(struct prom_server *s)
{
    size_t asking = 0, writing = 0;
    for (size_t i = 0; i < s->nparts; i++)
        asking += s->parts[i].phase == ASKING;
    for (size_t i = 0; i < s->nparts && asking < AT_ONCE; i++) {
        if (s->parts[i].phase != WAITING)
            continue;
        ask_first(&s->parts[i]);
        asking++;
    }
    for (size_t i = 0; i < s->nparts; i++)
        writing += s->parts[i].phase == WRITING;
    if (!writing)
        release(s);
    if (s->running && !asking && !writing)
        end_round(s);
    else
        store_commit(s->store);
}

/* A slice of writing. */
static void write_on(struct part *p)
{
    struct prom_server *s = p->server;
    size_t n = p->kind->count(&p->answer);
    for (int64_t end = now_us(s) + SLICE_US; p->at < n && now_us(s) < end;)
        for (size_t k = 0; k < ROWS && p->at < n; k++)
            p->kind->write(&s->rows, &p->rows, &p->answer, p->at++);
    if (p->at >= n)
        end_answer(p);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct prom_server *s = arg;
    struct part *writing = NULL;
    (void)fd, (void)what;
    for (size_t i = 0; i < s->nparts && !writing; i++)
        writing = s->parts[i].phase == WRITING ? &s->parts[i] : NULL;
    if (writing) {
        write_on(writing);
        event_active(s->turn, 0, 0);
    }
    if (!writing || writing->phase != WRITING)
        go_on(s);
}

/* ---- the source ---- */

/* A round before its time is one that somebody wants: all is asked then. */
static void on_round(void *self, struct source *src)
{
    struct prom_server *s = self;
    int64_t now = now_us(s);
    bool early = s->round_us && now - s->round_us < s->tick_us * 3 / 4;
    s->src = src;
    s->rows.owner = source_owner(src);
    s->round_us = now;
    s->running = true;
    for (size_t i = 0; i < s->nparts; i++) {
        struct part *p = &s->parts[i];
        if (p->phase != IDLE || (!early && p->due_us > now + s->tick_us / 2))
            continue;
        p->phase = WAITING;
        p->due_us = now + p->every_us;
    }
    go_on(s);
}

static void on_deadline(void *self, struct source *src)
{
    struct prom_server *s = self;
    struct error err;
    (void)src;
    error_set(&err, ERR_TIMEOUT, "%s: not answered before the end of the round", s->url);
    fail_rest(s, &err);
    go_on(s);
}

static void free_part(struct part *p)
{
    prom_server_ask_cancel(p->ask);
    if (p->phase == WRITING)
        p->kind->done(&p->answer);
    prom_server_rows_part_done(&p->rows);
    free(p->partial);
}

static void on_free(void *self)
{
    struct prom_server *s = self;
    prom_server_fill_free(s->fill);
    for (size_t i = 0; i < s->nparts; i++)
        free_part(&s->parts[i]);
    free(s->parts);
    release(s);
    net_http_free(s->place.http);
    workers_free(s->place.readers, READERS_WAIT_MS);
    event_free(s->turn);
    net_login_done(&s->place.login);
    name_unref(s->rows.server);
    free(s->name);
    free(s->url);
    free(s->tenant);
    free(s);
}

const struct source_ops prom_server_ops = {
    .kind = "prometheus server", .round = on_round, .deadline = on_deadline, .free = on_free};

/* ---- what it is made of ---- */

static void set_place(struct prom_server *s, const struct conf_server *conf)
{
    const struct net_login login = source_login(&conf->http);
    if (conf->tenant) {
        s->tenant = mem_printf("X-Scope-OrgID: %s", conf->tenant);
        s->headers[0] = s->tenant;
    }
    s->place = (struct prom_server_place){.http = net_http_new(s->base),
                                          .readers = workers_new(s->base, "prom-api", 1),
                                          .url = s->url,
                                          .headers = s->tenant ? s->headers : NULL,
                                          .login = net_login_copy(&login),
                                          .deadline_ms = conf->deadline_ms,
                                          .max_body = (size_t)conf->max_body};
}

static int every_of(const struct conf_server *conf, const struct conf_query *q)
{
    return q->every_ms ? q->every_ms : conf->interval_ms;
}

static void add_part(struct prom_server *s, const struct prom_server_rows_kind *kind, int every_ms)
{
    s->parts[s->nparts++] = (struct part){.server = s, .kind = kind, .every_us = (int64_t)every_ms * 1000};
}

/* As rows name it, and tables know it; NULL: none. */
static const char *unit_of(const struct conf_query *q)
{
    static const char *const others[][2] = {
        {"none", NULL}, {"s", "seconds"}, {"ms", "milliseconds"}, {"us", "microseconds"}, {"ns", "nanoseconds"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i][0], q->unit) == 0)
            return others[i][1];
    return q->unit;
}

static void add_query(struct prom_server *s, const struct conf_server *conf, const struct conf_query *q)
{
    add_part(s, &prom_server_rows_queries, every_of(conf, q));
    struct part *p = &s->parts[s->nparts - 1];
    p->rows.name = name_intern(store_names(s->store), q->name, strlen(q->name));
    p->rows.promql = mem_strdup(q->promql);
    p->rows.unit = mem_strdup_opt(unit_of(q));
    p->range_ms = q->range_ms;
    p->step_ms = q->step_ms ? q->step_ms : every_of(conf, q);
}

/* The most time between rounds with which each question has one when it is due. */
static int tick_of(const struct conf_server *conf)
{
    const struct conf_query *q = conf->queries.items;
    int tick = conf->alerts || conf->rules || conf->targets || !conf->queries.n ? conf->interval_ms : 0;
    for (size_t i = 0; i < conf->queries.n; i++)
        for (int a = every_of(conf, &q[i]), rest = a; rest; a = rest) {
            rest = tick ? tick % a : 0; /* Euclid's */
            tick = a;
        }
    return tick < SHORTEST_TICK_MS ? SHORTEST_TICK_MS : tick;
}

struct prom_server *prom_server_new(struct event_base *base, struct store *store, const struct conf_server *conf,
                                    const struct prom_server_fill_past *past)
{
    struct prom_server *s = mem_new(struct prom_server);
    *s = (struct prom_server){.base = base,
                              .store = store,
                              .name = prom_server_name_of(conf),
                              .url = mem_strdup(conf->url),
                              .tick_us = (int64_t)tick_of(conf) * 1000};
    for (size_t i = 0; prom_tables[i]; i++)
        if (!store_find(store, prom_tables[i]->name))
            store_add(store, prom_tables[i], NULL, NULL, NULL);
    s->rows = (struct prom_server_rows){.store = store,
                                        .server = name_intern(store_names(store), conf->name, strlen(conf->name))};
    set_place(s, conf);
    const struct conf_query *q = conf->queries.items;
    s->parts = mem_calloc(conf->queries.n + 3, sizeof *s->parts);
    if (conf->alerts)
        add_part(s, &prom_server_rows_alerts, conf->interval_ms);
    if (conf->rules)
        add_part(s, &prom_server_rows_rules, conf->interval_ms);
    if (conf->targets)
        add_part(s, &prom_server_rows_targets, conf->interval_ms);
    for (size_t i = 0; i < conf->queries.n; i++)
        add_query(s, conf, &q[i]);
    s->fill = prom_server_fill_new(base, &s->place, &s->rows, past, on_fill_changed, s);
    s->turn = event_new(base, -1, 0, on_turn, s);
    return s;
}

const char *prom_server_name(const struct prom_server *s)
{
    return s->name;
}

char *prom_server_name_of(const struct conf_server *conf)
{
    return mem_printf("promapi:%s", conf->name);
}

struct source_settings prom_server_settings(const struct conf_server *conf)
{
    size_t parts = conf->queries.n + 3, waves = (parts + AT_ONCE - 1) / AT_ONCE;
    int tick = tick_of(conf), max = tick > MAX_INTERVAL_MS ? tick : MAX_INTERVAL_MS;
    int64_t deadline = (int64_t)waves * conf->deadline_ms + SLACK_MS;
    return (struct source_settings){
        .interval_ms = tick, .deadline_ms = deadline < INT32_MAX ? (int)deadline : INT32_MAX, .max_interval_ms = max};
}
