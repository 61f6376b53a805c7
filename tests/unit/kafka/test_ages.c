/* Lag in seconds: single cases that go wrong elsewhere, and random histories whose truth is known. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "kafka/age.h"
#include "kafka/remember.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

enum { HOUR = 3600, DAY = 86400 };

static void see(struct kafka_ring *r, double s, int64_t offset)
{
    kafka_ring_add(r, NULL, KAFKA_RING_ENDS, (int64_t)(s * 1000), offset);
}

static struct kafka_age age_at(const struct kafka_ring *r, struct kafka_told *told, int64_t offset, double s)
{
    struct kafka_age age;
    kafka_age_of(r, told, offset, (int64_t)(s * 1000), &age);
    return age;
}

static void take(struct kafka_told *t, int64_t ms, int64_t offset, int64_t start)
{
    kafka_told_take(t, ms, offset, start, 0, 1);
}

/* ---- single cases ---- */

/* Far behind everything that is known is a lower bound, never a line drawn on into the past. */
static void far_behind_is_a_bound(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    see(&r, 0, 1000000);
    see(&r, 30, 1000001);
    struct kafka_age a = age_at(&r, NULL, 10, 45 * 60);
    assert_int_equal(a.quality, QUALITY_GE);
    assert_int_equal(a.method, KAFKA_AGE_BEYOND);
    NEAR(a.seconds, 2700, 1e-9);
    assert_true(isnan(a.error));
    kafka_ring_done(&r, NULL);
}

/* Without new records a backlog grows older by the second, whatever was seen in between. */
static void idle_backlogs_age(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    see(&r, 0, 100);
    for (int s = 5; s < 3 * HOUR; s += 5) {
        see(&r, s, 150);
        struct kafka_age a = age_at(&r, NULL, 120, s);
        assert_int_equal(a.quality, QUALITY_EST);
        NEAR(a.seconds, s - 2.5, 2.5);
        assert_true(a.error <= 5);
    }
    kafka_ring_done(&r, NULL);
}

/* One observation of an idle topic is enough for a bound, and is no NaN. */
static void one_observation_is_no_nan(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    struct kafka_age a = age_at(&r, NULL, 5, 10);
    assert_int_equal(a.quality, QUALITY_UNKNOWN);
    NEAR(a.seconds, 0, 0);
    see(&r, 0, 100);
    a = age_at(&r, NULL, 5, 60);
    assert_int_equal(a.quality, QUALITY_GE);
    NEAR(a.seconds, 60, 1e-9);
    a = age_at(&r, NULL, 5, 0); /* at once it would be a bound of nothing */
    assert_int_equal(a.quality, QUALITY_UNKNOWN);
    assert_int_equal(a.method, KAFKA_AGE_NONE);
    kafka_ring_done(&r, NULL);
}

/* A consumer two seconds behind a steady producer is that all the time, not 0 to 30 by the phase of the rounds. */
static void steady_lag_has_no_noise(void **state)
{
    (void)state;
    struct kafka_ring r = {0};
    for (int s = 0; s <= 3000; s += 30) {
        see(&r, s, s * 100);
        if (s >= 30)
            NEAR(age_at(&r, NULL, (s - 2) * 100, s).seconds, 2, 0.01);
    }
    kafka_ring_done(&r, NULL);
}

static void truth_of_times(struct kafka_told *t, int64_t shift_s)
{
    /* One record a second since a day before 0, by the brokers' clock. */
    static const int ages[] = {DAY, 6 * HOUR, HOUR, 300, 30};
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
        take(t, (-ages[i] - shift_s) * 1000LL, DAY - ages[i], 0);
}

static void records_tell_of_the_time_before(void **state)
{
    (void)state;
    int64_t shift = 0;
    struct kafka_ring r = {0};
    struct kafka_told *t = kafka_told_new(&shift);
    truth_of_times(t, 0);
    see(&r, 0, DAY);
    struct kafka_age a = age_at(&r, t, DAY - 2 * HOUR, 0);
    assert_int_equal(a.method, KAFKA_AGE_TIMES);
    assert_int_equal(a.quality, QUALITY_EST);
    NEAR(a.seconds, 2 * HOUR, 1);
    NEAR(a.error, 4 * HOUR, 1);
    assert_true(kafka_age_is_wide(&a, 0));
    /* What was seen is not asked of records. */
    see(&r, 5, DAY + 5);
    a = age_at(&r, t, DAY + 2, 5);
    assert_int_equal(a.method, KAFKA_AGE_OBSERVED);
    NEAR(a.seconds, 2.5, 0.01);
    /* Older than all of them: by what the broker said, which reaches further back. */
    a = age_at(&r, t, -1, 5);
    assert_int_equal(a.quality, QUALITY_GE);
    NEAR(a.seconds, DAY + 5, 1e-9);
    kafka_told_free(t);
    kafka_ring_done(&r, NULL);
}

/* Brokers an hour ahead: found out later, and all that was told before is right from then on. */
static void skew_moves_what_was_told(void **state)
{
    (void)state;
    int64_t shift = 0;
    struct kafka_ring r = {0};
    struct kafka_told *t = kafka_told_new(&shift);
    truth_of_times(t, -HOUR);
    see(&r, 0, DAY);
    shift = -HOUR * 1000LL;
    NEAR(age_at(&r, t, DAY - 2 * HOUR, 0).seconds, 2 * HOUR, 1);
    kafka_told_free(t);
    kafka_ring_done(&r, NULL);
}

static void wrong_stamps_are_not_believed(void **state)
{
    (void)state;
    int64_t shift = 0;
    struct kafka_ring r = {0};
    struct kafka_told *t = kafka_told_new(&shift);
    see(&r, -600, 500);
    see(&r, 0, 1000);
    /* A record stamped years ahead at 200: from every time on, it is the first. */
    take(t, -7200 * 1000LL, 150, 0);
    take(t, -3600 * 1000LL, 200, 0);
    take(t, -30 * 1000LL, 200, 0);
    t->ahead = 200;
    struct kafka_age a = age_at(&r, t, 180, 0);
    assert_int_equal(a.method, KAFKA_AGE_TIMES); /* before it, times are in order */
    NEAR(a.seconds, 5400, 1800);
    a = age_at(&r, t, 300, 0); /* behind it, only what was seen counts */
    assert_int_equal(a.quality, QUALITY_GE);
    NEAR(a.seconds, 600, 1e-9);
    /* A point that contradicts what was seen: the log had ended at 500 then, not at 700. */
    t->ahead = -1;
    take(t, -10 * 1000LL, 2000, 0);
    a = age_at(&r, t, 700, 0);
    assert_int_equal(a.method, KAFKA_AGE_OBSERVED);
    NEAR(a.seconds, 360, 1);
    /* Out of order among themselves. */
    assert_int_equal(t->n, 4);
    take(t, -1800 * 1000LL, 100, 0);
    take(t, -9000 * 1000LL, 160, 0);
    assert_int_equal(t->n, 4);
    kafka_told_free(t);
    kafka_ring_done(&r, NULL);
}

static void times_ahead_of_now_are_dropped(void **state)
{
    (void)state;
    int64_t shift = HOUR * 1000LL; /* our clock is an hour slow, which nobody knows yet */
    struct kafka_ring r = {0};
    struct kafka_told *t = kafka_told_new(&shift);
    truth_of_times(t, 0);
    see(&r, 0, DAY);
    struct kafka_age a = age_at(&r, t, DAY - 10, 10);
    assert_true(a.seconds >= 0 && a.quality != QUALITY_EXACT);
    assert_true(a.high_ms <= 10000);
    kafka_told_free(t);
    kafka_ring_done(&r, NULL);
}

static void read_records_are_exact_until_the_commit_moves(void **state)
{
    (void)state;
    int64_t shift = 0;
    struct kafka_ring r = {0};
    struct kafka_told *t = kafka_told_new(&shift);
    see(&r, 0, 100);
    see(&r, 50, 200);
    kafka_told_take_record(t, 150, 31000);
    struct kafka_age a = age_at(&r, t, 150, 60);
    assert_int_equal(a.quality, QUALITY_EXACT);
    assert_int_equal(a.method, KAFKA_AGE_RECORD);
    NEAR(a.seconds, 29, 1e-9);
    NEAR(a.error, 0, 0);
    assert_int_equal(age_at(&r, t, 151, 60).method, KAFKA_AGE_OBSERVED);
    kafka_told_take_record(t, 160, 9999000); /* its clock was wrong: it has not come yet */
    assert_int_equal(age_at(&r, t, 160, 60).method, KAFKA_AGE_OBSERVED);
    for (int i = 0; i < 10; i++)
        kafka_told_take_record(t, 170 + i, 40000);
    assert_int_equal(t->nexact, KAFKA_TOLD_RECORDS);
    assert_int_equal(age_at(&r, t, 179, 60).method, KAFKA_AGE_RECORD);
    kafka_told_free(t);
    kafka_ring_done(&r, NULL);
}

/* Retention takes the oldest: what is left still says how old the first record may be. */
static void retention_leaves_one_bound(void **state)
{
    (void)state;
    int64_t shift = 0;
    struct kafka_told *t = kafka_told_new(&shift);
    take(t, 1000, 10, 0);
    take(t, 2000, 20, 0);
    take(t, 3000, 50, 0);
    take(t, 2500, 30, 30); /* asked again for an old time, the answer is the start */
    assert_int_equal(t->n, 3);
    assert_int_equal(t->points[0].ms, 2000);
    assert_int_equal(t->points[0].offset, 30);
    assert_int_equal(t->points[1].ms, 2500);
    kafka_told_free(t);
}

static void questions_are_few_however_many_groups(void **state)
{
    (void)state;
    int64_t shift = 0, times[KAFKA_TOLD_GAPS];
    struct kafka_told *t = kafka_told_new(&shift);
    for (int i = 0; i < 500; i++) {
        int64_t low = -(1000 - i) * 100000LL;
        kafka_told_note(t, low, low + 50000 + i * 90, 0);
    }
    assert_int_equal(t->ngaps, KAFKA_TOLD_GAPS);
    int64_t now_us = HOUR * 1000000LL;
    int asked = 0;
    for (int i = 0; i < 600; i++, now_us += 5000000) { /* fifty minutes in which nothing gets narrower */
        kafka_told_note(t, -9000000, -1000000, 0);
        unsigned n = kafka_told_questions(t, 0, now_us, times);
        assert_true(n <= KAFKA_TOLD_GAPS);
        asked += n > 0;
        for (unsigned k = 0; k < n; k++)
            assert_true(times[k] < 0);
    }
    assert_in_range(asked, 40, 60); /* a few at once, then once a minute */
    kafka_told_free(t);
}

static void sums_take_the_oldest(void **state)
{
    (void)state;
    struct kafka_age_sum s = {0};
    struct kafka_age a;
    kafka_age_total(&s, 0, &a);
    assert_int_equal(a.quality, QUALITY_UNKNOWN);
    kafka_age_add(&s, QUALITY_EXACT, 0, 0, KAFKA_AGE_CAUGHT_UP);
    kafka_age_total(&s, 1, &a);
    assert_int_equal(a.quality, QUALITY_EXACT);
    assert_int_equal(a.method, KAFKA_AGE_CAUGHT_UP);
    kafka_age_add(&s, QUALITY_EST, 100, 1, KAFKA_AGE_OBSERVED);
    kafka_age_add(&s, QUALITY_EST, 90, 30, KAFKA_AGE_TIMES);
    kafka_age_total(&s, 3, &a);
    assert_int_equal(a.quality, QUALITY_EST);
    assert_int_equal(a.method, KAFKA_AGE_OBSERVED);
    NEAR(a.seconds, 100, 0);
    NEAR(a.error, 20, 1e-9);    /* the younger one may be 120 s old */
    kafka_age_total(&s, 4, &a); /* one of four is missing */
    assert_int_equal(a.quality, QUALITY_GE);
    kafka_age_add(&s, QUALITY_GE, 5, (double)NAN, KAFKA_AGE_BEYOND);
    kafka_age_total(&s, 4, &a);
    assert_int_equal(a.quality, QUALITY_GE);
    assert_int_equal(a.method, KAFKA_AGE_BEYOND);
    assert_true(isnan(a.error));
}

/* Where samples were thinned, a position is sure to have stood still for less of its span. */
static void thinned_spans_are_less_sure(void **state)
{
    (void)state;
    for (int64_t resolution = 0; resolution <= 300000; resolution += 300000) {
        const struct history_span span = {
            .until_ms = HOUR * 1000, .value = 100, .quality = QUALITY_EXACT, .resolution_ms = resolution};
        struct kafka_remembered past = {0};
        kafka_remember_points(&span, 1, 60000, 5000, &past);
        assert_int_equal(past.points.n, 2);
        assert_int_equal(past.points.items[0].ms, 0);
        assert_int_equal(past.points.items[1].ms, HOUR * 1000 - 67000 - resolution);
        kafka_remember_done(&past);
    }
}

/* A quiet night, then a record: it came in the last minute, not some time in the night. */
static void flat_stretches_stay_flat_over_a_restart(void **state)
{
    (void)state;
    const struct history_span spans[] = {
        {.time_ms = 0, .until_ms = 8 * HOUR * 1000, .value = 100, .quality = QUALITY_EXACT},
        {.time_ms = 8 * HOUR * 1000, .until_ms = (8 * HOUR + 600) * 1000, .value = 101, .quality = QUALITY_EXACT},
        {.time_ms = (8 * HOUR + 600) * 1000, .until_ms = 9 * HOUR * 1000, .value = 101, .quality = QUALITY_STALE},
    };
    struct kafka_remembered past = {0};
    kafka_remember_points(spans, 3, 60000, 5000, &past);
    struct kafka_ring r = {0};
    kafka_ring_seed(&r, NULL, KAFKA_RING_ENDS, past.points.items, past.points.n, past.slack_ms);
    kafka_remember_done(&past);
    see(&r, 10 * HOUR, 150);
    struct kafka_age a = age_at(&r, NULL, 100, 10 * HOUR);
    assert_int_equal(a.quality, QUALITY_EST);
    NEAR(a.seconds, 2 * HOUR + 33, 34);
    assert_true(a.error <= 75 && fabs(a.seconds - 2 * HOUR) <= a.error);
    /* While its end could not be read nothing is known of it. */
    a = age_at(&r, NULL, 101, 10 * HOUR);
    assert_true(a.low_known && a.low_ms <= (8 * HOUR + 600) * 1000);
    kafka_ring_done(&r, NULL);
}

/* History wrote it down later than it was seen: that is in the error. */
static void what_history_wrote_late_is_less_sure(void **state)
{
    (void)state;
    const struct kafka_point past[] = {{0, 100}, {60000, 200}};
    struct kafka_ring r = {0};
    kafka_ring_seed(&r, NULL, KAFKA_RING_ENDS, past, 2, 6000);
    see(&r, 100, 200);
    see(&r, 105, 300);
    struct kafka_age a = age_at(&r, NULL, 149, 200);
    NEAR(a.seconds, 170, 0.5);
    NEAR(a.error, 36, 0.5);
    a = age_at(&r, NULL, 249, 200); /* that was seen in this run */
    NEAR(a.error, 2.5, 0.2);
    kafka_ring_done(&r, NULL);
}

/* Points with a group beside them stay, whatever else is told. */
static void points_in_use_stay(void **state)
{
    (void)state;
    int64_t shift = 0;
    struct kafka_ring r = {0};
    struct kafka_told *t = kafka_told_new(&shift);
    see(&r, 0, 100000);
    take(t, -100000 * 1000LL, 0, 0);
    take(t, -50010 * 1000LL, 49990, 0);
    take(t, -49990 * 1000LL, 50010, 0);
    for (int i = 1; i < 200; i++) { /* one record a second; a question every 100 s */
        uint32_t now_s = 1000 + 100 * (uint32_t)i;
        struct kafka_age a = age_at(&r, t, 50000, now_s);
        assert_true(a.error <= 11);
        kafka_told_take(t, -400 * 1000LL * i, 100000 - 400 * i, 0, 0, now_s);
    }
    assert_int_equal(t->n, KAFKA_TOLD_POINTS);
    kafka_told_free(t);
    kafka_ring_done(&r, NULL);
}

/* ---- random histories ---- */

struct world {
    int64_t *times; /* of each record, ms, ascending */
    int64_t n;
    uint64_t seed;
};

static uint32_t dice(struct world *w, uint32_t below)
{
    w->seed = w->seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(w->seed >> 33) % below;
}

/* Stretches of an hour or so: nothing, a trickle, a steady flow, bursts. */
static void produce(struct world *w, int64_t from_ms, int64_t to_ms)
{
    enum { ROOM = 400000 };
    w->times = mem_calloc(ROOM, sizeof *w->times);
    for (int64_t t = from_ms; t < to_ms && w->n < ROOM - 2000;) {
        int64_t until = t + 60000 + dice(w, 2 * HOUR) * 1000LL;
        uint32_t kind = dice(w, 4), gap = kind == 1 ? 600000 : kind == 2 ? 2000 : 300000;
        while (kind && t < until && w->n < ROOM - 2000) {
            t += 1 + dice(w, gap);
            for (uint32_t i = kind == 3 ? dice(w, 500) : 1; i; i--)
                w->times[w->n++] = t;
        }
        t = t < until ? until : t;
    }
    while (w->n && w->times[w->n - 1] >= to_ms)
        w->n--;
}

/* How many records there are up to a time: where the log ends. */
static int64_t end_at(const struct world *w, int64_t ms)
{
    int64_t low = 0, high = w->n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (w->times[middle] <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A collector that runs from one time to another, with a round every 5 s or later, as history keeps it. */
static void run(struct world *w, int64_t from_ms, int64_t to_ms, struct kafka_ring *ring,
                struct kafka_remembered *history)
{
    enum { SAMPLE_MS = 60000 };
    struct {
        struct history_span *items;
        size_t n, room;
    } spans = {0};
    int64_t kept = -1, kept_ms = 0, value = -1;
    for (int64_t t = from_ms; t < to_ms; t += 5000 + dice(w, 400)) {
        value = end_at(w, t);
        kafka_ring_add(ring, NULL, KAFKA_RING_ENDS, t, value);
        int64_t written = t + dice(w, 900); /* the rest of the round */
        if (value == kept || written - kept_ms < SAMPLE_MS || written >= to_ms)
            continue;
        if (spans.n)
            spans.items[spans.n - 1].until_ms = written;
        vec_push(&spans, (struct history_span){.time_ms = written, .value = (double)value, .quality = QUALITY_EXACT});
        kept = value;
        kept_ms = written;
    }
    if (spans.n)
        spans.items[spans.n - 1].until_ms = to_ms;
    kafka_remember_points(spans.items, spans.n, SAMPLE_MS, 5400, history);
    vec_done(&spans);
}

struct counts {
    unsigned est, ge, caught_up;
    double error; /* sum of errors as shares of the truth */
};

static void check(const struct world *w, const struct kafka_ring *r, struct kafka_told *told, int64_t offset,
                  int64_t now_ms, struct counts *counts)
{
    struct kafka_age a;
    kafka_age_of(r, told, offset, now_ms, &a);
    double truth = (double)(now_ms - w->times[offset]) / 1000;
    if (a.quality == QUALITY_GE) {
        if (a.seconds > truth + 1e-6)
            fail_msg("seed %llu: offset %lld: at least %f, in truth %f", (unsigned long long)w->seed, (long long)offset,
                     a.seconds, truth);
        counts->ge++;
    } else if (a.quality == QUALITY_EST) {
        if (!(fabs(a.seconds - truth) <= a.error + 1e-6))
            fail_msg("offset %lld: %f within %f, in truth %f, by %s", (long long)offset, a.seconds, a.error, truth,
                     kafka_age_method_text(a.method));
        counts->est++;
        counts->error += a.error / (truth + 10);
    } else {
        assert_int_equal(a.quality, QUALITY_UNKNOWN);
    }
    if (told && kafka_age_is_wide(&a, now_ms))
        kafka_told_note(told, a.low_known ? a.low_ms : 1, a.high_ms, now_ms);
}

/* Sweeps as long as the model would ask. */
static void sweep(const struct world *w, struct kafka_told *told, int64_t now_ms)
{
    int64_t times[KAFKA_TOLD_GAPS];
    unsigned n = kafka_told_questions(told, now_ms, now_ms * 1000, times);
    for (unsigned i = 0; i < n; i++) {
        int64_t at = end_at(w, times[i] - 1), end = end_at(w, now_ms);
        kafka_told_take(told, times[i], at < end ? at : end, 0, now_ms, (uint32_t)(now_ms / 1000));
    }
}

static void random_histories_keep_their_bounds(void **state)
{
    (void)state;
    struct counts bare = {0}, swept = {0};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct world w = {.seed = seed};
        int64_t begin = 1600000000000, end = begin + 2 * DAY * 1000LL;
        produce(&w, begin, end);
        struct kafka_ring first = {0}, second = {0};
        struct kafka_remembered past = {0}, unused = {0};
        int64_t start = begin + dice(&w, DAY) * 1000LL, stop = start + dice(&w, 10 * HOUR) * 1000LL;
        int64_t again = stop + dice(&w, 4 * HOUR) * 1000LL, now = again + dice(&w, 6 * HOUR) * 1000LL;
        run(&w, start, stop, &first, &past);
        run(&w, again, now + 1, &second, &unused);
        kafka_ring_seed(&second, NULL, KAFKA_RING_ENDS, past.points.items, past.points.n, past.slack_ms);
        int64_t shift = 0, last = end_at(&w, second.n ? kafka_ring_last(&second).ms : 0);
        struct kafka_told *told = kafka_told_new(&shift);
        int64_t groups[8];
        for (int i = 0; i < 8 && last; i++)
            groups[i] = dice(&w, (uint32_t)last);
        for (int i = 0; i < 300 && last; i++)
            check(&w, &second, NULL, dice(&w, (uint32_t)last), now, &bare);
        struct counts before = {0};
        for (int k = 0; k < 20 && last; k++, now += 61000) {
            for (int i = 0; i < 8; i++)
                check(&w, &second, told, groups[i], now, k == 19 ? &swept : &before);
            sweep(&w, told, now);
        }
        kafka_told_free(told);
        kafka_ring_done(&first, NULL);
        kafka_ring_done(&second, NULL);
        kafka_remember_done(&past);
        kafka_remember_done(&unused);
        free(w.times);
    }
    print_message("ends alone: %u estimates, mean error %.3f, %u bounds; swept: %u, %.3f, %u\n", bare.est,
                  bare.error / bare.est, bare.ge, swept.est, swept.error / swept.est, swept.ge);
    assert_true(bare.est > 1000 && bare.ge > 1000);
    assert_true(swept.est > 300 && swept.ge == 0); /* asked, the broker knows all of it */
    assert_true(swept.error / swept.est < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(far_behind_is_a_bound),
        cmocka_unit_test(idle_backlogs_age),
        cmocka_unit_test(one_observation_is_no_nan),
        cmocka_unit_test(steady_lag_has_no_noise),
        cmocka_unit_test(records_tell_of_the_time_before),
        cmocka_unit_test(skew_moves_what_was_told),
        cmocka_unit_test(wrong_stamps_are_not_believed),
        cmocka_unit_test(times_ahead_of_now_are_dropped),
        cmocka_unit_test(read_records_are_exact_until_the_commit_moves),
        cmocka_unit_test(retention_leaves_one_bound),
        cmocka_unit_test(questions_are_few_however_many_groups),
        cmocka_unit_test(sums_take_the_oldest),
        cmocka_unit_test(thinned_spans_are_less_sure),
        cmocka_unit_test(flat_stretches_stay_flat_over_a_restart),
        cmocka_unit_test(what_history_wrote_late_is_less_sure),
        cmocka_unit_test(points_in_use_stay),
        cmocka_unit_test(random_histories_keep_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
