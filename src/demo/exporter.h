/* The demo's endpoints and its Prometheus server over HTTP, each on a port of 127.0.0.1. */
#ifndef DEMO_EXPORTER_H
#define DEMO_EXPORTER_H

#include "base/clock.h"
#include "base/error.h"
#include "demo/world.h"

#include <jansson.h>

struct event_base;
struct demo_exporter;

/* Serves on the loop. World and clock are borrowed. ERR_IO. */
int demo_exporter_new(struct event_base *base, const struct demo_world *world, const struct clock *clock, uint64_t seed,
                      struct demo_exporter **ret, struct error *err);
void demo_exporter_free(struct demo_exporter *x); /* NULL is allowed */
/* Moves what is told on to the clock's now. Who is down then closes its port, and listens there again once it is back. */
void demo_exporter_step(struct demo_exporter *x);
/* Adds where all of it is to a configuration of icetop: its sections prometheus and prometheus_servers. */
void demo_exporter_config(const struct demo_exporter *x, json_t *sections);

#endif
