/* Any view but the overview: charts of the row it is about, then its lists. */
#ifndef UI_DETAIL_H
#define UI_DETAIL_H

#include "ui/context.h"
#include "ui/layout.h"

struct view;

void detail_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box);

#endif
