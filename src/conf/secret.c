/* Secrets from the environment, from files and from commands, wiped when freed. */
#include "conf/secret.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "conf/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    COMPLAINT_BYTES = 200, /* of a command's standard error, shown where it fails */
    TICK_MS = 20,          /* how often a command is asked whether it has ended */
};

/* Names that hold a secret although "password" is not in them. */
static const char *const secret_names[] = {
    "ssl.key.pem",
    "ssl.keystore.key",
    "sasl.jaas.config",
    "sasl.oauthbearer.config",
};

bool conf_secret_named(const char *property)
{
    if (strstr(property, "password") || strstr(property, "secret"))
        return true;
    for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
        if (strcmp(property, secret_names[i]) == 0)
            return true;
    return false;
}

/* Checks the bytes and copies them; the caller wipes its own. */
static int secret_from(const char *source, const char *bytes, size_t len, char **ret, struct error *err)
{
    if (len && bytes[len - 1] == '\n')
        len--;
    if (len && bytes[len - 1] == '\r')
        len--;
    if (len == 0)
        return error_set(err, ERR_INVALID, "%s: empty, where a secret was expected", source);
    if (memchr(bytes, '\0', len))
        return error_set(err, ERR_INVALID, "%s: has a NUL byte, a secret cannot", source);
    *ret = mem_memdup(bytes, len);
    return 0;
}

int conf_secret_env(const char *name, char **ret, struct error *err)
{
    const char *value = getenv(name);
    if (!value)
        return error_set(err, ERR_NOT_FOUND, "the environment variable %s is not set", name);
    if (strlen(value) > LIMITS_SECRET_BYTES)
        return error_set(err, ERR_LIMIT, "the environment variable %s is larger than %d bytes", name,
                         LIMITS_SECRET_BYTES);
    char *source = mem_printf("the environment variable %s", name);
    int rc = secret_from(source, value, strlen(value), ret, err);
    free(source);
    return rc;
}

int conf_secret_file(const char *path, bool *exposed, char **ret, struct error *err)
{
    struct conf_file f;
    int rc = conf_file_read(path, LIMITS_SECRET_BYTES, &f, err);
    if (rc != 0)
        return rc;
    rc = secret_from(path, f.bytes, f.len, ret, err);
    if (rc == 0)
        *exposed = f.exposed;
    conf_file_done(&f);
    return rc;
}

/* A command at work and what it said so far. */
struct command {
    const char *name;
    pid_t pid;
    int out, complaint; /* read ends, -1 once at their end */
    char *bytes;        /* of standard output, one more than allowed */
    size_t len;
    char said[COMPLAINT_BYTES]; /* the beginning of standard error */
    size_t nsaid;
};

static int open_pipe(int fds[2])
{
    if (pipe2(fds, O_CLOEXEC) != 0)
        return errno;
    fcntl(fds[0], F_SETFL, O_NONBLOCK); /* ours only: the command expects to block */
    return 0;
}

/* Starts the program between two pipes; returns an errno. */
static int spawn(char *const argv[], int out, int complaint, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, piped;
    sigemptyset(&none);
    sigemptyset(&piped);
    sigaddset(&piped, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, complaint, STDERR_FILENO);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &piped);
    int rc = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static int command_start(struct command *c, char *const argv[], struct error *err)
{
    int out[2] = {-1, -1}, complaint[2] = {-1, -1};
    int rc = open_pipe(out);
    if (rc == 0)
        rc = open_pipe(complaint);
    if (rc == 0)
        rc = spawn(argv, out[1], complaint[1], &c->pid);
    if (out[1] >= 0)
        close(out[1]);
    if (complaint[1] >= 0)
        close(complaint[1]);
    c->out = out[0];
    c->complaint = complaint[0];
    return rc == 0 ? 0 : error_set_errno(err, ERR_IO, rc, "command \"%s\"", c->name);
}

/* Takes what there is on *fd; past `room` bytes it is read and dropped. */
static void drain(int *fd, char *buf, size_t *len, size_t room)
{
    char rest[512];
    while (*fd >= 0) {
        bool full = *len >= room;
        ssize_t got = read(*fd, full ? rest : buf + *len, full ? sizeof rest : room - *len);
        if (got > 0 && !full)
            *len += (size_t)got;
        if (got > 0 || (got < 0 && errno == EINTR))
            continue;
        if (got < 0 && errno == EAGAIN)
            break;
        close(*fd);
        *fd = -1;
    }
    explicit_bzero(rest, sizeof rest);
}

/* Collects output until the command has ended or the deadline has passed; what it started in the
 * background and left behind is not waited for. Kills what is left. */
static int command_wait(struct command *c, int deadline_ms, int *status, struct error *err)
{
    int64_t until = clock_mono_us(&clock_system) + deadline_ms * (int64_t)1000;
    const size_t room = LIMITS_SECRET_BYTES + 1;
    bool ended = false;
    while (!ended && c->len < room && clock_mono_us(&clock_system) < until) {
        struct pollfd p[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->complaint, .events = POLLIN}};
        poll(p, 2, TICK_MS);
        ended = waitpid(c->pid, status, WNOHANG) == c->pid;
        drain(&c->out, c->bytes, &c->len, room);
        drain(&c->complaint, c->said, &c->nsaid, sizeof c->said);
    }
    if (!ended) {
        kill(-c->pid, SIGKILL);
        while (waitpid(c->pid, status, 0) < 0 && errno == EINTR)
            ;
    }
    if (c->len >= room)
        return error_set(err, ERR_LIMIT, "command \"%s\": its output is larger than %d bytes", c->name,
                         LIMITS_SECRET_BYTES);
    if (!ended)
        return error_set(err, ERR_TIMEOUT, "command \"%s\": not done within %d ms", c->name, deadline_ms);
    return 0;
}

/* Says how it failed, with the first line of its complaint. */
static int command_failed(const struct command *c, int status, struct error *err)
{
    struct str said = {0};
    const char *end = memchr(c->said, '\n', c->nsaid);
    size_t len = end ? (size_t)(end - c->said) : c->nsaid;
    if (len) {
        str_add(&said, ": ");
        text_safe(&said, c->said, len);
    }
    int rc =
        WIFSIGNALED(status)
            ? error_set(err, ERR_IO, "command \"%s\": ended by signal %d%s", c->name, WTERMSIG(status), str_text(&said))
            : error_set(err, ERR_IO, "command \"%s\": exit code %d%s", c->name, WEXITSTATUS(status), str_text(&said));
    str_done(&said);
    return rc;
}

int conf_secret_command(char *const argv[], int deadline_ms, char **ret, struct error *err)
{
    struct command c = {.name = argv[0], .out = -1, .complaint = -1};
    c.bytes = mem_alloc(LIMITS_SECRET_BYTES + 1);
    int status = 0;
    int rc = command_start(&c, argv, err);
    if (rc == 0)
        rc = command_wait(&c, deadline_ms, &status, err);
    if (rc == 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        rc = command_failed(&c, status, err);
    if (rc == 0) {
        char *source = mem_printf("command \"%s\"", c.name);
        rc = secret_from(source, c.bytes, c.len, ret, err);
        free(source);
    }
    if (c.out >= 0)
        close(c.out);
    if (c.complaint >= 0)
        close(c.complaint);
    explicit_bzero(c.bytes, c.len);
    free(c.bytes);
    return rc;
}
