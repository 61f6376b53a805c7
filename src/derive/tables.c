/* The derived tables: what each column means, once, for screens, formats, filters and the man page. */
#include "derive/tables.h"

#include "table/declare.h"

/* clang-format off: a column's declaration is one line. */
static const struct column queryable_partitions[] = {
    [QUERYABLE_PARTITIONS_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Kafka cluster's name in the configuration."},
    [QUERYABLE_PARTITIONS_GROUP_ID] = {"group_id", "group", COLUMN_TEXT, UNIT_NONE, KEY, 6, "The sink's consumer group, as its events name it."},
    [QUERYABLE_PARTITIONS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The source topic."},
    [QUERYABLE_PARTITIONS_PARTITION] = {"partition", "part", COLUMN_INT, UNIT_ID, KEY, 0, "Its partition."},
    [QUERYABLE_PARTITIONS_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The table, NAMESPACE.NAME."},
    [QUERYABLE_PARTITIONS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The connector whose sink it is."},
    [QUERYABLE_PARTITIONS_QUERYABLE_LAG] = {"queryable_lag", "not queryable", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE, 0, "Records of the partition that no snapshot of this table has: log-end offset less the offset up to which the sink's answers are all in snapshots. \"<=\" where the sink routes records to several tables by what is in them; \">=\" where announcements that would tell are not there any more."},
    [QUERYABLE_PARTITIONS_QUERYABLE_LAG_S] = {"queryable_lag_s", "since", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 0, "The age of the oldest of them, by when the partition's end was seen to pass it; \">=\" beyond what was seen."},
    [QUERYABLE_PARTITIONS_QUERYABLE_OFFSET] = {"queryable_offset", "queryable to", COLUMN_INT, UNIT_ID, KEPT, 3, "The first offset that is not queryable."},
    [QUERYABLE_PARTITIONS_COMMITTED] = {"committed", "committed", COLUMN_INT, UNIT_ID, KEPT, 3, "What the group has committed, which the sink does when files are written."},
    [QUERYABLE_PARTITIONS_END] = {"end", "end", COLUMN_INT, UNIT_ID, KEPT, 3, "The log-end offset that the lag was worked out of: read after the table was."},
    [QUERYABLE_PARTITIONS_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT, 2, "The consumer group's lag, beside it."},
    [QUERYABLE_PARTITIONS_PENDING_ROWS] = {"pending_rows", "pending", COLUMN_INT, UNIT_MESSAGES, KEPT, 2, "Rows announced for this table, and in no snapshot of it, by the answers that hold this partition back; an answer is for all partitions of its task."},
    [QUERYABLE_PARTITIONS_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The catalog in which the table was read."},
};

const struct table_def derive_table_queryable_partitions = {
    .name = "queryable_partitions",
    .title = "queryable",
    .help = "Source partitions of Iceberg sinks, in each table that they write to: what of them is not in a snapshot yet.",
    .group = {.name = "queryable", COLUMNS(queryable_partitions)},
};

static const struct column pending_files[] = {
    [PENDING_FILES_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Kafka cluster's name in the configuration."},
    [PENDING_FILES_GROUP_ID] = {"group_id", "group", COLUMN_TEXT, UNIT_NONE, KEY, 6, "The sink's consumer group, as its events name it."},
    [PENDING_FILES_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The table for which they were written, NAMESPACE.NAME."},
    [PENDING_FILES_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The cycle in which they were announced; the snapshot that takes them may be of a later one."},
    [PENDING_FILES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEY, 0, "pending: no snapshot has them yet; lost: the coordinator has gone past them without; dead: they were written for a table of this name that was replaced since."},
    [PENDING_FILES_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The connector whose sink wrote them."},
    [PENDING_FILES_FILES] = {"files", "files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 0, "Data files."},
    [PENDING_FILES_DELETE_FILES] = {"delete_files", "delete files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 4, "Delete files."},
    [PENDING_FILES_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 0, "Rows in the data files."},
    [PENDING_FILES_BYTES] = {"bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 2, "Bytes of all of them."},
    [PENDING_FILES_ANNOUNCED] = {"announced", "announced", COLUMN_TIME, UNIT_NONE, KEPT, 0, "When the oldest of them was announced in the control topic."},
    [PENDING_FILES_LOST_AT] = {"lost_at", "lost from", COLUMN_TIME, UNIT_NONE, KEPT, 1, "When the control topic's retention may delete the announcement, after which a coordinator that begins anew does not know of the files; unknown where the retention is not known, or is for ever."},
    [PENDING_FILES_CONTROL_TOPIC] = {"control_topic", "control topic", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The control topic."},
    [PENDING_FILES_CONTROL_PARTITION] = {"control_partition", "control part", COLUMN_INT, UNIT_ID, KEPT, 7, "Its partition."},
    [PENDING_FILES_CONTROL_OFFSET] = {"control_offset", "control offset", COLUMN_INT, UNIT_ID, KEPT, 6, "The offset of the oldest announcement."},
    [PENDING_FILES_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The catalog in which the table was read."},
    [PENDING_FILES_TABLE_UUID] = {"table_uuid", "table uuid", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "The UUID of the table for which they were written; unknown before 1.11."},
};

const struct table_def derive_table_pending_files = {
    .name = "pending_files",
    .title = "pending files",
    .help = "Files that Iceberg sinks announced and that are in no snapshot: pending, lost or dead.",
    .group = {.name = "pending_files", COLUMNS(pending_files)},
};
/* clang-format on */

const struct table_def *const derive_tables[] = {&derive_table_queryable_partitions, &derive_table_pending_files, NULL};
