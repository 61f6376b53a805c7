/* A short list over the right edge, from which one thing is chosen. */
#ifndef UI_MENU_H
#define UI_MENU_H

#include "base/vec.h"
#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/layout.h"

struct menu_item {
    char *name, *text; /* owned, safe to draw */
    bool on;           /* is how it stands now */
};

/* Zeroed is closed. */
struct menu {
    const char *heading; /* NULL: closed */
    VEC(struct menu_item) items;
    int at, top, shown;
};

/* Begins an empty one; heading must outlive it. */
void menu_open(struct menu *m, const char *heading);
/* text may be NULL. The cursor is on the first that is on. */
void menu_add(struct menu *m, const char *name, const char *text, bool on);
void menu_close(struct menu *m);
/* Moves; ACTION_UP closes it. True for ACTION_OPEN: the item at `at` was chosen, and it is for the caller to close it. */
bool menu_action(struct menu *m, enum action action);
void menu_draw(struct menu *m, struct cells *c, struct rect box);

#endif
