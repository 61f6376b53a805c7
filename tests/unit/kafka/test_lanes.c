/* Threads that hang in a client library: they are left behind, others take over, and there is an end to it. */
#include "kafka_fixture.h"

#include <pthread.h>

/* A client of an empty cluster whose calls hang on demand, whatever their budget says. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool hang_metadata, hang_close;
    int hanging, opened, closed;
} lib = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

static void hang_while(const bool *flag)
{
    pthread_mutex_lock(&lib.lock);
    lib.hanging++;
    pthread_cond_broadcast(&lib.change);
    while (*flag)
        pthread_cond_wait(&lib.change, &lib.lock);
    lib.hanging--;
    pthread_mutex_unlock(&lib.lock);
}

static void set_flag(bool *flag, bool value)
{
    pthread_mutex_lock(&lib.lock);
    *flag = value;
    pthread_cond_broadcast(&lib.change);
    pthread_mutex_unlock(&lib.lock);
}

static int count_of(const int *counter)
{
    pthread_mutex_lock(&lib.lock);
    int n = *counter;
    pthread_mutex_unlock(&lib.lock);
    return n;
}

static const struct kafka_admin_ops ops;

static int lib_open(const struct kafka_admin_settings *settings, struct kafka_admin **ret, struct error *err)
{
    (void)settings, (void)err;
    *ret = mem_new(struct kafka_admin);
    (*ret)->ops = &ops;
    pthread_mutex_lock(&lib.lock);
    lib.opened++;
    pthread_mutex_unlock(&lib.lock);
    return 0;
}

static int lib_metadata(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                        struct kafka_metadata *ret, struct error *err)
{
    (void)a, (void)err;
    hang_while(&lib.hang_metadata);
    *ret = (struct kafka_metadata){.controller = 1, .nbrokers = 1};
    ret->brokers = kafka_arena_alloc(arena, 1, sizeof *ret->brokers);
    ret->brokers[0] = (struct kafka_broker){.id = 1, .host = kafka_arena_text(arena, "h"), .port = 9092};
    ret->time = (struct kafka_time){.wall_ms = clock_wall_ms(budget->clock), .mono_us = clock_mono_us(budget->clock)};
    return 0;
}

static int lib_groups(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                      struct kafka_groups *ret, struct error *err)
{
    (void)a, (void)budget, (void)arena, (void)err;
    *ret = (struct kafka_groups){0};
    return 0;
}

static bool lib_all_list(struct kafka_admin *a, const struct kafka_budget *budget)
{
    (void)a, (void)budget;
    return true;
}

static void lib_committed(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                          struct kafka_committed *items, size_t n)
{
    (void)a, (void)budget, (void)arena, (void)items, (void)n;
}

static void lib_offsets(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_offset *items, size_t n)
{
    (void)a, (void)budget, (void)items, (void)n;
}

static bool lib_spent(const struct kafka_admin *a)
{
    (void)a;
    return count_of(&lib.hanging) < 0; /* never */
}

static void lib_close(struct kafka_admin *a)
{
    hang_while(&lib.hang_close);
    free(a);
    pthread_mutex_lock(&lib.lock);
    lib.closed++;
    pthread_cond_broadcast(&lib.change);
    pthread_mutex_unlock(&lib.lock);
}

static const struct kafka_admin_ops ops = {
    .name = "scripted",
    .open = lib_open,
    .metadata = lib_metadata,
    .groups = lib_groups,
    .all_list = lib_all_list,
    .committed = lib_committed,
    .offsets = lib_offsets,
    .spent = lib_spent,
    .close = lib_close,
};

static int setup(void **state)
{
    struct fixture *f = fixture_new(demo_world_new(1, "unused"), 200);
    lib.opened = lib.closed = 0;
    f->source = kafka_source_new(f->base, f->store, &f->conf, &ops);
    struct source_settings settings = kafka_source_settings(&f->conf);
    scheduler_add(f->scheduler, kafka_source_name(f->source), "east", &kafka_source_ops, f->source, &settings);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    set_flag(&lib.hang_metadata, false);
    set_flag(&lib.hang_close, false);
    fixture_free(*state);
    return 0;
}

/* Turns the loop until a counter has a value. */
static void wait_for(struct fixture *f, const int *counter, int value)
{
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    while (count_of(counter) != value) {
        if (clock_mono_us(&clock_system) > until)
            fail_msg("it is %d, not %d", count_of(counter), value);
        struct timeval tick = {.tv_usec = 5000};
        event_base_loopexit(f->base, &tick);
        event_base_dispatch(f->base);
    }
}

static void hanging_threads_are_left_behind(void **state)
{
    struct fixture *f = *state;
    fixture_round(f);
    state_is(f, "ok");
    set_flag(&lib.hang_metadata, true);
    for (int i = 0; i < 4; i++) {
        fixture_round(f);
        state_is(f, "failed");
        assert_string_equal(row_get(fixture_state(f), SOURCES_ERROR).s->raw, "the round did not end within 0.2 s");
        assert_int_equal(count_of(&lib.hanging), i + 1);
    }
    fixture_round(f); /* no fifth one is risked */
    state_is(f, "failed");
    assert_string_equal(row_get(fixture_state(f), SOURCES_ERROR).s->raw, "4 threads hang in the client library");
    assert_int_equal(count_of(&lib.hanging), 4);
    set_flag(&lib.hang_metadata, false);
    wait_for(f, &lib.closed, 4); /* they come back, and are cleared away */
    fixture_round(f);
    state_is(f, "ok");
    assert_int_equal(count_of(&lib.opened), 5);
}

static void hanging_close_blocks_nobody(void **state)
{
    struct fixture *f = *state;
    set_flag(&lib.hang_close, true);
    for (int i = 0; i < 3; i++) {
        fixture_round(f);
        state_is(f, "ok");
        kafka_source_configure(f->source, &f->conf); /* a new client each time */
    }
    assert_int_equal(count_of(&lib.closed), 0);
    set_flag(&lib.hang_close, false);
    wait_for(f, &lib.closed, 2);
}

static void configuration_goes_over_to_a_new_client(void **state)
{
    struct fixture *f = *state;
    fixture_round(f);
    kafka_source_configure(f->source, &f->conf);
    fixture_round(f);
    state_is(f, "ok");
    assert_int_equal(count_of(&lib.opened), 2);
    wait_for(f, &lib.closed, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(hanging_threads_are_left_behind),
        TEST(hanging_close_blocks_nobody),
        TEST(configuration_goes_over_to_a_new_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
