/* Tests of charts made of characters. */
#include "ui/graph.h"

#include "base/mem.h"
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

static void test_sparkline(void **state)
{
    (void)state;
    const double rising[] = {0, 1, 2, 3, 4, 5, 6, 7};
    const double odd[] = {-5, NAN, 100, INFINITY, 3.5};
    const double still[] = {0, 0, 0};
    struct cells c;
    cells_init(&c, 10, 5, false);
    graph_sparkline(&c, 0, 0, 8, GRAPH_BLOCK, ROLE_CHART, rising, 8, NULL);
    assert_row(&c, 0, "▁▂▃▄▄▅▆▇");
    assert_int_equal(cells_at(&c, 3, 0)->role, ROLE_CHART);
    graph_sparkline(&c, 0, 1, 3, GRAPH_BLOCK, ROLE_CHART, rising, 8, NULL);
    assert_row(&c, 1, "▅▆▇"); /* the last ones */
    graph_sparkline(&c, 0, 2, 10, GRAPH_BRAILLE, ROLE_CHART, odd, 5, &(struct scale){.max = 7});
    assert_row(&c, 2, "     ▁ ▇▇▄"); /* ends at the right edge; a gap stays one */
    graph_sparkline(&c, 0, 3, 3, GRAPH_BLOCK, ROLE_CHART, still, 3, NULL);
    assert_row(&c, 3, "▁▁▁");
    graph_sparkline(&c, 0, 4, 8, GRAPH_ASCII, ROLE_CHART, rising, 8, &(struct scale){.max = 14});
    assert_row(&c, 4, "_..,,--=");
    graph_sparkline(&c, 0, 4, 0, GRAPH_BLOCK, ROLE_CHART, rising, 8, NULL);
    graph_sparkline(&c, 0, 4, -2, GRAPH_BLOCK, ROLE_CHART, rising, 8, NULL);
    graph_sparkline(&c, 0, 4, 5, GRAPH_BLOCK, ROLE_CHART, NULL, 0, NULL);
    cells_done(&c);
}

static void test_line(void **state)
{
    (void)state;
    const double ramp[] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct graph_series s = {.values = ramp, .n = 8, .role = ROLE_CHART};
    struct cells c;
    cells_init(&c, 4, 2, false);
    graph_area(&c, 0, 0, 4, 2, GRAPH_BRAILLE, &s, 1, NULL);
    assert_row(&c, 0, "  ⡠⠊");
    assert_row(&c, 1, "⡠⠊");
    graph_area(&c, 0, 0, 4, 2, GRAPH_BLOCK, &s, 1, NULL);
    assert_row(&c, 0, "  ▄▀");
    assert_row(&c, 1, "▄▀");
    cells_done(&c);
    cells_init(&c, 8, 2, true);
    graph_area(&c, 0, 0, 8, 2, GRAPH_BRAILLE, &s, 1, NULL); /* an ASCII grid gets ASCII */
    assert_row(&c, 0, "    ..''");
    assert_row(&c, 1, "..''");
    cells_done(&c);
}

static void test_steps_gaps_and_fill(void **state)
{
    (void)state;
    const double step[] = {0, 4, NAN, 4};
    struct graph_series s = {.values = step, .n = 4, .role = ROLE_CHART};
    struct cells c;
    cells_init(&c, 4, 2, true);
    graph_area(&c, 0, 0, 4, 2, GRAPH_ASCII, &s, 1, &(struct scale){.max = 4});
    assert_row(&c, 0, " : '"); /* joined down to the value before, not over the gap */
    assert_row(&c, 1, ".'");
    s.fill = true;
    graph_area(&c, 0, 0, 4, 2, GRAPH_ASCII, &s, 1, &(struct scale){.max = 4});
    assert_row(&c, 0, " : :");
    assert_row(&c, 1, ".: :");
    const double flat[] = {1, 1, 1, 1};
    const struct graph_series both[] = {{.values = flat, .n = 4, .role = ROLE_CHART},
                                        {.values = step, .n = 4, .role = ROLE_CHART2}};
    graph_area(&c, 0, 0, 4, 2, GRAPH_ASCII, both, 2, NULL); /* one scale, the larger one's */
    assert_row(&c, 0, " : '");
    assert_row(&c, 1, ":'''");
    assert_int_equal(cells_at(&c, 0, 1)->role, ROLE_CHART);
    assert_int_equal(cells_at(&c, 1, 0)->role, ROLE_CHART2);
    cells_done(&c);
}

static void test_bar(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 6, 1, false);
    static const struct {
        double value, max;
        const char *text;
    } cases[] = {
        {0, 10, ""},        {NAN, 10, ""},     {-1, 10, ""},
        {10, 0, ""},        {0.0001, 10, "▏"}, {5, 10, "██"},
        {10, 10, "████"},   {99, 10, "████"},  {INFINITY, 10, "████"},
        {5.625, 10, "██▎"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        graph_bar(&c, 0, 0, 4, GRAPH_BRAILLE, ROLE_CHART, cases[i].value, cases[i].max);
        assert_row(&c, 0, cases[i].text);
    }
    graph_bar(&c, 0, 0, 4, GRAPH_ASCII, ROLE_CHART, 6.25, 10);
    assert_row(&c, 0, "##-");
    cells_done(&c);
}

/* Any box on any grid, also outside it, with any values: nothing is written beyond (the sanitizers
 * watch), charts stay in. */
static void test_boxes(void **state)
{
    (void)state;
    double values[64];
    for (int i = 0; i < 64; i++)
        values[i] = i % 7 == 0 ? NAN : i % 11 == 0 ? -INFINITY : i % 13 == 0 ? 1e308 : i;
    struct graph_series s[2] = {{.values = values, .n = 64, .role = ROLE_CHART},
                                {.values = values, .n = 3, .role = ROLE_CHART2, .fill = true}};
    for (int g = GRAPH_BRAILLE; g <= GRAPH_ASCII; g++)
        for (int width = -1; width < 40; width += 3)
            for (int height = -1; height < 8; height++) {
                struct cells c;
                cells_init(&c, 20, 5, false);
                graph_area(&c, 3, 1, width, height, (enum graph_glyphs)g, s, 2, NULL);
                graph_area(&c, -3, -1, width, height, (enum graph_glyphs)g, s, 2, &(struct scale){.max = 1e-300});
                graph_sparkline(&c, -3, 4, width, (enum graph_glyphs)g, ROLE_CHART, values, 64, NULL);
                graph_bar(&c, 15, 4, width, (enum graph_glyphs)g, ROLE_CHART, 1e308, 1e-308);
                cells_clear(&c);
                graph_area(&c, 3, 1, width, height, (enum graph_glyphs)g, s, 2, NULL);
                for (int y = 0; y < 5; y++)
                    for (int x = 0; x < 20; x++)
                        if (x < 3 || x >= 3 + width || y < 1 || y >= 1 + height)
                            assert_int_equal(cells_at(&c, x, y)->code[0], ' ');
                cells_done(&c);
            }
    assert_int_equal(graph_columns(GRAPH_BRAILLE, 10), 20);
    assert_int_equal(graph_columns(GRAPH_BLOCK, 10), 20);
    assert_int_equal(graph_columns(GRAPH_ASCII, 10), 10);
}

/* Numbers that are the same in every run. */
static double dice(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / (1 << 24);
}

/* Rows of a chart's dot column x from the top of the box, first and last; false where it has none. */
static bool dots_of(const struct cells *c, int x, int y, int height, int dot_column, int *first, int *last)
{
    static const uint32_t left[4] = {0x01, 0x02, 0x04, 0x40}, right[4] = {0x08, 0x10, 0x20, 0x80};
    bool any = false;
    for (int row = 0; row < height * 4; row++) {
        uint32_t code = cells_at(c, x + dot_column / 2, y + row / 4)->code[0];
        uint32_t bit = (dot_column % 2 ? right : left)[row % 4];
        if (code < 0x2800 || !((code - 0x2800) & bit))
            continue;
        *first = any ? *first : row;
        *last = row;
        any = true;
    }
    return any;
}

/* Random charts of all sizes: what rises is never drawn falling, gaps are empty, the least and the greatest value are on the
 * lowest and the highest line, and nothing is drawn outside the box. */
static void test_random_lines(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 400; round++) {
        int width = 1 + (int)(dice(&seed) * (round % 4 ? 60 : 299)),
            height = 1 + (int)(dice(&seed) * (round % 4 ? 20 : 99));
        int n = width * 2, gap = n > 8 ? (int)(dice(&seed) * n) : -1;
        bool fill = round % 2;
        double *values = mem_calloc((size_t)n, sizeof *values), v = dice(&seed) * 100 - (round % 3 ? 0 : 50);
        for (int i = 0; i < n; i++)
            values[i] = i == gap ? NAN : (v += dice(&seed) < 0.5 ? 0 : dice(&seed) * 10);
        struct scale_range range = scale_range_none();
        scale_range_add(&range, values, n);
        struct scale scale =
            range.high > range.low ? (struct scale){.min = range.low, .max = range.high} : scale_tight(&range, false);
        struct graph_series s = {.values = values, .n = n, .role = ROLE_CHART, .fill = fill};
        struct cells c;
        cells_init(&c, width + 4, height + 4, false);
        graph_area(&c, 2, 2, width, height, GRAPH_BRAILLE, &s, 1, &scale);
        int top = 4 * height, first = 0, last = 0;
        for (int i = 0; i < n; i++) {
            bool any = dots_of(&c, 2, 2, height, i, &first, &last);
            assert_int_equal(any, i != gap);
            if (!any)
                continue;
            assert_true(first <= top);
            top = first;
            if (values[i] == scale.max)
                assert_int_equal(first, 0);
            if (values[i] == scale.min)
                assert_int_equal(last, 4 * height - 1);
        }
        for (int y = 0; y < c.height; y++)
            for (int x = 0; x < c.width; x++)
                if (x < 2 || x >= 2 + width || y < 2 || y >= 2 + height)
                    assert_int_equal(cells_at(&c, x, y)->code[0], ' ');
        cells_done(&c);
        free(values);
    }
}

static void test_below_zero(void **state)
{
    (void)state;
    const double values[] = {-2, -1, 0, 1, 2};
    struct graph_series s = {.values = values, .n = 5, .role = ROLE_CHART, .fill = true};
    const struct scale scale = {.min = -2, .max = 2};
    struct cells c;
    cells_init(&c, 5, 3, true);
    graph_area(&c, 0, 0, 5, 3, GRAPH_ASCII, &s, 1, &scale); /* from 0 up and down */
    assert_row(&c, 0, "   .:");
    assert_row(&c, 1, "::'''");
    assert_row(&c, 2, ":'");
    graph_sparkline(&c, 0, 0, 5, GRAPH_ASCII, ROLE_CHART, values, 5, NULL);
    assert_row(&c, 0, "_,=+#");
    cells_done(&c);
}

static void test_gauge_and_histogram(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 12, 3, false);
    graph_gauge(&c, 0, 0, 8, GRAPH_BRAILLE, ROLE_CHART, 0.5, 1);
    assert_row(&c, 0, "████░░░░");
    const double counts[] = {8, 4, 0, 1};
    assert_int_equal(graph_histogram(&c, 0, 0, 12, 2, GRAPH_BRAILLE, ROLE_CHART, counts, 4, 1), 3);
    assert_row(&c, 0, "██");
    assert_row(&c, 1, "██ ██    ▂▂");
    assert_int_equal(cells_at(&c, 3, 1)->role, ROLE_STRONG);
    assert_int_equal(cells_at(&c, 0, 1)->role, ROLE_CHART);
    assert_int_equal(graph_histogram(&c, 0, 0, 2, 1, GRAPH_BRAILLE, ROLE_CHART, counts, 4, -1), 1); /* two and two */
    assert_row(&c, 0, "█▁");
    assert_int_equal(graph_histogram(&c, 0, 0, 0, 1, GRAPH_BRAILLE, ROLE_CHART, counts, 4, -1), 0);
    cells_done(&c);
    cells_init(&c, 12, 2, true);
    graph_gauge(&c, 0, 0, 10, GRAPH_BRAILLE, ROLE_CHART, 0.5, 1);
    assert_row(&c, 0, "[####....]");
    cells_clear(&c);
    graph_histogram(&c, 0, 0, 8, 2, GRAPH_BRAILLE, ROLE_CHART, counts, 4, -1);
    assert_row(&c, 0, "#");
    assert_row(&c, 1, "# #   _");
    cells_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sparkline),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_steps_gaps_and_fill),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_random_lines),
        cmocka_unit_test(test_below_zero),
        cmocka_unit_test(test_gauge_and_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
