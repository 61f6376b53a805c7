/* Rows of a store's tables written as one document, as the command line asks for it. */
#ifndef CMD_DOCUMENT_H
#define CMD_DOCUMENT_H

#include "cmd/options.h"
#include "snapshot/snapshot.h"

/* --format, or the default. */
int cmd_document_format(const struct cmd_options *o, const struct snapshot_format **ret, struct error *err);

struct cmd_document {
    const struct cmd_options *options; /* --columns, --where, --sort, --output, --utc */
    const struct snapshot_format *format;
    const char *const *tables; /* that the store has */
    size_t ntables;
    size_t limit;       /* rows of a table at most; 0: all */
    bool series, again; /* one of several documents; not the first of them */
};

/* Chooses the rows of every table and writes them. ERR_CLOSED if nobody reads standard output any longer; ERR_INVALID and
 * ERR_NOT_FOUND for what the options name that is not there. */
int cmd_document_write(const struct cmd_document *d, const struct store *store, int64_t now_ms, struct error *err);

#endif
