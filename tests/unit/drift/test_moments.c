/* Mean and variance of a stream: against two passes over all of it, and merged. */
#include "tests/unit/unit.h"

#include "drift/moments.h"
#include "random.h"

#include <float.h>

enum { N = 10007 };

static void a_stream_has_the_moments_of_the_whole(void **state)
{
    (void)state;
    static const double centres[] = {0, 1e9, -1e6};
    for (size_t c = 0; c < 3; c++) {
        double x[N];
        uint64_t random = c + 1;
        long double sum = 0, m2 = 0;
        for (int i = 0; i < N; i++)
            sum += x[i] = centres[c] + random_normal(&random);
        for (int i = 0; i < N; i++)
            m2 += (x[i] - sum / N) * (x[i] - sum / N);
        struct drift_moments whole = {0}, a = {0}, b = {0}, one = {0};
        drift_moments_add(&whole, x, N);
        drift_moments_add(&a, x, 4000);
        drift_moments_add(&b, x + 4000, N - 4000);
        for (int i = 0; i < N; i++)
            drift_moments_add(&one, x + i, 1);
        drift_moments_merge(&b, &a);
        const struct drift_moments *all[] = {&whole, &b, &one};
        for (int i = 0; i < 3; i++) {
            assert_int_equal(all[i]->count, N);
            assert_float_equal(all[i]->mean, (double)(sum / N), 1e-14 * (10 + fabs(centres[c])));
            assert_float_equal(all[i]->m2 / (double)m2, 1, 1e-6);
            assert_true(all[i]->min == whole.min && all[i]->max == whole.max);
        }
        assert_float_equal(whole.m2 / (double)m2, 1, 1e-9);
    }
}

/* The deviations that the two definitions give for 0.1, 0.2 ... 10 (numpy). */
static void both_deviations_are_numpys(void **state)
{
    (void)state;
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = (i + 1) / 10.0;
    struct drift_moments m = {0};
    drift_moments_add(&m, x, 100);
    assert_float_equal(m.mean, 5.05, 1e-14);
    assert_float_equal(drift_moments_deviation(&m, 0), 2.8866070048, 1e-10);
    assert_float_equal(drift_moments_deviation(&m, 1), 2.9011491976, 1e-10);
    assert_true(m.min == 0.1 && m.max == 10);
}

static void what_is_no_number_is_counted_apart(void **state)
{
    (void)state;
    double x[] = {NAN, 1, -0.0, INFINITY, 3, 0.0, -INFINITY, NAN};
    struct drift_moments m = {0}, none = {0};
    drift_moments_add(&m, x, 8);
    assert_int_equal(m.count, 4);
    assert_int_equal(m.nan, 2);
    assert_int_equal(m.pos_inf, 1);
    assert_int_equal(m.neg_inf, 1);
    assert_int_equal(m.zeros, 2);
    assert_float_equal(m.mean, 1, 0);
    assert_float_equal(m.m2, 6, 1e-15);
    drift_moments_add(&none, x, 1);
    assert_int_equal(none.count, 0);
    assert_true(isnan(drift_moments_deviation(&none, 0)));
    drift_moments_merge(&none, &m);
    assert_int_equal(none.nan, 3);
    assert_int_equal(none.count, 4);
    assert_true(none.min == 0 && none.max == 3 && !signbit(none.min));
    assert_true(isnan(drift_moments_deviation(&(struct drift_moments){.count = 1}, 1)));
}

static void the_largest_numbers_have_a_mean(void **state)
{
    (void)state;
    double x[300];
    for (int i = 0; i < 300; i++)
        x[i] = DBL_MAX;
    struct drift_moments m = {0};
    drift_moments_add(&m, x, 300);
    assert_float_equal(m.mean / DBL_MAX, 1, 1e-12);
    assert_true(m.m2 >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_has_the_moments_of_the_whole),
        cmocka_unit_test(both_deviations_are_numpys),
        cmocka_unit_test(what_is_no_number_is_counted_apart),
        cmocka_unit_test(the_largest_numbers_have_a_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
