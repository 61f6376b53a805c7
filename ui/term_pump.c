/* Curses writes to a file in memory, which takes any frame at once; from there the loop feeds the
 * terminal as fast as it reads. */
#include "ui/term_pump.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct term_pump {
    FILE *file; /* in memory; curses' own flush spins on a full terminal, here it never meets one */
    int fd;     /* the terminal, non-blocking */
    struct event *writable;
    struct str queue; /* waiting, from `sent` on */
    size_t sent;
    uint64_t total;
    bool lost;
    term_pump_fn *idle;
    void *arg;
};

/* The same terminal through a new description. By name at first; that fails after su and across
 * containers, where the other two ways work. */
static int reopen(int fd)
{
    enum { FLAGS = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };
    char path[128];
    int own = -1;
    if (ttyname_r(fd, path, sizeof path) == 0)
        own = open(path, FLAGS);
    if (own < 0) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        own = open(path, FLAGS);
    }
    return own < 0 ? open("/dev/tty", FLAGS) : own;
}

bool term_pump_busy(const struct term_pump *p)
{
    return p->sent < p->queue.len;
}

/* Writes until the terminal has enough; 0 or ERR_CLOSED. */
static int push(struct term_pump *p)
{
    while (!p->lost && term_pump_busy(p)) {
        ssize_t n = write(p->fd, p->queue.s + p->sent, p->queue.len - p->sent);
        if (n > 0) {
            p->sent += (size_t)n;
            p->total += (uint64_t)n;
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return 0;
        } else {
            p->lost = true;
        }
    }
    if (p->lost || !term_pump_busy(p)) {
        str_clear(&p->queue);
        p->sent = 0;
    }
    return p->lost ? ERR_CLOSED : 0;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct term_pump *p = arg;
    (void)fd;
    (void)what;
    int status = push(p);
    if (status == 0 && term_pump_busy(p)) {
        event_add(p->writable, NULL);
        return;
    }
    p->idle(p->arg, status);
}

int term_pump_new(struct event_base *base, int fd, term_pump_fn *idle, void *arg, struct term_pump **ret,
                  struct error *err)
{
    int own = reopen(fd);
    if (own < 0)
        return error_set_errno(err, ERR_UNAVAILABLE, errno, "the terminal cannot be opened for writing");
    int memory = memfd_create("frame", MFD_CLOEXEC);
    FILE *file = memory < 0 ? tmpfile() : fdopen(memory, "w");
    if (!file) {
        int errnum = errno;
        close(own);
        return error_set_errno(err, ERR_IO, errnum, "no memory file for the screen's output");
    }
    struct term_pump *p = mem_new(struct term_pump);
    *p = (struct term_pump){.file = file, .fd = own, .idle = idle, .arg = arg};
    p->writable = event_new(base, own, EV_WRITE, on_writable, p);
    *ret = p;
    return 0;
}

void term_pump_free(struct term_pump *p)
{
    if (!p)
        return;
    event_free(p->writable);
    fclose(p->file);
    close(p->fd);
    str_done(&p->queue);
    free(p);
}

FILE *term_pump_file(struct term_pump *p)
{
    return p->file;
}

int term_pump_fd(const struct term_pump *p)
{
    return p->fd;
}

uint64_t term_pump_total(const struct term_pump *p)
{
    return p->total;
}

/* Moves what curses wrote into the queue; it writes with write(2), so nothing is left in the FILE.
 */
static void collect(struct term_pump *p)
{
    int fd = fileno(p->file);
    fflush(p->file);
    off_t end = lseek(fd, 0, SEEK_CUR);
    char buf[16384];
    for (off_t at = 0; at < end;) {
        ssize_t n = pread(fd, buf, sizeof buf, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        str_bytes(&p->queue, buf, (size_t)n);
        at += n;
    }
    if (end > 0 && lseek(fd, 0, SEEK_SET) == 0 && ftruncate(fd, 0) < 0)
        p->lost = true; /* what was sent would be sent again */
}

/* Sends now and leaves the rest to the loop; the loop also tells the news when the terminal turned
 * out to be gone. */
static void start(struct term_pump *p)
{
    if (push(p) < 0)
        event_active(p->writable, EV_WRITE, 0);
    else if (term_pump_busy(p))
        event_add(p->writable, NULL);
}

void term_pump_send(struct term_pump *p)
{
    collect(p);
    start(p);
}

void term_pump_add(struct term_pump *p, const void *bytes, size_t len)
{
    collect(p);
    str_bytes(&p->queue, bytes, len);
    start(p);
}

int term_pump_flush(struct term_pump *p, int ms)
{
    int64_t deadline = clock_mono_us(&clock_system) + (int64_t)ms * 1000;
    collect(p);
    event_del(p->writable);
    while (push(p) == 0 && term_pump_busy(p)) {
        int64_t left = (deadline - clock_mono_us(&clock_system)) / 1000;
        struct pollfd wait = {.fd = p->fd, .events = POLLOUT};
        if (left > 0 && (poll(&wait, 1, (int)left) > 0 || errno == EINTR))
            continue;
        str_clear(&p->queue);
        p->sent = 0;
        return ERR_TIMEOUT;
    }
    return p->lost ? ERR_CLOSED : 0;
}
