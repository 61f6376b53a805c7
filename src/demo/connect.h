/* The demo's Connect worker: the REST answers about its sinks, read-only, on a port of 127.0.0.1. */
#ifndef DEMO_CONNECT_H
#define DEMO_CONNECT_H

#include "base/error.h"

struct event_base;
struct demo_connect;

/* Serves on the loop. warehouse: the directory of the sinks' tables, as their settings name it. ERR_IO. */
int demo_connect_new(struct event_base *base, const char *warehouse, struct demo_connect **ret, struct error *err);
void demo_connect_free(struct demo_connect *c); /* NULL is allowed */
/* "http://127.0.0.1:41233"; owned by it. */
const char *demo_connect_url(const struct demo_connect *c);

#endif
