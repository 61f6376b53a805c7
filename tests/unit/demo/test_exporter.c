/* What the demo has to scrape and to ask, through icetop's own readers: the tail grows, errors come and go, a process that is
 * started anew has no negative rate, one dies and returns, and the Prometheus server says the same. */
#include "tests/unit/unit.h"

#include "conf/conf.h"
#include "demo/endpoints.h"
#include "demo/exporter.h"
#include "demo/prometheus.h"
#include "demo/script.h"
#include "prom/api.h"
#include "prom/rows.h"

#include "prom/series.h"
#include "prom/tables.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BEGIN_MS = 1000000, INTERVAL_S = DEMO_ENDPOINTS_INTERVAL_S, LEAKING = 1, DEPLOYED = 2, ENDPOINTS = 8 };

struct time {
    int64_t ms;
};

static int64_t wall_ms(void *arg)
{
    const struct time *t = arg;
    return BEGIN_MS + t->ms;
}

static int64_t mono_us(void *arg)
{
    const struct time *t = arg;
    return t->ms * 1000;
}

/* One scraped endpoint. */
struct scraped {
    struct store *store;
    struct prom_series series;
    struct prom_rows rows;
    struct prom_keep keep;
    struct name *job, *instance;
};

struct stage {
    struct time time;
    struct clock clock;
    struct demo_world *world;
    struct demo_script *script;
    struct demo_endpoints *endpoints;
    struct demo_prometheus *prometheus;
    struct scraped scraped[ENDPOINTS];
};

static struct table *add(struct store *s, const struct table_def *def)
{
    struct table *t;
    assert_int_equal(store_add(s, def, NULL, &t, NULL), 0);
    return t;
}

static void scraped_begin(struct scraped *s)
{
    s->store = store_new(&clock_system);
    struct names *names = store_names(s->store);
    prom_series_init(&s->series, names, &s->keep, &(struct prom_series_limits){.series = 10000});
    s->job = name_intern(names, "j", 1);
    s->instance = name_intern(names, "i", 1);
    s->rows = (struct prom_rows){.metrics = add(s->store, &prom_table_metrics),
                                 .histograms = add(s->store, &prom_table_histograms),
                                 .job = s->job,
                                 .instance = s->instance,
                                 .owner = 1};
}

static void scraped_end(struct scraped *s)
{
    prom_series_done(&s->series);
    name_unref(s->job);
    name_unref(s->instance);
    store_free(s->store);
}

static void begin(struct stage *s)
{
    *s = (struct stage){0};
    s->clock = (struct clock){wall_ms, mono_us, &s->time};
    s->world = demo_world_new(3, "demo");
    s->script = demo_script_new(s->world, &s->clock, 1, 0);
    s->endpoints = demo_endpoints_new(s->world, &s->clock, 1);
    s->prometheus = demo_prometheus_new(s->endpoints);
    assert_int_equal(demo_endpoints_count(s->endpoints), ENDPOINTS);
    for (size_t i = 0; i < ENDPOINTS; i++)
        scraped_begin(&s->scraped[i]);
}

static void end(struct stage *s)
{
    for (size_t i = 0; i < ENDPOINTS; i++)
        scraped_end(&s->scraped[i]);
    demo_prometheus_free(s->prometheus);
    demo_endpoints_free(s->endpoints);
    demo_script_free(s->script);
    demo_world_free(s->world);
}

static void move_to(struct stage *s, int64_t second)
{
    s->time.ms = second * 1000;
    demo_script_step(s->script);
    demo_endpoints_step(s->endpoints);
    demo_prometheus_step(s->prometheus);
}

static void scrape(struct stage *s, size_t i)
{
    struct scraped *to = &s->scraped[i];
    struct str body = {0};
    struct error err = {0};
    enum prom_text_format format;
    bool more = true;
    assert_int_equal(prom_text_format_of(demo_endpoints_body(s->endpoints, i, &body), &format), 0);
    prom_series_begin(&to->series, format, body.s, body.len, s->time.ms * 1000 + 1);
    while (more)
        if (prom_series_read(&to->series, 1000, &more, &err))
            fail_msg("%s: %s", demo_endpoints_instance(s->endpoints, i), err.text);
    if (to->series.bad)
        fail_msg("%s: %s", demo_endpoints_instance(s->endpoints, i), to->series.first_bad);
    to->rows.at = 0;
    while (!prom_rows_write(&to->rows, &to->series, 1000))
        ;
    prom_series_end(&to->series);
    store_commit(to->store);
    str_done(&body);
}

/* A cell of the first row of that name whose labels hold the text; NaN: unknown. */
static double cell(const struct table *t, const char *metric, const char *labels, const char *column)
{
    for (const struct row *r = table_first(t); r; r = row_next(r))
        if (strcmp(row_text(r, "metric"), metric) == 0 && strstr(row_text(r, "labels"), labels)) {
            struct value v = row_cell(r, column);
            return v.quality == QUALITY_EXACT ? v.d : NAN;
        }
    fail_msg("there is no %s{%s}", metric, labels);
    return NAN;
}

static double tail(const struct stage *s, size_t i)
{
    const struct scraped *from = &s->scraped[i];
    return cell(from->rows.histograms, "bentoml_service_request_duration_seconds", "", "p99");
}

static void assert_no_negative_rate(const struct scraped *s)
{
    for (const struct row *r = table_first(s->rows.metrics); r; r = row_next(r)) {
        struct value rate = row_cell(r, "rate");
        if (rate.quality == QUALITY_EXACT && !(rate.d >= 0))
            fail_msg("%s{%s}: rate %g", row_text(r, "metric"), row_text(r, "labels"), rate.d);
    }
    for (const struct row *r = table_first(s->rows.histograms); r; r = row_next(r)) {
        struct value rate = row_cell(r, "rate"), note = row_cell(r, "note");
        assert_true(rate.quality != QUALITY_EXACT || rate.d >= 0);
        assert_int_equal(note.quality, QUALITY_UNKNOWN); /* buckets grow in order */
    }
}

/* Scrapes all that are up, until a second. */
static void scrape_until(struct stage *s, int64_t second)
{
    while (s->time.ms / 1000 + INTERVAL_S <= second) {
        move_to(s, s->time.ms / 1000 + INTERVAL_S);
        for (size_t i = 0; i < ENDPOINTS; i++)
            if (demo_endpoints_up(s->endpoints, i)) {
                scrape(s, i);
                assert_no_negative_rate(&s->scraped[i]);
            }
    }
}

static void test_the_tail_grows_until_the_process_dies_and_returns(void **state)
{
    (void)state;
    struct stage s;
    begin(&s);
    scrape_until(&s, 10);
    double first = tail(&s, LEAKING), other = tail(&s, 0);
    assert_true(first > 0.03 && first < 0.15);
    scrape_until(&s, 90);
    double middle = tail(&s, LEAKING);
    scrape_until(&s, 190);
    assert_true(middle > 2 * first);
    assert_true(tail(&s, LEAKING) > middle);
    assert_true(fabs(tail(&s, 0) - other) < 0.05);
    move_to(&s, 194);
    assert_true(demo_endpoints_up(s.endpoints, LEAKING));
    move_to(&s, 195);
    assert_false(demo_endpoints_up(s.endpoints, LEAKING));
    move_to(&s, 224);
    assert_false(demo_endpoints_up(s.endpoints, LEAKING));
    move_to(&s, 225);
    assert_true(demo_endpoints_up(s.endpoints, LEAKING));
    scrape_until(&s, 240);
    assert_true(tail(&s, LEAKING) < 0.15);
    end(&s);
}

static double requests(const struct stage *s, size_t i, const char *code, const char *column)
{
    const struct scraped *from = &s->scraped[i];
    return cell(from->rows.metrics, "bentoml_service_request_total", code, column);
}

static void test_a_counter_begins_anew_without_a_negative_rate(void **state)
{
    (void)state;
    struct stage s;
    begin(&s);
    scrape_until(&s, 40);
    double before = requests(&s, DEPLOYED, "\"200\"", "value");
    scrape_until(&s, 50); /* deployed at 45 */
    assert_true(requests(&s, DEPLOYED, "\"200\"", "value") < before);
    double rate = requests(&s, DEPLOYED, "\"200\"", "rate");
    assert_true(rate > 50 && rate < 250);
    end(&s);
}

static void test_errors_come_and_go(void **state)
{
    (void)state;
    struct stage s;
    begin(&s);
    scrape_until(&s, 10);
    assert_true(requests(&s, 0, "\"503\"", "rate") == 0);
    scrape_until(&s, 30);
    double failed = requests(&s, 0, "\"503\"", "rate"), served = requests(&s, 0, "\"200\"", "rate");
    assert_true(failed > 0.05 * served && failed < 0.15 * served);
    scrape_until(&s, 60);
    assert_true(requests(&s, 0, "\"503\"", "rate") == 0);
    end(&s);
}

static void test_brokers_tell_what_the_cluster_is(void **state)
{
    (void)state;
    struct stage s;
    double leaders = 0, lacking = 0;
    begin(&s);
    scrape_until(&s, 10);
    for (size_t i = 0; i < ENDPOINTS; i++) {
        const struct scraped *b = &s.scraped[i];
        if (!demo_endpoints_broker(s.endpoints, i))
            continue;
        leaders += cell(b->rows.metrics, "kafka_server_replicamanager_leadercount", "", "value");
        lacking += cell(b->rows.metrics, "kafka_server_replicamanager_underreplicatedpartitions", "", "value");
        assert_true(cell(b->rows.metrics, "kafka_server_brokertopicmetrics_messagesin_total", "payments.transactions",
                         "rate") > 0);
    }
    double partitions = 0;
    for (size_t i = 0; i < s.world->topics.n; i++)
        partitions += (double)s.world->topics.items[i]->partitions.n;
    assert_true(leaders == partitions);
    assert_true(lacking == 1);
    end(&s);
}

static void test_a_time_is_the_same_however_it_came(void **state)
{
    (void)state;
    struct stage a, b;
    begin(&a);
    begin(&b);
    move_to(&a, 400);
    for (int second = 1; second <= 400; second++)
        move_to(&b, second);
    for (size_t i = 0; i < ENDPOINTS; i++) {
        struct str one = {0}, other = {0};
        demo_endpoints_body(a.endpoints, i, &one);
        demo_endpoints_body(b.endpoints, i, &other);
        assert_string_equal(str_text(&one), str_text(&other));
        str_done(&one);
        str_done(&other);
    }
    end(&a);
    end(&b);
}

/* ---- the server ---- */

static char *answer(const struct stage *s, const char *path, const struct demo_prometheus_question *q, int expected)
{
    int status;
    json_t *o = demo_prometheus_answer(s->prometheus, path, q, &status);
    char *text = json_dumps(o, JSON_COMPACT);
    assert_int_equal(status, expected);
    json_decref(o);
    return text;
}

/* The state of an alert of that name, whose labels hold the text; "inactive". */
static void alert_state(const struct stage *s, const char *alert, const char *labels, char state[16])
{
    struct prom_api_alerts alerts;
    struct error err = {0};
    char *text = answer(s, "/api/v1/alerts", &(struct demo_prometheus_question){0}, 200);
    snprintf(state, 16, "inactive");
    if (prom_api_alerts_read(text, strlen(text), &alerts, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < alerts.n; i++)
        if (strcmp(alerts.items[i].alert, alert) == 0 && strstr(alerts.items[i].labels, labels)) {
            snprintf(state, 16, "%s", alerts.items[i].state);
            assert_non_null(alerts.items[i].summary);
            assert_true(alerts.items[i].active_at_ms <= BEGIN_MS + s->time.ms);
        }
    prom_api_alerts_done(&alerts);
    free(text);
}

static void assert_alert(const struct stage *s, const char *alert, const char *labels, const char *expected)
{
    char state[16];
    alert_state(s, alert, labels, state);
    assert_string_equal(state, expected);
}

/* The first second, from here on, at which an alert is in a state. */
static int64_t wait_for(struct stage *s, const char *alert, const char *labels, const char *expected)
{
    char state[16];
    for (int64_t until = s->time.ms / 1000 + 600; s->time.ms / 1000 < until;) {
        alert_state(s, alert, labels, state);
        if (strcmp(state, expected) == 0)
            return s->time.ms / 1000;
        move_to(s, s->time.ms / 1000 + 1);
    }
    fail_msg("%s is never %s", alert, expected);
    return 0;
}

static void test_alerts_follow_what_happens(void **state)
{
    (void)state;
    struct stage s;
    begin(&s);
    assert_alert(&s, "KafkaUnderReplicated", "broker=", "firing");
    assert_alert(&s, "FraudScorerTail", "", "inactive");
    int64_t pending = wait_for(&s, "FraudScorerTail", "fraud-scorer-1", "pending");
    int64_t firing = wait_for(&s, "FraudScorerTail", "fraud-scorer-1", "firing");
    assert_int_equal(firing - pending, 15);
    assert_true(firing < 120);
    assert_alert(&s, "FraudScorerTail", "fraud-scorer-0", "inactive");
    assert_true(wait_for(&s, "FraudScorerDown", "fraud-scorer-1", "firing") >= 195 + 15);
    assert_alert(&s, "FraudScorerTail", "fraud-scorer-1", "inactive"); /* no series, no alert */
    assert_true(wait_for(&s, "FraudScorerDown", "fraud-scorer-1", "inactive") <= 225 + INTERVAL_S);
    wait_for(&s, "FraudScorerErrors", "", "firing");
    wait_for(&s, "FraudScorerErrors", "", "inactive");
    end(&s);
}

static void test_rules_and_targets_are_read(void **state)
{
    (void)state;
    struct stage s;
    struct error err = {0};
    struct prom_api_rules rules;
    struct prom_api_targets targets;
    size_t up = 0;
    begin(&s);
    move_to(&s, 200);
    char *text = answer(&s, "/api/v1/rules", &(struct demo_prometheus_question){0}, 200);
    if (prom_api_rules_read(text, strlen(text), &rules, &err))
        fail_msg("%s", err.text);
    assert_int_equal(rules.n, 5);
    assert_string_equal(rules.items[0].health, "ok");
    prom_api_rules_done(&rules);
    free(text);
    text = answer(&s, "/api/v1/targets", &(struct demo_prometheus_question){0}, 200);
    if (prom_api_targets_read(text, strlen(text), &targets, &err))
        fail_msg("%s", err.text);
    assert_int_equal(targets.n, ENDPOINTS);
    for (size_t i = 0; i < targets.n; i++)
        up += strcmp(targets.items[i].health, "up") == 0;
    assert_int_equal(up, ENDPOINTS - 1);
    prom_api_targets_done(&targets);
    free(text);
    free(answer(&s, "/api/v1/labels", &(struct demo_prometheus_question){0}, 404));
    end(&s);
}

static struct prom_api_query ask(const struct stage *s, const char *path, const struct demo_prometheus_question *q)
{
    struct prom_api_query got;
    struct error err = {0};
    char *text = answer(s, path, q, 200);
    if (prom_api_query_read(text, strlen(text), &got, &err))
        fail_msg("%s", err.text);
    free(text);
    return got;
}

static void test_queries_have_a_past_and_agree_with_the_scrapes(void **state)
{
    (void)state;
    struct stage s;
    struct error err = {0};
    begin(&s);
    json_t *queries = demo_prometheus_queries();
    scrape_until(&s, 100);
    for (size_t i = 0; i < json_array_size(queries); i++) {
        const char *promql = json_string_value(json_object_get(json_array_get(queries, i), "promql"));
        struct prom_api_query now = ask(&s, "/api/v1/query", &(struct demo_prometheus_question){.query = promql});
        assert_true(now.n >= 1);
        prom_api_query_done(&now);
        struct prom_api_query past =
            ask(&s, "/api/v1/query_range",
                &(struct demo_prometheus_question){.query = promql, .start = "500", .end = "1100.0", .step = "15.000"});
        assert_int_equal(past.type, PROM_API_MATRIX);
        assert_true(past.n >= 1);
        assert_int_equal(past.series[0].npoints, 41);
        assert_int_equal(past.series[0].points[0].time_ms, 500000);
        prom_api_query_done(&past);
    }
    const char *promql = json_string_value(json_object_get(json_array_get(queries, 0), "promql"));
    struct prom_api_query p99 = ask(&s, "/api/v1/query", &(struct demo_prometheus_question){.query = promql});
    assert_int_equal(p99.n, DEMO_SCORER_PROCESSES);
    assert_true(p99.series[LEAKING].points[0].value <
                tail(&s, LEAKING)); /* it rises, and a minute is behind five seconds */
    assert_true(p99.series[LEAKING].points[0].value > 0.5 * tail(&s, LEAKING));
    prom_api_query_done(&p99);
    char *text = answer(&s, "/api/v1/query", &(struct demo_prometheus_question){.query = "vector(1)"}, 422);
    assert_true(prom_api_failure_of(text, strlen(text), &err));
    free(text);
    free(answer(&s, "/api/v1/query_range",
                &(struct demo_prometheus_question){.query = promql, .start = "-1e300", .end = "1e300", .step = "0"},
                400));
    json_decref(queries);
    end(&s);
}

/* ---- over HTTP ---- */

/* Sends a request to a port and runs the loop until there is an answer; false: refused. */
static bool get(struct event_base *base, unsigned port, const char *path, struct str *to)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool connected = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    struct str request = {0};
    str_printf(&request, "GET %s HTTP/1.0\r\n\r\n", path);
    if (connected)
        assert_int_equal(write(fd, request.s, request.len), request.len);
    for (bool more = connected; more;) {
        char bytes[4096];
        event_base_loop(base, EVLOOP_NONBLOCK);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 1) != 1)
            continue;
        ssize_t n = read(fd, bytes, sizeof bytes);
        more = n > 0;
        if (more)
            str_bytes(to, bytes, (size_t)n);
    }
    str_done(&request);
    close(fd);
    return connected;
}

static unsigned port_of(const char *url)
{
    return (unsigned)strtoul(strrchr(url, ':') + 1, NULL, 10);
}

static void test_what_listens_is_what_the_configuration_names(void **state)
{
    (void)state;
    struct stage s;
    struct error err = {0};
    struct conf *conf;
    struct demo_exporter *x;
    struct str got = {0};
    json_t *sections = json_object();
    begin(&s);
    struct event_base *base = event_base_new();
    if (demo_exporter_new(base, s.world, &s.clock, 1, &x, &err))
        fail_msg("%s", err.text);
    demo_exporter_config(x, sections);
    char *text = json_dumps(sections, 0);
    const struct conf_args args = {
        .config = "/dev/null", .bootstrap = "127.0.0.1:1", .sections = text, .no_defaults = true};
    if (conf_load(&args, &conf, &err))
        fail_msg("%s", err.text);
    assert_int_equal(conf->nprometheus, ENDPOINTS);
    assert_int_equal(conf->nservers, 1);
    assert_int_equal(conf->servers[0].queries.n, 3);
    assert_true(get(base, port_of(conf->servers[0].url), "/api/v1/alerts", &got));
    assert_non_null(strstr(str_text(&got), "KafkaUnderReplicated"));
    unsigned port = port_of(conf->prometheus[LEAKING].urls[0]);
    str_clear(&got);
    assert_true(get(base, port, "/metrics", &got));
    assert_non_null(strstr(str_text(&got), "application/openmetrics-text"));
    assert_non_null(strstr(str_text(&got), "# EOF\n"));
    s.time.ms = 200000;
    demo_exporter_step(x);
    assert_false(get(base, port, "/metrics", &got));
    s.time.ms = 230000;
    demo_exporter_step(x);
    str_clear(&got);
    assert_true(get(base, port, "/metrics", &got));
    assert_non_null(strstr(str_text(&got), "# EOF\n"));
    str_clear(&got);
    assert_true(get(base, port, "/", &got));
    assert_non_null(strstr(str_text(&got), " 404 "));
    demo_exporter_free(x);
    event_base_free(base);
    conf_free(conf);
    free(text);
    json_decref(sections);
    str_done(&got);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tail_grows_until_the_process_dies_and_returns),
        cmocka_unit_test(test_a_counter_begins_anew_without_a_negative_rate),
        cmocka_unit_test(test_errors_come_and_go),
        cmocka_unit_test(test_brokers_tell_what_the_cluster_is),
        cmocka_unit_test(test_a_time_is_the_same_however_it_came),
        cmocka_unit_test(test_alerts_follow_what_happens),
        cmocka_unit_test(test_rules_and_targets_are_read),
        cmocka_unit_test(test_queries_have_a_past_and_agree_with_the_scrapes),
        cmocka_unit_test(test_what_listens_is_what_the_configuration_names),
    };
    return cmocka_run_group_tests_name("demo/exporter", tests, NULL, NULL);
}
