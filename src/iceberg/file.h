/* Reading a small local file whole, with a cap, inflated where it is gzip; and knowing cheaply whether it is
 * another one by now. */
#ifndef ICEBERG_FILE_H
#define ICEBERG_FILE_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stat says of a file, enough to see that it was written or replaced. Zeroed: of no file. */
struct iceberg_stamp {
    uint64_t device, inode;
    int64_t size, modified_ns, changed_ns;
};

/* ERR_NOT_FOUND if nothing is there, ERR_INVALID if it is no regular file, ERR_IO. */
int iceberg_file_stamp(const char *path, struct iceberg_stamp *ret, struct error *err);
bool iceberg_file_same(const struct iceberg_stamp *a, const struct iceberg_stamp *b);

/* Reads it into text, which it empties first. What begins as gzip is inflated, whatever its name. Neither the file
 * nor what it inflates to may have more than max bytes (ERR_LIMIT "path: size, limit"). *stamp (NULL allowed) is
 * from before the reading: what is written meanwhile differs from it afterwards. ERR_INVALID for gzip that is
 * damaged or half written, ERR_NOT_FOUND, ERR_IO. Never waits for a pipe or a device. */
int iceberg_file_read(const char *path, size_t max, struct str *text, struct iceberg_stamp *stamp, struct error *err);

/* Inflates gzip, one member or several behind each other, to at most max bytes; text is emptied first. source
 * names it in errors. */
int iceberg_file_inflate(const void *bytes, size_t len, size_t max, const char *source, struct str *text,
                         struct error *err);
/* True for what begins as gzip does. */
bool iceberg_file_is_gzip(const void *bytes, size_t len);

#endif
