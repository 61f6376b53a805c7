/* The source of one scraped endpoint. */
#include "prom/source.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/web.h"
#include "net/http.h"
#include "prom/rows.h"
#include "prom/series.h"
#include "prom/services.h"
#include "prom/services_tables.h"
#include "prom/tables.h"
#include "source/login.h"

#include <event2/event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE_US = 3000, /* of the loop's time, for reading and for writing */
    LINES = 256,
    ROWS = 64,               /* between two looks at the clock */
    MAX_INTERVAL_MS = 60000, /* of back-off, or the interval if that is longer */
    GRACE_MS = 300,          /* past the deadline: a request that is late says itself what came until then */
    AT_ONCE = 20,            /* targets whose first rounds need not wait */
    WAIT_MS = 10,            /* between those of the others */
};

/* The plain format first, as it is the cheaper one to read. */
static const char accepted[] =
    "Accept: text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,"
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,application/"
    "openmetrics-text;version=0.0.1;q=0.3,"
    "*/*;q=0.2";

enum phase { IDLE, ASKING, READING, SERVING, WRITING, RETYPING, ABANDONING, LEAVING };

struct prom_source {
    struct event_base *base;
    struct store *store;
    char *name, *url;
    char *shown;  /* the URL without secrets */
    char *labels; /* of the target */
    struct net_login login;
    struct prom_keep keep;
    int deadline_ms;
    size_t max_body;
    struct net_http *http;
    struct net_http_call *call;
    struct event *turn;
    struct prom_series series;
    struct prom_rows rows;
    struct prom_services services;
    struct name *job_name, *instance_name;

    /* a round */
    struct source *src;
    enum phase phase;
    bool left;           /* LEAVING: series without rows are gone */
    bool again;          /* it is read a second time, as types have changed */
    struct error failed; /* what is told once all of it was abandoned */
    char *body;
    size_t len;
    enum prom_text_format format;
    int64_t asked_ms, asked_us, took_ms;
};

static int64_t now_us(const struct prom_source *p)
{
    return clock_mono_us(store_clock(p->store));
}

char *prom_source_name_of(const struct prom_target *target)
{
    return mem_printf("prom:%s/%s", target->job, target->instance);
}

/* ---- the row of `targets` ---- */

static struct row *target(const struct prom_source *p, struct table **t)
{
    const struct value key[] = {{.s = p->job_name, .quality = QUALITY_EXACT},
                                {.s = p->instance_name, .quality = QUALITY_EXACT}};
    *t = store_find(p->store, prom_table_targets.name);
    return table_upsert(*t, key, source_owner(p->src));
}

static void begin_target(const struct prom_source *p)
{
    struct table *t;
    struct row *row = target(p, &t);
    if (!row || row_get(row, TARGETS_STATE).quality)
        return;
    table_set_text(t, row, TARGETS_STATE, "starting");
    table_set_text(t, row, TARGETS_LABELS, p->labels);
    table_set_text(t, row, TARGETS_URL, p->shown);
}

static void write_target(const struct prom_source *p)
{
    const struct prom_series *s = &p->series;
    struct table *t;
    struct row *row = target(p, &t);
    if (!row)
        return;
    table_set_text(t, row, TARGETS_STATE, "up");
    table_set_int(t, row, TARGETS_LAST_SCRAPE, p->asked_ms, QUALITY_EXACT);
    table_set_int(t, row, TARGETS_SCRAPE_MS, p->took_ms, QUALITY_EXACT);
    table_set_int(t, row, TARGETS_SAMPLES, (int64_t)s->samples, QUALITY_EXACT);
    table_set_int(t, row, TARGETS_KEPT, (int64_t)s->kept, QUALITY_EXACT);
    table_set_int(t, row, TARGETS_BYTES, (int64_t)p->len, QUALITY_EXACT);
    table_set_int(t, row, TARGETS_BAD_LINES, (int64_t)s->bad, QUALITY_EXACT);
    table_set_text(t, row, TARGETS_ERROR, s->bad ? s->first_bad : NULL);
    table_set_text(t, row, TARGETS_FORMAT, p->format == PROM_TEXT_OPENMETRICS ? "OpenMetrics" : "0.0.4");
}

/* ---- the end of a round ---- */

static void end_round(struct prom_source *p)
{
    if (p->phase == SERVING || p->phase == WRITING || p->phase == RETYPING)
        store_release(p->store);
    if (p->call)
        net_http_cancel(p->call);
    p->call = NULL;
    p->phase = IDLE;
    event_del(p->turn);
    free(p->body);
    p->body = NULL;
    p->len = 0;
}

static void end_failed(struct prom_source *p, const struct error *err)
{
    struct table *t;
    struct row *row = target(p, &t);
    if (row) {
        table_set_text(t, row, TARGETS_STATE, "down");
        table_set_text(t, row, TARGETS_ERROR, err->text);
    }
    end_round(p);
    source_done(p->src, SOURCE_FAILED, err, 0);
    store_commit(p->store);
}

static void fail(struct prom_source *p, const struct error *err)
{
    if (p->phase != READING) {
        end_failed(p, err);
        return;
    }
    p->phase = ABANDONING;
    p->failed = *err;
    event_active(p->turn, 0, 0);
}

static void finish(struct prom_source *p)
{
    const struct prom_series *s = &p->series;
    struct error err;
    size_t rows = s->by_metric.n + s->by_histogram.n + 1;
    write_target(p);
    prom_series_end(&p->series);
    prom_explorer_scraped(p->rows.explorer);
    bool partial = prom_services_limited(&p->services, &err);
    if (s->bad) {
        error_set(&err, ERR_PARTIAL, "%zu bad line%s, the first: %s", s->bad, s->bad == 1 ? "" : "s", s->first_bad);
        partial = true;
    }
    source_done(p->src, partial ? SOURCE_PARTIAL : SOURCE_OK, partial ? &err : NULL, rows);
    end_round(p);
    store_commit(p->store);
}

/* ---- an answer ---- */

static void take_over(struct prom_source *p)
{
    /* what was known by the type of before is another thing now; its series are met again at once */
    p->phase = p->series.retyped && !p->again ? RETYPING : p->services.book ? SERVING : WRITING;
    p->rows.at = 0;
    store_hold(p->store);
    if (p->phase == SERVING)
        prom_services_begin(&p->services, &p->series);
}

static void read_again(struct prom_source *p)
{
    prom_series_forget(&p->series);
    store_release(p->store);
    p->again = true;
    p->phase = READING;
    prom_series_begin(&p->series, p->format, p->body, p->len, p->asked_us);
}

/* A slice of reading; the rest follows in further turns. */
static void read_on(struct prom_source *p)
{
    struct error err = {0};
    bool more = true;
    for (int64_t end = now_us(p) + SLICE_US; more && now_us(p) < end;)
        if (prom_series_read(&p->series, LINES, &more, &err)) {
            struct str safe = {0};
            struct error told;
            text_safe(&safe, err.text, strlen(err.text)); /* it may quote the line */
            error_set(&told, err.code, "%s: %s", p->shown, str_text(&safe));
            str_done(&safe);
            fail(p, &told);
            return;
        }
    if (!more)
        take_over(p);
    event_active(p->turn, 0, 0);
}

/* A step of what follows reading; true once there is no more of it. */
static bool work(struct prom_source *p)
{
    switch (p->phase) {
    case SERVING:
        return prom_services_step(&p->services, &p->series, LINES);
    case WRITING:
        return prom_rows_write(&p->rows, &p->series, ROWS);
    case RETYPING:
        return prom_rows_remove(&p->rows, &p->series, ROWS);
    default:
        return prom_series_abandon(&p->series, ROWS);
    }
}

static void work_on(struct prom_source *p)
{
    bool done = false;
    for (int64_t end = now_us(p) + SLICE_US; !done && now_us(p) < end;)
        done = work(p);
    if (done && p->phase == SERVING) {
        p->phase = WRITING;
        done = false;
    }
    if (!done || p->phase == RETYPING)
        event_active(p->turn, 0, 0);
    if (!done)
        return;
    if (p->phase == WRITING)
        finish(p);
    else if (p->phase == RETYPING)
        read_again(p);
    else
        end_failed(p, &p->failed);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct prom_source *p = arg;
    (void)fd, (void)what;
    if (p->phase == READING)
        read_on(p);
    else if (p->phase != IDLE && p->phase != ASKING && p->phase != LEAVING)
        work_on(p);
}

/* Which format it is; none is named where the text format is meant, by small servers. */
static int format_of(struct prom_source *p, const char *type, struct error *err)
{
    p->format = PROM_TEXT_PLAIN;
    if (!*type || prom_text_format_of(type, &p->format) == 0)
        return 0;
    struct str s = {0};
    text_safe(&s, type, strlen(type));
    error_set(err, ERR_REMOTE, "%s: Content-Type %s is no format of metrics that is read", p->shown, str_text(&s));
    str_done(&s);
    return err->code;
}

static void on_answer(void *arg, const struct net_http_answer *answer, const struct error *failed)
{
    struct prom_source *p = arg;
    const struct net_http_request request = {.url = p->url};
    struct error err = {0};
    p->call = NULL;
    p->took_ms = (now_us(p) - p->asked_us) / 1000;
    if (!answer) {
        fail(p, failed);
        return;
    }
    if (net_http_check(&request, answer, &err) || format_of(p, answer->content_type, &err)) {
        fail(p, &err);
        return;
    }
    p->len = answer->len;
    p->body = net_http_answer_take(answer);
    p->phase = READING;
    prom_series_begin(&p->series, p->format, p->body, p->len, p->asked_us);
    event_active(p->turn, 0, 0);
}

/* ---- the source ---- */

static void on_round(void *self, struct source *src)
{
    struct prom_source *p = self;
    if (p->phase == LEAVING)
        return; /* it is removed before the round could end */
    char timeout[80];
    const char *headers[] = {accepted, timeout, NULL};
    snprintf(timeout, sizeof timeout, "X-Prometheus-Scrape-Timeout-Seconds: %g", (double)p->deadline_ms / 1000);
    p->src = src;
    p->rows.owner = p->services.owner = source_owner(src);
    begin_target(p);
    store_commit(p->store);
    p->phase = ASKING;
    p->again = false;
    p->asked_ms = clock_wall_ms(store_clock(p->store));
    p->asked_us = now_us(p);
    const struct net_http_request request = {.url = p->url,
                                             .headers = headers,
                                             .auth = p->login.auth,
                                             .tls = p->login.tls,
                                             .deadline_ms = p->deadline_ms,
                                             .max_body = p->max_body};
    p->call = net_http_start(p->http, &request, on_answer, p);
}

static void on_deadline(void *self, struct source *src)
{
    struct prom_source *p = self;
    struct error err;
    (void)src;
    if (p->phase != ASKING && p->phase != READING)
        return; /* what is being written is done in a moment */
    error_set(&err, ERR_TIMEOUT, p->phase == ASKING ? "%s: no answer within %d ms" : "%s: not read within %d ms",
              p->shown, p->deadline_ms);
    fail(p, &err);
}

bool prom_source_leave(struct prom_source *p)
{
    if (p->phase != LEAVING) {
        end_round(p);
        p->phase = LEAVING;
        p->rows.at = 0;
        p->left = false;
    }
    bool gone = false;
    for (int64_t end = now_us(p) + SLICE_US; !gone && now_us(p) < end;) {
        if (p->left)
            gone = prom_rows_remove(&p->rows, &p->series, ROWS);
        else
            p->left = prom_series_abandon(&p->series, ROWS);
    }
    return gone;
}

static void on_free(void *self)
{
    struct prom_source *p = self;
    end_round(p);
    net_http_free(p->http);
    event_free(p->turn);
    prom_services_done(&p->services);
    prom_explorer_target_free(p->rows.explorer, &p->series);
    prom_series_done(&p->series);
    prom_keep_done(&p->keep);
    net_login_done(&p->login);
    name_unref(p->job_name);
    name_unref(p->instance_name);
    free(p->name);
    free(p->url);
    free(p->shown);
    free(p->labels);
    free(p);
}

const struct source_ops prom_source_ops = {
    .kind = "prometheus", .round = on_round, .deadline = on_deadline, .free = on_free};

static int deadline_of(const struct conf_prometheus *conf, const struct prom_target *target)
{
    return target->deadline_ms ? target->deadline_ms : conf->deadline_ms;
}

struct prom_source *prom_source_new(struct event_base *base, struct store *store, const struct conf_prometheus *conf,
                                    const struct prom_target *target)
{
    struct prom_source *p = mem_new(struct prom_source);
    struct str shown = {0};
    conf_web_hide(target->url, &shown);
    *p = (struct prom_source){.base = base,
                              .store = store,
                              .name = prom_source_name_of(target),
                              .url = mem_strdup(target->url),
                              .shown = str_take(&shown),
                              .labels = mem_strdup(target->labels),
                              .deadline_ms = deadline_of(conf, target),
                              .max_body = (size_t)conf->max_body,
                              .http = net_http_new(base)};
    for (size_t i = 0; prom_tables[i]; i++)
        if (!store_find(store, prom_tables[i]->name))
            store_add(store, prom_tables[i], NULL, NULL, NULL);
    const struct net_login login = source_login(&conf->http);
    p->login = net_login_copy(&login);
    prom_keep_init(&p->keep, &conf->keep);
    const struct prom_series_limits limits = {.series = (size_t)conf->max_series,
                                              .labels = (size_t)conf->max_labels,
                                              .label_name = (size_t)conf->max_label_name,
                                              .label = (size_t)conf->max_label};
    prom_series_init(&p->series, store_names(store), &p->keep, &limits);
    p->turn = event_new(base, -1, 0, on_turn, p);
    loop_work(p->turn);
    p->job_name = name_intern(store_names(store), target->job, strlen(target->job));
    p->instance_name = name_intern(store_names(store), target->instance, strlen(target->instance));
    p->rows = (struct prom_rows){.metrics = store_find(store, prom_table_metrics.name),
                                 .histograms = store_find(store, prom_table_histograms.name),
                                 .job = p->job_name,
                                 .instance = p->instance_name};
    return p;
}

void prom_source_explore(struct prom_source *p, struct prom_explorer *e)
{
    p->rows.explorer = prom_explorer_target_new(e, p->job_name, p->instance_name);
}

const char *prom_source_name(const struct prom_source *p)
{
    return p->name;
}

struct source_settings prom_source_settings(const struct conf_prometheus *conf, const struct prom_target *target,
                                            size_t before)
{
    int interval = target->interval_ms ? target->interval_ms : conf->interval_ms;
    int64_t wait = before < AT_ONCE ? 0 : (int64_t)(before - AT_ONCE + 1) * WAIT_MS;
    return (struct source_settings){.interval_ms = interval,
                                    .deadline_ms = deadline_of(conf, target) + GRACE_MS,
                                    .max_interval_ms = interval > MAX_INTERVAL_MS ? interval : MAX_INTERVAL_MS,
                                    .wait_ms = wait < interval ? (int)wait : interval,
                                    .spread = true};
}

void prom_source_serve(struct prom_source *p, struct prom_book *book)
{
    p->services = (struct prom_services){.book = book,
                                         .table = store_find(p->store, prom_table_services.name),
                                         .job = p->job_name,
                                         .instance = p->instance_name};
}

const struct prom_services *prom_source_services(const struct prom_source *p)
{
    return &p->services;
}
