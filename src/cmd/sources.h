/* How far the sources of data are, for commands that wait for them. */
#ifndef CMD_SOURCES_H
#define CMD_SOURCES_H

#include "table/table.h"

struct cmd_sources {
    size_t total, starting, failed, partial;
    size_t begun; /* of those that are starting: rows are there, but not all */
    size_t plugins; /* of those that are starting: plugins, whose tables are not there before */
};

/* Only sources of data count: history, say, has a row too, but no round. complain: says on standard error what is wrong. */
struct cmd_sources cmd_sources_state(const struct store *s, bool complain);

#endif
