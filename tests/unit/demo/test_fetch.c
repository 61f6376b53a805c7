/* Records fetched by a real consumer: every offset once, in order, with its time and contents. */
#include "demo_fixture.h"

#include <stdio.h>

/* A consumer of one partition from an offset on. */
static rd_kafka_t *consume(const struct fixture *f, const char *topic, int32_t partition, int64_t offset)
{
    char text[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    fixture_conf(conf, "bootstrap.servers", demo_thread_bootstrap(f->thread));
    fixture_conf(conf, "group.id", "a-test");
    fixture_conf(conf, "log_level", "0");
    fixture_conf(conf, "enable.auto.commit", "false");
    fixture_conf(conf, "enable.partition.eof", "true");
    fixture_conf(conf, "auto.offset.reset", "earliest");
    fixture_conf(conf, "check.crcs", "true");
    fixture_conf(conf, "fetch.wait.max.ms", "100");
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    assert_non_null(rk);
    rd_kafka_poll_set_consumer(rk);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
    assert_int_equal(rd_kafka_assign(rk, list), 0);
    rd_kafka_topic_partition_list_destroy(list);
    return rk;
}

/* Reads from offset up to (not including) end, which must be the end for this reader. */
static void expect_records(const struct fixture *f, rd_kafka_t *rk, const char *topic, int64_t offset, int64_t end)
{
    for (;; offset++) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, DEADLINE_MS);
        assert_non_null(m);
        if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            assert_int_equal(m->offset, end);
            assert_int_equal(offset, end);
            rd_kafka_message_destroy(m);
            return;
        }
        assert_int_equal(m->err, 0);
        assert_int_equal(m->offset, offset);
        char start[128];
        int n = snprintf(start, sizeof start, "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%lld,", topic,
                         m->partition, (long long)offset);
        assert_true(m->len > (size_t)n);
        assert_memory_equal(m->payload, start, (size_t)n);
        assert_true(m->key_len > 0);
        rd_kafka_timestamp_type_t type;
        assert_int_equal(rd_kafka_message_timestamp(m, &type),
                         demo_partition_time_of(demo_world_partition(f->world, topic, m->partition), offset));
        assert_int_equal(type, RD_KAFKA_TIMESTAMP_CREATE_TIME);
        rd_kafka_message_destroy(m);
    }
}

static void test_records_in_order_to_the_end(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = consume(f, "orders", 3, 100);
    expect_records(f, rk, "orders", 100, 1103);
    demo_thread_pause(f->thread);
    demo_world_append(f->world, "orders", 3, 2001000, 1110);
    demo_thread_resume(f->thread);
    expect_records(f, rk, "orders", 1103, 1110);
    rd_kafka_destroy(rk);
}

static void test_records_before_the_start_are_gone(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = consume(f, "orders", 0, 50);
    expect_records(f, rk, "orders", 100, 1100);
    rd_kafka_destroy(rk);
}

static void test_open_transactions_end_the_log(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = consume(f, "ledger", 0, 800);
    expect_records(f, rk, "ledger", 800, 900);
    rd_kafka_destroy(rk);
}

static void make_number(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                        struct str *value)
{
    (void)t;
    (void)partition;
    (void)key;
    str_printf(value, "%s %lld", (const char *)arg, (long long)offset);
}

static void test_records_of_a_topic_s_own(void **state)
{
    struct fixture *f = *state;
    demo_thread_pause(f->thread);
    demo_world_topic(f->world, "orders")->record =
        (struct demo_record){.make = make_number, .arg = (void *)f->world->cluster_id};
    demo_thread_resume(f->thread);
    rd_kafka_t *rk = consume(f, "orders", 1, 1000);
    rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, DEADLINE_MS);
    assert_non_null(m);
    assert_int_equal(m->err, 0);
    assert_null(m->key);
    assert_int_equal(m->len, strlen("demo-cluster 1000"));
    assert_memory_equal(m->payload, "demo-cluster 1000", m->len);
    rd_kafka_message_destroy(m);
    rd_kafka_destroy(rk);
}

/* Nobody is answered in a hurry that there is nothing. */
static void test_waits_for_records(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = consume(f, "orders", 3, 1103);
    expect_records(f, rk, "orders", 1103, 1103);
    uint64_t before = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_FETCH, -1);
    demo_thread_resume(f->thread);
    assert_null(rd_kafka_consumer_poll(rk, 400));
    uint64_t after = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_FETCH, -1);
    demo_thread_resume(f->thread);
    assert_true(after - before <= 8);
    rd_kafka_destroy(rk);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_start, fixture_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_records_in_order_to_the_end),
        WITH_FIXTURE(test_records_before_the_start_are_gone),
        WITH_FIXTURE(test_open_transactions_end_the_log),
        WITH_FIXTURE(test_records_of_a_topic_s_own),
        WITH_FIXTURE(test_waits_for_records),
    };
    return cmocka_run_group_tests_name("demo/fetch", tests, NULL, NULL);
}
