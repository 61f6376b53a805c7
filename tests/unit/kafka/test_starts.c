/* Whose start is read soon again: of more partitions that lag than are asked at a time, each has its turn. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "kafka/model.h"

#include <stdlib.h>
#include <string.h>

enum { TOPICS = 5, PARTITIONS = 900, ALL = TOPICS * PARTITIONS, SECOND = 1000000 };

struct world {
    struct kafka_model *model;
    struct kafka_model_topic *topics[TOPICS];
    struct kafka_starts starts;
    int64_t now_us;
    unsigned turns[TOPICS][PARTITIONS];
};

static int setup(void **state)
{
    struct world *w = mem_new(struct world);
    w->model = kafka_model_new("east");
    w->now_us = 1000 * (int64_t)SECOND;
    for (int i = 0; i < TOPICS; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        struct kafka_model_topic *t = w->topics[i] = kafka_model_topic(w->model, name);
        t->present = true;
        t->npartitions = PARTITIONS;
        t->partitions = mem_calloc(PARTITIONS, sizeof(struct kafka_model_partition *));
        for (int p = 0; p < PARTITIONS; p++) {
            struct kafka_model_partition *x = t->partitions[p] = slab_alloc(&w->model->items.slab, sizeof *x);
            *x = (struct kafka_model_partition){.start = -1, .end = -1, .open_end = -1, .leader = -1};
            kafka_item_init(&x->item, &kafka_table_partitions, &w->model->items);
        }
    }
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    kafka_starts_done(&w->starts);
    kafka_model_free(w->model);
    free(w);
    return 0;
}

/* A round five seconds later, in which some group lags on every step-th partition; returns how many are to be asked. */
static size_t round_of(struct world *w, int step)
{
    for (int i = 0; i < TOPICS; i++)
        for (int p = 0; p < PARTITIONS; p++)
            w->topics[i]->partitions[p]->lags = (i * PARTITIONS + p) % step == 0;
    w->now_us += 5 * SECOND;
    kafka_starts_choose(&w->starts, w->model, w->now_us);
    for (size_t i = 0; i < w->starts.list.n; i++) {
        const struct kafka_starts_want *want = &w->starts.list.items[i];
        int topic = want->topic[1] - '0';
        assert_string_equal(want->topic, w->topics[topic]->name);
        assert_in_range(want->partition, 0, PARTITIONS - 1);
        assert_int_equal((topic * PARTITIONS + want->partition) % step, 0);
        w->turns[topic][want->partition]++;
    }
    return w->starts.list.n;
}

/* Partitions that had so many turns. */
static size_t had(const struct world *w, unsigned turns)
{
    size_t n = 0;
    for (int i = 0; i < TOPICS; i++)
        for (int p = 0; p < PARTITIONS; p++)
            n += w->turns[i][p] == turns;
    return n;
}

static void each_has_its_turn(void **state)
{
    struct world *w = *state;
    for (unsigned sweep = 1; sweep <= 3; sweep++) {
        assert_int_equal(round_of(w, 1), KAFKA_STARTS_PARTITIONS);
        assert_int_equal(round_of(w, 1), KAFKA_STARTS_PARTITIONS);
        assert_int_equal(had(w, sweep), 2 * KAFKA_STARTS_PARTITIONS); /* others than before */
        assert_int_equal(round_of(w, 1), ALL - 2 * KAFKA_STARTS_PARTITIONS);
        assert_int_equal(had(w, sweep), ALL);
    }
}

static void few_are_asked_every_time(void **state)
{
    struct world *w = *state;
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(round_of(w, 3), ALL / 3);
        assert_int_equal(had(w, i), ALL / 3);
    }
    assert_int_equal(had(w, 0), ALL - ALL / 3);
    assert_int_equal(round_of(w, ALL), 1);
}

static void turns_go_on_after_many_have_caught_up(void **state)
{
    struct world *w = *state;
    assert_int_equal(round_of(w, 1), KAFKA_STARTS_PARTITIONS);
    assert_int_equal(round_of(w, 1), KAFKA_STARTS_PARTITIONS);
    round_of(w, 10); /* fewer than had their turn: from the beginning, at the latest with the next round */
    memset(w->turns, 0, sizeof w->turns);
    assert_int_equal(round_of(w, 10), ALL / 10);
    assert_int_equal(had(w, 1), ALL / 10);
}

static void not_more_often_than_said(void **state)
{
    struct world *w = *state;
    assert_int_equal(round_of(w, 3), ALL / 3);
    w->now_us -= 2 * SECOND; /* so that the next is three seconds later */
    assert_int_equal(round_of(w, 3), 0);
    assert_int_equal(round_of(w, 3), ALL / 3);
}

static void absent_topics_are_left_out(void **state)
{
    struct world *w = *state;
    w->topics[2]->present = false;
    assert_int_equal(round_of(w, 2), (TOPICS - 1) * PARTITIONS / 2);
    for (int p = 0; p < PARTITIONS; p++)
        assert_int_equal(w->turns[2][p], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_has_its_turn),        TEST(few_are_asked_every_time),   TEST(turns_go_on_after_many_have_caught_up),
        TEST(not_more_often_than_said), TEST(absent_topics_are_left_out),
    };
    return cmocka_run_group_tests_name("kafka/starts", tests, NULL, NULL);
}
