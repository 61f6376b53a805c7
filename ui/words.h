/* A row in words: a line or more for each thing that is said of it, with what it is at the left edge. */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "ui/context.h"
#include "ui/layout.h"
#include "ui/views.h"

/* Lines that it takes at this width. */
int words_height(const struct view_words *words, const struct context *ctx, const struct table *t, const struct row *r,
                 int width);
/* Draws as many as there is room for; where that is not all, the last one says so. */
void words_draw(const struct view_words *words, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box);

#endif
