/* Recent values of single cells over time, for charts: asked of history once, then kept up with
 * what arrives. */
#ifndef UI_SERIES_H
#define UI_SERIES_H

#include "ui/context.h"
#include "ui/scale.h"

enum { SERIES_SPAN_MS = 15 * 60 * 1000 }; /* how far back pictures go that nobody wanted longer */

struct series;

/* came (may be NULL) is called when history has answered for a series. */
struct series_set *series_set_new(void (*came)(void *arg), void *arg);
void series_set_free(struct series_set *s); /* NULL is allowed */

/* The series of a number column of a row; asks history for it the first time, when the span changed, and when the row's time
 * column `filled` did, by which a source says that it has learned more of the past. NULL for a column
 * that is not there or no number. Borrowed until the next call; those not asked for longest are
 * forgotten beyond some hundreds. */
const struct series *series_get(struct series_set *s, const struct context *ctx, const struct table *t,
                                const struct row *r, const char *column);
/* Takes the present value of every series' cell; to be called after each change of the store. */
void series_observe(struct series_set *s, const struct context *ctx);
/* The data goes: what was asked will not be answered. Points stay. */
void series_forget(struct series_set *s, const struct context *ctx);
/* What came meanwhile was not seen: each series is asked for anew when it is got next. */
void series_missed(struct series_set *s);
/* Other data came: all is asked anew. */
void series_clear(struct series_set *s);

/* Wants pictures of so much time; 0: as much as there is, up to SERIES_SPAN_MS. Each series is asked for anew when it is got
 * next. */
void series_set_span(struct series_set *s, int64_t span_ms);
/* Is there one that history has not answered for? */
bool series_waiting(const struct series_set *s);

/* n values for even steps that end at to_ms: the greatest of those that came in each, and the least (which may be NULL), or
 * what held at its end; NaN where that is nothing: before the first, while the value was unknown, its row gone or its source
 * failed, and where history has none. Returns the range of all that is known from from_ms to to_ms. s may be NULL. */
struct scale_range series_sample(const struct series *s, int64_t from_ms, int64_t to_ms, double *values, double *least,
                                 int n);
/* When the value came that the cell has now. False if it was there already when what is known of it begins; *ret is that
 * time then. Not before anything is known at all: *ret is 0 then. */
bool series_changed(const struct series *s, int64_t *ret);

/* How far back pictures of series go now: what was wanted; else up to SERIES_SPAN_MS, but no more whole minutes (1, 2, 5, 10,
 * 15) than it takes to show the oldest point of all, so that a history that has just begun is not a dot at the edge. So many
 * columns (0: never mind) get about the time of a point each: else lists would be drawn anew with every point. */
int64_t series_span(const struct series_set *set, int64_t now_ms, int columns);
/* "15 min", "6 h", "1 week"; appended. */
void series_span_text(struct str *out, int64_t span_ms);

#endif
