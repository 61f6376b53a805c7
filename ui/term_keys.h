/* What curses reads, as keys and mouse events. Part of ui/term.h. */
#ifndef UI_TERM_KEYS_H
#define UI_TERM_KEYS_H

#include "ui/input.h"

#include <curses.h>

/* The window to read from: a pad, because reading from a window that was drawn on would refresh it.
 * Call after newterm. */
WINDOW *term_keys_new(bool mouse);
/* The next key or mouse event; false when there is none. A lone Esc takes 25 ms to be told from an
 * Alt key. */
bool term_keys_read(WINDOW *w, struct input *in);

#endif
