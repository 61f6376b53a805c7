/* Views of connectors, of the commit cycles of Iceberg sinks, and of what their workers log. */
#include "ui/views_internal.h"

/* A commit cycle: a bar for each partition that has to answer, and one for each table. */
#define COMMIT_TRACE                                                                                                   \
    {                                                                                                                  \
        .table = "commits", .same = "cluster = {cluster} and commit_id = {commit_id}",                                 \
        .head =                                                                                                        \
            "began {started} ago|answered {answered}|missing {missing}|{files:file}|{rows:row}|commit {commit_id}",    \
        .end = "{outcome}|{elapsed_ms}|{tables:table}|{error}", .started = "started", .elapsed = "elapsed_ms",         \
        .limit = "timeout_ms", .bars = {                                                                               \
            {.table = "commit_partitions",                                                                             \
             .label = "{topic} {partition}|task {task}",                                                               \
             .after = "answered_after_ms",                                                                             \
             .say = "{answered_after_ms}|{rows:row}|{files:file}|{state} on {worker}"},                                \
            {.table = "commit_tables",                                                                                 \
             .label = "{table}",                                                                                       \
             .after = "committed_after_ms",                                                                            \
             .say = "{state}|{committed_after_ms}|{files:file}|{rows:row}|snapshot {snapshot_id}"}                     \
        }                                                                                                              \
    }

/* Source partitions of sinks, of each table. */
#define QUERYABLE_COLUMNS                                                                                              \
    "-group_id -table topic partition table queryable_lag queryable_lag_s lag pending_rows queryable_offset "          \
    "committed end connector"

static const struct view_def defs[] = {
    {
        .name = "connectors",
        .title = "connectors",
        .help = "Connectors: their tasks, and of Iceberg sinks the running commit cycle and how the last ones ended.",
        .key = '5',
        .kinds = views_road,
        .panes =
            {{.table = "connectors",
              .title = "connectors",
              .sort = "queryable_lag desc, connector",
              .columns =
                  "state queryable_lag queryable_lag_s lag tasks_running tasks tasks_failed cycle cycle_started "
                  "last_commit commit_interval_ms outcomes "
                  "commit_rows commit_files commit_timeout_ms version valid_through topics tables coordinator "
                  "coordinator_worker worker control_topic group_id type catalog error note pending_rows pending_files "
                  "lost_rows queryable_rate queryable_why",
              .heads = QUERYABLE_HEADS,
              .signs = "outcomes",
              .open = "connector",
              .prompt = true,
              .empty = "no connectors: --connect http://HOST:8083 names a Connect worker; sinks without one show "
                       "as soon as their control topic or a log (--connect-log) tells of them"}},
    },
    {
        .name = "connector",
        .help =
            "One connector: the commit cycle under the cursor as a waterfall, the cycles before it, tasks, log lines.",
        .subject = "connectors",
        .summary = "{state}|{queryable_lag} not queryable|lag {lag}|{tasks_running} of {tasks:task} running|sink "
                   "{version}|every {commit_interval_ms}|"
                   "timeout {commit_timeout_ms}|flush {flush_ms}|coordinator {coordinator} on "
                   "{coordinator_worker}|group {group_id}|"
                   "control topic {control_topic}",
        .remark = "{queryable_why}",
        .panes = {{.title = "commit cycles",
                   .table = "commits",
                   .where = "connector = {connector}",
                   .sort = "started desc",
                   .columns =
                       "-commit_id started commit_id outcome answered elapsed_ms rows files bytes table_names missing "
                       "late latency_ms valid_through coordinator source error",
                   .open = "commit",
                   .limit = 500,
                   .plain = true,
                   .prompt = true,
                   .brief = "commit_id",
                   .empty = "no commit cycle was seen: neither the control topic nor a log tells of one"},
                  {.title = "tasks",
                   .table = "tasks",
                   .where = "connect = {connect} and connector = {connector}",
                   .sort = "task",
                   .columns = "state worker error put_avg_ms read_rate record_failures",
                   .empty = "no tasks are known: a Connect worker tells of them (--connect URL)"},
                  {.title = "log",
                   .table = "log_events",
                   .where = "connector = {connector}",
                   .sort = "id desc",
                   .columns = "-id time level text cause kind commit_id task",
                   .limit = 500,
                   .plain = true,
                   .brief = "commit_id",
                   .clock = true,
                   .empty = "no log is read: --connect-log FILE names one"},
                  {.title = "not queryable",
                   .table = "queryable_partitions",
                   .where = "connector = {connector}",
                   .sort = "queryable_lag desc",
                   .columns = QUERYABLE_COLUMNS,
                   .heads = "queryable_lag=rows queryable_lag_s=oldest pending_rows=written",
                   .optional = true,
                   .empty = "not known: the control topic and the tables tell of it"},
                  {.title = "pending files",
                   .table = "pending_files",
                   .where = "connector = {connector}",
                   .sort = "announced",
                   .columns = PENDING_COLUMNS,
                   .open = "commit",
                   .brief = "commit_id",
                   .optional = true,
                   .empty = "none: snapshots have all files that were announced"}},
        .trace = COMMIT_TRACE,
    },
    {
        .name = "commits",
        .title = "commits",
        .help = "Commit cycles of all Iceberg sinks, the latest first.",
        .panes =
            {{.title = "commit cycles",
              .table = "commits",
              .sort = "started desc",
              .columns =
                  "-commit_id connector started commit_id outcome answered elapsed_ms rows files bytes table_names "
                  "missing late latency_ms valid_through coordinator source error",
              .open = "commit",
              .limit = 2000,
              .plain = true,
              .prompt = true,
              .brief = "commit_id",
              .empty = "no commit cycle was seen: neither a control topic nor a log tells of one"}},
        .trace = COMMIT_TRACE,
    },
    {
        .name = "commit",
        .help = "One commit cycle: who answered when, what was written, what it became.",
        .subject = "commits",
        .summary = "{connector}|{outcome}|answered {answered}|{error}|seen in {source}",
        .panes = {{.title = "answers",
                   .table = "commit_partitions",
                   .where = "cluster = {cluster} and commit_id = {commit_id}",
                   .sort = "answered_after_ms desc",
                   .columns = "state task worker answered_after_ms rows files bytes offset timestamp",
                   .prompt = true,
                   .empty = "no answers: only the control topic tells of them"},
                  {.title = "tables",
                   .table = "commit_tables",
                   .where = "cluster = {cluster} and commit_id = {commit_id}",
                   .columns = "state rows files bytes delete_files snapshot_id committed_after_ms valid_through",
                   .prompt = true,
                   .empty = "no table: nothing was written for one"},
                  {.title = "log",
                   .table = "log_events",
                   .where = "commit_id = {commit_id}",
                   .sort = "id",
                   .columns = "-id time level text cause kind task origin",
                   .limit = 500,
                   .brief = "commit_id",
                   .clock = true,
                   .empty = "no line names it; --connect-log FILE names a log"},
                  {.title = "pending files",
                   .table = "pending_files",
                   .where = "cluster = {cluster} and commit_id = {commit_id}",
                   .columns = PENDING_COLUMNS,
                   .brief = "commit_id",
                   .optional = true,
                   .empty = "none: snapshots have all files that were announced in it"}},
        .trace = COMMIT_TRACE,
    },
    {
        .name = "pending",
        .title = "pending files",
        .help = "Files that sinks announced and no snapshot has: how many rows, since when, and when they may be lost.",
        .panes = {{.table = "pending_files",
                   .title = "pending files",
                   .sort = "announced",
                   .columns = PENDING_COLUMNS,
                   .open = "commit",
                   .brief = "commit_id",
                   .empty = "none: snapshots have all files that were announced"}},
    },
    {
        .name = "queryable_partitions",
        .title = "not queryable",
        .help = "Source partitions of sinks, in each table: how many rows no snapshot has, and how old the oldest is.",
        .panes = {{.table = "queryable_partitions",
                   .title = "not queryable",
                   .sort = "queryable_lag desc",
                   .columns = QUERYABLE_COLUMNS,
                   .heads = "queryable_lag=rows queryable_lag_s=oldest pending_rows=written",
                   .empty = "not known: the control topics and the tables of sinks tell of it"}},
    },
    {
        .name = "tasks",
        .title = "tasks",
        .help = "Tasks of connectors: where they run, and why they do not.",
        .panes = {{.table = "tasks",
                   .title = "tasks",
                   .sort = "connector, task",
                   .columns = "connector task state worker error put_avg_ms put_max_ms read_rate send_rate "
                              "record_failures records_skipped dead_letters record_lag_max offset_commit_avg_ms "
                              "offset_commit_failures running_ratio",
                   .empty = "no tasks are known: a Connect worker tells of them (--connect URL)"}},
        .words = {.table = "tasks", .lines = {{"", "{error}", ROLE_TEXT}}},
    },
    {
        .name = "log_events",
        .title = "log",
        .help = "Lines of Connect workers' logs that tell of commits, the latest first.",
        .panes = {{.table = "log_events",
                   .title = "log",
                   .sort = "id desc",
                   .columns = "-id time level connector task text cause kind commit_id origin",
                   .limit = 2000,
                   .plain = true,
                   .clock = true,
                   .brief = "commit_id",
                   .empty = "no log is read: --connect-log FILE names one"}},
        .words = {.table = "log_events",
                  .lines = {{"", "{text}", ROLE_STRONG},
                            {"cause", "{cause}", ROLE_TEXT},
                            {"in", "{origin}", ROLE_DIM}}},
    },
};

const struct views_part views_sinks = {defs, sizeof defs / sizeof *defs};
