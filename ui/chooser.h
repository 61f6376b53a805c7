/* The list of a table's columns, over its right edge: to sort by one, or to show and hide them. */
#ifndef UI_CHOOSER_H
#define UI_CHOOSER_H

#include "ui/table_view.h"

struct chooser {
    struct table_view *list; /* NULL: closed */
    bool sorting;            /* else: showing and hiding */
    int at, top;             /* sorting: 0 is the declared order, columns come after it */
    int shown;
    struct rect drawn; /* where */
    size_t level;      /* sorting: which key of the order is being chosen */
};

void chooser_open(struct chooser *ch, struct table_view *list, bool sorting);
/* False for what is none of its business; ACTION_UP and ACTION_OPEN close it (list is NULL then).
 */
bool chooser_action(struct chooser *ch, enum action action);
/* A line that is clicked is the one the cursor is on; again, it is what Space does. A click beside the list closes it. */
void chooser_click(struct chooser *ch, int x, int y);
void chooser_draw(struct chooser *ch, struct cells *c, struct rect box);

#endif
