/* Quantile sketches: exact while they hold all, within the stated error beyond, whatever the order and the parts. */
#include "tests/unit/unit.h"

#include "drift/kll_view.h"
#include "random.h"

#include "base/str.h"
#include "drift/kll_image.h"

enum { N = 100000 };

/* 0 to n - 1 in one of some orders, each once. */
static double *shuffled(size_t n, int order, uint64_t seed)
{
    double *x = calloc(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (double)(order == 1 ? n - 1 - i : i);
    for (size_t i = n; order == 2 && i > 1; i--) {
        size_t j = random_next(&seed) % i;
        double swap = x[i - 1];
        x[i - 1] = x[j];
        x[j] = swap;
    }
    return x;
}

/* The greatest distance of a rank from the truth, for a sketch of 0 to n - 1. */
static double worst(const struct drift_kll *s, size_t n)
{
    struct drift_kll_view v;
    drift_kll_view_init(&v, s);
    double most = 0, last = 0;
    for (int i = 0; i <= 1000; i++) {
        double x = floor((double)n * i / 1000), rank = drift_kll_view_rank(&v, x, false);
        double off = fabs(rank - x / (double)n);
        assert_true(rank >= last);
        last = rank;
        most = off > most ? off : most;
    }
    assert_int_equal(v.weights[v.count - 1], n);
    drift_kll_view_done(&v);
    return most;
}

static void few_values_are_exact(void **state)
{
    (void)state;
    struct drift_kll s;
    struct drift_kll_view v;
    drift_kll_init(&s, DRIFT_KLL_K);
    assert_true(isnan(drift_kll_min(&s)) && isnan(drift_kll_max(&s)));
    drift_kll_view_init(&v, &s);
    assert_true(isnan(drift_kll_view_rank(&v, 1, true)) && isnan(drift_kll_view_quantile(&v, 0.5, true)));
    drift_kll_view_done(&v);
    double x[] = {5, NAN, -0.0, 3, 3, INFINITY, -INFINITY, 0.0};
    drift_kll_add(&s, x, 8);
    assert_int_equal(s.n, 7);
    assert_int_equal(s.nan, 1);
    assert_true(drift_kll_error(&s, false) == 0);
    drift_kll_view_init(&v, &s); /* -inf 0 0 3 3 5 inf */
    assert_true(v.least == -INFINITY && v.most == INFINITY);
    assert_float_equal(drift_kll_view_rank(&v, 3, false), 3 / 7.0, 0);
    assert_float_equal(drift_kll_view_rank(&v, 3, true), 5 / 7.0, 0);
    assert_float_equal(drift_kll_view_rank(&v, -INFINITY, false), 0, 0);
    assert_float_equal(drift_kll_view_rank(&v, INFINITY, true), 1, 0);
    assert_true(drift_kll_view_quantile(&v, 0.5, true) == 3 && drift_kll_view_quantile(&v, 2 / 7.0, false) == 0);
    assert_true(drift_kll_view_quantile(&v, 0, true) == -INFINITY && drift_kll_view_quantile(&v, 1, false) == INFINITY);
    double at[] = {0, 3, 4}, shares[4];
    drift_kll_view_pmf(&v, at, 3, false, shares);
    assert_float_equal(shares[0], 1 / 7.0, 1e-15);
    assert_float_equal(shares[1], 2 / 7.0, 1e-15);
    assert_float_equal(shares[2], 2 / 7.0, 1e-15);
    assert_float_equal(shares[3], 2 / 7.0, 1e-15);
    drift_kll_view_done(&v);
    drift_kll_done(&s);
}

static void ranks_keep_to_the_error_in_any_order(void **state)
{
    (void)state;
    static const unsigned ks[] = {8, 20, 200, 1024};
    for (size_t k = 0; k < 4; k++)
        for (int order = 0; order < 3; order++) {
            double *x = shuffled(N, order, k + 1);
            struct drift_kll s;
            drift_kll_init(&s, ks[k]);
            drift_kll_add(&s, x, N);
            assert_int_equal(s.n, N);
            assert_true(drift_kll_min(&s) == 0 && drift_kll_max(&s) == N - 1);
            /* The error is of one rank in 99 of 100 sketches; the worst of a thousand ranks may be more. */
            assert_true(worst(&s, N) <= 1.6 * drift_kll_error(&s, true));
            assert_true(drift_kll_bytes(&s) <=
                        sizeof s + 8 * (drift_kll_capacity(&s, s.levels) + 2 * s.fresh + 16 * (size_t)s.levels));
            drift_kll_done(&s);
            free(x);
        }
}

/* The error that is stated is that of 99 of 100 sketches; of 300 with values of their own, and of as many merged ones, 10
 * may be beyond it. */
static void the_stated_error_is_true(void **state)
{
    (void)state;
    enum { TRIALS = 300, VALUES = 20000, PARTS = 16 };
    int beyond = 0, merged_beyond = 0;
    for (int t = 0; t < TRIALS; t++) {
        double *x = shuffled(VALUES, 2, (uint64_t)t + 100);
        struct drift_kll whole, sum, part;
        drift_kll_init(&whole, 100);
        drift_kll_init(&sum, 100);
        drift_kll_add(&whole, x, VALUES);
        for (int p = 0; p < PARTS; p++) {
            drift_kll_init(&part, 100);
            drift_kll_add(&part, x + p * (VALUES / PARTS), VALUES / PARTS);
            drift_kll_merge(&sum, &part);
            drift_kll_done(&part);
        }
        const struct drift_kll *both[] = {&whole, &sum};
        for (int i = 0; i < 2; i++) {
            struct drift_kll_view v;
            drift_kll_view_init(&v, both[i]);
            bool off = fabs(drift_kll_view_rank(&v, VALUES / 2, false) - 0.5) > drift_kll_error(both[i], false);
            *(i ? &merged_beyond : &beyond) += off;
            drift_kll_view_done(&v);
        }
        drift_kll_done(&whole);
        drift_kll_done(&sum);
        free(x);
    }
    assert_in_range(beyond, 0, 10);
    assert_in_range(merged_beyond, 0, 10);
}

static void merged_parts_are_the_whole_within_the_error(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 255, 256, 257, 1000, 40000};
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++) {
            size_t n = sizes[i] + sizes[j];
            double *x = shuffled(n, 2, i * 8 + j);
            struct drift_kll a, b;
            drift_kll_init(&a, 200);
            drift_kll_init(&b, i % 2 ? 200 : 150);
            drift_kll_add(&a, x, sizes[i]);
            drift_kll_add(&b, x + sizes[i], sizes[j]);
            drift_kll_merge(&a, &b);
            assert_int_equal(a.n, n);
            assert_int_equal(a.min_k, b.levels > 1 ? b.k : 200);
            if (n) {
                assert_true(drift_kll_min(&a) == 0 && drift_kll_max(&a) == (double)(n - 1));
                assert_true(worst(&a, n) <= 1.6 * drift_kll_error(&a, true));
            }
            if (n < 256)
                assert_int_equal(drift_kll_retained(&a), n);
            assert_true(drift_kll_retained(&a) <= drift_kll_capacity(&a, a.levels) + a.fresh);
            drift_kll_done(&a);
            drift_kll_done(&b);
            free(x);
        }
}

static void the_same_values_give_the_same_sketch(void **state)
{
    (void)state;
    double *x = shuffled(N, 2, 4);
    struct drift_kll a, b;
    struct str one = {0}, two = {0};
    drift_kll_init(&a, 200);
    drift_kll_init(&b, 200);
    drift_kll_add(&b, x, 5000);
    drift_kll_clear(&b);
    drift_kll_add(&a, x, N);
    for (size_t at = 0, step = 1; at < N; at += step, step = step * 3 % 1009) /* in pieces */
        drift_kll_add(&b, x + at, at + step < N ? step : N - at);
    drift_kll_image_write(&a, &one);
    drift_kll_image_write(&b, &two);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.s, two.s, one.len);
    drift_kll_clear(&b);
    drift_kll_seed(&b, 7); /* other coins, other values */
    drift_kll_add(&b, x, N);
    str_clear(&two);
    drift_kll_image_write(&b, &two);
    assert_true(two.len != one.len || memcmp(one.s, two.s, one.len) != 0);
    assert_true(worst(&b, N) <= 1.6 * drift_kll_error(&b, true));
    str_done(&one);
    str_done(&two);
    drift_kll_done(&a);
    drift_kll_done(&b);
    free(x);
}

static void equal_values_have_one_place(void **state)
{
    (void)state;
    struct drift_kll s;
    struct drift_kll_view v;
    drift_kll_init(&s, 200);
    for (int i = 0; i < 50000; i++)
        drift_kll_add(&s, &(double){i % 10 ? 7 : -7}, 1);
    drift_kll_view_init(&v, &s);
    assert_float_equal(drift_kll_view_rank(&v, -7, true), 0.1, 0.02);
    assert_true(drift_kll_view_rank(&v, -7, false) == 0 && drift_kll_view_rank(&v, 7, true) == 1);
    assert_true(drift_kll_view_quantile(&v, 0.05, true) == -7 && drift_kll_view_quantile(&v, 0.5, true) == 7);
    drift_kll_view_done(&v);
    drift_kll_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_values_are_exact),
        cmocka_unit_test(ranks_keep_to_the_error_in_any_order),
        cmocka_unit_test(the_stated_error_is_true),
        cmocka_unit_test(merged_parts_are_the_whole_within_the_error),
        cmocka_unit_test(the_same_values_give_the_same_sketch),
        cmocka_unit_test(equal_values_have_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
