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

/* ---- transactions ---- */

/* The last `n` offsets of "t" are markers. */
static void mark_last(struct fixture *f, int64_t n)
{
    struct demo_partition *p = demo_world_partition(f->world, "t", 0);
    for (int64_t offset = p->end - n; offset < p->end; offset++)
        vec_push(&p->markers, offset);
}

static void commit(struct fixture *f, int64_t offset)
{
    demo_thread_pause(f->thread);
    demo_group_commit(group_of(f), "t", 0, offset, -1, NULL);
    demo_thread_resume(f->thread);
}

static int64_t fetches(struct fixture *f)
{
    int64_t n = (int64_t)demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_FETCH, -1);
    demo_thread_resume(f->thread);
    return n;
}

static void a_lag_of_markers_is_caught_up(void **state)
{
    struct fixture *f = *state;
    mark_last(f, 10);
    fixture_add(f);
    fixture_round(f); /* a snapshot has only this one */
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_real(gp(f), GROUP_PARTITIONS_LAG_S, 0, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_COMMITTED, 90, "exact"); /* as they are */
    cell_is_int(gp(f), GROUP_PARTITIONS_END, 100, "exact");
    cell_is_text(gp(f), GROUP_PARTITIONS_NOTE, "caught up: only transaction markers are left", "exact");
    cell_is_int(fixture_group(f, "g"), GROUPS_LAG, 0, "exact");
    cell_is_int(fixture_group(f, "g"), GROUPS_BEHIND, 0, "exact");
    cell_is_text(fixture_group(f, "g"), GROUPS_NOTE, "only transaction markers left on 1 partition", "exact");
    int64_t asked = fetches(f);
    later(f, 5);
    assert_int_equal(fetches(f), asked); /* once is enough while nothing moves */
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    demo_thread_pause(f->thread); /* a message comes */
    demo_world_append(f->world, "t", 0, clock_wall_ms(&f->clock), 101);
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 11, "exact");
    later(f, 5);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 11, "exact");
    commit(f, 101);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_unknown(gp(f), GROUP_PARTITIONS_NOTE);
}

static void a_message_among_markers_is_a_lag(void **state)
{
    struct fixture *f = *state;
    mark_last(f, 5); /* 90 to 94 are messages */
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact");
    int64_t asked = fetches(f);
    later(f, 5);
    assert_int_equal(fetches(f), asked); /* 90 is known to be one */
    commit(f, 95);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    demo_group_commit(demo_world_group_add(f->world, "h", ""), "t", 0, 92, -1, NULL);
    later(f, 5); /* another group of the same partition */
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_int(fixture_gp(f, "h", "t", 0), GROUP_PARTITIONS_LAG, 8, "exact");
}

static void long_lags_are_not_read(void **state)
{
    struct fixture *f = *state;
    demo_world_append(f->world, "t", 0, clock_wall_ms(&clock_system), 1000);
    mark_last(f, 910);
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 910, "exact");
    assert_int_equal(fetches(f), 0);
}

static void records_that_are_denied_are_not_read(void **state)
{
    struct fixture *f = *state;
    mark_last(f, 10);
    f->conf.no_records = true;
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact");
    assert_int_equal(fetches(f), 0);
}

static void who_may_not_read_is_told_the_lag(void **state)
{
    struct fixture *f = *state;
    mark_last(f, 10);
    demo_thread_fault(
        f->thread, &(struct demo_fault){
                       .api = DEMO_API_FETCH, .node = -1, .count = -1, .error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED});
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    state_is(f, "ok");
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact");
}

static void an_open_transaction_is_between_two_ends(void **state)
{
    struct fixture *f = *state;
    demo_world_partition(f->world, "t", 0)->lso = 93;
    fixture_add(f);
    fixture_round(f);
    struct row *p = fixture_partition(f, "t", 0);
    cell_is_int(p, PARTITIONS_END, 100, "exact");
    cell_is_int(p, PARTITIONS_STABLE_END, 93, "exact");
    cell_is_int(p, PARTITIONS_OPEN_MESSAGES, 7, "exact");
    int64_t since = row_get(p, PARTITIONS_OPEN_SINCE).i;
    cell_is_unknown(p, PARTITIONS_NOTE);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact"); /* to the high watermark, as the tool has it */
    commit(f, 93);
    later(f, 61);
    cell_is_int(p, PARTITIONS_OPEN_SINCE, since, "exact");
    cell_is_text(p, PARTITIONS_NOTE, "open transaction", "exact");
    cell_is_text(gp(f), GROUP_PARTITIONS_NOTE, "open transaction", "exact");
    assert_false(fixture_told(f, "topic t", "transaction"));
    later(f, 900);
    cell_is_text(p, PARTITIONS_NOTE, "hanging transaction", "exact");
    cell_is_text(gp(f), GROUP_PARTITIONS_NOTE, "hanging transaction", "exact");
    cell_is_text(fixture_group(f, "g"), GROUPS_NOTE, "1 partition held by an open transaction", "exact");
    assert_true(
        fixture_told(f, "topic t", "a transaction on partition 0 is open for more than 15 minutes: 7 messages"));
    demo_thread_pause(f->thread); /* it ends, with a marker */
    demo_world_append(f->world, "t", 0, clock_wall_ms(&f->clock), 101);
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(p, PARTITIONS_STABLE_END, 101, "exact");
    cell_is_int(p, PARTITIONS_OPEN_MESSAGES, 0, "exact");
    cell_is_unknown(p, PARTITIONS_OPEN_SINCE);
    cell_is_unknown(p, PARTITIONS_NOTE);
}

static void a_group_that_reads_committed_ends_before(void **state)
{
    struct fixture *f = *state;
    demo_world_partition(f->world, "t", 0)->lso = 93;
    f->conf.read_committed_groups.in = (char *[]){(char[]){"g"}, NULL};
    demo_group_commit(demo_world_group_add(f->world, "h", "consumer"), "t", 0, 90, -1, NULL);
    fixture_add(f);
    fixture_round(f);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 3, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_END, 93, "exact");
    cell_is_int(fixture_group(f, "g"), GROUPS_LAG, 3, "exact");
    cell_is_int(fixture_gp(f, "h", "t", 0), GROUP_PARTITIONS_LAG, 10, "exact");
    commit(f, 93);
    later(f, 61);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_text(gp(f), GROUP_PARTITIONS_NOTE, "open transaction", "exact"); /* it waits */
}

static void the_other_end_that_is_not_told_leaves_a_bound(void **state)
{
    struct fixture *f = *state;
    f->conf.read_committed_groups.in = (char *[]){(char[]){"g"}, NULL};
    demo_world_partition(f->world, "t", 0)->lso = 93;
    fixture_add(f);
    fixture_round(f);
    demo_thread_pause(f->thread);
    struct demo_partition *p = demo_world_partition(f->world, "t", 0);
    p->end = 110;
    p->stable_error = DEMO_ERROR_OFFSET_NOT_AVAILABLE;
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 20, "le");
    cell_is_int(fixture_partition(f, "t", 0), PARTITIONS_STABLE_END, 93, "stale");
    cell_is_int(fixture_group(f, "g"), GROUPS_LAG, 20, "le");
}

static void both_ends_are_known_of_a_cluster_read_committed(void **state)
{
    struct fixture *f = *state;
    demo_world_partition(f->world, "t", 0)->lso = 93;
    f->conf.read_committed = true;
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    struct row *p = fixture_partition(f, "t", 0);
    cell_is_int(p, PARTITIONS_END, 93, "exact");
    cell_is_int(p, PARTITIONS_STABLE_END, 93, "exact");
    cell_is_int(p, PARTITIONS_OPEN_MESSAGES, 7, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 3, "exact");
}

static void the_other_end_is_not_asked_where_nothing_moves(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    later(f, 5);
    uint64_t before = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_LIST_OFFSETS, -1);
    demo_thread_resume(f->thread);
    later(f, 5);
    uint64_t after = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_LIST_OFFSETS, -1);
    demo_thread_resume(f->thread);
    assert_true(after - before <= 3); /* the end, the start since there is a lag, and what tells the time */
    cell_is_int(fixture_partition(f, "t", 0), PARTITIONS_STABLE_END, 100, "exact");
}

/* Starts of all partitions are read once a minute here, that of one with a lag in every round. */
static void deleted_messages_are_no_lag_for_long(void **state)
{
    struct fixture *f = *state;
    demo_world_topic_add(f->world, "quiet", 1, 2);
    demo_world_append(f->world, "quiet", 0, clock_wall_ms(&clock_system), 10);
    fixture_add(f);
    fixture_round(f);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact");
    demo_thread_pause(f->thread);
    demo_world_partition(f->world, "t", 0)->start = 95;
    demo_world_partition(f->world, "quiet", 0)->start = 5;
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_START, 95, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 5, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_LOST, 5, "exact");
    cell_is_int(fixture_partition(f, "quiet", 0), PARTITIONS_START, 0, "exact");
    demo_thread_pause(f->thread);
    demo_world_partition(f->world, "t", 0)->start = 100; /* all that there was */
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_LOST, 10, "exact");
    demo_thread_pause(f->thread);
    demo_world_partition(f->world, "t", 0)->start = 0; /* another topic of that name, as long as the last one */
    demo_thread_resume(f->thread);
    later(f, 5);
    cell_is_int(gp(f), GROUP_PARTITIONS_LAG, 10, "exact");
    cell_is_int(gp(f), GROUP_PARTITIONS_LOST, 0, "exact");
    state_is(f, "ok");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(compacted_lag_is_an_upper_bound),
        TEST(compacted_and_leaderless_is_an_estimate),
        TEST(configurations_are_read_seldom),
        TEST(denied_configurations_are_said),
        TEST(margin_and_time_to_loss),
        TEST(a_lag_of_markers_is_caught_up),
        TEST(a_message_among_markers_is_a_lag),
        TEST(long_lags_are_not_read),
        TEST(records_that_are_denied_are_not_read),
        TEST(who_may_not_read_is_told_the_lag),
        TEST(an_open_transaction_is_between_two_ends),
        TEST(a_group_that_reads_committed_ends_before),
        TEST(the_other_end_that_is_not_told_leaves_a_bound),
        TEST(both_ends_are_known_of_a_cluster_read_committed),
        TEST(the_other_end_is_not_asked_where_nothing_moves),
        TEST(deleted_messages_are_no_lag_for_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
