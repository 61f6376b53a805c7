/* The console: what keys do. */
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

/* Subscriptions in force are these. */
static void expect_subscribed(const struct world *w, const char *want)
{
    char *got = world_subscribed(w);
    assert_string_equal(got, want);
    free(got);
}

#define BASE   "sources\nclusters\ngroups\nconnectors\nfindings\nprom_alerts\nplugin_checks\nservices\n"
#define GROUPS "groups role = unknown or role != control\n"

/* Only what is shown is read. */
static void test_subscriptions(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    expect_subscribed(&w, BASE "datasets not state in (OK, \"NO-REF\", \"LOW-N\")\niceberg_tables\ntargets\nevents\n");
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
    world_begin(&w, world_fill);
    world_keys(&w, "2 o");
    assert_int_equal(w.looks, 0); /* a group is no partition */
    assert_true(world_shows(&w, "this row is no partition"));
    world_keys(&w, "j Enter o");
    assert_int_equal(w.looks, 1);
    assert_int_equal(w.looked_at, 9189823); /* where the group stands */
    assert_true(world_shows(&w, "reading"));
    world_answer(&w, NULL);
    assert_true(world_shows(&w, "stands here"));
    world_keys(&w, "N");
    assert_int_equal(w.looks, 2);
    assert_int_equal(w.looked_at, 9189813);
    world_keys(&w, "N N n f"); /* while it is awaited */
    assert_int_equal(w.looks, 2);
    world_answer(&w, NULL);
    assert_true(world_shows(&w, "offset 9,189,822"));
    assert_true(world_shows(&w, "as text"));
    world_keys(&w, "n");
    assert_int_equal(w.looks, 3); /* on from there */
    assert_int_equal(w.looked_at, 9189823);
    world_answer(&w, NULL);
    assert_true(world_shows(&w, "offset 9,189,823"));
    world_keys(&w, "n n n n n n n n n");
    assert_int_equal(w.looks, 3);
    assert_true(world_shows(&w, "offset 9,189,832"));
    assert_false(world_shows(&w, "2130"));
    world_keys(&w, "y ?");
    assert_memory_equal(w.copied, "{\"order\":9182004", 16);
    assert_true(world_shows(&w, "KEYS"));
    world_keys(&w, "Esc");
    assert_true(world_shows(&w, "offset 9,189,832")); /* help leads back */
    world_keys(&w, "n Esc");
    assert_int_equal(w.looks, 4);
    assert_null(w.look_done); /* nobody waits for it any longer */
    assert_false(world_shows(&w, "customer-17"));
    world_done(&w);
}

static void test_newest_records_and_a_collector_that_goes(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_begin(&w, world_fill);
    world_set(&w, "partitions", "prod-eu/payments.events/4", "end", "9400000");
    world_commit(&w);
    world_keys(&w, ": p a r t i t i o n s Enter o");
    assert_int_equal(w.looked_at, STREAM_RECORD_AT_END);
    world_answer(&w, NULL);
    assert_true(world_shows(&w, "offset 9,399,999, the last one"));
    world_keys(&w, "n");
    assert_int_equal(w.looked_at, 9400000);
    world_answer(&w, NULL);
    assert_true(world_shows(&w, "nothing at offset 9400000 yet"));
    assert_true(world_shows(&w, "offset 9,399,999, the last one"));
    world_keys(&w, "n");
    error_set(&err, ERR_CLOSED, "the collector ended");
    app_detach(w.app, &err);
    assert_null(w.look_done);
    assert_true(world_shows(&w, "the collector has gone"));
    world_keys(&w, "n");
    assert_true(world_shows(&w, "there is no collector to ask"));
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
    world_begin(&w, world_fill_calm);
    world_set(&w, "groups", "prod-eu/a\" or \"\\b\xff\x01", "lag", "5");
    world_set(&w, "groups", "prod-eu/a\" or \"\\b\xff\x01", "lost", "5");
    world_set(&w, "group_partitions", "prod-eu/a\" or \"\\b\xff\x01/t/0", "lag", "77");
    world_set(&w, "group_partitions", "prod-eu/other/t/0", "lag", "88");
    world_commit(&w);
    free(world_screen(&w, 80, 24, false));
    world_keys(&w, "Enter");
    char *got = world_subscribed(&w);
    assert_non_null(strstr(got, "group_partitions cluster = \"prod-eu\" and "
                                "group = \"a\\\" or \\\"\\\\b\\xff\\x01\"\n"));
    free(got);
    assert_true(world_shows(&w, "77"));
    assert_false(world_shows(&w, "88"));
    world_done(&w);
}

static void test_history_of_views(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 j j Enter");
    assert_true(world_shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_keys(&w, "[");
    assert_true(world_shows(&w, "GROUPS 44"));
    world_keys(&w, "]");
    assert_true(world_shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_keys(&w, "3");
    assert_true(world_shows(&w, "TOPICS 4"));
    world_keys(&w, "[ [ Enter"); /* the cursor is where it was */
    assert_true(world_shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_keys(&w, "Esc Esc");
    assert_true(world_shows(&w, "BEHIND 5"));
    world_keys(&w, "Esc Esc");
    assert_true(world_shows(&w, "BEHIND 5"));
    for (int i = 0; i < 200; i++)
        world_keys(&w, "2 Enter Esc 3 Enter [ ]");
    world_done(&w);
}

/* From a topic to a group that reads it, though the row is one of its partitions. */
static void test_open_by_columns(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "3 Enter Tab Enter");
    assert_true(world_shows(&w, "topics \xe2\x80\xba payments.events \xe2\x80\xba payments"));
    world_keys(&w, "Esc");
    assert_true(world_shows(&w, "GROUPS ON IT 12"));
    world_keys(&w, "4 Enter"); /* leads nowhere: all columns */
    assert_true(world_shows(&w, "kafka-3.prod-eu.example"));
    assert_true(world_shows(&w, "The host that it advertises."));
    world_done(&w);
}

/* From names in a row to what they name, whether it was read or not. */
static void test_jump(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_set(&w, "group_partitions", "prod-eu/payments/payments.events/7", "leader", "3");
    world_set(&w, "group_partitions", "prod-eu/payments/payments.events/7", "member_id", "payments-1-0f9c1d");
    world_commit(&w);
    world_keys(&w, "2 j Enter J");
    assert_true(world_shows(&w, "GO TO"));
    assert_true(world_shows(&w, "leader"));
    assert_false(world_shows(&w, "  group  ")); /* that is where we are */
    world_keys(&w, "j Enter");
    assert_true(world_shows(&w, "topics \xe2\x80\xba payments.events"));
    world_keys(&w, "[ J G Enter y"); /* the leader, in the list of brokers */
    assert_true(world_shows(&w, "BROKERS 3"));
    assert_string_equal(w.copied, "3");
    world_keys(&w, "[ J j j j Enter y"); /* the member, in another list of the same view */
    assert_string_equal(w.copied, "payments-1-0f9c1d");
    world_keys(&w, "J Esc");
    assert_false(world_shows(&w, "GO TO"));
    world_remove(&w, "topics", "prod-eu/payments.events");
    world_commit(&w);
    world_keys(&w, "Backtab J j Enter");
    assert_true(world_shows(&w, "topics \xe2\x80\xba payments.events"));
    assert_true(world_shows(&w, "is not there any more"));
    world_done(&w);
}

/* Rows put together, opened, and every row by itself again. */
static void test_groups_of_rows(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 b");
    assert_true(world_shows(&w, "GROUP BY"));
    world_keys(&w, "j j j Enter");
    assert_true(world_shows(&w, "GROUPS by state 2"));
    assert_true(world_shows(&w, "grouped by state"));
    world_keys(&w, "y");
    assert_string_equal(w.copied, "Empty");
    world_keys(&w, "i");
    assert_true(world_shows(&w, "Enter lists its rows"));
    world_keys(&w, "j Enter");
    assert_true(world_shows(&w, "state: "));
    world_keys(&w, "Esc");
    assert_true(world_shows(&w, "GROUPS by state 2"));
    world_keys(&w, "3 2");
    assert_true(world_shows(&w, "GROUPS by state 2"));
    world_keys(&w, "b g g Enter");
    assert_true(world_shows(&w, "GROUPS 44"));
    world_done(&w);
}

/* The other half of the screen is about the row under the cursor, but not about each that it passes. */
static void test_split(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 j v");
    expect_subscribed(&w, BASE GROUPS); /* not before it is drawn */
    assert_true(world_shows(&w, "MEMBERS 3"));
    expect_subscribed(&w, BASE GROUPS ""
                                      "groups cluster = \"prod-eu\" and group = \"payments\"\n"
                                      "group_partitions cluster = \"prod-eu\" and group = \"payments\"\n"
                                      "group_members cluster = \"prod-eu\" and group = \"payments\"\n"
                                      "group_topics cluster = \"prod-eu\" and group = \"payments\"\n");
    world_keys(&w, "j");
    assert_true(world_shows(&w, "MEMBERS 3")); /* still */
    world_keys(&w, "j");
    world_pass(&w, 200);
    assert_false(world_shows(&w, "MEMBERS 3"));
    assert_true(world_shows(&w, "search-indexer  Stable"));
    const struct input click = {.mouse = true, .button = 1, .x = 10, .y = 18};
    app_input(w.app, &click); /* there is no list there that it could move in */
    world_keys(&w, "y");
    assert_string_equal(w.copied, "search-indexer");
    world_keys(&w, "v");
    assert_false(world_shows(&w, "search-indexer  Stable"));
    expect_subscribed(&w, BASE GROUPS);
    world_keys(&w, "4 v"); /* rows without a view: their columns */
    assert_true(world_shows(&w, "kafka-3.prod-eu.example"));
    assert_true(world_shows(&w, "advertises"));
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
    world_begin(&w, world_fill);
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
    assert_true(world_shows(&w, "fraud-model"));
    assert_true(world_shows(&w, "MEMBERS"));
    world_keys(&w, "Esc c");
    assert_true(world_shows(&w, "[x]"));
    const struct input line = {.mouse = true, .button = 1, .x = 60, .y = 6},
                       beside = {.mouse = true, .button = 1, .y = 6};
    app_input(w.app, &wheel);
    app_input(w.app, &line);
    app_input(w.app, &line);
    app_input(w.app, &beside);
    assert_false(world_shows(&w, "[x]"));
    world_done(&w);
}

static void test_pause(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 p");
    world_pass(&w, 7000);
    world_set(&w, "groups", "prod-eu/payments", "lag", "777");
    world_remove(&w, "groups", "prod-eu/mailer");
    world_commit(&w);
    assert_true(world_shows(&w, "84.2"));
    assert_true(world_shows(&w, "mailer"));
    assert_true(world_shows(&w, "14:22:07Z"));
    assert_true(world_shows(&w, "paused"));
    world_keys(&w, "G p");
    assert_false(world_shows(&w, "mailer"));
    assert_false(world_shows(&w, "paused"));
    assert_true(world_shows(&w, "14:22:14Z"));
    world_keys(&w, "g g");
    assert_true(world_shows(&w, "777"));
    world_done(&w);
}

/* The collector dies and another takes over: the picture stays, dim, then goes on. */
static void test_restart(void **state)
{
    (void)state;
    struct world w, other;
    struct error err;
    world_begin(&w, world_fill);
    world_keys(&w, "2 j j");
    error_set(&err, ERR_CLOSED, "the collector ended");
    app_detach(w.app, &err);
    world_pass(&w, 65000);
    assert_true(world_shows(&w, "the collector ended; this picture is 1 m 5 s old"));
    assert_true(world_shows(&w, "fraud-model"));
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
    assert_true(world_shows(&w, "collector restarted"));
    assert_false(world_shows(&w, "old"));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "groups \xe2\x80\xba fraud-model"));
    world_pass(&w, 60000);
    assert_false(world_shows(&w, "collector restarted"));
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
    assert_true(world_shows(&w, "connecting"));
    error_set(&err, ERR_IO, "cannot start a collector: no memory");
    app_detach(w.app, &err);
    assert_true(world_shows(&w, "cannot start a collector: no memory"));
    assert_true(world_shows(&w, "no collector"));
    assert_false(world_shows(&w, "old"));
    world_keys(&w, "2 j Enter i / a Enter p r s Esc ? Esc : g Enter");
    world_fill(&w);
    app_attach_data(w.app, &w.data);
    app_changed(w.app, true);
    assert_true(world_shows(&w, "2 of 2 live"));
    assert_false(world_shows(&w, "restarted"));
    world_done(&w);
}

static void test_failed_source_is_dim(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_source_fails(&w);
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
        world_begin(&w, world_fill);
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
    world_begin(&w, world_fill_many);
    free(world_screen(&w, 80, 24, false)); /* the overview */
    world_pass(&w, 1000);
    world_keys(&w, "2");
    assert_true(world_shows(&w, "GROUP"));
    int told = w.focuses;
    assert_in_range(w.nfocused, 10, 60); /* those that are seen, not all thousand */
    assert_non_null(strstr(w.focused, "groups prod-eu/group-"));
    char first[sizeof w.focused];
    memcpy(first, w.focused, sizeof first);
    world_keys(&w, "j");
    assert_true(world_shows(&w, "GROUP"));
    assert_int_equal(w.focuses, told); /* the same rows */
    world_keys(&w, "G");
    assert_true(world_shows(&w, "GROUP"));
    assert_int_equal(w.focuses, told); /* too soon */
    world_pass(&w, 1000);
    assert_true(world_shows(&w, "GROUP"));
    assert_int_equal(w.focuses, told + 1);
    assert_string_not_equal(w.focused, first);
    world_pass(&w, 1000);
    world_keys(&w, "4"); /* brokers */
    assert_true(world_shows(&w, "BROKER"));
    assert_int_equal(w.nfocused, 0);
    world_done(&w);
}

static void test_small_keys(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 j y");
    assert_string_equal(w.copied, "payments");
    world_keys(&w, "r");
    assert_int_equal(w.refreshes, 1);
    assert_true(world_shows(&w, "asked every source"));
    world_pass(&w, 3500);
    assert_false(world_shows(&w, "asked every source"));
    world_keys(&w, "+ +");
    assert_true(world_shows(&w, "every 2 s"));
    world_keys(&w, "- - -");
    world_pass(&w, 3500);
    assert_false(world_shows(&w, "every 2 s"));
    world_keys(&w, "u");
    assert_true(world_shows(&w, "84,200"));
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
    assert_true(world_shows(&w, "last 2 min"));
    for (int i = 0; i < 50; i++) {
        world_pass(&w, 5000);
        world_set(&w, "groups", "prod-eu/payments", "lag", i % 2 ? "84200" : "90000");
        world_commit(&w);
    }
    assert_true(world_shows(&w, "last 5 min"));
    assert_true(world_shows(&w, "\xe2\x96\x87\xe2\x96\x87"));
    for (int i = 0; i < 50; i++) {
        world_pass(&w, 5000);
        world_set(&w, "groups", "prod-eu/payments", "lag", i % 2 ? "84200" : "90000");
        world_commit(&w);
    }
    assert_true(world_shows(&w, "last 10 min"));
    world_done(&w);
}

/* The inspector: the chosen column in words, its place among the rows, a row that goes and comes back. */
static void test_inspector(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 j");
    expect_subscribed(&w, BASE GROUPS);
    world_keys(&w, "i");
    expect_subscribed(&w, BASE GROUPS "groups cluster = \"prod-eu\" and group = \"payments\"\n");
    assert_true(world_shows(&w, "The coordinator's word"));
    world_keys(&w, "j");
    assert_true(world_shows(&w, "messages, exact, 3rd highest of 43"));
    assert_true(world_shows(&w, "read by kafka:prod-eu"));
    world_set(&w, "groups", "prod-eu/payments", "lag", ">=99000");
    world_commit(&w);
    assert_true(world_shows(&w, "99,000 messages"));
    assert_true(world_shows(&w, "the truth is this or more"));
    world_keys(&w, "y");
    assert_string_equal(w.copied, "99000");
    world_keys(&w, "G");
    assert_true(world_shows(&w, "queryable_why"));
    world_keys(&w, "g g");
    assert_true(world_shows(&w, "part of the row's name"));
    world_keys(&w, "?");
    assert_true(world_shows(&w, "KEYS"));
    world_keys(&w, "Esc j j j"); /* back to it */
    assert_true(world_shows(&w, "99,000 messages"));
    world_remove(&w, "groups", "prod-eu/payments");
    world_commit(&w);
    assert_true(world_shows(&w, "gone: as it was last"));
    assert_true(world_shows(&w, "99,000 messages"));
    world_keys(&w, "y");
    world_set(&w, "groups", "prod-eu/payments", "lag", "5");
    world_commit(&w);
    assert_false(world_shows(&w, "gone: as it was last"));
    assert_true(world_shows(&w, "5 messages"));
    world_keys(&w, "Esc");
    expect_subscribed(&w, BASE GROUPS);
    assert_true(world_shows(&w, "GROUPS 44"));
    world_done(&w);
}

/* Charts reach back as far as one wants, and history is asked for it. */
static void test_chart_keys(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2");
    assert_true(world_shows(&w, "last 15 min"));
    int asked = w.histories;
    world_keys(&w, "t");
    assert_true(world_shows(&w, "charts of the last 1 h"));
    assert_true(world_shows(&w, "last 1 h\n"));
    assert_in_range(w.histories, asked + 1, 2 * asked);
    world_keys(&w, "t t t");
    assert_true(world_shows(&w, "last 1 week"));
    world_keys(&w, "t");
    assert_true(world_shows(&w, "last 15 min"));
    world_keys(&w, "~");
    assert_true(world_shows(&w, "spark lines on one scale"));
    world_keys(&w, "|");
    assert_true(world_shows(&w, "on a logarithmic scale"));
    world_keys(&w, "| ~");
    assert_true(world_shows(&w, "a scale of its own"));
    world_done(&w);
}

/* In the prompt keys are text; Esc brings the filter back that was there. */
static void test_prompt(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill);
    world_keys(&w, "2 / p a y Enter");
    assert_true(world_shows(&w, "GROUPS 1"));
    world_keys(&w, "/ ^U m a i l");
    assert_true(world_shows(&w, "mailer"));
    world_keys(&w, "Esc");
    assert_true(world_shows(&w, "1 of 44: pay"));
    world_keys(&w, "/ ^W s e a r c h ^A ^E Left Delete BackSpace Enter");
    assert_true(world_shows(&w, "1 of 44: sear"));
    world_keys(&w, "/ Up Up Enter"); /* typed before: pay */
    assert_true(world_shows(&w, "1 of 44: pay"));
    world_keys(&w, "Esc");
    assert_true(world_shows(&w, "GROUPS 44"));
    world_keys(&w, ": n o s u c h Enter");
    assert_true(world_shows(&w, "no command, view or table is called nosuch"));
    world_keys(&w, "Esc : t o p Tab Enter");
    assert_true(world_shows(&w, "TOPICS 4"));
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
    world_begin(&w, world_fill);
    world_keys(&w, "2");
    assert_true(above(&w, "search-indexer", "mailer"));
    world_pass(&w, 1000);
    world_set(&w, "groups", "prod-eu/mailer", "lag", "5000");
    world_commit(&w);
    assert_true(above(&w, "search-indexer", "mailer"));
    assert_true(world_shows(&w, "5.00 k")); /* its number is new all the same */
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
    world_begin(&w, world_fill);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test(test_rows_settle),
        cmocka_unit_test(test_sorted_by_what_comes),
        cmocka_unit_test(test_chart_keys),
        cmocka_unit_test(test_inspector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
