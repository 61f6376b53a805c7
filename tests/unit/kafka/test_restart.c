/* Lag in seconds over a restart, with a history database as collectors keep it. */
#include "tests/unit/kafka/kafka_fixture.h"

#include "kafka/remember.h"

#include <ftw.h>
#include <math.h>
#include <unistd.h>

enum { SAMPLE_MS = 60000, INTERVAL_MS = 5000, HOUR = 3600 };

struct past {
    struct fixture *f;
    struct history *history;
    char dir[64], *path;
    bool done;
};

static int unlink_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
    (void)sb, (void)type, (void)ftw;
    return remove(path);
}

static void turn(struct past *p, bool (*until)(struct past *))
{
    int64_t deadline = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    while (!until(p)) {
        if (clock_mono_us(&clock_system) > deadline)
            fail_msg("history does not come within %d ms", WAIT_MS);
        struct timeval tick = {.tv_usec = 20000};
        event_base_loopexit(p->f->base, &tick);
        event_base_dispatch(p->f->base);
    }
}

static bool is_writing(struct past *p)
{
    struct row *r = fixture_row(p->f, "sources", 1, (const char *const[]){"history"}, 0);
    return r && strcmp(row_get(r, SOURCES_STATE).s->raw, "ok") == 0;
}

static bool is_read(struct past *p)
{
    return p->done;
}

static void on_row(void *arg, const char *bytes, size_t len, const struct history_span *spans, size_t n)
{
    struct past *p = arg;
    const struct table *t = store_find(p->f->store, "partitions");
    struct value key[PARTITIONS_PARTITION + 1];
    assert_int_equal(table_key_decode(t, bytes, len, key), 0);
    kafka_remember(p->f->source, key[PARTITIONS_TOPIC].s->raw, (int32_t)key[PARTITIONS_PARTITION].i, spans, n,
                   SAMPLE_MS, INTERVAL_MS);
    table_key_done(t, key);
}

static void on_end(void *arg, const struct error *err)
{
    assert_true(!err || err->code == 0);
    ((struct past *)arg)->done = true;
}

/* A collector's beginning: history is opened and read, then rounds come. */
static void begin(struct past *p)
{
    struct fixture *f = p->f;
    fixture_add(f);
    const struct history_settings settings = {.path = p->path, .max_bytes = 1 << 28, .sample_ms = SAMPLE_MS};
    p->history = history_new(f->base, f->store, &settings, NULL, NULL);
    p->done = false;
    int64_t now = clock_wall_ms(&f->clock);
    history_read_all(p->history, store_find(f->store, "partitions"), "end", now - 6LL * HOUR * 1000, now, on_row,
                     on_end, p);
    turn(p, is_read);
    turn(p, is_writing);
}

static void end(struct past *p)
{
    scheduler_free(p->f->scheduler);
    history_free(p->history, WAIT_MS);
    store_free(p->f->store);
    p->f->store = NULL;
}

static void restart(struct past *p, int64_t seconds)
{
    struct fixture *f = p->f;
    end(p);
    f->ahead_us += seconds * 1000000;
    f->store = store_new(&f->clock);
    f->scheduler = scheduler_new(f->base, f->store);
    begin(p);
    fixture_round(f); /* the one under way: a clock that is put forward meanwhile would end it */
}

static void commit(struct past *p, const char *group, int64_t offset)
{
    demo_thread_pause(p->f->thread);
    demo_group_commit(demo_world_group(p->f->world, group), "orders", 0, offset, -1, NULL);
    demo_thread_resume(p->f->thread);
}

/* Time goes by, then n records come at once, then a round. */
static void go_on(struct past *p, int64_t seconds, int64_t n)
{
    struct fixture *f = p->f;
    f->ahead_us += seconds * 1000000;
    demo_thread_pause(f->thread);
    int64_t last = demo_world_partition(f->world, "orders", 0)->end, now = clock_wall_ms(&f->clock);
    demo_world_append(f->world, "orders", 0, now - 1000, last);
    demo_world_append(f->world, "orders", 0, now, last + n);
    demo_thread_resume(f->thread);
    fixture_round(f);
}

static int setup(void **state)
{
    struct demo_world *w = demo_world_new(1, "cluster");
    int64_t now = clock_wall_ms(&clock_system);
    demo_world_topic_add(w, "orders", 1, 1);
    demo_world_append(w, "orders", 0, now - 72LL * HOUR * 1000, 0);
    demo_world_append(w, "orders", 0, now - 1000, 72 * HOUR); /* one a second for three days */
    static const char *const groups[] = {"old", "seen", "quiet", "between", "done"};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        demo_world_group_add(w, groups[i], "consumer");
    struct past *p = mem_new(struct past);
    p->f = fixture_new(w, 5000);
    snprintf(p->dir, sizeof p->dir, "/tmp/icetop-test-restart-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    p->path = mem_printf("%s/history.db", p->dir);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct past *p = *state;
    end(p);
    p->f->scheduler = NULL;
    event_base_free(p->f->base);
    demo_thread_stop(p->f->thread);
    demo_world_free(p->f->world);
    free(p->f->conf.bootstrap);
    free(p->f->conf.name);
    free(p->f);
    nftw(p->dir, unlink_one, 4, FTW_DEPTH | FTW_PHYS);
    free(p->path);
    free(p);
    return 0;
}

/* Its lag in seconds has this quality and method, and holds what it says of the truth. */
static void age_is(struct past *p, const char *group, double truth, const char *quality, const char *method)
{
    struct row *r = fixture_gp(p->f, group, "orders", 0);
    assert_non_null(r);
    struct value s = row_get(r, GROUP_PARTITIONS_LAG_S), error = row_get(r, GROUP_PARTITIONS_LAG_S_ERROR);
    if (strcmp(quality_name(s.quality), quality) != 0)
        fail_msg("%s: %f is %s, not %s", group, s.d, quality_name(s.quality), quality);
    if (strcmp(row_text(r, "lag_s_method"), method) != 0)
        fail_msg("%s: %f within %f by %s, in truth %f", group, s.d, error.d, row_text(r, "lag_s_method"), truth);
    if (s.quality == QUALITY_GE)
        assert_true(s.d <= truth);
    else if (fabs(s.d - truth) > error.d + 0.5) /* what a test takes itself */
        fail_msg("%s: %f within %f, in truth %f", group, s.d, error.d, truth);
    assert_true(s.quality == QUALITY_GE || error.d < truth / 5 + 75);
    struct row *g = fixture_group(p->f, group); /* has the one partition */
    cell_is_text(g, GROUPS_LAG_S_METHOD, method, "exact");
    assert_true(row_get(g, GROUPS_LAG_S).d == s.d);
}

static void lag_in_seconds_survives(void **state)
{
    struct past *p = *state;
    const int64_t first = 72 * HOUR;
    fixture_stop_clock(p->f); /* ages are compared to the second */
    commit(p, "old", first - 30 * HOUR);
    commit(p, "seen", first + 150);
    commit(p, "quiet", first + 300);
    commit(p, "between", first + 310);
    begin(p);
    fixture_round(p->f); /* ends at `first` */
    for (int i = 0; i < 3; i++)
        go_on(p, 120, 100); /* 100 more, three times */
    go_on(p, 5, 0);
    go_on(p, 2 * HOUR - 5, 0);
    go_on(p, 5, 10); /* after a quiet time: record first + 300 came with these */
    go_on(p, 300, 0);
    const double since = 300, all = 3 * 120 + 5 + 2 * HOUR + 300;
    commit(p, "done", first + 310);
    fixture_round(p->f);
    age_is(p, "old", 30 * HOUR + all, "est", "by record times");
    age_is(p, "seen", 120 + 5 + 2 * HOUR + since, "est", "observed");
    age_is(p, "quiet", since, "est", "observed");
    age_is(p, "between", 0, "exact", "caught up");
    restart(p, 1800);
    go_on(p, 10, 0); /* nothing came in between */
    age_is(p, "old", 30 * HOUR + all + 1810, "est", "by record times");
    age_is(p, "seen", 120 + 5 + 2 * HOUR + since + 1810, "est", "observed");
    age_is(p, "quiet", since + 1810, "est", "observed");
    age_is(p, "done", 0, "exact", "caught up");
    go_on(p, 595, 0);
    go_on(p, 5, 50); /* the next record, in this run */
    go_on(p, 60, 0);
    age_is(p, "between", 60, "est", "observed");
    age_is(p, "quiet", since + 1810 + 660, "est", "observed");
    /* A day later nothing of it is within what is read back: the broker says it. */
    restart(p, 24 * HOUR);
    for (int i = 0; i < 4; i++)
        go_on(p, 5, 0);
    age_is(p, "quiet", since + 1810 + 660 + 24 * HOUR + 20, "est", "by record times");
    age_is(p, "old", 30 * HOUR + all + 1810 + 660 + 24 * HOUR + 20, "est", "by record times");
}

/* A record that was read gives the exact age until the group goes on. */
static void a_read_record_makes_it_exact(void **state)
{
    struct past *p = *state;
    begin(p);
    commit(p, "seen", 1000);
    fixture_round(p->f);
    int64_t stamp = clock_wall_ms(&p->f->clock) - 123456;
    kafka_source_exact(p->f->source, "orders", 0, 1000, stamp);
    kafka_source_exact(p->f->source, "orders", 7, 1000, stamp);
    kafka_source_exact(p->f->source, "nothing", 0, 1000, stamp);
    fixture_round(p->f);
    age_is(p, "seen", 123.456, "exact", "record");
    struct row *topic = fixture_row(p->f, "group_topics", 3, (const char *const[]){"east", "seen", "orders"}, 0);
    assert_int_equal(row_get(topic, GROUP_TOPICS_LAG_S).quality, QUALITY_EXACT);
    commit(p, "seen", 1001);
    fixture_round(p->f);
    struct row *r = fixture_gp(p->f, "seen", "orders", 0);
    cell_is_text(r, GROUP_PARTITIONS_LAG_S_METHOD, "by record times", "exact");
}

/* Where a group's messages are gone, its lag begins at the log's start; the first round alone tells how old that is. */
static void what_is_left_of_a_log_is_known_at_once(void **state)
{
    struct past *p = *state;
    demo_thread_pause(p->f->thread);
    demo_world_partition(p->f->world, "orders", 0)->start = (72 - 20) * HOUR;
    demo_thread_resume(p->f->thread);
    commit(p, "seen", 1000);
    begin(p);
    fixture_round(p->f);
    double seconds = row_get(fixture_gp(p->f, "seen", "orders", 0), GROUP_PARTITIONS_LAG_S).d;
    double error = row_get(fixture_gp(p->f, "seen", "orders", 0), GROUP_PARTITIONS_LAG_S_ERROR).d;
    if (!(error < 20.0 * HOUR / 10) || fabs(seconds - 20.0 * HOUR) > error + 60)
        fail_msg("%f s, within %f", seconds, error);
}

/* Many groups on one partition: after a few rounds each is known well, not only the one furthest behind. */
static void all_groups_are_known_well(void **state)
{
    struct past *p = *state;
    begin(p);
    static const char *const groups[] = {"old", "seen", "quiet", "between", "done"};
    static const int64_t behind[] = {60 * HOUR, 20 * HOUR, 5 * HOUR, 40 * 60, 10 * 60};
    for (size_t i = 0; i < 5; i++)
        commit(p, groups[i], 72 * HOUR - behind[i]);
    for (int i = 0; i < 7; i++)
        fixture_round(p->f);
    for (size_t i = 0; i < 5; i++) {
        double truth = (double)behind[i];
        age_is(p, groups[i], truth, "est", "by record times");
        double error = row_get(fixture_gp(p->f, groups[i], "orders", 0), GROUP_PARTITIONS_LAG_S_ERROR).d;
        if (error > truth / 10 + 10)
            fail_msg("%s: %f s of %f", groups[i], error, truth);
    }
}

/* However many groups stand on a partition, records' times are asked for as often. */
static void cost_is_that_of_the_partitions(void **state)
{
    struct past *p = *state;
    enum { MORE = 60, ROUNDS = 8 };
    uint64_t cost[2];
    begin(p);
    for (int many = 0; many < 2; many++) {
        char name[16];
        for (int i = 0; i < (many ? MORE : 2); i++) {
            snprintf(name, sizeof name, "group-%d", i);
            demo_thread_pause(p->f->thread);
            if (!demo_world_group(p->f->world, name))
                demo_world_group_add(p->f->world, name, "consumer");
            demo_thread_resume(p->f->thread);
            commit(p, name, (i + 1) * (int64_t)HOUR);
        }
        uint64_t before = demo_broker_requests(demo_thread_pause(p->f->thread), DEMO_API_LIST_OFFSETS, -1);
        demo_thread_resume(p->f->thread);
        for (int i = 0; i < ROUNDS; i++)
            fixture_round(p->f);
        cost[many] = demo_broker_requests(demo_thread_pause(p->f->thread), DEMO_API_LIST_OFFSETS, -1) - before;
        demo_thread_resume(p->f->thread);
        for (int i = 0; i < (many ? MORE : 2); i++) {
            snprintf(name, sizeof name, "group-%d", i);
            age_is(p, name, 72 * HOUR - (i + 1) * HOUR, "est", "by record times");
        }
    }
    /* Ends, starts, what is ahead, the first sweep, then at most four questions a round. */
    assert_in_range(cost[0], ROUNDS, ROUNDS * 8 + 16);
    assert_in_range(cost[1], ROUNDS, ROUNDS * 8 + 16);
}

/* Groups that are read after a round's first step, as there may be few requests a second, are known, too. */
static void groups_of_later_steps_are_known(void **state)
{
    struct past *p = *state;
    enum { GROUPS = 30 };
    char name[16];
    demo_world_topic_add(p->f->world, "wide", GROUPS, 1);
    int64_t now = clock_wall_ms(&p->f->clock);
    for (int32_t i = 0; i < GROUPS; i++) {
        demo_world_append(p->f->world, "wide", i, now - HOUR * 1000, 0);
        demo_world_append(p->f->world, "wide", i, now - 1000, HOUR);
        snprintf(name, sizeof name, "group-%d", i);
        demo_group_commit(demo_world_group_add(p->f->world, name, "consumer"), "wide", i, HOUR / 2, -1, NULL);
    }
    p->f->conf.max_requests_per_s = 60;
    begin(p);
    int known = 0;
    for (int i = 0; i < 12 && known < GROUPS; i++) {
        fixture_round(p->f);
        known = 0;
        for (int k = 0; k < GROUPS; k++) {
            snprintf(name, sizeof name, "group-%d", k);
            struct row *r = fixture_gp(p->f, name, "wide", k);
            known += r && strcmp(row_text(r, "lag_s_method"), "by record times") == 0;
        }
    }
    assert_int_equal(known, GROUPS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(lag_in_seconds_survives),        TEST(a_read_record_makes_it_exact),
        TEST(all_groups_are_known_well),      TEST(what_is_left_of_a_log_is_known_at_once),
        TEST(cost_is_that_of_the_partitions), TEST(groups_of_later_steps_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
