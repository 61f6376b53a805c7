/* A list of rows of one table: sorted, filtered, fitted to the width; draws only what is seen. */
#ifndef UI_TABLE_VIEW_H
#define UI_TABLE_VIEW_H

#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/views.h"

struct table_view;

/* pane must outlive it; where is the pane's condition with the subject filled in, copied; NULL: all
 * rows. */
struct table_view *table_view_new(const struct view_pane *pane, const char *where);
void table_view_free(struct table_view *v); /* NULL is allowed */
const struct view_pane *table_view_pane(const struct table_view *v);
const char *table_view_where(const struct table_view *v); /* "" for all rows */

/* Looks at the table again if it, the filter or the order changed, or if ages may have. To be
 * called before all below. */
void table_view_update(struct table_view *v, const struct context *ctx);
/* Rows that are listed, and rows there are without the filter. */
size_t table_view_count(const struct table_view *v);
size_t table_view_total(const struct table_view *v);
/* Rows of a severity among those listed; known where the worst come first. */
size_t table_view_severe(const struct table_view *v, enum severity s);
/* The row under the cursor; NULL if there is none. */
const struct row *table_view_selected(const struct table_view *v);
const struct table *table_view_table(const struct table_view *v); /* NULL: not there yet */

/* Draws heading and rows. focus: the cursor is here. Returns the lines used. */
int table_view_draw(struct table_view *v, const struct context *ctx, struct cells *c, struct rect box, bool focus);
/* The row drawn at a screen line becomes the selected one; false if there is none. */
bool table_view_click(struct table_view *v, int y);

/* Moves, sorts, scrolls; false for what is none of its business. At its first or last row a step
 * further is refused, so that the cursor may go on to another list. */
bool table_view_action(struct table_view *v, enum action action);
/* Puts the cursor on the first or last row. */
void table_view_enter(struct table_view *v, bool last);

/* Sets the filter; "" removes it. An error leaves the one before in force. */
int table_view_filter(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err);
const char *table_view_filter_text(const struct table_view *v); /* "" for none */

/* For choosing columns and order: the i-th column; NULL at the end. */
const struct column *table_view_column(const struct table_view *v, size_t i);
bool table_view_shown(const struct table_view *v, size_t i);
void table_view_toggle(struct table_view *v, size_t i);
/* Sorts by the i-th column, its worse end first; -1: the declared order, the worst first. */
void table_view_sort(struct table_view *v, int i);
int table_view_sorted(const struct table_view *v);
bool table_view_inverted(const struct table_view *v);

/* By name. Sorts by "lag desc, group" (expr_order_parse); "" is the declared order again. ERR_UNAVAILABLE where the table is
 * not there yet. */
int table_view_order(struct table_view *v, const struct context *ctx, const char *text, struct error *err);
/* Shows "lag,moved" behind the names of the rows, in this order; +NAME shows one more and -NAME one less; "" is as declared.
 * *at is set to the place of a name that is no column. */
int table_view_choose(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err);

/* Rows that were on screen when it was last drawn. */
int table_view_page(const struct table_view *v);
/* The rows that are listed, in their order: table_view_count of them. */
void table_view_rows(const struct table_view *v, const struct row **rows);
/* What they are sorted by, as table_view_order takes it. Appended. */
void table_view_order_text(const struct table_view *v, struct str *out);

#endif
