/* Every special case of a lag, with the cells that it is to have. */
#include "kafka_fixture.h"

#include <math.h>

/* One topic "t" of one partition, 0 to 100, and a group "g" that has committed 90. */
static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(2, "truth");
    demo_world_topic_add(w, "t", 1, 2);
    int64_t now = clock_wall_ms(&clock_system);
    demo_world_append(w, "t", 0, now - 7200000, 0);
    demo_world_append(w, "t", 0, now - 3600000, 100);
    struct demo_group *g = demo_world_group_add(w, "g", "consumer");
    demo_group_set_state(g, "Stable");
    demo_group_member_add(g, "m-1", "client", "/10.0.0.1");
    demo_group_assign_range(g, "t", 1);
    demo_group_commit(g, "t", 0, 90, -1, NULL);
    return w;
}

static int setup(void **state)
{
    *state = fixture_new(make_world(), 8000);
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static struct demo_group *group_of(struct fixture *f)
{
    return demo_world_group(f->world, "g");
}

/* Another round, so many seconds later. */
static void later(struct fixture *f, int seconds)
{
    f->ahead_us += seconds * INT64_C(1000000);
    fixture_round(f);
}

static struct row *gp(struct fixture *f)
{
    return fixture_gp(f, "g", "t", 0);
}

static void compacted_lag_is_an_upper_bound(void **state)
{
    struct fixture *f = *state;
    demo_world_topic(f->world, "t")->config.cleanup_policy = "compact,delete";
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    cell_is_text(fixture_topic(f, "t"), TOPICS_CLEANUP_POLICY, "compact,delete", "exact");
    cell_is_int(fixture_topic(f, "t"), TOPICS_MESSAGES, 100, "le");
    cell_is_int(fixture_topic(f, "t"), TOPICS_LAG_MAX, 10, "le");
    cell_is_int(fixture_partition(f, "t", 0), PARTITIONS_MESSAGES, 100, "le");
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "le");
    cell_is_int(fixture_group(f, "g"), GROUPS_LAG, 10, "le");
    cell_is_int(fixture_row(f, "group_members", 3, (const char *const[]){"east", "g", "m-1"}, 0), MEMBERS_LAG, 10,
                "le");
    cell_is_int(fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0), CLUSTERS_LAG, 10, "le");
    demo_thread_pause(f->thread);
    demo_group_commit(group_of(f), "t", 0, 100, -1, NULL);
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact"); /* nothing is nothing */
    cell_is_int(fixture_group(f, "g"), GROUPS_LAG, 0, "exact");
}

static void compacted_and_leaderless_is_an_estimate(void **state)
{
    struct fixture *f = *state;
    demo_world_topic(f->world, "t")->config.cleanup_policy = "compact";
    demo_world_topic_add(f->world, "u", 1, 2);
    demo_world_set_leader(f->world, "u", 0, -1);
    demo_group_commit(group_of(f), "u", 0, 5, -1, NULL);
    fixture_add(f);
    fixture_round(f);
    cell_is_int(fixture_group(f, "g"), GROUPS_LAG, 10, "est"); /* neither bound holds */
    cell_is_int(fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0), CLUSTERS_LAG, 10, "est");
}

static void configurations_are_read_seldom(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    cell_is_text(fixture_topic(f, "t"), TOPICS_CLEANUP_POLICY, "delete", "exact");
    cell_is_real(fixture_topic(f, "t"), TOPICS_RETENTION_MS, 604800000, "exact");
    assert_true(isinf(row_get(fixture_topic(f, "t"), TOPICS_RETENTION_BYTES).d));
    uint64_t asked = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_DESCRIBE_CONFIGS, -1);
    demo_world_topic(f->world, "t")->config.cleanup_policy = "compact";
    demo_thread_resume(f->thread);
    assert_int_equal(asked, 1);
    later(f, 300);
    cell_is_text(fixture_topic(f, "t"), TOPICS_CLEANUP_POLICY, "delete", "exact");
    later(f, 301);
    cell_is_text(fixture_topic(f, "t"), TOPICS_CLEANUP_POLICY, "compact", "exact");
}

static void denied_configurations_are_said(void **state)
{
    struct fixture *f = *state;
    demo_world_topic(f->world, "t")->config.hidden = true;
    fixture_add(f);
    for (int i = 0; i < 2; i++) { /* asked once, said always */
        fixture_round(f);
        state_is(f, "ok");
        cell_is_unknown(fixture_topic(f, "t"), TOPICS_CLEANUP_POLICY);
        cell_is_unknown(fixture_topic(f, "t"), TOPICS_RETENTION_MS);
        cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact");
        cell_is_int(gp(f), GROUP_PARTITIONS_MARGIN, 90, "exact");
        cell_is_unknown(gp(f), GROUP_PARTITIONS_LOSS_S);
        struct row *c = fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
        cell_is_text(c, CLUSTERS_NOTE, "missing to know which topics are compacted: DESCRIBE_CONFIGS on topic t",
                     "exact");
    }
}

static void margin_and_time_to_loss(void **state)
{
    struct fixture *f = *state;
    demo_world_topic(f->world, "t")->config.retention_ms = 2 * 3600000;
    fixture_add(f);
    fixture_round(f);
    cell_is_int(gp(f), GROUP_PARTITIONS_MARGIN, 90, "exact");
    cell_is_int(fixture_group(f, "g"), GROUPS_MARGIN, 90, "exact");
    /* Record 90 of 100 was written 66 minutes ago and is kept for two hours: 54 minutes are left. */
    struct value left = row_get(gp(f), GROUP_PARTITIONS_LOSS_S);
    assert_string_equal(quality_name(left.quality), "est");
    assert_in_range((uint64_t)left.d, 54 * 60 * 8 / 10, 54 * 60 * 12 / 10);
    assert_true(row_get(fixture_group(f, "g"), GROUPS_LOSS_S).d == left.d);
    demo_thread_pause(f->thread);
    demo_world_topic_add(f->world, "u", 1, 2); /* a second partition, of which nothing is known */
    demo_world_set_leader(f->world, "u", 0, -1);
    demo_group_commit(group_of(f), "u", 0, 5, -1, NULL);
    demo_world_partition(f->world, "t", 0)->start = 95;
    demo_thread_resume(f->thread);
    later(f, 61);
    cell_is_int(gp(f), GROUP_PARTITIONS_MARGIN, -5, "exact");
    cell_is_real(gp(f), GROUP_PARTITIONS_LOSS_S, 0, "exact");
    cell_is_int(fixture_group(f, "g"), GROUPS_MARGIN, -5, "le");
    cell_is_real(fixture_group(f, "g"), GROUPS_LOSS_S, 0, "exact");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(compacted_lag_is_an_upper_bound), TEST(compacted_and_leaderless_is_an_estimate),
        TEST(configurations_are_read_seldom),  TEST(denied_configurations_are_said),
        TEST(margin_and_time_to_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
