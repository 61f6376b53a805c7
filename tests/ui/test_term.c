/* Tests of the terminal through a terminal: pictures, keys, sizes, stops, ends and crashes. */
#include "tests/ui/screen.h"

#include "base/clock.h"
#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const struct screen_settings usual = {.width = 80, .height = 24, .term = "xterm-256color"};

/* The probe with up to four more arguments; *state owns the screen, so that a failing test leaves
 * nothing behind. */
static struct screen *probe(void **state, const struct screen_settings *settings, const char *a, const char *b,
                            const char *c, const char *d)
{
    const char *const argv[] = {getenv("UI_PROBE"), a, b, c, d, NULL};
    screen_free(*state);
    *state = NULL;
    struct screen *s = screen_run(settings, argv);
    *state = s;
    return s;
}

static int teardown(void **state)
{
    screen_free(*state);
    *state = NULL;
    return 0;
}

static void assert_given_back(struct screen *s)
{
    int x, y;
    bool visible;
    screen_cursor(s, &x, &y, &visible);
    assert_false(screen_alternate(s));
    assert_true(visible);
    assert_false(screen_mouse(s));
    assert_true(screen_cooked(s));
}

static void test_first_picture(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    int x, y;
    bool visible;
    screen_expect(s, "┘");
    screen_expect(s, "icetop probe  size 80x24 colors 256");
    screen_expect(s, "✗ bad   ! warn  · dim   日本 e\xCC\x81");
    assert_true(screen_alternate(s));
    assert_false(screen_cooked(s));
    assert_int_equal(screen_cell(s, 0, 0).chars[0], 'i');
    assert_true(screen_cell(s, 0, 0).attrs.bold);
    VTermScreenCell bad = screen_cell(s, 0, 1);
    assert_true(VTERM_COLOR_IS_INDEXED(&bad.fg) && bad.fg.indexed.idx == 161);
    assert_true(VTERM_COLOR_IS_DEFAULT_BG(&bad.bg));
    assert_true(screen_cell(s, 3, 2).attrs.reverse); /* the selected row */
    assert_int_equal(screen_cell(s, 24, 1).width, 2);
    assert_int_equal(screen_cell(s, 79, 23).chars[0], 0x2518);
    screen_cursor(s, &x, &y, &visible);
    assert_int_equal(x, 4); /* parked where the grid says, hidden */
    assert_int_equal(y, 2);
    assert_false(visible);
    screen_key(s, "I");
    screen_expect(s, "key I count 1");
    screen_cursor(s, &x, &y, &visible);
    assert_true(visible && x == 4 && y == 2);
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    screen_expect(s, "probe says goodbye");
    assert_given_back(s);
}

static void test_keys(void **state)
{
    static const char *const names[] = {
        "a",   "Z",  "é",  "Up",    "Down", "Left",  "Right", "PgUp", "PgDn",      "Home",    "End",   "F1",     "F5",
        "F12", "^L", "^C", "Enter", "Tab",  "Space", "Del",   "Ins",  "Backspace", "BackTab", "Alt-x", "^Right", "^Up"};
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "key %s count %zu ", names[i], i + 1);
        screen_key(s, names[i]);
        screen_expect(s, expected);
    }
    screen_send(s, "abc\033[Bde"); /* one write: every one of them arrives */
    screen_expect(s, "key e count 32 ");
}

/* Esc is told from the start of a sequence within an instant, and the loop goes on. */
static void test_lone_escape(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    int64_t fastest = INT64_MAX; /* of several: a busy machine may delay one */
    for (int i = 1; i <= 5; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "key Esc count %d ", i);
        int64_t start = clock_mono_us(&clock_system);
        screen_send(s, "\033");
        screen_expect(s, expected);
        int64_t took = clock_mono_us(&clock_system) - start;
        fastest = took < fastest ? took : fastest;
    }
    assert_true(fastest < 500 * 1000);
    screen_send(s, "\033\033");
    screen_expect(s, "key Esc count 7 ");
}

static void test_mouse(void **state)
{
    struct screen *s = probe(state, &usual, "--mouse", "on", NULL, NULL);
    screen_expect(s, "┘");
    assert_true(screen_mouse(s));
    screen_click(s, 17, 9, 1);
    screen_expect(s, "key mouse-1@17,9");
    screen_click(s, 3, 4, 4);
    screen_expect(s, "key mouse-4@3,4");
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    assert_given_back(s);
    s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    assert_false(screen_mouse(s)); /* off unless asked for: it takes the terminal's own selection away */
}

static void test_resize(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    static const int sizes[][2] = {{120, 40}, {40, 12}, {300, 100}, {1, 1}, {2, 30}, {30, 2}, {80, 24}};
    screen_expect(s, "size 80x24");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char expected[32];
        screen_resize(s, sizes[i][0], sizes[i][1]);
        snprintf(expected, sizeof expected, "size %dx%d ", sizes[i][0], sizes[i][1]);
        if (sizes[i][0] >= 40)
            screen_expect(s, expected);
    }
    screen_expect(s, "✗ bad   ! warn");
    screen_expect(s, "┘");
    assert_int_equal(screen_cell(s, 79, 23).chars[0], 0x2518);
}

static void test_redraw(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "a");
    screen_expect(s, "count 1 ");
    screen_mark(s);
    screen_key(s, "^L");
    screen_expect(s, "count 2 ");
    assert_non_null(strstr(screen_raw(s), "probe")); /* which nothing had changed */
}

static void test_stop_and_continue(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    for (int round = 1; round <= 2; round++) {
        char expected[32];
        if (round == 1)
            screen_send(s, "\032"); /* ^Z */
        else
            screen_signal(s, SIGTSTP);
        screen_expect_stopped(s);
        assert_given_back(s);
        if (round == 2)
            screen_resize(s, 100, 30); /* while stopped */
        screen_continue(s);
        snprintf(expected, sizeof expected, "resumed %d ", round);
        screen_expect(s, expected);
        screen_expect(s, "icetop probe");
        assert_true(screen_alternate(s));
        assert_false(screen_cooked(s));
    }
    screen_expect(s, "size 100x30");
    screen_key(s, "Up"); /* the keypad's mode is on again */
    screen_expect(s, "key Up count 1 ");
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    assert_given_back(s);
}

static bool drawn_again(struct screen *s, void *arg)
{
    (void)arg;
    return strstr(screen_raw(s), "probe") != NULL; /* which no key changes */
}

/* SIGSTOP gives no chance to restore anything; coming back draws everything anew. */
static void test_hard_stop(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_signal(s, SIGSTOP);
    screen_expect_stopped(s);
    screen_mark(s);
    screen_continue(s);
    screen_key(s, "a");
    screen_expect(s, "key a count 1 ");
    assert_true(screen_wait(s, drawn_again, NULL, SCREEN_DEADLINE));
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    assert_given_back(s);
}

static void test_signals_end_it(void **state)
{
    static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
        screen_expect(s, "┘");
        screen_signal(s, ends[i]);
        assert_int_equal(screen_expect_exit(s), 0);
        assert_given_back(s);
    }
}

/* No orphan that spins on a dead descriptor, whether SIGHUP reaches it or not. */
static void test_terminal_closed(void **state)
{
    for (int nohup = 0; nohup < 2; nohup++) {
        struct screen_settings settings = usual;
        settings.nohup = nohup;
        struct screen *s = probe(state, &settings, NULL, NULL, NULL, NULL);
        screen_expect(s, "┘");
        screen_close(s);
        assert_int_equal(screen_expect_exit(s), 129);
    }
}

static void test_closed_while_stalled(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_stall(s, true);
    screen_key(s, "F");
    screen_key(s, "a");
    screen_close(s);
    assert_int_equal(screen_expect_exit(s), 129);
}

/* Nobody reads what it writes: keys are still heard, and the terminal is given back when reading
 * goes on. */
static void test_stalled_reader(void **state)
{
    struct screen_settings settings = {.width = 200, .height = 50, .term = "xterm-256color"};
    struct screen *s = probe(state, &settings, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_stall(s, true);
    screen_key(s, "F");
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    screen_stall(s, false);
    screen_expect(s, "probe says goodbye");
    assert_given_back(s);
}

static bool log_has_two_lines(struct screen *s, void *arg)
{
    FILE *f = fopen(arg, "r");
    int lines = 0;
    (void)s;
    for (int c; f && (c = fgetc(f)) != EOF;)
        lines += c == '\n';
    if (f)
        fclose(f);
    return lines == 2;
}

/* After a stall the newest picture comes, not every one in between. */
static void test_stall_ends(void **state)
{
    struct screen_settings settings = {.width = 200, .height = 50, .term = "xterm-256color"};
    char dir[] = "/tmp/ui-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/log", dir);
    struct screen *s = probe(state, &settings, "--log", path, NULL, NULL);
    screen_expect(s, "┘");
    screen_mark(s);
    screen_stall(s, true);
    screen_key(s, "F");
    screen_key(s, "F");
    bool flooded = screen_wait(s, log_has_two_lines, path, SCREEN_DEADLINE);
    unlink(path);
    rmdir(dir);
    assert_true(flooded); /* twice 60 frames of 9 kB, and it still hears keys */
    screen_key(s, "z");
    screen_stall(s, false);
    screen_expect(s, "key z count 3 ");
    screen_expect(s, "flood 59 put off 59 "); /* the last one; not one of the second flood went out at once */
    assert_true(screen_bytes(s) < 60 * 200 * 46);
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    assert_given_back(s);
}

static void test_crash(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "S");
    int status = screen_expect_exit(s);
    assert_true(status == 256 + SIGSEGV || (getenv("ASAN_OPTIONS") && status != 0)); /* a sanitizer exits by itself */
    assert_given_back(s);
    screen_expect(s, "ended by a fatal signal");

    s = probe(state, &usual, "--mouse", "on", NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "A");
    assert_int_equal(screen_expect_exit(s), 256 + SIGABRT);
    assert_given_back(s);

    s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "X"); /* exit() from the depths */
    assert_int_equal(screen_expect_exit(s), 7);
    assert_given_back(s);
}

static void test_stray_stderr(void **state)
{
    char dir[] = "/tmp/ui-test-XXXXXX", path[64], text[64] = "";
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/log", dir);
    struct screen *s = probe(state, &usual, "--log", path, NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "E");
    screen_expect(s, "key E count 1 ");
    assert_null(strstr(screen_raw(s), "stray"));
    screen_key(s, "q");
    assert_int_equal(screen_expect_exit(s), 0);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_string_equal(text, "stray line\n");
    unlink(path);
    rmdir(dir);
}

static void test_copy(void **state)
{
    struct screen *s = probe(state, &usual, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "Y");
    screen_expect(s, "key Y count 1 ");
    assert_non_null(strstr(screen_raw(s), "\033]52;c;cGF5bWVudHM=\a"));
    struct screen_settings linux_console = usual;
    linux_console.term = "linux";
    s = probe(state, &linux_console, NULL, NULL, NULL, NULL);
    screen_expect(s, "┘");
    screen_key(s, "Y");
    screen_expect(s, "key Y count 1 ");
    assert_null(strstr(screen_raw(s), "]52"));
}

int main(void)
{
#define T(f) cmocka_unit_test_teardown(f, teardown)
    const struct CMUnitTest tests[] = {
        T(test_first_picture),
        T(test_keys),
        T(test_lone_escape),
        T(test_mouse),
        T(test_resize),
        T(test_redraw),
        T(test_stop_and_continue),
        T(test_hard_stop),
        T(test_signals_end_it),
        T(test_terminal_closed),
        T(test_closed_while_stalled),
        T(test_stalled_reader),
        T(test_stall_ends),
        T(test_crash),
        T(test_stray_stderr),
        T(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
