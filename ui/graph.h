/* Charts made of characters: one renderer over braille, block, and ASCII glyphs. */
#ifndef UI_GRAPH_H
#define UI_GRAPH_H

#include "ui/cells.h"

enum graph_glyphs { GRAPH_BRAILLE, GRAPH_BLOCK, GRAPH_ASCII };

/* Values left to right, oldest first, one a column step: NaN is a gap. */
struct graph_series {
    const double *values;
    int n;
    enum role role;
};

/* A line of `width` cells, one row high ("▁▂▃▅"): the last values, scaled from 0 to max (max <= 0:
 * their own). */
void graph_sparkline(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role,
                     const double *values, int n, double max);
/* A filled or line chart in a box of width x height cells; braille and block have two columns of
 * dots a cell, so up to 2*width values are drawn. Several series share one scale 0..max. Draws no
 * axes. */
void graph_area(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g,
                const struct graph_series *series, int nseries, double max);
/* A horizontal bar of value/max over width cells, in eighths where glyphs allow. */
void graph_bar(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role,
               double value, double max);
/* How many values graph_area takes for a width. */
int graph_columns(enum graph_glyphs g, int width);

#endif
