/* The three ways in which the client library is known to end or hang a process, each set off under the source. What a client
 * without the source's precautions does of it is printed, as a newer library may have mended it. */
#include "kafka_fixture.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUPS = 6, CHILD_SECONDS = 5 };

static int setup(void **state)
{
    struct demo_world *w = demo_world_new(3, "east-1");
    demo_world_topic_add(w, "orders", 3, 3);
    for (int32_t p = 0; p < 3; p++)
        demo_world_set_offsets(w, "orders", p, 0, 100, 100);
    for (int i = 0; i < GROUPS; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%d", i);
        struct demo_group *g = demo_world_group_add(w, name, "consumer");
        g->coordinator = i % 3 + 1;
        demo_group_commit(g, "orders", i % 3, 90, -1, NULL);
    }
    *state = fixture_new(w, 2500);
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

/* Every group's lag is known and right. */
static void all_is_well(struct fixture *f)
{
    state_is(f, "ok");
    for (int i = 0; i < GROUPS; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%d", i);
        cell_is_int(fixture_group(f, name), GROUPS_LAG, 10, "exact");
    }
}

/* ---- a client without precautions, in a process of its own ---- */

static rd_kafka_t *plain_client(const char *bootstrap)
{
    char text[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, text, sizeof text);
    rd_kafka_conf_set(conf, "log_level", "0", text, sizeof text);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
}

static void plain_committed(const char *bootstrap)
{
    rd_kafka_t *rk = plain_client(bootstrap);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_ListConsumerGroupOffsets_t *ask = rd_kafka_ListConsumerGroupOffsets_new("g0", NULL);
    rd_kafka_ListConsumerGroupOffsets(rk, &ask, 1, NULL, queue);
    rd_kafka_event_destroy(rd_kafka_queue_poll(queue, CHILD_SECONDS * 1000));
}

static void plain_describe(const char *bootstrap)
{
    rd_kafka_t *rk = plain_client(bootstrap);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    const char *group = "g0";
    for (int i = 0; i < 2; i++) { /* the first one may end; no later one does */
        rd_kafka_DescribeConsumerGroups(rk, &group, 1, NULL, queue);
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, CHILD_SECONDS * 2000);
        if (event)
            rd_kafka_event_destroy(event);
    }
}

/* Runs a call in a child, which has a few seconds, and prints how it ended. */
static void show_plain(const char *name, void (*call)(const char *bootstrap), const char *bootstrap)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        signal(SIGSEGV, SIG_DFL);
        signal(SIGABRT, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        alarm(CHILD_SECONDS);
        call(bootstrap);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    print_message("%s, without precautions: %s %d\n", name,
                  WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hangs, ended by signal"
                  : WIFSIGNALED(status)                              ? "dies of signal"
                                                                     : "ends with status",
                  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* ---- the cases ---- */

static void no_coordinator_any_more(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    fixture_round(f);
    all_is_well(f);
    demo_thread_fault(f->thread,
                      &(struct demo_fault){
                          .api = DEMO_API_OFFSET_FETCH, .node = -1, .count = -1, .error = DEMO_ERROR_NOT_COORDINATOR});
    show_plain("a coordinator that is none", plain_committed, demo_thread_bootstrap(f->thread));
    fixture_round(f);
    state_is(f, "partial");
    demo_thread_faults_clear(f->thread);
    fixture_round(f);
    all_is_well(f);
}

/* A request is unanswered when its caller's time is over, its coordinator is away, and then comes back. */
static void coordinator_that_comes_back_late(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 1500;
    fixture_add(f);
    fixture_round(f);
    all_is_well(f);
    for (int i = 0; i < 4; i++) {
        struct error err;
        struct demo_broker *b = demo_thread_pause(f->thread);
        demo_broker_fault(
            b, &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = 2, .count = -1, .silent = i % 2 == 0});
        if (i % 2)
            demo_broker_node_down(b, 2, false);
        demo_thread_resume(f->thread);
        fixture_round(f);
        state_is(f, "partial");
        cell_is_int(fixture_group(f, "g1"), GROUPS_LAG, 10, "stale");
        cell_is_int(fixture_group(f, "g0"), GROUPS_LAG, 10, "exact");
        b = demo_thread_pause(f->thread);
        demo_broker_faults_clear(b);
        assert_int_equal(demo_broker_node_up(b, 2, &err), 0);
        demo_thread_resume(f->thread);
        fixture_round(f);
        fixture_round(f);
        all_is_well(f);
    }
}

static void coordinator_that_cannot_describe(void **state)
{
    struct fixture *f = *state;
    demo_api_versions_limit(demo_broker_versions(demo_thread_pause(f->thread)), DEMO_API_DESCRIBE_GROUPS, -1);
    demo_thread_resume(f->thread);
    show_plain("a coordinator that cannot describe groups", plain_describe, demo_thread_bootstrap(f->thread));
    fixture_add(f);
    for (int i = 0; i < 3; i++) {
        int64_t begun = clock_mono_us(&clock_system);
        fixture_round(f);
        assert_true(clock_mono_us(&clock_system) - begun < WAIT_MS / 2 * 1000);
    }
    const char *state_now = row_get(fixture_state(f), SOURCES_STATE).s->raw;
    assert_string_not_equal(state_now, "ok"); /* groups cannot be read, and that is said */
    cell_is_int(fixture_partition(f, "orders", 0), PARTITIONS_END, 100, "exact");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(no_coordinator_any_more),
        TEST(coordinator_that_comes_back_late),
        TEST(coordinator_that_cannot_describe),
    };
    return cmocka_run_group_tests_name("kafka/crashes", tests, NULL, NULL);
}
