/* Two distributions over the same bins in one picture: upright bars, and a line at the height of the other's. */
#ifndef UI_SHAPE_OVER_H
#define UI_SHAPE_OVER_H

#include "ui/graph.h"
#include "ui/layout.h"

struct shape_over_bin {
    double line, bar; /* shares */
    const char *name; /* below it, cut; NULL: nothing */
};

enum { SHAPE_OVER_HEIGHT = 5, SHAPE_OVER_WIDTH = 3 /* of a bin */ };

/* Draws them in a box of SHAPE_OVER_HEIGHT lines or more, from 0 to the largest of all, which the first line says beside the legend.
 * Nothing where the box has less than SHAPE_OVER_WIDTH cells a bin. */
void shape_over_draw(struct cells *c, struct rect box, enum graph_glyphs g, const struct shape_over_bin *bins, int n);

#endif
