/* What the terminfo database says about this terminal. Part of ui/term.h. */
#ifndef UI_TERM_INFO_H
#define UI_TERM_INFO_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

/* The entry to draw with, from TERM (static or of the environment), and a note (the caller's to
 * free) if it is not TERM's own; ERR_UNAVAILABLE, with an advice, if there is none that could be
 * drawn on. */
int term_info_choose(const char **entry, char **note, struct error *err);
/* A string capability of the current terminal by its terminfo name, or NULL. */
const char *term_info_string(const char *name);
/* What makes the current terminal scroll so many lines, all it has; the cursor is anywhere then. NULL if it cannot be
 * told. Valid until the next call. */
const char *term_info_scrolled(int height);
/* Appends what brings the screen of the current terminal back when curses no longer can. */
void term_info_restore(struct str *out, bool colors, bool mouse);
/* Are the fonts of this kind of terminal likely to have braille? Does it know OSC 52, or ignore it
 * at least? */
bool term_info_braille(const char *entry);
bool term_info_clipboard(const char *entry);

#endif
