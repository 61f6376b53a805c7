/* Tests of charts with their words, at every size. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "ui/chart.h"
#include "ui/series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct view_chart one = {.title = "lag", .columns = {"lag"}};
static const struct view_chart two = {.title = "messages/s", .columns = {"rate_in", "rate_out"}};
static const struct view_chart four = {.title = "all", .columns = {"rate_in", "rate_out", "lag_rate", "net_rate"}};
static const struct view_chart none = {.title = "none", .columns = {"no_such"}};

struct fixture {
    struct world w;
    struct context ctx;
    const struct table *t;
    const struct row *r;
};

static void setup(struct fixture *f)
{
    world_init(&f->w);
    world_fill(&f->w);
    f->ctx = (struct context){.store = f->w.store,
                              .data = f->w.data,
                              .format = {.now_ms = f->w.now_ms, .utc = true},
                              .series = series_set_new(NULL, NULL),
                              .epoch = 1};
    f->t = store_find(f->w.store, "groups");
    for (f->r = table_first(f->t); f->r && strcmp(row_text(f->r, "group"), "payments") != 0;)
        f->r = row_next(f->r);
    assert_non_null(f->r);
}

static void teardown(struct fixture *f)
{
    series_set_free(f->ctx.series);
    world_done(&f->w);
}

/* The chart as lines of text in a box so large with a margin of two cells, in which nothing may stand; the caller frees. */
static char *draw(struct fixture *f, const struct view_chart *chart, int width, int height, bool ascii)
{
    struct cells c;
    struct str s = {0};
    cells_init(&c, width + 4, height + 4, ascii);
    chart_draw(chart, &f->ctx, f->t, f->r, &c, (struct rect){2, 2, width, height});
    for (int y = 0; y < c.height; y++)
        for (int x = 0; x < c.width; x++) {
            const struct cell_glyph *g = cells_at(&c, x, y);
            if ((x < 2 || x >= 2 + width || y < 2 || y >= 2 + height) && g->code[0] != ' ')
                fail_msg("U+%04X at %d, %d outside of %dx%d", g->code[0], x - 2, y - 2, width, height);
            if (ascii)
                assert_in_range(g->code[0], ' ', '~');
        }
    for (int y = 2; y < 2 + height; y++) {
        cells_row_text(&c, y, &s);
        str_char(&s, '\n');
    }
    cells_done(&c);
    return str_take(&s);
}

static void assert_has(struct fixture *f, const struct view_chart *chart, int width, int height, const char *text)
{
    char *got = draw(f, chart, width, height, false);
    if (!strstr(got, text))
        fail_msg("no \"%s\" in:\n%s", text, got);
    free(got);
}

/* Every size a terminal may have, every glyph set, linear and logarithmic. */
static void test_sizes(void **state)
{
    (void)state;
    static const struct view_chart *const charts[] = {&one, &two, &four, &none};
    static const int heights[] = {1, 2, 3, 4, 5, 6, 7, 9, 12, 17, 30, 100};
    struct fixture f;
    setup(&f);
    for (size_t k = 0; k < sizeof charts / sizeof *charts; k++)
        for (size_t h = 0; h < sizeof heights / sizeof *heights; h++)
            for (int width = 1; width <= 300; width += width < 60 ? 1 : 40) {
                f.ctx.graph = (enum graph_glyphs)(width % 3);
                f.ctx.log_scale = width % 2;
                free(draw(&f, charts[k], width, heights[h], f.ctx.graph == GRAPH_ASCII));
            }
    free(draw(&f, &one, 0, 0, false));
    free(draw(&f, &two, 10, 0, false));
    teardown(&f);
}

static void test_words(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    assert_has(&f, &one, 60, 8, "lag 84.2 k  max 84.2 k  min 8.42 k");
    assert_has(&f, &one, 60, 8, "  100 k ┤");
    assert_has(&f, &one, 60, 8, "      0 ┤");
    assert_has(&f, &one, 60, 8, "14:07");
    assert_has(&f, &one, 60, 8, "14:22");
    assert_has(&f, &one, 20, 8, "lag 84.2 k"); /* what does not fit as a whole is left out */
    assert_has(&f, &one, 12, 1, "lag 84.2 k");
    assert_has(&f, &two, 54, 8, "in/s 3.10 k  out/s 1.90 k  max 3.10 k");
    assert_has(&f, &two, 64, 8, "\u2500\u2500 in/s 3.10 k  \u254c\u254c out/s 1.90 k  max 3.10 k  min 1.14 k");
    char *got = draw(&f, &two, 60, 8, true); /* behind each line its name, and each has its own sign */
    assert_non_null(strstr(got, "in/s\n"));
    assert_non_null(strstr(got, "out/s\n"));
    assert_non_null(strstr(got, "***"));
    assert_non_null(strstr(got, "+++"));
    free(got);
    got = draw(&f, &two, 22, 8, true); /* a letter where that would leave little of the picture */
    assert_non_null(strstr(got, "i\n"));
    assert_non_null(strstr(got, "o\n"));
    free(got);
    f.ctx.log_scale = true;
    assert_has(&f, &one, 60, 8, " log\n");
    assert_has(&f, &one, 60, 8, "   10 k ┤");
    teardown(&f);
}

/* What was never known is no chart of zeros. */
static void test_unknown(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    f.w.forgetful = true;
    world_set(&f.w, "groups", "prod-eu/payments", "lag", "-");
    store_commit(f.w.store);
    char *got = draw(&f, &one, 40, 6, false);
    assert_non_null(strstr(got, "  lag -\n"));
    assert_null(strstr(got, "max"));
    assert_null(strstr(got, "\xe2\xa0")); /* no dot: U+2800 to U+28FF */
    assert_null(strstr(got, "\xe2\xa3"));
    free(got);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
