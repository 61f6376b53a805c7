/* What charts are made of: the scale on the left, times below, names at the lines' ends, numbers in words. */
#ifndef UI_CHART_PARTS_H
#define UI_CHART_PARTS_H

#include "ui/chart.h"
#include "ui/graph.h"

enum { CHART_AXIS = 9 }; /* cells of a scale at least, and of a plot */

/* One drawing. */
struct chart_picture {
    const struct context *ctx;
    const struct table *table;
    const struct row *row;
    struct cells *c;
    struct rect plot;
    const char *title;
    int n;
    int columns[VIEWS_SERIES];            /* in the table */
    struct column declared[VIEWS_SERIES]; /* as they are meant in this row */
    struct graph_series series[VIEWS_SERIES];
    int64_t span_ms;
    struct scale_range range;
    struct scale scale;
};

extern const enum role chart_roles[VIEWS_SERIES]; /* of the first line, the second, ... */

/* Words where there is room for them as a whole; returns where the next ones go. */
int chart_put(struct cells *c, int x, int y, int end, enum role role, const char *text);
/* "max 91 k" likewise, a value of the first column. */
int chart_put_value(const struct chart_picture *p, int x, int y, int end, const char *name, double value);

/* Cells that the scale's labels need of a width; then the scale, left of the plot. */
int chart_axis(const struct chart_picture *p, int width);
void chart_scale(const struct chart_picture *p, int axis);
/* The line of the plot that a value is on. */
int chart_line_of(const struct chart_picture *p, double value);

/* Names behind the lines' last values, so that nobody needs to compare colours. */
struct chart_ends {
    int n, width;
    char names[VIEWS_SERIES][32];
};

/* Whole names where they are short for a chart of this width, else a letter of each. Returns the cells that they need on the
 * right of the plot, 0 for a single line. */
int chart_ends_name(struct chart_ends *e, const char *const *names, int n, int width);
/* lines: on which each ends; -1: on none. Below or above where that is taken. */
void chart_ends_draw(const struct chart_ends *e, struct cells *c, struct rect plot, const int *lines);

#endif
