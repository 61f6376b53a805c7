/* posix_spawn of a collector, and its end seen without SIGCHLD: by pidfd where the kernel has it,
 * else by asking. */
#include "stream/child.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHILD_FD = 3,     /* the child's end of the stream, in the child */
    ASK_MS = 100,     /* how often to ask where there is no pidfd */
    WAIT_STEP_MS = 5, /* and while freeing */
    TERM_MS = 500,    /* from SIGTERM to SIGKILL */
    ARGV_MAX = 64,
};

struct stream_child {
    pid_t pid;
    int fd;    /* -1: taken */
    int pidfd; /* -1: the kernel has none */
    char *how; /* NULL: it runs, as far as we know */
    bool failed, foreign;
    const char *name; /* in how */
    struct event *ended_event;
    void (*ended)(void *arg, const char *how);
    void *arg;
};

/* What the child's descriptors and signals are to be. */
static int prepare(const struct stream_child_options *o, posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
                   int stream, int log)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = o->foreign ? posix_spawn_file_actions_adddup2(files, stream, 0)
                        : posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, o->foreign ? stream : log, 1);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, log, 2);
    if (!rc && !o->foreign)
        rc = posix_spawn_file_actions_adddup2(files, stream, CHILD_FD);
    if (!rc)
        rc = posix_spawn_file_actions_addclosefrom_np(files, o->foreign ? CHILD_FD : CHILD_FD + 1);
    int group = o->foreign ? 0 : POSIX_SPAWN_SETPGROUP;
    if (!rc)
        rc = posix_spawnattr_setflags(attr, (short)(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    if (!rc)
        rc = posix_spawnattr_setpgroup(attr, 0);
    if (!rc)
        rc = posix_spawnattr_setsigmask(attr, &none);
    if (!rc)
        rc = posix_spawnattr_setsigdefault(attr, &all);
    return rc;
}

/* 0 or an errno. */
static int spawn(const struct stream_child_options *o, int stream, int log, pid_t *pid)
{
    char fd_arg[32];
    char *argv[ARGV_MAX + 2];
    static const char *const collect[] = {"icetop", "collect", NULL};
    const char *const *words = o->argv ? o->argv : collect;
    size_t n = 0;
    for (; words[n] && n < ARGV_MAX; n++)
        argv[n] = (char *)(uintptr_t)words[n];
    snprintf(fd_arg, sizeof fd_arg, "--stdio-fd=%d", CHILD_FD);
    if (!o->foreign)
        argv[n++] = fd_arg;
    argv[n] = NULL;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int rc = prepare(o, &files, &attr, stream, log);
    if (!rc && o->foreign)
        rc = posix_spawnp(pid, o->exe, &files, &attr, argv, environ);
    else if (!rc)
        rc = posix_spawn(pid, o->exe ? o->exe : "/proc/self/exe", &files, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

/* A copy of fd that the child's numbers 0 to 3 cannot overwrite before it is copied there. */
static int above(int fd)
{
    int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, CHILD_FD + 1);
    if (fd >= 0)
        close(fd);
    return high;
}

/* Where its complaints go: a pipe of which *reader is our end, or the log. An error is in err. */
static int open_log(const struct stream_child_options *o, int *reader, struct error *err)
{
    int ends[2];
    const char *path = o->log_path ? o->log_path : "/dev/null";
    if (!o->complaints) {
        int log = above(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
        return log < 0 ? error_set_errno(err, ERR_IO, errno, "%s", path) : log;
    }
    if (pipe2(ends, O_CLOEXEC))
        return error_set_errno(err, ERR_IO, errno, "a pipe for complaints");
    *reader = ends[0];
    return above(ends[1]);
}

static void close_if(int fd)
{
    if (fd >= 0)
        close(fd);
}

int stream_child_spawn(const struct stream_child_options *o, struct stream_child **ret, struct error *err)
{
    int pair[2] = {-1, -1}, rc = 0, reader = -1;
    pid_t pid;
    int log = open_log(o, &reader, err);
    if (log < 0)
        rc = log;
    if (!rc && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        rc = error_set_errno(err, ERR_IO, errno, "a socket pair for the collector");
    if (!rc) {
        pair[1] = above(pair[1]);
        int failed = pair[1] < 0 ? errno : spawn(o, pair[1], log, &pid);
        if (failed)
            rc = error_set_errno(err, ERR_IO, failed, "starting %s", o->foreign ? o->exe : "the collector");
    }
    close_if(log);
    close_if(pair[1]);
    if (rc) {
        close_if(pair[0]);
        close_if(reader);
        return rc;
    }
    struct stream_child *c = mem_new(struct stream_child);
    c->pid = pid;
    c->fd = pair[0];
    c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
    c->foreign = o->foreign;
    c->name = o->foreign ? "the connection" : "collector";
    if (o->complaints)
        *o->complaints = reader;
    *ret = c;
    return 0;
}

pid_t stream_child_pid(const struct stream_child *c)
{
    return c->pid;
}

int stream_child_take_fd(struct stream_child *c)
{
    int fd = c->fd;
    c->fd = -1;
    return fd;
}

/* ---- the end ---- */

const char *stream_child_ended(struct stream_child *c)
{
    int status;
    if (c->how)
        return c->how;
    pid_t pid = waitpid(c->pid, &status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return NULL;
    if (pid < 0)
        c->how = mem_printf("%s ended, reaped by somebody else", c->name);
    else if (WIFSIGNALED(status))
        c->how = mem_printf("%s killed by signal %d (%s)", c->name, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        c->how = mem_printf("%s ended with status %d", c->name, WEXITSTATUS(status));
    c->failed = pid > 0 && status != 0;
    return c->how;
}

static void ask_later(struct stream_child *c)
{
    static const struct timeval delay = {0, ASK_MS * 1000};
    event_add(c->ended_event, c->pidfd >= 0 ? NULL : &delay);
}

static void on_ended(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct stream_child *c = arg;
    const char *how = stream_child_ended(c);
    if (how)
        c->ended(c->arg, how);
    else
        ask_later(c);
}

void stream_child_watch(struct stream_child *c, struct event_base *base, void (*ended)(void *arg, const char *how),
                        void *arg)
{
    static const struct timeval now = {0, 0};
    c->ended = ended;
    c->arg = arg;
    c->ended_event = event_new(base, c->pidfd, c->pidfd >= 0 ? EV_READ : 0, on_ended, c);
    if (c->how)
        event_add(c->ended_event, &now); /* the pidfd of a reaped child may not be asked any more */
    else
        ask_later(c);
}

/* True once the child has ended. */
static bool wait_for(struct stream_child *c, int wait_ms)
{
    while (!stream_child_ended(c) && wait_ms > 0) {
        struct pollfd p = {.fd = c->pidfd, .events = POLLIN};
        int step = c->pidfd >= 0 || wait_ms < WAIT_STEP_MS ? wait_ms : WAIT_STEP_MS;
        poll(&p, c->pidfd >= 0, step);
        wait_ms -= step;
    }
    return stream_child_ended(c) != NULL;
}

const char *stream_child_failed(struct stream_child *c, int wait_ms)
{
    return wait_for(c, wait_ms) && c->failed ? c->how : NULL;
}

void stream_child_free(struct stream_child *c, int wait_ms)
{
    if (!c)
        return;
    close_if(c->fd);
    c->fd = -1;
    pid_t whom = c->foreign ? c->pid : -c->pid;
    if (!wait_for(c, wait_ms)) {
        kill(whom, SIGTERM);
        if (!wait_for(c, TERM_MS)) {
            kill(whom, SIGKILL);
            wait_for(c, TERM_MS);
        }
    }
    stream_child_leave(c);
}

void stream_child_leave(struct stream_child *c)
{
    close_if(c->fd);
    if (c->ended_event)
        event_free(c->ended_event);
    if (c->pidfd >= 0)
        close(c->pidfd);
    free(c->how);
    free(c);
}
