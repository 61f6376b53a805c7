/* Subscriptions' expressions and orders. */
#include "stream/filter.h"
#include "base/mem.h"
#include "expr/expr.h"

#include <stdlib.h>
#include <string.h>

struct stream_filter {
    struct expr *where; /* NULL: all */
    char *where_text, *sort;
    size_t limit;
    bool timed;
    const struct table *t;
    struct expr_order order;
};

int stream_filter_new(const char *where, const char *sort, size_t limit, struct stream_filter **ret, struct error *err)
{
    struct expr *e = NULL;
    if (where && *where) {
        int rc = expr_parse(where, &e, NULL, err);
        if (rc)
            return rc;
    }
    struct stream_filter *f = mem_new(struct stream_filter);
    *f = (struct stream_filter){
        .where = e,
        .where_text = mem_strdup(where ? where : ""),
        .sort = mem_strdup(sort ? sort : ""),
        .limit = limit,
    };
    *ret = f;
    return 0;
}

void stream_filter_free(struct stream_filter *f)
{
    if (!f)
        return;
    expr_free(f->where);
    free(f->where_text);
    free(f->sort);
    free(f);
}

/* An expression changes with time only through the age of a time column, which it must name. A name
 * within a longer word counts too: then rows are looked at more often than needed. */
static bool names_a_time(const char *text, const struct table *t)
{
    for (size_t i = 0; i < table_ncolumns(t); i++)
        if (table_column(t, i)->type == COLUMN_TIME && strcasestr(text, table_column(t, i)->name))
            return true;
    return false;
}

int stream_filter_bind(struct stream_filter *f, const struct table *t, struct error *err)
{
    struct expr_order order = {.nkeys = 0};
    int rc = f->where ? expr_bind(f->where, t, NULL, err) : 0;
    if (!rc && *f->sort)
        rc = expr_order_parse(f->sort, t, &order, err);
    if (rc)
        return rc;
    f->order = order;
    f->t = t;
    f->timed = f->where && names_a_time(f->where_text, t);
    return 0;
}

bool stream_filter_all(const struct stream_filter *f)
{
    return !f->where && !f->limit;
}

bool stream_filter_whole(const struct stream_filter *f)
{
    return f->limit || f->timed;
}

bool stream_filter_timed(const struct stream_filter *f)
{
    return f->timed;
}

bool stream_filter_matches(const struct stream_filter *f, const struct row *r, int64_t now_ms)
{
    return !f->where || expr_matches(f->where, r, now_ms);
}

/* The first `limit` rows are kept in a heap whose root is the last of them. */
struct heap {
    const struct stream_filter *f;
    const struct row **rows;
    size_t n, room;
};

static bool before(const struct heap *h, const struct row *a, const struct row *b)
{
    return expr_order_compare(&h->f->order, h->f->t, a, b) < 0;
}

static void sift_up(struct heap *h, const struct row *r)
{
    size_t i = h->n++;
    for (; i && before(h, h->rows[(i - 1) / 2], r); i = (i - 1) / 2)
        h->rows[i] = h->rows[(i - 1) / 2];
    h->rows[i] = r;
}

static void replace_root(struct heap *h, const struct row *r)
{
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && before(h, h->rows[child], h->rows[child + 1]))
            child++;
        if (!before(h, r, h->rows[child]))
            break;
        h->rows[i] = h->rows[child];
    }
    h->rows[i] = r;
}

static void offer(struct heap *h, const struct row *r)
{
    if (h->n == h->f->limit) {
        if (before(h, r, h->rows[0]))
            replace_root(h, r);
        return;
    }
    if (h->n == h->room) {
        h->room = h->room ? h->room * 2 : 64;
        h->rows = mem_realloc(h->rows, h->room, sizeof *h->rows);
    }
    sift_up(h, r);
}

void stream_filter_select(const struct stream_filter *f, int64_t now_ms, struct stream_ids *ids)
{
    struct heap h = {.f = f};
    for (const struct row *r = table_first(f->t); r; r = row_next(r)) {
        if (!stream_filter_matches(f, r, now_ms))
            continue;
        if (f->limit)
            offer(&h, r);
        else
            stream_ids_put(ids, row_id(r), 0);
    }
    for (size_t i = 0; i < h.n; i++)
        stream_ids_put(ids, row_id(h.rows[i]), 0);
    free(h.rows);
}
