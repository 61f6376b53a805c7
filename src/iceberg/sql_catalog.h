/* An Iceberg catalog in an SQLite file: the table iceberg_tables of the JDBC and SQL catalogs, read beside whoever
 * writes it.
 *
 * Nothing is ever written to it and no lock outlives a reading. (SQLite itself makes the shared-memory file of a
 * write-ahead log that a writer left behind without one.) Where neither the file nor its log were touched since
 * the last reading, nothing is read at all. A table's pointer is its state: metadata files never change, so a
 * table whose location is the same has no new commit. */
#ifndef ICEBERG_SQL_CATALOG_H
#define ICEBERG_SQL_CATALOG_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    ICEBERG_SQL_CATALOG_TABLES = 100000,
    ICEBERG_SQL_CATALOG_STEPS = 10000000, /* of SQLite's virtual machine, for what is made to take for ever */
    ICEBERG_SQL_CATALOG_TEXT = 16 * 1024, /* bytes of a name or a location */
};

/* One table; texts as written. */
struct iceberg_sql_table {
    const char *catalog;   /* one file may hold several */
    const char *namespace; /* its levels with dots between them */
    const char *name;
    const char *location; /* of its current metadata; NULL where the catalog has none */
    const char *previous; /* of the one before, or NULL */
};

struct iceberg_sql_catalog;

/* Nothing is opened yet. path: of the SQLite file; the clock is that of the file system it lies on. */
struct clock;
struct iceberg_sql_catalog *iceberg_sql_catalog_new(const char *path, const struct clock *clock);
/* NULL is allowed. */
void iceberg_sql_catalog_free(struct iceberg_sql_catalog *c);

/* Reads the tables, unless nothing was written since; on a thread. *changed: a table came, went or points
 * elsewhere. Waits at most wait_ms for a lock. A database without iceberg_tables has no tables; views are left
 * out. ERR_NOT_FOUND no such file; ERR_INVALID no SQLite database, or its iceberg_tables is another table;
 * ERR_TIMEOUT somebody holds it locked; ERR_LIMIT, also where it takes SQLite too long; ERR_UNAVAILABLE whatever
 * else SQLite says. After an error the tables are those that were read last. */
int iceberg_sql_catalog_poll(struct iceberg_sql_catalog *c, int wait_ms, bool *changed, struct error *err);

/* Those of the last reading, ordered by catalog, namespace, name; valid until the next poll. */
const struct iceberg_sql_table *iceberg_sql_catalog_tables(const struct iceberg_sql_catalog *c, size_t *n);

#endif
