/* What the console remembers, and what it says at the end. No broker is needed for that. */
#include "tests/ui/console.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define RUN   "$ICETOP -b 127.0.0.1:1 --no-history "
#define STATE "$HOME/.local/state/icetop/state.json"

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

static void press(struct screen *s, const char *keys)
{
    for (; *keys; keys++) {
        char key[2] = {*keys, '\0'};
        screen_key(s, key);
    }
}

static void test_remembers(void **state)
{
    struct console *c = *state;
    struct screen *s = console_shell(c, 100, 20,
                                     RUN "; echo first; read x; " RUN "; echo second; read x; " RUN
                                         "--no-state; grep -c lag " STATE "; read x");
    screen_expect(s, "0 of 1 live");
    press(s, "2/lag");
    screen_expect(s, "/lag");
    screen_key(s, "Enter");
    screen_expect(s, "0 of 0: lag");
    press(s, "q");
    screen_expect(s, "first");
    screen_key(s, "Enter");
    screen_expect(s, "0 of 0: lag");
    press(s, "q");
    screen_expect(s, "second");
    screen_key(s, "Enter");
    screen_expect(s, "CLUSTERS"); /* the overview: remembers nothing */
    screen_expect(s, "1 wrong");
    press(s, "q");
    screen_expect(s, "icetop: 1 wrong; worst: kafka:default failed");
    screen_expect_regex(s, "^[1-9]$");
    screen_key(s, "Enter");
    screen_expect_exit(s);
    console_expect_nothing_left(c);
}

static void test_broken(void **state)
{
    struct console *c = *state;
    struct screen *s = console_shell(c, 160, 20,
                                     "mkdir -p $HOME/.local/state/icetop; echo '{' >" STATE "; " RUN
                                     "--no-summary; ls $HOME/.local/state/icetop; read x");
    screen_expect(s, "is broken: line ");
    screen_expect(s, "0 of 1 live");
    press(s, "q");
    screen_expect(s, "icetop: ");
    screen_expect_regex(s, "^state.json.aside-[0-9TZ]*");
    screen_expect_gone(s, "worst");
    screen_key(s, "Enter");
    screen_expect_exit(s);
    console_expect_nothing_left(c);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_remembers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
