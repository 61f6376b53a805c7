/* Tests of what is held of histograms' buckets, and of their rows. */
#include "prom/buckets.h"

#include "prom/tables.h"

#include <event2/event.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { STEP_MS = 15000, KEPT = 4000 };

struct fixture {
    struct clock clock;
    int64_t now_ms;
    struct event_base *base;
    struct store *store;
    struct prom_buckets *buckets;
    bool closed; /* the past cannot be kept now */
    size_t nkept;
    struct {
        double le, value;
        int64_t time_ms;
    } kept[KEPT];
};

static int64_t wall(void *arg)
{
    return ((struct fixture *)arg)->now_ms;
}

static int64_t mono(void *arg)
{
    return ((struct fixture *)arg)->now_ms * 1000;
}

static bool keep(void *arg, const struct table *t, const struct value *key, const char *column,
                 const struct prom_buckets_point *points, size_t n)
{
    struct fixture *f = arg;
    assert_string_equal(table_name(t), "histogram_buckets");
    assert_string_equal(column, "rate");
    for (size_t i = 0; i < n && !f->closed; i++) {
        assert_true(f->nkept < KEPT && (i == 0 || points[i].time_ms > points[i - 1].time_ms));
        f->kept[f->nkept].le = key[4].d;
        f->kept[f->nkept].value = points[i].value;
        f->kept[f->nkept++].time_ms = points[i].time_ms;
    }
    return !f->closed;
}

static void setup(struct fixture *f, size_t budget)
{
    memset(f, 0, sizeof *f);
    f->now_ms = 1700000000000;
    f->clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = f};
    f->base = event_base_new();
    f->store = store_new(&f->clock);
    for (size_t i = 0; prom_tables[i]; i++)
        assert_int_equal(store_add(f->store, prom_tables[i], NULL, NULL, NULL), 0);
    f->buckets = prom_buckets_new(f->base, f->store, budget, keep, f);
}

static void teardown(struct fixture *f)
{
    prom_buckets_free(f->buckets);
    store_free(f->store);
    event_base_free(f->base);
}

static struct name *name(const struct fixture *f, const char *text)
{
    return name_intern(store_names(f->store), text, strlen(text));
}

/* A scrape of the histogram with these labels: what came into each bucket, in order of their bounds. */
static uint32_t observe(struct fixture *f, uint32_t held, const char *labels, const double *le, const double *came,
                        size_t n, double seconds)
{
    struct prom_histogram_bucket growth[1000];
    double totals[1000], sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += came[i];
        growth[i] = (struct prom_histogram_bucket){le[i], sum};
        totals[i] = 10 * sum;
    }
    const struct prom_buckets_scrape s = {.key = {name(f, "job"), name(f, "host:1"), name(f, "took"), name(f, labels)},
                                          .owner = 7,
                                          .growth = growth,
                                          .totals = totals,
                                          .n = n,
                                          .seconds = seconds};
    f->now_ms += STEP_MS;
    held = prom_buckets_observe(f->buckets, held, &s);
    store_commit(f->store);
    name_unref(s.key.job);
    name_unref(s.key.instance);
    name_unref(s.key.metric);
    name_unref(s.key.labels);
    return held;
}

static void set_key(const struct fixture *f, struct value *key, const char *labels)
{
    key[0] = value_text(name(f, "job"));
    key[1] = value_text(name(f, "host:1"));
    key[2] = value_text(name(f, "took"));
    key[3] = value_text(name(f, labels));
}

static void give_back(struct value *key)
{
    for (int i = 0; i < 4; i++)
        name_unref(key[i].s);
}

/* Looks at this one; NULL: at none. */
static void look(const struct fixture *f, const char *labels)
{
    struct value key[4];
    if (!labels) {
        prom_buckets_focus(f->buckets, NULL, 0);
        return;
    }
    set_key(f, key, labels);
    prom_buckets_focus(f->buckets, key, 1);
    give_back(key);
}

static size_t rows(const struct fixture *f)
{
    return table_nrows(store_find(f->store, "histogram_buckets"));
}

static struct value cell(const struct fixture *f, const char *labels, double le, const char *column)
{
    struct value key[5];
    set_key(f, key, labels);
    key[4] = value_real(le);
    const struct row *r = table_find(store_find(f->store, "histogram_buckets"), key);
    give_back(key);
    assert_non_null(r);
    return row_cell(r, column);
}

static const double bounds[] = {0.1, 1, INFINITY};

/* Rows come when somebody looks, with what the last scrape said, and the past with them; they follow, stay some minutes, go. */
static void test_look(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, PROM_BUCKETS_BYTES);
    uint32_t held = observe(&f, 0, "a", bounds, (const double[]){1, 2, 0}, 3, 0); /* since it began */
    for (int i = 0; i < 70; i++)
        held = observe(&f, held, "a", bounds, (const double[]){15, 30 + i, 0}, 3, 15);
    assert_int_equal(rows(&f), 0);
    assert_int_equal(f.nkept, 0);
    look(&f, "a");
    assert_int_equal(rows(&f), 3);
    assert_true(cell(&f, "a", 0.1, "rate").d == 1);
    assert_true(fabs(cell(&f, "a", 1, "rate").d - 99.0 / 15) < 1e-5);
    assert_true(fabs(cell(&f, "a", 1, "share").d - 99.0 / 114) < 1e-9);
    assert_true(cell(&f, "a", INFINITY, "rate").d == 0);
    assert_true(cell(&f, "a", 1, "count").d == 990);
    assert_int_equal(f.nkept, 3 * PROM_BUCKETS_SCRAPES);
    assert_true(f.kept[PROM_BUCKETS_SCRAPES].le == 1 && fabs(f.kept[PROM_BUCKETS_SCRAPES].value - 40.0 / 15) < 1e-5);
    assert_int_equal(f.kept[0].time_ms, f.now_ms - (PROM_BUCKETS_SCRAPES - 1) * STEP_MS);
    held = observe(&f, held, "a", bounds, (const double[]){0, 0, 30}, 3, 15);
    assert_true(cell(&f, "a", INFINITY, "rate").d == 2);
    assert_true(cell(&f, "a", INFINITY, "share").d == 1);
    held = observe(&f, held, "a", bounds, (const double[]){0, 0, 0}, 3, 15);
    assert_true(cell(&f, "a", 1, "rate").d == 0);
    assert_int_equal(cell(&f, "a", 1, "share").quality, QUALITY_UNKNOWN); /* of nothing there are no parts */
    f.now_ms += 2000 * PROM_BUCKETS_STAY_S;
    prom_buckets_tidy(f.buckets);
    assert_int_equal(rows(&f), 3); /* still looked at */
    look(&f, NULL);
    f.now_ms += 1000 * PROM_BUCKETS_STAY_S - 1;
    prom_buckets_tidy(f.buckets);
    assert_int_equal(rows(&f), 3);
    f.now_ms += 2;
    prom_buckets_tidy(f.buckets);
    assert_int_equal(rows(&f), 0);
    f.nkept = 0;
    held = observe(&f, held, "a", bounds, (const double[]){3, 0, 0}, 3, 15);
    look(&f, "a");
    assert_int_equal(f.nkept, 3); /* what came since its rows went */
    teardown(&f);
}

/* One that is looked at before anything is known of it has rows with its next scrape; what cannot be kept is told again. */
static void test_early(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, PROM_BUCKETS_BYTES);
    f.closed = true;
    look(&f, "a");
    assert_int_equal(rows(&f), 0);
    uint32_t held = observe(&f, 0, "a", bounds, (const double[]){1, 2, 0}, 3, 0);
    assert_int_equal(rows(&f), 3);
    assert_int_equal(cell(&f, "a", 1, "rate").quality, QUALITY_UNKNOWN);
    assert_true(cell(&f, "a", 1, "count").d == 20);
    held = observe(&f, held, "a", bounds, (const double[]){1, 2, 0}, 3, 15);
    look(&f, NULL);
    f.now_ms += 1000 * PROM_BUCKETS_STAY_S + 1;
    prom_buckets_tidy(f.buckets);
    held = observe(&f, held, "a", bounds, (const double[]){1, 2, 0}, 3, 15);
    look(&f, "a");
    assert_int_equal(rows(&f), 3);
    f.closed = false;
    held = observe(&f, held, "a", bounds, (const double[]){1, 2, 0}, 3, 15);
    assert_int_equal(f.nkept, 3);
    held = observe(&f, held, "a", bounds, (const double[]){1, 2, 0}, 3, 15);
    assert_int_equal(f.nkept, 3); /* from then on rows tell it */

    const double other[] = {0.5, INFINITY};
    held = observe(&f, held, "a", other, (const double[]){1, 1}, 2, 15); /* other bounds: other rows */
    assert_int_equal(rows(&f), 2);
    assert_true(cell(&f, "a", 0.5, "share").d == 0.5);
    const struct prom_buckets_key key = {name(&f, "job"), name(&f, "host:1"), name(&f, "took"), name(&f, "a")};
    prom_buckets_gone(f.buckets, held, &key);
    assert_int_equal(rows(&f), 0);
    assert_int_equal(prom_buckets_bytes(f.buckets), 0);
    observe(&f, 0, "a", bounds, (const double[]){1, 2, 0}, 3, 15);
    assert_int_equal(rows(&f), 3);
    prom_buckets_target_gone(f.buckets, key.job, key.instance);
    assert_int_equal(rows(&f), 0);
    name_unref(key.job);
    name_unref(key.instance);
    name_unref(key.metric);
    name_unref(key.labels);
    teardown(&f);
}

/* Buckets in any order; of very many, neighbours are one. */
static void test_bins(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, PROM_BUCKETS_BYTES);
    double le[950], came[950];
    for (int i = 0; i < 950; i++) {
        le[i] = i == 949 ? INFINITY : i;
        came[i] = 1;
    }
    look(&f, "many");
    observe(&f, 0, "many", le, came, 950, 1);
    assert_int_equal(rows(&f), PROM_BUCKETS_ROWS);
    double sum = 0;
    const struct table *t = store_find(f.store, "histogram_buckets");
    for (const struct row *r = table_first(t); r; r = row_next(r))
        sum += row_cell(r, "rate").d;
    assert_true(sum == 950);
    assert_true(cell(&f, "many", INFINITY, "rate").d == 10);

    struct prom_histogram_bucket growth[] = {{INFINITY, 9}, {0.1, 2}, {1, 1}}; /* and counts that go down */
    const double totals[] = {9, 2, 1};
    const struct prom_buckets_scrape s = {
        .key = {name(&f, "job"), name(&f, "host:1"), name(&f, "took"), name(&f, "odd")},
        .growth = growth,
        .totals = totals,
        .n = 3,
        .seconds = 1};
    look(&f, "odd");
    prom_buckets_observe(f.buckets, 0, &s);
    assert_true(cell(&f, "odd", 0.1, "rate").d == 2);
    assert_true(cell(&f, "odd", 1, "rate").d == 0);
    assert_true(cell(&f, "odd", INFINITY, "rate").d == 8);
    name_unref(s.key.job);
    name_unref(s.key.instance);
    name_unref(s.key.metric);
    name_unref(s.key.labels);
    teardown(&f);
}

/* There is memory for so many: who is looked at is held in any case, who had observations rather than who had none for long. */
static void test_budget(void **state)
{
    (void)state;
    struct fixture f;
    enum { ALL = 40 };
    uint32_t held[ALL] = {0};
    setup(&f, 10 * 1500);
    for (int round = 0; round < 60; round++)
        for (int i = 0; i < ALL; i++) {
            char labels[16];
            bool active = i % 8 == 5;
            snprintf(labels, sizeof labels, "%d", i);
            held[i] = observe(&f, held[i], labels, bounds, (const double[]){active ? 3 : 0, 0, 0}, 3, 600);
            assert_true(prom_buckets_bytes(f.buckets) <= 10 * 1500);
        }
    int there = 0, active = 0;
    for (int i = 0; i < ALL; i++) {
        there += held[i] != 0;
        active += held[i] != 0 && i % 8 == 5;
    }
    assert_true(there > 5 && there < 20);
    assert_int_equal(active, 5);
    look(&f, "38");
    assert_int_equal(rows(&f), 0);
    held[38] = observe(&f, held[38], "38", bounds, (const double[]){0, 0, 0}, 3, 600);
    assert_int_equal(rows(&f), 3);
    assert_true(held[38] && prom_buckets_bytes(f.buckets) <= 10 * 1500);
    teardown(&f);
}

/* Where no history is kept, what is held is the past: a point for each step in which something is known. */
static void test_read(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, PROM_BUCKETS_BYTES);
    int64_t begin = f.now_ms;
    uint32_t held = 0;
    for (int i = 0; i < 10; i++)
        held = observe(&f, held, "a", bounds, (const double[]){15 * i, 0, 0}, 3, 15);
    struct value key[5];
    struct prom_buckets_point points[100];
    set_key(&f, key, "a");
    key[4] = value_real(0.1);
    size_t n = prom_buckets_read(f.buckets, key, begin - 60000, f.now_ms, 5000, points, 100);
    assert_int_equal(n, 28); /* from its first scrape on, each step of five seconds */
    assert_int_equal(points[0].time_ms, begin + STEP_MS);
    assert_true(points[0].value == 0 && points[3].value == 1 && points[5].value == 1 && points[27].value == 9);
    for (size_t i = 1; i < n; i++)
        assert_true(points[i].time_ms > points[i - 1].time_ms);
    assert_int_equal(prom_buckets_read(f.buckets, key, begin, f.now_ms, 5000, points, 4), 4);
    assert_int_equal(prom_buckets_read(f.buckets, key, begin, f.now_ms, 60000, points, 100), 3);
    key[4] = value_real(0.2);
    assert_int_equal(prom_buckets_read(f.buckets, key, begin, f.now_ms, 5000, points, 100), 0);
    give_back(key);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look),   cmocka_unit_test(test_early), cmocka_unit_test(test_bins),
        cmocka_unit_test(test_budget), cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
