/* What a scripted cluster holds: brokers, topics and groups, as the answers of demo/broker show
 * them. */
#ifndef DEMO_WORLD_H
#define DEMO_WORLD_H

#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "demo/group.h"
#include "demo/partition.h"

#include <stdbool.h>
#include <stdint.h>

/* Error codes of the protocol that the broker answers with by itself, or that tests like to ask
 * for. */
enum demo_error {
    DEMO_ERROR_NONE = 0,
    DEMO_ERROR_OFFSET_OUT_OF_RANGE = 1,
    DEMO_ERROR_UNKNOWN_TOPIC_OR_PARTITION = 3,
    DEMO_ERROR_LEADER_NOT_AVAILABLE = 5,
    DEMO_ERROR_NOT_LEADER = 6,
    DEMO_ERROR_COORDINATOR_LOAD_IN_PROGRESS = 14,
    DEMO_ERROR_COORDINATOR_NOT_AVAILABLE = 15,
    DEMO_ERROR_NOT_COORDINATOR = 16,
    DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED = 29,
    DEMO_ERROR_GROUP_AUTHORIZATION_FAILED = 30,
    DEMO_ERROR_CLUSTER_AUTHORIZATION_FAILED = 31,
    DEMO_ERROR_UNSUPPORTED_VERSION = 35,
    DEMO_ERROR_OFFSET_NOT_AVAILABLE = 78,
    DEMO_ERROR_UNSTABLE_OFFSET_COMMIT = 88,
};

struct demo_node {
    int32_t id;    /* from 1 */
    char *rack;    /* NULL: none */
    uint16_t port; /* filled in by the broker; 0 before it listens */
    /* The cluster knows that it is down: not in the metadata, its partitions without a leader, out
     * of every in-sync set, and no coordinator. */
    bool gone;
};

struct demo_topic;

/* Makes the record at an offset: the same each time it is asked. key and value are empty, and may be left so. */
struct demo_record {
    void (*make)(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                 struct str *value);
    void *arg;
};

/* How a topic's log is kept, as DescribeConfigs tells it. Of a new topic: "delete", seven days, unlimited bytes. */
struct demo_config {
    const char *cleanup_policy;            /* static */
    int64_t retention_ms, retention_bytes; /* -1: unlimited */
    bool hidden;                           /* the asker may not read it */
};

/* The value that a record has in a topic without a maker of its own: drawn from the place, evenly between 0 and 1. */
double demo_world_value(int32_t partition, int64_t offset);

struct demo_topic {
    char *name;
    bool internal;
    /* The asker may not describe it: left out of the lists of all, refused when it is named. */
    bool hidden;
    int16_t error; /* Metadata answers this for the topic, when not 0 */
    struct demo_config config;
    struct demo_record record;             /* make NULL: small JSON objects that say where they are */
    VEC(struct demo_partition) partitions; /* index = partition */
};

/* Fields may be read and, where no function is given for it, written by the owner; never while a
 * broker on another thread serves it (demo_thread_pause). */
struct demo_world {
    char *cluster_id;
    int32_t controller;
    VEC(struct demo_node) nodes; /* index = id - 1 */
    VEC(struct demo_topic *) topics;
    VEC(struct demo_group *) groups;
    struct map topic_by_name, group_by_name;
    struct demo_log *log; /* what groups do is written to __consumer_offsets; NULL: it is not */
};

/* A cluster of n nodes (1 at least) with ids from 1 and racks "rack-a", "rack-b", "rack-c" by
 * turns; node 1 is its controller. */
struct demo_world *demo_world_new(int n, const char *cluster_id);
/* NULL is allowed. */
void demo_world_free(struct demo_world *w);
/* NULL if there is no such node. */
struct demo_node *demo_world_node(const struct demo_world *w, int32_t id);

/* A topic whose partitions are empty (0 to 0), with leaders by turns, all replicas in sync and
 * `replication` of them (at most the nodes there are). A topic of that name is removed before. */
struct demo_topic *demo_world_topic_add(struct demo_world *w, const char *name, int partitions, int replication);
/* Deletes it; committed offsets stay, as they do until the cluster gets round to them. */
void demo_world_topic_remove(struct demo_world *w, const char *name);
/* Deletes and creates it again: as many partitions, all empty. */
void demo_world_topic_recreate(struct demo_world *w, const char *name);
struct demo_topic *demo_world_topic(const struct demo_world *w, const char *name);
/* The same for counted bytes. */
struct demo_topic *demo_world_topic_n(const struct demo_world *w, const char *name, size_t len);
/* NULL if there is no such topic or partition. */
struct demo_partition *demo_world_partition(const struct demo_world *w, const char *topic, int32_t partition);

/* These four do nothing if the partition does not exist. */
void demo_world_set_offsets(struct demo_world *w, const char *topic, int32_t partition, int64_t start, int64_t end,
                            int64_t lso);
/* demo_partition_append by name. */
void demo_world_append(struct demo_world *w, const char *topic, int32_t partition, int64_t time_ms, int64_t end);
/* leader -1: none. A new leader begins a new epoch. */
void demo_world_set_leader(struct demo_world *w, const char *topic, int32_t partition, int32_t leader);
/* Takes a node out of the in-sync replicas, or back in. */
void demo_world_set_in_sync(struct demo_world *w, const char *topic, int32_t partition, int32_t node, bool in_sync);

/* A group without members: state "Empty", assignor "range"; its coordinator is chosen by its name.
 * One of that name is removed before. */
struct demo_group *demo_world_group_add(struct demo_world *w, const char *name, const char *protocol_type);
void demo_world_group_remove(struct demo_world *w, const char *name);
struct demo_group *demo_world_group(const struct demo_world *w, const char *name);
struct demo_group *demo_world_group_n(const struct demo_world *w, const char *name, size_t len);
/* The node that coordinates a group, known or not: by hash of the name among those not gone; 0 if
 * all are. */
int32_t demo_world_coordinator(const struct demo_world *w, const char *name, size_t len);

#endif
