/* Packed cells: every value comes back, whatever is set in which order, and how few bytes that takes. */
#include "tests/unit/unit.h"

#include "table/packed.h"

#include <math.h>

enum { MOST = 41 };

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static int64_t draw_bits(uint64_t *state)
{
    uint64_t bits = draw(state) << 33 ^ draw(state) << 2 ^ draw(state);
    unsigned shift = (unsigned)(draw(state) % 64);
    return (int64_t)(draw(state) % 3 ? bits >> shift : bits << shift);
}

static struct slab slab;

/* Against an array of plain values: sets, columns that come and go, marks that age. */
static void all_values_come_back(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int run = 0; run < 200; run++) {
        struct value plain[MOST] = {{.quality = QUALITY_UNKNOWN}};
        struct packed p;
        size_t n = 1 + draw(&seed) % (MOST - 9);
        packed_init(&p, &slab, n);
        for (int step = 0; step < 200; step++) {
            size_t c = draw(&seed) % n;
            plain[c] = (struct value){.quality = (enum quality)(draw(&seed) % 6)};
            if (plain[c].quality)
                plain[c].i = draw_bits(&seed);
            packed_set(&p, &slab, n, c, c % 3 == 0, plain[c]);
            if (step == 100) {
                packed_resize(&p, &slab, n, n + 9);
                for (size_t i = n; i < n + 9; i++)
                    plain[i] = value_unknown();
                n += 9;
            }
            for (size_t i = 0; i < n; i++) {
                struct value v = packed_get(&p, n, i, i % 3 == 0);
                assert_int_equal(v.quality, plain[i].quality);
                assert_int_equal(v.i, plain[i].i);
                assert_int_equal(packed_quality(&p, i), plain[i].quality);
            }
        }
        packed_done(&p, &slab, n);
    }
}

static void extremes_come_back(void **state)
{
    (void)state;
    static const int64_t extremes[] = {0,         1,        -1, 63, 64, -64, -65, INT64_MAX, INT64_MIN, INT64_MAX / 2,
                                       1LL << 47, 1LL << 48};
    static const double reals[] = {0.0, -0.0, 1.0, 0.1, INFINITY, -INFINITY, NAN, 5e-324};
    struct packed p;
    packed_init(&p, &slab, 2);
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
        packed_set(&p, &slab, 2, 0, false, value_int(extremes[i]));
        assert_int_equal(packed_get(&p, 2, 0, false).i, extremes[i]);
    }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        struct value v = value_real(reals[i]);
        packed_set(&p, &slab, 2, 1, true, v);
        assert_int_equal(packed_get(&p, 2, 1, true).i, v.i); /* by their bits */
        assert_int_equal(packed_get(&p, 2, 0, false).i, extremes[11]);
    }
    packed_done(&p, &slab, 2);
}

static void columns_are_cut_out(void **state)
{
    (void)state;
    struct packed p;
    packed_init(&p, &slab, 20);
    for (size_t i = 0; i < 20; i++)
        packed_set(&p, &slab, 20, i, false, value_int((int64_t)i * 1000));
    for (size_t i = 5; i < 12; i++)
        packed_set(&p, &slab, 20, i, false, value_unknown());
    packed_cut(&p, &slab, 20, 5, 7);
    for (size_t i = 0; i < 13; i++)
        assert_int_equal(packed_get(&p, 13, i, false).i, (int64_t)(i < 5 ? i : i + 7) * 1000);
    packed_done(&p, &slab, 13);
}

static void marks_age(void **state)
{
    (void)state;
    struct packed p;
    packed_init(&p, &slab, 10);
    packed_mark(&p, 9);
    packed_age(&p, 10);
    packed_mark(&p, 3);
    packed_set(&p, &slab, 10, 3, false, value_int(77)); /* leaves marks as they are */
    assert_true(packed_any_marked(&p, 10));
    assert_int_equal(packed_marked(&p, 9), PACKED_BEFORE);
    assert_int_equal(packed_marked(&p, 3), PACKED_NOW);
    assert_int_equal(packed_marked(&p, 0), PACKED_OLD);
    packed_age(&p, 10);
    assert_false(packed_any_marked(&p, 10));
    packed_age(&p, 10);
    assert_int_equal(packed_marked(&p, 9), PACKED_OLD);
    assert_int_equal(packed_marked(&p, 3), PACKED_OLD);
    assert_int_equal(packed_get(&p, 10, 3, false).i, 77);
    packed_done(&p, &slab, 10);
}

/* What 40 columns cost: the limits that the size of the collector rests on. */
static void few_bytes(void **state)
{
    (void)state;
    struct packed p;
    packed_init(&p, &slab, 40);
    assert_true(packed_size(&p, 40) <= 40);
    for (size_t i = 0; i < 20; i++)
        packed_set(&p, &slab, 40, i, false, value_int(0));
    assert_true(packed_size(&p, 40) <= 40); /* a zero costs nothing */
    packed_set(&p, &slab, 40, 20, true, value_real(2.5));
    packed_set(&p, &slab, 40, 21, true, value_real(INFINITY));
    packed_set(&p, &slab, 40, 22, false, value_int(-63));
    packed_set(&p, &slab, 40, 23, false, value_int(1700000000000));
    assert_true(packed_size(&p, 40) <= 40 + 16); /* 2 + 2 + 1 + 6, rounded up */
    for (size_t i = 0; i < 40; i++)
        packed_set(&p, &slab, 40, i, true, value_real(1 / 3.0));
    assert_true(packed_size(&p, 40) <= 40 + 40 * 8);
    for (size_t i = 0; i < 40; i++)
        packed_set(&p, &slab, 40, i, true, value_unknown());
    assert_true(packed_size(&p, 40) <= 40); /* and is given back */
    packed_done(&p, &slab, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_values_come_back),
        cmocka_unit_test(extremes_come_back),
        cmocka_unit_test(columns_are_cut_out),
        cmocka_unit_test(marks_age),
        cmocka_unit_test(few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
