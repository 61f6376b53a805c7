/* The tables of scraped endpoints: what each column means, once, for screens, formats, filters and the man page. */
#include "prom/tables.h"

#include "prom/explorer_tables.h"
#include "prom/services_tables.h"
#include "prom/server_tables.h"
#include "table/declare.h"

static const struct column targets_columns[] = {
    [TARGETS_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The name in the configuration, under prometheus, or the label job where there is one; default for those of the command line."},
    [TARGETS_INSTANCE] = {"instance", "instance", COLUMN_TEXT, UNIT_NONE, KEY, 0, "HOST:PORT of the endpoint, with its path where that is not /metrics and its query where it has one; or the label instance."},
    [TARGETS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "up: the last scrape was read whole, but for bad lines; down: it was not, and the rows of the one before stay, stale; starting: none has ended yet."},
    [TARGETS_LAST_SCRAPE] = {"last_scrape", "scraped", COLUMN_TIME, UNIT_NONE, KEPT, 4, "When the last scrape that was read whole began."},
    [TARGETS_SCRAPE_MS] = {"scrape_ms", "took", COLUMN_INT, UNIT_MS, KEPT | WORSE, 3, "From the question to the end of the answer, the last time, without the time to read it."},
    [TARGETS_SAMPLES] = {"samples", "samples", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Samples in the last answer that was read whole."},
    [TARGETS_KEPT] = {"kept", "kept", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 3, "Those of them that keep chooses."},
    [TARGETS_BYTES] = {"bytes", "bytes", COLUMN_INT, UNIT_BYTES, KEPT | SUM, 3, "Bytes of that answer, after inflation."},
    [TARGETS_BAD_LINES] = {"bad_lines", "bad lines", COLUMN_INT, UNIT_COUNT, KEPT | SUM | WORSE, 3, "Lines of it that are neither samples nor comments, and series that are there twice; they are left out."},
    [TARGETS_ERROR] = {"error", "error", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "Why it is down; where it is up, the first of its bad lines."},
    [TARGETS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "Labels that the configuration and discovery give it, beside job and instance, as in metrics."},
    [TARGETS_FORMAT] = {"format", "format", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 6, "0.0.4 (text) or OpenMetrics."},
    [TARGETS_URL] = {"url", "url", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 7, "Where it is asked, without secrets in its query."},
};

const struct table_def prom_table_targets = {
    .name = "targets",
    .title = "scrape targets",
    .help = "Endpoints that are scraped for metrics, and how that goes.",
    .group = {.name = "prom", COLUMNS(targets_columns)},
};

static const struct column metrics_columns[] = {
    [METRICS_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in targets."},
    [METRICS_INSTANCE] = {"instance", "instance", COLUMN_TEXT, UNIT_NONE, KEY, 4, "As in targets."},
    [METRICS_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The name of the sample."},
    [METRICS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEY, 0, "Its labels by name, a=\"b\",c=\"d\", without empty ones; \\\\, \\\" and \\n in values are escaped."},
    [METRICS_VALUE] = {"value", "value", COLUMN_REAL, UNIT_NONE, KEPT, 1, "The value of the last scrape; NaN is one."},
    [METRICS_RATE] = {"rate", "instant/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT, 1, "Of counters, the growth a second between the last two scrapes; after a reset, from 0. An instant rate: PromQL's irate, not its rate. Without a type, names that end in _total are counters."},
    [METRICS_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "counter, gauge, summary, info, stateset, or unknown, as the endpoint says; histogram where a sample of one is not in histograms."},
    [METRICS_UNIT] = {"unit", "unit", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 6, "The unit where the endpoint tells one, as OpenMetrics can."},
    [METRICS_HELP] = {"help", "help", COLUMN_TEXT, UNIT_NONE, HIDDEN, 6, "What the endpoint says of it, cut to 1,000 bytes."},
};

const struct table_def prom_table_metrics = {
    .name = "metrics",
    .title = "metrics",
    .help = "Series of scraped endpoints, without those of histograms.",
    .group = {.name = "prom", COLUMNS(metrics_columns)},
};

#define QUANTILE(n)                                                                                                     \
    "The " n " quantile of what was observed between the last two scrapes, by the rules of PromQL's histogram_quantile " \
    "over the growth of each bucket; of all since the process began, as an estimate, after the first scrape; of a gauge histogram, of what it holds. Unknown where nothing was observed."

static const struct column histograms_columns[] = {
    [HISTOGRAMS_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 5, "As in targets."},
    [HISTOGRAMS_INSTANCE] = {"instance", "instance", COLUMN_TEXT, UNIT_NONE, KEY, 4, "As in targets."},
    [HISTOGRAMS_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The name of the histogram, without _bucket."},
    [HISTOGRAMS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEY, 0, "Its labels without le, as in metrics."},
    [HISTOGRAMS_RATE] = {"rate", "instant/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 1, "Observations a second between the last two scrapes; after a reset, from 0: an instant rate, as of metrics."},
    [HISTOGRAMS_P50] = {"p50", "p50", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 1, QUANTILE("0.5")},
    [HISTOGRAMS_P90] = {"p90", "p90", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 2, QUANTILE("0.9")},
    [HISTOGRAMS_P95] = {"p95", "p95", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 3, QUANTILE("0.95")},
    [HISTOGRAMS_P99] = {"p99", "p99", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 1, QUANTILE("0.99")},
    [HISTOGRAMS_MEAN] = {"mean", "mean", COLUMN_REAL, UNIT_NONE, KEPT | WORSE, 2, "The sum of the same observations by their number."},
    [HISTOGRAMS_MAX_LE] = {"max_le", "max bucket", COLUMN_REAL, UNIT_NONE, KEPT, 4, "The upper bound of the highest bucket that has any of the same observations."},
    [HISTOGRAMS_COUNT] = {"count", "count", COLUMN_REAL, UNIT_COUNT, KEPT, 3, "All observations since the process began."},
    [HISTOGRAMS_UNIT] = {"unit", "unit", COLUMN_TEXT, UNIT_NONE, KEPT | HIDDEN, 6, "As in metrics."},
    [HISTOGRAMS_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "What is amiss: buckets whose counts go down, which were taken as not; no bucket of +Inf."},
};

const struct table_def prom_table_histograms = {
    .name = "histograms",
    .title = "histograms",
    .help = "Histograms of scraped endpoints, each with the quantiles of what it observed lately.",
    .group = {.name = "prom", COLUMNS(histograms_columns)},
};

const struct table_def *const prom_tables[] = {&prom_table_targets, &prom_table_metrics, &prom_table_histograms, &prom_table_services,
                                               &prom_table_families, &prom_table_labels, &prom_table_buckets,
                                               &prom_server_tables_queries, &prom_server_tables_alerts,
                                               &prom_server_tables_rules, &prom_server_tables_targets, NULL};
