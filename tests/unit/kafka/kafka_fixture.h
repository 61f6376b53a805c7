/* What the tests of the Kafka source share: a scripted cluster, a store, a scheduler, and a clock that can be put
 * forward. */
#ifndef TESTS_UNIT_KAFKA_FIXTURE_H
#define TESTS_UNIT_KAFKA_FIXTURE_H

#include "tests/unit/unit.h"

#include "base/mem.h"
#include "demo/thread.h"
#include "kafka/source.h"
#include "kafka/tables.h"

#include <stdatomic.h>

#include <event2/event.h>

enum { WAIT_MS = 60000 };

struct fixture {
    struct demo_world *world;
    struct demo_thread *thread;
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct kafka_source *source;
    struct conf_cluster conf;
    _Atomic int64_t ahead_us; /* of the system's clock */
    struct clock clock;
    int64_t stood_us; /* the system's monotonic clock when `clock` was stopped */
    int64_t stood_ms; /* and its wall clock */
};

static inline int64_t fixture_wall(void *arg)
{
    return clock_wall_ms(&clock_system) + atomic_load((_Atomic int64_t *)arg) / 1000;
}

static inline int64_t fixture_mono(void *arg)
{
    return clock_mono_us(&clock_system) + atomic_load((_Atomic int64_t *)arg);
}

static inline int64_t fixture_still_wall(void *arg)
{
    const struct fixture *f = arg;
    return f->stood_ms + atomic_load(&f->ahead_us) / 1000;
}

static inline int64_t fixture_still_mono(void *arg)
{
    const struct fixture *f = arg;
    return f->stood_us + atomic_load(&f->ahead_us);
}

/* From here on time passes only by `ahead_us`: what a loaded machine takes for a round is in no rate. */
static inline void fixture_stop_clock(struct fixture *f)
{
    f->stood_us = clock_mono_us(&clock_system);
    f->stood_ms = clock_wall_ms(&clock_system);
    f->clock = (struct clock){.wall_ms = fixture_still_wall, .mono_us = fixture_still_mono, .arg = f};
}

/* Serves the world, which the fixture owns from here on. */
static inline struct fixture *fixture_new(struct demo_world *world, int deadline_ms)
{
    struct fixture *f = mem_new(struct fixture);
    struct error err;
    f->world = world;
    f->thread = demo_thread_start(world, &err);
    assert_non_null(f->thread);
    f->base = event_base_new();
    f->clock = (struct clock){.wall_ms = fixture_wall, .mono_us = fixture_mono, .arg = &f->ahead_us};
    f->store = store_new(&f->clock);
    f->scheduler = scheduler_new(f->base, f->store);
    f->conf = (struct conf_cluster){
        .name = mem_strdup("east"),
        .bootstrap = mem_strdup(demo_thread_bootstrap(f->thread)),
        .interval_ms = 3600000,
        .deadline_ms = deadline_ms,
        .max_interval_ms = 3600000,
        .starts_interval_ms = 60000,
        .max_groups = 1000,
        .max_partitions = 100000,
        .max_in_flight = 50,
    };
    return f;
}

static inline void fixture_add(struct fixture *f)
{
    f->source = kafka_source_new(f->base, f->store, &f->conf, NULL);
    struct source_settings settings = kafka_source_settings(&f->conf);
    scheduler_add(f->scheduler, kafka_source_name(f->source), "east", &kafka_source_ops, f->source, &settings);
}

static inline void fixture_free(struct fixture *f)
{
    scheduler_free(f->scheduler);
    store_free(f->store);
    event_base_free(f->base);
    demo_thread_stop(f->thread);
    demo_world_free(f->world);
    free(f->conf.bootstrap);
    free(f->conf.name);
    free(f);
}

/* ---- cells ---- */

static inline struct row *fixture_row(struct fixture *f, const char *table, size_t nkeys, const char *const *texts,
                                      int64_t number)
{
    struct table *t = store_find(f->store, table);
    assert_non_null(t);
    struct value key[4];
    for (size_t i = 0; i < nkeys; i++) {
        key[i] = value_int(number);
        if (texts[i])
            key[i] = (struct value){.s = name_intern(store_names(f->store), texts[i], strlen(texts[i])),
                                    .quality = QUALITY_EXACT};
    }
    struct row *r = table_find(t, key);
    for (size_t i = 0; i < nkeys; i++)
        if (texts[i])
            name_unref(key[i].s);
    return r;
}

static inline struct row *fixture_group(struct fixture *f, const char *group)
{
    return fixture_row(f, "groups", 2, (const char *const[]){"east", group}, 0);
}

static inline struct row *fixture_partition(struct fixture *f, const char *topic, int64_t partition)
{
    return fixture_row(f, "partitions", 3, (const char *const[]){"east", topic, NULL}, partition);
}

static inline struct row *fixture_topic(struct fixture *f, const char *topic)
{
    return fixture_row(f, "topics", 2, (const char *const[]){"east", topic}, 0);
}

static inline struct row *fixture_gp(struct fixture *f, const char *group, const char *topic, int64_t partition)
{
    return fixture_row(f, "group_partitions", 4, (const char *const[]){"east", group, topic, NULL}, partition);
}

static inline struct row *fixture_state(struct fixture *f)
{
    return fixture_row(f, "sources", 1, (const char *const[]){"kafka:east"}, 0);
}

#define cell_is_int(row, column, number, q)                                                                            \
    do {                                                                                                               \
        assert_non_null(row);                                                                                          \
        struct value cell_ = row_get(row, column);                                                                     \
        assert_string_equal(quality_name(cell_.quality), q);                                                           \
        assert_int_equal(cell_.i, number);                                                                             \
    } while (0)
#define cell_is_real(row, column, number, q)                                                                           \
    do {                                                                                                               \
        assert_non_null(row);                                                                                          \
        struct value cell_ = row_get(row, column);                                                                     \
        assert_string_equal(quality_name(cell_.quality), q);                                                           \
        assert_float_equal(cell_.d, number, 1e-6);                                                                     \
    } while (0)
#define cell_is_text(row, column, text, q)                                                                             \
    do {                                                                                                               \
        assert_non_null(row);                                                                                          \
        struct value cell_ = row_get(row, column);                                                                     \
        assert_string_equal(quality_name(cell_.quality), q);                                                           \
        assert_string_equal(cell_.s->raw, text);                                                                       \
    } while (0)
#define cell_is_unknown(row, column)                                                                                   \
    do {                                                                                                               \
        assert_non_null(row);                                                                                          \
        assert_string_equal(quality_name(row_get(row, column).quality), "");                                           \
    } while (0)

/* ---- rounds ---- */

static inline int64_t fixture_rounds(struct fixture *f)
{
    return row_get(fixture_state(f), SOURCES_ROUNDS).i;
}

/* Runs a round, or waits for the one that runs; fails if it takes longer than WAIT_MS. */
static inline void fixture_round(struct fixture *f)
{
    int64_t before = fixture_rounds(f), until = clock_mono_us(&clock_system) + WAIT_MS * 1000;
    scheduler_refresh(f->scheduler, NULL);
    scheduler_turn(f->scheduler);
    while (fixture_rounds(f) == before) {
        if (clock_mono_us(&clock_system) > until)
            fail_msg("no round within %d ms", WAIT_MS);
        struct timeval tick = {.tv_usec = 20000};
        event_base_loopexit(f->base, &tick);
        event_base_dispatch(f->base);
    }
}

/* The state of the last round, with its error where it is another than expected. */
#define state_is(f, expected)                                                                                          \
    do {                                                                                                               \
        struct value error_ = row_get(fixture_state(f), SOURCES_ERROR);                                                \
        const char *state_ = row_get(fixture_state(f), SOURCES_STATE).s->raw;                                          \
        if (strcmp(state_, expected) != 0)                                                                             \
            fail_msg("%s: %s", state_, error_.quality ? error_.s->raw : "");                                           \
    } while (0)

/* True if an event says so. */
static inline bool fixture_told(struct fixture *f, const char *subject, const char *part)
{
    for (struct row *r = table_first(store_find(f->store, "events")); r; r = row_next(r))
        if (strcmp(row_get(r, EVENTS_SUBJECT).s->raw, subject) == 0 && strstr(row_get(r, EVENTS_TEXT).s->raw, part))
            return true;
    return false;
}

#endif
