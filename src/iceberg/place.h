/* Where a file that somebody else names lies as seen from here.
 *
 * Writers name local files in three forms, file:/x, file:///x and /x, and a warehouse in a container or a copy of
 * one lies elsewhere here than where its metadata says. A map of prefixes, as written to what they are here,
 * brings both together. */
#ifndef ICEBERG_PLACE_H
#define ICEBERG_PLACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct iceberg_place_prefix {
    char *from, *to; /* from in the one form that iceberg_place_form gives */
};

/* Zeroed is empty: every path is meant as it is written. */
struct iceberg_place {
    struct iceberg_place_prefix *prefixes;
    size_t n, room;
};

void iceberg_place_done(struct iceberg_place *p);
/* What begins with `from`, in whatever form ("file:/lake/wh", "s3://bucket/wh", "/lake/wh"), lies below the
 * directory `to` here. Prefixes are whole components of a path; of several that fit the longest counts, of equal
 * ones the last that was added. ERR_INVALID if one is empty. */
int iceberg_place_add(struct iceberg_place *p, const char *from, const char *to, struct error *err);
/* The path to open here, on the heap. ERR_UNAVAILABLE where it is no local one ("s3://...") and no prefix fits;
 * ERR_INVALID for an empty one. Nothing is percent-decoded: no writer encodes. */
int iceberg_place_here(const struct iceberg_place *p, const char *written, char **ret, struct error *err);

/* The same where a URL ("https://...") will do as well: as it is written, or as a prefix makes it. ERR_INVALID. */
int iceberg_place_map(const struct iceberg_place *p, const char *written, char **ret, struct error *err);
/* True for http and https. */
bool iceberg_place_is_web(const char *path);

/* One form for all that mean the same, on the heap: file: URIs as plain paths, s3a: and s3n: as s3:, without
 * slashes at the end and double ones. */
char *iceberg_place_form(const char *written);
/* True if both mean the same place. */
bool iceberg_place_same(const char *a, const char *b);

#endif
