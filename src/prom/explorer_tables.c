/* The tables for looking around among metrics: what each column means. */
#include "prom/explorer_tables.h"

#include "table/declare.h"

/* clang-format off: a column's declaration is one line. */
static const struct column families_columns[] = {
    [FAMILIES_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in targets."},
    [FAMILIES_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The family's name: that of its samples without what its type adds, as _bucket, _sum, _count."},
    [FAMILIES_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, 0, 2, "As the endpoints say: counter, gauge, histogram, summary, info, stateset, gaugehistogram, or unknown."},
    [FAMILIES_SERIES] = {"series", "series", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 1, "Series of it that are kept, over all targets of the job. A histogram has one for each bucket, and its sum and count."},
    [FAMILIES_TARGETS] = {"targets", "targets", COLUMN_INT, UNIT_COUNT, 0, 4, "Targets of the job that have any."},
    [FAMILIES_WORST_LABEL] = {"worst_label", "worst label", COLUMN_TEXT, UNIT_NONE, 0, 2, "The label with the most values; metric_labels has all."},
    [FAMILIES_WORST_VALUES] = {"worst_values", "values", COLUMN_INT, UNIT_COUNT, WORSE, 2, "How many values that label has, as in metric_labels."},
    [FAMILIES_CAME] = {"came", "came", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 3, "Series that came in the last ten minutes, by the minute, without those of a target's first scrape: many that come and go fill a server's memory."},
    [FAMILIES_WENT] = {"went", "went", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 4, "Series that went in the last ten minutes, likewise."},
    [FAMILIES_UNIT] = {"unit", "unit", COLUMN_TEXT, UNIT_NONE, HIDDEN, 6, "As in metrics."},
    [FAMILIES_HELP] = {"help", "help", COLUMN_TEXT, UNIT_NONE, 0, 1, "What the endpoints say of it, cut to 1,000 bytes."},
    [FAMILIES_SAMPLES] = {"samples", "samples", COLUMN_TEXT, UNIT_NONE, HIDDEN, 7, "A regular expression that the names of its samples match, and no other: ^(a_sum|a_count)$."},
};

const struct table_def prom_table_families = {
    .name = "metric_families",
    .title = "metric families",
    .help = "What the endpoints of a job tell of: each metric with its type, what it means, and how many series it has.",
    .group = {.name = "prom", COLUMNS(families_columns)},
};

static const struct column labels_columns[] = {
    [LABELS_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in targets."},
    [LABELS_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 1, "As in metric_families."},
    [LABELS_LABEL] = {"label", "label", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The label's name; le of histograms counts too."},
    [LABELS_VALUES] = {"values", "values", COLUMN_INT, UNIT_COUNT, WORSE, 1, "How many values it has in all series of the family, over all targets of the job. Exact up to 16,384; more are an estimate that is off by about 2 %; from 700,000 on, at least so many."},
    [LABELS_SERIES] = {"series", "series", COLUMN_INT, UNIT_COUNT, WORSE, 2, "Series of the family that have this label."},
    [LABELS_EXAMPLE] = {"example", "example", COLUMN_TEXT, UNIT_NONE, 0, 3, "A value that it had, cut to 100 bytes."},
};

const struct table_def prom_table_labels = {
    .name = "metric_labels",
    .title = "labels of metrics",
    .help = "Labels of each metric of a job, with how many values they have: what makes the number of series large.",
    .group = {.name = "prom", COLUMNS(labels_columns)},
};

static const struct column buckets_columns[] = {
    [BUCKETS_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in targets."},
    [BUCKETS_INSTANCE] = {"instance", "instance", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in targets."},
    [BUCKETS_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in histograms."},
    [BUCKETS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in histograms."},
    [BUCKETS_LE] = {"le", "up to", COLUMN_REAL, UNIT_NONE, KEY, 0, "The upper bound. Here a bucket has what is above the next lower bound; the endpoint's hold all below, too. Of more than 100 bounds neighbours are one row."},
    [BUCKETS_RATE] = {"rate", "instant/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 1, "Observations a second in this bucket between the last two scrapes; after a reset, from 0."},
    [BUCKETS_SHARE] = {"share", "share", COLUMN_REAL, UNIT_RATIO, 0, 1, "Its part of all observations between the last two scrapes."},
    [BUCKETS_COUNT] = {"count", "count", COLUMN_REAL, UNIT_COUNT, 0, 2, "Observations in this bucket since the process began."},
};

const struct table_def prom_table_buckets = {
    .name = "histogram_buckets",
    .title = "buckets of histograms",
    .help = "Buckets of those histograms that somebody looks at, and for some minutes after.",
    .group = {.name = "prom", COLUMNS(buckets_columns)},
};
