/* A librdkafka client as every part of icetop makes one: the cluster's properties, what icetop forbids itself, and words for
 * why a connection fails. */
#ifndef KAFKA_CLIENT_H
#define KAFKA_CLIENT_H

#include "kafka/admin.h"

#include <librdkafka/rdkafka.h>

struct kafka_client;

/* Makes a consumer handle that has connected to nothing yet, never joins its group.id and never commits. own: properties
 * of the caller that go over the cluster's, pairs of name and value that end with a NULL name; or NULL. Nothing is borrowed
 * after the call. ERR_INVALID names the property that is wrong, with its origin and never with a secret. Every handle is to
 * be made here: how a cluster is reached and logged in to is known in this one place.
 * The caller serves the handle's main queue (rd_kafka_poll or a forwarded queue) as librdkafka wants it. */
int kafka_client_new(const struct kafka_admin_settings *settings, const char *const (*own)[2],
                     struct kafka_client **ret, struct error *err);

/* The handle; the client's. Its opaque is the client's too: callbacks of the caller's own are not to be set. */
rd_kafka_t *kafka_client_handle(const struct kafka_client *c);

/* Why a connection last failed, in words for people ("kafka-1:9093: Authentication failed: ..."), "" if none did since
 * kafka_client_connected. From any thread. */
void kafka_client_reason(struct kafka_client *c, char *buf, size_t size);

/* True if no broker can be reached now: nothing is to be waited for. Known where the main queue is served.
 * kafka_client_retry says that it is tried again. */
bool kafka_client_down(const struct kafka_client *c);
void kafka_client_retry(struct kafka_client *c);

/* A broker has answered: what was wrong before is over. */
void kafka_client_connected(struct kafka_client *c);

/* Destroys the handle without a word to the group. May hang in the library: never on a thread that somebody waits for.
 * Queues that were taken from the handle are to be given back before. NULL is allowed. */
void kafka_client_free(struct kafka_client *c);

#endif
