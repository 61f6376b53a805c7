/* Charts are full at once after a restart: what one console saw, the next one draws in its first pictures. */
#include "tests/ui/console.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

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

struct brokers {
    pid_t pid;
    int fd;
    char bootstrap[512];
};

static void start_brokers(struct brokers *b)
{
    int fds[2];
    char number[16];
    size_t len = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    b->pid = fork();
    assert_true(b->pid >= 0);
    if (b->pid == 0) {
        fcntl(fds[1], F_SETFD, 0);
        snprintf(number, sizeof number, "%d", fds[1]);
        execl(getenv("ICETOP"), "icetop", "demo-broker", "--stdio-fd", number, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    b->fd = fds[0];
    while (len + 1 < sizeof b->bootstrap) {
        struct pollfd p = {.fd = b->fd, .events = POLLIN};
        assert_int_equal(poll(&p, 1, SCREEN_DEADLINE), 1);
        assert_int_equal(read(b->fd, b->bootstrap + len, 1), 1);
        if (b->bootstrap[len] == '\n')
            break;
        len++;
    }
    b->bootstrap[len] = '\0';
}

static void end_brokers(struct brokers *b)
{
    close(b->fd);
    while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Cells of the left chart, below the line of words, that have dots in them: from the right edge of its axis. */
static int dots(struct screen *s)
{
    int x, y, n = 0;
    if (!screen_find(s, "  max ", &x, &y))
        return 0;
    for (int row = y + 1; row < y + 6; row++)
        for (int column = 9; column < 49; column++)
            n += screen_cell(s, column, row).chars[0] >= 0x2801 && screen_cell(s, column, row).chars[0] <= 0x28ff;
    return n;
}

/* Columns of the spark line of the row that are no blanks. */
static int spark(struct screen *s, const char *name)
{
    int x, y, n = 0;
    if (!screen_find(s, name, &x, &y))
        return 0;
    for (int column = x; column < 100; column++) {
        uint32_t code = screen_cell(s, column, y).chars[0];
        n += code >= 0x2581 && code <= 0x2588;
    }
    return n;
}

struct wanted {
    int spark, dots;
};

static bool charted(struct screen *s, void *arg)
{
    const struct wanted *w = arg;
    return (!w->spark || spark(s, "billing-export") >= w->spark) && (!w->dots || dots(s) >= w->dots);
}

static void test_charts_after_restart(void **state)
{
    enum { POINTS = 5, OLD_POINTS = POINTS - 1, NEW_POINTS_MS = (OLD_POINTS - 2) * 5000 }; /* a new one every 5 s */
    struct console *c = *state;
    struct brokers b;
    start_brokers(&b);
    char *history = mem_printf("%s/history.db", c->directory);
    const char *const arguments[] = {"-b", b.bootstrap, "--history", history, "-d", "1", "--view", "groups", "--no-state", NULL};
    struct screen *s = console_run(c, 100, 30, arguments);
    struct wanted old = {.spark = POINTS};
    assert_true(screen_wait(s, charted, &old, 2 * SCREEN_DEADLINE)); /* a minute is a dozen columns wide */
    screen_send(s, "/group = \"billing-export\"\r\r");
    screen_expect(s, "groups › billing-export");
    old = (struct wanted){.dots = POINTS};
    assert_true(screen_wait(s, charted, &old, SCREEN_DEADLINE));
    int before = dots(s);
    console_quit(c);
    s = console_run(c, 100, 30, arguments);
    screen_expect_regex(s, "^. billing-export +[0-9]+ k ");
    old = (struct wanted){.spark = OLD_POINTS};
    int64_t start_us = clock_mono_us(&clock_system);
    assert_true(screen_wait(s, charted, &old, SCREEN_DEADLINE));
    int64_t took_us = clock_mono_us(&clock_system) - start_us;
    print_message("old points after %d ms\n", (int)(took_us / 1000));
    assert_true(took_us < NEW_POINTS_MS * 1000); /* they are not new ones */
    screen_send(s, "/group = \"billing-export\"\r\r");
    screen_expect(s, "groups › billing-export");
    old = (struct wanted){.dots = before};
    assert_true(screen_wait(s, charted, &old, SCREEN_DEADLINE));
    console_quit(c);
    end_brokers(&b);
    free(history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_charts_after_restart, setup, teardown),
    };
    setlocale(LC_CTYPE, "C.UTF-8"); /* for regular expressions: one sign is one character */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
