/* The service for HTTP: requests that wait their turn, and are answered exactly once. */
#include "base/mem.h"
#include "plugin/host_internal.h"
#include "plugin/json.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ALONE_MS = 10000, MAX_HEADERS = 100 }; /* outside of a round */

struct plugin_host_call {
    struct plugin_host *host;
    struct net_http_call *call; /* NULL: it waits */
    char *asked;                /* as the plugin named it */
    char *url;                  /* absolute */
    char **headers;             /* NULL-terminated */
    bool json, own;             /* own: to the service of option `url` */
    size_t max_body;
    int64_t until_us; /* monotonic */
    icetop_answered *done;
    void *arg;
};

static void free_call(struct plugin_host_call *c)
{
    for (size_t i = 0; c->headers[i]; i++)
        mem_free_secret(c->headers[i]);
    free(c->headers);
    free(c->asked);
    mem_free_secret(c->url);
    free(c);
}

/* ---- answers ---- */

/* Hands the answer over; the call is none afterwards. */
static void deliver(struct plugin_host_call *c, const struct icetop_answer *answer)
{
    struct plugin_host *h = c->host;
    size_t i = 0;
    while (h->calls.items[i] != c)
        i++;
    memmove(&h->calls.items[i], &h->calls.items[i + 1], (h->calls.n - i - 1) * sizeof *h->calls.items);
    h->calls.n--;
    h->under_way -= c->call != NULL;
    if (c->done)
        c->done(c->arg, answer);
    free_call(c);
    if (h->calls.n > h->under_way && !h->giving_up)
        event_active(h->answer, EV_TIMEOUT, 0);
}

static void deliver_error(struct plugin_host_call *c, int status, const char *text)
{
    const struct icetop_answer answer = {.error = text, .status = status, .body = "", .content_type = ""};
    deliver(c, &answer);
}

/* What came, as the plugin asked for it. */
static void deliver_body(struct plugin_host_call *c, const struct net_http_answer *from)
{
    struct icetop_answer answer = {
        .status = from->status, .body = from->body, .len = from->len, .content_type = from->content_type};
    const struct net_http_request request = {.url = c->url};
    struct error err = {0};
    json_t *json = NULL;
    int rc = c->json ? net_http_check(&request, from, &err) : 0;
    if (!rc && c->json && (rc = plugin_json_read(from->body, from->len, &json, &err)))
        error_prefix(&err, "%s", c->asked);
    answer.json = plugin_json_of(json);
    if (rc)
        deliver_error(c, from->status, err.text);
    else
        deliver(c, &answer);
    json_decref(json);
}

static void on_answer(void *arg, const struct net_http_answer *answer, const struct error *err)
{
    struct plugin_host_call *c = arg;
    struct plugin_host *h = c->host;
    if (answer)
        deliver_body(c, answer);
    else
        deliver_error(c, 0, err->text);
    plugin_host_send(h);
}

/* ---- requests ---- */

static bool option_is(const struct plugin_host *h, const char *name)
{
    const char *text = plugin_options_text(h->options, name, 0);
    return text && *text;
}

static const char *option(const struct plugin_host *h, const char *name)
{
    return option_is(h, name) ? plugin_options_text(h->options, name, 0) : NULL;
}

static void start(struct plugin_host_call *c, int64_t left_us)
{
    struct plugin_host *h = c->host;
    struct net_http_request r = {.url = c->url,
                                 .headers = (const char *const *)c->headers,
                                 .deadline_ms = (int)(left_us / 1000) + 1,
                                 .max_body = c->max_body};
    if (c->own) {
        r.auth = (struct net_auth){
            .user = option(h, "user"), .password = option(h, "password"), .bearer = option(h, "token")};
        r.tls = (struct net_tls){.ca = option(h, "ca"),
                                 .certificate = option(h, "certificate"),
                                 .key = option(h, "key"),
                                 .insecure = plugin_options_bool(h->options, "insecure")};
        r.proxy = option(h, "proxy");
    }
    h->under_way++;
    c->call = net_http_start(h->http, &r, on_answer, c);
}

static void replay(struct plugin_host_call *c)
{
    struct plugin_recorded_answer recorded = {0};
    struct error err = {0};
    if (plugin_recorded_ask(c->host->settings.recorded, c->asked, &recorded, &err)) {
        plugin_host_trouble(c->host, "%s", err.text);
        deliver_error(c, 0, err.text);
        return;
    }
    if (recorded.error) {
        deliver_error(c, 0, recorded.error);
    } else {
        const struct net_http_answer answer = {.status = recorded.status, .body = recorded.body, .len = recorded.len};
        deliver_body(c, &answer);
    }
    free(recorded.body);
}

/* Begins, or answers, those that wait, as far as there is room. */
static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct plugin_host *h = arg;
    size_t n = h->calls.n; /* what is asked for meanwhile waits for the next turn */
    for (size_t i = 0; i < n && i < h->calls.n && h->under_way < PLUGIN_HOST_REQUESTS;) {
        struct plugin_host_call *c = h->calls.items[i];
        int64_t left_us = c->until_us - clock_mono_us(h->settings.clock);
        if (c->call) {
            i++;
        } else if (!c->url) {
            deliver_error(c, 0, "a path, where no option `url` is given");
        } else if (h->settings.recorded) {
            replay(c);
        } else if (left_us <= 0) {
            deliver_error(c, 0, "no time was left to ask");
        } else {
            start(c, left_us);
            i++;
        }
    }
    plugin_host_send(h);
}

/* Scheme, host and port of a URL: so many of its bytes; 0 if it is none. */
static size_t origin(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

static bool same_origin(const char *a, const char *b)
{
    size_t n = origin(a);
    return n && n == origin(b) && strncasecmp(a, b, n) == 0;
}

/* The absolute URL; NULL where there is nothing to put a path behind. */
static char *whole_url(const struct plugin_host *h, const char *url)
{
    const char *base = option(h, "url");
    if (*url != '/')
        return mem_strdup(url);
    if (!base)
        return NULL;
    size_t n = strlen(base);
    while (n && base[n - 1] == '/')
        n--;
    return mem_printf("%.*s%s", (int)n, base, url);
}

static int64_t until(const struct plugin_host *h, int deadline_ms)
{
    int64_t now = clock_mono_us(h->settings.clock);
    int64_t own = deadline_ms > 0 ? now + (int64_t)deadline_ms * 1000 : INT64_MAX;
    int64_t round = h->round ? h->began_us + (int64_t)h->face.deadline_ms * 1000 : now + ALONE_MS * INT64_C(1000);
    return own < round ? own : round;
}

static char **copy_headers(const char *const *headers, bool json)
{
    size_t n = 0;
    while (headers && headers[n] && n < MAX_HEADERS)
        n++;
    char **copy = mem_calloc(n + 2, sizeof *copy);
    bool accept = false;
    for (size_t i = 0; i < n; i++) {
        copy[i] = mem_strdup(headers[i]);
        accept = accept || strncasecmp(headers[i], "accept:", 7) == 0;
    }
    if (json && !accept)
        copy[n] = mem_strdup("Accept: application/json");
    return copy;
}

static void get(const struct icetop_host *face, const struct icetop_request *given, icetop_answered *done, void *arg)
{
    struct plugin_host *h = plugin_host_of(face);
    struct icetop_request r = {0};
    size_t first = offsetof(struct icetop_request, deadline_ms) + sizeof r.deadline_ms;
    if (given->struct_size >= first)
        memcpy(&r, given, given->struct_size < sizeof r ? given->struct_size : sizeof r);
    else
        plugin_host_trouble(h, "a request of %zu bytes, where there are %zu", given->struct_size, first);
    const char *url = r.url ? r.url : "", *base = option(h, "url");
    struct plugin_host_call *c = mem_new(struct plugin_host_call);
    *c = (struct plugin_host_call){.host = h,
                                   .asked = mem_strdup(url),
                                   .url = whole_url(h, url),
                                   .headers = copy_headers(r.headers, r.json),
                                   .json = r.json,
                                   .max_body = r.max_body,
                                   .until_us = until(h, r.deadline_ms),
                                   .done = done,
                                   .arg = arg};
    c->own = base && c->url && same_origin(base, c->url);
    vec_push(&h->calls, c);
    if (!h->giving_up)
        event_active(h->answer, EV_TIMEOUT, 0);
}

static void get_json(const struct icetop_host *face, const char *url, icetop_answered *done, void *arg)
{
    const struct icetop_request r = {.struct_size = sizeof r, .url = url, .json = true};
    get(face, &r, done, arg);
}

static const char *url_encode(const char *text, char *buf, size_t size)
{
    struct str encoded = {0};
    net_http_encode(&encoded, text ? text : "");
    snprintf(buf, size, "%s", str_text(&encoded));
    str_done(&encoded);
    return buf;
}

/* ---- beginning and end ---- */

void plugin_host_web_init(struct plugin_host *h)
{
    h->http = net_http_new(h->base);
    h->answer = event_new(h->base, -1, 0, on_turn, h);
    if (!h->answer)
        mem_none();
}

void plugin_host_web_give_up(struct plugin_host *h, const char *why)
{
    h->giving_up = true;
    for (size_t n = 0; h->calls.n; n++) {
        struct plugin_host_call *c = h->calls.items[0];
        if (c->call)
            net_http_cancel(c->call);
        if (n > PLUGIN_HOST_GIVEN_UP) /* it asks again whatever the answer is */
            c->done = NULL;
        deliver_error(c, 0, why);
    }
    h->giving_up = false;
}

void plugin_host_web_done(struct plugin_host *h)
{
    net_http_free(h->http);
    event_free(h->answer);
    for (size_t i = 0; i < h->calls.n; i++)
        free_call(h->calls.items[i]);
    vec_done(&h->calls);
}

void plugin_host_web_serve(struct icetop_host *face)
{
    face->get = get;
    face->get_json = get_json;
    face->url_encode = url_encode;
}
