/* What the tests of the scripted cluster share: a small world on a thread, and a client of it. */
#ifndef DEMO_FIXTURE_H
#define DEMO_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "demo/thread.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 30000 };

struct fixture {
    struct demo_world *world;
    struct demo_thread *thread;
};

/* Three nodes; orders (6 partitions, 3 replicas), ledger (1, an open transaction), secret (1);
 * groups mailer (two members on orders, committed), loader (simple), next (KIP-848), workers
 * (connect). */
static inline struct demo_world *fixture_world(void)
{
    struct demo_world *w = demo_world_new(3, "demo-cluster");
    demo_world_topic_add(w, "orders", 6, 3);
    demo_world_topic_add(w, "ledger", 1, 2);
    demo_world_topic_add(w, "secret", 1, 1);
    for (int32_t p = 0; p < 6; p++) {
        demo_world_append(w, "orders", p, 1000000, 100);
        demo_world_append(w, "orders", p, 2000000, 1100 + p);
        demo_world_partition(w, "orders", p)->start = 100;
    }
    demo_world_append(w, "ledger", 0, 1000000, 0);
    demo_world_append(w, "ledger", 0, 2000000, 1000);
    demo_world_set_offsets(w, "ledger", 0, 0, 1000, 900);
    struct demo_group *g = demo_world_group_add(w, "mailer", "consumer");
    g->coordinator = 2;
    demo_group_set_state(g, "Stable");
    demo_group_member_add(g, "mailer-1-aa", "mailer-1", "/10.0.3.17");
    demo_group_member_add(g, "mailer-2-bb", "mailer-2", "/10.0.3.18");
    demo_group_assign_range(g, "orders", 6);
    for (int32_t p = 0; p < 5; p++)
        demo_group_commit(g, "orders", p, 1000 + p, 3, p == 0 ? "from the outbox" : NULL);
    demo_group_commit(g, "gone", 7, 70, -1, NULL);
    g = demo_world_group_add(w, "loader", "");
    g->coordinator = 1;
    demo_group_commit(g, "ledger", 0, 850, -1, NULL);
    g = demo_world_group_add(w, "next", "consumer");
    g->coordinator = 3;
    g->kip848 = true;
    demo_group_set_state(g, "Stable");
    demo_group_commit(g, "orders", 0, 600, 0, NULL);
    g = demo_world_group_add(w, "workers", "connect");
    g->coordinator = 3;
    demo_group_set_state(g, "Stable");
    demo_group_set_assignor(g, "sessioned");
    demo_group_member_set_raw(demo_group_member_add(g, "connect-1", "connect", "/10.0.4.1"), "\0\1m", 3, "\0\1a", 3);
    return w;
}

static inline int fixture_start(void **state)
{
    struct error err = {0};
    struct fixture *f = calloc(1, sizeof *f);
    f->world = fixture_world();
    f->thread = demo_thread_start(f->world, &err);
    *state = f;
    return f->thread ? 0 : -1;
}

static inline int fixture_stop(void **state)
{
    struct fixture *f = *state;
    demo_thread_stop(f->thread);
    demo_world_free(f->world);
    free(f);
    return 0;
}

static inline void fixture_conf(rd_kafka_conf_t *conf, const char *key, const char *value)
{
    char text[256];
    assert_int_equal(rd_kafka_conf_set(conf, key, value, text, sizeof text), RD_KAFKA_CONF_OK);
}

/* A consumer that never subscribes; isolation NULL: the library's default. */
static inline rd_kafka_t *fixture_client(const struct fixture *f, const char *isolation)
{
    char text[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    fixture_conf(conf, "bootstrap.servers", demo_thread_bootstrap(f->thread));
    fixture_conf(conf, "group.id", "a-test");
    fixture_conf(conf, "log_level", "0");
    fixture_conf(conf, "reconnect.backoff.ms", "20");
    fixture_conf(conf, "reconnect.backoff.max.ms", "100");
    if (isolation)
        fixture_conf(conf, "isolation.level", isolation);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    assert_non_null(rk);
    return rk;
}

/* Metadata of all topics; to be destroyed. */
static inline const rd_kafka_metadata_t *fixture_metadata(rd_kafka_t *rk)
{
    const rd_kafka_metadata_t *md;
    assert_int_equal(rd_kafka_metadata(rk, 1, NULL, &md, DEADLINE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
    return md;
}

static inline const rd_kafka_metadata_topic_t *fixture_topic(const rd_kafka_metadata_t *md, const char *name)
{
    for (int i = 0; i < md->topic_cnt; i++)
        if (strcmp(md->topics[i].topic, name) == 0)
            return &md->topics[i];
    return NULL;
}

/* All committed offsets of a group (partitions NULL), or the error of the call: the group's or the
 * request's. NULL with *rc set to the error. The event is to be destroyed when the list is done
 * with. */
static inline const rd_kafka_topic_partition_list_t *fixture_committed(rd_kafka_t *rk, const char *group,
                                                                       const rd_kafka_topic_partition_list_t *asked,
                                                                       int timeout_ms, rd_kafka_event_t **event,
                                                                       rd_kafka_resp_err_t *rc)
{
    rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
    rd_kafka_ListConsumerGroupOffsets_t *request = rd_kafka_ListConsumerGroupOffsets_new(group, asked);
    rd_kafka_ListConsumerGroupOffsets(rk, &request, 1, NULL, q);
    rd_kafka_ListConsumerGroupOffsets_destroy(request);
    *event = rd_kafka_queue_poll(q, timeout_ms);
    rd_kafka_queue_destroy(q);
    *rc = RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!*event)
        return NULL;
    *rc = rd_kafka_event_error(*event);
    if (*rc)
        return NULL;
    size_t n;
    const rd_kafka_group_result_t **groups =
        rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(*event), &n);
    assert_int_equal(n, 1);
    if (rd_kafka_group_result_error(groups[0])) {
        *rc = rd_kafka_error_code(rd_kafka_group_result_error(groups[0]));
        return NULL;
    }
    return rd_kafka_group_result_partitions(groups[0]);
}

#endif
