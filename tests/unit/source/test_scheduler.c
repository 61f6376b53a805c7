/* When rounds start, how they are given up, how failures push them apart, and what `sources` and
 * `events` say of it. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "source/source.h"

#include <event2/event.h>

struct probe {
    struct source *src;
    int rounds, deadlines, freed;
};

struct fixture {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    int64_t now_us;
    struct clock clock;
    struct probe *probe;
    struct source *src;
};

static int64_t wall(void *arg)
{
    return 1700000000000 + *(int64_t *)arg / 1000;
}

static int64_t mono(void *arg)
{
    return *(int64_t *)arg;
}

static void probe_round(void *self, struct source *src)
{
    struct probe *p = self;
    p->src = src;
    p->rounds++;
}

static void probe_deadline(void *self, struct source *src)
{
    (void)src;
    ((struct probe *)self)->deadlines++;
}

static void probe_free(void *self)
{
    ((struct probe *)self)->freed++;
}

static const struct source_ops probe_ops = {
    .kind = "probe", .round = probe_round, .deadline = probe_deadline, .free = probe_free};
static const struct source_settings settings = {.interval_ms = 1000, .deadline_ms = 3000, .max_interval_ms = 8000};

static int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    f->base = event_base_new();
    f->clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = &f->now_us};
    f->store = store_new(&f->clock);
    f->scheduler = scheduler_new(f->base, f->store);
    f->probe = mem_new(struct probe);
    f->src = scheduler_add(f->scheduler, "probe:a", "east", &probe_ops, f->probe, &settings);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    scheduler_free(f->scheduler);
    store_free(f->store);
    event_base_free(f->base);
    free(f->probe);
    free(f);
    return 0;
}

static void pass(struct fixture *f, int64_t ms)
{
    f->now_us += ms * 1000;
    scheduler_turn(f->scheduler);
}

static struct value cell(struct fixture *f, size_t column)
{
    struct name *n = name_intern(store_names(f->store), "probe:a", 7);
    struct row *r = table_find(store_find(f->store, "sources"), &(struct value){.s = n, .quality = QUALITY_EXACT});
    name_unref(n);
    assert_non_null(r);
    return row_get(r, column);
}

static void first_round_starts_at_once(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(cell(f, SOURCES_STATE).s->raw, "starting");
    assert_int_equal(cell(f, SOURCES_ROUNDS).i, 0);
    event_base_loop(f->base, EVLOOP_ONCE); /* the loop's own timer does it */
    assert_int_equal(f->probe->rounds, 1);
    source_done(f->src, SOURCE_OK, NULL, 12);
    assert_int_equal(cell(f, SOURCES_ROUNDS).i, 1);
    assert_string_equal(cell(f, SOURCES_STATE).s->raw, "ok");
    assert_int_equal(cell(f, SOURCES_ERROR).quality, QUALITY_UNKNOWN);
    assert_int_equal(cell(f, SOURCES_ROWS).i, 12);
    assert_string_equal(cell(f, SOURCES_CLUSTER).s->raw, "east");
}

static void interval_counts_from_the_start(void **state)
{
    struct fixture *f = *state;
    pass(f, 0);
    f->now_us += 400000;
    source_done(f->src, SOURCE_OK, NULL, 0);
    assert_int_equal(cell(f, SOURCES_ROUND_MS).i, 400);
    assert_int_equal(cell(f, SOURCES_NEXT_ROUND).i - cell(f, SOURCES_LAST_ROUND).i, 600);
    pass(f, 599);
    assert_int_equal(f->probe->rounds, 1);
    pass(f, 1);
    assert_int_equal(f->probe->rounds, 2);
    pass(f, 2500); /* still running: no second one beside it */
    assert_int_equal(f->probe->rounds, 2);
}

static void deadline_asks_until_done(void **state)
{
    struct fixture *f = *state;
    pass(f, 0);
    pass(f, 2999);
    assert_int_equal(f->probe->deadlines, 0);
    pass(f, 1);
    assert_int_equal(f->probe->deadlines, 1);
    pass(f, 10);
    assert_int_equal(f->probe->deadlines, 1);
    struct error err;
    error_set(&err, ERR_TIMEOUT, "no answer in 3 s");
    source_done(f->src, SOURCE_FAILED, &err, 0);
    source_done(f->src, SOURCE_OK, NULL, 1); /* too late: ignored */
    assert_string_equal(cell(f, SOURCES_STATE).s->raw, "failed");
    assert_string_equal(cell(f, SOURCES_ERROR).s->raw, "no answer in 3 s");
    assert_int_equal(cell(f, SOURCES_LAST_OK).quality, QUALITY_UNKNOWN);
    assert_int_equal(cell(f, SOURCES_ROUNDS).i, 1);
}

static void failures_back_off_and_success_resets(void **state)
{
    struct fixture *f = *state;
    struct error err;
    error_set(&err, ERR_UNAVAILABLE, "refused");
    static const double expected[] = {2, 4, 8, 8, 8};
    for (size_t i = 0; i < 5; i++) {
        pass(f, 20000);
        source_done(f->src, SOURCE_FAILED, &err, 0);
        double interval = cell(f, SOURCES_INTERVAL_S).d;
        assert_true(interval <= expected[i] && interval >= expected[i] * 0.8);
        assert_int_equal(cell(f, SOURCES_FAILURES).i, i + 1);
    }
    pass(f, 8000);
    source_done(f->src, SOURCE_PARTIAL, &err, 3);
    assert_true(cell(f, SOURCES_INTERVAL_S).d == 1.0);
    assert_int_equal(cell(f, SOURCES_FAILURES).i, 0);
    assert_string_equal(cell(f, SOURCES_STATE).s->raw, "partial");
    struct table *events = store_find(f->store, "events");
    assert_int_equal(table_nrows(events), 2); /* failed once, back once */
    struct row *failed = table_first(events), *back = row_next(failed);
    assert_string_equal(row_get(failed, EVENTS_TEXT).s->raw, "failed: refused");
    assert_string_equal(row_get(back, EVENTS_TEXT).s->raw, "is back after 5 failed rounds");
    assert_true(row_get(back, EVENTS_ID).i > row_get(failed, EVENTS_ID).i);
}

static void refresh_runs_now_or_next(void **state)
{
    struct fixture *f = *state;
    pass(f, 0);
    scheduler_refresh(f->scheduler, "probe:a");
    pass(f, 0);
    assert_int_equal(f->probe->rounds, 1);
    source_done(f->src, SOURCE_OK, NULL, 0);
    pass(f, 0);
    assert_int_equal(f->probe->rounds, 2);
    source_done(f->src, SOURCE_OK, NULL, 0);
    pass(f, 100);
    assert_int_equal(f->probe->rounds, 2);
    scheduler_refresh(f->scheduler, NULL);
    pass(f, 0);
    assert_int_equal(f->probe->rounds, 3);
}

static void removing_takes_the_rows_along(void **state)
{
    struct fixture *f = *state;
    pass(f, 0);
    scheduler_remove(f->scheduler, f->src);
    assert_int_equal(f->probe->freed, 1);
    assert_int_equal(table_nrows(store_find(f->store, "sources")), 0);
    assert_null(scheduler_find(f->scheduler, "probe:a"));
    pass(f, 10000);
    assert_int_equal(f->probe->rounds, 1);
}

static void what_it_says_of_itself_holds_while_it_reads(void **state)
{
    struct fixture *f = *state;
    struct error err;
    pass(f, 0);
    source_note(f->src, "by hand");
    source_done(f->src, SOURCE_OK, NULL, 1);
    assert_string_equal(cell(f, SOURCES_NOTE).s->raw, "by hand");
    pass(f, 1000);
    error_set(&err, ERR_TIMEOUT, "silence");
    source_done(f->src, SOURCE_FAILED, &err, 0);
    assert_int_equal(cell(f, SOURCES_NOTE).quality, QUALITY_UNKNOWN);
}

/* One that cannot read everything in its first round says how far it is, and goes on between rounds. */
static void first_picture_may_take_more_than_a_round(void **state)
{
    struct fixture *f = *state;
    struct error err;
    pass(f, 0);
    error_set(&err, ERR_PARTIAL, "3 of 9 groups are read");
    source_done(f->src, SOURCE_STARTING, &err, 3);
    assert_string_equal(cell(f, SOURCES_STATE).s->raw, "starting");
    assert_string_equal(cell(f, SOURCES_ERROR).s->raw, "3 of 9 groups are read");
    assert_int_equal(cell(f, SOURCES_ROWS).i, 3);
    assert_int_equal(cell(f, SOURCES_LAST_OK).i, wall(&f->now_us));
    f->now_us += 400000;
    source_progress(f->src, SOURCE_OK, NULL, 9);
    assert_string_equal(cell(f, SOURCES_STATE).s->raw, "ok");
    assert_int_equal(cell(f, SOURCES_ERROR).quality, QUALITY_UNKNOWN);
    assert_int_equal(cell(f, SOURCES_ROWS).i, 9);
    assert_int_equal(cell(f, SOURCES_LAST_OK).i, wall(&f->now_us));
    assert_int_equal(cell(f, SOURCES_ROUNDS).i, 1); /* no round of its own */
    pass(f, 600);
    assert_int_equal(f->probe->rounds, 2); /* the interval is that of rounds */
}

static void events_are_a_ring(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < SOURCE_EVENTS_KEPT + 100; i++) {
        source_event(f->store, "probe:a", "info", "group x", "event %d", i);
        store_commit(f->store);
    }
    struct table *t = store_find(f->store, "events");
    assert_int_equal(table_nrows(t), SOURCE_EVENTS_KEPT);
    assert_string_equal(row_get(table_first(t), EVENTS_TEXT).s->raw, "event 100");
    assert_string_equal(row_get(table_first(t), EVENTS_SUBJECT).s->raw, "group x");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(first_round_starts_at_once),
        TEST(interval_counts_from_the_start),
        TEST(deadline_asks_until_done),
        TEST(failures_back_off_and_success_resets),
        TEST(refresh_runs_now_or_next),
        TEST(removing_takes_the_rows_along),
        TEST(what_it_says_of_itself_holds_while_it_reads),
        TEST(first_picture_may_take_more_than_a_round),
        TEST(events_are_a_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
