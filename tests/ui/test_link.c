/* The console over slow lines, to readers that stand still, and in a terminal within a terminal. */
#include "tests/ui/console.h"

#include "base/clock.h"
#include "base/str.h"

#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { WIDTH = 200, HEIGHT = 50, SLOW_BYTES = 20000, SLOW_MS = 300 };

static const char *const demo[] = {"--demo", "--no-history", "-d", "1", "--view", "groups", NULL};

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

static int64_t now_ms(void)
{
    return clock_mono_us(&clock_system) / 1000;
}

static bool never(struct screen *s, void *arg)
{
    (void)s;
    (void)arg;
    return false;
}

/* Time passes, and what comes is looked at. */
static void pass(struct screen *s, int ms)
{
    assert_false(screen_wait(s, never, NULL, ms));
}

/* Memory that a process holds, in kB. */
static long resident_kb(pid_t pid)
{
    char path[64], line[256];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (kb < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    fclose(f);
    assert_true(kb > 0);
    return kb;
}

/* 20 kB/s and 300 ms: a key held down for three seconds draws as many pictures as the line carries, not one a key, and what
 * comes after it is answered as soon as the picture before has passed. */
static void test_slow_line(void **state)
{
    enum { KEYS = 60, KEY_MS = 50, LATE_MS = 8000 };
    struct console *c = *state;
    struct screen *s = console_run(c, WIDTH, HEIGHT, demo);
    screen_slow(s, SLOW_BYTES, SLOW_MS);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    screen_expect(s, "of 14 live");
    screen_mark(s);
    int64_t begun = now_ms();
    for (int i = 0; i < KEYS; i++) {
        screen_key(s, i % 2 ? "1" : "2"); /* each another view: all of the screen is another */
        pass(s, KEY_MS);
    }
    screen_key(s, "?");
    int64_t asked = now_ms();
    screen_expect(s, "Shows the keys that work here");
    int64_t took = now_ms() - asked;
    print_message("60 views in %d ms: %zu bytes; help %d ms after its key\n", (int)(asked - begun), screen_bytes(s),
                  (int)took);
    assert_true(took < LATE_MS);
    assert_true(screen_bytes(s) < (size_t)(now_ms() - begun + 1000) * SLOW_BYTES / 1000 + 16384);
    screen_key(s, "?");
    screen_expect_gone(s, "Shows the keys that work here");
    screen_slow(s, 0, 0);
    console_quit(c);
}

static int stall_ms(void)
{
    const char *text = getenv("STALL_SECONDS");
    return 1000 * (text ? (int)strtol(text, NULL, 10) : 12);
}

/* Nobody reads for a while (a minute, in the long runs), at 20 kB/s before and after: the collector goes on and does not grow,
 * keys are taken, and then the newest picture comes and none of those between. */
static void test_reader_stands_still(void **state)
{
    enum { GROWN_KB = 8192 };
    struct console *c = *state;
    struct screen *s = console_run(c, WIDTH, HEIGHT, demo);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    screen_expect(s, "of 14 live");
    pid_t console = (pid_t)screen_pid(s), collector = console_child(c, console, "collect");
    pass(s, 3000);
    long before[] = {resident_kb(console), resident_kb(collector)};
    screen_slow(s, SLOW_BYTES, SLOW_MS);
    screen_mark(s);
    screen_stall(s, true);
    for (int i = 0; i < 40; i++) { /* more pictures than the terminal holds */
        screen_key(s, i % 2 ? "1" : "2");
        pass(s, 50);
    }
    pass(s, stall_ms());
    screen_key(s, "3");
    pass(s, 1000);
    screen_key(s, "?");
    pass(s, 1000);
    long after[] = {resident_kb(console), resident_kb(collector)};
    print_message("console %ld kB, then %ld kB; collector %ld kB, then %ld kB\n", before[0], after[0], before[1],
                  after[1]);
    if (!getenv("ASAN_OPTIONS")) { /* freed memory is kept there */
        assert_true(after[0] < before[0] + GROWN_KB);
        assert_true(after[1] < before[1] + GROWN_KB);
    }
    screen_stall(s, false);
    screen_expect(s, "Shows the keys that work here");
    screen_key(s, "?");
    screen_expect(s, "TOPICS");
    screen_expect_regex(s, "1[0-4] of 14 live, (0|< 1 s|[1-4] s) ago"); /* rounds went on */
    assert_true(screen_bytes(s) < 80000);
    screen_slow(s, 0, 0);
    console_quit(c);
}

/* Its first line and its last one stand where they must at 100x30. */
static bool is_whole(struct screen *s, void *arg)
{
    (void)arg;
    char *bottom = screen_row(s, 29), *top = screen_row(s, 0);
    bool whole = strstr(bottom, "? help") && strncmp(top, "icetop", 6) == 0;
    free(bottom);
    free(top);
    return whole;
}

/* Many sizes within a moment, as when a window's edge is dragged: the last one is drawn, whole. */
static void test_resize_storm(void **state)
{
    enum { WHOLE_MS = 20000 };
    struct console *c = *state;
    struct screen *s = console_run(c, 120, 36, demo);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    uint32_t seed = 5;
    for (int i = 0; i < 200; i++) {
        seed = seed * 1664525u + 1013904223u;
        screen_resize(s, 1 + (int)(seed >> 16) % 200, 1 + (int)(seed >> 24) % 70);
        if (i % 20 == 0)
            pass(s, 30);
    }
    screen_resize(s, 100, 30);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    if (!screen_wait(s, is_whole, NULL, WHOLE_MS)) {
        char *bottom = screen_row(s, 29), *top = screen_row(s, 0);
        print_error("first line: %s\nlast line: %s\n", top, bottom);
        free(bottom);
        free(top);
        fail();
    }
    console_quit(c);
}

/* The program itself crashes: the terminal is as it was, and nothing of it runs on. */
static void test_crash(void **state)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT};
    struct console *c = *state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct screen *s = console_run(c, 100, 30, demo);
        screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
        screen_signal(s, signals[i]);
        int status = screen_expect_exit(s);
        assert_true(status == 256 + signals[i] || (getenv("ASAN_OPTIONS") && status != 0));
        assert_false(screen_alternate(s));
        assert_true(screen_cooked(s));
        if (!getenv("ASAN_OPTIONS")) /* else its report comes after, and is longer than the screen is high */
            screen_expect(s, "ended by a fatal signal; the terminal was restored");
    }
}

/* Without one of its standard descriptors it neither draws on a file nor hangs. */
static void test_closed_descriptors(void **state)
{
    static const char *const commands[] = {
        "\"$ICETOP\" --demo -n 1 >&-; echo over $?", "\"$ICETOP\" --demo -n 1 <&- >/dev/null; echo over $?",
        "\"$ICETOP\" --demo -n 1 2>&- >/dev/null; echo over $?", "\"$ICETOP\" --demo -n 1 >/dev/full; echo over $?"};
    struct console *c = *state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct screen *s = console_shell(c, 120, 24, commands[i]);
        screen_expect_regex(s, "^over [0-9]+$");
        assert_int_equal(screen_expect_exit(s), 0);
        assert_true(screen_cooked(s));
        console_expect_nothing_left(c);
    }
}

/* In tmux, which is a terminal of its own kind: what it draws of us is the picture. */
static void test_tmux(void **state)
{
    struct console *c = *state;
    if (access("/usr/bin/tmux", X_OK))
        skip();
    for (int i = 0; i < 2; i++) {
        struct screen *s =
            console_shell(c, 120, 36,
                          i ? "exec tmux -u -S \"$TMPDIR/socket\" -f /dev/null new-session -e "
                              "TERM=tmux-256color \"exec '$ICETOP' --demo --no-history -d 1 --view groups\""
                            : "exec tmux -u -S \"$TMPDIR/socket\" -f /dev/null new-session "
                              "\"exec '$ICETOP' --demo --no-history -d 1 --view groups\"");
        screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
        screen_expect(s, "? help");
        screen_key(s, "?");
        screen_expect(s, "Shows the keys that work here");
        screen_key(s, "Esc");
        screen_expect_gone(s, "Shows the keys that work here");
        screen_resize(s, 80, 24);
        screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
        screen_key(s, "Down");
        screen_key(s, "q");
        assert_int_equal(screen_expect_exit(s), 0);
        console_expect_nothing_left(c);
    }
}

/* Any keys (for a minute, in the long runs), as fast as they are taken, and sizes between them: it is there to the end, and ends on q. */
static void test_random_keys(void **state)
{
    static const char keys[] = "0123456789LabcdefghijklmnorstuvxyzBGHIJKMNSTY/?:;!*\\|~[]<>{}+-=,.'\"#$%&()@^_` ";
    static const char *const more[] = {"Up",  "Down", "Left", "Right", "PgUp", "PgDn",      "Home",    "End", "Enter",
                                       "Esc", "Esc",  "Tab",  "Space", "Del",  "Backspace", "BackTab", "F1",  "^L"};
    enum { NAMED = sizeof more / sizeof *more, PLAIN = sizeof keys - 1 };
    const char *seconds = getenv("KEY_SECONDS"), *given = getenv("KEY_SEED");
    uint32_t seed = given ? (uint32_t)strtoul(given, NULL, 10) : 11;
    int64_t until = now_ms() + 1000 * (seconds ? strtol(seconds, NULL, 10) : 6);
    struct console *c = *state;
    /* where they may write files; w is not among them */
    struct screen *s =
        console_shell(c, 120, 36, "cd \"$TMPDIR\" && exec \"$ICETOP\" --demo --no-history -d 1 --view groups");
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    int pressed = 0;
    for (; now_ms() < until; pressed++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t r = seed >> 12;
        char key[2] = {keys[r % PLAIN], '\0'};
        if (r % 5 == 0)
            screen_key(s, more[(r >> 3) % NAMED]);
        else if (key[0] != ' ')
            screen_send(s, key);
        if (r % 97 == 0)
            screen_resize(s, 20 + (int)(r >> 4) % 160, 4 + (int)(r >> 9) % 50);
        if (r % 16 == 0)
            pass(s, 5);
    }
    screen_resize(s, 120, 36);
    print_message("%d keys\n", pressed);
    int64_t asked = now_ms();
    /* Out of whatever was open, and then the end. Esc and q that are read together are another key: who is late is given time. */
    for (int ms = 100; now_ms() - asked < 2 * SCREEN_DEADLINE && !screen_ended(s); ms += ms / 4) {
        screen_key(s, "Esc");
        pass(s, ms);
        screen_key(s, "q");
        pass(s, 100);
    }
    assert_int_equal(screen_expect_exit(s), 0);
    assert_true(screen_cooked(s));
    console_expect_nothing_left(c);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_slow_line), T(test_reader_stands_still), T(test_resize_storm), T(test_crash), T(test_closed_descriptors),
        T(test_tmux),      T(test_random_keys),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    cmocka_set_test_filter(getenv("TEST_FILTER"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
