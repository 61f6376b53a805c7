/* An opened view: a declaration, the row it is about, its lists, and what it subscribed to. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "ui/overview.h"
#include "ui/table_view.h"

enum { VIEW_KEYS = 8 };

/* A row's identity that outlives the row and its store. */
struct view_subject {
    size_t nkeys; /* 0: none */
    struct view_subject_key {
        char *name; /* the column's */
        bool text;
        int64_t i;
        char *bytes;
        size_t len;
    } keys[VIEW_KEYS];
};

void view_subject_copy(const struct view_subject *from, struct view_subject *to);
void view_subject_done(struct view_subject *s);

struct view {
    const struct view_def *def;
    struct view_def *own; /* def, where it was made for a table without one */
    int refs;
    struct view *parent; /* where Esc leads; holds a reference */
    bool aside; /* made to show certain rows, with a filter for them: none of its like is it, and nothing of it stays */
    struct view_subject subject;
    char *subject_where; /* the condition that is true of that row alone; NULL: none */
    char *title;         /* in the crumbs, safe to draw */
    struct table_view *panes[VIEWS_PANES];
    int npanes, pane;          /* pane: where the cursor is */
    struct trace *trace;       /* where def->trace.table */
    struct overview *overview; /* where def->overview */
    int subscriptions[VIEWS_PANES + 2];
    int nsubscriptions;
    struct error failed; /* what a subscription was answered with */
};

/* Opens a view from a row of its subject's table (NULL for views about all); ERR_INVALID if the
 * row's key does not fill the view's conditions. own may be NULL. */
int view_new(const struct view_def *def, struct view_def *own, struct view *parent, const struct table *t,
             const struct row *r, struct view **ret);
struct view *view_ref(struct view *v);
void view_unref(struct view *v); /* NULL is allowed */
/* Is it the same view of the same row? */
bool view_same(const struct view *v, const struct view_def *def, const struct table *t, const struct row *r);

/* Subscribes to what it shows, and ends that. */
void view_show(struct view *v, const struct context *ctx);
void view_hide(struct view *v, const struct context *ctx);
/* The row that is told of in words, with its table; NULL if there is none. */
const struct row *view_told(const struct view *v, const struct context *ctx, const struct table **t);
/* The row whose waterfall it has, with its table; NULL if there is none. */
const struct row *view_traced(const struct view *v, const struct context *ctx, const struct table **t);
/* The row it is about; NULL if there is none or it is not there. */
const struct row *view_subject(const struct view *v, const struct context *ctx);
void view_update(struct view *v, const struct context *ctx);
void view_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box);
/* Moves within the view; false for what is none of its business. */
bool view_action(struct view *v, enum action action);
enum table_view_click view_click(struct view *v, int x, int y);
/* The list the cursor is in; NULL in a list of problems. */
struct table_view *view_list(const struct view *v);
/* The list a filter applies to. */
struct table_view *view_filtered(const struct view *v);
/* The row under the cursor, with its table; NULL if there is none. open gets the name of the view
 * it leads to, NULL for none. */
const struct row *view_selected(const struct view *v, const struct context *ctx, const struct table **t,
                                const char **open);

#endif
