/* The admin calls over librdkafka: opening, errors in words, and metadata. */
#include "kafka/librdkafka.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    REQUEST_TIMEOUT_MS = 3600000, /* the library's maximum */
    FIRST_SLICE_MS = 1000,        /* of waiting for metadata before looking whether anything is reachable */
    CONNECT_SLICE_MS = 100,       /* and for the first connection */
};

struct kafka_time kafka_librdkafka_now(const struct kafka_librdkafka *c)
{
    return (struct kafka_time){.wall_ms = clock_wall_ms(c->clock), .mono_us = clock_mono_us(c->clock)};
}

static const struct {
    rd_kafka_resp_err_t err;
    enum kafka_fault fault;
} faults[] = {
    {RD_KAFKA_RESP_ERR_NO_ERROR, KAFKA_FAULT_NONE},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, KAFKA_FAULT_UNASKED},
    {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, KAFKA_FAULT_UNASKED},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, KAFKA_FAULT_UNASKED},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, KAFKA_FAULT_DENIED},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, KAFKA_FAULT_DENIED},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFKA_FAULT_DENIED},
    {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFKA_FAULT_COORDINATOR},
    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, KAFKA_FAULT_COORDINATOR},
    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, KAFKA_FAULT_COORDINATOR},
    {RD_KAFKA_RESP_ERR__WAIT_COORD, KAFKA_FAULT_COORDINATOR},
    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, KAFKA_FAULT_LEADER},
    {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, KAFKA_FAULT_LEADER},
    {RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, KAFKA_FAULT_LEADER},
    {RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, KAFKA_FAULT_LEADER},
    {RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, KAFKA_FAULT_LEADER},
    {RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, KAFKA_FAULT_LEADER},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, KAFKA_FAULT_GONE},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, KAFKA_FAULT_GONE},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, KAFKA_FAULT_GONE},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, KAFKA_FAULT_GONE},
    {RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND, KAFKA_FAULT_GONE},
    {RD_KAFKA_RESP_ERR__TRANSPORT, KAFKA_FAULT_NETWORK},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, KAFKA_FAULT_NETWORK},
    {RD_KAFKA_RESP_ERR__RESOLVE, KAFKA_FAULT_NETWORK},
    {RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, KAFKA_FAULT_NETWORK},
    {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, KAFKA_FAULT_NETWORK},
};

enum kafka_fault kafka_librdkafka_fault(rd_kafka_resp_err_t err)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (faults[i].err == err)
            return faults[i].fault;
    return KAFKA_FAULT_OTHER;
}

int kafka_librdkafka_error(struct kafka_librdkafka *c, struct error *err, const char *what, rd_kafka_resp_err_t code)
{
    enum kafka_fault fault = kafka_librdkafka_fault(code);
    bool network = fault == KAFKA_FAULT_NETWORK || fault == KAFKA_FAULT_UNASKED;
    int rc = fault == KAFKA_FAULT_UNASKED ? ERR_TIMEOUT : fault == KAFKA_FAULT_NETWORK ? ERR_UNAVAILABLE : ERR_REMOTE;
    char reason[384];
    kafka_client_reason(c->client, reason, sizeof reason);
    if (network && !what)
        return error_set(err, rc, "%s", *reason ? reason : "no broker answers");
    if (network)
        return error_set(err, rc, "%s: %s", what, *reason ? reason : "no answer");
    return error_set(err, rc, "%s: %s", what ? what : "the cluster", rd_kafka_err2str(code));
}

/* ---- the handle ---- */

static int client_open(const struct kafka_admin_settings *settings, struct kafka_admin **ret, struct error *err)
{
    struct kafka_client *client;
    int rc = kafka_client_new(settings, kafka_librdkafka_own, &client, err);
    if (rc)
        return rc;
    struct kafka_librdkafka *c = mem_new(struct kafka_librdkafka);
    c->admin.ops = &kafka_admin_librdkafka;
    c->clock = settings->clock;
    c->pace = kafka_pace_ref(settings->pace);
    c->max_in_flight = settings->max_in_flight > 0 ? settings->max_in_flight : 1;
    c->client = client;
    c->rk = kafka_client_handle(client);
    c->queue = rd_kafka_queue_new(c->rk);
    *ret = &c->admin;
    return 0;
}

static void client_close(struct kafka_admin *a)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    rd_kafka_queue_destroy(c->queue);
    kafka_client_free(c->other);
    kafka_client_free(c->client);
    kafka_pace_unref(c->pace);
    free(c);
}

static bool client_spent(const struct kafka_admin *a)
{
    return ((const struct kafka_librdkafka *)a)->spent;
}

rd_kafka_AdminOptions_t *kafka_librdkafka_options(struct kafka_librdkafka *c, rd_kafka_admin_op_t op, void *opaque)
{
    rd_kafka_AdminOptions_t *o = rd_kafka_AdminOptions_new(c->rk, op);
    char text[128];
    rd_kafka_AdminOptions_set_request_timeout(o, REQUEST_TIMEOUT_MS, text, sizeof text);
    rd_kafka_AdminOptions_set_opaque(o, opaque);
    return o;
}

/* ---- metadata ---- */

static int by_broker_id(const void *a, const void *b)
{
    int32_t x = ((const struct kafka_broker *)a)->id, y = ((const struct kafka_broker *)b)->id;
    return (x > y) - (x < y);
}

static int by_topic_name(const void *a, const void *b)
{
    return strcmp(((const struct kafka_topic *)a)->name, ((const struct kafka_topic *)b)->name);
}

/* The lists that were copied last: those of most partitions are one of a few. */
struct lists {
    struct {
        int32_t *ids;
        int n;
    } of[64];
    size_t next;
};

static int32_t *copy_ids(struct kafka_arena *arena, struct lists *l, const int32_t *ids, int n)
{
    const size_t room = sizeof l->of / sizeof *l->of;
    if (n == 0)
        return kafka_arena_alloc(arena, 0, sizeof *ids);
    for (size_t i = 0; i < room && l->of[i].ids; i++)
        if (l->of[i].n == n && memcmp(l->of[i].ids, ids, (size_t)n * sizeof *ids) == 0)
            return l->of[i].ids;
    int32_t *copy = kafka_arena_alloc(arena, (size_t)n, sizeof *copy);
    memcpy(copy, ids, (size_t)n * sizeof *copy);
    l->of[l->next].ids = copy;
    l->of[l->next].n = n;
    l->next = (l->next + 1) % room;
    return copy;
}

/* There are fewer brokers than that. */
static uint16_t count_ids(int n)
{
    return (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
}

static void copy_topic(struct kafka_arena *arena, struct lists *lists, const rd_kafka_metadata_topic_t *from,
                       struct kafka_topic *to)
{
    to->name = kafka_arena_text(arena, from->topic);
    to->fault = kafka_librdkafka_fault(from->err);
    for (int i = 0; i < from->partition_cnt; i++) {
        int32_t id = from->partitions[i].id;
        if (id >= 0 && (size_t)id >= to->npartitions)
            to->npartitions = (size_t)id + 1;
    }
    if (to->npartitions > 2 * (size_t)from->partition_cnt) /* numbers without sense */
        to->npartitions = (size_t)from->partition_cnt;
    to->partitions = kafka_arena_alloc(arena, to->npartitions, sizeof *to->partitions);
    for (size_t i = 0; i < to->npartitions; i++)
        to->partitions[i].leader = -1;
    for (int i = 0; i < from->partition_cnt; i++) {
        const rd_kafka_metadata_partition_t *p = &from->partitions[i];
        if (p->id < 0 || (size_t)p->id >= to->npartitions)
            continue;
        to->partitions[p->id] = (struct kafka_partition){
            .leader = p->leader,
            .replicas = copy_ids(arena, lists, p->replicas, p->replica_cnt),
            .isr = copy_ids(arena, lists, p->isrs, p->isr_cnt),
            .nreplicas = count_ids(p->replica_cnt),
            .nisr = count_ids(p->isr_cnt),
        };
    }
}

static void copy_metadata(struct kafka_librdkafka *c, struct kafka_arena *arena, const rd_kafka_metadata_t *from,
                          struct kafka_metadata *to)
{
    struct lists lists = {.next = 0};
    to->time = kafka_librdkafka_now(c);
    to->nbrokers = (size_t)from->broker_cnt;
    to->brokers = kafka_arena_alloc(arena, to->nbrokers, sizeof *to->brokers);
    for (size_t i = 0; i < to->nbrokers; i++)
        to->brokers[i] = (struct kafka_broker){.id = from->brokers[i].id,
                                               .host = kafka_arena_text(arena, from->brokers[i].host),
                                               .port = from->brokers[i].port};
    qsort(to->brokers, to->nbrokers, sizeof *to->brokers, by_broker_id);
    to->ntopics = (size_t)from->topic_cnt;
    to->topics = kafka_arena_alloc(arena, to->ntopics, sizeof *to->topics);
    for (size_t i = 0; i < to->ntopics; i++)
        copy_topic(arena, &lists, &from->topics[i], &to->topics[i]);
    qsort(to->topics, to->ntopics, sizeof *to->topics, by_topic_name);
    char *id = rd_kafka_clusterid(c->rk, 0); /* both are known since the metadata came */
    to->cluster_id = kafka_arena_text(arena, id);
    rd_kafka_mem_free(c->rk, id);
    to->controller = rd_kafka_controllerid(c->rk, 0);
}

/* Asks until there is an answer, each time for twice as long. */
static rd_kafka_resp_err_t ask_metadata(struct kafka_librdkafka *c, const struct kafka_budget *budget, int all_topics,
                                        int slice_ms, const rd_kafka_metadata_t **md)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    kafka_client_retry(c->client);
    for (int left; kafka_pace_wait(c->pace, budget, 1) && (left = kafka_budget_left(budget)) > 0; slice_ms *= 2) {
        code = rd_kafka_metadata(c->rk, all_topics, NULL, md, left < slice_ms ? left : slice_ms);
        rd_kafka_poll(c->rk, 0); /* error callbacks */
        if (!code || kafka_client_down(c->client))
            break;
    }
    return code;
}

/* When the broker that is tried first cannot be reached, a call in the library sleeps for a second before it tries another
 * one; a new call tries at once. */
static rd_kafka_resp_err_t connect_any(struct kafka_librdkafka *c, const struct kafka_budget *budget)
{
    const rd_kafka_metadata_t *md = NULL;
    rd_kafka_resp_err_t code = ask_metadata(c, budget, 0, CONNECT_SLICE_MS, &md);
    if (code)
        return code;
    rd_kafka_metadata_destroy(md);
    c->connected = true;
    return 0;
}

static int client_metadata(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                           struct kafka_metadata *ret, struct error *err)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    const rd_kafka_metadata_t *md = NULL;
    rd_kafka_resp_err_t code = c->connected ? 0 : connect_any(c, budget);
    if (!code)
        code = ask_metadata(c, budget, 1, FIRST_SLICE_MS, &md);
    if (code) {
        c->spent = true;
        return kafka_librdkafka_error(c, err, NULL, code);
    }
    kafka_client_connected(c->client);
    copy_metadata(c, arena, md, ret);
    c->brokers = ret->nbrokers;
    rd_kafka_metadata_destroy(md);
    return 0;
}

const struct kafka_admin_ops kafka_admin_librdkafka = {
    .name = "librdkafka",
    .open = client_open,
    .metadata = client_metadata,
    .groups = kafka_librdkafka_groups,
    .all_list = kafka_librdkafka_all_list,
    .groups_hidden = kafka_librdkafka_groups_hidden,
    .committed = kafka_librdkafka_committed,
    .offsets = kafka_librdkafka_offsets,
    .configs = kafka_librdkafka_configs,
    .other_ends = kafka_librdkafka_other_ends,
    .read = kafka_librdkafka_read,
    .spent = client_spent,
    .close = client_close,
};
