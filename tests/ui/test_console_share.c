/* Several consoles and one collector: found, attached to, outlived, and over ssh. No broker is needed for that. */
#include "tests/ui/console.h"

#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const nobody[] = {"-b", "127.0.0.1:1", "--no-history", NULL};

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

/* Another console beside that of c. */
static struct screen *beside(struct console *c)
{
    const char *const argv[] = {getenv("ICETOP"), nobody[0], nobody[1], nobody[2], NULL};
    const struct screen_settings settings = {.width = 100, .height = 20, .term = "xterm-256color", .env = c->env};
    return screen_run(&settings, argv);
}

static void test_second_attaches(void **state)
{
    struct console *c = *state;
    struct screen *second, *first = console_run(c, 100, 20, nobody);
    screen_expect(first, "0 of 1 live");
    pid_t collector = console_child(c, (pid_t)screen_pid(first), "collect");
    char whose[64];
    snprintf(whose, sizeof whose, "attached to collector %d", (int)collector);
    second = beside(c);
    screen_expect(second, "attached");
    screen_expect(second, "0 of 1 live");
    screen_resize(second, 160, 20);
    screen_expect(second, whose);

    screen_key(first, "q"); /* its collector stays for the other one */
    assert_int_equal(screen_expect_exit(first), 0);
    assert_int_equal(kill(collector, 0), 0);
    screen_key(second, "L");
    screen_expect(second, "EVENTS");
    screen_expect(second, whose);
    screen_key(second, "q");
    assert_int_equal(screen_expect_exit(second), 0);
    console_expect_nothing_left(c);
    screen_free(second);
}

static void test_collector_ends(void **state)
{
    struct console *c = *state;
    struct screen *first = console_run(c, 100, 20, nobody);
    screen_expect(first, "0 of 1 live");
    pid_t collector = console_child(c, (pid_t)screen_pid(first), "collect");
    struct screen *second = beside(c);
    screen_expect(second, "attached");
    kill(collector, SIGKILL);
    screen_expect(first, "collector restarted");
    screen_expect(second, "collector restarted");
    screen_expect(second, "attached");
    screen_key(first, "q");
    assert_int_equal(screen_expect_exit(first), 0);
    screen_key(second, "q");
    assert_int_equal(screen_expect_exit(second), 0);
    console_expect_nothing_left(c);
    screen_free(second);
}

/* One that is stopped takes connections, and says nothing. */
static void test_collector_stuck(void **state)
{
    struct console *c = *state;
    struct screen *first = console_run(c, 100, 20, nobody);
    screen_expect(first, "0 of 1 live");
    pid_t collector = console_child(c, (pid_t)screen_pid(first), "collect");
    assert_int_equal(kill(collector, SIGSTOP), 0);
    struct screen *second = beside(c);
    screen_expect(second, "does not answer");
    screen_expect(second, "0 of 1 live");
    screen_expect_gone(second, "attached");
    assert_int_equal(kill(collector, SIGCONT), 0);
    screen_key(second, "q");
    assert_int_equal(screen_expect_exit(second), 0);
    console_quit(c);
    screen_free(second);
}

static void test_alone(void **state)
{
    struct console *c = *state;
    const char *const alone[] = {"-b", "127.0.0.1:1", "--no-history", "--alone", NULL};
    struct screen *first = console_run(c, 100, 20, alone);
    screen_expect(first, "0 of 1 live");
    struct screen *second = beside(c);
    screen_expect(second, "0 of 1 live");
    screen_expect_gone(second, "attached");
    screen_key(second, "q");
    assert_int_equal(screen_expect_exit(second), 0);
    console_quit(c);
    screen_free(second);
}

static void test_collect_and_attach(void **state)
{
    struct console *c = *state;
    struct screen *s = console_shell(
        c, 120, 20,
        "$ICETOP collect -b 127.0.0.1:1 --no-history >$HOME/out 2>&1 & P=$!; "
        "while [ ! -s $HOME/out ]; do sleep 0.1; done; cat $HOME/out; "
        "$ICETOP collect -b 127.0.0.1:1 --no-history; echo \"second: $?\"; read x; $ICETOP --attach; kill $P; wait $P; "
        "echo \"ended: $?\"; $ICETOP --attach; read x");
    screen_expect_regex(s, "^listening at .*/icetop/default-[0-9a-f]{16}\\.sock");
    screen_expect(s, "listens there already");
    screen_expect(s, "second: 1");
    screen_key(s, "Enter");
    screen_expect(s, "attached to collector");
    screen_key(s, "q");
    screen_expect(s, "ended: 0");
    screen_expect(s, "--attach: no collector listens in");
    screen_key(s, "Enter");
    screen_expect_exit(s);
    console_expect_nothing_left(c);
}

/* ssh is a script that starts icetop here; once over its own socket, once over pipes. */
static void test_ssh(void **state)
{
    struct console *c = *state;
    static const char *const ways[] = {"exec $ICETOP", "cat | $ICETOP"};
    for (size_t i = 0; i < 2; i++) {
        char command[600];
        snprintf(command, sizeof command,
                 "mkdir -p $HOME/bin; printf '#!/bin/sh\\necho hello >&2\\necho \"$@\" >$HOME/words\\n"
                 "while [ $1 != bastion ]; do shift; done; shift 2\\n%s \"$@\"%s\\n' >$HOME/bin/ssh; "
                 "chmod +x $HOME/bin/ssh; "
                 "PATH=$HOME/bin:$PATH $ICETOP --ssh bastion -b 127.0.0.1:1 --no-history; cat $HOME/words; read x",
                 ways[i], i ? " | cat" : "");
        struct screen *s = console_shell(c, 120, 20, command);
        screen_expect(s, "ssh bastion");
        screen_expect(s, "0 of 1 live");
        screen_key(s, "q");
        screen_expect(s, "hello");
        screen_expect(s, "bastion icetop collect --stdio");
        screen_key(s, "Enter");
        screen_expect_exit(s);
        console_expect_nothing_left(c);
    }
}

static void test_ssh_fails(void **state)
{
    struct console *c = *state;
    struct screen *s =
        console_shell(c, 120, 20,
                      "mkdir -p $HOME/bin; printf '#!/bin/sh\\necho \"no route to $7\" >&2; exit 255\\n' "
                      ">$HOME/bin/ssh; chmod +x $HOME/bin/ssh; "
                      "PATH=$HOME/bin:$PATH $ICETOP --ssh nowhere; echo \"status $?\"; read x");
    screen_expect(s, "icetop: ssh nowhere: no route to");
    screen_expect(s, "status 1");
    screen_key(s, "Enter");
    screen_expect_exit(s);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_second_attaches, setup, teardown),
        cmocka_unit_test_setup_teardown(test_collector_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_collector_stuck, setup, teardown),
        cmocka_unit_test_setup_teardown(test_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_collect_and_attach, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ssh, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ssh_fails, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
