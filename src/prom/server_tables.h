/* What Prometheus servers say, as tables. */
#ifndef PROM_SERVER_TABLES_H
#define PROM_SERVER_TABLES_H

#include "table/column.h"

enum prom_server_queries_column {
    QUERIES_SERVER, /* key, as the next three */
    QUERIES_QUERY,
    QUERIES_METRIC,
    QUERIES_LABELS,
    QUERIES_VALUE,
    QUERIES_UNIT,
    QUERIES_P50,
    QUERIES_P95,
    QUERIES_P99,
    QUERIES_COUNT,
    QUERIES_TIME,
    QUERIES_ERROR,
    QUERIES_NOTE,
    QUERIES_PROMQL,
    QUERIES_FILLED,
};

enum prom_server_targets_column {
    PTARGETS_SERVER, /* key, as the next two */
    PTARGETS_POOL,
    PTARGETS_URL,
    PTARGETS_JOB,
    PTARGETS_INSTANCE,
    PTARGETS_HEALTH,
    PTARGETS_ERROR,
    PTARGETS_LAST_SCRAPE,
    PTARGETS_SCRAPE_MS,
    PTARGETS_INTERVAL_S,
    PTARGETS_TIMEOUT_S,
    PTARGETS_LABELS,
};

enum prom_server_alerts_column {
    ALERTS_SERVER, /* key, as the next two */
    ALERTS_ALERT,
    ALERTS_LABELS,
    ALERTS_STATE,
    ALERTS_SEVERITY,
    ALERTS_SINCE,
    ALERTS_VALUE,
    ALERTS_SUMMARY,
    ALERTS_DESCRIPTION,
    ALERTS_ANNOTATIONS,
};

enum prom_server_rules_column {
    RULES_SERVER, /* key, as the next three */
    RULES_FILE,
    RULES_GROUP,
    RULES_POSITION, /* from 1 */
    RULES_RULE,
    RULES_TYPE,
    RULES_STATE,
    RULES_HEALTH,
    RULES_ERROR,
    RULES_PENDING,
    RULES_FIRING,
    RULES_FOR_S,
    RULES_INTERVAL_S,
    RULES_EVALUATION_MS,
    RULES_LAST_EVALUATION,
    RULES_LABELS,
    RULES_QUERY,
};

extern const struct table_def prom_server_tables_queries;
extern const struct table_def prom_server_tables_targets;
extern const struct table_def prom_server_tables_alerts;
extern const struct table_def prom_server_tables_rules;

#endif
