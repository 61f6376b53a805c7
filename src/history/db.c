/* Prepared statements of the history's database. */
#include "history/db.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[HISTORY_SQL_COUNT] = {
    [SQL_RUN_NEW] = "INSERT INTO run (started_ms, seen_ms, version) VALUES (?1, ?1, ?2)",
    [SQL_RUN_SEEN] = "UPDATE run SET seen_ms = max(seen_ms, ?2) WHERE id = ?1",
    [SQL_RUN_LAST] = "SELECT seen_ms FROM run ORDER BY id DESC LIMIT 1",
    [SQL_RUN_TRIM] = "DELETE FROM run WHERE seen_ms < ?1",
    [SQL_LIFE_END_ALL] = "UPDATE life SET died_ms = max(born_ms, ?1) WHERE died_ms IS NULL",
    [SQL_LIFE_BORN] = "INSERT OR REPLACE INTO life (item_id, born_ms, died_ms) VALUES (?1, ?2, NULL)",
    [SQL_LIFE_DIED] = "UPDATE life SET died_ms = max(born_ms, ?2)"
                      " WHERE item_id = ?1 AND died_ms IS NULL",
    [SQL_LIFE_PAST] = "INSERT INTO life (item_id, born_ms, died_ms) VALUES (?1, ?2, ?3)",
    [SQL_LIFE_ANY] = "SELECT 1 FROM life WHERE item_id = ?1 LIMIT 1",
    [SQL_LIFE_OF] = "SELECT born_ms, died_ms FROM life WHERE item_id = ?1 ORDER BY born_ms",
    [SQL_LIFE_OLDEST] = "SELECT item_id, born_ms, died_ms FROM life WHERE died_ms IS NOT NULL"
                        " ORDER BY died_ms LIMIT 1",
    [SQL_LIFE_DELETE] = "DELETE FROM life WHERE item_id = ?1 AND born_ms = ?2",
    [SQL_TABLE_ADD] = "INSERT INTO tab (name, key_columns) VALUES (?1, ?2)",
    [SQL_TABLE_FIND] = "SELECT id FROM tab WHERE name = ?1",
    [SQL_COLUMNS] = "SELECT count(*) FROM col WHERE table_id = ?1",
    [SQL_COLUMN_ADD] = "INSERT INTO col (table_id, slot, name, type, unit) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_COLUMN_FIND] = "SELECT slot FROM col WHERE table_id = ?1 AND name = ?2 AND type = ?3",
    [SQL_COLUMN_OF] = "SELECT c.type, c.unit FROM item i JOIN col c ON c.table_id = i.table_id"
                      " WHERE i.id = ?1 AND c.slot = ?2",
    [SQL_ITEM_FIND] = "SELECT id FROM item WHERE table_id = ?1 AND hash = ?2 AND key = ?3",
    [SQL_ITEM_ADD] = "INSERT INTO item (table_id, hash, key) VALUES (?1, ?2, ?3)",
    [SQL_ITEM_EXISTS] = "SELECT 1 FROM item WHERE id = ?1",
    [SQL_ITEM_DELETE] = "DELETE FROM item WHERE id = ?1",
    [SQL_ITEMS] = "SELECT id, key FROM item WHERE table_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    [SQL_TEXT_FIND] = "SELECT id FROM text WHERE hash = ?1 AND bytes = ?2",
    [SQL_TEXT_ADD] = "INSERT INTO text (hash, refs, journal_id, bytes) VALUES (?1, 0, ?2, ?3)",
    [SQL_TEXT_USED] = "UPDATE text SET journal_id = ?2 WHERE id = ?1",
    [SQL_TEXT_REFS] = "UPDATE text SET refs = refs + ?2 WHERE id = ?1",
    [SQL_TEXT_SWEEP] = "DELETE FROM text WHERE refs = 0 AND journal_id <= ?1",
    [SQL_TEXT_GET] = "SELECT bytes FROM text WHERE id = ?1",
    [SQL_JOURNAL_ADD] = "INSERT INTO journal (id, first_ms, last_ms, written_ms, n, data)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_JOURNAL_NEXT] = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'journal'",
    [SQL_JOURNAL_SIZE] = "SELECT total(length(data)), total(n), min(written_ms), max(id) FROM journal",
    [SQL_JOURNAL_SCAN] = "SELECT data FROM journal WHERE id <= ?1 AND first_ms <= ?2 ORDER BY id",
    [SQL_JOURNAL_DELETE] = "DELETE FROM journal WHERE id <= ?1",
    [SQL_CHUNKS_TO] = "SELECT id, last_ms, n, data, resolution_ms FROM chunk WHERE series = ?1 AND first_ms <= ?2"
                      " ORDER BY first_ms DESC",
    [SQL_CHUNK_AFTER] = "SELECT first_ms FROM chunk WHERE series = ?1 AND first_ms > ?2 ORDER BY first_ms LIMIT 1",
    [SQL_CHUNK_ADD] = "INSERT INTO chunk (id, series, first_ms, last_ms, until_ms, resolution_ms, n,"
                      " data) SELECT coalesce(max(id), ?8) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM chunk"
                      " WHERE id >= ?8 AND id < ?8 + ?9",
    [SQL_CHUNK_SET] = "UPDATE chunk SET first_ms = ?2, last_ms = ?3, until_ms = ?4,"
                      " resolution_ms = ?5, n = ?6, data = ?7 WHERE id = ?1",
    [SQL_CHUNK_UNTIL] = "UPDATE chunk SET until_ms = ?2 WHERE id = ?1",
    [SQL_CHUNK_STEP] = "UPDATE chunk SET resolution_ms = ?2 WHERE id = ?1",
    [SQL_CHUNK_DELETE] = "DELETE FROM chunk WHERE id = ?1",
    [SQL_CHUNK_OLDEST] = "SELECT id, until_ms, data FROM chunk WHERE until_ms IS NOT NULL"
                         " ORDER BY until_ms LIMIT 1",
    [SQL_CHUNK_RESOLUTION] = "SELECT min(resolution_ms) FROM chunk WHERE resolution_ms > ?1",
    [SQL_CHUNK_DUE] = "SELECT id, series, until_ms, data FROM chunk WHERE resolution_ms = ?1 AND first_ms < ?2"
                      " ORDER BY first_ms LIMIT 1",
    [SQL_CHUNKS_OF_ITEM] = "SELECT id, data FROM chunk WHERE series BETWEEN ?1 AND ?2",
};

void history_db_close(struct history_db *db)
{
    for (size_t i = 0; i < HISTORY_SQL_COUNT; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->handle);
    *db = (struct history_db){0};
}

int history_db_error(sqlite3 *handle, struct error *err)
{
    static const struct {
        int sqlite, code;
    } codes[] = {
        {SQLITE_CORRUPT, ERR_INVALID},  {SQLITE_NOTADB, ERR_INVALID},     {SQLITE_FULL, ERR_LIMIT},
        {SQLITE_BUSY, ERR_UNAVAILABLE}, {SQLITE_LOCKED, ERR_UNAVAILABLE},
    };
    int code = ERR_IO, primary = sqlite3_errcode(handle) & 0xff;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].sqlite == primary)
            code = codes[i].code;
    const char *file = handle ? sqlite3_db_filename(handle, "main") : NULL;
    return error_set(err, code, "history: %s: %s", file ? file : "", sqlite3_errmsg(handle));
}

int history_db_exec(sqlite3 *handle, struct error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *sql = mem_vprintf(fmt, ap);
    va_end(ap);
    int rc = sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : history_db_error(handle, err);
    free(sql);
    return rc;
}

static int bind(sqlite3_stmt *s, const char *types, va_list ap)
{
    int rc = SQLITE_OK;
    for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
        if (*types == 'i' || *types == 'o') {
            int64_t n = va_arg(ap, int64_t);
            rc = *types == 'o' && n == INT64_MAX ? sqlite3_bind_null(s, i) : sqlite3_bind_int64(s, i, n);
        } else if (*types == 't') {
            rc = sqlite3_bind_text(s, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
        } else {
            const void *bytes = va_arg(ap, const void *);
            size_t len = va_arg(ap, size_t);
            rc = sqlite3_bind_blob64(s, i, len ? bytes : "", len, SQLITE_STATIC);
        }
    }
    return rc;
}

static sqlite3_stmt *query(struct history_db *db, enum history_sql sql, struct error *err, const char *types,
                           va_list ap)
{
    sqlite3_stmt **s = &db->statements[sql];
    if ((!*s && sqlite3_prepare_v3(db->handle, texts[sql], -1, SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK) ||
        bind(*s, types, ap) != SQLITE_OK) {
        history_db_error(db->handle, err);
        return NULL;
    }
    return *s;
}

sqlite3_stmt *history_db_query(struct history_db *db, enum history_sql sql, struct error *err, const char *types, ...)
{
    va_list ap;
    va_start(ap, types);
    sqlite3_stmt *s = query(db, sql, err, types, ap);
    va_end(ap);
    return s;
}

int history_db_next(struct history_db *db, sqlite3_stmt *s, struct error *err)
{
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW)
        return 1;
    int rc = step == SQLITE_DONE ? 0 : history_db_error(db->handle, err);
    sqlite3_reset(s);
    return rc;
}

int history_db_run(struct history_db *db, enum history_sql sql, struct error *err, const char *types, ...)
{
    va_list ap;
    va_start(ap, types);
    sqlite3_stmt *s = query(db, sql, err, types, ap);
    va_end(ap);
    if (!s)
        return history_db_error(db->handle, NULL);
    int rc;
    while ((rc = history_db_next(db, s, err)) == 1)
        ;
    return rc;
}

int history_db_number(struct history_db *db, enum history_sql sql, struct error *err, int64_t *value, const char *types,
                      ...)
{
    va_list ap;
    va_start(ap, types);
    sqlite3_stmt *s = query(db, sql, err, types, ap);
    va_end(ap);
    if (!s)
        return history_db_error(db->handle, NULL);
    int rc = history_db_next(db, s, err);
    if (rc != 1)
        return rc;
    rc = sqlite3_column_type(s, 0) != SQLITE_NULL;
    if (rc)
        *value = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return rc;
}
