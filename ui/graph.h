/* Charts made of characters: one renderer over braille, block, and ASCII glyphs. On an ASCII grid
 * all are ASCII. */
#ifndef UI_GRAPH_H
#define UI_GRAPH_H

#include "ui/cells.h"
#include "ui/scale.h"

enum graph_glyphs { GRAPH_BRAILLE, GRAPH_BLOCK, GRAPH_ASCII };

/* How a line is drawn, so that several are told apart without colours: whole, in dashes, in dots, in both by turns; of ASCII
 * each by a sign of its own. */
enum graph_style { GRAPH_SOLID, GRAPH_DASHED, GRAPH_DOTTED, GRAPH_BOTH };

/* Values left to right, oldest first, one a column step: NaN is a gap. The last one stands at the
 * right edge. What is out of the scale is drawn at its nearest end. */
struct graph_series {
    const double *values;
    const double *least; /* of each step, where values are its greatest; NULL: they are one */
    int n;
    enum role role;
    bool
        fill; /* the area between it and 0 (or the end of the scale nearest to it) too, thinner where only a part of a step
                * was; else a line, as thick as what a step ranges over */
    enum graph_style style; /* of a line */
    char sign;              /* what a line is drawn with in ASCII; '\0': halves of cells, as areas are */
};

/* A line of `width` cells, one row high ("▁▂▃▅▇"): the last values, on a scale, or on one from 0 to their own largest
 * where it is NULL. The lower end of the scale is the lowest glyph, a gap a blank. */
void graph_sparkline(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role,
                     const double *values, int n, const struct scale *scale);
/* Filled or line charts in a box of width x height cells; braille and block have two columns of
 * dots a cell, so up to 2*width values are drawn (graph_columns), the last ones if there are more.
 * Several series share one scale (NULL: from 0 to the largest of all); where they meet in one cell
 * the first one's role is taken. Draws no axes. */
void graph_area(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g,
                const struct graph_series *series, int nseries, const struct scale *scale);
/* A horizontal bar of value/max over width cells, in eighths (ASCII: halves); what is more than
 * zero shows at least one. */
void graph_bar(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, double value, double max);
/* The same on a track that shows how much max is, between brackets on an ASCII grid. */
void graph_gauge(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, double value,
                 double max);
/* One upright bar for each of n counts (none below 0) in a box, of equal widths with a blank between them where there is
 * room; if there are more bars than cells, neighbours are added up. The bar `marked` (-1: none) is drawn strong. Returns
 * the cells of one bar with its blank. */
int graph_histogram(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g, enum role role,
                    const double *counts, int n, int marked);
/* The glyph of a value at step 0..GRAPH_STEPS-1 in one cell, and its stand-in. */
enum { GRAPH_STEPS = 7 };
void graph_step(struct cells *c, int x, int y, enum graph_glyphs g, enum role role, int step);
/* Two cells of a line, for a legend. */
void graph_sample(struct cells *c, int x, int y, enum graph_glyphs g, const struct graph_series *s);
/* How many values graph_area takes for a width. */
int graph_columns(enum graph_glyphs g, int width);

#endif
