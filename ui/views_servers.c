/* Views of Prometheus servers: alerts, queries, rules, targets. */
#include "ui/views_internal.h"

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

static const char *const servers[] = {"prometheus server", NULL};

static const struct view_def defs[] = {
    {
        .name = "prometheus",
        .title = "servers",
        .help =
            "Prometheus servers: their alerts, firing ones first, queries of one's own, rules and targets, those that "
            "fail first.",
        .key = '8',
        .kinds = servers,
        .panes =
            {{.table = "prom_alerts",
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
              .middle = "labels metric",
              .open = "prom_query",
              .spark = "value",
              .limit = 2000,
              .optional = true,
              .plain = true,
              .empty = "no queries: prometheus_servers in the configuration has them"},
             {.table = "prom_rules",
              .title = "rules",
              .sort = "health, state, file, group, position",
              .columns =
                  "-server -file -group -position rule state firing pending health error type query group file server",
              .open = "prom_rule",
              .limit = 2000,
              .optional = true,
              .empty = "no rules"},
             {.table = "prom_targets",
              .title = "targets of these servers",
              .sort = "health, job, instance",
              .columns = "-server -pool -url instance health error job last_scrape scrape_ms interval_s url server",
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
        .called = "{alert}",
        .summary = "{state}|{severity}|since {since}|{server}",
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
                   .middle = "labels",
                   .open = "prom_alert",
                   .empty = "none"}},
    },
    {
        .name = "prom_queries",
        .title = "queries",
        .help = "What Prometheus servers answer to queries of one's own.",
        .panes =
            {{.table = "prom_queries",
              .title = "queries",
              .sort = "query, metric, labels",
              .columns =
                  "-server -query -metric -labels query labels value error p50 p95 p99 count note metric time server",
              .middle = "labels metric",
              .open = "prom_query",
              .spark = "value",
              .plain = true,
              .empty = "no queries: prometheus_servers in the configuration has them"}},
    },
    {
        .name = "prom_query",
        .help = "One series of a query: its value over time, and the other series of the same answer.",
        .subject = "prom_queries",
        .called = "{query}",
        .summary = "{metric}|{labels}|{value}|{server}",
        .remark = "{promql}",
        .charts = {{"value", {"value"}, .optional = true}, {"quantiles", {"p50", "p95", "p99"}, .optional = true}},
        .panes = {{.table = "prom_queries",
                   .title = "all series of the query",
                   .where = "server = {server} and query = {query}",
                   .sort = "value desc, metric, labels",
                   .columns = "-server -query -metric -labels labels value p50 p95 p99 error note metric",
                   .middle = "labels metric",
                   .spark = "value",
                   .plain = true,
                   .empty = "none"}},
    },
    {
        .name = "prom_rules",
        .title = "rules",
        .key = 'R',
        .kinds = servers,
        .near = "prometheus prom_alerts prom_alert prom_rule prom_targets prom_queries prom_query",
        .help = "Alerting and recording rules of Prometheus servers.",
        .panes = {{.table = "prom_rules",
                   .title = "rules",
                   .sort = "file, group, position",
                   .columns = "-server -file -group -position rule type state firing pending health error query for_s "
                              "evaluation_ms last_evaluation interval_s group file position server",
                   .middle = "rule",
                   .open = "prom_rule",
                   .empty = "no rules; " NO_SERVER}},
    },
    {
        .name = "prom_rule",
        .help = "One rule of a server: its expression, how its evaluation goes, and its alerts.",
        .subject = "prom_rules",
        .called = "{rule}",
        .summary = "{type}|{state}|health {health}|{server}",
        .charts = {{"alerts", {"firing", "pending"}, .optional = true}, {"evaluation took", {"evaluation_ms"}}},
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
                   .middle = "labels",
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
};

const struct views_part views_servers = {defs, sizeof defs / sizeof *defs};
