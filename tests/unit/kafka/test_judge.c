/* Verdicts, net rates, skew, hot partitions and topics of groups, from a scripted cluster into the tables. */
#include "kafka_fixture.h"

/* Four partitions of 1,000 records from 100 on, written from two hours ago to an hour ago, and a group of two members. */
static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(3, "east-1");
    demo_world_topic_add(w, "orders", 4, 3);
    demo_world_topic_add(w, "clicks", 2, 2);
    int64_t now = clock_wall_ms(&clock_system);
    for (int32_t p = 0; p < 4; p++) {
        demo_world_append(w, "orders", p, now - 7200000, 100);
        demo_world_append(w, "orders", p, now - 3600000, 1100);
        demo_world_partition(w, "orders", p)->start = 100;
    }
    demo_world_set_offsets(w, "clicks", 0, 0, 50, 50);
    struct demo_group *g = demo_world_group_add(w, "pay", "consumer");
    demo_group_set_state(g, "Stable");
    demo_group_member_add(g, "m-1", "pay-1", "/10.0.0.1");
    demo_group_member_add(g, "m-2", "pay-2", "/10.0.0.2");
    demo_group_assign_range(g, "orders", 4);
    return w;
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(make_world(), 8000);
    fixture_stop_clock(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void commit(struct fixture *f, const char *topic, int32_t partition, int64_t offset)
{
    demo_group_commit(demo_world_group(f->world, "pay"), topic, partition, offset, -1, NULL);
}

/* Time passes, each partition of orders gets `in` records, and all but those up to `lag` are committed; lag -1: nothing is.
 */
static void pass(struct fixture *f, int64_t seconds, int64_t in, int64_t lag)
{
    demo_thread_pause(f->thread);
    atomic_fetch_add(&f->ahead_us, seconds * 1000000);
    for (int32_t p = 0; p < 4; p++) {
        int64_t end = demo_world_partition(f->world, "orders", p)->end + in;
        if (in)
            demo_world_append(f->world, "orders", p, clock_wall_ms(&f->clock), end);
        if (lag >= 0)
            commit(f, "orders", p, end - lag);
    }
    demo_thread_resume(f->thread);
    fixture_round(f);
}

static struct row *topic_row(struct fixture *f, const char *topic)
{
    return fixture_row(f, "group_topics", 3, (const char *const[]){"east", "pay", topic}, 0);
}

static void topics_of_a_group(void **state)
{
    struct fixture *f = *state;
    commit(f, "orders", 0, 1100);
    commit(f, "orders", 1, 1000);
    commit(f, "orders", 2, 40);
    commit(f, "clicks", 0, 20);
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    struct row *r = topic_row(f, "orders");
    cell_is_int(r, GROUP_TOPICS_LAG, 1100, "exact");
    cell_is_int(r, GROUP_TOPICS_LOST, 60, "exact");
    cell_is_int(r, GROUP_TOPICS_PARTITIONS, 4, "exact");
    cell_is_int(r, GROUP_TOPICS_BEHIND, 2, "exact");
    cell_is_int(r, GROUP_TOPICS_MEMBERS, 2, "exact");
    cell_is_text(r, GROUP_TOPICS_VERDICT, "losing", "exact");
    cell_is_text(r, GROUP_TOPICS_WHY, "orders-2: 60 messages deleted before they were read", "exact");
    r = topic_row(f, "clicks");
    cell_is_int(r, GROUP_TOPICS_LAG, 30, "exact");
    cell_is_int(r, GROUP_TOPICS_MEMBERS, 0, "exact");
    cell_is_text(r, GROUP_TOPICS_VERDICT, "unread", "exact");
    cell_is_text(r, GROUP_TOPICS_WHY, "clicks-0: assigned to no member, 30 unread", "exact");
    r = fixture_group(f, "pay"); /* what its worst partition is */
    cell_is_text(r, GROUPS_VERDICT, "losing", "exact");
    cell_is_text(r, GROUPS_WHY, "orders-2: 60 messages deleted before they were read", "exact");
    cell_is_unknown(fixture_gp(f, "pay", "orders", 3), GROUP_PARTITIONS_VERDICT); /* no commit, no verdict */
    cell_is_text(fixture_gp(f, "pay", "orders", 0), GROUP_PARTITIONS_VERDICT, "ok", "exact");
    cell_is_text(fixture_gp(f, "pay", "orders", 0), GROUP_PARTITIONS_BURROW, "OK", "exact");
    cell_is_unknown(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_BURROW); /* no commit was seen */
    commit(f, "clicks", 0, -1);
    atomic_fetch_add(&f->ahead_us, 5000000);
    fixture_round(f);
    assert_null(topic_row(f, "clicks"));
    assert_non_null(topic_row(f, "orders"));
    demo_world_group_remove(f->world, "pay");
    atomic_fetch_add(&f->ahead_us, 5000000);
    fixture_round(f);
    assert_null(topic_row(f, "orders"));
}

static void members_and_skew(void **state)
{
    struct fixture *f = *state;
    commit(f, "orders", 0, 1100);
    commit(f, "orders", 1, 1000);
    commit(f, "orders", 2, 100);
    fixture_add(f);
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    cell_is_real(r, GROUPS_SKEW, 1.23, "est");        /* of 0, 100 and 1,000 */
    cell_is_real(r, GROUPS_MEMBER_SKEW, 0.82, "est"); /* of 100 and 1,000 */
    cell_is_unknown(r, GROUPS_RATE_SKEW);
    r = fixture_row(f, "group_members", 3, (const char *const[]){"east", "pay", "m-2"}, 0);
    cell_is_int(r, MEMBERS_TOPICS, 1, "exact");
    cell_is_int(r, MEMBERS_LAG, 1000, "exact");
    assert_in_range((uint64_t)row_get(r, MEMBERS_LAG_S).d, 6480, 7920); /* the record at 100 is two hours old */
}

/* Commits every 30 s, then none while records arrive: told of after four such intervals, and by Burrow's rules as well. */
static void from_ok_to_stuck(void **state)
{
    struct fixture *f = *state;
    for (int32_t p = 0; p < 4; p++)
        commit(f, "orders", p, 1100);
    fixture_add(f);
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    for (int i = 0; i < 12; i++) {
        pass(f, 30, 300, 0);
        cell_is_text(r, GROUPS_VERDICT, "ok", "exact");
        cell_is_text(r, GROUPS_BURROW, "OK", "exact");
    }
    for (int i = 0; i < 4; i++) {
        pass(f, 30, 300, -1);
        assert_string_not_equal(row_get(r, GROUPS_VERDICT).s->raw, "stuck");
    }
    for (int i = 0; i < 9; i++)
        pass(f, 30, 300, -1);
    cell_is_text(r, GROUPS_VERDICT, "stuck", "exact");
    cell_is_text(r, GROUPS_WHY, "orders-0: stuck at offset 4,700 for over 5 min while 10/s arrive; 3 more stuck",
                 "exact");
    cell_is_text(r, GROUPS_BURROW, "ERR", "exact");
    cell_is_text(fixture_gp(f, "pay", "orders", 3), GROUP_PARTITIONS_BURROW, "STOP", "exact");
    cell_is_text(fixture_gp(f, "pay", "orders", 3), GROUP_PARTITIONS_VERDICT, "stuck", "exact");
    assert_float_equal(row_get(r, GROUPS_NET_RATE).d, -40, 1);
    assert_string_equal(quality_name(row_get(r, GROUPS_NET_RATE).quality), "est");
    assert_true(row_get(r, GROUPS_ETA_S).d > 1e300);
}

/* The eta is the lag by the net rate: 30 a second arrive, 60 are read. */
static void eta_by_the_net_rate(void **state)
{
    struct fixture *f = *state;
    for (int32_t p = 0; p < 4; p++)
        commit(f, "orders", p, 100);
    fixture_add(f);
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    for (int i = 1; i <= 24; i++)
        pass(f, 5, 150, 1000 + 3600 - i * 150);
    struct value lag = row_get(r, GROUPS_LAG), net = row_get(r, GROUPS_NET_RATE), eta = row_get(r, GROUPS_ETA_S);
    assert_int_equal(lag.i, 4 * 1000);
    assert_float_equal(net.d, 4 * 30, 3);
    assert_float_equal(eta.d, (double)lag.i / net.d, 0.1);
    cell_is_text(r, GROUPS_VERDICT, "catching up", "exact");
    cell_is_text(r, GROUPS_WHY, "orders-0: catching up, done in ~1 min; 3 more catching up", "exact");
}

/* Three partitions are well and one has no leader: nobody knows how far behind the group is. */
static void what_cannot_be_read_is_not_ok(void **state)
{
    struct fixture *f = *state;
    for (int32_t p = 0; p < 4; p++)
        commit(f, "orders", p, 1100);
    fixture_add(f);
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    for (int i = 0; i < 6; i++)
        pass(f, 5, 150, 0);
    cell_is_text(r, GROUPS_VERDICT, "ok", "exact");
    cell_is_real(r, GROUPS_ETA_S, 0, "exact");
    demo_thread_pause(f->thread);
    demo_world_set_leader(f->world, "orders", 1, -1);
    demo_thread_resume(f->thread);
    pass(f, 5, 150, 0);
    cell_is_int(r, GROUPS_LAG, 0, "ge");
    cell_is_unknown(r, GROUPS_ETA_S);
    cell_is_unknown(r, GROUPS_VERDICT);
    cell_is_text(r, GROUPS_WHY, "1 partition could not be read", "exact");
    cell_is_unknown(topic_row(f, "orders"), GROUP_TOPICS_VERDICT);
    pass(f, 5, 150, 20);
    assert_string_equal(quality_name(row_get(r, GROUPS_ETA_S).quality), "ge");
}

/* Whoever left has read fast until then. */
static void eta_of_what_nobody_reads_is_never(void **state)
{
    struct fixture *f = *state;
    for (int32_t p = 0; p < 4; p++)
        commit(f, "orders", p, 1100);
    fixture_add(f);
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    for (int i = 0; i < 6; i++)
        pass(f, 5, 150, 20);
    assert_true(row_get(r, GROUPS_ETA_S).d < 60);
    demo_thread_pause(f->thread);
    demo_group_members_clear(demo_world_group(f->world, "pay"));
    demo_group_set_state(demo_world_group(f->world, "pay"), "Empty");
    demo_thread_resume(f->thread);
    pass(f, 12, 10, -1);
    cell_is_text(r, GROUPS_VERDICT, "ok", "exact");
    cell_is_int(r, GROUPS_LAG, 4 * 30, "exact");
    assert_true(row_get(r, GROUPS_ETA_S).d > 1e300);
    assert_true(row_get(topic_row(f, "orders"), GROUP_TOPICS_ETA_S).d > 1e300);
    assert_true(row_get(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_ETA_S).d > 1e300);
}

static void group_without_members(void **state)
{
    struct fixture *f = *state;
    for (int32_t p = 0; p < 4; p++)
        commit(f, "orders", p, 1000);
    struct demo_group *g = demo_world_group(f->world, "pay");
    demo_group_members_clear(g);
    demo_group_set_state(g, "Empty");
    fixture_add(f);
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    cell_is_text(r, GROUPS_VERDICT, "unread", "exact");
    cell_is_text(r, GROUPS_WHY, "no members, 400 unread", "exact");
    for (int i = 0; i < 8; i++)
        pass(f, 30, 300, -1);
    cell_is_text(r, GROUPS_WHY, "no members, lag grows 40/s", "exact");
}

static void rebalances_in_circles(void **state)
{
    struct fixture *f = *state;
    for (int32_t p = 0; p < 4; p++)
        commit(f, "orders", p, 1100);
    fixture_add(f);
    fixture_round(f);
    struct demo_group *g = demo_world_group(f->world, "pay");
    struct row *r = fixture_group(f, "pay");
    for (int i = 0; i < 3; i++) {
        cell_is_text(r, GROUPS_VERDICT, "ok", "exact");
        demo_group_set_state(g, "PreparingRebalance");
        pass(f, 30, 0, 0);
        demo_group_set_state(g, "Stable");
        pass(f, 30, 0, 0);
    }
    cell_is_text(r, GROUPS_VERDICT, "rebalancing", "exact");
    cell_is_text(r, GROUPS_WHY, "rebalances again and again, 3 times within 10 min", "exact");
    pass(f, 600, 0, 0);
    cell_is_text(r, GROUPS_VERDICT, "ok", "exact");
    cell_is_unknown(r, GROUPS_WHY);
}

static void hot_partitions(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    for (int i = 0; i < 3; i++) {
        cell_is_unknown(fixture_partition(f, "orders", 2), PARTITIONS_HOT); /* before the third observation */
        demo_world_append(f->world, "orders", 2, clock_wall_ms(&f->clock),
                          demo_world_partition(f->world, "orders", 2)->end + 900);
        pass(f, 10, 100, -1);
        if (i == 0)
            continue;
        cell_is_int(fixture_partition(f, "orders", 2), PARTITIONS_HOT, 1, "exact");
        cell_is_int(fixture_partition(f, "orders", 1), PARTITIONS_HOT, 0, "exact");
        cell_is_int(fixture_topic(f, "orders"), TOPICS_HOT_PARTITIONS, 1, "exact");
        break;
    }
    for (int i = 0; i < 8; i++)
        pass(f, 30, 100, -1);
    cell_is_int(fixture_partition(f, "orders", 2), PARTITIONS_HOT, 0, "exact");
    cell_is_int(fixture_topic(f, "orders"), TOPICS_HOT_PARTITIONS, 0, "exact");
    cell_is_unknown(fixture_topic(f, "clicks"), TOPICS_HOT_PARTITIONS); /* of two, neither is the odd one */
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(topics_of_a_group),
        T(members_and_skew),
        T(from_ok_to_stuck),
        T(eta_by_the_net_rate),
        T(eta_of_what_nobody_reads_is_never),
        T(what_cannot_be_read_is_not_ok),
        T(group_without_members),
        T(rebalances_in_circles),
        T(hot_partitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
