/* Numbers of a list's rows in the order of time, as lines of bars above it: how regular, how many, how large. */
#ifndef UI_TRACKS_H
#define UI_TRACKS_H

#include "ui/table_view.h"

/* Lines that the tracks of a list's pane (ui/views.h) take, at most `most`; 0 where it has none, or fewer than two rows. */
int tracks_lines(const struct table_view *v, int most);
/* Draws one line for each column: its heading, a bar for each of the latest rows, the latest at the right end, on a scale
 * of its own from 0 on, and what the lowest, the highest and the last are. */
void tracks_draw(const struct table_view *v, const struct context *ctx, struct cells *c, struct rect box);

#endif
