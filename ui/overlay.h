/* Numbers of some rows, of any tables, laid over each other as lines of one chart. */
#ifndef UI_OVERLAY_H
#define UI_OVERLAY_H

#include "ui/context.h"
#include "ui/layout.h"
#include "ui/views.h"

enum { OVERLAY_MOST = VIEWS_SERIES };

struct overlay_line {
    char *table, *column, *where; /* owned; where: true of that row alone */
    struct str key;               /* of the row, as table_key_bytes has it */
    int subscription;
    bool subscribed;
};

/* Zeroed: nothing. */
struct overlay {
    struct overlay_line lines[OVERLAY_MOST];
    int n;
};

/* Lays one more over those there are; past OVERLAY_MOST the first one goes. False if it is there already, or cannot be. */
bool overlay_add(struct overlay *o, const struct context *ctx, const struct table *t, const struct row *r,
                 const char *column);
/* Takes all away. ctx may be NULL. */
void overlay_clear(struct overlay *o, const struct context *ctx);
/* Subscribes to the rows, and ends that. */
void overlay_show(struct overlay *o, const struct context *ctx);
void overlay_hide(struct overlay *o, const struct context *ctx);
void overlay_draw(const struct overlay *o, const struct context *ctx, struct cells *c, struct rect box);

#endif
