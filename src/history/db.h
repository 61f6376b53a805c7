/* The database's statements: each prepared once, run with its values in one line. */
#ifndef HISTORY_DB_H
#define HISTORY_DB_H

#include "base/error.h"

#include <sqlite3.h>
#include <stdint.h>

enum history_sql {
    SQL_RUN_NEW,
    SQL_RUN_SEEN,
    SQL_RUN_LAST,
    SQL_RUN_TRIM,
    SQL_LIFE_END_ALL,
    SQL_LIFE_BORN,
    SQL_LIFE_DIED,
    SQL_LIFE_PAST,
    SQL_LIFE_ANY,
    SQL_LIFE_OF,
    SQL_LIFE_OLDEST,
    SQL_LIFE_DELETE,
    SQL_TABLE_ADD,
    SQL_TABLE_FIND,
    SQL_COLUMNS,
    SQL_COLUMN_ADD,
    SQL_COLUMN_FIND,
    SQL_COLUMN_OF,
    SQL_ITEM_FIND,
    SQL_ITEM_ADD,
    SQL_ITEM_EXISTS,
    SQL_ITEM_DELETE,
    SQL_ITEMS,
    SQL_TEXT_FIND,
    SQL_TEXT_ADD,
    SQL_TEXT_USED,
    SQL_TEXT_REFS,
    SQL_TEXT_SWEEP,
    SQL_TEXT_GET,
    SQL_JOURNAL_ADD,
    SQL_JOURNAL_NEXT,
    SQL_JOURNAL_SIZE,
    SQL_JOURNAL_SCAN,
    SQL_JOURNAL_DELETE,
    SQL_CHUNKS_TO,
    SQL_CHUNK_AFTER,
    SQL_CHUNK_ADD,
    SQL_CHUNK_SET,
    SQL_CHUNK_UNTIL,
    SQL_CHUNK_STEP,
    SQL_CHUNK_DELETE,
    SQL_CHUNK_OLDEST,
    SQL_CHUNK_RESOLUTION,
    SQL_CHUNK_DUE,
    SQL_CHUNKS_OF_ITEM,
    HISTORY_SQL_COUNT,
};

struct history_db {
    sqlite3 *handle; /* NULL while closed */
    sqlite3_stmt *statements[HISTORY_SQL_COUNT];
};

/* Finalizes and closes. */
void history_db_close(struct history_db *db);

/* The handle's last error: its text in *err (may be NULL); ERR_INVALID for a corrupt file or one
 * that is no database, ERR_LIMIT for a full disk or file, ERR_UNAVAILABLE for a locked one, else
 * ERR_IO. */
int history_db_error(sqlite3 *handle, struct error *err);

/* Runs text of one or several statements without values. */
__attribute__((format(printf, 3, 4))) int history_db_exec(sqlite3 *handle, struct error *err, const char *fmt, ...);

/* Binds values: 'i' int64_t; 'o' int64_t, where INT64_MAX stands for NULL; 't' const char *
 * (borrowed until the statement is done); 'b' const void *, size_t (likewise). The statement is
 * ready to be stepped; NULL on error. */
sqlite3_stmt *history_db_query(struct history_db *db, enum history_sql sql, struct error *err, const char *types, ...);
/* 1: a row is there; 0: there are no more, and the statement is reset; else an error, likewise. Who
 * stops before calls sqlite3_reset. */
int history_db_next(struct history_db *db, sqlite3_stmt *s, struct error *err);
/* Binds as history_db_query and runs to the end. */
int history_db_run(struct history_db *db, enum history_sql sql, struct error *err, const char *types, ...);
/* The same for a statement that gives at most one row with one integer: 1 and *value, or 0 if there
 * is no row or it is NULL. */
int history_db_number(struct history_db *db, enum history_sql sql, struct error *err, int64_t *value, const char *types,
                      ...);

#endif
