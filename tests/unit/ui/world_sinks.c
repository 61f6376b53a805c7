/* Connectors, commit cycles and tables for the console's tests: one that waits, one whose commits fail, one that is well. */
#include "world.h"

#include "connect/tables.h"
#include "derive/columns.h"
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
    world_commit(w);
}
