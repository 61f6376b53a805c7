/* The services that wake a plugin: timers and descriptors. */
#include "base/mem.h"
#include "plugin/host_internal.h"

#include <event2/event.h>
#include <stdlib.h>

/* A timer or a watch. */
struct plugin_host_wake {
    struct plugin_host *host;
    struct event *event;
    int number;
    bool once;
    void (*fn)(void *arg);
    void *arg;
};

static void forget(struct plugin_host *h, size_t i)
{
    event_free(h->wakes.items[i]->event);
    free(h->wakes.items[i]);
    h->wakes.items[i] = h->wakes.items[--h->wakes.n];
}

static void cancel(const struct icetop_host *face, int number)
{
    struct plugin_host *h = plugin_host_of(face);
    for (size_t i = 0; number && i < h->wakes.n; i++)
        if (h->wakes.items[i]->number == number) {
            forget(h, i);
            return;
        }
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct plugin_host_wake *w = arg;
    struct plugin_host *h = w->host;
    void (*fn)(void *) = w->fn;
    void *fn_arg = w->arg;
    if (w->once)
        cancel(&h->face, w->number);
    fn(fn_arg);
    plugin_host_send(h);
}

static int add(struct plugin_host *h, int fd, short what, const struct timeval *after, void (*fn)(void *), void *arg)
{
    if (h->wakes.n >= PLUGIN_HOST_TIMERS) {
        plugin_host_trouble(h, "more than %d timers and watches", PLUGIN_HOST_TIMERS);
        return 0;
    }
    struct plugin_host_wake *w = mem_new(struct plugin_host_wake);
    *w = (struct plugin_host_wake){.host = h, .number = ++h->last_wake, .once = after != NULL, .fn = fn, .arg = arg};
    w->event = event_new(h->base, fd, what, on_event, w);
    if (!w->event)
        mem_none();
    vec_push(&h->wakes, w);
    if (event_add(w->event, after) == 0)
        return w->number;
    plugin_host_trouble(h, "descriptor %d cannot be watched", fd);
    cancel(&h->face, w->number);
    return 0;
}

static int timer(const struct icetop_host *face, int after_ms, void (*fired)(void *arg), void *arg)
{
    int ms = after_ms > 0 ? after_ms : 0;
    const struct timeval after = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    return add(plugin_host_of(face), -1, 0, &after, fired, arg);
}

static int watch(const struct icetop_host *face, int fd, void (*readable)(void *arg), void *arg)
{
    return add(plugin_host_of(face), fd, EV_READ | EV_PERSIST, NULL, readable, arg);
}

void plugin_host_wake_done(struct plugin_host *h)
{
    while (h->wakes.n)
        forget(h, h->wakes.n - 1);
    vec_done(&h->wakes);
}

void plugin_host_wake_serve(struct icetop_host *face)
{
    face->timer = timer;
    face->watch = watch;
    face->cancel = cancel;
}
