/* Lines over a descriptor, with libevent's buffers. */
#include "stream/link.h"
#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/util.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    READ_AT_ONCE = 64 * 1024,
    /* One line over the limit must fit, so that it is seen to be too long. */
    IN_MAX = LIMITS_STREAM_LINE + 2 * READ_AT_ONCE,
};

struct stream_link {
    int fd;
    const struct clock *clock;
    const struct stream_link_ops *ops;
    void *arg;
    struct evbuffer *in, *out;
    struct event *readable, *writable;
    struct event *again; /* a timer of 0: goes on with the lines in the next turn of the loop */
    bool polite, is_socket;
    bool over; /* nothing more will come; end says why */
    struct error end;
    bool *freed; /* set by stream_link_free while a callback runs */
};

static void schedule(struct stream_link *l)
{
    static const struct timeval now = {0, 0};
    evtimer_add(l->again, &now);
}

/* Whoever broke a limit is still told so. */
static bool listens(const struct stream_link *l)
{
    return !l->over || l->end.code == ERR_LIMIT;
}

static bool waits_for_writing(const struct stream_link *l)
{
    return l->polite && evbuffer_get_length(l->out) > 2 * LIMITS_STREAM_BATCH;
}

/* Reads on, unless there is enough to do or the other side should read first. */
static void arm_reading(struct stream_link *l)
{
    if (l->over || evbuffer_get_length(l->in) >= IN_MAX || waits_for_writing(l))
        event_del(l->readable);
    else
        event_add(l->readable, NULL);
}

static void end(struct stream_link *l, int code, const char *text, int errnum)
{
    if (l->over)
        return;
    l->over = true;
    if (errnum)
        error_set_errno(&l->end, code, errnum, "%s", text);
    else
        error_set(&l->end, code, "%s", text);
    event_del(l->readable);
    event_del(l->writable);
    schedule(l);
}

/* Hands one line over. False if the link was freed meanwhile. */
static bool hand_over(struct stream_link *l, const char *line, size_t len)
{
    bool freed = false;
    l->freed = &freed;
    l->ops->line(l->arg, line, len);
    if (!freed)
        l->freed = NULL;
    return !freed;
}

/* A line is too long, or none is left: there may be more to come, or this was the end. */
static void no_line(struct stream_link *l, bool too_long)
{
    if (too_long || evbuffer_get_length(l->in) > LIMITS_STREAM_LINE) {
        evbuffer_drain(l->in, evbuffer_get_length(l->in));
        l->over = true;
        error_set(&l->end, ERR_LIMIT, "a line of more than %d bytes", LIMITS_STREAM_LINE);
    }
    if (l->over)
        l->ops->closed(l->arg, &l->end);
    else
        arm_reading(l);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct stream_link *l = arg;
    int64_t until = clock_mono_us(l->clock) + STREAM_LINK_TURN_US;
    for (;;) {
        if (waits_for_writing(l) && !l->over)
            return; /* on_writable comes back */
        size_t len;
        char *line = evbuffer_readln(l->in, &len, EVBUFFER_EOL_LF);
        if (!line || len > LIMITS_STREAM_LINE) {
            bool too_long = line != NULL;
            free(line);
            no_line(l, too_long);
            return;
        }
        bool alive = hand_over(l, line, len);
        free(line);
        if (!alive)
            return;
        if (clock_mono_us(l->clock) >= until) {
            arm_reading(l);
            schedule(l);
            return;
        }
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct stream_link *l = arg;
    int n = evbuffer_read(l->in, fd, READ_AT_ONCE);
    if (n == 0) {
        end(l, ERR_CLOSED, "the other side has closed the stream", 0);
        return;
    }
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR)
            end(l, errno == ECONNRESET ? ERR_CLOSED : ERR_IO, "reading the stream", errno);
        return;
    }
    arm_reading(l);
    if (!evtimer_pending(l->again, NULL))
        on_again(-1, 0, l);
}

/* Writes what the system takes now. 0 or an errno. */
static int flush(struct stream_link *l)
{
    while (evbuffer_get_length(l->out)) {
        struct evbuffer_iovec pieces[8];
        int n = evbuffer_peek(l->out, READ_AT_ONCE, NULL, pieces, 8);
        struct msghdr m = {.msg_iov = pieces, .msg_iovlen = (size_t)(n > 8 ? 8 : n)};
        ssize_t sent =
            l->is_socket ? sendmsg(l->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) : writev(l->fd, pieces, (int)m.msg_iovlen);
        if (sent < 0 && errno == ENOTSOCK) {
            l->is_socket = false;
            continue;
        }
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno;
        evbuffer_drain(l->out, (size_t)sent);
    }
    return 0;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct stream_link *l = arg;
    bool waited = waits_for_writing(l);
    int rc = flush(l);
    if (rc && rc != EAGAIN) {
        /* What the other side sent before it went is still read: its last words say why. */
        evbuffer_drain(l->out, evbuffer_get_length(l->out));
        event_del(l->writable);
        arm_reading(l);
        schedule(l);
        return;
    }
    if (!evbuffer_get_length(l->out))
        event_del(l->writable);
    if (waited && !waits_for_writing(l)) {
        arm_reading(l);
        schedule(l);
    }
    if (l->ops->writable && evbuffer_get_length(l->out) <= LIMITS_STREAM_BATCH)
        l->ops->writable(l->arg);
}

struct stream_link *stream_link_new(struct event_base *base, int fd, const struct clock *clock, bool polite,
                                    const struct stream_link_ops *ops, void *arg)
{
    struct stream_link *l = mem_new(struct stream_link);
    *l = (struct stream_link){
        .fd = fd,
        .clock = clock,
        .ops = ops,
        .arg = arg,
        .in = evbuffer_new(),
        .out = evbuffer_new(),
        .readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, l),
        .writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, l),
        .again = evtimer_new(base, on_again, l),
        .polite = polite,
        .is_socket = true,
    };
    evutil_make_socket_nonblocking(fd);
    evutil_make_socket_closeonexec(fd);
    event_add(l->readable, NULL);
    return l;
}

void stream_link_free(struct stream_link *l)
{
    if (!l)
        return;
    if (l->freed)
        *l->freed = true;
    if (listens(l))
        flush(l);
    event_free(l->readable);
    event_free(l->writable);
    event_free(l->again);
    evbuffer_free(l->in);
    evbuffer_free(l->out);
    close(l->fd);
    free(l);
}

void stream_link_send(struct stream_link *l, const struct str *line)
{
    if (!listens(l))
        return;
    evbuffer_add(l->out, line->s, line->len);
    evbuffer_add(l->out, "\n", 1);
    if (l->over)
        return; /* stream_link_free tries to send it */
    if (evbuffer_get_length(l->out) > STREAM_LINK_UNSENT)
        end(l, ERR_LIMIT, "the other side does not read what it is sent", 0);
    else
        event_add(l->writable, NULL);
}

size_t stream_link_unsent(const struct stream_link *l)
{
    return evbuffer_get_length(l->out);
}
