/* Children: their descriptors, their ends and what is said of them. The test is its own child. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "stream/child.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static int child_fd(int argc, char **argv)
{
    int fd = -1;
    if (argc < 2 || sscanf(argv[argc - 1], "--stdio-fd=%d", &fd) != 1)
        _exit(90);
    return fd;
}

/* What the child finds: its signals, its descriptors, its group. */
static void report(int fd)
{
    struct str s = {0};
    sigset_t mask;
    struct sigaction action;
    char byte;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    sigaction(SIGPIPE, NULL, &action);
    int open_fds = 0;
    for (int i = 4; i < 256; i++)
        open_fds += fcntl(i, F_GETFD) >= 0;
    str_printf(&s, "mask %d pipe %d group %d stdin %d open %d", sigismember(&mask, SIGUSR1),
               action.sa_handler == SIG_DFL, getpgrp() == getpid(), (int)read(0, &byte, 1), open_fds);
    ssize_t n = write(fd, s.s, s.len);
    fprintf(stderr, "said %zd bytes\n", n);
    str_done(&s);
    while (read(fd, &byte, 1) > 0)
        continue;
    exit(7);
}

static int be_child(int argc, char **argv)
{
    int fd = child_fd(argc, argv);
    if (strcmp(argv[1], "child-report") == 0)
        report(fd);
    if (strcmp(argv[1], "child-abort") == 0)
        abort();
    signal(SIGTERM, SIG_IGN); /* child-stubborn */
    ssize_t n = write(fd, "x", 1);
    for (;;)
        pause();
    return (int)n;
}

static struct stream_child *start(const char *what, const char *log_path)
{
    const char *const argv[] = {"test", what, NULL};
    const struct stream_child_options o = {.argv = argv, .log_path = log_path};
    struct stream_child *c = NULL;
    struct error err;
    if (stream_child_spawn(&o, &c, &err))
        fail_msg("%s", err.text);
    return c;
}

static void read_all(int fd, char *buf, size_t size)
{
    ssize_t n = read(fd, buf, size - 1);
    assert_true(n > 0);
    buf[n] = '\0';
}

static void ended(void *arg, const char *how)
{
    *(char **)arg = mem_strdup(how);
}

static char *wait_end(struct stream_child *c)
{
    struct event_base *base = event_base_new();
    char *how = NULL;
    int64_t until = clock_mono_us(&clock_system) + 20 * 1000 * 1000;
    stream_child_watch(c, base, ended, &how);
    while (!how && clock_mono_us(&clock_system) < until)
        event_base_loop(base, EVLOOP_ONCE);
    assert_non_null(how);
    assert_string_equal(stream_child_ended(c), how);
    stream_child_free(c, 0);
    event_base_free(base);
    return how;
}

static void a_child_has_a_clean_start(void **state)
{
    (void)state;
    char log[] = "/tmp/icetop-test-XXXXXX", buf[256];
    int log_fd = mkstemp(log), stray = dup(log_fd); /* without close-on-exec */
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, &old);
    signal(SIGPIPE, SIG_IGN);
    struct stream_child *c = start("child-report", log);
    int fd = stream_child_take_fd(c);
    read_all(fd, buf, sizeof buf);
    assert_string_equal(buf, "mask 0 pipe 1 group 1 stdin 0 open 0");
    assert_null(stream_child_ended(c));
    assert_true(stream_child_pid(c) > 0);
    close(fd); /* it ends by itself */
    char *how = wait_end(c);
    assert_string_equal(how, "collector ended with status 7");
    read_all(log_fd, buf, sizeof buf);
    assert_string_equal(buf, "said 36 bytes\n");
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, SIG_DFL);
    unlink(log);
    close(log_fd);
    close(stray);
    free(how);
}

static void how_it_died_is_said(void **state)
{
    (void)state;
    char *how = wait_end(start("child-abort", NULL));
    assert_string_equal(how, "collector killed by signal 6 (Aborted)");
    free(how);
}

static void a_stubborn_child_is_killed(void **state)
{
    (void)state;
    char buf[8];
    struct stream_child *c = start("child-stubborn", NULL);
    pid_t pid = stream_child_pid(c);
    int fd = stream_child_take_fd(c);
    read_all(fd, buf, sizeof buf);
    stream_child_free(c, 10);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    close(fd);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    const struct stream_child_options o = {.exe = "/nonexistent/icetop"};
    struct stream_child *c = NULL;
    struct error err;
    assert_int_equal(stream_child_spawn(&o, &c, &err), ERR_IO);
    assert_null(c);
    assert_non_null(strstr(err.text, "No such file"));
    const struct stream_child_options bad_log = {.log_path = "/nonexistent/log"};
    assert_int_equal(stream_child_spawn(&bad_log, &c, &err), ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/log"));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strncmp(argv[1], "child-", 6) == 0)
        return be_child(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_has_a_clean_start),
        cmocka_unit_test(how_it_died_is_said),
        cmocka_unit_test(a_stubborn_child_is_killed),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
