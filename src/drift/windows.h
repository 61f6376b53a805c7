/* Which pane an event belongs to, and which windows are over: by events' time or by rows.
 *
 * A pane is a slide of time, [index * slide, (index + 1) * slide), or so many rows; a window is the size / slide panes up to one. It is
 * over once the time that has been reached is late_ms behind its end. That time is the least of the latest times of the partitions, so
 * that partitions read one after another are not late to each other, in whatever order their events come. A partition of which more is
 * to be read (drift_windows_tell) holds windows up without limit, from before its first event on; one that is at its end, or of which
 * nobody told, by no more than a window behind the latest of all; and one of which nothing came for DRIFT_WINDOWS_IDLE_MS not at all.
 *
 * What is held up is bounded: beyond DRIFT_WINDOWS_BYTES or DRIFT_WINDOWS_OPEN panes the oldest windows are over as they are, which is
 * counted (forced).
 *
 * Clocks that are wrong do no harm: an event of a window that is over is late, and left out. One that is more than a window (and late_ms)
 * ahead both of the latest time and of the wall clock is early, and left out too: one event of 2099 would else close everything before
 * it. Where DRIFT_WINDOWS_EARLY come without any other between them (DRIFT_WINDOWS_EARLY_FIRST before there was any other), it is the
 * wall clock that is wrong, and they are taken. */
#ifndef DRIFT_WINDOWS_H
#define DRIFT_WINDOWS_H

#include "base/vec.h"
#include "drift/part.h"

enum drift_windows_limit {
    DRIFT_WINDOWS_PANES = 60, /* of a window */
    DRIFT_WINDOWS_LATE = 10,  /* late_ms: so many windows at most */
    DRIFT_WINDOWS_EARLY = 1000,
    DRIFT_WINDOWS_EARLY_FIRST = 100,
    DRIFT_WINDOWS_IDLE_MS = 30000,
    DRIFT_WINDOWS_OPEN = 2048, /* panes behind those of a window */
    DRIFT_WINDOWS_BYTES = 128 * 1024 * 1024,
};

enum drift_window_by { DRIFT_WINDOW_TIME, DRIFT_WINDOW_COUNT };

/* Tumbling where slide is size; else a window is made of size / slide panes, which are merged. */
struct drift_window_settings {
    enum drift_window_by by;
    int64_t size,
        slide; /* ms of the events' time, aligned to the epoch; or rows. size is a multiple of slide, at most 60 times */
    int64_t late_ms; /* TIME: how long a window waits behind the latest event's time for late ones */
};

enum drift_windows_place { DRIFT_WINDOWS_TAKEN, DRIFT_WINDOWS_IS_LATE, DRIFT_WINDOWS_IS_EARLY };

struct drift_windows_partition {
    int32_t partition;
    bool seen;           /* had an event */
    bool came;           /* since it was told of last */
    bool behind;         /* more is to be read */
    bool idle;           /* nothing came for long */
    int64_t latest;      /* time of its events; meaningless while it had none */
    int64_t told, since; /* ms: when it was told of last, and the last of these times at which something had come */
};

struct drift_windows {
    struct drift_window_settings settings;
    const struct drift_layout *layout;
    size_t span;                    /* panes of a window */
    VEC(struct drift_part *) panes; /* in order: those that are kept of windows that are over, and those that fill */
    bool begun;                     /* a window was over */
    bool empty;                     /* the last one had no rows */
    int64_t over;                   /* the last pane of it */
    VEC(struct drift_windows_partition) partitions;
    size_t at;         /* the partition that was looked for last */
    bool any;          /* there was an event */
    bool stale;        /* held, least and behind are to be found again */
    bool held;         /* a partition is behind, and not idle */
    int64_t latest;    /* time of all; meaningless while there was no event */
    int64_t least;     /* of the latest of partitions that are at their end */
    int64_t behind;    /* of the latest of those that are behind; INT64_MIN: one had no event yet */
    size_t early;      /* in a row */
    size_t placed;     /* events since bytes were counted */
    bool full;         /* there was more than may be */
    int64_t full_pane; /* up to which panes are over by that */
    uint64_t forced;   /* windows with rows that were over by that alone */
};

/* ERR_INVALID for sizes that are none. */
int drift_windows_check(const struct drift_window_settings *s, struct error *err);
/* Settings are good; the layout outlives it. */
void drift_windows_init(struct drift_windows *w, const struct drift_window_settings *settings,
                        const struct drift_layout *layout);
void drift_windows_done(struct drift_windows *w);

/* How a partition stands: behind if more of it is to be read. now_ms: a clock that goes on; where nobody told for a while, as none was
 * idle meanwhile. */
void drift_windows_tell(struct drift_windows *w, int32_t partition, bool behind, int64_t now_ms);

/* The pane that an event of this time belongs to, in *ret, made if there is none yet. */
enum drift_windows_place drift_windows_place(struct drift_windows *w, int32_t partition, int64_t time_ms,
                                             int64_t wall_ms, struct drift_part **ret);

/* The next window that is over, by its last pane: over is what has been reached, ahead_ms later than events say (time that has passed
 * while none came); all: whatever has rows. Of windows without rows only the first after one that has some is told. false: none. */
bool drift_windows_next(struct drift_windows *w, int64_t ahead_ms, bool all, int64_t *pane);
/* A window is over because there was more than may be: it cannot wait. */
bool drift_windows_is_full(const struct drift_windows *w);
/* How many panes, from *first on, a window is made of: those of its panes that have rows. */
size_t drift_windows_panes(const struct drift_windows *w, int64_t pane, size_t *first);
/* TIME: where a pane begins. */
int64_t drift_windows_time(const struct drift_windows *w, int64_t pane);
/* Takes a pane out; it is the caller's. */
struct drift_part *drift_windows_take(struct drift_windows *w, size_t i);

#endif
