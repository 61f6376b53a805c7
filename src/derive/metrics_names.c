/* Which scraped series tell which column; see metrics_names.h. */
#include "derive/metrics_names.h"

#include "base/error.h"
#include "base/mem.h"
#include "derive/columns.h"
#include "prom/selector.h"

#include <stdlib.h>

enum { ASKED = 100000 /* names that are remembered; past them all are asked anew */ };

/* Connect: jmx_exporter's example and Strimzi's rules leave "-metrics" of an MBean's type out, Confluent's do not. */
#define SINK_TASK(name)   "{__name__=~\"kafka_connect_sink_task(_metrics)?_" name "\"}"
#define TASK(name)        "{__name__=~\"kafka_connect_(connector_)?task(_metrics)?_" name "\"}"
#define TASK_ERRORS(name) "{__name__=~\"kafka_connect_task_error(_metrics)?_" name "\"}"
/* Brokers: lower case in all of them; some rules keep the attribute's name behind it. */
#define BROKER(name, labels) "{__name__=~\"kafka_" name "(_value)?\"" labels "}"
#define TOTAL(name)          "{__name__=~\"kafka_server_brokertopicmetrics_" name "(persec)?(_count)?_total\",topic=\"\"}"

/* clang-format off: a line each. */
static const struct derive_metrics_name names[] = {
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_PUT_AVG_MS, .selector = SINK_TASK("put_batch_avg_time_ms")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_PUT_MAX_MS, .selector = SINK_TASK("put_batch_max_time_ms")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_READ_RATE, .selector = SINK_TASK("sink_record_read_total"),
     .rate = true},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_READ_RATE, .selector = SINK_TASK("sink_record_read_rate")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_SEND_RATE, .selector = SINK_TASK("sink_record_send_total"),
     .rate = true},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_SEND_RATE, .selector = SINK_TASK("sink_record_send_rate")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_LAG_MAX, .selector = SINK_TASK("sink_record_lag_max")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_RECORD_FAILURES,
     .selector = TASK_ERRORS("total_record_failures(_total)?")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_SKIPPED, .selector = TASK_ERRORS("total_records_skipped(_total)?")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_DEAD_LETTERS,
     .selector = TASK_ERRORS("deadletterqueue_produce_requests(_total)?")},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_OFFSET_COMMIT_AVG_MS, .selector = TASK("offset_commit_avg_time_ms"),
     .offset_commit = true},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_OFFSET_COMMIT_MAX_MS, .selector = TASK("offset_commit_max_time_ms"),
     .offset_commit = true},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_OFFSET_COMMIT_FAILURES,
     .selector = TASK("offset_commit_failure_percentage"), .offset_commit = true},
    {DERIVE_METRICS_TASKS, DERIVE_TASK_METRICS_RUNNING, .selector = TASK("running_ratio")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_UNDER_REPLICATED,
     .selector = BROKER("server_replicamanager_underreplicatedpartitions", "")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_UNDER_MIN_ISR,
     .selector = BROKER("server_replicamanager_underminisrpartitioncount", "")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_OFFLINE,
     .selector = BROKER("controller_kafkacontroller_offlinepartitionscount", "")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_PRODUCE_P99_MS,
     .selector = BROKER("network_requestmetrics_totaltimems", ",request=\"Produce\",quantile=\"0.99\"")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_FETCH_P99_MS,
     .selector = BROKER("network_requestmetrics_totaltimems", ",request=\"FetchConsumer\",quantile=\"0.99\"")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_FETCH_P99_MS,
     .selector = BROKER("network_requestmetrics_totaltimems", ",request=\"Fetch\",quantile=\"0.99\"")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_REQUEST_QUEUE,
     .selector = BROKER("network_requestchannel_requestqueuesize", ",processor=\"\"")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_HANDLER_IDLE,
     .selector = BROKER("server_kafkarequesthandlerpool_requesthandleravgidle_?percent", "")},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_MESSAGES_IN, .selector = TOTAL("messagesin"), .rate = true},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_BYTES_IN, .selector = TOTAL("bytesin"), .rate = true},
    {DERIVE_METRICS_BROKERS, DERIVE_BROKER_METRICS_BYTES_OUT, .selector = TOTAL("bytesout"), .rate = true},
};
/* clang-format on */

enum { NAMES = sizeof names / sizeof *names };

struct derive_metrics_names {
    struct prom_selector *selectors[NAMES];
    struct map asked; /* by metric: the first that it may be of, counted from 1 */
};

struct derive_metrics_names *derive_metrics_names_new(void)
{
    struct derive_metrics_names *n = mem_new(struct derive_metrics_names);
    struct error err;
    for (size_t i = 0; i < NAMES; i++)
        if (prom_selector_parse(names[i].selector, &n->selectors[i], NULL, &err))
            abort(); /* a declaration of this file, which every test of it reads */
    return n;
}

void derive_metrics_names_free(struct derive_metrics_names *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < NAMES; i++)
        prom_selector_free(n->selectors[i]);
    map_done(&n->asked);
    free(n);
}

/* The first of those that a metric may be of; NAMES: none. */
static uintptr_t first_of(struct derive_metrics_names *n, const char *metric, size_t len)
{
    uintptr_t first = (uintptr_t)map_get(&n->asked, metric, len);
    if (first)
        return first - 1;
    while (first < NAMES && !prom_selector_name(n->selectors[first], metric))
        first++;
    if (n->asked.n >= ASKED)
        map_done(&n->asked);
    map_put(&n->asked, metric, len, (void *)(first + 1)); /* a small number, never followed */
    return first;
}

const struct derive_metrics_name *derive_metrics_names_find(struct derive_metrics_names *n, const char *metric,
                                                            size_t len, const char *labels, size_t *place)
{
    for (size_t i = first_of(n, metric, len); i < NAMES; i++) {
        if (!prom_selector_name(n->selectors[i], metric) || !prom_selector_labels(n->selectors[i], labels))
            continue;
        *place = i;
        return &names[i];
    }
    return NULL;
}
