/* Cells onto curses' screen. Part of ui/term.h. */
#ifndef UI_TERM_PAINT_H
#define UI_TERM_PAINT_H

#include "ui/cells.h"
#include "ui/theme.h"

struct term_paint;

/* For the current curses screen; colors 0 leaves attributes only. theme must outlive it. */
struct term_paint *term_paint_new(const struct theme *theme, int colors);
void term_paint_free(struct term_paint *p);
/* Makes curses' screen show c and writes the difference; all of it after `everything`. What is
 * larger than the screen is clipped. */
void term_paint_frame(struct term_paint *p, const struct cells *c, bool everything);

#endif
