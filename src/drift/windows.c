/* Panes in order, the times that partitions have reached, and what is over by them. */
#include "drift/windows.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const int64_t longest_ms = INT64_C(366) * 24 * 3600 * 1000, most_rows = INT64_C(1000000000);

int drift_windows_check(const struct drift_window_settings *s, struct error *err)
{
    const bool time = s->by == DRIFT_WINDOW_TIME;
    if (s->size <= 0 || s->size > (time ? longest_ms : most_rows))
        return error_set(err, ERR_INVALID, "the window is %lld %s: it should be 1 to %lld", (long long)s->size,
                         time ? "ms" : "rows", (long long)(time ? longest_ms : most_rows));
    if (s->slide <= 0 || s->size % s->slide || s->size / s->slide > DRIFT_WINDOWS_PANES)
        return error_set(err, ERR_INVALID, "the window (%lld) is not 1 to %d times its slide (%lld)",
                         (long long)s->size, DRIFT_WINDOWS_PANES, (long long)s->slide);
    if (time && (s->late_ms < 0 || s->late_ms > DRIFT_WINDOWS_LATE * s->size))
        return error_set(err, ERR_INVALID, "waiting %lld ms for late events: at most %d windows of %lld ms",
                         (long long)s->late_ms, DRIFT_WINDOWS_LATE, (long long)s->size);
    return 0;
}

void drift_windows_init(struct drift_windows *w, const struct drift_window_settings *settings,
                        const struct drift_layout *layout)
{
    *w = (struct drift_windows){
        .settings = *settings, .layout = layout, .span = (size_t)(settings->size / settings->slide)};
}

void drift_windows_done(struct drift_windows *w)
{
    for (size_t i = 0; i < w->panes.n; i++)
        drift_part_free(w->panes.items[i], w->layout);
    vec_done(&w->panes);
    vec_done(&w->partitions);
}

/* ---- the time ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_early(struct drift_windows *w, int64_t time_ms, int64_t wall_ms)
{
    const bool first = !w->partitions.n;
    const int64_t known = first || wall_ms > w->latest ? wall_ms : w->latest;
    if (time_ms <= known + w->settings.size + w->settings.late_ms) {
        w->early = 0;
        return false;
    }
    return ++w->early < (first ? DRIFT_WINDOWS_EARLY_FIRST : DRIFT_WINDOWS_EARLY);
}

static void find_least(struct drift_windows *w)
{
    w->least = w->latest;
    for (size_t i = 0; i < w->partitions.n; i++)
        if (w->partitions.items[i].latest < w->least)
            w->least = w->partitions.items[i].latest;
}

/* A partition has reached a time. */
static void reach(struct drift_windows *w, int32_t partition, int64_t time_ms)
{
    if (!w->partitions.n || time_ms > w->latest)
        w->latest = time_ms;
    if (w->at >= w->partitions.n || w->partitions.items[w->at].partition != partition)
        for (w->at = 0; w->at < w->partitions.n; w->at++)
            if (w->partitions.items[w->at].partition == partition)
                break;
    if (w->at == w->partitions.n) {
        vec_push(&w->partitions, (struct drift_windows_partition){partition, time_ms});
        find_least(w);
        return;
    }
    struct drift_windows_partition *p = &w->partitions.items[w->at];
    const int64_t was = p->latest;
    if (time_ms <= was)
        return;
    p->latest = time_ms;
    if (was <= w->least)
        find_least(w);
}

/* The last pane that is over by the time that has been reached, ahead_ms behind the latest event. */
static int64_t over_by_time(const struct drift_windows *w, int64_t ahead_ms)
{
    int64_t reached = w->latest - w->settings.size > w->least ? w->latest - w->settings.size : w->least;
    if (ahead_ms > 0)
        reached = w->latest + ahead_ms;
    return floor_div(reached - w->settings.late_ms, w->settings.slide) - 1;
}

/* ---- panes ---- */

static struct drift_part *pane_at(struct drift_windows *w, int64_t pane)
{
    size_t i = w->panes.n;
    while (i && w->panes.items[i - 1]->pane > pane)
        i--;
    if (i && w->panes.items[i - 1]->pane == pane)
        return w->panes.items[i - 1];
    struct drift_part *made = drift_part_new(w->layout);
    made->pane = pane;
    vec_push(&w->panes, made);
    memmove(w->panes.items + i + 1, w->panes.items + i, (w->panes.n - 1 - i) * sizeof *w->panes.items);
    w->panes.items[i] = made;
    return made;
}

static struct drift_part *pane_by_count(struct drift_windows *w)
{
    const struct drift_part *last = w->panes.n ? w->panes.items[w->panes.n - 1] : NULL;
    const bool full = last && last->rows >= (uint64_t)w->settings.slide;
    return pane_at(w, last ? last->pane + full : w->begun ? w->over + 1 : 0);
}

enum drift_windows_place drift_windows_place(struct drift_windows *w, int32_t partition, int64_t time_ms,
                                             int64_t wall_ms, struct drift_part **ret)
{
    if (w->settings.by == DRIFT_WINDOW_COUNT) {
        *ret = pane_by_count(w);
        return DRIFT_WINDOWS_TAKEN;
    }
    if (is_early(w, time_ms, wall_ms))
        return DRIFT_WINDOWS_IS_EARLY;
    reach(w, partition, time_ms);
    const int64_t pane = floor_div(time_ms, w->settings.slide);
    if ((w->begun && pane <= w->over) || pane <= over_by_time(w, 0))
        return DRIFT_WINDOWS_IS_LATE;
    *ret = pane_at(w, pane);
    return DRIFT_WINDOWS_TAKEN;
}

size_t drift_windows_panes(const struct drift_windows *w, int64_t pane, size_t *first)
{
    size_t behind = w->panes.n;
    while (behind && w->panes.items[behind - 1]->pane > pane)
        behind--;
    *first = behind;
    while (*first && w->panes.items[*first - 1]->pane > pane - (int64_t)w->span)
        (*first)--;
    return behind - *first;
}

/* The last pane that is over. There are panes, or it goes by time. */
static int64_t limit_of(const struct drift_windows *w, int64_t ahead_ms, bool all)
{
    const struct drift_part *last = w->panes.n ? w->panes.items[w->panes.n - 1] : NULL;
    if (all)
        return last->pane;
    if (w->settings.by == DRIFT_WINDOW_COUNT)
        return last->rows >= (uint64_t)w->settings.slide ? last->pane : last->pane - 1;
    return over_by_time(w, ahead_ms);
}

/* The first pane that is behind this one; the limit's next one if there is none up to it. */
static int64_t next_filled(const struct drift_windows *w, int64_t pane, int64_t limit)
{
    for (size_t i = 0; i < w->panes.n; i++)
        if (w->panes.items[i]->pane > pane)
            return w->panes.items[i]->pane <= limit ? w->panes.items[i]->pane : limit + 1;
    return limit + 1;
}

bool drift_windows_next(struct drift_windows *w, int64_t ahead_ms, bool all, int64_t *pane)
{
    size_t first;
    if (!w->panes.n && (all || !w->begun || w->settings.by == DRIFT_WINDOW_COUNT))
        return false;
    const int64_t limit = limit_of(w, ahead_ms, all);
    int64_t next = w->begun ? w->over + 1 : w->panes.items[0]->pane;
    if (w->settings.by == DRIFT_WINDOW_COUNT && !w->begun) { /* the first window is whole, if there are so many rows */
        next += (int64_t)w->span - 1;
        next = all && next > limit ? limit : next;
    }
    if (next > limit)
        return false;
    const bool rows = drift_windows_panes(w, next, &first) > 0;
    if (!rows && w->empty) {
        next = next_filled(w, next, limit);
        w->over = next - 1;
        if (next > limit)
            return false;
    }
    w->empty = !rows && !w->empty;
    w->begun = true;
    *pane = w->over = next;
    return true;
}

int64_t drift_windows_time(const struct drift_windows *w, int64_t pane)
{
    return pane * w->settings.slide;
}

struct drift_part *drift_windows_take(struct drift_windows *w, size_t i)
{
    struct drift_part *pane = w->panes.items[i];
    memmove(w->panes.items + i, w->panes.items + i + 1, (w->panes.n - 1 - i) * sizeof *w->panes.items);
    w->panes.n--;
    return pane;
}
