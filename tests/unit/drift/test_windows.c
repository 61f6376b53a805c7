/* Which pane an event is in, and what is over when. */
#include "tests/unit/unit.h"

#include "drift/profile_counts.h"
#include "drift/windows.h"
#include "random.h"

static const int64_t minute = 60000, start = INT64_C(1795239600000); /* twenty to */

struct bed {
    struct drift_schema schema;
    struct drift_layout layout;
    struct drift_windows windows;
    int64_t wall_ms;
};

static void bed_init(struct bed *b, struct drift_window_settings settings)
{
    *b = (struct bed){.wall_ms = start + 1000 * minute};
    assert_int_equal(drift_windows_check(&settings, NULL), 0);
    drift_layout_init(&b->layout, &b->schema);
    drift_windows_init(&b->windows, &settings, &b->layout);
}

static void bed_done(struct bed *b)
{
    drift_windows_done(&b->windows);
    drift_layout_done(&b->layout);
}

static enum drift_windows_place put(struct bed *b, int32_t partition, int64_t ms)
{
    struct drift_part *pane = NULL;
    const enum drift_windows_place place = drift_windows_place(&b->windows, partition, ms, b->wall_ms, &pane);
    if (place == DRIFT_WINDOWS_TAKEN)
        pane->rows++;
    return place;
}

/* The rows of the next window that is over, and minutes from start to its end; -1: none is. */
static int next(struct bed *b, int64_t ahead_ms, bool all, int64_t *end)
{
    int64_t pane;
    size_t first;
    int rows = 0;
    if (!drift_windows_next(&b->windows, ahead_ms, all, &pane))
        return -1;
    const size_t n = drift_windows_panes(&b->windows, pane, &first);
    for (size_t i = 0; i < n; i++)
        rows += (int)b->windows.panes.items[first + i]->rows;
    *end = (drift_windows_time(&b->windows, pane + 1) - start) / minute;
    return rows;
}

static void a_window_waits_for_late_events(void **state)
{
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute, .late_ms = minute});
    assert_int_equal(put(&b, 0, start), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 0, start + 5 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 0, start + 6 * minute - 1), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(put(&b, 0, start + 5 * minute - 1), DRIFT_WINDOWS_TAKEN); /* of the first window, in time */
    assert_int_equal(put(&b, 0, start + 6 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), 2);
    assert_int_equal(end, 5);
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(put(&b, 0, start + 5 * minute - 1), DRIFT_WINDOWS_IS_LATE);
    assert_int_equal(next(&b, 5 * minute - 1, false, &end), -1);
    assert_int_equal(next(&b, 5 * minute, false, &end), 3); /* the time goes on though nothing comes */
    assert_int_equal(end, 10);
    bed_done(&b);
}

static void a_gap_is_one_empty_window(void **state)
{
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute});
    assert_int_equal(put(&b, 0, start), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 0, start + 901 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), 1);
    assert_int_equal(end, 5);
    assert_int_equal(next(&b, 0, false, &end), 0);
    assert_int_equal(end, 10);
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(put(&b, 0, start + 905 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), 1);
    assert_int_equal(end, 905);
    assert_int_equal(put(&b, 0, start + 899 * minute), DRIFT_WINDOWS_IS_LATE);
    for (int64_t day = 1; day < 4; day++) /* silence for days */
        while (next(&b, day * 1440 * minute, false, &end) >= 0)
            ;
    assert_int_equal(end, 915);
    bed_done(&b);
}

static void clocks_that_are_wrong_do_no_harm(void **state)
{
    static const int64_t in_2099 = INT64_C(4085000000000);
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute});
    assert_int_equal(put(&b, 0, in_2099), DRIFT_WINDOWS_IS_EARLY);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(put(&b, 0, start + i), DRIFT_WINDOWS_TAKEN);
        assert_int_equal(put(&b, 0, i % 2 ? in_2099 + i * minute : i),
                         i % 2 ? DRIFT_WINDOWS_IS_EARLY : DRIFT_WINDOWS_IS_LATE);
    }
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(b.windows.panes.n, 1);
    assert_int_equal(put(&b, 0, start), DRIFT_WINDOWS_TAKEN);
    for (int i = 0; i + 1 < DRIFT_WINDOWS_EARLY; i++)
        assert_int_equal(put(&b, 0, in_2099), DRIFT_WINDOWS_IS_EARLY);
    assert_int_equal(put(&b, 0, in_2099), DRIFT_WINDOWS_TAKEN); /* then it is ours that is wrong */
    assert_int_equal(put(&b, 0, in_2099 + minute), DRIFT_WINDOWS_TAKEN);
    bed_done(&b);
}

static void partitions_are_not_late_to_each_other(void **state)
{
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute});
    assert_int_equal(put(&b, 0, start), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 1, start), DRIFT_WINDOWS_TAKEN);
    for (int64_t m = 1; m < 9; m++)
        assert_int_equal(put(&b, 0, start + m * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), -1); /* the other has not come so far */
    assert_int_equal(put(&b, 1, start + minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 0, start + 10 * minute), DRIFT_WINDOWS_TAKEN); /* a window apart */
    assert_int_equal(next(&b, 0, false, &end), 7);
    assert_int_equal(put(&b, 1, start + 2 * minute), DRIFT_WINDOWS_IS_LATE);
    assert_int_equal(put(&b, 1, start + 11 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), 4);
    assert_int_equal(end, 10);
    bed_done(&b);
}

static void a_partition_that_is_behind_holds_windows_up(void **state)
{
    struct bed b;
    int64_t end = 0, now = 1000;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute});
    for (int32_t p = 0; p < 3; p++)
        drift_windows_tell(&b.windows, p, true, now);
    for (int64_t m = 0; m < 100; m++)
        assert_int_equal(put(&b, 0, start + m * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(next(&b, 1000 * minute, false, &end), -1);
    drift_windows_tell(&b.windows, 0, false, now); /* its end is no end of the others */
    assert_int_equal(put(&b, 1, start + 6 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), -1); /* one had nothing yet */
    drift_windows_tell(&b.windows, 2, false, now);  /* and has nothing */
    assert_int_equal(next(&b, 0, false, &end), 5);
    assert_int_equal(end, 5);
    assert_int_equal(next(&b, 0, false, &end), -1);
    for (; now < 1000 + DRIFT_WINDOWS_IDLE_MS; now += 1000)
        drift_windows_tell(&b.windows, 1, true, now);
    assert_int_equal(next(&b, 0, false, &end), -1);
    drift_windows_tell(&b.windows, 1, true, now); /* nothing came for long */
    assert_int_equal(next(&b, 0, false, &end), 6);
    assert_int_equal(end, 10);
    while (next(&b, 0, false, &end) >= 0)
        ;
    assert_int_equal(end, 95);
    assert_int_equal(put(&b, 1, start + 94 * minute), DRIFT_WINDOWS_IS_LATE);
    assert_int_equal(put(&b, 1, start + 95 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 0, start + 100 * minute), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(next(&b, 0, false, &end), -1); /* it came again */
    assert_int_equal(b.windows.forced, 0);
    bed_done(&b);
}

static void a_pause_in_telling_makes_nothing_idle(void **state)
{
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute});
    drift_windows_tell(&b.windows, 0, true, 1000);
    drift_windows_tell(&b.windows, 1, true, 1000);
    assert_int_equal(put(&b, 0, start), DRIFT_WINDOWS_TAKEN);
    assert_int_equal(put(&b, 0, start + 50 * minute), DRIFT_WINDOWS_TAKEN);
    drift_windows_tell(&b.windows, 1, true, 1000 + 10 * DRIFT_WINDOWS_IDLE_MS);
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(put(&b, 1, start + 2 * minute), DRIFT_WINDOWS_TAKEN);
    bed_done(&b);
}

static void what_is_held_up_is_bounded(void **state)
{
    struct bed b;
    int64_t end = 0;
    size_t closed = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 5 * minute, .slide = 5 * minute});
    drift_windows_tell(&b.windows, 0, true, 1000);
    drift_windows_tell(&b.windows, 1, true, 1000);
    b.wall_ms = start + 20000 * minute;
    for (int64_t w = 0; w < 3000; w++) {
        assert_int_equal(put(&b, 0, start + w * 5 * minute), DRIFT_WINDOWS_TAKEN);
        while (next(&b, 0, false, &end) >= 0) {
            closed++;
            assert_int_equal(end, closed * 5); /* the oldest */
            drift_part_free(drift_windows_take(&b.windows, 0), &b.layout);
        }
    }
    assert_int_equal(closed, 3000 - 1 - DRIFT_WINDOWS_OPEN);
    assert_int_equal(b.windows.panes.n, 1 + DRIFT_WINDOWS_OPEN);
    assert_int_equal(b.windows.forced, closed);
    assert_int_equal(put(&b, 1, start + end * minute - 1), DRIFT_WINDOWS_IS_LATE);
    assert_int_equal(put(&b, 1, start + end * minute), DRIFT_WINDOWS_TAKEN);
    bed_done(&b);
}

/* However the events of partitions come between each other: the same windows, none late. */
static void order_over_partitions_does_not_matter(void **state)
{
    enum { PARTITIONS = 4, EVENTS = 300, RUNS = 200, FIRST = 5 }; /* minutes from start to a quarter */
    uint64_t seed = 11;
    (void)state;
    for (int at = 0; at < RUNS; at++) {
        struct bed b;
        int64_t end = 0;
        int left[PARTITIONS], windows = 0, rows, all = PARTITIONS * EVENTS;
        bed_init(&b, (struct drift_window_settings){.size = 15 * minute, .slide = (at % 2 ? 5 : 15) * minute});
        for (int32_t p = 0; p < PARTITIONS; p++) {
            left[p] = EVENTS;
            drift_windows_tell(&b.windows, p, true, 1000);
        }
        while (all) {
            const int32_t p = (int32_t)(random_next(&seed) % PARTITIONS);
            for (uint64_t n = random_next(&seed) % (at % 3 ? EVENTS : 5); n && left[p]; n--, left[p]--, all--) {
                assert_int_equal(put(&b, p, start + (FIRST + EVENTS - left[p]) * minute + p), DRIFT_WINDOWS_TAKEN);
                while ((rows = next(&b, 0, false, &end)) >= 0)
                    assert_int_equal(rows, PARTITIONS * (end < FIRST + 15 ? end - FIRST : 15)), windows++;
            }
            drift_windows_tell(&b.windows, p, left[p] > 0, 1000);
        }
        while ((rows = next(&b, 0, true, &end)) >= 0)
            assert_int_equal(rows, PARTITIONS * (end < FIRST + 15 ? end - FIRST : 15)), windows++;
        assert_int_equal(windows, EVENTS / (at % 2 ? 5 : 15));
        bed_done(&b);
    }
}

static void sliding_windows_share_panes(void **state)
{
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.size = 15 * minute, .slide = 5 * minute});
    for (int64_t m = 0; m < 31; m++)
        assert_int_equal(put(&b, 0, start + m * minute), DRIFT_WINDOWS_TAKEN);
    static const int rows[] = {5, 10, 15, 15, 15, 15};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(next(&b, 0, false, &end), rows[i]);
    assert_int_equal(end, 30);
    assert_int_equal(next(&b, 0, false, &end), -1);
    assert_int_equal(next(&b, 0, true, &end), 11); /* what is open, as it is */
    assert_int_equal(next(&b, 0, true, &end), -1);
    bed_done(&b);
}

static void rows_make_windows_too(void **state)
{
    struct bed b;
    int64_t end = 0;
    (void)state;
    bed_init(&b, (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = 100, .slide = 25});
    for (int i = 0; i < 99; i++)
        put(&b, i % 3, 0);
    assert_int_equal(next(&b, 0, false, &end), -1);
    put(&b, 0, INT64_MAX); /* times do not matter */
    assert_int_equal(next(&b, 0, false, &end), 100);
    assert_int_equal(next(&b, 0, false, &end), -1);
    for (int i = 0; i < 30; i++)
        put(&b, 0, 0);
    assert_int_equal(next(&b, 0, false, &end), 100);
    assert_int_equal(next(&b, 1000 * minute, false, &end), -1);
    assert_int_equal(next(&b, 0, true, &end), 80);
    assert_int_equal(next(&b, 0, true, &end), -1);
    bed_done(&b);
    bed_init(&b, (struct drift_window_settings){.by = DRIFT_WINDOW_COUNT, .size = 100, .slide = 25});
    for (int i = 0; i < 60; i++)
        put(&b, 0, 0);
    assert_int_equal(next(&b, 0, true, &end), 60);
    assert_int_equal(next(&b, 0, true, &end), -1);
    bed_done(&b);
}

static void sizes_that_are_none(void **state)
{
    static const struct drift_window_settings bad[] = {{.size = 0, .slide = 1},
                                                       {.size = 10, .slide = 0},
                                                       {.size = 10, .slide = 3},
                                                       {.size = 61, .slide = 1},
                                                       {.size = 10, .slide = 10, .late_ms = -1},
                                                       {.size = 10, .slide = 10, .late_ms = 101},
                                                       {.size = INT64_MAX, .slide = INT64_MAX}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        assert_int_equal(drift_windows_check(&bad[i], &err), ERR_INVALID);
        assert_true(err.text[0]);
    }
}

/* What a profile has over edges that came later: exact while its values are held, near enough behind. */
static void counts_over_later_edges(void **state)
{
    static const double at[] = {-2, -1, 0, 1, 2};
    struct drift_edges *edges = NULL;
    (void)state;
    assert_int_equal(drift_edges_new(&edges, at, 4, true, NULL), 0);
    for (int n = 900; n < 60000; n *= 60) {
        struct drift_profile *from = drift_profile_new(DRIFT_TYPE_NUMBER, edges),
                             *later = drift_profile_new(DRIFT_TYPE_NUMBER, NULL);
        uint64_t seed = 3, sum = 0;
        for (int i = 0; i < n; i++) {
            const struct drift_event_value v = {.kind = DRIFT_EVENT_NUMBER, .number = random_normal(&seed)};
            drift_profile_add(from, &v);
            drift_profile_add(later, &v);
        }
        drift_profile_settle(from);
        drift_profile_settle(later);
        drift_profile_counts_over(later, edges);
        assert_int_equal(later->whole, n <= DRIFT_PROFILE_SAMPLES);
        const double error = later->whole ? 0 : drift_kll_error(later->quantiles, 1) * n;
        for (size_t i = 0; i < 4; i++) {
            assert_true(fabs((double)later->counts->counts[i] - (double)from->counts->counts[i]) <= error);
            sum += later->counts->counts[i];
        }
        assert_int_equal(sum, n);
        assert_int_equal(later->counts->finite, n);
        assert_true(fabs((double)later->counts->below - (double)from->counts->below) <= error);
        assert_true(fabs((double)later->counts->above - (double)from->counts->above) <= error);
        drift_profile_counts_over(later, NULL);
        assert_null(later->counts);
        drift_profile_free(from);
        drift_profile_free(later);
    }
    drift_edges_free(edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_waits_for_late_events),
        cmocka_unit_test(a_gap_is_one_empty_window),
        cmocka_unit_test(clocks_that_are_wrong_do_no_harm),
        cmocka_unit_test(partitions_are_not_late_to_each_other),
        cmocka_unit_test(a_partition_that_is_behind_holds_windows_up),
        cmocka_unit_test(a_pause_in_telling_makes_nothing_idle),
        cmocka_unit_test(what_is_held_up_is_bounded),
        cmocka_unit_test(order_over_partitions_does_not_matter),
        cmocka_unit_test(sliding_windows_share_panes),
        cmocka_unit_test(rows_make_windows_too),
        cmocka_unit_test(sizes_that_are_none),
        cmocka_unit_test(counts_over_later_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
