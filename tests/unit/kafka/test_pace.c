/* The cap on requests holds over every second, whoever asks and however he waits. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "kafka/pace.h"

#include <pthread.h>
#include <stdlib.h>

static int64_t now_us;

static int64_t hand(void *arg)
{
    (void)arg;
    return now_us;
}

static int64_t hand_ms(void *arg)
{
    (void)arg;
    return now_us / 1000;
}

static const struct clock clock_hand = {.wall_ms = hand_ms, .mono_us = hand};

static int setup(void **state)
{
    (void)state;
    now_us = 5000000;
    return 0;
}

static void no_more_than_the_cap_in_any_second(void **state)
{
    (void)state;
    enum { CAP = 50, TICKS = 20000 };
    struct kafka_pace *p = kafka_pace_new(&clock_hand, CAP);
    int64_t *went = mem_calloc((size_t)TICKS * 3, sizeof *went);
    size_t n = 0;
    unsigned seed = 7;
    for (size_t i = 0; i < TICKS; i++) { /* ten to forty seconds of somebody who always wants something */
        now_us += rand_r(&seed) % 2000;
        size_t want = 1 + (size_t)rand_r(&seed) % 3;
        if (kafka_pace_take(p, want) == 0)
            while (want--)
                went[n++] = now_us;
    }
    assert_int_equal(kafka_pace_taken(p), n);
    for (size_t i = CAP; i < n; i++)
        assert_true(went[i] - went[i - CAP] > 1000000);
    double seconds = (double)(now_us - 5000000) / 1e6;
    assert_true((double)n > 0.9 * CAP * seconds); /* and not much less either */
    free(went);
    kafka_pace_unref(p);
}

static void who_takes_many_leaves_some_to_the_urgent(void **state)
{
    (void)state;
    const struct kafka_budget budget = {.clock = &clock_hand, .until_us = now_us + 1000000};
    struct kafka_pace *p = kafka_pace_new(&clock_hand, 64);
    size_t n = 0;
    kafka_pace_urgent(p);
    while (kafka_pace_take(p, 1) == 0)
        n++;
    assert_int_equal(n, 60);
    for (int i = 0; i < 4; i++)
        assert_true(kafka_pace_wait(p, &budget, 1)); /* at once: the clock stands still */
    assert_int_not_equal(kafka_pace_take(p, 1), 0);
    now_us += 3000000; /* nothing was urgent for a while */
    for (n = 0; kafka_pace_take(p, 1) == 0;)
        n++;
    assert_int_equal(n, 64);
    kafka_pace_unref(p);
}

static void says_when_to_try_again(void **state)
{
    (void)state;
    struct kafka_pace *p = kafka_pace_new(&clock_hand, 10);
    assert_int_equal(kafka_pace_take(p, 10), 0);
    int wait_ms = kafka_pace_take(p, 1);
    assert_in_range(wait_ms, 1000, 1100);
    now_us += (wait_ms - 30) * 1000;
    assert_true(kafka_pace_take(p, 1) > 0);
    now_us += 30 * 1000;
    assert_int_equal(kafka_pace_take(p, 1), 0);
    kafka_pace_unref(p);
}

static void without_a_cap_nobody_waits(void **state)
{
    (void)state;
    struct kafka_pace *p = kafka_pace_new(&clock_hand, 0);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(kafka_pace_take(p, 2), 0);
    assert_int_equal(kafka_pace_cap(p), 0);
    assert_int_equal(kafka_pace_cap(NULL), 0);
    assert_int_equal(kafka_pace_take(NULL, 1), 0);
    kafka_pace_unref(p);
}

static void another_cap_knows_what_was_asked(void **state)
{
    (void)state;
    struct kafka_pace *p = kafka_pace_new(&clock_hand, 10);
    assert_int_equal(kafka_pace_take(p, 10), 0);
    kafka_pace_set(p, 4);
    assert_true(kafka_pace_take(p, 1) > 0);
    now_us += 1100000;
    assert_int_equal(kafka_pace_take(p, 4), 0);
    kafka_pace_set(p, 6);
    assert_int_equal(kafka_pace_take(p, 2), 0);
    assert_true(kafka_pace_take(p, 1) > 0);
    kafka_pace_unref(p);
}

static void one_that_wants_more_than_the_cap_gets_it_in_the_end(void **state)
{
    (void)state;
    struct kafka_pace *p = kafka_pace_new(&clock_hand, 1);
    assert_int_equal(kafka_pace_take(p, 2), 0);
    assert_true(kafka_pace_take(p, 2) > 0);
    now_us += 1100000;
    assert_int_equal(kafka_pace_take(p, 2), 0);
    kafka_pace_unref(p);
}

static void waiting_ends_with_the_budget(void **state)
{
    (void)state;
    struct kafka_pace *p = kafka_pace_new(&clock_system, 2);
    atomic_bool stop = false;
    struct kafka_budget b = {.clock = &clock_system, .until_us = clock_mono_us(&clock_system) + 30000000, .stop = &stop};
    assert_true(kafka_pace_wait(p, &b, 2));
    b.until_us = clock_mono_us(&clock_system) + 30000;
    assert_false(kafka_pace_wait(p, &b, 1));
    assert_int_equal(kafka_pace_taken(p), 2);
    b.until_us = clock_mono_us(&clock_system) + 30000000;
    stop = true;
    assert_false(kafka_pace_wait(p, &b, 1));
    stop = false;
    int64_t begun = clock_mono_us(&clock_system);
    assert_true(kafka_pace_wait(p, &b, 1)); /* the turn comes */
    assert_true(clock_mono_us(&clock_system) - begun < 15000000); /* and not when the budget is over */
    kafka_pace_unref(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_more_than_the_cap_in_any_second, setup),
        cmocka_unit_test_setup(says_when_to_try_again, setup),
        cmocka_unit_test_setup(who_takes_many_leaves_some_to_the_urgent, setup),
        cmocka_unit_test_setup(without_a_cap_nobody_waits, setup),
        cmocka_unit_test_setup(another_cap_knows_what_was_asked, setup),
        cmocka_unit_test_setup(one_that_wants_more_than_the_cap_gets_it_in_the_end, setup),
        cmocka_unit_test_setup(waiting_ends_with_the_budget, setup),
    };
    return cmocka_run_group_tests_name("kafka/pace", tests, NULL, NULL);
}
