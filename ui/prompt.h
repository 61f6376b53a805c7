/* A line that is typed into: cursor, the usual control keys, and what was typed before. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include "base/str.h"
#include "base/vec.h"
#include "ui/cells.h"
#include "ui/input.h"

struct prompt {
    const char *label; /* static: "/" */
    struct str text;
    size_t cursor; /* bytes before it */
    VEC(char *) history;
    size_t at; /* which of the history is shown; history.n: the new one */
};

enum prompt_result { PROMPT_NONE, PROMPT_MOVED, PROMPT_EDITED, PROMPT_ACCEPTED, PROMPT_CANCELLED };

void prompt_done(struct prompt *p);
/* Starts with a label and a text, the cursor at its end. History stays. */
void prompt_open(struct prompt *p, const char *label, const char *text);
/* Enter accepts (and the text joins the history), Esc cancels, ^C too; Up and Down walk the
 * history, ^A ^E ^U ^W ^K Left Right Home End BackSpace Delete edit. */
enum prompt_result prompt_input(struct prompt *p, uint32_t key);
/* Draws label and text on one line, scrolled so that the cursor is seen, and sets the hardware
 * cursor. Returns the column where byte `at` of the text is. */
int prompt_draw(const struct prompt *p, struct cells *c, int x, int y, int width, size_t at);

#endif
