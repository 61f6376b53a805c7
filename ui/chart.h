/* A chart with its words: title, last and greatest value, scale, and time that ends at now. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include "ui/layout.h"
#include "ui/views.h"

/* Draws a declared chart of a row's columns in a box of at least 3 lines; less draws the words
 * alone. */
void chart_draw(const struct view_chart *chart, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box);

#endif
