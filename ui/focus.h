/* Tells the collector which groups are on screen: it reads these first where it cannot read all of them in time; and which
 * histograms are looked at: only of those it tells the buckets. */
#ifndef UI_FOCUS_H
#define UI_FOCUS_H

#include "ui/view.h"

enum { FOCUS_MS = 500, FOCUS_TABLES = 2 }; /* between two messages: a cursor that runs through a list sends few */

/* What was told last. Zeroed: nothing. */
struct focus {
    struct str told[FOCUS_TABLES]; /* of each table the keys, as bytes */
    bool ever[FOCUS_TABLES];
    int64_t told_us[FOCUS_TABLES];
};

void focus_done(struct focus *f);
/* To be told again, to another collector. */
void focus_again(struct focus *f);
/* After a picture was drawn: says what it shows, if that is not what was said before. */
void focus_update(struct focus *f, const struct view *v, const struct context *ctx, int64_t now_us);

#endif
