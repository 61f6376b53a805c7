/* An Iceberg catalog in an SQLite file. */
#include "iceberg/sql_catalog.h"
#include "base/clock.h"
#include "base/vec.h"
#include "base/text.h"
#include "iceberg/file.h"
#include "iceberg/pool.h"
#include "net/http.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that was written this short before it was looked at may be written again without its times telling. */
#define SETTLED_NS INT64_C(2000000000)

/* One reading. */
struct reading {
    struct iceberg_pool pool;
    VEC(struct iceberg_sql_table) tables;
};

struct iceberg_sql_catalog {
    char *path, *log; /* the database and its write-ahead log */
    const struct clock *clock;
    struct iceberg_stamp stamp, log_stamp;
    struct reading last;
    bool read;  /* once at least */
    bool known; /* the stamps are those of the last reading, and old enough to tell a change */
};

struct iceberg_sql_catalog *iceberg_sql_catalog_new(const char *path, const struct clock *clock)
{
    struct iceberg_sql_catalog *c = mem_new(struct iceberg_sql_catalog);
    c->path = mem_strdup(path);
    c->clock = clock;
    c->log = mem_printf("%s-wal", path);
    return c;
}

static void reading_done(struct reading *r)
{
    vec_done(&r->tables);
    iceberg_pool_done(&r->pool);
}

void iceberg_sql_catalog_free(struct iceberg_sql_catalog *c)
{
    if (!c)
        return;
    reading_done(&c->last);
    free(c->path);
    free(c->log);
    free(c);
}

const struct iceberg_sql_table *iceberg_sql_catalog_tables(const struct iceberg_sql_catalog *c, size_t *n)
{
    *n = c->last.tables.n;
    return c->last.tables.items;
}

/* What SQLite says, as an error. */
static int failed(const struct iceberg_sql_catalog *c, sqlite3 *db, int rc, struct error *err)
{
    int base = rc & 0xff;
    int code = base == SQLITE_BUSY || base == SQLITE_LOCKED        ? ERR_TIMEOUT
               : base == SQLITE_NOTADB || base == SQLITE_CORRUPT   ? ERR_INVALID
               : base == SQLITE_TOOBIG || base == SQLITE_INTERRUPT ? ERR_LIMIT
                                                                   : ERR_UNAVAILABLE;
    return error_set(err, code, "%s: %s", c->path, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

/* True for a database with a write-ahead log whose log is empty: nobody has it open for writing, and all is in the
 * file. Opened as any other SQLite would make a new log beside it. */
static bool alone(const struct iceberg_sql_catalog *c, const struct iceberg_stamp *log)
{
    unsigned char head[20] = {0};
    int fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
    if (fd >= 0)
        close(fd);
    enum { READ_VERSION = 19, WAL = 2 }; /* https://sqlite.org/fileformat2.html, "File format version numbers" */
    return n == sizeof head && head[READ_VERSION] == WAL && log->size == 0;
}

/* Called by SQLite every so many steps: the first time is too late. */
static int too_long(void *arg)
{
    (void)arg;
    return 1;
}

static sqlite3 *open_database(const struct iceberg_sql_catalog *c, bool immutable, int wait_ms, int *rc)
{
    struct str uri = {0};
    sqlite3 *db = NULL;
    str_add(&uri, "file:");
    net_http_encode(&uri, c->path);
    str_add(&uri, immutable ? "?immutable=1" : "?mode=ro");
    *rc = sqlite3_open_v2(uri.s, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    str_done(&uri);
    if (db) {
        sqlite3_busy_timeout(db, wait_ms);
        sqlite3_progress_handler(db, ICEBERG_SQL_CATALOG_STEPS, too_long, NULL);
        sqlite3_limit(db, SQLITE_LIMIT_LENGTH, ICEBERG_SQL_CATALOG_TEXT * 8);
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    return db;
}

/* A text of the row, of the pool; NULL stays NULL. */
static const char *text(struct reading *r, sqlite3_stmt *row, int column)
{
    const char *s = (const char *)sqlite3_column_text(row, column);
    return s ? iceberg_pool_copy(&r->pool, s, strlen(s)) : NULL;
}

static int take_row(const struct iceberg_sql_catalog *c, struct reading *r, sqlite3_stmt *row, struct error *err)
{
    for (int i = 0; i < 5; i++)
        if (sqlite3_column_bytes(row, i) > ICEBERG_SQL_CATALOG_TEXT)
            return error_set(err, ERR_LIMIT, "%s: a name or location of %d bytes; at most %d are read", c->path,
                             sqlite3_column_bytes(row, i), ICEBERG_SQL_CATALOG_TEXT);
    if (r->tables.n == ICEBERG_SQL_CATALOG_TABLES)
        return error_set(err, ERR_LIMIT, "%s: more than %d tables; at most that many are read", c->path,
                         ICEBERG_SQL_CATALOG_TABLES);
    struct iceberg_sql_table t = {text(r, row, 0), text(r, row, 1), text(r, row, 2), text(r, row, 3), text(r, row, 4)};
    if (t.catalog && t.namespace && t.name) /* all of its key */
        vec_push(&r->tables, t);
    return 0;
}

/* How many columns of a name a table has; 0 as well where there is no such table. */
static int count(const struct iceberg_sql_catalog *c, sqlite3 *db, const char *column, int64_t *ret, struct error *err)
{
    static const char sql[] = "SELECT count(*) FROM pragma_table_info('iceberg_tables') WHERE name = ?1 OR ?1 IS NULL";
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    rc = rc ? rc : sqlite3_bind_text(stmt, 1, column, -1, SQLITE_STATIC);
    rc = rc ? rc : sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? 0 : failed(c, db, rc, err);
}

/* All tables; the older form of the catalog does not know views. */
static int select_tables(const struct iceberg_sql_catalog *c, sqlite3 *db, struct reading *r, struct error *err)
{
    static const char *const forms[] = {
        "SELECT catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location"
        " FROM iceberg_tables ORDER BY 1, 2, 3",
        "SELECT catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location"
        " FROM iceberg_tables WHERE iceberg_type = 'TABLE' OR iceberg_type IS NULL ORDER BY 1, 2, 3",
    };
    int64_t columns = 0, typed = 0;
    sqlite3_stmt *stmt = NULL;
    int rc = count(c, db, NULL, &columns, err);
    rc = rc ? rc : count(c, db, "iceberg_type", &typed, err);
    if (rc || columns == 0)
        return rc;
    int said = sqlite3_prepare_v2(db, forms[typed ? 1 : 0], -1, &stmt, NULL);
    if (said == SQLITE_ERROR)
        return error_set(err, ERR_INVALID, "%s: its iceberg_tables is no Iceberg catalog: %s", c->path,
                         sqlite3_errmsg(db));
    while (!said && (said = sqlite3_step(stmt)) == SQLITE_ROW) {
        rc = take_row(c, r, stmt, err);
        said = rc ? SQLITE_DONE : SQLITE_OK;
    }
    if (said != SQLITE_DONE)
        rc = failed(c, db, said, err);
    sqlite3_finalize(stmt);
    return rc;
}

static int read_tables(const struct iceberg_sql_catalog *c, bool immutable, int wait_ms, struct reading *r,
                       struct error *err)
{
    int said = 0, rc = 0;
    sqlite3 *db = open_database(c, immutable, wait_ms, &said);
    if (said)
        rc = failed(c, db, said, err);
    /* One transaction, so that the two questions are asked of the same state. */
    else if ((said = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL)))
        rc = failed(c, db, said, err);
    else
        rc = select_tables(c, db, r, err);
    sqlite3_close(db);
    return rc;
}

/* The write-ahead log's stamp; zeroed where there is none. */
static int stamps(const struct iceberg_sql_catalog *c, struct iceberg_stamp *file, struct iceberg_stamp *log,
                  struct error *err)
{
    *log = (struct iceberg_stamp){0};
    int rc = iceberg_file_stamp(c->log, log, err);
    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    return iceberg_file_stamp(c->path, file, err);
}

static bool same_tables(const struct reading *a, const struct reading *b)
{
    bool same = a->tables.n == b->tables.n;
    for (size_t i = 0; i < a->tables.n && same; i++) {
        const struct iceberg_sql_table *s = &a->tables.items[i], *t = &b->tables.items[i];
        same = text_same(s->catalog, t->catalog) && text_same(s->namespace, t->namespace) &&
               text_same(s->name, t->name) && text_same(s->location, t->location) &&
               text_same(s->previous, t->previous);
    }
    return same;
}

int iceberg_sql_catalog_poll(struct iceberg_sql_catalog *c, int wait_ms, bool *changed, struct error *err)
{
    struct iceberg_stamp file, log, after, log_after;
    int rc = stamps(c, &file, &log, err);
    if (rc)
        return rc;
    if (c->known && iceberg_file_same(&file, &c->stamp) && iceberg_file_same(&log, &c->log_stamp)) {
        *changed = false;
        return 0;
    }
    int64_t now_ns = clock_wall_ms(c->clock) * 1000000;
    struct reading r = {0};
    bool immutable = alone(c, &log);
    rc = read_tables(c, immutable, wait_ms, &r, err);
    rc = rc ? rc : stamps(c, &after, &log_after, err);
    if (!rc && immutable && !(iceberg_file_same(&file, &after) && iceberg_file_same(&log, &log_after)))
        rc = error_set(err, ERR_UNAVAILABLE, "%s: was written while it was read", c->path);
    if (rc) {
        reading_done(&r);
        return rc;
    }
    *changed = !c->read || !same_tables(&c->last, &r);
    c->read = true;
    reading_done(&c->last);
    c->last = r;
    c->stamp = file;
    c->log_stamp = log;
    c->known = now_ns - file.modified_ns > SETTLED_NS && now_ns - log.modified_ns > SETTLED_NS;
    return 0;
}
