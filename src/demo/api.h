/* The protocol's requests answered out of a world, bytes to bytes: no socket, no time. */
#ifndef DEMO_API_H
#define DEMO_API_H

#include "base/str.h"
#include "demo/wire.h"
#include "demo/world.h"

/* Numbers of the requests that are answered. */
enum demo_api_key {
    DEMO_API_PRODUCE = 0, /* announced, for clients take it as a sign of record batches; never answered */
    DEMO_API_FETCH = 1,
    DEMO_API_LIST_OFFSETS = 2,
    DEMO_API_METADATA = 3,
    DEMO_API_OFFSET_FETCH = 9,
    DEMO_API_FIND_COORDINATOR = 10,
    DEMO_API_DESCRIBE_GROUPS = 15,
    DEMO_API_LIST_GROUPS = 16,
    DEMO_API_VERSIONS = 18,
    DEMO_API_DESCRIBE_CONFIGS = 32,
    DEMO_API_KEYS = 33, /* one past the last */
};

enum {
    DEMO_API_REQUEST_MAX = 16 * 1024 * 1024, /* bytes of a request; a longer one closes the connection */
    DEMO_API_REPLY_MAX = 256 * 1024 * 1024,  /* bytes of a reply */
};

/* The versions of each request this cluster speaks, both ends included; the default is all it
 * knows. */
struct demo_api_range {
    int16_t key, min, max;
};

struct demo_api_versions {
    struct demo_api_range ranges[DEMO_API_KEYS];
    size_t n;
};

void demo_api_versions_init(struct demo_api_versions *v);
/* Older clusters: at most `max` of a request; max -1 takes it off the list. */
void demo_api_versions_limit(struct demo_api_versions *v, int16_t key, int16_t max);

/* The first fields of every request. */
struct demo_api_header {
    int16_t key, version;
    int32_t correlation_id;
};

/* Reads the header of a request (without its length prefix). 0 or ERR_INVALID. */
int demo_api_peek(const void *request, size_t len, struct demo_api_header *header);

/* Appends the reply of a node to a request (without its length prefix) to *reply, with its length
 * prefix. error, unless 0, is answered wherever the reply has a place for one, throttle_ms likewise. 0; ERR_INVALID for
 * what no Kafka would answer (malformed, an unknown request or version), or ERR_LIMIT for a reply
 * that is too long: the connection is to be closed and *reply is as it was. *wait_ms is for how long a reply that
 * says nothing is to be held back, as the asker wants it. */
int demo_api_answer(const struct demo_world *world, const struct demo_api_versions *versions, int32_t node,
                    int16_t error, int throttle_ms, const void *request, size_t len, struct str *reply, int *wait_ms);

#endif
