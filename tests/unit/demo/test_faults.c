/* What can go wrong with a cluster, on demand: moved coordinators, errors, silence, closed
 * connections, nodes down. */
#include "demo_fixture.h"
#include "base/clock.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whatever the library makes of one request for all commits of a group. */
static rd_kafka_resp_err_t committed_error(rd_kafka_t *rk, const char *group, int timeout_ms)
{
    rd_kafka_event_t *event;
    rd_kafka_resp_err_t rc;
    fixture_committed(rk, group, NULL, timeout_ms, &event, &rc);
    if (event)
        rd_kafka_event_destroy(event);
    return rc;
}

static void test_coordinator_moves(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    demo_thread_pause(f->thread);
    demo_world_group(f->world, "mailer")->coordinator = 3;
    demo_thread_resume(f->thread);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    rd_kafka_destroy(rk);
    rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    const struct rd_kafka_group_list *list;
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    assert_int_equal(rd_kafka_list_groups(rk, "mailer", &list, DEADLINE_MS), 0);
    assert_int_equal(list->group_cnt, 1);
    assert_int_equal(list->groups[0].broker.id, 3);
    rd_kafka_group_list_destroy(list);
    rd_kafka_destroy(rk);
}

static void test_errors_count_down(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = 2, .count = 2, .error = 14});
    for (int i = 0; i < 2; i++)
        assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    rd_kafka_destroy(rk);
}

static void test_error_of_one_group(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    demo_thread_pause(f->thread);
    demo_world_group(f->world, "loader")->offsets_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    demo_thread_resume(f->thread);
    assert_int_equal(committed_error(rk, "loader", DEADLINE_MS), RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    rd_kafka_destroy(rk);
}

static void test_error_of_one_partition(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    demo_thread_pause(f->thread);
    demo_world_partition(f->world, "orders", 4)->offsets_error = DEMO_ERROR_OFFSET_NOT_AVAILABLE;
    demo_thread_resume(f->thread);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, "orders", 4)->offset = RD_KAFKA_OFFSET_END;
    assert_int_equal(rd_kafka_offsets_for_times(rk, list, DEADLINE_MS), RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
}

static void test_disconnect(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = -1, .count = 1, .disconnect = true});
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), RD_KAFKA_RESP_ERR__TRANSPORT);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    rd_kafka_destroy(rk);
}

static void test_silence(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = -1, .count = -1, .silent = true});
    uint64_t seen = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_OFFSET_FETCH, 2);
    demo_thread_resume(f->thread);
    /* nobody answers, so the deadline is the asker's own */
    assert_int_equal(committed_error(rk, "mailer", 300), RD_KAFKA_RESP_ERR__TIMED_OUT);
    assert_int_equal(demo_thread_wait_requests(f->thread, DEMO_API_OFFSET_FETCH, 2, seen + 1, DEADLINE_MS), 0);
    demo_thread_faults_clear(f->thread);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    rd_kafka_destroy(rk);
}

static void test_half_a_reply(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    demo_thread_fault(
        f->thread,
        &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = -1, .count = 1, .half = true, .disconnect = true});
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), RD_KAFKA_RESP_ERR__TRANSPORT);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    /* the rest never comes, and what is asked later over this connection waits behind it */
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = -1, .count = 1, .half = true});
    assert_int_equal(committed_error(rk, "mailer", 300), RD_KAFKA_RESP_ERR__TIMED_OUT);
    assert_int_equal(committed_error(rk, "mailer", 300), RD_KAFKA_RESP_ERR__TIMED_OUT);
    rd_kafka_destroy(rk);
}

static void test_throttle(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = -1, .count = 1, .throttle_ms = 400});
    int64_t begin = clock_mono_us(&clock_system);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0); /* this reply comes at once */
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0); /* and this request is held back */
    assert_true(clock_mono_us(&clock_system) - begin >= 300000);     /* the loop's timers count from its last turn */
    rd_kafka_destroy(rk);
}

static void test_delay(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    const rd_kafka_metadata_t *md;
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_METADATA, .node = -1, .count = -1, .delay_ms = 400});
    int64_t begin = clock_mono_us(&clock_system);
    assert_int_equal(rd_kafka_metadata(rk, 1, NULL, &md, 100), RD_KAFKA_RESP_ERR__TIMED_OUT);
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    assert_true(clock_mono_us(&clock_system) - begin >= 400000);
    rd_kafka_destroy(rk);
}

/* Metadata once it names so many brokers: a request that was given to a node as it went down stays
 * with it until its own deadline, so each gets a short one. */
static const rd_kafka_metadata_t *metadata_of(rd_kafka_t *rk, int brokers)
{
    const rd_kafka_metadata_t *md = NULL;
    int64_t deadline = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);
    while (clock_mono_us(&clock_system) < deadline) {
        if (rd_kafka_metadata(rk, 1, NULL, &md, 300) != 0)
            continue;
        if (md->broker_cnt == brokers)
            return md;
        rd_kafka_metadata_destroy(md);
    }
    fail_msg("no metadata of %d brokers", brokers);
    return NULL;
}

static void test_node_goes_down_and_comes_back(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    rd_kafka_t *rk = fixture_client(f, NULL);
    assert_int_equal(committed_error(rk, "mailer", DEADLINE_MS), 0);
    demo_broker_node_down(demo_thread_pause(f->thread), 2, true);
    demo_thread_resume(f->thread);
    const rd_kafka_metadata_t *md = metadata_of(rk, 2);
    const rd_kafka_metadata_topic_t *t = fixture_topic(md, "orders");
    for (int i = 0; i < 6; i++) {
        int32_t leader = demo_world_partition(f->world, "orders", i)->leader;
        assert_int_equal(t->partitions[i].leader, leader == 2 ? -1 : leader);
        assert_int_equal(t->partitions[i].isr_cnt, 2);
    }
    rd_kafka_metadata_destroy(md);
    struct demo_broker *b = demo_thread_pause(f->thread);
    uint16_t port = f->world->nodes.items[1].port;
    assert_int_equal(demo_broker_connections(b, 2), 0);
    assert_int_equal(demo_broker_node_up(b, 2, &err), 0);
    assert_int_equal(f->world->nodes.items[1].port, port);
    demo_thread_resume(f->thread);
    rd_kafka_resp_err_t rc = RD_KAFKA_RESP_ERR__TRANSPORT;
    int64_t deadline = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);
    while (rc && clock_mono_us(&clock_system) < deadline)
        rc = committed_error(rk, "mailer", DEADLINE_MS);
    assert_int_equal(rc, 0);
    rd_kafka_metadata_destroy(metadata_of(rk, 3));
    rd_kafka_destroy(rk);
}

/* Before OffsetFetch 6 this library reads an answer to "all" as nothing. */
static void test_older_cluster(void **state)
{
    struct fixture *f = *state;
    rd_kafka_event_t *event;
    rd_kafka_resp_err_t rc;
    struct demo_api_versions *v = demo_broker_versions(demo_thread_pause(f->thread));
    demo_api_versions_limit(v, DEMO_API_OFFSET_FETCH, 5);
    demo_api_versions_limit(v, DEMO_API_METADATA, 1);
    demo_thread_resume(f->thread);
    rd_kafka_t *rk = fixture_client(f, NULL);
    const rd_kafka_topic_partition_list_t *list = fixture_committed(rk, "mailer", NULL, DEADLINE_MS, &event, &rc);
    assert_non_null(list);
    assert_int_equal(list->cnt, 0);
    rd_kafka_event_destroy(event);
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(asked, "orders", 2);
    list = fixture_committed(rk, "mailer", asked, DEADLINE_MS, &event, &rc);
    assert_non_null(list);
    assert_int_equal(list->elems[0].offset, 1002);
    rd_kafka_event_destroy(event);
    rd_kafka_topic_partition_list_destroy(asked);
    rd_kafka_destroy(rk);
}

static int connect_to(const struct fixture *f, int32_t node)
{
    struct sockaddr_in addr = {.sin_family = AF_INET,
                               .sin_port = htons(f->world->nodes.items[node - 1].port),
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    return fd;
}

/* Bytes that came, at most size, or 0 once the other side has closed. */
static ssize_t receive(int fd, void *bytes, size_t size)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
    ssize_t n = recv(fd, bytes, size, 0);
    return n < 0 ? 0 : n;
}

static void test_garbage_closes_the_connection(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {{"\x7f\xff\xff\xff", 4},                 /* a request of 2 GB */
                 {"\0\0\0\0", 4},                         /* of nothing */
                 {"\0\0\0\2hi", 6},                       /* too short for a header */
                 {"\0\0\0\xa\0\x2a\0\0\0\0\0\1\0\0", 14}, /* request 42 */
                 {"GET / HTTP/1.1\r\n\r\n", 18}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char reply[16];
        int fd = connect_to(f, 1);
        assert_int_equal(send(fd, cases[i].bytes, cases[i].len, MSG_NOSIGNAL), cases[i].len);
        assert_int_equal(receive(fd, reply, sizeof reply), 0);
        close(fd);
    }
}

/* Requests may arrive byte by byte and several at once; a slow answer holds back those behind it. */
static void test_pipelined_requests_are_answered_in_order(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[28], replies[4096];
    size_t got = 0;
    for (uint8_t i = 0; i < 2; i++) /* length 10, ApiVersions 0, correlation id i, client "" */
        memcpy(bytes + i * 14, (uint8_t[]){0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, i, 0, 0}, 14);
    demo_thread_fault(f->thread, &(struct demo_fault){.api = DEMO_API_VERSIONS, .node = 3, .count = 1, .delay_ms = 50});
    int fd = connect_to(f, 3);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(send(fd, bytes + i, 1, MSG_NOSIGNAL), 1);
    assert_int_equal(send(fd, bytes + 5, sizeof bytes - 5, MSG_NOSIGNAL), sizeof bytes - 5);
    for (uint8_t i = 0; i < 2; i++) {
        while (got < 4 || got < 4 + (size_t)(replies[2] << 8 | replies[3])) {
            ssize_t n = receive(fd, replies + got, sizeof replies - got);
            assert_true(n > 0);
            got += (size_t)n;
        }
        assert_int_equal(replies[7], i);
        size_t len = 4 + (size_t)(replies[2] << 8 | replies[3]);
        memmove(replies, replies + len, got - len);
        got -= len;
    }
    assert_int_equal(got, 0);
    close(fd);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_start, fixture_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_coordinator_moves),
        WITH_FIXTURE(test_errors_count_down),
        WITH_FIXTURE(test_error_of_one_group),
        WITH_FIXTURE(test_error_of_one_partition),
        WITH_FIXTURE(test_disconnect),
        WITH_FIXTURE(test_silence),
        WITH_FIXTURE(test_delay),
        WITH_FIXTURE(test_half_a_reply),
        WITH_FIXTURE(test_throttle),
        WITH_FIXTURE(test_node_goes_down_and_comes_back),
        WITH_FIXTURE(test_older_cluster),
        WITH_FIXTURE(test_garbage_closes_the_connection),
        WITH_FIXTURE(test_pipelined_requests_are_answered_in_order),
    };
    return cmocka_run_group_tests_name("demo/faults", tests, NULL, NULL);
}
