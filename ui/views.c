/* Every view and every rule of judgement, one declaration each. */
#include "ui/views.h"

#include "base/mem.h"
#include "ui/input.h"

#include <string.h>

/* Columns of `groups` that the header, the overview and the rules need. */
#define GROUPS_SHORT                                                                                                   \
    "state", "lag", "lag_s", "trend", "rate_in", "rate_out", "eta_s", "members", "partitions", "behind", "lost",       \
        "moved", "lag_rate", "state_since", "note", "verdict", "why", "net_rate", "connector", "role"

static const char *const groups_short[] = {"cluster", "group", GROUPS_SHORT, NULL};

static const char *const findings_short[] = {"id",      "cluster", "subject", "severity", "text",      "since", "title",
                                             "missing", "rank",    "seen",    "connect",  "connector", "task",  "group",
                                             "topic",   "catalog", "table",   "named_by", NULL};

static const char *const alerts_short[] = {"server", "alert",   "labels",      "state", "severity",
                                           "since",  "summary", "description", NULL};

static const struct stream_query base_queries[] = {
    {.table = "sources"},
    {.table = "clusters"},
    {.table = "groups", .columns = groups_short},
    {.table = "connectors"},
    {.table = "findings", .columns = findings_short},
    {.table = "prom_alerts", .columns = alerts_short},
};

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

/* A finding in words. */
#define FINDING_WORDS                                                                                                  \
    {                                                                                                                  \
        .table = "findings", .lines = {                                                                                \
            {"", "{text}", ROLE_STRONG},                                                                               \
            {"since", "{since} ago, in {cluster}|last seen {seen} ago", ROLE_TEXT},                                    \
            {"what to do", "{advice}", ROLE_TEXT, "{todo}"},                                                           \
            {"it means", "{means}", ROLE_DIM},                                                                         \
            {"said when", "{criterion}", ROLE_DIM},                                                                    \
            {"what it is not", "{unlike}", ROLE_DIM},                                                                  \
            {"to be certain", "{missing}", ROLE_DIM},                                                                  \
            {"known by", "{issues}", ROLE_LINK},                                                                       \
        }                                                                                                              \
    }

/* An alert of a Prometheus server in words. */
#define ALERT_WORDS                                                                                                    \
    {                                                                                                                  \
        .table = "prom_alerts", .lines = {                                                                             \
            {"", "{summary}", ROLE_STRONG, "{alert}"},                                                                 \
            {"", "{description}", ROLE_TEXT},                                                                          \
            {"since", "{since} ago|{state}|value {value}", ROLE_TEXT},                                                 \
            {"labels", "{labels}", ROLE_TEXT},                                                                         \
            {"says", "{annotations}", ROLE_DIM},                                                                       \
        }                                                                                                              \
    }

#define NO_SERVER "--prometheus http://HOST:PORT names a server, prometheus_servers in the configuration several"

#define QUERYABLE_HEADS "queryable_lag_s=oldest pending_rows=written"

/* Files that no snapshot has, behind their names. */
#define PENDING_COLUMNS                                                                                                \
    "-commit_id -group_id table state rows files bytes announced lost_at commit_id connector delete_files "            \
    "control_topic control_offset"

#define NOTHING_SCRAPED                                                                                                \
    "nothing is scraped: --scrape http://HOST:PORT/metrics names an endpoint, prometheus in the configuration several"

/* Source partitions of sinks, of each table. */
#define QUERYABLE_COLUMNS                                                                                              \
    "-group_id -table topic partition table queryable_lag queryable_lag_s lag pending_rows queryable_offset "          \
    "committed end connector"

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
    {
        .name = "findings",
        .title = "findings",
        .help = "What is wrong, in words, the worst first; each with the rows that prove it.",
        .key = 'F',
        .panes = {{.table = "findings",
                   .title = "findings",
                   .sort = "rank, id",
                   .columns = "-cluster -subject id text since",
                   .open = "finding",
                   .faint = true,
                   .prompt = true,
                   .empty = "no findings"}},
        .words = FINDING_WORDS,
    },
    {
        .name = "finding",
        .help = "One finding: what was seen, what it means, what to do, and the rows that prove it: Enter goes there.",
        .subject = "findings",
        .summary = "{id}|{title}|{severity}",
        .panes = {{.title = "evidence",
                   .table = "finding_evidence",
                   .where = "id = {id} and cluster = {cluster} and subject = {subject}",
                   .sort = "position",
                   .columns = "-position text time table where",
                   .plain = true,
                   .prompt = true,
                   .empty = "nothing more: what was seen says it all"}},
        .words = FINDING_WORDS,
    },
    {
        .name = "groups",
        .title = "groups",
        .help = "Consumer groups: how far behind in messages and in time, and whether they gain.",
        .key = '2',
        .panes = {{.table = "groups",
                   .title = "groups",
                   .where = "role = unknown or role != control",
                   .sort = "lag desc",
                   .columns = "lag lag_s queryable_lag queryable_lag_s verdict rate_in rate_out net_rate eta_s state "
                              "members partitions moved lost no_commit topics type note why queryable_why",
                   .heads = QUERYABLE_HEADS,
                   .open = "group",
                   .spark = "lag",
                   .empty = "no consumer groups: none has joined or committed here, or `groups` or -g leave them out"}},
    },
    {
        .name = "group",
        .help = "One consumer group: its lag and rates over time, its partitions, members and topics.",
        .subject = "groups",
        .summary = "{state}|{members:member}|{partitions:partition}|{assignor}|{lag} behind|"
                   "{queryable_lag} not queryable|eta {eta_s}|{note}",
        .remark = "{queryable_why}",
        .panes = {{.title = "partitions",
                   .table = "group_partitions",
                   .where = "cluster = {cluster} and group = {group}",
                   .sort = "lag desc",
                   .columns = "lag lag_s queryable_lag queryable_lag_s verdict committed end queryable_offset rate_in "
                              "rate_out lost note client host eta_s net_rate moved trend queryable_table why "
                              "queryable_why",
                   .heads = QUERYABLE_HEADS,
                   .strip = "lag",
                   .letter = "verdict",
                   .empty = "no partitions: the group has committed nothing and is assigned nothing"},
                  {.title = "members",
                   .table = "group_members",
                   .where = "cluster = {cluster} and group = {group}",
                   .sort = "lag desc",
                   .columns = "-member_id client_id host partitions lag lag_s rate_out topics assignment",
                   .empty = "no members: nobody is in the group now"},
                  {.title = "topics",
                   .table = "group_topics",
                   .where = "cluster = {cluster} and group = {group}",
                   .sort = "lag desc",
                   .columns = "lag lag_s verdict rate_in rate_out net_rate eta_s partitions members lost why",
                   .open = "group_topic",
                   .empty = "no topics: the group has committed nothing and is assigned nothing"}},
        .charts = {{.title = "lag", .columns = {"lag"}}, {.title = "messages/s", .columns = {"rate_in", "rate_out"}}},
    },
    {
        .name = "group_topic",
        .help = "One topic of a consumer group: its partitions.",
        .subject = "group_topics",
        .summary = "{group}|{partitions:partition}|{members:member}|{lag} behind|eta {eta_s}",
        .panes = {{.title = "partitions",
                   .table = "group_partitions",
                   .where = "cluster = {cluster} and group = {group} and topic = {topic}",
                   .sort = "lag desc",
                   .columns = "lag lag_s verdict committed end rate_in rate_out lost note client host eta_s "
                              "net_rate moved trend why",
                   .empty = "no partitions: the group has committed nothing and is assigned nothing"}},
        .charts = {{.title = "lag", .columns = {"lag"}}},
    },
    {
        .name = "topics",
        .title = "topics",
        .help = "Topics: partitions, what is produced, and the group furthest behind.",
        .key = '3',
        .panes =
            {{.table = "topics",
              .title = "topics",
              .sort = "lag_max desc, rate_in desc",
              .columns = "rate_in lag_max partitions messages groups under_replicated "
                         "leaderless moved replication",
              .open = "topic",
              .spark = "rate_in",
              .empty =
                  "no topics: there are none, or this user may not describe them, or `topics` or -t leave them out"}},
    },
    {
        .name = "topic",
        .help = "One topic: its partitions, and the groups that read it.",
        .subject = "topics",
        .summary = "{partitions:partition}|{messages:message}|in {rate_in}/s|{groups:group}",
        .panes = {{.title = "partitions",
                   .table = "partitions",
                   .where = "cluster = {cluster} and topic = {topic}",
                   .sort = "partition",
                   .strip = "rate_in",
                   .empty = "no partitions: the topic has gone, or they have not been read yet"},
                  {.title = "groups on it",
                   .table = "group_partitions",
                   .where = "cluster = {cluster} and topic = {topic}",
                   .sort = "lag desc",
                   .columns = "group partition lag lag_s committed end lost note client host rate_out",
                   .open = "group",
                   .empty = "no group has committed offsets for it; what reads without committing is not listed"}},
        .charts = {{.title = "messages in/s", .columns = {"rate_in"}}},
    },
    {
        .name = "brokers",
        .title = "brokers",
        .help = "Brokers: what they lead, hold and coordinate, and what is out of sync.",
        .key = '4',
        .panes = {{.table = "brokers",
                   .title = "brokers",
                   .sort = "under_replicated desc, broker",
                   .empty = "no brokers: no cluster has answered yet"}},
    },
    {
        .name = "cluster",
        .help = "One cluster: its groups and brokers.",
        .subject = "clusters",
        .summary = "{brokers:broker}|{topics:topic}|{partitions:partition}|{groups:group}|"
                   "in {rate_in}/s|{note}",
        .panes = {{.title = "groups",
                   .table = "groups",
                   .where = "cluster = {cluster}",
                   .sort = "lag desc",
                   .columns = "lag lag_s rate_in rate_out eta_s state members",
                   .open = "group",
                   .spark = "lag",
                   .empty = "no consumer groups: none has joined or committed here, or `groups` or -g leave them out"},
                  {.title = "brokers",
                   .table = "brokers",
                   .where = "cluster = {cluster}",
                   .sort = "under_replicated desc, broker",
                   .empty = "no brokers: no cluster has answered yet"}},
        .charts = {{.title = "lag of all groups", .columns = {"lag"}},
                   {.title = "messages/s", .columns = {"rate_in", "rate_out"}}},
    },
    {
        .name = "connectors",
        .title = "connectors",
        .help = "Connectors: their tasks, and of Iceberg sinks the running commit cycle and how the last ones ended.",
        .key = '5',
        .panes =
            {{.table = "connectors",
              .title =
                  "connectors",
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
            {
                {.title = "commit cycles",
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
    {
        .name = "iceberg_tables",
        .title = "tables",
        .help = "Iceberg tables: the last commit, files and their sizes, snapshots, how they are laid out.",
        .key = '6',
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
    {
        .name = "services",
        .title = "metrics",
        .help = "What scraped endpoints serve: requests, how many of them fail, how long they take, how full it is; and "
                "the endpoints, those that are down first.",
        .key = '7',
        .panes = {{.table = "services",
                   .title = "services",
                   .sort = "error_ratio desc, p99_ms desc, queue desc, saturation desc, service, instance",
                   .columns = "-job -instance -service -recipe service instance requests_s error_ratio p50_ms p95_ms p99_ms in_flight "
                              "queue saturation recipe mean_ms latency_from note",
                   .open = "service",
                   .optional = true,
                   .plain = true,
                   .empty = "no services: no recipe fits what endpoints tell; icetop check --recipes URL says why"},
                  {.table = "targets",
                   .title = "scrape targets",
                   .sort = "state, job, instance",
                   .columns = "-job state error job samples kept bad_lines scrape_ms bytes last_scrape format url",
                   .open = "target",
                   .empty = NOTHING_SCRAPED}},
    },
    {
        .name = "service",
        .help = "One service of a scraped endpoint: its requests, how many fail and how long they take, over time.",
        .subject = "services",
        .summary = "{service}|{requests_s}/s|{error_ratio} errors|p99 {p99_ms}|mean {mean_ms}|{in_flight} in flight|"
                   "{queue} waiting|{saturation} full|{note}",
        .charts = {{.title = "requests/s", .columns = {"requests_s"}, .optional = true},
                   {.title = "p50, p95, p99", .columns = {"p50_ms", "p95_ms", "p99_ms"}, .optional = true},
                   {.title = "errors", .columns = {"error_ratio"}, .optional = true},
                   {.title = "mean", .columns = {"mean_ms"}, .optional = true}},
        .panes = {{.table = "services",
                   .title = "the same service elsewhere",
                   .where = "service = {service} and recipe = {recipe}",
                   .sort = "job, instance",
                   .columns = "-service -recipe requests_s error_ratio p50_ms p99_ms mean_ms in_flight queue saturation",
                   .open = "target",
                   .plain = true,
                   .empty = "it has gone"}},
    },
    {
        .name = "targets",
        .title = "scrape targets",
        .help =
            "Endpoints that are scraped for metrics: whether they are up, how much they tell, what was wrong with it.",
        .panes = {{.table = "targets",
                   .title = "scrape targets",
                   .sort = "job, instance",
                   .columns = "-job state error job samples kept bad_lines scrape_ms bytes last_scrape format url",
                   .open = "target",
                   .empty = NOTHING_SCRAPED}},
    },
    {
        .name = "target",
        .help = "One scraped endpoint: its metrics with their rates, and its histograms with quantiles of the last "
                "interval.",
        .subject = "targets",
        .summary = "{state}|{samples:sample}|{kept} kept|{bytes}|{bad_lines} bad lines|took {scrape_ms}|{error}",
        .panes = {{.table = "metrics",
                   .title = "metrics",
                   .where = "job = {job} and instance = {instance}",
                   .sort = "metric, labels",
                   .columns = "-job -instance labels value rate type unit help",
                   .open = "metric",
                   .plain = true,
                   .empty = "no metrics: it has not answered yet, or nothing that it tells is kept"},
                  {.table = "histograms",
                   .title = "histograms",
                   .where = "job = {job} and instance = {instance}",
                   .sort = "metric, labels",
                   .columns = "-job -instance labels rate p50 p90 p95 p99 mean max_le count note",
                   .open = "histogram",
                   .plain = true,
                   .optional = true,
                   .empty = "no histograms"}},
    },
    {
        .name = "explore",
        .title = "explorer",
        .help = "All metrics of scraped endpoints, each with its type, what it means, and how many series it has.",
        .key = 'X',
        .near = "targets target services service cardinality metric_family",
        .panes = {{.table = "metric_families",
                   .title = "metrics",
                   .sort = "metric, job",
                   .columns = "type series help targets worst_label worst_values came unit went",
                   .open = "metric_family",
                   .plain = true,
                   .empty = NOTHING_SCRAPED}},
    },
    {
        .name = "cardinality",
        .title = "cardinality",
        .help = "What makes many series: metrics by how many they have, labels by how many values.",
        .key = 'K',
        .near = "explore targets metric_family",
        .panes = {{.table = "metric_families",
                   .title = "metrics with the most series",
                   .sort = "series desc, metric, job",
                   .columns = "series worst_label worst_values came went targets type",
                   .open = "metric_family",
                   .limit = 200,
                   .plain = true,
                   .empty = NOTHING_SCRAPED},
                  {.table = "metric_labels",
                   .title = "labels with the most values",
                   .sort = "values desc, series desc, metric, label, job",
                   .columns = "-metric values series metric example",
                   .open = "metric_family",
                   .limit = 200,
                   .plain = true,
                   .empty = ""}},
    },
    {
        .name = "metric_family",
        .help = "One metric of a job: its series, the worst of its labels.",
        .subject = "metric_families",
        .summary = "{type}|{unit}|{series} series|{targets:target}|{came} came|{went} went in 10 m",
        .remark = "{help}",
        .panes = {{.table = "metrics",
                   .title = "series",
                   .where = "job = {job} and metric ~ {samples}",
                   .sort = "metric, labels, instance",
                   .columns = "-job -instance -metric -labels labels value rate instance metric",
                   .open = "metric",
                   .spark = "rate value",
                   .limit = 10000,
                   .optional = true,
                   .plain = true,
                   .empty = "none"},
                  {.table = "histograms",
                   .title = "histograms",
                   .where = "job = {job} and metric = {metric}",
                   .sort = "labels, instance",
                   .columns = "-job -instance -metric -labels labels rate p50 p95 p99 mean max_le instance note",
                   .open = "histogram",
                   .spark = "p99",
                   .limit = 10000,
                   .optional = true,
                   .plain = true,
                   .empty = "none"},
                  {.table = "metric_labels",
                   .title = "labels",
                   .where = "job = {job} and metric = {metric}",
                   .sort = "values desc, label",
                   .columns = "-job -metric values series example",
                   .plain = true,
                   .empty = "no labels"}},
    },
    {
        .name = "metric",
        .help = "One series: its value and its rate over time, and the same of other instances.",
        .subject = "metrics",
        .summary = "{metric}|{type}|{value}|{rate}/s|{unit}|{instance}",
        .remark = "{help}",
        .charts = {{"rate", {"rate"}, .optional = true}, {"value", {"value"}}},
        .panes = {{.table = "metrics",
                   .title = "the same of each instance",
                   .where = "job = {job} and metric = {metric} and labels = {labels}",
                   .sort = "instance",
                   .columns = "-job -instance -metric -labels instance value rate",
                   .spark = "rate value",
                   .plain = true,
                   .empty = "none"}},
    },
    {
        .name = "histogram",
        .help = "One histogram: quantiles over time, and how observations spread over its buckets, each as a line over "
                "time, "
                "darker where more of what was observed then fell into it; at their end the last interval.",
        .subject = "histograms",
        .summary = "{metric}|{rate}/s|mean {mean}|highest bucket {max_le}|{instance}",
        .remark = "{note}",
        .charts = {{"quantiles", {"p50", "p95", "p99"}}},
        .heat = {.table = "histogram_buckets",
                 .by = "le",
                 .value = "rate",
                 .share = "share",
                 .unit = "unit",
                 .name = "metric",
                 .quantiles = "p50 p90 p95 p99"},
        .panes = {{.table = "histogram_buckets",
                   .title = "buckets",
                   .where = "job = {job} and instance = {instance} and metric = {metric} and labels = {labels}",
                   .sort = "le desc",
                   .columns = "rate share count",
                   .plain = true,
                   .empty = "no buckets yet: they come with the next scrape of this target"}},
    },
    {
        .name = "prometheus",
        .title = "servers",
        .help =
            "Prometheus servers: their alerts, firing ones first, queries of one's own, targets that are down first.",
        .key = '8',
        .panes = {{.table = "prom_alerts",
                   .title = "alerts",
                   .sort = "state, since",
                   .columns = "-server -alert -labels alert state severity summary since value labels server",
                   .open = "prom_alert",
                   .limit = 2000,
                   .empty = "no alert is known to be pending or firing; " NO_SERVER},
                  {.table = "prom_queries",
                   .title = "queries",
                   .sort = "query, metric, labels",
                   .columns = "-server -query -metric -labels query labels value error p50 p95 p99 note metric server",
                   .open = "prom_query",
                   .spark = "value",
                   .limit = 2000,
                   .optional = true,
                   .plain = true,
                   .empty = "no queries: prometheus_servers in the configuration has them"},
                  {.table = "prom_targets",
                   .title = "targets of these servers",
                   .sort = "health, job, instance",
                   .columns =
                       "-server -pool -url instance health error job last_scrape scrape_ms interval_s url server",
                   .limit = 2000,
                   .empty = "no targets; " NO_SERVER}},
    },
    {
        .name = "prom_alerts",
        .title = "alerts",
        .help = "Alerts that are pending or firing on Prometheus servers.",
        .panes = {{.table = "prom_alerts",
                   .title = "alerts",
                   .sort = "state, since",
                   .columns = "-server -alert -labels alert state severity summary since value labels server",
                   .open = "prom_alert",
                   .empty = "no alert is known to be pending or firing; " NO_SERVER}},
        .words = ALERT_WORDS,
    },
    {
        .name = "prom_alert",
        .help = "One alert of a server: what its annotations say, its rule, and its value over time.",
        .subject = "prom_alerts",
        .summary = "{alert}|{state}|{severity}|since {since}|{server}",
        .charts = {{"value", {"value"}}},
        .words = ALERT_WORDS,
        .panes = {{.table = "prom_rules",
                   .title = "its rule",
                   .where = "server = {server} and rule = {alert} and type = \"alerting\"",
                   .sort = "file, group, position",
                   .columns = "-server -file -group -position query for_s state firing pending health group file",
                   .open = "prom_rule",
                   .plain = true,
                   .empty = "none: the server was not asked for its rules, or has none"},
                  {.table = "prom_alerts",
                   .title = "all alerts of the rule",
                   .where = "server = {server} and alert = {alert}",
                   .sort = "state, since",
                   .columns = "-server -alert -labels labels state since value summary",
                   .open = "prom_alert",
                   .empty = "none"}},
    },
    {
        .name = "prom_queries",
        .title = "queries",
        .help = "What Prometheus servers answer to queries of one's own.",
        .panes =
            {{.table = "prom_queries",
              .title =
                  "queries",
              .sort = "query, metric, labels",
              .columns =
                  "-server -query -metric -labels query labels value error p50 p95 p99 count note metric time server",
              .open = "prom_query",
              .spark = "value",
              .plain = true,
              .empty = "no queries: prometheus_servers in the configuration has them"}},
    },
    {
        .name = "prom_query",
        .help = "One series of a query: its value over time, and the other series of the same answer.",
        .subject = "prom_queries",
        .summary = "{query}|{labels}|{value}|{server}",
        .remark = "{promql}",
        .charts = {{"value", {"value"}, .optional = true}, {"quantiles", {"p50", "p95", "p99"}, .optional = true}},
        .panes = {{.table = "prom_queries",
                   .title = "all series of the query",
                   .where = "server = {server} and query = {query}",
                   .sort = "value desc, metric, labels",
                   .columns = "-server -query -metric -labels labels value p50 p95 p99 error note metric",
                   .spark = "value",
                   .plain = true,
                   .empty = "none"}},
    },
    {
        .name = "prom_rules",
        .title = "rules",
        .help = "Alerting and recording rules of Prometheus servers.",
        .panes = {{.table = "prom_rules",
                   .title = "rules",
                   .sort = "file, group, position",
                   .columns = "-server -file -group -position rule type state firing pending health error query for_s "
                              "evaluation_ms last_evaluation interval_s group file position server",
                   .open = "prom_rule",
                   .empty = "no rules; " NO_SERVER}},
    },
    {
        .name = "prom_rule",
        .help = "One rule of a server: its expression, how its evaluation goes, and its alerts.",
        .subject = "prom_rules",
        .summary = "{rule}|{type}|{state}|health {health}|{server}",
        .charts = {{"evaluation", {"evaluation_ms"}}},
        .words = {.table = "prom_rules",
                  .lines = {{"", "{query}", ROLE_STRONG},
                            {"error", "{error}", ROLE_BAD},
                            {"for", "{for_s}", ROLE_TEXT},
                            {"labels", "{labels}", ROLE_TEXT},
                            {"evaluated", "{last_evaluation} ago, every {interval_s}", ROLE_DIM},
                            {"in", "group {group}, {file}", ROLE_DIM}}},
        .panes = {{.table = "prom_alerts",
                   .title = "its alerts",
                   .where = "server = {server} and alert = {rule}",
                   .sort = "state, since",
                   .columns = "-server -alert -labels labels state since value summary",
                   .open = "prom_alert",
                   .empty = "none is pending or firing"}},
    },
    {
        .name = "prom_targets",
        .title = "targets of servers",
        .help = "What Prometheus servers scrape.",
        .panes = {{.table = "prom_targets",
                   .title = "targets of servers",
                   .sort = "health, job, instance",
                   .columns =
                       "-server -pool -url instance health error job last_scrape scrape_ms interval_s labels url pool "
                       "server",
                   .empty = "no targets; " NO_SERVER}},
    },
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
              .table =
                  "snapshots",
              .where =
                  "catalog = {catalog} and table = {table}",
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
    {
        .name = "sources",
        .title = "sources",
        .help = "What icetop reads, when it last could, and what failed.",
        .key = '0',
        .panes = {{.table = "sources",
                   .title = "sources",
                   .columns = "state last_ok error note rows round_ms interval_s next_round failures",
                   .empty = "no sources: no cluster is configured; -b HOST:PORT names one"}},
    },
    {
        .name = "events",
        .title = "events",
        .help = "What happened since the collector began, the latest first.",
        .key = 'L',
        .panes = {{.table = "events",
                   .title = "events",
                   .sort = "id desc",
                   .columns = "-id time severity text subject source",
                   .limit = 2000,
                   .plain = true,
                   .clock = true,
                   .empty = "nothing has happened since the collector began"}},
    },
};

const struct verdict_rule views_rules[] = {
    {"findings", SEVERITY_WRONG, "severity = \"critical\" and named_by = unknown", "{text}|last seen {seen} ago"},
    {"findings", SEVERITY_WARNING, "severity = \"warning\" and named_by = unknown", "{text}|last seen {seen} ago"},
    {"findings", SEVERITY_WRONG, "severity = \"critical\"", "{text}|last seen {seen} ago", .lists = true},
    {"findings", SEVERITY_WARNING, "severity = \"warning\"", "{text}|last seen {seen} ago", .lists = true},
    {"groups", SEVERITY_WRONG, "lost > 0", "{lost:message} deleted before it read them|{lag} behind"},
    {"groups", SEVERITY_WRONG, "verdict = \"stuck\"", "{lag} behind|{why}"},
    {"groups", SEVERITY_WRONG, "verdict = \"falling behind\" and lag_s > 15m", "{lag} behind|{lag_s}|{why}"},
    {"groups", SEVERITY_WARNING, "verdict = \"rebalancing\"", "{why}|{lag} behind"},
    {"groups", SEVERITY_WARNING, "verdict = \"rewound\" or verdict = \"falling behind\"", "{lag} behind|{why}"},
    {"groups", SEVERITY_WARNING, "verdict = \"unread\" and rate_in > 0", "{lag} behind|{why}"},
    {"groups", SEVERITY_WARNING, "verdict = \"behind\" and lag_s > 5m", "{lag} behind|{why}"},
    {"groups", SEVERITY_WARNING, "verdict = \"catching up\" and lag_s > 5m", "{lag} behind|{lag_s}|{why}"},
    {"groups", SEVERITY_WARNING, "verdict = unknown and lag_s > 5m", "{lag} behind|{lag_s}"},
    {"clusters", SEVERITY_WRONG, "leaderless > 0",
     "{leaderless:partition} without a leader: nobody can produce or consume"},
    {"clusters", SEVERITY_WARNING, "under_replicated > 0", "{under_replicated:partition} under-replicated"},
    {"clusters", SEVERITY_WARNING, "note != unknown", "{note}"},
    {"brokers", SEVERITY_WRONG, "state = \"gone\"", "gone from the cluster's metadata"},
    {"brokers", SEVERITY_WARNING, "under_replicated > 0", "{under_replicated:replica} out of sync"},
    {"topics", SEVERITY_WRONG, "leaderless > 0", "{leaderless:partition} without a leader"},
    {"topics", SEVERITY_WARNING, "under_replicated > 0", "{under_replicated:partition} under-replicated"},
    {"partitions", SEVERITY_WRONG, "leader = unknown", "no leader|{note}"},
    {"partitions", SEVERITY_WARNING, "under_replicated = true", "under-replicated|{note}"},
    {"group_partitions", SEVERITY_WRONG, "lost > 0", "{lost:message} deleted before the group read them"},
    {"group_partitions", SEVERITY_WRONG, "verdict = \"stuck\"", "{why}"},
    {"group_partitions", SEVERITY_WARNING, "verdict = \"rewound\" or verdict = \"falling behind\"", "{why}"},
    {"group_partitions", SEVERITY_WARNING, "verdict = \"unread\" and rate_in > 0", "{why}"},
    {"group_partitions", SEVERITY_WARNING, "lag_s > 5m", "{lag_s} behind|{why}"},
    {"group_topics", SEVERITY_WRONG, "lost > 0", "{lost:message} deleted before the group read them"},
    {"group_topics", SEVERITY_WRONG, "verdict = \"stuck\"", "{lag} behind|{why}"},
    {"group_topics", SEVERITY_WARNING, "verdict = \"rewound\" or verdict = \"falling behind\"", "{lag} behind|{why}"},
    {"group_topics", SEVERITY_WARNING, "verdict = \"unread\" and rate_in > 0", "{lag} behind|{why}"},
    {"group_topics", SEVERITY_WARNING, "lag_s > 5m", "{lag_s} behind|{why}"},
    {"connectors", SEVERITY_WRONG, "state = \"FAILED\"", "FAILED|{error}"},
    {"connectors", SEVERITY_WRONG, "tasks_failed > 0", "{tasks_failed:task} FAILED of {tasks}|{error}"},
    {"connectors", SEVERITY_WRONG, "outcomes ~ \"xx\\.?$\"",
     "the last commit cycles failed|last commit {last_commit} ago", .lists = true},
    {"connectors", SEVERITY_WRONG, "outcomes ~ \"dd\\.?$\"", "no table took the rows of the last commit cycles",
     .lists = true},
    {"connectors", SEVERITY_WARNING, "outcomes ~ \"PP\\.?$\"",
     "the last commit cycles ended without some partitions|now {cycle}", .lists = true},
    {"connectors", SEVERITY_WARNING, "outcomes ~ \"[xd]\\.?$\"", "the last commit cycle failed", .lists = true},
    {"connectors", SEVERITY_WARNING, "state = \"UNASSIGNED\"", "UNASSIGNED: no worker runs it"},
    {"tasks", SEVERITY_WRONG, "state = \"FAILED\"", "FAILED|{error}"},
    {"tasks", SEVERITY_WARNING, "state = \"UNASSIGNED\"", "UNASSIGNED: no worker runs it"},
    {"commits", SEVERITY_WRONG, "outcome = \"failed\" or outcome = \"dropped\"", "{outcome}|{error}"},
    {"commits", SEVERITY_WARNING, "outcome = \"partial\"", "without {missing}"},
    {"commits", SEVERITY_WARNING, "outcome = \"superseded\" or outcome = \"end unknown\"", "{outcome}"},
    {"commit_partitions", SEVERITY_WRONG, "state = \"missing\"", "no answer"},
    {"commit_partitions", SEVERITY_WARNING, "state = \"late\"", "after the end"},
    {"commit_tables", SEVERITY_WARNING, "state = \"waiting\"", "no snapshot took it yet"},
    {"pending_files", SEVERITY_WRONG, "state = \"lost\"", "{rows:row} lost: the coordinator has gone past them"},
    {"pending_files", SEVERITY_WARNING, "state = \"dead\"", "{rows:row} for a table that was replaced since"},
    {"log_events", SEVERITY_WRONG, "level = \"ERROR\" or level = \"FATAL\"", "{cause}"},
    {"log_events", SEVERITY_WARNING, "level = \"WARN\"", "{cause}"},
    {"iceberg_tables", SEVERITY_WARNING, "note != unknown", "{note}"},
    {"services", SEVERITY_WRONG, "error_ratio >= 5%", "{error_ratio} of its requests fail"},
    {"services", SEVERITY_WARNING, "error_ratio >= 1%", "{error_ratio} of its requests fail"},
    {"services", SEVERITY_WARNING, "saturation >= 95%", "{saturation} full"},
    {"targets", SEVERITY_WRONG, "state = \"down\"", "{error}"},
    {"prom_alerts", SEVERITY_WRONG, "state = \"firing\" and severity ~ \"^(critical|page|error|fatal|emergency)$\"",
     "firing for {since}|{summary}"},
    {"prom_alerts", SEVERITY_WARNING, "state = \"firing\"", "firing for {since}|{summary}"},
    {"prom_targets", SEVERITY_WRONG, "health = \"down\"", "{error}"},
    {"prom_rules", SEVERITY_WRONG, "health = \"err\"", "{error}"},
    {"prom_rules", SEVERITY_WARNING, "firing > 0", "{firing:alert} firing"},
    {"prom_queries", SEVERITY_WARNING, "error != unknown", "{error}"},
    {"targets", SEVERITY_WARNING, "bad_lines > 0", "{bad_lines} bad lines"},
    {"partitions", SEVERITY_WARNING, "hot = true", "hot: it gets {rate_in}/s, much more than the others"},
    {"sources", SEVERITY_WRONG, "state = \"failed\"", "{error}"},
    {"sources", SEVERITY_WARNING, "state = \"partial\"", "{error}"},
    {"events", SEVERITY_WRONG, "severity = \"error\"", "{text}"},
    {"events", SEVERITY_WARNING, "severity = \"warn\"", "{text}"},
};
const size_t views_nrules = sizeof views_rules / sizeof *views_rules;

static const struct view_link links[] = {
    {"cluster", "cluster", "clusters", "cluster", "cluster", 1, 0},
    {"group", "cluster group", "groups", "cluster group", "group", 2, 0},
    {"topic", "cluster topic", "topics", "cluster topic", "topic", 2, 0},
    {"topic of group", "cluster group topic", "group_topics", "cluster group topic", "group_topic", 3, 0},
    {"member", "cluster group member_id", "group_members", "cluster group member_id", "group", 2, 1},
    {"broker", "cluster broker", "brokers", "cluster broker", "brokers", 0, 0},
    {"leader", "cluster leader", "brokers", "cluster broker", "brokers", 0, 0},
    {"coordinator", "cluster coordinator", "brokers", "cluster broker", "brokers", 0, 0},
    {"controller", "cluster controller", "brokers", "cluster broker", "brokers", 0, 0},
    {"connector", "connect connector", "connectors", "connect connector", "connector", 2, 0},
    {"commit", "cluster commit_id", "commits", "cluster commit_id", "commit", 2, 0},
    {"table", "catalog table", "iceberg_tables", "catalog table", "iceberg_table", 2, 0},
    {"metric", "job metric", "metric_families", "job metric", "metric_family", 2, 0},
    {"target", "job instance", "targets", "job instance", "target", 2, 0},
    {"source", "source", "sources", "source", "sources", 0, 0},
};

const struct view_link *views_link(size_t i)
{
    return i < sizeof links / sizeof *links ? &links[i] : NULL;
}

const struct view_def *views_at(size_t i)
{
    return i < sizeof defs / sizeof *defs ? &defs[i] : NULL;
}

const struct view_def *views_find(const char *name)
{
    for (size_t i = 0; i < sizeof defs / sizeof *defs; i++) {
        if (strcmp(defs[i].name, name) == 0)
            return &defs[i];
    }
    for (size_t i = 0; i < sizeof defs / sizeof *defs; i++) {
        if (!defs[i].subject && strcmp(defs[i].title, name) == 0)
            return &defs[i];
    }
    return NULL;
}

struct view_def *views_generic(const char *table)
{
    size_t len = strlen(table) + 1;
    struct view_def *d = mem_calloc(1, sizeof *d + len);
    char *name = (char *)(d + 1);
    memcpy(name, table, len);
    d->name = d->title = name;
    d->panes[0].table = d->panes[0].title = name;
    for (size_t i = 0; i < sizeof defs / sizeof *defs; i++) {
        if (defs[i].subject && strcmp(defs[i].subject, table) == 0)
            d->panes[0].open = defs[i].name;
    }
    return d;
}

const struct stream_query *views_base(size_t i)
{
    return i < sizeof base_queries / sizeof *base_queries ? &base_queries[i] : NULL;
}
