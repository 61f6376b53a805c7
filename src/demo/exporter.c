/* Listeners that come and go, and what is answered to whom. */
#include "demo/exporter.h"

#include "base/mem.h"
#include "demo/endpoints.h"
#include "demo/prometheus.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct listener {
    struct demo_exporter *owner;
    struct evhttp *http; /* NULL: down */
    uint16_t port;
};

struct demo_exporter {
    struct event_base *base;
    struct demo_endpoints *endpoints;
    struct demo_prometheus *prometheus;
    struct listener api;
    struct listener *scraped; /* as many as endpoints */
};

/* ---- answers ---- */

static void reply(struct evhttp_request *r, int status, const char *content_type, const char *bytes, size_t len)
{
    struct evbuffer *body = evbuffer_new();
    evbuffer_add(body, bytes, len);
    evhttp_add_header(evhttp_request_get_output_headers(r), "Content-Type", content_type);
    evhttp_send_reply(r, status, status == HTTP_OK ? "OK" : "Error", body);
    evbuffer_free(body);
}

static const char *path_of(const struct evhttp_request *r)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r);
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
    return path ? path : "";
}

static void on_scrape(struct evhttp_request *r, void *arg)
{
    const struct listener *l = arg;
    struct str body = {0};
    if (evhttp_request_get_command(r) != EVHTTP_REQ_GET || strcmp(path_of(r), "/metrics") != 0) {
        reply(r, HTTP_NOTFOUND, "text/plain", "not here\n", 9);
        return;
    }
    const char *type = demo_endpoints_body(l->owner->endpoints, (size_t)(l - l->owner->scraped), &body);
    reply(r, HTTP_OK, type, str_text(&body), body.len);
    str_done(&body);
}

static void on_question(struct evhttp_request *r, void *arg)
{
    const struct listener *l = arg;
    struct evkeyvalq words = {0};
    bool post = evhttp_request_get_command(r) == EVHTTP_REQ_POST;
    struct evbuffer *in = evhttp_request_get_input_buffer(r);
    size_t len = evbuffer_get_length(in);
    char *form = len ? mem_memdup(evbuffer_pullup(in, -1), len) : mem_strdup("");
    const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(r));
    query = post ? form : query ? query : "";
    evhttp_parse_query_str(query, &words); /* of what is none, nothing is found */
    const struct demo_prometheus_question q = {.query = evhttp_find_header(&words, "query"),
                                               .time = evhttp_find_header(&words, "time"),
                                               .start = evhttp_find_header(&words, "start"),
                                               .end = evhttp_find_header(&words, "end"),
                                               .step = evhttp_find_header(&words, "step")};
    int status;
    json_t *o = demo_prometheus_answer(l->owner->prometheus, path_of(r), &q, &status);
    char *text = json_dumps(o, JSON_COMPACT);
    reply(r, status, "application/json", text, strlen(text));
    free(text);
    json_decref(o);
    evhttp_clear_headers(&words);
    free(form);
}

/* ---- listeners ---- */

static void on_request(struct evhttp_request *r, void *arg)
{
    const struct listener *l = arg;
    (l == &l->owner->api ? on_question : on_scrape)(r, arg);
}

/* On the port it had, or on a free one. */
static int come_up(struct demo_exporter *x, struct listener *l, struct error *err)
{
    struct sockaddr_in at = {0};
    socklen_t len = sizeof at;
    struct evhttp *http = evhttp_new(x->base);
    struct evhttp_bound_socket *bound = http ? evhttp_bind_socket_with_handle(http, "127.0.0.1", l->port) : NULL;
    if (!bound || getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &len)) {
        if (http)
            evhttp_free(http);
        return error_set(err, ERR_IO, "demo: an exporter has no port");
    }
    evhttp_set_gencb(http, on_request, l);
    l->owner = x;
    l->http = http;
    l->port = ntohs(at.sin_port);
    return 0;
}

static void go_down(struct listener *l)
{
    if (l->http)
        evhttp_free(l->http);
    l->http = NULL;
}

int demo_exporter_new(struct event_base *base, const struct demo_world *world, const struct clock *clock, uint64_t seed,
                      struct demo_exporter **ret, struct error *err)
{
    struct demo_exporter *x = mem_new(struct demo_exporter);
    x->base = base;
    x->endpoints = demo_endpoints_new(world, clock, seed);
    x->prometheus = demo_prometheus_new(x->endpoints);
    x->scraped = mem_calloc(demo_endpoints_count(x->endpoints), sizeof *x->scraped);
    int rc = come_up(x, &x->api, err);
    for (size_t i = 0; rc == 0 && i < demo_endpoints_count(x->endpoints); i++)
        rc = come_up(x, &x->scraped[i], err);
    if (rc == 0)
        *ret = x;
    else
        demo_exporter_free(x);
    return rc;
}

void demo_exporter_free(struct demo_exporter *x)
{
    if (!x)
        return;
    go_down(&x->api);
    for (size_t i = 0; i < demo_endpoints_count(x->endpoints); i++)
        go_down(&x->scraped[i]);
    free(x->scraped);
    demo_prometheus_free(x->prometheus);
    demo_endpoints_free(x->endpoints);
    free(x);
}

void demo_exporter_step(struct demo_exporter *x)
{
    demo_endpoints_step(x->endpoints);
    demo_prometheus_step(x->prometheus);
    for (size_t i = 0; i < demo_endpoints_count(x->endpoints); i++) {
        struct listener *l = &x->scraped[i];
        bool up = demo_endpoints_up(x->endpoints, i);
        if (!up)
            go_down(l);
        else if (!l->http) /* where somebody else took the port: at the next step */
            come_up(x, l, NULL);
    }
}

/* ---- where it is ---- */

static json_t *job_of(const struct demo_exporter *x, size_t i)
{
    char *url = mem_printf("http://127.0.0.1:%u/metrics", (unsigned)x->scraped[i].port);
    json_t *labels = json_pack("{s:s, s:s}", "job", demo_endpoints_job(x->endpoints, i), "instance",
                               demo_endpoints_instance(x->endpoints, i));
    int32_t broker = demo_endpoints_broker(x->endpoints, i);
    if (broker) {
        char *id = mem_printf("%d", (int)broker);
        json_object_set_new(labels, "cluster", json_string("default"));
        json_object_set_new(labels, "broker", json_string(id));
        free(id);
    }
    char *interval = mem_printf("%ds", DEMO_ENDPOINTS_INTERVAL_S);
    json_t *o =
        json_pack("{s:[s], s:o, s:s, s:s}", "urls", url, "labels", labels, "interval", interval, "deadline", interval);
    free(interval);
    free(url);
    return o;
}

void demo_exporter_config(const struct demo_exporter *x, json_t *sections)
{
    json_t *jobs = json_object();
    for (size_t i = 0; i < demo_endpoints_count(x->endpoints); i++)
        json_object_set_new(jobs, demo_endpoints_instance(x->endpoints, i), job_of(x, i));
    char *url = mem_printf("http://127.0.0.1:%u", (unsigned)x->api.port);
    char *interval = mem_printf("%ds", DEMO_ENDPOINTS_INTERVAL_S);
    json_t *o = json_pack("{s:o, s:{s:{s:s, s:s, s:o}}}", "prometheus", jobs, "prometheus_servers", "demo", "url", url,
                          "interval", interval, "queries", demo_prometheus_queries());
    json_object_update(sections, o);
    free(interval);
    free(url);
    json_decref(o);
}
