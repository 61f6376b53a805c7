/* Tests of the chi-square tests against published values, scipy's and Evidently's, and of the regrouping. */
#include "drift/chi_square.h"

#include "numbers.h"
#include "tests/unit/unit.h"

#include <math.h>

static const uint64_t V1_REFERENCE[] = {120, 300, 280, 200, 100, 0}, V1_CURRENT[] = {90, 240, 300, 220, 140, 10};
static const struct drift_distance_sides FIVE = {V1_REFERENCE, V1_CURRENT, 5}, SIX = {V1_REFERENCE, V1_CURRENT, 6};

static void is(const struct drift_chi_square *got, double statistic, double df, double p, double rel)
{
    numbers_close(got->statistic, statistic, 1e-9, NULL);
    assert_true(got->df == df);
    numbers_close(got->p, p, rel, NULL);
}

static void published(void **state)
{
    (void)state;
    static const uint64_t a[] = {50, 950}, b[] = {80, 920};
    const struct drift_distance_sides two = {a, b, 2};
    struct drift_chi_square r;
    double v;
    assert_int_equal(drift_chi_square_fit(&FIVE, &r), DRIFT_STATE_OK);
    is(&r, 39.2207792208, 4, 6.2719e-08, 1e-5);
    assert_int_equal(drift_chi_square_contingency(&FIVE, false, &r), DRIFT_STATE_OK);
    is(&r, 19.2113176096, 4, 7.14254586e-04, 1e-8);
    assert_int_equal(drift_chi_square_contingency(&SIX, false, &r), DRIFT_STATE_OK);
    is(&r, 29.2610837438, 5, 2.0606986e-05, 1e-7);
    assert_int_equal(drift_chi_square_contingency(&two, false, &r), DRIFT_STATE_OK);
    is(&r, 6.9189633896, 1, 0.0085286401, 1e-8);
    assert_int_equal(drift_chi_square_contingency(&two, true, &r), DRIFT_STATE_OK);
    is(&r, 7.4043603455, 1, 0.0065065975, 1e-8);
    assert_int_equal(drift_chi_square_cramer(&SIX, true, &v), DRIFT_STATE_OK);
    numbers_close(v, 0.1101606189, 1e-9, NULL);
    assert_int_equal(drift_chi_square_cramer(&SIX, false, &v), DRIFT_STATE_OK);
    numbers_close(v, 0.1209567769, 1e-9, NULL);
}

static void table_is(const struct numbers *line, const struct drift_distance_sides *s, const double *want)
{
    bool plain = strstr(line->kind, "plain") != NULL;
    struct drift_chi_square r;
    assert_int_equal(drift_chi_square_contingency(s, plain, &r), DRIFT_STATE_OK);
    numbers_close(r.statistic, want[0], 1e-9, line);
    numbers_close(r.p, want[1], 1e-8, line);
    assert_true(r.df == want[2]);
}

static void see(const struct numbers *line)
{
    uint64_t reference[NUMBERS_MAX], current[NUMBERS_MAX];
    size_t at = 0, n = numbers_count(line, &at);
    const struct drift_distance_sides s = {reference, current, n};
    numbers_counts(line, &at, n, reference);
    numbers_counts(line, &at, n, current);
    const double *want = line->values + at;
    struct drift_chi_square r;
    double v;
    if (strncmp(line->kind, "chi2_", 5) == 0) {
        table_is(line, &s, want);
    } else if (strcmp(line->kind, "evidently_fit") == 0) {
        assert_int_equal(drift_chi_square_fit(&s, &r), DRIFT_STATE_OK);
        numbers_close(r.p, want[0], 1e-8, line);
    } else if (strcmp(line->kind, "cramer") == 0) {
        assert_int_equal(drift_chi_square_cramer(&s, false, &v), DRIFT_STATE_OK);
        numbers_close(v, want[0], 1e-9, line);
    }
}

static void as_scipy_and_evidently(void **state)
{
    (void)state;
    numbers_each("counts.txt", see);
}

/* ---- edges ---- */

static void one_category(void **state)
{
    (void)state;
    static const uint64_t a[] = {0, 7, 0}, b[] = {0, 9, 0};
    const struct drift_distance_sides s = {a, b, 3};
    struct drift_chi_square r;
    double v = NAN;
    assert_int_equal(drift_chi_square_fit(&s, &r), DRIFT_STATE_OK);
    assert_true(r.statistic == 0 && r.p == 1 && r.df == 0);
    assert_int_equal(drift_chi_square_contingency(&s, false, &r), DRIFT_STATE_OK);
    assert_true(r.statistic == 0 && r.p == 1);
    assert_int_equal(drift_chi_square_cramer(&s, true, &v), DRIFT_STATE_OK);
    assert_true(v == 0);
}

static void a_new_category(void **state)
{
    (void)state;
    struct drift_chi_square r;
    assert_int_equal(drift_chi_square_fit(&SIX, &r), DRIFT_STATE_OK);
    assert_true(isinf(r.statistic) && r.p == 0);
    assert_int_equal(drift_chi_square_contingency(&SIX, false, &r), DRIFT_STATE_OK);
    assert_true(isfinite(r.statistic) && r.p > 0 && r.p < 1);
}

static void a_side_without_rows(void **state)
{
    (void)state;
    static const uint64_t none[] = {0, 0}, some[] = {1, 2};
    const struct drift_distance_sides s = {some, none, 2}, back = {none, some, 2};
    struct drift_chi_square r = {.p = -1};
    uint64_t a[2], b[2];
    size_t n = 99;
    double v = -1;
    assert_int_equal(drift_chi_square_fit(&s, &r), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_chi_square_contingency(&back, false, &r), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_chi_square_cramer(&s, true, &v), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_chi_square_regroup(&s, a, b, &n), DRIFT_STATE_NO_CURRENT);
    assert_true(r.p == -1 && v == -1 && n == 99);
}

static void many_rows(void **state)
{
    (void)state;
    static const uint64_t a[] = {UINT64_C(1) << 53, UINT64_C(1) << 53}, b[] = {UINT64_C(1) << 53, UINT64_C(1) << 54};
    const struct drift_distance_sides s = {a, b, 2}, same = {a, a, 2};
    struct drift_chi_square r;
    double v;
    assert_int_equal(drift_chi_square_contingency(&s, false, &r), DRIFT_STATE_OK);
    assert_true(isfinite(r.statistic) && r.statistic > 1e14 && r.p == 0);
    assert_int_equal(drift_chi_square_contingency(&same, false, &r), DRIFT_STATE_OK);
    assert_true(r.statistic == 0 && r.p == 1);
    assert_int_equal(drift_chi_square_cramer(&s, true, &v), DRIFT_STATE_OK);
    assert_true(v > 0.1 && v < 0.2);
}

static void one_row_each(void **state)
{
    (void)state;
    static const uint64_t a[] = {1, 0}, b[] = {0, 1};
    const struct drift_distance_sides s = {a, b, 2};
    struct drift_chi_square r;
    double v;
    assert_int_equal(drift_chi_square_contingency(&s, false, &r), DRIFT_STATE_OK);
    assert_true(r.statistic == 0 && r.p == 1); /* Yates takes all of it */
    assert_int_equal(drift_chi_square_cramer(&s, true, &v), DRIFT_STATE_OK);
    assert_true(v >= 0 && v <= 1);
}

/* ---- regrouping ---- */

static void regrouped(const uint64_t *a, const uint64_t *b, size_t n, const uint64_t *want_a, const uint64_t *want_b,
                      size_t want)
{
    uint64_t reference[16], current[16];
    const struct drift_distance_sides s = {a, b, n};
    size_t got = 0;
    assert_int_equal(drift_chi_square_regroup(&s, reference, current, &got), DRIFT_STATE_OK);
    assert_int_equal(got, want);
    assert_memory_equal(reference, want_a, want * sizeof *want_a);
    assert_memory_equal(current, want_b, want * sizeof *want_b);
}

static void until_it_is_valid(void **state)
{
    (void)state;
    /* One of five may be small. */
    static const uint64_t one_a[] = {100, 100, 100, 100, 2}, one_b[] = {100, 100, 100, 100, 2};
    static const uint64_t one_c[] = {2, 100, 100, 100, 100}, one_d[] = {2, 100, 100, 100, 100};
    regrouped(one_a, one_b, 5, one_c, one_d, 5);
    /* Three small ones of six: 2 and 3 are 5, which is enough; then one of five is small. An unused category is none. */
    static const uint64_t a[] = {100, 2, 100, 3, 100, 4, 0}, b[] = {100, 2, 100, 3, 100, 4, 0};
    static const uint64_t c[] = {4, 5, 100, 100, 100}, d[] = {4, 5, 100, 100, 100};
    regrouped(a, b, 7, c, d, 5);
    /* A new category and one that is gone end in the same. */
    static const uint64_t e[] = {50, 50, 4, 0}, f[] = {50, 50, 0, 4};
    regrouped(e, f, 4, (uint64_t[]){50, 54}, (uint64_t[]){50, 54}, 2);
    /* Of two, both need ten. */
    regrouped((uint64_t[]){9, 50}, (uint64_t[]){9, 50}, 2, (uint64_t[]){59}, (uint64_t[]){59}, 1);
    regrouped((uint64_t[]){50, 10}, (uint64_t[]){50, 10}, 2, (uint64_t[]){10, 50}, (uint64_t[]){10, 50}, 2);
    /* The side with fewer rows counts. */
    regrouped((uint64_t[]){5000, 900}, (uint64_t[]){50, 9}, 2, (uint64_t[]){5900}, (uint64_t[]){59}, 1);
}

/* No row is lost, and what comes out is valid or one group. */
static void no_row_is_lost(void **state)
{
    (void)state;
    enum { K = 400 };
    uint64_t a[K], b[K], reference[K], current[K], seed = 12345, sums[4] = {0};
    for (size_t i = 0; i < K; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1;
        a[i] = (seed >> 33) % 40;
        b[i] = (seed >> 50) % 20;
        sums[0] += a[i];
        sums[1] += b[i];
    }
    const struct drift_distance_sides s = {a, b, K};
    size_t n, small = 0;
    assert_int_equal(drift_chi_square_regroup(&s, reference, current, &n), DRIFT_STATE_OK);
    double share = (double)sums[1] / (double)(sums[0] + sums[1]);
    for (size_t i = 0; i < n; i++) {
        sums[2] += reference[i];
        sums[3] += current[i];
        small += (double)(reference[i] + current[i]) * share < DRIFT_CHI_SQUARE_OF_MORE;
    }
    assert_true(sums[0] == sums[2] && sums[1] == sums[3] && n > 2 && n < K);
    assert_true(small * 5 <= n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),      cmocka_unit_test(as_scipy_and_evidently), cmocka_unit_test(one_category),
        cmocka_unit_test(a_new_category), cmocka_unit_test(a_side_without_rows),    cmocka_unit_test(many_rows),
        cmocka_unit_test(one_row_each),   cmocka_unit_test(until_it_is_valid),      cmocka_unit_test(no_row_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
