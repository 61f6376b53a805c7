/* The source of a server that is asked, against one of the test's own: rows of queries, alerts, rules and targets; what fails
 * alone and what fails as a whole; what is due when; the past. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/secret.h"
#include "prom/server.h"
#include "prom/server_tables.h"
#include "tests/unit/prom/bench.h"

#include <math.h>

#define SOURCE "promapi:main"

struct fixture {
    struct bench b;
    struct source *src;
    struct conf_server conf;
    struct conf_query queries[8];
    struct prom_server_fill_past past;
    /* what the past was told */
    int not_ready, refused;
    VEC(struct prom_api_point) points;
    struct str keys;
};

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    bench_init(&f->b);
    f->conf = (struct conf_server){.interval_ms = 15000, .deadline_ms = 20000, .max_body = 10000000};
    f->conf.name = mem_strdup("main");
    f->conf.queries.items = f->queries;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    bench_done(&f->b);
    vec_done(&f->points);
    str_done(&f->keys);
    free(f->conf.name);
    free(f->conf.url);
    free(f);
    return 0;
}

/* ---- the server ---- */

static void page_as(struct fixture *f, const char *path, const char *status, const char *type, const char *body)
{
    char *header = mem_printf("Content-Type: %s\r\n", type);
    bench_page(&f->b, path, status, header, body);
    free(header);
}

static void page(struct fixture *f, const char *path, const char *data)
{
    char *body = mem_printf("{\"status\":\"success\",\"data\":%s}", data);
    page_as(f, path, "200 OK", "application/json", body);
    free(body);
}

static void serve(struct fixture *f)
{
    bench_serve(&f->b);
    if (!f->conf.url)
        f->conf.url = web_url(f->b.web, "/prefix");
}

static void ask_for(struct fixture *f, const char *name, const char *promql, int every_ms)
{
    static char none[] = "none";
    f->queries[f->conf.queries.n++] = (struct conf_query){
        .name = (char *)(uintptr_t)name, .promql = (char *)(uintptr_t)promql, .unit = none, .every_ms = every_ms};
}

/* How many requests had this in their first line. */
static size_t asked(struct fixture *f, const char *what)
{
    size_t n = 0;
    for (size_t i = 0; i < web_count(f->b.web); i++) {
        char *request = web_request(f->b.web, i), *end = strchr(request, '\r');
        *end = '\0';
        n += strstr(request, what) != NULL;
        free(request);
    }
    return n;
}

/* ---- rounds ---- */

static const char *source_text(struct fixture *f, size_t column)
{
    return bench_said(&f->b, SOURCE, column);
}

/* The first round, or the one so many seconds later. */
static void go_on_for(struct fixture *f, int seconds)
{
    if (!f->src) {
        struct prom_server *self = prom_server_new(f->b.base, f->b.store, &f->conf, &f->past);
        const struct source_settings settings = prom_server_settings(&f->conf);
        f->src = scheduler_add(f->b.scheduler, prom_server_name(self), NULL, &prom_server_ops, self, &settings);
        bench_round(&f->b, SOURCE, 0);
        return;
    }
    int64_t before = bench_rounds(&f->b, SOURCE);
    f->b.now_us += seconds * INT64_C(1000000);
    scheduler_turn(f->b.scheduler);
    bench_round(&f->b, SOURCE, before);
}

/* ---- what is in the rows ---- */

static struct row *find(struct fixture *f, const char *table, const char *a, const char *b, const char *c)
{
    return bench_find(&f->b, table, (const char *const[4]){"main", a, b, c});
}

/* "12.5", "12.5 stale", "-"; "gone" where there is no such row. Valid until the next but three. */
static const char *cell(const struct row *r, const char *column)
{
    static char bufs[4][600];
    static unsigned at;
    char *buf = bufs[at++ % 4];
    if (!r)
        return "gone";
    struct value v = row_cell(r, column);
    if (v.quality == QUALITY_UNKNOWN)
        return "-";
    snprintf(buf, sizeof bufs[0], "%.6g%s", v.d, v.quality == QUALITY_STALE ? " stale" : "");
    return buf;
}

static const char *text(const struct row *r, const char *column)
{
    return r ? row_text(r, column) : "gone";
}

static int64_t number(const struct row *r, const char *column)
{
    assert_non_null(r);
    struct value v = row_cell(r, column);
    return v.quality == QUALITY_UNKNOWN ? -1 : v.i;
}

#define QUERY(f, query, metric, labels) find(f, "prom_queries", query, metric, labels)
#define VECTOR(items)                   "{\"resultType\":\"vector\",\"result\":[" items "]}"
#define Q                               "/prefix/api/v1/query?query="
#define T                               "&timeout=20000ms"

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* ---- tests ---- */

static void test_queries(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "all", "up", 0);
    ask_for(f, "sum", "sum(x)", 0);
    static char ms[] = "ms";
    f->queries[1].unit = ms;
    ask_for(f, "none", "none", 0);
    page(f, Q "up" T,
         VECTOR("{\"metric\":{\"__name__\":\"up\",\"job\":\"b\",\"a\":\"\\\"x\"},\"value\":[1000.5,\"1\"]},"
                "{\"metric\":{\"__name__\":\"up\",\"job\":\"c\"},\"value\":[1000.5,\"NaN\"]}"));
    page(f, Q "sum%28x%29" T, "{\"resultType\":\"scalar\",\"result\":[1000.5,\"12.5\"]}");
    page(f, Q "none" T, VECTOR(""));
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    assert_string_equal(cell(QUERY(f, "all", "up", "a=\"\\\"x\",job=\"b\""), "value"), "1");
    assert_string_equal(cell(QUERY(f, "all", "up", "job=\"c\""), "value"), "nan");
    assert_int_equal(number(QUERY(f, "all", "up", "job=\"c\""), "time"), 1000500);
    assert_string_equal(text(QUERY(f, "all", "up", "job=\"c\""), "promql"), "up");
    assert_string_equal(cell(QUERY(f, "sum", "", ""), "value"), "12.5");
    assert_string_equal(text(QUERY(f, "sum", "", ""), "unit"), "milliseconds");
    assert_string_equal(text(QUERY(f, "none", "", ""), "unit"), "");
    assert_string_equal(cell(QUERY(f, "none", "", ""), "value"), "-");
    assert_string_equal(text(QUERY(f, "none", "", ""), "note"), "no series");
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_queries")), 4);

    /* a series goes, one comes; the time of a value that stays is that of its first answer */
    page(f, Q "up" T, VECTOR("{\"metric\":{\"__name__\":\"up\",\"job\":\"c\"},\"value\":[1015.5,\"NaN\"]}"));
    page(f, Q "sum%28x%29" T, "{\"resultType\":\"scalar\",\"result\":[1015.5,\"13\"]}");
    page(f, Q "none" T, VECTOR("{\"metric\":{\"a\":\"b\"},\"value\":[1015.5,\"7\"]}"));
    serve(f);
    go_on_for(f, 15);
    assert_null(QUERY(f, "all", "up", "a=\"\\\"x\",job=\"b\""));
    assert_int_equal(number(QUERY(f, "all", "up", "job=\"c\""), "time"), 1000500);
    assert_int_equal(number(QUERY(f, "sum", "", ""), "time"), 1015500);
    assert_null(QUERY(f, "none", "", ""));
    assert_string_equal(cell(QUERY(f, "none", "", "a=\"b\""), "value"), "7");
}

/* Each query for itself: the server's words, a proxy's page, an answer that is none, one that does not come. */
static void test_queries_that_fail(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "fine", "1", 0);
    ask_for(f, "bad", "bad", 0);
    ask_for(f, "many", "many", 0);
    ask_for(f, "proxy", "proxy", 0);
    ask_for(f, "html", "html", 0);
    ask_for(f, "big", "big", 0);
    for (size_t i = 0; i < f->conf.queries.n; i++)
        page(f, NULL, "{\"resultType\":\"scalar\",\"result\":[1,\"5\"]}");
    serve(f);
    f->conf.max_body = 2000;
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    assert_string_equal(cell(QUERY(f, "many", "", ""), "value"), "5");

    struct str big = {0};
    str_repeat(&big, ' ', 3000);
    page(f, Q "1" T, "{\"resultType\":\"scalar\",\"result\":[1,\"6\"]}");
    page_as(f, Q "bad" T, "400 Bad Request", "application/json",
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:4: parse\\nerror: \\u001bno\"}");
    page_as(f, Q "many" T, "422 Unprocessable Entity", "application/json",
            "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many samples\"}");
    page_as(f, Q "proxy" T, "503 Service Unavailable", "text/html", "<html>come back</html>");
    page_as(f, Q "html" T, "200 OK", "text/html", "<html>log in</html>");
    page_as(f, Q "big" T, "200 OK", "application/json", str_text(&big));
    serve(f);
    str_done(&big);
    go_on_for(f, 15);
    assert_string_equal(source_text(f, SOURCES_STATE), "partial");
    assert_contains(source_text(f, SOURCES_ERROR), "query bad: bad_data: 1:4: parse error: ");
    assert_contains(source_text(f, SOURCES_ERROR), "; and 4 more");
    assert_null(strchr(source_text(f, SOURCES_ERROR), '\033'));
    assert_string_equal(cell(QUERY(f, "fine", "", ""), "value"), "6");
    assert_string_equal(text(QUERY(f, "fine", "", ""), "error"), "");
    assert_string_equal(cell(QUERY(f, "many", "", ""), "value"), "5 stale");
    assert_string_equal(text(QUERY(f, "many", "", ""), "error"), "execution: too many samples");
    assert_contains(text(QUERY(f, "proxy", "", ""), "error"), "503 Service Unavailable");
    assert_string_equal(cell(QUERY(f, "html", "", ""), "value"), "5 stale");
    assert_true(*text(QUERY(f, "html", "", ""), "error"));
    assert_contains(text(QUERY(f, "big", "", ""), "error"), "2000");

    page(f, NULL, "{\"resultType\":\"scalar\",\"result\":[2,\"5\"]}");
    serve(f);
    go_on_for(f, 15);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    assert_string_equal(cell(QUERY(f, "many", "", ""), "value"), "5");
    assert_string_equal(text(QUERY(f, "many", "", ""), "error"), "");
}

/* A query that never was answered has a row that says so. */
static void test_a_query_that_never_works(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "bad", "bad", 0);
    page_as(f, NULL, "400 Bad Request", "application/json",
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}");
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "failed");
    assert_string_equal(text(QUERY(f, "bad", "", ""), "error"), "bad_data: no");
    assert_string_equal(cell(QUERY(f, "bad", "", ""), "value"), "-");
}

static void test_an_answer_that_does_not_come(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "slow", "slow", 0);
    ask_for(f, "fine", "1", 0);
    f->conf.deadline_ms = 300;
    page(f, Q "1&timeout=300ms", "{\"resultType\":\"scalar\",\"result\":[1,\"6\"]}");
    f->b.pages[f->b.npages++] =
        (struct web_page){.path = Q "slow&timeout=300ms", .bytes = "HTTP/1.1 200 OK\r\n", .hang = 1};
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "partial");
    assert_contains(source_text(f, SOURCES_ERROR), "query slow: ");
    assert_contains(source_text(f, SOURCES_ERROR), "300 ms");
    assert_string_equal(cell(QUERY(f, "fine", "", ""), "value"), "6");
}

static const char alerts[] =
    "{\"alerts\":[{\"labels\":{\"alertname\":\"Slow\",\"severity\":\"page\",\"a\":\"b\"},\"annotations\":{\"summary\":"
    "\"it is slow\",\"x\":\"y\"},\"state\":\"firing\",\"activeAt\":\"2026-11-20T10:00:00.5Z\",\"value\":\"1.5e+00\"}]}";
static const char rules[] =
    "{\"groups\":[{\"name\":\"g\",\"file\":\"/r.yml\",\"interval\":30,\"evaluationTime\":0.1,\"lastEvaluation\":"
    "\"2026-11-20T10:00:00Z\",\"rules\":[{\"state\":\"firing\",\"name\":\"Slow\",\"query\":\"x > "
    "1\",\"duration\":60,\"labels\":{\"severity\":\"page\"},\"annotations\":{},\"alerts\":[{\"labels\":{},"
    "\"annotations\":{},\"state\":\"firing\",\"activeAt\":\"2026-11-20T10:00:00Z\",\"value\":\"1\"}],\"health\":\"ok\","
    "\"evaluationTime\":0.002,\"lastEvaluation\":\"2026-11-20T10:00:01Z\",\"type\":\"alerting\"},{\"name\":\"a:b\","
    "\"query\":\"sum(c)\",\"health\":\"err\",\"lastError\":\"no such thing\",\"evaluationTime\":0.001,"
    "\"lastEvaluation\":\"2026-11-20T10:00:01Z\",\"type\":\"recording\"}]}]}";
static const char targets[] =
    "{\"activeTargets\":[{\"discoveredLabels\":{},\"labels\":{\"job\":\"j\",\"instance\":\"i:1\",\"z\":\"1\"},"
    "\"scrapePool\":\"pool\",\"scrapeUrl\":\"http://i:1/metrics?api_key=hush&p=q\",\"globalUrl\":\"http://i:1/"
    "metrics\",\"lastError\":"
    "\"refused\",\"lastScrape\":\"2026-11-20T10:00:00Z\",\"lastScrapeDuration\":0.0035,\"health\":\"down\","
    "\"scrapeInterval\":\"1m30s\",\"scrapeTimeout\":\"10s\"}],\"droppedTargets\":[]}";

static void want_all(struct fixture *f)
{
    f->conf.alerts = f->conf.rules = f->conf.targets = true;
}

static void test_alerts_rules_targets(void **state)
{
    struct fixture *f = *state;
    want_all(f);
    f->conf.tenant = (char *)(uintptr_t) "team";
    page(f, "/prefix/api/v1/alerts", alerts);
    page(f, "/prefix/api/v1/rules", rules);
    page(f, "/prefix/api/v1/targets", targets);
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    const struct row *r = find(f, "prom_alerts", "Slow", "a=\"b\",severity=\"page\"", NULL);
    assert_string_equal(text(r, "state"), "firing");
    assert_string_equal(text(r, "severity"), "page");
    assert_string_equal(text(r, "summary"), "it is slow");
    assert_string_equal(text(r, "annotations"), "summary=\"it is slow\",x=\"y\"");
    assert_int_equal(number(r, "since"), 1795168800500);
    assert_string_equal(cell(r, "value"), "1.5");
    const struct table *t = store_find(f->b.store, "prom_rules");
    assert_int_equal(table_nrows(t), 2);
    for (r = table_first(t); r; r = row_next(r)) {
        bool first = number(r, "position") == 1;
        assert_string_equal(text(r, "rule"), first ? "Slow" : "a:b");
        assert_string_equal(text(r, "type"), first ? "alerting" : "recording");
        assert_string_equal(text(r, "health"), first ? "ok" : "err");
        assert_string_equal(text(r, "error"), first ? "" : "no such thing");
        assert_int_equal(number(r, "firing"), first ? 1 : -1);
        assert_string_equal(cell(r, "for_s"), first ? "60" : "-");
        assert_string_equal(cell(r, "interval_s"), "30");
    }
    r = find(f, "prom_targets", "pool", "http://i:1/metrics?api_key=" CONF_SECRET_SHOWN "&p=q", NULL);
    assert_string_equal(text(r, "health"), "down");
    assert_string_equal(text(r, "error"), "refused");
    assert_string_equal(text(r, "labels"), "z=\"1\"");
    assert_string_equal(cell(r, "scrape_ms"), "3.5");
    assert_string_equal(cell(r, "interval_s"), "90");
    char *request = web_request(f->b.web, 0);
    assert_contains(request, "X-Scope-OrgID: team\r\n");
    free(request);

    page(f, "/prefix/api/v1/alerts", "{\"alerts\":[]}");
    page(f, "/prefix/api/v1/rules", "{\"groups\":[]}");
    page_as(f, "/prefix/api/v1/targets", "500 Internal Server Error", "text/plain", "oh");
    serve(f);
    go_on_for(f, 15);
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_alerts")), 0);
    assert_int_equal(table_nrows(t), 0);
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_targets")), 1);
    assert_string_equal(source_text(f, SOURCES_STATE), "partial");
    assert_contains(source_text(f, SOURCES_ERROR), "targets: ");
}

/* VictoriaMetrics without vmalert, Mimir without targets: said, not failed, and not asked for each time. */
static size_t events_of(struct fixture *f, const char *part)
{
    size_t n = 0;
    const struct table *t = store_find(f->b.store, "events");
    for (const struct row *r = table_first(t); r; r = row_next(r))
        n += strstr(row_text(r, "text"), part) != NULL;
    return n;
}

/* One alert that cannot be read leaves the others; the source says so, and an event, once. */
static void test_an_alert_that_cannot_be_read(void **state)
{
    static const char some[] = "{\"alerts\":[{\"labels\":{\"alertname\":\"Slow\"},\"state\":\"firing\"},"
                               "{\"labels\":{\"alertname\":\"Odd\"},\"state\":\"firing\",\"activeAt\":\"garbage\"}]}";
    struct fixture *f = *state;
    f->conf.alerts = true;
    page(f, "/prefix/api/v1/alerts", some);
    serve(f);
    go_on_for(f, 0);
    go_on_for(f, 15);
    assert_non_null(find(f, "prom_alerts", "Slow", "", NULL));
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_alerts")), 1);
    assert_string_equal(source_text(f, SOURCES_STATE), "partial");
    assert_contains(source_text(f, SOURCES_ERROR),
                    "alerts: 1 of them cannot be read, the first: data.alerts[1].activeAt: a time was expected");
    assert_int_equal(events_of(f, "1 of the server's alerts cannot be read, the first: data.alerts[1].activeAt"), 1);
    page(f, "/prefix/api/v1/alerts", "{\"alerts\":[]}");
    serve(f);
    go_on_for(f, 15);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    page(f, "/prefix/api/v1/alerts", some);
    serve(f);
    go_on_for(f, 15);
    assert_int_equal(events_of(f, "cannot be read"), 2);
}

static void test_what_a_server_has_not(void **state)
{
    struct fixture *f = *state;
    want_all(f);
    page(f, "/prefix/api/v1/alerts", alerts);
    page_as(f, "/prefix/api/v1/rules", "400 Bad Request", "text/plain", "unsupported path requested: \"/x\"");
    page_as(f, "/prefix/api/v1/targets", "404 Not Found", "text/plain", "404 page not found");
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    assert_string_equal(source_text(f, SOURCES_NOTE), "the server has no rules, no targets");
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_alerts")), 1);
    page(f, "/prefix/api/v1/alerts", alerts);
    page(f, "/prefix/api/v1/rules", rules);
    page(f, "/prefix/api/v1/targets", targets);
    serve(f);
    go_on_for(f, 15);
    assert_int_equal(asked(f, "/alerts"), 2);
    assert_int_equal(asked(f, "/rules"), 1);
    int64_t before = bench_rounds(&f->b, SOURCE); /* but where somebody wants a round now */
    scheduler_refresh(f->b.scheduler, NULL);
    scheduler_turn(f->b.scheduler);
    bench_round(&f->b, SOURCE, before);
    assert_int_equal(asked(f, "/rules"), 2);
    assert_string_equal(source_text(f, SOURCES_NOTE), "");
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_rules")), 2);
}

static void test_no_such_server(void **state)
{
    struct fixture *f = *state;
    want_all(f);
    page_as(f, NULL, "404 Not Found", "text/plain", "who?");
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "failed");
    assert_contains(source_text(f, SOURCES_ERROR), "no HTTP API of Prometheus is there");
}

/* One that cannot be reached is not asked for everything. */
static void test_a_server_that_is_down(void **state)
{
    struct fixture *f = *state;
    want_all(f);
    for (int i = 0; i < 5; i++)
        ask_for(f, (const char *[]){"a", "b", "c", "d", "e"}[i], "1", 0);
    page(f, "/prefix/api/v1/alerts", alerts);
    page(f, "/prefix/api/v1/rules", rules);
    page(f, "/prefix/api/v1/targets", targets);
    page(f, "/prefix/api/v1/query", "{\"resultType\":\"scalar\",\"result\":[1,\"6\"]}");
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    size_t before = web_count(f->b.web);
    page_as(f, NULL, "", "", "");
    f->b.pages[0].bytes = ""; /* the connection breaks */
    serve(f);
    go_on_for(f, 15);
    assert_true(web_count(f->b.web) <= before + 4);
    assert_string_equal(text(QUERY(f, "a", "", ""), "error"), "");
    assert_string_equal(cell(QUERY(f, "a", "", ""), "value"), "6");
    assert_int_equal(table_nrows(store_find(f->b.store, "prom_alerts")), 1);
}

static void test_warnings(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "q", "q", 0);
    page_as(
        f, NULL, "200 OK", "application/json",
        "{\"status\":\"success\",\"data\":" VECTOR(
            "{\"metric\":{},\"value\":[1,\"6\"]}") ","
                                                   "\"warnings\":[\"store a is away\"],\"infos\":[\"no counter\"]}");
    serve(f);
    go_on_for(f, 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "partial");
    assert_string_equal(source_text(f, SOURCES_ERROR), "query q: store a is away");
    assert_string_equal(text(QUERY(f, "q", "", ""), "note"), "store a is away; no counter");
    page(f, NULL, VECTOR("{\"metric\":{},\"value\":[1,\"6\"]}"));
    serve(f);
    go_on_for(f, 15);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
    assert_string_equal(text(QUERY(f, "q", "", ""), "note"), "");
}

/* Each in its own time; a long expression goes in a POST. */
static void test_when_they_are_due(void **state)
{
    struct fixture *f = *state;
    char long_one[2000];
    memset(long_one, 'x', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    ask_for(f, "often", "often", 10000);
    ask_for(f, "seldom", long_one, 30000);
    f->conf.alerts = true; /* every 15 s */
    page(f, "/prefix/api/v1/alerts", alerts);
    page(f, "/prefix/api/v1/query", VECTOR(""));
    serve(f);
    assert_int_equal(prom_server_settings(&f->conf).interval_ms, 5000);
    go_on_for(f, 0);
    for (int i = 0; i < 12; i++)
        go_on_for(f, 5);
    assert_int_equal(asked(f, "query=often"), 7);
    assert_int_equal(asked(f, "POST"), 3);
    assert_int_equal(asked(f, "/alerts"), 5);
}

static void test_native_histograms(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "h", "h", 0);
    page(f, NULL,
         VECTOR(
             "{\"metric\":{\"__name__\":\"h\"},\"histogram\":[1,{\"count\":\"4\",\"sum\":\"10\",\"buckets\":[[0,\"1\","
             "\"2\",\"2\"],[0,\"2\",\"4\",\"2\"]]}]}"));
    serve(f);
    go_on_for(f, 0);
    const struct row *r = QUERY(f, "h", "h", "");
    assert_string_equal(cell(r, "value"), "-");
    assert_string_equal(cell(r, "count"), "4");
    assert_string_equal(cell(r, "p50"), "2");
}

/* ---- all at once ---- */

struct seen {
    struct fixture *f;
    size_t want, odd, whole;
};

static void on_commit(struct store *s, void *arg)
{
    struct seen *seen = arg;
    size_t n = table_nrows(store_find(s, "prom_queries"));
    seen->whole += n == seen->want;
    seen->odd += n != 0 && n != seen->want;
}

static void test_a_large_answer_comes_as_one(void **state)
{
    struct fixture *f = *state;
    enum { SERIES = 3000 };
    struct str body = {0};
    struct seen seen = {.f = f, .want = SERIES};
    ask_for(f, "q", "q", 0);
    f->b.step_us = 1000; /* three looks at the clock are a slice */
    str_add(&body, "{\"resultType\":\"vector\",\"result\":[");
    for (int i = 0; i < SERIES; i++)
        str_printf(&body, "%s{\"metric\":{\"i\":\"%d\"},\"value\":[1,\"%d\"]}", i ? "," : "", i, i);
    str_add(&body, "]}");
    page(f, NULL, body.s);
    serve(f);
    str_done(&body);
    struct store_listener *l = store_listen(f->b.store, on_commit, &seen);
    go_on_for(f, 0);
    store_unlisten(f->b.store, l);
    assert_int_equal(seen.odd, 0);
    assert_true(seen.whole > 0);
    assert_string_equal(cell(QUERY(f, "q", "", "i=\"2999\""), "value"), "2999");
}

/* ---- the past ---- */

static int keep(void *arg, const struct table *t, const struct value *key, const struct prom_api_point *points,
                size_t n, struct error *err)
{
    struct fixture *f = arg;
    assert_string_equal(table_name(t), "prom_queries");
    if (f->not_ready-- > 0)
        return error_set(err, ERR_UNAVAILABLE, "not yet");
    if (n && f->refused-- > 0)
        return error_set(err, ERR_LIMIT, "too much");
    for (size_t i = 0; i < n; i++)
        vec_push(&f->points, points[i]);
    if (n)
        str_printf(&f->keys, "%s %s %s;", key[QUERIES_QUERY].s->raw, key[QUERIES_METRIC].s->raw,
                   key[QUERIES_LABELS].s->raw);
    return 0;
}

static void wait_points(struct fixture *f, size_t n)
{
    int64_t end = bench_deadline();
    while (f->points.n < n)
        bench_turn(&f->b, end);
    assert_int_equal(f->points.n, n);
}

static void serve_past(struct fixture *f)
{
    page(f, "/prefix/api/v1/query", VECTOR("{\"metric\":{\"a\":\"1\"},\"value\":[1,\"6\"]}"));
    page(f, "/prefix/api/v1/query_range",
         "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"1\"},\"values\":[[10,\"1\"],[20,\"2\"]]},"
         "{\"metric\":{\"a\":\"gone\"},\"values\":[[10,\"1\"]]}]}");
    serve(f);
}

static void test_the_past(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "q", "q", 0);
    ask_for(f, "never", "n", 0);
    f->queries[0].range_ms = 3600000;
    f->queries[0].step_ms = 60000;
    f->past = (struct prom_server_fill_past){.keep = keep, .arg = f};
    f->not_ready = 2;
    f->refused = 1;
    serve_past(f);
    go_on_for(f, 0);
    wait_points(f, 2);
    assert_string_equal(f->keys.s, "q  a=\"1\";");
    assert_int_equal(f->points.items[0].time_ms, 10000);
    assert_int_equal(number(QUERY(f, "q", "", "a=\"1\""), "filled"), 1000000001000);
    assert_int_equal(asked(f, "start=999996401.000&end=1000000001.000&step=60.000"), 1);

    /* no gap, then one: from the last answer on */
    go_on_for(f, 15);
    assert_int_equal(asked(f, "query_range"), 1);
    go_on_for(f, 600);
    wait_points(f, 4);
    assert_int_equal(asked(f, "query_range"), 2);
    assert_int_equal(asked(f, "start=1000000016.000&end=1000000616.000"), 1);
}

static void test_no_past(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "q", "q", 0);
    f->queries[0].range_ms = 3600000;
    serve_past(f);
    go_on_for(f, 0);
    int64_t end = bench_deadline();
    while (!*source_text(f, SOURCES_NOTE))
        bench_turn(&f->b, end);
    assert_string_equal(source_text(f, SOURCES_NOTE), "the past is not asked for: no history is kept");
    assert_int_equal(asked(f, "query_range"), 0);
    assert_string_equal(source_text(f, SOURCES_STATE), "ok");
}

/* More points than a server gives are not asked for. */
static void test_a_long_past(void **state)
{
    struct fixture *f = *state;
    ask_for(f, "q", "q", 0);
    f->queries[0].range_ms = INT64_C(30) * 24 * 3600000;
    f->past = (struct prom_server_fill_past){.keep = keep, .arg = f};
    serve_past(f);
    go_on_for(f, 0);
    wait_points(f, 2);
    assert_int_equal(asked(f, "step=235.6"), 1); /* 30 days in 10,999 steps */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_queries),
        TEST(test_queries_that_fail),
        TEST(test_a_query_that_never_works),
        TEST(test_an_answer_that_does_not_come),
        TEST(test_alerts_rules_targets),
        TEST(test_an_alert_that_cannot_be_read),
        TEST(test_what_a_server_has_not),
        TEST(test_no_such_server),
        TEST(test_a_server_that_is_down),
        TEST(test_warnings),
        TEST(test_when_they_are_due),
        TEST(test_native_histograms),
        TEST(test_a_large_answer_comes_as_one),
        TEST(test_the_past),
        TEST(test_no_past),
        TEST(test_a_long_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
