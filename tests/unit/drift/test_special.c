/* Tests of the special functions against scipy's and against their own identities. */
#include "drift/special.h"

#include "numbers.h"
#include "tests/unit/unit.h"

#include <math.h>

static void see(const struct numbers *line)
{
    const double *v = line->values;
    if (strcmp(line->kind, "gammaincc") == 0)
        numbers_close(drift_special_gamma_q(v[0], v[1]), v[2], 1e-11, line);
    else if (strcmp(line->kind, "chi2_sf") == 0)
        numbers_close(drift_special_chi_square_sf(v[0], v[1]), v[2], 1e-11, line);
    else if (strcmp(line->kind, "chi2_isf") == 0)
        numbers_close(drift_special_chi_square_isf(v[0], v[1]), v[2], 1e-11, line);
    else if (strcmp(line->kind, "norm_sf") == 0)
        numbers_close(drift_special_normal_sf(v[0]), v[1], 1e-13, line);
    else if (strcmp(line->kind, "norm_isf") == 0)
        numbers_close(drift_special_normal_isf(v[0]), v[1], 1e-13, line);
    else if (strcmp(line->kind, "binom_pmf") == 0)
        numbers_close(drift_special_binomial(v[0], v[1], v[2], 1 - v[2]), v[3], 1e-11, line);
    else
        fail_msg("no such kind: %s", line->kind);
}

static void as_scipy(void **state)
{
    (void)state;
    numbers_each("special.txt", see);
}

static void edges(void **state)
{
    (void)state;
    assert_true(drift_special_gamma_q(2, 0) == 1 && drift_special_gamma_q(2, -1) == 1);
    assert_true(drift_special_gamma_q(2, INFINITY) == 0);
    assert_true(isnan(drift_special_gamma_q(2, NAN)) && isnan(drift_special_gamma_q(NAN, 2)));
    assert_true(drift_special_chi_square_sf(INFINITY, 3) == 0);
    assert_true(drift_special_normal_sf(INFINITY) == 0 && drift_special_normal_sf(-INFINITY) == 1);
    assert_true(drift_special_normal_isf(0.5) < 1e-15 && drift_special_normal_isf(0.5) > -1e-15);
    assert_true(drift_special_binomial(-1, 5, 0.5, 0.5) == 0 && drift_special_binomial(6, 5, 0.5, 0.5) == 0);
    assert_true(drift_special_binomial(0, 5, 0, 1) == 1 && drift_special_binomial(5, 5, 1, 0) == 1);
    assert_true(drift_special_binomial(1, 5, 0, 1) == 0 && drift_special_binomial(4, 5, 1, 0) == 0);
}

/* The two ways to Q meet at x = a + 1, and Q falls. */
static void falls(void **state)
{
    (void)state;
    for (double a = 0.5; a < 1e5; a *= 1.7) {
        double last = 1;
        for (double x = a / 3; x < 3 * a + 10; x += (2.7 * a + 10) / 500) {
            double q = drift_special_gamma_q(a, x);
            assert_true(q >= 0 && q <= last);
            last = q;
        }
        double below = drift_special_gamma_q(a, nextafter(a + 1, 0)), above = drift_special_gamma_q(a, a + 1);
        assert_true(fabs(below - above) < 1e-11);
    }
}

static void sums_to_one(void **state)
{
    (void)state;
    for (double n = 1; n < 3000; n = ceil(n * 2.3)) {
        double sum = 0;
        for (double k = 0; k <= n; k++)
            sum += drift_special_binomial(k, n, 0.37, 0.63);
        assert_true(fabs(sum - 1) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_scipy),
        cmocka_unit_test(edges),
        cmocka_unit_test(falls),
        cmocka_unit_test(sums_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
