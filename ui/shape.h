/* Two distributions back to back: the reference's bars to the left, the current ones to the right, a line for each bin. */
#ifndef UI_SHAPE_H
#define UI_SHAPE_H

#include "ui/context.h"
#include "ui/layout.h"
#include "ui/views.h"

enum { SHAPE_MIN = 5 }; /* lines it needs to make sense */

/* Lines it would take; 0 where the row has no bins. t and r: the row whose bins they are. defs: VIEWS_SHAPES of them, of which
 * the first one that has bins is drawn. */
int shape_height(const struct view_shape *defs, const struct context *ctx, const struct table *t, const struct row *r);
/* Draws it. With fewer lines than bins, neighbours that have least are added up; of names, those that differ most are drawn. */
void shape_draw(const struct view_shape *defs, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box);

#endif
