/* A grid of cells as a picture: for terminals, for web pages, for a README. */
#ifndef UI_DUMP_H
#define UI_DUMP_H

#include "ui/cells.h"
#include "ui/theme.h"

struct str;

/* All append to out. Text with SGR sequences of 256 colours (ECMA-48), one line a row, without
 * trailing blanks that nothing marks; nothing but those sequences, so that `cat` shows it. */
void dump_ansi(struct str *out, const struct cells *c, const struct theme *theme);
/* A standing SVG 1.1 picture with a background of its own, light for the theme "light". Blocks and
 * braille are drawn as shapes, everything else is text kept on the grid whatever the font. */
void dump_svg(struct str *out, const struct cells *c, const struct theme *theme);
/* A <pre> element with styles of its own, to be put into a page in UTF-8. */
void dump_html(struct str *out, const struct cells *c, const struct theme *theme);

#endif
