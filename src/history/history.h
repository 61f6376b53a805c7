/* The past, in SQLite: samples of the numbers that tables mark, and the life of rows with their
 * texts.
 *
 * All SQLite work is done on a thread of its own; every function here returns at once. Trouble (no
 * space, a corrupt file, another writer) never reaches the caller but as a state in the row
 * "history" of table `sources`. */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "base/error.h"
#include "stream/client.h" /* struct stream_point */
#include "table/table.h"

struct event_base;
struct history;

/* Samples older than after_ms are thinned to one step of every_ms: of amounts the least and the greatest stay, of positions
 * (offsets, times) the last; changes of quality, texts and booleans stay all. */
struct history_step {
    int64_t after_ms, every_ms;
};

enum { HISTORY_STEPS_MAX = 8 };

struct history_settings {
    const char *path;   /* the database file; its directory is made, 0700; NULL:
                           $XDG_STATE_HOME/icetop/history.db */
    int64_t max_bytes;  /* of the file; oldest chunks go first */
    int64_t max_age_ms; /* what is older goes; 0: no limit */
    int64_t sample_ms;  /* at most one sample of a cell in this time, while nobody looks at it
                           (default a minute) */
    struct history_step
        thin[HISTORY_STEPS_MAX]; /* both ascend; done while the file is larger than six tenths of max_bytes,
                                                    so that detail is only lost where there is no room for it */
    size_t nthin;                /* 0: samples are never thinned */
    bool read_only;              /* read what is there, write nothing */
};

/* Opens in the background. Listens to the store's commits and keeps what its tables mark
 * (COLUMN_HISTORY). watched (may be NULL) says whether somebody looks at a row, which is then
 * sampled at every change. */
struct history *history_new(struct event_base *base, struct store *store, const struct history_settings *settings,
                            bool (*watched)(void *arg, const struct table *t, const struct row *r), void *arg);
/* Writes what is pending and closes, waiting for the disk at most wait_ms. NULL is allowed. */
void history_free(struct history *h, int wait_ms);

/* Reads one series of a column that is no text; done comes on the loop's thread, later and once,
 * with points in order of time (borrowed for the call) or an error (ERR_CLOSED from history_free).
 * Samples not yet written to disk are included. step_ms 0: the samples as stored (a value holds
 * until the next one), and first, at from_ms, what held then. Else the time from from_ms on is cut
 * into steps, and each step in which a value is known has one point, its last: no point is a gap.
 */
void history_read(struct history *h, const struct table *t, const struct value *key, const char *column,
                  int64_t from_ms, int64_t to_ms, int64_t step_ms,
                  void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err),
                  void *arg);

/* A value as it was sampled, and until when it was the last one that is known of. Between two samples of one series lies
 * no less than the sampling interval, unless somebody looked: a value may have changed as much earlier than until_ms. */
struct history_span {
    int64_t time_ms,
        until_ms; /* until_ms, exclusive: of the next sample, of the end of its row or collector, or of what was
                                  asked for */
    double value;
    enum quality quality;  /* never unknown */
    int64_t resolution_ms; /* 0: as sampled; else this or the next sample was thinned to steps of so many */
};

/* Reads the same column of every row of a table (each row's key as table_key_bytes), for sources
 * that start again where they left off: the samples as stored, beginning with what held at from_ms. row is called for each
 * series that has any, some hundred in one turn of the loop, then done once. */
void history_read_all(struct history *h, const struct table *t, const char *column, int64_t from_ms, int64_t to_ms,
                      void (*row)(void *arg, const char *key, size_t key_len, const struct history_span *spans,
                                  size_t n),
                      void (*done)(void *arg, const struct error *err), void *arg);

/* One change of one cell, as it was: exact where struct stream_point is a double. */
struct history_point {
    int64_t time_ms;
    enum quality quality; /* unknown: from here on there was no value, and none of the rest counts */
    union {
        int64_t i;
        double d;
    };
    const char *text; /* of a text, NUL-terminated, maybe with NULs within; else NULL */
    size_t text_len;
};

/* The same as history_read with step 0, for any type of column and with everything that is known:
 * what held at from_ms comes first, with the time at which it began; where a value ended because
 * its row went, or its collector, there is a point of unknown quality. The points and their texts
 * are borrowed for the call. */
void history_read_exact(struct history *h, const struct table *t, const struct value *key, const char *column,
                        int64_t from_ms, int64_t to_ms,
                        void (*done)(void *arg, const struct history_point *points, size_t n, const struct error *err),
                        void *arg);

/* Writes samples of the past that a source learned later; points in strictly ascending order of
 * time. They are merged, not appended. ERR_UNAVAILABLE while nothing can be written (opening,
 * failed, only reading), ERR_NOT_FOUND for a column that is not kept or is a text, ERR_LIMIT if
 * more waits for the disk than memory is given to it, ERR_INVALID for an unknown key or points out
 * of order. */
int history_backfill(struct history *h, const struct table *t, const struct value *key, const char *column,
                     const struct stream_point *points, size_t n, struct error *err);

#endif
