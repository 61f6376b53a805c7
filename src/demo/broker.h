/* A scripted Kafka cluster in this process: a listening socket for each node, answers out of a
 * world, faults on demand. */
#ifndef DEMO_BROKER_H
#define DEMO_BROKER_H

#include "base/error.h"
#include "demo/api.h"
#include "demo/world.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

struct demo_broker;

/* Listens on 127.0.0.1, a free port for each node of the world, and answers on the base's loop. The
 * world stays the caller's and must outlive it; nodes must not be added later. Plaintext, no
 * authentication. The process must ignore or block SIGPIPE. NULL with ERR_IO in *err. */
struct demo_broker *demo_broker_new(struct event_base *base, struct demo_world *world, struct error *err);
/* Closes everything. NULL is allowed. */
void demo_broker_free(struct demo_broker *b);

/* "127.0.0.1:41233,127.0.0.1:41234"; owned by the broker. */
const char *demo_broker_bootstrap(const struct demo_broker *b);
/* The versions that are announced and spoken; may be changed, for connections made afterwards. */
struct demo_api_versions *demo_broker_versions(struct demo_broker *b);

/* What befalls requests instead of, or before, their proper answer. */
struct demo_fault {
    int api;         /* enum demo_api_key; -1: every request */
    int32_t node;    /* -1: every node */
    int count;       /* so many requests; -1: until cleared */
    int16_t error;   /* answered wherever the reply has a place for an error; 0: none */
    int delay_ms;    /* the reply waits, and later requests of that connection behind it */
    bool silent;     /* no reply, ever; later requests are answered */
    bool disconnect; /* the connection is closed in place of a reply (after delay_ms) */
    bool half;       /* half of the reply's bytes, then silence; with disconnect: then the end of the connection */
    int throttle_ms; /* the reply says so, and later requests of that connection wait as long, as a quota has it */
};

/* Of several that fit a request, the one added first is used, until its count is up. */
void demo_broker_fault(struct demo_broker *b, const struct demo_fault *fault);
void demo_broker_faults_clear(struct demo_broker *b);

/* Closes a node's socket and connections. noticed: the cluster knows (demo_node.gone). */
void demo_broker_node_down(struct demo_broker *b, int32_t node, bool noticed);
/* Listens on the same port again. 0 or ERR_IO, if somebody else took the port. */
int demo_broker_node_up(struct demo_broker *b, int32_t node, struct error *err);

/* Requests that were received so far; api and node -1: all. */
uint64_t demo_broker_requests(const struct demo_broker *b, int api, int32_t node);
/* Connections that are open now; node -1: all. */
int demo_broker_connections(const struct demo_broker *b, int32_t node);

#endif
