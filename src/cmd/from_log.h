/* Commit cycles from logs that lie in files, without a collector, a Kafka or a configuration. */
#ifndef CMD_FROM_LOG_H
#define CMD_FROM_LOG_H

#include "table/table.h"

#include <stdbool.h>

struct cmd_from_log;

/* Reads logs of Connect workers whole: paths, NULL-terminated; "-" is standard input; gzip is unpacked. Those
 * whose first line is older come first. What cannot be read is said on standard error, and the rest goes on. */
struct cmd_from_log *cmd_from_log_read(const char *const *paths);
void cmd_from_log_free(struct cmd_from_log *f); /* NULL is allowed */

/* The tables: commits, commit_partitions, commit_tables, log_events. */
struct store *cmd_from_log_store(const struct cmd_from_log *f);
/* The time of the last line, or now if there is none: ages are as of then. */
int64_t cmd_from_log_now(const struct cmd_from_log *f);
/* True if nothing was found that is a log's. */
bool cmd_from_log_empty(const struct cmd_from_log *f);
/* True if something could not be read. */
bool cmd_from_log_failed(const struct cmd_from_log *f);
/* Is there such a table? Else says on standard error which there are. Of one that a log cannot fill says that,
 * and sets *missing. */
bool cmd_from_log_has(const struct cmd_from_log *f, const char *table, bool *missing);

#endif
