/* What scraped metrics say of tasks and brokers: names in the spellings of the usual rule files, whose they are, what is no longer told. */
#include "tests/unit/unit.h"

#include "derive/columns.h"
#include "derive/metrics.h"
#include "tests/unit/derive/rows.h"

static struct store *store;
static struct derive_metrics *metrics;

enum { T0 = 1700000000 };

static int begin(void **state)
{
    (void)state;
    rows_ms = T0 * INT64_C(1000);
    store = rows_store();
    derive_columns_add(store);
    metrics = derive_metrics_new(store);
    return 0;
}

static int end(void **state)
{
    (void)state;
    derive_metrics_free(metrics);
    store_free(store);
    return 0;
}

/* A target of job j, as one that has just been scraped. */
static void target(const char *instance, const char *host, const char *labels)
{
    char key[80], text[128];
    snprintf(key, sizeof key, "j %s", instance);
    snprintf(text, sizeof text, "http://%s:7071/metrics", host);
    rows_set(store, "targets", key, "url", text);
    rows_set(store, "targets", key, "state", "up");
    if (labels)
        rows_set(store, "targets", key, "labels", labels);
    snprintf(text, sizeof text, "%lld", (long long)rows_ms);
    rows_set(store, "targets", key, "last_scrape", text);
}

static void metric(const char *instance, const char *name, const char *labels, const char *value)
{
    char key[512];
    snprintf(key, sizeof key, "j %s %s %s", instance, name, labels);
    rows_set(store, "metrics", key, "value", value);
}

static void no_metric(const char *instance, const char *name, const char *labels)
{
    char key[512];
    snprintf(key, sizeof key, "j %s %s %s", instance, name, labels);
    table_remove(store_find(store, "metrics"), rows_row(store, "metrics", key, NULL));
}

static void task(const char *key, const char *worker)
{
    rows_set(store, "tasks", key, "state", "RUNNING");
    rows_set(store, "tasks", key, "worker", worker);
}

#define SINK_0 "connector=\"sink\",task=\"0\""

/* jmx_exporter's example and Strimzi's rules, and Confluent's. */
static void spellings(void **state)
{
    (void)state;
    task("main sink 0", "w1:8083");
    task("main sink 1", "w1:8083");
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_put_batch_avg_time_ms", SINK_0, "12.5");
    metric("w1:7071", "kafka_connect_sink_task_metrics_put_batch_max_time_ms", SINK_0, "80");
    metric("w1:7071", "kafka_connect_sink_task_sink_record_lag_max", SINK_0, "700");
    metric("w1:7071", "kafka_connect_task_error_total_record_failures", SINK_0, "3");
    metric("w1:7071", "kafka_connect_task_error_metrics_total_records_skipped", SINK_0, "2");
    metric("w1:7071", "kafka_connect_connector_task_offset_commit_avg_time_ms", SINK_0, "4");
    metric("w1:7071", "kafka_connect_connector_task_metrics_offset_commit_max_time_ms", SINK_0, "9");
    metric("w1:7071", "kafka_connect_sink_task_put_batch_avg_time_ms", "connector=\"sink\",task=\"1\"", "NaN");
    metric("w1:7071", "kafka_connect_sink_task_put_batch_avg_time_ms_sum", SINK_0, "99");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "put_avg_ms", "12.5");
    rows_check(store, "tasks", "main sink 0", "put_max_ms", "80.0");
    rows_check(store, "tasks", "main sink 0", "record_lag_max", "700.0");
    rows_check(store, "tasks", "main sink 0", "record_failures", "3.0");
    rows_check(store, "tasks", "main sink 0", "records_skipped", "2.0");
    rows_check(store, "tasks", "main sink 0", "offset_commit_avg_ms", "4.0");
    rows_check(store, "tasks", "main sink 0", "offset_commit_max_ms", "9.0");
    rows_check(store, "tasks", "main sink 0", "running_ratio", "-");
    rows_check(store, "tasks", "main sink 1", "put_avg_ms", "-"); /* NaN: nothing was put */
}

/* A total that the exporter calls a gauge grows all the same; where it stands still its row is not written. */
static void totals_as_gauges(void **state)
{
    (void)state;
    task("main sink 0", "w1:8083");
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_sink_record_read_total", SINK_0, "1000");
    metric("w1:7071", "kafka_connect_sink_task_sink_record_read_rate", SINK_0, "7");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "read_rate", "-");
    rows_ms += 10000;
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_sink_record_read_total", SINK_0, "1500");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "read_rate", "50.0");
    rows_ms += 10000;
    target("w1:7071", "w1", NULL);
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "read_rate", "0.0");
    rows_ms += 10000;
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_sink_record_read_total", SINK_0, "1600");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "read_rate", "10.0");
    rows_ms += 10000; /* the worker was started again: from 0 */
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_sink_record_read_total", SINK_0, "40");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "read_rate", "4.0");
}

static void a_rate_where_there_is_no_total(void **state)
{
    (void)state;
    task("main sink 0", "w1:8083");
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_metrics_sink_record_send_rate", SINK_0, "7");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "send_rate", "7.0");
}

static void an_iceberg_sink_commits_elsewhere(void **state)
{
    (void)state;
    task("main sink 0", "w1:8083");
    rows_set(store, "connectors", "main sink", "iceberg", "1");
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_connector_task_offset_commit_avg_time_ms", SINK_0, "4");
    metric("w1:7071", "kafka_connect_sink_task_put_batch_avg_time_ms", SINK_0, "12");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "offset_commit_avg_ms", "-");
    rows_check(store, "tasks", "main sink 0", "put_avg_ms", "12.0");
}

/* Two clusters have a connector of that name. */
static void whose_task(void **state)
{
    (void)state;
    task("a sink 0", "w1:8083");
    task("b sink 0", "w2:8083");
    target("w2:7071", "w2", NULL);
    target("x:1", "10.0.0.9", "connect=\"a\",env=\"prod\"");
    target("y:1", "10.0.0.9", NULL);
    metric("w2:7071", "kafka_connect_sink_task_put_batch_avg_time_ms", SINK_0, "2");
    metric("x:1", "kafka_connect_sink_task_put_batch_avg_time_ms", SINK_0, "1");
    metric("y:1", "kafka_connect_sink_task_put_batch_max_time_ms", SINK_0, "3"); /* nobody's */
    store_commit(store);
    rows_check(store, "tasks", "a sink 0", "put_avg_ms", "1.0");
    rows_check(store, "tasks", "b sink 0", "put_avg_ms", "2.0");
    rows_check(store, "tasks", "a sink 0", "put_max_ms", "-");
    rows_check(store, "tasks", "b sink 0", "put_max_ms", "-");
    table_remove(store_find(store, "tasks"), rows_row(store, "tasks", "b sink 0", NULL));
    store_commit(store); /* now there is but one */
    rows_check(store, "tasks", "a sink 0", "put_max_ms", "3.0");
    rows_check(store, "tasks", "a sink 0", "put_avg_ms", "1.0"); /* the label's, not what w2 told */
}

static void what_is_no_longer_told(void **state)
{
    (void)state;
    task("main sink 0", "w1:8083");
    target("w1:7071", "w1", NULL);
    metric("w1:7071", "kafka_connect_sink_task_put_batch_avg_time_ms", SINK_0, "12");
    store_commit(store);
    rows_set(store, "targets", "j w1:7071", "state", "down");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "put_avg_ms", "?12.0");
    rows_set(store, "targets", "j w1:7071", "state", "up");
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "put_avg_ms", "12.0");
    no_metric("w1:7071", "kafka_connect_sink_task_put_batch_avg_time_ms", SINK_0);
    store_commit(store);
    rows_check(store, "tasks", "main sink 0", "put_avg_ms", "-");
}

static void brokers(void **state)
{
    (void)state;
    rows_set(store, "brokers", "east 1", "host", "kafka-1");
    rows_set(store, "brokers", "east 2", "host", "kafka-2");
    rows_set(store, "brokers", "west 1", "host", "kafka-9");
    target("kafka-2:7071", "kafka-2", NULL);
    target("p:1", "10.1.1.1", "broker=\"1\",cluster=\"west\"");
    target("p:2", "10.1.1.2", "broker=\"1\""); /* of two clusters: nobody's */
    metric("kafka-2:7071", "kafka_server_replicamanager_underreplicatedpartitions", "", "4");
    metric("kafka-2:7071", "kafka_network_requestmetrics_totaltimems", "quantile=\"0.99\",request=\"Produce\"", "31");
    metric("kafka-2:7071", "kafka_network_requestmetrics_totaltimems", "quantile=\"0.50\",request=\"Produce\"", "3");
    metric("kafka-2:7071", "kafka_network_requestmetrics_totaltimems", "quantile=\"0.99\",request=\"Fetch\"", "502");
    metric("kafka-2:7071", "kafka_network_requestmetrics_totaltimems", "quantile=\"0.99\",request=\"FetchConsumer\"",
           "501");
    metric("kafka-2:7071", "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", "", "0.25");
    metric("kafka-2:7071", "kafka_server_brokertopicmetrics_messagesin_total", "", "100");
    metric("kafka-2:7071", "kafka_server_brokertopicmetrics_messagesin_total", "topic=\"a\"", "60");
    metric("p:1", "kafka_network_requestchannel_requestqueuesize", "", "8");
    metric("p:2", "kafka_controller_kafkacontroller_offlinepartitionscount", "", "1");
    store_commit(store);
    rows_ms += 10000;
    target("kafka-2:7071", "kafka-2", NULL);
    metric("kafka-2:7071", "kafka_server_brokertopicmetrics_messagesin_total", "", "300");
    metric("kafka-2:7071", "kafka_server_brokertopicmetrics_messagesin_total", "topic=\"a\"", "900");
    store_commit(store);
    rows_check(store, "brokers", "east 2", "jmx_under_replicated", "4.0");
    rows_check(store, "brokers", "east 2", "produce_p99_ms", "31.0");
    rows_check(store, "brokers", "east 2", "fetch_p99_ms", "501.0");
    rows_check(store, "brokers", "east 2", "handler_idle", "0.2");
    rows_check(store, "brokers", "east 2", "messages_in", "20.0");
    rows_check(store, "brokers", "west 1", "request_queue", "8.0");
    rows_check(store, "brokers", "east 1", "request_queue", "-");
    rows_check(store, "brokers", "east 1", "offline_partitions", "-");
    rows_check(store, "brokers", "west 1", "offline_partitions", "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(spellings, begin, end),
        cmocka_unit_test_setup_teardown(totals_as_gauges, begin, end),
        cmocka_unit_test_setup_teardown(a_rate_where_there_is_no_total, begin, end),
        cmocka_unit_test_setup_teardown(an_iceberg_sink_commits_elsewhere, begin, end),
        cmocka_unit_test_setup_teardown(whose_task, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_longer_told, begin, end),
        cmocka_unit_test_setup_teardown(brokers, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
