/* Column groups that are derived; see columns.h. */
#include "derive/columns.h"

#include "table/declare.h"

#include <string.h>

/* clang-format off: a column's declaration is one line. */
static const struct column commits[] = {
    [DERIVE_COMMITS_LAST_COMMIT] = {"last_commit", "last commit", COLUMN_TIME, UNIT_NONE, KEPT, 1,
                                    "When the last of its cycles ended that was committed, wholly or in part; one in "
                                    "which nothing was to be committed counts too."},
    [DERIVE_COMMITS_LAST_OUTCOME] = {"last_outcome", "outcome", COLUMN_TEXT, UNIT_NONE, KEPT, 3,
                                     "How the last cycle ended, as in the table commits."},
    [DERIVE_COMMITS_OUTCOMES] =
        {"outcomes", "last cycles", COLUMN_TEXT, UNIT_NONE, 0, 2,
         "The last cycles, a letter each, the newest at the right, at most 40: F full, P partial, o empty, d dropped, "
         "x failed, s superseded, c committed though its announcement was lost, ? unknown, . running."},
    [DERIVE_COMMITS_CYCLE] =
        {"cycle", "cycle", COLUMN_TEXT, UNIT_NONE, KEPT, 1,
         "\"1 of 2\": partitions that have answered in the running cycle, of those expected; unknown while none runs."},
    [DERIVE_COMMITS_CYCLE_STARTED] = {"cycle_started", "cycle began", COLUMN_TIME, UNIT_NONE, KEPT, 4,
                                      "When the running cycle began; unknown while none runs."},
    [DERIVE_COMMITS_ROWS] = {"commit_rows", "rows/commit", COLUMN_REAL, UNIT_MESSAGES, KEPT, 3,
                             "Rows announced in a cycle: the mean of the last 20 committed cycles that had any."},
    [DERIVE_COMMITS_FILES] = {"commit_files", "files/commit", COLUMN_REAL, UNIT_COUNT, KEPT, 3,
                              "Data files announced in a cycle: the mean of the same cycles."},
    [DERIVE_COMMITS_VALID_THROUGH] = {"valid_through", "valid through", COLUMN_TIME, UNIT_NONE, KEPT, 5,
                                      "The last valid-through that one of its cycles was committed with: all that was "
                                      "written to the source before then is in the tables, says the sink."},
    [DERIVE_COMMITS_COORDINATOR] = {"coordinator", "coordinator", COLUMN_TEXT, UNIT_NONE, KEPT, 6,
                                    "The task whose coordinator led the last cycle, CONNECTOR-TASK; estimated from the "
                                    "assignment where no log and no snapshot names it."},
    [DERIVE_COMMITS_COORDINATOR_WORKER] = {"coordinator_worker", "on", COLUMN_TEXT, UNIT_NONE, KEPT, 6,
                                           "The worker that runs this task."},
    [DERIVE_COMMITS_FLUSH_MS] =
        {"flush_ms", "flush", COLUMN_INT, UNIT_MS, KEPT, 6,
         "offset.flush.interval.ms of the worker, as its log prints it at its start: so seldom "
         "does a task wake to which no records come, and it answers at the second time; unknown "
         "where no such line was read."},
};

/* The same columns of three tables; of: what the queryable lag of each is. */
#define QUERYABLE(of) \
    [DERIVE_QUERYABLE_LAG] = {"queryable_lag", "not queryable", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 1, "Records of the source that are in no committed snapshot yet: log-end offset less what is queryable, " of ". What the sink has written and not committed counts, which consumer lag does not show."}, \
    [DERIVE_QUERYABLE_LAG_S] = {"queryable_lag_s", "not since", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 1, "The age of the oldest of these records, by when its partition's end was seen to pass it; \">=\" beyond what was seen."}, \
    [DERIVE_QUERYABLE_RATE] = {"queryable_rate", "queryable/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT, 3, "Records that became queryable a second: the mean over the last commits, of five minutes at least where they are known."}, \
    [DERIVE_QUERYABLE_PENDING_ROWS] = {"pending_rows", "pending", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 3, "Rows in files that were announced and are in no snapshot yet."}, \
    [DERIVE_QUERYABLE_PENDING_FILES] = {"pending_files", "pending files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 5, "These files, delete files among them."}, \
    [DERIVE_QUERYABLE_PENDING_BYTES] = {"pending_bytes", "pending bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 5, "Their bytes."}, \
    [DERIVE_QUERYABLE_LOST_ROWS] = {"lost_rows", "lost rows", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 4, "Rows that were announced and that no snapshot will have: the coordinator has gone past them, or their table was replaced; as far as the control topic still tells."}, \
    [DERIVE_QUERYABLE_WHY] = {"queryable_why", "where they part", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "Where consumer lag and queryable lag tell different things: what each says, and what is missing to know better."}

static const struct column queryable_group[] = {
    QUERYABLE("the sum over the partitions, each by the table that is furthest behind"),
};

static const struct column queryable_connector[] = {
    QUERYABLE("the sum over the source's partitions, each by the table that is furthest behind"),
    [DERIVE_QUERYABLE_CONSUMER_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 1, "The lag of the sink's consumer group, beside it: it counts what was written to files as done."},
};

static const struct column queryable_table[] = {
    QUERYABLE("the sum over the partitions of all sinks that write to this table; \"<=\" where records are routed to tables by what is in them"),
};

static const struct column queryable_partition[] = {
    [DERIVE_QUERYABLE_PARTITION_LAG] = {"queryable_lag", "not queryable", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 2, "Records of the partition that are in no committed snapshot yet, by the table that is furthest behind; unknown for groups that are no Iceberg sink's."},
    [DERIVE_QUERYABLE_PARTITION_LAG_S] = {"queryable_lag_s", "not since", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 2, "The age of the oldest of them, by when the partition's end was seen to pass it; \">=\" beyond what was seen."},
    [DERIVE_QUERYABLE_PARTITION_RATE] = {"queryable_rate", "queryable/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT, 4, "Records that became queryable a second: the mean over the last commits, of five minutes at least where they are known."},
    [DERIVE_QUERYABLE_PARTITION_OFFSET] = {"queryable_offset", "queryable to", COLUMN_INT, UNIT_ID, KEPT, 5, "The first offset that is not queryable."},
    [DERIVE_QUERYABLE_PARTITION_TABLE] = {"queryable_table", "held by", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The table that is furthest behind."},
    [DERIVE_QUERYABLE_PARTITION_WHY] = {"queryable_why", "where they part", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "Where consumer lag and queryable lag tell different things: what each says, and what is missing to know better."},
};

static const struct column sink[] = {
    [DERIVE_SINK_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 7,
                               "The Iceberg sink that the group belongs to; of a group of role control it is "
                               "estimated, and known only where there is but one."},
    [DERIVE_SINK_ROLE] = {"role", "role", COLUMN_TEXT, UNIT_NONE, KEPT, 7,
                          "What an Iceberg sink has the group for. data: its tasks read the source; coordinator: its "
                          "coordinator reads the control topic, whose lag is never 0 between commits; control: one "
                          "task reads the control topic and never commits, so that its lag is unknown."},
};

#define OFFSET_COMMITS " Unknown of the Iceberg sink, which commits its offsets elsewhere: what Connect tells for it means nothing."

static const struct column task_metrics[DERIVE_TASK_METRICS] = {
    [DERIVE_TASK_METRICS_PUT_AVG_MS] = {"put_avg_ms", "put", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 3, "The mean time that the sink took for a batch (put-batch-avg-time-ms), as a scraped exporter of its worker tells it; for this and all that follow see targets."},
    [DERIVE_TASK_METRICS_PUT_MAX_MS] = {"put_max_ms", "put max", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 5, "The longest (put-batch-max-time-ms)."},
    [DERIVE_TASK_METRICS_READ_RATE] = {"read_rate", "read/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Records a second that the task reads, before transforms: the growth of sink-record-read-total between two scrapes, else sink-record-read-rate."},
    [DERIVE_TASK_METRICS_SEND_RATE] = {"send_rate", "sent/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 4, "Records a second that are handed to the sink, after transforms (sink-record-send-total, else -rate)."},
    [DERIVE_TASK_METRICS_LAG_MAX] = {"record_lag_max", "lag max", COLUMN_REAL, UNIT_MESSAGES, KEPT | WORSE, 5, "By how many records the task's partition that is furthest behind is (sink-record-lag-max)."},
    [DERIVE_TASK_METRICS_RECORD_FAILURES] = {"record_failures", "bad records", COLUMN_REAL, UNIT_COUNT, KEPT | SUM | WORSE, 4, "Records that failed since the task started (total-record-failures)."},
    [DERIVE_TASK_METRICS_SKIPPED] = {"records_skipped", "skipped", COLUMN_REAL, UNIT_COUNT, KEPT | SUM | WORSE, 5, "Records that were skipped since then, as errors are tolerated (total-records-skipped)."},
    [DERIVE_TASK_METRICS_DEAD_LETTERS] = {"dead_letters", "dead letters", COLUMN_REAL, UNIT_COUNT, KEPT | SUM | WORSE, 5, "Records that were to go to the dead letter queue (deadletterqueue-produce-requests)."},
    [DERIVE_TASK_METRICS_OFFSET_COMMIT_AVG_MS] = {"offset_commit_avg_ms", "commit", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 5, "The mean time that committing offsets takes (offset-commit-avg-time-ms)." OFFSET_COMMITS},
    [DERIVE_TASK_METRICS_OFFSET_COMMIT_MAX_MS] = {"offset_commit_max_ms", "commit max", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 6, "The longest (offset-commit-max-time-ms)." OFFSET_COMMITS},
    [DERIVE_TASK_METRICS_OFFSET_COMMIT_FAILURES] = {"offset_commit_failures", "commits failed", COLUMN_REAL, UNIT_RATIO, KEPT | WORSE, 5, "The part of these commits that fails (offset-commit-failure-percentage, which is a part of 1)." OFFSET_COMMITS},
    [DERIVE_TASK_METRICS_RUNNING] = {"running_ratio", "running", COLUMN_REAL, UNIT_RATIO, KEPT, 6, "The part of the time that the task was RUNNING (running-ratio)."},
};

static const struct column broker_metrics[DERIVE_BROKER_METRICS] = {
    [DERIVE_BROKER_METRICS_UNDER_REPLICATED] = {"jmx_under_replicated", "urp", COLUMN_REAL, UNIT_COUNT, KEPT | SUM | WORSE, 4, "Partitions it leads whose replicas are not all in sync, as it says itself (UnderReplicatedPartitions); this and all that follow from a scraped exporter, see targets."},
    [DERIVE_BROKER_METRICS_UNDER_MIN_ISR] = {"under_min_isr", "< min isr", COLUMN_REAL, UNIT_COUNT, KEPT | SUM | WORSE, 4, "Partitions it leads with fewer replicas in sync than min.insync.replicas: producers that want all are refused (UnderMinIsrPartitionCount)."},
    [DERIVE_BROKER_METRICS_OFFLINE] = {"offline_partitions", "offline", COLUMN_REAL, UNIT_COUNT, KEPT | WORSE, 4, "Of the controller: partitions without a leader (OfflinePartitionsCount)."},
    [DERIVE_BROKER_METRICS_PRODUCE_P99_MS] = {"produce_p99_ms", "produce p99", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 3, "The 0.99 quantile of the time that produce requests take (RequestMetrics TotalTimeMs, request Produce), of the broker's own decaying sample."},
    [DERIVE_BROKER_METRICS_FETCH_P99_MS] = {"fetch_p99_ms", "fetch p99", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 4, "The same of consumers' fetches (FetchConsumer, else Fetch); waiting for records, up to fetch.max.wait.ms, is part of it."},
    [DERIVE_BROKER_METRICS_REQUEST_QUEUE] = {"request_queue", "queue", COLUMN_REAL, UNIT_COUNT, KEPT | WORSE, 4, "Requests that wait for a handler (RequestQueueSize)."},
    [DERIVE_BROKER_METRICS_HANDLER_IDLE] = {"handler_idle", "idle", COLUMN_REAL, UNIT_RATIO, KEPT, 3, "The part of the time that request handlers are idle (RequestHandlerAvgIdlePercent, which is a part of 1); below 0.3 the broker is short of them."},
    [DERIVE_BROKER_METRICS_MESSAGES_IN] = {"messages_in", "messages/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 5, "Messages a second that come in, over all topics (MessagesInPerSec): the growth between two scrapes."},
    [DERIVE_BROKER_METRICS_BYTES_IN] = {"bytes_in", "bytes in/s", COLUMN_REAL, UNIT_BYTES, KEPT | SUM, 5, "Bytes a second that come in, without those of replication (BytesInPerSec)."},
    [DERIVE_BROKER_METRICS_BYTES_OUT] = {"bytes_out", "bytes out/s", COLUMN_REAL, UNIT_BYTES, KEPT | SUM, 5, "Bytes a second that go out to consumers (BytesOutPerSec)."},
};

/* The same columns of two tables; of: whose window it is. */
#define BROUGHT(of) \
    [DERIVE_BROUGHT_BY] = {"brought_by", "brought by", COLUMN_TEXT, UNIT_NONE, 0, 4, "Where an Iceberg sink reads the dataset's topic: the first snapshot that has events of " of ", by the offsets that its commits have read; how many commits have some of them; or that they are not in the table yet. Unknown where no sink reads the topic, or its commits are not known any more."}, \
    [DERIVE_BROUGHT_AT] = {"brought_at", "brought", COLUMN_TIME, UNIT_NONE, 0, 6, "When that snapshot was announced."}, \
    [DERIVE_BROUGHT_TABLE] = {"brought_table", "in table", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "The table, NAMESPACE.NAME; of several that the commit went to the first by its name."}, \
    [DERIVE_BROUGHT_COMMIT] = {"brought_commit", "commit", COLUMN_TEXT, UNIT_NONE, HIDDEN, 8, "The commit id, as in commits."}, \
    [DERIVE_BROUGHT_SNAPSHOT] = {"brought_snapshot", "snapshot", COLUMN_INT, UNIT_ID, HIDDEN, 8, "The snapshot's id, as in snapshots; unknown where the files went with the snapshot of a later commit."}, \
    [DERIVE_BROUGHT_COMMITS] = {"brought_commits", "commits", COLUMN_INT, UNIT_COUNT, HIDDEN, 8, "Commits that have some of these events in the table."}

static const struct column brought_feature[] = {
    BROUGHT("the first window of this state"),
};

static const struct column brought_dataset[] = {
    BROUGHT("the first window of its feature that changed first"),
};
/* clang-format on */

const struct derive_columns derive_columns[] = {
    {"connectors", {.name = "commits", COLUMNS(commits)}},
    {"groups", {.name = "sink", COLUMNS(sink)}},
    {"connectors", {.name = "queryable", COLUMNS(queryable_connector)}},
    {"groups", {.name = "queryable", COLUMNS(queryable_group)}},
    {"group_partitions", {.name = "queryable", COLUMNS(queryable_partition)}},
    {"iceberg_tables", {.name = "queryable", COLUMNS(queryable_table)}},
    {"tasks", {.name = "metrics", COLUMNS(task_metrics)}},
    {"brokers", {.name = "metrics", COLUMNS(broker_metrics)}},
    {"features", {.name = "brought", COLUMNS(brought_feature)}},
    {"datasets", {.name = "brought", COLUMNS(brought_dataset)}},
    {.table = NULL},
};

size_t derive_columns_first(const struct table *t, const char *group)
{
    for (size_t i = 0; i < table_ngroups(t); i++)
        if (strcmp(table_group_name(t, i), group) == 0)
            return table_group_first(t, i);
    return SIZE_MAX;
}

void derive_columns_add(struct store *s)
{
    for (const struct derive_columns *d = derive_columns; d->table; d++) {
        struct table *t = store_find(s, d->table);
        struct error err;
        if (t && derive_columns_first(t, d->group.name) == SIZE_MAX)
            table_add_group(t, &d->group, NULL, &err);
    }
}
