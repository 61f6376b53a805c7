/* Small local files read whole, with a cap and a deadline. */
#include "conf/file.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEADLINE_MS = 10000 };

/* Milliseconds left until a time of the monotonic clock, 0 once it is past. */
static int left_ms(int64_t until_us)
{
    int64_t left = until_us - clock_mono_us(&clock_system);
    return left > 0 ? (int)(left / 1000) + 1 : 0;
}

/* Fills buf with what fd has, up to size bytes; a pipe that is still silent is waited for. */
static int read_all(int fd, const char *path, char *buf, size_t size, size_t *len, struct error *err)
{
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_MS * (int64_t)1000;
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, buf + n, size - n);
        if (got == 0)
            break;
        if (got > 0) {
            n += (size_t)got;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return error_set_errno(err, ERR_IO, errno, "%s", path);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int wait = left_ms(until);
        if (wait == 0)
            return error_set(err, ERR_TIMEOUT, "%s: nothing came for %d seconds", path, DEADLINE_MS / 1000);
        poll(&p, 1, wait);
    }
    *len = n;
    return 0;
}

int conf_file_read(const char *path, size_t max, struct conf_file *ret, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_set_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
    /* One byte more than is allowed tells a file of just that size from a larger one; untouched
     * pages of a large buffer cost nothing. */
    struct conf_file f = {.bytes = mem_alloc(max + 2)};
    struct stat st;
    int rc = 0;
    if (fstat(fd, &st) != 0)
        rc = error_set_errno(err, ERR_IO, errno, "%s", path);
    else
        rc = read_all(fd, path, f.bytes, max + 1, &f.len, err);
    close(fd);
    if (rc == 0 && f.len > max)
        rc = error_set(err, ERR_LIMIT, "%s: larger than %zu bytes, the limit", path, max);
    if (rc != 0) {
        conf_file_done(&f);
        return rc;
    }
    f.bytes[f.len] = '\0';
    f.exposed = S_ISREG(st.st_mode) && (st.st_mode & S_IROTH);
    *ret = f;
    return 0;
}

void conf_file_done(struct conf_file *f)
{
    if (f->bytes)
        explicit_bzero(f->bytes, f->len);
    free(f->bytes);
    *f = (struct conf_file){0};
}
