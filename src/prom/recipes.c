/* The built-in recipes. Names are those that servers document or export; see each. */
#include "prom/recipes.h"

#include <stddef.h>

/* Names of HTTP servers' metrics, with whatever their makers put before them: http_requests_total, axum_http_requests_total,
 * prometheus_http_requests_total; but those that have a recipe of their own. */
#define HTTP(name) "__name__=~\"([a-z0-9]+_)*http_" name "\",__name__!~\"ray_serve_.+\""

const struct prom_recipes_def prom_recipes_all[] = {
    {
        /* jmx_exporter's rules for brokers, as they are for Kafka 2 and for KRaft: meters are counters, and histograms have
         * quantiles and a count, but no sum. Strimzi's are the same. */
        .name = "kafka",
        .title = "Kafka broker, by jmx_exporter",
        .parts = {[PROM_RECIPES_MATCH] = {"kafka_server_replicamanager_partitioncount",
                                          "kafka_server_brokertopicmetrics_messagesin_total"},
                  [PROM_RECIPES_REQUESTS] = {"kafka_network_requestmetrics_requests_total"},
                  [PROM_RECIPES_ERRORS] = {"kafka_network_requestmetrics_errors_total{error!=\"NONE\"}"},
                  [PROM_RECIPES_QUEUE] = {"kafka_network_requestchannel_requestqueuesize"},
                  [PROM_RECIPES_IDLE] = {"kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent"}},
    },
    {
        .name = "kafka_requests",
        .title = "requests of a Kafka broker, by jmx_exporter",
        .service = {"request"},
        .parts = {[PROM_RECIPES_MATCH] = {"kafka_network_requestmetrics_totaltimems"},
                  [PROM_RECIPES_REQUESTS] =
                      {"kafka_network_requestmetrics_requests_total{request=~\"Produce|FetchConsumer|FetchFollower|"
                       "OffsetCommit\"}"},
                  [PROM_RECIPES_ERRORS] =
                      {"kafka_network_requestmetrics_errors_total{error!=\"NONE\",request=~\"Produce|FetchConsumer|"
                       "FetchFollower|OffsetCommit\"}"},
                  [PROM_RECIPES_LATENCY] =
                      {"kafka_network_requestmetrics_totaltimems{request=~\"Produce|FetchConsumer|FetchFollower|"
                       "OffsetCommit\"}"}},
        .unit = "ms",
    },
    {
        /* Three spellings: those of jmx_exporter's and Strimzi's rules, and that of Confluent's, which has _metrics in it. A
         * task's records stand for requests, and the average time of a batch, which it tells itself, for how long they take. */
        .name = "connect",
        .title = "connectors of Kafka Connect, by jmx_exporter",
        .service = {"connector"},
        .parts =
            {[PROM_RECIPES_MATCH] =
                 {"{__name__=~\"kafka_connect_(connect_)?(worker|connector|connector_task)(_metrics)?_.+\"}"},
             [PROM_RECIPES_REQUESTS] =
                 {"{__name__=~\"kafka_connect_sink_task(_metrics)?_sink_record_read_total\",connector!=\"\"}",
                  "{__name__=~\"kafka_connect_source_task(_metrics)?_source_record_poll_total\",connector!=\"\"}"},
             [PROM_RECIPES_ERRORS] = {"{__name__=~\"kafka_connect_task_error(_metrics)?_total_record_failures\","
                                      "connector!=\"\"}"},
             [PROM_RECIPES_IN_FLIGHT] =
                 {"{__name__=~\"kafka_connect_sink_task(_metrics)?_sink_record_active_count\",connector!=\"\"}",
                  "{__name__=~\"kafka_connect_source_task(_metrics)?_source_record_active_count\",connector!=\"\"}"},
             [PROM_RECIPES_LATENCY] = {"{__name__=~\"kafka_connect_sink_task(_metrics)?_put_batch_avg_time_ms\","
                                       "connector!=\"\"}"}},
        .unit = "ms",
    },
    {
        /* The Prometheus reporter exports counters and meters as gauges. Records that a job's tasks took stand for requests,
         * those that sources could not read and sinks not send for errors; how much of a second the busiest subtask works says
         * how full it is. How long a marker of latency takes is there where Flink is told to send any. */
        .name = "flink",
        .title = "Flink jobs",
        .service = {"job_name"},
        .parts =
            {[PROM_RECIPES_MATCH] = {"{__name__=~\"flink_(taskmanager|jobmanager)_job_.+\"}"},
             [PROM_RECIPES_REQUESTS] = {"flink_taskmanager_job_task_numRecordsIn"},
             [PROM_RECIPES_ERRORS] = {"{__name__=~\"flink_taskmanager_job_task_operator_(.*_)?numRecords(In|Send)"
                                      "Errors\"}"},
             [PROM_RECIPES_LATENCY] = {"{__name__=~\"flink_taskmanager_job_latency_.*operator_subtask_index_latency"
                                       "\"}"},
             [PROM_RECIPES_QUEUE] = {"{__name__=~\"flink_taskmanager_job_task_operator_(.*_)?pendingRecords\"}"},
             [PROM_RECIPES_SATURATION] = {"flink_taskmanager_job_task_busyTimeMsPerSecond"}},
        .full = 1000,
        .unit = "ms",
    },
    {
        .name = "kserve",
        .title = "models of KServe's Python server",
        .service = {"model_name"},
        .parts =
            {[PROM_RECIPES_MATCH] = {"request_predict_seconds"}, [PROM_RECIPES_LATENCY] = {"request_predict_seconds"}},
    },
    {
        .name = "knative",
        .title = "revisions behind Knative's queue-proxy",
        .service = {"service_name", "revision_name"},
        .parts = {[PROM_RECIPES_MATCH] = {"revision_request_count"},
                  [PROM_RECIPES_REQUESTS] = {"revision_request_count"},
                  [PROM_RECIPES_ERRORS] = {"revision_request_count{response_code_class=\"5xx\"}"},
                  [PROM_RECIPES_LATENCY] = {"revision_request_latencies"},
                  [PROM_RECIPES_QUEUE] = {"revision_queue_depth"}},
        .unit = "ms",
    },
    {
        /* Of durations there are sums only, unless summaries are switched on. A request that fails is in no other counter. What
         * all requests together spend within the model in a second is how many are in it. */
        .name = "triton",
        .title = "models of Triton",
        .service = {"model", "version"},
        .parts = {[PROM_RECIPES_MATCH] = {"nv_inference_request_success"},
                  [PROM_RECIPES_REQUESTS] = {"nv_inference_request_success"},
                  [PROM_RECIPES_ERRORS] = {"nv_inference_request_failure"},
                  [PROM_RECIPES_LATENCY] = {"nv_inference_request_duration_us", "nv_inference_request_summary_us"},
                  [PROM_RECIPES_LATENCY_COUNT] = {"nv_inference_request_success"},
                  [PROM_RECIPES_IN_FLIGHT] = {"nv_inference_compute_input_duration_us",
                                              "nv_inference_compute_infer_duration_us",
                                              "nv_inference_compute_output_duration_us"},
                  [PROM_RECIPES_QUEUE] = {"nv_inference_pending_request_count"},
                  [PROM_RECIPES_SATURATION] = {"nv_gpu_utilization"}},
        .errors_apart = true,
        .unit = "us",
    },
    {
        .name = "vllm",
        .title = "models of vLLM",
        .service = {"model_name"},
        .parts = {[PROM_RECIPES_MATCH] = {"vllm:num_requests_running"},
                  [PROM_RECIPES_REQUESTS] = {"{__name__=~\"vllm:request_success(_total)?\"}"},
                  [PROM_RECIPES_ERRORS] = {"{__name__=~\"vllm:request_success(_total)?\",finished_reason=\"error\"}"},
                  [PROM_RECIPES_LATENCY] = {"vllm:e2e_request_latency_seconds"},
                  [PROM_RECIPES_IN_FLIGHT] = {"vllm:num_requests_running"},
                  [PROM_RECIPES_QUEUE] = {"vllm:num_requests_waiting"},
                  [PROM_RECIPES_SATURATION] = {"{__name__=~\"vllm:(kv|gpu)_cache_usage_perc\"}"}},
    },
    {
        .name = "bentoml",
        .title = "endpoints of BentoML",
        .service = {"service_name", "endpoint"},
        .parts = {[PROM_RECIPES_MATCH] = {"{__name__=~\"bentoml_service_request_(total|in_progress)\"}"},
                  [PROM_RECIPES_REQUESTS] = {"bentoml_service_request_total"},
                  [PROM_RECIPES_ERRORS] = {"bentoml_service_request_total{http_response_code=~\"5..\"}"},
                  [PROM_RECIPES_LATENCY] = {"bentoml_service_request_duration_seconds"},
                  [PROM_RECIPES_IN_FLIGHT] = {"bentoml_service_request_in_progress"}},
    },
    {
        /* Counters of older releases have no _total, and all come as gauges from the agent. */
        .name = "ray_serve",
        .title = "deployments of Ray Serve",
        .service = {"application", "deployment"},
        .parts = {[PROM_RECIPES_MATCH] = {"{__name__=~\"ray_serve_(deployment|replica)_.+\"}"},
                  [PROM_RECIPES_REQUESTS] = {"{__name__=~\"ray_serve_deployment_request_counter(_total)?\"}"},
                  [PROM_RECIPES_ERRORS] = {"{__name__=~\"ray_serve_deployment_error_counter(_total)?\"}"},
                  [PROM_RECIPES_LATENCY] = {"ray_serve_deployment_processing_latency_ms"},
                  [PROM_RECIPES_IN_FLIGHT] = {"ray_serve_replica_processing_queries"},
                  [PROM_RECIPES_QUEUE] = {"ray_serve_deployment_queued_queries"}},
        .errors_apart = true,
        .unit = "ms",
    },
    {
        .name = "ray_serve_http",
        .title = "HTTP routes of Ray Serve",
        .service = {"application", "route"},
        .parts = {[PROM_RECIPES_MATCH] = {"{__name__=~\"ray_serve_num_http_requests(_total)?\"}"},
                  [PROM_RECIPES_REQUESTS] = {"{__name__=~\"ray_serve_num_http_requests(_total)?\"}"},
                  [PROM_RECIPES_ERRORS] = {"{__name__=~\"ray_serve_num_http_error_requests(_total)?\","
                                           "error_code=~\"5..\"}"},
                  [PROM_RECIPES_LATENCY] = {"ray_serve_http_request_latency_ms"},
                  [PROM_RECIPES_IN_FLIGHT] = {"ray_serve_num_ongoing_http_requests{route!=\"\"}"}},
        .unit = "ms",
    },
    {
        /* Times are sums only, that of waiting, too; what fails is counted for the host alone. */
        .name = "torchserve",
        .title = "models of TorchServe",
        .service = {"model_name", "model_version"},
        .parts = {[PROM_RECIPES_MATCH] = {"ts_inference_requests_total"},
                  [PROM_RECIPES_REQUESTS] = {"ts_inference_requests_total"},
                  [PROM_RECIPES_LATENCY] = {"ts_inference_latency_microseconds"},
                  [PROM_RECIPES_LATENCY_COUNT] = {"ts_inference_requests_total"},
                  [PROM_RECIPES_QUEUE] = {"ts_queue_latency_microseconds"}},
        .unit = "us",
    },
    {
        .name = "torchserve_http",
        .title = "hosts of TorchServe",
        .service = {"Hostname"},
        .parts = {[PROM_RECIPES_MATCH] = {"{__name__=~\"Requests[245]XX\",Hostname!=\"\"}"},
                  [PROM_RECIPES_REQUESTS] = {"{__name__=~\"Requests[245]XX\",Hostname!=\"\"}"},
                  [PROM_RECIPES_ERRORS] = {"Requests5XX{Hostname!=\"\"}"}},
    },
    {
        .name = "mlserver",
        .title = "models of MLServer",
        .service = {"model"},
        .parts = {[PROM_RECIPES_MATCH] = {"{__name__=~\"model_infer_request_success(_total)?\"}"},
                  [PROM_RECIPES_REQUESTS] = {"{__name__=~\"model_infer_request_success(_total)?\"}"},
                  [PROM_RECIPES_ERRORS] = {"{__name__=~\"model_infer_request_failure(_total)?\"}"}},
        .errors_apart = true,
    },
    {
        .name = "mlserver_rest",
        .title = "paths of MLServer's REST server",
        .service = {"path"},
        .parts = {[PROM_RECIPES_MATCH] = {"{__name__=~\"rest_server_requests(_total)?\"}"},
                  [PROM_RECIPES_REQUESTS] = {"{__name__=~\"rest_server_requests(_total)?\"}"},
                  [PROM_RECIPES_ERRORS] = {"{__name__=~\"rest_server_requests(_total)?\",status_code=~\"5..\"}"},
                  [PROM_RECIPES_LATENCY] = {"{__name__=~\"rest_server_requests?_duration_seconds\"}"},
                  [PROM_RECIPES_IN_FLIGHT] = {"rest_server_requests_in_progress"}},
    },
    {
        /* How much of all time the processors were not idle. Processes that run and those that wait for a disk. */
        .name = "node",
        .title = "machine, by node exporter",
        .parts = {[PROM_RECIPES_MATCH] = {"node_cpu_seconds_total"},
                  [PROM_RECIPES_IN_FLIGHT] = {"node_procs_running"},
                  [PROM_RECIPES_QUEUE] = {"node_procs_blocked"},
                  [PROM_RECIPES_SATURATION] = {"node_cpu_seconds_total{mode!~\"idle|iowait\"}"},
                  [PROM_RECIPES_CAPACITY] = {"node_cpu_seconds_total"}},
    },
    {
        .name = "http",
        .title = "HTTP server",
        .parts = {[PROM_RECIPES_MATCH] = {"{" HTTP("(requests_total|requests?_duration_seconds)") "}"},
                  [PROM_RECIPES_REQUESTS] = {"{" HTTP("requests_total") ",code!=\"\"}",
                                             "{" HTTP("requests_total") ",status!=\"\",code=\"\"}",
                                             "{" HTTP("requests_total") ",status_code!=\"\",code=\"\",status=\"\"}"},
                  [PROM_RECIPES_ERRORS] = {"{" HTTP("requests_total") ",code=~\"5..|5xx\"}",
                                           "{" HTTP("requests_total") ",status=~\"5..|5xx\",code=\"\"}",
                                           "{" HTTP("requests_total") ",status_code=~\"5..\",code=\"\",status=\"\"}"},
                  [PROM_RECIPES_LATENCY] = {"{" HTTP("requests?_duration_seconds") "}"},
                  [PROM_RECIPES_IN_FLIGHT] = {"{" HTTP("requests_(pending|in_flight|in_progress|inprogress)") "}"}},
    },
    {
        /* Micrometer: Spring, Quarkus, and with it Polaris and Nessie. Buckets are there only if asked for. */
        .name = "micrometer",
        .title = "HTTP server, by Micrometer",
        .parts = {[PROM_RECIPES_MATCH] = {"http_server_requests_seconds_count"},
                  [PROM_RECIPES_REQUESTS] = {"http_server_requests_seconds_count"},
                  [PROM_RECIPES_ERRORS] = {"http_server_requests_seconds_count{status=~\"5..\"}"},
                  [PROM_RECIPES_LATENCY] = {"http_server_requests_seconds"},
                  [PROM_RECIPES_IN_FLIGHT] = {"{__name__=~\"http_server_(requests_active_seconds_active_count|"
                                              "active_requests)\"}"}},
    },
    {
        /* What Go's client library counts of the endpoint itself. */
        .name = "promhttp",
        .title = "the endpoint of metrics itself, by Go's client library",
        .parts = {[PROM_RECIPES_MATCH] = {"promhttp_metric_handler_requests_total"},
                  [PROM_RECIPES_REQUESTS] = {"promhttp_metric_handler_requests_total"},
                  [PROM_RECIPES_ERRORS] = {"promhttp_metric_handler_requests_total{code=~\"5..\"}"},
                  [PROM_RECIPES_IN_FLIGHT] = {"promhttp_metric_handler_requests_in_flight"}},
    },
    {.name = NULL},
};
