/* Connectors, commit cycles and tables for the console's tests: one that waits, one whose commits fail, one that is well. */
#include "world.h"

#include "connect/tables.h"
#include "derive/columns.h"
#include "derive/tables.h"
#include "findings/tables.h"
#include "iceberg/tables.h"
#include "source/source.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void world_add_sink_tables(struct world *w)
{
    struct table *t;
    for (size_t i = 0; connect_tables[i]; i++)
        assert(store_add(w->store, connect_tables[i], NULL, &t, NULL) == 0);
    for (size_t i = 0; iceberg_tables[i]; i++)
        assert(store_add(w->store, iceberg_tables[i], NULL, &t, NULL) == 0);
    for (size_t i = 0; derive_tables[i]; i++)
        assert(store_add(w->store, derive_tables[i], NULL, &t, NULL) == 0);
    for (size_t i = 0; findings_tables[i]; i++)
        assert(store_add(w->store, findings_tables[i], NULL, &t, NULL) == 0);
    derive_columns_add(w->store);
}

/* A row: pairs of column and text, ended by NULL. */
static void set(struct world *w, const char *table, const char *key, const char *const *pairs)
{
    for (; *pairs; pairs += 2)
        world_set(w, table, key, pairs[0], pairs[1]);
}
#define SET(table, key, ...) set(w, table, key, (const char *const[]){__VA_ARGS__, NULL})

static void add_connectors(struct world *w)
{
    SET("connectors", "prod-eu/clicks-sink", "state", "RUNNING", "tasks", "2", "tasks_running", "2", "tasks_failed",
        "0", "version", "1.11.0", "iceberg", "1", "type", "sink", "commit_interval_ms", "45000", "commit_timeout_ms",
        "20000", "topics", "clicks", "tables", "db.clicks", "group_id", "connect-clicks-sink", "control_topic",
        "control-iceberg", "last_commit", "73", "outcomes", "FFPFFFFFFFFFFFPFF.", "cycle", "1 of 2", "commit_rows",
        "906", "commit_files", "2", "coordinator", "clicks-sink-0", "coordinator_worker", "kc-1:8083");
    SET("connectors", "prod-eu/orders-sink", "state", "RUNNING", "tasks", "2", "tasks_running", "2", "tasks_failed",
        "0", "version", "1.10.1", "iceberg", "1", "type", "sink", "commit_interval_ms", "10000", "commit_timeout_ms",
        "8000", "topics", "orders", "tables", "db.orders", "group_id", "connect-orders-sink", "last_commit", "22320",
        "outcomes", "FFFFxxxxxxxxxxxxxx", "cycle", "-", "commit_rows", "1240", "commit_files", "4");
    SET("connectors", "prod-eu/users-sink", "state", "RUNNING", "tasks", "1", "tasks_running", "1", "tasks_failed", "0",
        "version", "1.11.0", "iceberg", "1", "type", "sink", "commit_interval_ms", "10000", "commit_timeout_ms", "8000",
        "topics", "users", "tables", "db.users", "last_commit", "4", "outcomes", "FFFoFFFF", "cycle", "-",
        "commit_rows", "311", "commit_files", "1");
    SET("connectors", "prod-eu/jdbc-source", "state", "RUNNING", "tasks", "3", "tasks_running", "2", "tasks_failed",
        "1", "version", "10.7.4", "iceberg", "0", "type", "source", "error", "SQLException: connection refused");
}

static void add_queryable(struct world *w)
{
    SET("connectors", "prod-eu/orders-sink", "queryable_lag", "1240312", "queryable_lag_s", "22320", "lag", "0",
        "pending_rows", "1240312", "pending_files", "72", "pending_bytes", "310240000", "lost_rows", "0",
        "queryable_rate", "0", "queryable_why",
        "consumer lag is 0 because files are written; no snapshot has their rows");
    SET("connectors", "prod-eu/clicks-sink", "queryable_lag", "48210", "queryable_lag_s", "61", "lag", "12",
        "pending_rows", "897", "pending_files", "2", "pending_bytes", "13300", "lost_rows", "0", "queryable_rate",
        "20.1");
    SET("connectors", "prod-eu/users-sink", "queryable_lag", "311", "queryable_lag_s", "4", "lag", "40", "pending_rows",
        "0", "pending_files", "0", "pending_bytes", "0", "lost_rows", "0", "queryable_rate", "31.1");
    SET("groups", "prod-eu/connect-orders-sink", "state", "Stable", "lag", "0", "lag_s", "0", "members", "2",
        "partitions", "2", "verdict", "ok", "connector", "orders-sink", "role", "data", "queryable_lag", "1240312",
        "queryable_lag_s", "22320", "queryable_why",
        "consumer lag is 0 because files are written; no snapshot has their rows");
    SET("groups", "prod-eu/connect-clicks-sink", "state", "Stable", "lag", "12", "lag_s", "0.4", "members", "2",
        "partitions", "2", "verdict", "ok", "connector", "clicks-sink", "role", "data", "queryable_lag", "48210",
        "queryable_lag_s", "61");
    SET("groups", "prod-eu/connect-orders-sink-coord", "state", "Stable", "lag", "219", "lag_s", ">=22320", "members",
        "2", "partitions", "1", "verdict", "stuck", "why", "control-iceberg-0: stuck at offset 4,411 for over 6 h",
        "connector", "orders-sink", "role", "coordinator");
    for (int i = 0; i < 2; i++) {
        char key[96], lag[16], offset[16], end[16];
        snprintf(key, sizeof key, "prod-eu/connect-orders-sink/orders/%d", i);
        snprintf(lag, sizeof lag, "%d", i ? 617112 : 623200);
        snprintf(offset, sizeof offset, "%d", 88100 + i);
        snprintf(end, sizeof end, "%d", 88100 + i + (i ? 617112 : 623200));
        SET("group_partitions", key, "lag", "0", "committed", end, "end", end, "verdict", "ok", "queryable_lag", lag,
            "queryable_lag_s", "22320", "queryable_offset", offset, "queryable_table", "db.orders", "queryable_why",
            "consumer lag is 0 because files are written; no snapshot has their rows");
        snprintf(key, sizeof key, "prod-eu/connect-orders-sink/orders/%d/db.orders", i);
        SET("queryable_partitions", key, "connector", "orders-sink", "queryable_lag", lag, "queryable_lag_s", "22320",
            "queryable_offset", offset, "committed", end, "end", end, "lag", "0", "pending_rows", lag, "catalog",
            "lake");
    }
    SET("pending_files", "prod-eu/connect-orders-sink/db.orders/5b6d1f04-22c7-4c06-9c2e-0a8d3f1b7e11/pending",
        "connector", "orders-sink", "files", "4", "rows", "1240", "bytes", "310240", "announced", "22310", "lost_at",
        "-582480", "control_topic", "control-iceberg", "control_partition", "0", "control_offset", "4411", "catalog",
        "lake");
    SET("pending_files", "prod-eu/connect-orders-sink/db.orders/7f2a9c1e-90d4-4be1-8a55-6c1de0b3aa02/pending",
        "connector", "orders-sink", "files", "68", "rows", "1239072", "bytes", "309929760", "announced", "22300",
        "lost_at", "-582490", "control_topic", "control-iceberg", "control_partition", "0", "control_offset", "4415",
        "catalog", "lake");
    SET("iceberg_tables", "lake/db.orders", "queryable_lag", "1240312", "queryable_lag_s", "22320", "pending_rows",
        "1240312", "pending_files", "72", "lost_rows", "0", "queryable_why",
        "consumer lag is 0 because files are written; no snapshot has their rows");
    SET("iceberg_tables", "lake/db.clicks", "queryable_lag", "48210", "queryable_lag_s", "61", "pending_rows", "897",
        "pending_files", "2", "lost_rows", "0");
}

static void add_findings(struct world *w)
{
    SET("findings", "IT-C01/prod-eu/connector orders-sink", "severity", "critical", "rank", "1", "title",
        "rows do not arrive", "connect", "prod-eu", "connector", "orders-sink", "group", "connect-orders-sink", "since",
        "22320", "text",
        "orders-sink: 1.24 M rows not queryable for 6 h 12 m, lag is 0, tasks RUNNING: every commit fails (18 of 18): "
        "SQLiteException: [SQLITE_BUSY] The database file is locked",
        "todo", "See which finding names the cause, and end that.", "issues", "apache/iceberg#13117", "means",
        "Rows are read from Kafka and written to files, and no snapshot of the table has them: whoever reads the table "
        "does not see them. Consumer lag is near 0 all the while, because the sink commits its offsets when files are "
        "written.",
        "criterion",
        "Rows of the source are not in a snapshot after two intervals and the timeout, and a cause is known.", "advice",
        "See which finding names the cause, and end that. The files stay where they are until then: one commit "
        "takes them all.",
        "unlike", "A connector that is young, or whose group rebalances, is not meant.");
    SET("findings", "IT-C05/prod-eu/connector orders-sink", "severity", "critical", "rank", "2", "title",
        "two coordinators", "connect", "prod-eu", "connector", "orders-sink", "group", "connect-orders-sink-coord",
        "since", "22340", "text",
        "orders-sink: two coordinators start commits in turn, of which neither succeeds (9f01da50, e9704db5)", "todo",
        "Restart the worker's process that runs the elder one.", "issues", "apache/iceberg#16016");
    SET("findings", "IT-C04/prod-eu/connector clicks-sink", "severity", "warning", "rank", "3", "title",
        "idle task cannot answer in time", "connect", "prod-eu", "connector", "clicks-sink", "task", "1", "worker",
        "kc-2:8083", "topic", "clicks", "partition", "1", "since", "121", "text",
        "clicks-sink: task 1 on kc-2:8083 did not answer in time for clicks-1 in 2 of the last 3 cycles; it wakes "
        "every "
        "60 s, the timeout is 20 s",
        "todo", "Lower offset.flush.interval.ms of the worker well under the commit timeout, or tasks.max.", "issues",
        "apache/iceberg#11818", "missing", "the worker's log, which has its flush interval");
    SET("findings", "IT-T07/lake/table db.clicks", "severity", "info", "rank", "9", "title", "small files", "catalog",
        "lake", "table", "db.clicks", "since", "3600", "text",
        "db.clicks: commits bring 2 files of 12.3 KiB each, 1,950 snapshots are kept", "todo",
        "Rewrite data files from time to time, or commit less often.");
    SET("finding_evidence", "IT-C01/prod-eu/connector orders-sink/1", "text", "the last commit cycles failed", "time",
        "10", "table", "commits", "where", "connector = \"orders-sink\" and outcome = \"failed\"");
    SET("finding_evidence", "IT-C01/prod-eu/connector orders-sink/2", "text", "why the last one did", "time", "14",
        "table", "log_events", "where", "connector = \"orders-sink\" and kind = \"failed\"");
    SET("finding_evidence", "IT-C04/prod-eu/connector clicks-sink/1", "text", "without clicks-1", "time", "76", "table",
        "commits", "where", "connector = \"clicks-sink\" and outcome = \"partial\"");
    SET("finding_evidence", "IT-C04/prod-eu/connector clicks-sink/2", "text", "the task that has the partition",
        "table", "tasks", "where", "connector = \"clicks-sink\" and task = 1");
    SET("finding_evidence", "IT-C04/prod-eu/connector clicks-sink/3", "text", "the coordinator's word", "time", "11",
        "table", "log_events", "where", "connector = \"clicks-sink\" and kind = \"timeout\"");
}

static void add_cycles(struct world *w)
{
    SET("commits", "prod-eu/9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11", "connector", "clicks-sink", "started", "31",
        "outcome", "running", "answered", "1 of 2", "received", "1", "expected", "2", "missing", "clicks-1", "files",
        "1", "rows", "894", "bytes", "12400", "interval_ms", "45000", "timeout_ms", "20000", "coordinator",
        "clicks-sink-0", "coordinator_worker", "kc-1:8083", "source", "both");
    SET("commit_partitions", "prod-eu/9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11/clicks/0", "state", "answered", "task", "0",
        "worker", "kc-1:8083", "answered_after_ms", "70", "rows", "894", "files", "1", "bytes", "12400");
    SET("commit_partitions", "prod-eu/9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11/clicks/1", "state", "waiting", "task", "1",
        "worker", "kc-2:8083");
    SET("commits", "prod-eu/e9704db5-8a11-4a6e-9c35-5f3c37a4d0b2", "connector", "clicks-sink", "started", "76",
        "outcome", "partial", "answered", "1 of 2", "received", "1", "expected", "2", "missing", "clicks-1", "late",
        "clicks-1 +42 s", "elapsed_ms", "20700", "latency_ms", "180", "files", "1", "rows", "906", "bytes", "12800",
        "tables", "1", "table_names", "db.clicks", "interval_ms", "45000", "timeout_ms", "20000", "source", "both");
    SET("commit_partitions", "prod-eu/e9704db5-8a11-4a6e-9c35-5f3c37a4d0b2/clicks/0", "state", "answered", "task", "0",
        "worker", "kc-1:8083", "answered_after_ms", "180", "rows", "906", "files", "1", "bytes", "12800");
    SET("commit_partitions", "prod-eu/e9704db5-8a11-4a6e-9c35-5f3c37a4d0b2/clicks/1", "state", "late", "task", "1",
        "worker", "kc-2:8083", "answered_after_ms", "42000", "rows", "3", "files", "1", "bytes", "900");
    SET("commit_tables", "prod-eu/e9704db5-8a11-4a6e-9c35-5f3c37a4d0b2/db.clicks", "connector", "clicks-sink", "state",
        "committed", "files", "1", "rows", "906", "bytes", "12800", "snapshot_id", "4873568798520478021", "committed",
        "55", "committed_after_ms", "20400");
    SET("commits", "prod-eu/1c5a7ae0-51f2-4e4a-8f5d-0d2f0f5f8a01", "connector", "clicks-sink", "started", "121",
        "outcome", "full", "answered", "2 of 2", "received", "2", "expected", "2", "elapsed_ms", "640", "latency_ms",
        "310", "files", "2", "rows", "1204", "bytes", "25100", "tables", "1", "table_names", "db.clicks", "interval_ms",
        "45000", "timeout_ms", "20000", "source", "both");
    for (int task = 0; task < 2; task++) {
        char key[120], number[8];
        snprintf(key, sizeof key, "prod-eu/1c5a7ae0-51f2-4e4a-8f5d-0d2f0f5f8a01/clicks/%d", task);
        snprintf(number, sizeof number, "%d", task);
        SET("commit_partitions", key, "state", "answered", "task", number, "worker", "kc-1:8083", "answered_after_ms",
            task ? "310" : "95", "rows", "602", "files", "1", "bytes", "12550");
    }
    SET("commit_tables", "prod-eu/1c5a7ae0-51f2-4e4a-8f5d-0d2f0f5f8a01/db.clicks", "connector", "clicks-sink", "state",
        "committed", "files", "2", "rows", "1204", "bytes", "25100", "snapshot_id", "4873568798520478020", "committed",
        "120", "committed_after_ms", "590");
    SET("commits", "prod-eu/5b6d1f04-22c7-4c06-9c2e-0a8d3f1b7e11", "connector", "orders-sink", "started", "22",
        "outcome", "failed", "answered", "2 of 2", "received", "2", "expected", "2", "files", "72", "rows", "1240312",
        "bytes", "310240000", "interval_ms", "10000", "timeout_ms", "8000", "coordinator", "orders-sink-0",
        "coordinator_worker", "kc-1:8083", "source", "both", "error", "SQLITE_BUSY: the database file is locked");
    for (int task = 0; task < 2; task++) {
        char key[120], number[8];
        snprintf(key, sizeof key, "prod-eu/5b6d1f04-22c7-4c06-9c2e-0a8d3f1b7e11/orders/%d", task);
        snprintf(number, sizeof number, "%d", task);
        SET("commit_partitions", key, "state", "answered", "task", number, "worker", "kc-1:8083", "answered_after_ms",
            task ? "310" : "95", "rows", "620156", "files", "36", "bytes", "155120000");
    }
    SET("log_events", "prod-eu/3", "time", "14", "level", "WARN", "connector", "orders-sink", "task", "0", "kind",
        "failed", "commit_id", "5b6d1f04-22c7-4c06-9c2e-0a8d3f1b7e11", "text",
        "Coordinator orders-sink-0 failed to commit for commit 5b6d1f04-22c7-4c06-9c2e-0a8d3f1b7e11, will try again "
        "next cycle",
        "cause", "SQLITE_BUSY: the database file is locked");
    SET("tasks", "prod-eu/clicks-sink/0", "state", "RUNNING", "worker", "kc-1:8083");
    SET("tasks", "prod-eu/clicks-sink/1", "state", "RUNNING", "worker", "kc-2:8083");
    SET("log_events", "prod-eu/2", "time", "11", "level", "INFO", "connector", "clicks-sink", "task", "0", "kind",
        "timeout", "commit_id", "9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11", "text",
        "Commit timeout reached. Commit ID: 9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11");
    SET("log_events", "prod-eu/1", "time", "31", "level", "INFO", "connector", "clicks-sink", "task", "0", "kind",
        "initiated", "commit_id", "9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11", "text",
        "Coordinator clicks-sink-0 initiated commit 9f01da50-0d67-4b6f-a6a3-6f0d0e5b2c11");
}

static void add_table(struct world *w)
{
    SET("iceberg_tables", "lake/db.clicks", "last_commit", "55", "operation", "append", "writer", "kafka-connect",
        "rows", "2104233", "files", "4120", "delete_files", "0", "bytes", "62914560", "file_bytes", "15270",
        "added_files", "2", "added_file_bytes", "12600", "gap_s", "45", "cadence_s", "45", "snapshots", "1950",
        "partitions", "unpartitioned", "target_bytes", "536870912", "metadata_bytes", "2202009", "format_version", "2");
    SET("iceberg_tables", "lake/db.orders", "last_commit", "22320", "operation", "append", "writer", "kafka-connect",
        "rows", "91204233", "files", "812", "delete_files", "3", "bytes", "9162914560", "file_bytes", "11284377",
        "added_files", "4", "added_file_bytes", "9900000", "gap_s", "10", "cadence_s", "10", "snapshots", "220",
        "partitions", "days(created_at), bucket[16](id)", "distribution", "hash", "target_bytes", "134217728",
        "metadata_bytes", "242009", "format_version", "2");
    for (int i = 0; i < 40; i++) {
        char key[64], ago[16], rows[16], gap[16], bytes[16];
        snprintf(key, sizeof key, "lake/db.clicks/48735687985204%05d", 78021 - i);
        snprintf(ago, sizeof ago, "%d", 55 + 45 * i + (i > 9 ? 90 : 0));
        snprintf(gap, sizeof gap, "%d", i == 9 ? 135 : 45);
        snprintf(rows, sizeof rows, "%d", 906 + i * 37 % 400);
        snprintf(bytes, sizeof bytes, "%d", 12400 + i * 531 % 4000);
        SET("snapshots", key, "made", ago, "operation", i == 20 ? "replace" : "append", "writer",
            i == 20 ? "spark" : "kafka-connect", "added_rows", rows, "added_files", i % 7 ? "2" : "1", "added_bytes",
            bytes, "file_bytes", bytes, "gap_s", gap, "changed_partitions", "1", "total_rows", "2104233", "total_files",
            "4120", "on_branch", "1");
    }
}

void world_fill_sinks(struct world *w)
{
    world_fill(w);
    SET("sources", "connect:prod-eu", "kind", "connect", "state", "ok", "last_ok", "2");
    add_connectors(w);
    add_cycles(w);
    add_table(w);
    add_queryable(w);
    add_findings(w);
    world_commit(w);
}
