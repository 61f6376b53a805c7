/* Tests of the grid of cells: clipping, wide and combining characters, ASCII stand-ins. */
#include "ui/cells.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* Row y as text; the caller frees. */
static char *row(const struct cells *c, int y)
{
    struct str s = {0};
    cells_row_text(c, y, &s);
    return str_take(&s);
}

static void assert_row(const struct cells *c, int y, const char *expected)
{
    char *text = row(c, y);
    assert_string_equal(text, expected);
    free(text);
}

/* Every right half has a left half before it, every cell a role, nothing is a control character. */
static void assert_sound(const struct cells *c)
{
    for (int y = 0; y < c->height; y++)
        for (int x = 0; x < c->width; x++) {
            const struct cell_glyph *g = cells_at(c, x, y);
            assert_true(g->role < ROLE_COUNT);
            if (g->code[0] == 0) {
                assert_true(x > 0);
                assert_int_equal(text_code_width(cells_at(c, x - 1, y)->code[0]), 2);
                continue;
            }
            assert_true(g->code[0] >= 0x20);
            int w = text_code_width(g->code[0]);
            assert_true(w == 1 || w == 2);
            if (w == 2)
                assert_true(cells_at(c, x + 1, y) && cells_at(c, x + 1, y)->code[0] == 0);
            if (c->ascii)
                assert_true(g->code[0] < 0x7f && g->code[1] == 0);
        }
}

static void test_text(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 12, 2, false);
    assert_int_equal(cells_text(&c, 1, 0, 20, ROLE_STRONG, "payments"), 8);
    assert_row(&c, 0, " payments");
    assert_int_equal(cells_at(&c, 1, 0)->role, ROLE_STRONG);
    assert_int_equal(cells_at(&c, 0, 0)->role, ROLE_TEXT);
    assert_int_equal(cells_text(&c, 0, 1, 5, ROLE_TEXT, "payments"), 5);
    assert_row(&c, 1, "paym…");
    assert_int_equal(cells_text(&c, 0, 1, 8, ROLE_TEXT, "payments"), 8);
    assert_row(&c, 1, "payments");
    assert_int_equal(cells_text(&c, 0, 1, 0, ROLE_TEXT, "x"), 0);
    assert_int_equal(cells_text(&c, 0, 1, -3, ROLE_TEXT, "x"), 0);
    assert_int_equal(cells_text(&c, 0, 1, 1, ROLE_TEXT, "xyz"), 1);
    assert_row(&c, 1, "…ayments");
    cells_done(&c);
}

/* Of names that begin alike the ends are there. */
static void test_middle(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 12, 4, false);
    assert_int_equal(cells_text_middle(&c, 0, 0, 12, ROLE_TEXT, "metric_total"), 12);
    assert_row(&c, 0, "metric_total");
    assert_int_equal(cells_text_middle(&c, 0, 1, 12, ROLE_TEXT, "metric_requests_total"), 12);
    assert_row(&c, 1, "metr…s_total");
    assert_int_equal(cells_text_middle(&c, 0, 2, 7, ROLE_TEXT, "metric_total"), 7); /* too narrow for two ends */
    assert_row(&c, 2, "metric…");
    cells_text_middle(&c, 0, 3, 11, ROLE_TEXT,
                      "\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d"); /* wide: none is halved */
    assert_sound(&c);
    assert_row(&c, 3, "中…中中中中");
    cells_done(&c);
}

static void test_right_and_printf(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 10, 3, false);
    assert_int_equal(cells_text_right(&c, 0, 0, 8, ROLE_TEXT, "42"), 8);
    assert_row(&c, 0, "      42");
    assert_int_equal(cells_text_right(&c, 0, 1, 4, ROLE_TEXT, "123456"), 4);
    assert_row(&c, 1, "123…");
    assert_int_equal(cells_printf(&c, 0, 2, 9, ROLE_TEXT, "%d of %s", 3, "12"), 7);
    assert_row(&c, 2, "3 of 12");
    cells_done(&c);
}

static void test_clipped_at_edges(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 4, 2, false);
    assert_int_equal(cells_text(&c, -2, 0, 20, ROLE_TEXT, "abcdefgh"), 8);
    assert_row(&c, 0, "cdef");
    assert_int_equal(cells_text(&c, 0, -1, 20, ROLE_TEXT, "no"), 2);
    assert_int_equal(cells_text(&c, 0, 2, 20, ROLE_TEXT, "no"), 2);
    assert_row(&c, 1, "");
    assert_null(cells_at(&c, 4, 0));
    assert_null(cells_at(&c, 0, -1));
    cells_fill(&c, -5, -5, 7, 6, ROLE_BAD, '#');
    assert_row(&c, 0, "##ef");
    cells_fill(&c, 3, 1, 1000, 1000, ROLE_BAD, '#');
    assert_row(&c, 1, "   #");
    cells_done(&c);
}

static void test_wide(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 6, 1, false);
    assert_int_equal(cells_text(&c, 0, 0, 6, ROLE_TEXT, "日本語"), 6);
    assert_row(&c, 0, "日本語");
    assert_int_equal(cells_at(&c, 1, 0)->code[0], 0);
    cells_text(&c, 1, 0, 1, ROLE_TEXT, "x"); /* over a right half */
    assert_row(&c, 0, " x本語");
    cells_text(&c, 2, 0, 1, ROLE_TEXT, "y"); /* over a left half */
    assert_row(&c, 0, " xy 語");
    cells_clear(&c);
    cells_text(&c, 1, 0, 4, ROLE_TEXT, "日本");
    cells_text(&c, 2, 0, 2, ROLE_TEXT, "語"); /* over the halves of two */
    assert_row(&c, 0, "  語");
    cells_clear(&c);
    cells_text(&c, -1, 0, 6, ROLE_TEXT, "日x");
    assert_row(&c, 0, " x");
    cells_clear(&c);
    cells_text(&c, 5, 0, 6, ROLE_TEXT, "日");
    assert_row(&c, 0, "");
    assert_int_equal(cells_text(&c, 0, 0, 4, ROLE_TEXT, "日本語"), 3); /* no room for half a 本 */
    assert_row(&c, 0, "日…");
    assert_sound(&c);
    cells_done(&c);
}

static void test_marks(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 8, 1, false);
    assert_int_equal(cells_text(&c, 0, 0, 8, ROLE_TEXT, "e\xCC\x81t\xCC\x81\xCC\x82\xCC\x83"), 2);
    assert_int_equal(cells_at(&c, 0, 0)->code[1], 0x301);
    assert_int_equal(cells_at(&c, 1, 0)->code[2], 0x302); /* the third is dropped */
    assert_row(&c, 0, "e\xCC\x81t\xCC\x81\xCC\x82");
    cells_clear(&c);
    cells_text(&c, 0, 0, 8, ROLE_TEXT, "\xCC\x81z"); /* without a base */
    assert_row(&c, 0, "z");
    cells_clear(&c);
    cells_text(&c, -1, 0, 8, ROLE_TEXT, "e\xCC\x81z"); /* its base is clipped */
    assert_row(&c, 0, "z");
    cells_done(&c);
}

static void test_unsafe_text(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 20, 1, false);
    cells_text(&c, 0, 0, 20, ROLE_TEXT,
               "a\x1b[2Jb\x7f\xC2\x9B"
               "1m\xff");
    assert_row(&c, 0, "a�[2Jb��1m�");
    cells_clear(&c);
    cells_text(&c, 0, 0, 20, ROLE_TEXT, "x\xE2\x80\xAEy\xE2\x80\x8Bz"); /* bidi override, zero-width space */
    for (int x = 0; x < 20; x++)
        assert_true(cells_at(&c, x, 0)->code[0] != 0x202E && cells_at(&c, x, 0)->code[1] == 0);
    cells_glyph(&c, 0, 0, ROLE_TEXT, 0x1b, '!');
    cells_glyph(&c, 0, 0, ROLE_TEXT, 0x301, '!');
    assert_int_equal(cells_at(&c, 0, 0)->code[0], 'x');
    cells_done(&c);
}

static void test_ascii(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 24, 4, true);
    assert_int_equal(cells_text(&c, 0, 0, 24, ROLE_TEXT, "✗ ≥ 2 h · 3×4 █▒ ─│┌ 日é"), 24);
    assert_row(&c, 0, "X > 2 h . 3x4 #: -|+ ???");
    cells_text(&c, 0, 1, 5, ROLE_TEXT, "payments");
    assert_row(&c, 1, "paym~");
    cells_glyph(&c, 0, 2, ROLE_BAD, 0x2717, 'X');
    cells_glyph(&c, 1, 2, ROLE_BAD, 0x2717, '\n');
    cells_glyph(&c, 2, 2, ROLE_BAD, 0x65E5, '?');
    assert_row(&c, 2, "X???");
    cells_fill(&c, 0, 3, 3, 1, ROLE_TEXT, 0x2500);
    assert_row(&c, 3, "---");
    assert_sound(&c);
    cells_done(&c);
}

static void test_select_and_role(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 6, 2, false);
    cells_text(&c, 0, 0, 6, ROLE_TEXT, "a日b");
    cells_select(&c, 2, 0, 1); /* the right half alone */
    assert_false(cells_at(&c, 0, 0)->selected);
    assert_true(cells_at(&c, 1, 0)->selected && cells_at(&c, 2, 0)->selected);
    assert_false(cells_at(&c, 3, 0)->selected);
    cells_role(&c, -3, 0, 5, ROLE_DIM);
    assert_int_equal(cells_at(&c, 2, 0)->role, ROLE_DIM);
    assert_int_equal(cells_at(&c, 3, 0)->role, ROLE_TEXT);
    cells_select(&c, 0, 5, 6);
    cells_select(&c, 7, 1, 6);
    cells_select(&c, -7, 1, 6);
    for (int x = 0; x < 6; x++)
        assert_false(cells_at(&c, x, 1)->selected);
    assert_row(&c, 0, "a日b");
    cells_done(&c);
}

static void test_copy_and_resize(void **state)
{
    (void)state;
    struct cells c, copy = {0};
    cells_init(&c, 5, 2, true);
    cells_text(&c, 0, 1, 5, ROLE_WARN, "hello");
    c.cursor_x = 3;
    c.cursor_y = 1;
    cells_copy(&copy, &c);
    cells_clear(&c);
    assert_row(&copy, 1, "hello");
    assert_int_equal(copy.cursor_x, 3);
    assert_true(copy.ascii);
    cells_resize(&copy, 0, -4);
    assert_int_equal(copy.width, 1);
    assert_int_equal(copy.height, 1);
    assert_row(&copy, 0, "");
    assert_int_equal(copy.cursor_x, -1);
    cells_done(&copy);
    cells_done(&c);
}

/* A generator that is the same on every run. */
static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void scribble(struct cells *c, uint32_t *seed)
{
    static const char *const texts[] = {
        "",
        "x",
        "a long text that does not fit anywhere",
        "日本語テキスト",
        "e\xCC\x81\xCC\x81\xCC\x81",
        "\x1b[31m\n",
        "\xff\xfe",
        "·✗≥",
        "日",
        "\xE2\x80\xAE\xE2\x80\x8B",
    };
    int x = (int)(next(seed) % (unsigned)(c->width + 20)) - 10;
    int y = (int)(next(seed) % (unsigned)(c->height + 6)) - 3;
    int w = (int)(next(seed) % (unsigned)(c->width + 20)) - 5;
    int h = (int)(next(seed) % (unsigned)(c->height + 6)) - 3;
    enum role role = (enum role)(next(seed) % ROLE_COUNT);
    const char *text = texts[next(seed) % (sizeof texts / sizeof *texts)];
    switch (next(seed) % 7) {
    case 0:
        assert_in_range(cells_text(c, x, y, w, role, text), 0, w > 0 ? w : 0);
        break;
    case 1:
        cells_text_right(c, x, y, w, role, text);
        break;
    case 2:
        cells_fill(c, x, y, w, h, role, next(seed) % 2 ? 0x2588 : 0x65E5);
        break;
    case 3:
        cells_glyph(c, x, y, role, 0x65E5, 'x');
        break;
    case 4:
        cells_select(c, x, y, w);
        break;
    case 5:
        cells_role(c, x, y, w, role);
        break;
    default:
        cells_printf(c, x, y, w, role, "%s|%s", text, text);
    }
}

/* Whatever is drawn wherever: the grid stays sound, and not a byte beyond it changes. */
static void test_nothing_outside(void **state)
{
    (void)state;
    enum { GUARD = 64 };
    uint32_t seed = 1;
    for (int width = 1; width <= 300; width += 1 + width / 4)
        for (int height = 1; height <= 100; height += 1 + height / 3)
            for (int ascii = 0; ascii < 2; ascii++) {
                struct cells c;
                cells_init(&c, width, height, ascii);
                size_t n = (size_t)width * (size_t)height;
                struct cell_glyph *own = c.at;
                struct cell_glyph *fenced = mem_alloc((n + 2 * GUARD) * sizeof *fenced);
                memset(fenced, 0x5a, (n + 2 * GUARD) * sizeof *fenced);
                memcpy(fenced + GUARD, own, n * sizeof *fenced);
                c.at = fenced + GUARD;
                for (int i = 0; i < 60; i++)
                    scribble(&c, &seed);
                assert_sound(&c);
                const unsigned char *bytes = (const unsigned char *)fenced;
                for (size_t i = 0; i < GUARD * sizeof *fenced; i++) {
                    assert_int_equal(bytes[i], 0x5a);
                    assert_int_equal(bytes[(n + GUARD) * sizeof *fenced + i], 0x5a);
                }
                c.at = own;
                cells_done(&c);
                free(fenced);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_middle),
        cmocka_unit_test(test_right_and_printf),
        cmocka_unit_test(test_clipped_at_edges),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_unsafe_text),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_select_and_role),
        cmocka_unit_test(test_copy_and_resize),
        cmocka_unit_test(test_nothing_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
