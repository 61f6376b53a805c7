/* What the files that draw a list share: one drawing of it. */
#ifndef UI_TABLE_DRAWING_H
#define UI_TABLE_DRAWING_H

#include "ui/scale.h"
#include "ui/table_view_internal.h"

enum { TABLE_SIGN = 2 }; /* cells before the first column */

/* One drawing: which columns, the texts of the rows seen. */
struct drawing {
    struct table_view *v;
    const struct context *ctx;
    struct cells *c;
    struct rect box; /* without the sign */
    bool focus;
    size_t *columns;           /* positions in v->columns of those that may be shown */
    int n;                     /* of them */
    struct layout_column *fit; /* n, and one for the spark line */
    struct str texts;          /* of all cells, each with a NUL */
    size_t *offsets;           /* rows * n */
    bool *flash;               /* rows * n: changed a moment ago */
    size_t first, rows;
    bool words; /* behind the columns, what is wrong with a row: none of them says so */
    bool total; /* one line more: the sums of marked rows */
    struct format_options format;
    size_t spark_column;
    struct scale spark_scale; /* where all spark lines share one */
};

static inline const struct column *declared(const struct drawing *d, int i)
{
    return table_column(d->v->table, d->v->columns.items[d->columns[i]].index);
}

static inline struct table_view_column *kept(const struct drawing *d, int i)
{
    return &d->v->columns.items[d->columns[i]];
}

/* Is this column's change shown instead of its value? */
static inline bool since_mark(const struct drawing *d, int i)
{
    return d->ctx->since_mark && mark_counts(declared(d, i)) &&
           (!d->v->groups || kept(d, i)->index >= table_groups_own(d->v->groups));
}

/* That change; of groups it is what they are made of. */
static inline struct value change(const struct drawing *d, const struct row *row, int i)
{
    size_t column = kept(d, i)->index;
    return d->v->groups ? row_get(row, column) : mark_change(d->ctx->mark, d->v->table, row, column);
}

/* The text of a cell by its line on screen; d->rows is the line of sums. */
static inline const char *text_of(const struct drawing *d, size_t r, int i)
{
    return d->texts.s + d->offsets[r * (size_t)d->n + (size_t)i];
}

/* table_text.c: the texts of all cells on screen, and which of them changed a moment ago; the sums of marked rows as one more
 * line of them. */
void table_text_make(struct drawing *d);
/* Appends the heads of a matrix, of the row under the cursor; false where a column is none, or has none. */
bool table_text_heads(const struct drawing *d, int i, struct str *out);
void table_text_changes(struct drawing *d);
void table_text_total(struct drawing *d);

/* table_empty.c: what is said where no row is. Returns the lines used. */
int table_empty_draw(const struct table_view *v, const struct context *ctx, struct cells *c, struct rect box);

#endif
