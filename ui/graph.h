/* Charts made of characters: one renderer over braille, block, and ASCII glyphs. On an ASCII grid
 * all are ASCII. */
#ifndef UI_GRAPH_H
#define UI_GRAPH_H

#include "ui/cells.h"

enum graph_glyphs { GRAPH_BRAILLE, GRAPH_BLOCK, GRAPH_ASCII };

/* Values left to right, oldest first, one a column step: NaN is a gap. The last one stands at the
 * right edge. Below 0 is drawn as 0, above the maximum (and infinity) as the maximum. */
struct graph_series {
    const double *values;
    int n;
    enum role role;
    bool fill; /* the area below it too; else a line */
};

/* A line of `width` cells, one row high ("▁▂▃▅▇"): the last values, scaled from 0 to max (max <= 0:
 * their own largest). Zero is the lowest glyph, a gap a blank. */
void graph_sparkline(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role,
                     const double *values, int n, double max);
/* A filled or line chart in a box of width x height cells; braille and block have two columns of
 * dots a cell, so up to 2*width values are drawn (graph_columns), the last ones if there are more.
 * Several series share one scale 0..max (max <= 0: the largest of all); where they meet in one cell
 * the first one's role is taken. Draws no axes. */
void graph_area(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g,
                const struct graph_series *series, int nseries, double max);
/* A horizontal bar of value/max over width cells, in eighths (ASCII: halves); what is more than
 * zero shows at least one. */
void graph_bar(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, double value, double max);
/* How many values graph_area takes for a width. */
int graph_columns(enum graph_glyphs g, int width);

#endif
