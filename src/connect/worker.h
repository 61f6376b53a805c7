/* The source of one Connect cluster: asks its workers over REST, writes the rows of `connectors` and `tasks`, and tells of each
 * round what it found, so that others learn of control topics, groups and catalogs.
 *
 * Any worker answers for the whole cluster. A round asks each for `/`, which costs next to nothing, and one of those that
 * answered for all the rest: the same as before as long as it answers. Answers whose bytes are those of the round before are
 * not read again. What each sink's tasks are configured with and which topics it uses is asked when its configuration or its
 * list of tasks has changed, and every minute. While Connect rebalances (409), what was known stays. */
#ifndef CONNECT_WORKER_H
#define CONNECT_WORKER_H

#include "connect/rest.h"
#include "net/login.h"
#include "source/source.h"

struct event_base;
struct store;
struct connect_worker;

/* Copied. */
struct connect_worker_settings {
    const char *name;        /* the Connect cluster's: the first key of its rows */
    const char *cluster;     /* its Kafka cluster's; NULL: none is known */
    const char *const *urls; /* of its workers, without a slash at the end; NULL-terminated, at least one */
    struct net_login login;  /* the same for all of them */
    int interval_ms, deadline_ms;
};

/* Whom it tells; each may be NULL. Called on the loop, before the round's rows are written. */
struct connect_worker_ops {
    /* All connectors after a round that read them; borrowed until the return. */
    void (*connectors)(void *arg, const struct connect_rest_connector *list, size_t n);
    /* What the column catalog says of an Iceberg sink, borrowed; NULL: what it is configured with. */
    const char *(*catalog)(void *arg, const struct connect_rest_connector *c);
};

/* kind "connect". */
extern const struct source_ops connect_worker_source;

/* For scheduler_add with connect_worker_source, which then owns it. Adds `connectors` and `tasks` to the store where they are
 * not there yet. */
struct connect_worker *connect_worker_new(struct event_base *base, struct store *store,
                                          const struct connect_worker_settings *settings,
                                          const struct connect_worker_ops *ops, void *arg);
/* "connect:NAME", the name for scheduler_add; owned by the source. */
const char *connect_worker_name(const struct connect_worker *w);
/* The settings for scheduler_add. */
struct source_settings connect_worker_source_settings(const struct connect_worker *w);
/* The id of the Kafka cluster that it works on, as its workers say; NULL: not known yet. */
const char *connect_worker_kafka_id(const struct connect_worker *w);

#endif
