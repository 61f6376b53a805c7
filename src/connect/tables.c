/* The tables of this room: what each column means, once, for screens, formats, filters and the man page. */
#include "connect/tables.h"

#include "table/declare.h"

static const struct column connectors_columns[] = {
    [CONNECTORS_CONNECT] = {"connect", "connect", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Connect cluster's name in the configuration; that of its Kafka cluster where none is configured."},
    [CONNECTORS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The connector's name."},
    [CONNECTORS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED or RESTARTING, as Connect says of the connector itself: its tasks may have failed nevertheless."},
    [CONNECTORS_TASKS_RUNNING] = {"tasks_running", "running", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Tasks whose state is RUNNING."},
    [CONNECTORS_TASKS] = {"tasks", "tasks", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Tasks that it has."},
    [CONNECTORS_TASKS_FAILED] = {"tasks_failed", "failed", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 4, "Tasks whose state is FAILED: Connect does not start them again by itself."},
    [CONNECTORS_VERSION] = {"version", "version", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The version of the plugin, which for the Iceberg sink is that of Iceberg."},
    [CONNECTORS_WORKER] = {"worker", "worker", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The worker that runs the connector itself, HOST:PORT as it advertises itself."},
    [CONNECTORS_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "sink or source."},
    [CONNECTORS_CLASS] = {"class", "class", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "The class of its plugin."},
    [CONNECTORS_ICEBERG] = {"iceberg", "iceberg", COLUMN_BOOL, UNIT_NONE, KEPT | HIDDEN, 9, "Whether it is an Iceberg sink, of Apache or of Tabular."},
    [CONNECTORS_TOPICS] = {"topics", "topics", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The topics that it reads or has written, as Connect tracks them; else as it is configured."},
    [CONNECTORS_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "The Kafka cluster that it works on, by its name in the configuration."},
    [CONNECTORS_GROUP_ID] = {"group_id", "group", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The consumer group of its tasks, which the sink names in each control event."},
    [CONNECTORS_CONTROL_TOPIC] = {"control_topic", "control topic", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The topic of its control events."},
    [CONNECTORS_COMMIT_INTERVAL_MS] = {"commit_interval_ms", "interval", COLUMN_INT, UNIT_MS, KEPT, 5, "From the start of one commit cycle to the next: iceberg.control.commit.interval-ms."},
    [CONNECTORS_COMMIT_TIMEOUT_MS] = {"commit_timeout_ms", "timeout", COLUMN_INT, UNIT_MS, KEPT, 6, "When a cycle is committed without those that have not answered: iceberg.control.commit.timeout-ms."},
    [CONNECTORS_TABLES] = {"tables", "tables", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The tables that it is configured to write; \"routed\" where each record names its own. Where only its cycles tell of it: those of the last."},
    [CONNECTORS_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "Its catalog: the name of rows in iceberg_tables where it can be reached from here, else what is configured and why it cannot."},
    [CONNECTORS_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The last cause in the trace of the connector, or of its first task that failed; else a worker that does not answer and that has one of its tasks, as Connect says."},
    [CONNECTORS_TRACE] = {"trace", "trace", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "That trace, cut to a few kilobytes."},
    [CONNECTORS_CONFIG] = {"config", "config", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "Its settings that are known to hold no secret, NAME=VALUE by name; of all others only how many there are."},
};

const struct table_def connect_table_connectors = {
    .name = "connectors",
    .title = "connectors",
    .help = "Connectors of Kafka Connect, as its REST interface tells of them; of an Iceberg sink also what its commits say.",
    .group = {.name = "connect", COLUMNS(connectors_columns)},
};

static const struct column tasks_columns[] = {
    [TASKS_CONNECT] = {"connect", "connect", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Connect cluster's name in the configuration; that of its Kafka cluster where none is configured."},
    [TASKS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The connector's name."},
    [TASKS_TASK] = {"task", "task", COLUMN_INT, UNIT_ID, KEY, 0, "The number of the task."},
    [TASKS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "RUNNING, PAUSED, FAILED, UNASSIGNED or RESTARTING."},
    [TASKS_WORKER] = {"worker", "worker", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The worker that runs it, HOST:PORT as it advertises itself."},
    [TASKS_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The last cause in its trace; else that its worker does not answer, if that is one of the configured URLs: Connect calls the task RUNNING until it gives it to another."},
    [TASKS_TRACE] = {"trace", "trace", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "Its trace, cut to a few kilobytes."},
};

const struct table_def connect_table_tasks = {
    .name = "tasks",
    .title = "tasks",
    .help = "Tasks of connectors.",
    .group = {.name = "connect", COLUMNS(tasks_columns)},
};

static const struct column commits_columns[] = {
    [COMMITS_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Kafka cluster's name in the configuration; that of the Connect cluster where only its logs are read."},
    [COMMITS_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The commit id, a UUID that the coordinator draws for each cycle."},
    [COMMITS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "The connector, by its group id or by the log's context."},
    [COMMITS_GROUP_ID] = {"group_id", "group", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 7, "The group id in its events."},
    [COMMITS_STARTED] = {"started", "started", COLUMN_TIME, UNIT_NONE, KEPT, 1, "When the coordinator began it, by its clock."},
    [COMMITS_OUTCOME] = {"outcome", "outcome", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "running; full: all partitions answered; partial: it was committed at its timeout without some; empty: all answered and there were no rows; dropped: rows were announced and no table took them; failed: the commit did not succeed, and its files wait for the next; superseded: another coordinator began one and this has no end; committed (announcement lost): a snapshot has it; end unknown: it has none."},
    [COMMITS_ANSWERED] = {"answered", "answered", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "\"1 of 2\": partitions whose answer came in time, of those expected; \"1 of 2+\" where more may be expected."},
    [COMMITS_RECEIVED] = {"received", "received", COLUMN_INT, UNIT_COUNT, KEPT, 4, "Partitions whose answer came before the end; a partition that answered twice counts twice, as it does for the sink."},
    [COMMITS_EXPECTED] = {"expected", "expected", COLUMN_INT, UNIT_COUNT, KEPT, 4, "Partitions that have to answer: what the coordinator waits for where its log says so, else the partitions of the group's members, else those that have ever answered (at least)."},
    [COMMITS_MISSING] = {"missing", "missing", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The partitions that had not answered at its end, or have not yet, TOPIC-PARTITION each; the number of the rest where there are many. Of those that never answered, as the group was assigned when it ended."},
    [COMMITS_LATE] = {"late", "late", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "Partitions that answered after its end, and after how many seconds: what they wrote comes with the next."},
    [COMMITS_ELAPSED_MS] = {"elapsed_ms", "took", COLUMN_INT, UNIT_MS, KEPT, 3, "From its start to its end; of a running one unknown."},
    [COMMITS_LATENCY_MS] = {"latency_ms", "slowest", COLUMN_INT, UNIT_MS, KEPT | WORSE, 3, "From its start to the last answer that came in time."},
    [COMMITS_ENDED] = {"ended", "ended", COLUMN_TIME, UNIT_NONE, KEPT, 6, "When it ended: its first announcement of a table, or its completion; of one that failed, when the log says so."},
    [COMMITS_FILES] = {"files", "files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 3, "Data files announced for it."},
    [COMMITS_DELETE_FILES] = {"delete_files", "delete files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 6, "Delete files announced for it."},
    [COMMITS_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 3, "Rows in these data files."},
    [COMMITS_BYTES] = {"bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 4, "Bytes of these files."},
    [COMMITS_TABLES] = {"tables", "tables", COLUMN_INT, UNIT_COUNT, KEPT, 4, "Tables to which it was committed: those whose snapshot an event, a line or the table itself tells of."},
    [COMMITS_TABLE_NAMES] = {"table_names", "tables", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "Their names."},
    [COMMITS_SNAPSHOTS] = {"snapshots", "snapshots", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The ids of the snapshots that it became."},
    [COMMITS_VALID_THROUGH] = {"valid_through", "valid through", COLUMN_TIME, UNIT_NONE, KEPT, 5, "All that was written to the source before then is in the table, says the sink; it says nothing after a partial commit, or while a partition brings no records."},
    [COMMITS_COORDINATOR] = {"coordinator", "coordinator", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The task whose coordinator leads it, CONNECTOR-TASK; estimated from the assignment where no log and no snapshot names it."},
    [COMMITS_COORDINATOR_WORKER] = {"coordinator_worker", "on", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The worker that runs that task."},
    [COMMITS_INTERVAL_MS] = {"interval_ms", "interval", COLUMN_INT, UNIT_MS, HIDDEN, 9, "The commit interval in force, as configured or as observed."},
    [COMMITS_TIMEOUT_MS] = {"timeout_ms", "timeout", COLUMN_INT, UNIT_MS, HIDDEN, 9, "The commit timeout in force, as configured."},
    [COMMITS_CONTROL_TOPIC] = {"control_topic", "control topic", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "The topic of its events."},
    [COMMITS_START_OFFSET] = {"start_offset", "start offset", COLUMN_INT, UNIT_OFFSET, HIDDEN, 9, "The control offset of its START_COMMIT."},
    [COMMITS_END_OFFSET] = {"end_offset", "end offset", COLUMN_INT, UNIT_OFFSET, HIDDEN, 9, "The control offset at which it ended."},
    [COMMITS_SENDER] = {"sender", "sender", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "The record key of its START_COMMIT: one for each life of a coordinator."},
    [COMMITS_SOURCE] = {"source", "seen in", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "topic, log, or both; table where only a snapshot tells of it."},
    [COMMITS_DERIVED] = {"derived", "derived", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "From what its outcome was derived, in words."},
    [COMMITS_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "Why it failed, from the log."},
};

const struct table_def connect_table_commits = {
    .name = "commits",
    .title = "commit cycles",
    .help = "Commit cycles of Iceberg sinks, from the control topic, the logs of Connect workers and the tables themselves.",
    .group = {.name = "connect", COLUMNS(commits_columns)},
};

static const struct column commit_partitions_columns[] = {
    [COMMIT_PARTITIONS_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Kafka cluster's name in the configuration; that of the Connect cluster where only its logs are read."},
    [COMMIT_PARTITIONS_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The commit id."},
    [COMMIT_PARTITIONS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The source topic."},
    [COMMIT_PARTITIONS_PARTITION] = {"partition", "partition", COLUMN_INT, UNIT_ID, KEY, 0, "Its partition."},
    [COMMIT_PARTITIONS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 7, "The connector."},
    [COMMIT_PARTITIONS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "answered; late: after the end of the cycle; missing: not at all; waiting: not yet, and the cycle is running."},
    [COMMIT_PARTITIONS_TASK] = {"task", "task", COLUMN_INT, UNIT_ID, KEPT, 2, "The task that had or has the partition: by who answered for it, else estimated by the group's assignment."},
    [COMMIT_PARTITIONS_WORKER] = {"worker", "worker", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The worker that runs this task."},
    [COMMIT_PARTITIONS_STARTED] = {"started", "started", COLUMN_TIME, UNIT_NONE, KEPT | HIDDEN, 7, "When the cycle began."},
    [COMMIT_PARTITIONS_ANSWERED] = {"answered", "answered", COLUMN_TIME, UNIT_NONE, KEPT, 5, "When the answer was sent, by the task's clock."},
    [COMMIT_PARTITIONS_ANSWERED_AFTER_MS] = {"answered_after_ms", "after", COLUMN_INT, UNIT_MS, KEPT | WORSE, 1, "From the start of the cycle to the answer."},
    [COMMIT_PARTITIONS_OFFSET] = {"offset", "offset", COLUMN_INT, UNIT_OFFSET, KEPT, 3, "The next source offset to be read after what was written; unknown where the answer brought no record of the partition."},
    [COMMIT_PARTITIONS_TIMESTAMP] = {"timestamp", "timestamp", COLUMN_TIME, UNIT_NONE, KEPT, 4, "The time of the last record that was written."},
    [COMMIT_PARTITIONS_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_MESSAGES, KEPT, 2, "Rows in the data files of that answer: of all partitions of the task together."},
    [COMMIT_PARTITIONS_FILES] = {"files", "files", COLUMN_INT, UNIT_COUNT, KEPT, 3, "These data files."},
    [COMMIT_PARTITIONS_BYTES] = {"bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT, 4, "Bytes of these files."},
    [COMMIT_PARTITIONS_ANSWERS] = {"answers", "answers", COLUMN_INT, UNIT_COUNT, HIDDEN, 8, "How often it answered in this cycle."},
    [COMMIT_PARTITIONS_SENDER] = {"sender", "sender", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "The record key of the answer: one for each life of a task's worker."},
    [COMMIT_PARTITIONS_CONTROL_OFFSET] = {"control_offset", "control offset", COLUMN_INT, UNIT_OFFSET, HIDDEN, 9, "The offset of the answer in the control topic."},
};

const struct table_def connect_table_commit_partitions = {
    .name = "commit_partitions",
    .title = "answers",
    .help = "Who answered in a commit cycle: a row for each partition. Only events tell of it. The newest 50,000 rows or so of a cluster are kept.",
    .group = {.name = "connect", COLUMNS(commit_partitions_columns)},
};

static const struct column commit_tables_columns[] = {
    [COMMIT_TABLES_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Kafka cluster's name in the configuration; that of the Connect cluster where only its logs are read."},
    [COMMIT_TABLES_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The commit id."},
    [COMMIT_TABLES_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The table, NAMESPACE.NAME."},
    [COMMIT_TABLES_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 7, "The connector."},
    [COMMIT_TABLES_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 8, "The catalog's name as the sink has it."},
    [COMMIT_TABLES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "announced: files were written for it; committed: a snapshot of this cycle took them, or one of a later cycle, whose snapshot is not named here; waiting: the cycle ended and no snapshot took them yet."},
    [COMMIT_TABLES_FILES] = {"files", "files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Data files announced in this cycle."},
    [COMMIT_TABLES_DELETE_FILES] = {"delete_files", "delete files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 6, "Delete files, likewise."},
    [COMMIT_TABLES_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 2, "Rows in these data files."},
    [COMMIT_TABLES_BYTES] = {"bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 3, "Bytes of these files."},
    [COMMIT_TABLES_SNAPSHOT_ID] = {"snapshot_id", "snapshot", COLUMN_INT, UNIT_ID, KEPT, 4, "The snapshot that the commit became."},
    [COMMIT_TABLES_COMMITTED] = {"committed", "committed", COLUMN_TIME, UNIT_NONE, KEPT, 5, "When that was announced."},
    [COMMIT_TABLES_COMMITTED_AFTER_MS] = {"committed_after_ms", "after", COLUMN_INT, UNIT_MS, KEPT, 3, "From the start of the cycle to that."},
    [COMMIT_TABLES_VALID_THROUGH] = {"valid_through", "valid through", COLUMN_TIME, UNIT_NONE, KEPT, 5, "As the announcement has it."},
    [COMMIT_TABLES_TABLE_UUID] = {"table_uuid", "uuid", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 9, "The table's UUID as the event has it, since Iceberg 1.11."},
};

const struct table_def connect_table_commit_tables = {
    .name = "commit_tables",
    .title = "tables of commits",
    .help = "What a commit cycle wrote for each table, and the snapshot that it became.",
    .group = {.name = "connect", COLUMNS(commit_tables_columns)},
};

static const struct column log_events_columns[] = {
    [LOG_EVENTS_CONNECT] = {"connect", "connect", COLUMN_TEXT, UNIT_NONE, KEY, 8, "The Connect cluster's name in the configuration; that of its Kafka cluster where none is configured."},
    [LOG_EVENTS_ID] = {"id", "id", COLUMN_INT, UNIT_ID, KEY, 9, "A counter, higher is newer, of this collector's run."},
    [LOG_EVENTS_TIME] = {"time", "time", COLUMN_TIME, UNIT_NONE, KEPT, 0, "The line's own time; zone as the worker's log has it, else the one configured."},
    [LOG_EVENTS_LEVEL] = {"level", "level", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "INFO, WARN, ERROR, ..."},
    [LOG_EVENTS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The connector, of the line's context or words."},
    [LOG_EVENTS_TASK] = {"task", "task", COLUMN_INT, UNIT_ID, KEPT, 3, "The task, likewise."},
    [LOG_EVENTS_KIND] = {"kind", "kind", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "What it says, as a word: initiated, ready, not-ready, timeout, table, complete, failed, leader, ..."},
    [LOG_EVENTS_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The commit id that it names."},
    [LOG_EVENTS_TEXT] = {"text", "text", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The message."},
    [LOG_EVENTS_CAUSE] = {"cause", "cause", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The last cause of the stack trace that belongs to it."},
    [LOG_EVENTS_TRACE] = {"trace", "trace", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "That stack trace, cut to a few kilobytes."},
    [LOG_EVENTS_ORIGIN] = {"origin", "origin", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The file or command that it came from."},
    [LOG_EVENTS_LINE] = {"line", "line", COLUMN_INT, UNIT_ID, HIDDEN, 8, "The number of the line in it, since its beginning or since it was opened."},
};

const struct table_def connect_table_log_events = {
    .name = "log_events",
    .title = "log lines",
    .help = "Lines of Connect workers' logs that tell of commits, coordinators and errors.",
    .group = {.name = "connect", COLUMNS(log_events_columns)},
};

const struct table_def *const connect_tables[] = {&connect_table_connectors, &connect_table_tasks, &connect_table_commits, &connect_table_commit_partitions, &connect_table_commit_tables, &connect_table_log_events, NULL};
