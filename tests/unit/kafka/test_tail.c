/* Committed offsets by subscription, against a scripted cluster whose groups write __consumer_offsets: what shows by
 * itself, what is still asked, and what is said where it cannot be. */
#include "kafka_fixture.h"

#include "demo/log.h"

static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(2, "here");
    demo_world_topic_add(w, "orders", 4, 1);
    for (int32_t p = 0; p < 4; p++) {
        demo_world_append(w, "orders", p, 1000, 0);
        demo_world_append(w, "orders", p, 100000, 1000);
    }
    demo_log_begin(w, 3, 1);
    struct demo_group *g = demo_world_group_add(w, "readers", "consumer");
    demo_group_member_add(g, "m-1", "client", "/10.0.0.1");
    demo_group_assign_range(g, "orders", 4);
    demo_group_set_state(g, "Stable");
    for (int32_t p = 0; p < 4; p++)
        demo_group_commit(g, "orders", p, 100, 0, NULL);
    g = demo_world_group_add(w, "others", "consumer");
    demo_group_commit(g, "orders", 0, 1000, 0, NULL);
    return w;
}

static void turn_loop(struct fixture *f)
{
    struct timeval tick = {.tv_usec = 10000};
    event_base_loopexit(f->base, &tick);
    event_base_dispatch(f->base);
}

#define wait_until(f, condition)                                                                                       \
    do {                                                                                                               \
        int64_t until_ = clock_mono_us(&clock_system) + WAIT_MS * 1000;                                                \
        while (!(condition)) {                                                                                         \
            if (clock_mono_us(&clock_system) > until_)                                                                 \
                fail_msg("not within %d ms: %s", WAIT_MS, #condition);                                                 \
            turn_loop(f);                                                                                              \
        }                                                                                                              \
    } while (0)

static struct row *cluster(struct fixture *f)
{
    return fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
}

static bool offsets_say(struct fixture *f, const char *part)
{
    fixture_round(f);
    struct row *r = cluster(f);
    struct value v = r ? row_get(r, CLUSTERS_OFFSETS) : value_unknown();
    struct value note = row_get(fixture_state(f), SOURCES_NOTE);
    if (v.quality) { /* the source's row says the same */
        assert_true(note.quality);
        assert_string_equal(note.s->raw + strlen("committed offsets "), v.s->raw);
    }
    return v.quality && strstr(v.s->raw, part);
}

static int64_t committed(struct fixture *f, const char *group, int64_t partition)
{
    struct row *r = fixture_gp(f, group, "orders", partition);
    struct value v = r ? row_get(r, GROUP_PARTITIONS_COMMITTED) : value_unknown();
    return v.quality ? v.i : -1;
}

static uint64_t fetches(struct fixture *f)
{
    uint64_t n = demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_OFFSET_FETCH, -1);
    demo_thread_resume(f->thread);
    return n;
}

/* Until every group's commits come by themselves: a round that asks nobody. */
static void subscribe(struct fixture *f)
{
    fixture_add(f);
    wait_until(f, offsets_say(f, "subscribed"));
    uint64_t before;
    do {
        before = fetches(f);
        fixture_round(f);
    } while (fetches(f) != before);
}

static void commit(struct fixture *f, const char *group, int32_t partition, int64_t offset)
{
    demo_thread_pause(f->thread);
    demo_group_commit(demo_world_group(f->world, group), "orders", partition, offset, 3, "note");
    demo_thread_resume(f->thread);
}

static void a_commit_shows_by_itself(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    cell_is_int(fixture_group(f, "readers"), GROUPS_LAG, 3600, "exact");
    cell_is_unknown(fixture_gp(f, "readers", "orders", 0), GROUP_PARTITIONS_COMMITTED_AT);
    uint64_t asked = fetches(f);
    int64_t rounds = fixture_rounds(f), before = clock_wall_ms(&clock_system);
    demo_thread_pause(f->thread);
    demo_world_append(f->world, "orders", 1, 200000, 1500);
    demo_thread_resume(f->thread);
    commit(f, "readers", 1, 1200);
    wait_until(f, committed(f, "readers", 1) == 1200);
    struct row *r = fixture_gp(f, "readers", "orders", 1);
    cell_is_int(r, GROUP_PARTITIONS_END, 1500, "exact"); /* asked after the commit */
    cell_is_int(r, GROUP_PARTITIONS_LAG, 300, "exact");
    cell_is_text(r, GROUP_PARTITIONS_METADATA, "note", "exact");
    cell_is_int(r, GROUP_PARTITIONS_LEADER_EPOCH, 3, "exact");
    cell_is_text(r, GROUP_PARTITIONS_MEMBER, "m-1", "exact");
    assert_true(row_get(r, GROUP_PARTITIONS_COMMITTED_AT).i >= before);
    assert_int_equal(row_get(r, GROUP_PARTITIONS_COMMITTED_AT).i, row_get(r, GROUP_PARTITIONS_MOVED).i);
    cell_is_int(fixture_group(f, "readers"), GROUPS_LAG, 2700 + 300, "exact");
    cell_is_int(fixture_group(f, "readers"), GROUPS_MEMBERS, 1, "exact");
    cell_is_unknown(fixture_group(f, "readers"), GROUPS_NOTE);
    assert_int_equal(fixture_rounds(f), rounds);
    assert_int_equal(fetches(f), asked);
    cell_is_int(cluster(f), CLUSTERS_DEFECTS, 0, "exact");
}

static void rounds_do_not_undo_it(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    for (int64_t i = 1; i <= 20; i++) {
        commit(f, "readers", 2, 100 + i);
        fixture_round(f);
        wait_until(f, committed(f, "readers", 2) == 100 + i);
    }
    cell_is_int(fixture_gp(f, "readers", "orders", 2), GROUP_PARTITIONS_LAG, 880, "exact");
    assert_false(fixture_told(f, "group readers", "defect"));
}

/* A group that commits nothing falls behind all the same, and nobody has to be asked to know. */
static void who_stands_still_falls_behind(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    cell_is_int(fixture_group(f, "others"), GROUPS_LAG, 0, "exact");
    uint64_t asked = fetches(f);
    demo_thread_pause(f->thread);
    demo_world_append(f->world, "orders", 0, 200000, 1500);
    demo_thread_resume(f->thread);
    fixture_round(f);
    cell_is_int(fixture_group(f, "others"), GROUPS_LAG, 500, "exact");
    cell_is_int(fixture_gp(f, "others", "orders", 0), GROUP_PARTITIONS_END, 1500, "exact");
    cell_is_int(fixture_group(f, "readers"), GROUPS_LAG, 3600 + 500, "exact");
    cell_is_text(fixture_gp(f, "readers", "orders", 0), GROUP_PARTITIONS_MEMBER, "m-1", "exact");
    double before = row_get(fixture_group(f, "others"), GROUPS_LAG_S).d;
    f->ahead_us += 20000000;
    fixture_round(f);
    double after = row_get(fixture_group(f, "others"), GROUPS_LAG_S).d;
    assert_true(after > before + 15);
    assert_int_equal(fetches(f), asked);
}

/* What is left for a group are markers: that is found out without asking for its commits, too. */
static void markers_are_no_lag_either(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    uint64_t asked = fetches(f);
    demo_thread_pause(f->thread);
    demo_world_append(f->world, "orders", 1, 200000, 1001);
    vec_push(&demo_world_topic(f->world, "orders")->partitions.items[1].markers, 1000);
    demo_thread_resume(f->thread);
    commit(f, "readers", 1, 1000);
    wait_until(f, committed(f, "readers", 1) == 1000);
    cell_is_int(fixture_gp(f, "readers", "orders", 1), GROUP_PARTITIONS_LAG, 1, "exact");
    for (int i = 0; i < 4; i++)
        fixture_round(f);
    cell_is_int(fixture_gp(f, "readers", "orders", 1), GROUP_PARTITIONS_LAG, 0, "exact");
    cell_is_text(fixture_gp(f, "readers", "orders", 1), GROUP_PARTITIONS_NOTE,
                 "caught up: only transaction markers are left", "exact");
    cell_is_int(fixture_gp(f, "readers", "orders", 0), GROUP_PARTITIONS_LAG, 900, "exact");
    assert_int_equal(fetches(f), asked);
}

static void tombstones_take_away(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    commit(f, "others", 0, -1);
    wait_until(f, !fixture_gp(f, "others", "orders", 0));
    commit(f, "readers", 3, -1); /* still assigned */
    wait_until(f, committed(f, "readers", 3) < 0);
    cell_is_text(fixture_gp(f, "readers", "orders", 3), GROUP_PARTITIONS_NOTE, "no commit", "exact");
    cell_is_int(fixture_group(f, "readers"), GROUPS_NO_COMMIT, 1, "exact");
    demo_thread_pause(f->thread);
    demo_world_group_remove(f->world, "others");
    demo_thread_resume(f->thread);
    wait_until(f, !fixture_group(f, "others"));
    assert_true(fixture_told(f, "group others", "is gone"));
    fixture_round(f);
    assert_null(fixture_group(f, "others"));
}

static void membership_shows_by_itself(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    int64_t rounds = fixture_rounds(f);
    demo_thread_pause(f->thread);
    struct demo_group *g = demo_world_group(f->world, "readers");
    demo_group_members_clear(g);
    demo_group_member_add(g, "m-2", "client", "/10.0.0.2");
    demo_group_member_set_instance(demo_group_member_add(g, "m-3", "client", "/10.0.0.3"), "static-3");
    demo_group_assign_range(g, "orders", 4);
    demo_group_set_state(g, "CompletingRebalance");
    demo_group_set_state(g, "Stable");
    demo_thread_resume(f->thread);
    wait_until(f, row_get(fixture_group(f, "readers"), GROUPS_MEMBERS).i == 2);
    cell_is_text(fixture_gp(f, "readers", "orders", 3), GROUP_PARTITIONS_MEMBER, "m-3", "exact");
    cell_is_text(fixture_row(f, "group_members", 3, (const char *const[]){"east", "readers", "m-3"}, 0),
                 MEMBERS_INSTANCE, "static-3", "exact");
    demo_thread_pause(f->thread);
    demo_group_members_clear(g);
    demo_group_set_state(g, "Empty");
    demo_thread_resume(f->thread);
    wait_until(f, strcmp(row_get(fixture_group(f, "readers"), GROUPS_STATE).s->raw, "Empty") == 0);
    cell_is_int(fixture_group(f, "readers"), GROUPS_MEMBERS, 0, "exact");
    cell_is_unknown(fixture_gp(f, "readers", "orders", 3), GROUP_PARTITIONS_MEMBER);
    assert_int_equal(fixture_rounds(f), rounds);
}

static void a_new_group_is_found(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    demo_thread_pause(f->thread);
    demo_group_commit(demo_world_group_add(f->world, "late", "consumer"), "orders", 0, 7, 0, NULL);
    demo_thread_resume(f->thread);
    wait_until(f, (fixture_round(f), committed(f, "late", 0) == 7));
    fixture_round(f);
    commit(f, "late", 0, 8);
    wait_until(f, committed(f, "late", 0) == 8);
}

static void without_permission_it_polls_and_says_so(void **state)
{
    struct fixture *f = *state;
    demo_world_topic(f->world, "__consumer_offsets")->hidden = true;
    fixture_add(f);
    wait_until(f, offsets_say(f, "polled: no READ on __consumer_offsets"));
    commit(f, "readers", 0, 300);
    fixture_round(f);
    assert_int_equal(committed(f, "readers", 0), 300);
    cell_is_unknown(cluster(f), CLUSTERS_DEFECTS);
}

static void an_open_transaction_is_noticed(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    demo_thread_pause(f->thread);
    struct demo_topic *t = demo_world_topic(f->world, "__consumer_offsets");
    demo_group_commit(demo_world_group(f->world, "readers"), "orders", 0, 500, 0, NULL);
    for (size_t i = 0; i < t->partitions.n; i++) /* what was just written is part of a transaction, so it seems */
        if (t->partitions.items[i].end > 0)
            t->partitions.items[i].lso = t->partitions.items[i].end - 1;
    demo_thread_resume(f->thread);
    wait_until(f, offsets_say(f, "an open transaction holds back"));
    wait_until(f, (fixture_round(f), committed(f, "readers", 0) == 500)); /* polled */
    demo_thread_pause(f->thread);
    for (size_t i = 0; i < t->partitions.n; i++)
        t->partitions.items[i].lso = t->partitions.items[i].end;
    demo_thread_resume(f->thread);
    wait_until(f, offsets_say(f, "subscribed") && !offsets_say(f, "transaction"));
}

static void a_difference_that_lasts_is_a_defect(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    demo_thread_pause(f->thread);
    struct demo_group *g = demo_world_group(f->world, "readers");
    g->log = NULL; /* a commit that nobody hears of */
    demo_group_commit(g, "orders", 0, 777, 0, NULL);
    g->log = f->world->log;
    demo_thread_resume(f->thread);
    fixture_round(f);
    assert_int_equal(committed(f, "readers", 0), 100);
    f->ahead_us += 61000000; /* time for a check */
    fixture_round(f);
    assert_int_equal(committed(f, "readers", 0), 777);
    assert_false(fixture_told(f, "group readers", "defect"));
    f->ahead_us += 11000000;
    fixture_round(f);
    assert_true(fixture_told(f, "group readers", "defect"));
    fixture_round(f);
    cell_is_int(cluster(f), CLUSTERS_DEFECTS, 1, "exact");
}

static void more_records_than_it_is_worth(void **state)
{
    struct fixture *f = *state;
    enum { RECORDS = 16000 };
    f->conf.max_requests_per_s = 8; /* worth 160 records a second */
    subscribe(f);
    demo_thread_pause(f->thread);
    for (int64_t i = 0; i < RECORDS; i++) /* within half a minute, as the clock will say, and what the machine takes */
        demo_group_commit(demo_world_group(f->world, "readers"), "orders", 0, 101 + i % 500, 0, NULL);
    demo_thread_resume(f->thread);
    wait_until(f, committed(f, "readers", 0) == 101 + (RECORDS - 1) % 500);
    f->ahead_us += 30000000;
    wait_until(f, offsets_say(f, "polled: ") && offsets_say(f, "cost more than polling (over 160)"));
    commit(f, "readers", 0, 900);
    wait_until(f, (fixture_round(f), committed(f, "readers", 0) == 900));
}

static void other_settings_end_it(void **state)
{
    struct fixture *f = *state;
    subscribe(f);
    char *before = f->conf.offsets;
    f->conf.offsets = (char *)(uintptr_t) "poll";
    kafka_source_configure(f->source, &f->conf);
    wait_until(f, offsets_say(f, "polled: so configured"));
    commit(f, "readers", 0, 300);
    fixture_round(f);
    assert_int_equal(committed(f, "readers", 0), 300);
    f->conf.offsets = before;
    kafka_source_configure(f->source, &f->conf);
    wait_until(f, offsets_say(f, "subscribed"));
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(make_world(), 5000);
    f->conf.offsets = (char *)(uintptr_t) "auto";
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_shows_by_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(rounds_do_not_undo_it, setup, teardown),
        cmocka_unit_test_setup_teardown(who_stands_still_falls_behind, setup, teardown),
        cmocka_unit_test_setup_teardown(markers_are_no_lag_either, setup, teardown),
        cmocka_unit_test_setup_teardown(tombstones_take_away, setup, teardown),
        cmocka_unit_test_setup_teardown(membership_shows_by_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_group_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(without_permission_it_polls_and_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(an_open_transaction_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_difference_that_lasts_is_a_defect, setup, teardown),
        cmocka_unit_test_setup_teardown(more_records_than_it_is_worth, setup, teardown),
        cmocka_unit_test_setup_teardown(other_settings_end_it, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
