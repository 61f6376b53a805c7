/* Starting, serving and ending the embedded cluster. */
#include "cmd/demo.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "demo/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 10000, END_MS = 3000 };

struct cmd_demo {
    pid_t pid;
    int fd;                    /* the brokers end when our end of it closes */
    char *bootstrap, *connect; /* connect NULL: no sinks */
    char *sections;            /* NULL: nothing to scrape */
    char *directory, *history; /* NULL without a history */
};

extern char **environ;

static int spawn_brokers(struct cmd_demo *d, struct error *err)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
        return error_set_errno(err, ERR_IO, errno, "demo: socketpair");
    fcntl(fds[1], F_SETFD, 0); /* the child's end is inherited */
    char fd_text[16];
    snprintf(fd_text, sizeof fd_text, "%d", fds[1]);
    char *argv[] = {
        (char[]){"icetop"}, (char[]){"demo-broker"}, (char[]){"--stdio-fd"}, fd_text, (char[]){"--sinks"}, (char[]){"--metrics"}, (char[]){"--datasets"}, NULL};
    posix_spawnattr_t attr;
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
    int rc = posix_spawn(&d->pid, "/proc/self/exe", NULL, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    close(fds[1]);
    d->fd = fds[0];
    if (rc)
        return error_set_errno(err, ERR_IO, rc, "demo: cannot start the brokers");
    return 0;
}

/* The first words are where the brokers listen, and the Connect worker; what is behind them says where the rest is. */
static int read_bootstrap(struct cmd_demo *d, struct error *err)
{
    struct str line;
    str_init(&line, 65536);
    int64_t until = clock_mono_us(&clock_system) + START_MS * 1000;
    while (!line.len || line.s[line.len - 1] != '\n') {
        int64_t left = (until - clock_mono_us(&clock_system)) / 1000;
        struct pollfd p = {.fd = d->fd, .events = POLLIN};
        char c;
        if (left <= 0 || poll(&p, 1, (int)left) <= 0 || read(d->fd, &c, 1) != 1) {
            str_done(&line);
            return error_set(err, ERR_UNAVAILABLE, "demo: the embedded brokers did not start");
        }
        str_char(&line, c);
    }
    str_cut(&line, line.len - 1);
    d->bootstrap = str_take(&line);
    char *blank = strchr(d->bootstrap, ' ');
    if (blank) {
        char *connect = blank + 1, *rest = strchr(connect, ' ');
        *blank = '\0';
        d->connect = *connect && rest != connect ? mem_memdup(connect, strcspn(connect, " ")) : NULL;
        d->sections = rest ? mem_strdup(rest + 1) : NULL;
    }
    return 0;
}

int cmd_demo_start(struct cmd_demo **ret, struct error *err)
{
    struct cmd_demo *d = mem_new(struct cmd_demo);
    d->fd = -1;
    int rc = spawn_brokers(d, err);
    if (!rc)
        rc = read_bootstrap(d, err);
    if (rc)
        cmd_demo_stop(d);
    else
        *ret = d;
    return rc;
}

/* A temporary directory, on the heap. */
static int make_directory(char **ret, struct error *err)
{
    const char *tmp = getenv("TMPDIR");
    char *directory = mem_printf("%s/icetop-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(directory)) {
        int rc = error_set_errno(err, ERR_IO, errno, "demo: %s", directory);
        free(directory);
        return rc;
    }
    *ret = directory;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
    (void)st;
    (void)what;
    (void)ftw;
    return remove(path);
}

/* With all that is in it; takes its name. NULL is allowed. */
static void remove_directory(char *directory)
{
    if (directory)
        nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(directory);
}

int cmd_demo_history(struct cmd_demo *d, const char **ret, struct error *err)
{
    int rc = make_directory(&d->directory, err);
    if (rc)
        return rc;
    d->history = mem_printf("%s/history.db", d->directory);
    *ret = d->history;
    return 0;
}

/* It ends by itself once its socket is closed, and cleans up; a signal would only come between. */
static void wait_for_brokers(pid_t pid)
{
    enum { STEP_MS = 5 };
    kill(pid, SIGCONT); /* one that is stopped would never hear of it */
    for (int ms = 0; ms < END_MS; ms += STEP_MS) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        poll(NULL, 0, STEP_MS);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

void cmd_demo_stop(struct cmd_demo *d)
{
    if (!d)
        return;
    if (d->fd >= 0)
        close(d->fd);
    if (d->pid > 0)
        wait_for_brokers(d->pid);
    remove_directory(d->directory);
    free(d->bootstrap);
    free(d->connect);
    free(d->sections);
    free(d->history);
    free(d);
}

const char *cmd_demo_bootstrap(const struct cmd_demo *d)
{
    return d->bootstrap;
}

const char *cmd_demo_connect(const struct cmd_demo *d)
{
    return d->connect;
}

const char *cmd_demo_sections(const struct cmd_demo *d)
{
    return d->sections;
}

int cmd_demo_broker_run(const struct cmd_options *o)
{
    const char *fd = cmd_options_value(o, OPTIONS_STREAM_FD), *scale = cmd_options_value(o, OPTIONS_GROUPS_SCALE),
               *ahead = cmd_options_value(o, OPTIONS_AHEAD);
    int groups = 0, partitions = 0, commits = 0;
    if (scale && sscanf(scale, "%d,%d,%d", &groups, &partitions, &commits) < 2) {
        fputs("icetop: --scale wants GROUPS,PARTITIONS or GROUPS,PARTITIONS,COMMITS\n", stderr);
        return 2;
    }
    struct error err = {0};
    char *warehouse = NULL;
    if (cmd_options_given(o, OPTIONS_SINKS) && make_directory(&warehouse, &err))
        fprintf(stderr, "icetop: without Iceberg sinks: %s\n", err.text);
    const struct demo_options options = {.seed = 1,
                                         .scale_groups = groups,
                                         .scale_partitions = partitions,
                                         .scale_commits_per_s = commits,
                                         .warehouse = warehouse,
                                         .metrics = cmd_options_given(o, OPTIONS_METRICS),
                                         .datasets = cmd_options_given(o, OPTIONS_DATASETS),
                                         .ahead_ms = ahead ? strtol(ahead, NULL, 10) * 1000 : 0};
    int port_fd = fd ? (int)strtol(fd, NULL, 10) : STDOUT_FILENO, life_fd = fd ? port_fd : STDIN_FILENO;
    int rc = demo_run(port_fd, life_fd, &options, &err);
    remove_directory(warehouse);
    if (rc == 0)
        return 0;
    fprintf(stderr, "icetop: %s\n", err.text);
    return 1;
}
