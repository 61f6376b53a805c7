/* Tests of the distances of samples against published values, scipy's and Evidently's. */
#include "drift/sample.h"

#include "numbers.h"
#include "tests/unit/unit.h"

#include <math.h>

static struct drift_sample_distance between(const struct drift_sample *a, const struct drift_sample *b)
{
    struct drift_sample_distance d;
    assert_int_equal(drift_sample_distance(a, b, &d), DRIFT_STATE_OK);
    return d;
}

static double normed(const struct drift_sample *a, const struct drift_sample *b)
{
    return drift_sample_normed(a, between(a, b).wasserstein);
}

static void published(void **state)
{
    (void)state;
    double a[100], b[80];
    for (int i = 0; i < 100; i++)
        a[i] = (i + 1) / 10.0;
    for (int j = 0; j < 80; j++)
        b[j] = 0.11 * (j + 1) + 0.5;
    const struct drift_sample x = {a, NULL, 100}, y = {b, NULL, 80};
    struct drift_sample_distance d = between(&x, &y);
    struct drift_sample_moments m;
    numbers_close(d.d, 0.0775, 1e-12, NULL);
    numbers_close(d.wasserstein, 0.30905, 1e-9, NULL);
    numbers_close(normed(&x, &y), 0.1070634138, 1e-9, NULL);
    assert_true(d.reference == 100 && d.current == 80);
    assert_int_equal(drift_sample_moments(&x, &m), DRIFT_STATE_OK);
    numbers_close(m.deviation, 2.8866070048, 1e-10, NULL);
    numbers_close(m.mean, 5.05, 1e-14, NULL);
    numbers_close(d.wasserstein / (10 - 0.1), 0.0312171717, 1e-8, NULL); /* Deepchecks' scale */
    static const double tied_a[] = {1, 2, 2, 3, 3, 3, 4}, tied_b[] = {2, 3, 4, 4, 4, 5, 6, 7};
    const struct drift_sample p = {tied_a, NULL, 7}, q = {tied_b, NULL, 8};
    d = between(&p, &q);
    numbers_close(d.d, 0.6071428571, 1e-9, NULL);
}

static void see(const struct numbers *line)
{
    size_t at = 0, n = numbers_count(line, &at), m = numbers_count(line, &at);
    const double *want = line->values + at + n + m;
    const struct drift_sample a = {line->values + at, NULL, n}, b = {line->values + at + n, NULL, m};
    struct drift_sample_distance d = between(&a, &b), back = between(&b, &a);
    numbers_close(d.d, want[0], 1e-12, line);
    numbers_close(d.wasserstein, want[1], 1e-9, line);
    numbers_close(normed(&a, &b), want[3], 1e-9, line);
    assert_true(back.d == d.d && back.wasserstein == d.wasserstein);
}

static void as_scipy_and_evidently(void **state)
{
    (void)state;
    numbers_each("samples.txt", see);
}

/* A point of w rows is w rows. */
static void weighted(void **state)
{
    (void)state;
    static const double rows[] = {-3, -3, -3, 0, 2, 2, 7, 7, 7, 7}, points[] = {-3, 0, 2, 2, 7},
                        other[] = {-4, 1, 2, 9};
    static const uint64_t upto[] = {3, 4, 5, 6, 10}, none[] = {0, 0, 0, 0};
    const struct drift_sample a = {rows, NULL, 10}, b = {points, upto, 5}, c = {other, NULL, 4}, d = {other, none, 4};
    struct drift_sample_distance x = between(&a, &c), y = between(&b, &c), same = between(&a, &b);
    assert_true(x.d == y.d && fabs(x.wasserstein - y.wasserstein) < 1e-14 &&
                fabs(normed(&a, &c) - normed(&b, &c)) < 1e-14);
    assert_true(y.reference == 10);
    assert_true(same.d == 0 && same.wasserstein == 0);
    assert_int_equal(drift_sample_distance(&a, &d, &x), DRIFT_STATE_NO_CURRENT);
}

static void edges(void **state)
{
    (void)state;
    static const double zero[] = {-0.0}, one[] = {0.0}, far[] = {1e308}, near[] = {-1e308}, same[] = {5, 5, 5};
    static const double ends[] = {-INFINITY, 1, INFINITY}, odd[] = {1, NAN, NAN};
    const struct drift_sample none = {NULL, NULL, 0}, a = {zero, NULL, 1}, b = {one, NULL, 1}, c = {same, NULL, 3};
    const struct drift_sample f = {far, NULL, 1}, n = {near, NULL, 1}, i = {ends, NULL, 3}, o = {odd, NULL, 3};
    struct drift_sample_distance d = {.d = -1};
    struct drift_sample_moments m = {.rows = -1};
    assert_int_equal(drift_sample_distance(&none, &a, &d), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_sample_distance(&a, &none, &d), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_sample_moments(&none, &m), DRIFT_STATE_NO_REFERENCE);
    assert_true(d.d == -1 && m.rows == -1);
    d = between(&a, &b);
    assert_true(d.d == 0 && d.wasserstein == 0 && normed(&a, &b) == 0);
    d = between(&c, &c);
    assert_true(d.d == 0 && normed(&c, &c) == 0);
    d = between(&c, &a); /* a constant that became another: over the least deviation */
    assert_true(d.d == 1 && d.wasserstein == 5 && normed(&c, &a) == 5 / DRIFT_SAMPLE_LEAST_DEVIATION);
    d = between(&n, &f);
    assert_true(d.d == 1 && isinf(d.wasserstein));
    d = between(&i, &i);
    assert_true(d.d == 0 && d.wasserstein == 0);
    (void)between(&o, &o); /* what should not be there does not hang it */
    (void)between(&a, &o);
}

/* Far from zero the deviation is still the deviation. */
static void far_from_zero(void **state)
{
    (void)state;
    double values[1000];
    struct drift_sample_moments m;
    for (int i = 0; i < 1000; i++)
        values[i] = 1e9 + i % 2;
    const struct drift_sample s = {values, NULL, 1000};
    assert_int_equal(drift_sample_moments(&s, &m), DRIFT_STATE_OK);
    numbers_close(m.deviation, 0.5, 1e-9, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published), cmocka_unit_test(as_scipy_and_evidently), cmocka_unit_test(weighted),
        cmocka_unit_test(edges),     cmocka_unit_test(far_from_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
