/* What icetop asks of a Kafka cluster, as plain data, behind a table of functions: whoever
 * implements it may block, so it is called on a cluster's own thread only. Nothing here can change
 * anything in a cluster. */
#ifndef KAFKA_ADMIN_H
#define KAFKA_ADMIN_H

#include "base/clock.h"
#include "base/error.h"
#include "kafka/arena.h"
#include "kafka/budget.h"
#include "kafka/fault.h"
#include "kafka/pace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_property;
struct kafka_access;

/* How to reach a cluster; everything is copied, but for access, which is shared. */
struct kafka_admin_settings {
    const char *bootstrap;
    const struct conf_property *properties; /* librdkafka's names, in the order to be applied */
    size_t nproperties;
    struct kafka_access *access; /* NULL: straight, with librdkafka's own logins only */
    bool read_committed;         /* ends are last stable offsets instead of high watermarks */
    int max_in_flight;           /* requests for committed offsets at once */
    const struct clock *clock;
    struct kafka_pace *pace; /* how fast it may ask; NULL: as fast as it can. A client keeps a reference */
};

/* When an answer came. */
struct kafka_time {
    int64_t wall_ms, mono_us;
};

struct kafka_broker {
    int32_t id;
    char *host;
    int port;
};

struct kafka_partition {
    int32_t leader; /* -1: none */
    uint16_t nreplicas, nisr;
    const int32_t *replicas, *isr; /* several partitions may share a list */
};

struct kafka_topic {
    char *name;
    enum kafka_fault fault;
    struct kafka_partition *partitions; /* the index is the partition's number */
    size_t npartitions;
};

struct kafka_metadata {
    char *cluster_id;             /* NULL if unknown */
    int32_t controller;           /* -1 if unknown */
    struct kafka_broker *brokers; /* by id */
    size_t nbrokers;
    struct kafka_topic *topics; /* by name, bytewise */
    size_t ntopics;
    struct kafka_time time;
};

struct kafka_assigned {
    char *topic;
    int32_t *partitions;
    size_t npartitions;
};

struct kafka_member {
    char *id, *client, *host;
    char *instance; /* group.instance.id; NULL: none, or not told */
    struct kafka_assigned *assigned;
    size_t nassigned;
    bool known; /* the assignment could be read: the group is stable and speaks the consumer
                   protocol */
};

struct kafka_group {
    char *name;
    enum kafka_fault fault; /* why it could not be described */
    const char *fault_text; /* static */
    char *state;            /* the coordinator's word; NULL if unknown */
    char *listed_state;     /* the newer listing's word where it was asked for; NULL if not there */
    bool read_committed;    /* it reads up to the last stable offset: so the configuration says */
    bool listed;            /* the newer listing has it */
    bool described;         /* members are known */
    bool pushed;            /* it came by subscription: what it does not tell is as it was */
    char *protocol_type;    /* "consumer", "connect", "" for none; NULL if unknown */
    char *protocol;         /* the assignor; "" unless stable */
    int32_t coordinator;    /* broker id, -1 if unknown */
    char *coordinator_host; /* "host:port" or NULL */
    struct kafka_member *members;
    size_t nmembers;
};

struct kafka_groups {
    struct kafka_group *groups; /* by name, bytewise */
    size_t ngroups;
    struct kafka_time time;
};

/* A committed offset. */
struct kafka_commit {
    char *topic;
    int32_t partition;
    int64_t offset;       /* -1: none committed */
    int32_t leader_epoch; /* -1: unknown */
    char *metadata;       /* with a NUL behind it; NULL if none */
    int64_t commit_ms;    /* wall time at which it was committed, by the coordinator; 0: not told */
    enum kafka_fault fault;
};

/* One group's; the caller sets group, the call all else. */
struct kafka_committed {
    const char *group;
    struct kafka_commit *commits;
    size_t ncommits;
    bool asked;  /* false: nothing was asked, as there was no time for it any more */
    bool pushed; /* the caller's own: its commits come by themselves */
    enum kafka_fault fault;
    const char *fault_text; /* static */
    struct kafka_time time;
};

enum { KAFKA_AT_END = -1, KAFKA_AT_START = -2 }; /* else milliseconds since 1970: the first record of then or later */

/* One partition's offset; the caller sets topic, partition, leader, at and within_ms, the call all else. */
struct kafka_offset {
    const char *topic;
    int32_t partition, leader;
    int64_t at;     /* KAFKA_AT_END, KAFKA_AT_START or a time */
    int64_t offset; /* -1 while fault is set; asked by time also where no such record is there */
    int within_ms;  /* how long to wait for this leader, the same for all of its partitions; 0: as the budget allows */
    enum kafka_fault fault;
    struct kafka_time time;
};

enum { KAFKA_CONFIG_UNLIMITED = -1, KAFKA_CONFIG_UNTOLD = -2 };

/* How a topic's log is kept; the caller sets topic, the call all else. */
struct kafka_topic_config {
    const char *topic;
    enum kafka_fault fault;
    char *cleanup_policy;    /* "delete", "compact", or both with a comma; NULL: untold */
    int64_t retention_ms;    /* or KAFKA_CONFIG_UNLIMITED, KAFKA_CONFIG_UNTOLD */
    int64_t retention_bytes; /* of a partition; likewise */
};

/* What a consumer would find from an offset on; the caller sets the first five, the call all else. */
struct kafka_reading {
    const char *topic;
    int32_t partition;
    bool committed; /* as one that leaves out aborted transactions and waits for open ones */
    int64_t from;
    int64_t until;  /* the end that is to be reached */
    int64_t record; /* the first message that it would be given; -1: none before `until` */
    enum kafka_fault fault;
};

struct kafka_admin {
    const struct kafka_admin_ops *ops;
};

/* An implementation. Results live in the arena. All may block until the budget is over, and not
 * much longer; a call that is not back then has met a bug of the client library, and its thread is
 * lost. */
struct kafka_admin_ops {
    const char *name;
    /* Makes a client; connects to nothing yet. ERR_INVALID names the property that is wrong. */
    int (*open)(const struct kafka_admin_settings *settings, struct kafka_admin **ret, struct error *err);
    /* Brokers and topics. To be called first on a new client and before every other call of a
     * round. */
    int (*metadata)(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                    struct kafka_metadata *ret, struct error *err);
    /* All groups with their members. ERR_PARTIAL: *ret was written, but some coordinator did not
     * answer. */
    int (*groups)(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                  struct kafka_groups *ret, struct error *err);
    /* True if every broker answers a listing of groups now. groups() may not notice one that cannot be reached: before
     * somebody relies on a group's absence, this is to be asked. */
    bool (*all_list)(struct kafka_admin *a, const struct kafka_budget *budget);
    /* True if listings lack the groups that this user may not describe, as he may not describe the cluster; false also where
     * that cannot be known. May be NULL. */
    bool (*groups_hidden)(struct kafka_admin *a, const struct kafka_budget *budget);
    /* Committed offsets of n groups; what could not be read has its fault set. */
    void (*committed)(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                      struct kafka_committed *items, size_t n);
    /* Offsets of n partitions, each at its point. Leaders are those of the last metadata call; a partition without one is
     * not asked. */
    void (*offsets)(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_offset *items, size_t n);
    /* Configurations of n topics, for as many requests as hundreds of them. May be NULL. */
    void (*configs)(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                    struct kafka_topic_config *items, size_t n);
    /* Ends as `offsets` gives them, but under the other isolation: high watermarks where the settings want last stable
     * offsets, and the other way round. settings: those of open. May be NULL. */
    void (*other_ends)(struct kafka_admin *a, const struct kafka_admin_settings *settings,
                       const struct kafka_budget *budget, struct kafka_offset *items, size_t n);
    /* Reads n partitions, of which no two are the same, up to the first message of each. Nothing of a message is kept but
     * its offset. Needs READ on the topic. settings: those of open. May be NULL. */
    void (*read)(struct kafka_admin *a, const struct kafka_admin_settings *settings, const struct kafka_budget *budget,
                 struct kafka_reading *items, size_t n);
    /* True when the client has become unfit (a request is unanswered, a coordinator moved): close
     * it and open another. */
    bool (*spent)(const struct kafka_admin *a);
    /* May hang for ever: never on a thread that somebody waits for. */
    void (*close)(struct kafka_admin *a);
};

/* The one over librdkafka. */
extern const struct kafka_admin_ops kafka_admin_librdkafka;

#endif
