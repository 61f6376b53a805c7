/* Writes Parquet files as small as can be: one row group, one page a column, required columns, plain and uncompressed
 * (apache/parquet-format: parquet.thrift, Encodings.md; Thrift's compact protocol). */
#ifndef DEMO_PARQUET_H
#define DEMO_PARQUET_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

enum demo_parquet_type { DEMO_PARQUET_INT, DEMO_PARQUET_LONG, DEMO_PARQUET_TIME, DEMO_PARQUET_DOUBLE };

struct demo_parquet_column {
    const char *name;
    enum demo_parquet_type type; /* TIME: microseconds since 1970 UTC */
    int32_t field_id;            /* the table's id of the column */
    struct str plain;            /* its values, as demo_parquet_int and the others append them */
};

void demo_parquet_int(struct str *plain, int32_t value);
void demo_parquet_long(struct str *plain, int64_t value); /* of TIME too */
void demo_parquet_double(struct str *plain, double value);

/* Appends the file: every column has `rows` values. */
void demo_parquet_write(struct str *out, const struct demo_parquet_column *columns, size_t n, int64_t rows);

#endif
