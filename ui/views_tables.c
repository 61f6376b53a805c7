/* Views of Iceberg tables. */
#include "ui/views_internal.h"

static const struct view_def lists[] = {
    {
        .name = "iceberg_tables",
        .title = "tables",
        .help = "Iceberg tables: the last commit, files and their sizes, snapshots, how they are laid out.",
        .key = '6',
        .kinds = views_road,
        .panes = {{.table = "iceberg_tables",
                   .title = "tables",
                   .sort = "last_commit desc",
                   .columns = "last_commit queryable_lag queryable_lag_s writer rows files bytes file_bytes "
                              "added_files added_file_bytes cadence_s gap_s "
                              "snapshots operation partitions distribution target_bytes delete_files metadata_bytes "
                              "valid_through format_version note location pending_rows lost_rows queryable_why",
                   .heads = QUERYABLE_HEADS,
                   .open = "iceberg_table",
                   .empty =
                       "no tables: --catalog names a warehouse, a metadata file, an SQL or a REST catalog; those that "
                       "connectors write are found where they can be reached from here"}},
    },
};

const struct views_part views_tables = {lists, sizeof lists / sizeof *lists};

static const struct view_def one[] = {
    {
        .name = "iceberg_table",
        .help = "One table: its snapshots, how regular they are, how many files each brings and how large they are.",
        .subject = "iceberg_tables",
        .summary = "{queryable_lag} not queryable|{rows:row}|{files:file} of {file_bytes}|{added_files} files a commit "
                   "of {added_file_bytes}|"
                   "{partitions}|distribution {distribution}|target {target_bytes}|{note}",
        .remark = "{queryable_why}",
        .panes =
            {{.title = "snapshots",
              .table = "snapshots",
              .where = "catalog = {catalog} and table = {table}",
              .sort = "made desc",
              .columns =
                  "-snapshot_id made snapshot_id operation writer added_rows added_files added_bytes file_bytes gap_s "
                  "changed_partitions commit_id removed_files total_rows total_files refs current task connector "
                  "valid_through",
              .tracks = "gap_s added_files file_bytes added_rows",
              .tracks_by = "made",
              .limit = 1000,
              .plain = true,
              .empty = "no snapshots: nothing was committed to it yet"},
             {.title = "commit cycles that wrote to it",
              .table = "commit_tables",
              .where = "table = {table}",
              .sort = "committed desc",
              .columns = "-table connector commit_id state committed committed_after_ms rows files bytes snapshot_id",
              .limit = 200,
              .plain = true,
              .brief = "commit_id",
              .empty = "no commit cycle was seen that wrote to it"},
             {.title = "pending files",
              .table = "pending_files",
              .where = "table = {table}",
              .sort = "announced",
              .columns = PENDING_COLUMNS,
              .open = "commit",
              .brief = "commit_id",
              .optional = true,
              .empty = "none: snapshots have all files that were announced"}},
    },
};

const struct views_part views_tables_one = {one, sizeof one / sizeof *one};
