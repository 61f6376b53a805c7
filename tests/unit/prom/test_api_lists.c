/* Alerts, rules and targets, recorded from a real Prometheus and shaped after others. */
#include "tests/unit/prom/api_answers.h"

#include "prom/api.h"

#include <math.h>

static const char *or_none(const char *text)
{
    return text ? text : "-";
}

static void write_notes(struct str *out, const struct prom_api_notes *n)
{
    if (n->warnings)
        str_printf(out, "warnings %s\n", n->warnings);
    if (n->infos)
        str_printf(out, "infos %s\n", n->infos);
}

/* ---- alerts ---- */

static void assert_alerts(const char *file, const char *expected)
{
    struct prom_api_alerts a;
    struct error err;
    struct str s = {0};
    char *body = answer_load(file);
    if (prom_api_alerts_read(body, strlen(body), &a, &err))
        fail_msg("%s: %s", file, err.text);
    free(body);
    for (size_t i = 0; i < a.n; i++) {
        const struct prom_api_alert *x = &a.items[i];
        str_printf(&s, "%s{%s} %s since %lld is %g severity %s\n  summary %s\n  description %s\n  annotations {%s}\n",
                   x->alert, x->labels, x->state, (long long)x->active_at_ms, x->value, or_none(x->severity),
                   or_none(x->summary), or_none(x->description), x->annotations);
    }
    write_notes(&s, &a.notes);
    prom_api_alerts_done(&a);
    assert_written(&s, expected);
}

static void test_alerts(void **state)
{
    (void)state;
    assert_alerts(
        "alerts.json",
        "AlwaysFiring{instance=\"127.0.0.1:9091\",job=\"natives\",severity=\"critical\",team=\"ml, \\\"core\\\"\"} "
        "firing since 1795306681190 is 1 severity critical\n"
        "  summary it is \"up\"\n"
        "  description instance ml, \"core\" has 1\n"
        "  annotations {description=\"instance ml, \\\"core\\\" has 1\",runbook=\"none\",summary=\"it is "
        "\\\"up\\\"\"}\n"
        "Waiting{instance=\"127.0.0.1:9091\",job=\"natives\",severity=\"warning\",team=\"ml, \\\"core\\\"\"} "
        "pending since 1795306681190 is 1 severity warning\n"
        "  summary -\n"
        "  description -\n"
        "  annotations {}\n");
    assert_alerts("shaped/mimir_alerts.json", "");
}

/* ---- rules ---- */

static void assert_rules(const char *file, const char *expected)
{
    struct prom_api_rules r;
    struct error err;
    struct str s = {0};
    char *body = answer_load(file);
    if (prom_api_rules_read(body, strlen(body), &r, &err))
        fail_msg("%s: %s", file, err.text);
    free(body);
    for (size_t i = 0; i < r.n; i++) {
        const struct prom_api_rule *x = &r.items[i];
        str_printf(&s, "%s/%s/%zu %s %s{%s} = %s\n", or_none(x->file), x->group, x->position,
                   x->alerting ? "alerts" : "records", x->name, x->labels, x->query);
        str_printf(&s, "  %s %s for %g every %g took %g at %lld pending %zu firing %zu\n", or_none(x->state),
                   or_none(x->health), x->for_s, x->interval_s, x->evaluation_s, (long long)x->last_evaluation_ms,
                   x->pending, x->firing);
        if (x->error)
            str_printf(&s, "  %.45s\n", x->error);
    }
    if (r.next)
        str_printf(&s, "next %s\n", r.next);
    write_notes(&s, &r.notes);
    prom_api_rules_done(&r);
    assert_written(&s, expected);
}

static void test_rules(void **state)
{
    (void)state;
    assert_rules(
        "rules.json",
        "rules.yml/basics/0 records job:up:sum{kind=\"recorded\"} = sum by (job) (up)\n"
        "  - ok for nan every 1 took 0.000496375 at 1795306757194 pending 0 firing 0\n"
        "rules.yml/basics/1 alerts AlwaysFiring{severity=\"critical\"} = up{job=\"natives\"} == 1\n"
        "  firing ok for 0 every 1 took 0.000436459 at 1795306757194 pending 0 firing 1\n"
        "rules.yml/basics/2 alerts Waiting{severity=\"warning\"} = up{job=\"natives\"} == 1\n"
        "  pending ok for 5400 every 1 took 0.00010175 at 1795306757195 pending 1 firing 0\n"
        "rules.yml/basics/3 alerts Quiet{} = up{job=\"natives\"} == 7\n"
        "  inactive ok for 300 every 1 took 4.1002e-05 at 1795306757195 pending 0 firing 0\n"
        "rules.yml/broken/0 records twice{} = label_replace(odd_numbers, \"which\", \"same\", \"which\", \".*\")\n"
        "  - err for nan every 2 took 0.000866609 at 1795306755913 pending 0 firing 0\n"
        "  vector cannot contain metrics with the same l\n"
        "rules.yml/broken/1 alerts NeverTold{} = up * on () odd_numbers\n"
        "  inactive err for 0 every 2 took 0.000288879 at 1795306755914 pending 0 firing 0\n"
        "  found duplicate series for the match group {}\n");
}

static void test_rules_of_others(void **state)
{
    (void)state;
    assert_rules("shaped/thanos_rules.json",
                 "/etc/thanos/rules/disk.yaml/disk/0 alerts DiskFull{severity=\"warning\"} = disk_free_ratio < 0.1\n"
                 "  pending ok for 300 every 30 took 0.01 at 1795306757123 pending 1 firing 0\n"
                 "warnings 10.0.0.9: unavailable\n");
    assert_rules("shaped/mimir_rules.json",
                 "team-a/latency/0 records job:p99{} = histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))\n"
                 "  - unknown for nan every 60 took 0 at 0 pending 0 firing 0\n"
                 "team-a/latency/1 alerts Slow{} = job:p99 > 1\n"
                 "  inactive unknown for 0 every 60 took 0 at 0 pending 0 firing 0\n"
                 "next dGVhbS1h\n");
    assert_rules("shaped/victoria_rules.json",
                 "health.yml/health/0 alerts TooSlow{severity=\"page\"} = rate(slow[5m]) > 3\n"
                 "  firing ok for 60 every 30 took 0.003 at 1795306757000 pending 0 firing 1\n"
                 "health.yml/health/1 records slow:rate{} = rate(slow[5m])\n"
                 "  - err for 0 every 30 took 0.001 at 1795306757000 pending 0 firing 0\n"
                 "  datasource: 503\n");
}

/* ---- targets ---- */

static void assert_targets(const char *file, const char *expected)
{
    struct prom_api_targets t;
    struct error err;
    struct str s = {0};
    char *body = answer_load(file);
    if (prom_api_targets_read(body, strlen(body), &t, &err))
        fail_msg("%s: %s", file, err.text);
    free(body);
    for (size_t i = 0; i < t.n; i++) {
        const struct prom_api_target *x = &t.items[i];
        str_printf(&s, "%s %s job %s instance %s {%s} %s\n  at %lld took %g every %g within %g\n", or_none(x->pool),
                   x->url, or_none(x->job), or_none(x->instance), x->labels, or_none(x->health),
                   (long long)x->last_scrape_ms, x->duration_s, x->interval_s, x->timeout_s);
        if (x->error)
            str_printf(&s, "  %s\n", x->error);
    }
    str_printf(&s, "%zu dropped\n", t.dropped);
    write_notes(&s, &t.notes);
    prom_api_targets_done(&t);
    assert_written(&s, expected);
}

static void test_targets(void **state)
{
    (void)state;
    assert_targets(
        "targets.json",
        "dead http://127.0.0.1:9092/metrics job dead instance 127.0.0.1:9092 {} down\n"
        "  at 1795306757408 took 0.00047646 every 90 within 2\n"
        "  Get \"http://127.0.0.1:9092/metrics\": dial tcp 127.0.0.1:9092: connect: connection refused\n"
        "natives http://127.0.0.1:9091/metrics job natives instance 127.0.0.1:9091 {team=\"ml, \\\"core\\\"\"} up\n"
        "  at 1795306757297 took 0.00761467 every 1 within 0.5\n"
        "prometheus http://127.0.0.1:9090/metrics job prometheus instance 127.0.0.1:9090 {} up\n"
        "  at 1795306756932 took 0.0180839 every 1 within 0.5\n"
        "1 dropped\n");
    assert_targets("shaped/victoria_targets.json", "node http://node:9100/metrics job node instance node:9100 {} up\n"
                                                   "  at 1795306757408 took 0.021 every nan within nan\n"
                                                   "0 dropped\n");
    assert_targets("shaped/prometheus3_targets.json", "4211 dropped\n");
}

/* ---- refused, and tolerated ---- */

static int read_alerts(const char *body, struct error *err)
{
    struct prom_api_alerts a;
    int rc = prom_api_alerts_read(body, strlen(body), &a, err);
    if (!rc)
        prom_api_alerts_done(&a);
    return rc;
}

static int read_rules(const char *body, struct error *err)
{
    struct prom_api_rules r;
    int rc = prom_api_rules_read(body, strlen(body), &r, err);
    if (!rc)
        prom_api_rules_done(&r);
    return rc;
}

static int read_targets(const char *body, struct error *err)
{
    struct prom_api_targets t;
    int rc = prom_api_targets_read(body, strlen(body), &t, err);
    if (!rc)
        prom_api_targets_done(&t);
    return rc;
}

#define OK(data)     "{\"status\":\"success\",\"data\":" data "}"
#define ALERT(more)  OK("{\"alerts\":[{\"labels\":{\"alertname\":\"A\"},\"state\":\"firing\"" more "}]}")
#define RULE(more)   OK("{\"groups\":[{\"name\":\"g\",\"rules\":[{\"name\":\"r\",\"query\":\"q\"" more "}]}]}")
#define TARGET(more) OK("{\"activeTargets\":[{\"scrapeUrl\":\"u\"" more "}]}")

static void test_refused(void **state)
{
    static const struct {
        int (*read)(const char *body, struct error *err);
        const char *body, *expected; /* NULL: is read */
    } cases[] = {
        {read_alerts, OK("{}"), "data.alerts: is missing, an array was expected"},
        {read_alerts, OK("{\"alerts\":{}}"), "data.alerts: an array was expected, not an object"},
        {read_alerts, OK("{\"alerts\":[7]}"), "data.alerts[0]: an object was expected, not a number"},
        {read_alerts, OK("{\"alerts\":[{\"labels\":{\"alertname\":\"A\"}}]}"), "data.alerts[0].state: is missing"},
        {read_alerts, OK("{\"alerts\":[{\"labels\":{},\"state\":\"firing\"}]}"),
         "data.alerts[0].labels.alertname: is missing, a name was expected"},
        {read_alerts, OK("{\"alerts\":[{\"state\":\"firing\"}]}"), "data.alerts[0].labels.alertname: is missing"},
        {read_alerts, ALERT(",\"activeAt\":\"yesterday\""),
         "data.alerts[0].activeAt: a time was expected, not \"yesterday\""},
        {read_alerts, ALERT(",\"activeAt\":5"), "data.alerts[0].activeAt: a time was expected, not a number"},
        {read_alerts, ALERT(",\"annotations\":[]"), "data.alerts[0].annotations: an object was expected, not an array"},
        {read_alerts, ALERT(",\"annotations\":{\"a\\u001b\":5}"),
         "data.alerts[0].annotations.a\xef\xbf\xbd: a text was expected, not a number"},
        {read_alerts, ALERT(",\"activeAt\":null,\"value\":\"?\",\"annotations\":null"), NULL},
        {read_alerts, ALERT(",\"value\":2.5"), NULL},
        {read_rules, OK("{\"alerts\":[]}"), "data.groups: is missing, an array was expected"},
        {read_rules, OK("{\"groups\":[{}]}"), NULL},
        {read_rules, OK("{\"groups\":[[]]}"), "data.groups[0]: an object was expected, not an array"},
        {read_rules, OK("{\"groups\":[{\"name\":\"g\",\"rules\":[null]}]}"),
         "data.groups[0].rules[0]: is missing, an object was expected"},
        {read_rules, OK("{\"groups\":[{\"rules\":[{}]}]}"), "data.groups[0].name: is missing, a text was expected"},
        {read_rules, RULE(""), "data.groups[0].rules[0].type: is missing, alerting or recording was expected"},
        {read_rules, RULE(",\"type\":\"x\""),
         "data.groups[0].rules[0].type: alerting or recording was expected, not \"x\""},
        {read_rules, RULE(",\"type\":\"alerting\",\"alerts\":1"),
         "data.groups[0].rules[0].alerts: an array was expected"},
        {read_rules, RULE(",\"type\":\"alerting\",\"alerts\":[1,{}],\"duration\":\"1m30s\""), NULL},
        {read_rules, RULE(",\"type\":\"recording\",\"duration\":[]"),
         "data.groups[0].rules[0].duration: a number was expected"},
        {read_targets, OK("{\"droppedTargets\":[]}"), "data.activeTargets: is missing, an array was expected"},
        {read_targets, OK("{\"activeTargets\":null}"), NULL},
        {read_targets, OK("{\"activeTargets\":[{}]}"),
         "data.activeTargets[0].scrapeUrl: is missing, a text was expected"},
        {read_targets, TARGET(""), NULL},
        {read_targets, TARGET(",\"scrapeInterval\":\"often\""), NULL},
        {read_targets, TARGET(",\"lastScrapeDuration\":\"1\""),
         "data.activeTargets[0].lastScrapeDuration: a number was expected, not \"1\""},
        {read_targets, OK("{\"activeTargets\":[],\"droppedTargets\":7}"), "data.droppedTargets: an array was expected"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *expected = cases[i].expected;
        int rc = cases[i].read(cases[i].body, &err);
        if (rc != (expected ? ERR_INVALID : 0) || (rc && strncmp(err.text, expected, strlen(expected)) != 0))
            fail_msg("%s:\n  %d %s\n  where right is\n  %s", cases[i].body, rc, err.text,
                     expected ? expected : "all of it");
    }
}

/* What cannot be read is left out, counted and told; the others stand. */
static void test_some_are_bad(void **state)
{
    static const char alerts[] =
        OK("{\"alerts\":[{\"labels\":{\"alertname\":\"A\"},\"state\":\"firing\",\"activeAt\":\"garbage\"},"
           "{\"labels\":{\"alertname\":\"B\"},\"state\":\"firing\"},7,"
           "{\"labels\":{\"alertname\":\"C\"},\"state\":\"pending\"}]}");
    static const char rules[] =
        OK("{\"groups\":[[],{\"name\":\"g\",\"rules\":[{\"name\":\"r\",\"query\":\"q\",\"type\":\"?\"},"
           "{\"name\":\"s\",\"query\":\"q\",\"type\":\"recording\"}]}]}");
    static const char targets[] = OK("{\"activeTargets\":[{\"scrapeUrl\":\"u\"},{\"scrapeUrl\":[]},{}]}");
    struct prom_api_alerts a;
    struct prom_api_rules r;
    struct prom_api_targets t;
    struct error err;
    (void)state;
    assert_int_equal(prom_api_alerts_read(alerts, strlen(alerts), &a, &err), 0);
    assert_int_equal(a.n, 2);
    assert_string_equal(a.items[0].alert, "B");
    assert_string_equal(a.items[1].alert, "C");
    assert_int_equal(a.notes.bad, 2);
    assert_string_equal(a.notes.first_bad, "data.alerts[0].activeAt: a time was expected, not \"garbage\"");
    prom_api_alerts_done(&a);
    assert_int_equal(prom_api_rules_read(rules, strlen(rules), &r, &err), 0);
    assert_int_equal(r.n, 1);
    assert_string_equal(r.items[0].name, "s");
    assert_int_equal(r.items[0].position, 1);
    assert_int_equal(r.notes.bad, 2);
    assert_string_equal(r.notes.first_bad, "data.groups[0]: an object was expected, not an array");
    prom_api_rules_done(&r);
    assert_int_equal(prom_api_targets_read(targets, strlen(targets), &t, &err), 0);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.notes.bad, 2);
    prom_api_targets_done(&t);
    static const char none[] = OK("{\"activeTargets\":[{},{},{}]}");
    assert_int_equal(prom_api_targets_read(none, strlen(none), &t, &err), ERR_INVALID);
    assert_string_equal(err.text, "data.activeTargets[0].scrapeUrl: is missing, a text was expected; and 2 more");
}

/* Long texts end at a character's end; what tells one alert from another is not cut. */
static void test_long_texts(void **state)
{
    struct prom_api_alerts a;
    struct error err;
    struct str s = {0};
    (void)state;
    str_add(&s, "{\"status\":\"success\",\"data\":{\"alerts\":[{\"labels\":{\"alertname\":\"A\"},\"state\":\"firing\","
                "\"annotations\":{\"summary\":\"x");
    for (int i = 0; i < 3000; i++)
        str_add(&s, "é");
    str_add(&s, "\"}}]}}");
    assert_int_equal(prom_api_alerts_read(s.s, s.len, &a, &err), 0);
    assert_int_equal(strlen(a.items[0].summary), 4095);
    assert_string_equal(a.items[0].summary + 4093, "é");
    assert_int_equal(strlen(a.items[0].annotations), 4096);
    prom_api_alerts_done(&a);
    str_clear(&s);
    str_add(&s, "{\"status\":\"success\",\"data\":{\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"b\":\"");
    str_repeat(&s, 'x', 5000);
    str_add(&s, "\"},\"state\":\"firing\"}]}}");
    assert_int_equal(prom_api_alerts_read(s.s, s.len, &a, &err), ERR_LIMIT);
    assert_string_equal(err.text, "data.alerts[0].labels: 5004 bytes of labels; at most 4096 are taken");
    str_done(&s);
}

/* So many of an item, as an answer with this head and tail. */
static int read_many(int (*read)(const char *body, struct error *err), const char *head, const char *item, size_t n,
                     const char *tail, struct error *err)
{
    struct str s = {0};
    str_printf(&s, "{\"status\":\"success\",\"data\":{%s", head);
    for (size_t i = 0; i < n; i++)
        str_printf(&s, "%s%s", i ? "," : "", item);
    str_printf(&s, "%s}}", tail);
    int rc = read(str_text(&s), err);
    str_done(&s);
    return rc;
}

static void test_caps(void **state)
{
    static const char alert[] = "{\"labels\":{\"alertname\":\"A\"},\"state\":\"firing\"}",
                      rule[] = "{\"name\":\"r\",\"query\":\"q\",\"type\":\"recording\"}",
                      target[] = "{\"scrapeUrl\":\"u\"}",
                      groups[] = "\"groups\":[{\"name\":\"a\",\"rules\":[]},{\"name\":\"g\",\"rules\":[";
    struct error err;
    (void)state;
    assert_int_equal(read_many(read_alerts, "\"alerts\":[", alert, PROM_API_ALERTS, "]", &err), 0);
    assert_int_equal(read_many(read_alerts, "\"alerts\":[", alert, PROM_API_ALERTS + 1, "]", &err), ERR_LIMIT);
    assert_string_equal(err.text, "data.alerts: 10001 alerts; at most 10000 are taken");
    assert_int_equal(read_many(read_rules, groups, rule, PROM_API_RULES, "]}]", &err), 0);
    assert_int_equal(read_many(read_rules, groups, rule, PROM_API_RULES + 1, "]}]", &err), ERR_LIMIT);
    assert_string_equal(err.text, "data.groups[1].rules: 20001 rules up to this group; at most 20000 are taken");
    assert_int_equal(read_many(read_targets, "\"activeTargets\":[", target, PROM_API_TARGETS, "]", &err), 0);
    assert_int_equal(read_many(read_targets, "\"activeTargets\":[", target, PROM_API_TARGETS + 1, "]", &err),
                     ERR_LIMIT);
    assert_string_equal(err.text, "data.activeTargets: 20001 targets; at most 20000 are taken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alerts),     cmocka_unit_test(test_rules),   cmocka_unit_test(test_rules_of_others),
        cmocka_unit_test(test_targets),    cmocka_unit_test(test_refused), cmocka_unit_test(test_some_are_bad),
        cmocka_unit_test(test_long_texts), cmocka_unit_test(test_caps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
