/* Small local files read whole: the configuration, a client's properties, a secret. */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct conf_file {
    char *bytes; /* len bytes and a NUL */
    size_t len;
    bool exposed; /* a regular file that every user of the machine may read */
};

/* Reads at most max bytes of a file, or of a pipe (process substitution), for which it waits up to
 * ten seconds. ERR_NOT_FOUND where there is none, ERR_LIMIT where it is larger, ERR_TIMEOUT, else
 * ERR_IO; the text begins with the path. */
int conf_file_read(const char *path, size_t max, struct conf_file *ret, struct error *err);

/* Wipes and frees. A zeroed one is allowed. */
void conf_file_done(struct conf_file *f);

#endif
