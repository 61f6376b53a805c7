/* The console's life beside others': a collector that dies, brokers that stall, ends of every kind, and pipes. */
#include "tests/ui/console.h"

#include "base/clock.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const demo[] = {"--demo", "--no-history", "-d", "1", NULL};

static int setup(void **state)
{
    *state = console_new();
    return 0;
}

static int teardown(void **state)
{
    console_free(*state);
    return 0;
}

static struct screen *start(struct console *c)
{
    struct screen *s = console_run(c, 100, 30, demo);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    screen_expect(s, "of 14 live");
    return s;
}

/* ---- the collector dies ---- */

struct watch {
    int64_t seen_us, longest_us; /* when the row was last there, and how long it was not */
};

/* Back with data of its own; until then the row that was there stays. */
static bool recovered(struct screen *s, void *arg)
{
    struct watch *w = arg;
    int x, y;
    int64_t now = clock_mono_us(&clock_system);
    if (screen_find(s, "billing-export", &x, &y))
        w->seen_us = now;
    else if (now - w->seen_us > w->longest_us)
        w->longest_us = now - w->seen_us;
    return screen_find(s, "collector restarted", &x, &y) && screen_find(s, "of 14 live", &x, &y);
}

static void test_collector_killed(void **state)
{
    enum { KILLS = 4, GONE_US = 3000 * 1000 };
    struct console *c = *state;
    struct screen *s = start(c);
    pid_t pid = 0;
    for (int i = 0; i < KILLS; i++) { /* each time it waits longer, so that the last one is seen at leisure */
        pid = console_other_child(c, (pid_t)screen_pid(s), "collect", pid);
        assert_int_equal(kill(pid, SIGKILL), 0);
    }
    screen_expect_regex(s, "^✗ collector (killed by signal 9 \\(Killed\\)|ended); this picture is ");
    screen_expect(s, "no collector");
    screen_expect(s, "billing-export");
    struct watch w = {.seen_us = clock_mono_us(&clock_system)};
    assert_true(screen_wait(s, recovered, &w, SCREEN_DEADLINE));
    assert_true(w.longest_us < GONE_US);
    screen_expect_gone(s, "collector killed");
    pid_t now = console_other_child(c, (pid_t)screen_pid(s), "collect", pid);
    screen_key(s, "L"); /* it answers */
    screen_expect(s, "EVENTS");
    screen_key(s, "2");
    screen_expect(s, "GROUPS 3");
    assert_int_equal(kill(now, 0), 0);
    console_quit(c);
}

/* A stopped collector keeps the console neither from drawing nor from ending. */
static void test_collector_stopped(void **state)
{
    struct console *c = *state;
    struct screen *s = start(c);
    pid_t pid = console_child(c, (pid_t)screen_pid(s), "collect");
    assert_int_equal(kill(pid, SIGSTOP), 0);
    screen_expect_regex(s, "1[0-4] of 14 live, [3-9] s ago");
    screen_key(s, "?");
    screen_expect(s, "Shows the keys that work here");
    screen_key(s, "?");
    screen_expect_gone(s, "Shows the keys that work here");
    screen_expect(s, "billing-export");
    console_quit(c);
}

/* ---- the brokers stall ---- */

static void test_brokers_stopped(void **state)
{
    struct console *c = *state;
    struct screen *s = start(c);
    pid_t pid = console_child(c, (pid_t)screen_pid(s), "demo-broker");
    assert_int_equal(kill(pid, SIGSTOP), 0);
    screen_expect_regex(s, "^[✗!] kafka:default (failed|partial): .");
    screen_expect(s, "search-indexer"); /* its rows stay */
    screen_key(s, "2");
    screen_expect(s, "GROUPS 3"); /* and the console is as quick as ever */
    assert_int_equal(kill(pid, SIGCONT), 0);
    screen_expect_gone(s, "kafka:default");
    screen_expect_regex(s, "1[0-4] of 14 live, (0|< 1 s|[1-3] s) ago");
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    assert_int_equal(kill(pid, SIGSTOP), 0);
    console_quit(c); /* with brokers that hear nothing */
}

/* ---- ends ---- */

static void assert_given_back(struct screen *s)
{
    assert_false(screen_alternate(s));
    assert_true(screen_cooked(s));
}

static void test_signals(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct console *c = *state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct screen *s = start(c);
        screen_signal(s, signals[i]);
        int status = screen_expect_exit(s);
        assert_true(status == 0 || status == 128 + signals[i] || status == 256 + signals[i]);
        assert_given_back(s);
        console_expect_nothing_left(c);
    }
}

static void test_terminal_closed(void **state)
{
    struct console *c = *state;
    struct screen *s = start(c);
    screen_close(s);
    console_expect_nothing_left(c);
}

/* Nobody can tidy up after kill -9, but nothing runs on. */
static void test_console_killed(void **state)
{
    struct console *c = *state;
    struct screen *s = start(c);
    pid_t collector = console_child(c, (pid_t)screen_pid(s), "collect");
    pid_t brokers = console_child(c, (pid_t)screen_pid(s), "demo-broker");
    screen_signal(s, SIGKILL);
    assert_int_equal(screen_expect_exit(s), 256 + SIGKILL);
    int64_t until = clock_mono_us(&clock_system) + (int64_t)SCREEN_DEADLINE * 1000;
    while ((kill(collector, 0) == 0 || kill(brokers, 0) == 0) && clock_mono_us(&clock_system) < until)
        poll(NULL, 0, 20);
    assert_true(kill(collector, 0) < 0 && errno == ESRCH);
    assert_true(kill(brokers, 0) < 0 && errno == ESRCH);
}

static void test_stop_and_go_on(void **state)
{
    struct console *c = *state;
    struct screen *s = start(c);
    screen_key(s, "^Z");
    screen_expect_stopped(s);
    assert_given_back(s);
    screen_continue(s);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    screen_expect_regex(s, "1[0-4] of 14 live, (0|< 1 s|[1-3] s) ago");
    console_quit(c);
}

/* ---- pipes ---- */

/* All that it wrote is in the screen's raw bytes: there is no escape sequence among them. */
static void assert_plain(struct screen *s)
{
    assert_null(strchr(screen_raw(s), '\033'));
    assert_null(strchr(screen_raw(s), '\a'));
}

static void test_into_a_pipe(void **state)
{
    struct console *c = *state;
    struct screen *s = console_shell(c, 120, 400, "\"$ICETOP\" --demo | cat; echo over");
    screen_expect(s, "over");
    screen_expect_regex(s, "^default +billing-export +Empty ");
    assert_int_equal(screen_expect_exit(s), 0);
    assert_plain(s);
    console_expect_nothing_left(c);
}

static void test_bad_usage(void **state)
{
    static const struct {
        const char *command, *text;
    } cases[] = {
        {"exec \"$ICETOP\" --demo snapshot -n 0", "option --iterations: \"0\" is not a whole number, 1 or more"},
        {"exec \"$ICETOP\" --demo --nope", "unknown option --nope"},
        {"exec \"$ICETOP\" --demo snapshot --theme mono", "option --theme means nothing to icetop snapshot"},
        {"exec \"$ICETOP\" --demo --theme plaid", "no theme \"plaid\"; there are: default, dark"},
        {"exec \"$ICETOP\" --demo --view nope", "no view \"nope\" to begin with; there are: overview, findings, groups"},
        {"exec \"$ICETOP\" --demo --graph wiggly", "wiggly"},
        {"exec \"$ICETOP\" nope", "unknown command \"nope\""},
    };
    struct console *c = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct screen *s = console_shell(c, 120, 24, cases[i].command);
        assert_int_equal(screen_expect_exit(s), 2);
        screen_expect(s, cases[i].text);
        assert_given_back(s);
        console_expect_nothing_left(c);
    }
}

/* The reader goes: an endless snapshot ends at its next line, without a word. */
static void test_reader_goes(void **state)
{
    struct console *c = *state;
    struct screen *s =
        console_shell(c, 120, 24, "\"$ICETOP\" --demo snapshot -d 0.2 --format csv groups | head -1; echo over");
    assert_int_equal(screen_expect_exit(s), 0);
    console_expect_nothing_left(c);
    screen_expect_regex(s, "^_time,cluster,group,state,");
    char *dump = screen_dump(s);
    assert_non_null(strstr(dump, "over\n"));
    assert_null(strstr(dump, "icetop:"));
    assert_null(strstr(dump, "Broken pipe"));
    assert_plain(s);
    free(dump);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_collector_killed), T(test_collector_stopped), T(test_brokers_stopped), T(test_signals),
        T(test_terminal_closed),  T(test_console_killed),    T(test_stop_and_go_on),  T(test_into_a_pipe),
        T(test_bad_usage),        T(test_reader_goes),
    };
    setlocale(LC_CTYPE, "C.UTF-8");                /* for regular expressions: one sign is one character */
    cmocka_set_test_filter(getenv("TEST_FILTER")); /* one of them, by name, for looking closer */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
