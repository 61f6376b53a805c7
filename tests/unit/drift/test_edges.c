/* Where frozen edges come from, and that a value on an edge is never one bin off. */
#include "tests/unit/unit.h"

#include "drift/edges.h"
#include "random.h"

#include <float.h>

/* The bin by definition. */
static int slow_bin(const struct drift_edges *e, double x)
{
    if (!isfinite(x) || (!e->open && (x < e->edges[0] || x > e->edges[e->bins])))
        return -1;
    int bin = 0;
    for (size_t i = 1; i < e->bins; i++)
        bin += x >= e->edges[i];
    return bin;
}

static void check_bins(const struct drift_edges *e)
{
    uint64_t state = 5;
    double range = e->edges[e->bins] / 2 - e->edges[0] / 2;
    for (size_t i = 0; i <= e->bins; i++) {
        double at[] = {e->edges[i], nextafter(e->edges[i], -INFINITY), nextafter(e->edges[i], INFINITY),
                       e->edges[0] + (random_unit(&state) * 2.2 - 0.1) * range};
        for (size_t j = 0; j < 4; j++)
            assert_int_equal(drift_edges_bin(e, at[j]), slow_bin(e, at[j]));
    }
    assert_int_equal(drift_edges_bin(e, NAN), -1);
    assert_int_equal(drift_edges_bin(e, INFINITY), -1);
    assert_int_equal(drift_edges_bin(e, -INFINITY), -1);
}

static void bad_edges_are_refused(void **state)
{
    (void)state;
    struct drift_edges *e = NULL;
    struct error err;
    assert_int_equal(drift_edges_new(&e, (double[]){0, 1, 1}, 2, true, &err), ERR_INVALID);
    assert_int_equal(drift_edges_new(&e, (double[]){0, NAN}, 1, true, &err), ERR_INVALID);
    assert_int_equal(drift_edges_new(&e, (double[]){0, INFINITY}, 1, true, &err), ERR_INVALID);
    assert_int_equal(drift_edges_new(&e, (double[]){-0.0, 0.0}, 1, true, &err), ERR_INVALID);
    assert_int_equal(drift_edges_new(&e, (double[]){0}, 0, true, &err), ERR_INVALID);
    assert_int_equal(drift_edges_new(&e, (double[]){0}, 1025, true, &err), ERR_LIMIT);
    assert_int_equal(drift_edges_quantiles(&e, (double[]){NAN, INFINITY}, 2, 10, &err), ERR_INVALID);
    assert_int_equal(drift_edges_distinct(&e, NULL, 0, 10, &err), ERR_INVALID);
    assert_int_equal(drift_edges_distinct(&e, (double[]){1, 2, 3, 1}, 4, 2, &err), ERR_LIMIT);
    assert_int_equal(drift_edges_sturges(&e, 0, INFINITY, 10, &err), ERR_INVALID);
    assert_null(e);
}

static void a_value_is_in_the_bin_that_the_edges_say(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 4, 7, 8, 9, 10, 16, 30, 64, 65, 255, 1024};
    uint64_t random = 3;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int shape = 0; shape < 6; shape++) {
            double edges[DRIFT_EDGES_BINS + 1], at = shape == 1 ? -1e6 : 0.1;
            for (size_t i = 0; i <= sizes[s]; i++) {
                edges[i] = at;
                double step = shape == 0   ? 0.1
                              : shape == 1 ? -log(1 - random_unit(&random))
                              : shape == 2 ? at * 0.25
                              : shape == 3 ? at * 0x1p-52
                              : shape == 4 ? 1e305
                                           : pow(10, 30 * random_unit(&random) - 15);
                at = at + step > at ? at + step : nextafter(at, INFINITY);
            }
            for (int open = 0; open < 2; open++) {
                struct drift_edges *e;
                assert_int_equal(drift_edges_new(&e, edges, sizes[s], open, NULL), 0);
                check_bins(e);
                assert_true(drift_edges_bytes(e) < 64 * sizes[s] + 8192);
                drift_edges_free(e);
            }
        }
}

static void quantiles_are_numpys_and_ties_one_edge(void **state)
{
    (void)state;
    double a[100];
    for (int i = 0; i < 100; i++)
        a[(i * 37) % 100] = (i + 1) / 10.0;
    struct drift_edges *e;
    assert_int_equal(drift_edges_quantiles(&e, a, 100, 10, NULL), 0);
    assert_int_equal(e->bins, 10);
    assert_true(e->open);
    for (int i = 0; i <= 10; i++)
        assert_float_equal(e->edges[i], 0.1 + i * 0.99, 1e-12);
    drift_edges_free(e);

    double ties[] = {1, 1, 1, 1, 2, 2, 2, 2, 2, 7};
    assert_int_equal(drift_edges_quantiles(&e, ties, 10, 4, NULL), 0);
    assert_int_equal(e->bins, 2);
    assert_true(e->edges[0] == 1 && e->edges[1] == 2 && e->edges[2] == 7);
    drift_edges_free(e);
}

/* What a column of one value, or of nearly one, must show: that another value came. */
static void a_tie_of_everything_has_a_bin_of_its_own(void **state)
{
    (void)state;
    static const double values[] = {0, 41.5, -3, 1e300, -DBL_MAX, 5e-324};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (int kind = 0; kind < 2; kind++) {
            double x = values[v], same[] = {x, x, NAN, x};
            struct drift_edges *e;
            assert_int_equal(
                kind ? drift_edges_quantiles(&e, same, 4, 10, NULL) : drift_edges_distinct(&e, same, 4, 9, NULL), 0);
            check_bins(e);
            int bin = drift_edges_bin(e, x);
            assert_int_not_equal(drift_edges_bin(e, nextafter(x, INFINITY)), bin);
            if (x > -DBL_MAX)
                assert_int_not_equal(drift_edges_bin(e, nextafter(x, -INFINITY)), bin);
            drift_edges_free(e);
        }
    double inflated[100] = {0};
    inflated[99] = 80;
    struct drift_edges *e;
    assert_int_equal(drift_edges_quantiles(&e, inflated, 100, 10, NULL), 0);
    assert_int_not_equal(drift_edges_bin(e, 0), drift_edges_bin(e, 40));
    assert_int_not_equal(drift_edges_bin(e, 0), drift_edges_bin(e, -1));
    assert_true(e->edges[e->bins] == 80);
    drift_edges_free(e);
}

static void equal_widths_are_sturges(void **state)
{
    (void)state;
    struct drift_edges *e;
    assert_int_equal(drift_edges_sturges(&e, 0.1, 10, 180, NULL), 0);
    assert_int_equal(e->bins, 9);
    assert_false(e->open);
    for (int i = 0; i <= 9; i++)
        assert_float_equal(e->edges[i], 0.1 + i * 1.1, 1e-12);
    assert_int_equal(drift_edges_bin(e, 10), 8); /* the last bin is closed */
    assert_int_equal(drift_edges_bin(e, nextafter(10, 11)), -1);
    drift_edges_free(e);
    assert_int_equal(drift_edges_sturges(&e, 4, 4, 50, NULL), 0);
    assert_int_equal(e->bins, 1);
    assert_true(e->edges[0] == 3.5 && e->edges[1] == 4.5);
    drift_edges_free(e);
}

static void distinct_values_have_a_bin_each(void **state)
{
    (void)state;
    double values[] = {3, 1, 2, 2, 1, -0.0, 0.0, NAN, INFINITY, DBL_MAX};
    struct drift_edges *e;
    assert_int_equal(drift_edges_distinct(&e, values, 10, 5, NULL), 0);
    assert_int_equal(e->bins, 5);
    assert_int_equal(drift_edges_bin(e, 0), 0);
    assert_int_equal(drift_edges_bin(e, 1), 1);
    assert_int_equal(drift_edges_bin(e, 2), 2);
    assert_int_equal(drift_edges_bin(e, 3), 3);
    assert_int_equal(drift_edges_bin(e, DBL_MAX), 4);
    check_bins(e);
    drift_edges_free(e);
    double close[] = {1, nextafter(1, 2)};
    assert_int_equal(drift_edges_distinct(&e, close, 2, 5, NULL), 0);
    assert_int_equal(drift_edges_bin(e, close[0]), 0);
    assert_int_equal(drift_edges_bin(e, close[1]), 1);
    drift_edges_free(e);
}

static void the_same_edges_are_the_same(void **state)
{
    (void)state;
    struct drift_edges *a, *b, *c;
    assert_int_equal(drift_edges_new(&a, (double[]){0, 1, 2}, 2, true, NULL), 0);
    assert_int_equal(drift_edges_new(&b, (double[]){-0.0, 1, 2}, 2, true, NULL), 0);
    assert_int_equal(drift_edges_new(&c, (double[]){0, 1, 2}, 2, false, NULL), 0);
    assert_true(drift_edges_same(a, b));
    assert_false(drift_edges_same(a, c));
    drift_edges_free(a);
    drift_edges_free(b);
    drift_edges_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_edges_are_refused),
        cmocka_unit_test(a_value_is_in_the_bin_that_the_edges_say),
        cmocka_unit_test(quantiles_are_numpys_and_ties_one_edge),
        cmocka_unit_test(a_tie_of_everything_has_a_bin_of_its_own),
        cmocka_unit_test(equal_widths_are_sturges),
        cmocka_unit_test(distinct_values_have_a_bin_each),
        cmocka_unit_test(the_same_edges_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
