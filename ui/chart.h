/* A chart with its words: legend, last, least and greatest value, scale, and time that ends at now. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include "ui/layout.h"
#include "ui/views.h"

/* Draws a declared chart of a row's columns in a box of at least 3 lines; less draws the words
 * alone. One series is an area, several are lines, each of its own kind, behind which its name stands, or where there is
 * no room for that a letter of it. Offsets have a scale of their own; all others begin at 0, and it is logarithmic where the
 * context says so. */
void chart_draw(const struct view_chart *chart, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box);
/* One line of several that are laid over each other. */
struct chart_line {
    const struct table *table; /* NULL: it is not there now */
    const struct row *row;
    size_t column;
    const char *name;
};

/* Draws up to VIEWS_SERIES of them over the same time, each with its name, its value and its least and greatest above. alike:
 * what they measure compares, so all have one scale; else each has its own, the first one's on the left and, of two, the
 * second's on the right. */
void chart_lines_draw(const struct chart_line *lines, int n, bool alike, const struct context *ctx, struct cells *c,
                      struct rect box);

/* Times below a plot of this width that ends at now. */
void chart_times(const struct context *ctx, struct cells *c, struct rect line, int64_t span_ms);

#endif
