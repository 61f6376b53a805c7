/* The view where icetop starts. */
#include "ui/views_internal.h"

static const struct view_def defs[] = {
    {
        .name = "overview",
        .title = "overview",
        .help = "Is anything wrong? The worst first, then who is behind, then the clusters.",
        .key = '1',
        .overview = true,
        .panes =
            {
                {.title = "not queryable yet",
                 .table = "connectors",
                 .where = "iceberg = true",
                 .sort = "queryable_lag desc, connector",
                 .columns = "queryable_lag queryable_lag_s lag last_commit outcomes lost_rows",
                 .heads = "queryable_lag=rows queryable_lag_s=age lost_rows=lost",
                 .signs = "outcomes",
                 .open = "connector",
                 .spark = "queryable_lag",
                 .empty = ""},
                {.title = "behind",
                 .table = "groups",
                 .where = "lag > 0 and role = unknown",
                 .sort = "lag desc",
                 .columns = "lag lag_s verdict rate_in rate_out eta_s",
                 .open = "group",
                 .spark = "lag",
                 .empty = ""},
                {.title = "clusters",
                 .table = "clusters",
                 .columns = "brokers topics partitions under_replicated leaderless groups rate_in "
                            "rate_out",
                 .open = "cluster",
                 .empty = "no cluster has answered yet"},
                {.title = "tables",
                 .table = "iceberg_tables",
                 .sort = "last_commit",
                 .columns = "last_commit cadence_s rows files file_bytes snapshots",
                 .open = "iceberg_table",
                 .empty = ""},
                {.title = "latest events",
                 .table = "events",
                 .sort = "id desc",
                 .columns = "-id time text subject",
                 .limit = 50,
                 .plain = true,
                 .clock = true,
                 .empty = "nothing has happened since the collector began"},
            },
    },
};

const struct views_part views_overview = {defs, sizeof defs / sizeof *defs};
