/* What table_view.c and table_draw.c share: the list's state. */
#ifndef UI_TABLE_VIEW_INTERNAL_H
#define UI_TABLE_VIEW_INTERNAL_H

#include "base/vec.h"
#include "expr/expr.h"
#include "ui/row_order.h"
#include "ui/table_view.h"

struct table_view_column {
    char *name;
    size_t index; /* in the table */
    bool shown;
    bool given;      /* by the view's condition: the same in all rows */
    bool constant;   /* a key column that happens to be the same in all rows listed */
    bool known;      /* some cell of it was */
    int left, right; /* widest parts of numbers before and from the point; they only grow, so that nothing jitters */
    int width;       /* of the widest text that is no such number */
};

struct table_view_columns {
    struct table_view_column *items;
    size_t n, room;
};

struct table_view {
    const struct view_pane *pane;
    char *where_text, *filter_text, *search_text;
    struct expr *where, *filter, *search; /* bound to table; NULL: all rows */
    bool where_bad;                       /* where could not be bound: nothing is listed */

    unsigned epoch; /* what is bound: the store's and its shape's number */
    uint64_t schema;
    const struct table *table;
    struct table_view_columns columns;

    char *columns_text; /* columns the user named, in place of the pane's; NULL: none */
    int sort;           /* which of columns; -1: as declared */
    bool inverted;
    char *then_text;    /* further columns to sort by, behind sort, as they were given; NULL: none */
    bool then_inverted; /* inverted as it was then */
    struct expr_order order;

    VEC(struct table_view_row) all; /* those that where lets in, by key: a key pressed only chooses from them */
    uint64_t all_seq;               /* up to where they are the table's */
    bool all_old;                   /* to be made anew */
    VEC(struct table_view_row) rows;
    size_t total;
    size_t severe[SEVERITY_COUNT];
    bool dirty;
    uint64_t seq, pointers_seq;
    int64_t built_ms, built_us, cost_us;

    size_t at, top;
    bool moved;        /* by the user: then the cursor follows its row */
    uint64_t selected; /* that row's id and key */
    struct str selected_key;

    /* from the last drawing */
    int page;       /* rows on screen */
    int first_line; /* of them */
    int scrolled;   /* columns out on the left */
    bool cut;       /* some column did not fit */
    bool widths_old;
    int drawn_width;
    bool drawn_exact, drawn_changes;
};

#endif
