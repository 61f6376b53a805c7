/* SQL catalogs: recorded ones, of both forms, beside writers of both kinds, damaged and hostile ones. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "iceberg/file.h"
#include "iceberg/place.h"
#include "iceberg/sql_catalog.h"
#include "tests/unit/iceberg/captures.h"

#include <sqlite3.h>
#include <unistd.h>

/* catalog NULL: the first that has such a table. */
static const struct iceberg_sql_table *find(const struct iceberg_sql_catalog *c, const char *catalog,
                                            const char *namespace, const char *name)
{
    size_t n;
    const struct iceberg_sql_table *tables = iceberg_sql_catalog_tables(c, &n);
    for (size_t i = 0; i < n; i++)
        if ((!catalog || strcmp(tables[i].catalog, catalog) == 0) && strcmp(tables[i].namespace, namespace) == 0 &&
            strcmp(tables[i].name, name) == 0)
            return &tables[i];
    return NULL;
}

static int64_t wall;

static int64_t held_wall(void *arg)
{
    (void)arg;
    return wall;
}

/* One at which files written just now are old, so that their stamps are believed. */
static const struct clock later = {.wall_ms = held_wall};

static int setup(void **state)
{
    wall = clock_wall_ms(&clock_system) + 3600000;
    *state = captures_directory();
    return 0;
}

static int teardown(void **state)
{
    captures_remove(*state);
    return 0;
}

static sqlite3 *database(const char *path)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static bool poll(struct iceberg_sql_catalog *c)
{
    bool changed = false;
    struct error err = {0};
    if (iceberg_sql_catalog_poll(c, 10000, &changed, &err))
        fail_msg("%s", err.text);
    return changed;
}

static void assert_refused(struct iceberg_sql_catalog *c, int code, const char *expected)
{
    bool changed = false;
    struct error err = {0};
    assert_int_equal(iceberg_sql_catalog_poll(c, 20, &changed, &err), code);
    if (!strstr(err.text, expected))
        fail_msg("%s is not in: %s", expected, err.text);
}

#define CREATE                                                                                                         \
    "CREATE TABLE iceberg_tables(catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,"           \
    " table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000)"
#define KEY ", PRIMARY KEY (catalog_name, table_namespace, table_name));"

/* The pointer of each run as pyiceberg followed it, to a file whose metadata it names; not the newest file of the
 * failing one, which was never committed. */
static void test_captures(void **state)
{
    static const struct {
        const char *run, *prefix;
        size_t snapshots;
    } runs[] = {{"failing-1.11.0", "/lake1", 6},
                {"failing-1.11.0/during", "file:/lake1", 2},
                {"zombie-1.10.1", "/lake/prod/eu1", 0}};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        char *name = mem_printf("%s/cat.db", runs[i].run), *from = captures_path(name),
             *root = captures_path(runs[i].run);
        char *path = mem_printf("%s/cat %zu%%41?#.db", (const char *)*state, i), *base = strrchr(path, '/') + 1;
        struct str bytes = {0}, text = {0};
        assert_int_equal(iceberg_file_read(from, 1000000, &bytes, NULL, NULL), 0);
        captures_write(*state, base, bytes.s, bytes.len);
        struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
        assert_true(poll(c));
        assert_false(poll(c));
        char *log = mem_printf("%s-wal", path), *memory = mem_printf("%s-shm", path);
        assert_int_equal(access(log, F_OK), -1); /* reading made nothing beside it */
        assert_int_equal(access(memory, F_OK), -1);
        const struct iceberg_sql_table *t = find(c, NULL, "db", "orders");
        assert_non_null(t);
        assert_string_equal(t->catalog, "iceberg");
        struct iceberg_place place = {0};
        struct iceberg_metadata *m = NULL;
        char *file = NULL;
        assert_int_equal(iceberg_place_add(&place, runs[i].prefix, root, NULL), 0);
        assert_int_equal(iceberg_place_here(&place, t->location, &file, NULL), 0);
        assert_int_equal(iceberg_file_read(file, ICEBERG_METADATA_BYTES, &text, NULL, NULL), 0);
        assert_int_equal(iceberg_metadata_parse(text.s, text.len, file, &m, NULL), 0);
        assert_int_equal(m->n_snapshots, runs[i].snapshots);
        iceberg_metadata_free(m);
        iceberg_place_done(&place);
        iceberg_sql_catalog_free(c);
        str_done(&bytes);
        str_done(&text);
        char *all[] = {name, from, root, path, log, memory, file};
        for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
            free(all[k]);
    }
}

static void test_forms(void **state)
{
    char *path = mem_printf("%s/c.db", (const char *)*state);
    struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
    size_t n = 7;
    assert_refused(c, ERR_NOT_FOUND, "c.db");
    sqlite3 *db = database(path);
    run(db, "CREATE TABLE other(x)");
    assert_true(poll(c));
    iceberg_sql_catalog_tables(c, &n);
    assert_int_equal(n, 0); /* no catalog's table yet: an empty catalog */
    run(db, CREATE KEY "INSERT INTO iceberg_tables VALUES('b','n.m','t','s3://x/1',NULL),('a','n','t2',NULL,NULL)");
    assert_true(poll(c));
    const struct iceberg_sql_table *all = iceberg_sql_catalog_tables(c, &n);
    assert_int_equal(n, 2);
    assert_string_equal(all[0].name, "t2");
    assert_null(all[0].location);
    assert_null(find(c, "a", "n.m", "t"));
    assert_string_equal(find(c, "b", "n.m", "t")->location, "s3://x/1");
    run(db, "ALTER TABLE iceberg_tables ADD COLUMN iceberg_type VARCHAR(5);"
            "UPDATE iceberg_tables SET iceberg_type = 'VIEW' WHERE table_name = 't2';"
            "INSERT INTO iceberg_tables VALUES('b','n','t3','l','p','TABLE')");
    assert_true(poll(c));
    all = iceberg_sql_catalog_tables(c, &n);
    assert_int_equal(n, 2);
    assert_string_equal(all[0].name, "t3");
    assert_string_equal(all[0].previous, "p");
    run(db, "CREATE TABLE more(x)"); /* written to, but no table is another */
    assert_false(poll(c));
    run(db,
        "UPDATE iceberg_tables SET metadata_location = 'l2', previous_metadata_location = 'l' WHERE table_name = 't3'");
    assert_true(poll(c));
    assert_string_equal(find(c, NULL, "n", "t3")->location, "l2");
    sqlite3_close(db);
    iceberg_sql_catalog_free(c);
    free(path);
}

/* Who writes with a rollback journal locks readers out while it commits; what was read last stays. */
static void test_locked(void **state)
{
    char *path = mem_printf("%s/c.db", (const char *)*state);
    sqlite3 *db = database(path);
    run(db, CREATE KEY "INSERT INTO iceberg_tables VALUES('c','n','t','l1',NULL)");
    struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
    assert_true(poll(c));
    run(db, "UPDATE iceberg_tables SET metadata_location = 'l2'");
    run(db, "BEGIN IMMEDIATE; UPDATE iceberg_tables SET metadata_location = 'l3'"); /* readers may still read */
    assert_true(poll(c));
    assert_string_equal(find(c, NULL, "n", "t")->location, "l2");
    run(db, "COMMIT; UPDATE iceberg_tables SET metadata_location = 'l4'; BEGIN EXCLUSIVE");
    assert_refused(c, ERR_TIMEOUT, "database is locked");
    assert_string_equal(find(c, NULL, "n", "t")->location, "l2");
    run(db, "COMMIT");
    assert_true(poll(c));
    assert_string_equal(find(c, NULL, "n", "t")->location, "l4");
    sqlite3_close(db);
    iceberg_sql_catalog_free(c);
    free(path);
}

/* Beside a write-ahead log: committed rows are seen at once, open transactions never, and the writer is never in
 * our way. */
static void test_write_ahead(void **state)
{
    char *path = mem_printf("%s/c.db", (const char *)*state);
    sqlite3 *db = database(path);
    run(db, "PRAGMA journal_mode=WAL;" CREATE KEY "INSERT INTO iceberg_tables VALUES('c','n','t','l1',NULL)");
    struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
    assert_true(poll(c));
    assert_false(poll(c));
    run(db, "BEGIN IMMEDIATE; UPDATE iceberg_tables SET metadata_location = 'l2'");
    assert_false(poll(c));
    run(db, "COMMIT");
    assert_true(poll(c));
    assert_string_equal(find(c, NULL, "n", "t")->location, "l2");
    run(db, "PRAGMA wal_checkpoint(TRUNCATE); UPDATE iceberg_tables SET metadata_location = 'l3'");
    assert_true(poll(c));
    sqlite3_close(db); /* the last one: its log goes */
    assert_false(poll(c));
    assert_string_equal(find(c, NULL, "n", "t")->location, "l3");
    iceberg_sql_catalog_free(c);
    free(path);
}

/* What was written just before the reading may be written again without its times telling: it is read again until
 * it is old. */
static void test_settled(void **state)
{
    char *path = mem_printf("%s/c.db", (const char *)*state);
    sqlite3 *db = database(path);
    run(db, CREATE KEY "INSERT INTO iceberg_tables VALUES('c','n','t','l1',NULL)");
    wall = clock_wall_ms(&clock_system);
    struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
    for (int i = 0; i < 50; i++) {
        char *sql = mem_printf("UPDATE iceberg_tables SET metadata_location = 'm%02d'", i),
             *location = strstr(sql, "'m") + 1;
        run(db, sql);
        assert_true(poll(c));
        assert_memory_equal(find(c, NULL, "n", "t")->location, location, 3);
        free(sql);
    }
    sqlite3_close(db);
    iceberg_sql_catalog_free(c);
    free(path);
}

static void test_hostile(void **state)
{
    static const struct {
        const char *sql;
        int code;
        const char *expected;
    } bad[] = {
        {"CREATE TABLE iceberg_tables(x)", ERR_INVALID, "its iceberg_tables is no Iceberg catalog"},
        {"CREATE VIEW iceberg_tables AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS "
         "catalog_name,"
         " n AS table_namespace, n AS table_name, n AS metadata_location, n AS previous_metadata_location FROM r",
         ERR_LIMIT, "interrupted"},
        {CREATE KEY "INSERT INTO iceberg_tables SELECT 'c','n','t',hex(zeroblob(9000)),NULL", ERR_LIMIT,
         "a name or location of 18000 bytes; at most 16384 are read"},
        {CREATE KEY "INSERT INTO iceberg_tables SELECT 'c','n','t',hex(zeroblob(900000)),NULL", ERR_LIMIT, "too big"},
        {CREATE KEY "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < 100000)"
                    " INSERT INTO iceberg_tables SELECT 'c','n',n,NULL,NULL FROM r",
         ERR_LIMIT, "more than 100000 tables"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *path = mem_printf("%s/%zu.db", (const char *)*state, i);
        sqlite3 *db = database(path);
        run(db, "PRAGMA synchronous=OFF");
        run(db, bad[i].sql);
        sqlite3_close(db);
        struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
        assert_refused(c, bad[i].code, bad[i].expected);
        iceberg_sql_catalog_free(c);
        free(path);
    }
    captures_write(*state, "no.db", "This is no database, but it is long enough for its head", 55);
    char *path = mem_printf("%s/no.db", (const char *)*state);
    struct iceberg_sql_catalog *c = iceberg_sql_catalog_new(path, &later);
    assert_refused(c, ERR_INVALID, "not a database");
    iceberg_sql_catalog_free(c);
    c = iceberg_sql_catalog_new(*state, &later);
    assert_refused(c, ERR_INVALID, "no regular file");
    iceberg_sql_catalog_free(c);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_captures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_write_ahead, setup, teardown),
        cmocka_unit_test_setup_teardown(test_settled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
    };
    return cmocka_run_group_tests_name("iceberg/sql_catalog", tests, NULL, NULL);
}
