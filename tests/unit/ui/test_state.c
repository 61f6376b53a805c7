/* What is kept over restarts: saved by one app, restored into the next one. */
#include "world.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct app_settings plain = {.graph = GRAPH_BRAILLE, .utc = true, .state_of = "prod"};

static void begin(struct world *w, const struct app_settings *settings, const char *state)
{
    world_init(w);
    world_fill(w);
    w->state = state;
    world_start(w, settings);
    world_commit(w);
    free(world_screen(w, 80, 24, false));
}

static char *saved(struct world *w)
{
    struct str s = {0};
    app_state_save(w->app, &s);
    return str_take(&s);
}

static bool shows(struct world *w, const char *text)
{
    char *screen = world_screen(w, 80, 24, false);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}

/* Presses keys in a first life and returns what it leaves. */
static char *live(const struct app_settings *settings, const char *state, const char *keys)
{
    struct world w;
    begin(&w, settings, state);
    world_keys(&w, keys);
    free(world_screen(&w, 80, 24, false));
    char *text = saved(&w);
    world_done(&w);
    return text;
}

static void lists_views_and_flags(void **state)
{
    (void)state;
    struct world w;
    char *text = live(&plain, NULL, "3 / p a y Enter 2 s j j j Enter u z");
    begin(&w, &plain, text);
    char *again = saved(&w);
    assert_string_equal(again, text); /* nothing is lost, nothing is made up */
    assert_true(shows(&w, "GROUPS"));
    assert_false(shows(&w, "14:22:07Z"));
    world_keys(&w, "3");
    assert_true(shows(&w, ": pay"));
    world_done(&w);
    free(again);
    free(text);
}

static void the_divided_screen(void **state)
{
    (void)state;
    struct world w;
    char *text = live(&plain, NULL, "2 j j");
    assert_non_null(strstr(text, "\"split\":false"));
    free(text);
    text = live(&plain, NULL, "2 j j v");
    begin(&w, &plain, text);
    assert_true(shows(&w, "GROUPS") && shows(&w, "PARTITIONS"));
    world_keys(&w, "v");
    assert_false(shows(&w, "PARTITIONS"));
    world_done(&w);
    free(text);
}

/* That a filter is there which nobody typed now is said where it is seen. */
static void a_filter_that_was_kept(void **state)
{
    (void)state;
    struct world w;
    char *text = live(&plain, NULL, "2 / l a g > 1 0 0 0 Enter");
    begin(&w, &plain, text);
    assert_true(shows(&w, "kept filter, 4 of 44: lag>1000"));
    world_keys(&w, "/ 0 Enter");
    assert_false(shows(&w, "kept filter"));
    assert_true(shows(&w, "3 of 44: lag>10000"));
    world_done(&w);
    free(text);
}

/* One stands where one was, also about a row that is not there yet. */
static void the_row(void **state)
{
    (void)state;
    struct world w;
    char *text = live(&plain, NULL, "2 / p a y m Enter Enter / 7 Enter");
    assert_non_null(strstr(text, "\"row\":{\"cluster\":\"prod-eu\",\"group\":\"payments\"}"));
    begin(&w, &plain, text);
    assert_true(shows(&w, "payments"));
    assert_true(shows(&w, ": 7"));
    assert_false(shows(&w, "fraud-model"));
    world_keys(&w, "Esc Esc"); /* the filter, then to the groups */
    assert_true(shows(&w, ": paym"));
    world_done(&w);

    const struct app_settings other = {.graph = GRAPH_BRAILLE, .utc = true, .state_of = "elsewhere"};
    begin(&w, &other, text);
    assert_true(shows(&w, "fraud-model")); /* the overview */
    world_done(&w);
    free(text);
}

/* What the command line says holds, and is not kept. */
static void given(void **state)
{
    (void)state;
    struct world w;
    char *text = live(&plain, NULL, "2 / p a y m Enter u z");
    const struct app_settings settings = {.graph = GRAPH_BRAILLE,
                                          .utc = true,
                                          .utc_given = true,
                                          .view = "groups",
                                          .filter = "lag > 1000000",
                                          .state_of = "prod"};
    begin(&w, &settings, text);
    assert_true(shows(&w, "14:22:07Z"));
    assert_true(shows(&w, "lag > 1000000"));
    char *after = saved(&w);
    assert_null(strstr(after, "1000000\\n"));
    world_done(&w);
    free(after);
    free(text);
}

static void bookmarks(void **state)
{
    (void)state;
    struct world w;
    char *text = live(&plain, NULL, "2 j Enter \" Enter 3 / p a y Enter : b o o k m a r k Space p Enter 1");
    begin(&w, &plain, text);
    world_keys(&w, ": g o Space p Enter");
    assert_true(shows(&w, ": pay"));
    assert_true(shows(&w, "TOPICS"));
    world_keys(&w, "'");
    assert_true(shows(&w, "payments"));
    world_keys(&w, "Tab Enter");
    world_keys(&w, ": f o r g e t Space p Enter");
    char *after = saved(&w);
    assert_null(strstr(after, "\"p\""));
    world_done(&w);
    free(after);
    free(text);

    begin(&w, &plain, NULL);
    world_keys(&w, "'");
    assert_true(shows(&w, "there is no bookmark yet; \" sets one"));
    world_keys(&w, ": g o Space x Enter");
    assert_true(shows(&w, "no bookmark is called x"));
    world_done(&w);
}

static void broken(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"utc\":1}",
        "{\"lists\":[]}",
        "{\"lists\":{\"groups\":\"x\"}}",
        "{\"lists\":{\"groups 99\":\"x\"}}",
        "{\"lists\":{\"groups 0\":1}}",
        "{\"bookmarks\":{\"x\":{}}}",
        "{\"bookmarks\":{\"x\":{\"view\":\"group\",\"row\":{}}}}",
        "{\"bookmarks\":{\"x\":{\"view\":\"group\",\"row\":{\"group\":{\"hex\":\"f\"}}}}}",
        "{\"utc\":false,\"last\":{\"view\":1}}",
    };
    struct world w;
    begin(&w, &plain, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error err = {0};
        assert_int_equal(app_state_restore(w.app, texts[i], &err), ERR_INVALID);
        assert_true(err.text[0]);
        assert_true(shows(&w, "14:22:07Z")); /* nothing of it holds */
    }
    world_done(&w);

    /* well formed, and of no use */
    begin(&w, &plain,
          "{\"last\":{\"view\":\"nothing\"},\"lists\":{\"groups 0\":\"columns \\nwidths lag:99999999999 "
          "x:1\\nsort\\nfilter ((\\n\",\"nowhere 3\":\"?\"},\"new\":1}");
    world_keys(&w, "2");
    assert_true(shows(&w, "payments"));
    world_done(&w);
    begin(&w, &plain, "{\"last\":{\"of\":\"prod\",\"view\":\"group\",\"row\":{\"offset\":1,\"group\":\"payments\"}}}");
    assert_true(shows(&w, "payments"));
    world_done(&w);
}

static void names_that_are_no_text(void **state)
{
    (void)state;
    struct world w;
    begin(&w, &plain,
          "{\"last\":{\"of\":\"prod\",\"view\":\"group\",\"row\":{\"cluster\":\"prod-eu\",\"group\":{\"hex\":"
          "\"61ff62\"}}}}");
    assert_true(shows(&w, "a\\xFFb"));
    char *text = saved(&w);
    assert_non_null(strstr(text, "{\"hex\":\"61ff62\"}"));
    world_done(&w);
    free(text);
}

static void summary(void **state)
{
    (void)state;
    struct world w;
    struct str s = {0};
    begin(&w, &plain, NULL);
    app_summary(w.app, &s);
    assert_non_null(strstr(str_text(&s), "prod-eu: 2 wrong, 2 warnings; worst: "));
    world_done(&w);
    str_clear(&s);
    world_init(&w);
    world_fill_calm(&w);
    world_start(&w, &plain);
    app_summary(w.app, &s);
    assert_int_equal(s.len, 0);
    str_done(&s);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_views_and_flags),
        cmocka_unit_test(the_divided_screen),
        cmocka_unit_test(a_filter_that_was_kept),
        cmocka_unit_test(the_row),
        cmocka_unit_test(given),
        cmocka_unit_test(bookmarks),
        cmocka_unit_test(broken),
        cmocka_unit_test(names_that_are_no_text),
        cmocka_unit_test(summary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
