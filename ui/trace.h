/* A waterfall: what belongs to one row, as bars that begin at one moment, as a trace has them. Its rows are read only while
 * it is shown. */
#ifndef UI_TRACE_H
#define UI_TRACE_H

#include "ui/layout.h"
#include "ui/views.h"

struct trace;

/* The declaration must outlive it. */
struct trace *trace_new(const struct view_trace *def);
void trace_free(struct trace *t); /* NULL is allowed; it must not be followed by what it subscribed to */

/* The row it is of from now on, NULL for none: subscribes to its bars, and ends what it subscribed to before. */
void trace_follow(struct trace *t, const struct context *ctx, const struct table *table, const struct row *r);
/* Ends its subscriptions. */
void trace_hide(struct trace *t, const struct context *ctx);

/* Lines that it takes with all of its bars; 0 where there is no row. */
int trace_height(const struct trace *t, const struct context *ctx, const struct table *table, const struct row *r);
/* Draws it: a sentence about the row, an axis, the start, the bars, the end, and the limit as an upright line. Bars that
 * need not be looked at are left out first where there is no room, and counted. */
void trace_draw(const struct trace *t, const struct context *ctx, const struct table *table, const struct row *r,
                struct cells *c, struct rect box);

#endif
