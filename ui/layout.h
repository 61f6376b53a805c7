/* Where things go: rectangles and column widths as pure arithmetic, for any size from 1x1 on. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>

struct rect {
    int x, y, w, h; /* in cells; empty where w or h is 0 */
};

/* The parts every screen has, from top to bottom; what does not fit is empty. */
struct layout_frame {
    struct rect header;  /* one line: is anything wrong? */
    struct rect notices; /* sources that fail, in words */
    struct rect crumbs;  /* where we are */
    struct rect body;
    struct rect footer; /* keys, or the prompt */
};

/* Splits a screen. notices: lines wanted for them, of which at most a quarter of the height is
 * given. The body has at least one line as soon as the screen has two. */
void layout_frame(int width, int height, int notices, int crumbs, struct layout_frame *ret);

/* One part of a stack: rows it needs to make sense, rows it would like. rank says who is served
 * first (0 before 1); the first part with grow gets what is left over. */
struct layout_part {
    int min, want, rank;
    bool grow;
};

/* Stacks parts in a box with `gap` blank lines between those that got any. A part that cannot have
 * its min gets nothing, except that the part of rank 0 gets what there is. */
void layout_stack(struct rect box, int gap, const struct layout_part *parts, int n, struct rect *ret);

/* Splits a box into two halves side by side with a gap; the right one is empty if either would have
 * fewer than min. */
void layout_split(struct rect box, int gap, int min, struct rect *left, struct rect *right);

/* One column of a table. */
struct layout_column {
    int natural;  /* cells its texts take */
    int min;      /* cells it can be cut to; equal to natural where cutting would lie (numbers) */
    int priority; /* 0 stays to the end; the highest goes first */
    int width;    /* out: cells given; 0: not shown */
};

/* Chooses columns by priority until the width is used, `gap` cells between them, in their own
 * order; then gives spare cells to those that were cut, the most important first. The first column
 * is always shown, cut if need be. Returns the cells used. */
int layout_fit(int width, int gap, struct layout_column *columns, int n);

#endif
