/* Profiles: what is counted, merged against the whole, and how much memory they have. */
#include "tests/unit/unit.h"

#include "drift/profile.h"
#include "random.h"

#include <math.h>

static struct drift_event_value number(double x)
{
    return (struct drift_event_value){.kind = DRIFT_EVENT_NUMBER, .number = x};
}

static struct drift_event_value kind(enum drift_event_kind k)
{
    return (struct drift_event_value){.kind = k};
}

static struct drift_edges *unit_edges(void)
{
    static const double at[] = {-2, -1, 0, 1, 2};
    struct drift_edges *e = NULL;
    assert_int_equal(drift_edges_new(&e, at, 4, true, NULL), 0);
    return e;
}

static void every_kind_of_value_is_counted_apart(void **state)
{
    (void)state;
    struct drift_edges *edges = unit_edges();
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_NUMBER, edges);
    const struct drift_event_value values[] = {number(-5),
                                               number(0),
                                               number(-0.0),
                                               number(0.5),
                                               number(9),
                                               number(NAN),
                                               number(INFINITY),
                                               kind(DRIFT_EVENT_NULL),
                                               kind(DRIFT_EVENT_MISSING),
                                               kind(DRIFT_EVENT_OTHER),
                                               drift_event_text("7", 1)};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        drift_profile_add(p, &values[i]);
    drift_profile_settle(p);
    assert_int_equal(p->rows, 11);
    assert_int_equal(p->missing, 1);
    assert_int_equal(p->null, 1);
    assert_int_equal(p->conflicts, 2);
    assert_int_equal(drift_profile_values(p), 5);
    assert_int_equal(p->moments.nan, 1);
    assert_int_equal(p->moments.pos_inf, 1);
    assert_int_equal(p->moments.zeros, 2);
    assert_int_equal(p->counts->counts[0], 1); /* open: -5 */
    assert_int_equal(p->counts->counts[2], 3);
    assert_int_equal(p->counts->counts[3], 1); /* and 9 */
    assert_int_equal(p->counts->below + p->counts->above, 2);
    assert_true(p->whole);
    assert_int_equal(p->samples.n, 5);
    assert_true(fabs(drift_hll_estimate(p->distinct) - 4) <= 1e-3);
    drift_profile_free(p);
    drift_edges_free(edges);
}

static void a_category_is_what_it_is_printed_as(void **state)
{
    (void)state;
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    const struct drift_event_value values[] = {drift_event_text("eu", 2),
                                               drift_event_text("eu", 2),
                                               number(1),
                                               drift_event_text("1", 1),
                                               number(NAN),
                                               kind(DRIFT_EVENT_NULL),
                                               {.kind = DRIFT_EVENT_BOOL, .number = 1}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        drift_profile_add(p, &values[i]);
    drift_profile_settle(p);
    assert_int_equal(drift_profile_values(p), 5);
    assert_int_equal(drift_frequent_lower(p->items, "eu", 2), 2);
    assert_int_equal(drift_frequent_lower(p->items, "1", 1), 2);
    assert_int_equal(drift_frequent_lower(p->items, "true", 4), 1);
    assert_int_equal(p->conflicts, 1);
    assert_int_equal(p->null, 1);
    drift_profile_free(p);
}

enum { N = 30000, PARTS = 6 };

static void merged_is_as_the_whole(void **state)
{
    (void)state;
    struct drift_edges *edges = unit_edges();
    struct drift_profile *whole = drift_profile_new(DRIFT_TYPE_NUMBER, edges), *parts[PARTS];
    uint64_t seed = 5;
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = drift_profile_new(DRIFT_TYPE_NUMBER, edges);
    for (size_t i = 0; i < N; i++) {
        struct drift_event_value v = i % 97 == 0 ? kind(DRIFT_EVENT_NULL) : number(random_normal(&seed));
        drift_profile_add(whole, &v);
        drift_profile_add(parts[random_next(&seed) % PARTS], &v);
    }
    drift_profile_settle(whole);
    for (size_t i = PARTS; i-- > 0;) {
        drift_profile_settle(parts[i]);
        if (i + 1 < PARTS)
            assert_int_equal(drift_profile_merge(parts[PARTS - 1], parts[i], NULL), 0);
    }
    const struct drift_profile *m = parts[PARTS - 1];
    assert_int_equal(m->rows, whole->rows);
    assert_int_equal(m->null, whole->null);
    assert_memory_equal(m->counts->counts, whole->counts->counts, 4 * sizeof *m->counts->counts);
    assert_true(fabs(m->moments.mean - whole->moments.mean) <= 1e-12);
    assert_true(fabs(m->moments.m2 - whole->moments.m2) <= 1e-6);
    assert_int_equal(m->quantiles->n, whole->quantiles->n);
    assert_false(m->whole);
    double distinct = drift_hll_estimate(whole->distinct);
    assert_true(fabs(drift_hll_estimate(m->distinct) - distinct) <= 0.1 * distinct);
    /* Reference and one window. */
    assert_true(drift_profile_bytes(m) + drift_profile_bytes(whole) + drift_edges_bytes(edges) < 65536);
    for (size_t i = 0; i < PARTS; i++)
        drift_profile_free(parts[i]);
    drift_profile_free(whole);
    drift_edges_free(edges);
}

static void samples_are_held_while_they_are_few(void **state)
{
    (void)state;
    struct drift_profile *a = drift_profile_new(DRIFT_TYPE_NUMBER, NULL),
                         *b = drift_profile_new(DRIFT_TYPE_NUMBER, NULL);
    for (int i = 0; i < 600; i++) {
        struct drift_event_value v = number(i);
        drift_profile_add(a, &v);
        drift_profile_add(b, &v);
    }
    drift_profile_settle(a);
    drift_profile_settle(b);
    assert_true(a->whole && a->samples.n == 600);
    assert_int_equal(drift_profile_merge(a, b, NULL), 0);
    assert_false(a->whole);
    assert_int_equal(a->samples.n, 0);
    struct drift_profile *c = drift_profile_new(DRIFT_TYPE_NUMBER, NULL);
    assert_int_equal(drift_profile_merge(c, a, NULL), 0);
    assert_false(c->whole);
    struct drift_profile *other = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    struct error err;
    assert_int_equal(drift_profile_merge(c, other, &err), ERR_INVALID);
    drift_profile_free(a);
    drift_profile_free(b);
    drift_profile_free(c);
    drift_profile_free(other);
}

static void ids_take_no_more_than_their_bound(void **state)
{
    (void)state;
    struct drift_profile *p = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    for (int i = 0; i < 50000; i++) {
        char text[200];
        int len = snprintf(text, sizeof text, "%0150d", i);
        struct drift_event_value v = drift_event_text(text, (size_t)len);
        drift_profile_add(p, &v);
    }
    assert_int_equal(drift_profile_values(p), 50000);
    assert_true(drift_profile_bytes(p) < 65536);
    drift_profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_counted_apart),
        cmocka_unit_test(a_category_is_what_it_is_printed_as),
        cmocka_unit_test(merged_is_as_the_whole),
        cmocka_unit_test(samples_are_held_while_they_are_few),
        cmocka_unit_test(ids_take_no_more_than_their_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
