/* Whatever the size of the screen and whatever is pressed: there is a picture, and it is one of cells. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "ui/cells.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every view, page and prompt at every size: nothing is drawn outside, nothing refuses. */
static void test_all_sizes(void **state)
{
    (void)state;
    static const char *const keys[] = {"",
                                       "2",
                                       "2 j Enter",
                                       "3 Enter",
                                       "?",
                                       "2 i",
                                       "2 j i j",
                                       "2 s",
                                       "2 c",
                                       "2 / l a g g Space > 1",
                                       ": g",
                                       "L",
                                       "0",
                                       "4",
                                       "2 b",
                                       "2 b j j j Enter v",
                                       "2 Enter v",
                                       "2 Enter J",
                                       "F",
                                       "F j v",
                                       "Enter",
                                       "Enter Enter",
                                       "Enter Enter Enter",
                                       "5 Enter",
                                       ": p e n d i n g Enter",
                                       ": t a s k s Enter"};
    static const int widths[] = {1, 2, 3, 5, 9, 17, 26, 39, 40, 41, 57, 79, 80, 120, 300};
    static const int heights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 24, 50, 100};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct world w;
        world_begin(&w, k % 2 ? world_fill_sinks : world_fill);
        world_source_fails(&w);
        world_keys(&w, keys[k]);
        for (size_t x = 0; x < sizeof widths / sizeof *widths; x++) {
            for (size_t y = 0; y < sizeof heights / sizeof *heights; y++) {
                char *screen = world_screen(&w, widths[x], heights[y], (x + y) % 2);
                if (strspn(screen, " \n") == strlen(screen))
                    fail_msg("nothing at %dx%d after %s", widths[x], heights[y], keys[k]);
                free(screen);
            }
        }
        world_done(&w);
    }
}

/* Whatever is pressed in whatever order, while rows come and go: there is always a picture. */
static void test_any_keys(void **state)
{
    (void)state;
    enum { WORLDS = 20, KEYS = 150 };
    static const uint32_t more[] = {INPUT_ENTER, INPUT_ENTER, INPUT_ESCAPE, INPUT_TAB, INPUT_DOWN, INPUT_UP, INPUT_END};
    uint32_t seed = 20261121;
    for (int world = 0; world < WORLDS; world++) {
        struct world w;
        world_begin(&w, world % 2 ? world_fill_sinks : world_fill);
        for (int i = 0; i < KEYS; i++) {
            seed = seed * 1664525 + 1013904223;
            uint32_t n = seed >> 8;
            struct input in = {.key = ' ' + n / 7 % 95};
            if (n % 3 == 0)
                in.key = more[n / 7 % (sizeof more / sizeof *more)];
            app_input(w.app, &in);
            if (n % 10 == 0)
                world_pass(&w, 300);
            if (n % 25 == 0)
                world_rows_change(&w);
            if (n % 31 == 0) {
                world_set(&w, "groups", "prod-eu/passing", "lag", "5");
                world_commit(&w);
            }
            if (n % 37 == 0) {
                world_set(&w, "groups", "prod-eu/passing", "lag", "6");
                world_remove(&w, "groups", "prod-eu/passing");
                world_commit(&w);
            }
            free(world_screen(&w, n % 2 ? 200 : 80, n % 5 ? 40 : 24, false));
        }
        char *screen = world_screen(&w, 80, 24, false);
        assert_true(strspn(screen, " \n") < strlen(screen));
        free(screen);
        world_done(&w);
    }
}

/* One grid: each cell is a character with what combines with it, or the second half of a wide one before it; none moves the
 * cursor, turns the direction round, or is outside of what the terminal can show. */
static void check_grid(const struct cells *c)
{
    for (int y = 0; y < c->height; y++) {
        bool half = false; /* the second half of a wide one is due */
        for (int x = 0; x < c->width; x++) {
            const struct cell_glyph *g = cells_at(c, x, y);
            assert_int_equal(g->code[0] == 0, half);
            if (half) {
                half = false;
                continue;
            }
            assert_true(g->code[0] >= 0x20 && g->code[0] != 0x7f && (g->code[0] < 0x80 || g->code[0] >= 0xa0));
            assert_false(g->code[0] >= 0x200b && g->code[0] <= 0x200f);
            assert_false(g->code[0] >= 0x202a && g->code[0] <= 0x202e);
            assert_false(g->code[0] >= 0x2066 && g->code[0] <= 0x2069);
            assert_true(!c->ascii || g->code[0] < 0x80);
            half = text_code_width(g->code[0]) == 2;
        }
        assert_false(half);
    }
}

static void check_sizes(struct world *w, uint32_t *seed)
{
    static const int sizes[][2] = {{40, 12}, {80, 24}, {200, 50}, {300, 100}};
    enum { SIZES = sizeof sizes / sizeof *sizes, RANDOM = 6 };
    for (int i = 0; i < 2 * (SIZES + RANDOM); i++) {
        *seed = *seed * 1664525u + 1013904223u;
        bool given = i / 2 < SIZES;
        struct cells c;
        cells_init(&c, given ? sizes[i / 2][0] : 1 + (int)(*seed >> 16) % 300,
                   given ? sizes[i / 2][1] : 1 + (int)(*seed >> 24) % 100, i % 2);
        app_resize(w->app, c.width, c.height);
        app_draw(w->app, &c);
        check_grid(&c);
        cells_done(&c);
    }
}

/* Names as anybody may give them, in groups, topics, members and errors. */
static void fill_hostile(struct world *w)
{
    static const char *const names[] = {
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e-\xe3\x82\xb0\xe3\x83\xab\xe3\x83\xbc\xe3\x83\x97", /* wide */
        "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81-combining",
        "\xcc\x81starts with a combining one",
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb emoji \xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85",
        "\xe2\x80\xaeoverridden\xe2\x81\xa6",
        "\x1b[2J\x1b]0;owned\x07\x1b[31mred",
        "\xc2\x9b"
        "31m c1 \xc2\x85",
        "\xff\xfe\xc3( no UTF-8 \xed\xa0\x80",
        "line\nbreak\ttab\rback\b\x7f",
    };
    world_fill(w);
    char key[9000], text[5000];
    for (size_t i = 0; i <= sizeof names / sizeof *names; i++) {
        memset(text, 0, sizeof text);
        if (i < sizeof names / sizeof *names)
            snprintf(text, sizeof text, "%s", names[i]);
        else
            for (size_t k = 0; k + 3 < 4096; k += 3)
                memcpy(text + k, "\xe6\x97\xa5", 3);
        snprintf(key, sizeof key, "prod-eu/%s", text);
        world_set(w, "groups", key, "lag", "123456789");
        world_set(w, "groups", key, "state", text);
        world_set(w, "groups", key, "verdict", "stuck");
        world_set(w, "groups", key, "why", text);
        world_set(w, "topics", key, "partitions", "3");
        snprintf(key, sizeof key, "IT-C01/prod-eu/connector %s", text);
        world_set(w, "findings", key, "severity", i % 2 ? "critical" : "info");
        world_set(w, "findings", key, "text", text);
        world_set(w, "findings", key, "connector", text);
        world_set(w, "findings", key, "means", text);
        snprintf(key, sizeof key, "IT-C01/prod-eu/connector %s/1", text);
        world_set(w, "finding_evidence", key, "text", text);
        world_set(w, "finding_evidence", key, "table", i % 3 ? "groups" : text);
        world_set(w, "finding_evidence", key, "where", i % 2 ? "lag > 5" : text);
        snprintf(key, sizeof key, "prod-eu/payments/%s", text);
        world_set(w, "group_members", key, "host", text);
        world_set(w, "group_members", key, "assignment", text);
    }
    world_source_fails(w);
    world_set(w, "sources", "kafka:prod-eu", "error", names[6]);
    world_commit(w);
}

/* Every view at four sizes and at random ones, in UTF-8 and in ASCII, with names of all kinds. */
static void test_grid(void **state)
{
    (void)state;
    static const char *const keys[] = {"1",
                                       "2",
                                       "2 j Enter",
                                       "2 j Enter Tab",
                                       "3",
                                       "3 j Enter",
                                       "4",
                                       "4 Enter",
                                       "0",
                                       "L",
                                       "?",
                                       "2 i j",
                                       "2 j i",
                                       "2 s",
                                       "2 c",
                                       "2 b j j Enter",
                                       "2 j v",
                                       "2 / l a g Space > 1",
                                       ": g r o u",
                                       "2 Y",
                                       "2 m u",
                                       "2 ~ |",
                                       "2 J",
                                       ": g r o u p _ p Enter",
                                       ": t o p i c s Enter G",
                                       "F G",
                                       "F Enter",
                                       "F G Enter Enter",
                                       "F j Enter Enter Enter"};
    uint32_t seed = 17;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct world w;
        world_begin(&w, fill_hostile);
        world_keys(&w, "2");
        assert_true(world_shows(&w, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e-")); /* they are there */
        assert_true(world_shows(&w, "owned"));
        world_keys(&w, "1");
        world_keys(&w, keys[k]);
        for (int page = 0; page < 3; page++) {
            check_sizes(&w, &seed);
            world_pass(&w, 1000);
            world_keys(&w, "PgDn Right");
        }
        world_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_keys),
        cmocka_unit_test(test_all_sizes),
        cmocka_unit_test(test_grid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
