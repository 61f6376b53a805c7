/* Panes in order, the times that partitions have reached, and what is over by them. */
#include "drift/windows.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const int64_t longest_ms = INT64_C(366) * 24 * 3600 * 1000, most_rows = INT64_C(1000000000);

enum { COUNTED = 65536 }; /* events, and at each new pane: bytes are counted */

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
    const bool first = !w->any;
    const int64_t known = first || wall_ms > w->latest ? wall_ms : w->latest;
    if (time_ms <= known + w->settings.size + w->settings.late_ms) {
        w->early = 0;
        return false;
    }
    return ++w->early < (first ? DRIFT_WINDOWS_EARLY_FIRST : DRIFT_WINDOWS_EARLY);
}

/* The one that was looked for last, or the one behind it, as a rule. */
static struct drift_windows_partition *partition_of(struct drift_windows *w, int32_t partition)
{
    for (size_t i = 0; i < w->partitions.n; i++, w->at++) {
        w->at = w->at < w->partitions.n ? w->at : 0;
        if (w->partitions.items[w->at].partition == partition)
            return &w->partitions.items[w->at];
    }
    w->at = w->partitions.n;
    vec_push(&w->partitions, (struct drift_windows_partition){.partition = partition});
    return &w->partitions.items[w->at];
}

static void find_least(struct drift_windows *w)
{
    if (!w->stale)
        return;
    w->stale = w->held = false;
    w->least = w->behind = w->latest;
    for (size_t i = 0; i < w->partitions.n; i++) {
        const struct drift_windows_partition *p = &w->partitions.items[i];
        const int64_t latest = p->seen ? p->latest : INT64_MIN;
        if (p->idle || (!p->seen && !p->behind))
            continue;
        if (p->behind && (!w->held || latest < w->behind))
            w->behind = latest;
        else if (!p->behind && latest < w->least)
            w->least = latest;
        w->held |= p->behind;
    }
}

/* A partition has reached a time. */
static void reach(struct drift_windows *w, int32_t partition, int64_t time_ms)
{
    struct drift_windows_partition *p = partition_of(w, partition);
    const int64_t was = p->seen ? p->latest : INT64_MIN;
    const bool least = !p->seen || p->idle || was <= (p->behind ? w->behind : w->least);
    if (!w->any || time_ms > w->latest)
        w->latest = time_ms;
    w->any = p->seen = p->came = true;
    p->latest = time_ms > was ? time_ms : was;
    w->stale |= p->idle || (least && p->latest != was);
    p->idle = false;
}

void drift_windows_tell(struct drift_windows *w, int32_t partition, bool behind, int64_t now_ms)
{
    struct drift_windows_partition *p = partition_of(w, partition);
    const bool was_idle = p->idle;
    if (p->came || !p->told || now_ms - p->told >= DRIFT_WINDOWS_IDLE_MS / 2)
        p->since = now_ms;
    p->came = false;
    p->told = now_ms;
    p->idle = now_ms - p->since >= DRIFT_WINDOWS_IDLE_MS;
    w->stale |= p->idle != was_idle || p->behind != behind;
    p->behind = behind;
}

/* The last pane that is over by the time that has been reached, ahead_ms behind the latest event; INT64_MIN: none can be. There was an
 * event. */
static int64_t over_by_time(struct drift_windows *w, int64_t ahead_ms)
{
    find_least(w);
    int64_t reached = w->latest - w->settings.size > w->least ? w->latest - w->settings.size : w->least;
    if (w->held && w->behind < reached)
        reached = w->behind;
    if (ahead_ms > 0 && !w->held)
        reached = w->latest + ahead_ms;
    return reached == INT64_MIN ? INT64_MIN : floor_div(reached - w->settings.late_ms, w->settings.slide) - 1;
}

/* ---- panes ---- */

/* How many panes there are up to this one. */
static size_t panes_up_to(const struct drift_windows *w, int64_t pane)
{
    size_t from = 0, to = w->panes.n;
    if (to && w->panes.items[to - 1]->pane <= pane)
        return to;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (w->panes.items[middle]->pane <= pane)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct drift_part *pane_at(struct drift_windows *w, int64_t pane)
{
    const size_t i = panes_up_to(w, pane);
    if (i && w->panes.items[i - 1]->pane == pane)
        return w->panes.items[i - 1];
    struct drift_part *made = drift_part_new(w->layout);
    made->pane = pane;
    vec_push(&w->panes, made);
    memmove(w->panes.items + i + 1, w->panes.items + i, (w->panes.n - 1 - i) * sizeof *w->panes.items);
    w->panes.items[i] = made;
    w->placed = COUNTED;
    return made;
}

/* What is held up beyond what may be: the oldest panes are over, but those of a window. */
static void limit_panes(struct drift_windows *w)
{
    size_t bytes = 0, n = w->panes.n, over = 0;
    if (++w->placed < COUNTED || n <= w->span + 1)
        return;
    w->placed = 0;
    for (size_t i = 0; i < n; i++)
        bytes += drift_part_bytes(w->panes.items[i], w->layout);
    while (over + w->span < n && (bytes > DRIFT_WINDOWS_BYTES || n - over - w->span > DRIFT_WINDOWS_OPEN))
        bytes -= drift_part_bytes(w->panes.items[over++], w->layout);
    if (!over)
        return;
    const int64_t pane = w->panes.items[over - 1]->pane;
    w->full_pane = w->full && w->full_pane > pane ? w->full_pane : pane;
    w->full = true;
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
    if ((w->begun && pane <= w->over) || (w->full && pane <= w->full_pane) || pane <= over_by_time(w, 0))
        return DRIFT_WINDOWS_IS_LATE;
    *ret = pane_at(w, pane);
    limit_panes(w);
    return DRIFT_WINDOWS_TAKEN;
}

size_t drift_windows_panes(const struct drift_windows *w, int64_t pane, size_t *first)
{
    const size_t behind = panes_up_to(w, pane);
    *first = behind;
    while (*first && w->panes.items[*first - 1]->pane > pane - (int64_t)w->span)
        (*first)--;
    return behind - *first;
}

/* The last pane that is over. There are panes, or it goes by time. */
static int64_t limit_of(struct drift_windows *w, int64_t ahead_ms, bool all)
{
    const struct drift_part *last = w->panes.n ? w->panes.items[w->panes.n - 1] : NULL;
    if (all)
        return last->pane;
    if (w->settings.by == DRIFT_WINDOW_COUNT)
        return last->rows >= (uint64_t)w->settings.slide ? last->pane : last->pane - 1;
    const int64_t over = over_by_time(w, ahead_ms);
    return w->full && w->full_pane > over ? w->full_pane : over;
}

/* The first pane that is behind this one; the limit's next one if there is none up to it. */
static int64_t next_filled(const struct drift_windows *w, int64_t pane, int64_t limit)
{
    const size_t i = panes_up_to(w, pane);
    return i < w->panes.n && w->panes.items[i]->pane <= limit ? w->panes.items[i]->pane : limit + 1;
}

bool drift_windows_is_full(const struct drift_windows *w)
{
    return w->full && w->begun && w->over < w->full_pane;
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
    w->forced += rows && w->full && !all && next <= w->full_pane && next > over_by_time(w, ahead_ms);
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
