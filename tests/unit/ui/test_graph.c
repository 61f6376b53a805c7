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

/* Lines are told apart without colours; dashes are counted along the line, so a steep one has them, too. */
static void test_styles(void **state)
{
    (void)state;
    const double level[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, spike[] = {0, 11, 0};
    struct graph_series s = {.values = level, .n = 16, .role = ROLE_CHART, .sign = '+'};
    const struct scale scale = {.max = 11};
    struct cells c;
    cells_init(&c, 8, 3, false);
    graph_area(&c, 0, 0, 8, 1, GRAPH_BRAILLE, &s, 1, NULL);
    assert_row(&c, 0, "⣀⣀⣀⣀⣀⣀⣀⣀");
    s.style = GRAPH_DASHED;
    graph_area(&c, 0, 0, 8, 1, GRAPH_BRAILLE, &s, 1, NULL);
    assert_row(&c, 0, "⣀⣀⡀ ⣀⣀⡀");
    s.style = GRAPH_DOTTED;
    graph_area(&c, 0, 0, 8, 1, GRAPH_BRAILLE, &s, 1, NULL);
    assert_row(&c, 0, "⡀⢀ ⡀⢀ ⡀⢀");
    s.values = spike;
    s.n = 3;
    graph_area(&c, 6, 0, 2, 3, GRAPH_BRAILLE, &s, 1, &scale); /* up to 11 and down again */
    assert_row(&c, 0, "⡀⢀ ⡀⢀  ⠔");
    graph_sample(&c, 0, 2, GRAPH_BRAILLE, &s);
    assert_row(&c, 2, "┈┈    ⢀⠡");
    cells_done(&c);
    cells_init(&c, 4, 1, true);
    graph_area(&c, 0, 0, 4, 1, GRAPH_ASCII, &s, 1, &scale); /* by their signs, without gaps */
    assert_row(&c, 0, " +++");
    graph_sample(&c, 0, 0, GRAPH_ASCII, &s);
    assert_row(&c, 0, "++++");
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

/* Steps that range over several values: a line is as thick as they do, an area thin where only a part of the step was. */
static void test_bands(void **state)
{
    (void)state;
    const double greatest[] = {1, 7, 2, 2}, least[] = {1, 1, 2, -1};
    struct graph_series s = {.values = greatest, .least = least, .n = 4, .role = ROLE_CHART};
    const struct scale scale = {.max = 7}, below = {.min = -4, .max = 3};
    struct cells c;
    cells_init(&c, 4, 4, true);
    graph_area(&c, 0, 0, 4, 4, GRAPH_ASCII, &s, 1, &scale);
    assert_row(&c, 0, " :");
    assert_row(&c, 1, " :");
    assert_row(&c, 2, " :..");
    assert_row(&c, 3, "'' :");
    s.fill = true;
    graph_area(&c, 0, 0, 4, 4, GRAPH_ASCII, &s, 1, &scale);
    assert_row(&c, 0, " '");
    assert_row(&c, 1, " '");
    assert_row(&c, 2, " '..");
    assert_row(&c, 3, "::::");
    graph_area(&c, 0, 0, 4, 4, GRAPH_ASCII, &s, 1, &below); /* over the ground and below it */
    assert_row(&c, 0, " '..");
    assert_row(&c, 1, "::::");
    assert_row(&c, 2, "   '");
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

/* Is the dot at column and row of a cell set? */
static bool dot_set(enum graph_glyphs g, uint32_t code, int column, int row)
{
    static const uint32_t braille[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    static const uint32_t quadrants[] = {' ',    0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
                                         0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588};
    static const char halves[] = {' ', '\'', '.', ':'};
    if (g == GRAPH_BRAILLE)
        return code >= 0x2800 && ((code - 0x2800) & braille[column][row]);
    for (uint32_t bits = 0; bits < (g == GRAPH_BLOCK ? 16 : 4); bits++) {
        if (code == (g == GRAPH_BLOCK ? quadrants[bits] : (uint32_t)halves[bits]))
            return bits >> (g == GRAPH_BLOCK ? 2 * row + column : row) & 1;
    }
    fail_msg("U+%04X is no glyph of this chart", code);
    return false;
}

/* Rows of a chart's dot column from the top of the box, first and last; false where it has none. */
static bool dots_of(const struct cells *c, enum graph_glyphs g, int height, int dot_column, int *first, int *last)
{
    int across = g == GRAPH_ASCII ? 1 : 2, down = g == GRAPH_BRAILLE ? 4 : 2;
    bool any = false;
    for (int row = 0; row < height * down; row++) {
        uint32_t code = cells_at(c, 2 + dot_column / across, 2 + row / down)->code[0];
        if (!dot_set(g, code, dot_column % across, row % down))
            continue;
        *first = any ? *first : row;
        *last = row;
        any = true;
    }
    return any;
}

/* Nothing but blanks around a box at (2, 2). */
static void assert_margin(const struct cells *c, int width, int height)
{
    for (int y = 0; y < c->height; y++)
        for (int x = 0; x < c->width; x++)
            if (x < 2 || x >= 2 + width || y < 2 || y >= 2 + height)
                assert_int_equal(cells_at(c, x, y)->code[0], ' ');
}

/* One random chart of values that never fall, with a gap: they are never drawn falling, the gap is empty, the least and the
 * greatest value are on the lowest and the highest line, and nothing is drawn outside the box. */
static void check_rising(enum graph_glyphs g, int width, int height, bool fill, bool log, uint32_t *seed)
{
    int n = graph_columns(g, width), gap = n > 8 ? (int)(dice(seed) * n) : -1;
    int top = height * (g == GRAPH_BRAILLE ? 4 : 2), bottom = top - 1, first = 0, last = 0;
    double *values = mem_calloc((size_t)n, sizeof *values), v = dice(seed) * 100 - (dice(seed) < 0.5 ? 0 : 50);
    for (int i = 0; i < n; i++)
        values[i] = i == gap ? NAN : (v += dice(seed) < 0.5 ? 0 : dice(seed) * (log ? fabs(v) : 10));
    struct scale_range range = scale_range_none();
    scale_range_add(&range, values, n);
    struct scale scale = {.min = range.low, .max = range.high};
    if (log || !(range.high > range.low))
        scale = scale_round(&range, UNIT_NONE, true, true, log);
    struct graph_series s = {.values = values, .n = n, .role = ROLE_CHART, .fill = fill};
    struct cells c;
    cells_init(&c, width + 4, height + 4, false);
    graph_area(&c, 2, 2, width, height, g, &s, 1, &scale);
    for (int i = 0; i < n; i++) {
        bool any = dots_of(&c, g, height, i, &first, &last);
        assert_int_equal(any, i != gap);
        if (!any)
            continue;
        assert_true(first <= top);
        top = first;
        if (values[i] == scale.max)
            assert_int_equal(first, 0);
        if (values[i] == scale.min)
            assert_int_equal(last, bottom);
    }
    assert_margin(&c, width, height);
    cells_done(&c);
    free(values);
}

static void test_random_lines(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 1200; round++) {
        int width = 1 + (int)(dice(&seed) * (round % 4 ? 60 : 300));
        int height = 1 + (int)(dice(&seed) * (round % 4 ? 20 : 100));
        check_rising((enum graph_glyphs)(round % 3), width, height, round / 3 % 2, round / 6 % 2, &seed);
    }
    for (int g = GRAPH_BRAILLE; g <= GRAPH_ASCII; g++) {
        check_rising((enum graph_glyphs)g, 1, 1, false, false, &seed);
        check_rising((enum graph_glyphs)g, 300, 100, true, false, &seed);
    }
}

/* A step of a spark line by its glyph; -1 for a gap. */
static int level_of(const struct cells *c, int x, bool ascii)
{
    static const char levels[] = "_.,-=+*#";
    uint32_t code = cells_at(c, x, 0)->code[0];
    if (code == ' ')
        return -1;
    if (!ascii)
        return (int)code - 0x2581;
    const char *at = strchr(levels, (int)code);
    assert_non_null(at);
    return (int)(at - levels);
}

/* Random spark lines: greater values never have lower steps, gaps are blanks, the last value is at the right edge. */
static void test_random_sparklines(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 500; round++) {
        enum { MOST = 300 };
        double values[MOST];
        int width = 1 + (int)(dice(&seed) * MOST), n = 1 + (int)(dice(&seed) * MOST);
        bool ascii = round % 2, log = round / 2 % 2;
        for (int i = 0; i < n; i++)
            values[i] = dice(&seed) < 0.1 ? NAN : dice(&seed) * (log ? 1e6 : 10);
        struct scale_range range = scale_range_none();
        scale_range_add(&range, values, n);
        struct scale scale = scale_tight(&range, log);
        struct cells c;
        cells_init(&c, MOST, 1, ascii);
        graph_sparkline(&c, 0, 0, width, GRAPH_BRAILLE, ROLE_CHART, values, n, &scale);
        for (int x = width; x < MOST; x++)
            assert_int_equal(level_of(&c, x, ascii), -1);
        int shown = n < width ? n : width;
        for (int i = 0; i < shown; i++) {
            int level = level_of(&c, width - 1 - i, ascii), before = i ? level_of(&c, width - i, ascii) : -1;
            double value = values[n - 1 - i], after = i ? values[n - i] : NAN;
            assert_int_equal(level < 0, isnan(value));
            assert_true(level <= (ascii ? 7 : GRAPH_STEPS - 1));
            if (isnan(value) || isnan(after))
                continue;
            assert_true(value >= after ? level >= before : level <= before);
        }
        cells_done(&c);
    }
}

/* Cells of a bar from the bottom, in eighths. */
static int bar_height(const struct cells *c, int x, int height)
{
    int eighths = 0;
    for (int y = 1 + height; y >= 2; y--) {
        uint32_t code = cells_at(c, x, y)->code[0];
        if (code == ' ')
            break;
        assert_in_range(code, 0x2581, 0x2588);
        eighths += (int)code - 0x2580;
        if (code < 0x2588)
            break;
    }
    return eighths;
}

/* Random histograms: more is never drawn lower, the most is as high as the box, any at all is seen, and none is not. */
static void test_random_histograms(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (int round = 0; round < 400; round++) {
        double counts[80];
        int width = 1 + (int)(dice(&seed) * 300), height = 1 + (int)(dice(&seed) * 100),
            n = 1 + (int)(dice(&seed) * 80);
        double most = 0;
        for (int i = 0; i < n; i++) {
            counts[i] = dice(&seed) < 0.3 ? 0 : floor(dice(&seed) * 1000);
            most = fmax(most, counts[i]);
        }
        struct cells c;
        cells_init(&c, width + 4, height + 4, false);
        int step = graph_histogram(&c, 2, 2, width, height, GRAPH_BLOCK, ROLE_CHART, counts, n, n / 2);
        assert_true(step >= 1);
        assert_margin(&c, width, height);
        for (int i = 0; i < n && n <= width; i++) {
            int mine = bar_height(&c, 2 + i * step, height);
            assert_int_equal(mine > 0, counts[i] > 0);
            if (most > 0 && counts[i] == most)
                assert_int_equal(mine, 8 * height);
            if (i > 0) {
                int before = bar_height(&c, 2 + (i - 1) * step, height);
                assert_true(counts[i] >= counts[i - 1] ? mine >= before : mine <= before);
            }
        }
        cells_done(&c);
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
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_steps_gaps_and_fill),
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_random_lines),
        cmocka_unit_test(test_random_sparklines),
        cmocka_unit_test(test_random_histograms),
        cmocka_unit_test(test_below_zero),
        cmocka_unit_test(test_gauge_and_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
