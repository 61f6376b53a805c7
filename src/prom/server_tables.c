/* The tables of servers that are asked: what each column means, once, for screens, formats, filters and the man page. */
#include "prom/server_tables.h"

#include "table/declare.h"

#define QUANTILE(n) "The " n " quantile of a native histogram, by the rules of PromQL's histogram_quantile; unknown where the answer is a number."

static const struct column queries_columns[] = {
    [QUERIES_SERVER] = {"server", "server", COLUMN_TEXT, UNIT_NONE, KEY, 5, "The name in the configuration, under prometheus_servers; of those of the command line HOST:PORT and the path."},
    [QUERIES_QUERY] = {"query", "query", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The name of the query in the configuration."},
    [QUERIES_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 3, "The name of the series, empty where the expression leaves none, as sum and rate do."},
    [QUERIES_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The labels of the series by name, a=\"b\",c=\"d\", as in metrics. Without any it is a single number, or an answer without a series: then the note says so."},
    [QUERIES_VALUE] = {"value", "value", COLUMN_REAL, UNIT_NONE, KEPT, 1, "What the server answered last; of a range the newest value; NaN is one. Unknown where the answer is a text or a histogram."},
    [QUERIES_UNIT] = {"unit", "unit", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 6, "The unit by the configuration, by which value, p50, p95 and p99 are written: count, bytes, seconds, milliseconds, per_second, ratio."},
    [QUERIES_P50] = {"p50", "p50", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 2, QUANTILE("0.5")},
    [QUERIES_P95] = {"p95", "p95", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 3, QUANTILE("0.95")},
    [QUERIES_P99] = {"p99", "p99", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 2, QUANTILE("0.99")},
    [QUERIES_COUNT] = {"count", "count", COLUMN_REAL, UNIT_COUNT, KEPT, 4, "The observations of a native histogram."},
    [QUERIES_TIME] = {"time", "since", COLUMN_TIME, UNIT_NONE, KEPT, 4, "The time of the first answer that had this value, by the server: it stays while the value does."},
    [QUERIES_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "Why the query was not answered the last time; its rows are then those of the last answer, stale."},
    [QUERIES_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "What the server remarks on its answer: warnings, by which it is partial, and hints; that there is no series; of an answer that is a text, that text."},
    [QUERIES_PROMQL] = {"promql", "promql", COLUMN_TEXT, UNIT_NONE, HIDDEN, 6, "The expression."},
    [QUERIES_FILLED] = {"filled", "filled", COLUMN_TIME, UNIT_NONE, HIDDEN, 7, "When points of the past were last had from the server for the chart of value."},
};

const struct table_def prom_server_tables_queries = {
    .name = "prom_queries",
    .title = "queries",
    .help = "What Prometheus servers answer to the queries of the configuration, a row for each series.",
    .group = {.name = "prom", COLUMNS(queries_columns)},
};

static const struct column targets_columns[] = {
    [PTARGETS_SERVER] = {"server", "server", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in prom_queries."},
    [PTARGETS_POOL] = {"pool", "pool", COLUMN_TEXT, UNIT_NONE, KEY, 4, "The scrape pool: the job as the server's configuration has it."},
    [PTARGETS_URL] = {"url", "url", COLUMN_TEXT, UNIT_NONE, KEY, 0, "What the server scrapes."},
    [PTARGETS_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The label of that name."},
    [PTARGETS_INSTANCE] = {"instance", "instance", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The label of that name."},
    [PTARGETS_HEALTH] = {"health", "health", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "up or down by the server's last scrape; unknown before the first."},
    [PTARGETS_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "Why the server's last scrape failed."},
    [PTARGETS_LAST_SCRAPE] = {"last_scrape", "scraped", COLUMN_TIME, UNIT_NONE, KEPT, 3, "When the server scraped it last."},
    [PTARGETS_SCRAPE_MS] = {"scrape_ms", "took", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 3, "How long that took."},
    [PTARGETS_INTERVAL_S] = {"interval_s", "interval", COLUMN_REAL, UNIT_SECONDS, KEPT, 5, "From one scrape to the next."},
    [PTARGETS_TIMEOUT_S] = {"timeout_s", "timeout", COLUMN_REAL, UNIT_SECONDS, KEPT | HIDDEN, 6, "How long a scrape may take."},
    [PTARGETS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "Its other labels, as in metrics."},
};

const struct table_def prom_server_tables_targets = {
    .name = "prom_targets",
    .title = "targets of servers",
    .help = "The active targets that Prometheus servers scrape.",
    .group = {.name = "prom", COLUMNS(targets_columns)},
};

static const struct column alerts_columns[] = {
    [ALERTS_SERVER] = {"server", "server", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in prom_queries."},
    [ALERTS_ALERT] = {"alert", "alert", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The name of the alert: its label alertname."},
    [ALERTS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEY, 4, "Its other labels, as in metrics."},
    [ALERTS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "firing; pending: its condition is true, but not for as long as the rule wants. Alerts that have ended are gone."},
    [ALERTS_SEVERITY] = {"severity", "severity", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The label of that name."},
    [ALERTS_SINCE] = {"since", "since", COLUMN_TIME, UNIT_NONE, KEPT, 1, "When its condition became true (activeAt), which is before it fired where the rule has a for."},
    [ALERTS_VALUE] = {"value", "value", COLUMN_REAL, UNIT_NONE, KEPT, 3, "What the expression gave at the last evaluation."},
    [ALERTS_SUMMARY] = {"summary", "summary", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "The annotation of that name."},
    [ALERTS_DESCRIPTION] = {"description", "description", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 4, "The annotation of that name."},
    [ALERTS_ANNOTATIONS] = {"annotations", "annotations", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 6, "All annotations, written as labels are."},
};

const struct table_def prom_server_tables_alerts = {
    .name = "prom_alerts",
    .title = "alerts of servers",
    .help = "Alerts that are pending or firing on Prometheus servers, by these servers' own rules.",
    .group = {.name = "prom", COLUMNS(alerts_columns)},
};

static const struct column rules_columns[] = {
    [RULES_SERVER] = {"server", "server", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in prom_queries."},
    [RULES_FILE] = {"file", "file", COLUMN_TEXT, UNIT_NONE, KEY, 5, "The file of the server that has the rule; of Mimir the namespace."},
    [RULES_GROUP] = {"group", "group", COLUMN_TEXT, UNIT_NONE, KEY, 3, "The group of rules that are evaluated together."},
    [RULES_POSITION] = {"position", "#", COLUMN_INT, UNIT_ID, KEY, 4, "The rule's place in its group, from 1."},
    [RULES_RULE] = {"rule", "rule", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "The name of the alert, or of the series that is recorded."},
    [RULES_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "alerting or recording."},
    [RULES_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "Of an alerting rule: firing, pending, inactive."},
    [RULES_HEALTH] = {"health", "health", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "ok; err: the last evaluation failed; unknown before the first."},
    [RULES_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "Why the last evaluation failed."},
    [RULES_PENDING] = {"pending", "pending", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 3, "Alerts of it that are pending."},
    [RULES_FIRING] = {"firing", "firing", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 2, "Alerts of it that are firing."},
    [RULES_FOR_S] = {"for_s", "for", COLUMN_REAL, UNIT_SECONDS, KEPT, 4, "How long its condition has to be true before it fires."},
    [RULES_INTERVAL_S] = {"interval_s", "interval", COLUMN_REAL, UNIT_SECONDS, KEPT, 5, "From one evaluation of its group to the next."},
    [RULES_EVALUATION_MS] = {"evaluation_ms", "took", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 4, "How long the last evaluation took."},
    [RULES_LAST_EVALUATION] = {"last_evaluation", "evaluated", COLUMN_TIME, UNIT_NONE, KEPT, 4, "When it was evaluated last."},
    [RULES_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 6, "Labels that it adds, as in metrics."},
    [RULES_QUERY] = {"query", "query", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The expression."},
};

const struct table_def prom_server_tables_rules = {
    .name = "prom_rules",
    .title = "rules of servers",
    .help = "Alerting and recording rules of Prometheus servers.",
    .group = {.name = "prom", COLUMNS(rules_columns)},
};
