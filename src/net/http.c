/* HTTP on the loop and on threads, over libcurl's multi handle. */
#include "net/http.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/transfer.h"

#include <ctype.h>
#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    STOP_MS = 100,       /* how often a thread looks whether it is to stop */
    EXCERPT_BYTES = 160, /* of a body that explains a status */
};

struct net_http {
    struct event_base *base;
    CURLM *multi;
    struct event *timer;
    struct net_http_call *calls; /* all, for net_http_free */
};

struct net_http_call {
    struct net_http *http;
    struct net_transfer transfer;
    struct event *late; /* tells of an error that was there from the start */
    struct error error;
    net_http_done *done;
    void *arg;
    struct net_http_call *prev, *next;
};

/* ---- calls ---- */

static void free_call(struct net_http_call *c)
{
    if (c->transfer.easy)
        curl_multi_remove_handle(c->http->multi, c->transfer.easy);
    net_transfer_done(&c->transfer);
    if (c->late)
        event_free(c->late);
    if (c->prev)
        c->prev->next = c->next;
    else
        c->http->calls = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c);
}

static void end_call(struct net_http_call *c, CURLcode code)
{
    struct net_http_answer answer = {0};
    struct error err = {0};
    int rc = net_transfer_end(&c->transfer, code, &answer, &err);
    net_http_done *done = c->done;
    void *arg = c->arg;
    free_call(c);
    done(arg, rc ? NULL : &answer, rc ? &err : NULL);
    net_http_answer_done(&answer);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct net_http_call *c = arg;
    struct error err = c->error;
    net_http_done *done = c->done;
    void *done_arg = c->arg;
    free_call(c);
    done(done_arg, NULL, &err);
}

/* ---- libcurl on libevent ---- */

static void read_ends(struct net_http *h)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(h->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        char *private = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
        end_call((struct net_http_call *)(void *)private, code);
    }
}

static void on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
    struct net_http *h = arg;
    int flags = (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
    int running;
    curl_multi_socket_action(h->multi, fd, flags, &running);
    read_ends(h);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct net_http *h = arg;
    int running;
    curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    read_ends(h);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    (void)easy;
    struct net_http *h = arg;
    struct event *e = socket_arg;
    if (e)
        event_free(e);
    e = NULL;
    if (what != CURL_POLL_REMOVE) {
        short flags = (short)(EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
        e = event_new(h->base, fd, flags, on_socket_ready, h);
        event_add(e, NULL);
    }
    curl_multi_assign(h->multi, fd, e);
    return 0;
}

static int on_timeout(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct net_http *h = arg;
    if (ms < 0) {
        evtimer_del(h->timer);
        return 0;
    }
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    evtimer_add(h->timer, &tv);
    return 0;
}

struct net_http *net_http_new(struct event_base *base)
{
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counts its calls; from any thread */
    struct net_http *h = mem_new(struct net_http);
    h->base = base;
    h->timer = evtimer_new(base, on_timer, h);
    h->multi = curl_multi_init();
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    return h;
}

void net_http_free(struct net_http *h)
{
    if (!h)
        return;
    while (h->calls)
        free_call(h->calls);
    curl_multi_cleanup(h->multi);
    event_free(h->timer);
    free(h);
}

struct net_http_call *net_http_start(struct net_http *h, const struct net_http_request *request, net_http_done *done,
                                     void *arg)
{
    struct net_http_call *c = mem_new(struct net_http_call);
    *c = (struct net_http_call){.http = h, .done = done, .arg = arg, .next = h->calls};
    if (h->calls)
        h->calls->prev = c;
    h->calls = c;
    if (net_transfer_init(&c->transfer, request, &c->error) != 0) {
        const struct timeval now = {0};
        c->late = evtimer_new(h->base, on_late, c);
        evtimer_add(c->late, &now);
        return c;
    }
    curl_easy_setopt(c->transfer.easy, CURLOPT_PRIVATE, c);
    curl_multi_add_handle(h->multi, c->transfer.easy);
    return c;
}

void net_http_cancel(struct net_http_call *call)
{
    free_call(call);
}

/* ---- blocking ---- */

/* Performs it; *stopped says that nobody waits any more. */
static CURLcode perform(CURLM *multi, CURL *easy, const atomic_bool *stop, bool *stopped)
{
    int running = 1, left;
    while (running && !*stopped) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return CURLE_FAILED_INIT;
        if (running)
            curl_multi_poll(multi, NULL, 0, STOP_MS, NULL);
        *stopped = stop && atomic_load(stop);
    }
    const CURLMsg *m;
    while ((m = curl_multi_info_read(multi, &left)))
        if (m->msg == CURLMSG_DONE && m->easy_handle == easy) {
            *stopped = false;
            return m->data.result;
        }
    return CURLE_ABORTED_BY_CALLBACK;
}

int net_http_get(const struct net_http_request *request, const atomic_bool *stop, struct net_http_answer *ret,
                 struct error *err)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct net_transfer t = {0};
    int rc = net_transfer_init(&t, request, err);
    if (rc != 0)
        return rc;
    CURLM *multi = curl_multi_init();
    curl_multi_add_handle(multi, t.easy);
    bool stopped = false;
    CURLcode code = perform(multi, t.easy, stop, &stopped);
    rc = stopped ? error_set(err, ERR_CLOSED, "%s: given up", t.shown) : net_transfer_end(&t, code, ret, err);
    curl_multi_remove_handle(multi, t.easy);
    net_transfer_done(&t);
    curl_multi_cleanup(multi);
    return rc;
}

/* ---- answers ---- */

void net_http_answer_done(struct net_http_answer *a)
{
    if (a->body)
        explicit_bzero(a->body, a->len);
    free(a->body);
    *a = (struct net_http_answer){0};
}

char *net_http_answer_take(const struct net_http_answer *a)
{
    struct net_http_answer *own = (struct net_http_answer *)(uintptr_t)a;
    char *body = own->body;
    own->body = NULL;
    own->len = 0;
    return body;
}

/* The words of RFC 9110 for statuses that people meet. */
static const char *status_words(int status)
{
    static const struct {
        int status;
        const char *words;
    } known[] = {
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].words;
    return status / 100 == 3 ? "a redirect" : status / 100 == 4 ? "refused" : status / 100 == 5 ? "failed" : "";
}

static bool is_text(const struct net_http_answer *a)
{
    static const char *const types[] = {"text/plain", "application/json", "application/problem+json"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncmp(a->content_type, types[i], strlen(types[i])) == 0)
            return a->len > 0 && text_is_utf8(a->body, a->len);
    return false;
}

int net_http_check(const struct net_http_request *request, const struct net_http_answer *answer, struct error *err)
{
    if (answer->status / 100 == 2)
        return 0;
    char *shown = NULL;
    if (net_transfer_show(request->url, &shown, err) != 0)
        return ERR_INVALID;
    struct str s = {0};
    if (is_text(answer)) {
        size_t n = answer->len < EXCERPT_BYTES ? answer->len : EXCERPT_BYTES;
        str_add(&s, ": ");
        text_safe_line(&s, answer->body, n);
        str_add(&s, n < answer->len ? "..." : "");
    }
    int rc =
        error_set(err, ERR_REMOTE, "%s: %d %s%s", shown, answer->status, status_words(answer->status), str_text(&s));
    str_done(&s);
    free(shown);
    return rc;
}

void net_http_encode(struct str *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (isascii(*p) && (isalnum(*p) || strchr("-._~", *p)))
            str_char(out, (char)*p);
        else
            str_printf(out, "%%%02X", *p);
}
