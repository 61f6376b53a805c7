/* Column groups that are derived: added to tables of other rooms, and written here. */
#ifndef DERIVE_COLUMNS_H
#define DERIVE_COLUMNS_H

#include "table/table.h"

/* Of `connectors`, group "commits": what its commit cycles say. */
enum derive_columns_commits {
    DERIVE_COMMITS_LAST_COMMIT,
    DERIVE_COMMITS_LAST_OUTCOME,
    DERIVE_COMMITS_OUTCOMES,
    DERIVE_COMMITS_CYCLE,
    DERIVE_COMMITS_CYCLE_STARTED,
    DERIVE_COMMITS_ROWS,
    DERIVE_COMMITS_FILES,
    DERIVE_COMMITS_VALID_THROUGH,
    DERIVE_COMMITS_COORDINATOR,
    DERIVE_COMMITS_COORDINATOR_WORKER,
    DERIVE_COMMITS_FLUSH_MS,
};

/* Of `groups`, group "sink": the connector to which a group belongs. */
enum derive_columns_sink {
    DERIVE_SINK_CONNECTOR,
    DERIVE_SINK_ROLE,
};

struct derive_columns {
    const char *table;
    struct column_group group;
};

/* All of them; ended by one whose table is NULL. */
extern const struct derive_columns derive_columns[];

/* Adds them to those tables of a store that are there and lack them. */
void derive_columns_add(struct store *s);
/* The index of a group's first column in its table, or SIZE_MAX: what the enums count from. */
size_t derive_columns_first(const struct table *t, const char *group);

#endif
