/* Tests of the test of Kolmogorov and Smirnov against published values and scipy's, and by counting. */
#include "drift/ks.h"

#include "drift/ks_law.h"
#include "numbers.h"
#include "tests/unit/unit.h"

#include <math.h>

static double p_of(double d, uint64_t n, uint64_t m, enum drift_ks_how how, bool exact)
{
    struct drift_ks r = {.p = NAN};
    assert_int_equal(drift_ks_p(d, n, m, how, &r), DRIFT_STATE_OK);
    assert_true(r.exact == exact && r.p >= 0 && r.p <= 1);
    return r.p;
}

static void published(void **state)
{
    (void)state;
    numbers_close(p_of(0.0775, 100, 80, DRIFT_KS_AUTO, true), 0.9336678761, 1e-9, NULL);
    numbers_close(p_of(0.0775, 100, 80, DRIFT_KS_ASYMPTOTIC, false), 0.9356942356, 1e-9, NULL);
    numbers_close(p_of(0.3, 10, 10, DRIFT_KS_AUTO, true), 0.7869297885, 1e-9, NULL);
    assert_true(fabs(p_of(0.3, 10, 10, DRIFT_KS_ASYMPTOTIC, false) - 0.664) < 5e-4);
    numbers_close(p_of(0.6071428571, 7, 8, DRIFT_KS_AUTO, true), 0.0870240870, 1e-9, NULL);
}

static void see(const struct numbers *line)
{
    const double *v = line->values;
    if (strcmp(line->kind, "kstwo") == 0)
        numbers_close(drift_ks_law_sf(v[0], (uint64_t)v[1]), v[2], 1e-6, line);
    else if (strcmp(line->kind, "exact") == 0)
        numbers_close(p_of(v[0], (uint64_t)v[1], (uint64_t)v[2], DRIFT_KS_EXACT, true), v[3], 1e-9, line);
    else
        numbers_close(p_of(v[0], (uint64_t)v[1], (uint64_t)v[2], DRIFT_KS_ASYMPTOTIC, false), v[3], 1e-6, line);
}

static void as_scipy(void **state)
{
    (void)state;
    numbers_each("ks.txt", see);
}

/* ---- by counting ---- */

/* Which share of all ways to mix n and m rows has D >= d: bit i of `ways` says whose row i is. */
static double counted(double d, unsigned n, unsigned m)
{
    uint64_t all = 0, over = 0;
    for (uint32_t ways = 0; ways < UINT32_C(1) << (n + m); ways++) {
        if ((unsigned)__builtin_popcount(ways) != n)
            continue;
        unsigned x = 0, y = 0;
        double most = 0;
        for (unsigned i = 0; i < n + m; i++) {
            x += ways >> i & 1;
            y += !(ways >> i & 1);
            most = fmax(most, fabs((double)x / n - (double)y / m));
        }
        all++;
        over += most >= d - 1e-9;
    }
    return (double)over / (double)all;
}

/* The least that both divide. */
static unsigned multiple(unsigned n, unsigned m)
{
    unsigned all = n;
    while (all % m)
        all += n;
    return all;
}

static void as_counted(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 6; n++)
        for (unsigned m = 1; m <= 6; m++)
            for (unsigned h = 0, all = multiple(n, m); h <= all; h++) {
                double d = (double)h / all;
                numbers_close(p_of(d, n, m, DRIFT_KS_EXACT, true), counted(d, n, m), 1e-12, NULL);
            }
}

/* The law of one row and of two in closed form: of two, 1 - 2 (2d - ½)² up to ½, then 2 (1 - d)². */
static void law_of_few(void **state)
{
    (void)state;
    for (double d = 0; d < 1; d += 0.01) {
        numbers_close(drift_ks_law_sf(d, 1), d < 0.5 ? 1 : 2 * (1 - d), 1e-12, NULL);
        double two = d < 0.25 ? 1 : d < 0.5 ? 1 - 2 * (2 * d - 0.5) * (2 * d - 0.5) : 2 * (1 - d) * (1 - d);
        numbers_close(drift_ks_law_sf(d, 2), two, 1e-12, NULL);
    }
}

/* It falls, without a jump where one way to it ends and another begins. */
static void law_falls(void **state)
{
    (void)state;
    static const uint64_t rows[] = {3, 44, 140, 141, 1000, 9999, 10001, 123456, 10000000, 1000000000, 1000000000000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double last = 1, root = sqrt((double)rows[i]);
        for (double z = 0.1; z < 4 && z < root; z += 0.01) {
            double p = drift_ks_law_sf(z / root, rows[i]);
            assert_true(p <= last * (1 + 1e-9) + 1e-12 && p >= 0 && last - p < 0.02 * root / (root - 1));
            last = p;
        }
        assert_true(drift_ks_law_sf(0, rows[i]) == 1 && drift_ks_law_sf(1, rows[i]) == 0);
    }
}

/* The expansion against the matrix, above 140 rows, where scipy takes either: what it says at the end of the one is what it says
 * at the beginning of the other. */
static void ways_agree(void **state)
{
    (void)state;
    for (uint64_t n = 141; n < 10000; n = n * 3 / 2) {
        double d = pow(1.4 / (double)n, 2.0 / 3), step = d * 1e-12, z = sqrt(2.2 / (double)n);
        numbers_close(drift_ks_law_sf(d - step, n), drift_ks_law_sf(d + step, n), 5e-6, NULL);
        numbers_close(drift_ks_law_sf(z - step, n), drift_ks_law_sf(z + step, n), 3e-5, NULL);
    }
    numbers_close(drift_ks_law_sf(0.5 - 1e-13, 20), drift_ks_law_sf(0.5 + 1e-13, 20), 1e-9, NULL);
}

/* With many rows it is the limit, 2 Σ (-1)^(k-1) e^(-2 k² z²). */
static void law_of_many(void **state)
{
    (void)state;
    for (double z = 0.4; z < 4; z += 0.1) {
        double limit = 0;
        for (int k = 1; k < 40; k++)
            limit += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * z * z);
        numbers_close(drift_ks_law_sf(z * 1e-6, 1000000000000), limit, 1e-5, NULL);
    }
}

/* ---- edges ---- */

static void edges(void **state)
{
    (void)state;
    struct drift_ks r = {.p = -1};
    assert_int_equal(drift_ks_p(0.5, 0, 5, DRIFT_KS_AUTO, &r), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_ks_p(0.5, 5, 0, DRIFT_KS_AUTO, &r), DRIFT_STATE_NO_CURRENT);
    assert_true(r.p == -1);
    assert_true(p_of(0, 1, 1, DRIFT_KS_AUTO, true) == 1 && p_of(1, 1, 1, DRIFT_KS_AUTO, true) == 1);
    assert_true(p_of(0, 100, 80, DRIFT_KS_AUTO, true) == 1 && p_of(0, 100000, 80, DRIFT_KS_AUTO, false) == 1);
    assert_true(p_of(1, 10000, 9999, DRIFT_KS_AUTO, true) == 0);
    assert_true(p_of(1.5, 10, 9, DRIFT_KS_AUTO, true) == p_of(1, 10, 9, DRIFT_KS_AUTO, true));
    assert_true(p_of(1, 1, 100000, DRIFT_KS_ASYMPTOTIC, false) == 0);
    /* Too many paths: asked for exactly, told otherwise. */
    (void)p_of(0.001, 100003, 100019, DRIFT_KS_EXACT, false);
    uint64_t huge = UINT64_C(1) << 53;
    assert_true(p_of(1e-3, huge, huge, DRIFT_KS_AUTO, false) == 0);
    assert_true(p_of(1e-9, huge, huge, DRIFT_KS_AUTO, false) > 0.99);
    assert_true(p_of(0.5, UINT64_MAX, 1, DRIFT_KS_EXACT, false) == 1);
}

static void critical(void **state)
{
    (void)state;
    numbers_close(drift_ks_critical(0.05, 2, 2), 1, 1e-12, NULL);
    assert_true(fabs(drift_ks_critical(0.05, 100, 100) - 0.1921) < 5e-5);
    assert_true(fabs(drift_ks_critical(0.05, 1000000, 1000000) - 0.0019) < 5e-5);
    numbers_close(drift_ks_critical(0.001, 1000, 1000) / sqrt(0.002), 1.9494746035, 1e-9, NULL);
    numbers_close(drift_ks_critical(0.01, 1000, 1000) / sqrt(0.002), 1.6276236307, 1e-9, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),  cmocka_unit_test(as_scipy),  cmocka_unit_test(as_counted),
        cmocka_unit_test(law_of_few), cmocka_unit_test(law_falls), cmocka_unit_test(law_of_many),
        cmocka_unit_test(ways_agree), cmocka_unit_test(edges),     cmocka_unit_test(critical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
