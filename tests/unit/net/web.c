/* A web server of the tests' own, on a thread. */
#include "tests/unit/net/web.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 32, LOOK_MS = 1000 };

struct connection {
    int fd;
    struct str in;
    int answered;
};

struct web {
    const struct web_page *pages; /* under lock */
    int fd, port, wake[2];
    pthread_t thread;
    pthread_mutex_t lock;
    VEC(char *) requests; /* under lock */
    struct connection c[CONNECTIONS];
    size_t n;
};

static void write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t put = send(fd, bytes, len, MSG_NOSIGNAL);
        if (put <= 0) /* whoever asked has had enough */
            return;
        bytes += put;
        len -= (size_t)put;
    }
}

/* Is the request whole: its headers and the body that they announce? */
static int whole(const struct str *in)
{
    const char *text = str_text(in), *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
    if (!end)
        return 0;
    size_t want = length && length < end ? strtoul(length + strlen("content-length:"), NULL, 10) : 0;
    return in->len >= (size_t)(end + 4 - text) + want;
}

/* Answers; false when the connection is over. */
static int answer(struct web *w, struct connection *c)
{
    const char *text = str_text(&c->in), *path = strchr(text, ' ');
    pthread_mutex_lock(&w->lock);
    const struct web_page *pages = w->pages;
    pthread_mutex_unlock(&w->lock);
    for (const struct web_page *p = pages; path && p->bytes; p++) {
        size_t n = p->path ? strlen(p->path) : 0;
        if (p->path && (strncmp(path + 1, p->path, n) != 0 || !strchr(" ?", path[1 + n])))
            continue;
        pthread_mutex_lock(&w->lock);
        vec_push(&w->requests, mem_strdup(text));
        pthread_mutex_unlock(&w->lock);
        c->answered = 1;
        write_all(c->fd, p->bytes, p->len ? p->len : strlen(p->bytes));
        return p->hang;
    }
    return 0;
}

/* Reads what has come; false when the connection is over. */
static int serve(struct web *w, struct connection *c)
{
    char buf[4096];
    ssize_t got = recv(c->fd, buf, sizeof buf, 0);
    if (got <= 0)
        return 0;
    str_bytes(&c->in, buf, (size_t)got);
    return c->answered || !whole(&c->in) || answer(w, c);
}

static void drop(struct web *w, size_t i)
{
    shutdown(w->c[i].fd, SHUT_WR);
    close(w->c[i].fd);
    str_done(&w->c[i].in);
    w->c[i] = w->c[--w->n];
}

static void *run(void *arg)
{
    struct web *w = arg;
    for (;;) {
        struct pollfd p[CONNECTIONS + 2] = {{.fd = w->wake[0], .events = POLLIN}, {.fd = w->fd, .events = POLLIN}};
        for (size_t i = 0; i < w->n; i++)
            p[i + 2] = (struct pollfd){.fd = w->c[i].fd, .events = POLLIN};
        poll(p, w->n + 2, LOOK_MS);
        if (p[0].revents)
            return NULL;
        for (size_t i = w->n; i-- > 0;)
            if (p[i + 2].revents && !serve(w, &w->c[i]))
                drop(w, i);
        if (p[1].revents && w->n < CONNECTIONS)
            w->c[w->n++] = (struct connection){.fd = accept(w->fd, NULL, NULL)};
    }
}

struct web *web_start(const struct web_page *pages)
{
    struct web *w = mem_new(struct web);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    w->pages = pages;
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(w->fd, (struct sockaddr *)&a, len) || listen(w->fd, 16) ||
        getsockname(w->fd, (struct sockaddr *)&a, &len) || pipe(w->wake))
        abort();
    w->port = ntohs(a.sin_port);
    pthread_mutex_init(&w->lock, NULL);
    pthread_create(&w->thread, NULL, run, w);
    return w;
}

void web_set(struct web *w, const struct web_page *pages)
{
    pthread_mutex_lock(&w->lock);
    w->pages = pages;
    pthread_mutex_unlock(&w->lock);
}

int web_port(const struct web *w)
{
    return w->port;
}

char *web_url(const struct web *w, const char *path)
{
    return mem_printf("http://127.0.0.1:%d%s", w->port, path);
}

char *web_request(struct web *w, size_t n)
{
    pthread_mutex_lock(&w->lock);
    char *text = n < w->requests.n ? mem_strdup(w->requests.items[n]) : NULL;
    pthread_mutex_unlock(&w->lock);
    return text;
}

size_t web_count(struct web *w)
{
    pthread_mutex_lock(&w->lock);
    size_t n = w->requests.n;
    pthread_mutex_unlock(&w->lock);
    return n;
}

void web_stop(struct web *w)
{
    close(w->wake[1]);
    pthread_join(w->thread, NULL);
    while (w->n)
        drop(w, 0);
    close(w->wake[0]);
    close(w->fd);
    for (size_t i = 0; i < w->requests.n; i++)
        free(w->requests.items[i]);
    vec_done(&w->requests);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
