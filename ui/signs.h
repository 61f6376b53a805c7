/* A row of states, one letter each, as signs that the eye tells apart without reading. */
#ifndef UI_SIGNS_H
#define UI_SIGNS_H

#include "ui/cells.h"

/* Draws the last `width` letters of text from x on, the newest last: F full, P partial, x failed, d dropped, o empty, s superseded,
 * c committed without announcement, ? unknown, . running; any other letter as it is. dim: it is old. */
void signs_draw(struct cells *c, int x, int y, int width, const char *text, bool dim);

#endif
