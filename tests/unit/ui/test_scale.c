/* Tests of the scales of charts. */
#include "ui/scale.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct scale_range range_of(double low, double high)
{
    struct scale_range r = scale_range_none();
    const double values[] = {NAN, low, INFINITY, high, -INFINITY};
    scale_range_add(&r, values, 5);
    return r;
}

static void test_range(void **state)
{
    (void)state;
    struct scale_range r = scale_range_none();
    scale_range_add(&r, (const double[]){NAN, INFINITY}, 2);
    assert_true(isnan(r.low) && isnan(r.high) && isnan(r.positive));
    scale_range_add(&r, (const double[]){-3, 0, 0.5, 7}, 4);
    assert_true(r.low == -3 && r.high == 7 && r.positive == 0.5);
}

static void test_round_ends(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        enum column_unit unit;
        bool zero;
        double min, max;
        bool si;
    } cases[] = {
        {8420, 84200, UNIT_MESSAGES, true, 0, 1e5}, {0, 0, UNIT_MESSAGES, true, 0, 1},
        {5, 1240000, UNIT_MESSAGES, true, 0, 2e6},  {-40, 0, UNIT_PER_SECOND, true, -50, 0},
        {-40, 70, UNIT_PER_SECOND, true, -50, 100}, {9182004, 9230823, UNIT_OFFSET, false, 9180000, 9240000},
        {5, 42, UNIT_SECONDS, true, 0, 60},         {5, 61, UNIT_SECONDS, true, 0, 120},
        {5, 4000, UNIT_SECONDS, true, 0, 7200},     {0, 4000, UNIT_MS, true, 0, 5000},
        {0, 400000, UNIT_SECONDS, true, 0, 432000}, /* five days */
        {0, 0.2, UNIT_RATIO, true, 0, 0.2},         {1000, 1000, UNIT_OFFSET, false, 1000, 1010},
        {0, 3000, UNIT_BYTES, true, 0, 4096},       {0, 3000, UNIT_BYTES, true, 0, 5000, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scale_range r = range_of(cases[i].low, cases[i].high);
        struct scale s = scale_round(&r, cases[i].unit, cases[i].si, cases[i].zero, false);
        if (fabs(s.min - cases[i].min) > 1e-6 || fabs(s.max - cases[i].max) > 1e-6)
            fail_msg("%g to %g: from %g to %g", cases[i].low, cases[i].high, s.min, s.max);
        assert_true(s.least == 0);
    }
    struct scale_range none = scale_range_none();
    assert_true(scale_round(&none, UNIT_NONE, true, true, true).max == 1);
}

static void test_logarithmic(void **state)
{
    (void)state;
    struct scale_range r = range_of(3, 20000);
    struct scale s = scale_round(&r, UNIT_MESSAGES, true, true, true);
    assert_true(s.min == 1 && s.least == 1 && s.max == 1e5);
    assert_int_equal(scale_level(&s, 1, 101), 0);
    assert_int_equal(scale_level(&s, 1000, 101), 60);
    assert_int_equal(scale_level(&s, 1e5, 101), 100);
    assert_int_equal(scale_level(&s, -4, 101), 0);
    assert_true(fabs(scale_at(&s, 0.6) - 1000) < 1e-6);
    r = range_of(0, 20000);
    r.positive = 3;
    s = scale_round(&r, UNIT_MESSAGES, true, true, true);
    assert_true(s.min == 0 && s.least == 1);
    assert_int_equal(scale_level(&s, 0, 101), 0); /* nothing has a step of its own */
    assert_int_equal(scale_level(&s, 1, 101), 1);
    assert_int_equal(scale_level(&s, 1e5, 101), 100);
    r = range_of(-7, -2); /* nothing above 0: linear */
    assert_true(scale_round(&r, UNIT_NONE, true, true, true).least == 0);
}

/* Whatever the values: what is greater is never lower, the ends hold everything, the least and the greatest are where they
 * belong. */
static void test_any_values(void **state)
{
    (void)state;
    static const double values[] = {-DBL_MAX, -1e300, -4e9, -1,  -1e-300, 0,    DBL_TRUE_MIN, 1e-300, 1e-9,
                                    0.3,      1,      7,    1e3, 123456,  9e15, 1e300,        DBL_MAX};
    enum { N = sizeof values / sizeof *values };
    for (int a = 0; a < N; a++)
        for (int b = a; b < N; b++)
            for (int kind = 0; kind < 8; kind++) {
                struct scale_range r = range_of(values[a], values[b]);
                enum column_unit unit = kind & 4 ? UNIT_SECONDS : kind & 2 ? UNIT_BYTES : UNIT_MESSAGES;
                struct scale s =
                    kind & 1 ? scale_round(&r, unit, kind & 4, kind & 2, kind & 2) : scale_tight(&r, kind & 2);
                bool log = s.least > 0;
                assert_true(isfinite(s.min) && isfinite(s.max) && s.max > s.min);
                assert_true(s.max >= values[b] && (log || s.min <= values[a]));
                for (int steps = 1; steps < 40; steps += 13) {
                    int before = 0;
                    for (int i = a; i <= b; i++) {
                        int level = scale_level(&s, values[i], steps);
                        assert_in_range(level, before, steps - 1);
                        before = level;
                    }
                    assert_int_equal(scale_level(&s, INFINITY, steps), steps - 1);
                    assert_int_equal(scale_level(&s, -INFINITY, steps), 0);
                    assert_int_equal(scale_level(&s, s.max, steps), steps - 1);
                }
            }
}

static void test_labels(void **state)
{
    (void)state;
    static const struct {
        enum column_unit unit;
        double value;
        const char *label;
        bool si;
    } cases[] = {
        {UNIT_MESSAGES, 2e6, "2 M"},
        {UNIT_MESSAGES, 2500, "2.5 k"},
        {UNIT_PER_SECOND, -50, "-50"},
        {UNIT_SECONDS, 90, "1 m 30 s"},
        {UNIT_SECONDS, 7200, "2 h"},
        {UNIT_MS, 90000, "1 m 30 s"},
        {UNIT_BYTES, 500000, "500 kB", true},
        {UNIT_BYTES, 512 * 1024, "512 KiB"},
        {UNIT_RATIO, 0.5, "50 %"},
        {UNIT_OFFSET, 9182004, "9,182,004"},
        {UNIT_NONE, 0, "0"},
        {UNIT_BYTES, -2000, "-2 kB", true},
        {UNIT_BYTES, -2048, "-2 KiB"},
        {UNIT_SECONDS, 0, "0"},
        {UNIT_OFFSET, 1e300, "1.00e+300"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct column c = {.name = "x", .type = COLUMN_INT, .unit = cases[i].unit};
        struct str s = {0};
        scale_label(&s, &c, cases[i].value, cases[i].si);
        assert_string_equal(str_text(&s), cases[i].label);
        str_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),      cmocka_unit_test(test_round_ends), cmocka_unit_test(test_logarithmic),
        cmocka_unit_test(test_any_values), cmocka_unit_test(test_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
