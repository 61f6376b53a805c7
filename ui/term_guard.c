/* Modes, stderr and fatal signals while the screen is ours. What handlers of signals and of exit()
 * need lives in one static object, because neither gets an argument. */
#include "ui/term_guard.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSYS};

enum { FATALS = sizeof fatal / sizeof *fatal, STACK = 64 * 1024 };

static struct {
    volatile sig_atomic_t armed; /* the screen is ours and must be given back */
    int in, out;
    struct termios before;
    char restore[TERM_GUARD_RESTORE_MAX];
    size_t restore_len;
    int stderr_before; /* a duplicate of fd 2 as it was; -1 while fd 2 was left alone */
    int log;           /* where it leads meanwhile; -1 as well */
    struct sigaction actions[FATALS];
    stack_t stack, stack_before;
    bool exit_set;
} guard = {.stderr_before = -1, .log = -1};

/* Only functions that are safe in a signal handler, here and in what it calls. */
static void write_all(int fd, const char *bytes, size_t len)
{
    bool flushed = false;
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            if (!flushed)
                tcflush(fd, TCOFLUSH); /* a reader that stands still: what it has not read is of no
                                          use any more */
            else if (poll(&wait, 1, 200) <= 0)
                return;
            flushed = true;
        } else {
            return;
        }
    }
}

void term_guard_force(void)
{
    tcflush(guard.out, TCOFLUSH);
    write_all(guard.out, "\030", 1); /* ends an escape sequence that was cut in half */
    write_all(guard.out, guard.restore, guard.restore_len);
}

/* Modes and fd 2 as they were. */
static void give_back(void)
{
    tcsetattr(guard.in, TCSANOW, &guard.before); /* not TCSADRAIN, which waits for the reader */
    if (guard.stderr_before >= 0)
        dup2(guard.stderr_before, STDERR_FILENO);
}

static void on_fatal(int sig)
{
    int errnum = errno;
    if (guard.armed) {
        guard.armed = 0;
        signal(SIGTTOU, SIG_IGN); /* in the background tcsetattr would stop us instead */
        term_guard_force();
        give_back();
        static const char text[] = "icetop: ended by a fatal signal; the terminal was restored\n";
        write_all(STDERR_FILENO, text, sizeof text - 1);
    }
    /* What was there before gets the signal: the default with its core, or a sanitizer's report. */
    for (int i = 0; i < FATALS; i++)
        if (fatal[i] == sig)
            sigaction(sig, &guard.actions[i], NULL);
    errno = errnum;
    raise(sig);
}

static void on_exit_call(void)
{
    if (!guard.armed)
        return;
    guard.armed = 0;
    term_guard_force();
    give_back();
}

static void set_modes(void)
{
    struct termios t = guard.before; /* never read again: after a SIGSTOP they would be our own */
    t.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON | PARMRK);
    t.c_oflag &= ~(tcflag_t)OPOST; /* curses counts on it that what it writes arrives as it is */
    t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    tcsetattr(guard.in, TCSANOW, &t);
}

/* A stray line on stderr would stand in the middle of the screen until the next full redraw. */
static void lead_stderr_away(const char *log)
{
    enum { FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC };
    if (!isatty(STDERR_FILENO))
        return;
    guard.log = log ? open(log, FLAGS, 0600) : -1;
    if (guard.log < 0) /* no reason not to draw */
        guard.log = open("/dev/null", FLAGS);
    guard.stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (guard.log >= 0 && guard.stderr_before >= 0)
        dup2(guard.log, STDERR_FILENO);
}

static void arm(void)
{
    guard.stack = (stack_t){.ss_sp = mem_alloc(STACK), .ss_size = STACK};
    sigaltstack(&guard.stack, &guard.stack_before); /* a stack that overflowed cannot run the handler */
    struct sigaction sa = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};
    sigfillset(&sa.sa_mask);
    for (int i = 0; i < FATALS; i++)
        sigaction(fatal[i], &sa, &guard.actions[i]);
    if (!guard.exit_set)
        guard.exit_set = atexit(on_exit_call) == 0;
    guard.armed = 1;
}

int term_guard_enter(const struct term_guard_settings *settings, struct error *err)
{
    if (settings->restore_len > TERM_GUARD_RESTORE_MAX)
        return error_set(err, ERR_LIMIT, "the terminal's restoring strings: %zu bytes, at most %d",
                         settings->restore_len, TERM_GUARD_RESTORE_MAX);
    guard.in = settings->in;
    guard.out = settings->out;
    guard.restore_len = settings->restore_len;
    memcpy(guard.restore, settings->restore, settings->restore_len);
    if (tcgetattr(guard.in, &guard.before) < 0)
        return error_set_errno(err, ERR_UNAVAILABLE, errno, "the terminal's modes cannot be read");
    lead_stderr_away(settings->log);
    arm();
    set_modes();
    return 0;
}

void term_guard_pause(void)
{
    guard.armed = 0;
    give_back();
}

void term_guard_resume(void)
{
    set_modes(); /* first: from the background this stops us again, before anything was written */
    if (guard.log >= 0 && guard.stderr_before >= 0)
        dup2(guard.log, STDERR_FILENO);
    guard.armed = 1;
}

void term_guard_leave(void)
{
    guard.armed = 0;
    give_back();
    for (int i = 0; i < FATALS; i++)
        sigaction(fatal[i], &guard.actions[i], NULL);
    sigaltstack(&guard.stack_before, NULL);
    free(guard.stack.ss_sp);
    guard.stack.ss_sp = NULL;
    if (guard.log >= 0)
        close(guard.log);
    if (guard.stderr_before >= 0)
        close(guard.stderr_before);
    guard.log = guard.stderr_before = -1;
}
