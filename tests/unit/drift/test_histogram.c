/* Counts over frozen edges: against the definition, against numpy's, and merged. */
#include "tests/unit/unit.h"

#include "drift/histogram.h"
#include "random.h"

#include <float.h>

enum { N = 20000 };

static double *sample(uint64_t seed, bool odd)
{
    double *x = calloc(N, sizeof *x);
    static const double strange[] = {NAN,     INFINITY, -INFINITY, 0.0, -0.0,
                                     DBL_MAX, -DBL_MAX, 5e-324,    3,   3.0000000000000004};
    for (int i = 0; i < N; i++)
        x[i] = odd && random_next(&seed) % 50 == 0 ? strange[random_next(&seed) % 10] : 3 + 1.5 * random_normal(&seed);
    return x;
}

static void check(const struct drift_histogram *h, const double *x, size_t n, uint64_t null)
{
    const struct drift_edges *e = h->edges;
    struct drift_histogram want = {0};
    uint64_t counts[DRIFT_EDGES_BINS] = {0};
    for (size_t i = 0; i < n; i++) {
        want.nan += isnan(x[i]) != 0;
        want.pos_inf += x[i] == INFINITY;
        want.neg_inf += x[i] == -INFINITY;
        if (!isfinite(x[i]))
            continue;
        want.finite++;
        want.zero += x[i] == 0;
        want.below += x[i] < e->edges[0];
        want.above += x[i] > e->edges[e->bins];
        int bin = drift_edges_bin(e, x[i]);
        if (bin >= 0)
            counts[bin]++;
    }
    assert_int_equal(h->nan, want.nan);
    assert_int_equal(h->pos_inf, want.pos_inf);
    assert_int_equal(h->neg_inf, want.neg_inf);
    assert_int_equal(h->finite, want.finite);
    assert_int_equal(h->zero, want.zero);
    assert_int_equal(h->below, want.below);
    assert_int_equal(h->above, want.above);
    assert_int_equal(h->null, null);
    assert_int_equal(drift_histogram_rows(h), n + null);
    for (size_t b = 0; b < e->bins; b++)
        assert_int_equal(h->counts[b], counts[b]);
}

static void every_value_is_counted_where_the_edges_say(void **state)
{
    (void)state;
    static const size_t bins[] = {1, 2, 3, 10, 30, 64, 256, 1024};
    for (int odd = 0; odd < 2; odd++) {
        double *x = sample(7, odd);
        for (size_t b = 0; b < sizeof bins / sizeof *bins; b++)
            for (int open = 0; open < 3; open++) {
                double edges[DRIFT_EDGES_BINS + 1];
                for (size_t i = 0; i <= bins[b]; i++) /* equal widths, or so uneven that no grid can help */
                    edges[i] = open < 2 ? -1 + 7.0 * (double)i / (double)bins[b]
                                        : 3 + 1e-9 * exp((double)i * 20 / (double)bins[b]);
                struct drift_edges *e;
                assert_int_equal(drift_edges_new(&e, edges, bins[b], open, NULL), 0);
                struct drift_histogram h;
                drift_histogram_init(&h, e);
                drift_histogram_add(&h, x, N);
                drift_histogram_null(&h, 12);
                check(&h, x, N, 12);
                drift_histogram_clear(&h);
                size_t at = 0;
                for (size_t step = 1; at + step <= N; at += step, step += 7) /* pieces of every length */
                    drift_histogram_add(&h, x + at, step);
                check(&h, x, at, 0);
                assert_int_equal(drift_histogram_bytes(&h), sizeof h + 8 * bins[b]);
                drift_histogram_done(&h);
                drift_edges_free(e);
            }
        free(x);
    }
}

/* Two samples over nine bins of both together, and over the deciles of the first: counts that numpy gives. */
static void counts_are_numpys(void **state)
{
    (void)state;
    double a[100], b[80];
    for (int i = 0; i < 100; i++)
        a[i] = (i + 1) / 10.0;
    for (int j = 0; j < 80; j++)
        b[j] = 0.11 * (j + 1) + 0.5;
    static const uint64_t sturges_a[] = {12, 11, 11, 10, 11, 11, 12, 10, 12},
                          sturges_b[] = {6, 10, 10, 10, 10, 10, 10, 10, 4};
    static const uint64_t deciles_b[] = {5, 9, 9, 9, 9, 9, 9, 9, 9, 3};
    struct drift_edges *e;
    assert_int_equal(drift_edges_sturges(&e, 0.1, 10, 180, NULL), 0);
    struct drift_histogram ha, hb;
    drift_histogram_init(&ha, e);
    drift_histogram_init(&hb, e);
    drift_histogram_add(&ha, a, 100);
    drift_histogram_add(&hb, b, 80);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(ha.counts[i], sturges_a[i]);
        assert_int_equal(hb.counts[i], sturges_b[i]);
    }
    drift_histogram_done(&ha);
    drift_histogram_done(&hb);
    drift_edges_free(e);
    assert_int_equal(drift_edges_quantiles(&e, a, 100, 10, NULL), 0);
    drift_histogram_init(&ha, e);
    drift_histogram_init(&hb, e);
    drift_histogram_add(&ha, a, 100);
    drift_histogram_add(&hb, b, 80);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(ha.counts[i], 10);
        assert_int_equal(hb.counts[i], deciles_b[i]);
    }
    drift_histogram_done(&ha);
    drift_histogram_done(&hb);
    drift_edges_free(e);
}

static void the_parts_merged_are_the_whole(void **state)
{
    (void)state;
    double *x = sample(11, true);
    struct drift_edges *e, *same, *other;
    assert_int_equal(drift_edges_quantiles(&e, x, N, 10, NULL), 0);
    assert_int_equal(drift_edges_quantiles(&same, x, N, 10, NULL), 0);
    assert_int_equal(drift_edges_quantiles(&other, x, N, 9, NULL), 0);
    struct drift_histogram a, b, c;
    drift_histogram_init(&a, e);
    drift_histogram_init(&b, same);
    drift_histogram_init(&c, other);
    drift_histogram_add(&b, x, 700);
    drift_histogram_add(&a, x + 700, N - 700);
    drift_histogram_null(&b, 3);
    assert_int_equal(drift_histogram_merge(&a, &b, NULL), 0);
    check(&a, x, N, 3);
    assert_int_equal(drift_histogram_merge(&a, &c, NULL), ERR_INVALID);
    drift_histogram_done(&a);
    drift_histogram_done(&b);
    drift_histogram_done(&c);
    drift_edges_free(e);
    drift_edges_free(same);
    drift_edges_free(other);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_counted_where_the_edges_say),
        cmocka_unit_test(counts_are_numpys),
        cmocka_unit_test(the_parts_merged_are_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
