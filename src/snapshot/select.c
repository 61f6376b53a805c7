/* Which rows and columns of a table a snapshot has. */
#include "base/mem.h"
#include "snapshot/snapshot.h"

#include <stdlib.h>
#include <string.h>

struct sorting {
    const struct expr_order *order;
    const struct table *table;
};

static int compare_rows(const void *a, const void *b, void *arg)
{
    const struct sorting *s = arg;
    const struct row *const *ra = a, *const *rb = b;
    return expr_order_compare(s->order, s->table, *ra, *rb);
}

static int no_column(const struct table *t, const char *name, struct error *err)
{
    struct str list = {0};
    for (size_t i = 0; i < table_ncolumns(t); i++)
        str_printf(&list, "%s%s", i ? ", " : "", table_column(t, i)->name);
    int rc =
        error_set(err, ERR_INVALID, "table %s has no column \"%s\"; it has: %s", table_name(t), name, str_text(&list));
    str_done(&list);
    return rc;
}

static void add_column(struct snapshot_table *s, size_t column)
{
    for (size_t i = 0; i < s->ncolumns; i++)
        if (s->columns[i] == column)
            return; /* once is enough */
    s->columns[s->ncolumns++] = column;
}

static int add_named(struct snapshot_table *s, const char *name, struct error *err)
{
    const struct table *t = s->table;
    if (strcmp(name, "*") == 0) {
        for (size_t i = 0; i < table_ncolumns(t); i++)
            add_column(s, i);
        return 0;
    }
    int column = table_column_index(t, name);
    if (column < 0)
        return no_column(t, name, err);
    add_column(s, (size_t)column);
    return 0;
}

static int choose_columns(struct snapshot_table *s, const char *list, struct error *err)
{
    static const char blanks[] = " \t";
    size_t n = table_ncolumns(s->table);
    s->columns = mem_calloc(n, sizeof *s->columns);
    s->named = list && *list;
    if (!s->named)
        return add_named(s, "*", err);
    for (const char *p = list;; p++) {
        p += strspn(p, blanks);
        const char *end = p + strcspn(p, ",");
        size_t len = (size_t)(end - p);
        while (len && strchr(blanks, p[len - 1]))
            len--;
        char *name = mem_memdup(p, len);
        int rc = add_named(s, name, err);
        free(name);
        if (rc < 0)
            return rc;
        if (!*end)
            return 0;
        p = end;
    }
}

static int bind(const struct table *t, const struct snapshot_query *q, struct expr **parsed, struct error *err)
{
    size_t at = 0;
    int rc = 0;
    struct expr *e = q->where_parsed;
    if (!e && q->where) {
        rc = expr_parse(q->where, parsed, &at, err);
        e = rc < 0 ? NULL : *parsed;
    }
    if (e)
        rc = expr_bind(e, t, &at, err);
    if (rc < 0)
        error_prefix(err, "condition, character %zu", at + 1);
    return rc;
}

static void choose_rows(struct snapshot_table *s, const struct expr *e, int64_t now_ms)
{
    size_t room = table_nrows(s->table);
    s->rows = mem_calloc(room ? room : 1, sizeof *s->rows);
    for (const struct row *r = table_first(s->table); r; r = row_next(r))
        if (!e || expr_matches(e, r, now_ms))
            s->rows[s->nrows++] = r;
    s->matched = s->nrows;
}

int snapshot_select(const struct table *t, const struct snapshot_query *q, int64_t now_ms, struct snapshot_table *ret,
                    struct error *err)
{
    static const struct snapshot_query everything;
    struct snapshot_table s = {.table = t};
    struct expr_order order;
    struct expr *parsed = NULL;
    if (!q)
        q = &everything;
    int rc = choose_columns(&s, q->columns, err);
    if (rc < 0)
        goto out;
    rc = expr_order_parse(q->sort ? q->sort : "", t, &order, err);
    if (rc < 0)
        goto out;
    rc = bind(t, q, &parsed, err);
    if (rc < 0)
        goto out;
    choose_rows(&s, parsed ? parsed : q->where_parsed, now_ms);
    qsort_r(s.rows, s.nrows, sizeof *s.rows, compare_rows, &(struct sorting){.order = &order, .table = t});
    if (q->limit && s.nrows > q->limit)
        s.nrows = q->limit;
    *ret = s;
out:
    expr_free(parsed);
    if (rc < 0)
        snapshot_table_done(&s);
    return rc;
}

void snapshot_table_done(struct snapshot_table *t)
{
    free(t->columns);
    free(t->rows);
    *t = (struct snapshot_table){0};
}
