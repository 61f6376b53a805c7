/* The process's log: lines with a level and a time, to stderr until a file is set. The one mutable
 * global. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/error.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines of this level and worse are kept; WARN until said otherwise. */
void log_set_level(enum log_level level);
/* "error", "warn", "info", "debug" → level; ERR_INVALID for anything else. */
int log_level_parse(const char *text, enum log_level *level);
/* Appends to a file (0600) from now on; with reopen of the same path after rotation on the next
 * call. */
int log_open(const char *path, struct error *err);
void log_close(void);
/* One line; control characters in it become '?'. Safe from any thread. */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *fmt, ...);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)  log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
