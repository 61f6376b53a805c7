/* A distribution over time: rows that are bins of one row, as shaded lines over time, with what they have now as bars behind. */
#ifndef UI_HEAT_ROWS_H
#define UI_HEAT_ROWS_H

#include "ui/context.h"
#include "ui/layout.h"
#include "ui/views.h"

/* Lines it would take with a line for each bin; 0 where there are none. t and r: the row whose bins they are. */
int heat_rows_height(const struct view_heat *def, const struct context *ctx, const struct table *t,
                     const struct row *r);
/* Lines it needs to make sense. */
enum { HEAT_ROWS_MIN = 6 };
/* Draws it: what quantiles are now, the strips with their bounds, time, and what shades mean. With fewer lines than bins, those
 * at the ends that had nothing are left out, and then neighbours are put together. */
void heat_rows_draw(const struct view_heat *def, const struct context *ctx, const struct table *t, const struct row *r,
                    struct cells *c, struct rect box);

#endif
