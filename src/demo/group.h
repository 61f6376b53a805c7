/* One consumer group of the scripted cluster: its state, its members and what it has committed. */
#ifndef DEMO_GROUP_H
#define DEMO_GROUP_H

#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demo_commit {
    int32_t partition;
    int64_t offset;       /* -1: no commit */
    int32_t leader_epoch; /* -1: unknown */
    int16_t error;        /* OffsetFetch answers this for the partition, when not 0 */
    char *metadata;       /* NULL reads as "" */
};

/* What a group has committed in one topic, which need not exist. */
struct demo_offsets {
    char *topic;
    VEC(struct demo_commit) commits; /* by partition, ascending; not every one is there */
};

struct demo_assignment {
    char *topic;
    VEC(int32_t) partitions;
};

/* Bytes that replace what would be encoded; NULL: nothing replaced. */
struct demo_raw {
    char *bytes;
    size_t len;
};

struct demo_member {
    char *id, *client_id, *host; /* host as brokers write it: "/10.0.3.17" */
    char *instance_id;           /* NULL: dynamic */
    VEC(struct demo_assignment) assigned;
    struct demo_raw raw_metadata, raw_assignment;
};

struct demo_group {
    char *name;
    char *state;         /* "Stable", "Empty", "PreparingRebalance", "CompletingRebalance", "Dead", ... */
    char *protocol_type; /* "consumer", "connect", "" for a simple consumer */
    char *assignor;      /* shown while Stable: "range", "cooperative-sticky"; may be "" */
    int32_t coordinator; /* node id */
    /* Managed by the newer protocol: listed with its state, but the classic describe answers Dead.
     */
    bool kip848;
    bool hidden;                           /* the asker may not describe it: not listed, refused when it is named */
    int16_t describe_error, offsets_error; /* DescribeGroups and OffsetFetch answer these, when not 0 */
    VEC(struct demo_member) members;
    VEC(struct demo_offsets) offsets;
    struct demo_log *log; /* the world's; NULL: none */
    int32_t generation;   /* written there last */
};

/* State "Empty", assignor "range", no coordinator. */
struct demo_group *demo_group_new(const char *name, const char *protocol_type);
/* NULL is allowed. */
void demo_group_free(struct demo_group *g);

void demo_group_set_state(struct demo_group *g, const char *state);
void demo_group_set_assignor(struct demo_group *g, const char *assignor);
/* The member is owned by the group, and valid until the next one is added or one is removed. */
struct demo_member *demo_group_member_add(struct demo_group *g, const char *id, const char *client_id,
                                          const char *host);
void demo_group_members_clear(struct demo_group *g);
void demo_group_member_set_instance(struct demo_member *m, const char *instance_id);
void demo_group_member_assign(struct demo_member *m, const char *topic, int32_t partition);
void demo_group_member_unassign_all(struct demo_member *m);
/* Bytes the broker sends as they are, in place of the consumer protocol's encoding (other protocol
 * types, malformed members). */
void demo_group_member_set_raw(struct demo_member *m, const void *metadata, size_t metadata_len, const void *assignment,
                               size_t assignment_len);
/* Deals the partitions of a topic (0 to partitions - 1) out to the members in turn, in ranges. */
void demo_group_assign_range(struct demo_group *g, const char *topic, int32_t partitions);

/* Commits; offset -1 removes the commit. leader_epoch -1 and metadata NULL are allowed. */
void demo_group_commit(struct demo_group *g, const char *topic, int32_t partition, int64_t offset, int32_t leader_epoch,
                       const char *metadata);
/* NULL if nothing was ever committed there; offset may be -1. Valid until the group's next commit.
 */
struct demo_commit *demo_group_committed(const struct demo_group *g, const char *topic, int32_t partition);
/* The same within one topic. */
struct demo_commit *demo_group_committed_in(const struct demo_offsets *o, int32_t partition);

#endif
