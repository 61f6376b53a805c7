/* The declarations of the tables that are derived: queryable lag by partition and table, and files that no snapshot has; the
 * enums give the columns' positions. */
#ifndef DERIVE_TABLES_H
#define DERIVE_TABLES_H

#include "table/table.h"

/* A source partition of a sink in one of its tables. */
enum derive_queryable_partitions_column {
    QUERYABLE_PARTITIONS_CLUSTER, /* key, as the next four */
    QUERYABLE_PARTITIONS_GROUP_ID,
    QUERYABLE_PARTITIONS_TOPIC,
    QUERYABLE_PARTITIONS_PARTITION,
    QUERYABLE_PARTITIONS_TABLE,
    QUERYABLE_PARTITIONS_CONNECTOR,
    QUERYABLE_PARTITIONS_QUERYABLE_LAG,
    QUERYABLE_PARTITIONS_QUERYABLE_LAG_S,
    QUERYABLE_PARTITIONS_QUERYABLE_OFFSET,
    QUERYABLE_PARTITIONS_COMMITTED,
    QUERYABLE_PARTITIONS_END,
    QUERYABLE_PARTITIONS_LAG,
    QUERYABLE_PARTITIONS_PENDING_ROWS,
    QUERYABLE_PARTITIONS_CATALOG,
};

/* Files announced in one cycle for one table that are in no snapshot. */
enum derive_pending_files_column {
    PENDING_FILES_CLUSTER, /* key, as the next four */
    PENDING_FILES_GROUP_ID,
    PENDING_FILES_TABLE,
    PENDING_FILES_COMMIT_ID,
    PENDING_FILES_STATE, /* "pending" "lost" "dead" */
    PENDING_FILES_CONNECTOR,
    PENDING_FILES_FILES,
    PENDING_FILES_DELETE_FILES,
    PENDING_FILES_ROWS,
    PENDING_FILES_BYTES,
    PENDING_FILES_ANNOUNCED,
    PENDING_FILES_LOST_AT, /* when the control topic's retention may take the announcement */
    PENDING_FILES_CONTROL_TOPIC,
    PENDING_FILES_CONTROL_PARTITION,
    PENDING_FILES_CONTROL_OFFSET,
    PENDING_FILES_CATALOG,
    PENDING_FILES_TABLE_UUID,
};

extern const struct table_def derive_table_queryable_partitions;
extern const struct table_def derive_table_pending_files;

/* All of them, NULL-terminated, in the order they are added. */
extern const struct table_def *const derive_tables[];

#endif
