/* Quantiles: each rule of classic histograms on its own, real buckets with Prometheus' answers, native ones of every kind. */
#include "tests/unit/unit.h"

#include "prom/histogram.h"

#include <math.h>

enum { BUCKETS_MAX = 24 };

struct classic {
    size_t n;
    struct prom_histogram_bucket b[BUCKETS_MAX];
};

/* Works on a copy, as the buckets are mended in place. */
static double ask(double q, const struct classic *h, struct prom_histogram_doubt *doubt)
{
    struct classic copy = *h;

    return prom_histogram_quantile(q, copy.b, copy.n, doubt);
}

static void assert_near(double got, double expected)
{
    if (isnan(expected)) {
        assert_true(isnan(got));
        return;
    }
    if (got == expected)
        return;
    if (!(fabs(got - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g, where %.17g is right", got, expected);
}

static const struct classic simple = {5, {{10, 10}, {15, 15}, {20, 15}, {30, 15}, {INFINITY, 15}}};

/* ---- one rule each ---- */

static void test_q_outside(void **state)
{
    (void)state;
    assert_near(ask(NAN, &simple, NULL), NAN);
    assert_near(ask(-0.001, &simple, NULL), -INFINITY);
    assert_near(ask(1.001, &simple, NULL), INFINITY);
    assert_near(ask(INFINITY, &simple, NULL), INFINITY);
    /* that comes before all that may be wrong with the buckets */
    assert_near(prom_histogram_quantile(2, NULL, 0, NULL), INFINITY);
}

static void test_without_infinity(void **state)
{
    static const struct classic finite = {2, {{1, 1}, {2, 2}}};
    static const struct classic no_bound = {3, {{1, 1}, {NAN, 2}, {INFINITY, 2}}};

    (void)state;
    assert_near(ask(0.5, &finite, NULL), NAN);
    assert_near(ask(0.5, &no_bound, NULL), NAN);
    assert_near(prom_histogram_quantile(0.5, NULL, 0, NULL), NAN);
}

static void test_any_order(void **state)
{
    static const struct classic mixed = {5, {{INFINITY, 15}, {30, 15}, {10, 10}, {20, 15}, {15, 15}}};

    (void)state;
    assert_near(ask(0.9, &mixed, NULL), 13.5);
}

/* Bounds are numbers: what several series write as 1 and 1.0 is one bucket. */
static void test_same_bounds_add_up(void **state)
{
    static const struct classic twice = {6, {{1, 2}, {1, 2}, {2, 4}, {2, 4}, {INFINITY, 4}, {INFINITY, 4}}};

    (void)state;
    assert_near(ask(0.25, &twice, NULL), 0.5);
    assert_near(ask(0.75, &twice, NULL), 1.5);
}

static void test_too_few(void **state)
{
    static const struct classic one = {1, {{INFINITY, 7}}};
    static const struct classic merged = {2, {{INFINITY, 3}, {INFINITY, 4}}};
    static const struct classic none = {2, {{1, 0}, {INFINITY, 0}}};

    (void)state;
    assert_near(ask(0.5, &one, NULL), NAN);
    assert_near(ask(0.5, &merged, NULL), NAN);
    assert_near(ask(0.5, &none, NULL), NAN);
}

static void test_forced(void **state)
{
    static const struct classic sinking = {6, {{1, 10}, {2, 8}, {3, 9.5}, {4, 12}, {5, 11}, {INFINITY, 20}}};
    struct prom_histogram_doubt doubt;

    (void)state;
    /* counts are taken as 10, 10, 10, 12, 12, 20 */
    assert_near(ask(0.55, &sinking, &doubt), 3.5);
    assert_true(doubt.forced);
    assert_near(doubt.forced_from, 2);
    assert_near(doubt.forced_to, 5);
    assert_near(doubt.forced_by, 2);
    assert_near(ask(0.5, &simple, &doubt), 7.5);
    assert_false(doubt.forced);
    assert_near(doubt.forced_by, 0);
}

/* What may be rounding is put right in silence, up and down; beside a zero nothing is. */
static void test_rounding(void **state)
{
    static const struct classic down = {3, {{1, 1e6}, {2, 1e6 - 1e-7}, {INFINITY, 1e6}}};
    static const struct classic beyond = {3, {{1, 1e6}, {2, 1e6 - 1e-5}, {INFINITY, 1e6}}};
    static const struct classic zero = {3, {{1, 0}, {2, 1e-300}, {INFINITY, 1e-300}}};
    static const struct classic tiny = {3, {{1, 0}, {2, 1e-322}, {INFINITY, 1e-322}}};
    struct prom_histogram_doubt doubt;

    (void)state;
    assert_near(ask(1, &down, &doubt), 1);
    assert_false(doubt.forced);
    assert_near(ask(1, &beyond, &doubt), 1);
    assert_true(doubt.forced);
    assert_near(ask(0.5, &zero, &doubt), 1.5);
    assert_near(ask(0.5, &tiny, &doubt), NAN); /* taken as 0, 0, 0 */
}

static void test_in_the_last(void **state)
{
    static const struct classic last = {3, {{1, 1}, {2, 2}, {INFINITY, 10}}};
    static const struct classic all = {2, {{0.5, 0}, {INFINITY, 3}}};

    (void)state;
    assert_near(ask(0.9, &last, NULL), 2);
    assert_near(ask(0.5, &all, NULL), 0.5);
    /* a count that is no number is reached by no rank */
    assert_near(ask(0.5, &(struct classic){3, {{1, 1}, {2, 2}, {INFINITY, NAN}}}, NULL), 2);
}

static void test_in_the_first(void **state)
{
    static const struct classic below = {3, {{-2, 5}, {0, 6}, {INFINITY, 6}}};
    static const struct classic at_zero = {3, {{0, 5}, {1, 6}, {INFINITY, 6}}};
    static const struct classic above = {3, {{4, 8}, {5, 8}, {INFINITY, 8}}};

    (void)state;
    assert_near(ask(0.5, &below, NULL), -2);
    assert_near(ask(0.9, &below, NULL), -2 + 2 * (5.4 - 5) / 1); /* from -2 to 0 */
    assert_near(ask(0.5, &at_zero, NULL), 0);
    assert_near(ask(0.25, &above, NULL), 1); /* from 0 on */
    assert_near(ask(0, &above, NULL), 0);
}

/* The rank 0 lies in an empty first bucket, at 0 of 0. */
static void test_zero_of_nothing(void **state)
{
    static const struct classic empty_first = {3, {{1, 0}, {2, 4}, {INFINITY, 4}}};

    (void)state;
    assert_near(ask(0, &empty_first, NULL), NAN);
    assert_near(ask(0.25, &empty_first, NULL), 1.25);
}

/* ---- as Prometheus answers ---- */

/* Buckets and answers for 1, 0.99, 0.9, 0.5 as Prometheus' tests have them: each as it is, and blurred by rounding. */
static const struct {
    struct classic h;
    double answers[4];
} known[] = {
    {{5, {{10, 10}, {15, 15}, {20, 15}, {30, 15}, {INFINITY, 15}}}, {15, 14.85, 13.5, 7.5}},
    {{5, {{10, 10}, {15, 15}, {20, 15.00000000001}, {30, 15}, {INFINITY, 15}}}, {15, 14.85, 13.5, 7.5}},
    {{11,
      {{1, 6454661.3014166197},
       {5, 8339611.2001912938},
       {10, 14118319.2444762159},
       {25, 14130031.5272856522},
       {50, 46001270.3030008152},
       {64, 46008473.8585563600},
       {80, 46008473.8585563600},
       {100, 46008473.8585563600},
       {250, 46008473.8585563600},
       {1000, 46008473.8585563600},
       {INFINITY, 46008473.8585563600}}},
     {64, 49.64475715376406, 46.39671690938454, 31.96098248992002}},
    {{11,
      {{1, 6454661.3014166225},
       {5, 8339611.2001912957},
       {10, 14118319.2444762159},
       {25, 14130031.5272856504},
       {50, 46001270.3030008227},
       {64, 46008473.8585563824},
       {80, 46008473.8585563898},
       {100, 46008473.8585563824},
       {250, 46008473.8585563824},
       {1000, 46008473.8585563898},
       {INFINITY, 46008473.8585563824}}},
     {64, 49.64475715376406, 46.39671690938454, 31.96098248992002}},
    {{9,
      {{0.005, 9.6},
       {0.01, 9.688888889},
       {0.025, 9.755555556},
       {0.05, 9.844444444},
       {0.1, 9.888888889},
       {10, 9.888888889001},
       {50, 9.888888888999},
       {100, 9.888888889},
       {INFINITY, 9.888888889}}},
     {0.1, 0.03468750000281261, 0.00463541666671875, 0.0025752314815104174}},
};

static void test_known(void **state)
{
    static const double asked[4] = {1, 0.99, 0.9, 0.5};
    struct prom_histogram_doubt doubt;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++) {
            assert_near(ask(asked[k], &known[i].h, &doubt), known[i].answers[k]);
            assert_false(doubt.forced);
        }
}

/* ---- native ---- */

static const struct prom_histogram_native_bucket three[] = {{0.5, 1, 1}, {1, 2, 2}, {2, 4, 1}};
static const struct prom_histogram_native_bucket mirrored[] = {{-4, -2, 1}, {-2, -1, 2}, {-1, -0.5, 1}};
/* With a bucket of observations around zero, 0.001 to each side. */
static const struct prom_histogram_native_bucket positive[] = {
    {-0.001, 0.001, 2}, {0.5, 1, 2}, {1, 2, 3}, {4, 8, 1}, {8, 16, 4},
};
static const struct prom_histogram_native_bucket negative[] = {
    {-16, -8, 4}, {-8, -4, 1}, {-2, -1, 3}, {-1, -0.5, 2}, {-0.001, 0.001, 2},
};
static const struct prom_histogram_native_bucket both[] = {{-1, -0.5, 3}, {-0.001, 0.001, 2}, {0.5, 1, 3}};

static void test_native_outside(void **state)
{
    const struct prom_histogram_native h = {.buckets = three, .n = 3, .count = 4, .sum = 5};
    const struct prom_histogram_native empty = {.buckets = NULL, .n = 0, .count = 0, .sum = 0};
    const struct prom_histogram_native hollow = {.buckets = NULL, .n = 0, .count = 3, .sum = NAN};

    (void)state;
    assert_near(prom_histogram_native_quantile(NAN, &h), NAN);
    assert_near(prom_histogram_native_quantile(-1, &h), -INFINITY);
    assert_near(prom_histogram_native_quantile(1.001, &empty), INFINITY);
    assert_near(prom_histogram_native_quantile(0.5, &empty), NAN);
    assert_near(prom_histogram_native_quantile(0.5, &hollow), NAN);
}

static void test_native_exponential(void **state)
{
    const struct prom_histogram_native up = {.buckets = three, .n = 3, .count = 4, .sum = 5};
    const struct prom_histogram_native down = {.buckets = mirrored, .n = 3, .count = 4, .sum = -5};

    (void)state;
    assert_near(prom_histogram_native_quantile(0.5, &up), 1.414213562373095);
    assert_near(prom_histogram_native_quantile(0.25, &up), 1);
    assert_near(prom_histogram_native_quantile(1, &up), 4);
    assert_near(prom_histogram_native_quantile(0, &up), 0.5);
    assert_near(prom_histogram_native_quantile(0.5, &down), -1.414213562373095);
    assert_near(prom_histogram_native_quantile(0, &down), -4);
}

static void assert_native(const struct prom_histogram_native *h, size_t n, const double (*expected)[2])
{
    for (size_t i = 0; i < n; i++) {
        double got = prom_histogram_native_quantile(expected[i][0], h);

        if (fabs(got - expected[i][1]) > 1e-12 * fmax(1, fabs(expected[i][1])))
            fail_msg("at %g: %.17g, where %.17g is right", expected[i][0], got, expected[i][1]);
    }
}

/* Around zero it is linear, and reaches only to the side on which the others are. */
static void test_native_zero(void **state)
{
    static const double up[][2] = {{1, 16},
                                   {0.99, 15.67072476139083},
                                   {0.9, 12.99603834169977},
                                   {0.6, 4.594793419988138},
                                   {0.5, 1.5874010519681994},
                                   {0.1, 0.0006},
                                   {0, 0}};
    static const double down[][2] = {
        {1, 0}, {0.99, -0.00006}, {0.9, -0.0006}, {0.5, -1.5874010519681996}, {0.1, -12.996038341699768}};
    static const double middle[][2] = {{0.5, 0}, {0.4375, -0.0005}, {0.5625, 0.0005}};

    (void)state;
    assert_native(&(struct prom_histogram_native){.buckets = positive, .n = 5, .count = 12, .sum = 100},
                  sizeof up / sizeof up[0], up);
    assert_native(&(struct prom_histogram_native){.buckets = negative, .n = 5, .count = 12, .sum = 100},
                  sizeof down / sizeof down[0], down);
    assert_native(&(struct prom_histogram_native){.buckets = both, .n = 3, .count = 8, .sum = 0},
                  sizeof middle / sizeof middle[0], middle);
    /* alone, it stays as wide as it is */
    assert_near(prom_histogram_native_quantile(
                    0.75, &(struct prom_histogram_native){.buckets = both + 1, .n = 1, .count = 2, .sum = 0}),
                0.0005);
}

/* Observed NaNs count, but are in no bucket: from below it is told as far as it goes. */
static void test_native_nan(void **state)
{
    const struct prom_histogram_native h = {.buckets = three, .n = 3, .count = 8, .sum = NAN};
    const struct prom_histogram_native short_of = {.buckets = three, .n = 3, .count = 10, .sum = 5};

    (void)state;
    assert_near(prom_histogram_native_quantile(0.25, &h), 1.414213562373095);
    assert_near(prom_histogram_native_quantile(0.5, &h), 4);
    assert_near(prom_histogram_native_quantile(0.75, &h), NAN);
    /* a count that its buckets do not reach, without a NaN: the upper bound of the last one on the way */
    assert_near(prom_histogram_native_quantile(0.49, &short_of), 4);
    assert_near(prom_histogram_native_quantile(0.5, &short_of), 1);
}

static void test_native_custom(void **state)
{
    static const struct prom_histogram_native_bucket bounds[] = {{-INFINITY, 5, 2}, {5, 10, 4}, {10, INFINITY, 2}};
    static const struct prom_histogram_native_bucket below[] = {{-INFINITY, -3, 2}, {-3, 0, 2}};
    const struct prom_histogram_native h = {.buckets = bounds, .n = 3, .count = 8, .sum = 60, .custom = true};
    const struct prom_histogram_native low = {.buckets = below, .n = 2, .count = 4, .sum = -9, .custom = true};

    (void)state;
    assert_near(prom_histogram_native_quantile(0.125, &h), 2.5); /* from 0 */
    assert_near(prom_histogram_native_quantile(0.5, &h), 7.5);   /* linear */
    assert_near(prom_histogram_native_quantile(0.9, &h), 10);    /* the last bound there is */
    assert_near(prom_histogram_native_quantile(0.25, &low), -3);
    assert_near(prom_histogram_native_quantile(0.75, &low), -1.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_q_outside),
        cmocka_unit_test(test_without_infinity),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_same_bounds_add_up),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_forced),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_in_the_last),
        cmocka_unit_test(test_in_the_first),
        cmocka_unit_test(test_zero_of_nothing),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_native_outside),
        cmocka_unit_test(test_native_exponential),
        cmocka_unit_test(test_native_zero),
        cmocka_unit_test(test_native_nan),
        cmocka_unit_test(test_native_custom),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
