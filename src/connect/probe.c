/* Looks at the last records of topics with one plain consumer for all of them. */
#include "connect/probe.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/workers.h"
#include "connect/event.h"
#include "kafka/client.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SLICE_MS = 200,
    ENOUGH = 1024 * 1024, /* bytes of a partition */
};

struct topic {
    char *name;
    enum connect_probe_verdict verdict;
};

struct place {
    size_t topic;
    int32_t partition;
    size_t bytes; /* read */
    bool over;    /* its end was seen, or enough of it, or it cannot be read */
};

struct connect_probe {
    struct workers *workers;
    const struct clock *clock;
    connect_probe_done *done;
    void *arg;
    /* The look under way: the thread's until it ends. */
    struct kafka_plan *plan;
    struct kafka_client *client;
    struct kafka_budget budget;
    VEC(struct topic) topics;
    VEC(struct place) places;
    struct error err;
    int rc;
    /* The loop's, but stop. */
    bool busy;
    atomic_bool stop;
    sem_t closed; /* posted when the client was closed, taken back where the loop hears of it */
};

/* Over the cluster's own: little at once, no end unnoticed. */
static const char *const properties[][2] = {
    {"isolation.level", "read_committed"},
    {"enable.partition.eof", "true"},
    {"auto.offset.reset", "earliest"},
    {"allow.auto.create.topics", "false"},
    {"fetch.wait.max.ms", "100"},
    {"max.partition.fetch.bytes", "65536"},
    {"queued.min.messages", "1"},
    {"queued.max.messages.kbytes", "4096"},
    {NULL, NULL},
};

/* ---- on the thread ---- */

static int fail(struct connect_probe *p, rd_kafka_resp_err_t code)
{
    char reason[256];
    kafka_client_reason(p->client, reason, sizeof reason);
    return error_set(&p->err, ERR_UNAVAILABLE, "%s", *reason ? reason : rd_kafka_err2str(code));
}

/* Adds the partitions of a topic; one that is not there or not to be seen has none. */
static int add_places(struct connect_probe *p, size_t topic)
{
    rd_kafka_t *rk = kafka_client_handle(p->client);
    rd_kafka_topic_t *t = rd_kafka_topic_new(rk, p->topics.items[topic].name, NULL);
    const rd_kafka_metadata_t *md = NULL;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    for (int left; t && code && (left = kafka_budget_left(&p->budget)) > 0 && !kafka_client_down(p->client);) {
        code = rd_kafka_metadata(rk, 0, t, &md, left < SLICE_MS ? left : SLICE_MS);
        rd_kafka_poll(rk, 0); /* error callbacks */
    }
    for (int i = 0; !code && md->topic_cnt == 1 && !md->topics->err && i < md->topics->partition_cnt; i++)
        if (p->places.n < CONNECT_PROBE_PARTITIONS)
            vec_push(&p->places, (struct place){.topic = topic, .partition = md->topics->partitions[i].id});
    if (md)
        rd_kafka_metadata_destroy(md);
    if (t)
        rd_kafka_topic_destroy(t);
    return t && code ? fail(p, code) : 0;
}

/* Begins to read each partition a little before its end. */
static int assign(struct connect_probe *p)
{
    rd_kafka_t *rk = kafka_client_handle(p->client);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)p->places.n);
    for (size_t i = 0; i < p->places.n; i++) {
        const struct place *l = &p->places.items[i];
        rd_kafka_topic_partition_list_add(list, p->topics.items[l->topic].name, l->partition)->offset =
            RD_KAFKA_OFFSET_TAIL(CONNECT_PROBE_BACK);
    }
    rd_kafka_resp_err_t code = rd_kafka_assign(rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? fail(p, code) : 0;
}

static struct place *find_place(struct connect_probe *p, const rd_kafka_message_t *m)
{
    const char *name = m->rkt ? rd_kafka_topic_name(m->rkt) : "";
    for (size_t i = 0; i < p->places.n; i++) {
        struct place *l = &p->places.items[i];
        if (l->partition == m->partition && strcmp(p->topics.items[l->topic].name, name) == 0)
            return l;
    }
    return NULL;
}

/* True for what goes away by itself. */
static bool is_passing(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
           code == RD_KAFKA_RESP_ERR__RESOLVE || code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

static void serve(struct connect_probe *p, const rd_kafka_message_t *m)
{
    struct place *l = find_place(p, m);
    if (!l)
        return;
    struct topic *t = &p->topics.items[l->topic];
    if (m->err) {
        l->over |= !is_passing(m->err);
        return;
    }
    l->bytes += m->len;
    l->over |= l->bytes > ENOUGH;
    if (connect_event_is(m->payload, m->len))
        t->verdict = CONNECT_PROBE_YES;
    else if (t->verdict == CONNECT_PROBE_UNKNOWN)
        t->verdict = CONNECT_PROBE_NO;
}

/* A partition needs no more looking at if its topic is known to be one. */
static bool is_over(const struct connect_probe *p)
{
    for (size_t i = 0; i < p->places.n; i++)
        if (!p->places.items[i].over && p->topics.items[p->places.items[i].topic].verdict != CONNECT_PROBE_YES)
            return false;
    return true;
}

static void read_ends(struct connect_probe *p)
{
    for (int left; !is_over(p) && (left = kafka_budget_left(&p->budget)) > 0 && !kafka_client_down(p->client);) {
        rd_kafka_message_t *m =
            rd_kafka_consumer_poll(kafka_client_handle(p->client), left < SLICE_MS ? left : SLICE_MS);
        if (!m)
            continue;
        serve(p, m);
        rd_kafka_message_destroy(m);
    }
}

static void run(void *arg)
{
    struct connect_probe *p = arg;
    p->rc = kafka_client_new(&p->plan->round.settings, properties, &p->client, &p->err);
    if (p->rc)
        return;
    rd_kafka_poll_set_consumer(kafka_client_handle(p->client));
    for (size_t i = 0; i < p->topics.n && !p->rc; i++)
        p->rc = add_places(p, i);
    if (!p->rc && p->places.n)
        p->rc = assign(p);
    if (!p->rc)
        read_ends(p);
}

static void run_close(void *arg)
{
    struct connect_probe *p = arg;
    kafka_client_free(p->client);
    p->client = NULL;
    sem_post(&p->closed);
}

/* ---- on the loop ---- */

static void clear(struct connect_probe *p)
{
    for (size_t i = 0; i < p->topics.n; i++)
        free(p->topics.items[i].name);
    p->topics.n = p->places.n = 0;
    kafka_plan_unref(p->plan);
    p->plan = NULL;
}

static void done_close(void *arg)
{
    struct connect_probe *p = arg;
    sem_trywait(&p->closed);
    clear(p);
    p->busy = false;
}

static void done_run(void *arg)
{
    struct connect_probe *p = arg;
    size_t n = p->topics.n;
    const char **names = mem_calloc(n + 1, sizeof *names);
    enum connect_probe_verdict *verdicts = mem_calloc(n + 1, sizeof *verdicts);
    for (size_t i = 0; i < n; i++) {
        names[i] = p->topics.items[i].name;
        verdicts[i] = p->topics.items[i].verdict;
    }
    if (!atomic_load(&p->stop)) {
        p->done(p->arg, names, verdicts, n, p->rc ? &p->err : NULL);
        workers_submit(p->workers, run_close, done_close, p);
    }
    free(names);
    free(verdicts);
}

struct connect_probe *connect_probe_new(struct event_base *base, const struct clock *clock, connect_probe_done *done,
                                        void *arg)
{
    struct connect_probe *p = mem_new(struct connect_probe);
    p->clock = clock;
    p->done = done;
    p->arg = arg;
    sem_init(&p->closed, 0, 0);
    p->workers = workers_new(base, "control probe", 1);
    return p;
}

bool connect_probe_ask(struct connect_probe *p, struct kafka_plan *plan, const char *const *topics, size_t n,
                       int deadline_ms)
{
    if (p->busy)
        return false;
    p->busy = true;
    p->plan = kafka_plan_ref(plan);
    p->err = (struct error){0};
    p->budget = (struct kafka_budget){
        .clock = p->clock, .until_us = clock_mono_us(p->clock) + (int64_t)deadline_ms * 1000, .stop = &p->stop};
    for (size_t i = 0; i < n; i++)
        vec_push(&p->topics, (struct topic){.name = mem_strdup(topics[i])});
    workers_submit(p->workers, run, done_run, p);
    return true;
}

/* On its thread, for closing may hang. */
static bool close_client(struct connect_probe *p, int wait_ms)
{
    workers_submit(p->workers, run_close, NULL, p);
    const struct timespec until = clock_deadline(wait_ms);
    return sem_clockwait(&p->closed, CLOCK_MONOTONIC, &until) == 0;
}

bool connect_probe_free(struct connect_probe *p, int wait_ms)
{
    if (!p)
        return true;
    atomic_store(&p->stop, true);
    bool closed = !p->busy || close_client(p, wait_ms);
    if (!workers_free(p->workers, closed ? wait_ms : 0) || !closed) {
        mem_abandon(p);
        return false;
    }
    clear(p);
    vec_done(&p->topics);
    vec_done(&p->places);
    sem_destroy(&p->closed);
    free(p);
    return true;
}
