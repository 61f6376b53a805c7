/* Tests of distributions and verdicts in a cell. */
#include "base/str.h"
#include "drift/mark.h"
#include "ui/shares.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void assert_levels(const char *text, const char *want)
{
    struct str s = {0};
    shares_levels(&s, text);
    assert_string_equal(str_text(&s), want);
    str_done(&s);
}

static void assert_row(const struct cells *c, const char *want)
{
    struct str s = {0};
    cells_row_text(c, 0, &s);
    assert_string_equal(str_text(&s), want);
    str_done(&s);
}

/* Each bin by its part of the greatest; something is never nothing. What is no list of numbers stays. */
static void test_levels(void **state)
{
    (void)state;
    assert_levels("1000", "7");
    assert_levels("500 1000 0 1", "4701");
    assert_levels("0 0", "00");
    assert_levels("", "");
    assert_levels("12 x", "12 x");
    assert_levels("-3 4", "-3 4");
    assert_levels("1  2", "1  2");
    assert_levels("99999999999999999999 0", "70");
}

static void test_draw(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 8, 1, false);
    shares_draw(&c, 0, 0, 8, GRAPH_BRAILLE, ROLE_CHART, "4701");
    assert_row(&c, "\xe2\x96\x84\xe2\x96\x87\xc2\xb7\xe2\x96\x81");
    cells_clear(&c);
    shares_draw(&c, 0, 0, 2, GRAPH_BLOCK, ROLE_CHART, "4701"); /* the higher one of two */
    assert_row(&c, "\xe2\x96\x87\xe2\x96\x81");
    cells_clear(&c);
    shares_draw(&c, 0, 0, 8, GRAPH_BLOCK, ROLE_CHART, "-");
    assert_row(&c, "-");
    shares_draw(&c, 0, 0, 0, GRAPH_BLOCK, ROLE_CHART, "123");
    assert_row(&c, "-");
    cells_done(&c);
    cells_init(&c, 8, 1, true);
    shares_draw(&c, 0, 0, 8, GRAPH_ASCII, ROLE_CHART, "7010");
    assert_row(&c, "#_._");
    cells_clear(&c);
    shares_draw(&c, 0, 0, 8, GRAPH_ASCII, ROLE_CHART, "5676"); /* what chance does is no change */
    assert_row(&c, "####");
    cells_done(&c);
}

/* Letters are those that drift gives, by the same words; each is drawn by what it says. */
static void test_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRIFT_MARKS; i++)
        assert_string_equal(shares_mark_word(drift_mark_names[i].letter), drift_mark_names[i].word);
    assert_null(shares_mark_word('x'));
    struct cells c;
    cells_init(&c, 6, 1, false);
    shares_draw_marks(&c, 0, 0, 6, ".D?x", false);
    assert_row(&c, "\xc2\xb7"
                   "D?x");
    assert_int_equal(cells_at(&c, 1, 0)->role, ROLE_BAD);
    assert_int_equal(cells_at(&c, 2, 0)->role, ROLE_DIM);
    shares_draw_marks(&c, 0, 0, 3, "DDDDD", true);
    assert_row(&c, "DD\xe2\x80\xa6x");
    assert_int_equal(cells_at(&c, 0, 0)->role, ROLE_DIM);
    cells_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
