/* Tests of pictures of a grid. */
#include "ui/dump.h"

#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void draw(struct cells *c)
{
    cells_init(c, 20, 3, false);
    cells_text(c, 0, 0, 20, ROLE_BAD, "✗");
    cells_text(c, 2, 0, 20, ROLE_TEXT, "a<b>&\"c 日");
    cells_text(c, 0, 1, 20, ROLE_CHART, "▁█⣿▐▙");
    cells_text(c, 1, 2, 20, ROLE_TEXT, "here");
    cells_select(c, 0, 2, 20);
}

static void test_ansi(void **state)
{
    (void)state;
    struct cells c;
    struct str out = {0};
    draw(&c);
    dump_ansi(&out, &c, theme_at(0));
    assert_string_equal(str_text(&out), "\033[0;1;38;5;161m✗\033[0m a<b>&\"c 日\n"
                                        "\033[0;38;5;31m▁█⣿▐▙\033[0m\n"
                                        "\033[0;7m here               \033[0m\n");
    str_clear(&out);
    dump_ansi(&out, &c, theme_find("mono"));
    assert_string_equal(str_text(&out), "\033[0;1;7m✗\033[0m a<b>&\"c 日\n"
                                        "▁█⣿▐▙\n"
                                        "\033[0;7m here               \033[0m\n");
    str_done(&out);
    cells_done(&c);
}

static void test_html(void **state)
{
    (void)state;
    struct cells c;
    struct str out = {0};
    draw(&c);
    dump_html(&out, &c, theme_at(0));
    assert_non_null(strstr(str_text(&out), " a&lt;b&gt;&amp;\"c 日\n"));
    assert_non_null(strstr(str_text(&out), "font-weight:bold;\">✗</span>"));
    assert_non_null(strstr(str_text(&out), "background:#"));
    str_done(&out);
    cells_done(&c);
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static void test_svg(void **state)
{
    (void)state;
    struct cells c;
    struct str out = {0};
    draw(&c);
    dump_svg(&out, &c, theme_at(0));
    const char *svg = str_text(&out);
    assert_non_null(strstr(svg, ">✗</text>"));
    assert_non_null(strstr(svg, ">a&lt;b&gt;&amp;\"c</text>"));
    assert_non_null(
        strstr(svg, "textLength=\"18\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#d5dae2\">日</text>")); /* two
                                                                                               cells
                                                                                             */
    assert_int_equal(count(svg, "<text"), 4);
    assert_int_equal(count(svg, "</text>"), 4);
    assert_int_equal(count(svg, "<circle"), 8);
    /* the background, the selection, one for each block, three quarters */
    assert_int_equal(count(svg, "<rect"), 1 + 1 + 3 + 3);
    assert_null(strstr(svg, "█"));
    str_done(&out);
    cells_done(&c);
}

static void test_light_background(void **state)
{
    (void)state;
    struct cells c;
    struct str out = {0};
    draw(&c);
    dump_svg(&out, &c, theme_find("light"));
    assert_non_null(strstr(str_text(&out), "rx=\"8\" fill=\"#ffffff\""));
    str_done(&out);
    cells_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ansi),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_svg),
        cmocka_unit_test(test_light_background),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
