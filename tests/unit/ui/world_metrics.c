/* Metrics of scraped endpoints for the console's tests: an inference service whose latency spreads, on two instances. */
#include "world.h"

#include "prom/tables.h"

#include <assert.h>
#include <stdio.h>

void world_add_metrics_tables(struct world *w)
{
    struct table *t;
    for (size_t i = 0; prom_tables[i]; i++)
        assert(store_add(w->store, prom_tables[i], NULL, &t, NULL) == 0);
}

static void set(struct world *w, const char *table, const char *key, const char *const *pairs)
{
    for (; *pairs; pairs += 2)
        world_set(w, table, key, pairs[0], pairs[1]);
}
#define SET(table, key, ...) set(w, table, key, (const char *const[]){__VA_ARGS__, NULL})

static void add_targets(struct world *w)
{
    SET("sources", "prom:inference", "kind", "prometheus", "state", "ok", "last_ok", "4");
    SET("targets", "inference/gpu-1:8000", "state", "up", "samples", "1412", "kept", "1412", "bytes", "181300",
        "bad_lines", "0", "scrape_ms", "12", "last_scrape", "4", "format", "0.0.4");
    SET("targets", "inference/gpu-2:8000", "state", "up", "samples", "1398", "kept", "1398", "bytes", "180020",
        "bad_lines", "0", "scrape_ms", "15", "last_scrape", "9", "format", "0.0.4");
}

static void add_services(struct world *w)
{
    SET("services", "inference/gpu-1:8000/churn-v3/vllm", "requests_s", "41.2", "error_ratio", "0.002", "p50_ms", "35",
        "p95_ms", "180", "p99_ms", "412", "mean_ms", "61", "in_flight", "7", "queue", "0", "saturation", "0.41",
        "latency_from", "histogram");
    SET("services", "inference/gpu-2:8000/churn-v3/vllm", "requests_s", "12.9", "error_ratio", "0.084", "p50_ms", "340",
        "p95_ms", "2100", "p99_ms", "4800", "mean_ms", "611", "in_flight", "31", "queue", "18", "saturation", "0.97",
        "latency_from", "histogram");
    SET("services", "inference/gpu-2:8000/embed/triton", "requests_s", "4.5", "error_ratio", "0", "mean_ms", "3.5",
        "queue", "0", "latency_from", "mean");
    SET("services", "kafka/kafka-1:7071/Produce/kafka_requests", "requests_s", "0", "p50_ms", "0.82", "p99_ms", "35",
        "latency_from", "summary", "note", "quantiles are the highest of 2 series");
}

static void add_families(struct world *w)
{
    SET("metric_families", "inference/http_request_duration_seconds", "type", "histogram", "series", "1824", "targets",
        "2", "worst_label", "path", "worst_values", "64", "came", "48", "went", "0", "help",
        "Latency of requests by method and path.", "samples", "^(http_request_duration_seconds)$");
    SET("metric_families", "inference/http_requests_total", "type", "counter", "series", "410", "targets", "2",
        "worst_label", "path", "worst_values", "64", "came", "0", "went", "0", "help",
        "Requests by method, path and code.", "samples", "^(http_requests_total)$");
    SET("metric_families", "inference/process_resident_memory_bytes", "type", "gauge", "series", "2", "targets", "2",
        "came", "0", "went", "0", "help", "Resident memory size in bytes.", "samples",
        "^(process_resident_memory_bytes)$");
    SET("metric_families", "inference/session_tokens", "type", "gauge", "series", "21403", "targets", "2",
        "worst_label", "session_id", "worst_values", "~21190", "came", "8120", "went", "7790", "help",
        "Tokens in each session.", "samples", "^(session_tokens)$");
    SET("metric_labels", "inference/session_tokens/session_id", "values", "~21190", "series", "21403", "example",
        "7f2a9c1e-90d4-4be1-8a55-6c1de0b3aa02");
    SET("metric_labels", "inference/session_tokens/model", "values", "3", "series", "21403", "example", "churn-v3");
    SET("metric_labels", "inference/http_request_duration_seconds/path", "values", "64", "series", "1824", "example",
        "/v1/predict");
    SET("metric_labels", "inference/http_request_duration_seconds/le", "values", "14", "series", "1672", "example",
        "0.005");
    SET("metric_labels", "inference/http_request_duration_seconds/method", "values", "2", "series", "1824", "example",
        "POST");
}

static void add_series(struct world *w)
{
    static const char *const codes[] = {"200", "404", "500"};
    for (int i = 0; i < 6; i++) {
        char key[200], value[32], rate[32];
        snprintf(key, sizeof key, "inference/gpu-%d:8000/http_requests_total/code=\"%s\",method=\"POST\"", 1 + i / 3,
                 codes[i % 3]);
        snprintf(value, sizeof value, "%d", i % 3 ? 40 * i + 11 : 182331 - 30000 * i);
        snprintf(rate, sizeof rate, "%g", i % 3 ? 0.2 * i : 84.5 - 10 * i);
        SET("metrics", key, "value", value, "rate", rate, "type", "counter", "help",
            "Requests by method, path and code.");
    }
    SET("metrics", "inference/gpu-1:8000/process_resident_memory_bytes", "value", "8124219392", "type", "gauge", "help",
        "Resident memory size in bytes.");
    SET("metrics", "inference/gpu-2:8000/process_resident_memory_bytes", "value", "7940120576", "type", "gauge", "help",
        "Resident memory size in bytes.");
}

/* Keys are divided by slashes, so no label has one. */
#define LATENCY "inference/gpu-1:8000/http_request_duration_seconds/method=\"POST\",path=\"predict\""

static void add_histograms(struct world *w)
{
    static const char *const bounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
                                         "1",     "2.5",  "5",     "10",   "30",  "inf"};
    static const double shares[] = {0, 0.02, 0.11, 0.41, 0.22, 0.1, 0.06, 0.03, 0.04, 0.01, 0, 0, 0};
    SET("histograms", LATENCY, "rate", "84.2", "p50", "0.0465", "p90", "0.31", "p95", "0.74", "p99", "2.9", "mean",
        "0.152", "max_le", "5", "count", "2104233");
    SET("histograms", "inference/gpu-1:8000/http_request_duration_seconds/method=\"GET\",path=\"health\"", "rate", "2",
        "p50", "0.0025", "p90", "0.0045", "p95", "0.00475", "p99", "0.00495", "mean", "0.0021", "max_le", "0.005",
        "count", "91822");
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        char key[200], rate[32], share[32], count[32];
        snprintf(key, sizeof key, LATENCY "/%s", bounds[i]);
        snprintf(rate, sizeof rate, "%g", 84.2 * shares[i]);
        snprintf(share, sizeof share, "%g", shares[i]);
        snprintf(count, sizeof count, "%.0f", 2104233 * shares[i]);
        SET("histogram_buckets", key, "rate", rate, "share", share, "count", count);
    }
}

void world_fill_metrics(struct world *w)
{
    world_fill_calm(w);
    world_fill_metrics_alone(w);
}

void world_fill_metrics_alone(struct world *w)
{
    add_targets(w);
    add_services(w);
    add_families(w);
    add_series(w);
    add_histograms(w);
    world_commit(w);
}
