/* Distributions in a cell, whose text has a number for each bin, and verdicts in a cell, whose text has a letter for each thing. */
#ifndef UI_SHARES_H
#define UI_SHARES_H

#include "ui/graph.h"

#include "base/str.h"

/* "120 880 0" as levels, a digit for each bin: 0 for nothing, 1 to 7 by its part of the greatest. What is no such text is
 * appended as it is. */
void shares_levels(struct str *out, const char *text);
/* Draws levels as upright bars; where there are more of them than cells, the highest of neighbours. Anything else is drawn as
 * text. */
void shares_draw(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, const char *levels);

/* Draws letters of verdicts, each in the role of what it says; what does not fit is cut at the end. */
void shares_draw_marks(struct cells *c, int x, int y, int width, const char *text, bool dim);
/* The word for such a letter, "DRIFT" for D; NULL for one that has none. */
const char *shares_mark_word(char letter);

#endif
