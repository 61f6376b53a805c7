/* Expressions, rules over them, and JSON (prometheus.io/docs/prometheus/latest/querying/api). */
#include "demo/prometheus.h"

#include "base/mem.h"
#include "demo/jmx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES = 8, /* of one expression */
    BEFORE_S = 600,
    POINTS = 11000,
};

#define NEVER INT64_MIN

/* ---- expressions ---- */

enum expression { TAIL, ERRORS, REQUESTS, UP, UNDER_REPLICATED, EXPRESSIONS };

/* Which series an expression gives: one without labels, one for each process of the service, one for each broker. */
enum by { BY_NOTHING, BY_PROCESS, BY_BROKER };

static const struct {
    const char *promql;
    enum by by;
    const char *name, *unit; /* where it is worth asking */
} expressions[EXPRESSIONS] = {
    [TAIL] =
        {"histogram_quantile(0.99, sum by (instance, le) (rate(bentoml_service_request_duration_seconds_bucket[1m])))",
         BY_PROCESS, "fraud-scorer p99", "seconds"},
    [ERRORS] = {"sum(rate(bentoml_service_request_total{http_response_code=~\"5..\"}[1m])) / "
                "sum(rate(bentoml_service_request_total[1m]))",
                BY_NOTHING, "fraud-scorer errors", "ratio"},
    [REQUESTS] = {"sum by (instance) (rate(bentoml_service_request_total[1m]))", BY_PROCESS, "fraud-scorer requests",
                  "per_second"},
    [UP] = {"up{job=\"" DEMO_SCORER_JOB "\"}", BY_PROCESS, NULL, NULL},
    [UNDER_REPLICATED] = {"kafka_server_replicamanager_underreplicatedpartitions", BY_BROKER, NULL, NULL},
};

static size_t samples_of(const struct demo_endpoints *e, enum by by)
{
    size_t nodes = demo_endpoints_world(e)->nodes.n;
    return by == BY_NOTHING ? 1 : by == BY_PROCESS ? DEMO_SCORER_PROCESSES : nodes < SAMPLES ? nodes : SAMPLES;
}

/* The i-th series of an expression at a second; NaN: it has none. Of brokers only the present is known. */
static double value_at(const struct demo_endpoints *e, enum expression x, size_t i, int64_t second)
{
    const struct demo_scorer *s = demo_endpoints_scorer(e);
    switch (x) {
    case TAIL:
        return demo_scorer_quantile(s, (int)i, 0.99, second);
    case ERRORS:
        return demo_scorer_error_ratio(s, DEMO_SCORER_ALL, second);
    case REQUESTS:
        return demo_scorer_rate(s, (int)i, second);
    case UP:
        return demo_scorer_runs((int)i, second);
    case UNDER_REPLICATED:
        return demo_jmx_under_replicated(demo_endpoints_world(e), demo_endpoints_world(e)->nodes.items[i].id);
    default:
        return NAN;
    }
}

/* The endpoint that a series is of; -1: of none. */
static int endpoint_of(const struct demo_endpoints *e, enum by by, size_t i)
{
    if (by == BY_NOTHING)
        return -1;
    for (size_t k = 0; k < demo_endpoints_count(e); k++)
        if ((by == BY_PROCESS && k == i) ||
            (by == BY_BROKER && demo_endpoints_broker(e, k) == demo_endpoints_world(e)->nodes.items[i].id))
            return (int)k;
    return -1;
}

static json_t *endpoint_labels(const struct demo_endpoints *e, size_t i)
{
    json_t *o = json_pack("{s:s, s:s}", "job", demo_endpoints_job(e, i), "instance", demo_endpoints_instance(e, i));
    if (demo_endpoints_broker(e, i)) {
        char id[16];
        snprintf(id, sizeof id, "%d", (int)demo_endpoints_broker(e, i));
        json_object_set_new(o, "cluster", json_string("default"));
        json_object_set_new(o, "broker", json_string(id));
    }
    return o;
}

static json_t *labels_of(const struct demo_endpoints *e, enum expression x, size_t i)
{
    int at = endpoint_of(e, expressions[x].by, i);
    json_t *o = at < 0 ? json_object() : endpoint_labels(e, (size_t)at);
    if (x == TAIL || x == REQUESTS)
        json_object_del(o, "job");
    if (x == UP || x == UNDER_REPLICATED)
        json_object_set_new(o, "__name__", json_stringn(expressions[x].promql, strcspn(expressions[x].promql, "{")));
    return o;
}

/* ---- rules ---- */

static const struct rule {
    const char *group, *name;
    enum expression expression;
    bool equal;   /* to limit, else more than it */
    double limit; /* NaN: it records */
    int for_s;
    const char *severity, *summary, *description;
} rules[] = {
    {"fraud-scorer", "job:fraud_scorer_requests:rate1m", REQUESTS, false, NAN, 0, NULL, NULL, NULL},
    {"fraud-scorer", "FraudScorerTail", TAIL, false, 0.25, 15, "page",
     "the slowest of a hundred payments waits too long", "p99 of scoring has been over 250 ms for 15 s"},
    {"fraud-scorer", "FraudScorerErrors", ERRORS, false, 0.02, 15, "ticket", "payments are not scored",
     "more than 2 % of the requests have failed for 15 s"},
    {"fraud-scorer", "FraudScorerDown", UP, true, 0, 15, "page", "a scorer does not answer",
     "it could not be scraped for 15 s"},
    {"kafka", "KafkaUnderReplicated", UNDER_REPLICATED, false, 0, 60, "ticket", "partitions miss a replica",
     "a broker leads partitions that miss a replica"},
};

enum { RULES = sizeof rules / sizeof *rules };

struct demo_prometheus {
    const struct demo_endpoints *endpoints;
    int64_t second;                /* of the last evaluation */
    int64_t since[RULES][SAMPLES]; /* when a series began to be what the rule asks for, or NEVER */
};

static bool fits(const struct rule *r, double value)
{
    return r->equal ? value == r->limit : value > r->limit; /* NaN is neither */
}

static void evaluate(struct demo_prometheus *p, int64_t second)
{
    for (size_t r = 0; r < RULES; r++)
        for (size_t i = 0; i < samples_of(p->endpoints, expressions[rules[r].expression].by); i++) {
            int64_t *since = &p->since[r][i];
            if (!fits(&rules[r], value_at(p->endpoints, rules[r].expression, i, second)))
                *since = NEVER;
            else if (*since == NEVER)
                *since = second;
        }
    p->second = second;
}

struct demo_prometheus *demo_prometheus_new(const struct demo_endpoints *e)
{
    struct demo_prometheus *p = mem_new(struct demo_prometheus);
    p->endpoints = e;
    for (size_t i = 0; i < (size_t)RULES * SAMPLES; i++)
        p->since[i / SAMPLES][i % SAMPLES] = NEVER;
    p->second = -BEFORE_S;
    demo_prometheus_step(p);
    return p;
}

void demo_prometheus_free(struct demo_prometheus *p)
{
    free(p);
}

void demo_prometheus_step(struct demo_prometheus *p)
{
    while (p->second + DEMO_ENDPOINTS_INTERVAL_S <= demo_endpoints_second(p->endpoints))
        evaluate(p, p->second + DEMO_ENDPOINTS_INTERVAL_S);
}

/* ---- answers ---- */

static json_t *success(json_t *data)
{
    return json_pack("{s:s, s:o}", "status", "success", "data", data);
}

static json_t *failure(int status, const char *type, const char *text, int *ret)
{
    *ret = status;
    return json_pack("{s:s, s:s, s:s}", "status", "error", "errorType", type, "error", text);
}

static int64_t wall_of(const struct demo_prometheus *p, int64_t second)
{
    return demo_endpoints_begin_wall_ms(p->endpoints) + second * 1000;
}

static json_t *time_text(const struct demo_prometheus *p, int64_t second)
{
    char text[32];
    return json_string(clock_iso(wall_of(p, second), true, text, sizeof text));
}

static json_t *number_text(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.15g", value);
    return json_string(text);
}

/* [seconds, "value"] */
static json_t *point(const struct demo_prometheus *p, int64_t second, double value)
{
    return json_pack("[f, o]", (double)wall_of(p, second) / 1000, number_text(value));
}

static char *expression_of(const struct rule *r)
{
    const char *promql = expressions[r->expression].promql;
    return isnan(r->limit) ? mem_strdup(promql) : mem_printf("%s %s %g", promql, r->equal ? "==" : ">", r->limit);
}

static const char *state_of(const struct demo_prometheus *p, size_t r, size_t i)
{
    if (p->since[r][i] == NEVER)
        return "inactive";
    return p->second - p->since[r][i] >= rules[r].for_s ? "firing" : "pending";
}

static json_t *annotations_of(const struct rule *r)
{
    return json_pack("{s:s, s:s}", "summary", r->summary, "description", r->description);
}

static void add_alerts(const struct demo_prometheus *p, size_t r, json_t *list)
{
    const struct rule *rule = &rules[r];
    for (size_t i = 0; i < samples_of(p->endpoints, expressions[rule->expression].by); i++) {
        if (p->since[r][i] == NEVER)
            continue;
        json_t *labels = labels_of(p->endpoints, rule->expression, i);
        json_object_del(labels, "__name__");
        json_object_set_new(labels, "alertname", json_string(rule->name));
        json_object_set_new(labels, "severity", json_string(rule->severity));
        json_array_append_new(list, json_pack("{s:o, s:o, s:s, s:o, s:o}", "labels", labels, "annotations",
                                              annotations_of(rule), "state", state_of(p, r, i), "activeAt",
                                              time_text(p, p->since[r][i]), "value",
                                              number_text(value_at(p->endpoints, rule->expression, i, p->second))));
    }
}

static json_t *alerts(const struct demo_prometheus *p)
{
    json_t *list = json_array();
    for (size_t r = 0; r < RULES; r++)
        add_alerts(p, r, list);
    return success(json_pack("{s:o}", "alerts", list));
}

/* The worst of its alerts. */
static const char *state_of_rule(const struct demo_prometheus *p, size_t r)
{
    const char *worst = "inactive";
    for (size_t i = 0; i < SAMPLES; i++) {
        const char *state = state_of(p, r, i);
        if (strcmp(state, "firing") == 0 || strcmp(worst, "inactive") == 0)
            worst = state;
    }
    return worst;
}

static json_t *rule_of(const struct demo_prometheus *p, size_t r)
{
    const struct rule *rule = &rules[r];
    bool alerting = !isnan(rule->limit);
    char *query = expression_of(rule);
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:f, s:o}", "name", rule->name, "query", query, "type",
                          alerting ? "alerting" : "recording", "health", "ok", "evaluationTime", 0.0006,
                          "lastEvaluation", time_text(p, p->second));
    free(query);
    if (alerting) {
        json_t *list = json_array();
        add_alerts(p, r, list);
        json_object_set_new(o, "alerts", list);
        json_object_set_new(o, "state", json_string(state_of_rule(p, r)));
        json_object_set_new(o, "duration", json_integer(rule->for_s));
        json_object_set_new(o, "keepFiringFor", json_integer(0));
        json_object_set_new(o, "labels", json_pack("{s:s}", "severity", rule->severity));
        json_object_set_new(o, "annotations", annotations_of(rule));
    }
    return o;
}

static json_t *all_rules(const struct demo_prometheus *p)
{
    json_t *groups = json_array(), *list = NULL;
    for (size_t r = 0; r < RULES; r++) {
        if (r == 0 || strcmp(rules[r].group, rules[r - 1].group) != 0) {
            list = json_array();
            json_array_append_new(groups, json_pack("{s:s, s:s, s:i, s:f, s:o, s:o}", "name", rules[r].group, "file",
                                                    "/etc/prometheus/demo.yml", "interval", DEMO_ENDPOINTS_INTERVAL_S,
                                                    "evaluationTime", 0.0012, "lastEvaluation", time_text(p, p->second),
                                                    "rules", list));
        }
        json_array_append_new(list, rule_of(p, r));
    }
    return success(json_pack("{s:o}", "groups", groups));
}

static json_t *target_of(const struct demo_prometheus *p, size_t i)
{
    const struct demo_endpoints *e = p->endpoints;
    char *url = mem_printf("http://%s/metrics", demo_endpoints_instance(e, i));
    bool up = demo_endpoints_up(e, i);
    json_t *o =
        json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:f, s:s, s:s, s:o}", "labels", endpoint_labels(e, i), "scrapePool",
                  demo_endpoints_job(e, i), "scrapeUrl", url, "globalUrl", url, "health", up ? "up" : "down",
                  "lastError", up ? "" : "connect: connection refused", "lastScrapeDuration", up ? 0.004 : 0.001,
                  "scrapeInterval", "5s", "scrapeTimeout", "5s", "lastScrape", time_text(p, p->second));
    free(url);
    return o;
}

static json_t *targets(const struct demo_prometheus *p)
{
    json_t *active = json_array();
    for (size_t i = 0; i < demo_endpoints_count(p->endpoints); i++)
        json_array_append_new(active, target_of(p, i));
    return success(json_pack("{s:o, s:[]}", "activeTargets", active, "droppedTargets"));
}

static int find(const char *promql)
{
    for (int i = 0; i < EXPRESSIONS; i++)
        if (strcmp(expressions[i].promql, promql) == 0)
            return i;
    return -1;
}

/* Seconds since 1970 as seconds of the demo. */
static int64_t second_of(const struct demo_prometheus *p, const char *text)
{
    int64_t now = demo_endpoints_second(p->endpoints);
    double s = text ? strtod(text, NULL) : NAN;
    double at = floor(s - (double)demo_endpoints_begin_wall_ms(p->endpoints) / 1000);
    if (!(at > -DEMO_SCORER_PAST_S)) /* NaN too: now */
        return text ? -DEMO_SCORER_PAST_S : now;
    return at < (double)now ? (int64_t)at : now;
}

static json_t *instant(const struct demo_prometheus *p, enum expression x, const struct demo_prometheus_question *q)
{
    int64_t second = second_of(p, q->time);
    json_t *result = json_array();
    for (size_t i = 0; i < samples_of(p->endpoints, expressions[x].by); i++) {
        double value = value_at(p->endpoints, x, i, second);
        if (!isnan(value))
            json_array_append_new(result, json_pack("{s:o, s:o}", "metric", labels_of(p->endpoints, x, i), "value",
                                                    point(p, second, value)));
    }
    return success(json_pack("{s:s, s:o}", "resultType", "vector", "result", result));
}

static json_t *range(const struct demo_prometheus *p, enum expression x, const struct demo_prometheus_question *q,
                     int *status)
{
    double step = q->step ? strtod(q->step, NULL) : 0;
    if (!q->start || !q->end || !(step >= 1) || step > 1e6)
        return failure(400, "bad_data", "start, end and a step of one second or more are needed", status);
    int64_t start = second_of(p, q->start), end = second_of(p, q->end), each = (int64_t)step;
    if ((end - start) / each > POINTS)
        return failure(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries", status);
    json_t *result = json_array();
    for (size_t i = 0; i < samples_of(p->endpoints, expressions[x].by); i++) {
        json_t *values = json_array();
        for (int64_t at = start; at <= end; at += each) {
            double value = value_at(p->endpoints, x, i, at);
            if (!isnan(value))
                json_array_append_new(values, point(p, at, value));
        }
        json_array_append_new(result,
                              json_pack("{s:o, s:o}", "metric", labels_of(p->endpoints, x, i), "values", values));
    }
    return success(json_pack("{s:s, s:o}", "resultType", "matrix", "result", result));
}

json_t *demo_prometheus_answer(const struct demo_prometheus *p, const char *path,
                               const struct demo_prometheus_question *q, int *status)
{
    bool ranges = strcmp(path, "/api/v1/query_range") == 0;
    *status = 200;
    if (strcmp(path, "/api/v1/alerts") == 0)
        return alerts(p);
    if (strcmp(path, "/api/v1/rules") == 0)
        return all_rules(p);
    if (strcmp(path, "/api/v1/targets") == 0)
        return targets(p);
    if (!ranges && strcmp(path, "/api/v1/query") != 0)
        return failure(404, "not_found", "the demo has no such path", status);
    int x = q->query ? find(q->query) : -1;
    if (x < 0)
        return failure(422, "execution", "the demo knows the expressions of its own queries and rules alone", status);
    return ranges ? range(p, (enum expression)x, q, status) : instant(p, (enum expression)x, q);
}

json_t *demo_prometheus_queries(void)
{
    json_t *list = json_array();
    for (int i = 0; i < EXPRESSIONS; i++)
        if (expressions[i].name)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", expressions[i].name, "promql",
                                                  expressions[i].promql, "unit", expressions[i].unit, "range", "30m",
                                                  "step", "5s"));
    return list;
}
