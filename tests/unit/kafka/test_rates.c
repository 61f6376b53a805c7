/* Lag and what follows from a ring of offsets: golden rows, ages, rates, trends, times of arrival. */
#include "tests/unit/unit.h"

#include "kafka/age.h"
#include "kafka/lag.h"
#include "kafka/rates.h"

#include <math.h>

#define NEAR(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static void lag_of_each_case(void **state)
{
    (void)state;
    static const struct {
        int64_t committed, start, end, lag, lost, ahead;
        bool known;
    } rows[] = {
        {60, 0, 100, 40, 0, 0, true},   /* behind */
        {100, 0, 100, 0, 0, 0, true},   /* caught up */
        {-1, 0, 100, 0, 0, 0, false},   /* no commit is no lag */
        {60, 0, -1, 0, 0, 0, false},    /* no end */
        {120, 0, 100, 0, 0, 20, true},  /* ahead: never negative */
        {10, 40, 100, 60, 30, 0, true}, /* the start has passed it */
        {10, 100, 100, 0, 90, 0, true}, /* an empty log, an old commit */
        {0, 0, 0, 0, 0, 0, true},       /* an empty log from the beginning */
        {60, -1, 100, 40, 0, 0, true},  /* the start is not known */
        {10, 40, -1, 0, 30, 0, false},  /* lost is known without an end */
        {INT64_MAX - 1, 0, INT64_MAX, 1, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_lag l = kafka_lag_of(rows[i].committed, rows[i].start, rows[i].end);
        assert_int_equal(l.known, rows[i].known);
        assert_int_equal(l.lag, rows[i].lag);
        assert_int_equal(l.lost, rows[i].lost);
        assert_int_equal(l.ahead, rows[i].ahead);
    }
}

/* The age by observed ends alone. */
static enum quality age_of(const struct kafka_ring *r, int64_t offset, int64_t now_ms, double *seconds)
{
    struct kafka_age age;
    kafka_age_of(r, NULL, offset, now_ms, &age);
    *seconds = age.seconds;
    return age.quality;
}

static void add(struct kafka_ring *r, int64_t s, int64_t offset)
{
    assert_true(kafka_ring_add(r, NULL, KAFKA_RING_ENDS, s * 1000, offset));
}

static void age_between_points(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    double age;
    assert_int_equal(age_of(&r, 5, 0, &age), QUALITY_UNKNOWN);
    add(&r, 100, 1000);
    add(&r, 110, 2000);
    add(&r, 120, 2000);
    add(&r, 200, 2000); /* the same offset: moves the end of the flat stretch */
    add(&r, 210, 3000);
    assert_int_equal(r.n, 4);
    assert_int_equal(age_of(&r, 1500, 210000, &age), QUALITY_EST);
    NEAR(age, 105, 0.006);
    /* The record at 2000 came after the idle time, not before it. */
    assert_int_equal(age_of(&r, 2000, 210000, &age), QUALITY_EST);
    NEAR(age, 10, 0.006);
    assert_int_equal(age_of(&r, 2500, 211000, &age), QUALITY_EST);
    NEAR(age, 6, 0.006);
    /* What came after the last observation came between that and now. */
    assert_int_equal(age_of(&r, 3000, 230000, &age), QUALITY_EST);
    NEAR(age, 10, 1e-9);
    assert_int_equal(age_of(&r, 999, 210000, &age), QUALITY_GE);
    NEAR(age, 110, 1e-9);
    /* An idle topic with a backlog keeps ageing. */
    assert_int_equal(age_of(&r, 2500, 1205000, &age), QUALITY_EST);
    NEAR(age, 1000, 0.006);
    kafka_ring_done(&r, NULL);
}

static void going_back_forgets(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    double rate;
    add(&r, 0, 500);
    assert_false(kafka_ring_rate(&r, &rate));
    add(&r, 5, 600);
    assert_true(kafka_ring_rate(&r, &rate));
    NEAR(rate, 20, 1e-9);
    assert_false(kafka_ring_add(&r, NULL, KAFKA_RING_ENDS, 10000, 3));
    assert_int_equal(r.n, 1);
    assert_false(kafka_ring_rate(&r, &rate));
    kafka_ring_done(&r, NULL);
}

/* Two looks in quick succession, between which nothing came, are no rate of 0 while the log grows. */
static void a_rate_is_not_made_of_a_moment(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    double rate;
    kafka_ring_add(&r, NULL, KAFKA_RING_ENDS, 1000, 100);
    kafka_ring_add(&r, NULL, KAFKA_RING_ENDS, 1100, 900);
    assert_false(kafka_ring_rate(&r, &rate));
    kafka_ring_add(&r, NULL, KAFKA_RING_ENDS, 1500, 900);
    assert_true(kafka_ring_rate(&r, &rate));
    NEAR(rate, 1600, 1e-9);
    kafka_ring_add(&r, NULL, KAFKA_RING_ENDS, 6000, 1100);
    kafka_ring_add(&r, NULL, KAFKA_RING_ENDS, 6100, 1100);
    assert_true(kafka_ring_rate(&r, &rate));
    NEAR(rate, 200 / 4.6, 1e-9);
    /* What was seen in an earlier run tells of ages, not of what comes now. */
    struct kafka_point old[] = {{.ms = -900000, .offset = 0}, {.ms = 500, .offset = 90}};
    kafka_ring_seed(&r, NULL, KAFKA_RING_ENDS, old, 2, 0);
    assert_true(kafka_ring_rate(&r, &rate));
    NEAR(rate, 200 / 4.6, 1e-9);
    kafka_ring_done(&r, NULL);
}

static void few_points_reach_far_back(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    /* A day at 5 s: 100 a second, then nothing for two hours, then 50 a second. */
    int64_t offset = 0;
    for (int64_t s = 0; s <= 86400; s += 5) {
        if (s <= 40000)
            offset = s * 100;
        else if (s > 47200)
            offset = 4000000 + (s - 47200) * 50;
        add(&r, s, offset);
    }
    assert_int_equal(r.n, KAFKA_RING_ENDS);
    assert_int_equal(kafka_ring_point(&r, 0).ms, 0);
    double age;
    assert_int_equal(age_of(&r, 1000000, 86400000, &age), QUALITY_EST);
    NEAR(age, 76400, 300);
    assert_int_equal(age_of(&r, 3900000, 86400000, &age), QUALITY_EST);
    NEAR(age, 47400, 600);
    age_of(&r, 4000001, 86400000, &age);
    NEAR(age, 39200, 600);
    age_of(&r, offset - 500, 86400000, &age);
    NEAR(age, 10, 0.5);
    kafka_ring_done(&r, NULL);
}

/* Points are kept as differences of as many bytes as they need, which nobody is to notice. */
static void far_points_are_kept(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    const struct kafka_point points[] = {{-5, 7},
                                         {0, INT64_C(7) + UINT32_MAX},
                                         {1, INT64_C(1) << 40},
                                         {INT64_C(1) << 45, (INT64_C(1) << 40) + 1},
                                         {(INT64_C(1) << 45) + 1, INT64_MAX}};
    for (unsigned i = 0; i < 5; i++) {
        assert_true(kafka_ring_add(&r, NULL, KAFKA_RING_COMMITS, points[i].ms, points[i].offset));
        assert_int_equal(r.ms_bytes, i == 0 ? 0 : i < 3 ? 3 : 8);
        assert_int_equal(r.offset_bytes, i == 0 ? 0 : i < 2 ? 4 : 8);
        for (unsigned k = 0; k <= i; k++) {
            assert_int_equal(kafka_ring_point(&r, k).ms, points[k].ms);
            assert_int_equal(kafka_ring_point(&r, k).offset, points[k].offset);
        }
    }
    assert_false(kafka_ring_add(&r, NULL, KAFKA_RING_COMMITS, (INT64_C(1) << 45) + 2, 3));
    assert_int_equal(r.n, 1);
    assert_int_equal(kafka_ring_last(&r).offset, 3);
    kafka_ring_done(&r, NULL);
    for (int i = 0; i < 100; i++) /* fewer are wanted than there are */
        kafka_ring_add(&r, NULL, i < 50 ? KAFKA_RING_ENDS : KAFKA_RING_ENDS_FEW, i * 1000, i * i);
    assert_int_equal(r.n, KAFKA_RING_ENDS_FEW);
    assert_int_equal(r.room, KAFKA_RING_ENDS_FEW);
    assert_int_equal(kafka_ring_point(&r, 0).offset, 0);
    assert_int_equal(kafka_ring_last(&r).offset, 99 * 99);
    kafka_ring_done(&r, NULL);
}

static void seeds_come_before(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    add(&r, 1000, 5000);
    add(&r, 1005, 5500);
    const struct kafka_point old[] = {{-3600000, 100}, {-60000, 4000}, {1002000, 9999}};
    kafka_ring_seed(&r, NULL, KAFKA_RING_ENDS, old, 3, 0);
    assert_int_equal(r.n, 4);
    double age;
    assert_int_equal(age_of(&r, 100, 1005000, &age), QUALITY_EST);
    NEAR(age, 4605, 0.5);
    /* Points of a log that was longer do not fit to this one. */
    const struct kafka_point other[] = {{-7200000, 100000}};
    kafka_ring_seed(&r, NULL, KAFKA_RING_ENDS, other, 1, 0);
    assert_int_equal(kafka_ring_point(&r, 0).offset, 100);
    kafka_ring_done(&r, NULL);
}

/* A consumer that commits every `commit` seconds all that was produced at 100 a second, seen every 5 s. */
static void consume(struct kafka_ring *ends, struct kafka_ring *commits, int64_t from, int64_t to, int64_t commit,
                    int64_t behind)
{
    for (int64_t s = from; s <= to; s += 5) {
        kafka_ring_add(ends, NULL, KAFKA_RING_ENDS, s * 1000, s * 100);
        kafka_ring_add(commits, NULL, KAFKA_RING_COMMITS, s * 1000, s / commit * commit * 100 - behind);
    }
}

static void consumed_smooths_over_commits(void **state)
{
    (void)state;
    struct kafka_ring ends = {0}, commits = {0};
    double rate;
    assert_false(kafka_rates_consumed(&commits, 0, &rate));
    consume(&ends, &commits, 1000, 1200, 15, 0);
    assert_true(kafka_rates_consumed(&commits, 1200000, &rate));
    NEAR(rate, 100, 1);
    /* Commits stay out: less and less, then nothing. */
    for (int64_t s = 1205; s <= 1240; s += 5)
        kafka_ring_add(&commits, NULL, KAFKA_RING_COMMITS, s * 1000, 120000);
    assert_true(kafka_rates_consumed(&commits, 1240000, &rate));
    assert_true(rate > 20 && rate < 60);
    kafka_ring_add(&commits, NULL, KAFKA_RING_COMMITS, 1300000, 120000);
    assert_true(kafka_rates_consumed(&commits, 1300000, &rate));
    NEAR(rate, 0, 0);
    kafka_ring_done(&ends, NULL);
    kafka_ring_done(&commits, NULL);
}

static void trend_has_a_dead_band(void **state)
{
    (void)state;
    struct kafka_ring ends = {0}, commits = {0};
    struct kafka_trend t;
    assert_false(kafka_rates_trend(&ends, &commits, 0, &t));
    consume(&ends, &commits, 1000, 1300, 5, 250);
    assert_true(kafka_rates_trend(&ends, &commits, 1300000, &t));
    assert_string_equal(kafka_rates_trend_text(&t), "steady");
    NEAR(t.lag_rate, 0, 1e-9);
    /* The consumer stops: the lag grows by what is produced. */
    for (int64_t s = 1305; s <= 1370; s += 5) {
        kafka_ring_add(&ends, NULL, KAFKA_RING_ENDS, s * 1000, s * 100);
        kafka_ring_add(&commits, NULL, KAFKA_RING_COMMITS, s * 1000, 1300 * 100 - 250);
    }
    assert_true(kafka_rates_trend(&ends, &commits, 1370000, &t));
    assert_string_equal(kafka_rates_trend_text(&t), "rising");
    NEAR(t.lag_rate, 100, 1);
    /* It comes back and drains. */
    for (int64_t s = 1375; s <= 1435; s += 5) {
        kafka_ring_add(&ends, NULL, KAFKA_RING_ENDS, s * 1000, s * 100);
        kafka_ring_add(&commits, NULL, KAFKA_RING_COMMITS, s * 1000, 129750 + (s - 1370) * 160);
    }
    assert_true(kafka_rates_trend(&ends, &commits, 1435000, &t));
    assert_string_equal(kafka_rates_trend_text(&t), "falling");
    NEAR(t.lag_rate, -60, 3);
    kafka_ring_done(&ends, NULL);
    kafka_ring_done(&commits, NULL);
}

static void idle_pair_is_steady(void **state)
{
    (void)state;
    struct kafka_ring ends = {0}, commits = {0};
    struct kafka_trend t;
    for (int64_t s = 0; s <= 600; s += 5) {
        kafka_ring_add(&ends, NULL, KAFKA_RING_ENDS, s * 1000, 100);
        kafka_ring_add(&commits, NULL, KAFKA_RING_COMMITS, s * 1000, 60);
    }
    assert_true(kafka_rates_trend(&ends, &commits, 600000, &t));
    assert_string_equal(kafka_rates_trend_text(&t), "steady");
    double rate;
    assert_true(kafka_rates_consumed(&commits, 600000, &rate));
    NEAR(rate, 0, 0);
    kafka_ring_done(&ends, NULL);
    kafka_ring_done(&commits, NULL);
}

static void eta_at_the_net_rate(void **state)
{
    (void)state;
    NEAR(kafka_rates_eta(1000, 10, 60), 20, 1e-9);
    assert_true(isinf(kafka_rates_eta(1000, 60, 60)));
    assert_true(isinf(kafka_rates_eta(1, 0, 0)));
    NEAR(kafka_rates_eta(0, 60, 0), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lag_of_each_case),          cmocka_unit_test(age_between_points),
        cmocka_unit_test(going_back_forgets),        cmocka_unit_test(a_rate_is_not_made_of_a_moment),
        cmocka_unit_test(few_points_reach_far_back), cmocka_unit_test(far_points_are_kept),
        cmocka_unit_test(seeds_come_before),         cmocka_unit_test(consumed_smooths_over_commits),
        cmocka_unit_test(trend_has_a_dead_band),     cmocka_unit_test(idle_pair_is_steady),
        cmocka_unit_test(eta_at_the_net_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
