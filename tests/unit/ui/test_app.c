/* The console, keys in and screens out, compared with the ones kept in tests/data/screens. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "ui/cells.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One screen: the world, the keys pressed in it, and the file it must equal. */
struct screen {
    const char *file;
    void (*fill)(struct world *w);
    int width, height;
    bool ascii;
    const char *keys;
    void (*then)(struct world *w); /* before it is drawn; NULL */
};

static void source_fails(struct world *w)
{
    world_set(w, "sources", "kafka:prod-eu", "state", "failed");
    world_set(w, "sources", "kafka:prod-eu", "error",
              "kafka-1:9092: connect: connection refused; 3 of 3 brokers are down");
    world_set(w, "sources", "kafka:prod-eu", "last_ok", "129");
    world_set(w, "clusters", "prod-eu", "clock_skew_s", "~23.4");
    world_commit(w);
}

static void collector_dies(struct world *w)
{
    struct error err;
    world_pass(w, 4000);
    error_set(&err, ERR_CLOSED, "the collector ended: signal 6 (Aborted)");
    app_detach(w->app, &err);
    world_pass(w, 12000);
}

static void rows_change(struct world *w)
{
    world_pass(w, 5000);
    world_set(w, "groups", "prod-eu/payments", "lag", "99999");
    world_commit(w);
}

static const struct screen screens[] = {
    {"overview-80x24", world_fill, 80, 24, false, ""},
    {"overview-80x24-ascii", world_fill, 80, 24, true, ""},
    {"overview-40x12", world_fill, 40, 12, false, ""},
    {"overview-200x50", world_fill, 200, 50, false, ""},
    {"overview-calm-80x24", world_fill_calm, 80, 24, false, ""},
    {"overview-failed-80x24", world_fill, 80, 24, false, "", source_fails},
    {"overview-detached-80x24", world_fill, 80, 24, false, "", collector_dies},
    {"overview-paused-80x24", world_fill, 80, 24, false, "p", rows_change},
    {"overview-empty-80x24", NULL, 80, 24, false, ""},
    {"overview-20x5", world_fill, 20, 5, false, ""},
    {"groups-80x24", world_fill, 80, 24, false, "2 j j"},
    {"groups-120x30", world_fill, 120, 30, false, "2"},
    {"groups-40x12-ascii", world_fill, 40, 12, true, "2 j"},
    {"groups-filter-80x24", world_fill, 80, 24, false, "2 / l a g Space > Space 1 k Enter"},
    {"groups-filter-error-80x24", world_fill, 80, 24, false, "2 / l a g g Space > Space 1"},
    {"groups-sort-80x24", world_fill, 80, 24, false, "2 s j j j"},
    {"groups-columns-80x24", world_fill, 80, 24, false, "2 c j j Space j Space"},
    {"groups-exact-120x30", world_fill, 120, 30, false, "2 u"},
    {"group-80x24", world_fill, 80, 24, false, "Enter"},
    {"group-80x24-ascii", world_fill, 80, 24, true, "2 j Enter"},
    {"group-members-80x24", world_fill, 80, 24, false, "2 j Enter Tab"},
    {"group-40x12", world_fill, 40, 12, false, "2 j Enter"},
    {"group-200x50", world_fill, 200, 50, false, "2 j Enter"},
    {"topics-80x24", world_fill, 80, 24, false, "3"},
    {"topic-80x24", world_fill, 80, 24, false, "3 Enter"},
    {"brokers-80x24", world_fill, 80, 24, false, "4"},
    {"sources-120x30", world_fill, 120, 30, false, "0"},
    {"events-80x24", world_fill, 80, 24, false, "L"},
    {"generic-80x24", world_fill, 80, 24, false, ": g r o u p _ p Enter"},
    {"goto-80x24", world_fill, 80, 24, false, ": g"},
    {"help-80x24", world_fill, 80, 24, false, "?"},
    {"inspect-80x24", world_fill, 80, 24, false, "2 j i"},
};

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return mem_strdup("");
    struct str s = {0};
    char buf[4096];
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_bytes(&s, buf, n);
    fclose(f);
    return str_take(&s);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void test_screens(void **state)
{
    (void)state;
    const char *data = getenv("TEST_DATA");
    bool update = getenv("TEST_UPDATE") != NULL;
    assert_non_null(data);
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        const struct screen *s = &screens[i];
        struct world w;
        world_init(&w);
        if (s->fill)
            s->fill(&w);
        const struct app_settings settings = {
            .graph = s->ascii ? GRAPH_ASCII : GRAPH_BRAILLE, .ascii = s->ascii, .utc = true};
        world_start(&w, &settings);
        free(world_screen(&w, s->width, s->height, s->ascii));
        world_keys(&w, s->keys);
        if (s->then)
            s->then(&w);
        char *got = world_screen(&w, s->width, s->height, s->ascii);
        char *path = mem_printf("%s/screens/%s.txt", data, s->file);
        if (update)
            write_file(path, got);
        char *want = read_file(path);
        if (strcmp(got, want) != 0)
            print_message("%s:\n%s", s->file, got);
        assert_string_equal(got, want);
        free(want);
        free(path);
        free(got);
        world_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
