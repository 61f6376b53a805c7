/* The console, keys in and screens out, compared with the ones kept in tests/data/screens. */
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

static void nothing_is_read(struct world *w)
{
    world_set(w, "sources", "kafka:prod-eu", "kind", "kafka");
    source_fails(w);
}

static void nothing_is_there(struct world *w)
{
    world_set(w, "sources", "kafka:prod-eu", "kind", "kafka");
    world_set(w, "sources", "kafka:prod-eu", "state", "ok");
    world_set(w, "sources", "kafka:prod-eu", "last_ok", "1");
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

static void records_come(struct world *w)
{
    world_answer(w, NULL);
}

static void json_record(struct world *w)
{
    world_answer(w, NULL);
    world_keys(w, "n");
}

static void hex_record(struct world *w)
{
    world_answer(w, NULL);
    world_keys(w, "n n n");
}

static void no_permission(struct world *w)
{
    struct error err;
    error_set(&err, ERR_REMOTE, "topic payments.events: no permission (READ on the topic is needed)");
    world_answer(w, &err);
}

/* Another cluster has a group of the same name. */
static void two_clusters(struct world *w)
{
    world_set(w, "clusters", "west", "brokers", "3");
    world_set(w, "groups", "west/payments", "lag", "70000");
    world_set(w, "groups", "west/payments", "state", "Stable");
    world_commit(w);
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
    {"groups-failed-80x24", NULL, 80, 24, false, "2", nothing_is_read},
    {"groups-none-40x12", NULL, 40, 12, false, "2", nothing_is_there},
    {"topics-none-80x24", NULL, 80, 24, false, "3", nothing_is_there},
    {"sinks-overview-80x24", world_fill_sinks, 80, 24, false, ""},
    {"sinks-overview-200x50", world_fill_sinks, 200, 50, false, ""},
    {"sinks-connectors-80x24", world_fill_sinks, 80, 24, false, "5"},
    {"sinks-connectors-200x50", world_fill_sinks, 200, 50, false, "5"},
    {"sinks-connector-80x24", world_fill_sinks, 80, 24, false, "5 / c l i c k s Enter Enter"},
    {"sinks-connector-80x24-ascii", world_fill_sinks, 80, 24, true, "5 / c l i c k s Enter Enter j"},
    {"sinks-connector-200x50", world_fill_sinks, 200, 50, false, "5 / c l i c k s Enter Enter j"},
    {"sinks-connector-40x12", world_fill_sinks, 40, 12, false, "5 / c l i c k s Enter Enter"},
    {"sinks-commit-80x24", world_fill_sinks, 80, 24, false, "5 / c l i c k s Enter Enter j Enter"},
    {"sinks-commit-120x36", world_fill_sinks, 120, 36, false, "5 / c l i c k s Enter Enter Enter"},
    {"sinks-tables-80x24", world_fill_sinks, 80, 24, false, "6"},
    {"sinks-tables-200x50", world_fill_sinks, 200, 50, false, "6"},
    {"sinks-table-80x24", world_fill_sinks, 80, 24, false, "6 / c l i c k s Enter Enter"},
    {"sinks-table-200x50", world_fill_sinks, 200, 50, false, "6 / c l i c k s Enter Enter"},
    {"overview-20x5", world_fill, 20, 5, false, ""},
    {"groups-80x24", world_fill, 80, 24, false, "2 j j"},
    {"groups-120x30", world_fill, 120, 30, false, "2"},
    {"groups-40x12-ascii", world_fill, 40, 12, true, "2 j"},
    {"groups-filter-80x24", world_fill, 80, 24, false, "2 / l a g Space > Space 1 k Enter"},
    {"groups-filter-error-80x24", world_fill, 80, 24, false, "2 / l a g g Space > Space 1"},
    {"groups-sort-80x24", world_fill, 80, 24, false, "2 s j j j"},
    {"groups-columns-80x24", world_fill, 80, 24, false, "2 c j j Space j Space"},
    {"groups-changes-80x24-ascii", world_fill, 80, 24, true, "2 m", rows_change},
    {"groups-clusters-80x24", world_fill, 80, 24, false, "2", two_clusters},
    {"groups-clusters-40x12", world_fill, 40, 12, false, "2", two_clusters},
    {"groups-exact-120x30", world_fill, 120, 30, false, "2 u"},
    {"groups-scales-120x30", world_fill, 120, 30, false, "2 ~ |"},
    {"groups-by-80x24", world_fill, 80, 24, false, "2 b j j j Enter"},
    {"groups-by-menu-80x24", world_fill, 80, 24, false, "2 b j j j"},
    {"groups-split-80x24", world_fill, 80, 24, false, "2 j v"},
    {"groups-split-200x50", world_fill, 200, 50, false, "2 j v"},
    {"brokers-split-160x20-ascii", world_fill, 160, 20, true, "4 v"},
    {"group-log-120x36", world_fill, 120, 36, false, "2 j Enter t |"},
    {"group-80x24", world_fill, 80, 24, false, "Enter"},
    {"group-80x24-ascii", world_fill, 80, 24, true, "2 j Enter"},
    {"group-members-80x24", world_fill, 80, 24, false, "2 j Enter Tab"},
    {"group-40x12", world_fill, 40, 12, false, "2 j Enter"},
    {"group-200x50", world_fill, 200, 50, false, "2 j Enter"},
    {"topics-80x24", world_fill, 80, 24, false, "3"},
    {"topic-80x24", world_fill, 80, 24, false, "3 Enter"},
    {"brokers-120x30", world_fill, 120, 30, false, "4"},
    {"brokers-80x24", world_fill, 80, 24, false, "4"},
    {"sources-120x30", world_fill, 120, 30, false, "0"},
    {"events-80x24", world_fill, 80, 24, false, "L"},
    {"generic-80x24", world_fill, 80, 24, false, ": g r o u p _ p Enter"},
    {"command-80x24", world_fill, 80, 24, false, ": g"},
    {"command-empty-120x30", world_fill, 120, 30, false, "2 :"},
    {"command-sort-40x12-ascii", world_fill, 40, 12, true, "2 : s o r t Space l a g Tab Tab"},
    {"command-error-80x24", world_fill, 80, 24, false, "2 : f Space l a g g Space > Space 1 Enter"},
    {"command-help-80x24", world_fill, 80, 24, false, ": h e l p Space w r i t e Enter"},
    {"help-80x24", world_fill, 80, 24, false, "?"},
    {"inspect-80x24", world_fill, 80, 24, false, "2 j i j"},
    {"inspect-text-80x24", world_fill, 80, 24, false, "2 j i"},
    {"inspect-40x12-ascii", world_fill, 40, 12, true, "2 j i j"},
    {"inspect-120x36", world_fill, 120, 36, false, "2 j i j"},
    {"inspect-200x50", world_fill, 200, 50, false, "2 j i j | t"},
    {"record-reading-80x24", world_fill, 80, 24, false, "2 j Enter o"},
    {"record-80x24", world_fill, 80, 24, false, "2 j Enter o", records_come},
    {"record-json-80x24", world_fill, 80, 24, false, "2 j Enter o", json_record},
    {"record-json-200x50", world_fill, 200, 50, false, "2 j Enter o", json_record},
    {"record-json-40x12-ascii", world_fill, 40, 12, true, "2 j Enter o", json_record},
    {"record-hex-80x24", world_fill, 80, 24, false, "2 j Enter o", hex_record},
    {"record-denied-80x24", world_fill, 80, 24, false, "2 j Enter o", no_permission},
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

/* How many names the palette has is no part of its picture: every key and command changes it. */
static void hide_count(char *screen)
{
    char *line = strstr(screen, "VIEWS AND COMMANDS");
    char *end = line ? strchr(line, '\n') : NULL;
    while (end && *--end >= '0' && *end <= '9')
        *end = '#';
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
        hide_count(got);
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

/* ---- behaviour ---- */

static void begin(struct world *w, void (*fill)(struct world *w))
{
    world_init(w);
    fill(w);
    world_start(w, NULL);
    free(world_screen(w, 80, 24, false));
}

/* Subscriptions in force, as "table where" joined by newlines; the caller frees. */
static char *subscribed(const struct world *w)
{
    struct str s = {0};
    for (int i = 0; i < w->nsubscriptions; i++) {
        if (w->subscriptions[i])
            str_printf(&s, "%s\n", w->subscriptions[i]);
    }
    return str_take(&s);
}

static void expect_subscribed(const struct world *w, const char *want)
{
    char *got = subscribed(w);
    assert_string_equal(got, want);
    free(got);
}

static bool shows(struct world *w, const char *text)
{
    char *screen = world_screen(w, 80, 24, false);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}

#define BASE   "sources\nclusters\ngroups\nconnectors\nfindings\n"
#define GROUPS "groups role = unknown or role != control\n"

/* Only what is shown is read. */
static void test_subscriptions(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    expect_subscribed(&w, BASE "iceberg_tables\nevents\n");
    world_keys(&w, "2 j Enter");
    expect_subscribed(&w, BASE "groups cluster = \"prod-eu\" and group = \"payments\"\n"
                               "group_partitions cluster = \"prod-eu\" and group = \"payments\"\n"
                               "group_members cluster = \"prod-eu\" and group = \"payments\"\n"
                               "group_topics cluster = \"prod-eu\" and group = \"payments\"\n");
    world_keys(&w, "Esc");
    expect_subscribed(&w, BASE GROUPS);
    world_keys(&w, "1 : b r o Enter");
    expect_subscribed(&w, BASE "brokers\n");
    world_done(&w);
}

/* Records are asked for by a key, a few at a time, and gone with the page. */
static void test_records(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 o");
    assert_int_equal(w.looks, 0); /* a group is no partition */
    assert_true(shows(&w, "this row is no partition"));
    world_keys(&w, "j Enter o");
    assert_int_equal(w.looks, 1);
    assert_int_equal(w.looked_at, 9189823); /* where the group stands */
    assert_true(shows(&w, "reading"));
    world_answer(&w, NULL);
    assert_true(shows(&w, "stands here"));
    world_keys(&w, "N");
    assert_int_equal(w.looks, 2);
    assert_int_equal(w.looked_at, 9189813);
    world_keys(&w, "N N n f"); /* while it is awaited */
    assert_int_equal(w.looks, 2);
    world_answer(&w, NULL);
    assert_true(shows(&w, "offset 9,189,822"));
    assert_true(shows(&w, "as text"));
    world_keys(&w, "n");
    assert_int_equal(w.looks, 3); /* on from there */
    assert_int_equal(w.looked_at, 9189823);
    world_answer(&w, NULL);
    assert_true(shows(&w, "offset 9,189,823"));
    world_keys(&w, "n n n n n n n n n");
    assert_int_equal(w.looks, 3);
    assert_true(shows(&w, "offset 9,189,832"));
    assert_false(shows(&w, "2130"));
    world_keys(&w, "y ?");
    assert_memory_equal(w.copied, "{\"order\":9182004", 16);
    assert_true(shows(&w, "KEYS"));
    world_keys(&w, "Esc");
    assert_true(shows(&w, "offset 9,189,832")); /* help leads back */
    world_keys(&w, "n Esc");
    assert_int_equal(w.looks, 4);
    assert_null(w.look_done); /* nobody waits for it any longer */
    assert_false(shows(&w, "customer-17"));
    world_done(&w);
}

static void test_newest_records_and_a_collector_that_goes(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    begin(&w, world_fill);
    world_set(&w, "partitions", "prod-eu/payments.events/4", "end", "9400000");
    world_commit(&w);
    world_keys(&w, ": p a r t i t i o n s Enter o");
    assert_int_equal(w.looked_at, STREAM_RECORD_AT_END);
    world_answer(&w, NULL);
    assert_true(shows(&w, "offset 9,399,999, the last one"));
    world_keys(&w, "n");
    assert_int_equal(w.looked_at, 9400000);
    world_answer(&w, NULL);
    assert_true(shows(&w, "nothing at offset 9400000 yet"));
    assert_true(shows(&w, "offset 9,399,999, the last one"));
    world_keys(&w, "n");
    error_set(&err, ERR_CLOSED, "the collector ended");
    app_detach(w.app, &err);
    assert_null(w.look_done);
    assert_true(shows(&w, "the collector has gone"));
    world_keys(&w, "n");
    assert_true(shows(&w, "there is no collector to ask"));
    app_attach_data(w.app, &w.data);
    world_keys(&w, "n");
    assert_int_equal(w.looks, 4);
    world_done(&w);
}

/* Names are quoted so that no name can change the condition. */
static void test_quoting(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill_calm);
    world_set(&w, "groups", "prod-eu/a\" or \"\\b\xff\x01", "lag", "5");
    world_set(&w, "groups", "prod-eu/a\" or \"\\b\xff\x01", "lost", "5");
    world_set(&w, "group_partitions", "prod-eu/a\" or \"\\b\xff\x01/t/0", "lag", "77");
    world_set(&w, "group_partitions", "prod-eu/other/t/0", "lag", "88");
    world_commit(&w);
    free(world_screen(&w, 80, 24, false));
    world_keys(&w, "Enter");
    char *got = subscribed(&w);
    assert_non_null(strstr(got, "group_partitions cluster = \"prod-eu\" and "
                                "group = \"a\\\" or \\\"\\\\b\\xff\\x01\"\n"));
    free(got);
    assert_true(shows(&w, "77"));
    assert_false(shows(&w, "88"));
    world_done(&w);
}

static void test_history_of_views(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 j j Enter");
    assert_true(shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_keys(&w, "[");
    assert_true(shows(&w, "GROUPS 44"));
    world_keys(&w, "]");
    assert_true(shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_keys(&w, "3");
    assert_true(shows(&w, "TOPICS 4"));
    world_keys(&w, "[ [ Enter"); /* the cursor is where it was */
    assert_true(shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_keys(&w, "Esc Esc");
    assert_true(shows(&w, "BEHIND 5"));
    world_keys(&w, "Esc Esc");
    assert_true(shows(&w, "BEHIND 5"));
    for (int i = 0; i < 200; i++)
        world_keys(&w, "2 Enter Esc 3 Enter [ ]");
    world_done(&w);
}

/* From a topic to a group that reads it, though the row is one of its partitions. */
static void test_open_by_columns(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "3 Enter Tab Enter");
    assert_true(shows(&w, "topics \xe2\x80\xba payments.events \xe2\x80\xba payments"));
    world_keys(&w, "Esc");
    assert_true(shows(&w, "GROUPS ON IT 12"));
    world_keys(&w, "4 Enter"); /* leads nowhere: all columns */
    assert_true(shows(&w, "kafka-3.prod-eu.example"));
    assert_true(shows(&w, "The host that it advertises."));
    world_done(&w);
}

/* From names in a row to what they name, whether it was read or not. */
static void test_jump(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_set(&w, "group_partitions", "prod-eu/payments/payments.events/7", "leader", "3");
    world_set(&w, "group_partitions", "prod-eu/payments/payments.events/7", "member_id", "payments-1-0f9c1d");
    world_commit(&w);
    world_keys(&w, "2 j Enter J");
    assert_true(shows(&w, "GO TO"));
    assert_true(shows(&w, "leader"));
    assert_false(shows(&w, "  group  ")); /* that is where we are */
    world_keys(&w, "j Enter");
    assert_true(shows(&w, "topics \xe2\x80\xba payments.events"));
    world_keys(&w, "[ J G Enter y"); /* the leader, in the list of brokers */
    assert_true(shows(&w, "BROKERS 3"));
    assert_string_equal(w.copied, "3");
    world_keys(&w, "[ J j j j Enter y"); /* the member, in another list of the same view */
    assert_string_equal(w.copied, "payments-1-0f9c1d");
    world_keys(&w, "J Esc");
    assert_false(shows(&w, "GO TO"));
    world_remove(&w, "topics", "prod-eu/payments.events");
    world_commit(&w);
    world_keys(&w, "Backtab J j Enter");
    assert_true(shows(&w, "topics \xe2\x80\xba payments.events"));
    assert_true(shows(&w, "is not there any more"));
    world_done(&w);
}

/* Rows put together, opened, and every row by itself again. */
static void test_groups_of_rows(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 b");
    assert_true(shows(&w, "GROUP BY"));
    world_keys(&w, "j j j Enter");
    assert_true(shows(&w, "GROUPS by state 2"));
    assert_true(shows(&w, "grouped by state"));
    world_keys(&w, "y");
    assert_string_equal(w.copied, "Empty");
    world_keys(&w, "i");
    assert_true(shows(&w, "Enter lists its rows"));
    world_keys(&w, "j Enter");
    assert_true(shows(&w, "state: "));
    world_keys(&w, "Esc");
    assert_true(shows(&w, "GROUPS by state 2"));
    world_keys(&w, "3 2");
    assert_true(shows(&w, "GROUPS by state 2"));
    world_keys(&w, "b g g Enter");
    assert_true(shows(&w, "GROUPS 44"));
    world_done(&w);
}

/* The other half of the screen is about the row under the cursor, but not about each that it passes. */
static void test_split(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 j v");
    expect_subscribed(&w, BASE GROUPS); /* not before it is drawn */
    assert_true(shows(&w, "MEMBERS 3"));
    expect_subscribed(&w, BASE GROUPS ""
                                      "groups cluster = \"prod-eu\" and group = \"payments\"\n"
                                      "group_partitions cluster = \"prod-eu\" and group = \"payments\"\n"
                                      "group_members cluster = \"prod-eu\" and group = \"payments\"\n"
                                      "group_topics cluster = \"prod-eu\" and group = \"payments\"\n");
    world_keys(&w, "j");
    assert_true(shows(&w, "MEMBERS 3")); /* still */
    world_keys(&w, "j");
    world_pass(&w, 200);
    assert_false(shows(&w, "MEMBERS 3"));
    assert_true(shows(&w, "search-indexer  Stable"));
    const struct input click = {.mouse = true, .button = 1, .x = 10, .y = 18};
    app_input(w.app, &click); /* there is no list there that it could move in */
    world_keys(&w, "y");
    assert_string_equal(w.copied, "search-indexer");
    world_keys(&w, "v");
    assert_false(shows(&w, "search-indexer  Stable"));
    expect_subscribed(&w, BASE GROUPS);
    world_keys(&w, "4 v"); /* rows without a view: their columns */
    assert_true(shows(&w, "kafka-3.prod-eu.example"));
    assert_true(shows(&w, "advertises"));
    world_pass(&w, 200);
    free(world_screen(&w, 80, 12, false)); /* no room for it */
    expect_subscribed(&w, BASE "brokers\n");
    world_done(&w);
}

/* The mouse: a click selects, the wheel moves. */
static void test_mouse(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2");
    free(world_screen(&w, 80, 24, false));
    const struct input click = {.mouse = true, .button = 1, .x = 10, .y = 4}, wheel = {.mouse = true, .button = 5};
    app_input(w.app, &click);
    world_keys(&w, "y");
    assert_string_equal(w.copied, "fraud-model");
    app_input(w.app, &wheel);
    world_keys(&w, "y");
    assert_string_equal(w.copied, "service-000");
    app_input(w.app, &click);
    app_input(w.app, &click); /* again: opens */
    assert_true(shows(&w, "fraud-model"));
    assert_true(shows(&w, "MEMBERS"));
    world_keys(&w, "Esc c");
    assert_true(shows(&w, "[x]"));
    const struct input line = {.mouse = true, .button = 1, .x = 60, .y = 6},
                       beside = {.mouse = true, .button = 1, .y = 6};
    app_input(w.app, &wheel);
    app_input(w.app, &line);
    app_input(w.app, &line);
    app_input(w.app, &beside);
    assert_false(shows(&w, "[x]"));
    world_done(&w);
}

static void test_pause(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 p");
    world_pass(&w, 7000);
    world_set(&w, "groups", "prod-eu/payments", "lag", "777");
    world_remove(&w, "groups", "prod-eu/mailer");
    world_commit(&w);
    assert_true(shows(&w, "84.2"));
    assert_true(shows(&w, "mailer"));
    assert_true(shows(&w, "14:22:07Z"));
    assert_true(shows(&w, "paused"));
    world_keys(&w, "G p");
    assert_false(shows(&w, "mailer"));
    assert_false(shows(&w, "paused"));
    assert_true(shows(&w, "14:22:14Z"));
    world_keys(&w, "g g");
    assert_true(shows(&w, "777"));
    world_done(&w);
}

/* The collector dies and another takes over: the picture stays, dim, then goes on. */
static void test_restart(void **state)
{
    (void)state;
    struct world w, other;
    struct error err;
    begin(&w, world_fill);
    world_keys(&w, "2 j j");
    error_set(&err, ERR_CLOSED, "the collector ended");
    app_detach(w.app, &err);
    world_pass(&w, 65000);
    assert_true(shows(&w, "the collector ended; this picture is 1 m 5 s old"));
    assert_true(shows(&w, "fraud-model"));
    struct cells c;
    cells_init(&c, 80, 24, false);
    app_draw(w.app, &c);
    for (int x = 0; x < 60; x++)
        assert_true(cells_at(&c, x, 6)->role == ROLE_DIM || cells_at(&c, x, 6)->code[0] == ' ');
    cells_done(&c);
    world_keys(&w, "Enter Esc r p p"); /* nothing of this asks who is not there */
    assert_int_equal(w.refreshes, 0);

    world_init(&other);
    other.now_ms = w.now_ms;
    world_fill(&other);
    app_attach_data(w.app, &other.data);
    store_free(w.store);
    w.store = other.store;
    app_changed(w.app, true);
    assert_true(shows(&w, "collector restarted"));
    assert_false(shows(&w, "old"));
    world_keys(&w, "Enter");
    assert_true(shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_pass(&w, 60000);
    assert_false(shows(&w, "collector restarted"));
    app_free(w.app);
    w.app = NULL;
    w.store = NULL;
    world_done(&w);
    world_done(&other);
}

/* The very first collector does not start: that is said, and drawn all the same. */
static void test_no_collector(void **state)
{
    (void)state;
    static const struct app_ops none = {0};
    static const struct app_settings settings = {.utc = true};
    struct world w;
    struct error err;
    world_init(&w);
    w.app = app_new(NULL, &w.clock, &settings, &none, NULL);
    assert_true(shows(&w, "connecting"));
    error_set(&err, ERR_IO, "cannot start a collector: no memory");
    app_detach(w.app, &err);
    assert_true(shows(&w, "cannot start a collector: no memory"));
    assert_true(shows(&w, "no collector"));
    assert_false(shows(&w, "old"));
    world_keys(&w, "2 j Enter i / a Enter p r s Esc ? Esc : g Enter");
    world_fill(&w);
    app_attach_data(w.app, &w.data);
    app_changed(w.app, true);
    assert_true(shows(&w, "2 of 2 live"));
    assert_false(shows(&w, "restarted"));
    world_done(&w);
}

static void test_failed_source_is_dim(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    source_fails(&w);
    world_keys(&w, "2");
    struct cells c;
    cells_init(&c, 80, 24, false);
    app_draw(w.app, &c);
    assert_int_equal(cells_at(&c, 2, 0)->role == ROLE_DIM, 0);
    for (int x = 0; x < 60; x++) /* line 5: the first group */
        assert_true(cells_at(&c, x, 5)->role == ROLE_DIM || cells_at(&c, x, 5)->code[0] == ' ');
    cells_done(&c);
    world_done(&w);
}

/* Only a clock that is off by more than ten seconds is worth a line. */
static void test_clock_of_brokers(void **state)
{
    (void)state;
    static const struct {
        const char *skew, *said; /* NULL: nothing */
    } rows[] = {
        {"-", NULL},
        {"~0", NULL},
        {"~10", NULL},
        {"~-10", NULL},
        {"~11.2", "the brokers' clock is 11 s ahead of this machine's"},
        {"~-7200.4", "the brokers' clock is 2 h behind this machine's"},
        {"nan", NULL},
        {"inf", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        begin(&w, world_fill);
        world_set(&w, "clusters", "prod-eu", "clock_skew_s", rows[i].skew);
        world_commit(&w);
        char *screen = world_screen(&w, 120, 24, false);
        if (rows[i].said)
            assert_non_null(strstr(screen, rows[i].said));
        else
            assert_null(strstr(screen, "clock is"));
        free(screen);
        world_done(&w);
    }
}

/* The collector is told which groups are on screen, and not at every step of the cursor. */
static void test_focus(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill_many);
    free(world_screen(&w, 80, 24, false)); /* the overview */
    world_pass(&w, 1000);
    world_keys(&w, "2");
    assert_true(shows(&w, "GROUP"));
    int told = w.focuses;
    assert_in_range(w.nfocused, 10, 60); /* those that are seen, not all thousand */
    assert_non_null(strstr(w.focused, "groups prod-eu/group-"));
    char first[sizeof w.focused];
    memcpy(first, w.focused, sizeof first);
    world_keys(&w, "j");
    assert_true(shows(&w, "GROUP"));
    assert_int_equal(w.focuses, told); /* the same rows */
    world_keys(&w, "G");
    assert_true(shows(&w, "GROUP"));
    assert_int_equal(w.focuses, told); /* too soon */
    world_pass(&w, 1000);
    assert_true(shows(&w, "GROUP"));
    assert_int_equal(w.focuses, told + 1);
    assert_string_not_equal(w.focused, first);
    world_pass(&w, 1000);
    world_keys(&w, "4"); /* brokers */
    assert_true(shows(&w, "BROKER"));
    assert_int_equal(w.nfocused, 0);
    world_done(&w);
}

static void test_small_keys(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 j y");
    assert_string_equal(w.copied, "payments");
    world_keys(&w, "r");
    assert_int_equal(w.refreshes, 1);
    assert_true(shows(&w, "asked every source"));
    world_pass(&w, 3500);
    assert_false(shows(&w, "asked every source"));
    world_keys(&w, "+ +");
    assert_true(shows(&w, "every 2 s"));
    world_keys(&w, "- - -");
    world_pass(&w, 3500);
    assert_false(shows(&w, "every 2 s"));
    world_keys(&w, "u");
    assert_true(shows(&w, "84,200"));
    assert_false(w.quit);
    world_keys(&w, "/ q Esc q");
    assert_true(w.quit);
    world_done(&w);
}

/* Without history charts begin with what is seen, over a short time first. */
static void test_young_charts(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_fill(&w);
    w.forgetful = true;
    world_start(&w, NULL);
    assert_true(shows(&w, "last 2 min"));
    for (int i = 0; i < 50; i++) {
        world_pass(&w, 5000);
        world_set(&w, "groups", "prod-eu/payments", "lag", i % 2 ? "84200" : "90000");
        world_commit(&w);
    }
    assert_true(shows(&w, "last 5 min"));
    assert_true(shows(&w, "\xe2\x96\x87\xe2\x96\x87"));
    for (int i = 0; i < 50; i++) {
        world_pass(&w, 5000);
        world_set(&w, "groups", "prod-eu/payments", "lag", i % 2 ? "84200" : "90000");
        world_commit(&w);
    }
    assert_true(shows(&w, "last 10 min"));
    world_done(&w);
}

/* The inspector: the chosen column in words, its place among the rows, a row that goes and comes back. */
static void test_inspector(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 j");
    expect_subscribed(&w, BASE GROUPS);
    world_keys(&w, "i");
    expect_subscribed(&w, BASE GROUPS "groups cluster = \"prod-eu\" and group = \"payments\"\n");
    assert_true(shows(&w, "The coordinator's word"));
    world_keys(&w, "j");
    assert_true(shows(&w, "messages, exact, 3rd highest of 43"));
    assert_true(shows(&w, "read by kafka:prod-eu"));
    world_set(&w, "groups", "prod-eu/payments", "lag", ">=99000");
    world_commit(&w);
    assert_true(shows(&w, "99,000 messages"));
    assert_true(shows(&w, "the truth is this or more"));
    world_keys(&w, "y");
    assert_string_equal(w.copied, "99000");
    world_keys(&w, "G");
    assert_true(shows(&w, "queryable_why"));
    world_keys(&w, "g g");
    assert_true(shows(&w, "part of the row's name"));
    world_keys(&w, "?");
    assert_true(shows(&w, "KEYS"));
    world_keys(&w, "Esc j j j"); /* back to it */
    assert_true(shows(&w, "99,000 messages"));
    world_remove(&w, "groups", "prod-eu/payments");
    world_commit(&w);
    assert_true(shows(&w, "gone: as it was last"));
    assert_true(shows(&w, "99,000 messages"));
    world_keys(&w, "y");
    world_set(&w, "groups", "prod-eu/payments", "lag", "5");
    world_commit(&w);
    assert_false(shows(&w, "gone: as it was last"));
    assert_true(shows(&w, "5 messages"));
    world_keys(&w, "Esc");
    expect_subscribed(&w, BASE GROUPS);
    assert_true(shows(&w, "GROUPS 44"));
    world_done(&w);
}

/* Charts reach back as far as one wants, and history is asked for it. */
static void test_chart_keys(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2");
    assert_true(shows(&w, "last 15 min"));
    int asked = w.histories;
    world_keys(&w, "t");
    assert_true(shows(&w, "charts of the last 1 h"));
    assert_true(shows(&w, "last 1 h\n"));
    assert_in_range(w.histories, asked + 1, 2 * asked);
    world_keys(&w, "t t t");
    assert_true(shows(&w, "last 1 week"));
    world_keys(&w, "t");
    assert_true(shows(&w, "last 15 min"));
    world_keys(&w, "~");
    assert_true(shows(&w, "spark lines on one scale"));
    world_keys(&w, "|");
    assert_true(shows(&w, "on a logarithmic scale"));
    world_keys(&w, "| ~");
    assert_true(shows(&w, "a scale of its own"));
    world_done(&w);
}

/* In the prompt keys are text; Esc brings the filter back that was there. */
static void test_prompt(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2 / p a y Enter");
    assert_true(shows(&w, "GROUPS 1"));
    world_keys(&w, "/ ^U m a i l");
    assert_true(shows(&w, "mailer"));
    world_keys(&w, "Esc");
    assert_true(shows(&w, "1 of 44: pay"));
    world_keys(&w, "/ ^W s e a r c h ^A ^E Left Delete BackSpace Enter");
    assert_true(shows(&w, "1 of 44: sear"));
    world_keys(&w, "/ Up Up Enter"); /* typed before: pay */
    assert_true(shows(&w, "1 of 44: pay"));
    world_keys(&w, "Esc");
    assert_true(shows(&w, "GROUPS 44"));
    world_keys(&w, ": n o s u c h Enter");
    assert_true(shows(&w, "no command, view or table is called nosuch"));
    world_keys(&w, "Esc : t o p Tab Enter");
    assert_true(shows(&w, "TOPICS 4"));
    world_done(&w);
}

/* Which of two texts stands higher on the screen? */
static bool above(struct world *w, const char *first, const char *second)
{
    char *screen = world_screen(w, 80, 24, false);
    const char *a = strstr(screen, first), *b = strstr(screen, second);
    bool is = a && b && a < b;
    free(screen);
    return is;
}

/* Lines stay where they are for a moment, unless a row gets worse or somebody asks. */
static void test_rows_settle(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_keys(&w, "2");
    assert_true(above(&w, "search-indexer", "mailer"));
    world_pass(&w, 1000);
    world_set(&w, "groups", "prod-eu/mailer", "lag", "5000");
    world_commit(&w);
    assert_true(above(&w, "search-indexer", "mailer"));
    assert_true(shows(&w, "5.00 k")); /* its number is new all the same */
    world_pass(&w, 10000);
    world_commit(&w);
    assert_true(above(&w, "mailer", "search-indexer"));
    world_set(&w, "groups", "prod-eu/search-indexer", "lag", "6000");
    world_commit(&w);
    assert_true(above(&w, "mailer", "search-indexer"));
    world_keys(&w, "S S"); /* inverted, and back */
    assert_true(above(&w, "search-indexer", "mailer"));
    world_set(&w, "groups", "prod-eu/mailer", "verdict", "stuck");
    world_commit(&w);
    assert_true(above(&w, "mailer", "search-indexer"));
    world_done(&w);
}

/* What a list is sorted by comes later than its rows: it is sorted at once. */
static void test_sorted_by_what_comes(void **state)
{
    (void)state;
    struct world w;
    begin(&w, world_fill);
    world_set(&w, "commits", "prod-eu/a", "connector", "elder-sink");
    world_set(&w, "commits", "prod-eu/b", "connector", "newer-sink");
    world_commit(&w);
    world_keys(&w, ": c o m m i t s Enter");
    assert_true(above(&w, "elder-sink", "newer-sink")); /* by their keys */
    world_set(&w, "commits", "prod-eu/a", "started", "100");
    world_set(&w, "commits", "prod-eu/b", "started", "10");
    world_commit(&w);
    assert_true(above(&w, "newer-sink", "elder-sink"));
    world_done(&w);
}

/* Every view, page and prompt at every size: nothing is drawn outside, nothing refuses. */
static void test_all_sizes(void **state)
{
    (void)state;
    static const char *const keys[] = {"",          "2",
                                       "2 j Enter", "3 Enter",
                                       "?",         "2 i",
                                       "2 j i j",   "2 s",
                                       "2 c",       "2 / l a g g Space > 1",
                                       ": g",       "L",
                                       "0",         "4",
                                       "2 b",       "2 b j j j Enter v",
                                       "2 Enter v", "2 Enter J"};
    static const int widths[] = {1, 2, 3, 5, 9, 17, 26, 39, 40, 41, 57, 79, 80, 120, 300};
    static const int heights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 24, 50, 100};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct world w;
        begin(&w, world_fill);
        source_fails(&w);
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
        begin(&w, world_fill);
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
                rows_change(&w);
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
        snprintf(key, sizeof key, "prod-eu/payments/%s", text);
        world_set(w, "group_members", key, "host", text);
        world_set(w, "group_members", key, "assignment", text);
    }
    source_fails(w);
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
                                       ": t o p i c s Enter G"};
    uint32_t seed = 17;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct world w;
        begin(&w, fill_hostile);
        world_keys(&w, "2");
        assert_true(shows(&w, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e-")); /* they are there */
        assert_true(shows(&w, "owned"));
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
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_subscriptions),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_newest_records_and_a_collector_that_goes),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_history_of_views),
        cmocka_unit_test(test_open_by_columns),
        cmocka_unit_test(test_jump),
        cmocka_unit_test(test_groups_of_rows),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_no_collector),
        cmocka_unit_test(test_failed_source_is_dim),
        cmocka_unit_test(test_focus),
        cmocka_unit_test(test_small_keys),
        cmocka_unit_test(test_young_charts),
        cmocka_unit_test(test_clock_of_brokers),
        cmocka_unit_test(test_prompt),
        cmocka_unit_test(test_any_keys),
        cmocka_unit_test(test_rows_settle),
        cmocka_unit_test(test_sorted_by_what_comes),
        cmocka_unit_test(test_all_sizes),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_chart_keys),
        cmocka_unit_test(test_inspector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
