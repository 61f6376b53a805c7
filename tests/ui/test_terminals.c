/* Tests over kinds of terminals: TERM, colours, character sets, and what a frame costs on the wire.
 */
#include "tests/ui/screen.h"

#include "base/mem.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct screen *probe(void **state, int width, int height, const char *term, const char *const *env,
                            const char *const *args)
{
    const char *argv[8] = {getenv("UI_PROBE")};
    for (int i = 0; args && args[i]; i++)
        argv[i + 1] = args[i];
    screen_free(*state);
    *state = NULL;
    const struct screen_settings settings = {.width = width, .height = height, .term = term, .env = env};
    struct screen *s = screen_run(&settings, argv);
    *state = s;
    return s;
}

static int teardown(void **state)
{
    screen_free(*state);
    *state = NULL;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
    (void)st;
    (void)what;
    (void)at;
    return remove(path);
}

static void test_drawable(void **state)
{
    static const struct {
        const char *term;
        int colors;
    } terms[] = {{"xterm-256color", 256},  {"xterm", 8},  {"linux", 8},           {"vt100", 0},
                 {"screen-256color", 256}, {"screen", 8}, {"tmux-256color", 256}, {"vt220", 0}};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        char expected[64];
        struct screen *s = probe(state, 80, 24, terms[i].term, NULL, NULL);
        snprintf(expected, sizeof expected, "size 80x24 colors %d", terms[i].colors);
        screen_expect(s, expected);
        screen_expect(s, "✗ bad   ! warn  · dim   日本");
        screen_expect(s, "┘");
        assert_int_equal(screen_colored(s), terms[i].colors > 0);
        screen_key(s, "Down");
        screen_expect(s, "key Down count 1 ");
        screen_key(s, "q");
        assert_int_equal(screen_expect_exit(s), 0);
        assert_true(screen_cooked(s));
    }
}

/* Nothing is drawn, the error stands on the screen, and the modes are untouched. */
static void refused(void **state, const char *term, const char *text)
{
    struct screen *s = probe(state, 100, 24, term, NULL, NULL);
    assert_int_equal(screen_expect_exit(s), 2);
    screen_expect(s, text);
    screen_expect(s, "icetop snapshot");
    assert_true(screen_cooked(s));
    assert_null(strchr(screen_raw(s), '\033'));
}

static void test_not_drawable(void **state)
{
    refused(state, "dumb", "TERM=dumb cannot move its cursor");
    refused(state, "unknown", "TERM=unknown");
    refused(state, "no-such-terminal", "TERM=no-such-terminal is not in the terminfo database");
    refused(state, "", "TERM is not set");
    refused(state, NULL, "TERM is not set");
}

static void test_family(void **state)
{
    struct screen *s = probe(state, 80, 24, "xterm-of-tomorrow", NULL, NULL);
    screen_expect(s, "note: TERM=xterm-of-tomorrow is not known here, drawn as xterm-256color");
    screen_expect(s, "colors 256");
}

static void test_no_color(void **state)
{
    static const char *const no_color[] = {"NO_COLOR=1", NULL};
    static const char *const empty[] = {"NO_COLOR=", NULL};
    static const char *const always[] = {"--color", "always", NULL};
    static const char *const never[] = {"--color", "never", NULL};
    static const char *const mono[] = {"--theme", "mono", NULL};
    static const struct {
        const char *const *env, *const *args;
        bool colored;
    } cases[] = {
        {no_color, NULL, false}, {empty, NULL, true}, {no_color, always, true},
        {NULL, never, false},    {NULL, mono, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct screen *s = probe(state, 80, 24, "xterm-256color", cases[i].env, cases[i].args);
        screen_expect(s, "┘");
        screen_key(s, "a");
        screen_expect(s, "count 1 ");
        assert_true(screen_cell(s, 0, 1).attrs.bold); /* what is bad still looks it */
        VTermScreenCell bad = screen_cell(s, 0, 1);
        assert_int_equal(!VTERM_COLOR_IS_DEFAULT_FG(&bad.fg), cases[i].colored);
        screen_key(s, "q");
        assert_int_equal(screen_expect_exit(s), 0);
        if (cases[i].args != mono) /* where colours are on, curses resets them at the end */
            assert_int_equal(screen_colored(s), cases[i].colored);
    }
}

static void test_themes(void **state)
{
    static const char *const themes[] = {"default", "dark", "light", "high-contrast", "8-colour", "mono"};
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
        const char *const args[] = {"--theme", themes[i], NULL};
        struct screen *s = probe(state, 80, 24, "xterm-256color", NULL, args);
        screen_expect(s, "┘");
        for (int y = 0; y < 24; y++)
            for (int x = 0; x < 80; x++) {
                VTermScreenCell cell = screen_cell(s, x, y);
                assert_true(VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
            }
    }
}

static void test_charsets(void **state)
{
    static const char *const posix[] = {"LC_ALL=C", NULL};
    static const char *const utf8[] = {"--charset", "utf-8", NULL};
    static const char *const ascii[] = {"--charset", "ascii", NULL};
    static const struct {
        const char *const *env, *const *args;
        const char *text;
    } cases[] = {
        {posix, NULL, "X bad   ! warn  . dim   ???? e"},
        {NULL, ascii, "X bad   ! warn  . dim   ???? e"},
        {posix, utf8, "✗ bad   ! warn  · dim   日本 e\xCC\x81"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct screen *s = probe(state, 80, 24, "xterm-256color", cases[i].env, cases[i].args);
        screen_expect(s, cases[i].text);
    }
}

/* In a locale of another character set than UTF-8 all is ASCII: what is beyond it would be two other signs there. */
static void test_latin1(void **state)
{
    char dir[] = "/tmp/ui-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *made = mem_printf("%s/latin1", dir), *path = mem_printf("LOCPATH=%s", dir);
    const char *const localedef[] = {"/usr/bin/localedef", "-i", "en_US", "-f", "ISO-8859-1", made, NULL};
    const struct screen_settings settings = {.width = 80, .height = 24, .term = "dumb"};
    screen_free(*state);
    struct screen *s = screen_run(&settings, localedef);
    *state = s;
    screen_expect_exit(s);
    bool there = access(made, R_OK) == 0;
    const char *const env[] = {path, "LC_ALL=latin1", NULL};
    if (there) {
        s = probe(state, 80, 24, "xterm-256color", env, NULL);
        screen_expect(s, "X bad   ! warn  . dim   ???? e");
        for (const char *p = screen_raw(s); *p; p++)
            assert_true((unsigned char)*p < 0x80);
        screen_key(s, "q");
        assert_int_equal(screen_expect_exit(s), 0);
    }
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(made);
    free(path);
    if (!there)
        skip(); /* no definitions of locales here */
}

/* LINES and COLUMNS left over in the environment do not matter; the kernel knows better. */
static void test_size_of_environment(void **state)
{
    static const char *const env[] = {"LINES=10", "COLUMNS=20", NULL};
    struct screen *s = probe(state, 80, 24, "xterm-256color", env, NULL);
    screen_expect(s, "size 80x24");
    screen_resize(s, 90, 30);
    screen_expect(s, "size 90x30");
}

struct frames {
    int seen;
};

static bool frame_at_least(struct screen *s, void *arg)
{
    const struct frames *f = arg;
    char *row = screen_row(s, 2);
    const char *at = strstr(row, "frame ");
    int frame = at ? (int)strtol(at + 6, NULL, 10) : -1;
    free(row);
    return frame >= f->seen;
}

/* The budget of a slow line: 200x50 in under 12 kB at first, under 1 kB for a change of 5 % of the
 * numbers. */
static void test_cost(void **state)
{
    static const char *const args[] = {"--table", "5", "--tick", "100", NULL};
    struct screen *s = probe(state, 200, 50, "xterm-256color", NULL, args);
    screen_expect(s, "group-49");
    screen_expect(s, "┘");
    size_t first = screen_bytes(s);
    struct frames f = {.seen = 5};
    assert_true(screen_wait(s, frame_at_least, &f, SCREEN_DEADLINE));
    screen_mark(s);
    f.seen = 25;
    assert_true(screen_wait(s, frame_at_least, &f, SCREEN_DEADLINE));
    size_t each = screen_bytes(s) / 20;
    print_message("first paint %zu bytes, then %zu bytes a frame\n", first, each);
    assert_true(first > 5000 && first < 12000);
    assert_true(each > 100 && each < 1000);
}

/* A picture that does not change costs next to nothing. */
static void test_cost_idle(void **state)
{
    static const char *const args[] = {"--tick", "50", NULL};
    struct screen *s = probe(state, 200, 50, "xterm-256color", NULL, args);
    struct frames f = {.seen = 10};
    assert_true(screen_wait(s, frame_at_least, &f, SCREEN_DEADLINE));
    screen_mark(s);
    f.seen = 30;
    assert_true(screen_wait(s, frame_at_least, &f, SCREEN_DEADLINE));
    assert_true(screen_bytes(s) / 20 < 200);
}

int main(void)
{
#define T(f) cmocka_unit_test_teardown(f, teardown)
    const struct CMUnitTest tests[] = {
        T(test_drawable), T(test_not_drawable),        T(test_family), T(test_no_color), T(test_themes),
        T(test_charsets), T(test_size_of_environment), T(test_latin1), T(test_cost),     T(test_cost_idle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
