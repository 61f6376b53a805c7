/* A list of rows of one table: sorted, filtered, fitted to the width; draws only what is seen. */
#ifndef UI_TABLE_VIEW_H
#define UI_TABLE_VIEW_H

#include "base/str.h"
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
/* Rows that the filter lets in: those listed, or those in the groups that are. */
size_t table_view_matched(const struct table_view *v);
/* The row under the cursor; NULL if there is none. */
const struct row *table_view_selected(const struct table_view *v);
const struct table *table_view_table(const struct table_view *v); /* NULL: not there yet */

/* Lines it would take with all of its rows. */
size_t table_view_height(const struct table_view *v);
/* Draws heading and rows. focus: the cursor is here. Returns the lines used. */
int table_view_draw(struct table_view *v, const struct context *ctx, struct cells *c, struct rect box, bool focus);
/* What a click met. */
enum table_view_click { TABLE_VIEW_NOTHING, TABLE_VIEW_HEADING, TABLE_VIEW_ROW, TABLE_VIEW_SAME_ROW };
/* At cell x, y of the screen: a row becomes the selected one, if it is not; a heading is what is sorted by, or, if it is already,
 * turned round. */
enum table_view_click table_view_click(struct table_view *v, int x, int y);

/* Moves, sorts, scrolls; false for what is none of its business. At its first or last row a step
 * further is refused, so that the cursor may go on to another list. */
bool table_view_action(struct table_view *v, enum action action);
/* Puts the cursor on the first or last row. */
void table_view_enter(struct table_view *v, bool last);

/* Puts the cursor on the row of that key (table_key_bytes), as soon as it is there; what hides rows is undone. */
void table_view_seek(struct table_view *v, const struct context *ctx, const char *key, size_t len);

/* Sets the filter; "" removes it. An error leaves the one before in force. Before there are rows it is kept for them. */
int table_view_filter(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err);
const char *table_view_filter_text(const struct table_view *v); /* "" for none */
/* The filter was brought back, not typed, until another one is set: that is said where it is seen. */
void table_view_keep_filter(struct table_view *v);
bool table_view_filter_kept(const struct table_view *v);

/* Searches: begin remembers where the cursor is; from there the cursor goes to the first row that the expression is true of, whenever
 * it is called, and such rows stand out; n and N go on. "" goes back. An error leaves the search before in force. Returns in *n, if
 * not NULL, how many rows listed it is true of. */
void table_view_search_begin(struct table_view *v);
int table_view_search(struct table_view *v, const struct context *ctx, const char *text, size_t *n, size_t *at,
                      struct error *err);
/* Ends that: nothing stands out any more. False if nothing did. */
bool table_view_search_end(struct table_view *v);

/* Marked rows that are there now, in the order of the list, at most so many. */
size_t table_view_tagged_rows(const struct table_view *v, const struct row **rows, size_t most);
/* Whether marked rows are the only ones listed. */
bool table_view_tagged_only(const struct table_view *v);

/* For choosing columns and order: the i-th column; NULL at the end. */
const struct column *table_view_column(const struct table_view *v, size_t i);
bool table_view_shown(const struct table_view *v, size_t i);
void table_view_toggle(struct table_view *v, size_t i);
/* Moves the i-th column by a step of 1 or -1 and returns where it is then. What is drawn first, and what stands before it,
 * stays. */
int table_view_move(struct table_view *v, int i, int step);
/* Makes the i-th column wider or narrower by so many cells; numbers are never cut. */
void table_view_widen(struct table_view *v, size_t i, int step);
int table_view_width(const struct table_view *v, size_t i); /* 0: as many as it takes */
/* Columns and order as they are declared. */
void table_view_reset(struct table_view *v);

/* Sorts by the i-th column, its worse end first; -1: the declared order, the worst first. */
void table_view_sort(struct table_view *v, int i);
/* Rows that are alike in `level` keys are sorted by the i-th column; keys from there on are dropped before. -1: only that. */
void table_view_sort_then(struct table_view *v, size_t level, int i);
int table_view_sorted(const struct table_view *v); /* the first key; -1: as declared */
size_t table_view_sort_levels(const struct table_view *v);
int table_view_sort_level(const struct table_view *v, int i); /* which key the i-th column is; -1: none */
bool table_view_descending(const struct table_view *v, size_t level);
/* Turns one key round, or the declared order. */
void table_view_invert(struct table_view *v, size_t level);
bool table_view_inverted(const struct table_view *v); /* the first key's better end comes first */

/* Rows put together by a column: its groups are listed instead, the worst first. name NULL: rows again. ERR_INVALID for a column
 * that is not there or measures something, ERR_UNAVAILABLE, ERR_LIMIT. ctx may be NULL for a list that was updated. */
int table_view_group(struct table_view *v, const struct context *ctx, const char *name, struct error *err);
const char *table_view_grouped(const struct table_view *v); /* the column's name; NULL: by none */
/* The table of groups where they are listed, else NULL; v may be NULL. */
const struct table *table_view_groups(const struct table_view *v);
/* The i-th column of the rows by which they can be grouped; NULL at the end. */
const struct column *table_view_group_column(const struct table_view *v, size_t i);
/* Lists the rows of the group under the cursor; goes back to the groups. False if that is not how it stands. */
bool table_view_open_group(struct table_view *v);
bool table_view_close_group(struct table_view *v);
/* What the rows of the open group have in that column, for people; NULL where none is open. */
const char *table_view_opened_group(const struct table_view *v);

/* What the user arranged, as lines of text: columns, widths, order, and, unless left out, the filter. Appends nothing where all is as
 * declared. */
void table_view_save(const struct table_view *v, bool filter, struct str *out);
/* Brings that back, as soon as the table is there; what it does not know or cannot have is left out. */
void table_view_restore(struct table_view *v, const char *text);

/* By name; ctx may be NULL for a list that was updated. Sorts by "lag desc, group" (expr_order_parse); "" is the declared order again. ERR_UNAVAILABLE where the table is
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
