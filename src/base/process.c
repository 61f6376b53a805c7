/* posix_spawn into a process group of its own, with pipes. */
#include "base/process.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- its beginning ---- */

struct ends {
    int in[2], out[2], complaints[2]; /* each: the end that is read, the one that is written */
};

static int add_files(posix_spawn_file_actions_t *files, const struct ends *e)
{
    int rc = e->in[0] >= 0 ? posix_spawn_file_actions_adddup2(files, e->in[0], STDIN_FILENO)
                           : posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, e->out[1], STDOUT_FILENO);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, e->complaints[1], STDERR_FILENO);
    return rc ? rc : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

static int set_attributes(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!rc)
        rc = posix_spawnattr_setpgroup(attr, 0);
    if (!rc)
        rc = posix_spawnattr_setsigmask(attr, &none);
    return rc ? rc : posix_spawnattr_setsigdefault(attr, &all);
}

/* 0 or an errno. */
static int spawn(const struct process_options *o, const struct ends *e, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    char *const *environment = o->environment ? o->environment : environ;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int rc = add_files(&files, e);
    if (!rc)
        rc = set_attributes(&attr);
    if (!rc)
        rc = o->path ? posix_spawn(pid, o->path, &files, &attr, o->argv, environment)
                     : posix_spawnp(pid, o->argv[0], &files, &attr, o->argv, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static void close_if(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* Our end does not block; the program's does. */
static int open_pipe(int fds[2], int ours)
{
    if (pipe2(fds, O_CLOEXEC))
        return errno;
    fcntl(fds[ours], F_SETFL, O_NONBLOCK);
    return 0;
}

int process_start(const struct process_options *o, pid_t *pid, struct process_pipes *ret, struct error *err)
{
    struct ends e = {{-1, -1}, {-1, -1}, {-1, -1}};
    pid_t started;
    int rc = o->input ? open_pipe(e.in, 1) : 0;
    if (!rc)
        rc = open_pipe(e.out, 0);
    if (!rc)
        rc = open_pipe(e.complaints, 0);
    if (!rc)
        rc = spawn(o, &e, &started);
    close_if(e.in[0]);
    close_if(e.out[1]);
    close_if(e.complaints[1]);
    if (rc) {
        close_if(e.in[1]);
        close_if(e.out[0]);
        close_if(e.complaints[0]);
        return error_set(err, ERR_IO, "%s", strerror(rc));
    }
    *pid = started;
    *ret = (struct process_pipes){.in = e.in[1], .out = e.out[0], .complaints = e.complaints[0]};
    return 0;
}

/* ---- its end ---- */

int process_watch(pid_t pid)
{
    return pidfd_open(pid, 0);
}

static int reap(pid_t pid, int64_t *cpu_us)
{
    struct rusage used = {0};
    int status = 0;
    while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
        ;
    if (cpu_us)
        *cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * INT64_C(1000000) + used.ru_utime.tv_usec +
                  used.ru_stime.tv_usec;
    return status;
}

bool process_ended(pid_t pid, int *status, int64_t *cpu_us)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
        return false;
    kill(-pid, SIGKILL);
    *status = reap(pid, cpu_us);
    return true;
}

void process_kill(pid_t pid)
{
    kill(-pid, SIGKILL);
    reap(pid, NULL);
}

void process_how(int status, struct str *out)
{
    if (WIFSIGNALED(status))
        str_printf(out, "was ended by signal %d", WTERMSIG(status));
    else
        str_printf(out, "ended with status %d", WEXITSTATUS(status));
}

/* ---- its last words ---- */

void process_words_add(struct process_words *w, const char *bytes, size_t len)
{
    const size_t room = sizeof w->said;
    if (len > room) {
        bytes += len - room;
        len = room;
    }
    const size_t over = w->n + len > room ? w->n + len - room : 0;
    memmove(w->said, w->said + over, w->n - over);
    w->n -= over;
    memcpy(w->said + w->n, bytes, len);
    w->n += len;
}

void process_words_last(const struct process_words *w, struct str *out)
{
    const char *p = w->said;
    size_t n = w->n;
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
