/* Tests of fields of shaded cells. */
#include "ui/heat.h"

#include "base/str.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void assert_row(const struct cells *c, int y, const char *expected)
{
    struct str s = {0};
    cells_row_text(c, y, &s);
    assert_string_equal(str_text(&s), expected);
    str_done(&s);
}

/* Two lines: the lower one has all at first, then less and less of each column. */
static const double field[2][6] = {{4, 95, 50, 10, 0, NAN}, {0, 5, 50, 90, 0, NAN}};

static struct heat of(bool share)
{
    struct heat h = {.values = field[0], .lines = 2, .columns = 6, .share = share};
    heat_measure(&h);
    return h;
}

static void test_shares(void **state)
{
    (void)state;
    struct heat h = of(true);
    struct cells c;
    cells_init(&c, 8, 3, false);
    heat_draw(&h, &c, (struct rect){1, 1, 6, 2}, GRAPH_BRAILLE);
    assert_row(&c, 0, "");
    assert_row(&c, 1, "  ▒██ ·"); /* 0, 5 %, 50 %, 90 %, nothing at all, not known */
    assert_row(&c, 2, " ███▒ ·");
    assert_int_equal(cells_at(&c, 2, 2)->role, ROLE_CHART);
    assert_int_equal(cells_at(&c, 6, 2)->role, ROLE_DIM);
    cells_done(&c);
}

static void test_counts(void **state)
{
    (void)state;
    struct heat h = of(false);
    struct cells c;
    assert_true(h.all == 95);
    cells_init(&c, 6, 2, true);
    heat_draw(&h, &c, (struct rect){0, 0, 6, 2}, GRAPH_BRAILLE);
    assert_row(&c, 0, " o## ?"); /* against 95: 5 is more than a 27th, 50 more than a third */
    assert_row(&c, 1, "o##o ?");
    cells_done(&c);
    assert_int_equal(heat_shade(&h, 0, 0), 2);
    assert_int_equal(heat_shade(&h, 1, 0), 0);
    assert_int_equal(heat_shade(&h, 0, 5), HEAT_UNKNOWN);
}

/* More columns or lines than the box has: the latest, the lowest; fewer stand at the right edge. */
static void test_fits(void **state)
{
    (void)state;
    struct heat h = of(true);
    struct cells c;
    cells_init(&c, 10, 2, false);
    heat_draw(&h, &c, (struct rect){0, 0, 3, 1}, GRAPH_BLOCK);
    assert_row(&c, 0, "▒ ·");
    assert_row(&c, 1, "");
    heat_draw(&h, &c, (struct rect){0, 0, 10, 2}, GRAPH_ASCII);
    assert_row(&c, 0, "     o## ?");
    assert_row(&c, 1, "    ###o ?");
    cells_done(&c);
}

/* Nothing is known, or all is 0, or something is no number: still a picture; boxes may be anywhere. */
static void test_odd(void **state)
{
    (void)state;
    const double odd[4] = {NAN, INFINITY, -3, 0};
    struct cells c;
    cells_init(&c, 4, 2, false);
    struct heat h = {.values = odd, .lines = 1, .columns = 4};
    heat_measure(&h);
    assert_true(h.all == 0);
    for (int share = 0; share < 2; share++) {
        h.share = share;
        heat_draw(&h, &c, (struct rect){0, 0, 4, 1}, GRAPH_BRAILLE);
        assert_row(&c, 0, share ? "·█" : "·");
    }
    heat_draw(&h, &c, (struct rect){-2, -1, 40, 9}, GRAPH_BRAILLE);
    heat_draw(&h, &c, (struct rect){0, 0, 0, 3}, GRAPH_BRAILLE);
    heat_draw(&h, &c, (struct rect){0, 0, 3, -1}, GRAPH_BRAILLE);
    h = (struct heat){0};
    heat_measure(&h);
    assert_true(isnan(h.all));
    heat_draw(&h, &c, (struct rect){0, 0, 4, 1}, GRAPH_BRAILLE);
    cells_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_odd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
