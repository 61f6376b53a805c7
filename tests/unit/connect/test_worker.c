/* The source of a Connect cluster against workers that answer well, badly, late, or not at all. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "connect/tables.h"
#include "connect/worker.h"
#include "tests/unit/net/web.h"

#include <event2/event.h>

#define SECRET "planted-secret-42"
#define HIDDEN "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2"
#define APACHE "\"connector.class\":\"org.apache.iceberg.connect.IcebergSinkConnector\""
#define ROOT   "{\"version\":\"3.9.1\",\"commit\":\"x\",\"kafka_cluster_id\":\"kid\"}"
#define CLASSES                                                                                                        \
    "[{\"class\":\"org.apache.iceberg.connect.IcebergSinkConnector\",\"type\":\"sink\",\"version\":\"1.11.0\"}]"

enum { PAGES = 12, WAIT_S = 30, LONG_DEADLINE_MS = 20000 };

/* One worker: its pages, changed between rounds. */
struct server {
    struct web *web;
    struct web_page *pages;
    VEC(char *) owned;
    VEC(struct web_page *) old;
    char *url;
};

struct fixture {
    struct event_base *base;
    int64_t ahead_us; /* the clock's, before the system's */
    struct clock clock;
    struct store *store;
    struct scheduler *scheduler;
    struct server servers[2];
    struct connect_worker *worker;
    struct source *src;
    /* what was told */
    size_t told, connectors;
    char topics[256], suffix[256], group[256], control[256], catalog_type[64];
    const char *catalog; /* what is answered */
};

static int64_t wall(void *arg)
{
    return clock_wall_ms(&clock_system) + ((struct fixture *)arg)->ahead_us / 1000;
}

static int64_t mono(void *arg)
{
    return clock_mono_us(&clock_system) + ((struct fixture *)arg)->ahead_us;
}

/* ---- servers ---- */

static void begin_pages(struct server *s)
{
    struct web_page *pages = mem_calloc(PAGES, sizeof *pages);
    if (s->pages)
        vec_push(&s->old, s->pages);
    s->pages = pages;
}

static void add_bytes(struct server *s, const char *path, char *bytes, int hang)
{
    size_t i = 0;
    while (s->pages[i].bytes)
        i++;
    assert_true(i + 1 < PAGES);
    s->pages[i] = (struct web_page){.path = path, .bytes = bytes, .hang = hang};
    vec_push(&s->owned, bytes);
}

static void page(struct server *s, const char *path, const char *status, const char *body)
{
    add_bytes(s, path,
              mem_printf("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: "
                         "close\r\n\r\n%s",
                         status, strlen(body), body),
              0);
}

/* A page that begins and never ends. */
static void hang(struct server *s, const char *path, const char *beginning)
{
    add_bytes(s, path, mem_strdup(beginning), 1);
}

static void serve(struct server *s)
{
    if (s->web)
        web_set(s->web, s->pages);
    else
        s->web = web_start(s->pages);
    if (!s->url)
        s->url = web_url(s->web, "");
}

static void stop(struct server *s)
{
    if (s->web)
        web_stop(s->web);
    s->web = NULL;
}

static size_t requests(struct server *s, const char *path)
{
    size_t found = 0;
    char *line = mem_printf("GET %s", path);
    for (size_t i = 0; i < web_count(s->web); i++) {
        char *text = web_request(s->web, i);
        size_t len = strlen(line);
        found += strncmp(text, line, len) == 0 && strchr(" ?", text[len]) != NULL;
        free(text);
    }
    free(line);
    return found;
}

/* A sink of this name with more settings, and its status. */
static char *connector(const char *name, const char *settings, const char *state, const char *tasks)
{
    return mem_printf("\"%s\":{\"info\":{\"name\":\"%s\",\"config\":{%s},\"tasks\":[{\"connector\":\"%s\",\"task\":0},"
                      "{\"connector\":\"%s\",\"task\":1}],\"type\":\"sink\"},\"status\":{\"name\":\"%s\",\"connector\":"
                      "{\"state\":\"%s\",\"worker_id\":\"w1:8083\"},\"tasks\":[%s],\"type\":\"sink\"}}",
                      name, name, settings, name, name, name, state, tasks);
}

#define RUNNING(task, worker) "{\"id\":" task ",\"state\":\"RUNNING\",\"worker_id\":\"" worker "\"}"
#define SINK                                                                                                           \
    APACHE ",\"topics\":\"orders\",\"iceberg.tables\":\"db.orders\",\"iceberg.catalog.type\":\"rest\","                \
           "\"iceberg.catalog.uri\":\"http://c:8181\",\"iceberg.control.commit.interval-ms\":\"10000\""

/* All pages of a worker that has one sink with these settings and tasks. */
static void one_sink(struct server *s, const char *settings, const char *tasks)
{
    char *one = connector("orders-sink", settings, "RUNNING", tasks), *all = mem_printf("{%s}", one);
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connectors", "200 OK", all);
    page(s, "/connector-plugins", "200 OK", CLASSES);
    page(s, "/connectors/orders-sink/tasks", "200 OK",
         "[{\"id\":{\"connector\":\"orders-sink\",\"task\":0},\"config\":{\"iceberg.coordinator.transactional.suffix\":"
         "\"-txn-a-0\"}},{\"id\":{\"connector\":\"orders-sink\",\"task\":1},\"config\":{}}]");
    page(s, "/connectors/orders-sink/topics", "200 OK", "{\"orders-sink\":{\"topics\":[\"orders\",\"more\"]}}");
    serve(s);
    free(one);
    free(all);
}

static void good(struct server *s)
{
    one_sink(s, SINK, RUNNING("0", "w1:8083") "," RUNNING("1", "w2:8083"));
}

/* ---- the source ---- */

static void on_connectors(void *arg, const struct connect_rest_connector *list, size_t n)
{
    struct fixture *f = arg;
    f->told++;
    f->connectors = n;
    if (n == 0)
        return;
    struct str topics = {0};
    for (size_t i = 0; i < list->topics.n; i++)
        str_printf(&topics, "%s ", list->topics.items[i]);
    snprintf(f->topics, sizeof f->topics, "%s", str_text(&topics));
    str_done(&topics);
    snprintf(f->suffix, sizeof f->suffix, "%s",
             list->tasks.n && list->tasks.items[0].suffix ? list->tasks.items[0].suffix : "");
    snprintf(f->group, sizeof f->group, "%s", list->settings.group ? list->settings.group : "");
    snprintf(f->control, sizeof f->control, "%s", list->settings.control_topic ? list->settings.control_topic : "");
    snprintf(f->catalog_type, sizeof f->catalog_type, "%s",
             list->settings.catalog.type ? list->settings.catalog.type : "");
}

static const char *on_catalog(void *arg, const struct connect_rest_connector *c)
{
    (void)c;
    return ((struct fixture *)arg)->catalog;
}

static const struct connect_worker_ops ops = {.connectors = on_connectors, .catalog = on_catalog};

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    f->base = event_base_new();
    f->clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = f};
    f->store = store_new(&f->clock);
    f->scheduler = scheduler_new(f->base, f->store);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    scheduler_free(f->scheduler);
    store_free(f->store);
    event_base_free(f->base);
    for (size_t i = 0; i < 2; i++) {
        struct server *s = &f->servers[i];
        stop(s);
        for (size_t k = 0; k < s->owned.n; k++)
            free(s->owned.items[k]);
        vec_done(&s->owned);
        for (size_t k = 0; k < s->old.n; k++)
            free(s->old.items[k]);
        vec_done(&s->old);
        free(s->pages);
        free(s->url);
    }
    free(f);
    return 0;
}

static struct value source_cell(struct fixture *f, size_t column)
{
    struct name *n = name_intern(store_names(f->store), "connect:c1", 10);
    struct row *r = table_find(store_find(f->store, "sources"), &(struct value){.s = n, .quality = QUALITY_EXACT});
    name_unref(n);
    assert_non_null(r);
    return row_get(r, column);
}

static const char *source_text(struct fixture *f, size_t column)
{
    struct value v = source_cell(f, column);
    return v.quality == QUALITY_UNKNOWN ? "" : v.s->raw;
}

static int64_t rounds(struct fixture *f)
{
    struct value v = source_cell(f, SOURCES_ROUNDS);
    return v.quality == QUALITY_UNKNOWN ? 0 : v.i;
}

/* Turns the loop until so many rounds have ended. */
static void turn_until(struct fixture *f, int64_t n)
{
    int64_t until = clock_mono_us(&clock_system) + WAIT_S * INT64_C(1000000);
    while (rounds(f) < n) {
        if (clock_mono_us(&clock_system) > until)
            fail_msg("round %lld does not end", (long long)n);
        const struct timeval tick = {.tv_usec = 20000};
        event_base_loopexit(f->base, &tick);
        event_base_dispatch(f->base);
    }
}

static void start_with(struct fixture *f, struct connect_worker_settings settings)
{
    const char *urls[3] = {f->servers[0].url, f->servers[1].url, NULL};
    settings.name = "c1";
    settings.cluster = "east";
    settings.urls = urls;
    settings.interval_ms = 3600000;
    settings.deadline_ms = settings.deadline_ms ? settings.deadline_ms : LONG_DEADLINE_MS;
    f->worker = connect_worker_new(f->base, f->store, &settings, &ops, f);
    const struct source_settings s = connect_worker_source_settings(f->worker);
    f->src = scheduler_add(f->scheduler, connect_worker_name(f->worker), "east", &connect_worker_source, f->worker, &s);
    turn_until(f, 1);
}

static void start(struct fixture *f)
{
    start_with(f, (struct connect_worker_settings){0});
}

static void next_round(struct fixture *f)
{
    int64_t n = rounds(f);
    scheduler_refresh(f->scheduler, "connect:c1");
    turn_until(f, n + 1);
}

static struct row *connector_row(struct fixture *f, const char *name)
{
    struct table *t = store_find(f->store, "connectors");
    for (struct row *r = table_first(t); r; r = row_next(r))
        if (strcmp(row_text(r, "connector"), name) == 0)
            return r;
    return NULL;
}

static struct row *task_row(struct fixture *f, int64_t task)
{
    struct table *t = store_find(f->store, "tasks");
    for (struct row *r = table_first(t); r; r = row_next(r))
        if (row_get(r, TASKS_TASK).i == task)
            return r;
    return NULL;
}

/* Events whose text or subject holds this. */
static size_t events(struct fixture *f, const char *text)
{
    size_t n = 0;
    for (struct row *r = table_first(store_find(f->store, "events")); r; r = row_next(r))
        n += strstr(row_text(r, "text"), text) || strstr(row_text(r, "subject"), text);
    return n;
}

/* No text of any row of any table holds it. */
static void assert_nowhere(struct fixture *f, const char *text)
{
    for (size_t i = 0; i < store_count(f->store); i++) {
        const struct table *t = store_at(f->store, i);
        for (struct row *r = table_first(t); r; r = row_next(r))
            for (size_t c = 0; c < table_ncolumns(t); c++) {
                struct value v = row_get(r, c);
                if (table_column(t, c)->type == COLUMN_TEXT && v.quality != QUALITY_UNKNOWN && strstr(v.s->raw, text))
                    fail_msg("%s.%s: %s", table_name(t), table_column(t, c)->name, v.s->raw);
            }
    }
}

#define STATE (source_text(f, SOURCES_STATE))
#define ERROR (source_text(f, SOURCES_ERROR))
#define NOTE  (source_text(f, SOURCES_NOTE))

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* ---- tests ---- */

static void test_rows(void **state)
{
    struct fixture *f = *state;
    good(&f->servers[0]);
    start(f);
    assert_string_equal(STATE, "ok");
    assert_string_equal(ERROR, "");
    assert_holds(NOTE, "Kafka Connect 3.9.1 at http://127.0.0.1:");
    assert_int_equal(source_cell(f, SOURCES_ROWS).i, 3);
    struct row *r = connector_row(f, "orders-sink");
    static const char *const texts[][2] = {
        {"connect", "c1"},
        {"state", "RUNNING"},
        {"version", "1.11.0"},
        {"worker", "w1:8083"},
        {"type", "sink"},
        {"topics", "more, orders"},
        {"cluster", "east"},
        {"group_id", "connect-orders-sink"},
        {"control_topic", "control-iceberg"},
        {"tables", "db.orders"},
        {"catalog", "rest http://c:8181"},
        {"error", ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(row_text(r, texts[i][0]), texts[i][1]);
    assert_int_equal(row_get(r, CONNECTORS_TASKS).i, 2);
    assert_int_equal(row_get(r, CONNECTORS_TASKS_RUNNING).i, 2);
    assert_int_equal(row_get(r, CONNECTORS_TASKS_FAILED).i, 0);
    assert_int_equal(row_get(r, CONNECTORS_COMMIT_INTERVAL_MS).i, 10000);
    assert_int_equal(row_get(r, CONNECTORS_COMMIT_TIMEOUT_MS).i, 30000);
    assert_int_equal(row_get(r, CONNECTORS_ICEBERG).i, 1);
    assert_string_equal(row_text(task_row(f, 1), "worker"), "w2:8083");
    assert_int_equal(f->told, 1);
    assert_string_equal(f->topics, "more orders ");
    assert_string_equal(f->suffix, "-txn-a-0");
    assert_string_equal(f->group, "connect-orders-sink");
    assert_string_equal(f->control, "control-iceberg");
    assert_string_equal(f->catalog_type, "rest");
    assert_string_equal(connect_worker_kafka_id(f->worker), "kid");
    f->catalog = "prod";
    uint64_t seq = row_seq(r);
    next_round(f);
    assert_string_equal(row_text(r, "catalog"), "prod");
    assert_true(row_seq(r) > seq);
    seq = row_seq(r);
    next_round(f);
    assert_int_equal(row_seq(r), seq); /* nothing has happened */
    assert_int_equal(events(f, "orders-sink"), 0);
    assert_int_equal(f->told, 3);
}

/* What is asked again, and when. */
static void test_costs(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    good(s);
    start(f);
    next_round(f);
    next_round(f);
    assert_int_equal(requests(s, "/"), 3);
    assert_int_equal(requests(s, "/connectors"), 3);
    assert_int_equal(requests(s, "/connector-plugins"), 1);
    assert_int_equal(requests(s, "/connectors/orders-sink/tasks"), 1);
    assert_int_equal(requests(s, "/connectors/orders-sink/topics"), 1);
    f->ahead_us += 61 * INT64_C(1000000);
    next_round(f);
    assert_int_equal(requests(s, "/connector-plugins"), 2);
    assert_int_equal(requests(s, "/connectors/orders-sink/tasks"), 2);
    one_sink(s, SINK ",\"a\":\"b\"", RUNNING("0", "w1:8083"));
    next_round(f);
    assert_int_equal(requests(s, "/connectors/orders-sink/tasks"), 3);
    assert_int_equal(events(f, "has another configuration"), 1);
    next_round(f);
    assert_int_equal(requests(s, "/connectors/orders-sink/tasks"), 3);
}

static void test_other_connectors(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connectors", "200 OK",
         "{\"pg/src \":{\"info\":{\"config\":{\"connector.class\":\"io.debezium.X\",\"database.password\":\"" SECRET
         "\"},\"tasks\":[]},\"status\":{\"connector\":{\"state\":\"PAUSED\"},\"tasks\":[],\"type\":\"source\"}}}");
    page(s, "/connector-plugins", "200 OK", CLASSES);
    serve(s);
    start(f);
    assert_string_equal(STATE, "ok");
    struct row *r = connector_row(f, "pg/src ");
    assert_string_equal(row_text(r, "state"), "PAUSED");
    assert_string_equal(row_text(r, "type"), "source");
    assert_string_equal(row_text(r, "class"), "io.debezium.X");
    assert_int_equal(row_get(r, CONNECTORS_ICEBERG).i, 0);
    static const enum connect_connectors_column unknown[] = {CONNECTORS_VERSION,
                                                             CONNECTORS_TOPICS,
                                                             CONNECTORS_GROUP_ID,
                                                             CONNECTORS_CONTROL_TOPIC,
                                                             CONNECTORS_COMMIT_INTERVAL_MS,
                                                             CONNECTORS_TABLES,
                                                             CONNECTORS_CATALOG};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_int_equal(row_get(r, unknown[i]).quality, QUALITY_UNKNOWN);
    assert_int_equal(web_count(s->web), 3); /* nothing is asked of it apart */
    assert_nowhere(f, SECRET);
}

static void test_changes(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    good(s);
    start(f);
    one_sink(s, SINK,
             "{\"id\":0,\"state\":\"FAILED\",\"worker_id\":\"w1:8083\",\"trace\":\"org.A: x\\n\\tat y\\nCaused by: "
             "org.B: disk\\n\\tat z\"}," RUNNING("1", "w1:8083"));
    next_round(f);
    struct row *r = connector_row(f, "orders-sink");
    assert_int_equal(row_get(r, CONNECTORS_TASKS_FAILED).i, 1);
    assert_int_equal(row_get(r, CONNECTORS_TASKS_RUNNING).i, 1);
    assert_string_equal(row_text(r, "error"), "org.B: disk");
    assert_string_equal(row_text(task_row(f, 0), "error"), "org.B: disk");
    assert_string_equal(row_text(task_row(f, 1), "error"), "");
    assert_int_equal(events(f, "FAILED, was RUNNING: org.B: disk"), 1);
    assert_int_equal(events(f, "task orders-sink-0"), 1);
    assert_int_equal(events(f, "moved from w2:8083 to w1:8083"), 1);
    next_round(f);
    assert_int_equal(events(f, "orders-sink"), 2);
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connectors", "200 OK", "{}");
    serve(s);
    next_round(f);
    assert_string_equal(STATE, "ok");
    assert_null(connector_row(f, "orders-sink"));
    assert_int_equal(table_nrows(store_find(f->store, "tasks")), 0);
    assert_int_equal(events(f, "is gone"), 1);
    assert_int_equal(f->connectors, 0);
    good(s);
    next_round(f);
    assert_int_equal(events(f, "is new, RUNNING"), 1);
}

static void test_rebalancing(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    good(s);
    start(f);
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connectors", "409 Conflict", "{\"error_code\":409,\"message\":\"stale configuration\"}");
    serve(s);
    next_round(f);
    next_round(f);
    assert_string_equal(STATE, "partial");
    assert_holds(ERROR, "rebalancing");
    assert_int_equal(source_cell(f, SOURCES_FAILURES).i, 0);
    assert_string_equal(row_text(connector_row(f, "orders-sink"), "state"), "RUNNING");
    assert_int_equal(events(f, "is rebalancing"), 1);
    good(s);
    next_round(f);
    assert_string_equal(STATE, "ok");
    assert_int_equal(events(f, "has rebalanced"), 1);
}

/* Each of these leaves the rows as they were, and says what is wrong. */
static void test_bad_answers(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    static const struct {
        const char *status, *body, *text;
    } cases[] = {
        {"500 Internal Server Error", "{\"message\":\"no store, password=" SECRET "\"}",
         "/connectors: 500 Internal Server Error"},
        {"401 Unauthorized", "", "/connectors: 401 Unauthorized"},
        {"200 OK", "{\"orders-sink\":{\"info\":", "connectors: the answer of 23 bytes ends in the middle"},
        {"200 OK", "<html></html>", "connectors: the answer is HTML or XML, where JSON was expected"},
        {"200 OK", "[\"orders-sink\"]", "connectors: a list of names where an object was expected"},
        {"200 OK", "", "connectors: the answer is empty"},
        {"204 No Content", "", "connectors: the answer is empty"},
    };
    good(s);
    start(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin_pages(s);
        page(s, "/", "200 OK", ROOT);
        page(s, "/connectors", cases[i].status, cases[i].body);
        serve(s);
        next_round(f);
        assert_string_equal(STATE, "failed");
        assert_holds(ERROR, cases[i].text);
        assert_string_equal(row_text(connector_row(f, "orders-sink"), "state"), "RUNNING");
        assert_int_equal(table_nrows(store_find(f->store, "tasks")), 2);
    }
    assert_int_equal(f->told, 1);
    assert_int_equal(events(f, "failed: "), 1);
    assert_nowhere(f, SECRET);
    good(s);
    next_round(f);
    assert_string_equal(STATE, "ok");
}

static void test_slow(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connector-plugins", "200 OK", CLASSES);
    hang(s, "/connectors", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"orders-sink\":{\"in");
    serve(s);
    start_with(f, (struct connect_worker_settings){.deadline_ms = 1000});
    assert_string_equal(STATE, "failed");
    assert_true(strstr(ERROR, "no answer in time") || strstr(ERROR, "not all was answered within 1000 ms"));
}

/* A body without end is given up where it is larger than any list. */
static void test_endless(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    struct str body = {0};
    str_add(&body, "HTTP/1.1 200 OK\r\n\r\n{");
    str_repeat(&body, ' ', CONNECT_REST_BYTES + 4096);
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connector-plugins", "404 Not Found", "");
    add_bytes(s, "/connectors", str_take(&body), 1);
    serve(s);
    start(f);
    assert_string_equal(STATE, "failed");
    assert_holds(ERROR, "/connectors: the body is larger than 33554432 bytes, the limit");
}

static void test_half_known(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    char *one = connector("a b", SINK, "RUNNING", RUNNING("0", "w1:1")), *all = mem_printf("{%s}", one);
    begin_pages(s);
    page(s, "/", "200 OK", ROOT);
    page(s, "/connectors", "200 OK", all);
    page(s, "/connector-plugins", "500 x", "");
    page(s, "/connectors/a%20b/tasks", "500 x", "");
    page(s, "/connectors/a%20b/topics", "403 Forbidden", "{\"error_code\":403,\"message\":\"disabled\"}");
    serve(s);
    start(f);
    assert_string_equal(STATE, "partial");
    assert_holds(ERROR, "a b: http://127.0.0.1:");
    assert_holds(ERROR, "/connectors/a%20b/tasks: 500");
    struct row *r = connector_row(f, "a b");
    assert_string_equal(row_text(r, "topics"), "orders"); /* as configured */
    assert_int_equal(row_get(r, CONNECTORS_VERSION).quality, QUALITY_UNKNOWN);
    assert_int_equal(row_get(r, CONNECTORS_TASKS_RUNNING).i, 1);
    assert_int_equal(row_get(r, CONNECTORS_TASKS_RUNNING).quality, QUALITY_GE); /* of one task nothing is said */
    assert_int_equal(f->told, 1);
    next_round(f);
    assert_int_equal(requests(s, "/connectors/a%20b/tasks"), 2);
    free(one);
    free(all);
}

static void test_login(void **state)
{
    struct fixture *f = *state;
    good(&f->servers[0]);
    start_with(f, (struct connect_worker_settings){.login.auth = {.bearer = SECRET}});
    for (size_t i = 0; i < 5; i++) {
        char *text = web_request(f->servers[0].web, i);
        assert_holds(text, "Authorization: Bearer " SECRET);
        free(text);
    }
    assert_nowhere(f, SECRET);
}

static void test_basic(void **state)
{
    struct fixture *f = *state;
    good(&f->servers[0]);
    start_with(f, (struct connect_worker_settings){.login.auth = {.user = "joe", .password = "pw"}});
    char *text = web_request(f->servers[0].web, 0);
    assert_holds(text, "Authorization: Basic am9lOnB3");
    free(text);
}

static void test_redirect(void **state)
{
    struct fixture *f = *state;
    good(&f->servers[1]);
    struct server *s = &f->servers[0];
    static const char *const paths[] = {"/", "/connectors?expand=status&expand=info", "/connector-plugins",
                                        "/connectors/orders-sink/tasks", "/connectors/orders-sink/topics"};
    static const char *const matched[] = {"/", "/connectors", "/connector-plugins", "/connectors/orders-sink/tasks",
                                          "/connectors/orders-sink/topics"};
    begin_pages(s);
    for (size_t i = 0; i < 5; i++)
        add_bytes(s, matched[i],
                  mem_printf("HTTP/1.1 307 Moved\r\nLocation: %s%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                             f->servers[1].url, paths[i]),
                  0);
    serve(s);
    char *other = f->servers[1].url;
    f->servers[1].url = NULL; /* it is only reached through the first */
    start(f);
    f->servers[1].url = other;
    assert_string_equal(STATE, "ok");
    assert_non_null(connector_row(f, "orders-sink"));
}

static void test_redirect_with_login(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    begin_pages(s);
    add_bytes(s, NULL,
              mem_strdup("HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: "
                         "close\r\n\r\n"),
              0);
    serve(s);
    start_with(f, (struct connect_worker_settings){.login.auth = {.bearer = SECRET}});
    assert_string_equal(STATE, "failed");
    assert_holds(ERROR, "redirected to http://127.0.0.1:1/, where credentials do not follow");
}

static void test_one_of_two_down(void **state)
{
    struct fixture *f = *state;
    good(&f->servers[0]);
    good(&f->servers[1]);
    stop(&f->servers[0]);
    start(f);
    assert_string_equal(STATE, "ok");
    assert_holds(NOTE, "Kafka Connect 3.9.1 at ");
    assert_holds(NOTE, f->servers[1].url);
    assert_holds(NOTE, "; down: http://127.0.0.1:");
    assert_null(strstr(NOTE, " ms"));
    assert_int_equal(events(f, "worker is down: "), 1);
    next_round(f);
    assert_int_equal(events(f, "worker is down: "), 1);
    assert_int_equal(requests(&f->servers[1], "/connectors"), 2);
    char *tasks = mem_printf("{\"id\":0,\"state\":\"RUNNING\",\"worker_id\":\"%s\"}," RUNNING("1", "w2:8083"),
                             f->servers[0].url + strlen("http://"));
    one_sink(&f->servers[1], SINK, tasks);
    next_round(f);
    char *orphan = mem_printf("worker %s does not answer", f->servers[0].url + strlen("http://"));
    assert_string_equal(row_text(task_row(f, 0), "state"), "RUNNING"); /* says Connect */
    assert_string_equal(row_text(task_row(f, 0), "error"), orphan);
    assert_string_equal(row_text(task_row(f, 1), "error"), "");
    assert_string_equal(row_text(connector_row(f, "orders-sink"), "error"), orphan);
    free(orphan);
    free(tasks);
    stop(&f->servers[1]);
    next_round(f);
    assert_string_equal(STATE, "failed");
    assert_holds(ERROR, "none of 2 workers answers: ");
    assert_int_equal(source_cell(f, SOURCES_NOTE).quality, QUALITY_UNKNOWN);
    assert_non_null(connector_row(f, "orders-sink"));
}

/* Whoever served goes on serving; where it does not answer in time, or answers nonsense, the other does. */
static void test_the_other_serves(void **state)
{
    struct fixture *f = *state;
    struct server *a = &f->servers[0], *b = &f->servers[1];
    good(a);
    good(b);
    start(f);
    struct server *first = requests(a, "/connectors") ? a : b, *second = first == a ? b : a;
    next_round(f);
    next_round(f);
    assert_int_equal(requests(first, "/connectors"), 3);
    assert_int_equal(requests(second, "/connectors"), 0);
    assert_int_equal(requests(second, "/"), 3);
    begin_pages(first);
    page(first, "/", "200 OK", ROOT);
    page(first, "/connectors", "500 Internal Server Error", "");
    serve(first);
    next_round(f);
    assert_string_equal(STATE, "ok");
    assert_int_equal(requests(second, "/connectors"), 1);
    assert_int_equal(events(f, "worker is down: "), 1);
    next_round(f);
    assert_int_equal(requests(second, "/connectors"), 2);
    assert_int_equal(requests(first, "/connectors"), 4); /* not asked any more */
    assert_int_equal(events(f, "worker is back: "), 1);
    good(first);
    begin_pages(second);
    page(second, "/", "200 OK", "{\"hello\":1}");
    serve(second);
    next_round(f);
    assert_string_equal(STATE, "ok");
    assert_holds(NOTE, "no version: is it Kafka Connect?");
    assert_int_equal(requests(first, "/connectors"), 5);
}

static void test_slow_one_of_two(void **state)
{
    struct fixture *f = *state;
    struct server *a = &f->servers[0], *b = &f->servers[1];
    begin_pages(a);
    page(a, "/", "200 OK", ROOT);
    page(a, "/connector-plugins", "200 OK", CLASSES);
    hang(a, "/connectors", "HTTP/1.1 200 OK\r\n\r\n{");
    serve(a);
    begin_pages(b);
    page(b, "/", "503 Service Unavailable", ""); /* so that it is the second choice */
    page(b, "/connectors", "200 OK", "{}");
    serve(b);
    start_with(f, (struct connect_worker_settings){.deadline_ms = 6000});
    assert_string_equal(STATE, "ok");
    assert_int_equal(requests(b, "/connectors"), 1);
    assert_int_equal(f->told, 1);
}

static void test_two_kafkas(void **state)
{
    struct fixture *f = *state;
    good(&f->servers[0]);
    begin_pages(&f->servers[1]);
    page(&f->servers[1], "/", "200 OK", "{\"version\":\"3.9.1\",\"kafka_cluster_id\":\"other\"}");
    page(&f->servers[1], "/connectors", "200 OK", "{}");
    page(&f->servers[1], "/connector-plugins", "200 OK", "[]");
    serve(&f->servers[1]);
    start(f);
    assert_holds(NOTE, "works on another Kafka cluster");
}

/* What only Connect can resolve is not known, and that is said once. */
static void test_placeholders(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    one_sink(s,
             APACHE ",\"iceberg.control.topic\":\"${file:/x:topic}\",\"iceberg.catalog.uri\":\"${env:URI}\","
                    "\"iceberg.catalog.type\":\"rest\"",
             RUNNING("0", "w1:8083"));
    start(f);
    next_round(f);
    struct row *r = connector_row(f, "orders-sink");
    assert_int_equal(row_get(r, CONNECTORS_CONTROL_TOPIC).quality, QUALITY_UNKNOWN);
    assert_string_equal(row_text(r, "catalog"), "rest uri ${env:URI} that only Connect resolves");
    assert_int_equal(events(f, "only Connect can resolve iceberg.control.topic, iceberg.catalog.uri,"), 1);
    assert_string_equal(f->control, "");
    good(s);
    next_round(f);
    assert_string_equal(f->control, "control-iceberg");
}

/* Planted wherever a configuration may have a secret, and repeated by a trace: no row of any table has it. */
static void test_secrets(void **state)
{
    struct fixture *f = *state;
    one_sink(&f->servers[0],
             APACHE
             ",\"iceberg.catalog.credential\":\"id:" SECRET "\",\"iceberg.catalog.uri\":\"http://u:" SECRET
             "@c/\",\"iceberg.catalog.type\":\"rest\",\"iceberg.kafka.sasl.jaas.config\":\"x password=\\\"" SECRET
             "\\\";\",\"what.ever\":\"" SECRET "\",\"transforms.a.b\":\"" SECRET "\"",
             "{\"id\":0,\"state\":\"FAILED\",\"worker_id\":\"w\",\"trace\":\"org.A: cannot log in with " SECRET
             " at http://u:" SECRET "@c/\\nCaused by: B: " SECRET "\"}");
    start(f);
    next_round(f);
    assert_string_equal(STATE, "ok");
    assert_nowhere(f, SECRET);
    struct row *r = connector_row(f, "orders-sink");
    assert_string_equal(row_text(r, "catalog"), "rest http://" HIDDEN "@c/");
    assert_string_equal(row_text(r, "error"), "B: " HIDDEN);
    assert_holds(row_text(r, "config"), "; 4 more");
}

/* The source goes while a request hangs and a body is being read. */
static void test_ends_in_the_middle(void **state)
{
    struct fixture *f = *state;
    struct server *s = &f->servers[0];
    good(s);
    start(f);
    begin_pages(s);
    hang(s, NULL, "HTTP/1.1 200 OK\r\n\r\n");
    serve(s);
    scheduler_refresh(f->scheduler, "connect:c1");
    size_t before = web_count(s->web);
    int64_t until = clock_mono_us(&clock_system) + WAIT_S * INT64_C(1000000);
    while (web_count(s->web) == before) {
        assert_true(clock_mono_us(&clock_system) < until);
        event_base_loop(f->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
    scheduler_remove(f->scheduler, f->src);
    assert_int_equal(table_nrows(store_find(f->store, "connectors")), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rows),
        TEST(test_costs),
        TEST(test_other_connectors),
        TEST(test_changes),
        TEST(test_rebalancing),
        TEST(test_bad_answers),
        TEST(test_slow),
        TEST(test_endless),
        TEST(test_half_known),
        TEST(test_login),
        TEST(test_basic),
        TEST(test_redirect),
        TEST(test_redirect_with_login),
        TEST(test_one_of_two_down),
        TEST(test_the_other_serves),
        TEST(test_slow_one_of_two),
        TEST(test_two_kafkas),
        TEST(test_placeholders),
        TEST(test_secrets),
        TEST(test_ends_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
