/* How something spread over time: bins from the bottom up, time to the right, darker where there was more. */
#ifndef UI_HEAT_H
#define UI_HEAT_H

#include "ui/graph.h"
#include "ui/layout.h"

enum { HEAT_SHADES = 4, HEAT_UNKNOWN = -1 };

/* A field of values, line by line from the bottom, each the oldest first; NaN: not known. */
struct heat {
    const double *values;
    int lines, columns;
    bool share; /* shaded by its part of what its column has; else by its part of the greatest value of all */
    double all; /* set by heat_measure: that greatest value; NaN: nothing is known */
};

/* Looks at the values, once before what follows. */
void heat_measure(struct heat *h);
/* HEAT_UNKNOWN, 0 for nothing, else 1 to HEAT_SHADES. */
int heat_shade(const struct heat *h, int line, int column);
/* The least part (0..1) that has a shade from 1 on. */
double heat_threshold(const struct heat *h, int shade);
/* Draws it into a box: the last columns if there are more than cells, at the right edge if there are fewer; the lowest lines if
 * there are more. Shades are told by their glyph, not by colour. */
void heat_draw(const struct heat *h, struct cells *c, struct rect box, enum graph_glyphs g);
/* What a shade is drawn as (HEAT_UNKNOWN too), in one cell. */
void heat_glyph(struct cells *c, int x, int y, enum graph_glyphs g, int shade);

#endif
