/* Lines of standard error as events. */
#include "cmd/strays.h"
#include "base/mem.h"
#include "source/source.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 400, READ_BYTES = 4096, LINES = 20, SPAN_MS = 10000 };

struct cmd_strays {
    struct store *store;
    struct event *readable;
    struct evbuffer *buffer;
    int before, from; /* standard error as it was; the pipe's end that is read */
    int64_t since_ms; /* when the lines began that are counted */
    unsigned lines, left_out;
};

static bool is_null_device(int fd)
{
    struct stat here, null;
    return fstat(fd, &here) == 0 && stat("/dev/null", &null) == 0 && S_ISCHR(here.st_mode) &&
           here.st_rdev == null.st_rdev;
}

static void tell(struct cmd_strays *s, const char *line, size_t len)
{
    int64_t now = clock_mono_us(store_clock(s->store)) / 1000;
    if (now - s->since_ms > SPAN_MS) {
        if (s->left_out)
            source_event(s->store, "icetop", "warn", "standard error", "%u more lines", s->left_out);
        s->since_ms = now;
        s->lines = s->left_out = 0;
    }
    if (len == 0)
        return;
    if (s->lines++ < LINES)
        source_event(s->store, "icetop", "warn", "standard error", "%.*s", len > LINE_BYTES ? LINE_BYTES : (int)len,
                     line);
    else
        s->left_out++;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct cmd_strays *s = arg;
    (void)what;
    evbuffer_read(s->buffer, fd, READ_BYTES);
    size_t len;
    char *line;
    while ((line = evbuffer_readln(s->buffer, &len, EVBUFFER_EOL_LF))) {
        tell(s, line, len);
        free(line);
    }
    len = evbuffer_get_length(s->buffer);
    if (len > READ_BYTES) { /* a line without an end */
        tell(s, (const char *)evbuffer_pullup(s->buffer, -1), len);
        evbuffer_drain(s->buffer, len);
    }
    store_commit(s->store);
}

int cmd_strays_new(struct event_base *base, struct store *store, struct cmd_strays **ret, struct error *err)
{
    if (!is_null_device(STDERR_FILENO)) {
        *ret = NULL;
        return 0;
    }
    int ends[2], before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    /* Who writes while the pipe is full loses it: the reader may be the same thread. */
    if (before < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK)) {
        int rc = error_set_errno(err, ERR_IO, errno, "standard error");
        if (before >= 0)
            close(before);
        return rc;
    }
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    struct cmd_strays *s = mem_new(struct cmd_strays);
    *s = (struct cmd_strays){.store = store, .buffer = evbuffer_new(), .before = before, .from = ends[0]};
    s->readable = event_new(base, s->from, EV_READ | EV_PERSIST, on_readable, s);
    event_add(s->readable, NULL);
    *ret = s;
    return 0;
}

void cmd_strays_free(struct cmd_strays *s)
{
    if (!s)
        return;
    dup2(s->before, STDERR_FILENO);
    close(s->before);
    event_free(s->readable);
    close(s->from);
    evbuffer_free(s->buffer);
    free(s);
}
