/* What `icetop check` makes of findings and sources: the line for all, the order, the status, and each format. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "cmd/verdict.h"
#include "findings/tables.h"
#include "source/source.h"

#include <jansson.h>
#include <string.h>

#define NOW  INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */
#define HOUR INT64_C(3600000)

static struct store *store;
static struct cmd_verdict v;

static int setup(void **state)
{
    (void)state;
    store = store_new(&clock_system);
    store_add(store, &source_table_sources, NULL, NULL, NULL);
    for (size_t i = 0; findings_tables[i]; i++)
        store_add(store, findings_tables[i], NULL, NULL, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    cmd_verdict_done(&v);
    store_free(store);
    return 0;
}

static struct row *upsert(const char *name, const char *const *key)
{
    struct table *t = store_find(store, name);
    struct value values[4];
    for (size_t i = 0; key[i]; i++)
        values[i] =
            (struct value){.s = name_intern(store_names(store), key[i], strlen(key[i])), .quality = QUALITY_EXACT};
    if (strcmp(name, "finding_evidence") == 0)
        values[3] = value_int(1);
    struct row *r = table_upsert(t, values, 1);
    for (size_t i = 0; key[i]; i++)
        name_unref(values[i].s);
    return r;
}

static void add_source(const char *name, const char *kind, const char *state, const char *error)
{
    struct table *t = store_find(store, "sources");
    struct row *r = upsert("sources", (const char *const[]){name, NULL});
    table_set_text(t, r, SOURCES_KIND, kind);
    table_set_text(t, r, SOURCES_STATE, state);
    table_set_text(t, r, SOURCES_ERROR, error);
}

static struct row *add_finding(const char *id, const char *subject, const char *severity, const char *text,
                               int64_t rank)
{
    struct table *t = store_find(store, "findings");
    struct row *r = upsert("findings", (const char *const[]){id, "prod", subject, NULL});
    table_set_text(t, r, FINDINGS_SEVERITY, severity);
    table_set_text(t, r, FINDINGS_TEXT, text);
    table_set_int(t, r, FINDINGS_RANK, rank, QUALITY_EXACT);
    table_set_int(t, r, FINDINGS_SINCE, NOW - 6 * HOUR - 12 * 60000, QUALITY_EXACT);
    return r;
}

static void judge(const char *why)
{
    store_commit(store);
    cmd_verdict_done(&v);
    cmd_verdict_init(&v, store, NOW, why);
}

static char *written(const char *format)
{
    const struct cmd_verdict_format *f;
    struct str out = {0};
    assert_int_equal(cmd_verdict_format_find(format, &f, NULL), 0);
    f->write(&v, &out);
    return str_take(&out);
}

static void nothing_is_wrong(void **state)
{
    (void)state;
    add_source("kafka:prod", "kafka", "ok", NULL);
    add_source("history", "history", "failed", "disk full"); /* no data comes from there */
    judge(NULL);
    assert_int_equal(v.status, VERDICT_OK);
    assert_string_equal(str_text(&v.headline), "OK nothing is wrong, 1 source read");
    add_finding("IT-U01", "table db.t", "info", "db.t has no snapshots", 3);
    judge(NULL);
    assert_int_equal(v.status, VERDICT_OK);
    assert_string_equal(str_text(&v.headline), "OK nothing is wrong, 1 is worth knowing, 1 source read");
}

static void the_worst_comes_first(void **state)
{
    (void)state;
    add_source("kafka:prod", "kafka", "ok", NULL);
    add_finding("IT-A01", "table db.t", "info", "to know", 9);
    add_finding("IT-B01", "topic c", "warning", "one", 5);
    add_finding("IT-B02", "topic b", "warning", "two | parts\nand lines", 4);
    judge(NULL);
    assert_int_equal(v.status, VERDICT_WARNING);
    assert_string_equal(str_text(&v.headline), "WARNING 2 warnings: two / parts\xef\xbf\xbd"
                                               "and lines");
    struct row *r = add_finding("IT-C01", "connector s", "critical", "s holds rows back", 8);
    table_set_text(store_find(store, "findings"), r, FINDINGS_MISSING, "the worker's log");
    table_set_int(store_find(store, "findings"), r, FINDINGS_SEEN, NOW - HOUR, QUALITY_EXACT);
    judge(NULL);
    assert_int_equal(v.status, VERDICT_CRITICAL);
    char *text = written(NULL);
    assert_string_equal(
        text, "CRITICAL 1 critical, 2 warnings: s holds rows back | critical=1 warnings=2 infos=1 "
              "sources=1 failed=0\n"
              "CRITICAL IT-C01 connector s: s holds rows back; since 2023-11-14T16:01:20Z (6 h 12 m); cannot be judged "
              "now, last seen 2023-11-14T21:13:20Z (1 h); to be certain: the worker's log\n"
              "WARNING IT-B02 topic b: two / parts\xef\xbf\xbd"
              "and lines; since 2023-11-14T16:01:20Z (6 h 12 m)\n"
              "WARNING IT-B01 topic c: one; since 2023-11-14T16:01:20Z (6 h 12 m)\n"
              "INFO IT-A01 table db.t: to know; since 2023-11-14T16:01:20Z (6 h 12 m)\n"
              "OK kafka:prod: ok\n");
    free(text);
}

static void sources_count_too(void **state)
{
    (void)state;
    add_source("connect:a", "connect", "failed", "refused|");
    judge(NULL);
    assert_int_equal(v.status, VERDICT_UNKNOWN);
    assert_string_equal(str_text(&v.headline), "UNKNOWN nothing could be reached: connect:a: refused/");
    add_source("kafka:a", "kafka", "partial", "3 of 4");
    judge(NULL);
    assert_int_equal(v.status, VERDICT_CRITICAL);
    assert_string_equal(str_text(&v.headline),
                        "CRITICAL 1 of 2 sources failed, 1 of 2 sources read in part: connect:a: refused/");
    add_source("connect:a", "connect", "starting", "2 of 9");
    judge(NULL);
    assert_int_equal(v.status, VERDICT_WARNING);
    assert_string_equal(str_text(&v.headline), "WARNING 2 of 2 sources read in part: connect:a: 2 of 9");
    cmd_verdict_done(&v);
    cmd_verdict_init(&v, NULL, NOW, "the collector has gone");
    char *text = written("text");
    assert_string_equal(text, "UNKNOWN the collector has gone\n");
    free(text);
}

static void a_line_has_an_end(void **state)
{
    (void)state;
    char text[4000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    add_source("kafka:prod", "kafka", "ok", NULL);
    add_finding("IT-C01", "connector s", "critical", text, 1);
    judge(NULL);
    assert_in_range(v.headline.len, 400, 600);
    assert_string_equal(v.headline.s + v.headline.len - 4, "x...");
}

static void json_has_findings_with_their_evidence(void **state)
{
    (void)state;
    add_source("kafka:prod", "kafka", "ok", NULL);
    add_finding("IT-C01", "connector \"s\"\x7f", "critical", "s", 1);
    add_finding("IT-B01", "connector t", "warning", "t", 1);
    struct row *r = upsert("finding_evidence", (const char *const[]){"IT-C01", "prod", "connector \"s\"\x7f", NULL});
    table_set_text(store_find(store, "finding_evidence"), r, FINDING_EVIDENCE_TEXT, "18 of 18 failed");
    judge(NULL);
    char *text = written("json");
    json_t *o = json_loads(text, 0, NULL);
    assert_non_null(o);
    assert_int_equal(json_integer_value(json_object_get(o, "exit")), 2);
    assert_string_equal(json_string_value(json_object_get(o, "status")), "critical");
    const json_t *first = json_array_get(json_object_get(o, "findings"), 0),
                 *second = json_array_get(json_object_get(o, "findings"), 1);
    assert_string_equal(json_string_value(json_object_get(first, "subject")), "connector \"s\"\x7f");
    assert_null(json_object_get(first, "rank"));
    const json_t *evidence = json_object_get(first, "evidence");
    assert_int_equal(json_array_size(evidence), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(evidence, 0), "text")), "18 of 18 failed");
    assert_int_equal(json_array_size(json_object_get(second, "evidence")), 0);
    assert_int_equal(json_array_size(json_object_get(o, "sources")), 1);
    assert_null(strchr(text, '\x7f'));
    json_decref(o);
    free(text);
}

static void openmetrics_for_alerting(void **state)
{
    (void)state;
    add_source("kafka:prod", "kafka", "ok", NULL);
    add_source("connect:a", "connect", "failed", "no");
    add_finding("IT-C01", "connector \"s\\\"", "critical", "s", 1);
    judge(NULL);
    char *text = written("openmetrics");
    assert_string_equal(
        text,
        "# TYPE icetop_check_status gauge\n"
        "# HELP icetop_check_status 0 all well, 1 warning, 2 critical, 3 unknown.\n"
        "icetop_check_status 2\n"
        "# TYPE icetop_finding gauge\n"
        "# HELP icetop_finding 1 for what is so now, as icetop explain ID has it.\n"
        "icetop_finding{id=\"IT-C01\",severity=\"critical\",subject=\"connector \\\"s\\\\\\\"\",cluster=\"prod\"} 1\n"
        "# TYPE icetop_finding_since_timestamp_seconds gauge\n"
        "# UNIT icetop_finding_since_timestamp_seconds seconds\n"
        "# HELP icetop_finding_since_timestamp_seconds When it began, as far as that is known.\n"
        "icetop_finding_since_timestamp_seconds{id=\"IT-C01\",severity=\"critical\",subject=\"connector "
        "\\\"s\\\\\\\"\",cluster=\"prod\"} 1699977680.000\n"
        "# TYPE icetop_source_up gauge\n"
        "# HELP icetop_source_up 1 where a source could be read, be it in part.\n"
        "icetop_source_up{source=\"connect:a\",kind=\"connect\"} 0\n"
        "icetop_source_up{source=\"kafka:prod\",kind=\"kafka\"} 1\n"
        "# EOF\n");
    free(text);
    const struct cmd_verdict_format *f;
    struct error err = {0};
    assert_int_equal(cmd_verdict_format_find("csv", &f, &err), ERR_INVALID);
    assert_string_equal(err.text, "--format: \"csv\" is none of check's; allowed: text, json, openmetrics");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(the_worst_comes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(sources_count_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_has_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(json_has_findings_with_their_evidence, setup, teardown),
        cmocka_unit_test_setup_teardown(openmetrics_for_alerting, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
