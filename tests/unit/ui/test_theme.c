/* Tests of the themes: meaning survives without colour, backgrounds stay the terminal's own. */
#include "ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_found_by_name(void **state)
{
    (void)state;
    int n = 0;
    for (const struct theme *t; (t = theme_at(n)); n++) {
        assert_ptr_equal(theme_find(t->name), t);
        assert_true(t->help[0]);
    }
    assert_true(n >= 4);
    assert_string_equal(theme_at(0)->name, "default");
    assert_non_null(theme_find("mono"));
    assert_non_null(theme_find("high-contrast"));
    assert_non_null(theme_find("light"));
    assert_null(theme_find("no such"));
    assert_null(theme_at(-1));
}

static void test_backgrounds_are_own(void **state)
{
    (void)state;
    for (int i = 0; theme_at(i); i++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct theme_style *s = &theme_at(i)->styles[role];
            assert_int_equal(s->bg, -1);
            assert_in_range(s->fg + 1, 0, 256);
            assert_in_range(s->fg8 + 1, 0, 8);
            if (s->fg < 8)
                assert_int_equal(s->fg, s->fg8);
        }
}

/* A warning, a failure, a match and a link differ from ordinary text without any colour; mono has
 * none. */
static void test_attributes_carry_meaning(void **state)
{
    (void)state;
    static const enum role loud[] = {ROLE_WARN,   ROLE_BAD,   ROLE_MATCH, ROLE_LINK,
                                     ROLE_STRONG, ROLE_TITLE, ROLE_KEY,   ROLE_INPUT};
    for (int i = 0; theme_at(i); i++)
        for (size_t r = 0; r < sizeof loud / sizeof *loud; r++)
            assert_true(theme_at(i)->styles[loud[r]].attrs != theme_at(i)->styles[ROLE_TEXT].attrs);
    const struct theme *mono = theme_find("mono");
    for (int role = 0; role < ROLE_COUNT; role++)
        assert_int_equal(mono->styles[role].fg, -1);
    assert_true(mono->styles[ROLE_BAD].attrs != mono->styles[ROLE_WARN].attrs);
}

static void test_foreground(void **state)
{
    (void)state;
    struct theme_style grey = {.fg = 8, .bg = -1, .fg8 = -1}, teal = {.fg = 24, .bg = -1, .fg8 = 4};
    struct theme_style red = {.fg = 1, .bg = -1, .fg8 = 1};
    assert_int_equal(theme_foreground(&grey, 256), 8);
    assert_int_equal(theme_foreground(&grey, 16), 8);
    assert_int_equal(theme_foreground(&grey, 8), -1);
    assert_int_equal(theme_foreground(&teal, 256), 24);
    assert_int_equal(theme_foreground(&teal, 16), 4);
    assert_int_equal(theme_foreground(&red, 8), 1);
    assert_int_equal(theme_foreground(&red, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_by_name),
        cmocka_unit_test(test_backgrounds_are_own),
        cmocka_unit_test(test_attributes_carry_meaning),
        cmocka_unit_test(test_foreground),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
