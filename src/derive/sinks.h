/* Who belongs to an Iceberg sink: of each sink of one Kafka cluster its connector, its tasks, the workers that run them and the
 * partitions that they hold, from the rows of `connectors`, `tasks` and `group_members`. */
#ifndef DERIVE_SINKS_H
#define DERIVE_SINKS_H

#include "base/map.h"
#include "base/vec.h"
#include "table/table.h"

enum derive_sinks_limit {
    DERIVE_SINKS = 5000,              /* of one cluster */
    DERIVE_SINKS_SENDERS = 10000,     /* record keys that are remembered of one sink */
    DERIVE_SINKS_PARTITIONS = 100000, /* of one sink */
};

/* A partition with the task to which it is assigned, or was at last; task is -1 where the client id does not tell. */
struct derive_partition {
    struct name *topic;
    int32_t partition;
    int64_t task;
    struct name *host; /* of the member; or NULL */
};

struct derive_member {
    uint64_t row; /* in group_members */
    struct name *client, *host, *assignment;
    int64_t count, task;                     /* assigned partitions; its task or -1 */
    bool settled;                            /* they are as of now; false in a rebalance */
    VEC(struct derive_partition) partitions; /* in order; less than count where the row's text is cut */
};

struct derive_sink {
    struct name *group;              /* as in its events; NULL: only a log tells of it, and not which */
    struct name *members_of;         /* the consumer group of its tasks */
    struct name *connector;          /* by a row of connectors, else as others call it; never NULL */
    struct name *connect;            /* of its row in connectors, that is not ours; or NULL */
    int64_t interval_ms, timeout_ms; /* as that row has them; INT64_MIN: unknown */
    VEC(struct derive_member *) members;
    VEC(struct derive_partition) assigned; /* in order: as of now, or the last that was known */
    int64_t partitions;                    /* how many are assigned, or were; INT64_MIN: not known */
    struct map senders;                    /* record key to task + 1 */
    bool changed;                          /* since the caller has set it to false */
};

struct derive_sinks;

struct derive_sinks *derive_sinks_new(struct store *store, const char *cluster);
void derive_sinks_free(struct derive_sinks *s); /* NULL is allowed */

/* The sink of a group (NULL or "": of a connector of which no group is known), made if there is none; NULL past the limit.
 * connector is what it is called until its row is known. */
struct derive_sink *derive_sinks_get(struct derive_sinks *s, const char *group, size_t len, const char *connector);
/* Takes in what changed in the tables; rows of connectors that belong to owner and that nobody else wrote to are not looked at. Sets changed of the sinks that differ, and
 * says whether any does. */
bool derive_sinks_read(struct derive_sinks *s, uint16_t owner);
size_t derive_sinks_count(const struct derive_sinks *s);
struct derive_sink *derive_sinks_at(const struct derive_sinks *s, size_t i);

/* The partition among those assigned, NULL if it is not. */
const struct derive_partition *derive_sinks_assigned(const struct derive_sink *sink, const char *topic,
                                                     int32_t partition);
/* The worker that runs a task: of its row in tasks, else the member's host; NULL if neither is known. Borrowed. */
struct name *derive_sinks_worker(const struct derive_sinks *s, const struct derive_sink *sink, int64_t task);

/* A sender answered for exactly these partitions: which member holds the same is its task from then on. The n partitions
 * need only topic and partition, in order. */
void derive_sinks_answered(struct derive_sink *sink, const struct name *sender,
                           const struct derive_partition *partitions, size_t n);
/* The task of a sender, or -1. */
int64_t derive_sinks_sender(const struct derive_sink *sink, const struct name *sender);

#endif
