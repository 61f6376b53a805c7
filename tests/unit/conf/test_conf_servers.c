/* Prometheus servers: from the file, from the command line, printed and read again; lists of maps and what is wrong in them. */
#include "conf/fetch.h"
#include "conf/options.h"
#include "conf/same.h"
#include "conf/server.h"
#include "tests/unit/conf/files.h"

static const char full[] = "prometheus_servers:\n"
                           "  main:\n"
                           "    url: \"https://mimir:99/prometheus/\"\n"
                           "    tenant: team-a\n"
                           "    rules: false\n"
                           "    bearer: {env: SERVER_SECRET}\n"
                           "    headers: {X-Key: planted, X-Other: {env: SERVER_SECRET}}\n"
                           "    queries:\n"
                           "      - name: \"rps: all\"\n"
                           "        promql: 'sum by (job) (rate(hits{a=\"b\"}[5m]))'\n"
                           "        every: 30s\n"
                           "        unit: per_second\n"
                           "        range: 1h\n"
                           "        step: 1m\n"
                           "      - {name: up, promql: up}\n"
                           "  other: {url: vm, queries: {name: one, promql: '1'}}\n";

static void servers(void **state)
{
    (void)state;
    setenv("SERVER_SECRET", "s:t", 1);
    struct conf *c = files_loaded(full, (struct conf_args){0});
    assert_int_equal(c->nservers, 2);
    const struct conf_server *s = c->servers;
    assert_string_equal(s->url, "https://mimir:99/prometheus");
    assert_string_equal(s->tenant, "team-a");
    assert_string_equal(s->http.bearer, "s:t");
    assert_true(s->alerts && !s->rules && s->targets);
    assert_string_equal(s->http.headers[0], "X-Key: planted");
    assert_string_equal(s->http.headers[1], "X-Other: s:t");
    assert_null(s->http.headers[2]);
    assert_int_equal(s->interval_ms, 15000);
    assert_int_equal(s->queries.n, 2);
    const struct conf_query *q = s->queries.items;
    assert_string_equal(q[0].name, "rps: all");
    assert_string_equal(q[0].promql, "sum by (job) (rate(hits{a=\"b\"}[5m]))");
    assert_string_equal(q[0].unit, "per_second");
    assert_int_equal(q[0].every_ms, 30000);
    assert_int_equal(q[0].range_ms, 3600000);
    assert_int_equal(q[0].step_ms, 60000);
    assert_string_equal(q[1].unit, "none");
    assert_int_equal(q[1].every_ms, 0);
    assert_string_equal(s[1].url, "http://vm:9090");
    assert_int_equal(s[1].queries.n, 1);
    assert_true(conf_same_server(s, s));
    assert_false(conf_same_server(s, s + 1));

    struct str out = {0};
    conf_print(c, &out);
    const char *line = strstr(out.s, "queries: [");
    assert_non_null(line);
    assert_null(strstr(out.s, "s:t"));
    assert_null(strstr(out.s, "planted"));
    assert_non_null(strstr(out.s, "headers: {X-Key: •••, X-Other: •••}"));
    assert_non_null(strstr(line, "{name: up, promql: up, unit: none}]"));
    struct conf *again = files_loaded(out.s, (struct conf_args){0});
    const struct conf_query *r = again->servers[0].queries.items;
    assert_string_equal(r[0].promql, q[0].promql);
    assert_int_equal(r[0].range_ms, q[0].range_ms);
    assert_int_equal(r[1].every_ms, 0);
    str_done(&out);
    conf_free(again);
    conf_free(c);
}

static void command_line(void **state)
{
    (void)state;
    const char *urls[] = {"h1", "http://h2:1/x/api/v1/query", "h1:9090", NULL};
    struct conf *c = files_loaded("prometheus_servers: {n: {url: z}}\nclusters: {p: {bootstrap: k}}",
                                  (struct conf_args){.servers = urls, .interval = "2"});
    assert_int_equal(c->nclusters, 0); /* what the command line names is all there is */
    assert_int_equal(c->nservers, 3);
    assert_string_equal(c->servers[0].name, "h1:9090");
    assert_string_equal(c->servers[0].url, "http://h1:9090");
    assert_string_equal(c->servers[1].name, "h2:1/x");
    assert_string_equal(c->servers[1].url, "http://h2:1/x");
    assert_string_equal(c->servers[2].name, "h1:9090-2");
    assert_int_equal(c->servers[0].interval_ms, 2000);
    conf_free(c);
}

#define AT              "DIR/icetop.yaml:1:"
#define WAYS            CONF_FETCH_ALLOWED
#define ALLOWED_HEADERS "a map of names of headers to texts, or to secrets as SECRETS says"
#define ALLOWED_QUERIES "a list of maps: [{name: NAME, promql: EXPRESSION}]"

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"prometheus_servers: {n: {}}",
         AT "22: prometheus_servers.n: no url; allowed: http://HOST:PORT or https://HOST:PORT"},
        {"prometheus_servers: {n: {url: \"http://u:p@a\"}}",
         AT "31: prometheus_servers.n.url: credentials in a URL; allowed: user and password beside it"},
        {"prometheus_servers: {n: {url: a, queries: x}}",
         AT "43: prometheus_servers.n.queries: a text, where a list of maps is expected; allowed: " ALLOWED_QUERIES},
        {"prometheus_servers: {n: {url: a, queries: [{name: a, promql: b}, x]}}",
         AT "66: prometheus_servers.n.queries[1]: a text, where a map is expected; allowed: " ALLOWED_QUERIES},
        {"prometheus_servers: {n: {url: a, queries: [{name: a}]}}",
         AT "44: prometheus_servers.n.queries[0]: no promql; allowed: an expression of PromQL"},
        {"prometheus_servers: {n: {url: a, queries: [{name: a, promql: b, every: 1ms}]}}",
         AT "72: prometheus_servers.n.queries[0].every: \"1ms\" is out of range; allowed: 100ms to 1d"},
        {"prometheus_servers: {n: {url: a, queries: [{name: a, promql: b, evry: 1s}]}}", AT
         "65: prometheus_servers.n.queries[0]: unknown key \"evry\" (did you mean \"every\"?); allowed: name, promql, "
         "every, unit, range, step"},
        {"prometheus_servers: {n: {url: a, queries: [{name: a, promql: b, unit: kg}]}}",
         AT "71: prometheus_servers.n.queries[0].unit: \"kg\" is not known; allowed: none, count, bytes, seconds, "
            "milliseconds, s, ms, us, ns, per_second, ratio"},
        {"prometheus_servers: {n: {url: a, headers: {X-Key: \"planted\\nX: y\"}}}",
         AT "44: prometheus_servers.n.headers: \"X-Key\" has a value of more than one line; allowed: " ALLOWED_HEADERS},
        {"prometheus_servers: {n: {url: a, headers: {\"a b\": planted}}}",
         AT "44: prometheus_servers.n.headers: \"a b\" is no name of a header; allowed: " ALLOWED_HEADERS},
        {"prometheus_servers: {n: {url: a, headers: {accept: planted}}}",
         AT "44: prometheus_servers.n.headers: \"accept\" is a header that icetop sets itself; allowed: " ALLOWED_HEADERS},
        {"prometheus_servers: {n: {url: a, headers: {X: [planted]}}}",
         AT "47: prometheus_servers.n.headers: a list, where a text or a way to a secret is expected; allowed: " WAYS},
        {"prometheus_servers: {n: {url: a, bearer: b, headers: {Authorization: planted}}}",
         AT "54: prometheus_servers.n.headers: Authorization: there is a user or a token as well; allowed: one of "
            "them"},
        {"prometheus_servers: {n: {url: a, queries: [{name: a, promql: b}, {name: a, promql: c}]}}",
         AT "73: prometheus_servers.n.queries[1].name: \"a\" is there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf *c = NULL;
        struct error err = {0};
        assert_int_not_equal(files_load(cases[i].text, (struct conf_args){0}, &c, &err), 0);
        char *want = files_expand(cases[i].error);
        assert_null(strstr(err.text, "planted"));
        assert_string_equal(err.text, want);
        free(want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(servers), cmocka_unit_test(command_line),
                                       cmocka_unit_test(errors)};
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
