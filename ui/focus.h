/* Tells the collector which groups are on screen: it reads these first where it cannot read all of them in time. */
#ifndef UI_FOCUS_H
#define UI_FOCUS_H

#include "ui/view.h"

enum { FOCUS_MS = 500 }; /* between two messages: a cursor that runs through a list sends few */

/* What was told last. Zeroed: nothing. */
struct focus {
    struct str told; /* the keys, as bytes */
    bool ever;
    int64_t told_us;
};

void focus_done(struct focus *f);
/* To be told again, to another collector. */
void focus_again(struct focus *f);
/* After a picture was drawn: says what it shows, if that is not what was said before. */
void focus_update(struct focus *f, const struct view *v, const struct context *ctx, int64_t now_us);

#endif
