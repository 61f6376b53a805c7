/* A list as a strip of cells, one a row: where in many partitions it is bad, at a glance. */
#ifndef UI_STRIP_H
#define UI_STRIP_H

#include "ui/table_view.h"

/* Lines that the strip of a list's pane (ui/views.h) would take of a box so wide, at most `most`; 0 where it has none, or
 * fewer than two rows. */
int strip_lines(const struct table_view *v, const struct context *ctx, int width, int most);
/* Draws it: rows in the order of their keys, those that have all keys but the last in common on a line of their own, the
 * worst lines first if there are too many. A row that is fine is a bar as high as its number, nothing is a dot, unknown a
 * minus; a row that is not has the first letter of its word (the pane's column `letter`; else its sign), and what the
 * letters mean is said behind. Where rows are more than cells, each cell is the worst of several. The row under the cursor is
 * reversed if the list has the focus. */
void strip_draw(const struct table_view *v, const struct context *ctx, struct cells *c, struct rect box, bool focus);

#endif
