/* What a consumer would be given from an offset on, over librdkafka; and the handle under the other isolation.
 *
 * Partitions are assigned by hand, to a handle that never joins its group: nothing is committed, no one is asked for
 * committed offsets. Control records are never handed out; a handle under read_committed leaves out what was aborted as
 * well, and ends before the first open transaction. */
#include "base/mem.h"
#include "kafka/librdkafka.h"

#include <string.h>

enum {
    CONNECT_SLICE_MS = 300, /* for the other handle's first answer */
    POLL_SLICE_MS = 50,
    FETCHES = 3, /* of a broker, by the cap on requests */
};

const char *const kafka_librdkafka_own[][2] = {
    {"enable.partition.eof", "true"},     {"auto.offset.reset", "error"},         {"fetch.wait.max.ms", "50"},
    {"fetch.message.max.bytes", "16384"}, {"queued.max.messages.kbytes", "1024"}, {NULL, NULL},
};

/* ---- the other handle ---- */

/* It is asked about a few topics now and then: what it learns of each is not kept for a quarter of an hour, until it knows
 * all of a large cluster. */
static const char *const other_own[][2] = {
    {"enable.partition.eof", "true"},
    {"auto.offset.reset", "error"},
    {"fetch.wait.max.ms", "50"},
    {"fetch.message.max.bytes", "16384"},
    {"queued.max.messages.kbytes", "1024"},
    {"metadata.max.age.ms", "20000"},
    {NULL, NULL},
};

size_t kafka_librdkafka_connect(rd_kafka_t *rk, struct kafka_pace *pace, const struct kafka_budget *budget,
                                const char *topic)
{
    const rd_kafka_metadata_t *md;
    size_t brokers = 0;
    rd_kafka_topic_t *t = rd_kafka_topic_new(rk, topic, NULL);
    if (!t)
        return 0;
    for (int left; !brokers && kafka_pace_wait(pace, budget, 1) && (left = kafka_budget_left(budget)) > 0;) {
        rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 0, t, &md, left < CONNECT_SLICE_MS ? left : CONNECT_SLICE_MS);
        rd_kafka_poll(rk, 0); /* error callbacks */
        if (err)
            continue;
        brokers = md->broker_cnt > 0 ? (size_t)md->broker_cnt : 1;
        rd_kafka_metadata_destroy(md);
    }
    rd_kafka_topic_destroy(t);
    return brokers;
}

rd_kafka_t *kafka_librdkafka_other(struct kafka_librdkafka *c, const struct kafka_admin_settings *settings,
                                   const struct kafka_budget *budget, const char *topic)
{
    if (c->other) {
        rd_kafka_poll(kafka_client_handle(c->other), 0);
        return kafka_client_handle(c->other);
    }
    struct kafka_admin_settings s = *settings;
    struct kafka_client *client;
    struct error err;
    s.read_committed = !s.read_committed;
    if (kafka_client_new(&s, other_own, &client, &err) != 0)
        return NULL;
    c->other = client; /* closed with the first one, wherever that may take its time */
    return kafka_librdkafka_connect(kafka_client_handle(client), c->pace, budget, topic) ? kafka_client_handle(client)
                                                                                         : NULL;
}

/* ---- reading ---- */

static struct kafka_reading *find(struct kafka_reading *items, size_t n, bool committed, const rd_kafka_message_t *m)
{
    const char *topic = m->rkt ? rd_kafka_topic_name(m->rkt) : NULL;
    for (size_t i = 0; i < n && topic; i++)
        if (items[i].committed == committed && items[i].partition == m->partition && strcmp(items[i].topic, topic) == 0)
            return &items[i];
    return NULL;
}

/* Takes what came for an item; true if it is answered now. */
static bool take(struct kafka_reading *item, const rd_kafka_message_t *m)
{
    if (item->fault != KAFKA_FAULT_UNASKED)
        return false; /* answered before */
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && m->offset < item->until)
        item->fault = KAFKA_FAULT_LEADER; /* it ends before: for a committed reader, at an open transaction */
    else if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        item->fault = KAFKA_FAULT_NONE;
    else if (m->err)
        item->fault = kafka_librdkafka_fault(m->err);
    else
        item->fault = KAFKA_FAULT_NONE;
    if (!m->err && m->offset < item->until)
        item->record = m->offset;
    return item->fault != KAFKA_FAULT_UNASKED;
}

static void read_with(rd_kafka_t *rk, const struct kafka_budget *budget, struct kafka_reading *items, size_t n,
                      bool committed)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    size_t waiting = 0;
    for (size_t i = 0; i < n; i++)
        if (items[i].committed == committed) {
            rd_kafka_topic_partition_list_add(list, items[i].topic, items[i].partition)->offset = items[i].from;
            waiting++;
        }
    if (waiting && rd_kafka_assign(rk, list) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (int left; waiting && (left = kafka_budget_left(budget)) > 0;) {
            rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, left < POLL_SLICE_MS ? left : POLL_SLICE_MS);
            if (!m)
                continue;
            struct kafka_reading *item = find(items, n, committed, m);
            waiting -= item && take(item, m);
            rd_kafka_message_destroy(m);
        }
        rd_kafka_assign(rk, NULL);
    }
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_librdkafka_read(struct kafka_admin *a, const struct kafka_admin_settings *settings,
                           const struct kafka_budget *budget, struct kafka_reading *items, size_t n)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    bool other = false;
    for (size_t i = 0; i < n; i++) {
        items[i].record = -1;
        items[i].fault = KAFKA_FAULT_UNASKED;
        other |= items[i].committed != settings->read_committed;
    }
    if (!c->connected && n) { /* a client that does nothing else */
        c->brokers = kafka_librdkafka_connect(c->rk, c->pace, budget, items[0].topic);
        c->connected = c->brokers > 0;
    }
    if (!c->connected)
        return;
    /* Brokers are asked some times each, as answers come by pieces. */
    if (!kafka_pace_wait(c->pace, budget, FETCHES * (n < c->brokers ? n : c->brokers)))
        return;
    read_with(c->rk, budget, items, n, settings->read_committed);
    rd_kafka_t *rk = other ? kafka_librdkafka_other(c, settings, budget, items[0].topic) : NULL;
    if (rk)
        read_with(rk, budget, items, n, !settings->read_committed);
}
