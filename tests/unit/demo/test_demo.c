/* The demo as a process: it tells where it is, lives while its parent does, and shows a world that
 * moves. */
#include "demo_fixture.h"
#include "demo/demo.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    int fd;
    char bootstrap[256];
};

static void child_start(struct child *c, const struct demo_options *options)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    c->pid = fork();
    assert_true(c->pid >= 0);
    if (c->pid == 0) {
        struct error err = {0};
        close(fds[0]);
        _exit(demo_run(fds[1], fds[1], options, &err) == 0 ? 0 : 9);
    }
    close(fds[1]);
    c->fd = fds[0];
    size_t len = 0;
    while (!memchr(c->bootstrap, '\n', len)) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
        ssize_t n = read(c->fd, c->bootstrap + len, sizeof c->bootstrap - 1 - len);
        assert_true(n > 0);
        len += (size_t)n;
    }
    c->bootstrap[len - 1] = '\0';
}

static int child_end(struct child *c)
{
    int status = -1;
    close(c->fd);
    alarm(10); /* a child that stays is a test that fails */
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    alarm(0);
    return status;
}

static void test_tells_where_it_is_and_ends_with_its_parent(void **state)
{
    (void)state;
    struct child c = {0};
    child_start(&c, &(struct demo_options){.seed = 1});
    int ports[3], used = 0;
    assert_int_equal(
        sscanf(c.bootstrap, "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d%n", &ports[0], &ports[1], &ports[2], &used), 3);
    assert_int_equal(used, strlen(c.bootstrap));
    int status = child_end(&c);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_says_when_nobody_can_be_told(void **state)
{
    (void)state;
    struct error err = {0};
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    int full = open("/dev/full", O_WRONLY);
    assert_int_equal(demo_run(full, fds[0], &(struct demo_options){.seed = 1}, &err), ERR_IO);
    assert_non_null(strstr(err.text, "address"));
    close(full);
    close(fds[0]);
    close(fds[1]);
}

static rd_kafka_t *client_of(const struct child *c)
{
    char text[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    fixture_conf(conf, "bootstrap.servers", c->bootstrap);
    fixture_conf(conf, "group.id", "a-test");
    fixture_conf(conf, "log_level", "0");
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    assert_non_null(rk);
    return rk;
}

static int64_t end_of(rd_kafka_t *rk, const char *topic)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0)->offset = RD_KAFKA_OFFSET_END;
    assert_int_equal(rd_kafka_offsets_for_times(rk, list, DEADLINE_MS), 0);
    int64_t end = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return end;
}

static void test_shows_a_world_that_moves(void **state)
{
    (void)state;
    struct child c = {0};
    const struct rd_kafka_group_list *list;
    child_start(&c, &(struct demo_options){.seed = 1, .scale_groups = 2000, .scale_partitions = 10});
    rd_kafka_t *rk = client_of(&c);
    const rd_kafka_metadata_t *md = fixture_metadata(rk);
    assert_int_equal(md->broker_cnt, 3);
    assert_int_equal(md->topic_cnt, 14 + 20);
    rd_kafka_metadata_destroy(md);
    assert_int_equal(rd_kafka_list_groups(rk, NULL, &list, DEADLINE_MS), 0);
    assert_int_equal(list->group_cnt, 30 + 2000);
    rd_kafka_group_list_destroy(list);
    int64_t first = end_of(rk, "payments.transactions"), now = first;
    assert_true(first > 0);
    for (int tries = 0; now == first && tries < 1000; tries++) {
        poll(NULL, 0, 10);
        now = end_of(rk, "payments.transactions");
    }
    assert_true(now > first);
    rd_kafka_destroy(rk);
    assert_int_equal(child_end(&c), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_where_it_is_and_ends_with_its_parent),
        cmocka_unit_test(test_says_when_nobody_can_be_told),
        cmocka_unit_test(test_shows_a_world_that_moves),
    };
    return cmocka_run_group_tests_name("demo/demo", tests, NULL, NULL);
}
