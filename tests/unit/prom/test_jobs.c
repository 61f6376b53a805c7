/* The source of a job whose targets are found out, against files and a server of the test's own. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "prom/jobs.h"
#include "prom/tables.h"
#include "tests/unit/prom/bench.h"

#include <unistd.h>

struct fixture {
    struct bench b;
    struct prom_jobs *jobs;
    struct source *src;
    char dir[32], *file, *url;
    char *files[2], *urls[2], *sd[2];
    struct conf_prometheus conf;
};

/* What is answered where targets are asked for; an endpoint is there as well. */
static void answer(struct fixture *f, const char *status, const char *type, const char *body)
{
    char *header = mem_printf("Content-Type: %s\r\n", type);
    bench_page(&f->b, "/metrics", "200 OK", "Content-Type: text/plain\r\n", "a 1\n");
    bench_page(&f->b, "/sd", status, header, body);
    bench_serve(&f->b);
    free(header);
}

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    static char name[] = "j";
    bench_init(&f->b);
    answer(f, "404 Not Found", "text/plain", "");
    snprintf(f->dir, sizeof f->dir, "/tmp/test-jobs-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->file = mem_printf("%s/targets.json", f->dir);
    f->url = web_url(f->b.web, "/sd");
    f->conf = (struct conf_prometheus){.name = name,
                                       .interval_ms = 3600000,
                                       .deadline_ms = 20000,
                                       .refresh_ms = 60000,
                                       .max_body = 1000000,
                                       .max_series = 1000};
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    if (f->jobs)
        prom_jobs_drop(f->jobs);
    bench_done(&f->b);
    unlink(f->file);
    rmdir(f->dir);
    free(f->file);
    free(f->url);
    free(f);
    return 0;
}

static void write_file(struct fixture *f, const char *text)
{
    char *next = mem_printf("%s/next", f->dir);
    FILE *out = fopen(next, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    assert_int_equal(rename(next, f->file), 0);
    free(next);
}

static struct row *source_row(struct fixture *f, const char *name)
{
    return bench_source(&f->b, name);
}

/* A round of the discovery, seconds after the one before. */
static void round_after(struct fixture *f, int seconds)
{
    int64_t before = bench_rounds(&f->b, "promsd:j");
    if (!f->jobs) {
        const struct source_settings settings = prom_jobs_settings(&f->conf);
        f->jobs = prom_jobs_new(f->b.base, f->b.store, f->b.scheduler, NULL, NULL, &f->conf);
        f->src = scheduler_add(f->b.scheduler, "promsd:j", NULL, &prom_jobs_ops, f->jobs, &settings);
    } else {
        f->b.now_us += seconds * INT64_C(1000000);
        scheduler_refresh(f->b.scheduler, "promsd:j");
    }
    bench_round(&f->b, "promsd:j", before);
}

/* "INSTANCE{LABELS} " of all rows of targets, by name. */
static const char *targets(struct fixture *f)
{
    static char text[2000];
    const char *names[100];
    size_t n = 0, len = 0;
    const struct table *t = store_find(f->b.store, "targets");
    struct str all = {0};
    for (const struct row *r = t ? table_first(t) : NULL; r && n < 100; r = row_next(r))
        names[n++] = row_text(r, "instance");
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (strcmp(names[k], names[i]) < 0) {
                const char *x = names[i];
                names[i] = names[k];
                names[k] = x;
            }
    for (size_t i = 0; i < n; i++)
        for (const struct row *r = table_first(t); r; r = row_next(r))
            if (strcmp(row_text(r, "instance"), names[i]) == 0)
                str_printf(&all, "%s{%s} ", names[i], row_text(r, "labels"));
    len = all.len < sizeof text ? all.len : sizeof text - 1;
    memcpy(text, str_text(&all), len);
    text[len] = '\0';
    str_done(&all);
    return text;
}

static const char *error_of(struct fixture *f)
{
    return row_text(source_row(f, "promsd:j"), "error");
}

static const char *state_of(struct fixture *f)
{
    return row_text(source_row(f, "promsd:j"), "state");
}

/* ---- tests ---- */

static void test_files(void **state)
{
    struct fixture *f = *state;
    f->files[0] = f->file;
    f->conf.files = f->files;
    write_file(f, "[{\"targets\": [\"one\", \"two\"], \"labels\": {\"env\": \"p\"}}, {\"targets\": [\"three\"]}]");
    round_after(f, 0);
    assert_string_equal(targets(f), "one{env=\"p\"} three{} two{env=\"p\"} ");
    assert_string_equal(state_of(f), "ok");
    assert_string_equal(row_text(source_row(f, "promsd:j"), "note"), "3 targets of 1 file and 0 URLs");
    assert_non_null(source_row(f, "prom:j/two"));
    uint64_t kept = row_id(source_row(f, "prom:j/one"));

    write_file(f, "[{\"targets\": [\"one\"], \"labels\": {\"env\": \"p\"}}, {\"targets\": [\"three\"], \"labels\": "
                  "{\"x\": \"y\"}}]");
    round_after(f, 5);
    assert_string_equal(targets(f), "one{env=\"p\"} three{x=\"y\"} ");
    assert_null(source_row(f, "prom:j/two"));
    assert_int_equal(row_id(source_row(f, "prom:j/one")), kept); /* it was not touched */

    /* what is wrong says where, and what was named stays */
    write_file(f, "[{\"targets\": [\"four\"]},\n 7]");
    round_after(f, 5);
    assert_string_equal(targets(f), "one{env=\"p\"} three{x=\"y\"} ");
    assert_string_equal(state_of(f), "failed");
    assert_non_null(strstr(error_of(f), "targets.json: [1]: a number, where an object"));
    round_after(f, 5); /* it is not read again, but still wrong */
    assert_string_equal(state_of(f), "failed");

    write_file(f, "[{\"targets\": [\"four\"]}]");
    round_after(f, 5);
    assert_string_equal(targets(f), "four{} ");
    assert_string_equal(state_of(f), "ok");

    unlink(f->file);
    round_after(f, 5);
    assert_string_equal(targets(f), "");
    assert_non_null(strstr(error_of(f), "targets.json: no such file"));
}

static void test_faults(void **state)
{
    struct fixture *f = *state;
    static char url[] = "http://one/metrics";
    f->files[0] = f->file;
    f->urls[0] = url;
    f->conf.files = f->files;
    f->conf.urls = f->urls;
    write_file(f, "[{\"targets\": [\"one\", \"two\", \"two\", \"http://x\"]}, {\"targets\": [\"two\"], \"labels\": "
                  "{\"a\": \"b\"}}]");
    round_after(f, 0);
    assert_string_equal(targets(f), "one{} two{} "); /* the same thing twice is one */
    assert_string_equal(state_of(f), "partial");
    assert_non_null(strstr(error_of(f), "target \"http://x\": it is neither HOST nor HOST:PORT (and 1 more)"));
    write_file(f, "[{\"targets\": [\"two\"]}, {\"targets\": [\"two\"], \"labels\": {\"a\": \"b\"}}]");
    round_after(f, 5);
    assert_non_null(strstr(error_of(f), "two of j is there twice; the first is scraped"));
}

/* So many that they are not added in one turn. */
static void test_many(void **state)
{
    struct fixture *f = *state;
    struct str s = {0};
    f->files[0] = f->file;
    f->conf.files = f->files;
    for (int round = 0; round < 2; round++) {
        str_clear(&s);
        for (int i = 0; i < 300; i++)
            str_printf(&s, "%s{\"targets\": [\"127.0.0.1:%d\"]}", i ? "," : "[", i + 1 + round * 150);
        str_char(&s, ']');
        write_file(f, str_text(&s));
        round_after(f, 5);
        assert_int_equal(table_nrows(store_find(f->b.store, "sources")), 301);
    }
    assert_null(source_row(f, "prom:j/127.0.0.1:150"));
    assert_non_null(source_row(f, "prom:j/127.0.0.1:151"));
    assert_non_null(source_row(f, "prom:j/127.0.0.1:450"));
    str_done(&s);
}

static void test_http(void **state)
{
    struct fixture *f = *state;
    static char user[] = "u", password[] = "planted";
    char *body =
        mem_printf("[{\"targets\": [\"127.0.0.1:%d\"], \"labels\": {\"instance\": \"me\"}}]", web_port(f->b.web));
    f->sd[0] = f->url;
    f->conf.http_sd = f->sd;
    f->conf.http.user = user;
    f->conf.http.password = password;
    answer(f, "200 OK", "application/json; charset=utf-8", body);
    round_after(f, 0);
    char *request = web_request(f->b.web, 0);
    assert_memory_equal(request, "GET /sd HTTP/1.1\r\n", 18);
    assert_non_null(strstr(request, "\r\nX-Prometheus-Refresh-Interval-Seconds: 60\r\n"));
    assert_null(strstr(request, "Authorization"));
    free(request);
    assert_string_equal(state_of(f), "ok");
    bench_round(&f->b, "prom:j/me", 0);
    assert_string_equal(targets(f), "me{} ");
    request = web_request(f->b.web, 1);
    assert_non_null(strstr(request, "Authorization: Basic"));
    free(request);

    /* what is no answer leaves what was named */
    static const struct {
        const char *status, *type, *body, *error;
    } bad[] = {
        {"500 Oops", "text/plain", "broken", "/sd: 500 Internal Server Error: broken"},
        {"204 None", "application/json", "", "/sd: 204, where 200 is expected"},
        {"200 OK", "text/html", "[]", "/sd: Content-Type \"text/html\", where application/json is expected"},
        {"200 OK", "application/json", "[{]", "/sd:1:3: not JSON"},
        {"302 Found\r\nLocation: /metrics", "application/json", "", "/sd: Content-Type \"text/plain\", where"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        answer(f, bad[i].status, bad[i].type, bad[i].body);
        round_after(f, 60);
        assert_string_equal(state_of(f), "failed");
        if (!strstr(error_of(f), bad[i].error))
            fail_msg("%s", error_of(f));
        assert_string_equal(targets(f), "me{} ");
    }

    /* asked for by the configuration, the login holds here too, and then a redirect is not followed */
    struct conf_prometheus next = f->conf;
    next.http_sd_login = true;
    prom_jobs_configure(f->jobs, &next, true);
    round_after(f, 60);
    assert_non_null(strstr(error_of(f), "redirected to"));
    request = web_request(f->b.web, web_count(f->b.web) - 1);
    assert_memory_equal(request, "GET /sd HTTP/1.1\r\n", 18);
    assert_non_null(strstr(request, "Authorization: Basic"));
    free(request);

    /* nothing is named any more */
    next.http_sd = NULL;
    prom_jobs_configure(f->jobs, &next, true);
    round_after(f, 60);
    assert_string_equal(targets(f), "");
    free(body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Counts commits after which there are fewer rows. */
struct shrinking {
    size_t rows, pieces;
};

static void on_commit(struct store *store, void *arg)
{
    struct shrinking *s = arg;
    size_t now = table_nrows(store_find(store, "metrics"));
    s->pieces += now < s->rows;
    s->rows = now;
}

/* Rows of a target that has many go by pieces, as nothing else gets its turn else. */
static void test_a_large_target_goes_by_pieces(void **state)
{
    struct fixture *f = *state;
    struct str body = {0};
    for (int i = 0; i < 3000; i++)
        str_printf(&body, "many{i=\"%d\"} 1\n", i);
    str_add(&body, "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n");
    bench_page(&f->b, "/metrics", "200 OK", "Content-Type: text/plain\r\n", str_text(&body));
    bench_serve(&f->b);
    str_done(&body);
    f->files[0] = f->file;
    f->conf.files = f->files;
    f->conf.max_series = 10000;
    char *one = mem_printf("[{\"targets\":[\"127.0.0.1:%d\"]}]", web_port(f->b.web));
    write_file(f, one);
    free(one);
    round_after(f, 0);
    const struct table *t = store_find(f->b.store, "metrics");
    int64_t end = bench_deadline();
    while (table_nrows(t) < 3000 || table_nrows(store_find(f->b.store, "histograms")) < 1)
        bench_turn(&f->b, end);
    write_file(f, "[]");
    f->b.step_us = 500;
    struct shrinking shrinking = {.rows = table_nrows(t)};
    struct store_listener *listener = store_listen(f->b.store, on_commit, &shrinking);
    scheduler_refresh(f->b.scheduler, "promsd:j");
    while (*targets(f))
        bench_turn(&f->b, end);
    store_unlisten(f->b.store, listener);
    assert_int_equal(table_nrows(t), 0);
    assert_true(shrinking.pieces > 3);
    f->b.step_us = 0;
    assert_int_equal(table_nrows(store_find(f->b.store, "histograms")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_files), TEST(test_faults), TEST(test_many), TEST(test_http),
                                       TEST(test_a_large_target_goes_by_pieces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
