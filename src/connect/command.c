/* posix_spawn into a process group of its own, two pipes, and back-off. */
#include "connect/command.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "connect/redact.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PIECE = 32 * 1024,
    PIECES = 4, /* of one turn of the loop */
    PAUSE_MS = 500,
    FIRST_MS = 1000, /* from its end to the next start; doubles */
    LONGEST_MS = 60000,
    STABLE_MS = 30000, /* having run so long it begins anew with FIRST_MS */
    SILENT_MS = 3000,  /* having said nothing so long it has nothing to say for now */
    ASK_MS = 50,       /* has it ended? after its output did */
    END_MS = 1000,     /* from the end of its output to SIGTERM */
    TERM_MS = 1000,    /* from SIGTERM to SIGKILL while running on; */
    FREE_MS = 300,     /* and while freeing */
    WORDS = 200,       /* bytes of its last words */
    STEP_MS = 5,
};

struct connect_command {
    struct event_base *base;
    const struct clock *clock;
    VEC(char *) argv;
    char *name, *error;
    struct connect_command_ops ops;
    void *arg;
    struct connect_entries entries;
    bool caught_up, said_something;
    int64_t bytes, restarts;

    pid_t pid; /* 0: it does not run */
    int out, complaints;
    struct event *on_out, *on_complaints, *timer, *pause;
    int64_t started_us, asked_us;
    int delay_ms;
    char said[WORDS]; /* the end of what it said on its standard error */
    size_t nsaid;
};

static void start(struct connect_command *c);

static void after(struct event *e, int ms)
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    event_add(e, &tv);
}

/* ---- its end ---- */

static void close_pipe(int *fd, struct event **e)
{
    if (*e)
        event_free(*e);
    if (*fd >= 0)
        close(*fd);
    *e = NULL;
    *fd = -1;
}

/* The last line that it said. */
static void last_words(const struct connect_command *c, struct str *out)
{
    const char *p = c->said;
    size_t n = c->nsaid;
    while (n && (p[n - 1] == '\n' || p[n - 1] == '\r' || p[n - 1] == ' '))
        n--;
    size_t begin = n;
    while (begin && p[begin - 1] != '\n')
        begin--;
    if (n == begin)
        return;
    str_add(out, ": ");
    text_safe(out, p + begin, n - begin);
}

/* Having written something and ended well is no fault: `kubectl logs` without -f does. */
static void set_error(struct connect_command *c, int status)
{
    struct str s = {0};
    if (status == 0 && c->said_something) {
        free(c->error);
        c->error = NULL;
        return;
    }
    if (WIFSIGNALED(status))
        str_printf(&s, "command \"%s\" was ended by signal %d", c->name, WTERMSIG(status));
    else
        str_printf(&s, "command \"%s\" ended with status %d", c->name, WEXITSTATUS(status));
    last_words(c, &s);
    free(c->error);
    c->error = str_take(&s);
}

static void start_later(struct connect_command *c)
{
    const int64_t ran_ms = (clock_mono_us(c->clock) - c->started_us) / 1000;
    c->delay_ms = c->delay_ms && ran_ms < STABLE_MS ? c->delay_ms * 2 : FIRST_MS;
    c->delay_ms = c->delay_ms < LONGEST_MS ? c->delay_ms : LONGEST_MS;
    after(c->timer, c->delay_ms);
}

/* True once it has ended; what is left of its group is killed while the group's number is still its own. */
static bool has_ended(pid_t pid, int *status)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
        return false;
    kill(-pid, SIGKILL);
    *status = 0;
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    return true;
}

static void ask(struct connect_command *c)
{
    int status;
    if (!has_ended(c->pid, &status)) {
        const int64_t asked_ms = (clock_mono_us(c->clock) - c->asked_us) / 1000;
        if (asked_ms > END_MS)
            kill(-c->pid, asked_ms > END_MS + TERM_MS ? SIGKILL : SIGTERM);
        after(c->timer, ASK_MS);
        return;
    }
    close_pipe(&c->complaints, &c->on_complaints);
    set_error(c, status);
    c->pid = 0;
    start_later(c);
    c->ops.news(c->arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_command *c = arg;
    if (c->pid)
        ask(c);
    else
        start(c);
}

/* Nothing more comes of it: it may end by itself, and what of it is left is ended after a while. */
static void output_ended(struct connect_command *c)
{
    close_pipe(&c->out, &c->on_out);
    event_del(c->pause);
    connect_entries_end(&c->entries, true);
    c->caught_up = true;
    c->asked_us = clock_mono_us(c->clock);
    after(c->timer, 0);
    c->ops.news(c->arg);
}

/* ---- its output ---- */

static void on_pause(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_command *c = arg;
    connect_entries_pause(&c->entries);
    const bool silent = clock_mono_us(c->clock) - c->started_us >= SILENT_MS * INT64_C(1000);
    if (silent) {
        free(c->error); /* it runs, though it says nothing */
        c->error = NULL;
    } else {
        after(c->pause, PAUSE_MS);
    }
    c->caught_up |= silent || c->said_something;
    c->ops.news(c->arg);
}

static void on_out(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct connect_command *c = arg;
    char piece[PIECE];
    bool ended = false, some = false;
    for (int i = 0; i < PIECES; i++) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0)
            ended = errno != EAGAIN && errno != EINTR;
        else
            ended = n == 0;
        if (n <= 0)
            break;
        some = c->said_something = true;
        c->bytes += n;
        connect_entries_feed(&c->entries, piece, (size_t)n);
    }
    if (some) {
        free(c->error);
        c->error = NULL;
        after(c->pause, PAUSE_MS);
        c->ops.news(c->arg);
    }
    if (ended)
        output_ended(c);
}

/* Keeps the end of what it says. */
static void on_complaints(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct connect_command *c = arg;
    char piece[4096];
    ssize_t n = read(fd, piece, sizeof piece);
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            close_pipe(&c->complaints, &c->on_complaints);
        return;
    }
    const char *p = piece;
    if (n > WORDS) {
        p += n - WORDS;
        n = WORDS;
    }
    const size_t over = c->nsaid + (size_t)n > WORDS ? c->nsaid + (size_t)n - WORDS : 0;
    memmove(c->said, c->said + over, c->nsaid - over);
    c->nsaid -= over;
    memcpy(c->said + c->nsaid, p, (size_t)n);
    c->nsaid += (size_t)n;
}

/* ---- its beginning ---- */

/* 0 or an errno. */
static int spawn(char *const *argv, int out, int complaints, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&files, complaints, STDERR_FILENO);
    if (!rc)
        rc = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    if (!rc)
        rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!rc)
        rc = posix_spawnattr_setpgroup(&attr, 0);
    if (!rc)
        rc = posix_spawnattr_setsigmask(&attr, &none);
    if (!rc)
        rc = posix_spawnattr_setsigdefault(&attr, &all);
    if (!rc)
        rc = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static void close_if(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* Our ends do not block; the program's do. */
static int open_pipe(int fds[2])
{
    if (pipe2(fds, O_CLOEXEC))
        return errno;
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    return 0;
}

static void start(struct connect_command *c)
{
    int out[2] = {-1, -1}, complaints[2] = {-1, -1};
    int rc = open_pipe(out);
    if (!rc)
        rc = open_pipe(complaints);
    if (!rc)
        rc = spawn(c->argv.items, out[1], complaints[1], &c->pid);
    close_if(out[1]);
    close_if(complaints[1]);
    c->restarts += c->started_us != 0;
    c->started_us = clock_mono_us(c->clock);
    c->nsaid = 0;
    c->said_something = false;
    if (rc) {
        close_if(out[0]);
        close_if(complaints[0]);
        c->pid = 0;
        c->caught_up = true;
        free(c->error);
        c->error = mem_printf("command \"%s\": %s", c->name, strerror(rc));
        start_later(c);
        c->ops.news(c->arg);
        return;
    }
    c->out = out[0];
    c->complaints = complaints[0];
    c->on_out = event_new(c->base, c->out, EV_READ | EV_PERSIST, on_out, c);
    c->on_complaints = event_new(c->base, c->complaints, EV_READ | EV_PERSIST, on_complaints, c);
    event_add(c->on_out, NULL);
    event_add(c->on_complaints, NULL);
    after(c->pause, PAUSE_MS);
}

struct connect_command *connect_command_new(struct event_base *base, const struct clock *clock, const char *const *argv,
                                            const struct connect_command_ops *ops, void *arg)
{
    struct connect_command *c = mem_new(struct connect_command);
    struct str name = {0};
    c->base = base;
    c->clock = clock;
    c->ops = *ops;
    c->arg = arg;
    c->out = c->complaints = -1;
    for (size_t i = 0; argv[i]; i++) {
        vec_push(&c->argv, mem_strdup(argv[i]));
        str_printf(&name, "%s%s", i ? " " : "", argv[i]);
    }
    vec_push(&c->argv, NULL);
    struct str shown = {0};
    connect_redact_text(&shown, str_text(&name));
    c->name = str_take(&shown);
    str_done(&name);
    connect_entries_init(&c->entries, ops->entry, arg);
    c->timer = evtimer_new(base, on_timer, c);
    c->pause = evtimer_new(base, on_pause, c);
    after(c->timer, 0);
    return c;
}

struct connect_command_state connect_command_state(const struct connect_command *c)
{
    return (struct connect_command_state){
        .name = c->name,
        .error = c->error,
        .caught_up = c->caught_up,
        .counts = c->entries.counts,
        .bytes = c->bytes,
        .restarts = c->restarts,
    };
}

static void free_one(struct connect_command *c)
{
    close_pipe(&c->out, &c->on_out);
    close_pipe(&c->complaints, &c->on_complaints);
    event_free(c->timer);
    event_free(c->pause);
    connect_entries_done(&c->entries);
    for (size_t i = 0; i < c->argv.n; i++)
        free(c->argv.items[i]);
    vec_done(&c->argv);
    free(c->name);
    free(c->error);
    free(c);
}

/* True once none runs any more. */
static bool all_ended(struct connect_command *const *commands, size_t n)
{
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        int status;
        if (commands[i] && commands[i]->pid && has_ended(commands[i]->pid, &status))
            commands[i]->pid = 0;
        all &= !commands[i] || !commands[i]->pid;
    }
    return all;
}

void connect_command_free(struct connect_command *const *commands, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (commands[i] && commands[i]->pid)
            kill(-commands[i]->pid, SIGTERM);
    for (int waited = 0; !all_ended(commands, n) && waited < FREE_MS; waited += STEP_MS)
        poll(NULL, 0, STEP_MS);
    for (size_t i = 0; i < n; i++) {
        struct connect_command *c = commands[i];
        if (!c)
            continue;
        if (c->pid) {
            kill(-c->pid, SIGKILL);
            while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
                ;
        }
        free_one(c);
    }
}
