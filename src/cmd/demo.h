/* The embedded cluster of --demo: a process with the scripted brokers, their sinks with a directory of tables, and a Connect
 * worker, exporters and a Prometheus server; and a directory for its history. */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

#include "base/error.h"

struct cmd_demo;

/* Starts the brokers; they end when cmd_demo_stop is called or this process ends. */
int cmd_demo_start(struct cmd_demo **ret, struct error *err);
void cmd_demo_stop(struct cmd_demo *d); /* removes the directory too; NULL is allowed */
/* "127.0.0.1:41233,…", owned by d. */
const char *cmd_demo_bootstrap(const struct cmd_demo *d);
/* "http://127.0.0.1:41240", owned by d; NULL if there are no sinks, as there is no place for their tables. */
const char *cmd_demo_connect(const struct cmd_demo *d);
/* Where its exporters and its Prometheus server are, as sections of a configuration; owned by d; NULL: there are none. */
const char *cmd_demo_sections(const struct cmd_demo *d);
/* Makes a directory for a history of the demo's own; *ret is the file in it, owned by d. */
int cmd_demo_history(struct cmd_demo *d, const char **ret, struct error *err);

#endif
