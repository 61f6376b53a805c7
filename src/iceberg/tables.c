/* The tables of this room: what each column means, once, for screens, formats, filters and the man page. */
#include "iceberg/tables.h"

#include "table/declare.h"

static const struct column iceberg_tables_columns[] = {
    [ICEBERG_TABLES_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The catalog's name in the configuration, or as the connector that told of it names it."},
    [ICEBERG_TABLES_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEY, 0, "NAMESPACE.NAME."},
    [ICEBERG_TABLES_LAST_COMMIT] = {"last_commit", "last commit", COLUMN_TIME, UNIT_NONE, KEPT, 1, "When its current snapshot was made, by the writer's clock."},
    [ICEBERG_TABLES_OPERATION] = {"operation", "operation", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The operation of the current snapshot: append, overwrite, replace, delete."},
    [ICEBERG_TABLES_WRITER] = {"writer", "writer", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "Who made it, as far as its summary says: kafka-connect, the engine's own name, flink, spark, trino, redpanda, automq, amoro."},
    [ICEBERG_TABLES_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 2, "Rows, as the current snapshot's summary totals them."},
    [ICEBERG_TABLES_FILES] = {"files", "files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Data files, likewise."},
    [ICEBERG_TABLES_DELETE_FILES] = {"delete_files", "delete files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 5, "Delete files, likewise."},
    [ICEBERG_TABLES_BYTES] = {"bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 2, "Bytes of all files, likewise."},
    [ICEBERG_TABLES_FILE_BYTES] = {"file_bytes", "file size", COLUMN_INT, UNIT_BYTES, KEPT, 3, "The mean size of a file: bytes over data and delete files."},
    [ICEBERG_TABLES_ADDED_FILES] = {"added_files", "files/commit", COLUMN_REAL, UNIT_COUNT, KEPT, 3, "Data files added by a snapshot, the mean of the last ones (at most 20, compactions apart) that added any."},
    [ICEBERG_TABLES_ADDED_FILE_BYTES] = {"added_file_bytes", "new size", COLUMN_INT, UNIT_BYTES, KEPT, 3, "The mean size of the files that these added, delete files among them."},
    [ICEBERG_TABLES_GAP_S] = {"gap_s", "gap", COLUMN_REAL, UNIT_SECONDS, KEPT, 3, "From the parent of the current snapshot to it."},
    [ICEBERG_TABLES_CADENCE_S] = {"cadence_s", "every", COLUMN_REAL, UNIT_SECONDS, KEPT, 3, "The median of the last gaps from parent to snapshot, at most 20, going back from the current one."},
    [ICEBERG_TABLES_SNAPSHOTS] = {"snapshots", "snapshots", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 3, "Snapshots that its metadata holds; each commit writes all of them again."},
    [ICEBERG_TABLES_SNAPSHOT_ID] = {"snapshot_id", "snapshot", COLUMN_INT, UNIT_ID, KEPT, 6, "The current snapshot."},
    [ICEBERG_TABLES_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The commit id of the sink in it."},
    [ICEBERG_TABLES_VALID_THROUGH] = {"valid_through", "valid through", COLUMN_TIME, UNIT_NONE, KEPT, 4, "The sink's valid-through in the newest snapshot that has one, of the current one's last 1,000 ancestors."},
    [ICEBERG_TABLES_FORMAT_VERSION] = {"format_version", "format", COLUMN_INT, UNIT_ID, KEPT, 6, "The format version."},
    [ICEBERG_TABLES_PARTITIONS] = {"partitions", "partitioned by", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The default partition spec, field by field as TRANSFORM(COLUMN), or COLUMN where its values are taken as they are; \"unpartitioned\"."},
    [ICEBERG_TABLES_SORT_ORDER] = {"sort_order", "sorted by", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "The default sort order, likewise, each with asc or desc; \"unsorted\"."},
    [ICEBERG_TABLES_DISTRIBUTION] = {"distribution", "distribution", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "write.distribution-mode; unknown where it is not set."},
    [ICEBERG_TABLES_TARGET_BYTES] = {"target_bytes", "target size", COLUMN_INT, UNIT_BYTES, KEPT, 5, "write.target-file-size-bytes; 512 MiB, the default of the format, where it is not set."},
    [ICEBERG_TABLES_REFS] = {"refs", "refs", COLUMN_INT, UNIT_COUNT, KEPT, 6, "Branches and tags, main among them once there is a snapshot."},
    [ICEBERG_TABLES_METADATA_BYTES] = {"metadata_bytes", "metadata", COLUMN_INT, UNIT_BYTES, KEPT | WORSE, 5, "The size of its metadata, inflated; \"~\" where a REST catalog sent it, which may write it otherwise."},
    [ICEBERG_TABLES_METADATA_FILES] = {"metadata_files", "metadata log", COLUMN_INT, UNIT_COUNT, KEPT, 7, "Earlier metadata files that it remembers."},
    [ICEBERG_TABLES_UPDATED] = {"updated", "updated", COLUMN_TIME, UNIT_NONE, KEPT, 5, "When its metadata was last written, by the writer's clock."},
    [ICEBERG_TABLES_MARKS] = {"marks", "marks", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "What the configuration's sets of tables (consistency) compare of it, NAME=VALUE with ; between them: summary:KEY of the newest snapshot that has the key, of the current one's last 1,000 ancestors, and property:KEY. Before ; = and \\ in them stands a \\; values longer than 1,000 bytes are left out."},
    [ICEBERG_TABLES_UUID] = {"uuid", "uuid", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "Its UUID; another one under the same name is another table."},
    [ICEBERG_TABLES_LOCATION] = {"location", "location", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "Where it lies, as its metadata says."},
    [ICEBERG_TABLES_METADATA] = {"metadata", "metadata file", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "Its current metadata file, as its catalog names it."},
    [ICEBERG_TABLES_HOW] = {"how", "found by", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "How the current metadata was found: its catalog names it (catalog), version-hint.text names it or one before it (hint), it is the highest version that is there (listed), it was named outright (given)."},
    [ICEBERG_TABLES_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "What could not be read or contradicts itself, in words."},
    [ICEBERG_TABLES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "How its last reading ended. read: all is as its catalog has it; late: it points elsewhere than what is shown, and that is still to be read; unread: it could not be read, and what is shown is older; missing: its catalog has no such table, what is shown is of the one that was there."},
};

const struct table_def iceberg_table_tables = {
    .name = "iceberg_tables",
    .title = "tables",
    .help = "Iceberg tables, from their catalog and their current metadata.",
    .group = {.name = "iceberg", COLUMNS(iceberg_tables_columns)},
};

static const struct column snapshots_columns[] = {
    [SNAPSHOTS_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The catalog's name in the configuration, or as the connector that told of it names it."},
    [SNAPSHOTS_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEY, 0, "NAMESPACE.NAME."},
    [SNAPSHOTS_SNAPSHOT_ID] = {"snapshot_id", "snapshot", COLUMN_INT, UNIT_ID, KEY, 0, "The snapshot's id."},
    [SNAPSHOTS_MADE] = {"made", "made", COLUMN_TIME, UNIT_NONE, KEPT, 1, "When the writer made it, by its clock: when it became visible is not told, and later."},
    [SNAPSHOTS_OPERATION] = {"operation", "operation", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "append, overwrite, replace, delete."},
    [SNAPSHOTS_WRITER] = {"writer", "writer", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "Who made it, as far as its summary says: kafka-connect, the engine's own name, flink, spark, trino, redpanda, automq, amoro."},
    [SNAPSHOTS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The connector whose sink made it, by its task, else by its group where that is named after it."},
    [SNAPSHOTS_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The commit id of the sink."},
    [SNAPSHOTS_ADDED_ROWS] = {"added_rows", "+rows", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 1, "Rows added."},
    [SNAPSHOTS_ADDED_FILES] = {"added_files", "+files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 1, "Data files added."},
    [SNAPSHOTS_ADDED_BYTES] = {"added_bytes", "+bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 2, "Bytes of files added."},
    [SNAPSHOTS_FILE_BYTES] = {"file_bytes", "file size", COLUMN_INT, UNIT_BYTES, KEPT, 2, "The mean size of the files added, delete files among them."},
    [SNAPSHOTS_ADDED_DELETE_FILES] = {"added_delete_files", "+deletes", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 6, "Delete files added."},
    [SNAPSHOTS_REMOVED_FILES] = {"removed_files", "-files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 5, "Data files removed."},
    [SNAPSHOTS_REMOVED_ROWS] = {"removed_rows", "-rows", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 6, "Rows removed."},
    [SNAPSHOTS_CHANGED_PARTITIONS] = {"changed_partitions", "parts", COLUMN_INT, UNIT_COUNT, KEPT, 3, "Partitions that it touched."},
    [SNAPSHOTS_GAP_S] = {"gap_s", "gap", COLUMN_REAL, UNIT_SECONDS, KEPT, 2, "From its parent to it."},
    [SNAPSHOTS_TOTAL_ROWS] = {"total_rows", "rows", COLUMN_INT, UNIT_MESSAGES, KEPT, 3, "Rows in the table then."},
    [SNAPSHOTS_TOTAL_FILES] = {"total_files", "files", COLUMN_INT, UNIT_COUNT, KEPT, 4, "Data files in the table then."},
    [SNAPSHOTS_TOTAL_BYTES] = {"total_bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT, 4, "Bytes of all files in the table then."},
    [SNAPSHOTS_VALID_THROUGH] = {"valid_through", "valid through", COLUMN_TIME, UNIT_NONE, KEPT, 5, "The sink's valid-through."},
    [SNAPSHOTS_TASK] = {"task", "task", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The task whose coordinator committed it, CONNECTOR-TASK, since Iceberg 1.11."},
    [SNAPSHOTS_CURRENT] = {"current", "current", COLUMN_BOOL, UNIT_NONE, KEPT, 6, "Whether it is the current one."},
    [SNAPSHOTS_ON_BRANCH] = {"on_branch", "on branch", COLUMN_BOOL, UNIT_NONE, KEPT, 7, "Whether the current snapshot descends from it: false for what is staged, on another branch, or rolled back."},
    [SNAPSHOTS_REFS] = {"refs", "refs", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "Branches and tags that point to it."},
    [SNAPSHOTS_PARENT_ID] = {"parent_id", "parent", COLUMN_INT, UNIT_ID, KEPT | HIDDEN, 8, "The snapshot before it."},
    [SNAPSHOTS_SEQUENCE] = {"sequence", "sequence", COLUMN_INT, UNIT_ID, KEPT | HIDDEN, 8, "Its sequence number."},
    [SNAPSHOTS_CONTROL_OFFSETS] = {"control_offsets", "control offsets", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "How far the control topic had been read: TOPIC.GROUP {\"PARTITION\":OFFSET}, one for each sink that wrote here, with \"; \" between them."},
};

const struct table_def iceberg_table_snapshots = {
    .name = "snapshots",
    .title = "snapshots",
    .help = "Snapshots of Iceberg tables: of each table the current one and the newest, at most 1,000; fewer where a catalog has more than 100 tables, so that they are at most 100,000 together, but 20 of each.",
    .group = {.name = "iceberg", COLUMNS(snapshots_columns)},
};

const struct table_def *const iceberg_tables[] = {&iceberg_table_tables, &iceberg_table_snapshots, NULL};
