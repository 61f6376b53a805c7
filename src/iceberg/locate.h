/* Which metadata file of a table is the current one, asked again and again at next to no cost.
 *
 * For tables that lie in a directory without a catalog's service (Hadoop's file system tables) and for a metadata
 * file that is named outright. Never the newest file: where commits are made in a catalog, files lie about that
 * were never committed.
 *
 * A directory's current version is the one that metadata/version-hint.text names, or where that is not there or of
 * no use the highest vN there is; from there on upwards as long as the next one exists, for the hint is written
 * after the commit and may be behind. Each version N is looked for as vN.metadata.json, vN.gz.metadata.json and
 * vN.metadata.json.gz. A hint that is no number is the name of a metadata file, with or without its ending. */
#ifndef ICEBERG_LOCATE_H
#define ICEBERG_LOCATE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct iceberg_locate;

enum {
    ICEBERG_LOCATE_FILES = 1000000, /* entries of a metadata directory that are looked at */
    ICEBERG_LOCATE_AHEAD = 100000,  /* versions that a hint may be behind */
};

/* How it was found. */
enum iceberg_locate_by {
    ICEBERG_LOCATE_GIVEN,  /* it was named outright */
    ICEBERG_LOCATE_HINT,   /* the hint says so */
    ICEBERG_LOCATE_AFTER,  /* it follows the one that the hint names */
    ICEBERG_LOCATE_LISTED, /* there is no hint that helps: the highest of those there, or one that follows it */
};

struct iceberg_located {
    const char *file; /* to be read; valid until the next poll */
    int64_t version;  /* N; -1 where the file has none */
    enum iceberg_locate_by by;
    bool changed; /* it is another file, or was written to, since the poll before; true the first time */
};

/* path: a table's directory or a metadata file, as it is to be opened here (see iceberg/place.h). Nothing is
 * looked at yet. */
struct iceberg_locate *iceberg_locate_new(const char *path);
/* NULL is allowed. */
void iceberg_locate_free(struct iceberg_locate *l);

/* Looks, with six calls of stat where nothing has changed; on a thread, since file systems may hang.
 * ERR_NOT_FOUND: no such file or table; ERR_UNAVAILABLE: a table whose files only its catalog can choose from;
 * ERR_LIMIT; ERR_IO. An error leaves what was known, so that the next poll compares with that. */
int iceberg_locate_poll(struct iceberg_locate *l, struct iceberg_located *ret, struct error *err);

/* True for a name that ends as a metadata file does: .metadata.json, .gz.metadata.json, .metadata.json.gz. */
bool iceberg_locate_is_metadata(const char *name);

#endif
