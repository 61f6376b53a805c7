/* Tests of the counts of series by family and label. */
#include "prom/census.h"

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

struct fixture {
    struct event_base *base;
    struct store *store;
    struct prom_census *census;
};

static void setup(struct fixture *f)
{
    f->base = event_base_new();
    f->store = store_new(&clock_system);
    for (size_t i = 0; prom_tables[i]; i++)
        assert_int_equal(store_add(f->store, prom_tables[i], NULL, NULL, NULL), 0);
    f->census = prom_census_new(f->base, f->store);
}

static void teardown(struct fixture *f)
{
    prom_census_free(f->census);
    store_free(f->store);
    event_base_free(f->base);
}

static struct name *name(const struct fixture *f, const char *text)
{
    return name_intern(store_names(f->store), text, strlen(text));
}

/* n series of a counter of these labels. */
static void count(const struct fixture *f, struct prom_census_target *t, const char *family, const char *sample,
                  const char *labels, int n)
{
    struct prom_census_series s = {.family = name(f, family),
                                   .type = PROM_TEXT_COUNTER,
                                   .sample = sample ? name(f, sample) : NULL,
                                   .labels = name(f, labels),
                                   .help = name(f, "Things.")};
    prom_census_count(t, &s, n);
    name_unref(s.family);
    name_unref(s.sample);
    name_unref(s.labels);
    name_unref(s.help);
}

/* The row of a key of up to three texts, NULL if there is none. */
static const struct row *row(const struct fixture *f, const char *table, const char *a, const char *b, const char *c)
{
    struct name *names[] = {name(f, a), name(f, b), c ? name(f, c) : NULL};
    const struct value key[] = {value_text(names[0]), value_text(names[1]), value_text(names[2])};
    const struct row *r = table_find(store_find(f->store, table), key);
    for (int i = 0; i < 3; i++)
        name_unref(names[i]);
    return r;
}

static int64_t family(const struct fixture *f, const char *metric, const char *column)
{
    const struct row *r = row(f, "metric_families", "job", metric, NULL);
    assert_non_null(r);
    struct value v = row_cell(r, column);
    assert_int_equal(v.quality, QUALITY_EXACT);
    return v.i;
}

static int64_t label(const struct fixture *f, const char *metric, const char *of, const char *column)
{
    const struct row *r = row(f, "metric_labels", "job", metric, of);
    return r ? row_cell(r, column).i : -1;
}

static void test_counts(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct prom_census_target *a = prom_census_target_new(f.census, "job"),
                              *b = prom_census_target_new(f.census, "job");
    count(&f, a, "hits", "hits_total", "code=\"200\",path=\"/a,b=\\\"x\\\"\"", 1);
    count(&f, a, "hits", "hits_total", "code=\"500\",path=\"/c\"", 1);
    count(&f, b, "hits", "hits_total", "code=\"200\",path=\"/d\"", 1);
    count(&f, b, "hits", "hits_created", "", 1);
    count(&f, b, "odd.name", "odd.name", "\"la bel\"=\"v\"", 1);
    prom_census_write(f.census);
    assert_int_equal(family(&f, "hits", "series"), 4);
    assert_int_equal(family(&f, "hits", "targets"), 2);
    assert_int_equal(family(&f, "hits", "worst_values"), 3);
    assert_int_equal(family(&f, "hits", "came"), 0); /* that is what was there at first */
    const struct row *r = row(&f, "metric_families", "job", "hits", NULL);
    assert_string_equal(row_text(r, "worst_label"), "path");
    assert_string_equal(row_text(r, "type"), "counter");
    assert_string_equal(row_text(r, "help"), "Things.");
    assert_string_equal(row_text(r, "samples"), "^(hits_total|hits_created)$");
    assert_string_equal(row_text(row(&f, "metric_families", "job", "odd.name", NULL), "samples"), "^(odd\\.name)$");
    assert_int_equal(label(&f, "hits", "code", "values"), 2);
    assert_int_equal(label(&f, "hits", "code", "series"), 3);
    assert_int_equal(label(&f, "hits", "path", "values"), 3);
    assert_int_equal(label(&f, "odd.name", "la bel", "values"), 1);
    assert_string_equal(row_text(row(&f, "metric_labels", "job", "hits", "path"), "example"), "/a,b=\\\"x\\\"");

    count(&f, a, "hits", "hits_total", "code=\"200\",path=\"/a,b=\\\"x\\\"\"", -1);
    count(&f, a, "hits", "hits_total", "code=\"500\",path=\"/c\"", -1);
    count(&f, b, "odd.name", "odd.name", "\"la bel\"=\"v\"", -1);
    prom_census_write(f.census);
    assert_int_equal(family(&f, "hits", "series"), 2);
    assert_int_equal(family(&f, "hits", "targets"), 1);
    assert_int_equal(label(&f, "hits", "code", "values"), 1);
    assert_null(row(&f, "metric_families", "job", "odd.name", NULL));
    assert_null(row(&f, "metric_labels", "job", "odd.name", "la bel"));

    count(&f, b, "hits", "hits_total", "code=\"200\",path=\"/d\"", -1);
    count(&f, b, "hits", "hits_created", "", -1);
    prom_census_target_free(a);
    prom_census_target_free(b);
    prom_census_write(f.census);
    assert_int_equal(table_nrows(store_find(f.store, "metric_families")), 0);
    assert_int_equal(table_nrows(store_find(f.store, "metric_labels")), 0);
    teardown(&f);
}

/* A histogram has so many series of the same labels, and le as one more. */
static void test_histogram(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct prom_census_target *t = prom_census_target_new(f.census, "job");
    struct prom_census_series s = {.family = name(&f, "took"), .labels = name(&f, "path=\"/\"")};
    static const double bounds[] = {0.1, 1, INFINITY};
    for (int i = 0; i < 3; i++)
        prom_census_bound(t, &s, bounds[i], 1);
    count(&f, t, "took", NULL, "path=\"/\"", 5);
    prom_census_write(f.census);
    assert_int_equal(family(&f, "took", "series"), 5);
    assert_int_equal(label(&f, "took", "le", "values"), 3);
    assert_int_equal(label(&f, "took", "le", "series"), 3);
    assert_int_equal(label(&f, "took", "path", "series"), 5);
    assert_string_equal(row_text(row(&f, "metric_families", "job", "took", NULL), "worst_label"), "le");
    assert_string_equal(row_text(row(&f, "metric_families", "job", "took", NULL), "samples"), "^((?!))$");
    prom_census_bound(t, &s, 1, -1);
    count(&f, t, "took", NULL, "path=\"/\"", -1);
    prom_census_write(f.census);
    assert_int_equal(family(&f, "took", "series"), 4);
    assert_int_equal(label(&f, "took", "le", "values"), 2);
    name_unref(s.family);
    name_unref(s.labels);
    prom_census_target_free(t);
    teardown(&f);
}

/* What comes and goes once a target is known is told for ten minutes; then a family at rest writes nothing. */
static void test_churn(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct prom_census_target *t = prom_census_target_new(f.census, "job");
    char labels[64];
    count(&f, t, "hits", "hits", "pod=\"a\"", 1);
    prom_census_target_settle(t);
    for (int minute = 0; minute < 3; minute++) {
        for (int i = 0; i < 10; i++) {
            snprintf(labels, sizeof labels, "pod=\"%d-%d\"", minute, i);
            count(&f, t, "hits", "hits", labels, 1);
            if (i < 4)
                count(&f, t, "hits", "hits", labels, -1);
        }
        prom_census_minute(f.census);
    }
    prom_census_write(f.census);
    assert_int_equal(family(&f, "hits", "came"), 30);
    assert_int_equal(family(&f, "hits", "went"), 12);
    assert_int_equal(family(&f, "hits", "series"), 19);
    for (int minute = 3; minute < PROM_CENSUS_MINUTES + 1; minute++)
        prom_census_minute(f.census);
    prom_census_write(f.census);
    assert_int_equal(family(&f, "hits", "came"), 10); /* those of the first two minutes are older than ten */
    prom_census_minute(f.census);
    prom_census_write(f.census);
    assert_int_equal(family(&f, "hits", "came"), 0);
    uint64_t seq = store_seq(f.store);
    prom_census_minute(f.census);
    prom_census_write(f.census);
    assert_int_equal(store_seq(f.store), seq);
    prom_census_target_free(t);
    teardown(&f);
}

/* A hundred thousand series come at once: rows are written by the loop, and say how many values there are. */
static void test_many(void **state)
{
    (void)state;
    enum { SERIES = 100000 };
    struct fixture f;
    setup(&f);
    struct prom_census_target *t = prom_census_target_new(f.census, "job");
    for (int i = 0; i < SERIES; i++) {
        char labels[64];
        snprintf(labels, sizeof labels, "session=\"%d\",zone=\"%d\"", i, i % 3);
        count(&f, t, "sessions", "sessions", labels, 1);
    }
    assert_null(row(&f, "metric_families", "job", "sessions", NULL));
    for (int i = 0; i < 200 && !row(&f, "metric_families", "job", "sessions", NULL); i++)
        event_base_loop(f.base, EVLOOP_ONCE);
    struct value v = row_cell(row(&f, "metric_families", "job", "sessions", NULL), "worst_values");
    assert_int_equal(v.quality, QUALITY_EST);
    assert_true(v.i > 97000 && v.i < 103000);
    assert_int_equal(label(&f, "sessions", "zone", "values"), 3);
    prom_census_target_free(t);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_churn),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
