/* Column groups that are derived; see columns.h. */
#include "derive/columns.h"

#include <string.h>

#define KEPT           COLUMN_HISTORY
#define HIDDEN         COLUMN_HIDDEN
#define SUM            COLUMN_SUM
#define WORSE          COLUMN_WORST_HIGH
#define COLUMNS(array) .columns = array, .ncolumns = sizeof(array) / sizeof *(array)

/* clang-format off: a column's declaration is one line. */
static const struct column commits[] = {
    [DERIVE_COMMITS_LAST_COMMIT] = {"last_commit", "last commit", COLUMN_TIME, UNIT_NONE, KEPT, 1,
                                    "When the last of its cycles ended that was committed, wholly or in part; one in "
                                    "which nothing was to be committed counts too."},
    [DERIVE_COMMITS_LAST_OUTCOME] = {"last_outcome", "outcome", COLUMN_TEXT, UNIT_NONE, KEPT, 3,
                                     "How the last cycle ended, as in the table commits."},
    [DERIVE_COMMITS_OUTCOMES] =
        {"outcomes", "last cycles", COLUMN_TEXT, UNIT_NONE, 0, 2,
         "The last cycles, a letter each, the newest at the right, at most 40: F full, P partial, o empty, d dropped, "
         "x failed, s superseded, c committed though its announcement was lost, ? unknown, . running."},
    [DERIVE_COMMITS_CYCLE] =
        {"cycle", "cycle", COLUMN_TEXT, UNIT_NONE, KEPT, 1,
         "\"1 of 2\": partitions that have answered in the running cycle, of those expected; unknown while none runs."},
    [DERIVE_COMMITS_CYCLE_STARTED] = {"cycle_started", "cycle began", COLUMN_TIME, UNIT_NONE, KEPT, 4,
                                      "When the running cycle began; unknown while none runs."},
    [DERIVE_COMMITS_ROWS] = {"commit_rows", "rows/commit", COLUMN_REAL, UNIT_MESSAGES, KEPT, 3,
                             "Rows announced in a cycle: the mean of the last 20 committed cycles that had any."},
    [DERIVE_COMMITS_FILES] = {"commit_files", "files/commit", COLUMN_REAL, UNIT_COUNT, KEPT, 3,
                              "Data files announced in a cycle: the mean of the same cycles."},
    [DERIVE_COMMITS_VALID_THROUGH] = {"valid_through", "valid through", COLUMN_TIME, UNIT_NONE, KEPT, 5,
                                      "The last valid-through that one of its cycles was committed with: all that was "
                                      "written to the source before then is in the tables, says the sink."},
    [DERIVE_COMMITS_COORDINATOR] = {"coordinator", "coordinator", COLUMN_TEXT, UNIT_NONE, KEPT, 6,
                                    "The task whose coordinator led the last cycle, CONNECTOR-TASK; estimated from the "
                                    "assignment where no log and no snapshot names it."},
    [DERIVE_COMMITS_COORDINATOR_WORKER] = {"coordinator_worker", "on", COLUMN_TEXT, UNIT_NONE, KEPT, 6,
                                           "The worker that runs this task."},
    [DERIVE_COMMITS_FLUSH_MS] =
        {"flush_ms", "flush", COLUMN_INT, UNIT_MS, KEPT, 6,
         "offset.flush.interval.ms of the worker, as its log prints it at its start: so seldom "
         "does a task wake to which no records come, and it answers at the second time; unknown "
         "where no such line was read."},
};

/* The same columns of three tables; of: what the queryable lag of each is. */
#define QUERYABLE(of) \
    [DERIVE_QUERYABLE_LAG] = {"queryable_lag", "not queryable", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 1, "Records of the source that are in no committed snapshot yet: log-end offset less what is queryable, " of ". What the sink has written and not committed counts, which consumer lag does not show."}, \
    [DERIVE_QUERYABLE_LAG_S] = {"queryable_lag_s", "not since", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 1, "The age of the oldest of these records, by when its partition's end was seen to pass it; \">=\" beyond what was seen."}, \
    [DERIVE_QUERYABLE_RATE] = {"queryable_rate", "queryable/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT, 3, "Records that became queryable a second: the mean over the last commits, of five minutes at least where they are known."}, \
    [DERIVE_QUERYABLE_PENDING_ROWS] = {"pending_rows", "pending", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 3, "Rows in files that were announced and are in no snapshot yet."}, \
    [DERIVE_QUERYABLE_PENDING_FILES] = {"pending_files", "pending files", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 5, "These files, delete files among them."}, \
    [DERIVE_QUERYABLE_PENDING_BYTES] = {"pending_bytes", "pending bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 5, "Their bytes."}, \
    [DERIVE_QUERYABLE_LOST_ROWS] = {"lost_rows", "lost rows", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 4, "Rows that were announced and that no snapshot will have: the coordinator has gone past them, or their table was replaced; as far as the control topic still tells."}, \
    [DERIVE_QUERYABLE_WHY] = {"queryable_why", "where they part", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "Where consumer lag and queryable lag tell different things: what each says, and what is missing to know better."}

static const struct column queryable_group[] = {
    QUERYABLE("the sum over the partitions, each by the table that is furthest behind"),
};

static const struct column queryable_connector[] = {
    QUERYABLE("the sum over the source's partitions, each by the table that is furthest behind"),
    [DERIVE_QUERYABLE_CONSUMER_LAG] = {"lag", "lag", COLUMN_INT, UNIT_MESSAGES, KEPT | SUM, 1, "The lag of the sink's consumer group, beside it: it counts what was written to files as done."},
};

static const struct column queryable_table[] = {
    QUERYABLE("the sum over the partitions of all sinks that write to this table; \"<=\" where records are routed to tables by what is in them"),
};

static const struct column queryable_partition[] = {
    [DERIVE_QUERYABLE_PARTITION_LAG] = {"queryable_lag", "not queryable", COLUMN_INT, UNIT_MESSAGES, KEPT | WORSE | SUM, 2, "Records of the partition that are in no committed snapshot yet, by the table that is furthest behind; unknown for groups that are no Iceberg sink's."},
    [DERIVE_QUERYABLE_PARTITION_LAG_S] = {"queryable_lag_s", "not since", COLUMN_REAL, UNIT_SECONDS, KEPT | WORSE, 2, "The age of the oldest of them, by when the partition's end was seen to pass it; \">=\" beyond what was seen."},
    [DERIVE_QUERYABLE_PARTITION_RATE] = {"queryable_rate", "queryable/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT, 4, "Records that became queryable a second: the mean over the last commits, of five minutes at least where they are known."},
    [DERIVE_QUERYABLE_PARTITION_OFFSET] = {"queryable_offset", "queryable to", COLUMN_INT, UNIT_ID, KEPT, 5, "The first offset that is not queryable."},
    [DERIVE_QUERYABLE_PARTITION_TABLE] = {"queryable_table", "held by", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The table that is furthest behind."},
    [DERIVE_QUERYABLE_PARTITION_WHY] = {"queryable_why", "where they part", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "Where consumer lag and queryable lag tell different things: what each says, and what is missing to know better."},
};

static const struct column sink[] = {
    [DERIVE_SINK_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 7,
                               "The Iceberg sink that the group belongs to; of a group of role control it is "
                               "estimated, and known only where there is but one."},
    [DERIVE_SINK_ROLE] = {"role", "role", COLUMN_TEXT, UNIT_NONE, KEPT, 7,
                          "What an Iceberg sink has the group for. data: its tasks read the source; coordinator: its "
                          "coordinator reads the control topic, whose lag is never 0 between commits; control: one "
                          "task reads the control topic and never commits, so that its lag is unknown."},
};
/* clang-format on */

const struct derive_columns derive_columns[] = {
    {"connectors", {.name = "commits", COLUMNS(commits)}},
    {"groups", {.name = "sink", COLUMNS(sink)}},
    {"connectors", {.name = "queryable", COLUMNS(queryable_connector)}},
    {"groups", {.name = "queryable", COLUMNS(queryable_group)}},
    {"group_partitions", {.name = "queryable", COLUMNS(queryable_partition)}},
    {"iceberg_tables", {.name = "queryable", COLUMNS(queryable_table)}},
    {.table = NULL},
};

size_t derive_columns_first(const struct table *t, const char *group)
{
    for (size_t i = 0; i < table_ngroups(t); i++)
        if (strcmp(table_group_name(t, i), group) == 0)
            return table_group_first(t, i);
    return SIZE_MAX;
}

void derive_columns_add(struct store *s)
{
    for (const struct derive_columns *d = derive_columns; d->table; d++) {
        struct table *t = store_find(s, d->table);
        struct error err;
        if (t && derive_columns_first(t, d->group.name) == SIZE_MAX)
            table_add_group(t, &d->group, NULL, &err);
    }
}
