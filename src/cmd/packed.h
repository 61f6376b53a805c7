/* A file or standard input, gzip or not, read from its beginning to its end. */
#ifndef CMD_PACKED_H
#define CMD_PACKED_H

#include "base/error.h"

#include <stddef.h>

/* Hands on what is in it, piece by piece; "-" is standard input. ERR_NOT_FOUND if it cannot be opened, then there was no piece; ERR_IO
 * if its end could not be read. The text is without the path. */
int cmd_packed_read(const char *path, void (*piece)(void *arg, const char *bytes, size_t len), void *arg,
                    struct error *err);
/* What to call it in a message: the path, or "standard input". */
const char *cmd_packed_name(const char *path);

#endif
