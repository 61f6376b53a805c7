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
};

struct kafka_push_group {
    char *name;
    VEC(struct kafka_push_commit) commits; /* each partition once */
    struct map places;                     /* topic and partition to index in commits + 1 */
    bool gone;                             /* its own record is */
    bool look;                             /* something changed that a record does not tell: it is to be listed again */
    bool described;                        /* state and members below are its new ones */
    struct kafka_group now;                /* in arena */
    int32_t generation;
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
void kafka_push_done(struct kafka_push *p);

#endif
