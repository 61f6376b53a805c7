/* The rows of `connectors` and `tasks`, and the events that tell of changes between two rounds. */
#ifndef CONNECT_WORKER_ROWS_H
#define CONNECT_WORKER_ROWS_H

#include "connect/endpoints.h"
#include "connect/known.h"
#include "connect/worker.h"

enum { CONNECT_WORKER_ROWS_EVENTS = 50 /* of one round; the rest is counted */ };

/* Who writes: the source's owner number, the Connect cluster's name and that of its Kafka cluster (or NULL). */
struct connect_worker_rows {
    struct store *store;
    const char *source; /* "connect:NAME" */
    uint16_t owner;
    const char *name, *cluster;
    const struct connect_endpoints *endpoints; /* as they answered in this round */
    const struct connect_worker_ops *ops;      /* or NULL */
    void *arg;
};

/* Writes all rows, takes those away whose connectors and tasks have gone, and returns how many there are. Commits nothing. */
size_t connect_worker_rows_write(const struct connect_worker_rows *w, const struct connect_rest_connectors *list);

/* Tells of connectors that came, went, changed their state or configuration, and of tasks that changed their state or moved to
 * another worker; both lists are in the order of names. */
void connect_worker_rows_events(const struct connect_worker_rows *w, const struct connect_rest_connectors *was,
                                const struct connect_rest_connectors *now);

#endif
