/* What the files of a list share: the list's state. */
#ifndef UI_TABLE_VIEW_INTERNAL_H
#define UI_TABLE_VIEW_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "expr/expr.h"
#include "ui/row_order.h"
#include "ui/sums.h"
#include "ui/table_flash.h"
#include "ui/table_groups.h"
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
    bool chosen;     /* shown by the user, so before those that are not */
    int wide;        /* cells that the user gave it; 0: as many as it takes */
    int drawn;       /* cells it had in the last drawing; 0: none */
    int left_edge;   /* where they began */
};

/* One key of the order that the user chose. */
struct table_view_sort {
    char *name;
    bool descending;
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
    bool filter_kept;                     /* nobody typed it since the list is there */
    bool about_row;                       /* where names a row: the chosen cluster says nothing here */
    unsigned scope;                       /* for which choice of a cluster all was made */

    unsigned epoch; /* what is bound: the store's and its shape's number */
    uint64_t schema;
    const struct table *source; /* the store's table */
    const struct table *table;  /* of what is listed: the source, or groups of its rows */
    struct table_view_columns columns;

    char *group;                 /* the source's column by which rows are put together; NULL: none */
    char *group_columns;         /* those declared of the groups' table */
    struct table_groups *groups; /* where groups are what is listed */
    bool group_open;             /* the rows of one group are: those whose value (table_groups_value) is this */
    bool group_back;             /* the cursor is to go to the group that was */
    struct str group_value;
    char *group_said;   /* that value, for people */
    char *arrangement;  /* of what is not listed now: of the groups, or of the rows */
    bool groups_old;    /* to be put together anew */
    size_t matched;     /* rows in the groups, or listed */
    bool *group_wanted; /* columns of the groups' table that were looked at when they were put together */

    size_t nkeys;       /* of the columns */
    bool arranged;      /* columns are not as declared */
    bool moved_columns; /* nor is their order */
    struct table_view_sort sorts[EXPR_ORDER_KEYS];
    size_t nsorts;  /* 0: as declared */
    bool inverted;  /* the declared order */
    char *restored; /* what table_view_restore is to bring, once the table is there; else NULL */
    struct expr_order order;

    VEC(struct table_view_row) all; /* those that where lets in, by key: a key pressed only chooses from them */
    uint64_t all_seq;               /* up to where they are the table's */
    bool all_judged;                /* how bad each is is known */
    bool all_old;                   /* to be made anew */
    VEC(struct table_view_row) rows;
    size_t total;
    bool dirty;
    uint64_t seq, pointers_seq;
    const struct mark *sorted_mark; /* since which rows are sorted by their change; NULL: by their values */
    int64_t sorted_ms;              /* when rows were sorted */
    bool sorted_blind;              /* while what they are sorted by was known of none */
    int64_t built_ms, built_us, cost_us;

    size_t at, top;
    bool moved;        /* by the user: then the cursor follows its row */
    bool sought;       /* nor is it there yet */
    uint64_t selected; /* that row's id and key */
    struct str selected_key;

    struct map tags; /* keys of marked rows */
    bool tagged_only;
    bool search_shown; /* what search is true of stands out */
    size_t search_from;

    /* from the last drawing */
    int page;       /* rows on screen */
    int first_line; /* of them */
    bool heading;   /* above it */
    int scrolled;   /* columns out on the left */
    bool cut;       /* some column did not fit */
    bool widths_old;
    int drawn_width;
    bool drawn_exact, drawn_si, drawn_changes;
    struct table_flash flash;
};

/* table_columns.c: columns anew for a table that was bound, of which what the user chose stays; which of them say the same in
 * all rows; the order for the rows; all of it given back. */
void table_columns_make(struct table_view *v);
/* Is the name a word of the list, which may be NULL? */
bool table_columns_listed(const char *list, const char *name);
void table_columns_compare(struct table_view *v);
void table_columns_order(struct table_view *v);
void table_columns_done(struct table_view *v);

/* table_view.c: finds the table, and what the list is made of in it. Sets the filter of a list whose table is there. */
void table_view_bind(struct table_view *v, const struct context *ctx);
int table_view_set_filter(struct table_view *v, const char *text, size_t *at, struct error *err);
/* table_tags.c: marked rows. toggle is false where there are too many. sum adds up the shown columns of those that are there, into as
 * many zeroed sums as there are columns, and returns their number. */
bool table_tags_has(const struct table_view *v, const struct row *r);
bool table_tags_toggle(struct table_view *v, const struct row *r);
void table_tags_clear(struct table_view *v);
size_t table_tags_sum(const struct table_view *v, struct sum *sums);
/* table_grouping.c: rows put together. bind and unbind follow the source; wanted is whether columns are looked at that were not
 * when the groups were put together; listed puts the rows that match into groups, which become what is listed; has says whether
 * a row is one of the group that is open. */
void table_grouping_bind(struct table_view *v);
void table_grouping_unbind(struct table_view *v);
void table_grouping_done(struct table_view *v);
bool table_grouping_wanted(const struct table_view *v);
void table_grouping_list(struct table_view *v, const struct row_order_values *values);
bool table_grouping_has(const struct table_view *v, const struct row *r);
/* The columns that are declared for what is listed, as struct view_pane has them; NULL: all that are not hidden. */
const char *table_grouping_columns(const struct table_view *v);
/* table_columns.c: columns and order as declared; what was arranged is forgotten. */
void table_columns_forget(struct table_view *v);
/* table_memory.c: columns, widths and order as text; and such text applied, line by line. */
void table_memory_save(const struct table_view *v, struct str *out);
void table_memory_read(struct table_view *v, const char *text);
/* table_memory.c: what is to be restored, now that the table is there. */
void table_memory_apply(struct table_view *v);

#endif
