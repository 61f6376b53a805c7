/* The source of an endpoint against a server of the test's own: rows, rates, resets, what is gone, what is bad, what is too
 * much. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "prom/source.h"
#include "prom/tables.h"
#include "tests/unit/prom/bench.h"

#include <math.h>

struct fixture {
    struct bench b;
    struct source *src;
    char *url, *name;
    struct conf_prometheus conf;
    char *in[2], *out[2]; /* what keep chooses */
};

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    bench_init(&f->b);
    f->conf =
        (struct conf_prometheus){.interval_ms = 3600000, .deadline_ms = 20000, .max_body = 1000000, .max_series = 1000};
    f->conf.name = mem_strdup("job");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    bench_done(&f->b);
    free(f->conf.name);
    free(f->url);
    free(f->name);
    free(f);
    return 0;
}

/* A round of ten seconds after the one before. */
static void scrape_as(struct fixture *f, const char *status, const char *headers, const char *body)
{
    bench_page(&f->b, NULL, status, headers, body);
    bench_serve(&f->b);
    int64_t before = 0;
    if (!f->src) {
        f->url = web_url(f->b.web, "/metrics");
        struct prom_target target;
        prom_target_of_url(&target, &f->conf, f->url);
        struct prom_source *self = prom_source_new(f->b.base, f->b.store, &f->conf, &target);
        const struct source_settings settings = prom_source_settings(&f->conf, &target, 0);
        prom_target_done(&target);
        f->name = mem_strdup(prom_source_name(self));
        f->src = scheduler_add(f->b.scheduler, f->name, NULL, &prom_source_ops, self, &settings);
    } else {
        before = bench_rounds(&f->b, f->name);
        f->b.now_us += 10000000;
        scheduler_refresh(f->b.scheduler, f->name);
    }
    bench_round(&f->b, f->name, before);
}

static void scrape(struct fixture *f, const char *body)
{
    scrape_as(f, "200 OK", "Content-Type: text/plain; version=0.0.4\r\n", body);
}

/* ---- what is in the rows ---- */

static struct row *find(struct fixture *f, const char *table, const char *metric, const char *labels)
{
    const char *instance = strstr(f->url, "://") + 3;
    char *host = mem_memdup(instance, strcspn(instance, "/"));
    struct row *r = bench_find(&f->b, table, (const char *const[4]){"job", host, metric, labels});
    free(host);
    return r;
}

/* "12.5", "~3", "-"; "gone" where there is no such row. Valid until the next but three. */
static const char *cell(const struct row *r, const char *column)
{
    static char bufs[4][200];
    static unsigned at;
    char *buf = bufs[at++ % 4];
    if (!r)
        return "gone";
    struct value v = row_cell(r, column);
    if (v.quality == QUALITY_UNKNOWN)
        return "-";
    snprintf(buf, sizeof bufs[0], "%s%.6g", v.quality == QUALITY_EST ? "~" : "", v.d);
    return buf;
}

#define assert_metric(f, metric, labels, value, rate)                                                                  \
    do {                                                                                                               \
        assert_string_equal(cell(find(f, "metrics", metric, labels), "value"), value);                                 \
        assert_string_equal(cell(find(f, "metrics", metric, labels), "rate"), rate);                                   \
    } while (0)

static const char *target(struct fixture *f, const char *column)
{
    return row_text(find(f, "targets", NULL, NULL), column);
}

static int64_t target_number(struct fixture *f, const char *column)
{
    struct value v = row_cell(find(f, "targets", NULL, NULL), column);
    return v.quality == QUALITY_UNKNOWN ? -1 : v.i;
}

static const char *state_of(struct fixture *f)
{
    return bench_said(&f->b, f->name, SOURCES_STATE);
}

/* ---- tests ---- */

static void test_values_and_rates(void **state)
{
    struct fixture *f = *state;
    scrape(f, "# HELP hits Requests\\nby code.\n# TYPE hits counter\nhits{code=\"200\",b=\"x\"} 100\nhits 7\n"
              "temp NaN\nfed_total 5\n# TYPE s summary\ns{quantile=\"0.5\"} 2\ns_sum 10\ns_count 4\n");
    assert_string_equal(target(f, "state"), "up");
    assert_string_equal(target(f, "format"), "0.0.4");
    assert_int_equal(target_number(f, "samples"), 7);
    assert_string_equal(state_of(f), "ok");
    assert_metric(f, "hits", "b=\"x\",code=\"200\"", "100", "-");
    assert_metric(f, "temp", "", "nan", "-");
    const struct row *r = find(f, "metrics", "hits", "");
    assert_string_equal(row_cell(r, "help").s->raw, "Requests\nby code.");
    assert_string_equal(row_text(r, "type"), "counter");
    assert_int_equal(row_cell(find(f, "metrics", "temp", ""), "value").quality, QUALITY_EXACT);

    /* grown; written otherwise, it is the same series; begun anew */
    scrape(f, "# TYPE hits counter\nhits{ b=\"x\", code=\"200\", none=\"\" } 150\nhits 4\ntemp 1\nfed_total 6\n"
              "# TYPE s summary\ns{quantile=\"0.5\"} 3\ns_sum 20\ns_count 6\n");
    assert_metric(f, "hits", "b=\"x\",code=\"200\"", "150", "5");
    assert_metric(f, "hits", "", "4", "0.4");
    assert_metric(f, "temp", "", "1", "-");
    assert_metric(f, "fed_total", "", "6", "0.1");
    assert_metric(f, "s", "quantile=\"0.5\"", "3", "-");
    assert_metric(f, "s_count", "", "6", "0.2");
}

/* By the time that a sample has of its own. */
static void test_own_times(void **state)
{
    struct fixture *f = *state;
    scrape(f, "a_total 10 1000\nb_total 10\n");
    scrape(f, "a_total 20 3000\nb_total 20 5000\n");
    assert_metric(f, "a_total", "", "20", "5");
    assert_metric(f, "b_total", "", "20", "-"); /* one clock and another */
    scrape(f, "a_total 20 3000\nb_total 30 6000\n");
    assert_metric(f, "a_total", "", "20", "5"); /* still the same sample */
    assert_metric(f, "b_total", "", "30", "10");
}

static void test_what_is_gone(void **state)
{
    struct fixture *f = *state;
    scrape(f, "a 1\nb{x=\"1\"} 2\nb{x=\"2\"} 3\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n");
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 3);
    assert_int_equal(table_nrows(store_find(f->b.store, "histograms")), 1);
    scrape(f, "b{x=\"2\"} 3\n");
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 1);
    assert_int_equal(table_nrows(store_find(f->b.store, "histograms")), 0);
    assert_metric(f, "b", "x=\"2\"", "3", "-");
    scrape(f, "b{x=\"2\"} 4\na 9\n");
    assert_metric(f, "a", "", "9", "-");
    assert_metric(f, "b", "x=\"2\"", "4", "-");
    scrape(f, "");
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 0);
    assert_string_equal(target(f, "state"), "up");
}

/* What is there twice does not hide what is not there. */
static void test_gone_and_back(void **state)
{
    struct fixture *f = *state;
    scrape(f, "a 1\nb{x=\"1\",y=\"2\"} 2\n");
    scrape(f, "a 1\na 1\na 1\n");
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 1);
    scrape(f, "a 2\nb{x=\"1\",y=\"2\"} 5\nb{y=\"2\",x=\"1\"} 6\n");
    assert_metric(f, "b", "x=\"1\",y=\"2\"", "5", "-");
    assert_int_equal(target_number(f, "bad_lines"), 1);
    scrape(f, "a 2\nb{y=\"2\",x=\"1\"} 6\n");
    assert_metric(f, "b", "x=\"1\",y=\"2\"", "6", "-");
}

/* What is a value now, and was part of a histogram. */
static void test_another_type(void **state)
{
    struct fixture *f = *state;
    scrape(f, "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 3\nh_count 3\nh_sum 1\n");
    assert_non_null(find(f, "histograms", "h", ""));
    scrape(f, "# TYPE h gauge\nh 1\nh_count 3\n");
    assert_null(find(f, "histograms", "h", ""));
    assert_metric(f, "h", "", "1", "-");
    assert_metric(f, "h_count", "", "3", "-");
    /* one that contradicts itself is read nevertheless */
    scrape(f, "# TYPE h gauge\nh 1\n# TYPE h counter\nh_count 3\n# TYPE h gauge\n");
    assert_string_equal(target(f, "state"), "up");
}

static void test_bad_lines(void **state)
{
    struct fixture *f = *state;
    scrape(f, "a 1\nthis is none\nb 2\nb 3\n# TYPE h histogram\nh_bucket{le=\"x\"} 1\nc 4\n");
    assert_string_equal(state_of(f), "partial");
    assert_string_equal(target(f, "state"), "up");
    assert_int_equal(target_number(f, "bad_lines"), 3);
    assert_memory_equal(target(f, "error"), "line 2: ", 8);
    assert_metric(f, "a", "", "1", "-");
    assert_metric(f, "b", "", "2", "-");
    assert_metric(f, "c", "", "4", "-");
    scrape(f, "a 1\n");
    assert_string_equal(state_of(f), "ok");
    assert_string_equal(target(f, "error"), "");
}

/* Of which every line is bad is down, and leaves what was; one that has nothing to say is up. */
static void test_bad_lines_only(void **state)
{
    struct fixture *f = *state;
    scrape(f, "a 1\n");
    scrape(f, "# HELP a is\n<html>\n<p>log in</p>\n");
    assert_string_equal(target(f, "state"), "down");
    assert_string_equal(state_of(f), "failed");
    assert_non_null(
        strstr(target(f, "error"), "/metrics: no line of it is a sample, and 2 are bad, the first: line 2: "));
    assert_metric(f, "a", "", "1", "-");
    scrape(f, "");
    assert_string_equal(target(f, "state"), "up");
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 0);
    scrape(f, "# HELP a is\n");
    assert_string_equal(target(f, "state"), "up");
}

/* A scrape that failed leaves what was, and the time of the next rate is that since then. */
static void test_failures(void **state)
{
    struct fixture *f = *state;
    scrape(f, "a_total 100\n");
    scrape_as(f, "500 Oops", "", "broken");
    assert_string_equal(target(f, "state"), "down");
    assert_non_null(strstr(target(f, "error"), "500"));
    assert_string_equal(state_of(f), "failed");
    assert_metric(f, "a_total", "", "100", "-");
    scrape_as(f, "200 OK", "Content-Type: text/html\r\n", "<html>");
    assert_non_null(strstr(target(f, "error"), "text/html is no format"));
    scrape_as(f, "200 OK", "Content-Type: application/openmetrics-text; version=1.0.0\r\n", "a_total 200\nb 1\n");
    assert_string_equal(target(f, "state"), "down"); /* without its end nothing of it holds */
    assert_metric(f, "a_total", "", "100", "-");
    assert_null(find(f, "metrics", "b", ""));
    scrape_as(f, "200 OK", "", "a_total 500\n"); /* without a type it is the text format */
    assert_string_equal(target(f, "state"), "up");
    assert_metric(f, "a_total", "", "500", "10"); /* 400 in 40 s */
}

static void test_openmetrics(void **state)
{
    struct fixture *f = *state;
    static const char type[] = "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";
    scrape_as(
        f, "200 OK", type,
        "# TYPE size_bytes counter\n# UNIT size_bytes bytes\nsize_bytes_total 10\nsize_bytes_created 1.5\n# EOF\n");
    assert_string_equal(target(f, "format"), "OpenMetrics");
    scrape_as(
        f, "200 OK", type,
        "# TYPE size_bytes counter\n# UNIT size_bytes bytes\nsize_bytes_total 30\nsize_bytes_created 1.5\n# EOF\n");
    assert_metric(f, "size_bytes_total", "", "30", "2");
    assert_metric(f, "size_bytes_created", "", "1.5", "-");
    assert_string_equal(row_text(find(f, "metrics", "size_bytes_total", ""), "unit"), "bytes");
}

static void test_keep(void **state)
{
    struct fixture *f = *state;
    f->in[0] = (char *)(uintptr_t) "h*";
    f->out[0] = (char *)(uintptr_t) "hidden*";
    f->conf.keep = (struct conf_globs){.in = f->in, .out = f->out};
    scrape(f, "hits 1\nhidden 2\nother 3\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 2\nh_count 1\n");
    assert_int_equal(target_number(f, "samples"), 6);
    assert_int_equal(target_number(f, "kept"), 4);
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 1);
    assert_metric(f, "hits", "", "1", "-");
    assert_non_null(find(f, "histograms", "h", ""));
}

static void test_limits(void **state)
{
    struct fixture *f = *state;
    struct str body = {0};
    f->conf.max_series = 3;
    f->conf.max_body = 5000;
    scrape(f, "a 1\nb 1\nc 1\n");
    assert_string_equal(target(f, "state"), "up");
    scrape(f, "a 2\nb 2\nc 2\nd 2\ne 2\n");
    assert_string_equal(target(f, "state"), "down");
    assert_non_null(strstr(target(f, "error"), "5 series, the limit is 3 (max_series)"));
    assert_metric(f, "a", "", "1", "-");
    assert_null(find(f, "metrics", "d", ""));
    str_repeat(&body, '#', 6000);
    scrape(f, str_text(&body));
    assert_non_null(strstr(target(f, "error"), "5000"));
    str_clear(&body);
    str_add(&body, "a{x=\"");
    str_repeat(&body, 'y', 4200);
    str_add(&body, "\"} 1\n");
    scrape(f, str_text(&body));
    assert_non_null(strstr(target(f, "error"), "labels of 4204 bytes, the limit is 4096"));
    scrape(f, "a 3\nd 3\n");
    assert_string_equal(target(f, "state"), "up");
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 2);
    assert_metric(f, "d", "", "3", "-");
    str_done(&body);
}

/* As Prometheus does: what keep leaves out is not looked at, and a job's limits hold for each series. */
static void test_limits_of_labels(void **state)
{
    static const struct {
        const char *bad, *error;
    } cases[] = {
        {"a{b=\"1\",c=\"2\",d=\"3\"} 1\n", "/metrics: line 2: a has 3 labels, the limit is 2 (max_labels)"},
        {"a{abcdef=\"1\"} 1\n", "line 2: a has a label whose name has 6 bytes, the limit is 5 (max_label_name)"},
        {"{\"a\",\"b c\"=\"\\\\\\\"34567\"} 1\n",
         "line 2: a has a label whose value has 7 bytes, the limit is 6 (max_label)"},
    };
    struct fixture *f = *state;
    f->conf.max_labels = 2;
    f->conf.max_label_name = 5;
    f->conf.max_label = 6;
    f->out[0] = (char *)(uintptr_t) "secret*";
    f->conf.keep = (struct conf_globs){.out = f->out};
    scrape(f, "fine{abcde=\"\\\\\\\"\\n456\",c=\"\"} 1\nsecret{a=\"1\",b=\"1\",c=\"1234567\",abcdef=\"\"} 1\n");
    assert_string_equal(target(f, "state"), "up");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *body = mem_printf("fine{abcde=\"\"} 2\n%sfine 3\n", cases[i].bad);
        scrape(f, body);
        free(body);
        assert_string_equal(target(f, "state"), "down");
        if (!strstr(target(f, "error"), cases[i].error))
            fail_msg("%s", target(f, "error"));
        assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 1);
    }
}

#define assert_histogram(r, rate, p50, p99, mean, max, count)                                                          \
    do {                                                                                                               \
        assert_string_equal(cell(r, "rate"), rate);                                                                    \
        assert_string_equal(cell(r, "p50"), p50);                                                                      \
        assert_string_equal(cell(r, "p99"), p99);                                                                      \
        assert_string_equal(cell(r, "mean"), mean);                                                                    \
        assert_string_equal(cell(r, "max_le"), max);                                                                   \
        assert_string_equal(cell(r, "count"), count);                                                                  \
    } while (0)

static char *histogram(int a, int b, int all, double sum)
{
    return mem_printf("# TYPE h histogram\nh_bucket{le=\"1\",p=\"/\"} %d\nh_bucket{p=\"/\",le=\"2.0\"} %d\n"
                      "h_bucket{le=\"+Inf\",p=\"/\"} %d\nh_sum{p=\"/\"} %g\nh_count{p=\"/\"} %d\n",
                      a, b, all, sum, all);
}

static void scrape_histogram(struct fixture *f, int a, int b, int all, double sum)
{
    char *body = histogram(a, b, all, sum);
    scrape(f, body);
    free(body);
}

static void test_histograms(void **state)
{
    struct fixture *f = *state;
    scrape_histogram(f, 50, 100, 100, 120);
    const struct row *r = find(f, "histograms", "h", "p=\"/\"");
    assert_histogram(r, "-", "~1", "~1.98", "~1.2", "~2", "100");
    scrape_histogram(f, 50, 110, 110, 135); /* ten, all of them between 1 and 2 */
    assert_histogram(r, "1", "1.5", "1.99", "1.5", "2", "110");
    scrape_histogram(f, 50, 110, 110, 135); /* none */
    assert_histogram(r, "0", "-", "-", "-", "-", "110");
    scrape_histogram(f, 4, 4, 8, 30); /* begun anew: four below 1, four beyond 2 */
    assert_histogram(r, "0.8", "1", "2", "3.75", "inf", "8");
    assert_string_equal(row_text(r, "note"), "");
    scrape_histogram(f, 20, 14, 28, 40);
    assert_non_null(strstr(row_text(r, "note"), "counts go down between the bounds 2 and 2"));
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 0);
}

static void test_histogram_without_infinity(void **state)
{
    struct fixture *f = *state;
    scrape(f, "# TYPE h histogram\nh_bucket{le=\"1\"} 4\nh_bucket{le=\"2\"} 6\n");
    const struct row *r = find(f, "histograms", "h", "");
    assert_histogram(r, "-", "-", "-", "-", "~2", "-");
    assert_string_equal(row_text(r, "note"), "no bucket of +Inf");
}

/* So many series that neither reading nor writing is done within a turn of the loop. */
static void test_many(void **state)
{
    struct fixture *f = *state;
    struct str body = {0};
    f->conf.max_series = 20000;
    f->conf.max_body = 10000000;
    f->b.step_us = 2000;
    for (int round = 0; round < 2; round++) {
        str_clear(&body);
        for (int i = 0; i < 10000; i++)
            str_printf(&body, "many_total{i=\"%d\"} %d\n", i, i * (round + 1));
        scrape(f, str_text(&body));
    }
    assert_int_equal(table_nrows(store_find(f->b.store, "metrics")), 10000);
    const struct row *r = find(f, "metrics", "many_total", "i=\"9999\"");
    assert_string_equal(cell(r, "value"), "19998");
    assert_true(row_cell(r, "rate").d > 0);
    str_done(&body);
}

static void test_request(void **state)
{
    struct fixture *f = *state;
    char bearer[] = "planted";
    f->conf.http.bearer = bearer;
    scrape(f, "a 1\n");
    char *request = web_request(f->b.web, 0);
    assert_memory_equal(request, "GET /metrics HTTP/1.1\r\n", 23);
    assert_non_null(strstr(request, "\r\nAuthorization: Bearer planted\r\n"));
    assert_non_null(strstr(request, "\r\nAccept: text/plain;version=1.0.0;"));
    assert_non_null(strstr(request, "\r\nX-Prometheus-Scrape-Timeout-Seconds: 20\r\n"));
    assert_non_null(strstr(request, "gzip"));
    free(request);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_and_rates),
        TEST(test_own_times),
        TEST(test_what_is_gone),
        TEST(test_another_type),
        TEST(test_gone_and_back),
        TEST(test_bad_lines),
        TEST(test_bad_lines_only),
        TEST(test_limits_of_labels),
        TEST(test_failures),
        TEST(test_openmetrics),
        TEST(test_keep),
        TEST(test_limits),
        TEST(test_histograms),
        TEST(test_histogram_without_infinity),
        TEST(test_many),
        TEST(test_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
