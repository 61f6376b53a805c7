/* More groups than can be read at once: rounds in steps under a cap, against a scripted cluster that counts requests. */
#include "kafka_fixture.h"

enum { GROUPS = 300, CAP = 100, IN_FLIGHT = 5, TICK_MS = 50, LOOK_MS = 2, LOOKS_MAX = 50 };

/* What was counted at a time of the tests' clock. */
struct sample {
    int64_t us;
    uint64_t requests;
};

struct steps {
    struct fixture *f;
    VEC(struct sample) samples;
};

static const char *name_of(int i)
{
    static char name[16];
    snprintf(name, sizeof name, "g%03d", i);
    return name;
}

/* A partition for each group, 10 behind; three nodes. */
static struct demo_world *make_world(int groups)
{
    struct demo_world *w = demo_world_new(3, "east-1");
    demo_world_topic_add(w, "orders", groups, 1);
    for (int i = 0; i < groups; i++) {
        demo_world_set_offsets(w, "orders", i, 0, 100, 100);
        struct demo_group *g = demo_world_group_add(w, name_of(i), "consumer");
        g->coordinator = i % 3 + 1;
        demo_group_commit(g, "orders", i, 100, -1, NULL);
    }
    return w;
}

static int setup(void **state)
{
    struct steps *s = mem_new(struct steps);
    s->f = fixture_new(make_world(GROUPS), 10000);
    s->f->conf.interval_ms = 5000;
    s->f->conf.max_in_flight = IN_FLIGHT;
    s->f->conf.max_requests_per_s = CAP;
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct steps *s = *state;
    fixture_free(s->f);
    vec_done(&s->samples);
    free(s);
    return 0;
}

static uint64_t requests(struct steps *s)
{
    struct demo_broker *b = demo_thread_pause(s->f->thread);
    uint64_t n = demo_broker_requests(b, DEMO_API_OFFSET_FETCH, -1) +
                 demo_broker_requests(b, DEMO_API_FIND_COORDINATOR, -1) +
                 demo_broker_requests(b, DEMO_API_LIST_OFFSETS, -1);
    demo_thread_resume(s->f->thread);
    return n;
}

/* Lets everybody work until no request comes any more: what is under way takes the time of a machine, which may be busy with
 * other things, and that must not look like time of the world in which nobody asks. */
static void settle(struct steps *s)
{
    struct fixture *f = s->f;
    uint64_t last = requests(s);
    for (int looks = 0, quiet = 0, wanted = 2; looks < LOOKS_MAX && quiet < wanted; looks++) {
        int64_t begun = clock_mono_us(&clock_system);
        struct timeval moment = {.tv_usec = LOOK_MS * 1000};
        event_base_loopexit(f->base, &moment);
        event_base_dispatch(f->base);
        if (clock_mono_us(&clock_system) - begun > 3 * LOOK_MS * 1000)
            wanted = 10; /* others want the processors, too */
        uint64_t n = requests(s);
        quiet = n == last ? quiet + 1 : 0;
        last = n;
        vec_push(&s->samples, (struct sample){.us = clock_mono_us(&f->clock), .requests = n});
    }
}

/* Lets a little time pass: a few milliseconds of the world's, many of the clock's. */
static void tick(struct steps *s)
{
    settle(s);
    atomic_fetch_add(&s->f->ahead_us, (TICK_MS - LOOK_MS) * 1000);
    scheduler_turn(s->f->scheduler);
}

/* Until a group's offsets are known; fails after many seconds of the tests' clock. */
#define wait_for(s, condition)                                                                                         \
    do {                                                                                                               \
        int64_t until_ = clock_mono_us(&(s)->f->clock) + 60000000;                                                     \
        while (!(condition)) {                                                                                         \
            if (clock_mono_us(&(s)->f->clock) > until_)                                                                \
                fail_msg("not in time: %s: %s", #condition,                                                            \
                         row_get(fixture_state((s)->f), SOURCES_ERROR).quality                                         \
                             ? row_get(fixture_state((s)->f), SOURCES_ERROR).s->raw                                    \
                             : "");                                                                                    \
            tick(s);                                                                                                   \
        }                                                                                                              \
    } while (0)

static size_t known(struct fixture *f)
{
    size_t n = 0;
    for (struct row *r = table_first(store_find(f->store, "groups")); r; r = row_next(r))
        n += row_get(r, GROUPS_LAG).quality != QUALITY_UNKNOWN;
    return n;
}

static size_t dated(struct fixture *f)
{
    size_t n = 0;
    for (struct row *r = table_first(store_find(f->store, "groups")); r; r = row_next(r))
        n += row_get(r, GROUPS_AS_OF).quality == QUALITY_EXACT;
    return n;
}

static bool is_state(struct fixture *f, const char *state)
{
    return strcmp(row_get(fixture_state(f), SOURCES_STATE).s->raw, state) == 0;
}

/* No five seconds had more requests than the cap allows in seven: what a machine with much to do lets lie for a tenth of a
 * second, which is one of these, comes at once. */
static void cap_held(const struct steps *s)
{
    enum { SECONDS = 5 };
    for (size_t i = 0, j = 0; j < s->samples.n; j++) {
        const struct sample *last = &s->samples.items[j];
        while (last->us - s->samples.items[i].us > SECONDS * 1000000)
            i++;
        uint64_t n = last->requests - s->samples.items[i].requests;
        if (n > (SECONDS + 2) * CAP + 2 * IN_FLIGHT)
            fail_msg("%llu requests in %d seconds", (unsigned long long)n, SECONDS);
    }
}

static void first_sweep_takes_its_time_and_says_how_far_it_is(void **state)
{
    struct steps *s = *state;
    fixture_add(s->f);
    int64_t begun = clock_mono_us(&s->f->clock);
    wait_for(s, known(s->f) > 0);
    assert_in_range(known(s->f), CAP / 4, CAP); /* rows come before the whole is there */
    assert_true(is_state(s->f, "starting"));
    int n = 0, total = 0;
    assert_int_equal(sscanf(row_get(fixture_state(s->f), SOURCES_ERROR).s->raw, "%d of %d groups are read", &n, &total),
                     2);
    assert_int_equal(n, known(s->f));
    assert_int_equal(total, GROUPS);
    struct row *r = fixture_group(s->f, name_of(GROUPS - 1));
    cell_is_text(r, GROUPS_NOTE, "its offsets are still to be read", "exact");
    cell_is_text(r, GROUPS_STATE, "Empty", "exact");
    struct row *c = fixture_row(s->f, "clusters", 1, (const char *const[]){"east"}, 0);
    assert_int_equal(row_get(c, CLUSTERS_LAG).quality, QUALITY_GE);
    wait_for(s, is_state(s->f, "ok"));
    assert_int_equal(known(s->f), GROUPS);
    cell_is_unknown(r, GROUPS_NOTE);
    double took = (double)(clock_mono_us(&s->f->clock) - begun) / 1e6, ideal = 2.0 * GROUPS / CAP;
    assert_true(took > ideal * 0.8);
    assert_true(took < ideal * 6); /* it does not wait for rounds; a machine with much to do takes longer */
    cap_held(s);
}

static void old_rows_are_dated(void **state)
{
    struct steps *s = *state;
    fixture_add(s->f);
    wait_for(s, is_state(s->f, "ok"));
    for (int i = 0; i < 60; i++) /* three seconds: the next sweep is under way */
        tick(s);
    wait_for(s, dated(s->f) > 0);
    assert_true(dated(s->f) < GROUPS);
    for (struct row *r = table_first(store_find(s->f->store, "groups")); r; r = row_next(r)) {
        struct value v = row_get(r, GROUPS_AS_OF);
        if (v.quality) /* older than the last interval, and not from before it was first read */
            assert_in_range(clock_wall_ms(&s->f->clock) - v.i, 4000, 60000);
    }
    cap_held(s);
}

static void small_clusters_are_read_in_one_round(void **state)
{
    struct steps *s = *state;
    s->f->conf.max_requests_per_s = 0;
    fixture_add(s->f);
    fixture_round(s->f);
    state_is(s->f, "ok");
    assert_int_equal(known(s->f), GROUPS);
    fixture_round(s->f);
    assert_int_equal(row_get(fixture_state(s->f), SOURCES_ROUNDS).i, 2);
    for (struct row *r = table_first(store_find(s->f->store, "groups")); r; r = row_next(r))
        cell_is_unknown(r, GROUPS_AS_OF);
}

/* A group's commit and its partition's end move; the lag that is shown afterwards. */
static void commit(struct steps *s, int group, int64_t offset, int64_t end)
{
    demo_thread_pause(s->f->thread);
    demo_group_commit(demo_world_group(s->f->world, name_of(group)), "orders", group, offset, -1, NULL);
    demo_world_set_offsets(s->f->world, "orders", group, 0, end, end);
    demo_thread_resume(s->f->thread);
}

static int64_t committed(struct steps *s, int group)
{
    return row_get(fixture_gp(s->f, name_of(group), "orders", group), GROUP_PARTITIONS_COMMITTED).i;
}

/* Rounds of five seconds read 250 of 300 groups; so cut the cap down: they read 50 now. */
static void slow_down(struct steps *s)
{
    s->f->conf.max_requests_per_s = CAP / 5;
    kafka_source_configure(s->f->source, &s->f->conf);
}

static void groups_on_screen_are_read_in_every_round(void **state)
{
    struct steps *s = *state;
    fixture_add(s->f);
    wait_for(s, is_state(s->f, "ok"));
    slow_down(s);
    kafka_source_focus(s->f->source, (const char *const[]){"g007", "g299"}, 2);
    for (int round = 1; round <= 4; round++) {
        int64_t begun = clock_mono_us(&s->f->clock);
        commit(s, 7, 100 + round, 200);
        commit(s, 299, 100 + round, 200);
        wait_for(s, committed(s, 7) == 100 + round && committed(s, 299) == 100 + round);
        assert_true(clock_mono_us(&s->f->clock) - begun < 9000000); /* an interval, and the round itself */
    }
}

static void moving_groups_are_read_in_every_round(void **state)
{
    struct steps *s = *state;
    fixture_add(s->f);
    wait_for(s, is_state(s->f, "ok"));
    slow_down(s);
    for (int i = 100; i < 105; i++)
        commit(s, i, 110, 200);
    wait_for(s, committed(s, 104) == 110); /* its end moved: found by that */
    for (int round = 1; round <= 3; round++) {
        int64_t begun = clock_mono_us(&s->f->clock);
        for (int i = 100; i < 105; i++)
            commit(s, i, 110 + round, 200);
        wait_for(s, committed(s, 100) == 110 + round && committed(s, 104) == 110 + round);
        assert_true(clock_mono_us(&s->f->clock) - begun < 9000000);
    }
}

static void lags_are_pairs_while_ends_run_ahead(void **state)
{
    struct steps *s = *state;
    fixture_add(s->f);
    wait_for(s, is_state(s->f, "ok"));
    slow_down(s);
    demo_thread_pause(s->f->thread);
    for (int i = 0; i < GROUPS; i++) { /* everybody keeps up: lag is 10 throughout */
        demo_group_commit(demo_world_group(s->f->world, name_of(i)), "orders", i, 1990, -1, NULL);
        demo_world_set_offsets(s->f->world, "orders", i, 0, 2000, 2000);
    }
    demo_thread_resume(s->f->thread);
    size_t fresh = 0, mixed = 0, rounds = 0;
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    for (int64_t last = 0; rounds < 3 || fresh < 20;) {
        assert_true(clock_mono_us(&clock_system) < until);
        tick(s);
        rounds += fixture_rounds(s->f) != last;
        last = fixture_rounds(s->f);
        fresh = mixed = 0;
        for (int i = 0; i < GROUPS; i++) {
            struct row *r = fixture_gp(s->f, name_of(i), "orders", i);
            int64_t at = row_get(r, GROUP_PARTITIONS_COMMITTED).i, lag = row_get(r, GROUP_PARTITIONS_LAG).i;
            fresh += at == 1990;
            mixed += lag != (at == 100 ? 0 : 10);
        }
        assert_true(mixed <= CAP / 2); /* those whose commit was just read when it changed: one step's */
    }
    assert_true(fresh <= GROUPS - 20);
}

static void broker_that_dies_in_a_sweep_costs_its_groups_only(void **state)
{
    struct steps *s = *state;
    fixture_add(s->f);
    wait_for(s, known(s->f) >= 60);
    assert_true(is_state(s->f, "starting"));
    size_t before = known(s->f);
    demo_thread_fault(s->f->thread,
                      &(struct demo_fault){.api = DEMO_API_OFFSET_FETCH, .node = 2, .count = -1, .silent = true});
    wait_for(s, is_state(s->f, "partial"));
    assert_true(known(s->f) >= before); /* nothing is lost */
    for (int i = 0; i < GROUPS; i++) {
        struct row *r = fixture_group(s->f, name_of(i));
        bool its = i % 3 + 1 == 2;
        if (!its)
            cell_is_int(r, GROUPS_LAG, 0, "exact");
        else if (row_get(r, GROUPS_LAG).quality)
            cell_is_int(r, GROUPS_LAG, 0, "stale");
        if (its)
            assert_non_null(strstr(row_get(r, GROUPS_NOTE).s->raw, "offsets cannot be read"));
    }
    assert_non_null(strstr(row_get(fixture_state(s->f), SOURCES_ERROR).s->raw, "of 300 groups could not be read"));
    demo_thread_faults_clear(s->f->thread);
    wait_for(s, is_state(s->f, "ok"));
    wait_for(s, known(s->f) == GROUPS);
    cap_held(s);
}

/* By the real clock: each answer waits behind the one before it. */
static void slow_answers_are_waited_for(void **state)
{
    struct steps *s = *state;
    s->f->conf.max_requests_per_s = 0;
    s->f->conf.max_in_flight = 200;
    s->f->conf.deadline_ms = 25000; /* on a busy machine each answer takes longer */
    static const int apis[] = {DEMO_API_FIND_COORDINATOR, DEMO_API_OFFSET_FETCH};
    for (size_t i = 0; i < 2; i++)
        demo_thread_fault(s->f->thread, &(struct demo_fault){.api = apis[i], .node = -1, .count = -1, .delay_ms = 15});
    fixture_add(s->f);
    int64_t until = clock_mono_us(&clock_system) + 3 * WAIT_MS * 1000;
    bool stepped = false;
    while (!is_state(s->f, "ok")) {
        assert_true(clock_mono_us(&clock_system) < until);
        if (is_state(s->f, "partial"))
            state_is(s->f, "ok"); /* says why it is not */
        stepped |= is_state(s->f, "starting") && known(s->f) > 0;
        struct timeval moment = {.tv_usec = 20000};
        event_base_loopexit(s->f->base, &moment);
        event_base_dispatch(s->f->base);
    }
    assert_true(stepped); /* rows came before all were there */
    for (struct row *r = table_first(store_find(s->f->store, "groups")); r; r = row_next(r))
        cell_is_int(r, GROUPS_LAG, 0, "exact");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(first_sweep_takes_its_time_and_says_how_far_it_is),
        TEST(old_rows_are_dated),
        TEST(small_clusters_are_read_in_one_round),
        TEST(groups_on_screen_are_read_in_every_round),
        TEST(moving_groups_are_read_in_every_round),
        TEST(lags_are_pairs_while_ends_run_ahead),
        TEST(slow_answers_are_waited_for),
        TEST(broker_that_dies_in_a_sweep_costs_its_groups_only),
    };
    return cmocka_run_group_tests_name("kafka/steps", tests, NULL, NULL);
}
