/* Burrow's rules: each as it fires and as it must not, by vectors worked out by hand. */
#include "tests/unit/unit.h"

#include "kafka/burrow.h"

enum { MOST = 10 };

struct vector {
    const char *what;
    enum kafka_burrow_status expected;
    int64_t now_s;
    size_t n;
    struct kafka_burrow_commit commits[MOST]; /* times in seconds */
    size_t nends;
    int64_t ends[MOST];
};

static const struct vector vectors[] = {
    /* 1: no lag now is always fine */
    {"caught up, long ago", KAFKA_BURROW_OK, 9000, 2, {{0, 10, 5}, {5, 20, 5}}, 2, {15, 20}},
    {"ahead of the end", KAFKA_BURROW_OK, 9000, 2, {{0, 10, 5}, {5, 20, 5}}, 2, {15, 19}},
    {"one behind", KAFKA_BURROW_STOP, 9000, 2, {{0, 10, 5}, {5, 19, 5}}, 1, {20}},
    {"went back and caught up", KAFKA_BURROW_OK, 30, 3, {{0, 50, 5}, {5, 10, 45}, {10, 60, 0}}, 2, {55, 60}},
    /* 2: stopped for longer than the window is long */
    {"just as long", KAFKA_BURROW_WARN, 20, 3, {{0, 10, 50}, {5, 20, 50}, {10, 30, 60}}, 2, {90, 100}},
    {"longer", KAFKA_BURROW_STOP, 21, 3, {{0, 10, 50}, {5, 20, 50}, {10, 30, 60}}, 2, {90, 100}},
    {"longer, but caught up lately", KAFKA_BURROW_WARN, 21, 3, {{0, 10, 5}, {5, 20, 5}, {10, 30, 6}}, 2, {30, 100}},
    {"an end just past it", KAFKA_BURROW_STOP, 21, 3, {{0, 10, 5}, {5, 20, 5}, {10, 30, 6}}, 2, {31, 100}},
    {"stopped although its lag had been 0", KAFKA_BURROW_STOP, 21, 3, {{0, 10, 0}, {5, 20, 0}, {10, 30, 60}}, 1, {100}},
    {"stopped after going back", KAFKA_BURROW_STOP, 21, 3, {{0, 50, 5}, {5, 60, 5}, {10, 30, 60}}, 1, {100}},
    {"a single commit stops at once", KAFKA_BURROW_STOP, 1, 1, {{0, 10, 50}}, 1, {60}},
    {"a single commit of now", KAFKA_BURROW_STALL, 0, 1, {{0, 10, 50}}, 1, {60}},
    /* 3: rewound, and not yet where it was */
    {"back by one", KAFKA_BURROW_REWIND, 11, 3, {{0, 10, 50}, {5, 20, 50}, {10, 19, 60}}, 1, {100}},
    {"back, lag was 0 once", KAFKA_BURROW_REWIND, 11, 3, {{0, 10, 0}, {5, 20, 0}, {10, 19, 60}}, 1, {100}},
    {"back, then on, not there yet",
     KAFKA_BURROW_REWIND,
     16,
     4,
     {{0, 10, 90}, {5, 50, 50}, {10, 20, 80}, {15, 49, 60}},
     1,
     {110}},
    {"back, then just there", KAFKA_BURROW_OK, 16, 4, {{0, 10, 90}, {5, 50, 50}, {10, 20, 80}, {15, 50, 60}}, 1, {110}},
    {"back twice, the first regained",
     KAFKA_BURROW_REWIND,
     21,
     5,
     {{0, 50, 50}, {5, 20, 80}, {10, 60, 50}, {15, 40, 70}, {20, 45, 70}},
     1,
     {115}},
    {"the same again is not back", KAFKA_BURROW_WARN, 11, 3, {{0, 10, 50}, {5, 20, 50}, {10, 20, 60}}, 1, {100}},
    /* 4: stalled or falling, where it was never caught up */
    {"the same offset each time", KAFKA_BURROW_STALL, 11, 3, {{0, 20, 50}, {5, 20, 60}, {10, 20, 70}}, 1, {100}},
    {"stalled with a lag that stays", KAFKA_BURROW_STALL, 11, 3, {{0, 20, 50}, {5, 20, 50}, {10, 20, 50}}, 1, {70}},
    {"stalled, but caught up at first", KAFKA_BURROW_OK, 11, 3, {{0, 20, 0}, {5, 20, 60}, {10, 20, 70}}, 1, {100}},
    {"moves by one", KAFKA_BURROW_WARN, 11, 3, {{0, 20, 50}, {5, 20, 60}, {10, 21, 70}}, 1, {100}},
    {"lag grows", KAFKA_BURROW_WARN, 11, 3, {{0, 10, 50}, {5, 20, 55}, {10, 30, 60}}, 1, {100}},
    {"lag stays", KAFKA_BURROW_WARN, 11, 3, {{0, 10, 50}, {5, 20, 50}, {10, 30, 50}}, 1, {80}},
    {"one dip is enough to be fine, even at 200,000",
     KAFKA_BURROW_OK,
     16,
     4,
     {{0, 10, 200000}, {5, 20, 210000}, {10, 30, 209999}, {15, 40, 230000}},
     1,
     {240000}},
    {"lag grows, but was 0 in between", KAFKA_BURROW_OK, 11, 3, {{0, 10, 50}, {5, 20, 0}, {10, 30, 60}}, 1, {100}},
    /* nothing to go by */
    {"no commit", KAFKA_BURROW_UNKNOWN, 10, 0, {{0, 0, 0}}, 1, {100}},
    {"no end", KAFKA_BURROW_UNKNOWN, 10, 1, {{0, 10, 0}}, 0, {0}},
};

static void rule_by_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        struct kafka_burrow_commit c[MOST];
        for (size_t j = 0; j < v->n; j++)
            c[j] = (struct kafka_burrow_commit){v->commits[j].ms * 1000, v->commits[j].offset, v->commits[j].lag};
        enum kafka_burrow_status s = kafka_burrow_judge(c, v->n, v->ends, v->nends, v->now_s * 1000);
        if (s != v->expected)
            fail_msg("%s: %s", v->what, s ? kafka_burrow_text(s) : "unknown");
    }
}

/* The oldest and the newest end tell as much as all of them. */
static void two_ends_are_enough(void **state)
{
    (void)state;
    const struct kafka_burrow_commit c[] = {{0, 10, 5}, {5000, 20, 5}, {10000, 30, 6}};
    for (int64_t first = 25; first < 36; first++) {
        int64_t all[10], two[2] = {first, first + 90};
        for (int i = 0; i < 10; i++)
            all[i] = first + i * 10;
        assert_int_equal(kafka_burrow_judge(c, 3, all, 10, 30000), kafka_burrow_judge(c, 3, two, 2, 30000));
    }
}

static void a_group_is_its_worst(void **state)
{
    (void)state;
    static const struct {
        enum kafka_burrow_status partitions[3], expected;
    } rows[] = {
        {{KAFKA_BURROW_OK, KAFKA_BURROW_OK, KAFKA_BURROW_OK}, KAFKA_BURROW_OK},
        {{KAFKA_BURROW_OK, KAFKA_BURROW_WARN, KAFKA_BURROW_OK}, KAFKA_BURROW_WARN},
        {{KAFKA_BURROW_STOP, KAFKA_BURROW_WARN, KAFKA_BURROW_OK}, KAFKA_BURROW_ERR},
        {{KAFKA_BURROW_OK, KAFKA_BURROW_STALL, KAFKA_BURROW_UNKNOWN}, KAFKA_BURROW_ERR},
        {{KAFKA_BURROW_UNKNOWN, KAFKA_BURROW_UNKNOWN, KAFKA_BURROW_REWIND}, KAFKA_BURROW_ERR},
        {{KAFKA_BURROW_UNKNOWN, KAFKA_BURROW_OK, KAFKA_BURROW_UNKNOWN}, KAFKA_BURROW_OK},
        {{KAFKA_BURROW_UNKNOWN, KAFKA_BURROW_UNKNOWN, KAFKA_BURROW_UNKNOWN}, KAFKA_BURROW_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum kafka_burrow_status s = KAFKA_BURROW_UNKNOWN;
        for (size_t j = 0; j < 3; j++)
            s = kafka_burrow_worse(s, rows[i].partitions[j]);
        assert_int_equal(s, rows[i].expected);
    }
}

static void is_commit(struct kafka_burrow_commit c, int64_t ms, int64_t offset, int64_t lag)
{
    assert_int_equal(c.ms, ms);
    assert_int_equal(c.offset, offset);
    assert_int_equal(c.lag, lag);
}

static void add(struct kafka_burrow_window **w, int64_t ms, int64_t offset, int64_t lag)
{
    kafka_burrow_add(w, NULL, (struct kafka_burrow_commit){ms, offset, lag});
}

static void the_window_keeps_ten(void **state)
{
    (void)state;
    struct kafka_burrow_window *w = NULL;
    struct kafka_burrow_commit c[KAFKA_BURROW_COMMITS];
    assert_int_equal(kafka_burrow_commits(NULL, c), 0);
    for (int64_t i = 0; i < 13; i++)
        add(&w, 1000000000000 + i * 5000, i * 7, i * i);
    assert_int_equal(kafka_burrow_commits(w, c), 10);
    for (int64_t i = 0; i < 10; i++)
        is_commit(c[i], 1000000000000 + (i + 3) * 5000, (i + 3) * 7, (i + 3) * (i + 3));
    free(w);
}

static void close_commits_take_the_place_of_the_last(void **state)
{
    (void)state;
    struct kafka_burrow_window *w = NULL;
    struct kafka_burrow_commit c[KAFKA_BURROW_COMMITS];
    add(&w, 10000, 1, 9);
    add(&w, 10999, 2, 8); /* its offset and lag, the other's time */
    assert_int_equal(kafka_burrow_commits(w, c), 1);
    is_commit(c[0], 10000, 2, 8);
    add(&w, 11000, 3, 7);
    assert_int_equal(kafka_burrow_commits(w, c), 2);
    is_commit(c[1], 11000, 3, 7);
    add(&w, 9000, 4, 6); /* from before: the clock was set back */
    assert_int_equal(kafka_burrow_commits(w, c), 2);
    is_commit(c[1], 11000, 4, 6);
    free(w);
}

static void extremes_keep_within_the_window(void **state)
{
    (void)state;
    struct kafka_burrow_window *w = NULL;
    struct kafka_burrow_commit c[KAFKA_BURROW_COMMITS];
    add(&w, 0, INT64_MAX, INT64_MAX);
    add(&w, 60ll * 86400000, 0, -5); /* two months later */
    add(&w, 60ll * 86400000 + 1000, 1, (1ll << 48) - 2);
    assert_int_equal(kafka_burrow_commits(w, c), 3);
    is_commit(c[0], 60ll * 86400000 - UINT32_MAX, INT64_MAX, (1ll << 48) - 1);
    is_commit(c[1], 60ll * 86400000, 0, 0);
    is_commit(c[2], 60ll * 86400000 + 1000, 1, (1ll << 48) - 2);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_by_rule),
        cmocka_unit_test(two_ends_are_enough),
        cmocka_unit_test(a_group_is_its_worst),
        cmocka_unit_test(the_window_keeps_ten),
        cmocka_unit_test(close_commits_take_the_place_of_the_last),
        cmocka_unit_test(extremes_keep_within_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
