/* The table of services. */
#include "prom/services_tables.h"

#include "table/declare.h"

#define QUANTILE(n)                                                                                                    \
    "The " n " quantile of how long requests took that ended between the last two scrapes, of all histograms of the "  \
    "service together, by the rules of PromQL's histogram_quantile; where there is only a summary, the endpoint's "    \
    "own "                                                                                                             \
    "figure. Unknown where nothing was observed, or only a mean can be told."

static const struct column columns[] = {
    [SERVICES_JOB] = {"job", "job", COLUMN_TEXT, UNIT_NONE, KEY, 6, "As in targets."},
    [SERVICES_INSTANCE] = {"instance", "instance", COLUMN_TEXT, UNIT_NONE, KEY, 1, "As in targets."},
    [SERVICES_SERVICE] =
        {"service", "service", COLUMN_TEXT, UNIT_NONE, KEY, 0,
         "What the recipe's labels say: a model, a connector, an endpoint; the job where it has none."},
    [SERVICES_RECIPE] = {"recipe", "recipe", COLUMN_TEXT, UNIT_NONE, KEY, 4,
                         "The recipe by which its series are understood: a built-in one, or one of the configuration."},
    [SERVICES_REQUESTS_S] = {"requests_s", "instant req/s", COLUMN_REAL, UNIT_PER_SECOND, KEPT | SUM, 0,
                             "Requests a second between the last two scrapes; after a reset, from 0. Of connectors and "
                             "Flink jobs, records."},
    [SERVICES_ERROR_RATIO] = {"error_ratio", "errors", COLUMN_REAL, UNIT_RATIO, KEPT | WORSE, 0,
                              "How many of them failed. Unknown without requests, and where failures are not counted."},
    [SERVICES_P50_MS] = {"p50_ms", "p50", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 2, QUANTILE("0.5")},
    [SERVICES_P95_MS] = {"p95_ms", "p95", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 2, QUANTILE("0.95")},
    [SERVICES_P99_MS] = {"p99_ms", "p99", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 0, QUANTILE("0.99")},
    [SERVICES_MEAN_MS] = {"mean_ms", "mean", COLUMN_REAL, UNIT_MS, KEPT | WORSE, 2,
                          "The time that these requests took together by their number; where the endpoint tells only a "
                          "mean of its own, that."},
    [SERVICES_IN_FLIGHT] = {"in_flight", "in flight", COLUMN_REAL, UNIT_COUNT, KEPT | SUM, 2,
                            "Requests that are being worked on."},
    [SERVICES_QUEUE] = {"queue", "queue", COLUMN_REAL, UNIT_COUNT, KEPT | SUM | WORSE, 1, "Requests that wait."},
    [SERVICES_SATURATION] = {"saturation", "full", COLUMN_REAL, UNIT_RATIO, KEPT | WORSE, 1,
                             "How full what it needs is: the cache of a model's server, the processors of a machine, "
                             "the threads of a broker."},
    [SERVICES_LATENCY_FROM] = {"latency_from", "from", COLUMN_TEXT, UNIT_NONE, KEPT, 5,
                               "How times are known: by a histogram, a summary, or as a mean only."},
    [SERVICES_NOTE] = {"note", "note", COLUMN_TEXT, UNIT_NONE, KEPT, 5,
                       "What is to be known of the figures: quantiles of several summaries cannot be put together, so "
                       "the highest stands; buckets whose counts go down were taken as not."},
};

const struct table_def prom_table_services = {
    .name = "services",
    .title = "services",
    .help = "What scraped endpoints serve: requests, errors, how long they take and how full it is, as recipes "
            "understand their series.",
    .group = {.name = "prom", COLUMNS(columns)},
};
