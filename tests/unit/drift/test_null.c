/* Tests of what distances come to without drift, of how often they pass their line then, and of what they do not miss. */
#include "drift/null.h"

#include "draws.h"
#include "drift/ks.h"
#include "drift/null_psi.h"
#include "numbers.h"
#include "random.h"
#include "tests/unit/unit.h"

#include <math.h>

enum { BINS = 10 };

static void close_to(double got, double want, double within)
{
    if (fabs(got - want) > within)
        fail_msg("%g instead of %g", got, want);
}

static void published(void **state)
{
    (void)state;
    close_to(drift_null_line(DRIFT_METHOD_PSI, 0.05, 10, 1000, 1000), 0.03384, 1e-5);
    close_to(drift_null_line(DRIFT_METHOD_PSI, 0.05, 10, 10000, 500), 0.0355, 5e-5);
    close_to(drift_null_line(DRIFT_METHOD_PSI, 0.05, 30, 1000, 1000), 0.0851, 5e-5);
    close_to(drift_null_line(DRIFT_METHOD_PSI, 0.05, 10, 500, 500), 0.0677, 5e-5);
    close_to(drift_null_line(DRIFT_METHOD_PSI, 0.001, 10, 500, 500), 0.1115, 5e-5);
    close_to(drift_null_line(DRIFT_METHOD_KS, 0.05, 10, 100, 100), 0.1921, 5e-5);
    assert_true(drift_null_line(DRIFT_METHOD_PSI, 0.001, 1, 500, 500) == 0);
    assert_true(drift_null_line(DRIFT_METHOD_KS_P, 0.001, 10, 500, 500) == 0);
}

/* ---- simulations ---- */

/* n rows of the normal law shifted by this, in its deciles. */
static void draw(uint64_t n, double shift, uint64_t counts[BINS], uint64_t *seed)
{
    static const double edges[BINS - 1] = {
        -1.2815515655446004, -0.8416212335729143, -0.5244005127080407, -0.2533471031357997, 0,
        0.2533471031357997,  0.5244005127080407,  0.8416212335729143,  1.2815515655446004};
    memset(counts, 0, BINS * sizeof *counts);
    for (uint64_t i = 0; i < n; i++) {
        double x = random_normal(seed) + shift;
        size_t bin = 0;
        while (bin < BINS - 1 && x >= edges[bin])
            bin++;
        counts[bin]++;
    }
}

/* The same without a shift, which needs no normal law. */
static void draw_even(uint64_t n, uint64_t counts[BINS], uint64_t *seed)
{
    memset(counts, 0, BINS * sizeof *counts);
    for (uint64_t i = 0; i < n; i++)
        counts[random_next(seed) % BINS]++;
}

struct drawn {
    double mean, over; /* PSI; share of windows above the line */
};

static struct drawn even_windows(uint64_t n, uint64_t m, double line, size_t windows)
{
    uint64_t reference[BINS], current[BINS], seed = n * 1000 + m;
    const struct drift_distance_sides s = {reference, current, BINS};
    struct drawn r = {0, 0};
    for (size_t i = 0; i < windows; i++) {
        double psi;
        draw_even(n, reference, &seed);
        draw_even(m, current, &seed);
        assert_int_equal(drift_distance_psi(&s, DRIFT_DISTANCE_EVIDENTLY, NULL, &psi), DRIFT_STATE_OK);
        r.mean += psi / (double)windows;
        r.over += (psi > line) / (double)windows;
    }
    return r;
}

static void mean_without_drift(void **state)
{
    (void)state;
    struct drawn r = even_windows(1000, 1000, drift_null_line(DRIFT_METHOD_PSI, 0.05, BINS, 1000, 1000), 3000);
    close_to(r.mean, (BINS - 1) * 2 / 1000.0, 0.0006);
    close_to(r.over, 0.05, 0.015);
}

/* At the lifted line no more than one in a thousand, with many rows by their law, with few by theirs. */
static void false_alarms_of_psi(void **state)
{
    (void)state;
    static const uint64_t rows[][2] = {{500, 500}, {1000, 60}, {1000, 100}, {2000, 200}, {200, 50}};
    static const uint64_t even[BINS] = {100, 100, 100, 100, 100, 100, 100, 100, 100, 100};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t n = rows[i][0], m = rows[i][1], reference[BINS];
        for (size_t k = 0; k < BINS; k++)
            reference[k] = even[k] * n / 1000;
        double line = drift_null_line(DRIFT_METHOD_PSI, 1e-4, BINS, n, m);
        if ((n < m ? n : m) < DRIFT_NULL_ROWS_IN_BIN * BINS)
            assert_int_equal(drift_null_psi(reference, BINS, m, 1e-4, &line), DRIFT_STATE_OK);
        line = fmax(0.1, line);
        double over = even_windows(n, m, line, 20000).over;
        print_message("n %3d m %3d: line %.4f, %g of windows over it\n", (int)n, (int)m, line, over);
        assert_true(over <= 1e-3);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { MOST = 1000 };

/* Rows of the normal law, or of its exponential, in order. */
static void draw_sample(size_t n, bool heavy, double shift, double *values, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++) {
        double x = random_normal(seed) + shift;
        values[i] = heavy ? exp(x) : x;
    }
    qsort(values, n, sizeof *values, by_value);
}

static void false_alarms_of_samples(void **state)
{
    (void)state;
    enum { WINDOWS = 4000 };
    double reference[MOST], current[MOST];
    uint64_t seed = 7;
    for (int heavy = 0; heavy < 2; heavy++) {
        size_t over_d = 0, over_p = 0, over_w = 0, n = 400, m = 100;
        for (size_t i = 0; i < WINDOWS; i++) {
            const struct drift_sample a = {reference, NULL, n}, b = {current, NULL, m};
            struct drift_sample_distance d;
            struct drift_ks ks;
            double line;
            draw_sample(n, heavy, 0, reference, &seed);
            draw_sample(m, heavy, 0, current, &seed);
            assert_int_equal(drift_sample_distance(&a, &b, &d), DRIFT_STATE_OK);
            assert_int_equal(drift_null_wasserstein(&a, 1e-3, m, &line), DRIFT_STATE_OK);
            over_w += d.wasserstein > line;
            over_d += d.d > drift_null_line(DRIFT_METHOD_KS, 1e-3, BINS, n, m);
            assert_int_equal(drift_ks_p(d.d, n, m, DRIFT_KS_ASYMPTOTIC, &ks), DRIFT_STATE_OK);
            over_p += ks.p <= 0.05;
        }
        print_message("%s: D %d, Wasserstein %d of %d over the line; p <= 0.05 in %d\n", heavy ? "heavy" : "normal",
                      (int)over_d, (int)over_w, WINDOWS, (int)over_p);
        assert_true(over_d <= 8 && over_w <= (heavy ? 24 : 8));
        assert_true(over_p > WINDOWS * 0.03 && over_p < WINDOWS * 0.06);
    }
}

/* By the line of 500 rows a side nine of ten shifts by a half are seen, and all by one; p sees a quarter with many rows. */
static void shifts_are_seen(void **state)
{
    (void)state;
    enum { WINDOWS = 300 };
    uint64_t reference[BINS], current[BINS], seed = 11;
    const struct drift_distance_sides s = {reference, current, BINS};
    double line = fmax(0.1, drift_null_line(DRIFT_METHOD_PSI, 1e-4, BINS, 500, 500)), sum = 0;
    size_t half = 0, one = 0;
    for (size_t i = 0; i < WINDOWS; i++) {
        double psi;
        draw(500, 0, reference, &seed);
        draw(500, 0.5, current, &seed);
        assert_int_equal(drift_distance_psi(&s, DRIFT_DISTANCE_EVIDENTLY, NULL, &psi), DRIFT_STATE_OK);
        half += psi > line;
        sum += psi / WINDOWS;
        draw(500, 1, current, &seed);
        assert_int_equal(drift_distance_psi(&s, DRIFT_DISTANCE_EVIDENTLY, NULL, &psi), DRIFT_STATE_OK);
        one += psi > line;
    }
    /* what there is, and what there is without drift */
    close_to(sum, 0.237749 + (BINS - 1) * 2 / 500.0, 0.03);
    print_message("line %.4f: shift by a half seen in %d, by one in %d of %d\n", line, (int)half, (int)one, WINDOWS);
    assert_true(half >= WINDOWS * 9 / 10 && one == WINDOWS);
}

static void shifts_are_seen_by_d(void **state)
{
    (void)state;
    enum { WINDOWS = 200 };
    double reference[MOST], current[MOST], sum = 0;
    uint64_t seed = 12;
    size_t seen = 0;
    for (size_t i = 0; i < WINDOWS; i++) {
        const struct drift_sample a = {reference, NULL, MOST}, b = {current, NULL, MOST};
        struct drift_sample_distance d;
        draw_sample(MOST, false, 0, reference, &seed);
        draw_sample(MOST, false, 0.5, current, &seed);
        assert_int_equal(drift_sample_distance(&a, &b, &d), DRIFT_STATE_OK);
        seen += d.d > drift_null_line(DRIFT_METHOD_KS, 1e-4, BINS, MOST, MOST);
        sum += d.wasserstein / WINDOWS;
    }
    close_to(sum, 0.5, 0.02);
    assert_true(seen == WINDOWS);
}

/* ---- drawing ---- */

/* With many rows the drawn line is the law's, for each method of counts; the bounds are above it. */
static void drawn_is_as_the_law(void **state)
{
    (void)state;
    static const uint64_t reference[] = {4000, 3000, 2000, 1000, 0, 6000};
    static const struct {
        enum drift_method_id id;
        bool bound;
    } methods[] = {{DRIFT_METHOD_PSI, false},
                   {DRIFT_METHOD_JS, false},
                   {DRIFT_METHOD_HELLINGER, false},
                   {DRIFT_METHOD_CRAMER_V, false},
                   {DRIFT_METHOD_TOTAL_VARIATION, true},
                   {DRIFT_METHOD_L_INFINITY, true}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        enum { WINDOWS = 20000 };
        double law = drift_null_line(methods[i].id, 0.01, 5, 16000, 3000);
        double *values = draws_make(methods[i].id, reference, 6, 3000, WINDOWS), drawn = values[WINDOWS * 99 / 100];
        free(values);
        assert_true(drawn < law * 1.05 && drawn > law * (methods[i].bound ? 0.5 : 0.95));
    }
}

/* Few rows a bin, empty ones among them: how often windows pass the line. */
static void few_rows_a_bin(void **state)
{
    (void)state;
    enum { WINDOWS = 50000 };
    static const struct {
        uint64_t reference[BINS], m;
    } cases[] = {{{50, 50, 50, 50, 50, 50, 50, 50, 50, 50}, 500},
                 {{100, 100, 100, 100, 100, 100, 100, 100, 100, 100}, 60},
                 {{20, 20, 20, 20, 20, 20, 20, 20, 20, 20}, 50},
                 {{30, 30, 30, 30, 30, 30, 30, 30, 30, 30}, 5000},
                 {{4000, 3000, 2000, 1000, 50, 10}, 1000},
                 {{4000, 3000, 2000, 1000, 50, 10}, 100},
                 {{500, 250, 120, 60, 30, 15, 8, 4, 2, 1}, 200},
                 {{990, 10}, 1000},
                 {{20000, 10000, 3, 1}, 30000},
                 {{95, 3, 1, 1}, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const struct {
            double tail, most;
        } tails[] = {{0.05, 0.06}, {1e-3, 2.2e-3}, {1e-4, 4e-4}};
        double *values = draws_make(DRIFT_METHOD_PSI, cases[i].reference, BINS, cases[i].m, WINDOWS);
        for (size_t k = 0; k < sizeof tails / sizeof *tails; k++) {
            double line;
            assert_int_equal(drift_null_psi(cases[i].reference, BINS, cases[i].m, tails[k].tail, &line),
                             DRIFT_STATE_OK);
            double over = draws_over(values, WINDOWS, line);
            print_message("%d: tail %g, line %.4f, %g of windows over it\n", (int)i, tails[k].tail, line, over);
            assert_true(over <= tails[k].most);
            /* nor is it much above where it should be */
            assert_true(line <= 2 * values[(size_t)((1 - tails[k].tail) * WINDOWS) - 1] + 1e-9);
        }
        free(values);
    }
}

static void edges(void **state)
{
    (void)state;
    static const uint64_t none[] = {0, 0}, one[] = {5, 0}, huge[] = {UINT64_C(1) << 53, UINT64_C(1) << 53};
    static const double values[] = {3, 3, 3}, few[] = {1};
    const struct drift_sample nothing = {NULL, NULL, 0}, constant = {values, NULL, 3}, single = {few, NULL, 1};
    double line = -1;
    assert_int_equal(drift_null_psi(none, 2, 5, 0.01, &line), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_null_psi(NULL, 0, 5, 0.01, &line), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_null_psi(one, 2, 0, 0.01, &line), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_null_wasserstein(&nothing, 0.01, 5, &line), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_null_wasserstein(&constant, 0.01, 0, &line), DRIFT_STATE_NO_CURRENT);
    assert_true(line == -1);
    assert_int_equal(drift_null_psi(one, 2, 5, 0.01, &line), DRIFT_STATE_OK);
    assert_true(line == 0);
    assert_int_equal(drift_null_psi(huge, 2, UINT64_C(1) << 53, 0.01, &line), DRIFT_STATE_OK);
    assert_true(line >= 0 && line < 1e-12);
    assert_int_equal(drift_null_wasserstein(&constant, 0.01, 5, &line), DRIFT_STATE_OK);
    assert_true(line == 0);
    assert_int_equal(drift_null_wasserstein(&single, 0.01, 5, &line), DRIFT_STATE_OK);
    assert_true(line == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),
        cmocka_unit_test(mean_without_drift),
        cmocka_unit_test(false_alarms_of_psi),
        cmocka_unit_test(false_alarms_of_samples),
        cmocka_unit_test(shifts_are_seen),
        cmocka_unit_test(shifts_are_seen_by_d),
        cmocka_unit_test(drawn_is_as_the_law),
        cmocka_unit_test(few_rows_a_bin),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
