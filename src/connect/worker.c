/* The source of one Connect cluster: rounds over REST. */
#include "connect/worker.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/workers.h"
#include "connect/endpoints.h"
#include "connect/known.h"
#include "connect/tables.h"
#include "connect/worker_rows.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOT_BYTES = 64 * 1024,
    DETAILS_AT_A_TIME = 4,
    PLUGINS_AGAIN_S = 60,
    MAX_INTERVAL_MS = 60000, /* of back-off, or the interval if that is longer */
    FAREWELL_MS = 3000,      /* for the body that is being read */
};

/* What a request is for. */
enum part { PART_ROOT, PART_PLUGINS, PART_CONNECTORS, PART_TASKS, PART_TOPICS };

enum phase { IDLE, CHOOSING, PLUGINS, CONNECTORS, DETAILS };

/* A request and, once it was answered, the reading of its body on the lane. */
struct call {
    struct connect_worker *w;
    struct call *prev, *next; /* of those that wait for an answer */
    struct net_http_call *http;
    uint64_t round;
    enum part part;
    size_t endpoint;
    char *url;
    char *connector; /* of tasks and topics */
    uint64_t config; /* of that connector when it was asked */
    char *body;
    size_t len;
    const struct connect_rest_plugins *plugins; /* for connectors; they are replaced by the lane's jobs only */
    struct connect_rest_connectors connectors;
    struct connect_rest_plugins found_plugins;
    struct connect_rest_task_configs tasks;
    struct connect_rest_topics topics;
    int rc;
    struct error err;
};

/* A connector whose tasks and topics are asked for in this round. */
struct detail {
    char *connector;
    uint64_t config;
    unsigned left; /* answers */
    bool failed;
};

struct connect_worker {
    struct event_base *base;
    struct store *store;
    char *name, *cluster, *source_name;
    struct net_login login;
    int interval_ms, deadline_ms;
    struct connect_endpoints endpoints;
    struct connect_worker_ops ops;
    void *arg;
    struct net_http *http;
    net_http_done *answered; /* what is called with each answer */
    struct workers *lane;
    struct call *calls;

    struct connect_known known;
    struct connect_rest_plugins plugins;
    bool have_plugins;
    int64_t plugins_us;
    uint64_t body_hash; /* of the last list that was read */
    size_t body_len;
    bool rebalancing;

    /* a round */
    struct source *src;
    uint64_t round;
    enum phase phase;
    bool read;        /* its list was read, or was the one before */
    bool conflict;    /* 409 */
    int64_t until_us; /* its deadline */
    size_t pending;   /* requests and bodies */
    size_t errors;
    struct error err; /* the first one */
    VEC(struct detail) details;
    size_t next_detail, open_details;
};

static int64_t now_us(const struct connect_worker *w)
{
    return clock_mono_us(store_clock(w->store));
}

/* ---- words ---- */

static void note_error(struct connect_worker *w, const struct connect_endpoint *e, const struct error *err)
{
    if (w->errors++)
        return;
    struct str s = {0};
    connect_endpoints_words(e, err, &s);
    error_set(&w->err, err->code, "%s", str_text(&s));
    str_done(&s);
}

static void write_note(struct connect_worker *w)
{
    struct str s = {0};
    connect_endpoints_note(&w->endpoints, &s);
    source_note(w->src, str_text(&s));
    str_done(&s);
}

/* ---- the end of a round ---- */

static void free_call(struct call *c)
{
    connect_rest_connectors_done(&c->connectors);
    connect_rest_plugins_done(&c->found_plugins);
    connect_rest_tasks_done(&c->tasks);
    connect_rest_topics_done(&c->topics);
    if (c->body)
        explicit_bzero(c->body, c->len);
    free(c->body);
    free(c->url);
    free(c->connector);
    free(c);
}

static void unlink_call(struct call *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->w->calls = c->next;
    if (c->next)
        c->next->prev = c->prev;
    c->http = NULL;
}

static void cancel_calls(struct connect_worker *w)
{
    while (w->calls) {
        struct call *c = w->calls;
        net_http_cancel(c->http);
        unlink_call(c);
        free_call(c);
    }
}

static void clear_details(struct connect_worker *w)
{
    for (size_t i = 0; i < w->details.n; i++)
        free(w->details.items[i].connector);
    w->details.n = w->next_detail = w->open_details = 0;
}

static struct connect_worker_rows rows_of(const struct connect_worker *w)
{
    return (struct connect_worker_rows){.store = w->store,
                                        .source = w->source_name,
                                        .owner = source_owner(w->src),
                                        .name = w->name,
                                        .cluster = w->cluster,
                                        .endpoints = &w->endpoints,
                                        .ops = &w->ops,
                                        .arg = w->arg};
}

static size_t count_rows(const struct connect_worker *w)
{
    size_t n = w->known.list.list.n;
    for (size_t i = 0; i < w->known.list.list.n; i++)
        n += w->known.list.list.items[i].tasks.n;
    return n;
}

static void tell_rebalance(struct connect_worker *w)
{
    if (w->conflict != w->rebalancing)
        source_event(w->store, w->source_name, "info", w->source_name, "%s",
                     w->conflict ? "is rebalancing: what was known stays until it is over" : "has rebalanced");
    w->rebalancing = w->conflict;
}

/* How the round went; *err says what is missing. */
static enum source_outcome judge(const struct connect_worker *w, struct error *err)
{
    *err = w->err;
    if (w->conflict) {
        error_set(err, ERR_PARTIAL,
                  "rebalancing: Connect answers again when it is over, until then rows are as they were");
        return SOURCE_PARTIAL;
    }
    if (!w->read && !w->errors) {
        const struct connect_endpoint *e = &w->endpoints.items[0];
        error_set(err, ERR_UNAVAILABLE, "%.400s", e->why ? e->why : e->url);
        if (w->endpoints.n > 1)
            error_prefix(err, "none of %zu workers answers", w->endpoints.n);
    }
    if (!w->read)
        return SOURCE_FAILED;
    if (w->errors > 1)
        error_set(err, ERR_PARTIAL, "%.400s; and %zu more", w->err.text, w->errors - 1);
    return w->errors ? SOURCE_PARTIAL : SOURCE_OK;
}

static void end_round(struct connect_worker *w)
{
    struct error err = {0};
    cancel_calls(w);
    w->round++;
    w->phase = IDLE;
    w->pending = 0;
    enum source_outcome outcome = judge(w, &err);
    if (w->read) {
        const struct connect_worker_rows rows = rows_of(w);
        if (w->ops.connectors)
            w->ops.connectors(w->arg, w->known.list.list.items, w->known.list.list.n);
        connect_worker_rows_write(&rows, &w->known.list);
    }
    connect_endpoints_tell(&w->endpoints, w->store, w->source_name);
    if (w->read || w->conflict)
        tell_rebalance(w);
    write_note(w);
    clear_details(w);
    source_done(w->src, outcome, &err, count_rows(w));
}

/* ---- requests ---- */

/* How long a request may take: a share of what is left of the round. */
static int budget(const struct connect_worker *w, int parts)
{
    int64_t left = (w->until_us - now_us(w)) / 1000 * 9 / 10 / parts;
    return left > 1 ? (int)left : 1;
}

static void start(struct connect_worker *w, enum part part, size_t endpoint, const struct detail *d, int parts)
{
    static const char *const paths[] = {[PART_ROOT] = "/",
                                        [PART_PLUGINS] = "/connector-plugins",
                                        [PART_CONNECTORS] = "/connectors?expand=status&expand=info",
                                        [PART_TASKS] = "/tasks",
                                        [PART_TOPICS] = "/topics"};
    static const char *const headers[] = {"Accept: application/json", NULL};
    struct str url = {0};
    str_add(&url, w->endpoints.items[endpoint].url);
    if (d) {
        str_add(&url, "/connectors/");
        net_http_encode(&url, d->connector);
    }
    str_add(&url, paths[part]);
    const struct net_http_request request = {.url = str_text(&url),
                                             .headers = headers,
                                             .auth = w->login.auth,
                                             .tls = w->login.tls,
                                             .deadline_ms = budget(w, parts),
                                             .max_body = part == PART_ROOT ? ROOT_BYTES : CONNECT_REST_BYTES};
    struct call *c = mem_new(struct call);
    *c = (struct call){.w = w,
                       .next = w->calls,
                       .round = w->round,
                       .part = part,
                       .endpoint = endpoint,
                       .connector = d ? mem_strdup(d->connector) : NULL,
                       .config = d ? d->config : 0,
                       .plugins = w->have_plugins ? &w->plugins : NULL};
    if (w->calls)
        w->calls->prev = c;
    w->calls = c;
    w->pending++;
    c->http = net_http_start(w->http, &request, w->answered, c);
    c->url = str_take(&url);
}

/* ---- phases ---- */

static void ask_connectors(struct connect_worker *w)
{
    w->phase = CONNECTORS;
    start(w, PART_CONNECTORS, (size_t)w->endpoints.serving, NULL, connect_endpoints_left(&w->endpoints) > 1 ? 2 : 1);
}

static void ask_details(struct connect_worker *w)
{
    while (w->next_detail < w->details.n && w->open_details < DETAILS_AT_A_TIME) {
        struct detail *d = &w->details.items[w->next_detail++];
        w->open_details++;
        d->left = 2;
        start(w, PART_TASKS, (size_t)w->endpoints.serving, d, 1);
        start(w, PART_TOPICS, (size_t)w->endpoints.serving, d, 1);
    }
}

static void advance(struct connect_worker *w)
{
    if (w->phase == CHOOSING) {
        bool wait;
        int i = connect_endpoints_choose(&w->endpoints, &wait);
        if (i >= 0) {
            w->endpoints.serving = i;
            if (w->have_plugins && now_us(w) - w->plugins_us < PLUGINS_AGAIN_S * INT64_C(1000000)) {
                ask_connectors(w);
                return;
            }
            w->phase = PLUGINS;
            start(w, PART_PLUGINS, (size_t)i, NULL, 4);
        } else if (!wait && !w->pending) {
            end_round(w);
        }
        return;
    }
    if (w->phase != DETAILS)
        return;
    ask_details(w);
    if (!w->pending)
        end_round(w);
}

static void begin_details(struct connect_worker *w)
{
    w->phase = DETAILS;
    w->read = true;
    for (size_t i = 0; i < w->known.list.list.n; i++) {
        const struct connect_rest_connector *c = &w->known.list.list.items[i];
        if (connect_known_due(&w->known, i, now_us(w)))
            vec_push(&w->details, ((struct detail){.connector = mem_strdup(c->name), .config = c->config}));
    }
}

/* ---- what came ---- */

/* Says of each sink that is new, or has another configuration, what of it only Connect can resolve. */
static void tell_unresolved(struct connect_worker *w, const struct connect_rest_connectors *list)
{
    for (size_t i = 0; i < list->list.n; i++) {
        const struct connect_rest_connector *c = &list->list.items[i], *was = connect_known_find(&w->known, c->name);
        if (!c->settings.unresolved.n || (was && was->config == c->config))
            continue;
        struct str names = {0}, subject = {0};
        for (size_t k = 0; k < c->settings.unresolved.n; k++)
            str_printf(&names, "%s%s", k ? ", " : "", c->settings.unresolved.items[k]);
        str_printf(&subject, "connector %s", c->name);
        source_event(w->store, w->source_name, "info", str_text(&subject),
                     "only Connect can resolve %s, so that what depends on it is not known here", str_text(&names));
        str_done(&names);
        str_done(&subject);
    }
}

/* The list was read, is as it was, or failed: then another worker is asked. */
static void take_connectors(struct call *c, bool unchanged)
{
    struct connect_worker *w = c->w;
    struct connect_endpoint *e = &w->endpoints.items[c->endpoint];
    if (c->rc != 0) {
        note_error(w, e, &c->err);
        connect_endpoints_failed(&w->endpoints, c->endpoint, &c->err);
        w->phase = CHOOSING;
        return;
    }
    if (!unchanged) {
        const struct connect_worker_rows rows = rows_of(w);
        if (w->known.read)
            connect_worker_rows_events(&rows, &w->known.list, &c->connectors);
        tell_unresolved(w, &c->connectors);
        connect_known_take(&w->known, &c->connectors);
    }
    w->errors = 0; /* whoever failed before is in the note */
    w->err = (struct error){0};
    begin_details(w);
}

static void take_plugins(struct call *c)
{
    struct connect_worker *w = c->w;
    if (c->rc == 0) {
        connect_rest_plugins_done(&w->plugins);
        w->plugins = c->found_plugins;
        c->found_plugins = (struct connect_rest_plugins){0};
        w->have_plugins = true;
        w->plugins_us = now_us(w);
        w->body_len = 0; /* versions may be others */
    }
    ask_connectors(w);
}

static void take_detail(struct call *c)
{
    struct connect_worker *w = c->w;
    struct detail *d = NULL;
    for (size_t i = 0; i < w->details.n && !d; i++)
        d = strcmp(w->details.items[i].connector, c->connector) == 0 ? &w->details.items[i] : NULL;
    if (!d)
        return;
    if (c->rc != 0) {
        d->failed = true;
        error_prefix(&c->err, "%.100s", c->connector);
        note_error(w, &w->endpoints.items[c->endpoint], &c->err);
    } else if (c->part == PART_TASKS) {
        connect_known_tasks(&w->known, c->connector, &c->tasks);
    } else {
        connect_known_topics(&w->known, c->connector, c->body ? &c->topics : NULL);
    }
    if (--d->left)
        return;
    w->open_details--;
    if (!d->failed && !w->conflict)
        connect_known_asked(&w->known, d->connector, d->config, now_us(w));
}

static void take(struct call *c, bool unchanged)
{
    struct connect_worker *w = c->w;
    w->pending--;
    if (c->part == PART_CONNECTORS)
        take_connectors(c, unchanged);
    else if (c->part == PART_PLUGINS)
        take_plugins(c);
    else
        take_detail(c);
    free_call(c);
    advance(w);
}

/* ---- reading bodies, on the lane ---- */

static void read_body(void *arg)
{
    struct call *c = arg;
    if (c->part == PART_CONNECTORS)
        c->rc = connect_rest_connectors(c->body, c->len, c->plugins, &c->connectors, &c->err);
    else if (c->part == PART_PLUGINS)
        c->rc = connect_rest_plugins(c->body, c->len, &c->found_plugins, &c->err);
    else if (c->part == PART_TASKS)
        c->rc = connect_rest_tasks(c->body, c->len, &c->tasks, &c->err);
    else
        c->rc = connect_rest_topics(c->body, c->len, &c->topics, &c->err);
}

static void on_read(void *arg)
{
    struct call *c = arg;
    struct connect_worker *w = c->w;
    if (c->round != w->round) {
        free_call(c);
        return;
    }
    if (c->rc != 0)
        error_prefix(&c->err, "%s", w->endpoints.items[c->endpoint].url);
    else if (c->part == PART_CONNECTORS) {
        w->body_hash = map_hash(c->body, c->len);
        w->body_len = c->len;
    }
    take(c, false);
}

/* An answer that is no error though it is no list of topics: they are not tracked, or this Connect does not know of that; the
 * connector has gone. */
static bool is_refused(const struct call *c, int status)
{
    return (c->part == PART_TOPICS && (status == 403 || status == 404 || status == 405)) ||
           (c->part == PART_TASKS && status == 404);
}

static void on_answer(void *arg, const struct net_http_answer *answer, const struct error *err)
{
    struct call *c = arg;
    struct connect_worker *w = c->w;
    unlink_call(c);
    if (c->part == PART_ROOT) {
        connect_endpoints_root(&w->endpoints, c->endpoint, c->url, answer, err);
        w->pending--;
        free_call(c);
        advance(w);
        return;
    }
    if (answer && answer->status == 409) { /* nobody else would say more */
        w->conflict = true;
        free_call(c);
        end_round(w);
        return;
    }
    const struct net_http_request request = {.url = c->url};
    if (err) {
        c->err = *err;
        c->rc = err->code;
    } else if (!is_refused(c, answer->status)) {
        c->rc = net_http_check(&request, answer, &c->err);
    }
    bool good = answer && answer->status / 100 == 2;
    if (good && c->part == PART_CONNECTORS && w->known.read && answer->len == w->body_len && w->body_len &&
        map_hash(answer->body, answer->len) == w->body_hash) {
        take(c, true);
    } else if (good) {
        c->body = mem_memdup(answer->body, answer->len);
        c->len = answer->len;
        workers_submit(w->lane, read_body, on_read, c);
    } else {
        take(c, false);
    }
}

/* ---- as a source ---- */

static void round_begin(void *self, struct source *src)
{
    struct connect_worker *w = self;
    w->src = src;
    w->round++;
    w->phase = CHOOSING;
    w->read = w->conflict = false;
    w->errors = 0;
    w->err = (struct error){0};
    w->until_us = now_us(w) + (int64_t)w->deadline_ms * 1000;
    connect_endpoints_begin(&w->endpoints);
    for (size_t i = 0; i < w->endpoints.n; i++)
        start(w, PART_ROOT, i, NULL, w->endpoints.n > 1 ? 4 : 1);
}

static void round_deadline(void *self, struct source *src)
{
    (void)src;
    struct connect_worker *w = self;
    if (w->phase == IDLE)
        return;
    struct error err = {0};
    const struct connect_endpoint *e = &w->endpoints.items[w->endpoints.serving >= 0 ? w->endpoints.serving : 0];
    error_set(&err, ERR_UNAVAILABLE, "%s: not all was answered within %d ms", e->url, w->deadline_ms);
    note_error(w, e, &err);
    end_round(w);
}

static void round_free(void *self)
{
    struct connect_worker *w = self;
    cancel_calls(w);
    w->round++; /* what is being read is dropped */
    net_http_free(w->http);
    if (!workers_free(w->lane, FAREWELL_MS)) {
        mem_abandon(w); /* its thread reads plugins still */
        return;
    }
    connect_known_done(&w->known);
    connect_rest_plugins_done(&w->plugins);
    clear_details(w);
    vec_done(&w->details);
    connect_endpoints_done(&w->endpoints);
    net_login_done(&w->login);
    free(w->name);
    free(w->cluster);
    free(w->source_name);
    free(w);
}

const struct source_ops connect_worker_source = {
    .kind = "connect",
    .round = round_begin,
    .deadline = round_deadline,
    .free = round_free,
};

struct connect_worker *connect_worker_new(struct event_base *base, struct store *store,
                                          const struct connect_worker_settings *settings,
                                          const struct connect_worker_ops *ops, void *arg)
{
    struct connect_worker *w = mem_new(struct connect_worker);
    *w = (struct connect_worker){
        .base = base,
        .store = store,
        .name = mem_strdup(settings->name),
        .cluster = mem_strdup_opt(settings->cluster),
        .source_name = mem_printf("connect:%s", settings->name),
        .login = net_login_copy(&settings->login),
        .interval_ms = settings->interval_ms,
        .deadline_ms = settings->deadline_ms,
        .ops = ops ? *ops : (struct connect_worker_ops){0},
        .arg = arg,
        .http = net_http_new(base),
        .answered = on_answer,
        .lane = workers_new(base, "connect", 1),
    };
    connect_endpoints_init(&w->endpoints, settings->urls);
    static const struct table_def *const tables[] = {&connect_table_connectors, &connect_table_tasks};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!store_find(store, tables[i]->name))
            store_add(store, tables[i], NULL, NULL, NULL);
    return w;
}

const char *connect_worker_name(const struct connect_worker *w)
{
    return w->source_name;
}

struct source_settings connect_worker_source_settings(const struct connect_worker *w)
{
    return (struct source_settings){.interval_ms = w->interval_ms,
                                    .deadline_ms = w->deadline_ms,
                                    .max_interval_ms =
                                        w->interval_ms > MAX_INTERVAL_MS ? w->interval_ms : MAX_INTERVAL_MS};
}

const char *connect_worker_kafka_id(const struct connect_worker *w)
{
    return w->endpoints.serving >= 0 ? w->endpoints.items[w->endpoints.serving].kafka_id : NULL;
}
