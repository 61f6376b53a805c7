/* What Kafka Connect's REST interface answers, from a body to structs.
 *
 * A body may be anything: half of one, HTML, another shape. Whatever is not as Connect writes it is ERR_INVALID, with the
 * place in it in words; ERR_LIMIT is for more than the caps allow. Texts of errors hold names of connectors, made safe for a
 * terminal, and nothing else of a body. Format: "REST API" in Kafka Connect's documentation, versions 2.3 to 4. */
#ifndef CONNECT_REST_H
#define CONNECT_REST_H

#include "base/error.h"
#include "base/vec.h"
#include "connect/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connect_rest_limit {
    CONNECT_REST_BYTES = 32 * 1024 * 1024, /* of a body */
    CONNECT_REST_VALUES = 1000000,         /* of JSON in it */
    CONNECT_REST_CONNECTORS = 10000,
    CONNECT_REST_TASKS = 10000,  /* of one connector */
    CONNECT_REST_TOPICS = 20000, /* likewise */
    CONNECT_REST_PLUGINS = 10000,
    CONNECT_REST_NAME = 1024,  /* bytes of a name, a state, a version: longer ones are cut */
    CONNECT_REST_CAUSE = 500,  /* bytes of a cause */
    CONNECT_REST_TRACE = 4000, /* bytes of a trace that are kept */
};

struct connect_rest_task {
    int64_t task;
    char *state, *worker; /* NULL: not told */
    char *cause, *trace;  /* NULL: there is none; without secrets; the trace is cut */
    char *suffix;         /* of its transactional ids ("-txn-UUID-0"), from its configuration; NULL: not known */
};

/* A connector as one answer tells of it; version, topics and suffixes come from others. Texts are owned. */
struct connect_rest_connector {
    char *name;
    char *type;                          /* "sink", "source"; NULL: not told */
    char *state, *worker;                /* NULL: not told */
    char *cause, *trace;                 /* as of a task */
    VEC(struct connect_rest_task) tasks; /* by number */
    uint64_t config; /* of its configuration and the numbers of its tasks: another one if they change */
    struct connect_settings settings;
    char *version;      /* of its plugin; NULL: not known */
    VEC(char *) topics; /* that it has used, by name, if tracked */
    bool tracked;       /* Connect tells of them */
};

struct connect_rest_connectors {
    VEC(struct connect_rest_connector) list; /* by name */
};

struct connect_rest_plugin {
    char *class, *type, *version; /* NULL: not told; class is always there */
};
struct connect_rest_plugins {
    VEC(struct connect_rest_plugin) list;
};

/* One task's configuration. */
struct connect_rest_task_config {
    int64_t task;
    char *suffix, *class; /* iceberg.coordinator.transactional.suffix and task.class, or NULL */
};
struct connect_rest_task_configs {
    VEC(struct connect_rest_task_config) list;
};

struct connect_rest_topics {
    VEC(char *) list; /* by name */
};

struct connect_rest_root {
    char *version, *kafka_cluster_id; /* NULL: not told */
};

/* Outputs are written on success only; each _done frees one and takes a zeroed one. */

/* GET /connectors?expand=status&expand=info. plugins, or NULL: to tell whose sink an alias of a class is, and for versions. */
int connect_rest_connectors(const char *body, size_t len, const struct connect_rest_plugins *plugins,
                            struct connect_rest_connectors *ret, struct error *err);
void connect_rest_connectors_done(struct connect_rest_connectors *c);

/* GET /connectors/N/tasks. */
int connect_rest_tasks(const char *body, size_t len, struct connect_rest_task_configs *ret, struct error *err);
void connect_rest_tasks_done(struct connect_rest_task_configs *t);

/* GET /connectors/N/topics. */
int connect_rest_topics(const char *body, size_t len, struct connect_rest_topics *ret, struct error *err);
void connect_rest_topics_done(struct connect_rest_topics *t);

/* GET /connector-plugins. */
int connect_rest_plugins(const char *body, size_t len, struct connect_rest_plugins *ret, struct error *err);
void connect_rest_plugins_done(struct connect_rest_plugins *p);
/* The version of the plugin of this class, or of the only one whose name it abbreviates; NULL: not known. */
const char *connect_rest_version(const struct connect_rest_plugins *p, const char *class);

/* GET /. */
int connect_rest_root(const char *body, size_t len, struct connect_rest_root *ret, struct error *err);
void connect_rest_root_done(struct connect_rest_root *r);

/* The last cause of a stack trace, as one line on the heap: what follows the last "Caused by: ", else its first line. */
char *connect_rest_cause(const char *trace);

#endif
