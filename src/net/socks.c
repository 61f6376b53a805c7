/* The thread behind connections through a SOCKS5 proxy. */
#include "net/socks.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "net/socks_talk.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { ADDRESSES = 8, RESOLVED_US = 60 * 1000000, FAILURES = 1000, REASON_BYTES = 256 };

struct address {
    struct sockaddr_storage a;
    socklen_t len;
};

struct connection {
    struct net_socks *socks;
    struct net_socks_talk talk;
    char *host;
    struct address addresses[ADDRESSES];
    size_t naddresses, tried;
    int local_fd; /* until local has it */
    bufferevent_event_cb on_proxy;
    struct bufferevent *local, *remote;
    struct event *deadline;
    struct connection *prev, *next;
};

struct failure {
    char *host;
    int port;
    char text[REASON_BYTES];
};

struct net_socks {
    char *name, *host, *port, *user, *password;
    int deadline_ms;
    pthread_mutex_t lock; /* over what follows, until the blank line */
    VEC(struct connection *) asked;
    VEC(struct failure) failures;
    struct address addresses[ADDRESSES];
    size_t naddresses;
    int64_t resolved_us;
    char unresolved[REASON_BYTES]; /* why its own name has no address */
    bool running, ending;
    int wake[2];

    pthread_t thread;
    struct event_base *base; /* the thread's, as is the list */
    struct connection *connections;
};

/* ---- failures ---- */

/* With the lock held. */
static struct failure *find_failure(struct net_socks *s, const char *host, int port)
{
    for (size_t i = 0; i < s->failures.n; i++)
        if (s->failures.items[i].port == port && strcmp(s->failures.items[i].host, host) == 0)
            return &s->failures.items[i];
    return NULL;
}

static void set_failure(struct net_socks *s, const char *host, int port, const char *reason)
{
    pthread_mutex_lock(&s->lock);
    struct failure *f = find_failure(s, host, port);
    if (!f && s->failures.n < FAILURES) {
        vec_push(&s->failures, ((struct failure){.host = mem_strdup(host), .port = port}));
        f = &s->failures.items[s->failures.n - 1];
    }
    if (f)
        snprintf(f->text, sizeof f->text, "SOCKS proxy %s: %s", s->name, reason);
    pthread_mutex_unlock(&s->lock);
}

static void clear_failure(struct net_socks *s, const char *host, int port)
{
    pthread_mutex_lock(&s->lock);
    struct failure *f = find_failure(s, host, port);
    if (f) {
        free(f->host);
        *f = s->failures.items[--s->failures.n];
    }
    pthread_mutex_unlock(&s->lock);
}

void net_socks_failure(struct net_socks *s, const char *host, int port, char *buf, size_t size)
{
    pthread_mutex_lock(&s->lock);
    const struct failure *f = find_failure(s, host, port);
    snprintf(buf, size, "%s", f ? f->text : s->unresolved);
    pthread_mutex_unlock(&s->lock);
}

/* ---- connections, on the thread ---- */

static void free_connection(struct connection *c)
{
    if (c->local)
        bufferevent_free(c->local);
    else if (c->local_fd >= 0)
        close(c->local_fd);
    if (c->remote)
        bufferevent_free(c->remote);
    if (c->deadline)
        event_free(c->deadline);
    if (c->prev)
        c->prev->next = c->next;
    else if (c->socks->connections == c)
        c->socks->connections = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c->host);
    free(c);
}

static void fail(struct connection *c, const char *reason)
{
    set_failure(c->socks, c->host, c->talk.port, reason);
    free_connection(c);
}

/* Moves what one side has read to the other, which it stops reading for while that one is full. */
static void pump(struct bufferevent *from, struct bufferevent *to)
{
    struct evbuffer *out = bufferevent_get_output(to);
    evbuffer_add_buffer(out, bufferevent_get_input(from));
    if (evbuffer_get_length(out) > NET_SOCKS_BUFFER)
        bufferevent_disable(from, EV_READ);
}

static void on_pump(struct bufferevent *from, void *arg)
{
    struct connection *c = arg;
    pump(from, from == c->local ? c->remote : c->local);
}

/* One side has taken all there was for it: the other one may go on, or has ended meanwhile. */
static void on_drained(struct bufferevent *to, void *arg)
{
    struct connection *c = arg;
    if (!c->remote) {
        free_connection(c);
        return;
    }
    bufferevent_enable(to == c->local ? c->remote : c->local, EV_READ);
}

static void on_ended(struct bufferevent *side, short what, void *arg)
{
    (void)what;
    struct connection *c = arg;
    if (side == c->remote) { /* what came before its end is still to be delivered */
        pump(c->remote, c->local);
        bufferevent_free(c->remote);
        c->remote = NULL;
        bufferevent_disable(c->local, EV_READ);
        if (evbuffer_get_length(bufferevent_get_output(c->local)))
            return;
    }
    free_connection(c);
}

static void open_stream(struct connection *c)
{
    clear_failure(c->socks, c->host, c->talk.port);
    event_free(c->deadline);
    c->deadline = NULL;
    c->local = bufferevent_socket_new(c->socks->base, c->local_fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(c->local, on_pump, on_drained, on_ended, c);
    bufferevent_setcb(c->remote, on_pump, on_drained, on_ended, c);
    bufferevent_enable(c->local, EV_READ | EV_WRITE);
    pump(c->remote, c->local); /* what came with the proxy's last answer */
}

static void on_answer(struct bufferevent *remote, void *arg)
{
    struct connection *c = arg;
    struct evbuffer *in = bufferevent_get_input(remote);
    size_t used = 1;
    while (used && c->talk.step != NET_SOCKS_TALK_OPEN) {
        unsigned char bytes[512];
        struct str out = {0};
        struct error err = {0};
        ssize_t n = evbuffer_copyout(in, bytes, sizeof bytes);
        int rc = net_socks_talk_read(&c->talk, bytes, n > 0 ? (size_t)n : 0, &used, &out, &err);
        if (rc == 0) {
            evbuffer_drain(in, used);
            bufferevent_write(remote, str_text(&out), out.len);
        }
        if (out.s)
            explicit_bzero(out.s, out.len);
        str_done(&out);
        if (rc != 0) {
            fail(c, err.text);
            return;
        }
    }
    if (c->talk.step == NET_SOCKS_TALK_OPEN)
        open_stream(c);
}

/* Connects to the proxy's next address, or gives up with the last one's reason. */
static void try_next(struct connection *c, const char *reason)
{
    while (c->tried < c->naddresses) {
        struct address *a = &c->addresses[c->tried++];
        c->remote = bufferevent_socket_new(c->socks->base, -1, BEV_OPT_CLOSE_ON_FREE);
        bufferevent_setcb(c->remote, on_answer, NULL, c->on_proxy, c);
        if (bufferevent_socket_connect(c->remote, (struct sockaddr *)&a->a, (int)a->len) == 0)
            return;
        reason = strerror(errno);
        bufferevent_free(c->remote);
        c->remote = NULL;
    }
    fail(c, reason);
}

static void on_proxy(struct bufferevent *remote, short what, void *arg)
{
    struct connection *c = arg;
    if (what & BEV_EVENT_CONNECTED) {
        struct str out = {0};
        net_socks_talk_begin(&c->talk, &out);
        bufferevent_write(remote, str_text(&out), out.len);
        bufferevent_enable(remote, EV_READ | EV_WRITE);
        str_done(&out);
        c->tried = c->naddresses;
        return;
    }
    const char *reason = what & BEV_EVENT_EOF ? "it closed the connection" : strerror(EVUTIL_SOCKET_ERROR());
    bufferevent_free(remote);
    c->remote = NULL;
    try_next(c, reason);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connection *c = arg;
    char reason[64];
    snprintf(reason, sizeof reason, "not through within %d ms", c->socks->deadline_ms);
    fail(c, reason);
}

static void start_connection(struct connection *c)
{
    struct net_socks *s = c->socks;
    c->next = s->connections;
    if (c->next)
        c->next->prev = c;
    s->connections = c;
    c->on_proxy = on_proxy;
    c->deadline = evtimer_new(s->base, on_deadline, c);
    const struct timeval tv = {.tv_sec = s->deadline_ms / 1000, .tv_usec = s->deadline_ms % 1000 * 1000};
    evtimer_add(c->deadline, &tv);
    try_next(c, "its name has no address");
}

/* ---- the thread ---- */

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct net_socks *s = arg;
    char rest[64];
    while (read(fd, rest, sizeof rest) > 0)
        ;
    for (;;) {
        pthread_mutex_lock(&s->lock);
        struct connection *c = s->asked.n ? s->asked.items[--s->asked.n] : NULL;
        bool ending = s->ending;
        pthread_mutex_unlock(&s->lock);
        if (ending)
            event_base_loopbreak(s->base);
        if (!c)
            return;
        if (ending)
            free_connection(c);
        else
            start_connection(c);
    }
}

static void *run(void *arg)
{
    struct net_socks *s = arg;
    struct event *wake = event_new(s->base, s->wake[0], EV_READ | EV_PERSIST, on_wake, s);
    event_add(wake, NULL);
    event_base_dispatch(s->base);
    event_free(wake);
    while (s->connections)
        free_connection(s->connections);
    return NULL;
}

/* With the lock held: the thread is there once there is something to do. */
static int start_thread(struct net_socks *s, struct error *err)
{
    if (s->running)
        return 0;
    if (pipe2(s->wake, O_NONBLOCK | O_CLOEXEC) != 0)
        return error_set_errno(err, ERR_IO, errno, "SOCKS proxy %s", s->name);
    s->base = event_base_new();
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&s->thread, NULL, run, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0) {
        event_base_free(s->base);
        close(s->wake[0]);
        close(s->wake[1]);
        return error_set_errno(err, ERR_IO, code, "SOCKS proxy %s", s->name);
    }
    pthread_setname_np(s->thread, "socks");
    s->running = true;
    return 0;
}

struct net_socks *net_socks_new(const struct net_socks_settings *settings)
{
    struct net_socks *s = mem_new(struct net_socks);
    s->host = mem_strdup(settings->host);
    s->port = mem_printf("%d", settings->port);
    s->name = mem_printf(strchr(s->host, ':') ? "[%s]:%s" : "%s:%s", s->host, s->port);
    s->user = mem_strdup_opt(settings->user);
    s->password = mem_strdup_opt(settings->password);
    s->deadline_ms = settings->deadline_ms > 0 ? settings->deadline_ms : NET_SOCKS_DEADLINE_MS;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static void wake(struct net_socks *s)
{
    ssize_t put = write(s->wake[1], "", 1);
    (void)put; /* full: it is awake */
}

void net_socks_free(struct net_socks *s)
{
    if (!s)
        return;
    if (s->running) {
        pthread_mutex_lock(&s->lock);
        s->ending = true;
        pthread_mutex_unlock(&s->lock);
        wake(s);
        pthread_join(s->thread, NULL);
        event_base_free(s->base);
        close(s->wake[0]);
        close(s->wake[1]);
    }
    for (size_t i = 0; i < s->failures.n; i++)
        free(s->failures.items[i].host);
    vec_done(&s->failures);
    vec_done(&s->asked);
    pthread_mutex_destroy(&s->lock);
    mem_free_secret(s->password);
    free(s->user);
    free(s->port);
    free(s->host);
    free(s->name);
    free(s);
}

/* ---- asking ---- */

int net_socks_resolve(struct net_socks *s, struct error *err)
{
    int64_t now = clock_mono_us(&clock_system);
    pthread_mutex_lock(&s->lock);
    bool known = s->naddresses && now - s->resolved_us < RESOLVED_US;
    pthread_mutex_unlock(&s->lock);
    if (known)
        return 0;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(s->host, s->port, &hints, &found);
    pthread_mutex_lock(&s->lock);
    s->naddresses = 0;
    s->unresolved[0] = '\0';
    if (code != 0)
        snprintf(s->unresolved, sizeof s->unresolved, "SOCKS proxy %s: %s", s->name, gai_strerror(code));
    for (const struct addrinfo *a = found; a && s->naddresses < ADDRESSES; a = a->ai_next) {
        struct address *to = &s->addresses[s->naddresses++];
        memcpy(&to->a, a->ai_addr, a->ai_addrlen);
        to->len = a->ai_addrlen;
    }
    s->resolved_us = now;
    pthread_mutex_unlock(&s->lock);
    if (found)
        freeaddrinfo(found);
    return code ? error_set(err, ERR_UNAVAILABLE, "SOCKS proxy %s: %s", s->name, gai_strerror(code)) : 0;
}

int net_socks_open(struct net_socks *s, const char *host, int port, int *ret, struct error *err)
{
    int pair[2];
    struct connection *c = mem_new(struct connection);
    *c = (struct connection){.socks = s, .host = mem_strdup(host), .local_fd = -1};
    c->talk = (struct net_socks_talk){.host = c->host, .port = port, .user = s->user, .password = s->password};
    int rc = net_socks_talk_check(&c->talk, err);
    if (rc == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        rc = error_set_errno(err, ERR_IO, errno, "SOCKS proxy %s", s->name);
    if (rc != 0) {
        free(c->host);
        free(c);
        return rc;
    }
    c->local_fd = pair[1];
    pthread_mutex_lock(&s->lock);
    rc = start_thread(s, err);
    if (rc == 0) {
        c->naddresses = s->naddresses;
        memcpy(c->addresses, s->addresses, sizeof c->addresses);
        vec_push(&s->asked, c);
        wake(s);
    }
    pthread_mutex_unlock(&s->lock);
    if (rc != 0) {
        close(pair[0]);
        close(pair[1]);
        free(c->host);
        free(c);
        return rc;
    }
    *ret = pair[0];
    return 0;
}
