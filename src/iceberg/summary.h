/* What a snapshot's summary says: the counters of the table format, and what the Kafka Connect sink leaves there.
 *
 * Keys of the sink, Apache since 1.6: kafka.connect.commit-id (a UUID), kafka.connect.task-id (CONNECTOR-TASK,
 * since 1.11), kafka.connect.valid-through-ts (ISO 8601; only where every partition answered with a record), and
 * kafka.connect.offsets.TOPIC.GROUP: how far the control topic was read, by its partition. Tabular before: the
 * same, and kafka.connect.commitId in very old ones, kafka.connect.vtts in milliseconds. */
#ifndef ICEBERG_SUMMARY_H
#define ICEBERG_SUMMARY_H

#include "iceberg/metadata.h"

enum { ICEBERG_SUMMARY_PARTITIONS = 10000 /* of a control topic; beyond, its offsets are malformed */ };

enum iceberg_summary_counter {
    ICEBERG_SUMMARY_ADDED_DATA_FILES,
    ICEBERG_SUMMARY_DELETED_DATA_FILES,
    ICEBERG_SUMMARY_TOTAL_DATA_FILES,
    ICEBERG_SUMMARY_ADDED_DELETE_FILES,
    ICEBERG_SUMMARY_REMOVED_DELETE_FILES,
    ICEBERG_SUMMARY_TOTAL_DELETE_FILES,
    ICEBERG_SUMMARY_ADDED_EQUALITY_DELETE_FILES,
    ICEBERG_SUMMARY_REMOVED_EQUALITY_DELETE_FILES,
    ICEBERG_SUMMARY_ADDED_POSITION_DELETE_FILES,
    ICEBERG_SUMMARY_REMOVED_POSITION_DELETE_FILES,
    ICEBERG_SUMMARY_ADDED_DVS,
    ICEBERG_SUMMARY_REMOVED_DVS,
    ICEBERG_SUMMARY_ADDED_RECORDS,
    ICEBERG_SUMMARY_DELETED_RECORDS,
    ICEBERG_SUMMARY_TOTAL_RECORDS,
    ICEBERG_SUMMARY_ADDED_BYTES,
    ICEBERG_SUMMARY_REMOVED_BYTES,
    ICEBERG_SUMMARY_TOTAL_BYTES,
    ICEBERG_SUMMARY_ADDED_POSITION_DELETES,
    ICEBERG_SUMMARY_REMOVED_POSITION_DELETES,
    ICEBERG_SUMMARY_TOTAL_POSITION_DELETES,
    ICEBERG_SUMMARY_ADDED_EQUALITY_DELETES,
    ICEBERG_SUMMARY_REMOVED_EQUALITY_DELETES,
    ICEBERG_SUMMARY_TOTAL_EQUALITY_DELETES,
    ICEBERG_SUMMARY_CHANGED_PARTITIONS,
    ICEBERG_SUMMARY_MANIFESTS_CREATED,
    ICEBERG_SUMMARY_MANIFESTS_KEPT,
    ICEBERG_SUMMARY_MANIFESTS_REPLACED,
    ICEBERG_SUMMARY_ENTRIES_PROCESSED,
    ICEBERG_SUMMARY_COUNTERS,
};

/* The next offset of one partition of the control topic. */
struct iceberg_summary_offset {
    int32_t partition;
    int64_t offset;
};

struct iceberg_summary_offsets {
    const char
        *reader; /* TOPIC.GROUP as the key has it: both may hold dots, so only who knows them can tell them apart */
    struct iceberg_summary_offset *items;
    size_t n;
};

/* Texts belong to the metadata. */
struct iceberg_summary {
    /* ICEBERG_UNKNOWN where it cannot be known. Writers leave out what is zero: added, deleted and removed
     * counters that are not there are 0 if any counter is; sizes and deletes only where no file came or went, or a
     * size was written, for writers leave all of these out together if they do not trust them. A total is never
     * guessed. */
    int64_t counters[ICEBERG_SUMMARY_COUNTERS];
    const char *commit_id, *task_id;
    int64_t valid_through_ms;
    const char *engine, *engine_version, *iceberg_version, *wap_id;
    struct iceberg_summary_offsets *offsets; /* one for each connect group that wrote here */
    size_t n_offsets;
    size_t malformed; /* values that are not what their key wants, taken as not there */
};

/* Reads a summary; never fails. */
void iceberg_summary_init(struct iceberg_summary *s, const struct iceberg_pairs *pairs);
void iceberg_summary_done(struct iceberg_summary *s);

/* The offsets of a control topic's reader, NULL if it left none. */
const struct iceberg_summary_offsets *iceberg_summary_find(const struct iceberg_summary *s, const char *topic,
                                                           const char *group);

#endif
