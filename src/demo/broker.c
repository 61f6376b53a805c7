/* Sockets of the scripted cluster: framing, order of replies, faults. */
#include "demo/broker.h"
#include "base/mem.h"
#include "base/vec.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node {
    struct demo_broker *broker;
    int32_t id;
    uint16_t port;
    struct evconnlistener *listener; /* NULL: down */
    struct conn *conns;
    int conn_n;
    uint64_t requests[DEMO_API_KEYS + 1]; /* the last one counts all others */
};

struct conn {
    struct node *node;
    struct conn *prev, *next;
    struct bufferevent *bev;
    struct event *timer; /* runs while a reply waits; requests behind it are not read */
    struct str reply;    /* the one that waits */
    bool disconnect;     /* in place of it */
    bool half;           /* of it is sent, and nothing ever after */
    int mute_ms;         /* how long to read nothing, once it is sent */
};

struct demo_broker {
    struct event_base *base;
    struct demo_world *world;
    struct demo_api_versions versions;
    struct node *nodes; /* as many as the world has, in its order */
    size_t node_n;
    VEC(struct demo_fault) faults;
    char *bootstrap;
};

static void conn_close(struct conn *c)
{
    struct node *n = c->node;
    *(c->prev ? &c->prev->next : &n->conns) = c->next;
    if (c->next)
        c->next->prev = c->prev;
    n->conn_n--;
    event_free(c->timer);
    bufferevent_free(c->bev);
    str_done(&c->reply);
    free(c);
}

/* The fault that befalls a request, which uses it up by one. *out is zeroed if there is none. */
static void take_fault(struct demo_broker *b, int16_t key, int32_t node, struct demo_fault *out)
{
    *out = (struct demo_fault){0};
    for (size_t i = 0; i < b->faults.n; i++) {
        struct demo_fault *f = &b->faults.items[i];
        if ((f->api != -1 && f->api != key) || (f->node != -1 && f->node != node))
            continue;
        *out = *f;
        if (f->count > 0 && --f->count == 0) {
            memmove(f, f + 1, (b->faults.n - i - 1) * sizeof *f);
            b->faults.n--;
        }
        return;
    }
}

static void start_timer(struct conn *c, int ms)
{
    struct timeval delay = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    event_add(c->timer, &delay);
}

/* Sends the reply, or what the fault leaves of it. False: the connection is to be closed. */
static bool send_reply(struct conn *c)
{
    if (c->half && c->disconnect) { /* now: what waits in the buffer goes with the connection */
        send(bufferevent_getfd(c->bev), c->reply.s, c->reply.len / 2, MSG_NOSIGNAL);
        return false;
    }
    if (c->half) {
        bufferevent_write(c->bev, c->reply.s, c->reply.len / 2);
        return true;
    }
    if (c->disconnect)
        return false;
    bufferevent_write(c->bev, c->reply.s, c->reply.len);
    str_clear(&c->reply);
    if (c->mute_ms > 0)
        start_timer(c, c->mute_ms);
    c->mute_ms = 0;
    return true;
}

/* Answers one request, or puts the answer off. False: the connection is to be closed. */
static bool serve(struct conn *c, const void *request, size_t len)
{
    struct demo_broker *b = c->node->broker;
    struct demo_api_header h;
    struct demo_fault fault;
    int wait_ms = 0;
    if (demo_api_peek(request, len, &h) != 0)
        return false;
    c->node->requests[h.key >= 0 && h.key < DEMO_API_KEYS ? h.key : DEMO_API_KEYS]++;
    take_fault(b, h.key, c->node->id, &fault);
    if (fault.silent)
        return true;
    str_clear(&c->reply);
    c->disconnect = fault.disconnect;
    c->half = fault.half;
    c->mute_ms = fault.throttle_ms;
    if ((!fault.disconnect || fault.half) && demo_api_answer(b->world, &b->versions, c->node->id, fault.error,
                                                             fault.throttle_ms, request, len, &c->reply, &wait_ms) != 0)
        return false;
    wait_ms += fault.delay_ms;
    if (wait_ms > 0) {
        start_timer(c, wait_ms);
        return true;
    }
    return send_reply(c);
}

/* Takes the next whole request off the input and serves it. 1 served, 0 not all there yet, negative
 * close. */
static int next_request(struct conn *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    uint8_t prefix[4];
    if (evbuffer_copyout(in, prefix, sizeof prefix) < (ssize_t)sizeof prefix)
        return 0;
    uint32_t len = (uint32_t)prefix[0] << 24 | (uint32_t)prefix[1] << 16 | (uint32_t)prefix[2] << 8 | prefix[3];
    if (len == 0 || len > DEMO_API_REQUEST_MAX)
        return ERR_LIMIT;
    if (evbuffer_get_length(in) < len + sizeof prefix)
        return 0;
    evbuffer_drain(in, sizeof prefix);
    bool kept = serve(c, evbuffer_pullup(in, len), len);
    evbuffer_drain(in, len);
    return kept ? 1 : ERR_CLOSED;
}

static void on_readable(struct bufferevent *bev, void *arg)
{
    struct conn *c = arg;
    int rc = 1;
    (void)bev;
    while (rc == 1 && !c->half && !event_pending(c->timer, EV_TIMEOUT, NULL))
        rc = next_request(c);
    if (rc < 0)
        conn_close(c);
}

static void on_delay(evutil_socket_t fd, short what, void *arg)
{
    struct conn *c = arg;
    (void)fd;
    (void)what;
    if (!send_reply(c))
        conn_close(c);
    else
        on_readable(c->bev, c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    (void)bev;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        conn_close(arg);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *addr, int addr_len,
                      void *arg)
{
    struct node *n = arg;
    int on = 1;
    (void)listener;
    (void)addr;
    (void)addr_len;
    struct bufferevent *bev = bufferevent_socket_new(n->broker->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!bev) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct conn *c = mem_new(struct conn);
    c->node = n;
    c->bev = bev;
    c->timer = evtimer_new(n->broker->base, on_delay, c);
    c->next = n->conns;
    if (c->next)
        c->next->prev = c;
    n->conns = c;
    n->conn_n++;
    bufferevent_setcb(bev, on_readable, NULL, on_event, c);
    bufferevent_setwatermark(bev, EV_READ, 0, DEMO_API_REQUEST_MAX + 4);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
}

/* Listens on n->port, or any free one when that is 0. */
static int node_listen(struct node *n, struct error *err)
{
    struct sockaddr_in addr = {
        .sin_family = AF_INET, .sin_port = htons(n->port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof addr;
    struct evconnlistener *l = evconnlistener_new_bind(
        n->broker->base, on_accept, n, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, -1,
        (struct sockaddr *)&addr, sizeof addr);
    if (!l)
        return error_set_errno(err, ERR_IO, errno, "demo: listen on 127.0.0.1:%d", n->port);
    if (getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&addr, &len) != 0) {
        int errnum = errno;
        evconnlistener_free(l);
        return error_set_errno(err, ERR_IO, errnum, "demo: getsockname");
    }
    n->listener = l;
    n->port = ntohs(addr.sin_port);
    return 0;
}

struct demo_broker *demo_broker_new(struct event_base *base, struct demo_world *world, struct error *err)
{
    struct demo_broker *b = mem_new(struct demo_broker);
    struct str bootstrap = {0};
    b->base = base;
    b->world = world;
    b->node_n = world->nodes.n;
    b->nodes = mem_calloc(b->node_n, sizeof *b->nodes);
    demo_api_versions_init(&b->versions);
    for (size_t i = 0; i < b->node_n; i++) {
        struct node *n = &b->nodes[i];
        n->broker = b;
        n->id = world->nodes.items[i].id;
        if (node_listen(n, err) != 0) {
            demo_broker_free(b);
            str_done(&bootstrap);
            return NULL;
        }
        world->nodes.items[i].port = n->port;
        str_printf(&bootstrap, "%s127.0.0.1:%d", i ? "," : "", n->port);
    }
    b->bootstrap = str_take(&bootstrap);
    return b;
}

static void node_disconnect(struct node *n)
{
    while (n->conns)
        conn_close(n->conns);
}

void demo_broker_free(struct demo_broker *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->node_n; i++) {
        node_disconnect(&b->nodes[i]);
        if (b->nodes[i].listener)
            evconnlistener_free(b->nodes[i].listener);
    }
    vec_done(&b->faults);
    free(b->nodes);
    free(b->bootstrap);
    free(b);
}

const char *demo_broker_bootstrap(const struct demo_broker *b)
{
    return b->bootstrap;
}

struct demo_api_versions *demo_broker_versions(struct demo_broker *b)
{
    return &b->versions;
}

void demo_broker_fault(struct demo_broker *b, const struct demo_fault *fault)
{
    if (fault->count != 0)
        vec_push(&b->faults, *fault);
}

void demo_broker_faults_clear(struct demo_broker *b)
{
    b->faults.n = 0;
}

void demo_broker_node_down(struct demo_broker *b, int32_t node, bool noticed)
{
    if (node < 1 || (size_t)node > b->node_n)
        return;
    struct node *n = &b->nodes[node - 1];
    if (n->listener)
        evconnlistener_free(n->listener);
    n->listener = NULL;
    node_disconnect(n);
    b->world->nodes.items[node - 1].gone = noticed;
}

int demo_broker_node_up(struct demo_broker *b, int32_t node, struct error *err)
{
    if (node < 1 || (size_t)node > b->node_n)
        return error_set(err, ERR_NOT_FOUND, "demo: no node %d", (int)node);
    struct node *n = &b->nodes[node - 1];
    if (!n->listener) {
        int rc = node_listen(n, err);
        if (rc != 0)
            return rc;
    }
    b->world->nodes.items[node - 1].gone = false;
    return 0;
}

static uint64_t node_requests(const struct node *n, int api)
{
    uint64_t all = 0;
    if (api >= 0)
        return n->requests[api < DEMO_API_KEYS ? api : DEMO_API_KEYS];
    for (size_t i = 0; i <= DEMO_API_KEYS; i++)
        all += n->requests[i];
    return all;
}

uint64_t demo_broker_requests(const struct demo_broker *b, int api, int32_t node)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < b->node_n; i++)
        if (node == -1 || b->nodes[i].id == node)
            sum += node_requests(&b->nodes[i], api);
    return sum;
}

int demo_broker_connections(const struct demo_broker *b, int32_t node)
{
    int sum = 0;
    for (size_t i = 0; i < b->node_n; i++)
        if (node == -1 || b->nodes[i].id == node)
            sum += b->nodes[i].conn_n;
    return sum;
}
