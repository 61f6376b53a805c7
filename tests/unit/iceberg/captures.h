/* Recorded warehouses and what pyiceberg said of them. */
#ifndef TESTS_UNIT_ICEBERG_CAPTURES_H
#define TESTS_UNIT_ICEBERG_CAPTURES_H

#include "iceberg/metadata.h"

#include <jansson.h>

/* "DATA/iceberg/NAME", on the heap. */
char *captures_path(const char *name);
/* The metadata of a file below it; fails the test if there is an error. */
struct iceberg_metadata *captures_metadata(const char *name);
/* What pyiceberg said of db.orders of a run; to be json_decref'd. */
json_t *captures_expected(const char *run);
/* Parses text; fails the test if there is an error. */
struct iceberg_metadata *captures_parse(const char *text);
/* A new directory for this test, on the heap; captures_remove removes it with its files. */
char *captures_directory(void);
void captures_remove(char *directory);
/* Writes a file below a directory, making what is above it. */
void captures_write(const char *directory, const char *name, const void *bytes, size_t len);

#endif
