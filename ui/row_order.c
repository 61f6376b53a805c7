/* One stable merge sort for each column of an order, the last one first, over numbers that stand for the cells. */
#include "ui/row_order.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row and what it is sorted by: smaller is first. */
struct item {
    uint64_t rank;
    struct table_view_row row;
};

struct sorting {
    const struct table *table;
    size_t column;
    bool text, descending; /* text: rows of one rank are compared by the whole text */
};

static uint64_t rank_of_int(int64_t i)
{
    return (uint64_t)i ^ UINT64_C(1) << 63;
}

/* NaN before all numbers; -0 and 0 are one. */
static uint64_t rank_of_real(double d)
{
    uint64_t bits;
    if (isnan(d))
        return 0;
    d += 0.0;
    memcpy(&bits, &d, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* The first eight bytes. */
static uint64_t rank_of_text(const struct name *n)
{
    uint64_t rank = 0;
    for (uint32_t i = 0; i < sizeof rank; i++)
        rank = rank << 8 | (i < n->len ? (unsigned char)n->raw[i] : 0);
    return rank;
}

static uint64_t rank_of(enum column_type type, struct value v)
{
    return type == COLUMN_TEXT ? rank_of_text(v.s) : type == COLUMN_REAL ? rank_of_real(v.d) : rank_of_int(v.i);
}

/* Must b go before a, which stands before it? */
static bool misplaced(const struct sorting *s, const struct item *a, const struct item *b)
{
    if (a->rank != b->rank || !s->text)
        return b->rank < a->rank;
    struct value va = row_get(a->row.row, s->column), vb = row_get(b->row.row, s->column);
    int c = va.s == vb.s ? 0 : value_compare(COLUMN_TEXT, va, vb);
    return s->descending ? c < 0 : c > 0;
}

static void merge(const struct sorting *s, const struct item *from, size_t middle, size_t n, struct item *to)
{
    size_t a = 0, b = middle, at = 0;
    while (a < middle && b < n)
        to[at++] = misplaced(s, &from[a], &from[b]) ? from[b++] : from[a++];
    memcpy(to + at, from + a, (middle - a) * sizeof *to);
    memcpy(to + at + (middle - a), from + b, (n - b) * sizeof *to);
}

/* Bottom up, from runs of one; what is in order already is left as it is. */
static void sort(const struct sorting *s, struct item *items, size_t n)
{
    size_t in_order = 1;
    while (in_order < n && !misplaced(s, &items[in_order - 1], &items[in_order]))
        in_order++;
    if (in_order >= n)
        return;
    struct item *from = items, *to = mem_calloc(n, sizeof *to), *other = to;
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t at = 0; at < n; at += 2 * run) {
            size_t size = n - at < 2 * run ? n - at : 2 * run;
            merge(s, from + at, run < size ? run : size, size, to + at);
        }
        struct item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, n * sizeof *items);
    free(other);
}

/* Sorts by one column; unknown ones come last, in either direction. */
static void sort_by_column(const struct table *t, size_t column, bool descending, const struct row_order_values *values,
                           struct item *items, size_t n)
{
    enum column_type type = table_column(t, column)->type;
    const struct sorting s = {.table = t, .column = column, .text = type == COLUMN_TEXT, .descending = descending};
    struct item *unknown = mem_calloc(n ? n : 1, sizeof *unknown);
    size_t known = 0, nunknown = 0;
    for (size_t i = 0; i < n; i++) {
        struct value v =
            values ? values->get(values->arg, items[i].row.row, column) : row_get(items[i].row.row, column);
        if (v.quality == QUALITY_UNKNOWN) {
            unknown[nunknown++] = items[i];
            continue;
        }
        items[known] = items[i];
        items[known].rank = descending ? ~rank_of(type, v) : rank_of(type, v);
        known++;
    }
    sort(&s, items, known);
    memcpy(items + known, unknown, nunknown * sizeof *items);
    free(unknown);
}

static struct item *wrap(const struct table_view_row *rows, size_t n)
{
    struct item *items = mem_calloc(n ? n : 1, sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i].row = rows[i];
    return items;
}

static void unwrap(struct item *items, struct table_view_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rows[i] = items[i].row;
    free(items);
}

void row_order_by_key(const struct table *t, struct table_view_row *rows, size_t n)
{
    struct item *items = wrap(rows, n);
    for (size_t i = table_nkeys(t); i-- > 0;)
        sort_by_column(t, i, false, NULL, items, n);
    unwrap(items, rows, n);
}

void row_order_sort(const struct table *t, const struct expr_order *order, struct table_view_row *rows, size_t n,
                    const struct row_order_values *values, bool judged, bool inverted)
{
    struct item *items = wrap(rows, n);
    for (size_t i = order->nkeys; i-- > 0;)
        sort_by_column(t, order->keys[i].column, order->keys[i].descending, values, items, n);
    const struct sorting by_severity = {.table = t};
    for (size_t i = 0; i < n && judged; i++)
        items[i].rank = inverted ? (uint64_t)items[i].row.severity : UINT64_MAX - (uint64_t)items[i].row.severity;
    if (judged)
        sort(&by_severity, items, n);
    unwrap(items, rows, n);
}

/* Where a row is in a list. */
struct place_of {
    uint64_t id;
    size_t at;
};

static int by_id(const void *a, const void *b)
{
    const struct place_of *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

bool row_order_keep(const struct table_view_row *before, struct table_view_row *rows, size_t n)
{
    if (n > ROW_ORDER_KEPT)
        return false;
    struct place_of *places = mem_calloc(n + 1, sizeof *places);
    struct table_view_row *kept = mem_calloc(n + 1, sizeof *kept);
    for (size_t i = 0; i < n; i++)
        places[i] = (struct place_of){before[i].id, i};
    qsort(places, n, sizeof *places, by_id);
    bool same = true;
    for (size_t i = 0; i < n && same; i++) {
        const struct place_of *p = bsearch(&(struct place_of){.id = rows[i].id}, places, n, sizeof *places, by_id);
        same = p && before[p->at].severity == rows[i].severity;
        if (same)
            kept[p->at] = rows[i];
    }
    if (same && n)
        memcpy(rows, kept, n * sizeof *rows);
    free(places);
    free(kept);
    return same;
}
