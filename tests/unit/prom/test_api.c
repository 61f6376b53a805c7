/* Answers to queries, recorded from a real Prometheus and shaped after others; envelopes; and reading beside the loop. */
#include "tests/unit/prom/api_answers.h"

#include "prom/api.h"
#include "prom/api_job.h"
#include "prom/histogram.h"

#include <event2/event.h>
#include <math.h>

static struct prom_api_query read_file(const char *name)
{
    struct prom_api_query q;
    struct error err;
    char *body = answer_load(name);
    if (prom_api_query_read(body, strlen(body), &q, &err))
        fail_msg("%s: %s", name, err.text);
    free(body);
    return q;
}

static void write_series(struct str *out, const struct prom_api_series *s)
{
    str_printf(out, "%s{%s}", s->name ? s->name : "", s->labels);
    for (size_t i = 0; i < s->npoints; i++)
        str_printf(out, " %lld:%.17g", (long long)s->points[i].time_ms, s->points[i].value);
    for (size_t i = 0; i < s->nhistograms; i++) {
        const struct prom_histogram_native *h = &s->histograms[i].h;
        str_printf(out, " %lld:count=%g sum=%g%s", (long long)s->histograms[i].time_ms, h->count, h->sum,
                   h->custom ? " custom" : "");
        for (size_t b = 0; b < h->n; b++)
            str_printf(out, " %.3g..%.3g=%g", h->buckets[b].low, h->buckets[b].high, h->buckets[b].count);
    }
    str_char(out, '\n');
}

static void assert_query(const char *file, enum prom_api_result type, const char *expected)
{
    struct prom_api_query q = read_file(file);
    struct str s = {0};
    assert_int_equal(q.type, type);
    for (size_t i = 0; i < q.n; i++)
        write_series(&s, &q.series[i]);
    if (q.text)
        str_printf(&s, "text %s\n", q.text);
    if (q.notes.warnings)
        str_printf(&s, "warnings %s\n", q.notes.warnings);
    if (q.notes.infos)
        str_printf(&s, "infos %s\n", q.notes.infos);
    prom_api_query_done(&q);
    assert_written(&s, expected);
}

#define COMMON "instance=\"127.0.0.1:9091\",job=\"natives\""
#define TEAM   "team=\"ml, \\\"core\\\"\""

static void test_vectors(void **state)
{
    (void)state;
    assert_query("vector.json", PROM_API_VECTOR,
                 "{job=\"dead\"} 1795306757531:1\n"
                 "{job=\"natives\"} 1795306757531:1\n"
                 "{job=\"prometheus\"} 1795306757531:1\n"
                 "job:up:sum{job=\"natives\",kind=\"recorded\"} 1795306757531:1\n"
                 "job:up:sum{job=\"prometheus\",kind=\"recorded\"} 1795306757531:1\n");
    assert_query("vector_empty.json", PROM_API_VECTOR, "");
    assert_query("vector_odd.json", PROM_API_VECTOR,
                 "odd_numbers{" COMMON "," TEAM ",which=\"minus\"} 1795306757531:-inf\n"
                 "odd_numbers{" COMMON "," TEAM ",which=\"nan\"} 1795306757531:nan\n"
                 "odd_numbers{" COMMON "," TEAM ",which=\"plus\"} 1795306757531:inf\n"
                 "odd_numbers{" COMMON "," TEAM
                 ",which=\"quoted \\\"a\\\\b\\\"\\nc é\"} 1795306757531:-0.10000000000000001\n"
                 "odd_numbers{" COMMON "," TEAM ",which=\"tiny\"} 1795306757531:4.9406564584124654e-324\n");
    assert_query(
        "warnings.json", PROM_API_VECTOR,
        "{} 1795306757531:1\nwarnings remote_read: error sending request: Post \"http://127.0.0.1:9092/read\": "
        "dial tcp 127.0.0.1:9092: connect: connection refused\n");
}

static void test_scalars_and_strings(void **state)
{
    (void)state;
    assert_query("scalar.json", PROM_API_SCALAR, "{} 1795306757531:0.75\n");
    assert_query("scalar_nan.json", PROM_API_SCALAR, "{} 1795306757531:nan\n");
    assert_query("string.json", PROM_API_STRING, "text a \"word\"\nand é\n");
}

static void test_matrices(void **state)
{
    (void)state;
    assert_query(
        "matrix.json", PROM_API_MATRIX,
        "odd_numbers{" COMMON "," TEAM ",which=\"nan\"} 1795306755297:nan 1795306756297:nan 1795306757297:nan\n"
        "odd_numbers{" COMMON "," TEAM ",which=\"plus\"} 1795306755297:inf 1795306756297:inf 1795306757297:inf\n"
        "odd_numbers{" COMMON "," TEAM
        ",which=\"tiny\"} 1795306755297:4.9406564584124654e-324 1795306756297:4.9406564584124654e-324 "
        "1795306757297:4.9406564584124654e-324\n");
    assert_query("range.json", PROM_API_MATRIX,
                 "{job=\"dead\"} 1795306757531:0\n"
                 "{job=\"natives\"} 1795306753531:1 1795306754531:1 1795306755531:1 1795306756531:1 1795306757531:1\n"
                 "{job=\"prometheus\"} 1795306753531:1 1795306754531:1 1795306755531:1 1795306756531:1 "
                 "1795306757531:1\n");
}

#define B_BUCKETS " -8..-4=5 -1..-0.5=2 -0.001..0.001=6 0.125..0.25=3 1..2=4 8..16=1\n"

static void test_histograms(void **state)
{
    (void)state;
    assert_query("histogram.json", PROM_API_VECTOR,
                 "wait_seconds{" COMMON ",path=\"/a\"," TEAM "} 1795306757531:count=129 sum=115.25 0.162..0.177=2 "
                 "0.177..0.193=5 0.386..0.42=109 0.917..1=12 1.41..1.54=1\n"
                 "wait_seconds{" COMMON ",path=\"/b\"," TEAM "} 1795306757531:count=21 sum=-11.5" B_BUCKETS);
    /* of several the last one */
    assert_query("histogram_matrix.json", PROM_API_MATRIX,
                 "wait_seconds{" COMMON ",path=\"/b\"," TEAM "} 1795306757297:count=21 sum=-11.5" B_BUCKETS);
    assert_query("shaped/prometheus3_query.json", PROM_API_VECTOR,
                 "custom_seconds{} 1795306757531:count=10 sum=4.5 custom -inf..0.1=2 0.1..0.25=3 0.5..1=4 1..inf=1\n"
                 "empty_seconds{} 1795306757531:count=0 sum=0\n"
                 "some_seconds{} 1795306757531:count=5 sum=nan 0.25..0.5=3 0.5..1=2\n"
                 "infos PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                 "\"x\" (1:6)\n");
}

static const struct prom_histogram_native *histogram_of(const struct prom_api_query *q, const char *path)
{
    char label[64];
    snprintf(label, sizeof label, "path=\"%s\"", path);
    for (size_t i = 0; i < q->n; i++)
        if (strstr(q->series[i].labels, label))
            return &q->series[i].histograms[0].h;
    fail_msg("no %s", label);
    return NULL;
}

static double end_of(const struct prom_histogram_native *h, double value, bool high)
{
    for (size_t i = 0; i < h->n; i++)
        if (value >= h->buckets[i].low && value <= h->buckets[i].high)
            return high ? h->buckets[i].high : h->buckets[i].low;
    fail_msg("%g is in no bucket", value);
    return 0;
}

/* The recorded server took it that observations lie evenly within every bucket, as is so in custom ones: its answers are those of
 * a custom histogram where no bucket goes beyond zero. What is said of the exponential one lies in the same bucket. */
static void test_quantiles(void **state)
{
    struct prom_api_query q = read_file("histogram.json");
    char *lines = answer_load("quantiles.txt"), path[8], text[32];
    double at;
    int n = 0, length;
    (void)state;
    for (const char *p = lines; sscanf(p, "%7s %lf %31s%n", path, &at, text, &length) == 3; p += length, n++) {
        const struct prom_histogram_native *h = histogram_of(&q, path);
        struct prom_histogram_native even = *h;
        double server = strtod(text, NULL), own = prom_histogram_native_quantile(at, h);
        even.custom = true;
        if (isinf(server)) {
            assert_true(own == server);
            continue;
        }
        assert_true(own >= end_of(h, server, false) * (1 - 1e-12 * copysign(1, server)));
        assert_true(own <= end_of(h, server, true) * (1 + 1e-12 * copysign(1, server)));
        if (fabs(server) > 0.001 && fabs(prom_histogram_native_quantile(at, &even) - server) > 1e-12 * fabs(server))
            fail_msg("%s %g: %.17g, where %.17g is right", path, at, prom_histogram_native_quantile(at, &even), server);
    }
    assert_int_equal(n, 24);
    free(lines);
    prom_api_query_done(&q);
}

static void test_other_servers(void **state)
{
    (void)state;
    assert_query("shaped/thanos_query.json", PROM_API_VECTOR,
                 "up{cluster=\"eu\",job=\"node\"} 1795306757000:1\nwarnings store 10.0.0.7:10901: context deadline "
                 "exceeded; no StoreAPIs matched for this query\n");
    assert_query("shaped/victoria_query.json", PROM_API_VECTOR,
                 "vm_rows{type=\"indexdb/file\"} 1795306757000:0\nvm_rows{type=\"storage/inmemory\"} "
                 "1795306757000:123456789012\nwarnings the answer is partial\n");
}

/* ---- failures ---- */

static void test_failures(void **state)
{
    static const struct {
        const char *body, *expected;
    } cases[] = {
        {"{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"too\\u001b[31m long\"}", "timeout: too"},
        {"{\"status\":\"error\",\"errorType\":\"\",\"error\":\"\"}", "the server tells of an error, and not of which"},
        {"{\"status\":\"error\",\"error\":\"no org id\",\"data\":null}", "no org id"},
        {"{\"error\":\"gateway\"}", "gateway"},
    };
    struct prom_api_query q;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].expected);
        assert_int_equal(prom_api_query_read(cases[i].body, strlen(cases[i].body), &q, &err), ERR_REMOTE);
        assert_memory_equal(err.text, cases[i].expected, n);
        assert_null(strchr(err.text, '\033'));
        err.text[0] = '\0';
        assert_true(prom_api_failure_of(cases[i].body, strlen(cases[i].body), &err));
        assert_int_equal(err.code, ERR_REMOTE);
        assert_memory_equal(err.text, cases[i].expected, n);
    }
    char *body = answer_load("error_parse.json");
    assert_true(prom_api_failure_of(body, strlen(body), &err));
    assert_string_equal(
        err.text, "bad_data: invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces");
    free(body);
    body = answer_load("error_execution.json");
    assert_int_equal(prom_api_query_read(body, strlen(body), &q, &err), ERR_REMOTE);
    assert_non_null(strstr(err.text, "execution: found duplicate series"));
    free(body);
    assert_false(prom_api_failure_of("<html>502</html>", 16, &err));
    assert_false(prom_api_failure_of("{\"status\":\"success\",\"error\":\"x\"}", 32, &err));
    assert_false(prom_api_failure_of("", 0, &err));
    assert_false(prom_api_failure_of("[\"error\"]", 9, &err));
}

#define VECTOR(items) "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" items "]}}"
#define MATRIX(items) "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" items "]}}"
#define HISTOGRAM(buckets)                                                                                             \
    VECTOR("{\"metric\":{},\"histogram\":[1,{\"count\":\"1\",\"sum\":\"1\",\"buckets\":[" buckets "]}]}")

static void test_refused(void **state)
{
    static const struct {
        const char *body, *expected;
    } cases[] = {
        {"", "the answer is no JSON: "},
        {"<html>", "the answer is no JSON: '[' or '{' expected near '<' (line 1, column 1)"},
        {"[]", "the answer: an object was expected, not an array"},
        {"{}", "status: is missing, \"success\" or \"error\" was expected"},
        {"{\"status\":\"fine\"}", "status: \"success\" or \"error\" was expected, not \"fine\""},
        {"{\"status\":\"success\"}", "data: is missing, an object was expected"},
        {"{\"status\":\"success\",\"data\":[]}", "data: an object was expected, not an array"},
        {"{\"status\":\"success\",\"warnings\":\"x\",\"data\":{}}", "warnings: an array was expected, not \"x\""},
        {"{\"status\":\"success\",\"infos\":[\"a\",1],\"data\":{}}", "infos[1]: a text was expected, not a number"},
        {"{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[]}}",
         "data.resultType: vector, matrix, scalar or string was expected, not \"streams\""},
        {"{\"status\":\"success\",\"data\":{\"result\":[]}}", "data.resultType: is missing"},
        {"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1]}}",
         "data.result: an array of time and value was expected, not an array"},
        {"{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1,null]}}",
         "data.result[1]: is missing, a text was expected"},
        {VECTOR("1"), "data.result[0]: an object was expected, not a number"},
        {VECTOR("{\"metric\":{},\"value\":[1,2]}"),
         "data.result[0].value[1]: a number as text was expected, not a number"},
        {VECTOR("{\"metric\":{},\"value\":[\"1\",\"2\"]}"),
         "data.result[0].value[0]: a number was expected, not \"1\""},
        {VECTOR("{\"metric\":{},\"value\":[1,\"x\\u001b\"]}"),
         "data.result[0].value[1]: a number as text was expected, not \"x\xef\xbf\xbd\""},
        {VECTOR("{\"metric\":{},\"value\":[1,\"1e999\"]}"), "data.result[0].value[1]: a number as text"},
        {VECTOR("{\"metric\":{}}"), "data.result[0].value: is missing"},
        {VECTOR("{\"metric\":[],\"value\":[1,\"1\"]}"), "data.result[0].metric: an object was expected"},
        {VECTOR("{\"metric\":{\"a\":1},\"value\":[1,\"1\"]}"), "data.result[0].metric.a: a text was expected"},
        {VECTOR("{\"metric\":{\"a\":\"1\",\"a\":\"2\"},\"value\":[1,\"1\"]}"),
         "the answer is no JSON: duplicate object key"},
        {VECTOR("{\"metric\":{\"a\":\"\"},\"value\":[1,\"1\"]},{\"value\":[1,\"1\"]}"),
         "data.result: a series only once was expected"},
        {MATRIX("{\"metric\":{},\"values\":[[2,\"1\"],[1,\"1\"]]}"),
         "data.result[0].values[1]: a later time than the one before was expected"},
        {MATRIX("{\"metric\":{},\"values\":{}}"), "data.result[0].values: an array was expected, not an object"},
        {HISTOGRAM("1"), "data.result[0].histogram[1].buckets[0]: an array of rule, bounds and count was expected"},
        {HISTOGRAM("[4,\"1\",\"2\",\"1\"]"), "data.result[0].histogram[1].buckets[0][0]: a rule from 0 to 3"},
        {HISTOGRAM("[0,\"2\",\"1\",\"1\"]"), "data.result[0].histogram[1].buckets[0]: a lower bound that"},
        {HISTOGRAM("[0,\"1\",\"NaN\",\"1\"]"), "data.result[0].histogram[1].buckets[0]: a lower bound that"},
        {HISTOGRAM("[0,\"2\",\"4\",\"1\"],[0,\"1\",\"2\",\"1\"]"),
         "data.result[0].histogram[1].buckets[1]: a bucket beyond the one before was expected"},
        {HISTOGRAM("[0,\"1\",\"2\",3]"), "data.result[0].histogram[1].buckets[0][3]: a number as text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prom_api_query q = {.n = 77};
        struct error err;
        int rc = prom_api_query_read(cases[i].body, strlen(cases[i].body), &q, &err);
        if (rc != ERR_INVALID || strncmp(err.text, cases[i].expected, strlen(cases[i].expected)) != 0)
            fail_msg("%s:\n  %d %s\n  where right is\n  %s", cases[i].body, rc, rc ? err.text : "", cases[i].expected);
        assert_int_equal(q.n, 77);
    }
}

static void test_tolerated(void **state)
{
    static const struct {
        const char *body;
        const char *expected;
    } cases[] = {
        {"{\"status\":\"success\",\"warnings\":null,\"data\":{\"resultType\":\"vector\",\"result\":null,\"stats\":{}}}",
         ""},
        {VECTOR("{\"metric\":null,\"value\":[-1.5,\"1\"]}"), "{} -1500:1\n"},
        {VECTOR("{\"metric\":{\"x.y\":\"a\\u0000b\"},\"value\":[1,\"0x\"]},{\"metric\":{}}"), NULL},
        {VECTOR("{\"metric\":{\"x.y\":\"a\\u0000b\"},\"value\":[99999999999999999999999,\"-0\"]}"),
         "{\"x.y\"=\"a\xef\xbf\xbd"
         "b\"} 9223372036854775807:-0\n"},
        {MATRIX("{\"metric\":{\"a\":\"1\"},\"values\":null},{\"metric\":{},\"values\":[[1,\"1\"],[1,\"2\"]]}"),
         "{} 1000:1 1000:2\n{a=\"1\"}\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prom_api_query q;
        struct str s = {0};
        struct error err;
        int rc = prom_api_query_read(cases[i].body, strlen(cases[i].body), &q, &err);
        assert_int_equal(rc, cases[i].expected ? 0 : ERR_INVALID);
        if (rc)
            continue;
        for (size_t n = 0; n < q.n; n++)
            write_series(&s, &q.series[n]);
        prom_api_query_done(&q);
        assert_written(&s, cases[i].expected);
    }
}

/* Bounds of powers of two of one step are a schema's; others are custom. */
static void test_custom(void **state)
{
    static const struct {
        const char *body;
        bool custom;
    } cases[] = {
        {HISTOGRAM("[0,\"1\",\"2\",\"1\"]"), false},
        {HISTOGRAM("[1,\"-2\",\"-1\",\"1\"],[3,\"-0.3\",\"0.3\",\"1\"],[0,\"4\",\"8\",\"1\"]"), false},
        {HISTOGRAM("[0,\"1\",\"65536\",\"1\"]"), false},
        {HISTOGRAM("[0,\"1\",\"1.0027112750502025\",\"1\"]"), false},
        {HISTOGRAM("[0,\"1\",\"1.0013547198921082\",\"1\"]"), true}, /* finer than any schema */
        {HISTOGRAM("[0,\"8.98846567431158e+307\",\"+Inf\",\"1\"]"), false},
        {HISTOGRAM("[0,\"0\",\"1\",\"1\"]"), true},
        {HISTOGRAM("[0,\"1\",\"+Inf\",\"1\"]"), true},
        {HISTOGRAM("[0,\"0.1\",\"0.2\",\"1\"]"), true}, /* a power of two wide, and not at one */
        {HISTOGRAM("[0,\"1\",\"2\",\"1\"],[0,\"4\",\"16\",\"1\"]"), true},
        {HISTOGRAM("[0,\"-4\",\"2\",\"1\"]"), true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prom_api_query q;
        struct error err;
        if (prom_api_query_read(cases[i].body, strlen(cases[i].body), &q, &err))
            fail_msg("%s", err.text);
        if (q.series[0].histograms[0].h.custom != cases[i].custom)
            fail_msg("%s", cases[i].body);
        prom_api_query_done(&q);
    }
}

/* ---- caps ---- */

static int read_str(struct str *s, struct error *err)
{
    struct prom_api_query q;
    int rc = prom_api_query_read(s->s, s->len, &q, err);
    if (!rc)
        prom_api_query_done(&q);
    str_done(s);
    return rc;
}

static int read_series(size_t n, struct error *err)
{
    struct str s = {0};
    str_add(&s, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[");
    for (size_t i = 0; i < n; i++)
        str_printf(&s, "%s{\"metric\":{\"i\":\"%zu\"},\"value\":[1,\"1\"]}", i ? "," : "", i);
    str_add(&s, "]}}");
    return read_str(&s, err);
}

/* What is beyond the cap is not looked at, so that any items do. */
static int read_points(size_t n, struct error *err)
{
    struct str s = {0};
    str_add(&s, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"values\":[");
    for (size_t i = 0; i < n; i++)
        str_add(&s, i ? ",0" : "0");
    str_add(&s, "]}]}}");
    return read_str(&s, err);
}

static int read_label(size_t n, struct error *err)
{
    struct str s = {0};
    str_add(&s, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"");
    str_repeat(&s, 'x', n);
    str_add(&s, "\"},\"value\":[1,\"1\"]}]}}");
    return read_str(&s, err);
}

static void test_caps(void **state)
{
    struct error err;
    (void)state;
    assert_int_equal(read_series(PROM_API_SERIES, &err), 0);
    assert_int_equal(read_series(PROM_API_SERIES + 1, &err), ERR_LIMIT);
    assert_string_equal(err.text, "data.result: 10001 series; at most 10000 are taken");
    assert_int_equal(read_points(PROM_API_POINTS, &err), ERR_INVALID);
    assert_int_equal(read_points(PROM_API_POINTS + 1, &err), ERR_LIMIT);
    assert_string_equal(err.text, "data.result[0].values: 1000001 points; at most 1000000 are taken");
    assert_int_equal(read_label(PROM_API_TEXT - 4, &err), 0);
    assert_int_equal(read_label(PROM_API_TEXT - 3, &err), ERR_LIMIT);
    assert_string_equal(err.text, "data.result[0].metric: 4097 bytes of labels; at most 4096 are taken");
}

/* ---- beside the loop ---- */

struct waiting {
    size_t answers, failures, n;
    char text[512];
};

static void on_done(void *arg, union prom_api_answer *answer, const struct error *failed)
{
    struct waiting *w = arg;
    if (failed) {
        w->failures++;
        snprintf(w->text, sizeof w->text, "%s", failed->text);
        return;
    }
    w->answers++;
    w->n += answer->query.n;
}

static void test_jobs(void **state)
{
    struct event_base *base = event_base_new();
    struct workers *w = workers_new(base, "answers", 1);
    struct waiting got = {0};
    char *body = answer_load("vector.json");
    size_t len = strlen(body);
    (void)state;
    prom_api_job_start(w, PROM_API_JOB_QUERY, mem_memdup(body, len), len, on_done, &got);
    prom_api_job_cancel(prom_api_job_start(w, PROM_API_JOB_QUERY, mem_memdup(body, len), len, on_done, NULL));
    prom_api_job_start(w, PROM_API_JOB_ALERTS, body, len, on_done, &got);
    assert_int_equal(got.answers + got.failures, 0);
    while (workers_pending(w))
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(got.answers, 1);
    assert_int_equal(got.n, 5);
    assert_int_equal(got.failures, 1);
    assert_string_equal(got.text, "data.alerts: is missing, an array was expected");
    prom_api_job_cancel(NULL);
    assert_true(workers_free(w, 1000));
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),   cmocka_unit_test(test_scalars_and_strings),
        cmocka_unit_test(test_matrices),  cmocka_unit_test(test_histograms),
        cmocka_unit_test(test_quantiles), cmocka_unit_test(test_other_servers),
        cmocka_unit_test(test_failures),  cmocka_unit_test(test_refused),
        cmocka_unit_test(test_tolerated), cmocka_unit_test(test_custom),
        cmocka_unit_test(test_caps),      cmocka_unit_test(test_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
