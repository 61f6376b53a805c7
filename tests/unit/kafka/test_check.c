/* One line about a cluster: all well, permissions missing, nothing there. */
#include "kafka_fixture.h"

#include "kafka/check.h"

static int setup(void **state)
{
    struct demo_world *w = demo_world_new(2, "east-1");
    demo_world_topic_add(w, "orders", 2, 2);
    demo_world_topic_add(w, "secret", 1, 1);
    demo_group_commit(demo_world_group_add(w, "pay", "consumer"), "orders", 0, 0, -1, NULL);
    demo_group_commit(demo_world_group_add(w, "ship", "consumer"), "orders", 0, 0, -1, NULL);
    *state = fixture_new(w, 5000);
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void all_is_well(void **state)
{
    struct fixture *f = *state;
    struct str line = {0};
    assert_int_equal(kafka_check(&f->conf, &clock_system, &line), 0);
    assert_ptr_equal(strstr(line.s, "east: 2 brokers, 2 topics, 2 groups in "), line.s);
    str_done(&line);
}

static void permissions_are_named(void **state)
{
    struct fixture *f = *state;
    struct str line = {0};
    demo_world_group(f->world, "pay")->offsets_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    demo_world_group(f->world, "ship")->describe_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    demo_world_partition(f->world, "secret", 0)->offsets_error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
    assert_int_equal(kafka_check(&f->conf, &clock_system, &line), ERR_PARTIAL);
    assert_non_null(strstr(line.s, "missing to read committed offsets: DESCRIBE on group pay"));
    assert_non_null(strstr(line.s, "missing to describe groups: DESCRIBE on group ship"));
    assert_non_null(strstr(line.s, "missing to read offsets: DESCRIBE on topic secret"));
    str_done(&line);
}

static void nobody_is_there(void **state)
{
    struct fixture *f = *state;
    struct str line = {0};
    free(f->conf.bootstrap);
    f->conf.bootstrap = mem_strdup("127.0.0.1:1");
    assert_int_equal(kafka_check(&f->conf, &clock_system, &line), ERR_UNAVAILABLE);
    assert_non_null(strstr(line.s, "Connection refused"));
    str_done(&line);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(all_is_well), TEST(permissions_are_named), TEST(nobody_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
