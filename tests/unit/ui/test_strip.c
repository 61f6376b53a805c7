/* Tests of lists as strips of cells. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "ui/series.h"
#include "ui/strip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct world w;
    struct context ctx;
    struct table_view *v;
};

static const struct view_pane pane = {
    .table = "group_partitions", .where = "group = \"g\"", .sort = "lag desc", .strip = "lag", .letter = "verdict"};

static void add(struct fixture *f, const char *topic, int partition, const char *lag, const char *verdict)
{
    char key[128];
    snprintf(key, sizeof key, "prod-eu/g/%s/%d", topic, partition);
    world_set(&f->w, "group_partitions", key, "lag", lag);
    world_set(&f->w, "group_partitions", key, "verdict", verdict);
}

static void setup(struct fixture *f)
{
    world_init(&f->w);
    f->ctx = (struct context){.store = f->w.store,
                              .data = f->w.data,
                              .format = {.now_ms = f->w.now_ms, .utc = true},
                              .verdicts = verdicts_new(views_rules, views_nrules),
                              .series = series_set_new(NULL, NULL),
                              .epoch = 1};
    f->v = table_view_new(&pane, "group = \"g\"");
}

static void teardown(struct fixture *f)
{
    table_view_free(f->v);
    verdicts_free(f->ctx.verdicts);
    series_set_free(f->ctx.series);
    world_done(&f->w);
}

/* The strip as lines of text in a box so large with a margin of two cells, in which nothing may stand; the caller frees. */
static char *draw(struct fixture *f, int width, int height, bool ascii)
{
    struct cells c;
    struct str s = {0};
    store_commit(f->w.store);
    table_view_update(f->v, &f->ctx);
    cells_init(&c, width + 4, height + 4, ascii);
    strip_draw(f->v, &f->ctx, &c, (struct rect){2, 2, width, height}, true);
    for (int y = 0; y < c.height; y++)
        for (int x = 0; x < c.width; x++)
            if (x < 2 || x >= 2 + width || y < 2 || y >= 2 + height)
                assert_int_equal(cells_at(&c, x, y)->code[0], ' ');
    for (int y = 2; y < 2 + height; y++) {
        cells_row_text(&c, y, &s);
        str_char(&s, '\n');
    }
    cells_done(&c);
    return str_take(&s);
}

static void assert_strip(struct fixture *f, int width, int height, bool ascii, const char *expected)
{
    char *got = draw(f, width, height, ascii);
    assert_string_equal(got, expected);
    free(got);
}

static void test_glyphs(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    add(&f, "t", 0, "0", "ok");
    add(&f, "t", 1, "100", "ok");
    add(&f, "t", 2, "50", "ok");
    add(&f, "t", 3, "90", "stuck");
    add(&f, "t", 4, "-", "-");
    add(&f, "t", 5, "10", "rewound");
    add(&f, "t", 6, "3", "stuck");
    assert_strip(&f, 60, 1, false, "    lag 0-6  ·▇▄S-RS  S stuck  R rewound\n");
    assert_strip(&f, 60, 1, true, "    lag 0-6  .#-S-RS  S stuck  R rewound\n");
    assert_int_equal(strip_lines(f.v, &f.ctx, 60, 4), 1);
    assert_int_equal(strip_lines(f.v, &f.ctx, 60, 0), 0);
    f.ctx.old = true; /* the letters stay, the colours go */
    struct cells c;
    cells_init(&c, 60, 1, false);
    strip_draw(f.v, &f.ctx, &c, (struct rect){0, 0, 60, 1}, false);
    assert_int_equal(cells_at(&c, 14, 0)->code[0], 'S');
    assert_int_equal(cells_at(&c, 14, 0)->role, ROLE_DIM);
    cells_done(&c);
    teardown(&f);
}

static void test_cursor_and_roles(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    add(&f, "t", 0, "0", "ok");
    add(&f, "t", 1, "100", "stuck");
    add(&f, "t", 2, "50", "ok");
    store_commit(f.w.store);
    table_view_update(f.v, &f.ctx);
    struct cells c;
    cells_init(&c, 60, 1, false);
    for (int step = 0; step < 2; step++) {
        strip_draw(f.v, &f.ctx, &c, (struct rect){0, 0, 60, 1}, true);
        assert_int_equal(cells_at(&c, 12, 0)->role, ROLE_BAD);
        assert_int_equal(cells_at(&c, 13, 0)->role, ROLE_CHART);
        assert_true(cells_at(&c, 12, 0)->selected == (step == 0)); /* the worst is first in the list */
        assert_true(cells_at(&c, 13, 0)->selected == (step == 1));
        table_view_action(f.v, ACTION_ROW_DOWN);
        cells_clear(&c);
    }
    cells_done(&c);
    teardown(&f);
}

static void test_lines_of_topics(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int i = 0; i < 4; i++)
        add(&f, "alpha", i, "0", "ok");
    add(&f, "beta", 0, "7", "ok");
    add(&f, "beta", 1, "14", "ok");
    add(&f, "gamma", 0, "1", "stuck");
    assert_strip(&f, 60, 3, false, "    alpha 0-3  ····  S stuck\n    beta 0-1   ▄▇\n    gamma 0-0  S\n");
    teardown(&f);
}

static void test_too_many(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int i = 0; i < 4; i++)
        add(&f, "alpha", i, "0", "ok");
    add(&f, "beta", 0, "14", "ok");
    add(&f, "gamma", 0, "1", "stuck");
    assert_int_equal(strip_lines(f.v, &f.ctx, 60, 2), 0); /* not looked at yet */
    assert_strip(&f, 60, 2, false, "    gamma 0-0  S  S stuck\n    beta 0-0   ▇  and 1 more\n");
    assert_int_equal(strip_lines(f.v, &f.ctx, 60, 2), 2);
    for (int i = 0; i < 200; i++)
        add(&f, "gamma", i, i == 77 ? "9" : "0", i == 77 ? "stuck" : "ok");
    char *got = draw(&f, 40, 1, false);
    assert_non_null(strstr(got, "S"));     /* a cell is the worst of its rows */
    assert_non_null(strstr(got, "gamma")); /* and the worst line comes first */
    free(got);
    teardown(&f);
}

/* All sizes: nothing outside the box, and whatever fits, something bad is seen if there is any. */
static void test_sizes(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int i = 0; i < 150; i++)
        add(&f, i % 3 ? "orders" : "a-topic-with-a-very-long-name-that-does-not-fit-anywhere", i,
            i % 10 ? "0" : "12345", i == 31 ? "stuck" : "ok");
    for (int width = 1; width < 130; width += width < 30 ? 1 : 13)
        for (int height = 1; height < 8; height++) {
            char *got = draw(&f, width, height, width % 2);
            if (width >= 20)
                assert_non_null(strstr(got, "S"));
            free(got);
        }
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glyphs),          cmocka_unit_test(test_cursor_and_roles),
        cmocka_unit_test(test_lines_of_topics), cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
