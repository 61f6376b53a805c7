/* Measures of unevenness, on numbers worked out by hand. */
#include "tests/unit/unit.h"

#include "kafka/spread.h"

static struct kafka_spread of(size_t n, const double *v)
{
    struct kafka_spread s = {0};
    for (size_t i = 0; i < n; i++)
        kafka_spread_add(&s, v[i]);
    return s;
}

static void measures(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double v[4], cv, par;
    } rows[] = {
        {4, {10, 10, 10, 10}, 0, 1},
        {4, {2, 4, 4, 6}, 0.35, 1.5}, /* mean 4, deviation root of 2 */
        {2, {0, 10}, 1, 2},
        {4, {0, 0, 0, 100}, 1.73, 4}, /* root of 3 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_spread s = of(rows[i].n, rows[i].v);
        double v;
        assert_true(kafka_spread_cv(&s, 0, &v));
        assert_float_equal(v, rows[i].cv, 1e-9);
        assert_true(kafka_spread_par(&s, 0, &v));
        assert_float_equal(v, rows[i].par, 1e-9);
    }
}

static void unknown_where_it_tells_nothing(void **state)
{
    (void)state;
    double v = -1;
    struct kafka_spread one = of(1, (const double[]){5}), none = {0}, zero = of(3, (const double[]){0, 0, 0}),
                        small = of(2, (const double[]){9, 10}), enough = of(2, (const double[]){9, 11});
    assert_false(kafka_spread_cv(&none, 0, &v));
    assert_false(kafka_spread_cv(&one, 0, &v));
    assert_false(kafka_spread_cv(&zero, 0, &v));
    assert_false(kafka_spread_par(&zero, 0, &v));
    assert_false(kafka_spread_cv(&small, 10, &v));
    assert_int_equal(v, -1);
    assert_true(kafka_spread_cv(&enough, 10, &v));
}

static void what_sticks_out(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double v[6];
        bool expected; /* of the first */
    } rows[] = {
        {2, {100, 1}, false},                 /* of two, either may be the odd one */
        {3, {100, 1, 1}, true},               /* the others do not spread at all */
        {3, {2, 1, 1}, false},                /* not more than twice their mean */
        {3, {2.1, 1, 1}, true},               /* more */
        {6, {60, 10, 20, 30, 40, 50}, false}, /* mean 30, deviation 14.1: over 58.3, but not twice the mean */
        {6, {61, 10, 20, 30, 40, 50}, true},  /* both */
        {6, {57, 1, 1, 1, 60, 1}, false},     /* another one is as hot */
        {4, {0, 0, 0, 0}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_spread s = of(rows[i].n, rows[i].v);
        assert_int_equal(kafka_spread_sticks_out(&s, rows[i].v[0], 2, 2), rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),
        cmocka_unit_test(unknown_where_it_tells_nothing),
        cmocka_unit_test(what_sticks_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
