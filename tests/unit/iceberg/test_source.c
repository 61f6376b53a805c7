/* The Iceberg source on files: recorded runs against what pyiceberg says of them, tables that come, go and are
 * replaced, and everything that cannot be read. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "iceberg/look.h"
#include "tests/unit/iceberg/captures.h"
#include "tests/unit/iceberg/lake.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- recorded runs ---- */

static int64_t summary_number(const json_t *snapshot, const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(snapshot, "summary"), key));
    return text ? strtoll(text, NULL, 10) : -1;
}

static const char *summary_text(const json_t *snapshot, const char *key)
{
    return json_string_value(json_object_get(json_object_get(snapshot, "summary"), key));
}

static void assert_snapshot(const struct row *r, const json_t *s, const json_t *before, bool current)
{
    static const struct {
        size_t column;
        const char *key;
    } numbers[] = {{SNAPSHOTS_ADDED_ROWS, "added-records"},
                   {SNAPSHOTS_ADDED_FILES, "added-data-files"},
                   {SNAPSHOTS_ADDED_BYTES, "added-files-size"},
                   {SNAPSHOTS_TOTAL_ROWS, "total-records"},
                   {SNAPSHOTS_TOTAL_FILES, "total-data-files"},
                   {SNAPSHOTS_TOTAL_BYTES, "total-files-size"},
                   {SNAPSHOTS_CHANGED_PARTITIONS, "changed-partition-count"}};
    assert_non_null(r);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_int_cell(r, numbers[i].column, summary_number(s, numbers[i].key));
    int64_t made = json_integer_value(json_object_get(s, "ts")), through;
    assert_int_cell(r, SNAPSHOTS_MADE, made);
    assert_text_cell(r, SNAPSHOTS_OPERATION, json_string_value(json_object_get(s, "op")));
    assert_text_cell(r, SNAPSHOTS_COMMIT_ID, summary_text(s, "kafka.connect.commit-id"));
    assert_text_cell(r, SNAPSHOTS_TASK, summary_text(s, "kafka.connect.task-id"));
    assert_text_cell(r, SNAPSHOTS_WRITER, "kafka-connect");
    assert_text_cell(r, SNAPSHOTS_CONNECTOR, "orders-sink");
    char *offsets = mem_printf("control-iceberg.connect-orders-sink %s",
                               summary_text(s, "kafka.connect.offsets.control-iceberg.connect-orders-sink"));
    assert_text_cell(r, SNAPSHOTS_CONTROL_OFFSETS, offsets);
    free(offsets);
    if (!summary_text(s, "kafka.connect.valid-through-ts")) {
        assert_unknown_cell(r, SNAPSHOTS_VALID_THROUGH);
    } else {
        assert_int_equal(clock_parse_iso(summary_text(s, "kafka.connect.valid-through-ts"), &through), 0);
        assert_int_cell(r, SNAPSHOTS_VALID_THROUGH, through);
    }
    assert_int_cell(r, SNAPSHOTS_FILE_BYTES,
                    summary_number(s, "added-files-size") / summary_number(s, "added-data-files"));
    assert_int_cell(r, SNAPSHOTS_CURRENT, current);
    assert_int_cell(r, SNAPSHOTS_ON_BRANCH, true);
    assert_text_cell(r, SNAPSHOTS_REFS, current ? "main" : NULL);
    if (!before) {
        assert_unknown_cell(r, SNAPSHOTS_GAP_S);
        assert_unknown_cell(r, SNAPSHOTS_PARENT_ID);
        return;
    }
    assert_real_cell(r, SNAPSHOTS_GAP_S, (double)(made - json_integer_value(json_object_get(before, "ts"))) / 1000);
    assert_int_cell(r, SNAPSHOTS_PARENT_ID, json_integer_value(json_object_get(before, "id")));
}

/* The row of db.orders against what pyiceberg says. */
static void assert_run(struct lake *l, const char *catalog, const char *run)
{
    json_t *expected = captures_expected(run), *snapshots = json_object_get(expected, "snapshots");
    const struct row *r = lake_table(l, catalog, "db.orders");
    size_t n = json_array_size(snapshots);
    const json_t *last = json_array_get(snapshots, n - 1);
    assert_non_null(r);
    assert_true(n > 1);
    assert_int_cell(r, ICEBERG_TABLES_ROWS, json_integer_value(json_object_get(expected, "rows")));
    assert_int_cell(r, ICEBERG_TABLES_FILES, json_integer_value(json_object_get(expected, "files")));
    assert_int_cell(r, ICEBERG_TABLES_BYTES, json_integer_value(json_object_get(expected, "bytes")));
    assert_int_cell(r, ICEBERG_TABLES_FILE_BYTES,
                    json_integer_value(json_object_get(expected, "bytes")) /
                        json_integer_value(json_object_get(expected, "files")));
    assert_int_cell(r, ICEBERG_TABLES_SNAPSHOTS, (int64_t)n);
    assert_text_cell(r, ICEBERG_TABLES_UUID, json_string_value(json_object_get(expected, "uuid")));
    assert_int_cell(r, ICEBERG_TABLES_SNAPSHOT_ID, json_integer_value(json_object_get(last, "id")));
    assert_int_cell(r, ICEBERG_TABLES_LAST_COMMIT, json_integer_value(json_object_get(last, "ts")));
    assert_text_cell(r, ICEBERG_TABLES_COMMIT_ID, summary_text(last, "kafka.connect.commit-id"));
    assert_int_cell(r, ICEBERG_TABLES_DELETE_FILES, 0);
    assert_int_cell(r, ICEBERG_TABLES_FORMAT_VERSION, 2);
    assert_text_cell(r, ICEBERG_TABLES_PARTITIONS, "unpartitioned");
    assert_text_cell(r, ICEBERG_TABLES_SORT_ORDER, "unsorted");
    assert_text_cell(r, ICEBERG_TABLES_DISTRIBUTION, NULL);
    assert_int_cell(r, ICEBERG_TABLES_TARGET_BYTES, 536870912);
    assert_int_cell(r, ICEBERG_TABLES_REFS, 1);
    assert_text_cell(r, ICEBERG_TABLES_NOTE, NULL);
    assert_int_equal(lake_rows(l, "snapshots"), n);
    for (size_t i = 0; i < n; i++) {
        const json_t *s = json_array_get(snapshots, i);
        assert_snapshot(lake_snapshot(l, catalog, "db.orders", json_integer_value(json_object_get(s, "id"))), s,
                        i ? json_array_get(snapshots, i - 1) : NULL, i == n - 1);
    }
    json_decref(expected);
}

static void test_healthy(void **state)
{
    struct lake *l = *state;
    char *path = captures_path("healthy-1.9.2/wh");
    lake_add(l, (struct iceberg_source_settings){.name = "lake", .type = ICEBERG_SOURCE_HADOOP, .uri = path});
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_run(l, "lake", "healthy-1.9.2");
    const struct row *r = lake_table(l, "lake", "db.orders");
    assert_text_cell(r, ICEBERG_TABLES_HOW, "hint");
    assert_text_cell(r, ICEBERG_TABLES_LOCATION, "file:///lake2/wh/db/orders");
    assert_int_cell(r, ICEBERG_TABLES_METADATA_FILES, 7);
    assert_int_cell(r, ICEBERG_TABLES_METADATA_BYTES, 7941);
    /* 14 files of 33,481 bytes in 7 commits; the median gap is between the third and the fourth of six. */
    assert_real_cell(r, ICEBERG_TABLES_CADENCE_S, 10.203);
    assert_real_cell(r, ICEBERG_TABLES_ADDED_FILES, 2);
    assert_int_cell(r, ICEBERG_TABLES_ADDED_FILE_BYTES, 33481 / 14);
    assert_int_equal(lake_events(l), 0);
    free(path);
}

static void test_idle(void **state)
{
    struct lake *l = *state;
    char *path = captures_path("idle-1.9.2/wh/db/orders");
    lake_add(l, (struct iceberg_source_settings){.name = "one", .type = ICEBERG_SOURCE_TABLE, .uri = path});
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_run(l, "one", "idle-1.9.2");
    /* Its valid-through stays null, so no snapshot has one. */
    assert_unknown_cell(lake_table(l, "one", "db.orders"), ICEBERG_TABLES_VALID_THROUGH);
    free(path);
}

static void test_failing(void **state)
{
    struct lake *l = *state;
    char *wh = captures_path("failing-1.11.0/wh"), *uri = mem_printf("jdbc:sqlite:%s/cat.db?busy_timeout=3000", l->dir);
    const struct iceberg_source_prefix prefix = {"file:/lake1/wh", wh};
    lake_copy(l, "failing-1.11.0/cat.db", "cat.db");
    lake_add(l, (struct iceberg_source_settings){
                    .name = "sql", .type = ICEBERG_SOURCE_SQL, .uri = uri, .prefixes = &prefix, .n_prefixes = 1});
    lake_round(l);
    assert_string_equal(lake_said(l, "error"), "");
    assert_run(l, "sql", "failing-1.11.0");
    const struct row *r = lake_table(l, "sql", "db.orders");
    assert_text_cell(r, ICEBERG_TABLES_HOW, "catalog");
    assert_text_cell(r, ICEBERG_TABLES_METADATA,
                     "file:/lake1/wh/db/orders/metadata/00006-9a2332ca-8ec4-48e8-8684-f33e3dd593ac.metadata.json");
    free(wh);
    free(uri);
}

/* The pointer moves from the state under the lock to the one after it: four snapshots more. */
static void test_pointer(void **state)
{
    struct lake *l = *state;
    char *wh = lake_path(l, "wh"), *db = lake_path(l, "cat.db");
    const struct iceberg_source_prefix prefix = {"file:/lake1/wh", wh};
    static const char before[] =
        "during/wh/db/orders/metadata/00002-8c35536c-e39d-48ec-bbdb-22a8c62883f5.metadata.json";
    static const char after[] = "wh/db/orders/metadata/00006-9a2332ca-8ec4-48e8-8684-f33e3dd593ac.metadata.json";
    char *from[] = {mem_printf("failing-1.11.0/%s", before), mem_printf("failing-1.11.0/%s", after)};
    lake_copy(l, "failing-1.11.0/during/cat.db", "cat.db");
    lake_copy(l, from[0], before + strlen("during/"));
    lake_add(l, (struct iceberg_source_settings){
                    .name = "sql", .type = ICEBERG_SOURCE_SQL, .uri = db, .prefixes = &prefix, .n_prefixes = 1});
    lake_round(l);
    assert_run(l, "sql", "failing-1.11.0/during");
    lake_copy(l, "failing-1.11.0/cat.db", "cat.db"); /* before its file is there */
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "partial");
    assert_non_null(strstr(lake_said(l, "error"), "1 of 1 tables cannot be read; db.orders: "));
    assert_non_null(strstr(row_text(lake_table(l, "sql", "db.orders"), "note"), "No such file"));
    assert_int_cell(lake_table(l, "sql", "db.orders"), ICEBERG_TABLES_SNAPSHOTS, 2); /* what was read stays */
    assert_non_null(strstr(lake_event(l, "table db.orders"), "cannot be read"));
    assert_text_cell(lake_table(l, "sql", "db.orders"), ICEBERG_TABLES_STATE, "unread");
    lake_round(l);
    assert_int_equal(lake_events(l), 1); /* the same again is no news */
    lake_copy(l, from[1], after);
    lake_round(l);
    assert_run(l, "sql", "failing-1.11.0");
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_string_equal(lake_event(l, "table db.orders"), "can be read again");
    free(from[0]);
    free(from[1]);
    free(wh);
    free(db);
}

static void test_nothing_committed(void **state)
{
    struct lake *l = *state;
    char *wh = captures_path("zombie-1.10.1/wh"), *db = lake_path(l, "cat.db");
    const struct iceberg_source_prefix prefix = {"/lake/prod/eu1/wh", wh};
    lake_copy(l, "zombie-1.10.1/cat.db", "cat.db");
    lake_add(l, (struct iceberg_source_settings){
                    .name = "z", .type = ICEBERG_SOURCE_SQL, .uri = db, .prefixes = &prefix, .n_prefixes = 1});
    lake_round(l);
    const struct row *r = lake_table(l, "z", "db.orders");
    assert_non_null(r);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_text_cell(r, ICEBERG_TABLES_NOTE, "no snapshot yet");
    assert_unknown_cell(r, ICEBERG_TABLES_ROWS);
    assert_unknown_cell(r, ICEBERG_TABLES_LAST_COMMIT);
    assert_int_cell(r, ICEBERG_TABLES_SNAPSHOTS, 0);
    assert_int_cell(r, ICEBERG_TABLES_REFS, 0);
    free(wh);
    free(db);
}

/* ---- coming, going, replaced ---- */

#define METADATA(uuid, more)                                                                                           \
    "{\"format-version\":2,\"table-uuid\":\"" uuid "\",\"location\":\"/x\",\"last-updated-ms\":5,"                     \
    "\"current-schema-id\":0,\"schemas\":[{\"schema-id\":0,\"fields\":[]}]" more "}"
#define SNAPSHOT(id, parent, ms)                                                                                       \
    "{\"snapshot-id\":" id ",\"parent-snapshot-id\":" parent ",\"timestamp-ms\":" ms                                   \
    ",\"summary\":{\"operation\":\"append\",\"added-data-files\":\"1\"}}"

static void test_life(void **state)
{
    struct lake *l = *state;
    char *wh = lake_path(l, "wh");
    lake_write(l, "wh/a/t1/metadata/v1.metadata.json",
               METADATA("one", ",\"current-snapshot-id\":1,\"snapshots\":[" SNAPSHOT("1", "-1", "1000") "]"));
    lake_write(l, "wh/a/b/t2/metadata/v1.metadata.json", METADATA("two", ""));
    lake_write(l, "wh/a/left_out/metadata/v1.metadata.json", METADATA("three", ""));
    const char *const globs[] = {"!*out", "a.*"};
    lake_add(l, (struct iceberg_source_settings){
                    .name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh, .tables = globs, .n_tables = 2});
    lake_round(l);
    assert_int_equal(lake_rows(l, "iceberg_tables"), 2);
    assert_non_null(lake_table(l, "w", "a.b.t2"));
    assert_int_equal(lake_events(l), 0);
    uint64_t seq = table_seq(store_find(l->store, "iceberg_tables"));
    lake_round(l);
    assert_int_equal(table_seq(store_find(l->store, "iceberg_tables")), seq); /* nothing changed, nothing is written */

    /* A commit, an appearance, an end. */
    lake_write(l, "wh/a/t1/metadata/v2.metadata.json",
               METADATA("one", ",\"current-snapshot-id\":2,\"snapshots\":[" SNAPSHOT("2", "1", "11000") "]"));
    lake_write(l, "wh/c/t4/metadata/v1.metadata.json", METADATA("four", ""));
    lake_write(l, "wh/a/t5/metadata/v1.metadata.json", METADATA("five", ""));
    char *gone = lake_path(l, "wh/a/b");
    captures_remove(gone);
    lake_round(l);
    assert_null(lake_table(l, "w", "c.t4"));
    assert_non_null(lake_table(l, "w", "a.t5"));
    assert_null(lake_table(l, "w", "a.b.t2"));
    assert_string_equal(lake_event(l, "table a.t5"), "appeared in catalog w");
    assert_string_equal(lake_event(l, "table a.b.t2"), "is no longer in catalog w");
    assert_null(lake_snapshot(l, "w", "a.t1", 1)); /* expired */
    assert_non_null(lake_snapshot(l, "w", "a.t1", 2));
    assert_string_equal(lake_said(l, "state"), "ok");

    /* Another table of the same name. */
    lake_write(l, "wh/a/t1/metadata/v3.metadata.json",
               METADATA("uno", ",\"current-snapshot-id\":2,\"snapshots\":[" SNAPSHOT("2", "-1", "12000") "]"));
    lake_round(l);
    assert_string_equal(lake_event(l, "table a.t1"),
                        "was replaced by another table of this name: uuid uno, before one");
    assert_text_cell(lake_table(l, "w", "a.t1"), ICEBERG_TABLES_UUID, "uno");
    assert_int_cell(lake_snapshot(l, "w", "a.t1", 2), SNAPSHOTS_MADE, 12000);
    free(wh);
}

static void test_marks(void **state)
{
    struct lake *l = *state;
    static const char *const first[] = {"summary:operation", NULL}, *const second[] = {"property:owner", NULL};
    char *wh = lake_path(l, "wh");
    lake_write(l, "wh/a/t1/metadata/v1.metadata.json",
               METADATA("one", ",\"properties\":{\"owner\":\"me\"},\"current-snapshot-id\":1,\"snapshots\":[" SNAPSHOT(
                                   "1", "-1", "10000") "]"));
    lake_add(l,
             (struct iceberg_source_settings){.name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh, .marks = first});
    lake_round(l);
    assert_text_cell(lake_table(l, "w", "a.t1"), ICEBERG_TABLES_MARKS, "summary:operation=append");
    iceberg_source_marks(l->source, second);
    lake_round(l);
    assert_text_cell(lake_table(l, "w", "a.t1"), ICEBERG_TABLES_MARKS, "property:owner=me");
    uint64_t seq = row_seq(lake_table(l, "w", "a.t1"));
    lake_round(l);
    assert_int_equal(row_seq(lake_table(l, "w", "a.t1")), seq);
    iceberg_source_marks(l->source, NULL);
    lake_round(l);
    assert_text_cell(lake_table(l, "w", "a.t1"), ICEBERG_TABLES_MARKS, NULL);
    free(wh);
}

static void test_wanted(void **state)
{
    struct lake *l = *state;
    char *wh = lake_path(l, "wh");
    lake_write(l, "wh/a/t1/metadata/v1.metadata.json", METADATA("one", ""));
    lake_write(l, "wh/a/t2/metadata/v1.metadata.json", METADATA("two", ""));
    lake_write(l, "wh/a/t3/metadata/v1.metadata.json", METADATA("three", ""));
    lake_add(l,
             (struct iceberg_source_settings){.name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh, .max_tables = 2});
    lake_round(l);
    assert_int_equal(lake_rows(l, "iceberg_tables"), 2);
    assert_string_equal(lake_said(l, "state"), "partial");
    assert_string_equal(lake_said(l, "error"), "1 tables beyond the first 2 are left out");
    const char *const wanted[] = {"a.t3", "a.none"};
    iceberg_source_tables(l->source, wanted, 2);
    lake_round(l);
    assert_int_equal(lake_rows(l, "iceberg_tables"), 2);
    assert_text_cell(lake_table(l, "w", "a.t3"), ICEBERG_TABLES_UUID, "three");
    assert_non_null(strstr(row_text(lake_table(l, "w", "a.none"), "note"), "No such file"));
    assert_text_cell(lake_table(l, "w", "a.none"), ICEBERG_TABLES_STATE, "missing");
    assert_text_cell(lake_table(l, "w", "a.t3"), ICEBERG_TABLES_STATE, "read");
    assert_string_equal(lake_said(l, "state"), "partial");
    lake_write(l, "wh/a/none/metadata/v1.metadata.json", METADATA("four", ""));
    lake_round(l);
    assert_text_cell(lake_table(l, "w", "a.none"), ICEBERG_TABLES_UUID, "four");
    assert_text_cell(lake_table(l, "w", "a.none"), ICEBERG_TABLES_STATE, "read");
    assert_string_equal(lake_said(l, "state"), "ok");
    iceberg_source_tables(l->source, NULL, 0);
    lake_round(l);
    assert_null(lake_table(l, "w", "a.t3"));
    free(wh);
}

static void test_sql_names(void **state)
{
    struct lake *l = *state;
    char *path = lake_path(l, "cat.db"), *t = lake_path(l, "t.metadata.json"), *sql;
    sqlite3 *db = NULL;
    lake_write(l, "t.metadata.json", METADATA("one", ""));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sql = mem_printf("CREATE TABLE iceberg_tables(catalog_name, table_namespace, table_name, metadata_location,"
                     " previous_metadata_location); INSERT INTO iceberg_tables VALUES('x','a','t','%s',NULL),"
                     "('y','a','t','s3://b/t.metadata.json',NULL),('y','a','u',NULL,NULL),('y','a','v','%s',NULL)",
                     t, t);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    lake_add(l, (struct iceberg_source_settings){.name = "all", .type = ICEBERG_SOURCE_SQL, .uri = path});
    lake_round(l);
    assert_non_null(strstr(lake_said(l, "error"), "1 tables are in several catalogs of the file"));
    assert_int_equal(lake_rows(l, "iceberg_tables"), 3);
    lake_add(l,
             (struct iceberg_source_settings){.name = "y", .type = ICEBERG_SOURCE_SQL, .uri = path, .warehouse = "y"});
    lake_round(l);
    assert_text_cell(lake_table(l, "y", "a.t"), ICEBERG_TABLES_METADATA, "s3://b/t.metadata.json");
    assert_text_cell(lake_table(l, "y", "a.t"), ICEBERG_TABLES_NOTE,
                     "s3://b/t.metadata.json: no local path, and no prefix says where it lies here");
    assert_text_cell(lake_table(l, "y", "a.u"), ICEBERG_TABLES_NOTE, "its catalog names no metadata");
    assert_text_cell(lake_table(l, "y", "a.v"), ICEBERG_TABLES_UUID, "one");
    assert_non_null(strstr(lake_said(l, "error"), "2 of 3 tables cannot be read; a.t: s3://b/"));
    free(path);
    free(t);
    free(sql);
}

/* ---- what cannot be read ---- */

static void test_bad(void **state)
{
    static const struct {
        const char *name, *text, *note;
    } files[] = {
        {"half", "{\"format-version\":2,\"table-uuid\":\"x\",\"snapsh", "metadata.json, byte"},
        {"empty", "", "metadata.json"},
        {"page", "<html>no</html>", "metadata.json"},
        {"four",
         "{\"format-version\":4,\"table-uuid\":\"u\",\"current-snapshot-id\":1,\"snapshots\":[" SNAPSHOT("1", "-1",
                                                                                                         "1000") "]}",
         "format version 4: only 3 and before are known"},
        {"gone", METADATA("u", ",\"current-snapshot-id\":9,\"snapshots\":[" SNAPSHOT("1", "-1", "1000") "]"),
         "its current snapshot 9 is not among its snapshots"},
        {"none", METADATA("u", ",\"snapshots\":[" SNAPSHOT("1", "-1", "1000") "]"),
         "none of its 1 snapshots is the current one"},
        {"back",
         METADATA("u", ",\"current-snapshot-id\":2,\"snapshots\":[" SNAPSHOT("2", "1", "1000") "," SNAPSHOT(
                           "1", "-1", "100000") "]"),
         "1 snapshot is older than the parent: clocks differ"},
        {"loop", METADATA("u", ",\"current-snapshot-id\":2,\"snapshots\":[" SNAPSHOT("2", "2", "1000") "]"),
         "a snapshot is its own ancestor"},
        {"parts", METADATA("u", ",\"snapshots\":[7]"), "no snapshot yet; 1 malformed part was left out"},
    };
    enum { FILES = sizeof files / sizeof *files };
    struct lake *l = *state;
    char *wh = lake_path(l, "wh"), *large = lake_path(l, "wh/db/large/metadata/v1.metadata.json");
    for (size_t i = 0; i < FILES; i++) {
        char *name = mem_printf("wh/db/%s/metadata/v1.metadata.json", files[i].name);
        lake_write(l, name, files[i].text);
        free(name);
    }
    lake_write(l, "wh/db/large/metadata/v1.metadata.json", "{}");
    assert_int_equal(truncate(large, 200000000), 0); /* a hole: nothing is written */
    lake_write(l, "wh/db/good/metadata/v1.metadata.json",
               METADATA("good", ",\"current-snapshot-id\":1,\"snapshots\":[" SNAPSHOT("1", "-1", "1000") "]"));
    lake_add(l, (struct iceberg_source_settings){.name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh});
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "partial");
    assert_non_null(strstr(lake_said(l, "error"), "4 of 11 tables cannot be read; "));
    assert_non_null(strstr(lake_said(l, "error"), "6 of 11 tables are odd; "));
    assert_int_equal(lake_rows(l, "iceberg_tables"), FILES + 2);
    for (size_t i = 0; i < FILES; i++) {
        char *name = mem_printf("db.%s", files[i].name);
        const char *note = row_text(lake_table(l, "w", name), "note");
        if (!strstr(note, files[i].note))
            fail_msg("%s: %s", name, note);
        free(name);
    }
    assert_non_null(strstr(row_text(lake_table(l, "w", "db.large"), "note"), "200000000 bytes; at most 67108864"));
    assert_text_cell(lake_table(l, "w", "db.good"), ICEBERG_TABLES_NOTE, NULL);
    assert_int_cell(lake_table(l, "w", "db.four"), ICEBERG_TABLES_SNAPSHOT_ID, 1);
    assert_unknown_cell(lake_snapshot(l, "w", "db.back", 2), SNAPSHOTS_GAP_S);
    assert_int_equal(lake_events(l), 0);
    /* What is written anew is read anew. */
    lake_write(l, "wh/db/half/metadata/v1.metadata.json", METADATA("whole", ""));
    lake_round(l);
    assert_text_cell(lake_table(l, "w", "db.half"), ICEBERG_TABLES_UUID, "whole");
    assert_non_null(strstr(lake_said(l, "error"), "3 of 11 tables cannot be read; "));
    free(large);
    free(wh);
}

static void test_no_catalog(void **state)
{
    struct lake *l = *state;
    char *wh = lake_path(l, "wh");
    lake_add(l, (struct iceberg_source_settings){.name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh});
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(strstr(lake_said(l, "error"), "wh: No such file or directory"));
    assert_int_equal(mkdir(wh, 0700), 0);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_string_equal(lake_said(l, "note"), "it has no tables");
    lake_write(l, "wh/a/t/metadata/v1.metadata.json", METADATA("one", ""));
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_string_equal(lake_said(l, "note"), "");
    char *away = lake_path(l, "away");
    assert_int_equal(rename(wh, away), 0);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(lake_table(l, "w", "a.t")); /* the last rows stay */
    assert_int_equal(rename(away, wh), 0);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    free(away);
    free(wh);
}

static void test_settings(void **state)
{
    static const struct {
        enum iceberg_source_type type;
        const char *uri;
        int code;
        const char *text;
    } bad[] = {
        {ICEBERG_SOURCE_SQL, "jdbc:postgresql://db/x", ERR_UNAVAILABLE, "jdbc:postgresql: of the SQL catalogs only"},
        {ICEBERG_SOURCE_HADOOP, "s3://bucket/wh", ERR_UNAVAILABLE, "s3://bucket/wh: no local path, and no prefix"},
        {ICEBERG_SOURCE_HADOOP, "", ERR_INVALID, "a catalog has a name and a uri"},
        {ICEBERG_SOURCE_REST, "/wh", ERR_INVALID, "the URL of a REST catalog begins with http"},
    };
    struct lake *l = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct iceberg_source_settings s = {.name = "x", .type = bad[i].type, .uri = bad[i].uri};
        struct iceberg_source *source = NULL;
        struct error err = {0};
        assert_int_equal(iceberg_source_new(l->base, l->store, &s, &source, &err), bad[i].code);
        assert_null(source);
        if (!strstr(err.text, bad[i].text))
            fail_msg("%s", err.text);
    }
}

/* Many tables, and a deadline that has passed before any of them is read: what comes later is taken. */
static bool all_there(struct lake *l, void *arg)
{
    return lake_rows(l, "iceberg_tables") == *(size_t *)arg;
}

static void test_late(void **state)
{
    struct lake *l = *state;
    size_t tables = 300;
    char *wh = lake_path(l, "wh");
    for (size_t i = 0; i < tables; i++) {
        char *name = mem_printf("wh/db/t%zu/metadata/v1.metadata.json", i);
        lake_write(l, name, METADATA("u", ",\"current-snapshot-id\":1,\"snapshots\":[" SNAPSHOT("1", "-1", "1") "]"));
        free(name);
    }
    lake_add(l,
             (struct iceberg_source_settings){.name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh, .deadline_ms = 1});
    lake_until(l, all_there, &tables);
    assert_string_equal(lake_event(l, "table db.t0"), "");
    /* Freed while it looks and reads. */
    for (int turns = 0; turns < 12; turns++) {
        scheduler_remove(l->scheduler, l->src);
        assert_int_equal(lake_rows(l, "iceberg_tables") + lake_rows(l, "snapshots"), 0);
        lake_add(l, (struct iceberg_source_settings){.name = "w", .type = ICEBERG_SOURCE_HADOOP, .uri = wh});
        for (int i = 0; i < turns; i++)
            event_base_loop(l->base, EVLOOP_ONCE);
    }
    free(wh);
}

/* Somebody holds the catalog locked, and lets it go. */
static void test_locked(void **state)
{
    struct lake *l = *state;
    char *path = lake_path(l, "cat.db"), *wh = captures_path("zombie-1.10.1/wh");
    const struct iceberg_source_prefix prefix = {"/lake/prod/eu1/wh", wh};
    sqlite3 *db = NULL;
    lake_copy(l, "zombie-1.10.1/cat.db", "cat.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    lake_add(l, (struct iceberg_source_settings){
                    .name = "z", .type = ICEBERG_SOURCE_SQL, .uri = path, .prefixes = &prefix, .n_prefixes = 1});
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(strstr(lake_said(l, "error"), "database is locked"));
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_non_null(lake_table(l, "z", "db.orders"));
    sqlite3_close(db);
    free(path);
    free(wh);
}

/* More snapshots than have rows. */
static void test_many(void **state)
{
    struct lake *l = *state;
    struct str text = {0};
    char *path = lake_path(l, "wh/db/t");
    str_add(&text, "{\"format-version\":2,\"table-uuid\":\"u\",\"current-snapshot-id\":1500,\"snapshots\":[");
    for (int i = 1; i <= 1500; i++)
        str_printf(&text, "%s{\"snapshot-id\":%d,\"sequence-number\":%d,\"timestamp-ms\":%d}", i > 1 ? "," : "", i, i,
                   i);
    str_add(&text, "]}");
    lake_write(l, "wh/db/t/metadata/v1.metadata.json", text.s);
    lake_add(l, (struct iceberg_source_settings){.name = "m", .type = ICEBERG_SOURCE_TABLE, .uri = path});
    lake_round(l);
    assert_int_equal(lake_rows(l, "snapshots"), 1000);
    assert_null(lake_snapshot(l, "m", "db.t", 500));
    assert_non_null(lake_snapshot(l, "m", "db.t", 501));
    assert_int_cell(lake_table(l, "m", "db.t"), ICEBERG_TABLES_SNAPSHOTS, 1500);
    assert_string_equal(lake_said(l, "note"), "of 1 table only the newest snapshots have rows, at most 1000");
    assert_string_equal(lake_said(l, "state"), "ok");
    lake_write(l, "wh/db/t/metadata/v2.metadata.json", METADATA("u", ""));
    lake_round(l);
    assert_int_equal(lake_rows(l, "snapshots"), 0);
    assert_string_equal(lake_said(l, "note"), "");
    str_done(&text);
    free(path);
}

static void test_names(void **state)
{
    static const struct {
        const char *path, *name;
    } names[] = {
        {"/lake/wh/db/orders", "db.orders"},
        {"/lake/wh/sales.db/orders/", "sales.orders"},
        {"/lake/wh/db/orders/metadata/v3.metadata.json", "db.orders"},
        {"/tmp/db/v3.gz.metadata.json", "tmp.db"},
        {"https://h:1/wh/db/orders/metadata/v3.metadata.json", "db.orders"},
        {"https://h:1/orders", "orders"},
        {"orders", "orders"},
        {"/", "/"},
        {"/.db/t", ".db.t"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *name = iceberg_look_name(names[i].path);
        assert_string_equal(name, names[i].name);
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_healthy, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_idle, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_failing, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_pointer, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_committed, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_life, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_marks, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_wanted, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_sql_names, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_bad, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_no_catalog, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_late, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_locked, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_many, lake_setup, lake_teardown),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_settings, lake_setup, lake_teardown),
    };
    return cmocka_run_group_tests_name("iceberg/source", tests, NULL, NULL);
}
