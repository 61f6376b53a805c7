/* The declarations of the tables of scraped endpoints; the enums give the columns' positions. */
#ifndef PROM_TABLES_H
#define PROM_TABLES_H

#include "table/table.h"

enum prom_targets_column {
    TARGETS_JOB,      /* key: the endpoint's name in the configuration, as the next one */
    TARGETS_INSTANCE, /* HOST:PORT, with a path that is not /metrics */
    TARGETS_STATE,    /* "up" "down" "starting" */
    TARGETS_LAST_SCRAPE,
    TARGETS_SCRAPE_MS,
    TARGETS_SAMPLES,
    TARGETS_KEPT,
    TARGETS_BYTES, /* after inflation */
    TARGETS_BAD_LINES,
    TARGETS_ERROR,
    TARGETS_LABELS, /* without these two */
    TARGETS_FORMAT,
    TARGETS_URL,
};

enum prom_metrics_column {
    METRICS_JOB, /* key, as the next three */
    METRICS_INSTANCE,
    METRICS_METRIC,
    METRICS_LABELS, /* `a="b",c="d"`, by name */
    METRICS_VALUE,
    METRICS_RATE, /* of counters: an instant rate */
    METRICS_TYPE,
    METRICS_UNIT,
    METRICS_HELP,
};

enum prom_histograms_column {
    HISTOGRAMS_JOB, /* key, as the next three */
    HISTOGRAMS_INSTANCE,
    HISTOGRAMS_METRIC,
    HISTOGRAMS_LABELS, /* without le */
    HISTOGRAMS_RATE,   /* observations a second between the last two scrapes */
    HISTOGRAMS_P50,    /* of the observations between the last two scrapes; of all, "~", after the first */
    HISTOGRAMS_P90,
    HISTOGRAMS_P95,
    HISTOGRAMS_P99,
    HISTOGRAMS_MEAN,
    HISTOGRAMS_MAX_LE, /* the highest bucket that got any, as its bound */
    HISTOGRAMS_COUNT,
    HISTOGRAMS_UNIT,
    HISTOGRAMS_NOTE,
};

extern const struct table_def prom_table_targets;
extern const struct table_def prom_table_metrics;
extern const struct table_def prom_table_histograms;

/* All of them, NULL-terminated, in the order they are added. */
extern const struct table_def *const prom_tables[];

#endif
