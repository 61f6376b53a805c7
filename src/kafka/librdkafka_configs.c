/* Configurations of topics, over librdkafka.
 *
 * Answers come to a queue of their own, so that one that is late is nobody else's. */
#include "kafka/librdkafka.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 250, /* topics a request */
    POLL_SLICE_MS = 100,
};

static const char *const names[] = {"cleanup.policy", "retention.ms", "retention.bytes"};
enum { NAMES = sizeof names / sizeof *names };

static int64_t number_of(const char *text)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || errno)
        return KAFKA_CONFIG_UNTOLD;
    return n < 0 ? KAFKA_CONFIG_UNLIMITED : n;
}

static void take_entry(struct kafka_arena *arena, const rd_kafka_ConfigEntry_t *e, struct kafka_topic_config *to)
{
    const char *name = rd_kafka_ConfigEntry_name(e), *value = rd_kafka_ConfigEntry_value(e);
    if (!value)
        return;
    if (strcmp(name, names[0]) == 0)
        to->cleanup_policy = kafka_arena_text(arena, value);
    else if (strcmp(name, names[1]) == 0)
        to->retention_ms = number_of(value);
    else if (strcmp(name, names[2]) == 0)
        to->retention_bytes = number_of(value);
}

static void take_resource(struct kafka_arena *arena, const rd_kafka_ConfigResource_t *from,
                          struct kafka_topic_config *to)
{
    size_t n;
    to->fault = kafka_librdkafka_fault(rd_kafka_ConfigResource_error(from));
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(from, &n);
    for (size_t i = 0; i < n && !to->fault; i++)
        take_entry(arena, entries[i], to);
}

/* The library answers in the order of the questions, but that is not promised: names decide. */
static void take_answer(struct kafka_arena *arena, rd_kafka_event_t *e, struct kafka_topic_config *items, size_t n)
{
    rd_kafka_resp_err_t err = rd_kafka_event_error(e);
    if (err) {
        for (size_t i = 0; i < n; i++)
            items[i].fault = kafka_librdkafka_fault(err);
        return;
    }
    size_t nfrom;
    const rd_kafka_ConfigResource_t **from =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(e), &nfrom);
    for (size_t i = 0, at = 0; i < nfrom && n; i++) {
        const char *name = rd_kafka_ConfigResource_name(from[i]);
        for (size_t tried = 0; tried < n; tried++, at = (at + 1) % n)
            if (strcmp(items[at].topic, name) == 0) {
                take_resource(arena, from[i], &items[at]);
                break;
            }
    }
}

static rd_kafka_event_t *wait_answer(rd_kafka_queue_t *queue, const struct kafka_budget *budget)
{
    for (int left; (left = kafka_budget_left(budget)) > 0;) {
        rd_kafka_event_t *e = rd_kafka_queue_poll(queue, left < POLL_SLICE_MS ? left : POLL_SLICE_MS);
        if (e && rd_kafka_event_type(e) == RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT)
            return e;
        if (e)
            rd_kafka_event_destroy(e);
    }
    return NULL;
}

/* False if there was no answer. */
static bool ask(struct kafka_librdkafka *c, const struct kafka_budget *budget, struct kafka_arena *arena,
                rd_kafka_queue_t *queue, struct kafka_topic_config *items, size_t n)
{
    rd_kafka_ConfigResource_t *resources[CHUNK];
    for (size_t i = 0; i < n; i++) {
        resources[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, items[i].topic);
        for (size_t k = 0; k < NAMES; k++) /* with any value: which ones are wanted */
            rd_kafka_ConfigResource_set_config(resources[i], names[k], "");
    }
    rd_kafka_AdminOptions_t *o = kafka_librdkafka_options(c, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, NULL);
    rd_kafka_DescribeConfigs(c->rk, resources, n, o, queue);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_ConfigResource_destroy_array(resources, n);
    rd_kafka_event_t *e = wait_answer(queue, budget);
    if (!e)
        return false;
    take_answer(arena, e, items, n);
    rd_kafka_event_destroy(e);
    return true;
}

void kafka_librdkafka_configs(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                              struct kafka_topic_config *items, size_t n)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    for (size_t i = 0; i < n; i++) {
        items[i].fault = KAFKA_FAULT_UNASKED;
        items[i].cleanup_policy = NULL;
        items[i].retention_ms = items[i].retention_bytes = KAFKA_CONFIG_UNTOLD;
    }
    rd_kafka_queue_t *queue = rd_kafka_queue_new(c->rk);
    for (size_t i = 0; i < n; i += CHUNK)
        if (!kafka_pace_wait(c->pace, budget, 1) ||
            !ask(c, budget, arena, queue, items + i, n - i < CHUNK ? n - i : CHUNK))
            break;
    rd_kafka_queue_destroy(queue);
}
