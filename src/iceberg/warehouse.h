/* Which tables there are in a warehouse that is nothing but directories (Hadoop's catalog): namespaces within
 * namespaces, and in them tables, which are directories whose metadata/ holds a metadata file. */
#ifndef ICEBERG_WAREHOUSE_H
#define ICEBERG_WAREHOUSE_H

#include "base/error.h"

#include <stddef.h>

enum {
    ICEBERG_WAREHOUSE_DEPTH = 8,         /* levels of directories below the warehouse */
    ICEBERG_WAREHOUSE_ENTRIES = 1000000, /* of all directories that are looked at, together */
    ICEBERG_WAREHOUSE_TABLES = 100000,
};

struct iceberg_warehouse_table {
    char *namespace; /* its levels with dots between them, "" directly in the warehouse */
    char *name;
    char *path; /* of its directory */
};

/* Zeroed is empty. */
struct iceberg_warehouse {
    struct iceberg_warehouse_table *tables; /* by path */
    size_t n, room;
    size_t unread; /* directories that could not be read, deeper ones among them */
};

/* Looks through a warehouse; on a thread. Neither hidden directories nor symbolic links below it are followed, nor
 * what is inside a table. ERR_NOT_FOUND, ERR_IO: the warehouse itself cannot be read; ERR_LIMIT. */
int iceberg_warehouse_init(struct iceberg_warehouse *w, const char *path, struct error *err);
void iceberg_warehouse_done(struct iceberg_warehouse *w);

#endif
