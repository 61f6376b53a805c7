/* The sort of some hundred doubles: every arrangement of noughts and ones of eight, and all lengths. */
#include "tests/unit/unit.h"

#include "drift/sort.h"
#include "random.h"

static void in_order(const double *x, size_t n)
{
    for (size_t i = 1; i < n; i++)
        assert_true(x[i - 1] <= x[i]);
}

/* A network that sorts these sorts everything (Knuth's 0-1 principle). */
static void eight_are_sorted(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 256; bits++) {
        double x[8], ones = 0, sum = 0;
        for (unsigned i = 0; i < 8; i++)
            ones += x[i] = bits >> i & 1;
        drift_sort(x, 8);
        in_order(x, 8);
        for (unsigned i = 0; i < 8; i++)
            sum += x[i];
        assert_true(sum == ones);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void every_length_is_sorted(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t n = 0; n <= DRIFT_SORT_MOST; n += n < 70 ? 1 : 53)
        for (int kind = 0; kind < 3; kind++) {
            double x[DRIFT_SORT_MOST + 1], want[DRIFT_SORT_MOST + 1];
            for (size_t i = 0; i <= n; i++) {
                x[i] = kind == 0 ? random_normal(&random) : kind == 1 ? (double)(random_next(&random) % 5) : -(double)i;
                if (i < n && random_next(&random) % 40 == 0)
                    x[i] = random_next(&random) % 2 ? INFINITY : -INFINITY;
                want[i] = x[i];
            }
            drift_sort(x, n);
            qsort(want, n, sizeof *want, by_value);
            for (size_t i = 0; i <= n; i++) /* the one behind is left alone */
                assert_true(x[i] == want[i]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_are_sorted),
        cmocka_unit_test(every_length_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
