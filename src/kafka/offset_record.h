/* The records of __consumer_offsets: what a coordinator writes when a group commits, changes or goes.
 *
 * All are big-endian. A key opens with an int16 version that says what the record is about; a value opens with an int16
 * version of its own. A null or empty value is a tombstone: what the key names is gone. Keys, and values before the
 * "flexible" versions, have string = int16 length + bytes (-1: null), bytes = int32 length, array = int32 count; flexible
 * values have compact lengths (uvarint of length + 1) and tagged fields. What follows the fields known here is ignored, so
 * that fields added later do no harm. The layouts are those of Apache Kafka's coordinator records (OffsetCommitValue,
 * GroupMetadataValue, ConsumerGroup*Value). */
#ifndef KAFKA_OFFSET_RECORD_H
#define KAFKA_OFFSET_RECORD_H

#include "kafka/admin.h"
#include "kafka/arena.h"

enum kafka_offset_record_kind {
    KAFKA_OFFSET_RECORD_UNKNOWN,       /* a key version that is not known here */
    KAFKA_OFFSET_RECORD_COMMIT,        /* keys 0, 1: group, topic, partition */
    KAFKA_OFFSET_RECORD_GROUP,         /* key 2: a classic group */
    KAFKA_OFFSET_RECORD_EPOCH,         /* key 3: a KIP-848 group; its tombstone: the group is gone */
    KAFKA_OFFSET_RECORD_TOPICS,        /* key 4: partitions of the topics it reads */
    KAFKA_OFFSET_RECORD_MEMBER,        /* key 5: one of its members */
    KAFKA_OFFSET_RECORD_TARGET,        /* key 6: epoch of the assignment it is to reach */
    KAFKA_OFFSET_RECORD_TARGET_MEMBER, /* key 7: that assignment of one member */
    KAFKA_OFFSET_RECORD_CURRENT,       /* key 8: what a member has now */
    KAFKA_OFFSET_RECORD_SHARE,         /* keys 9 to 15: share groups */
    KAFKA_OFFSET_RECORD_KINDS
};

/* A decoded record; everything lives in the arena. Fields that a kind has not are 0 or NULL. */
struct kafka_offset_record {
    enum kafka_offset_record_kind kind;
    int16_t key_version;
    int16_t value_version; /* -1: tombstone */
    bool tombstone;
    bool value_known; /* false: a tombstone, or a value version that is not known here */
    char *group;
    char *topic, *member; /* COMMIT; MEMBER, TARGET_MEMBER and CURRENT */
    int32_t partition;    /* COMMIT */
    union {
        struct kafka_offset_record_commit { /* COMMIT, values 0 to 4 */
            int64_t offset;
            int32_t leader_epoch; /* -1: none */
            char *metadata;
            int64_t commit_ms; /* wall time by the coordinator */
            int64_t expire_ms; /* value 1 only; else -1 */
        } commit;
        struct kafka_offset_record_group { /* GROUP, values 0 to 4 */
            char *protocol_type;           /* "consumer", "connect" */
            char *protocol, *leader;       /* NULL: none */
            int32_t generation;
            int64_t state_ms;             /* since when it is in its state; -1: not told */
            struct kafka_member *members; /* none: the group is empty */
            size_t nmembers;
        } classic;
        struct { /* EPOCH, TARGET, CURRENT: of the group, of its target, of the member */
            int32_t epoch;
            int8_t state; /* CURRENT: 0 stable, else it still has partitions to give up or to get */
        } consumer;
        struct { /* MEMBER */
            char *instance, *client, *host;
        } who;
    };
};

/* Decodes one record; value NULL or of 0 bytes is a tombstone. 0 with *ret written, also for what is not known (kind
 * UNKNOWN, or !value_known); ERR_INVALID where bytes are missing or lengths do not fit, ERR_LIMIT for an assignment of
 * more than 1,000,000 partitions. Assignments that are malformed or not of the consumer protocol leave their member's
 * `known` false. */
int kafka_offset_record_parse(const void *key, size_t key_len, const void *value, size_t value_len,
                              struct kafka_arena *arena, struct kafka_offset_record *ret);

/* The partition of __consumer_offsets that has a group's records, of npartitions (more than 0): the absolute value of the
 * hash of its UTF-16 units, as Java computes it, modulo the partitions. Bytes that are no UTF-8 count as U+FFFD each. */
int32_t kafka_offset_record_partition(const char *group, int32_t npartitions);

#endif
