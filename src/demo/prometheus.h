/* The demo's Prometheus server: what it would have in its queries, rules, alerts and targets, told as its HTTP API tells it.
 *
 * It understands no PromQL: each expression that it knows has a function that says the same of the demo's service. */
#ifndef DEMO_PROMETHEUS_H
#define DEMO_PROMETHEUS_H

#include "demo/endpoints.h"

#include <jansson.h>

struct demo_prometheus;

/* The endpoints are borrowed. */
struct demo_prometheus *demo_prometheus_new(const struct demo_endpoints *e);
void demo_prometheus_free(struct demo_prometheus *p); /* NULL is allowed */
/* Evaluates the rules up to the time of the endpoints. */
void demo_prometheus_step(struct demo_prometheus *p);

/* The parameters of a question that are looked at; NULL where one is missing. */
struct demo_prometheus_question {
    const char *query, *time, *start, *end, *step;
};
/* The answer to a path, "/api/v1/alerts", as a new object, and its status of HTTP. */
json_t *demo_prometheus_answer(const struct demo_prometheus *p, const char *path,
                               const struct demo_prometheus_question *q, int *status);

/* The queries that it knows and that are worth asking, as the configuration of who asks has them: a new list of name, promql,
 * unit, range and step. */
json_t *demo_prometheus_queries(void);

#endif
