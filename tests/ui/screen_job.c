/* The smallest shell there can be: one job, in the foreground of its own session, with its stops
 * and its end reported. */
#include "tests/ui/screen_job.h"

#include "tests/ui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* What the shell tells: the pid first, then a status of waitpid at each stop and at the end. */
struct news {
    enum { NEWS_PID, NEWS_STATUS } what;
    int value;
};

static void tell(int fd, int what, int value)
{
    struct news news = {.what = what, .value = value};
    if (write(fd, &news, sizeof news) != sizeof news)
        _exit(125);
}

static void set_environment(const struct screen_settings *settings)
{
    static const char *const unset[] = {"NO_COLOR", "LINES", "COLUMNS", "ESCDELAY", "LC_CTYPE", "LANG", "TERM"};
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        unsetenv(unset[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    if (settings->term)
        setenv("TERM", settings->term, 1);
    for (const char *const *e = settings->env; e && *e; e++) {
        char *copy = strdup(*e);
        char *value = strchr(copy, '=');
        if (value)
            *value++ = '\0';
        if (value)
            setenv(copy, value, 1);
        else
            unsetenv(copy);
        free(copy);
    }
}

static void become_program(const struct screen_settings *settings, const char *const argv[])
{
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    if (settings->nohup)
        signal(SIGHUP, SIG_IGN);
    const struct rlimit no_core = {0};
    setrlimit(RLIMIT_CORE, &no_core);
    set_environment(settings);
    union {
        const char *const *in;
        char *const *out;
    } args = {.in = argv};
    execv(argv[0], args.out);
    perror(argv[0]);
    _exit(127);
}

/* The shell itself. It does not outlive the test: its terminal and pipes go away with it. */
static void be_shell(const struct screen_settings *settings, const char *const argv[], int news, int orders)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGHUP, SIG_IGN); /* the program must see for itself that the terminal has gone */
    signal(SIGTTOU, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        become_program(settings, argv);
    setpgid(pid, pid);
    tcsetpgrp(STDIN_FILENO, pid);
    tell(news, NEWS_PID, pid);
    for (;;) {
        int status;
        if (waitpid(pid, &status, WUNTRACED) < 0) {
            if (errno == EINTR)
                continue;
            _exit(126);
        }
        if (WIFSTOPPED(status))
            tcsetpgrp(STDIN_FILENO, getpid());
        tell(news, NEWS_STATUS, status);
        if (!WIFSTOPPED(status))
            _exit(0);
        char order;
        if (read(orders, &order, 1) != 1) {
            kill(pid, SIGKILL);
            continue;
        }
        tcsetpgrp(STDIN_FILENO, pid);
        kill(-pid, SIGCONT);
    }
}

void screen_job_start(struct screen_job *j, const struct screen_settings *settings, const char *const argv[])
{
    int news[2], orders[2];
    struct winsize size = {.ws_col = (unsigned short)settings->width, .ws_row = (unsigned short)settings->height};
    assert_non_null(argv[0]);
    assert_int_equal(pipe2(news, O_CLOEXEC), 0);
    assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
    *j = (struct screen_job){.news = news[0], .orders = orders[1]};
    j->shell = forkpty(&j->master, NULL, NULL, &size);
    assert_true(j->shell >= 0);
    if (j->shell == 0) {
        close(news[0]);
        close(orders[1]);
        be_shell(settings, argv, news[1], orders[0]);
    }
    close(news[1]);
    close(orders[0]);
    fcntl(j->master, F_SETFD, FD_CLOEXEC);
    fcntl(j->master, F_SETFL, O_NONBLOCK);
    screen_job_news(j);
    assert_true(j->program > 0);
}

void screen_job_news(struct screen_job *j)
{
    struct news news;
    ssize_t n;
    do
        n = read(j->news, &news, sizeof news);
    while (n < 0 && errno == EINTR);
    if (n != sizeof news) { /* the shell itself is gone, which it is not without its job */
        j->ended = true;
        return;
    }
    if (news.what == NEWS_PID) {
        j->program = news.value;
        return;
    }
    j->status = news.value;
    j->stopped = WIFSTOPPED(news.value);
    j->ended = !j->stopped;
}

void screen_job_continue(struct screen_job *j)
{
    j->stopped = false;
    assert_int_equal(write(j->orders, "c", 1), 1);
}

void screen_job_done(struct screen_job *j)
{
    if (!j->ended && j->program > 0)
        kill(j->program, SIGKILL);
    close(j->orders);
    if (j->master >= 0)
        close(j->master);
    if (j->shell > 0)
        while (waitpid(j->shell, NULL, 0) < 0 && errno == EINTR)
            ;
    close(j->news);
}
