/* Paths and what is answered to each (Kafka Connect REST interface, as of Kafka 3.9). */
#include "demo/connect.h"

#include "base/mem.h"
#include "demo/sink.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <jansson.h>
#include <stdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SINK_CLASS "org.apache.iceberg.connect.IcebergSinkConnector"

struct demo_connect {
    struct evhttp *http;
    char *url, *warehouse;
};

static void set_seconds(json_t *config, const char *name, int seconds)
{
    char text[24];
    snprintf(text, sizeof text, "%d", seconds * 1000);
    json_object_set_new(config, name, json_string(text));
}

static json_t *config_of(const struct demo_connect *c, const struct demo_sink_plan *p)
{
    char *warehouse = mem_printf("file://%s", c->warehouse), *table = mem_printf("%s.%s", p->space, p->table);
    json_t *config =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", p->connector, "connector.class", SINK_CLASS,
                  "topics", p->topic, "tasks.max", "2", "iceberg.tables", table, "iceberg.catalog.type", "hadoop",
                  "iceberg.catalog.warehouse", warehouse, "iceberg.control.topic", DEMO_SINK_CONTROL);
    set_seconds(config, "iceberg.control.commit.interval-ms", p->interval_s);
    set_seconds(config, "iceberg.control.commit.timeout-ms", p->timeout_s);
    free(warehouse);
    free(table);
    return config;
}

static json_t *status_of(const struct demo_sink_plan *p)
{
    json_t *tasks = json_array();
    for (int i = 0; i < DEMO_SINK_TASKS; i++)
        json_array_append_new(
            tasks, json_pack("{s:i, s:s, s:s}", "id", i, "state", "RUNNING", "worker_id", demo_sink_workers[i]));
    return json_pack("{s:s, s:{s:s, s:s}, s:o, s:s}", "name", p->connector, "connector", "state", "RUNNING",
                     "worker_id", demo_sink_workers[0], "tasks", tasks, "type", "sink");
}

static json_t *info_of(const struct demo_connect *c, const struct demo_sink_plan *p)
{
    json_t *tasks = json_array();
    for (int i = 0; i < DEMO_SINK_TASKS; i++)
        json_array_append_new(tasks, json_pack("{s:s, s:i}", "connector", p->connector, "task", i));
    return json_pack("{s:s, s:o, s:o, s:s}", "name", p->connector, "config", config_of(c, p), "tasks", tasks, "type",
                     "sink");
}

static json_t *all(const struct demo_connect *c)
{
    json_t *o = json_object();
    for (int i = 0; i < DEMO_SINK_COUNT; i++)
        json_object_set_new(
            o, demo_sink_plans[i].connector,
            json_pack("{s:o, s:o}", "status", status_of(&demo_sink_plans[i]), "info", info_of(c, &demo_sink_plans[i])));
    return o;
}

static json_t *tasks_of(const struct demo_connect *c, const struct demo_sink_plan *p)
{
    json_t *tasks = json_array();
    for (int i = 0; i < DEMO_SINK_TASKS; i++) {
        json_t *config = config_of(c, p);
        char id[8];
        snprintf(id, sizeof id, "%d", i);
        json_object_set_new(config, "task.id", json_string(id));
        json_object_set_new(config, "task.class", json_string("org.apache.iceberg.connect.IcebergSinkTask"));
        json_array_append_new(
            tasks, json_pack("{s:{s:s, s:i}, s:o}", "id", "connector", p->connector, "task", i, "config", config));
    }
    return tasks;
}

/* What lies under /connectors/NAME; NULL: nothing. */
static json_t *of_connector(const struct demo_connect *c, const char *path)
{
    for (int i = 0; i < DEMO_SINK_COUNT; i++) {
        const struct demo_sink_plan *p = &demo_sink_plans[i];
        size_t len = strlen(p->connector);
        if (strncmp(path, p->connector, len) != 0)
            continue;
        path += len;
        if (!*path)
            return info_of(c, p);
        if (strcmp(path, "/status") == 0)
            return status_of(p);
        if (strcmp(path, "/config") == 0)
            return config_of(c, p);
        if (strcmp(path, "/tasks") == 0)
            return tasks_of(c, p);
        if (strcmp(path, "/topics") == 0)
            return json_pack("{s:{s:[s]}}", p->connector, "topics", p->topic);
        return NULL;
    }
    return NULL;
}

static json_t *answer_to(const struct demo_connect *c, const char *path)
{
    static const char connectors[] = "/connectors/";
    if (strcmp(path, "/") == 0)
        return json_pack("{s:s, s:s, s:s}", "version", "3.9.1", "commit", "f745dfdcee2b9851", "kafka_cluster_id",
                         "icetop-demo");
    if (strcmp(path, "/connectors") == 0)
        return all(c);
    if (strcmp(path, "/connector-plugins") == 0)
        return json_pack("[{s:s, s:s, s:s}]", "class", SINK_CLASS, "type", "sink", "version", "1.11.0");
    return strncmp(path, connectors, sizeof connectors - 1) == 0 ? of_connector(c, path + sizeof connectors - 1) : NULL;
}

static void on_request(struct evhttp_request *r, void *arg)
{
    const struct demo_connect *c = arg;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r);
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
    bool get = evhttp_request_get_command(r) == EVHTTP_REQ_GET;
    json_t *o = get ? answer_to(c, path && *path ? path : "/") : NULL;
    int status = !get ? 405 : o ? HTTP_OK : HTTP_NOTFOUND;
    if (!o)
        o = json_pack("{s:i, s:s}", "error_code", status, "message", get ? "not found" : "read-only");
    char *text = json_dumps(o, JSON_COMPACT);
    struct evbuffer *body = evbuffer_new();
    evbuffer_add(body, text, strlen(text));
    evhttp_add_header(evhttp_request_get_output_headers(r), "Content-Type", "application/json");
    evhttp_send_reply(r, status, status == HTTP_OK ? "OK" : "Error", body);
    evbuffer_free(body);
    free(text);
    json_decref(o);
}

int demo_connect_new(struct event_base *base, const char *warehouse, struct demo_connect **ret, struct error *err)
{
    struct demo_connect *c = mem_new(struct demo_connect);
    struct evhttp_bound_socket *bound;
    c->warehouse = mem_strdup(warehouse);
    c->http = evhttp_new(base);
    bound = c->http ? evhttp_bind_socket_with_handle(c->http, "127.0.0.1", 0) : NULL;
    struct sockaddr_in at = {0};
    socklen_t len = sizeof at;
    if (!bound || getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &len)) {
        demo_connect_free(c);
        return error_set(err, ERR_IO, "demo: the Connect worker has no port");
    }
    c->url = mem_printf("http://127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    evhttp_set_gencb(c->http, on_request, c);
    *ret = c;
    return 0;
}

void demo_connect_free(struct demo_connect *c)
{
    if (!c)
        return;
    if (c->http)
        evhttp_free(c->http);
    free(c->url);
    free(c->warehouse);
    free(c);
}

const char *demo_connect_url(const struct demo_connect *c)
{
    return c->url;
}
