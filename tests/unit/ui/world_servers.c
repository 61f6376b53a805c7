/* Prometheus servers for the console's tests: one whose alerts fire, whose target is down, and one query of which fails. */
#include "world.h"

#include <stddef.h>

static void set(struct world *w, const char *table, const char *key, const char *const *pairs)
{
    for (; *pairs; pairs += 2)
        world_set(w, table, key, pairs[0], pairs[1]);
}
#define SET(table, key, ...) set(w, table, key, (const char *const[]){__VA_ARGS__, NULL})

static void add_alerts(struct world *w)
{
    SET("sources", "prom:main", "kind", "prometheus server", "state", "ok", "last_ok", "4");
    SET("prom_alerts", "main/ErrorRatio/job=\"checkout\",severity=\"page\"", "state", "firing", "severity", "page",
        "since", "840", "value", "0.093", "summary", "9.3 % of checkout's requests fail", "description",
        "More than 5 % for ten minutes. Look at the payment gateway first.", "annotations",
        "description=\"More than 5 % for ten minutes. Look at the payment gateway first.\",summary=\"9.3 % of "
        "checkout's "
        "requests fail\"");
    SET("prom_alerts", "main/DiskFull/instance=\"db-2:9100\",severity=\"warning\"", "state", "pending", "severity",
        "warning", "since", "95", "value", "0.91", "summary", "db-2's disk is 91 % full");
    SET("prom_rules", "main/alerts.yml/checkout/2", "rule", "job:errors:ratio", "type", "recording", "health", "ok",
        "interval_s", "15", "evaluation_ms", "0.9", "last_evaluation", "7", "query",
        "sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total[5m]))");
    SET("prom_rules", "main/alerts.yml/node/1", "rule", "DiskFull", "type", "alerting", "state", "pending", "health",
        "ok", "pending", "1", "firing", "0", "for_s", "300", "interval_s", "15", "evaluation_ms", "0.4",
        "last_evaluation", "7", "query", "disk:used:ratio > 0.9");
    SET("prom_rules", "main/alerts.yml/checkout/1", "rule", "ErrorRatio", "type", "alerting", "state", "firing",
        "health", "ok", "pending", "0", "firing", "1", "for_s", "600", "interval_s", "15", "evaluation_ms", "1.8",
        "last_evaluation", "7", "query", "job:errors:ratio > 0.05");
}

static void add_queries(struct world *w)
{
    SET("prom_queries", "main/error ratio//job=\"cart\"", "value", "0.0004", "unit", "ratio", "promql",
        "job:errors:ratio");
    SET("prom_queries", "main/error ratio//job=\"checkout\"", "value", "0.093", "unit", "ratio", "promql",
        "job:errors:ratio");
    SET("prom_queries", "main/heap/go_memstats_heap_alloc_bytes/instance=\"api:9090\"", "value", "25165824", "unit",
        "bytes", "promql", "go_memstats_heap_alloc_bytes");
    SET("prom_queries", "main/p99//", "value", "0.035", "unit", "seconds", "promql", "job:latency:p99");
    SET("prom_queries", "main/wrong//", "error", "bad_data: 1:6: parse error: unclosed left parenthesis", "promql",
        "sum((");
}

static void add_targets(struct world *w)
{
    SET("prom_targets", "main/node/db-1", "instance", "db-1:9100", "job", "node", "health", "up", "last_scrape", "6",
        "scrape_ms", "41.5", "interval_s", "15");
    SET("prom_targets", "main/node/db-2", "instance", "db-2:9100", "job", "node", "health", "down", "error",
        "connection refused", "last_scrape", "9", "scrape_ms", "0.6", "interval_s", "15");
}

void world_fill_servers(struct world *w)
{
    world_fill_calm(w);
    world_fill_servers_alone(w);
}

void world_fill_servers_alone(struct world *w)
{
    add_alerts(w);
    add_queries(w);
    add_targets(w);
    world_commit(w);
}
