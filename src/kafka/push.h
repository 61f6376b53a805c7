/* What came by subscription since it was looked at last: of each group and partition, only the last word. */
#ifndef KAFKA_PUSH_H
#define KAFKA_PUSH_H

#include "base/map.h"
#include "base/vec.h"
#include "kafka/admin.h"
#include "kafka/records.h"

/* A commit, or that it is gone. */
struct kafka_push_commit {
    char *topic;
    int32_t partition;
    int64_t offset;       /* -1: gone */
    int32_t leader_epoch; /* -1: none */
    char *metadata;       /* NULL: none */
    int64_t commit_ms;    /* wall time by the coordinator; of a tombstone the record's, -1: none */
    int64_t came_us;      /* monotonic: when it was read */
};

struct kafka_push_group {
    char *name;
    VEC(struct kafka_push_commit) commits; /* each partition once */
    struct map places;                     /* topic and partition to index in commits + 1 */
    bool gone;                             /* its own record is */
    int64_t gone_us;                       /* monotonic: when that was read */
    bool look;                             /* something changed that a record does not tell: it is to be listed again */
    bool described;                        /* state and members below are its new ones */
    struct kafka_group now;                /* in arena */
    int32_t generation;
    int64_t kept_us; /* monotonic: when it was put aside, see model_push.h */
    struct kafka_arena arena;
};

/* Zeroed is empty. Not for two threads at a time. */
struct kafka_push {
    struct map groups; /* by name: struct kafka_push_group */
    size_t ncommits;
    int64_t first_us; /* monotonic time of the first record in it; 0: empty */
};

/* What was met, since the beginning. */
struct kafka_push_counts {
    uint64_t records;
    uint64_t unknown;   /* of key or value versions that are not known here: skipped */
    uint64_t malformed; /* bytes that are no record: skipped */
};

/* Takes a record of __consumer_offsets in. */
void kafka_push_add(struct kafka_push *p, const struct kafka_record *record, int64_t now_us,
                    struct kafka_push_counts *counts);
/* Takes a group's part out, for kafka_push_put; NULL: there is none. */
struct kafka_push_group *kafka_push_pull(struct kafka_push *p, const char *group);
/* Puts a part in and owns it. later: it came after what is there of that group, else before. */
void kafka_push_put(struct kafka_push *p, struct kafka_push_group *g, bool later);
void kafka_push_group_free(struct kafka_push_group *g);
void kafka_push_done(struct kafka_push *p);

#endif
