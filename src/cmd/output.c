/* Atomic files and plain standard output behind one face. */
#include "cmd/output.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int cmd_output_open(struct cmd_output *out, const char *path, struct error *err)
{
    *out = (struct cmd_output){.path = path, .fd = STDOUT_FILENO};
    if (!path)
        return 0;
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a pipe or a device: nothing to replace */
        out->fd = open(path, O_WRONLY | O_CLOEXEC);
        if (out->fd < 0)
            return error_set_errno(err, ERR_IO, errno, "%s", path);
        return 0;
    }
    out->temporary = mem_printf("%s.XXXXXX", path);
    out->fd = mkostemp(out->temporary, O_CLOEXEC);
    if (out->fd < 0) {
        int e = errno;
        free(out->temporary);
        out->temporary = NULL;
        return error_set_errno(err, ERR_IO, e, "%s", path);
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(out->fd, 0666 & ~mask);
    return 0;
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

int cmd_output_commit(struct cmd_output *out, struct error *err)
{
    if (!out->temporary)
        return 0;
    if (fsync(out->fd) || rename(out->temporary, out->path))
        return error_set_errno(err, ERR_IO, errno, "%s", out->path);
    free(out->temporary);
    out->temporary = NULL;
    return 0;
}

void cmd_output_done(struct cmd_output *out)
{
    if (out->temporary)
        unlink(out->temporary);
    free(out->temporary);
    if (out->path && out->fd >= 0)
        close(out->fd);
    *out = (struct cmd_output){.fd = -1};
}
