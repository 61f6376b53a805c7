/* Series and their rows from scrape to scrape: what is known costs no allocation, what is unchanged writes nothing, whatever the
 * order; places are given again. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "prom/rows.h"
#include "prom/tables.h"

#include <math.h>

/* Counts what is allocated, by the program's own calls: libc's functions in place of libc's. */
static size_t allocations;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define COUNTED false
#else
#define COUNTED true

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    allocations++;
    return __libc_realloc(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
    allocations++;
    return __libc_realloc(p, n * size);
}
#endif

struct fixture {
    struct store *store;
    struct prom_series series;
    struct prom_rows rows;
    struct prom_keep keep;
    struct str body;
    int64_t now_us;
    size_t reading, writing; /* allocations of the last scrape */
};

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    *f = (struct fixture){.store = store_new(&clock_system), .now_us = 1000000};
    for (size_t i = 0; prom_tables[i]; i++)
        store_add(f->store, prom_tables[i], NULL, NULL, NULL);
    struct names *names = store_names(f->store);
    f->rows = (struct prom_rows){.metrics = store_find(f->store, "metrics"),
                                 .histograms = store_find(f->store, "histograms"),
                                 .job = name_intern(names, "j", 1),
                                 .instance = name_intern(names, "i", 1),
                                 .owner = store_owner(f->store, "o")};
    prom_series_init(&f->series, names, &f->keep, &(struct prom_series_limits){.series = 10000});
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    prom_series_done(&f->series);
    name_unref(f->rows.job);
    name_unref(f->rows.instance);
    store_free(f->store);
    str_done(&f->body);
    free(f);
    return 0;
}

/* Reads the body; true if it is whole. */
static bool read_body(struct fixture *f, enum prom_text_format format)
{
    struct error err;
    bool more = true;
    f->now_us += 10000000;
    size_t before = allocations;
    prom_series_begin(&f->series, format, str_text(&f->body), f->body.len, f->now_us);
    while (more && prom_series_read(&f->series, 7, &more, &err) == 0)
        continue;
    f->reading = allocations - before;
    return !more;
}

static void scrape(struct fixture *f, enum prom_text_format format)
{
    assert_true(read_body(f, format));
    size_t before = allocations;
    f->rows.at = 0;
    while (!prom_rows_write(&f->rows, &f->series, 5))
        continue;
    prom_series_end(&f->series);
    f->writing = allocations - before;
    store_commit(f->store);
}

static void add_series(struct str *s, int i, int value)
{
    str_printf(s, "hits{handler=\"/api/v1/\\\"%d\\\"\",code=\"200\"} %d\n", i, value + i);
}

/* All there is: counters, gauges, a summary, histograms, times of their own. */
static void write_body(struct fixture *f, int value, bool backwards)
{
    enum { MANY = 300 };
    struct str *s = &f->body;
    str_clear(s);
    str_add(s, "# HELP hits Of the \\\\ handlers.\n# TYPE hits counter\n");
    for (int i = 0; i < MANY; i++)
        add_series(s, backwards ? MANY - 1 - i : i, value);
    str_printf(s, "# TYPE temp gauge\n# HELP temp It's warm.\ntemp NaN\ntemp{a=\"b\"} %d.5\n", value);
    str_printf(s, "# TYPE took histogram\ntook_bucket{le=\"0.1\"} %d\ntook_bucket{le=\"+Inf\"} %d\n", value, value + 1);
    str_printf(s, "took_sum %d\ntook_count %d\n", value, value + 1);
    str_printf(s, "# TYPE q summary\nq{quantile=\"0.5\"} 1\nq_sum %d 1234567890\nq_count 9\n", value);
}

static void test_known_series_allocate_nothing(void **state)
{
    struct fixture *f = *state;
    write_body(f, 5, false);
    scrape(f, PROM_TEXT_PLAIN);
    if (COUNTED)
        assert_true(f->reading > 300);
    for (int i = 0; i < 4; i++) {
        write_body(f, 50 + i * 37, i >= 2); /* one way, then the other */
        scrape(f, PROM_TEXT_PLAIN);
        assert_int_equal(f->reading, 0);
        assert_int_equal(f->series.kept, 309);
        assert_int_equal(f->series.bad, 0);
    }
    assert_int_equal(table_nrows(f->rows.metrics), 305);
    assert_int_equal(table_nrows(f->rows.histograms), 1);
}

/* From the third on, when rates, too, are what they were. */
static void test_unchanged_rows_write_nothing(void **state)
{
    struct fixture *f = *state;
    write_body(f, 5, false);
    for (int i = 0; i < 5; i++) {
        uint64_t metrics = table_seq(f->rows.metrics), histograms = table_seq(f->rows.histograms);
        scrape(f, PROM_TEXT_PLAIN);
        if (i < 3)
            continue;
        assert_int_equal(f->reading, 0);
        assert_int_equal(f->writing, 0);
        assert_int_equal(table_seq(f->rows.metrics), metrics);
        assert_int_equal(table_seq(f->rows.histograms), histograms);
    }
    str_clear(&f->body);
    str_add(&f->body,
            "# TYPE hits counter\n# HELP hits Something else.\nhits{handler=\"/api/v1/\\\"1\\\"\",code=\"200\"} 6\n");
    scrape(f, PROM_TEXT_PLAIN);
    const struct row *r = table_first(f->rows.metrics);
    assert_int_equal(table_nrows(f->rows.metrics), 1);
    assert_string_equal(row_text(r, "help"), "Something else."); /* though the value is the same */
}

static void test_openmetrics(void **state)
{
    struct fixture *f = *state;
    for (int n = 0; n < 3; n++) {
        str_clear(&f->body);
        str_add(&f->body, "# TYPE a counter\n# UNIT a \n# HELP a What.\n");
        for (int i = 0; i < 100; i++)
            str_printf(&f->body, "a_total{i=\"%d\"} %d.0 # {trace=\"x\"} 1.0\n", i, n * 10 + i);
        str_add(&f->body, "# EOF\n");
        scrape(f, PROM_TEXT_OPENMETRICS);
        if (n)
            assert_int_equal(f->reading, 0);
    }
    assert_int_equal(table_nrows(f->rows.metrics), 100);
    assert_string_equal(row_text(table_first(f->rows.metrics), "type"), "counter");
}

static double value_of(struct fixture *f, const char *labels, const char *column)
{
    for (struct row *r = table_first(f->rows.metrics); r; r = row_next(r))
        if (strcmp(row_cell(r, "labels").s->raw, labels) == 0 && row_cell(r, column).quality)
            return row_cell(r, column).d;
    return NAN;
}

/* Series that go make room for others, and no place grows without end. */
static void test_places_are_given_again(void **state)
{
    struct fixture *f = *state;
    for (int n = 0; n < 50; n++) {
        str_clear(&f->body);
        str_add(&f->body, "# TYPE h histogram\n");
        for (int i = 0; i < 40; i++)
            str_printf(&f->body, "x_total{pod=\"%d\"} %d\n", n * 10 + i, n); /* ten come, ten go */
        for (int i = 0; i < 4; i++)
            str_printf(&f->body, "h_bucket{pod=\"%d\",le=\"%d\"} 1\nh_bucket{pod=\"%d\",le=\"+Inf\"} 2\n", n + i, n,
                       n + i);
        scrape(f, PROM_TEXT_PLAIN);
        assert_int_equal(table_nrows(f->rows.metrics), 40);
        assert_int_equal(table_nrows(f->rows.histograms), 4);
        assert_int_equal(f->series.by_line.n, 48);
        assert_true(f->series.numbers.n <= 70);
        assert_true(f->series.metrics.n <= 60 && f->series.histograms.n <= 6);
    }
    assert_true(value_of(f, "pod=\"495\"", "value") == 49);
    assert_true(fabs(value_of(f, "pod=\"495\"", "rate") - 0.1) < 1e-9);
    assert_true(isnan(value_of(f, "pod=\"525\"", "rate"))); /* new */
}

/* What a scrape brought that failed is forgotten, in steps. */
static void test_what_failed_is_forgotten(void **state)
{
    struct fixture *f = *state;
    str_add(&f->body, "a 1\na{b=\"c\"} 2\n");
    scrape(f, PROM_TEXT_PLAIN);
    uint64_t seq = table_seq(f->rows.metrics);
    str_clear(&f->body);
    for (int i = 0; i < 100; i++)
        str_printf(&f->body, "new{i=\"%d\"} 1\n", i);
    assert_false(read_body(f, PROM_TEXT_OPENMETRICS)); /* there is no # EOF */
    assert_int_equal(f->series.by_metric.n, 102);
    int steps = 1;
    while (!prom_series_abandon(&f->series, 10))
        steps++;
    assert_int_equal(steps, 11);
    assert_int_equal(f->series.by_metric.n, 2);
    assert_int_equal(f->series.by_line.n, 2);
    assert_int_equal(table_seq(f->rows.metrics), seq);
    str_clear(&f->body);
    str_add(&f->body, "a 1\na{b=\"c\"} 2\n");
    scrape(f, PROM_TEXT_PLAIN);
    assert_int_equal(table_seq(f->rows.metrics), seq);
}

/* Names that come and go do not pile up, kept or not; those that stay are the same series as before. */
static void test_names_are_forgotten(void **state)
{
    struct fixture *f = *state;
    for (int round = 0; round < 40; round++) {
        str_clear(&f->body);
        str_printf(&f->body, "# TYPE stays counter\nstays %d\n", round * 50);
        str_add(&f->body, "# TYPE took histogram\n");
        for (int i = 0; i < 200; i++)
            str_printf(&f->body, "# TYPE passing_%d_%d gauge\npassing_%d_%d 1\n", round, i, round, i);
        str_printf(&f->body, "took_bucket{le=\"1\"} %d\ntook_bucket{le=\"+Inf\"} %d\ntook_sum 0\ntook_count %d\n",
                   round, round, round);
        scrape(f, PROM_TEXT_PLAIN);
        assert_true(f->series.names.n <= 2000 && f->series.families.n <= 2000);
        assert_int_equal(table_nrows(f->rows.metrics), 201);
    }
    assert_true(f->series.names.n < 40 * 200);
    const struct row *r = table_first(f->rows.metrics);
    while (r && strcmp(row_text(r, "metric"), "stays") != 0)
        r = row_next(r);
    assert_non_null(r);
    assert_true(row_cell(r, "rate").d == 5);
    r = table_first(f->rows.histograms);
    assert_string_equal(row_text(r, "metric"), "took");
    assert_true(row_cell(r, "rate").d == 0.1);
    for (int round = 0; round < 40; round++) { /* the same where not one scrape is good */
        str_clear(&f->body);
        for (int i = 0; i < 200; i++)
            str_printf(&f->body, "failing_%d_%d 1\n", round, i);
        str_repeat(&f->body, 'x', PROM_TEXT_NAME + 1);
        str_add(&f->body, " 1\n");
        assert_false(read_body(f, PROM_TEXT_PLAIN));
        while (!prom_series_abandon(&f->series, 50))
            continue;
        assert_true(f->series.names.n <= 2000);
    }
    str_clear(&f->body);
    str_printf(&f->body, "# TYPE stays counter\nstays %d\n", 40 * 50 + 40 * 50);
    scrape(f, PROM_TEXT_PLAIN);
    assert_int_equal(table_nrows(f->rows.metrics), 1);
    assert_true(row_cell(table_first(f->rows.metrics), "rate").d == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_known_series_allocate_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unchanged_rows_write_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_openmetrics, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places_are_given_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_failed_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names_are_forgotten, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
