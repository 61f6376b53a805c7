/* Atomic files and plain standard output behind one face. */
#include "cmd/output.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing that ends us may come between making a temporary file and its end: a regular file is never waited for. */
static void hold_signals(sigset_t *before)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, before);
}

static void forget_temporary(struct cmd_output *out)
{
    if (!out->temporary)
        return;
    free(out->temporary);
    out->temporary = NULL;
    pthread_sigmask(SIG_SETMASK, &out->before, NULL);
}

static int open_temporary(struct cmd_output *out, mode_t mode, struct error *err)
{
    out->temporary = mem_printf("%s.XXXXXX", out->target);
    hold_signals(&out->before);
    out->fd = mkostemp(out->temporary, O_CLOEXEC);
    if (out->fd < 0) {
        int e = errno;
        forget_temporary(out);
        free(out->target);
        out->target = NULL;
        return error_set_errno(err, ERR_IO, e, "%s", out->path);
    }
    fchmod(out->fd, mode);
    return 0;
}

int cmd_output_open(struct cmd_output *out, const char *path, struct error *err)
{
    *out = (struct cmd_output){.path = path, .fd = STDOUT_FILENO};
    if (!path)
        return 0;
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) { /* a pipe or a device: nothing to replace */
        out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (out->fd < 0)
            return error_set_errno(err, ERR_IO, errno, "%s", path);
        return 0;
    }
    mode_t mask = umask(0);
    umask(mask);
    out->target = exists ? realpath(path, NULL) : mem_strdup(path);
    if (!out->target)
        return error_set_errno(err, ERR_IO, errno, "%s", path);
    return open_temporary(out, exists ? st.st_mode & 0777 : 0666 & ~mask, err);
}

int cmd_output_write(struct cmd_output *out, const char *bytes, size_t len, struct error *err)
{
    while (len) {
        ssize_t n = write(out->fd, bytes, len);
        if (n >= 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) { /* somebody made our standard output non-blocking */
            struct pollfd p = {.fd = out->fd, .events = POLLOUT};
            poll(&p, 1, -1);
        } else if (errno == EPIPE) {
            return error_set(err, ERR_CLOSED, "nobody reads the output any longer");
        } else if (errno != EINTR) {
            return error_set_errno(err, ERR_IO, errno, "%s", out->path ? out->path : "standard output");
        }
    }
    return 0;
}

static int commit(struct cmd_output *out, bool sync, struct error *err)
{
    if (!out->temporary)
        return 0;
    if ((sync && fsync(out->fd)) || rename(out->temporary, out->target))
        return error_set_errno(err, ERR_IO, errno, "%s", out->path);
    forget_temporary(out);
    return 0;
}

int cmd_output_commit(struct cmd_output *out, struct error *err)
{
    return commit(out, true, err);
}

int cmd_output_commit_soon(struct cmd_output *out, struct error *err)
{
    return commit(out, false, err);
}

/* Two names for one file is what every file system without RENAME_NOREPLACE has. */
static int link_new(const struct cmd_output *out)
{
    int rc = renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->target, RENAME_NOREPLACE);
    if (rc && errno == EINVAL && !(rc = link(out->temporary, out->target)))
        unlink(out->temporary);
    return rc;
}

int cmd_output_commit_new(struct cmd_output *out, struct error *err)
{
    if (!out->temporary)
        return 0;
    if (fsync(out->fd))
        return error_set_errno(err, ERR_IO, errno, "%s", out->path);
    if (link_new(out))
        return errno == EEXIST ? error_set(err, ERR_INVALID, "%s is there already", out->path)
                               : error_set_errno(err, ERR_IO, errno, "%s", out->path);
    forget_temporary(out);
    return 0;
}

unsigned cmd_output_columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

_Noreturn void cmd_output_closed(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    _exit(128 + SIGPIPE); /* whoever started us has blocked it */
}

void cmd_output_done(struct cmd_output *out)
{
    if (out->temporary)
        unlink(out->temporary);
    forget_temporary(out);
    free(out->target);
    if (out->path && out->fd >= 0)
        close(out->fd);
    *out = (struct cmd_output){.fd = -1};
}
