/* The database's schema: its versions, and the way from one to the next. */
#ifndef HISTORY_SCHEMA_H
#define HISTORY_SCHEMA_H

#include "base/error.h"

#include <sqlite3.h>

enum {
    HISTORY_SCHEMA_APPLICATION = 0x49635470, /* "IcTp", in PRAGMA application_id */
    HISTORY_SCHEMA_VERSION = 2,              /* in PRAGMA user_version */
    HISTORY_SCHEMA_SLOTS = 1024,             /* columns of a table over all time */
};

/* So many ids of chunks belong together: those of one step lie beside one another in the file, and grow and shrink alike,
 * which fills its pages better. */
#define HISTORY_SCHEMA_CHUNKS (INT64_C(1) << 36)

/* Which series: one column (slot) of one row (item). */
#define HISTORY_SERIES(item, slot) ((item)*HISTORY_SCHEMA_SLOTS + (slot))

/* Looks whether the open database is one that this program knows. *version is 0 for an empty one.
 * ERR_NOT_FOUND: it is somebody else's; ERR_LIMIT: of a newer icetop; others by sqlite's code
 * (history_db_error). */
int history_schema_check(sqlite3 *db, const char *path, int *version, struct error *err);

/* Brings a database of that version to the present one, within one transaction; creates everything
 * from version 0. */
int history_schema_migrate(sqlite3 *db, int version, struct error *err);

#endif
