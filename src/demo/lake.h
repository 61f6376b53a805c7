/* The demo's Iceberg tables: real ones of format version 2, as Hadoop's catalog lays them out, with Parquet files that
 * engines can read (Iceberg table specification: "Table Metadata", "Manifests", "File System Tables"). */
#ifndef DEMO_LAKE_H
#define DEMO_LAKE_H

#include "base/error.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct demo_lake_table;

/* A data file, written and not yet committed. */
struct demo_lake_file {
    char *path; /* absolute */
    int64_t rows, bytes;
};
void demo_lake_file_done(struct demo_lake_file *f);

/* One record of a source topic as it is in the table. */
struct demo_lake_row {
    int32_t partition;
    int64_t offset, time_us;
    double value;
};

/* A new table WAREHOUSE/NAMESPACE/NAME; its directories are made. ERR_IO. uuid: as text. */
int demo_lake_table_new(const char *warehouse, const char *space, const char *name, const char *uuid, int64_t now_ms,
                        struct demo_lake_table **ret, struct error *err);
void demo_lake_table_free(struct demo_lake_table *t); /* leaves the files; NULL is allowed */

/* Writes a data file under a name of its own. */
int demo_lake_write(struct demo_lake_table *t, const char *name, const struct demo_lake_row *rows, size_t n,
                    struct demo_lake_file *ret, struct error *err);

/* Properties of a snapshot's summary. */
struct demo_lake_property {
    const char *name, *value;
};

/* Appends the files in one snapshot, whose id is given (above 0). The newest 100 snapshots stay in the metadata, of which
 * the newest 20 files stay. */
int demo_lake_commit(struct demo_lake_table *t, const struct demo_lake_file *files, size_t nfiles,
                     const struct demo_lake_property *properties, size_t nproperties, int64_t snapshot_id,
                     int64_t now_ms, struct error *err);

/* Writes a file, whole or not at all: a reader sees the one before or the one after. ERR_IO. */
int demo_lake_put(const char *path, const struct str *bytes, struct error *err);

#endif
