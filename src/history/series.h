/* From samples as stored to points as asked for: how long a value holds, and one point a step. */
#ifndef HISTORY_SERIES_H
#define HISTORY_SERIES_H

#include "history/chunk.h"
#include "history/history.h"

/* A time in which a row was there and its collector ran; died_ms is INT64_MAX while it does. */
struct history_life {
    int64_t born_ms, died_ms;
};

/* A series as read: its samples, ascending, beginning with the one in force at the start of what
 * was asked for, and the lives of its row, ascending. */
struct history_series {
    struct history_samples samples;
    struct {
        struct history_life *items;
        size_t n, room;
    } lives;
};

void history_series_done(struct history_series *s);

/* Until when (exclusive) the i-th sample's value holds: up to the next sample, and never over the
 * birth or death of its row: what nobody observed is unknown, not unchanged. */
int64_t history_series_holds_until(const struct history_series *s, size_t i);

struct history_points {
    struct stream_point *items;
    size_t n, room;
};

/* Appends points of [from_ms, to_ms]. step_ms 0: the samples as stored, and first, at from_ms, the
 * value that held then. Else time is cut into steps beginning at from_ms, and each step with a
 * known value gets up to three points: the least, the greatest and the last of the samples within it,
 * in order of time, so that no peak is lost; or, where the value only went on, one at the step's
 * beginning. Unknown is no point. ERR_LIMIT for more than a million steps. */
int history_series_points(const struct history_series *s, int64_t from_ms, int64_t to_ms, int64_t step_ms,
                          struct history_points *out, struct error *err);

struct history_spans {
    struct history_span *items;
    size_t n, room;
};

/* Appends the samples that hold within [from_ms, to_ms], each with its time; the first one's is from_ms at least. */
void history_series_spans(const struct history_series *s, int64_t from_ms, int64_t to_ms, struct history_spans *out);

#endif
