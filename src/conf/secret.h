/* Secrets: where they come from, how they are shown, how they leave the memory. */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

#include "base/error.h"

#include <stdbool.h>

/* What stands for a secret wherever one would be printed: three bullets. */
#define CONF_SECRET_SHOWN "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2"

/* How long a command may take, in milliseconds. */
enum { CONF_SECRET_DEADLINE_MS = 10000 };

/* Is a librdkafka or Java client property of this name a secret, whatever its value? */
bool conf_secret_named(const char *property);

/* Each gives a text on the heap for mem_free_secret: not empty, without a NUL, one newline at its
 * end taken away. The error never quotes the secret. */

/* From the environment. ERR_NOT_FOUND where the variable is not set. */
int conf_secret_env(const char *name, char **ret, struct error *err);
/* From a file; *exposed says that every user of the machine may read it. */
int conf_secret_file(const char *path, bool *exposed, char **ret, struct error *err);
/* From the standard output of a program, argv ending in NULL, found on PATH and run without a
 * shell, with no input, in a process group of its own, which is killed at the deadline. Its first
 * line of standard error is part of the error where it fails. Blocks until then. */
int conf_secret_command(char *const argv[], int deadline_ms, char **ret, struct error *err);

#endif
