/* Tests of adjusted p-values, and of the test of two proportions. */
#include "drift/multiple.h"

#include "drift/proportion.h"
#include "numbers.h"
#include "tests/unit/unit.h"

#include <math.h>

static const double P[] = {.001, .008, .039, .041, .042, .06, .074, .205, .212, .216};

static void published(void **state)
{
    (void)state;
    static const double bh[] = {.01, .04, .084, .084, .084, .1, .1057142857, .216, .216, .216};
    double got[10];
    drift_multiple_adjust(DRIFT_MULTIPLE_BH, P, 10, got);
    for (size_t i = 0; i < 10; i++)
        numbers_close(got[i], bh[i], 1e-9, NULL);
    drift_multiple_adjust(DRIFT_MULTIPLE_BY, P, 10, got);
    for (size_t i = 0; i < 10; i++)
        numbers_close(got[i], bh[i] * 2.92896825397, 1e-9, NULL);
    drift_multiple_adjust(DRIFT_MULTIPLE_BONFERRONI, P, 10, got);
    for (size_t i = 0; i < 10; i++)
        numbers_close(got[i], fmin(1, P[i] * 10), 1e-12, NULL);
}

/* Values that are not there are not counted; in any order, in place. */
static void with_gaps(void **state)
{
    (void)state;
    double p[] = {.042, NAN, .008, .001, NAN, .039}, want[] = {.042, NAN, .016, .004, NAN, .042};
    drift_multiple_adjust(DRIFT_MULTIPLE_BH, p, 6, p);
    for (size_t i = 0; i < 6; i++)
        assert_true(isnan(want[i]) ? isnan(p[i]) : fabs(p[i] - want[i]) < 1e-15);
    drift_multiple_adjust(DRIFT_MULTIPLE_BH, NULL, 0, NULL);
    p[0] = NAN;
    drift_multiple_adjust(DRIFT_MULTIPLE_BY, p, 1, p);
    assert_true(isnan(p[0]));
}

static void see_adjusted(const struct numbers *line)
{
    size_t n = line->n / 2;
    double got[NUMBERS_MAX];
    drift_multiple_adjust(strcmp(line->kind, "adjust_bh") == 0 ? DRIFT_MULTIPLE_BH : DRIFT_MULTIPLE_BY, line->values, n,
                          got);
    for (size_t i = 0; i < n; i++)
        numbers_close(got[i], line->values[n + i], 1e-12, line);
}

static void as_scipy(void **state)
{
    (void)state;
    numbers_each("adjusted.txt", see_adjusted);
}

/* ---- proportions ---- */

static void see_z(const struct numbers *line)
{
    struct drift_proportion r;
    if (strcmp(line->kind, "evidently_z") != 0)
        return;
    const double *v = line->values;
    assert_int_equal(
        drift_proportion_test((uint64_t)v[1], (uint64_t)(v[1] + v[2]), (uint64_t)v[3], (uint64_t)(v[3] + v[4]), &r),
        DRIFT_STATE_OK);
    assert_true(fabs(r.p - v[5]) < 1e-15); /* theirs is 1 less something */
}

static void two_proportions(void **state)
{
    (void)state;
    struct drift_proportion r;
    assert_int_equal(drift_proportion_test(50, 1000, 80, 1000, &r), DRIFT_STATE_OK);
    numbers_close(r.z, -2.7210954312, 1e-9, NULL);
    numbers_close(r.p, 0.0065065975, 1e-8, NULL);
    assert_true(r.reference == 0.05 && r.current == 0.08);
    numbers_each("counts.txt", see_z);
}

static void proportions_at_the_edges(void **state)
{
    (void)state;
    struct drift_proportion r = {.p = -1};
    assert_int_equal(drift_proportion_test(0, 0, 1, 2, &r), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_proportion_test(1, 2, 0, 0, &r), DRIFT_STATE_NO_CURRENT);
    assert_true(r.p == -1);
    assert_int_equal(drift_proportion_test(0, 10, 0, 20, &r), DRIFT_STATE_OK);
    assert_true(r.z == 0 && r.p == 1);
    assert_int_equal(drift_proportion_test(10, 10, 20, 20, &r), DRIFT_STATE_OK);
    assert_true(r.z == 0 && r.p == 1);
    assert_int_equal(drift_proportion_test(0, 1, 1, 1, &r), DRIFT_STATE_OK);
    assert_true(isfinite(r.z) && r.p > 0 && r.p < 1);
    uint64_t huge = UINT64_C(1) << 53;
    assert_int_equal(drift_proportion_test(huge / 2, huge, huge / 2, huge, &r), DRIFT_STATE_OK);
    assert_true(r.z == 0 && r.p == 1);
    assert_int_equal(drift_proportion_test(0, huge, huge, huge, &r), DRIFT_STATE_OK);
    assert_true(isfinite(r.z) && r.p == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),
        cmocka_unit_test(with_gaps),
        cmocka_unit_test(as_scipy),
        cmocka_unit_test(two_proportions),
        cmocka_unit_test(proportions_at_the_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
