/* The brokers' clock against this machine's: intervals, the search for a record's time, and a cluster whose clock is
 * off. */
#include "kafka_fixture.h"

#include "demo/script.h"
#include "kafka/round.h"

#include <math.h>

#define COMMITS "__consumer_offsets"

/* ---- intervals ---- */

static void observations_narrow_each_other(void **state)
{
    (void)state;
    struct kafka_skew_estimate e = {.agreeing = 0};
    double s;
    assert_false(kafka_skew_seconds(&e, &s));
    kafka_skew_observe(&e, 50000, 80000, 0);
    assert_false(kafka_skew_seconds(&e, &s)); /* too wide to be told */
    kafka_skew_observe(&e, 20000, 60000, 0);
    assert_true(kafka_skew_seconds(&e, &s));
    assert_float_equal(s, 55, 0.01);
    assert_int_equal(e.agreeing, 2);
    kafka_skew_observe(&e, 0, 100000, 0); /* tells nothing new */
    assert_in_range(e.low_ms, 49990, 50000);
    assert_in_range(e.high_ms, 60000, 60010);
    assert_int_equal(e.agreeing, 3);
}

static void a_contradiction_begins_anew(void **state)
{
    (void)state;
    struct kafka_skew_estimate e = {.agreeing = 0};
    double s;
    kafka_skew_observe(&e, 0, 1000, 0);
    kafka_skew_observe(&e, 0, 1000, 0);
    kafka_skew_observe(&e, -7204000, -7200000, 0); /* the clock was set back by two hours */
    assert_int_equal(e.agreeing, 1);
    assert_true(kafka_skew_seconds(&e, &s));
    assert_float_equal(s, -7202, 0.01);
    kafka_skew_observe(&e, 100000, 200000, 0);
    assert_false(kafka_skew_seconds(&e, &s));
}

static void slow_drift_is_no_contradiction(void **state)
{
    (void)state;
    struct kafka_skew_estimate e = {.agreeing = 0};
    for (int i = 0; i < 100; i++) /* 25 ms in five minutes */
        kafka_skew_observe(&e, i * 25, i * 25 + 300, i * 300000000LL);
    assert_int_equal(e.agreeing, 100);
    assert_in_range(e.low_ms, 2475 - 30, 2475);
    kafka_skew_observe(&e, 5000, 5300, 101 * 300000000LL); /* this is none */
    assert_int_equal(e.agreeing, 1);
}

static void nothing_is_told_as_plain_zero(void **state)
{
    (void)state;
    struct kafka_skew_estimate e = {.agreeing = 0};
    double s;
    kafka_skew_observe(&e, -60, 20, 0);
    assert_true(kafka_skew_seconds(&e, &s));
    assert_true(s == 0 && !signbit(s));
}

/* ---- the search ---- */

static void the_time_of_a_record_is_found(void **state)
{
    (void)state;
    static const struct {
        int64_t off_ms; /* of the guess */
        int requests;   /* at most */
    } rows[] = {
        {0, 12},       {-5000, 12},    {59000, 12},   {-59999, 12},   {-60000, 12},   {60000, 18},     {-61000, 18},
        {3599999, 18}, {-3600000, 18}, {7200000, 24}, {-7200000, 24}, {93600000, 24}, {-93599999, 24}, {-43200000, 24},
    };
    const int64_t guess = 1750000000000;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_skew_search s;
        int64_t record = guess + rows[i].off_ms, at;
        int n = 0;
        kafka_skew_search_init(&s, guess);
        for (; (at = kafka_skew_search_next(&s)) && n < 100; n++)
            kafka_skew_search_answer(&s, at, record >= at);
        if (rows[i].off_ms >= 93600000) { /* exactly out of reach */
            assert_false(s.low_known && s.high_known);
            continue;
        }
        assert_true(s.low_known && s.high_known);
        assert_true(s.low_ms <= record && record < s.high_ms);
        assert_true(s.high_ms - s.low_ms <= 250);
        assert_true(n <= rows[i].requests);
    }
}

static void what_is_out_of_reach_ends_the_search(void **state)
{
    (void)state;
    for (int later = 0; later < 2; later++) {
        struct kafka_skew_search s;
        int64_t at;
        int n = 0;
        kafka_skew_search_init(&s, 1750000000000);
        for (; (at = kafka_skew_search_next(&s)) && n < 100; n++)
            kafka_skew_search_answer(&s, at, later);
        assert_int_equal(n, later ? 3 : 4);
        assert_false(s.low_known && s.high_known);
    }
}

/* ---- steps of rounds, on a log of three records ---- */

static int64_t wall_now;

static int64_t fake_wall(void *arg)
{
    (void)arg;
    return wall_now;
}

static int64_t fake_mono(void *arg)
{
    (void)arg;
    return (wall_now - 1750000000000) * 1000;
}

struct fake_log {
    struct kafka_admin admin;
    int64_t times[4]; /* of records 100 to 103 */
    int asked, fails_after;
};

static void fake_offsets(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_offset *items, size_t n)
{
    (void)budget;
    struct fake_log *log = (struct fake_log *)a;
    assert_int_equal(n, 1);
    assert_true(items->at > 0);
    items->offset = -1;
    items->fault = log->asked++ < log->fails_after ? KAFKA_FAULT_NONE : KAFKA_FAULT_UNASKED;
    for (int i = 3; !items->fault && i >= 0; i--)
        if (log->times[i] >= items->at)
            items->offset = 100 + i;
}

/* A round that read this end a second after it began, and another one 4 s later. */
static struct kafka_skew_estimate two_rounds(struct fake_log *log, int64_t first_end, int64_t second_end)
{
    static const struct kafka_admin_ops ops = {.offsets = fake_offsets};
    const struct clock clock = {.wall_ms = fake_wall, .mono_us = fake_mono};
    const struct kafka_round_plan plan = {.ops = &ops};
    struct kafka_round_memory memory = {.admin = &log->admin};
    for (int i = 0; i < 2; i++) {
        wall_now = 1750000001000 + i * 4000;
        struct kafka_partition partition = {.leader = 1};
        struct kafka_topic topic = {.name = (char[]){COMMITS}, .partitions = &partition, .npartitions = 1};
        struct kafka_offset end = {.topic = COMMITS, .leader = 1, .offset = i ? second_end : first_end};
        end.time = (struct kafka_time){.wall_ms = wall_now, .mono_us = fake_mono(NULL)};
        struct kafka_round round = {.metadata = {.topics = &topic, .ntopics = 1},
                                    .commits_topic = topic,
                                    .first = (size_t[]){0},
                                    .ends = &end,
                                    .nends = 1,
                                    .budget_ms = 1000};
        round.ends_asked = (struct kafka_time){.wall_ms = wall_now - 1000, .mono_us = fake_mono(NULL) - 1000000};
        struct kafka_budget budget = {.clock = &clock, .until_us = fake_mono(NULL) + 1000000};
        kafka_skew_run(&plan, &memory, &budget, &round);
    }
    kafka_round_memory_done(&memory);
    return memory.skew.estimate;
}

static void records_after_the_end_do_not_count(void **state)
{
    (void)state;
    /* Read before 101 was written, and when it was the last one; 102 and 103 came until it was looked for. */
    struct fake_log log = {.times = {1750000000000, 1750000063000, 1750000070000, 1750000080000}, .fails_after = 100};
    struct kafka_skew_estimate e = two_rounds(&log, 101, 102);
    assert_int_equal(e.agreeing, 1);
    assert_in_range(e.low_ms, 63000 - 5000 - 250, 63000 - 5000); /* the second end was read at 5 s */
    assert_in_range(e.high_ms, 63000, 63000 + 250);              /* the first was asked for at 0 s */
    assert_in_range(log.asked, 10, 20);
}

static void an_unfinished_search_tells_what_it_found(void **state)
{
    (void)state;
    for (int n = 0; n < 12; n++) {
        struct fake_log log = {.times = {1750000000000, 1750000003000, 0, 0}, .fails_after = n};
        struct kafka_skew_estimate e = two_rounds(&log, 101, 102);
        assert_true(log.asked <= n + 1); /* and asks no more */
        assert_int_equal(e.agreeing, n >= 2);
        assert_true(n < 2 || (e.low_ms <= -2000 && e.high_ms >= 3000));
    }
}

/* ---- a cluster ---- */

struct cluster {
    struct fixture *f;
    int64_t ahead_ms; /* of the brokers */
    int64_t end;
};

static int64_t now_of(const struct cluster *c)
{
    return clock_wall_ms(&c->f->clock) + c->ahead_ms;
}

/* Somebody commits, with the brokers' clock. */
static void commit(struct cluster *c)
{
    demo_thread_pause(c->f->thread);
    demo_world_append(c->f->world, COMMITS, 1, now_of(c), ++c->end);
    demo_thread_resume(c->f->thread);
}

static void pass(struct cluster *c, int64_t s)
{
    atomic_fetch_add(&c->f->ahead_us, s * 1000000);
}

static uint64_t offsets_requests(struct cluster *c)
{
    uint64_t n = demo_broker_requests(demo_thread_pause(c->f->thread), DEMO_API_LIST_OFFSETS, -1);
    demo_thread_resume(c->f->thread);
    return n;
}

/* The requests for offsets that a round makes. */
static uint64_t round_requests(struct cluster *c)
{
    uint64_t before = offsets_requests(c);
    fixture_round(c->f);
    state_is(c->f, "ok");
    return offsets_requests(c) - before;
}

static struct value skew_cell(struct fixture *f)
{
    return row_get(fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0), CLUSTERS_CLOCK_SKEW_S);
}

static void skew_is(struct cluster *c, double s, double tolerance)
{
    struct value v = skew_cell(c->f);
    assert_string_equal(quality_name(v.quality), "est");
    if (fabs(v.d - s) > tolerance)
        fail_msg("%f instead of %f", v.d, s);
}

static int setup_ahead(void **state, int64_t ahead_ms)
{
    struct demo_world *w = demo_world_new(2, "east-1");
    demo_world_topic_add(w, COMMITS, 3, 2)->internal = true;
    demo_world_topic_add(w, "orders", 1, 1);
    int64_t now = clock_wall_ms(&clock_system) + ahead_ms;
    for (int32_t p = 0; p < 3; p++) {
        demo_world_append(w, COMMITS, p, now - 40000000, 0);
        demo_world_append(w, COMMITS, p, now - 20000000, 1000);
    }
    demo_group_commit(demo_world_group_add(w, "pay", "consumer"), "orders", 0, 0, -1, NULL);
    struct cluster *c = mem_new(struct cluster);
    *c = (struct cluster){.f = fixture_new(w, 8000), .ahead_ms = ahead_ms, .end = 1000};
    *state = c;
    return 0;
}

static int setup(void **state)
{
    return setup_ahead(state, 60000);
}

static int setup_behind(void **state)
{
    return setup_ahead(state, -7200000);
}

static int teardown(void **state)
{
    struct cluster *c = *state;
    fixture_free(c->f);
    free(c);
    return 0;
}

static void brokers_ahead_are_noticed_in_the_second_round(void **state)
{
    struct cluster *c = *state;
    fixture_add(c->f);
    uint64_t first = round_requests(c);
    assert_int_equal(skew_cell(c->f).quality, QUALITY_UNKNOWN);
    assert_in_range(first, 1, 4 * 2); /* ends, starts and past of two leaders: none for this */
    commit(c);
    assert_true(round_requests(c) >= 8);
    skew_is(c, 60, 1);
}

static void brokers_two_hours_behind_are_noticed(void **state)
{
    struct cluster *c = *state;
    fixture_add(c->f);
    fixture_round(c->f);
    commit(c);
    fixture_round(c->f);
    skew_is(c, -7200, 1);
}

static void nobody_commits_and_nothing_is_asked(void **state)
{
    struct cluster *c = *state;
    fixture_add(c->f);
    fixture_round(c->f);
    for (int i = 0; i < 3; i++) {
        pass(c, 5);
        assert_in_range(round_requests(c), 1, 2); /* the ends of two leaders */
        assert_int_equal(skew_cell(c->f).quality, QUALITY_UNKNOWN);
    }
}

static void it_is_asked_seldom(void **state)
{
    struct cluster *c = *state;
    fixture_add(c->f);
    fixture_round(c->f);
    commit(c);
    fixture_round(c->f);
    skew_is(c, 60, 1);
    commit(c);
    assert_in_range(round_requests(c), 1,
                    3); /* not again at once; the other isolation's end of the partition that moved */
    pass(c, 61);
    round_requests(c); /* an end of a minute ago is good enough for one that is not told */
    pass(c, 1);
    commit(c);
    assert_true(round_requests(c) >= 8);
    skew_is(c, 60, 1);
    pass(c, 70); /* two agree: so it takes five minutes now */
    fixture_round(c->f);
    commit(c);
    assert_in_range(round_requests(c), 1, 4);
    skew_is(c, 60, 1);
}

static void a_clock_that_was_set_is_found_again(void **state)
{
    struct cluster *c = *state;
    fixture_add(c->f);
    fixture_round(c->f);
    commit(c);
    fixture_round(c->f);
    skew_is(c, 60, 1);
    c->ahead_ms = 90000;
    pass(c, 61);
    fixture_round(c->f);
    commit(c);
    fixture_round(c->f);
    skew_is(c, 90, 1);
}

static void topics_that_are_left_out_are_asked_for(void **state)
{
    struct cluster *c = *state;
    char *out[] = {(char[]){"__*"}, NULL};
    c->f->conf.topics.out = out;
    fixture_add(c->f);
    fixture_round(c->f); /* asks for nothing */
    commit(c);
    fixture_round(c->f); /* reads the ends */
    assert_int_equal(skew_cell(c->f).quality, QUALITY_UNKNOWN);
    assert_null(fixture_partition(c->f, COMMITS, 1));
    commit(c);
    fixture_round(c->f);
    skew_is(c, 60, 1);
    commit(c);
    assert_in_range(round_requests(c), 1, 1); /* of orders' leader */
    c->f->conf.topics.out = NULL;
}

static void a_topic_that_may_not_be_seen_is_no_fault(void **state)
{
    struct cluster *c = *state;
    demo_world_topic(c->f->world, COMMITS)->hidden = true;
    fixture_add(c->f);
    for (int i = 0; i < 3; i++) {
        commit(c);
        fixture_round(c->f);
        state_is(c->f, "ok");
        assert_int_equal(skew_cell(c->f).quality, QUALITY_UNKNOWN);
    }
}

static void a_leader_that_falls_silent_makes_no_round_partial(void **state)
{
    struct cluster *c = *state;
    char *out[] = {(char[]){"__*"}, NULL};
    c->f->conf.topics.out = out;
    c->f->conf.deadline_ms = 3000;
    int32_t leader = demo_world_partition(c->f->world, "orders", 0)->leader == 1 ? 2 : 1;
    for (int32_t p = 0; p < 3; p++)
        demo_world_set_leader(c->f->world, COMMITS, p, leader);
    fixture_add(c->f);
    fixture_round(c->f);
    demo_thread_fault(c->f->thread,
                      &(struct demo_fault){.api = DEMO_API_LIST_OFFSETS, .node = leader, .count = -1, .silent = true});
    for (int i = 0; i < 2; i++) {
        commit(c);
        fixture_round(c->f);
        state_is(c->f, "ok");
        assert_true(row_get(fixture_state(c->f), SOURCES_ROUND_MS).i < 1500);
    }
    assert_int_equal(skew_cell(c->f).quality, QUALITY_UNKNOWN);
    c->f->conf.topics.out = NULL;
}

/* ---- the demo's cluster, with a clock of its own ---- */

static void a_scripted_cluster_with_a_clock_ahead(void **state)
{
    (void)state;
    _Atomic int64_t ahead_us = 60000000;
    struct clock theirs = {.wall_ms = fixture_wall, .mono_us = fixture_mono, .arg = &ahead_us};
    struct demo_world *w = demo_world_new(3, "east-1");
    struct demo_script *script = demo_script_new(w, &theirs, 7, 0);
    struct cluster c = {.f = fixture_new(w, 8000)};
    fixture_add(c.f);
    for (int i = 0; i < 3; i++) {
        pass(&c, 2);
        atomic_fetch_add(&ahead_us, 2000000);
        demo_thread_pause(c.f->thread);
        demo_script_step(script);
        demo_thread_resume(c.f->thread);
        fixture_round(c.f);
    }
    skew_is(&c, 60, 2);
    demo_script_free(script);
    fixture_free(c.f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(observations_narrow_each_other),
        cmocka_unit_test(a_contradiction_begins_anew),
        cmocka_unit_test(slow_drift_is_no_contradiction),
        cmocka_unit_test(nothing_is_told_as_plain_zero),
        cmocka_unit_test(the_time_of_a_record_is_found),
        cmocka_unit_test(what_is_out_of_reach_ends_the_search),
        TEST(brokers_ahead_are_noticed_in_the_second_round),
        cmocka_unit_test_setup_teardown(brokers_two_hours_behind_are_noticed, setup_behind, teardown),
        TEST(nobody_commits_and_nothing_is_asked),
        TEST(it_is_asked_seldom),
        TEST(a_clock_that_was_set_is_found_again),
        cmocka_unit_test(records_after_the_end_do_not_count),
        cmocka_unit_test(an_unfinished_search_tells_what_it_found),
        TEST(topics_that_are_left_out_are_asked_for),
        TEST(a_topic_that_may_not_be_seen_is_no_fault),
        TEST(a_leader_that_falls_silent_makes_no_round_partial),
        cmocka_unit_test(a_scripted_cluster_with_a_clock_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
