/* Sorts rows of a list: what they are sorted by is taken out of them once, so that a hundred thousand cost milliseconds. */
#ifndef UI_ROW_ORDER_H
#define UI_ROW_ORDER_H

#include "expr/expr.h"
#include "ui/verdict.h"

struct table_view_row {
    const struct row *row;
    uint64_t id;
    enum severity severity; /* where the worst come first */
};

/* By the table's key, ascending. */
void row_order_by_key(const struct table *t, struct table_view_row *rows, size_t n);
/* Where rows are sorted by something else than what their cells hold: what that is. */
struct row_order_values {
    struct value (*get)(void *arg, const struct row *r, size_t column);
    void *arg;
};

/* By the order, rows that are alike in it staying as they are: of rows sorted by their key the result is as
 * expr_order_compare has it. judged: before all else by severity, the worst first, or last where inverted. values may be
 * NULL. */
void row_order_sort(const struct table *t, const struct expr_order *order, struct table_view_row *rows, size_t n,
                    const struct row_order_values *values, bool judged, bool inverted);

enum { ROW_ORDER_KEPT = 2000 };
/* Puts n rows, at most ROW_ORDER_KEPT, into the order that they had before. False, and nothing is done, unless they are the
 * same, each as severe as it was. */
bool row_order_keep(const struct table_view_row *before, struct table_view_row *rows, size_t n);

#endif
