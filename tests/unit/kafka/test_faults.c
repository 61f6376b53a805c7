/* What the source makes of brokers that are silent, gone, unwilling or no coordinator any more. */
#include "kafka_fixture.h"

/* Three nodes, each leading partitions of orders and coordinating some groups. */
static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(3, "east-1");
    demo_world_topic_add(w, "orders", 6, 3);
    for (int32_t p = 0; p < 6; p++) {
        demo_world_set_offsets(w, "orders", p, 0, 100, 100);
        demo_world_set_leader(w, "orders", p, p % 3 + 1);
    }
    for (int i = 0; i < 6; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%d", i);
        struct demo_group *g = demo_world_group_add(w, name, "consumer");
        g->coordinator = i % 3 + 1;
        for (int32_t p = 0; p < 6; p++)
            demo_group_commit(g, "orders", p, 90, -1, NULL);
    }
    return w;
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(make_world(), 2500);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

/* Rounds until one ends in that state. Until its client has learnt who leads and coordinates now, a round is partial; and
 * on a machine that has other things to do its deadline may be too short for brokers that do answer. */
static void rounds_until(struct fixture *f, const char *state)
{
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    do
        fixture_round(f);
    while (strcmp(row_get(fixture_state(f), SOURCES_STATE).s->raw, state) != 0 && clock_mono_us(&clock_system) < until);
    state_is(f, state);
}

/* Further rounds that end well, until a group's partition has this lag: who was just elected is not asked at once. */
static void rounds_until_exact(struct fixture *f, const char *group, int64_t partition, int64_t lag)
{
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    struct row *r;
    do {
        rounds_until(f, "ok");
        r = fixture_gp(f, group, "orders", partition);
    } while (!(r && row_get(r, GROUP_PARTITIONS_LAG).quality == QUALITY_EXACT &&
               row_get(r, GROUP_PARTITIONS_LAG).i == lag) &&
             clock_mono_us(&clock_system) < until);
    cell_is_int(r, GROUP_PARTITIONS_LAG, lag, "exact");
}

/* Counts change sets in which rows are stale and the source's state does not say so yet. */
struct torn {
    struct fixture *f;
    int looks, times;
};

static void look_whether_torn(struct store *s, void *arg)
{
    struct torn *t = arg;
    struct row *r = fixture_partition(t->f, "orders", 2);
    (void)s;
    if (!r || row_get(r, PARTITIONS_END).quality != QUALITY_STALE)
        return;
    t->looks++;
    t->times += strcmp(row_get(fixture_state(t->f), SOURCES_STATE).s->raw, "ok") == 0;
}

/* Partial rounds until node 1, which answers, has answered in one: what it leads and coordinates has this lag. */
static void rounds_until_lag(struct fixture *f, int64_t lag)
{
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    struct row *r;
    do {
        rounds_until(f, "partial");
        r = fixture_gp(f, "g0", "orders", 0);
    } while (!(r && row_get(r, GROUP_PARTITIONS_LAG).quality == QUALITY_EXACT &&
               row_get(r, GROUP_PARTITIONS_LAG).i == lag) &&
             clock_mono_us(&clock_system) < until);
    cell_is_int(r, GROUP_PARTITIONS_LAG, lag, "exact");
}

static void moved_coordinator_is_found_in_the_same_round(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok");
    for (int32_t node = 2; node <= 3; node++) {
        demo_thread_pause(f->thread);
        struct demo_group *g = demo_world_group(f->world, "g0");
        g->coordinator = node;
        demo_group_commit(g, "orders", 0, 80 + node, -1, NULL);
        demo_thread_resume(f->thread);
        fixture_round(f);
        state_is(f, "ok");
        cell_is_int(fixture_gp(f, "g0", "orders", 0), GROUP_PARTITIONS_LAG, 20 - node, "exact");
        cell_is_int(fixture_group(f, "g0"), GROUPS_COORDINATOR, node, "exact");
    }
}

static void wrong_coordinator_for_ever_crashes_nothing(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    fixture_round(f);
    demo_thread_fault(f->thread,
                      &(struct demo_fault){
                          .api = DEMO_API_OFFSET_FETCH, .node = -1, .count = -1, .error = DEMO_ERROR_NOT_COORDINATOR});
    for (int i = 0; i < 5; i++) {
        fixture_round(f);
        state_is(f, "partial");
    }
    cell_is_int(fixture_gp(f, "g1", "orders", 0), GROUP_PARTITIONS_LAG, 10, "stale");
    cell_is_int(fixture_group(f, "g1"), GROUPS_LAG, 60, "stale");
    cell_is_text(fixture_group(f, "g1"), GROUPS_NOTE, "offsets cannot be read: no coordinator", "exact");
    cell_is_int(fixture_partition(f, "orders", 0), PARTITIONS_END, 100, "exact");
    demo_thread_faults_clear(f->thread);
    fixture_round(f);
    state_is(f, "ok");
    struct row *r = fixture_group(f, "g1");
    cell_is_int(r, GROUPS_LAG, 60, "exact");
    for (size_t i = GROUPS_STATE; i <= GROUPS_STATE_SINCE; i++) /* nothing stays stale */
        assert_int_not_equal(row_get(r, i).quality, QUALITY_STALE);
}

static void loading_coordinator_is_asked_again(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    demo_thread_fault(f->thread, &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH,
                                                      .node = -1,
                                                      .count = 4,
                                                      .error = DEMO_ERROR_COORDINATOR_LOAD_IN_PROGRESS});
    fixture_round(f);
    state_is(f, "ok");
    cell_is_int(fixture_group(f, "g5"), GROUPS_LAG, 60, "exact");
}

static void one_silent_broker_costs_its_own_rows_only(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    rounds_until(f, "ok");
    demo_thread_pause(f->thread);
    for (int32_t p = 0; p < 6; p++)
        demo_world_set_offsets(f->world, "orders", p, 0, 130, 130);
    demo_thread_resume(f->thread);
    static const int apis[] = {DEMO_API_LIST_OFFSETS, DEMO_API_OFFSET_FETCH, DEMO_API_LIST_GROUPS};
    for (size_t i = 0; i < sizeof apis / sizeof *apis; i++)
        demo_thread_fault(f->thread, &(struct demo_fault){.api = apis[i], .node = 3, .count = -1, .silent = true});
    struct torn torn = {.f = f};
    struct store_listener *listener = store_listen(f->store, look_whether_torn, &torn);
    rounds_until_lag(f, 40);
    store_unlisten(f->store, listener);
    assert_true(torn.looks > 0);
    assert_int_equal(torn.times, 0);
    cell_is_int(fixture_partition(f, "orders", 0), PARTITIONS_END, 130, "exact");
    cell_is_int(fixture_partition(f, "orders", 2), PARTITIONS_END, 100, "stale"); /* led by 3 */
    cell_is_int(fixture_gp(f, "g0", "orders", 2), GROUP_PARTITIONS_LAG, 10, "stale");
    cell_is_int(fixture_gp(f, "g2", "orders", 0), GROUP_PARTITIONS_LAG, 10, "stale"); /* coordinated by 3 */
    assert_false(fixture_told(f, "group g2", "is gone"));
    demo_thread_faults_clear(f->thread);
    rounds_until_exact(f, "g2", 2, 40);
}

static void silent_cluster_fails_and_comes_back(void **state)
{
    struct fixture *f = *state;
    fixture_add(f);
    rounds_until(f, "ok");
    demo_thread_fault(f->thread, &(struct demo_fault){.api = -1, .node = -1, .count = -1, .silent = true});
    fixture_round(f); /* which ends at its deadline, or this fails */
    state_is(f, "failed");
    cell_is_int(fixture_group(f, "g0"), GROUPS_LAG, 60, "exact"); /* the last rows stay; `sources` dates them */
    fixture_round(f);
    state_is(f, "failed");
    cell_is_int(fixture_state(f), SOURCES_FAILURES, 2, "exact");
    demo_thread_faults_clear(f->thread);
    rounds_until(f, "ok");
    assert_true(fixture_told(f, "kafka:east", "is back"));
}

static void broker_that_leaves_is_told(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    rounds_until(f, "ok");
    demo_broker_node_down(demo_thread_pause(f->thread), 3, true);
    for (int32_t p = 2; p < 6; p += 3)
        demo_world_set_leader(f->world, "orders", p, 1);
    for (int i = 2; i < 6; i += 3)
        f->world->groups.items[i]->coordinator = 1;
    demo_thread_resume(f->thread);
    rounds_until_exact(f, "g2", 2, 10);
    assert_true(fixture_told(f, "broker 3", "is gone"));
    struct row *b = fixture_row(f, "brokers", 2, (const char *const[]){"east", NULL}, 3);
    cell_is_text(b, BROKERS_STATE, "gone", "exact");
    cell_is_int(fixture_group(f, "g2"), GROUPS_COORDINATOR, 1, "exact");
    struct error err;
    assert_int_equal(demo_broker_node_up(demo_thread_pause(f->thread), 3, &err), 0);
    demo_thread_resume(f->thread);
    rounds_until(f, "ok");
    assert_true(fixture_told(f, "broker 3", "is back"));
    cell_is_text(b, BROKERS_STATE, "up", "exact");
}

static void flapping_broker_is_survived(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 1500;
    fixture_add(f);
    rounds_until(f, "ok");
    for (int i = 0; i < 3; i++) {
        struct error err;
        demo_broker_node_down(demo_thread_pause(f->thread), 3, false); /* nobody has noticed yet */
        demo_thread_resume(f->thread);
        rounds_until_lag(f, 10);
        assert_int_equal(demo_broker_node_up(demo_thread_pause(f->thread), 3, &err), 0);
        demo_thread_resume(f->thread);
        rounds_until_exact(f, "g2", 2, 10);
    }
}

static void unreachable_broker_from_the_start_is_noticed(void **state)
{
    struct fixture *f = *state;
    demo_broker_node_down(demo_thread_pause(f->thread), 3, false);
    demo_thread_resume(f->thread);
    fixture_add(f);
    rounds_until_lag(f, 10);
    assert_null(fixture_group(f, "g2"));
    struct row *c = fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
    assert_int_equal(row_get(c, CLUSTERS_GROUPS).quality, QUALITY_GE);
}

/* Questions that the cluster was asked so far: those that grow with rounds, not with time. */
static uint64_t asked(struct fixture *f)
{
    struct demo_broker *b = demo_thread_pause(f->thread);
    uint64_t n =
        demo_broker_requests(b, DEMO_API_LIST_GROUPS, -1) + demo_broker_requests(b, DEMO_API_DESCRIBE_GROUPS, -1) +
        demo_broker_requests(b, DEMO_API_OFFSET_FETCH, -1) + demo_broker_requests(b, DEMO_API_LIST_OFFSETS, -1);
    demo_thread_resume(f->thread);
    return n;
}

/* Everything gets one more record, and a round looks at it, long enough after the one before that all is due that may be;
 * returns what it asked. */
static uint64_t round_after_a_record(struct fixture *f, int64_t end)
{
    uint64_t before = asked(f);
    demo_thread_pause(f->thread);
    for (int32_t p = 0; p < 6; p++)
        demo_world_set_offsets(f->world, "orders", p, 0, end, end);
    demo_thread_resume(f->thread);
    f->ahead_us += 5000000;
    fixture_round(f);
    state_is(f, "ok");
    cell_is_int(fixture_state(f), SOURCES_FAILURES, 0, "exact");
    for (int g = 0; g < 6; g++) {
        char name[16];
        snprintf(name, sizeof name, "g%d", g);
        cell_is_int(fixture_group(f, name), GROUPS_LAG, 6 * (end - 90), "exact");
        cell_is_unknown(fixture_group(f, name), GROUPS_NOTE);
    }
    cell_is_int(fixture_partition(f, "orders", 5), PARTITIONS_END, end, "exact");
    return asked(f) - before;
}

static void quota_makes_it_slower_and_nothing_else(void **state)
{
    enum { THROTTLE_MS = 100, ROUNDS = 4 };
    struct fixture *f = *state;
    uint64_t most = 0;
    int64_t end = 100;
    f->conf.deadline_ms = 15000;
    fixture_add(f);
    rounds_until(f, "ok");
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t n = round_after_a_record(f, ++end);
        most = n > most ? n : most;
    }
    size_t told = table_nrows(store_find(f->store, "events"));
    demo_thread_fault(f->thread, &(struct demo_fault){.api = -1, .node = -1, .count = -1, .throttle_ms = THROTTLE_MS});
    for (int i = 0; i < ROUNDS; i++) {
        int64_t begun_us = clock_mono_us(&clock_system);
        assert_in_range(round_after_a_record(f, ++end), 1, most); /* nothing is asked twice for being late */
        assert_true(clock_mono_us(&clock_system) - begun_us >= THROTTLE_MS * 1000); /* it is late */
    }
    assert_int_equal(table_nrows(store_find(f->store, "events")), told); /* no broker is called gone or slow */
}

static void missing_permissions_are_partial(void **state)
{
    struct fixture *f = *state;
    demo_world_group(f->world, "g0")->hidden = true;
    demo_world_group(f->world, "g1")->offsets_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    demo_world_group(f->world, "g2")->describe_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    demo_world_partition(f->world, "orders", 4)->offsets_error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "partial");
    assert_null(fixture_group(f, "g0"));
    struct row *r = fixture_group(f, "g1");
    cell_is_text(r, GROUPS_NOTE, "offsets cannot be read: no permission", "exact");
    cell_is_unknown(r, GROUPS_LAG);
    r = fixture_group(f, "g2");
    cell_is_text(r, GROUPS_NOTE, "cannot be described: no permission", "exact");
    cell_is_unknown(r, GROUPS_STATE);
    cell_is_int(r, GROUPS_LAG, 50, "ge");
    cell_is_text(fixture_partition(f, "orders", 4), PARTITIONS_NOTE, "no permission", "exact");
    cell_is_unknown(fixture_gp(f, "g3", "orders", 4), GROUP_PARTITIONS_LAG);
    cell_is_int(fixture_group(f, "g3"), GROUPS_LAG, 50, "ge");
    static const char words[] = "missing to describe groups: DESCRIBE on group g2; "
                                "missing to read committed offsets: DESCRIBE on group g1; "
                                "missing to read offsets: DESCRIBE on topic orders";
    cell_is_text(fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0), CLUSTERS_NOTE, words, "exact");
    cell_is_text(fixture_state(f), SOURCES_ERROR, words, "exact");
}

static void what_may_not_be_seen_at_all_is_guessed(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < f->world->groups.n; i++)
        f->world->groups.items[i]->hidden = true;
    f->conf.deadline_ms = 10000;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "ok"); /* there may be none */
    struct row *c = fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
    cell_is_text(c, CLUSTERS_NOTE, "no groups: there are none, or DESCRIBE on the cluster or on groups is missing",
                 "exact");
    cell_is_int(c, CLUSTERS_GROUPS, 0, "exact");
    demo_thread_pause(f->thread);
    demo_world_topic(f->world, "orders")->hidden = true;
    demo_thread_resume(f->thread);
    fixture_round(f);
    cell_is_text(c, CLUSTERS_NOTE,
                 "no topics: there are none, or DESCRIBE on topics is missing; "
                 "no groups: there are none, or DESCRIBE on the cluster or on groups is missing",
                 "exact");
    demo_thread_pause(f->thread);
    demo_world_topic(f->world, "orders")->hidden = false;
    for (size_t i = 0; i < f->world->groups.n; i++)
        f->world->groups.items[i]->hidden = false;
    demo_thread_resume(f->thread);
    fixture_round(f);
    state_is(f, "ok");
    cell_is_unknown(c, CLUSTERS_NOTE);
}

static void nothing_listens(void **state)
{
    struct fixture *f = *state;
    free(f->conf.bootstrap);
    f->conf.bootstrap = mem_strdup("127.0.0.1:1");
    f->conf.deadline_ms = 5000;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "failed");
    assert_non_null(strstr(row_get(fixture_state(f), SOURCES_ERROR).s->raw, "Connection refused"));
}

static void bad_property_is_named_without_its_secret(void **state)
{
    struct fixture *f = *state;
    struct conf_property p = {.name = (char[]){"socket.timeout.ms"},
                              .value = (char[]){"hush-hush"},
                              .origin = (char[]){"icetop.yaml:3:5"},
                              .secret = true};
    f->conf.properties = &p;
    f->conf.nproperties = 1;
    fixture_add(f);
    fixture_round(f);
    state_is(f, "failed");
    const char *text = row_get(fixture_state(f), SOURCES_ERROR).s->raw;
    assert_string_equal(text, "icetop.yaml:3:5: property socket.timeout.ms is refused");
}

static void goes_while_a_round_runs(void **state)
{
    struct fixture *f = *state;
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = -1, .count = -1, .silent = true});
    f->conf.deadline_ms = 3 * WAIT_MS;
    fixture_add(f);
    scheduler_turn(f->scheduler);
    assert_int_equal(demo_thread_wait_requests(f->thread, DEMO_API_OFFSET_FETCH, -1, 1, WAIT_MS), 0);
    int64_t before = clock_mono_us(&clock_system);
    scheduler_remove(f->scheduler, scheduler_find(f->scheduler, "kafka:east"));
    assert_true(clock_mono_us(&clock_system) - before < WAIT_MS * 1000); /* and not when the round is over */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(moved_coordinator_is_found_in_the_same_round),
        TEST(wrong_coordinator_for_ever_crashes_nothing),
        TEST(loading_coordinator_is_asked_again),
        TEST(one_silent_broker_costs_its_own_rows_only),
        TEST(silent_cluster_fails_and_comes_back),
        TEST(broker_that_leaves_is_told),
        TEST(flapping_broker_is_survived),
        TEST(unreachable_broker_from_the_start_is_noticed),
        TEST(quota_makes_it_slower_and_nothing_else),
        TEST(missing_permissions_are_partial),
        TEST(what_may_not_be_seen_at_all_is_guessed),
        TEST(nothing_listens),
        TEST(bad_property_is_named_without_its_secret),
        TEST(goes_while_a_round_runs),
    };
    cmocka_set_test_filter(getenv("TEST_FILTER")); /* one of them, by name, for looking closer */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
