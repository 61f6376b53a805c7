/* The columns of a list: which are shown, in which order and how wide, by which the rows are sorted; and all that as a text,
 * so that it outlives the list. */
#include "ui/table_view_internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the name a word of the list? */
static bool listed(const char *list, const char *name, bool hidden)
{
    size_t len = strlen(name);
    while (list && *list) {
        list += strspn(list, " ");
        size_t n = strcspn(list, " ");
        bool minus = *list == '-';
        if (minus == hidden && n == len + minus && memcmp(list + minus, name, len) == 0)
            return true;
        list += n;
    }
    return false;
}

bool table_columns_listed(const char *list, const char *name)
{
    return listed(list, name, false);
}

/* Does a condition set the column to one value? */
static bool names_column(const char *where, const char *name)
{
    char *text = mem_printf("%s = ", name);
    const char *at = strstr(where, text);
    bool found = at && (at == where || at[-1] == ' ');
    free(text);
    return found;
}

static int position(const struct table_view *v, const char *name)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        if (strcmp(v->columns.items[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static void add_column(struct table_view *v, const struct table_view_columns *old, size_t index, bool shown)
{
    struct table_view_column c = {.index = index, .shown = shown};
    const char *name = table_column(v->table, index)->name;
    if (position(v, name) >= 0)
        return;
    for (size_t i = 0; i < old->n; i++) {
        if (strcmp(old->items[i].name, name) == 0) {
            c.shown = old->items[i].shown;
            c.chosen = old->items[i].chosen;
            c.wide = old->items[i].wide;
        }
    }
    c.name = mem_strdup(name);
    c.given = names_column(v->where_text, name);
    vec_push(&v->columns, c);
}

static void add_declared(struct table_view *v, const struct table_view_columns *old)
{
    const char *list = table_grouping_columns(v);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < table_nkeys(v->table); i++) {
            const struct column *c = table_column(v->table, i);
            if ((c->priority > 0) == (pass > 0) && !listed(list, c->name, true) && !listed(list, c->name, false))
                add_column(v, old, i, !(c->flags & COLUMN_HIDDEN));
        }
    }
    while (list && *list) {
        char name[64];
        list += strspn(list, " ");
        size_t len = strcspn(list, " ");
        if (len > 0 && len < sizeof name && *list != '-') {
            memcpy(name, list, len);
            name[len] = '\0';
            int i = table_column_index(v->table, name);
            if (i >= 0)
                add_column(v, old, (size_t)i, true);
        }
        list += len;
    }
    for (size_t i = 0; i < table_ncolumns(v->table); i++)
        add_column(v, old, i, !table_grouping_columns(v) && !(table_column(v->table, i)->flags & COLUMN_HIDDEN));
}

static void drop(struct table_view_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++)
        free(columns->items[i].name);
    vec_done(columns);
}

/* What the user moved first, in that order; then the declared columns by their names, then the others. What the user chose
 * before stays. */
static void make(struct table_view *v, bool keep)
{
    struct table_view_columns old = v->columns, none = {0};
    memset(&v->columns, 0, sizeof v->columns);
    for (size_t i = 0; i < old.n && v->moved_columns && keep; i++) {
        int index = table_column_index(v->table, old.items[i].name);
        if (index >= 0)
            add_column(v, &old, (size_t)index, true);
    }
    add_declared(v, keep ? &old : &none);
    v->nkeys = table_nkeys(v->table);
    drop(&old);
}

void table_columns_make(struct table_view *v)
{
    make(v, true);
}

void table_columns_done(struct table_view *v)
{
    drop(&v->columns);
    for (size_t i = 0; i < v->nsorts; i++)
        free(v->sorts[i].name);
    v->nsorts = 0;
    free(v->restored);
    v->restored = NULL;
}

/* A key column that says the same in every row needs no room, but for the one the rows are known
 * by. */
void table_columns_compare(struct table_view *v)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        struct table_view_column *c = &v->columns.items[i];
        const struct column *d = table_column(v->table, c->index);
        c->constant = (d->flags & COLUMN_KEY) && c->index + 1 < table_nkeys(v->table) &&
                      !listed(table_grouping_columns(v), c->name, false) && !c->chosen && v->rows.n > 0;
        for (size_t r = 1; r < v->rows.n && c->constant; r++)
            c->constant = value_compare(d->type, row_get(v->rows.items[r].row, c->index),
                                        row_get(v->rows.items[0].row, c->index)) == 0;
    }
}

/* ---- order ---- */

static bool worst_is_high(const struct table_view *v, const char *name)
{
    int i = v->table ? table_column_index(v->table, name) : -1;
    return i >= 0 && (table_column(v->table, (size_t)i)->flags & COLUMN_WORST_HIGH);
}

void table_columns_order(struct table_view *v)
{
    memset(&v->order, 0, sizeof v->order);
    for (size_t i = 0; i < v->nsorts; i++) {
        int index = table_column_index(v->table, v->sorts[i].name);
        if (index >= 0)
            v->order.keys[v->order.nkeys++] =
                (struct expr_order_key){.column = (size_t)index, .descending = v->sorts[i].descending};
    }
    if (v->nsorts || !v->pane->sort)
        return;
    struct expr_order order;
    if (expr_order_parse(v->pane->sort, v->table, &order, NULL) == 0)
        v->order = order;
    for (size_t i = 0; i < v->order.nkeys; i++)
        v->order.keys[i].descending ^= v->inverted;
}

static void reorder(struct table_view *v)
{
    if (v->table)
        table_columns_order(v);
    v->dirty = true;
    v->all_old |= v->nsorts == 0 && !v->all_judged && !v->pane->plain; /* then they are judged */
}

static void drop_sorts(struct table_view *v, size_t from)
{
    while (v->nsorts > from)
        free(v->sorts[--v->nsorts].name);
}

void table_view_sort_then(struct table_view *v, size_t level, int i)
{
    if (level > v->nsorts || level >= EXPR_ORDER_KEYS)
        return;
    drop_sorts(v, level);
    v->inverted = false;
    if (i >= 0 && i < (int)v->columns.n) {
        const char *name = v->columns.items[i].name;
        v->sorts[v->nsorts++] = (struct table_view_sort){mem_strdup(name), worst_is_high(v, name)};
    }
    reorder(v);
}

void table_view_sort(struct table_view *v, int i)
{
    table_view_sort_then(v, 0, i);
}

int table_view_order(struct table_view *v, const struct context *ctx, const char *text, struct error *err)
{
    struct expr_order order;
    if (ctx && ctx->store)
        table_view_bind(v, ctx);
    if (!v->table)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    int rc = expr_order_parse(text, v->table, &order, err);
    if (rc < 0)
        return rc;
    drop_sorts(v, 0);
    v->inverted = false;
    for (size_t i = 0; *text && i < order.nkeys; i++)
        v->sorts[v->nsorts++] = (struct table_view_sort){mem_strdup(table_column(v->table, order.keys[i].column)->name),
                                                         order.keys[i].descending};
    reorder(v);
    return 0;
}

void table_view_order_text(const struct table_view *v, struct str *out)
{
    for (size_t i = 0; v->table && i < v->order.nkeys; i++) {
        const struct expr_order_key *k = &v->order.keys[i];
        str_printf(out, "%s%s%s", i ? ", " : "", table_column(v->table, k->column)->name,
                   k->descending ? " desc" : " asc");
    }
}

int table_view_sorted(const struct table_view *v)
{
    return v->nsorts ? position(v, v->sorts[0].name) : -1;
}

int table_view_sort_level(const struct table_view *v, int i)
{
    for (size_t k = 0; k < v->nsorts && i >= 0 && i < (int)v->columns.n; k++) {
        if (strcmp(v->sorts[k].name, v->columns.items[i].name) == 0)
            return (int)k;
    }
    return -1;
}

size_t table_view_sort_levels(const struct table_view *v)
{
    return v->nsorts;
}

bool table_view_descending(const struct table_view *v, size_t level)
{
    return level < v->nsorts && v->sorts[level].descending;
}

void table_view_invert(struct table_view *v, size_t level)
{
    if (level < v->nsorts)
        v->sorts[level].descending ^= true;
    else if (v->nsorts == 0)
        v->inverted ^= true;
    reorder(v);
}

bool table_view_inverted(const struct table_view *v)
{
    return v->nsorts ? v->sorts[0].descending != worst_is_high(v, v->sorts[0].name) : v->inverted;
}

/* ---- what is shown ---- */

const struct column *table_view_column(const struct table_view *v, size_t i)
{
    return v->table && i < v->columns.n ? table_column(v->table, v->columns.items[i].index) : NULL;
}

bool table_view_shown(const struct table_view *v, size_t i)
{
    return i < v->columns.n && v->columns.items[i].shown;
}

void table_view_toggle(struct table_view *v, size_t i)
{
    if (i >= v->columns.n)
        return;
    struct table_view_column *c = &v->columns.items[i];
    c->shown = !c->shown;
    c->chosen = c->shown;
    v->arranged = true;
}

/* The column that rows are known by, which stays where it is: the first that is drawn. */
static int name_column(const struct table_view *v)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        const struct table_view_column *c = &v->columns.items[i];
        if (c->shown && !c->given && !c->constant)
            return (int)i;
    }
    return -1;
}

int table_view_move(struct table_view *v, int i, int step)
{
    int to = i + step, name = name_column(v);
    if (i <= name || to <= name || to >= (int)v->columns.n)
        return i;
    struct table_view_column swap = v->columns.items[i];
    v->columns.items[i] = v->columns.items[to];
    v->columns.items[to] = swap;
    v->arranged = v->moved_columns = true;
    return to;
}

void table_view_widen(struct table_view *v, size_t i, int step)
{
    enum { LEAST = 3, MOST = 400 };
    if (i >= v->columns.n)
        return;
    struct table_view_column *c = &v->columns.items[i];
    int now = c->wide ? c->wide : c->drawn;
    now += step;
    c->wide = now < LEAST ? LEAST : now > MOST ? MOST : now;
    c->chosen |= c->shown;
    v->arranged = true;
}

int table_view_width(const struct table_view *v, size_t i)
{
    return i < v->columns.n ? v->columns.items[i].wide : 0;
}

void table_columns_forget(struct table_view *v)
{
    v->arranged = v->moved_columns = false;
    if (v->table)
        make(v, false);
    v->widths_old = true;
    v->scrolled = 0;
    table_view_sort(v, -1);
}

void table_view_reset(struct table_view *v)
{
    table_columns_forget(v);
}

/* One name of a list, with + or - before it or neither; ERR_INVALID. *end is behind it. */
static int next_name(const struct table_view *v, const char **end, char *sign, size_t *index, struct error *err)
{
    const char *p = *end + strspn(*end, ", ");
    *sign = *p == '+' || *p == '-' ? *p++ : '\0';
    size_t len = strcspn(p, ", ");
    char *name = mem_memdup(p, len);
    int i = table_column_index(v->table, name);
    int rc = 0;
    if (i < 0)
        rc = error_set(err, ERR_INVALID, "%s has no column \"%s\"", table_name(v->table), name);
    else
        *index = (size_t)i;
    free(name);
    *end = rc ? p : p + len + strspn(p + len, ", ");
    return rc;
}

static bool has_name(const struct table_view *v, const char *text, size_t column)
{
    char sign;
    size_t index;
    for (const char *p = text; *p;) {
        next_name(v, &p, &sign, &index, NULL);
        if (!sign && index == column)
            return true;
    }
    return false;
}

/* The columns that are named without a sign, behind those that rows are known by; false if there is none. */
static bool name_columns(struct table_view *v, const char *text)
{
    struct table_view_columns none = {0}, old = v->columns;
    char sign;
    size_t index;
    bool any = false;
    memset(&v->columns, 0, sizeof v->columns);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < table_nkeys(v->table); i++) {
            const struct column *c = table_column(v->table, i);
            if ((c->priority > 0) == (pass > 0) && !(pass && has_name(v, text, i)))
                add_column(v, &none, i, !(c->flags & COLUMN_HIDDEN));
        }
    }
    for (const char *p = text; *p;) {
        next_name(v, &p, &sign, &index, NULL);
        if (sign)
            continue;
        add_column(v, &none, index, true);
        struct table_view_column *c = &v->columns.items[position(v, table_column(v->table, index)->name)];
        c->shown = c->chosen = any = true;
    }
    for (size_t i = 0; i < table_ncolumns(v->table); i++)
        add_column(v, &none, i, false);
    if (!any) {
        drop(&v->columns);
        v->columns = old;
        return false;
    }
    drop(&old);
    v->arranged = v->moved_columns = true;
    return true;
}

int table_view_choose(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err)
{
    char sign;
    size_t index;
    if (ctx && ctx->store)
        table_view_bind(v, ctx);
    if (!v->table)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    for (const char *p = text; *p;) {
        int rc = next_name(v, &p, &sign, &index, err);
        if (rc == 0)
            continue;
        if (at)
            *at = (size_t)(p - text);
        return rc;
    }
    if (*text) {
        name_columns(v, text);
    } else {
        v->arranged = v->moved_columns = false;
        make(v, false);
    }
    for (const char *p = text; *p;) {
        next_name(v, &p, &sign, &index, NULL);
        int i = position(v, table_column(v->table, index)->name);
        if (sign && table_view_shown(v, (size_t)i) != (sign == '+'))
            table_view_toggle(v, (size_t)i);
    }
    v->widths_old = v->dirty = true;
    v->scrolled = 0;
    return 0;
}
