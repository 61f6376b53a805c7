/* Commands: the table, what completes them, what they do, and how they say what is wrong. */
#include "ui/command.h"

#include "ui/complete.h"
#include "ui/theme.h"
#include "ui/views.h"
#include "world.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void begin(struct world *w)
{
    world_init(w);
    world_fill(w);
    world_start(w, NULL);
    free(world_screen(w, 100, 24, false));
}

static bool shows(struct world *w, const char *text)
{
    char *screen = world_screen(w, 100, 24, false);
    bool found = strstr(screen, text) != NULL;
    if (!found)
        print_message("no \"%s\" in:\n%s", text, screen);
    free(screen);
    return found;
}

static void press(struct world *w, uint32_t key)
{
    app_input(w->app, &(struct input){.key = key});
}

/* Types ":" and a line, and Enter. */
static void command(struct world *w, const char *line)
{
    press(w, ':');
    for (; *line; line++)
        press(w, (unsigned char)*line);
    press(w, INPUT_ENTER);
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; command_at(i); i++) {
        const struct command *c = command_at(i);
        assert_ptr_equal(command_find(c->name, strlen(c->name)), c);
        if (c->alias)
            assert_ptr_equal(command_find(c->alias, strlen(c->alias)), c);
        assert_int_equal(c->help[strlen(c->help) - 1], '.');
        assert_true(!views_find(c->name) || views_find(c->name)->subject); /* which are opened by a row's name */
        assert_int_equal(*c->usage == '\0', c->arg == COMMAND_ARG_NONE);
    }
    struct str out = {0};
    command_document(&out);
    for (size_t i = 0; command_at(i); i++)
        assert_non_null(strstr(str_text(&out), command_at(i)->name));
    str_done(&out);
}

static void test_match(void **state)
{
    (void)state;
    assert_int_equal(complete_match("groups", "groups"), COMPLETE_EXACT);
    assert_int_equal(complete_match("Groups", "gr"), COMPLETE_BEGINS);
    assert_int_equal(complete_match("group_members", "mem"), COMPLETE_WORD);
    assert_int_equal(complete_match("group_members", "emb"), COMPLETE_HOLDS);
    assert_int_equal(complete_match("group_members", "gmb"), COMPLETE_LOOSE);
    assert_int_equal(complete_match("groups", "x"), COMPLETE_NONE);
    assert_int_equal(complete_match("groups", ""), COMPLETE_BEGINS);
    assert_int_equal(complete_match("", "x"), COMPLETE_NONE);
}

static void test_split(void **state)
{
    (void)state;
    struct command_line l = command_split("  write!  a b ");
    assert_int_equal(l.name, 2);
    assert_int_equal(l.name_len, 5);
    assert_true(l.bang && l.behind);
    assert_int_equal(l.arg, 10);
    l = command_split("quit");
    assert_false(l.bang || l.behind);
    assert_int_equal(l.arg, 4);
}

static void test_going(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    command(&w, "topics");
    assert_true(shows(&w, "TOPICS"));
    command(&w, "view brokers");
    assert_true(shows(&w, "BROKERS"));
    command(&w, "open payments");
    assert_true(shows(&w, "groups › payments"));
    command(&w, "open topic payments.events");
    assert_true(shows(&w, "topics › payments.events"));
    command(&w, "open group prod-eu/mailer");
    assert_true(shows(&w, "groups › mailer"));
    world_keys(&w, "Esc");
    assert_true(shows(&w, "GROUPS"));
    command(&w, "open nobody");
    assert_true(shows(&w, "nothing with a view of its own is called nobody"));
    world_done(&w);
}

/* Two clusters have a group of one name. */
static void test_open_says_which(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    world_set(&w, "groups", "prod-us/payments", "lag", "7");
    world_set(&w, "clusters", "prod-us", "brokers", "3");
    world_commit(&w);
    command(&w, "open payments");
    assert_true(shows(&w, "2 are called payments"));
    world_keys(&w, "Esc");
    command(&w, "open prod-us/payments");
    assert_true(shows(&w, "payments"));
    bool there = false;
    for (int i = 0; i < w.nsubscriptions; i++)
        there |= w.subscriptions[i] && strstr(w.subscriptions[i], "group_members cluster = \"prod-us\"");
    assert_true(there);
    world_done(&w);
}

/* One cluster of two: in lists, counts and sentences, in what is written and copied; views about a row are left alone. */
static void test_cluster(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    world_set(&w, "sources", "kafka:prod-us", "state", "failed");
    world_set(&w, "sources", "kafka:prod-us", "cluster", "prod-us");
    world_set(&w, "sources", "kafka:prod-us", "error", "it is down");
    world_set(&w, "groups", "prod-us/western", "lag", "7");
    world_set(&w, "groups", "prod-us/western", "lost", "3");
    world_set(&w, "clusters", "prod-us", "brokers", "3");
    world_set(&w, "events", "77", "source", "kafka:prod-us");
    world_set(&w, "events", "77", "text", "something over there");
    world_commit(&w);
    assert_true(shows(&w, "prod-eu +1") && shows(&w, "4 wrong") && shows(&w, "it is down"));
    command(&w, "groups");
    assert_true(shows(&w, "GROUPS 45") && shows(&w, "western"));
    command(&w, "cluster prod-eu");
    assert_true(shows(&w, "prod-eu only") && shows(&w, "GROUPS 44") && shows(&w, "2 wrong") &&
                shows(&w, "2 of 2 live"));
    command(&w, "copy snapshot");
    assert_non_null(strstr(w.copied, "cluster = \"prod-eu\""));
    command(&w, "tables"); /* as the last line calls it; its name is that of its table */
    assert_true(shows(&w, "TABLES"));
    command(&w, "events");
    assert_true(shows(&w, "EVENTS"));
    char *screen = world_screen(&w, 100, 24, false);
    assert_null(strstr(screen, "over there"));
    free(screen);
    command(&w, "open payments");
    assert_true(shows(&w, "groups › payments"));
    command(&w, "cluster prod-us"); /* that group is none of it */
    assert_true(shows(&w, "prod-us only") && shows(&w, "2 wrong") && shows(&w, "it is down") && shows(&w, "BEHIND 1"));
    command(&w, "events");
    assert_true(shows(&w, "over there"));
    world_keys(&w, "[ [");
    assert_true(shows(&w, "groups › payments") && shows(&w, "PARTITIONS 12")); /* as asked for */
    command(&w, "cluster nowhere");
    assert_true(shows(&w, "no cluster is called nowhere; there are: "));
    press(&w, INPUT_ESCAPE);
    command(&w, "cluster");
    command(&w, "groups");
    assert_true(shows(&w, "GROUPS 45") && shows(&w, "prod-eu +1"));
    press(&w, ':');
    for (const char *p = "cluster prod"; *p; p++)
        press(&w, (unsigned char)*p);
    assert_true(shows(&w, "\n prod-us"));
    world_done(&w);
}

static void test_lists(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    command(&w, "groups");
    command(&w, "filter lag > 1000");
    assert_true(shows(&w, "4 of 44: lag > 1000"));
    command(&w, "filter");
    assert_true(shows(&w, "GROUPS 44"));
    command(&w, "columns lag, members");
    char *screen = world_screen(&w, 100, 24, false);
    assert_null(strstr(screen, "behind  "));
    assert_non_null(strstr(screen, "members"));
    free(screen);
    command(&w, "columns -members,+state");
    assert_true(shows(&w, "state"));
    command(&w, "columns lag,nonsense");
    assert_true(shows(&w, "groups has no column \"nonsense\""));
    world_keys(&w, "Esc");
    command(&w, "columns");
    assert_true(shows(&w, "behind"));
    command(&w, "sort state, group desc");
    command(&w, "write x.csv");
    assert_string_equal(w.saved,
                        "csv groups 44 group cluster lag lag_s audit-archive 日本-reader service-037 service-036");
    world_done(&w);
}

/* A line that is wrong stays, with the place. */
static void test_errors(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"nothing", "no command, view or table is called nothing"},
        {"sort nonsense", "nonsense"},
        {"filter lag >", "expected"},
        {"open", "open needs NAME"},
        {"write", "write needs FILE"},
        {"quit now", "quit takes nothing behind it"},
        {"quit!", "quit takes no !"},
        {"topics now", "topics takes nothing behind it"},
        {"set nonsense", "there is no such setting"},
        {"set utc maybe", "utc is on or off, not maybe"},
        {"theme nonsense", "there is no such theme"},
        {"interval soon", "soon is no duration"},
        {"interval 2h", "at most 1h"},
        {"write x", "the file's name says the format"},
        {"write x.ansi", "the file's name says the format"},
        {"shot x.csv", "the file's name says the format"},
        {"copy nonsense", "nothing of a row is called nonsense"},
        {"copy cell nonsense", "there is no column nonsense"},
        {"help nonsense", "no command, view or table is called nonsense"},
    };
    struct world w;
    begin(&w);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        command(&w, wrong[i][0]);
        assert_true(shows(&w, wrong[i][1]));
        char *line = mem_printf(":%s", wrong[i][0]);
        assert_true(shows(&w, line));
        free(line);
        world_keys(&w, "Esc");
    }
    world_done(&w);
}

static void test_settings(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    command(&w, "groups");
    command(&w, "set exact on");
    assert_true(shows(&w, "502,331"));
    command(&w, "set exact");
    assert_true(shows(&w, "exact is off"));
    world_set(&w, "topics", "prod-eu/payments.events", "retention_bytes", "12400");
    world_commit(&w);
    command(&w, "topics");
    command(&w, "columns retention_bytes");
    assert_true(shows(&w, "12.1 KiB"));
    command(&w, "set iec off");
    assert_true(shows(&w, "12.4 kB"));
    command(&w, "groups");
    command(&w, "set pause on");
    assert_true(shows(&w, "paused"));
    command(&w, "set pause off");
    command(&w, "theme high-contrast");
    assert_ptr_equal(w.theme, theme_find("high-contrast"));
    command(&w, "interval 500ms");
    assert_true(shows(&w, "a new picture every 500 ms"));
    command(&w, "interval 0");
    assert_true(shows(&w, "pictures as they come"));
    command(&w, "inv");
    command(&w, "refresh");
    assert_int_equal(w.refreshes, 1);
    command(&w, "help sort");
    assert_true(shows(&w, ":sort [COLUMN [asc|desc],...]"));
    command(&w, "help groups");
    assert_true(shows(&w, "table groups"));
    command(&w, "q");
    assert_true(w.quit);
    world_done(&w);
}

static void test_files(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    command(&w, "groups");
    command(&w, "filter lag > 1000");
    command(&w, "w lag.json");
    assert_true(shows(&w, "4 rows written to lag.json"));
    assert_string_equal(w.saved_as, "lag.json");
    assert_int_equal(strncmp(w.saved, "json groups 4 ", 14), 0);
    command(&w, "w lag.json");
    assert_true(shows(&w, "lag.json is there"));
    world_keys(&w, "Esc");
    command(&w, "w! lag.json");
    assert_true(shows(&w, "4 rows written to lag.json"));
    command(&w, "filter");
    command(&w, "shot x.txt");
    assert_non_null(strstr(w.saved, "GROUPS 44"));
    assert_null(strstr(w.saved, "service-037"));
    command(&w, "shot x.svg");
    assert_int_equal(strncmp(w.saved, "<svg ", 5), 0);
    command(&w, "shot x.html");
    assert_non_null(strstr(w.saved, "<pre "));
    command(&w, "shot x.ansi");
    assert_non_null(strstr(w.saved, "\033["));
    command(&w, "w all.svg"); /* with the rows that no screen of this height has */
    assert_non_null(strstr(w.saved, "service-037"));
    world_done(&w);
}

static void type(struct world *w, const char *text)
{
    for (; *text; text++)
        press(w, (unsigned char)*text);
}

static void test_copies(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    command(&w, "groups");
    world_keys(&w, "j");
    command(&w, "copy");
    assert_string_equal(w.copied, "payments");
    command(&w, "copy cell lag");
    assert_string_equal(w.copied, "84200");
    command(&w, "copy json");
    assert_int_equal(strncmp(w.copied, "ndjson groups 1 cluster group", 29), 0);
    command(&w, "copy tool");
    assert_string_equal(w.copied,
                        "kafka-consumer-groups.sh --bootstrap-server kafka-1:9092 --describe --group payments");
    assert_true(shows(&w, "copied tool: kafka-consumer-groups.sh --bootstrap-server kafka-1:9092"));
    press(&w, 'Y');
    type(&w, "cell lag");
    press(&w, INPUT_ENTER);
    assert_string_equal(w.copied, "84200");
    command(&w, "columns lag");
    command(&w, "filter lag > 10 and group ~ \"^p\"");
    command(&w, "sort lag, group desc");
    command(&w, "copy snapshot");
    assert_string_equal(w.copied, "icetop snapshot groups --where '(role = unknown or role != control) and "
                                  "(lag > 10 and group ~ \"^p\")' --sort 'lag desc, group desc' "
                                  "--columns group,cluster,lag");
    world_set(&w, "groups", "prod-eu/p'; $(reboot) \x1b]0;x", "lag", "99999999");
    world_commit(&w);
    command(&w, "filter lag > 99999998");
    command(&w, "copy tool");
    assert_string_equal(w.copied, "kafka-consumer-groups.sh --bootstrap-server kafka-1:9092 --describe --group "
                                  "$'p\\'; $(reboot) \\033]0;x'");
    world_done(&w);
}

/* What the command line says of the first list, and what a script asks of a console without a terminal. */
static void test_without_keys(void **state)
{
    (void)state;
    static const struct app_settings settings = {
        .view = "groups", .filter = "lag > 0", .sort = "members, group desc", .columns = "members", .utc = true};
    struct world w;
    struct error err = {0};
    struct str out = {0};
    size_t at = 0;
    world_init(&w);
    world_fill(&w);
    world_start(&w, &settings);
    assert_true(shows(&w, "5 of 44: lag > 0"));
    assert_true(app_ready(w.app));
    assert_int_equal(app_shot(w.app, "text", &out, &err), 0);
    assert_non_null(strstr(str_text(&out), "members"));
    assert_null(strstr(str_text(&out), "verdict"));
    assert_true(strstr(str_text(&out), "payments") < strstr(str_text(&out), "fraud-model"));
    assert_true(strstr(str_text(&out), "audit-archive") < strstr(str_text(&out), "mailer"));
    assert_int_equal(app_shot(w.app, "csv", &out, &err), ERR_NOT_FOUND);
    assert_int_equal(app_run(w.app, "open mailer", &at, &err), 0);
    assert_int_equal(app_run(w.app, "filter nope > 1", &at, &err), ERR_INVALID);
    assert_int_equal(at, 7);
    assert_int_equal(app_narrow(w.app, NULL, "nope", NULL, &err), ERR_INVALID);
    assert_int_equal(app_narrow(w.app, "lag > 1", "lag", "lag", &err), 0);
    app_detach(w.app, NULL);
    assert_false(app_ready(w.app));
    str_done(&out);
    world_done(&w);
}

/* ---- completion ---- */

static void test_completion(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    type(&w, ":sor");
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":sort"));
    press(&w, INPUT_ESCAPE);
    command(&w, "groups");
    type(&w, ":sort lag_s desc, memb");
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":sort lag_s desc, members"));
    press(&w, INPUT_ENTER);
    type(&w, ":mail");
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":open group mailer"));
    press(&w, INPUT_ENTER);
    assert_true(shows(&w, "groups › mailer"));
    type(&w, ":op payments.ev");
    press(&w, INPUT_TAB); /* no command is called op: nothing to complete */
    press(&w, INPUT_ESCAPE);
    type(&w, ":open payments.ev");
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":open topic payments.events"));
    press(&w, INPUT_ESCAPE);
    type(&w, ":mai");
    press(&w, INPUT_ENTER);
    assert_true(shows(&w, "is called mai; Tab: mailer"));
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":open group mailer"));
    press(&w, INPUT_ESCAPE);
    type(&w, ":open ");
    press(&w, INPUT_TAB); /* rows by name */
    assert_true(shows(&w, ":open group audit-archive"));
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":open group fraud-model"));
    press(&w, INPUT_ESCAPE);
    type(&w, ":w ");
    assert_true(shows(&w, "group.csv"));
    type(&w, "x.m");
    press(&w, INPUT_TAB);
    assert_true(shows(&w, ":w x.md"));
    press(&w, INPUT_ESCAPE);
    type(&w, ":t");
    press(&w, INPUT_TAB);
    press(&w, INPUT_TAB);
    press(&w, INPUT_BACKTAB);
    assert_true(shows(&w, ":topics"));
    world_done(&w);
}

/* What is read only for names is not read any longer than it takes. */
static void test_names_are_let_go(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    int before = w.nsubscriptions;
    type(&w, ":p");
    assert_true(w.nsubscriptions > before);
    bool topics = false;
    for (int i = before; i < w.nsubscriptions; i++)
        topics |= strcmp(w.subscriptions[i], "topics") == 0;
    assert_true(topics);
    press(&w, INPUT_ESCAPE);
    for (int i = before; i < w.nsubscriptions; i++)
        assert_null(w.subscriptions[i]);
    type(&w, ":p");
    app_detach(w.app, NULL);
    type(&w, "a");
    app_attach_data(w.app, &w.data);
    press(&w, INPUT_ESCAPE);
    world_done(&w);
}

static void test_history(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    command(&w, "groups");
    command(&w, "sort lag");
    press(&w, ':');
    press(&w, INPUT_UP);
    assert_true(shows(&w, ":sort lag"));
    press(&w, INPUT_UP);
    assert_true(shows(&w, ":groups"));
    press(&w, INPUT_DOWN);
    assert_true(shows(&w, ":sort lag"));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_going),
        cmocka_unit_test(test_open_says_which),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_cluster),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_completion),
        cmocka_unit_test(test_names_are_let_go),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_without_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
