/* How long values hold, and which points a chart gets. */
#include "tests/unit/unit.h"

#include "base/vec.h"
#include "history/series.h"

#include <math.h>

static void sample(struct history_series *s, int64_t time, int64_t value)
{
    vec_push(&s->samples, (struct history_sample){.time_ms = time, .i = value, .quality = QUALITY_EXACT});
}

static void gap(struct history_series *s, int64_t time)
{
    vec_push(&s->samples, (struct history_sample){.time_ms = time});
}

static void life(struct history_series *s, int64_t born, int64_t died)
{
    vec_push(&s->lives, (struct history_life){born, died});
}

/* Reads points as "time=value time=value". */
static const char *points(const struct history_series *s, int64_t from, int64_t to, int64_t step)
{
    static char text[1000];
    struct history_points p = {0};
    text[0] = '\0';
    assert_int_equal(history_series_points(s, from, to, step, &p, NULL), 0);
    for (size_t i = 0, at = 0; i < p.n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%lld=%g", i ? " " : "", (long long)p.items[i].time_ms,
                               p.items[i].value);
    vec_done(&p);
    return text;
}

static void values_hold_until_the_next(void **state)
{
    (void)state;
    struct history_series s = {0};
    life(&s, 0, INT64_MAX);
    sample(&s, 5, 1);
    sample(&s, 32, 2);
    sample(&s, 38, 3);
    assert_string_equal(points(&s, 0, 100, 0), "5=1 32=2 38=3");
    assert_string_equal(points(&s, 10, 35, 0), "10=1 32=2");
    assert_string_equal(points(&s, 0, 59, 10), "5=1 10=1 20=1 32=2 38=3 40=3 50=3");
    assert_string_equal(points(&s, 33, 35, 0), "33=2");
    assert_string_equal(points(&s, 33, 32, 10), "");
    history_series_done(&s);
}

/* Of a step with many samples a peak and a dip are there as well as where it ended, each once. */
static void steps_keep_their_peaks(void **state)
{
    (void)state;
    static const int64_t values[] = {5, 5, 90, 5, 1, 5, 7, 7, 6, 6, 7, 8};
    struct history_series s = {0};
    life(&s, 0, INT64_MAX);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        sample(&s, (int64_t)i, values[i]);
    assert_string_equal(points(&s, 0, 11, 12), "2=90 4=1 11=8");
    assert_string_equal(points(&s, 0, 11, 6), "2=90 4=1 5=5 8=6 11=8");
    assert_string_equal(points(&s, 0, 11, 2), "0=5 1=5 2=90 3=5 4=1 5=5 6=7 7=7 8=6 9=6 10=7 11=8");
    gap(&s, 12);
    vec_push(&s.samples, (struct history_sample){.time_ms = 13, .d = NAN, .real = true, .quality = QUALITY_EXACT});
    assert_string_equal(points(&s, 0, 13, 14), "2=90 4=1 13=nan");
    history_series_done(&s);
}

static void gaps_are_no_points(void **state)
{
    (void)state;
    struct history_series s = {0};
    life(&s, 0, INT64_MAX);
    sample(&s, 5, 1);
    gap(&s, 12);
    sample(&s, 35, 2);
    gap(&s, 36);
    assert_string_equal(points(&s, 0, 59, 10), "5=1 10=1 35=2");
    assert_string_equal(points(&s, 0, 59, 0), "5=1 35=2");
    assert_string_equal(points(&s, 15, 30, 0), "");
    history_series_done(&s);
}

static void nothing_holds_over_a_death(void **state)
{
    (void)state;
    struct history_series s = {0};
    life(&s, 0, 15);
    life(&s, 40, INT64_MAX);
    sample(&s, 5, 1);
    sample(&s, 40, 1);
    assert_string_equal(points(&s, 0, 69, 10), "5=1 10=1 40=1 50=1 60=1");
    assert_string_equal(points(&s, 20, 30, 0), "");
    /* What was learned later about the time between holds up to the next birth. */
    struct history_series late = {0};
    life(&late, 0, 15);
    life(&late, 40, INT64_MAX);
    sample(&late, 5, 1);
    sample(&late, 20, 7);
    sample(&late, 50, 2);
    assert_string_equal(points(&late, 0, 59, 10), "5=1 10=1 20=7 30=7 50=2");
    history_series_done(&s);
    history_series_done(&late);
}

static void nan_is_a_point(void **state)
{
    (void)state;
    struct history_series s = {0};
    vec_push(&s.samples, (struct history_sample){.time_ms = 5, .d = NAN, .real = true, .quality = QUALITY_EXACT});
    vec_push(&s.samples, (struct history_sample){.time_ms = 15, .d = -INFINITY, .real = true, .quality = QUALITY_EST});
    assert_string_equal(points(&s, 0, 29, 10), "5=nan 15=-inf 20=-inf");
    history_series_done(&s);
}

static void too_many_steps_are_refused(void **state)
{
    (void)state;
    struct history_series s = {0};
    struct history_points p = {0};
    struct error err = {0};
    assert_int_equal(history_series_points(&s, INT64_MIN, INT64_MAX, 1, &p, &err), ERR_LIMIT);
    assert_true(strlen(err.text) > 0);
    assert_int_equal(p.n, 0);
    vec_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_keep_their_peaks), cmocka_unit_test(values_hold_until_the_next),
        cmocka_unit_test(gaps_are_no_points),     cmocka_unit_test(nothing_holds_over_a_death),
        cmocka_unit_test(nan_is_a_point),         cmocka_unit_test(too_many_steps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
