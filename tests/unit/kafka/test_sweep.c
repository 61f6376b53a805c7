/* Which groups are asked next. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "kafka/sweep.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS = 20, SECOND = 1000000 };

struct world {
    struct kafka_sweep *sweep;
    struct kafka_group groups[GROUPS];
    char names[GROUPS][8];
    struct kafka_groups listing;
    enum kafka_sweep_turn turns[GROUPS];
    size_t order[GROUPS];
    struct kafka_sweep_choice choice;
    int64_t now_us, since_us;
};

static int setup(void **state)
{
    struct world *w = mem_new(struct world);
    w->sweep = kafka_sweep_new();
    w->now_us = w->since_us = 1000 * (int64_t)SECOND;
    for (size_t i = 0; i < GROUPS; i++) {
        snprintf(w->names[i], sizeof w->names[i], "g%02zu", i);
        w->groups[i] = (struct kafka_group){.name = w->names[i], .coordinator = (int32_t)(i % 2)};
    }
    w->listing = (struct kafka_groups){.groups = w->groups, .ngroups = GROUPS};
    w->choice = (struct kafka_sweep_choice){.turns = w->turns, .order = w->order};
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    kafka_sweep_unref(w->sweep);
    free(w);
    return 0;
}

static void choose(struct world *w, size_t max, bool trial)
{
    kafka_sweep_choose(w->sweep, &w->listing, true, w->since_us, w->now_us, max, trial, &w->choice);
}

/* The groups chosen are asked, a moment later, with this outcome. */
static void answer(struct world *w, enum kafka_fault fault)
{
    for (size_t i = 0; i < w->choice.n; i++) {
        w->now_us += 1000;
        const struct kafka_committed c = {.asked = true, .fault = fault, .fault_text = "so it is"};
        kafka_sweep_result(w->sweep, &w->groups[w->order[i]], &c, w->now_us);
    }
}

static void begin_round(struct world *w)
{
    w->now_us += 5 * SECOND;
    w->since_us = w->now_us;
}

static size_t count(const struct world *w, enum kafka_sweep_turn turn)
{
    size_t n = 0;
    for (size_t i = 0; i < GROUPS; i++)
        n += w->turns[i] == turn;
    return n;
}

static void read_all(struct world *w)
{
    choose(w, 0, true);
    assert_int_equal(w->choice.n, GROUPS);
    answer(w, KAFKA_FAULT_NONE);
    begin_round(w);
}

static void all_where_there_is_room(void **state)
{
    struct world *w = *state;
    choose(w, 0, true);
    assert_int_equal(w->choice.due, GROUPS);
    assert_int_equal(w->choice.n, GROUPS);
    answer(w, KAFKA_FAULT_NONE);
    choose(w, 0, false);
    assert_int_equal(w->choice.due, 0); /* once a round */
    begin_round(w);
    choose(w, 100, true);
    assert_int_equal(w->choice.n, GROUPS);
}

static void a_sweep_asks_everybody_once_before_anybody_twice(void **state)
{
    struct world *w = *state;
    size_t asked[GROUPS] = {0}, total, steps = 0;
    for (; steps < 100; steps++) {
        choose(w, 3, true);
        for (size_t i = 0; i < w->choice.n; i++)
            asked[w->order[i]]++;
        answer(w, KAFKA_FAULT_NONE);
        if (kafka_sweep_progress(w->sweep, &total) == total)
            break;
        if (steps % 2)
            begin_round(w);
    }
    assert_int_equal(total, GROUPS);
    assert_int_equal(steps, (GROUPS + 2) / 3 - 1);
    for (size_t i = 0; i < GROUPS; i++)
        assert_int_equal(asked[i], i == w->order[0] || asked[i] == 2 ? asked[i] : 1);
}

static void on_screen_then_new_then_moving_then_the_rest(void **state)
{
    struct world *w = *state;
    w->listing.ngroups = GROUPS - 2; /* two come later */
    choose(w, 0, true);
    answer(w, KAFKA_FAULT_NONE);
    begin_round(w);
    w->listing.ngroups = GROUPS;
    kafka_sweep_focus(w->sweep, (const char *const[]){"g11", "no such group"}, 2);
    kafka_sweep_moving(w->sweep, "g07", true);
    kafka_sweep_moving(w->sweep, "g05", true);
    choose(w, 6, true);
    assert_int_equal(w->choice.n, 6);
    assert_int_equal(w->order[0], 11);
    assert_int_equal(w->order[1], 18);
    assert_int_equal(w->order[2], 19);
    assert_int_equal(w->order[3], 5); /* both were asked at about the same time, this one first */
    assert_int_equal(w->order[4], 7);
    assert_int_equal(w->order[5], 0); /* the longest ago */
    answer(w, KAFKA_FAULT_NONE);
    begin_round(w);
    choose(w, 3, true);
    assert_int_equal(w->order[0], 11); /* in every round */
    kafka_sweep_focus(w->sweep, NULL, 0);
    begin_round(w);
    choose(w, 1, true);
    assert_int_not_equal(w->order[0], 11);
}

static void some_of_the_rest_are_asked_while_all_others_move(void **state)
{
    struct world *w = *state;
    read_all(w);
    for (size_t i = 0; i < GROUPS - 2; i++)
        kafka_sweep_moving(w->sweep, w->names[i], true);
    choose(w, 5, true);
    assert_int_equal(w->choice.n, 5);
    assert_int_equal(w->order[4], 18);
    answer(w, KAFKA_FAULT_NONE);
    choose(w, 5, false);
    assert_int_equal(w->order[4], 19);
}

static void silent_coordinators_cost_one_group_a_round(void **state)
{
    struct world *w = *state;
    read_all(w);
    choose(w, 0, true);
    for (size_t i = 0; i < w->choice.n; i++) {
        bool down = w->groups[w->order[i]].coordinator == 1;
        const struct kafka_committed c = {
            .asked = true, .fault = down ? KAFKA_FAULT_UNASKED : KAFKA_FAULT_NONE, .fault_text = "timed out"};
        kafka_sweep_result(w->sweep, &w->groups[w->order[i]], &c, ++w->now_us);
    }
    struct kafka_missing note = {.len = 0};
    kafka_sweep_missing(w->sweep, &w->listing, &note);
    assert_string_equal(note.text, "the offsets of 10 of 20 groups could not be read: group g01: timed out");
    begin_round(w);
    choose(w, 0, true);
    assert_int_equal(w->choice.n, GROUPS / 2 + 1);
    assert_int_equal(count(w, KAFKA_SWEEP_SILENT), GROUPS / 2 - 1);
    choose(w, 0, false); /* a step does not try */
    assert_int_equal(w->choice.n, GROUPS / 2);
    choose(w, 0, true);
    answer(w, KAFKA_FAULT_NONE); /* the trial succeeds: the others are due at once */
    assert_false(kafka_sweep_silent(w->sweep, &w->groups[1]));
    choose(w, 0, false);
    assert_int_equal(w->choice.n, GROUPS / 2 - 1);
    assert_int_equal(count(w, KAFKA_SWEEP_SILENT), 0);
}

static void refusals_are_answers(void **state)
{
    struct world *w = *state;
    choose(w, 0, true);
    answer(w, KAFKA_FAULT_DENIED);
    begin_round(w);
    choose(w, 0, true);
    assert_int_equal(w->choice.n, GROUPS);
    struct kafka_missing note = {.len = 0};
    kafka_sweep_missing(w->sweep, &w->listing, &note);
    assert_string_equal(note.text, "missing to read committed offsets: DESCRIBE on group g00 and 19 more");
}

static void pushed_groups_are_checked_once_in_a_while(void **state)
{
    struct world *w = *state;
    int64_t since_us = w->now_us;
    const struct kafka_cover all = {.npartitions = 1, .since_us = &since_us}, none = {.npartitions = 0};
    kafka_sweep_cover(w->sweep, &all);
    read_all(w); /* they were never read: read all the same */
    const struct kafka_sweep_known known[] = {{.group = "g02", .asked_us = since_us}, /* before it, perhaps */
                                              {.group = "g03", .asked_us = since_us + 1}};
    kafka_sweep_know(w->sweep, known, 2);
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_PUSHED);
    assert_int_equal(w->choice.n, GROUPS - 1);
    w->now_us += KAFKA_SWEEP_CHECK_MS * INT64_C(1000);
    w->since_us = w->now_us;
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_ASK);
    answer(w, KAFKA_FAULT_NONE);
    begin_round(w);
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_PUSHED);
    kafka_sweep_cover(w->sweep, &none);
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_ASK);
    kafka_sweep_cover(w->sweep, &all);
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_PUSHED);
    since_us += 2; /* a stream that was opened anew */
    kafka_sweep_cover(w->sweep, &all);
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_ASK);
    since_us = known[0].asked_us;
    kafka_sweep_cover(w->sweep, &all);
    kafka_sweep_know(w->sweep, known, 1); /* nothing is known of it any more */
    choose(w, 0, true);
    assert_int_equal(w->turns[3], KAFKA_SWEEP_ASK);
}

static void groups_that_are_gone_are_forgotten(void **state)
{
    struct world *w = *state;
    size_t total;
    read_all(w);
    w->listing.ngroups = 5;
    choose(w, 0, true);
    assert_int_equal(kafka_sweep_progress(w->sweep, &total), 5);
    assert_int_equal(total, 5);
    w->listing.ngroups = GROUPS;
    choose(w, 0, true);
    assert_int_equal(kafka_sweep_progress(w->sweep, &total), 5); /* they are new */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(all_where_there_is_room),
        TEST(a_sweep_asks_everybody_once_before_anybody_twice),
        TEST(on_screen_then_new_then_moving_then_the_rest),
        TEST(some_of_the_rest_are_asked_while_all_others_move),
        TEST(silent_coordinators_cost_one_group_a_round),
        TEST(refusals_are_answers),
        TEST(pushed_groups_are_checked_once_in_a_while),
        TEST(groups_that_are_gone_are_forgotten),
    };
    return cmocka_run_group_tests_name("kafka/sweep", tests, NULL, NULL);
}
