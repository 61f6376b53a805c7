/* Recent values of single cells over time, for charts: asked of history once, then kept up with
 * what arrives. */
#ifndef UI_SERIES_H
#define UI_SERIES_H

#include "ui/context.h"

enum { SERIES_SPAN_MS = 15 * 60 * 1000 }; /* how far back charts go at most */

struct series;

/* came (may be NULL) is called when history has answered for a series. */
struct series_set *series_set_new(void (*came)(void *arg), void *arg);
void series_set_free(struct series_set *s); /* NULL is allowed */

/* The series of a number column of a row; asks history for it the first time. NULL for a column
 * that is not there or no number. Borrowed until the next call; those not asked for longest are
 * forgotten beyond some hundreds. */
const struct series *series_get(struct series_set *s, const struct context *ctx, const struct table *t,
                                const struct row *r, const char *column);
/* Takes the present value of every series' cell; to be called after each change of the store. */
void series_observe(struct series_set *s, const struct context *ctx);
/* The data goes: what was asked will not be answered. Points stay. */
void series_forget(struct series_set *s, const struct context *ctx);
/* Other data came: all is asked anew. */
void series_clear(struct series_set *s);

/* n values at even steps that end at to_ms: the last known at each step, NaN before the first.
 * Returns the greatest (finite) one, or NaN. */
double series_sample(const struct series *s, int64_t from_ms, int64_t to_ms, double *values, int n);

/* How far back pictures of series go now: up to SERIES_SPAN_MS, but no more whole minutes (1, 2, 5, 10, 15) than it
 * takes to show the oldest point of all, so that a history that has just begun is not a dot at the edge. So many columns
 * (0: never mind) get about the time of a point each: else lists would be drawn anew with every point. */
int64_t series_span(const struct series_set *set, int64_t now_ms, int columns);

#endif
