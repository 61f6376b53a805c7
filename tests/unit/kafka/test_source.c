/* The numbers of every state a group, a partition and a topic can be in, collected from a scripted cluster. */
#include "kafka_fixture.h"

#include <math.h>

/* Three nodes; orders with 4 partitions of 1,000 records from 100 on, and groups in every state. */
static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(3, "east-1");
    demo_world_topic_add(w, "orders", 4, 3);
    demo_world_topic_add(w, "clicks", 2, 2);
    int64_t now = clock_wall_ms(&clock_system);
    for (int32_t p = 0; p < 4; p++) { /* ten records a 36 s, from two hours ago to an hour ago */
        demo_world_append(w, "orders", p, now - 7200000, 100);
        demo_world_append(w, "orders", p, now - 3600000, 1100);
        demo_world_partition(w, "orders", p)->start = 100;
    }
    demo_world_set_offsets(w, "clicks", 0, 0, 50, 40);
    struct demo_group *g = demo_world_group_add(w, "pay", "consumer");
    demo_group_set_state(g, "Stable");
    demo_group_member_add(g, "m-1", "pay-1", "/10.0.0.1");
    demo_group_member_add(g, "m-2", "pay-2", "/10.0.0.2");
    demo_group_assign_range(g, "orders", 4);
    demo_group_commit(g, "orders", 0, 1100, 7, NULL);   /* caught up */
    demo_group_commit(g, "orders", 1, 1000, 7, "note"); /* 100 behind */
    demo_group_commit(g, "orders", 2, 40, 7, NULL);     /* 60 lost, 1000 behind */
    return w;                                           /* and none of 3 */
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(make_world(), 8000);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void sums_and_partitions(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    struct row *g = fixture_group(f, "pay");
    cell_is_text(g, GROUPS_STATE, "Stable", "exact");
    cell_is_text(g, GROUPS_TYPE, "consumer", "exact");
    cell_is_text(g, GROUPS_ASSIGNOR, "range", "exact");
    cell_is_int(g, GROUPS_LAG, 1100, "exact");
    cell_is_int(g, GROUPS_LAG_MAX, 1000, "exact");
    cell_is_int(g, GROUPS_LOST, 60, "exact");
    cell_is_int(g, GROUPS_MEMBERS, 2, "exact");
    cell_is_int(g, GROUPS_PARTITIONS, 4, "exact");
    cell_is_int(g, GROUPS_BEHIND, 2, "exact");
    cell_is_int(g, GROUPS_NO_COMMIT, 1, "exact");
    cell_is_int(g, GROUPS_TOPICS, 1, "exact");
    cell_is_unknown(g, GROUPS_RATE_OUT); /* one observation is no rate */
    cell_is_text(g, GROUPS_NOTE, "messages lost", "exact");
    struct row *p = fixture_gp(f, "pay", "orders", 0);
    cell_is_int(p, GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_real(p, GROUP_PARTITIONS_LAG_S, 0, "exact");
    cell_is_text(p, GROUP_PARTITIONS_MEMBER, "m-1", "exact");
    p = fixture_gp(f, "pay", "orders", 1);
    cell_is_int(p, GROUP_PARTITIONS_LAG, 100, "exact");
    cell_is_text(p, GROUP_PARTITIONS_METADATA, "note", "exact");
    /* Record 1000 was written 66 minutes ago: known at once, because the broker was asked. */
    assert_string_equal(quality_name(row_get(p, GROUP_PARTITIONS_LAG_S).quality), "est");
    assert_in_range((uint64_t)row_get(p, GROUP_PARTITIONS_LAG_S).d, 3960 * 9 / 10, 3960 * 11 / 10);
    p = fixture_gp(f, "pay", "orders", 2);
    cell_is_int(p, GROUP_PARTITIONS_LAG, 1000, "exact");
    cell_is_int(p, GROUP_PARTITIONS_LOST, 60, "exact");
    cell_is_text(p, GROUP_PARTITIONS_HOST, "/10.0.0.2", "exact");
    p = fixture_gp(f, "pay", "orders", 3);
    cell_is_unknown(p, GROUP_PARTITIONS_LAG);
    cell_is_unknown(p, GROUP_PARTITIONS_COMMITTED);
    cell_is_int(p, GROUP_PARTITIONS_END, 1100, "exact");
    cell_is_text(p, GROUP_PARTITIONS_NOTE, "no commit", "exact");
    struct row *m = fixture_row(f, "group_members", 3, (const char *const[]){"east", "pay", "m-1"}, 0);
    cell_is_text(m, MEMBERS_ASSIGNMENT, "orders(0,1)", "exact");
    cell_is_int(m, MEMBERS_LAG, 100, "exact");
}

static void topics_brokers_and_cluster(void **state)
{
    struct fixture *f = *state;
    demo_world_set_in_sync(f->world, "orders", 1, 3, false);
    demo_world_set_leader(f->world, "clicks", 1, -1);
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    struct row *t = fixture_topic(f, "orders");
    cell_is_int(t, TOPICS_MESSAGES, 4000, "exact");
    cell_is_int(t, TOPICS_UNDER_REPLICATED, 1, "exact");
    cell_is_int(t, TOPICS_GROUPS, 1, "exact");
    cell_is_int(t, TOPICS_LAG_MAX, 1100, "exact");
    t = fixture_topic(f, "clicks");
    cell_is_int(t, TOPICS_LEADERLESS, 1, "exact");
    cell_is_int(t, TOPICS_MESSAGES, 50, "ge");
    cell_is_int(t, TOPICS_GROUPS, 0, "exact");
    struct row *p = fixture_partition(f, "clicks", 1);
    cell_is_unknown(p, PARTITIONS_LEADER);
    cell_is_unknown(p, PARTITIONS_END);
    cell_is_text(p, PARTITIONS_NOTE, "no leader", "exact");
    p = fixture_partition(f, "clicks", 0);
    cell_is_int(p, PARTITIONS_END, 50, "exact"); /* the high watermark */
    struct row *c = fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
    cell_is_text(c, CLUSTERS_ID, "east-1", "exact");
    cell_is_int(c, CLUSTERS_BROKERS, 3, "exact");
    cell_is_int(c, CLUSTERS_CONTROLLER, 1, "exact");
    cell_is_int(c, CLUSTERS_TOPICS, 2, "exact");
    cell_is_int(c, CLUSTERS_PARTITIONS, 6, "exact");
    cell_is_int(c, CLUSTERS_LAG, 1100, "exact");
    cell_is_int(c, CLUSTERS_GROUPS_LAGGING, 1, "exact");
    cell_is_int(c, CLUSTERS_LEADERLESS, 1, "exact");
    struct row *b = fixture_row(f, "brokers", 2, (const char *const[]){"east", NULL}, 3);
    cell_is_int(b, BROKERS_UNDER_REPLICATED, 1, "exact");
    cell_is_text(b, BROKERS_STATE, "up", "exact");
}

static void read_committed_counts_to_the_last_stable(void **state)
{
    struct fixture *f = *state;
    f->conf.read_committed = true;
    fixture_add(f);
    fixture_round(f);
    cell_is_int(fixture_partition(f, "clicks", 0), PARTITIONS_END, 40, "exact");
}

static void globs_choose(void **state)
{
    struct fixture *f = *state;
    f->conf.topics.in = (char *[]){(char[]){"cl*"}, NULL};
    f->conf.groups.out = (char *[]){(char[]){"nobody"}, NULL};
    demo_group_commit(demo_world_group(f->world, "pay"), "clicks", 0, 20, -1, NULL);
    fixture_add(f);
    fixture_round(f);
    assert_null(fixture_topic(f, "orders"));
    assert_null(fixture_gp(f, "pay", "orders", 0));
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 30, "exact");
    cell_is_int(fixture_group(f, "pay"), GROUPS_PARTITIONS, 1, "exact");
}

/* What is left out is neither gone nor deleted, and what is summed without it is a lower bound. */
static void left_out_is_not_gone(void **state)
{
    struct fixture *f = *state;
    f->conf.max_partitions = 5; /* 2 of "clicks", not the 4 of "orders" */
    f->conf.max_groups = 1;
    demo_group_commit(demo_world_group(f->world, "pay"), "clicks", 0, 20, -1, NULL);
    fixture_add(f);
    fixture_round(f);
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 30, "ge");
    assert_non_null(strstr(row_get(fixture_group(f, "pay"), GROUPS_NOTE).s->raw, "not read: max_partitions"));
    cell_is_unknown(fixture_gp(f, "pay", "orders", 0), GROUP_PARTITIONS_LAG);
    cell_is_text(fixture_gp(f, "pay", "orders", 0), GROUP_PARTITIONS_NOTE, "not read: max_partitions", "exact");
    struct row *cluster = fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
    cell_is_int(cluster, CLUSTERS_TOPICS, 1, "ge");
    cell_is_int(cluster, CLUSTERS_LAG, 30, "ge");
    demo_world_topic_add(f->world, "about", 4, 3); /* takes the place of "clicks" */
    fixture_round(f);
    assert_null(fixture_topic(f, "clicks"));
    assert_false(fixture_told(f, "topic clicks", "is gone"));
    cell_is_text(fixture_gp(f, "pay", "clicks", 0), GROUP_PARTITIONS_NOTE, "not read: max_partitions", "exact");
    demo_world_topic_remove(f->world, "about");
    fixture_round(f);
    assert_false(fixture_told(f, "topic clicks", "is new"));
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 30, "ge");
    demo_world_topic_remove(f->world, "orders");
    fixture_round(f);
    cell_is_text(fixture_gp(f, "pay", "orders", 0), GROUP_PARTITIONS_NOTE, "topic deleted", "exact");
}

static void caps_make_it_partial(void **state)
{
    struct fixture *f = *state;
    f->conf.max_partitions = 4;
    demo_world_group_add(f->world, "zeta", "consumer");
    f->conf.max_groups = 1;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "partial");
    assert_non_null(strstr(row_get(fixture_state(f), SOURCES_ERROR).s->raw, "max_partitions"));
    assert_null(fixture_group(f, "zeta"));
}

static void other_kinds_of_groups(void **state)
{
    struct fixture *f = *state;
    struct demo_world *w = f->world;
    demo_group_commit(demo_world_group_add(w, "script", ""), "orders", 0, 1000, -1, NULL);
    struct demo_group *g = demo_world_group_add(w, "newer", "consumer");
    g->kip848 = true;
    demo_group_set_state(g, "Stable");
    demo_group_commit(g, "orders", 0, 900, -1, NULL);
    g = demo_world_group_add(w, "workers", "connect");
    demo_group_set_state(g, "Stable");
    demo_group_member_set_raw(demo_group_member_add(g, "w-1", "connect-1", "/10.0.0.9"), "\xff\xff", 2, "\x7f", 1);
    g = demo_world_group_add(w, "empty", "consumer");
    demo_group_commit(g, "orders", 1, 1100, -1, NULL);
    g = demo_world_group_add(w, "broken", "consumer");
    demo_group_set_state(g, "Stable");
    demo_group_member_set_raw(demo_group_member_add(g, "b-1", "b", "/10.0.0.8"), "", 0, "\0\0\x7f\xff\xff\xff", 6);
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    struct row *r = fixture_group(f, "script");
    cell_is_text(r, GROUPS_TYPE, "simple", "exact");
    cell_is_int(r, GROUPS_LAG, 100, "exact");
    r = fixture_group(f, "newer");
    cell_is_text(r, GROUPS_TYPE, "KIP-848", "exact");
    cell_is_text(r, GROUPS_STATE, "Stable", "exact");
    cell_is_int(r, GROUPS_LAG, 200, "exact");
    cell_is_unknown(r, GROUPS_MEMBERS);
    r = fixture_group(f, "workers");
    cell_is_text(r, GROUPS_TYPE, "connect", "exact");
    cell_is_unknown(r, GROUPS_LAG);
    r = fixture_row(f, "group_members", 3, (const char *const[]){"east", "workers", "w-1"}, 0);
    cell_is_unknown(r, MEMBERS_PARTITIONS);
    r = fixture_group(f, "empty");
    cell_is_text(r, GROUPS_STATE, "Empty", "exact");
    cell_is_int(r, GROUPS_LAG, 0, "exact");
    cell_is_real(r, GROUPS_ETA_S, 0, "exact");
    cell_is_int(r, GROUPS_MEMBERS, 0, "exact");
    r = fixture_row(f, "group_members", 3, (const char *const[]){"east", "broken", "b-1"}, 0);
    cell_is_unknown(r, MEMBERS_ASSIGNMENT);
}

static void deleted_topic_is_left_out(void **state)
{
    struct fixture *f = *state;
    demo_group_commit(demo_world_group(f->world, "pay"), "clicks", 0, 20, -1, NULL);
    fixture_add(f);
    fixture_round(f);
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 1130, "exact");
    demo_thread_pause(f->thread);
    demo_world_topic_remove(f->world, "clicks");
    demo_thread_resume(f->thread);
    fixture_round(f);
    state_is(f, "ok");
    assert_null(fixture_topic(f, "clicks"));
    assert_null(fixture_partition(f, "clicks", 0));
    assert_true(fixture_told(f, "topic clicks", "is gone"));
    struct row *p = fixture_gp(f, "pay", "clicks", 0);
    cell_is_text(p, GROUP_PARTITIONS_NOTE, "topic deleted", "exact");
    cell_is_int(p, GROUP_PARTITIONS_COMMITTED, 20, "exact");
    cell_is_unknown(p, GROUP_PARTITIONS_LAG);
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 1100, "exact");
}

static void recreated_topic_leaves_groups_ahead(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    demo_thread_pause(f->thread);
    demo_world_topic_recreate(f->world, "orders");
    demo_world_set_offsets(f->world, "orders", 1, 0, 30, 30);
    demo_thread_resume(f->thread);
    f->ahead_us += 5000000;
    fixture_round(f);
    assert_true(fixture_told(f, "topic orders", "made anew"));
    struct row *p = fixture_gp(f, "pay", "orders", 1);
    cell_is_int(p, GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_unknown(p, GROUP_PARTITIONS_NOTE);          /* once may be two answers that crossed */
    cell_is_int(p, GROUP_PARTITIONS_START, 0, "exact"); /* read again though it was known */
    f->ahead_us += 5000000;
    fixture_round(f);
    p = fixture_gp(f, "pay", "orders", 1);
    cell_is_text(p, GROUP_PARTITIONS_NOTE, "ahead of the end", "exact");
    cell_is_int(p, GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_text(fixture_partition(f, "orders", 1), PARTITIONS_NOTE, "end went back: recreated or truncated", "exact");
}

static void leaderless_partition_makes_the_sum_a_bound(void **state)
{
    struct fixture *f = *state;
    demo_world_set_leader(f->world, "orders", 1, -1);
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    struct row *p = fixture_gp(f, "pay", "orders", 1);
    cell_is_unknown(p, GROUP_PARTITIONS_LAG);
    cell_is_text(p, GROUP_PARTITIONS_NOTE, "no leader", "exact");
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 1000, "ge");
}

static void unread_end_keeps_the_last_lag(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    demo_thread_pause(f->thread);
    demo_world_partition(f->world, "orders", 1)->offsets_error = DEMO_ERROR_OFFSET_NOT_AVAILABLE;
    demo_world_set_offsets(f->world, "orders", 0, 100, 1200, 1200);
    demo_group_commit(demo_world_group(f->world, "pay"), "orders", 1, 1050, 7, NULL);
    demo_thread_resume(f->thread);
    fixture_round(f);
    struct row *p = fixture_gp(f, "pay", "orders", 1);
    cell_is_int(p, GROUP_PARTITIONS_LAG, 100, "stale");
    cell_is_int(p, GROUP_PARTITIONS_COMMITTED, 1050, "exact");
    cell_is_int(fixture_gp(f, "pay", "orders", 0), GROUP_PARTITIONS_LAG, 100, "exact"); /* all others are read */
    cell_is_int(fixture_group(f, "pay"), GROUPS_LAG, 1200, "stale");
}

static void rebalance_keeps_the_last_assignment(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    demo_thread_pause(f->thread);
    struct demo_group *g = demo_world_group(f->world, "pay");
    demo_group_set_state(g, "PreparingRebalance");
    for (size_t i = 0; i < g->members.n; i++)
        demo_group_member_unassign_all(&g->members.items[i]);
    demo_thread_resume(f->thread);
    f->ahead_us += 5000000;
    fixture_round(f);
    struct row *r = fixture_group(f, "pay");
    cell_is_text(r, GROUPS_STATE, "PreparingRebalance", "exact");
    cell_is_unknown(r, GROUPS_ASSIGNOR);
    cell_is_int(r, GROUPS_PARTITIONS, 4, "exact");
    cell_is_text(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_MEMBER, "m-1", "stale");
    cell_is_text(fixture_gp(f, "pay", "orders", 3), GROUP_PARTITIONS_MEMBER, "m-2", "stale");
    assert_true(fixture_told(f, "group pay", "rebalances"));
    demo_thread_pause(f->thread);
    demo_group_set_state(g, "Stable");
    demo_group_assign_range(g, "orders", 4);
    demo_thread_resume(f->thread);
    f->ahead_us += 5000000;
    fixture_round(f);
    cell_is_text(fixture_gp(f, "pay", "orders", 3), GROUP_PARTITIONS_MEMBER, "m-2", "exact");
    assert_true(fixture_told(f, "group pay", "is Stable after 5."));
}

static void rates_ages_and_arrival(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    int64_t end = 1100, committed = 1100;
    for (int i = 0; i < 14; i++) { /* 200 a second come in, 100 a second are consumed */
        f->ahead_us += 5000000;
        demo_thread_pause(f->thread);
        end += 1000;
        demo_world_append(f->world, "orders", 0, clock_wall_ms(&f->clock), end);
        demo_group_commit(demo_world_group(f->world, "pay"), "orders", 0, committed += 500, -1, NULL);
        demo_thread_resume(f->thread);
        fixture_round(f);
    }
    struct row *p = fixture_gp(f, "pay", "orders", 0);
    cell_is_int(p, GROUP_PARTITIONS_LAG, 7000, "exact");
    assert_in_range((uint64_t)row_get(p, GROUP_PARTITIONS_RATE_IN).d, 190, 200);
    assert_in_range((uint64_t)row_get(p, GROUP_PARTITIONS_RATE_OUT).d, 95, 100);
    assert_true(isinf(row_get(p, GROUP_PARTITIONS_ETA_S).d));
    cell_is_text(p, GROUP_PARTITIONS_TREND, "rising", "exact");
    struct value age = row_get(p, GROUP_PARTITIONS_LAG_S); /* 8,100 of 15,100 was passed 35 s ago */
    assert_string_equal(quality_name(age.quality), "est");
    assert_in_range((uint64_t)age.d, 34, 37);
    struct value age1 = row_get(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_LAG_S);
    assert_string_equal(quality_name(age1.quality), "est"); /* older than anything seen: the broker was asked */
    assert_in_range((uint64_t)age1.d, 3960 * 9 / 10, 4030 * 11 / 10);
    cell_is_text(fixture_group(f, "pay"), GROUPS_TREND, "rising", "exact");
    assert_in_range((uint64_t)row_get(fixture_topic(f, "orders"), TOPICS_RATE_IN).d, 190, 200);
    assert_true(row_get(p, GROUP_PARTITIONS_MOVED).quality == QUALITY_EXACT);
    assert_true(row_get(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_MOVED).quality == QUALITY_UNKNOWN);
}

static void seeded_ends_reach_back(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    int64_t now = clock_wall_ms(&f->clock);
    const struct kafka_point points[] = {{now - 7200000, 200}, {now - 3600000, 1000}, {now - 1800000, 1100}};
    demo_thread_pause(f->thread);
    demo_world_partition(f->world, "orders", 1)->marks.n = 0; /* the broker's log is the same that was observed */
    for (size_t i = 0; i < 3; i++)
        demo_world_append(f->world, "orders", 1, points[i].ms, points[i].offset);
    demo_thread_resume(f->thread);
    kafka_source_seed_end(f->source, "orders", 1, points, 3, 0);
    fixture_round(f);
    struct value age = row_get(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_LAG_S);
    assert_string_equal(quality_name(age.quality), "est");
    assert_in_range((uint64_t)age.d, 3580, 3601); /* a record every 18 s: it came after the observation */
    assert_false(fixture_told(f, "topic orders", "made anew"));
}

static void loss_and_coming_and_going_are_told(void **state)
{
    struct fixture *f = *state;
    f->conf.starts_interval_ms = 1000;
    fixture_add(f);
    fixture_round(f);
    assert_int_equal(table_nrows(store_find(f->store, "events")), 0); /* the beginning is no news */
    demo_thread_pause(f->thread);
    demo_world_set_offsets(f->world, "orders", 1, 1040, 1100, 1100);
    demo_world_group_add(f->world, "late", "consumer");
    demo_world_topic_add(f->world, "fresh", 1, 1);
    demo_thread_resume(f->thread);
    f->ahead_us += 5000000;
    fixture_round(f);
    assert_true(fixture_told(f, "group pay", "lost 40 messages on 1 partitions"));
    assert_true(fixture_told(f, "group late", "appeared"));
    assert_true(fixture_told(f, "topic fresh", "is new"));
    cell_is_int(fixture_gp(f, "pay", "orders", 1), GROUP_PARTITIONS_LAG, 60, "exact");
    demo_thread_pause(f->thread);
    demo_world_group_remove(f->world, "late");
    demo_thread_resume(f->thread);
    fixture_round(f);
    assert_null(fixture_group(f, "late"));
    assert_true(fixture_told(f, "group late", "is gone"));
}

static void quiet_round_changes_nothing(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    fixture_round(f);
    uint64_t seq = table_seq(store_find(f->store, "topics"));
    fixture_round(f);
    fixture_round(f);
    uint64_t rates = table_seq(store_find(f->store, "topics")); /* rates became known */
    assert_true(rates > seq);
    fixture_round(f);
    assert_int_equal(table_seq(store_find(f->store, "topics")), rates);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(sums_and_partitions),
        TEST(topics_brokers_and_cluster),
        TEST(read_committed_counts_to_the_last_stable),
        TEST(globs_choose),
        TEST(left_out_is_not_gone),
        TEST(caps_make_it_partial),
        TEST(other_kinds_of_groups),
        TEST(deleted_topic_is_left_out),
        TEST(recreated_topic_leaves_groups_ahead),
        TEST(leaderless_partition_makes_the_sum_a_bound),
        TEST(unread_end_keeps_the_last_lag),
        TEST(rebalance_keeps_the_last_assignment),
        TEST(rates_ages_and_arrival),
        TEST(seeded_ends_reach_back),
        TEST(loss_and_coming_and_going_are_told),
        TEST(quiet_round_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
