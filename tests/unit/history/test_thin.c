/* What thinning keeps: of amounts the extremes, of positions the last, of changes of quality everything. */
#include "tests/unit/unit.h"

#include "base/vec.h"
#include "history/thin.h"

#include <math.h>
#include <stdlib.h>

enum { MINUTE = 60000, STEP = 5 * MINUTE, COARSE = 30 * MINUTE, SAMPLES = 2000 };

#define BEGIN_MS INT64_C(1700000000000)

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static int64_t step_of(int64_t time_ms, int64_t step_ms)
{
    return time_ms / step_ms;
}

static void add(struct history_samples *s, int64_t time_ms, int64_t value, enum quality quality)
{
    vec_push(s, (struct history_sample){.time_ms = time_ms, .i = value, .quality = (uint8_t)quality});
}

static void thin(const struct history_samples *in, size_t n, int64_t step_ms, enum history_thin kind,
                 struct history_samples *out)
{
    history_thin_samples(in->items, n, in->n, NULL, step_ms, kind, out);
    for (size_t i = 1; i < out->n; i++)
        assert_true(out->items[i].time_ms > out->items[i - 1].time_ms);
}

struct extremes {
    int64_t least, greatest;
    size_t n;
};

/* Of the samples in one step. */
static struct extremes extremes_of(const struct history_samples *s, int64_t step, int64_t step_ms)
{
    struct extremes e = {INT64_MAX, INT64_MIN, 0};
    for (size_t i = 0; i < s->n; i++) {
        if (step_of(s->items[i].time_ms, step_ms) != step)
            continue;
        e.least = s->items[i].i < e.least ? s->items[i].i : e.least;
        e.greatest = s->items[i].i > e.greatest ? s->items[i].i : e.greatest;
        e.n++;
    }
    return e;
}

static void amounts_keep_their_extremes(void **state)
{
    struct history_samples in = {0}, fine = {0}, coarse = {0};
    uint64_t random = 1;
    (void)state;
    for (int64_t i = 0; i < SAMPLES; i++) /* a value of its own each, so that none repeats the one before */
        add(&in, BEGIN_MS + i * MINUTE + (int64_t)(next(&random) % 1000), (int64_t)(next(&random) % 1000000) * 2000 + i,
            QUALITY_EXACT);
    thin(&in, in.n, STEP, HISTORY_THIN_EXTREMES, &fine);
    thin(&fine, fine.n, COARSE, HISTORY_THIN_EXTREMES, &coarse);
    assert_true(fine.n <= in.n / 2 && coarse.n <= fine.n / 5);
    for (int64_t s = step_of(BEGIN_MS, COARSE); s <= step_of(BEGIN_MS + SAMPLES * MINUTE, COARSE); s++) {
        struct extremes all = extremes_of(&in, s, COARSE), left = extremes_of(&coarse, s, COARSE);
        assert_int_equal(left.least, all.least);
        assert_int_equal(left.greatest, all.greatest);
        assert_true(left.n <= 3);
    }
    for (int64_t s = step_of(BEGIN_MS, STEP); s <= step_of(BEGIN_MS + SAMPLES * MINUTE, STEP); s++) {
        struct extremes all = extremes_of(&in, s, STEP), left = extremes_of(&fine, s, STEP);
        assert_int_equal(left.least, all.least);
        assert_int_equal(left.greatest, all.greatest);
    }
    vec_done(&in);
    vec_done(&fine);
    vec_done(&coarse);
}

/* A value that went on for long goes on as it was, not as the extreme before it. */
static void what_went_on_stays_in_force(void **state)
{
    struct history_samples in = {0}, out = {0};
    int64_t begin = BEGIN_MS / STEP * STEP;
    (void)state;
    add(&in, begin - 2 * STEP, 7, QUALITY_EXACT);
    add(&in, begin + MINUTE, 900, QUALITY_EXACT);
    add(&in, begin + 2 * MINUTE, 10, QUALITY_EXACT);
    add(&in, begin + 3 * MINUTE, 50, QUALITY_EXACT);
    add(&in, begin + 20 * STEP, 51, QUALITY_EXACT);
    thin(&in, in.n, STEP, HISTORY_THIN_EXTREMES, &out);
    assert_int_equal(out.n, 5);
    assert_int_equal(out.items[1].i, 900);
    assert_int_equal(out.items[2].i, 10);
    assert_int_equal(out.items[3].i, 50);
    assert_int_equal(out.items[4].time_ms, begin + 20 * STEP);
    vec_done(&in);
    vec_done(&out);
}

static void positions_keep_the_last(void **state)
{
    struct history_samples in = {0}, out = {0};
    uint64_t random = 3;
    int64_t offset = 0;
    (void)state;
    for (int64_t i = 0; i < SAMPLES; i++)
        if (i % 200 < 150) /* then it stands still for fifty minutes */
            add(&in, BEGIN_MS + i * MINUTE, offset += 1 + (int64_t)(next(&random) % 100), QUALITY_EXACT);
    thin(&in, in.n, STEP, HISTORY_THIN_LAST, &out);
    assert_true(out.n < in.n / 4);
    size_t k = 0;
    for (size_t i = 0; i < in.n; i++) {
        const struct history_sample *s = &in.items[i];
        bool last = i + 1 == in.n || step_of(in.items[i + 1].time_ms, STEP) != step_of(s->time_ms, STEP);
        bool first = i == 0 || s->time_ms - in.items[i - 1].time_ms > 2 * STEP;
        bool kept = k < out.n && out.items[k].time_ms == s->time_ms;
        assert_true(kept || !(last || first));
        if (kept)
            assert_int_equal(out.items[k++].i, s->i);
    }
    assert_int_equal(k, out.n); /* nothing but what was there, at its time */
    vec_done(&in);
    vec_done(&out);
}

static void beginnings_stay(void **state)
{
    static const enum quality qualities[] = {QUALITY_EXACT, QUALITY_UNKNOWN, QUALITY_GE, QUALITY_EXACT, QUALITY_STALE};
    struct history_samples in = {0}, out = {0};
    (void)state;
    for (int kind = HISTORY_THIN_LAST; kind <= HISTORY_THIN_EXTREMES; kind++) {
        in.n = out.n = 0;
        for (int64_t i = 0; i < 300; i++)
            add(&in, BEGIN_MS + i * MINUTE / 4, i * i % 17, qualities[i / 7 % 5]);
        in.items[100].fresh = true;
        thin(&in, in.n, STEP, (enum history_thin)kind, &out);
        assert_true(out.n < in.n * 9 / 10);
        for (size_t i = 0, k = 0; i < in.n; i++) {
            const struct history_sample *s = &in.items[i];
            while (k < out.n && out.items[k].time_ms < s->time_ms)
                k++;
            bool begins = i == 0 || s->fresh || s->quality != in.items[i - 1].quality;
            if (!begins)
                continue;
            assert_true(k < out.n && out.items[k].time_ms == s->time_ms);
            assert_true(history_sample_same(&out.items[k], s));
            assert_int_equal(out.items[k].fresh, s->fresh);
        }
    }
    vec_done(&in);
    vec_done(&out);
}

static void reals_that_are_none_stay_apart(void **state)
{
    struct history_samples in = {0}, out = {0};
    int64_t begin = BEGIN_MS / STEP * STEP;
    const double values[] = {3, 1, NAN, INFINITY, 2, -INFINITY, 8, 4};
    (void)state;
    for (int64_t i = 0; i < 8; i++)
        vec_push(&in, (struct history_sample){
                          .time_ms = begin + i * 1000, .d = values[i], .real = true, .quality = QUALITY_EXACT});
    thin(&in, in.n, STEP, HISTORY_THIN_EXTREMES, &out);
    bool nan = false, high = false, low = false;
    for (size_t i = 0; i < out.n; i++) {
        nan |= isnan(out.items[i].d);
        high |= out.items[i].d == INFINITY;
        low |= out.items[i].d == -INFINITY;
    }
    assert_true(nan && high && low);
    vec_done(&in);
    vec_done(&out);
}

static void columns_have_their_kind(void **state)
{
    (void)state;
    assert_int_equal(history_thin_kind("text", "none"), HISTORY_THIN_NOT);
    assert_int_equal(history_thin_kind("bool", "none"), HISTORY_THIN_NOT);
    assert_int_equal(history_thin_kind("int", "offset"), HISTORY_THIN_LAST);
    assert_int_equal(history_thin_kind("int", "id"), HISTORY_THIN_LAST);
    assert_int_equal(history_thin_kind("time", "none"), HISTORY_THIN_LAST);
    assert_int_equal(history_thin_kind("int", "messages"), HISTORY_THIN_EXTREMES);
    assert_int_equal(history_thin_kind("real", "seconds"), HISTORY_THIN_EXTREMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_keep_their_extremes),    cmocka_unit_test(what_went_on_stays_in_force),
        cmocka_unit_test(positions_keep_the_last),        cmocka_unit_test(beginnings_stay),
        cmocka_unit_test(reals_that_are_none_stay_apart), cmocka_unit_test(columns_have_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
