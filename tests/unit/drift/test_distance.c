/* Tests of the distances of counts against published values, Evidently's and scipy's, and at the edges. */
#include "drift/distance.h"

#include "numbers.h"
#include "tests/unit/unit.h"

#include <math.h>

static const uint64_t V1_REFERENCE[] = {120, 300, 280, 200, 100, 0}, V1_CURRENT[] = {90, 240, 300, 220, 140, 10};
static const struct drift_distance_sides V1 = {V1_REFERENCE, V1_CURRENT, 6};

static double psi_of(const struct drift_distance_sides *s, enum drift_distance_empty rule)
{
    double v = NAN;
    assert_int_equal(drift_distance_psi(s, rule, NULL, &v), DRIFT_STATE_OK);
    return v;
}

static double kl_of(const struct drift_distance_sides *s, bool scaled)
{
    double v = NAN;
    assert_int_equal(drift_distance_kl(s, DRIFT_DISTANCE_EVIDENTLY, scaled, &v), DRIFT_STATE_OK);
    return v;
}

/* Of a function that takes sides and says one number. */
static double number_of(enum drift_state (*ask)(const struct drift_distance_sides *, double *),
                        const struct drift_distance_sides *s)
{
    double v = NAN;
    assert_int_equal(ask(s, &v), DRIFT_STATE_OK);
    return v;
}

static double js_of(const struct drift_distance_sides *s, enum drift_distance_base base, bool divergence)
{
    double v = NAN;
    assert_int_equal(divergence ? drift_distance_js_divergence(s, base, &v) : drift_distance_js(s, base, &v),
                     DRIFT_STATE_OK);
    return v;
}

static void close_to(double got, double want)
{
    numbers_close(got, want, 1e-8, NULL); /* ten places were published */
}

static void psi_by_convention(void **state)
{
    (void)state;
    static const double want[] = {.00863046, .01338861, .00137986, .0019062, .01345889, .04559118};
    double terms[6], psi;
    close_to(psi_of(&V1, DRIFT_DISTANCE_EVIDENTLY), 0.0843552106);
    close_to(psi_of(&V1, DRIFT_DISTANCE_CLIP), 0.0387640257);
    close_to(psi_of(&V1, DRIFT_DISTANCE_SKIP), 0.0387640257);
    close_to(psi_of(&V1, DRIFT_DISTANCE_LAPLACE_HALF), 0.0688724041);
    close_to(psi_of(&V1, DRIFT_DISTANCE_LAPLACE), 0.0621108613);
    assert_true(isinf(psi_of(&V1, DRIFT_DISTANCE_AS_IS)));
    assert_int_equal(drift_distance_psi(&V1, DRIFT_DISTANCE_EVIDENTLY, terms, &psi), DRIFT_STATE_OK);
    for (size_t i = 0; i < 6; i++)
        assert_true(fabs(terms[i] - want[i]) < 6e-9);
}

static void others_of_the_same_counts(void **state)
{
    (void)state;
    const struct drift_distance_sides back = {V1_CURRENT, V1_REFERENCE, 6};
    close_to(kl_of(&V1, true), 0.0288742410);
    close_to(kl_of(&V1, false), 0.0289771334);
    close_to(kl_of(&back, true), 0.0554780722);
    close_to(js_of(&V1, DRIFT_DISTANCE_NAT, true), 0.0082960550);
    close_to(js_of(&V1, DRIFT_DISTANCE_TWO, true), 0.0119686774);
    close_to(js_of(&V1, DRIFT_DISTANCE_NAT, false), 0.0910826820);
    close_to(js_of(&V1, DRIFT_DISTANCE_TWO, false), 0.1094014506);
    close_to(number_of(drift_distance_hellinger, &V1), 0.0991861584);
    close_to(number_of(drift_distance_total_variation, &V1), 0.09);
    close_to(number_of(drift_distance_l_infinity, &V1), 0.06);
}

/* 0.1, 0.2, …, 10 and 0.61, 0.72, …, 9.3 in nine equal bins over both, and in deciles of the first. */
static void of_bins_of_samples(void **state)
{
    (void)state;
    static const uint64_t a[] = {12, 11, 11, 10, 11, 11, 12, 10, 12}, b[] = {6, 10, 10, 10, 10, 10, 10, 10, 4};
    static const uint64_t tenth[] = {10, 10, 10, 10, 10, 10, 10, 10, 10, 10}, of_b[] = {5, 9, 9, 9, 9, 9, 9, 9, 9, 3};
    const struct drift_distance_sides equal = {a, b, 9}, deciles = {tenth, of_b, 10};
    close_to(psi_of(&equal, DRIFT_DISTANCE_EVIDENTLY), 0.1014642648);
    close_to(js_of(&equal, DRIFT_DISTANCE_NAT, false), 0.1114441374);
    close_to(kl_of(&equal, true), 0.0556826509);
    close_to(psi_of(&deciles, DRIFT_DISTANCE_EVIDENTLY), 0.0907052680);
}

/* ---- the normal law in deciles ---- */

enum { BINS = 10 };
static const double ROWS = 0x1p52; /* so many that rounding to whole rows is nothing */

static double normal(double x)
{
    return erfc(-x * M_SQRT1_2) / 2;
}

static void fill(double shift, double scale, uint64_t counts[BINS])
{
    static const double edges[BINS - 1] = {
        -1.2815515655446004, -0.8416212335729143, -0.5244005127080407, -0.2533471031357997, 0,
        0.2533471031357997,  0.5244005127080407,  0.8416212335729143,  1.2815515655446004};
    double last = 0;
    for (int i = 0; i < BINS; i++) {
        double next = i < BINS - 1 ? normal((edges[i] - shift) / scale) : 1;
        counts[i] = (uint64_t)((next - last) * ROWS);
        last = next;
    }
}

static double psi_of_normals(double shift, double scale)
{
    uint64_t reference[BINS], current[BINS];
    const struct drift_distance_sides s = {reference, current, BINS};
    fill(0, 1, reference);
    fill(shift, scale, current);
    return psi_of(&s, DRIFT_DISTANCE_EVIDENTLY);
}

static void normals_in_deciles(void **state)
{
    (void)state;
    static const double shifts[][2] = {{0.1, 0.009587}, {0.2, 0.038311}, {0.25, 0.059816},
                                       {0.3, 0.086055}, {0.5, 0.237749}, {1, 0.926142},
                                       {0.3235, 0.1},   {0.4583, 0.2},   {0.5128, 0.25}};
    static const double scales[][2] = {{1.25, 0.063755}, {1.5, 0.193543}, {2, 0.490754}};
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++)
        assert_true(fabs(psi_of_normals(shifts[i][0], 1) - shifts[i][1]) < (i < 6 ? 6e-7 : 6e-5));
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        assert_true(fabs(psi_of_normals(0, scales[i][0]) - scales[i][1]) < 6e-7);
}

/* ---- as others have it ---- */

static void see(const struct numbers *line)
{
    uint64_t reference[NUMBERS_MAX], current[NUMBERS_MAX];
    size_t at = 0, n = numbers_count(line, &at);
    const struct drift_distance_sides s = {reference, current, n};
    numbers_counts(line, &at, n, reference);
    numbers_counts(line, &at, n, current);
    double want = line->values[at];
    if (strcmp(line->kind, "evidently_psi") == 0)
        numbers_close(psi_of(&s, DRIFT_DISTANCE_EVIDENTLY), want, 1e-9, line);
    else if (strcmp(line->kind, "evidently_kl") == 0)
        numbers_close(kl_of(&s, true), want, 1e-9, line);
    else if (strcmp(line->kind, "evidently_js") == 0)
        numbers_close(js_of(&s, DRIFT_DISTANCE_NAT, false), want, 1e-9, line);
    else if (strcmp(line->kind, "js_two") == 0)
        numbers_close(js_of(&s, DRIFT_DISTANCE_TWO, false), want, 1e-9, line);
    else if (strcmp(line->kind, "hellinger") == 0)
        numbers_close(number_of(drift_distance_hellinger, &s), want, 1e-9, line);
}

static void as_evidently_and_scipy(void **state)
{
    (void)state;
    numbers_each("counts.txt", see);
}

/* ---- edges ---- */

static void all_of(const struct drift_distance_sides *s, double values[8])
{
    for (size_t i = 0; i < 3; i++)
        values[i] = psi_of(s, (enum drift_distance_empty)i);
    values[3] = kl_of(s, true);
    values[4] = js_of(s, DRIFT_DISTANCE_NAT, false);
    values[5] = number_of(drift_distance_hellinger, s);
    values[6] = number_of(drift_distance_total_variation, s);
    values[7] = number_of(drift_distance_l_infinity, s);
}

static void nothing_differs(void **state)
{
    (void)state;
    static const uint64_t one[] = {7}, spread[] = {3, 0, 5, 0}, twice[] = {6, 0, 10, 0};
    static const uint64_t huge[] = {UINT64_C(1) << 53, UINT64_C(1) << 53, UINT64_C(3) << 53};
    const struct drift_distance_sides same[] = {{one, one, 1}, {spread, twice, 4}, {huge, huge, 3}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        double values[8];
        all_of(&same[i], values);
        for (size_t k = 0; k < 8; k++)
            if (k != 2 || i != 1) /* with a half row more in each bin 3 : 5 and 6 : 10 do differ */
                assert_true(fabs(values[k]) < 1e-15);
    }
}

static void a_side_without_rows(void **state)
{
    (void)state;
    static const uint64_t none[] = {0, 0, 0}, some[] = {1, 2, 3};
    const struct drift_distance_sides no_current = {some, none, 3}, no_reference = {none, some, 3},
                                      no_bins = {NULL, NULL, 0};
    double v = -1, terms[3] = {-1, -1, -1};
    assert_int_equal(drift_distance_psi(&no_current, DRIFT_DISTANCE_EVIDENTLY, terms, &v), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_distance_kl(&no_reference, DRIFT_DISTANCE_EVIDENTLY, true, &v), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_distance_js(&no_reference, DRIFT_DISTANCE_NAT, &v), DRIFT_STATE_NO_REFERENCE);
    assert_int_equal(drift_distance_js_divergence(&no_current, DRIFT_DISTANCE_NAT, &v), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_distance_hellinger(&no_current, &v), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_distance_total_variation(&no_current, &v), DRIFT_STATE_NO_CURRENT);
    assert_int_equal(drift_distance_l_infinity(&no_bins, &v), DRIFT_STATE_NO_REFERENCE);
    assert_true(v == -1 && terms[0] == -1);
}

static void nothing_in_common(void **state)
{
    (void)state;
    static const uint64_t left[] = {5, 0}, right[] = {0, 9};
    const struct drift_distance_sides s = {left, right, 2};
    close_to(js_of(&s, DRIFT_DISTANCE_TWO, true), 1);
    close_to(number_of(drift_distance_hellinger, &s), 1);
    close_to(number_of(drift_distance_total_variation, &s), 1);
    close_to(number_of(drift_distance_l_infinity, &s), 1);
    close_to(psi_of(&s, DRIFT_DISTANCE_EVIDENTLY), 2 * (1 - 1e-4) * log(1e4));
    assert_true(psi_of(&s, DRIFT_DISTANCE_SKIP) == 0);
}

/* A level of one row in a million adds next to nothing to PSI: why it has an alarm of its own. */
static void one_row_is_not_seen(void **state)
{
    (void)state;
    static const uint64_t reference[] = {500000, 500000, 0}, current[] = {500000, 499999, 1};
    const struct drift_distance_sides s = {reference, current, 3};
    assert_true(fabs(psi_of(&s, DRIFT_DISTANCE_EVIDENTLY) - (1e-4 - 1e-6) * log(100)) < 1e-8);
}

/* Symmetric ones are, and the order of bins is nothing. */
static void symmetric(void **state)
{
    (void)state;
    const struct drift_distance_sides back = {V1_CURRENT, V1_REFERENCE, 6};
    uint64_t reference[6], current[6];
    const struct drift_distance_sides turned = {reference, current, 6};
    double a[8], b[8], c[8];
    for (size_t i = 0; i < 6; i++) {
        reference[i] = V1_REFERENCE[(i + 2) % 6];
        current[i] = V1_CURRENT[(i + 2) % 6];
    }
    all_of(&V1, a);
    all_of(&back, b);
    all_of(&turned, c);
    for (size_t k = 0; k < 8; k++) {
        assert_true(k == 3 || fabs(a[k] - b[k]) < 1e-15);
        assert_true(fabs(a[k] - c[k]) < 1e-15);
    }
}

static void totals(void **state)
{
    (void)state;
    static const uint64_t a[] = {1, 0, 4, 0}, b[] = {0, 0, 2, 3};
    const struct drift_distance_sides s = {a, b, 4};
    struct drift_distance_total t;
    assert_int_equal(drift_distance_total(&s, &t), DRIFT_STATE_OK);
    assert_true(t.reference == 5 && t.current == 5 && t.bins == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(psi_by_convention),
        cmocka_unit_test(others_of_the_same_counts),
        cmocka_unit_test(of_bins_of_samples),
        cmocka_unit_test(normals_in_deciles),
        cmocka_unit_test(as_evidently_and_scipy),
        cmocka_unit_test(nothing_differs),
        cmocka_unit_test(a_side_without_rows),
        cmocka_unit_test(nothing_in_common),
        cmocka_unit_test(one_row_is_not_seen),
        cmocka_unit_test(symmetric),
        cmocka_unit_test(totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
