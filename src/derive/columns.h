/* Column groups that are derived: added to tables of other rooms, and written here. */
#ifndef DERIVE_COLUMNS_H
#define DERIVE_COLUMNS_H

#include "table/table.h"

/* Of `connectors`, group "commits": what its commit cycles say. */
enum derive_columns_commits {
    DERIVE_COMMITS_LAST_COMMIT,
    DERIVE_COMMITS_LAST_OUTCOME,
    DERIVE_COMMITS_OUTCOMES,
    DERIVE_COMMITS_CYCLE,
    DERIVE_COMMITS_CYCLE_STARTED,
    DERIVE_COMMITS_ROWS,
    DERIVE_COMMITS_FILES,
    DERIVE_COMMITS_VALID_THROUGH,
    DERIVE_COMMITS_COORDINATOR,
    DERIVE_COMMITS_COORDINATOR_WORKER,
    DERIVE_COMMITS_FLUSH_MS,
};

/* Of `groups`, group "sink": the connector to which a group belongs. */
enum derive_columns_sink {
    DERIVE_SINK_CONNECTOR,
    DERIVE_SINK_ROLE,
};

/* Of `groups`, `connectors` and `iceberg_tables`, group "queryable": what of the source is not in a snapshot yet. */
enum derive_columns_queryable {
    DERIVE_QUERYABLE_LAG,
    DERIVE_QUERYABLE_LAG_S,
    DERIVE_QUERYABLE_RATE,
    DERIVE_QUERYABLE_PENDING_ROWS,
    DERIVE_QUERYABLE_PENDING_FILES,
    DERIVE_QUERYABLE_PENDING_BYTES,
    DERIVE_QUERYABLE_LOST_ROWS, /* lost and dead ones */
    DERIVE_QUERYABLE_WHY,
    DERIVE_QUERYABLE_CONSUMER_LAG, /* `connectors` alone has it: the others have the group's own, or none */
};

/* Of `group_partitions`, group "queryable". */
enum derive_columns_queryable_partition {
    DERIVE_QUERYABLE_PARTITION_LAG,
    DERIVE_QUERYABLE_PARTITION_LAG_S,
    DERIVE_QUERYABLE_PARTITION_RATE,
    DERIVE_QUERYABLE_PARTITION_OFFSET,
    DERIVE_QUERYABLE_PARTITION_TABLE, /* which holds it back most */
    DERIVE_QUERYABLE_PARTITION_WHY,
};

/* Of `tasks`, group "metrics": what scraped metrics of Connect's workers say. */
enum derive_columns_task_metrics {
    DERIVE_TASK_METRICS_PUT_AVG_MS,
    DERIVE_TASK_METRICS_PUT_MAX_MS,
    DERIVE_TASK_METRICS_READ_RATE,
    DERIVE_TASK_METRICS_SEND_RATE,
    DERIVE_TASK_METRICS_LAG_MAX,
    DERIVE_TASK_METRICS_RECORD_FAILURES,
    DERIVE_TASK_METRICS_SKIPPED,
    DERIVE_TASK_METRICS_DEAD_LETTERS,
    DERIVE_TASK_METRICS_OFFSET_COMMIT_AVG_MS,
    DERIVE_TASK_METRICS_OFFSET_COMMIT_MAX_MS,
    DERIVE_TASK_METRICS_OFFSET_COMMIT_FAILURES,
    DERIVE_TASK_METRICS_RUNNING,
    DERIVE_TASK_METRICS
};

/* Of `brokers`, group "metrics": what scraped metrics of the brokers say. */
enum derive_columns_broker_metrics {
    DERIVE_BROKER_METRICS_UNDER_REPLICATED,
    DERIVE_BROKER_METRICS_UNDER_MIN_ISR,
    DERIVE_BROKER_METRICS_OFFLINE,
    DERIVE_BROKER_METRICS_PRODUCE_P99_MS,
    DERIVE_BROKER_METRICS_FETCH_P99_MS,
    DERIVE_BROKER_METRICS_REQUEST_QUEUE,
    DERIVE_BROKER_METRICS_HANDLER_IDLE,
    DERIVE_BROKER_METRICS_MESSAGES_IN,
    DERIVE_BROKER_METRICS_BYTES_IN,
    DERIVE_BROKER_METRICS_BYTES_OUT,
    DERIVE_BROKER_METRICS
};

/* Of `features` and `datasets`, group "brought": the commit that has the events with which a state began. */
enum derive_columns_brought {
    DERIVE_BROUGHT_BY,
    DERIVE_BROUGHT_AT,
    DERIVE_BROUGHT_TABLE,
    DERIVE_BROUGHT_COMMIT,
    DERIVE_BROUGHT_SNAPSHOT,
    DERIVE_BROUGHT_COMMITS,
};

struct derive_columns {
    const char *table;
    struct column_group group;
};

/* All of them; ended by one whose table is NULL. */
extern const struct derive_columns derive_columns[];

/* Adds them to those tables of a store that are there and lack them. */
void derive_columns_add(struct store *s);
/* The index of a group's first column in its table, or SIZE_MAX: what the enums count from. */
size_t derive_columns_first(const struct table *t, const char *group);

#endif
