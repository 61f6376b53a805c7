/* All tables that sources of our own fill, for whoever goes through them: the collector, the manual, the command line. */
#ifndef CMD_TABLES_H
#define CMD_TABLES_H

#include "table/table.h"

/* The i-th, in the order in which they are added to a store; NULL behind the last. Those of source/source.h, which the
 * scheduler adds, come last. */
const struct table_def *cmd_tables_at(size_t i);
/* NULL if there is none of this name. */
const struct table_def *cmd_tables_find(const char *name);
/* Adds those that the scheduler does not. */
void cmd_tables_add(struct store *store);

#endif
