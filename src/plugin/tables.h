/* The declarations of the tables about plugins; the enums give the columns' positions. */
#ifndef PLUGIN_TABLES_H
#define PLUGIN_TABLES_H

#include "table/table.h"

enum plugin_plugins_column {
    PLUGINS_PLUGIN, /* key: the instance */
    PLUGINS_KIND,   /* "executable" "shared object" */
    PLUGINS_PATH,
    PLUGINS_FORMAT,
    PLUGINS_STATE, /* "starting" "waiting" "running" "failed" */
    PLUGINS_PID,   /* of one that stays */
    PLUGINS_STARTED,
    PLUGINS_STARTS,
    PLUGINS_TABLES, /* names, with spaces between */
    PLUGINS_ROWS,
    PLUGINS_WORDS, /* the last that it said on its standard error */
    PLUGINS_CPU,   /* a part of a processor */
    PLUGINS_VERSION,
};

enum plugin_metrics_column {
    PLUGIN_METRICS_INSTANCE, /* key, as the next two */
    PLUGIN_METRICS_METRIC,
    PLUGIN_METRICS_LABELS, /* as prom/labels.h writes them */
    PLUGIN_METRICS_VALUE,
    PLUGIN_METRICS_TYPE,
    PLUGIN_METRICS_HELP,
};

enum plugin_checks_column {
    PLUGIN_CHECKS_INSTANCE, /* key */
    PLUGIN_CHECKS_STATUS,   /* "OK" "WARNING" "CRITICAL" "UNKNOWN" */
    PLUGIN_CHECKS_TEXT,
    PLUGIN_CHECKS_MORE,
};

enum plugin_perfdata_column {
    PLUGIN_PERFDATA_INSTANCE, /* key, as the next */
    PLUGIN_PERFDATA_LABEL,
    PLUGIN_PERFDATA_VALUE,
    PLUGIN_PERFDATA_UNIT,
    PLUGIN_PERFDATA_WARN, /* a range, as it was written; the next too */
    PLUGIN_PERFDATA_CRIT,
    PLUGIN_PERFDATA_MIN,
    PLUGIN_PERFDATA_MAX,
};

enum plugin_points_column {
    PLUGIN_POINTS_INSTANCE, /* key, as the next three */
    PLUGIN_POINTS_MEASUREMENT,
    PLUGIN_POINTS_TAGS, /* as labels */
    PLUGIN_POINTS_FIELD,
    PLUGIN_POINTS_VALUE,
    PLUGIN_POINTS_WHOLE, /* of whole numbers: exact */
    PLUGIN_POINTS_TEXT,
    PLUGIN_POINTS_TIME,
};

extern const struct table_def plugin_tables_plugins;
extern const struct table_def plugin_tables_metrics;  /* "plugin_metrics": of format prometheus */
extern const struct table_def plugin_tables_checks;   /* "plugin_checks": of format nagios, as the next */
extern const struct table_def plugin_tables_perfdata; /* "plugin_perfdata" */
extern const struct table_def plugin_tables_points;   /* "plugin_points": of format influx */

/* All of them, NULL-terminated, in the order they are added. */
extern const struct table_def *const plugin_tables[];

#endif
