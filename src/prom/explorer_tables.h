/* The declarations of the tables for looking around among metrics; the enums give the columns' positions. */
#ifndef PROM_EXPLORER_TABLES_H
#define PROM_EXPLORER_TABLES_H

#include "table/table.h"

enum prom_families_column {
    FAMILIES_JOB,    /* key, as the next one */
    FAMILIES_METRIC, /* the family's name */
    FAMILIES_TYPE,
    FAMILIES_SERIES,
    FAMILIES_TARGETS,
    FAMILIES_WORST_LABEL,
    FAMILIES_WORST_VALUES,
    FAMILIES_CAME,
    FAMILIES_WENT,
    FAMILIES_UNIT,
    FAMILIES_HELP,
    FAMILIES_SAMPLES, /* a regular expression: the names of its samples */
};

enum prom_labels_column {
    LABELS_JOB, /* key, as the next two */
    LABELS_METRIC,
    LABELS_LABEL,
    LABELS_VALUES,
    LABELS_SERIES,
    LABELS_EXAMPLE,
};

enum prom_buckets_column {
    BUCKETS_JOB, /* key, as the next four: of the row in histograms */
    BUCKETS_INSTANCE,
    BUCKETS_METRIC,
    BUCKETS_LABELS,
    BUCKETS_LE, /* the upper bound; the lower one is that of the next lower row */
    BUCKETS_RATE,
    BUCKETS_SHARE,
    BUCKETS_COUNT, /* of this bucket alone */
};

extern const struct table_def prom_table_families;
extern const struct table_def prom_table_labels;
extern const struct table_def prom_table_buckets;

#endif
