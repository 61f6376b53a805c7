/* MBeans of a broker as metrics (jmx_exporter's kafka-2_0_0.yml and kafka-kraft-3_0_0.yml). */
#include "demo/jmx.h"

#include "demo/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RECORD_BYTES = 310, SWING_S = 120, LABELS = 400 };

/* Of one broker, counted from the world. */
struct counts {
    int partitions, leaders, under_replicated, leaderless;
};

static bool has(const int32_t *nodes, int n, int32_t node)
{
    for (int i = 0; i < n; i++)
        if (nodes[i] == node)
            return true;
    return false;
}

static struct counts count(const struct demo_world *w, int32_t node)
{
    struct counts c = {0};
    for (size_t t = 0; t < w->topics.n; t++) {
        const struct demo_topic *topic = w->topics.items[t];
        for (size_t i = 0; i < topic->partitions.n; i++) {
            const struct demo_partition *p = &topic->partitions.items[i];
            c.partitions += has(p->replicas, p->replica_n, node);
            c.leaders += p->leader == node;
            c.under_replicated += p->leader == node && p->isr_n < p->replica_n;
            c.leaderless += p->leader < 0;
        }
    }
    return c;
}

int demo_jmx_under_replicated(const struct demo_world *w, int32_t node)
{
    return count(w, node).under_replicated;
}

static void gauge(struct demo_exposition *e, const char *name, double value)
{
    demo_exposition_family(e, DEMO_EXPOSITION_GAUGE, name, "", "Attribute exposed for management.");
    demo_exposition_value(e, "", value);
}

static void write_counts(const struct demo_world *w, int32_t node, struct demo_exposition *e)
{
    const struct counts c = count(w, node);
    bool controls = w->controller == node;
    gauge(e, "kafka_server_replicamanager_partitioncount", c.partitions);
    gauge(e, "kafka_server_replicamanager_leadercount", c.leaders);
    gauge(e, "kafka_server_replicamanager_underreplicatedpartitions", c.under_replicated);
    gauge(e, "kafka_server_replicamanager_underminisrpartitioncount", 0);
    gauge(e, "kafka_controller_kafkacontroller_activecontrollercount", controls);
    gauge(e, "kafka_controller_kafkacontroller_offlinepartitionscount", controls ? c.leaderless : 0);
}

/* Records of the partitions that the node leads by choice, of one topic. */
static double records_of(const struct demo_topic *t, int32_t node)
{
    double n = 0;
    for (size_t i = 0; i < t->partitions.n; i++)
        if (t->partitions.items[i].replicas[0] == node)
            n += (double)t->partitions.items[i].end;
    return n;
}

/* The sum of all topics stands without a label; one that is deleted and comes back would make it go down, which the meter of a
 * broker does not. */
static bool comes_and_goes(const char *topic)
{
    for (size_t i = 0; i < demo_plan_topic_count; i++)
        if (strcmp(demo_plan_topics[i].name, topic) == 0)
            return demo_plan_topics[i].comes_and_goes;
    return false;
}

static void write_meter(const struct demo_world *w, int32_t node, const char *name, double per_record,
                        struct demo_exposition *e)
{
    double all = 0;
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, name, "", "Attribute exposed for management.");
    for (size_t i = 0; i < w->topics.n; i++) {
        const struct demo_topic *t = w->topics.items[i];
        double n = records_of(t, node) * per_record;
        char labels[LABELS];
        snprintf(labels, sizeof labels, "topic=\"%s\"", t->name);
        demo_exposition_value(e, labels, n);
        all += comes_and_goes(t->name) ? 0 : n;
    }
    demo_exposition_value(e, "", all);
}

/* Kinds of requests: how many a second on average, and quantiles of how long they take. */
static const struct request {
    const char *name;
    double rate, ms[3];
} requests[] = {
    {"Produce", 180, {1, 6, 21}},
    {"FetchConsumer", 240, {1, 38, 61}},
    {"FetchFollower", 95, {2, 45, 74}},
    {"OffsetCommit", 14, {1, 5, 11}},
    {"Metadata", 2, {0, 2, 3}},
    {"ListOffsets", 40, {0, 1, 3}},
};
static const char *const quantiles[3] = {"0.50", "0.99", "0.999"};

static double requests_until(const struct request *r, int64_t ms)
{
    double s = (double)ms / 1000, turn = 2 * M_PI / SWING_S;
    return floor(r->rate * (86400 + s + 0.2 * (1 - cos(turn * s)) / turn));
}

static void write_requests(int32_t node, uint64_t seed, int64_t ms, struct demo_exposition *e)
{
    char labels[LABELS];
    double wobble = 0.8 + 0.4 * demo_plan_chance(seed, "jmx", ms / 5000 * 16 + node);
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "kafka_network_requestmetrics_requests", "",
                           "Attribute exposed for management.");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        snprintf(labels, sizeof labels, "request=\"%s\"", requests[i].name);
        demo_exposition_value(e, labels, requests_until(&requests[i], ms));
    }
    demo_exposition_family(e, DEMO_EXPOSITION_COUNTER, "kafka_network_requestmetrics_errors", "",
                           "Attribute exposed for management.");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        snprintf(labels, sizeof labels, "request=\"%s\",error=\"NONE\"", requests[i].name);
        demo_exposition_value(e, labels, requests_until(&requests[i], ms));
    }
    demo_exposition_family(e, DEMO_EXPOSITION_UNKNOWN, "kafka_network_requestmetrics_totaltimems", "",
                           "Attribute exposed for management.");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        for (int q = 0; q < 3; q++) {
            snprintf(labels, sizeof labels, "request=\"%s\",quantile=\"%s\"", requests[i].name, quantiles[q]);
            demo_exposition_value(e, labels, floor(requests[i].ms[q] * (q ? wobble : 1)));
        }
    demo_exposition_family(e, DEMO_EXPOSITION_UNKNOWN, "kafka_network_requestmetrics_totaltimems_count", "",
                           "Attribute exposed for management.");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        snprintf(labels, sizeof labels, "request=\"%s\"", requests[i].name);
        demo_exposition_value(e, labels, requests_until(&requests[i], ms));
    }
    gauge(e, "kafka_network_requestchannel_requestqueuesize", wobble > 1.1 ? 2 : 0);
    gauge(e, "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
          floor((1.02 - 0.1 * wobble) * 1000) / 1000);
}

void demo_jmx_write(const struct demo_world *w, int32_t node, uint64_t seed, int64_t ms, struct demo_exposition *e)
{
    write_counts(w, node, e);
    write_meter(w, node, "kafka_server_brokertopicmetrics_messagesin", 1, e);
    write_meter(w, node, "kafka_server_brokertopicmetrics_bytesin", RECORD_BYTES, e);
    write_meter(w, node, "kafka_server_brokertopicmetrics_bytesout", 2.4 * RECORD_BYTES, e);
    write_requests(node, seed, ms, e);
}
