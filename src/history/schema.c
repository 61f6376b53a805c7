/* The schema of the history's database, and its versions.
 *
 * All times are milliseconds since 1970 UTC. Names end in _ms where they are times.
 *
 *   run      One collector from start to end. seen_ms is the last time it is known to have run
 *            (written with each transaction, every ten seconds at least).
 *   tab      A table by name. key_columns names the columns of its key with their types
 *            ("cluster:text,group:text"), which is how item.key is read: a text is its length as
 *            four bytes and its bytes, all else is eight bytes, in the machine's order.
 *   col      A column of a table, by a small number (slot) that is never used for another one. A
 *            column that changes its type is another column. type and unit are words.
 *   item     A row's identity: table and key. hash is XXH3 of the key.
 *   life     A time in which the row was there and was observed. died_ms is NULL while it is. The
 *            next collector to start ends the lives that the last one left open, at run.seen_ms.
 *   text     A text that cells hold, once. refs counts the samples in chunks that name it;
 *            journal_id is the last journal entry that does. One with neither goes.
 *   journal  What was seen since the last fold, as it came: packed samples of many series (see
 *            history/journal.h), one entry a transaction.
 *   chunk    Folded samples of one series: series is item.id * 1024 + col.slot, data is described
 * in history/chunk.h. until_ms is how long its last value holds: NULL while it is the series'
 * present one. resolution_ms is 0 for samples as they came; where they were thinned, the step (history/thin.h), also where that changed
 * nothing; -1 where they never are. The i-th step from 1 on has the ids from i * 2^36 on.
 *
 * A number or a text is kept only when it changes; that a value is unknown from some time on is a
 * sample, too. A value holds until the next sample, but never beyond the life that it was seen in.
 * To draw a table as it was at time T: the items that lived at T, and of each series the last
 * sample up to T within that life. */
#include "history/schema.h"
#include "history/db.h"

#include <inttypes.h>

/* The i-th step leads from version i to version i + 1. */
static const char *const steps[HISTORY_SCHEMA_VERSION] = {
    "CREATE TABLE run (id INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL,"
    " seen_ms INTEGER NOT NULL, version TEXT NOT NULL);"
    "CREATE TABLE tab (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " key_columns TEXT NOT NULL);"
    "CREATE TABLE col (table_id INTEGER NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL,"
    " type TEXT NOT NULL, unit TEXT NOT NULL, PRIMARY KEY (table_id, slot),"
    " UNIQUE (table_id, name, type)) WITHOUT ROWID;"
    "CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, key BLOB NOT NULL);"
    "CREATE INDEX item_key ON item (table_id, hash);"
    "CREATE TABLE life (item_id INTEGER NOT NULL, born_ms INTEGER NOT NULL, died_ms INTEGER,"
    " PRIMARY KEY (item_id, born_ms)) WITHOUT ROWID;"
    "CREATE INDEX life_died ON life (died_ms) WHERE died_ms IS NOT NULL;"
    "CREATE TABLE text (id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL,"
    " refs INTEGER NOT NULL, journal_id INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE INDEX text_bytes ON text (hash);"
    "CREATE INDEX text_unused ON text (journal_id) WHERE refs = 0;"
    "CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, first_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL, written_ms INTEGER NOT NULL, n INTEGER NOT NULL,"
    " data BLOB NOT NULL);"
    "CREATE TABLE chunk (id INTEGER PRIMARY KEY, series INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, until_ms INTEGER,"
    " resolution_ms INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL);"
    "CREATE INDEX chunk_series ON chunk (series, first_ms);"
    "CREATE INDEX chunk_until ON chunk (until_ms) WHERE until_ms IS NOT NULL;",
    "CREATE INDEX chunk_age ON chunk (resolution_ms, first_ms);",
};

static int number_of(sqlite3 *db, const char *sql, int64_t *n, struct error *err)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        return history_db_error(db, err);
    int rc = sqlite3_step(s) == SQLITE_ROW ? 0 : history_db_error(db, err);
    if (!rc)
        *n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return rc;
}

int history_schema_check(sqlite3 *db, const char *path, int *version, struct error *err)
{
    int64_t application, user, objects;
    int rc = number_of(db, "PRAGMA application_id", &application, err);
    if (!rc)
        rc = number_of(db, "PRAGMA user_version", &user, err);
    if (!rc)
        rc = number_of(db, "SELECT count(*) FROM sqlite_schema", &objects, err);
    if (rc)
        return rc;
    if (objects == 0 && application == 0 && user == 0) {
        *version = 0;
        return 0;
    }
    if (application != HISTORY_SCHEMA_APPLICATION || user < 1)
        return error_set(err, ERR_NOT_FOUND, "history: %s is no history of icetop, and is left alone", path);
    if (user > HISTORY_SCHEMA_VERSION)
        return error_set(err, ERR_LIMIT,
                         "history: %s is of a newer icetop (schema %" PRId64 ", this one knows %d), and is left alone",
                         path, user, HISTORY_SCHEMA_VERSION);
    *version = (int)user;
    return 0;
}

int history_schema_migrate(sqlite3 *db, int version, struct error *err)
{
    if (version == HISTORY_SCHEMA_VERSION)
        return 0;
    int rc = history_db_exec(db, err, "BEGIN IMMEDIATE");
    for (int v = version; v < HISTORY_SCHEMA_VERSION && !rc; v++)
        rc = history_db_exec(db, err, "%s", steps[v]);
    if (!rc)
        rc = history_db_exec(db, err, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                             HISTORY_SCHEMA_APPLICATION, HISTORY_SCHEMA_VERSION);
    if (rc && !sqlite3_get_autocommit(db))
        history_db_exec(db, NULL, "ROLLBACK");
    return rc;
}
