/* Copying in both directions on the loop. */
#include "stream/relay.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE = 64 * 1024, MOST = 1024 * 1024 };

/* One direction. */
struct lane {
    struct stream_relay *relay;
    int from, to;
    struct evbuffer *bytes;
    struct event *readable, *writable;
};

struct stream_relay {
    int in, out, fd;
    bool over;
    struct lane up, down; /* from in, to out */
};

/* One side has ended: the other end of fd hears of it when it has read all. */
static void end(struct stream_relay *r)
{
    if (r->over)
        return;
    r->over = true;
    event_del(r->up.readable);
    event_del(r->down.readable);
    if (!evbuffer_get_length(r->up.bytes))
        shutdown(r->fd, SHUT_RDWR);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct lane *l = arg;
    int n = evbuffer_read(l->bytes, fd, AT_ONCE);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        end(l->relay);
        return;
    }
    if (evbuffer_get_length(l->bytes) >= MOST)
        event_del(l->readable);
    if (evbuffer_get_length(l->bytes))
        event_add(l->writable, NULL);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct lane *l = arg;
    int n = evbuffer_write(l->bytes, fd);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        evbuffer_drain(l->bytes, evbuffer_get_length(l->bytes));
        event_del(l->writable);
        end(l->relay);
        return;
    }
    if (!evbuffer_get_length(l->bytes)) {
        event_del(l->writable);
        if (l->relay->over && l == &l->relay->up)
            shutdown(l->relay->fd, SHUT_RDWR);
    }
    if (!l->relay->over && evbuffer_get_length(l->bytes) < MOST)
        event_add(l->readable, NULL);
}

static void lane_init(struct lane *l, struct event_base *base, struct stream_relay *r, int from, int to)
{
    *l = (struct lane){.relay = r, .from = from, .to = to, .bytes = evbuffer_new()};
    l->readable = event_new(base, from, EV_READ | EV_PERSIST, on_readable, l);
    l->writable = event_new(base, to, EV_WRITE | EV_PERSIST, on_writable, l);
    event_add(l->readable, NULL);
}

static void lane_done(struct lane *l)
{
    event_free(l->readable);
    event_free(l->writable);
    evbuffer_free(l->bytes);
}

int stream_relay_new(struct event_base *base, int in, int out, struct stream_relay **ret, int *fd, struct error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
        return error_set_errno(err, ERR_IO, errno, "a socket pair");
    struct stream_relay *r = mem_new(struct stream_relay);
    r->in = in;
    r->out = out;
    r->fd = pair[0];
    evutil_make_socket_nonblocking(in);
    evutil_make_socket_nonblocking(out);
    lane_init(&r->up, base, r, in, r->fd);
    lane_init(&r->down, base, r, r->fd, out);
    *fd = pair[1];
    *ret = r;
    return 0;
}

void stream_relay_free(struct stream_relay *r)
{
    if (!r)
        return;
    while (evbuffer_read(r->down.bytes, r->fd, AT_ONCE) > 0 && evbuffer_get_length(r->down.bytes) < 2 * MOST)
        ;
    while (evbuffer_get_length(r->down.bytes) && evbuffer_write(r->down.bytes, r->out) > 0)
        ;
    lane_done(&r->up);
    lane_done(&r->down);
    close(r->in);
    close(r->out);
    close(r->fd);
    free(r);
}
