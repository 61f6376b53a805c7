/* Queryable lag from rows of Kafka, of tables and of connectors: numbers, words, and the order in which readings count. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "derive/queryable.h"
#include "tests/unit/connect/backlog_made.h"
#include "tests/unit/derive/rows.h"

#define GROUP "prod connect-sink"

static struct store *store;
static struct derive_sinks *sinks;
static struct derive_queryable *queryable;
static int asked, ends;

static void on_table(void *arg, const char *catalog, const char *table)
{
    (void)arg;
    assert_string_equal(catalog, "lake");
    assert_string_equal(table, "db.t");
    asked++;
}

static void on_ends(void *arg)
{
    (void)arg;
    ends++;
}

static int begin(void **state)
{
    static const struct derive_queryable_ops ops = {.table = on_table, .ends = on_ends};
    made_begin(state);
    rows_ms = T0;
    asked = ends = 0;
    store = rows_store();
    sinks = derive_sinks_new(store, "prod");
    derive_sinks_get(sinks, "connect-sink", strlen("connect-sink"), "sink");
    queryable = derive_queryable_new(NULL, store, "prod", "control:prod", sinks, made, &ops, NULL);
    return 0;
}

static void set(const char *table, const char *key, const char *column, int64_t v)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)v);
    rows_set(store, table, key, column, text);
}

static void check(const char *table, const char *key, const char *column, const char *want)
{
    rows_check(store, table, key, column, want);
}

static int end(void **state)
{
    static const char *const tables[] = {"queryable_partitions", "pending_files"};
    derive_queryable_free(queryable);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(table_nrows(store_find(store, tables[i])), 0);
    if (rows_row(store, "groups", GROUP, NULL)) {
        check("groups", GROUP, "queryable_lag", "-");
        check("groups", GROUP, "queryable_why", "-");
    }
    if (rows_row(store, "iceberg_tables", "lake db.t", NULL))
        check("iceberg_tables", "lake db.t", "queryable_lag", "-");
    derive_sinks_free(sinks);
    store_free(store);
    return made_end(state);
}

static void at(int64_t ms)
{
    rows_ms = T0 + ms;
}

/* What the group has committed of a partition, and its lag. */
static void committed(int partition, int64_t offset, int64_t lag)
{
    char *key = mem_printf(GROUP " orders %d", partition);
    set("group_partitions", key, "committed", offset);
    set("group_partitions", key, "start", 0);
    set("group_partitions", key, "lag", lag);
    free(key);
}

static void log_end(const char *topic, int partition, int64_t offset)
{
    char *key = mem_printf("prod %s %d", topic, partition);
    set("partitions", key, "end", offset);
    set("partitions", key, "start", 0);
    free(key);
}

/* A round of a source that began then, and took 100 ms. */
static void round_of(const char *source, int64_t ms, const char *state)
{
    at(ms + 100);
    set("sources", source, "last_round", rows_ms);
    set("sources", source, "round_ms", 100);
    rows_set(store, "sources", source, "state", state);
    store_commit(store);
}

static void kafka(int64_t ms)
{
    round_of("kafka:prod", ms, "ok");
}

static void lake(int64_t ms)
{
    round_of("iceberg:lake", ms, "ok");
}

/* The table's newest snapshot, and of the control topic what it took. */
static void snapshot(int id, int floor)
{
    char *key = mem_printf("lake db.t %d", id), *offsets = mem_printf("control.connect-sink {\"0\":%d}", floor);
    char *metadata = mem_printf("m%d", id);
    set("snapshots", key, "made", rows_ms);
    rows_set(store, "snapshots", key, "operation", "append");
    rows_set(store, "snapshots", key, "control_offsets", offsets);
    if (id > 1)
        set("snapshots", key, "parent_id", id - 1);
    rows_set(store, "iceberg_tables", "lake db.t", "metadata", metadata);
    rows_set(store, "iceberg_tables", "lake db.t", "state", "read");
    set("iceberg_tables", "lake db.t", "snapshot_id", id);
    free(key);
    free(offsets);
    free(metadata);
}

/* Two partitions are read to their ends; one of them was announced, in files of 50 rows, and both answered. */
static void cycle(int64_t offset, int64_t ms, int64_t next)
{
    static int n;
    int64_t both[] = {next, 10};
    char *path = mem_printf("file-of-a-cycle-%d", n++);
    at(ms);
    made_wrote(AT(offset, ms, "w"), "db.t", NULL, path, 50);
    made_answered(AT(offset + 1, ms, "w"), 0, 2, both);
    derive_queryable_control(queryable, "control", 0, 0, offset + 3);
    log_end("control", 0, offset + 3);
    free(path);
}

/* All is read once in order: 50 rows are in the table, and nothing waits. */
static void first_commit(void)
{
    set("groups", GROUP, "lag", 0);
    set("topics", "prod control", "partitions", 1);
    rows_set(store, "topics", "prod control", "cleanup_policy", "delete");
    rows_set(store, "topics", "prod control", "retention_ms", "60000");
    committed(0, 50, 0);
    committed(1, 10, 0);
    log_end("orders", 0, 50);
    log_end("orders", 1, 10);
    log_end("control", 0, 0);
    derive_queryable_control(queryable, "control", 0, 0, 0);
    kafka(500);
    cycle(0, 1000, 50);
    snapshot(1, 2);
    lake(1100);
    kafka(2000);
}

#define IN_TABLE "prod connect-sink orders 0 db.t"

static void numbers(void **state)
{
    (void)state;
    first_commit();
    check("queryable_partitions", IN_TABLE, "queryable_lag", "0");
    check("queryable_partitions", IN_TABLE, "queryable_lag_s", "0.0");
    check("queryable_partitions", IN_TABLE, "queryable_offset", "50");
    check("queryable_partitions", IN_TABLE, "connector", "sink");
    check("queryable_partitions", IN_TABLE, "catalog", "lake");
    check("groups", GROUP, "queryable_lag", "0");
    check("groups", GROUP, "pending_rows", "0");
    check("groups", GROUP, "queryable_why", "-");
    for (int i = 1; i <= 5; i++) { /* ten records a second come */
        log_end("orders", 0, 50 + 20 * i);
        committed(0, 50, 20 * i);
        kafka(2000 + 2000 * i);
    }
    check("queryable_partitions", IN_TABLE, "queryable_lag", "100");
    check("queryable_partitions", IN_TABLE, "queryable_lag_s", "~10.0");
    check("queryable_partitions", IN_TABLE, "end", "150");
    check("groups", GROUP, "queryable_lag", "100");
    check("groups", GROUP, "queryable_lag_s", "~10.0");
    check("group_partitions", GROUP " orders 0", "queryable_lag", "100");
    check("group_partitions", GROUP " orders 0", "queryable_table", "db.t");
    check("group_partitions", GROUP " orders 1", "queryable_lag", "0");
    check("iceberg_tables", "lake db.t", "queryable_lag", "100");
    check("iceberg_tables", "lake db.t", "queryable_rate", "-");
    cycle(10, 12500, 150);
    snapshot(2, 12);
    committed(0, 150, 0);
    lake(12600);
    kafka(14000);
    check("groups", GROUP, "queryable_lag", "0");
    check("iceberg_tables", "lake db.t", "queryable_rate", "8.7"); /* 100 records in 11.5 s */
}

/* Nothing was ever written to a partition: nothing is behind, though its group has no commit either. */
static void an_empty_partition(void **state)
{
    (void)state;
    set("group_partitions", GROUP " orders 2", "start", 0);
    log_end("orders", 2, 0);
    first_commit();
    check("queryable_partitions", "prod connect-sink orders 2 db.t", "queryable_lag", "0");
    check("queryable_partitions", "prod connect-sink orders 2 db.t", "committed", "-");
    check("groups", GROUP, "queryable_lag", "0");
    log_end("orders", 2, 5);
    kafka(4000);
    check("queryable_partitions", "prod connect-sink orders 2 db.t", "queryable_lag", "-");
    check("group_partitions", GROUP " orders 2", "queryable_lag", "-");
}

/* Written and not committed: consumer lag says that all is well. */
static void files_wait(void **state)
{
    (void)state;
    first_commit();
    log_end("orders", 0, 100);
    cycle(4, 3000, 100);
    committed(0, 100, 0);
    kafka(3100);
    check("groups", GROUP, "lag", "0");
    check("groups", GROUP, "queryable_lag", "50");
    check("groups", GROUP, "pending_rows", "50");
    check("groups", GROUP, "pending_files", "1");
    check("groups", GROUP, "pending_bytes", "500");
    check("groups", GROUP, "queryable_why", "-"); /* as in every cycle */
    struct table *files = store_find(store, "pending_files");
    assert_int_equal(table_nrows(files), 1);
    assert_string_equal(row_text(table_first(files), "state"), "pending");
    assert_string_equal(row_text(table_first(files), "table"), "db.t");
    assert_int_equal(row_cell(table_first(files), "announced").i, T0 + 3000);
    assert_int_equal(row_cell(table_first(files), "lost_at").i, T0 + 63000);
    at(9000);
    derive_queryable_update(queryable);
    check("groups", GROUP, "queryable_lag_s", "~6.9"); /* the first of them came soon after the round at 2 s */
    check("groups", GROUP, "queryable_why", "lag 0, but 50 rows are in no snapshot of db.t since 11:06:43Z");
    check("iceberg_tables", "lake db.t", "queryable_why", "50 rows are in no snapshot since 11:06:43Z (connect-sink)");
    check("group_partitions", GROUP " orders 0", "queryable_why",
          "lag 0, but its last records wait for a snapshot of db.t since 11:06:43Z");
    assert_int_equal(ends, 1);
    lake(9200); /* the same as before */
    assert_int_equal(ends, 1);
    snapshot(2, 6);
    lake(9500);
    assert_int_equal(ends, 2);
    kafka(10000);
    check("groups", GROUP, "queryable_lag", "0");
    check("groups", GROUP, "pending_rows", "0");
    check("groups", GROUP, "queryable_why", "-");
    assert_int_equal(table_nrows(files), 0);
}

/* Readings in another order: what the table has now is not compared with an end from before. */
static void an_end_that_is_older_than_the_table(void **state)
{
    (void)state;
    first_commit();
    log_end("orders", 0, 80);
    kafka(3000);
    check("groups", GROUP, "queryable_lag", "30");
    cycle(4, 3500, 120); /* 40 more have come, and were committed, since the ends were read */
    snapshot(2, 6);
    lake(4000);
    check("groups", GROUP, "queryable_lag", "30"); /* not 80 - 120: that is no lag */
    at(5200);
    derive_queryable_update(queryable);
    check("groups", GROUP, "queryable_lag_s", "~3.1"); /* of the same records */
    log_end("orders", 0, 150);
    round_of("kafka:prod", 3900, "ok"); /* begun before the table was read */
    check("groups", GROUP, "queryable_lag", "30");
    kafka(6000);
    check("groups", GROUP, "queryable_lag", "30");     /* 150 - 120 */
    check("groups", GROUP, "queryable_lag_s", "~2.5"); /* of others */
    check("queryable_partitions", IN_TABLE, "queryable_offset", "120");
}

/* What the coordinator has gone past is lost, but only a table that was read after that was known tells so. */
static void a_coordinator_that_is_read_before_the_table(void **state)
{
    (void)state;
    first_commit();
    cycle(4, 3000, 100);
    log_end("orders", 0, 100);
    kafka(3100);
    check("groups", GROUP, "lost_rows", "0");
    at(4000);
    set("group_partitions", "prod connect-sink-coord control 0", "committed", 6);
    store_commit(store);
    check("groups", GROUP, "lost_rows", "0");
    check("groups", GROUP, "pending_rows", "50");
    lake(3950); /* begun before */
    check("groups", GROUP, "lost_rows", "0");
    snapshot(2, 6); /* it is in the table after all */
    lake(5000);
    check("groups", GROUP, "lost_rows", "0");
    check("groups", GROUP, "pending_rows", "0");
    cycle(8, 6000, 150);
    at(6500);
    set("group_partitions", "prod connect-sink-coord control 0", "committed", 10);
    store_commit(store);
    lake(7000);
    check("groups", GROUP, "lost_rows", "50");
    check("groups", GROUP, "queryable_why",
          "50 rows are lost: announced for db.t, in no snapshot, and the coordinator has gone past");
}

/* Nothing comes: nothing is written. */
static void a_quiet_sink_writes_nothing(void **state)
{
    (void)state;
    first_commit();
    uint64_t seq;
    for (int i = 0; i < 8; i++) {
        at(60000 + 20000 * i);
        derive_queryable_update(queryable);
        if (i == 3)
            seq = store_seq(store);
    }
    assert_int_equal(store_seq(store), seq);
}

/* A lag that stays is older by the second, and no other cell changes. */
static void age_goes_on(void **state)
{
    (void)state;
    first_commit();
    log_end("orders", 0, 90);
    kafka(4000);
    at(10000);
    derive_queryable_update(queryable);
    check("groups", GROUP, "queryable_lag_s", "~7.9");
    uint64_t seq = store_seq(store);
    at(10500);
    derive_queryable_update(queryable);
    assert_int_equal(store_seq(store), seq);
    at(11000);
    derive_queryable_update(queryable);
    check("groups", GROUP, "queryable_lag_s", "~8.9");
}

/* Behind the last record there is a marker of a transaction. */
static void markers(void **state)
{
    (void)state;
    first_commit();
    log_end("orders", 0, 51);
    set("group_partitions", GROUP " orders 0", "end", 51);
    committed(0, 50, 0);
    kafka(4000);
    check("groups", GROUP, "queryable_lag", "0");
    committed(0, 50, 1);
    store_commit(store);
    kafka(6000);
    check("groups", GROUP, "queryable_lag", "1");
}

static void a_connector_tells_of_its_tables(void **state)
{
    static const char key[] = "kc sink";
    (void)state;
    rows_set(store, "sources", "iceberg:lake", "state", "ok");
    rows_set(store, "connectors", key, "state", "RUNNING");
    rows_set(store, "connectors", key, "cluster", "prod");
    rows_set(store, "connectors", key, "group_id", "connect-sink");
    rows_set(store, "connectors", key, "iceberg", "1");
    rows_set(store, "connectors", key, "tables", "db.t, db.u");
    rows_set(store, "connectors", key, "catalog", "lake");
    rows_set(store, "connectors", key, "config", "iceberg.tables.route-field=kind; tasks.max=2");
    derive_sinks_read(sinks, store_owner(store, "control:prod"));
    first_commit();
    check("queryable_partitions", IN_TABLE, "queryable_lag", "0");
    check("connectors", key, "lag", "0");
    check("connectors", key, "queryable_why", "db.u is read in no catalog: what of it is queryable is not known");
    rows_set(store, "iceberg_tables", "lake db.u", "metadata", "m");
    rows_set(store, "iceberg_tables", "lake db.u", "state", "read");
    lake(2500);
    log_end("orders", 0, 70);
    kafka(3000);
    check("queryable_partitions", IN_TABLE, "queryable_lag", "<=20");
    check("queryable_partitions", "prod connect-sink orders 0 db.u", "queryable_lag", "<=20");
    check("connectors", key, "queryable_lag", "20");
    check("iceberg_tables", "lake db.t", "queryable_lag", "<=20");
    check("iceberg_tables", "lake db.t", "queryable_why", "at most: records are routed to tables by what is in them");
}

/* What cannot be read again stands, and is told as old. */
static void sources_fail(void **state)
{
    (void)state;
    first_commit();
    log_end("orders", 0, 60);
    kafka(3000);
    check("queryable_partitions", IN_TABLE, "queryable_lag", "10");
    round_of("iceberg:lake", 12000, "failed");
    at(23000);
    derive_queryable_update(queryable);
    check("queryable_partitions", IN_TABLE, "queryable_lag", "?10");
    check("groups", GROUP, "queryable_lag", "?10");
    check("groups", GROUP, "queryable_why", "db.t could not be read again");
    lake(24000);
    kafka(34000);
    check("queryable_partitions", IN_TABLE, "queryable_lag", "10");
    round_of("kafka:prod", 36000, "failed");
    at(47000);
    derive_queryable_update(queryable);
    check("queryable_partitions", IN_TABLE, "queryable_lag", "?10");
    check("groups", GROUP, "queryable_why", "-");
}

static void announced(int64_t snapshot_id)
{
    derive_queryable_event(queryable, &(struct connect_event){.type = CONNECT_EVENT_COMMIT_TO_TABLE,
                                                              .table = {"db.t", 4},
                                                              .snapshot_id = snapshot_id});
}

/* A commit was announced: its catalog is asked until it is seen, once a second, and not for ever. */
static void a_commit_is_announced(void **state)
{
    (void)state;
    first_commit();
    announced(1);
    derive_queryable_update(queryable);
    assert_int_equal(asked, 0);
    announced(2);
    derive_queryable_update(queryable);
    derive_queryable_update(queryable);
    assert_int_equal(asked, 1);
    at(5000);
    derive_queryable_update(queryable);
    assert_int_equal(asked, 2);
    snapshot(2, 6);
    lake(5500);
    at(9000);
    derive_queryable_update(queryable);
    assert_int_equal(asked, 2);
    announced(99);
    for (int i = 10; i < 40; i++) {
        at(1000 * i);
        derive_queryable_update(queryable);
    }
    assert_int_equal(asked, 12);
}

/* The partition has gone, and what was said of it. */
static void a_partition_goes(void **state)
{
    (void)state;
    first_commit();
    check("queryable_partitions", "prod connect-sink orders 1 db.t", "queryable_lag", "0");
    int64_t none = NO;
    made_answered(AT(5, 2100, "w"), 1, 1, &none);
    table_remove(store_find(store, "group_partitions"), rows_row(store, "group_partitions", GROUP " orders 1", NULL));
    store_commit(store);
    kafka(3000);
    assert_null(rows_row(store, "queryable_partitions", "prod connect-sink orders 1 db.t", NULL));
    check("queryable_partitions", IN_TABLE, "queryable_lag", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers, begin, end),
        cmocka_unit_test_setup_teardown(an_empty_partition, begin, end),
        cmocka_unit_test_setup_teardown(files_wait, begin, end),
        cmocka_unit_test_setup_teardown(an_end_that_is_older_than_the_table, begin, end),
        cmocka_unit_test_setup_teardown(a_coordinator_that_is_read_before_the_table, begin, end),
        cmocka_unit_test_setup_teardown(a_quiet_sink_writes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(age_goes_on, begin, end),
        cmocka_unit_test_setup_teardown(markers, begin, end),
        cmocka_unit_test_setup_teardown(a_connector_tells_of_its_tables, begin, end),
        cmocka_unit_test_setup_teardown(sources_fail, begin, end),
        cmocka_unit_test_setup_teardown(a_commit_is_announced, begin, end),
        cmocka_unit_test_setup_teardown(a_partition_goes, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
