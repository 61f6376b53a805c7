/* Services: each built-in recipe on two scrapes of what such a server exposes, ten seconds apart, and the rules that hold for all.
 * Where no server was at hand the bodies are shaped after its documentation or its source. */
#include "tests/unit/unit.h"

#include "prom/book.h"
#include "prom/rows.h"
#include "prom/series.h"
#include "prom/services.h"
#include "prom/services_tables.h"
#include "prom/tables.h"

#include <math.h>

enum { SECONDS = 10 };

struct world {
    struct store *store;
    struct prom_book book;
    struct prom_series series;
    struct prom_rows rows;
    struct prom_services services;
    struct prom_keep keep;
    struct name *job, *instance;
    int64_t now_us;
};

static struct table *add(struct store *s, const struct table_def *def)
{
    struct table *t;
    assert_int_equal(store_add(s, def, NULL, &t, NULL), 0);
    return t;
}

static void begin(struct world *w, const struct conf_recipe *own, size_t n)
{
    *w = (struct world){.store = store_new(&clock_system)};
    struct names *names = store_names(w->store);
    prom_book_load(&w->book, own, n);
    prom_series_init(&w->series, names, &w->keep, &(struct prom_series_limits){.series = 100000});
    w->job = name_intern(names, "j", 1);
    w->instance = name_intern(names, "i", 1);
    w->rows = (struct prom_rows){.metrics = add(w->store, &prom_table_metrics),
                                 .histograms = add(w->store, &prom_table_histograms),
                                 .job = w->job,
                                 .instance = w->instance,
                                 .owner = 1};
    w->services = (struct prom_services){.book = &w->book,
                                         .table = add(w->store, &prom_table_services),
                                         .job = w->job,
                                         .instance = w->instance,
                                         .owner = 1};
}

static void end(struct world *w)
{
    prom_services_done(&w->services);
    prom_series_done(&w->series);
    prom_book_done(&w->book);
    name_unref(w->job);
    name_unref(w->instance);
    store_free(w->store);
}

/* A scrape, in steps as small as they can be. */
static void scrape(struct world *w, const char *body)
{
    struct error err = {0};
    bool more = true;
    w->now_us += SECONDS * 1000000;
    prom_series_begin(&w->series, PROM_TEXT_PLAIN, body, strlen(body), w->now_us);
    while (more)
        if (prom_series_read(&w->series, 100, &more, &err))
            fail_msg("%s", err.text);
    assert_int_equal(w->series.bad, 0);
    prom_services_begin(&w->services, &w->series);
    while (!prom_services_step(&w->services, &w->series, 1))
        ;
    w->rows.at = 0;
    while (!prom_rows_write(&w->rows, &w->series, 100))
        ;
    prom_series_end(&w->series);
    store_commit(w->store);
}

static const struct row *find(const struct world *w, const char *service, const char *recipe)
{
    for (const struct row *r = table_first(w->services.table); r; r = row_next(r))
        if (strcmp(row_text(r, "service"), service) == 0 && strcmp(row_text(r, "recipe"), recipe) == 0)
            return r;
    return NULL;
}

struct expected {
    double requests, errors, p50, p95, p99, mean, in_flight, queue, saturation;
    const char *from, *note;
};

/* What is not named is not known. */
#define EXPECTED(...) ((struct expected){__VA_ARGS__})
#define ZERO          (-1.0)

static void assert_cell(const struct row *r, const char *column, double expected)
{
    struct value v = row_cell(r, column);
    double right = expected == ZERO ? 0 : expected;
    if (expected == 0) {
        if (v.quality != QUALITY_UNKNOWN)
            fail_msg("%s %s: %s is %g, where it is not known", row_text(r, "recipe"), row_text(r, "service"), column,
                     v.d);
    } else if (v.quality != QUALITY_EXACT || !(fabs(v.d - right) <= 1e-9 * fabs(right))) {
        fail_msg("%s %s: %s is %.12g (quality %d), where %.12g is right", row_text(r, "recipe"), row_text(r, "service"),
                 column, v.d, (int)v.quality, right);
    }
}

static void assert_service(const struct world *w, const char *service, const char *recipe, struct expected e)
{
    const struct row *r = find(w, service, recipe);
    if (!r)
        fail_msg("there is no %s by %s", service, recipe);
    assert_cell(r, "requests_s", e.requests);
    assert_cell(r, "error_ratio", e.errors);
    assert_cell(r, "p50_ms", e.p50);
    assert_cell(r, "p95_ms", e.p95);
    assert_cell(r, "p99_ms", e.p99);
    assert_cell(r, "mean_ms", e.mean);
    assert_cell(r, "in_flight", e.in_flight);
    assert_cell(r, "queue", e.queue);
    assert_cell(r, "saturation", e.saturation);
    assert_string_equal(row_text(r, "latency_from"), e.from ? e.from : "");
    assert_string_equal(row_text(r, "note"), e.note ? e.note : "");
}

/* Two scrapes with the built-in recipes alone; n services are there then. */
static void twice(struct world *w, const char *first, const char *second, size_t n)
{
    begin(w, NULL, 0);
    scrape(w, first);
    scrape(w, second);
    if (table_nrows(w->services.table) != n)
        fail_msg("%zu services, where %zu are right", table_nrows(w->services.table), n);
}

/* ---- recipes ---- */

static void test_kafka(void **state)
{
    static const char head[] = "# TYPE kafka_server_replicamanager_partitioncount gauge\n"
                               "kafka_server_replicamanager_partitioncount 12\n"
                               "# TYPE kafka_network_requestchannel_requestqueuesize gauge\n"
                               "kafka_network_requestchannel_requestqueuesize 3\n"
                               "# TYPE kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent gauge\n"
                               "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.75\n"
                               "# TYPE kafka_network_requestmetrics_totaltimems gauge\n"
                               "kafka_network_requestmetrics_totaltimems{request=\"Produce\",quantile=\"0.50\"} 2\n"
                               "kafka_network_requestmetrics_totaltimems{request=\"Produce\",quantile=\"0.95\"} 9\n"
                               "kafka_network_requestmetrics_totaltimems{request=\"Produce\",quantile=\"0.999\"} 70\n"
                               "kafka_network_requestmetrics_totaltimems{request=\"Produce\",quantile=\"0.99\"} 35\n"
                               "kafka_network_requestmetrics_totaltimems{request=\"ListGroups\",quantile=\"0.99\"} 1\n"
                               "# TYPE kafka_network_requestmetrics_totaltimems_count counter\n"
                               "kafka_network_requestmetrics_totaltimems_count{request=\"Produce\"} 5\n";
    struct str a = {0}, b = {0};
    struct world w;
    (void)state;
    str_printf(&a,
               "%s# TYPE kafka_network_requestmetrics_requests_total counter\n"
               "kafka_network_requestmetrics_requests_total{request=\"Produce\",version=\"9\"} 100\n"
               "kafka_network_requestmetrics_requests_total{request=\"Produce\",version=\"10\"} 7\n"
               "kafka_network_requestmetrics_requests_total{request=\"ListGroups\",version=\"4\"} 7\n"
               "# TYPE kafka_network_requestmetrics_errors_total counter\n"
               "kafka_network_requestmetrics_errors_total{request=\"Produce\",error=\"NONE\"} 100\n"
               "kafka_network_requestmetrics_errors_total{request=\"Produce\",error=\"NOT_LEADER_OR_FOLLOWER\"} 1\n",
               head);
    str_printf(&b,
               "%s# TYPE kafka_network_requestmetrics_requests_total counter\n"
               "kafka_network_requestmetrics_requests_total{request=\"Produce\",version=\"9\"} 190\n"
               "kafka_network_requestmetrics_requests_total{request=\"Produce\",version=\"10\"} 17\n"
               "kafka_network_requestmetrics_requests_total{request=\"ListGroups\",version=\"4\"} 107\n"
               "# TYPE kafka_network_requestmetrics_errors_total counter\n"
               "kafka_network_requestmetrics_errors_total{request=\"Produce\",error=\"NONE\"} 150\n"
               "kafka_network_requestmetrics_errors_total{request=\"Produce\",error=\"NOT_LEADER_OR_FOLLOWER\"} 6\n",
               head);
    twice(&w, str_text(&a), str_text(&b), 2);
    assert_service(&w, "j", "kafka", EXPECTED(.requests = 20, .errors = 0.025, .queue = 3, .saturation = 0.25));
    assert_service(&w, "Produce", "kafka_requests",
                   EXPECTED(.requests = 10, .errors = 0.05, .p50 = 2, .p95 = 9, .p99 = 35, .from = "summary"));
    end(&w);
    str_done(&a);
    str_done(&b);
}

/* The three spellings, one connector each; totals are gauges. */
static void test_connect(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE kafka_connect_worker_task_count gauge\nkafka_connect_worker_task_count 3\n"
          "# TYPE kafka_connect_sink_task_sink_record_read_total gauge\n"
          "kafka_connect_sink_task_sink_record_read_total{connector=\"a\",task=\"0\"} 100\n"
          "kafka_connect_sink_task_sink_record_read_total{connector=\"a\",task=\"1\"} 50\n"
          "kafka_connect_sink_task_put_batch_avg_time_ms{connector=\"a\",task=\"0\"} NaN\n"
          "kafka_connect_sink_task_put_batch_avg_time_ms{connector=\"a\",task=\"1\"} 40\n"
          "kafka_connect_sink_task_sink_record_active_count{connector=\"a\",task=\"1\"} 3\n"
          "kafka_connect_task_error_total_record_failures{connector=\"a\",task=\"0\"} 0\n"
          "kafka_connect_sink_task_metrics_sink_record_read_total{connector=\"b\",task=\"0\"} 5\n"
          "kafka_connect_source_task_source_record_poll_total{connector=\"c\",task=\"0\"} 5\n",
          "# TYPE kafka_connect_worker_task_count gauge\nkafka_connect_worker_task_count 3\n"
          "# TYPE kafka_connect_sink_task_sink_record_read_total gauge\n"
          "kafka_connect_sink_task_sink_record_read_total{connector=\"a\",task=\"0\"} 180\n"
          "kafka_connect_sink_task_sink_record_read_total{connector=\"a\",task=\"1\"} 70\n"
          "kafka_connect_sink_task_put_batch_avg_time_ms{connector=\"a\",task=\"0\"} 60\n"
          "kafka_connect_sink_task_put_batch_avg_time_ms{connector=\"a\",task=\"1\"} 40\n"
          "kafka_connect_sink_task_sink_record_active_count{connector=\"a\",task=\"1\"} 4\n"
          "kafka_connect_task_error_total_record_failures{connector=\"a\",task=\"0\"} 1\n"
          "kafka_connect_sink_task_metrics_sink_record_read_total{connector=\"b\",task=\"0\"} 5\n"
          "kafka_connect_source_task_source_record_poll_total{connector=\"c\",task=\"0\"} 15\n",
          3);
    assert_service(&w, "a", "connect",
                   EXPECTED(.requests = 10, .errors = 0.01, .mean = 60, .in_flight = 4, .from = "mean",
                            .note = "the mean is the highest of 2 series"));
    assert_service(&w, "b", "connect", EXPECTED(.requests = ZERO));
    assert_service(&w, "c", "connect", EXPECTED(.requests = 1)); /* whose errors nothing tells */
    end(&w);
}

static void test_flink(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE flink_taskmanager_job_task_numRecordsIn gauge\n"
          "flink_taskmanager_job_task_numRecordsIn{job_name=\"etl\",subtask_index=\"0\"} 100\n"
          "flink_taskmanager_job_task_busyTimeMsPerSecond{job_name=\"etl\",subtask_index=\"0\"} 100\n",
          "# TYPE flink_taskmanager_job_task_numRecordsIn gauge\n"
          "flink_taskmanager_job_task_numRecordsIn{job_name=\"etl\",subtask_index=\"0\"} 300\n"
          "flink_taskmanager_job_task_busyTimeMsPerSecond{job_name=\"etl\",subtask_index=\"0\"} 100\n"
          "flink_taskmanager_job_task_busyTimeMsPerSecond{job_name=\"etl\",subtask_index=\"1\"} 870\n"
          "flink_taskmanager_job_task_operator_pendingRecords{job_name=\"etl\",subtask_index=\"0\"} 12\n"
          "flink_taskmanager_job_task_operator_KafkaSource_pendingRecords{job_name=\"etl\",subtask_index=\"0\"} 30\n",
          1);
    assert_service(&w, "etl", "flink", EXPECTED(.requests = 20, .queue = 42, .saturation = 0.87));
    end(&w);
}

#define FLINK_LATENCY "flink_taskmanager_job_latency_source_id_operator_id_operator_subtask_index_latency"
#define FLINK(in, bad, unsent, p50, p95, p99)                                                                          \
    "# TYPE flink_taskmanager_job_task_numRecordsIn gauge\n"                                                           \
    "flink_taskmanager_job_task_numRecordsIn{job_name=\"etl\",subtask_index=\"0\"} " #in "\n"                          \
    "# TYPE flink_taskmanager_job_task_operator_numRecordsInErrors gauge\n"                                            \
    "flink_taskmanager_job_task_operator_numRecordsInErrors{job_name=\"etl\",operator_name=\"Source\"} " #bad "\n"     \
    "# TYPE flink_taskmanager_job_task_operator_numRecordsSendErrors gauge\n"                                          \
    "flink_taskmanager_job_task_operator_numRecordsSendErrors{job_name=\"etl\",operator_name=\"Sink\"} " #unsent "\n"  \
    "# TYPE " FLINK_LATENCY " summary\n" FLINK_LATENCY "_count{job_name=\"etl\",operator_id=\"b\"} 40\n" FLINK_LATENCY \
    "{job_name=\"etl\",operator_id=\"b\",quantile=\"0.5\"} " #p50 "\n" FLINK_LATENCY                                   \
    "{job_name=\"etl\",operator_id=\"b\",quantile=\"0.95\"} " #p95 "\n" FLINK_LATENCY                                  \
    "{job_name=\"etl\",operator_id=\"b\",quantile=\"0.99\"} " #p99 "\n"

static void test_flink_errors_and_latency(void **state)
{
    struct world w;
    (void)state;
    twice(&w, FLINK(100, 0, 1, 4, 10, 20), FLINK(300, 4, 7, 5, 12, 30), 1);
    assert_service(&w, "etl", "flink",
                   EXPECTED(.requests = 20, .errors = 0.05, .p50 = 5, .p95 = 12, .p99 = 30, .from = "summary"));
    end(&w);
}

/* Two histograms of one model, with buckets written in two ways, are one; of 20 observations the 10th is at the end of the
 * first bucket. */
static void test_kserve_and_knative(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE request_predict_seconds histogram\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"a\",le=\"0.01\"} 0\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"a\",le=\"0.1\"} 0\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"a\",le=\"+Inf\"} 0\n"
          "request_predict_seconds_sum{model_name=\"m\",pod=\"a\"} 0\n"
          "request_predict_seconds_count{model_name=\"m\",pod=\"a\"} 0\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"b\",le=\"0.010\"} 5\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"b\",le=\"0.10\"} 5\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"b\",le=\"+Inf\"} 5\n"
          "request_predict_seconds_sum{model_name=\"m\",pod=\"b\"} 1\n"
          "request_predict_seconds_count{model_name=\"m\",pod=\"b\"} 5\n"
          "# TYPE revision_request_count counter\n"
          "revision_request_count{service_name=\"s\",revision_name=\"s-1\",response_code_class=\"2xx\"} 10\n"
          "revision_request_count{service_name=\"s\",revision_name=\"s-1\",response_code_class=\"5xx\"} 0\n"
          "revision_queue_depth{service_name=\"s\",revision_name=\"s-1\"} 2\n"
          "# TYPE revision_request_latencies histogram\n"
          "revision_request_latencies_bucket{service_name=\"s\",revision_name=\"s-1\",le=\"5\"} 1\n"
          "revision_request_latencies_bucket{service_name=\"s\",revision_name=\"s-1\",le=\"10\"} 1\n"
          "revision_request_latencies_bucket{service_name=\"s\",revision_name=\"s-1\",le=\"+Inf\"} 1\n"
          "revision_request_latencies_sum{service_name=\"s\",revision_name=\"s-1\"} 4\n"
          "revision_request_latencies_count{service_name=\"s\",revision_name=\"s-1\"} 1\n",
          "# TYPE request_predict_seconds histogram\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"a\",le=\"0.01\"} 6\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"a\",le=\"0.1\"} 10\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"a\",le=\"+Inf\"} 10\n"
          "request_predict_seconds_sum{model_name=\"m\",pod=\"a\"} 0.4\n"
          "request_predict_seconds_count{model_name=\"m\",pod=\"a\"} 10\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"b\",le=\"0.010\"} 9\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"b\",le=\"0.10\"} 15\n"
          "request_predict_seconds_bucket{model_name=\"m\",pod=\"b\",le=\"+Inf\"} 15\n"
          "request_predict_seconds_sum{model_name=\"m\",pod=\"b\"} 1.3\n"
          "request_predict_seconds_count{model_name=\"m\",pod=\"b\"} 15\n"
          "# TYPE revision_request_count counter\n"
          "revision_request_count{service_name=\"s\",revision_name=\"s-1\",response_code_class=\"2xx\"} 28\n"
          "revision_request_count{service_name=\"s\",revision_name=\"s-1\",response_code_class=\"5xx\"} 2\n"
          "revision_queue_depth{service_name=\"s\",revision_name=\"s-1\"} 7\n"
          "# TYPE revision_request_latencies histogram\n"
          "revision_request_latencies_bucket{service_name=\"s\",revision_name=\"s-1\",le=\"5\"} 1\n"
          "revision_request_latencies_bucket{service_name=\"s\",revision_name=\"s-1\",le=\"10\"} 21\n"
          "revision_request_latencies_bucket{service_name=\"s\",revision_name=\"s-1\",le=\"+Inf\"} 21\n"
          "revision_request_latencies_sum{service_name=\"s\",revision_name=\"s-1\"} 154\n"
          "revision_request_latencies_count{service_name=\"s\",revision_name=\"s-1\"} 21\n",
          2);
    assert_service(&w, "m", "kserve",
                   EXPECTED(.requests = 2, .p50 = 10, .p95 = 91, .p99 = 98.2, .mean = 35, .from = "histogram"));
    assert_service(&w, "s/s-1", "knative",
                   EXPECTED(.requests = 2, .errors = 0.1, .p50 = 7.5, .p95 = 9.75, .p99 = 9.95, .mean = 7.5, .queue = 7,
                            .from = "histogram"));
    end(&w);
}

#define TRITON_SPENT(on, us)                                                                                           \
    "# TYPE nv_inference_compute_" on "_duration_us counter\n"                                                         \
    "nv_inference_compute_" on "_duration_us{model=\"m\",version=\"1\"} " #us "\n"

/* A mean only, and requests without those that failed; with summaries, the highest of two instances of a model. */
static void test_triton(void **state)
{
    struct world w;
    (void)state;
    twice(
        &w,
        "# TYPE nv_inference_request_success counter\n"
        "nv_inference_request_success{model=\"m\",version=\"1\"} 10\n"
        "nv_inference_request_success{model=\"n\",version=\"1\"} 10\n"
        "# TYPE nv_inference_request_failure counter\n"
        "nv_inference_request_failure{model=\"m\",version=\"1\",reason=\"OTHER\"} 0\n"
        "nv_inference_request_failure{model=\"n\",version=\"1\",reason=\"OTHER\"} 0\n"
        "# TYPE nv_inference_request_duration_us counter\n"
        "nv_inference_request_duration_us{model=\"m\",version=\"1\"} 1000\n"
        "nv_inference_request_duration_us{model=\"n\",version=\"1\"} 1000\n" TRITON_SPENT("input", 0)
            TRITON_SPENT("infer", 500)
                TRITON_SPENT("output", 10) "nv_inference_pending_request_count{model=\"m\",version=\"1\"} 2\n",
        "# TYPE nv_inference_request_success counter\n"
        "nv_inference_request_success{model=\"m\",version=\"1\"} 40\n"
        "nv_inference_request_success{model=\"n\",version=\"1\"} 10\n"
        "# TYPE nv_inference_request_failure counter\n"
        "nv_inference_request_failure{model=\"m\",version=\"1\",reason=\"OTHER\"} 10\n"
        "nv_inference_request_failure{model=\"n\",version=\"1\",reason=\"OTHER\"} 0\n"
        "# TYPE nv_inference_request_duration_us counter\n"
        "nv_inference_request_duration_us{model=\"m\",version=\"1\"} 106000\n"
        "nv_inference_request_duration_us{model=\"n\",version=\"1\"} 1000\n" TRITON_SPENT("input", 1000000)
            TRITON_SPENT("infer", 13000500) TRITON_SPENT(
                "output",
                1000010) "nv_inference_pending_request_count{model=\"m\",version=\"1\"} 4\n"
                         "# TYPE nv_inference_request_summary_us summary\n"
                         "nv_inference_request_summary_us{model=\"n\",version=\"1\",gpu=\"0\",quantile=\"0.5\"} 1500\n"
                         "nv_inference_request_summary_us{model=\"n\",version=\"1\",gpu=\"1\",quantile=\"0.5\"} 2500\n"
                         "nv_inference_request_summary_us{model=\"n\",version=\"1\",gpu=\"0\",quantile=\"0.99\"} 9000\n"
                         "nv_inference_request_summary_us_sum{model=\"n\",version=\"1\",gpu=\"0\"} 9000\n"
                         "nv_inference_request_summary_us_count{model=\"n\",version=\"1\",gpu=\"0\"} 2\n",
        2);
    assert_service(&w, "m/1", "triton",
                   EXPECTED(.requests = 4, .errors = 0.25, .mean = 3.5, .in_flight = 1.5, .queue = 4, .from = "mean"));
    assert_service(&w, "n/1", "triton",
                   EXPECTED(.requests = ZERO, .p50 = 2.5, .p99 = 9, .from = "summary",
                            .note = "quantiles are the highest of 2 series"));
    end(&w);
}

#define VLLM(aborted, done, wrong, b1, b2, count, sum)                                                                 \
    "# TYPE vllm:num_requests_running gauge\n"                                                                         \
    "vllm:num_requests_running{engine=\"0\",model_name=\"llama\"} 3\n"                                                 \
    "vllm:num_requests_running{engine=\"1\",model_name=\"llama\"} 4\n"                                                 \
    "# TYPE vllm:num_requests_waiting gauge\n"                                                                         \
    "vllm:num_requests_waiting{engine=\"0\",model_name=\"llama\"} 5\n"                                                 \
    "# TYPE vllm:kv_cache_usage_perc gauge\n"                                                                          \
    "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"llama\"} 0.25\n"                                               \
    "vllm:kv_cache_usage_perc{engine=\"1\",model_name=\"llama\"} 0.5\n"                                                \
    "# TYPE vllm:request_success_total counter\n"                                                                      \
    "vllm:request_success_total{engine=\"0\",finished_reason=\"abort\",model_name=\"llama\"} " #aborted "\n"           \
    "vllm:request_success_total{engine=\"0\",finished_reason=\"stop\",model_name=\"llama\"} " #done "\n" wrong         \
    "# TYPE vllm:e2e_request_latency_seconds histogram\n"                                                              \
    "vllm:e2e_request_latency_seconds_bucket{engine=\"0\",model_name=\"llama\",le=\"1.0\"} " #b1 "\n"                  \
    "vllm:e2e_request_latency_seconds_bucket{engine=\"0\",model_name=\"llama\",le=\"2.0\"} " #b2 "\n"                  \
    "vllm:e2e_request_latency_seconds_bucket{engine=\"0\",model_name=\"llama\",le=\"+Inf\"} " #count "\n"              \
    "vllm:e2e_request_latency_seconds_count{engine=\"0\",model_name=\"llama\"} " #count "\n"                           \
    "vllm:e2e_request_latency_seconds_sum{engine=\"0\",model_name=\"llama\"} " #sum "\n"

/* No series says that a request went wrong, but there are series that would. Then one does. Then nobody asks. */
static void test_vllm(void **state)
{
    struct expected e = EXPECTED(.requests = 4, .errors = ZERO, .p50 = 1500, .p95 = 1950, .p99 = 1990, .mean = 1500,
                                 .in_flight = 7, .queue = 5, .saturation = 0.5, .from = "histogram");
    struct world w;
    (void)state;
    twice(&w, VLLM(0, 10, "", 5, 5, 5, 2), VLLM(1, 49, "", 5, 45, 45, 62), 1);
    assert_service(&w, "llama", "vllm", e);
    scrape(&w,
           VLLM(1, 49, "vllm:request_success_total{engine=\"0\",finished_reason=\"error\",model_name=\"llama\"} 0\n", 5,
                45, 45, 62));
    e = EXPECTED(.requests = ZERO, .in_flight = 7, .queue = 5, .saturation = 0.5, .from = "histogram");
    assert_service(&w, "llama", "vllm", e);
    scrape(&w,
           VLLM(1, 69, "vllm:request_success_total{engine=\"0\",finished_reason=\"error\",model_name=\"llama\"} 5\n", 5,
                45, 45, 62));
    e.requests = 2.5;
    e.errors = 0.2;
    assert_service(&w, "llama", "vllm", e);
    end(&w);
}

static void test_bentoml_and_ray(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE bentoml_service_request_total counter\n"
          "bentoml_service_request_total{endpoint=\"/predict\",http_response_code=\"200\",service_name=\"b\"} 0\n"
          "bentoml_service_request_total{endpoint=\"/predict\",http_response_code=\"503\",service_name=\"b\"} 0\n"
          "bentoml_service_request_in_progress{endpoint=\"/predict\",service_name=\"b\"} 1\n"
          "# TYPE ray_serve_deployment_request_counter gauge\n"
          "ray_serve_deployment_request_counter{application=\"app\",deployment=\"d\",replica=\"1\"} 0\n"
          "ray_serve_deployment_error_counter{application=\"app\",deployment=\"d\",replica=\"1\"} 0\n"
          "ray_serve_replica_processing_queries{application=\"app\",deployment=\"d\",replica=\"1\"} 2\n"
          "ray_serve_num_http_requests_total{application=\"app\",route=\"/\",status_code=\"200\"} 0\n"
          "ray_serve_num_http_error_requests_total{application=\"app\",route=\"/\",error_code=\"404\"} 0\n"
          "ray_serve_num_http_error_requests_total{application=\"app\",route=\"/\",error_code=\"500\"} 0\n",
          "# TYPE bentoml_service_request_total counter\n"
          "bentoml_service_request_total{endpoint=\"/predict\",http_response_code=\"200\",service_name=\"b\"} 15\n"
          "bentoml_service_request_total{endpoint=\"/predict\",http_response_code=\"503\",service_name=\"b\"} 5\n"
          "bentoml_service_request_in_progress{endpoint=\"/predict\",service_name=\"b\"} 1\n"
          "# TYPE ray_serve_deployment_request_counter gauge\n"
          "ray_serve_deployment_request_counter{application=\"app\",deployment=\"d\",replica=\"1\"} 30\n"
          "ray_serve_deployment_error_counter{application=\"app\",deployment=\"d\",replica=\"1\"} 10\n"
          "ray_serve_replica_processing_queries{application=\"app\",deployment=\"d\",replica=\"1\"} 2\n"
          "ray_serve_num_http_requests_total{application=\"app\",route=\"/\",status_code=\"200\"} 40\n"
          "ray_serve_num_http_error_requests_total{application=\"app\",route=\"/\",error_code=\"404\"} 10\n"
          "ray_serve_num_http_error_requests_total{application=\"app\",route=\"/\",error_code=\"500\"} 2\n",
          3);
    assert_service(&w, "b//predict", "bentoml", EXPECTED(.requests = 2, .errors = 0.25, .in_flight = 1));
    assert_service(&w, "app/d", "ray_serve", EXPECTED(.requests = 4, .errors = 0.25, .in_flight = 2));
    assert_service(&w, "app//", "ray_serve_http", EXPECTED(.requests = 4, .errors = 0.05));
    end(&w);
}

static void test_torchserve_and_mlserver(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE ts_inference_requests_total counter\n"
          "ts_inference_requests_total{model_name=\"t5\",model_version=\"default\",hostname=\"h\",} 4.0\n"
          "# TYPE ts_inference_latency_microseconds counter\n"
          "ts_inference_latency_microseconds{model_name=\"t5\",model_version=\"default\",hostname=\"h\",} 2511000.058\n"
          "# TYPE model_infer_request_success_total counter\n"
          "model_infer_request_success_total{model=\"iris\",version=\"1\"} 0\n"
          "# TYPE model_infer_request_failure_total counter\n"
          "model_infer_request_failure_total{model=\"iris\",version=\"1\"} 0\n",
          "# TYPE ts_inference_requests_total counter\n"
          "ts_inference_requests_total{model_name=\"t5\",model_version=\"default\",hostname=\"h\",} 8.0\n"
          "# TYPE ts_inference_latency_microseconds counter\n"
          "ts_inference_latency_microseconds{model_name=\"t5\",model_version=\"default\",hostname=\"h\",} 2711000.058\n"
          "# TYPE model_infer_request_success_total counter\n"
          "model_infer_request_success_total{model=\"iris\",version=\"1\"} 9\n"
          "# TYPE model_infer_request_failure_total counter\n"
          "model_infer_request_failure_total{model=\"iris\",version=\"1\"} 1\n",
          2);
    assert_service(&w, "t5/default", "torchserve", EXPECTED(.requests = 0.4, .mean = 50, .from = "mean"));
    assert_service(&w, "iris", "mlserver", EXPECTED(.requests = 1, .errors = 0.1));
    end(&w);
}

/* As TorchServe's Metrics API answers: an empty family, a comma behind the last label. */
#define TORCHSERVE(requests, waited, good, wrong, bad)                                                                 \
    "# HELP Requests5XX Torchserve prometheus counter metric with unit: Count\n"                                       \
    "# TYPE Requests5XX counter\n"                                                                                     \
    "Requests5XX{Level=\"Host\",Hostname=\"88665a\",} " #bad "\n"                                                      \
    "# HELP QueueTime Torchserve prometheus gauge metric with unit: Milliseconds\n"                                    \
    "# TYPE QueueTime gauge\n"                                                                                         \
    "QueueTime{Level=\"Host\",Hostname=\"88665a\",} 0.0\n"                                                             \
    "# HELP ts_inference_requests_total Torchserve prometheus counter metric with unit: Count\n"                       \
    "# TYPE ts_inference_requests_total counter\n"                                                                     \
    "ts_inference_requests_total{model_name=\"resnet18\",model_version=\"default\",hostname=\"88665a\",} " #requests   \
    "\n"                                                                                                               \
    "# TYPE ts_queue_latency_microseconds counter\n"                                                                   \
    "ts_queue_latency_microseconds{model_name=\"resnet18\",model_version=\"default\",hostname=\"88665a\",} " #waited   \
    "\n"                                                                                                               \
    "# TYPE Requests2XX counter\n"                                                                                     \
    "Requests2XX{Level=\"Host\",Hostname=\"88665a\",} " #good "\n"                                                     \
    "# TYPE Requests4XX counter\n"                                                                                     \
    "Requests4XX{Level=\"Host\",Hostname=\"88665a\",} " #wrong "\n"

static void test_torchserve_queue_and_errors(void **state)
{
    struct world w;
    (void)state;
    twice(&w, TORCHSERVE(3.0, 365.21, 8.0, 0.0, 0.0), TORCHSERVE(13.0, 25000365.21, 18.0, 6.0, 4.0), 2);
    assert_service(&w, "resnet18/default", "torchserve", EXPECTED(.requests = 1, .queue = 2.5));
    assert_service(&w, "88665a", "torchserve_http", EXPECTED(.requests = 2, .errors = 0.2));
    end(&w);
}

#define MLSERVER_REST(good, bad, fast, all, sum)                                                                       \
    "# TYPE rest_server_requests_total counter\n"                                                                      \
    "rest_server_requests_total{app_name=\"mlserver\",method=\"POST\",path=\"/infer\",status_code=\"200\"} " #good     \
    "\n"                                                                                                               \
    "rest_server_requests_total{app_name=\"mlserver\",method=\"POST\",path=\"/infer\",status_code=\"500\"} " #bad "\n" \
    "# TYPE rest_server_requests_in_progress gauge\n"                                                                  \
    "rest_server_requests_in_progress{app_name=\"mlserver\",method=\"POST\",path=\"/infer\"} 2\n"                      \
    "# TYPE rest_server_request_duration_seconds histogram\n"                                                          \
    "rest_server_request_duration_seconds_bucket{le=\"0.1\",method=\"POST\",path=\"/infer\"} " #fast "\n"              \
    "rest_server_request_duration_seconds_bucket{le=\"+Inf\",method=\"POST\",path=\"/infer\"} " #all "\n"              \
    "rest_server_request_duration_seconds_sum{method=\"POST\",path=\"/infer\"} " #sum "\n"                             \
    "rest_server_request_duration_seconds_count{method=\"POST\",path=\"/infer\"} " #all "\n"

static void test_mlserver_rest(void **state)
{
    struct world w;
    (void)state;
    twice(&w, MLSERVER_REST(0, 0, 0, 0, 0), MLSERVER_REST(15, 5, 20, 20, 1), 1);
    assert_service(&w, "/infer", "mlserver_rest",
                   EXPECTED(.requests = 2, .errors = 0.25, .p50 = 50, .p95 = 95, .p99 = 99, .mean = 50, .in_flight = 2,
                            .from = "histogram"));
    end(&w);
}

/* Processors: 12 of 20 seconds in which they were not idle. What Go's library counts of the endpoint is there as well. */
static void test_node(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE node_cpu_seconds_total counter\n"
          "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 100\nnode_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 10\n"
          "node_cpu_seconds_total{cpu=\"1\",mode=\"iowait\"} 7\nnode_cpu_seconds_total{cpu=\"1\",mode=\"system\"} 1\n"
          "node_procs_running 2\nnode_procs_blocked 0\n"
          "# TYPE promhttp_metric_handler_requests_total counter\n"
          "promhttp_metric_handler_requests_total{code=\"200\"} 5\n"
          "promhttp_metric_handler_requests_total{code=\"500\"} 0\n"
          "promhttp_metric_handler_requests_in_flight 1\n",
          "# TYPE node_cpu_seconds_total counter\n"
          "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 103\nnode_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 17\n"
          "node_cpu_seconds_total{cpu=\"1\",mode=\"iowait\"} 12\nnode_cpu_seconds_total{cpu=\"1\",mode=\"system\"} 6\n"
          "node_procs_running 3\nnode_procs_blocked 1\n"
          "# TYPE promhttp_metric_handler_requests_total counter\n"
          "promhttp_metric_handler_requests_total{code=\"200\"} 10\n"
          "promhttp_metric_handler_requests_total{code=\"500\"} 0\n"
          "promhttp_metric_handler_requests_in_flight 1\n",
          2);
    assert_service(&w, "j", "node", EXPECTED(.in_flight = 3, .queue = 1, .saturation = 0.6));
    assert_service(&w, "j", "promhttp", EXPECTED(.requests = 0.5, .errors = ZERO, .in_flight = 1));
    end(&w);
}

/* Lakekeeper's names, a server's whose series have no code, Micrometer's summary without quantiles, and a counter that was not
 * there before. */
static void test_http(void **state)
{
    struct world w;
    (void)state;
    twice(&w,
          "# TYPE axum_http_requests_total counter\n"
          "axum_http_requests_total{method=\"GET\",status=\"200\",endpoint=\"/a\"} 10\n"
          "axum_http_requests_total{method=\"GET\",status=\"500\",endpoint=\"/a\"} 10\n"
          "# TYPE axum_http_requests_pending gauge\n"
          "axum_http_requests_pending{method=\"GET\",endpoint=\"/a\"} 2\n"
          "# TYPE axum_http_requests_duration_seconds histogram\n"
          "axum_http_requests_duration_seconds_bucket{status=\"200\",le=\"0.1\"} 10\n"
          "axum_http_requests_duration_seconds_bucket{status=\"200\",le=\"+Inf\"} 10\n"
          "# TYPE http_server_requests_seconds summary\n"
          "http_server_requests_seconds_count{status=\"200\",uri=\"/\"} 0\n"
          "http_server_requests_seconds_sum{status=\"200\",uri=\"/\"} 0\n",
          "# TYPE axum_http_requests_total counter\n"
          "axum_http_requests_total{method=\"GET\",status=\"200\",endpoint=\"/a\"} 18\n"
          "axum_http_requests_total{method=\"GET\",status=\"500\",endpoint=\"/a\"} 12\n"
          "axum_http_requests_total{method=\"PUT\",status=\"500\",endpoint=\"/a\"} 12\n"
          "# TYPE axum_http_requests_pending gauge\n"
          "axum_http_requests_pending{method=\"GET\",endpoint=\"/a\"} 2\n"
          "# TYPE axum_http_requests_duration_seconds histogram\n"
          "axum_http_requests_duration_seconds_bucket{status=\"200\",le=\"0.1\"} 20\n"
          "axum_http_requests_duration_seconds_bucket{status=\"200\",le=\"+Inf\"} 20\n"
          "# TYPE http_server_requests_seconds summary\n"
          "http_server_requests_seconds_count{status=\"200\",uri=\"/\"} 4\n"
          "http_server_requests_seconds_sum{status=\"200\",uri=\"/\"} 2\n",
          2);
    assert_service(
        &w, "j", "http",
        EXPECTED(.requests = 1, .errors = 0.2, .p50 = 50, .p95 = 95, .p99 = 99, .in_flight = 2, .from = "histogram"));
    assert_service(&w, "j", "micrometer", EXPECTED(.requests = 0.4, .errors = ZERO, .mean = 500, .from = "mean"));
    end(&w);
    /* only how long they took is known, and how many those were */
    twice(&w,
          "# TYPE prometheus_http_request_duration_seconds histogram\n"
          "prometheus_http_request_duration_seconds_bucket{handler=\"/\",le=\"1\"} 0\n"
          "prometheus_http_request_duration_seconds_bucket{handler=\"/\",le=\"+Inf\"} 0\n"
          "prometheus_http_request_duration_seconds_count{handler=\"/\"} 0\n"
          "prometheus_http_requests_total{handler=\"/\"} 5\n",
          "# TYPE prometheus_http_request_duration_seconds histogram\n"
          "prometheus_http_request_duration_seconds_bucket{handler=\"/\",le=\"1\"} 30\n"
          "prometheus_http_request_duration_seconds_bucket{handler=\"/\",le=\"+Inf\"} 30\n"
          "prometheus_http_request_duration_seconds_count{handler=\"/\"} 30\n"
          "prometheus_http_requests_total{handler=\"/\"} 5\n",
          1);
    assert_service(&w, "j", "http", EXPECTED(.requests = 3, .p50 = 500, .p95 = 950, .p99 = 990, .from = "histogram"));
    end(&w);
}

/* ---- rules ---- */

/* After the first scrape, and at a reset, and where a service comes and goes. */
static void test_life(void **state)
{
    static char *const requests[] = {(char *)(uintptr_t) "r_total", NULL},
                       *const service[] = {(char *)(uintptr_t) "s", NULL},
                       *const fill[] = {(char *)(uintptr_t) "fill", NULL};
    const struct conf_recipe own = {.name = (char *)(uintptr_t) "own",
                                    .enabled = true,
                                    .requests = (char **)(uintptr_t)requests,
                                    .service = (char **)(uintptr_t)service,
                                    .saturation = (char **)(uintptr_t)fill,
                                    .full = 100};
    struct world w;
    (void)state;
    begin(&w, &own, 1);
    scrape(&w, "r_total{s=\"a\"} 100\nfill{s=\"a\"} 50\n");
    assert_service(&w, "a", "own", EXPECTED(.saturation = 0.5));
    scrape(&w, "r_total{s=\"a\"} 200\n");
    assert_service(&w, "a", "own", EXPECTED(.requests = 10));
    scrape(&w, "r_total{s=\"a\"} 50\nr_total{s=\"b\\\"/ä\"} 7\nr_total 9\n");
    assert_service(&w, "a", "own", EXPECTED(.requests = 5));
    assert_service(&w, "b\"/ä", "own", (struct expected){0});
    assert_service(&w, "j", "own", (struct expected){0});
    scrape(&w, "r_total{s=\"b\\\"/ä\"} 17\n");
    assert_int_equal(table_nrows(w.services.table), 1);
    assert_service(&w, "b\"/ä", "own", EXPECTED(.requests = 1));
    /* a scrape of what is timed by itself, and is that of before: it still holds */
    scrape(&w, "r_total{s=\"b\\\"/ä\"} 17 1000\n");
    scrape(&w, "r_total{s=\"b\\\"/ä\"} 27 11000\n");
    assert_service(&w, "b\"/ä", "own", EXPECTED(.requests = 1));
    scrape(&w, "r_total{s=\"b\\\"/ä\"} 27 11000\n");
    assert_service(&w, "b\"/ä", "own", EXPECTED(.requests = 1));
    scrape(&w, "other 1\n");
    assert_int_equal(table_nrows(w.services.table), 0);
    end(&w);
}

/* One that is for another kind of endpoint shows nothing; one of the user's takes a built-in one's place; and others may come
 * while it runs. */
static void test_recipes_of_ones_own(void **state)
{
    static char *const up[] = {(char *)(uintptr_t) "up", NULL}, *const there[] = {(char *)(uintptr_t) "{x=\"1\"}",
                                                                                  NULL};
    struct conf_recipe own = {.name = (char *)(uintptr_t) "node",
                              .enabled = true,
                              .queue = (char **)(uintptr_t)up,
                              .match = (char **)(uintptr_t)there,
                              .full = 1};
    struct world w;
    (void)state;
    begin(&w, &own, 1);
    scrape(&w, "up 1\nnode_cpu_seconds_total{mode=\"idle\"} 1\n");
    assert_int_equal(table_nrows(w.services.table), 0);
    scrape(&w,
           "up 2\nx{x=\"1\"} 1\nnode_cpu_seconds_total{mode=\"idle\"} 1\nnode_cpu_seconds_total{mode=\"user\"} 1\n");
    assert_int_equal(table_nrows(w.services.table), 1);
    assert_service(&w, "j", "node", EXPECTED(.queue = 2));
    own.enabled = false;
    prom_book_load(&w.book, &own, 1);
    scrape(&w,
           "up 2\nx{x=\"1\"} 1\nnode_cpu_seconds_total{mode=\"idle\"} 1\nnode_cpu_seconds_total{mode=\"user\"} 1\n");
    assert_int_equal(table_nrows(w.services.table), 0);
    prom_book_load(&w.book, NULL, 0);
    scrape(&w, "up 2\nnode_cpu_seconds_total{mode=\"idle\"} 2\nnode_cpu_seconds_total{mode=\"user\"} "
               "1\nnode_procs_running 5\n");
    assert_service(&w, "j", "node", EXPECTED(.in_flight = 5, .saturation = ZERO));
    end(&w);
}

/* In the steady state nothing but the series that are for something is looked at. */
static void test_finding_once(void **state)
{
    struct world w;
    (void)state;
    begin(&w, NULL, 0);
    scrape(&w, "a 1\nb 1\nc 1\nnode_procs_running 5\nnode_cpu_seconds_total{mode=\"idle\"} 1\n");
    assert_int_equal(w.services.series.n, 2);
    prom_series_begin(&w.series, PROM_TEXT_PLAIN, "", 0, 1);
    prom_services_begin(&w.services, &w.series);
    assert_int_equal(w.services.phase, PROM_SERVICES_ADD);
    end(&w);
}

/* Every built-in selector can be read. */
static void test_book(void **state)
{
    struct prom_book b = {0};
    size_t n = 0;
    (void)state;
    prom_book_load(&b, NULL, 0);
    for (const struct prom_recipes_def *def = prom_recipes_all; def->name; def++, n++)
        for (size_t p = 0; p < PROM_RECIPES_PARTS; p++) {
            size_t wanted = 0;
            for (; wanted < PROM_RECIPES_SELECTORS && def->parts[p][wanted]; wanted++) {
                struct error err;
                size_t at;
                if (prom_selector_check(def->parts[p][wanted], &at, &err))
                    fail_msg("%s %s: at %zu: %s", def->name, def->parts[p][wanted], at, err.text);
            }
            assert_int_equal(b.recipes.items[n]->parts[p].n, wanted);
        }
    assert_int_equal(b.recipes.n, n);
    prom_book_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_book),
        cmocka_unit_test(test_kafka),
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_flink),
        cmocka_unit_test(test_kserve_and_knative),
        cmocka_unit_test(test_triton),
        cmocka_unit_test(test_vllm),
        cmocka_unit_test(test_bentoml_and_ray),
        cmocka_unit_test(test_torchserve_and_mlserver),
        cmocka_unit_test(test_torchserve_queue_and_errors),
        cmocka_unit_test(test_mlserver_rest),
        cmocka_unit_test(test_flink_errors_and_latency),
        cmocka_unit_test(test_node),
        cmocka_unit_test(test_http),
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_recipes_of_ones_own),
        cmocka_unit_test(test_finding_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
