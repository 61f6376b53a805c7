/* The inspector: every column of a row in a list; of the chosen one what it is, whose, how old, how it is computed, where the
 * row stands among the others, and its history as a chart. */
#ifndef UI_INSPECT_H
#define UI_INSPECT_H

#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/table_view.h"

/* One column of the row, as it was when the row was last there. */
struct inspect_line {
    char *name, *value, *facts, *help; /* owned, safe to draw */
    bool key, known, chart;            /* chart: it is a number */
};

struct inspect {
    bool open;
    char *table, *title;
    struct str key;   /* of the row, as table_key_bytes has it: it may come back */
    char *where;      /* the condition that is true of that row alone */
    int subscription; /* to all its columns */
    bool subscribed, gone;
    struct {
        struct inspect_line *items;
        size_t n, room;
    } lines;
    size_t at, top, page; /* the chosen column, the first one on screen, how many are */
};

/* Opens it on a row, and subscribes to all of it. What was open before is closed. */
void inspect_open(struct inspect *in, const struct context *ctx, const struct table *t, const struct row *r);
/* Frees everything; ends the subscription if ctx is not NULL. */
void inspect_close(struct inspect *in, const struct context *ctx);
/* The data goes, and comes: subscribes again. */
void inspect_hide(struct inspect *in, const struct context *ctx);
void inspect_show(struct inspect *in, const struct context *ctx);

/* The row with its table; NULL if it is not there now. */
const struct row *inspect_row(const struct inspect *in, const struct context *ctx, const struct table **t);
/* Looks at the row again; one that has gone stays as it was, and is said to have gone. */
void inspect_update(struct inspect *in, const struct context *ctx);
void inspect_draw(struct inspect *in, const struct context *ctx, struct cells *c, struct rect box);
/* Chooses a column; false for what is none of its business. */
bool inspect_action(struct inspect *in, enum action action);
/* The chosen column's value as machines read it, appended; false if it is not there. */
bool inspect_value(const struct inspect *in, const struct context *ctx, struct str *out);

#endif
