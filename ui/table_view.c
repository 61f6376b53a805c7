/* The model of a list: which rows in which order, where the cursor is, which columns. Drawing is in
 * table_draw.c. */
#include "ui/table_view.h"

#include "ui/table_view_internal.h"

#include "base/limits.h"
#include "base/mem.h"

#include <string.h>

struct table_view *table_view_new(const struct view_pane *pane, const char *where)
{
    struct table_view *v = mem_new(struct table_view);
    v->pane = pane;
    v->where_text = mem_strdup(where ? where : "");
    v->filter_text = mem_strdup("");
    v->sort = -1;
    v->page = 1;
    return v;
}

static void unbind(struct table_view *v)
{
    expr_free(v->where);
    expr_free(v->filter);
    expr_free(v->search);
    v->where = v->filter = v->search = NULL;
    v->rows.n = v->all.n = 0;
    v->all_old = true;
    v->table = NULL;
}

static void drop_columns(struct table_view *v)
{
    for (size_t i = 0; i < v->columns.n; i++)
        free(v->columns.items[i].name);
    v->columns.n = 0;
}

void table_view_free(struct table_view *v)
{
    if (!v)
        return;
    unbind(v);
    drop_columns(v);
    vec_done(&v->columns);
    vec_done(&v->rows);
    vec_done(&v->all);
    str_done(&v->selected_key);
    free(v->where_text);
    free(v->filter_text);
    free(v->search_text);
    free(v->columns_text);
    free(v->then_text);
    free(v);
}

const struct view_pane *table_view_pane(const struct table_view *v)
{
    return v->pane;
}

const char *table_view_where(const struct table_view *v)
{
    return v->where_text;
}

/* ---- columns ---- */

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

/* Does a condition set the column to one value? */
static bool names_column(const char *where, const char *name)
{
    char *text = mem_printf("%s = ", name);
    const char *at = strstr(where, text);
    bool found = at && (at == where || at[-1] == ' ');
    free(text);
    return found;
}

static void add_column(struct table_view *v, const struct table_view_columns *old, size_t index, bool shown)
{
    const char *name = table_column(v->table, index)->name;
    for (size_t i = 0; i < v->columns.n; i++) {
        if (v->columns.items[i].index == index)
            return;
    }
    for (size_t i = 0; i < old->n; i++) {
        if (strcmp(old->items[i].name, name) == 0)
            shown = old->items[i].shown;
    }
    vec_push(
        &v->columns,
        ((struct table_view_column){
            .name = mem_strdup(name), .index = index, .shown = shown, .given = names_column(v->where_text, name)}));
}

/* The declared columns by their names, then the others; what the user chose before stays. */
static void make_columns(struct table_view *v)
{
    struct table_view_columns old = v->columns;
    char *sorted = v->sort >= 0 ? mem_strdup(old.items[v->sort].name) : NULL;
    memset(&v->columns, 0, sizeof v->columns);
    const char *list = v->columns_text ? v->columns_text : v->pane->columns;
    size_t n = table_ncolumns(v->table), nkeys = table_nkeys(v->table);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < nkeys; i++) {
            const struct column *c = table_column(v->table, i);
            if ((c->priority > 0) == (pass > 0) && !listed(list, c->name, true) && !listed(list, c->name, false))
                add_column(v, &old, i, !(c->flags & COLUMN_HIDDEN));
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
                add_column(v, &old, (size_t)i, true);
        }
        list += len;
    }
    for (size_t i = 0; i < n; i++)
        add_column(v, &old, i, !list && !(table_column(v->table, i)->flags & COLUMN_HIDDEN));
    v->sort = -1;
    for (size_t i = 0; i < v->columns.n && sorted; i++) {
        if (strcmp(v->columns.items[i].name, sorted) == 0)
            v->sort = (int)i;
    }
    free(sorted);
    for (size_t i = 0; i < old.n; i++)
        free(old.items[i].name);
    vec_done(&old);
}

/* A key column that says the same in every row needs no room, but for the one the rows are known
 * by. */
static void find_constant(struct table_view *v)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        struct table_view_column *c = &v->columns.items[i];
        const struct column *d = table_column(v->table, c->index);
        c->constant = (d->flags & COLUMN_KEY) && c->index + 1 < table_nkeys(v->table) &&
                      !listed(v->pane->columns, c->name, false) && v->rows.n > 0;
        for (size_t r = 1; r < v->rows.n && c->constant; r++)
            c->constant = value_compare(d->type, row_get(v->rows.items[r].row, c->index),
                                        row_get(v->rows.items[0].row, c->index)) == 0;
    }
}

/* ---- expressions ---- */

static struct expr *compile(const struct table *t, const char *text, size_t *at, struct error *err, int *rc)
{
    struct expr *e = NULL;
    *rc = expr_parse(text, &e, at, err);
    if (*rc == 0 && (*rc = expr_bind(e, t, at, err)) < 0) {
        expr_free(e);
        e = NULL;
    }
    return e;
}

static struct expr *compile_quietly(const struct table *t, const char *text)
{
    int rc;
    return text && *text ? compile(t, text, NULL, NULL, &rc) : NULL;
}

/* The columns to sort by behind the first. */
static void add_further_keys(struct table_view *v)
{
    struct expr_order then;
    if (!v->then_text || expr_order_parse(v->then_text, v->table, &then, NULL) < 0)
        return;
    for (size_t i = 0; i < then.nkeys && v->order.nkeys < EXPR_ORDER_KEYS; i++) {
        then.keys[i].descending ^= v->then_inverted;
        v->order.keys[v->order.nkeys++] = then.keys[i];
    }
}

static void make_order(struct table_view *v)
{
    memset(&v->order, 0, sizeof v->order);
    if (v->sort >= 0) {
        const struct table_view_column *c = &v->columns.items[v->sort];
        v->order.keys[0].column = c->index;
        v->order.keys[0].descending = (table_column(v->table, c->index)->flags & COLUMN_WORST_HIGH) != 0;
        v->order.nkeys = 1;
        add_further_keys(v);
    } else if (v->pane->sort) {
        struct expr_order order;
        if (expr_order_parse(v->pane->sort, v->table, &order, NULL) == 0)
            v->order = order;
    }
    for (size_t i = 0; i < v->order.nkeys; i++)
        v->order.keys[i].descending ^= v->inverted;
}

static void bind(struct table_view *v, const struct context *ctx)
{
    const struct store *store = ctx->store;
    if (v->epoch == ctx->epoch && v->schema == store_schema_version(store) && v->table)
        return;
    unbind(v);
    if (v->epoch != ctx->epoch)
        v->selected = UINT64_MAX; /* the numbers of rows are another store's: by key, then */
    v->epoch = ctx->epoch;
    v->schema = store_schema_version(store);
    v->table = store_find(store, v->pane->table);
    v->dirty = true;
    if (!v->table)
        return;
    make_columns(v);
    make_order(v);
    v->where = compile_quietly(v->table, v->where_text);
    v->where_bad = !v->where && *v->where_text;
    v->filter = compile_quietly(v->table, v->filter_text);
    v->search = compile_quietly(v->table, v->search_text);
}

int table_view_filter(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err)
{
    if (ctx->store)
        bind(v, ctx);
    if (!v->table)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    int rc;
    struct expr *e = compile(v->table, text, at, err, &rc);
    if (rc < 0)
        return rc;
    expr_free(v->filter);
    v->filter = e;
    free(v->filter_text);
    v->filter_text = mem_strdup(text);
    if (*text) {
        free(v->search_text);
        v->search_text = mem_strdup(text);
        expr_free(v->search);
        v->search = compile_quietly(v->table, text);
    }
    v->dirty = true;
    v->widths_old = true;
    return 0;
}

const char *table_view_filter_text(const struct table_view *v)
{
    return v->filter_text;
}

/* ---- rows ---- */

static void remember_selected(struct table_view *v)
{
    if (v->at >= v->rows.n)
        return;
    const struct table_view_row *r = &v->rows.items[v->at];
    v->selected = r->id;
    str_clear(&v->selected_key);
    table_key_bytes(v->table, r->row, &v->selected_key);
}

/* Where the row is that the cursor was on: by its number, else (the collector began anew) by its
 * key. */
static bool find_selected(const struct table_view *v, size_t *at)
{
    for (size_t i = 0; i < v->rows.n; i++) {
        if (v->rows.items[i].id == v->selected) {
            *at = i;
            return true;
        }
    }
    struct value key[LIMITS_TABLE_COLUMNS];
    if (table_key_decode(v->table, str_text(&v->selected_key), v->selected_key.len, key))
        return false;
    const struct row *r = table_find(v->table, key);
    table_key_done(v->table, key);
    for (size_t i = 0; i < v->rows.n && r; i++) {
        if (v->rows.items[i].row == r) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* After the rows changed: the cursor goes where its row went, and the row stays on its line of the
 * screen. A cursor that was never moved stays on top, where the worst comes. */
static void follow(struct table_view *v)
{
    size_t line = v->at - (v->top < v->at ? v->top : v->at);
    size_t at;
    if (!v->moved) {
        v->at = v->top = 0;
    } else if (find_selected(v, &at)) {
        v->at = at;
        v->top = at > line ? at - line : 0;
    } else if (v->at >= v->rows.n) {
        v->at = v->rows.n ? v->rows.n - 1 : 0;
    }
    remember_selected(v);
}

/* Those that have gone must not be touched. */
static void drop_gone(const struct table *t, struct table_view_row *rows, size_t *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        struct table_view_row r = rows[i];
        r.row = table_by_id(t, r.id);
        if (r.row)
            rows[kept++] = r;
    }
    *n = kept;
}

/* Puts the rows that are new since all_seq behind the others; false if none is. */
static bool add_new(struct table_view *v, const struct context *ctx)
{
    size_t before = v->all.n;
    for (const struct row *r = table_changed_after(v->table, v->all_seq); r && !v->where_bad; r = row_next(r)) {
        if (row_born(r) > v->all_seq && (!v->where || expr_matches(v->where, r, ctx->format.now_ms)))
            vec_push(&v->all, ((struct table_view_row){.row = r, .id = row_id(r)}));
    }
    return v->all.n > before;
}

/* Brings all rows up to date: which there are, and how bad each is. */
static void refresh_all(struct table_view *v, const struct context *ctx)
{
    bool judged = !v->pane->plain && v->sort < 0;
    if (v->where || v->all_old) { /* a condition may let in any of them now */
        v->all.n = 0;
        v->all_seq = 0;
    } else {
        drop_gone(v->table, v->all.items, &v->all.n);
    }
    if (add_new(v, ctx))
        row_order_by_key(v->table, v->all.items, v->all.n);
    for (size_t i = 0; i < v->all.n; i++) {
        struct table_view_row *r = &v->all.items[i];
        r->severity = judged ? verdicts_row(ctx->verdicts, ctx, v->table, r->row, NULL) : 0;
    }
    v->all_seq = v->pointers_seq = table_seq(v->table);
    v->all_old = false;
}

/* Chooses from all rows and sorts them. */
static void rebuild(struct table_view *v, const struct context *ctx)
{
    bool judged = !v->pane->plain && v->sort < 0;
    v->rows.n = 0;
    v->total = v->all.n;
    memset(v->severe, 0, sizeof v->severe);
    vec_reserve(&v->rows, v->all.n);
    for (size_t i = 0; i < v->all.n; i++) {
        const struct table_view_row *r = &v->all.items[i];
        if (v->filter && !expr_matches(v->filter, r->row, ctx->format.now_ms))
            continue;
        v->severe[r->severity]++;
        v->rows.items[v->rows.n++] = *r;
    }
    row_order_sort(v->table, &v->order, v->rows.items, v->rows.n, judged, v->inverted);
    find_constant(v);
    follow(v);
}

/* Whether the table is no longer what is listed, and it is time to look. */
static bool outdated(const struct table_view *v, const struct context *ctx)
{
    if (v->all_old)
        return true;
    int64_t now = ctx->format.now_ms;
    bool ages = v->where || v->filter || (!v->pane->plain && v->sort < 0);
    bool later = ages && (now < v->built_ms || now >= v->built_ms + 1000);
    return (table_seq(v->table) != v->seq || later) && context_afford(ctx, v->built_us, v->cost_us);
}

/* Rows that were removed since must not be touched. */
static void refresh_pointers(struct table_view *v)
{
    drop_gone(v->table, v->all.items, &v->all.n);
    drop_gone(v->table, v->rows.items, &v->rows.n);
    if (v->at >= v->rows.n)
        v->at = v->rows.n ? v->rows.n - 1 : 0;
    v->pointers_seq = table_seq(v->table);
}

/* A key that chooses or sorts is answered from the rows as they were looked at last, unless it is time anyway: then, and
 * else from time to time, all are looked at again. */
void table_view_update(struct table_view *v, const struct context *ctx)
{
    if (!ctx->store) {
        unbind(v);
        return;
    }
    bind(v, ctx);
    if (!v->table)
        return;
    int64_t began = clock_mono_us(store_clock(ctx->store));
    bool look = outdated(v, ctx);
    if (look)
        refresh_all(v, ctx);
    else if (v->pointers_seq != table_seq(v->table))
        refresh_pointers(v);
    if (look || v->dirty)
        rebuild(v, ctx);
    v->dirty = false;
    if (look) {
        v->seq = v->all_seq;
        v->built_ms = ctx->format.now_ms;
        v->built_us = clock_mono_us(store_clock(ctx->store));
        v->cost_us = v->built_us - began;
    }
}

size_t table_view_count(const struct table_view *v)
{
    return v->rows.n;
}

size_t table_view_total(const struct table_view *v)
{
    return v->total;
}

size_t table_view_severe(const struct table_view *v, enum severity s)
{
    return v->severe[s];
}

const struct row *table_view_selected(const struct table_view *v)
{
    return v->at < v->rows.n ? v->rows.items[v->at].row : NULL;
}

const struct table *table_view_table(const struct table_view *v)
{
    return v->table;
}

/* ---- what keys do ---- */

static void move_to(struct table_view *v, size_t at)
{
    v->at = at;
    v->moved = true;
    remember_selected(v);
}

void table_view_enter(struct table_view *v, bool last)
{
    if (v->rows.n)
        move_to(v, last ? v->rows.n - 1 : 0);
}

static bool step(struct table_view *v, long rows)
{
    long last = (long)v->rows.n - 1;
    long at = (long)v->at + rows;
    if (last < 0 || (rows < 0 && v->at == 0) || (rows > 0 && (long)v->at == last))
        return false;
    move_to(v, (size_t)(at < 0 ? 0 : at > last ? last : at));
    return true;
}

static bool search(struct table_view *v, int direction)
{
    long n = (long)v->rows.n;
    for (long i = 1; i <= n; i++) {
        long at = (((long)v->at + direction * i) % n + n) % n;
        if (v->search && !expr_matches(v->search, v->rows.items[at].row, v->built_ms))
            continue;
        move_to(v, (size_t)at);
        break;
    }
    return true;
}

static void invert(struct table_view *v)
{
    v->inverted = !v->inverted;
    if (v->table)
        make_order(v);
    v->dirty = true;
}

bool table_view_action(struct table_view *v, enum action action)
{
    long page = v->page > 1 ? v->page - 1 : 1;
    switch (action) {
    case ACTION_ROW_DOWN:
        return step(v, 1);
    case ACTION_ROW_UP:
        return step(v, -1);
    case ACTION_PAGE_DOWN:
        return step(v, page);
    case ACTION_PAGE_UP:
        return step(v, -page);
    case ACTION_FIRST:
        table_view_enter(v, false);
        v->moved = false;
        return true;
    case ACTION_LAST:
        table_view_enter(v, true);
        return true;
    case ACTION_NEXT:
        return search(v, 1);
    case ACTION_PREVIOUS:
        return search(v, -1);
    case ACTION_LEFT:
        v->scrolled -= v->scrolled > 0;
        return true;
    case ACTION_RIGHT:
        v->scrolled += v->cut;
        return true;
    case ACTION_INVERT:
        invert(v);
        return true;
    default:
        return false;
    }
}

bool table_view_click(struct table_view *v, int y)
{
    if (y < v->first_line || y >= v->first_line + v->page || v->top + (size_t)(y - v->first_line) >= v->rows.n)
        return false;
    move_to(v, v->top + (size_t)(y - v->first_line));
    return true;
}

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
    if (i < v->columns.n)
        v->columns.items[i].shown = !v->columns.items[i].shown;
}

void table_view_sort(struct table_view *v, int i)
{
    free(v->then_text);
    v->then_text = NULL;
    v->sort = i < (int)v->columns.n ? i : -1;
    v->all_old |= v->sort < 0; /* then they are judged */
    v->inverted = false;
    if (v->table)
        make_order(v);
    v->dirty = true;
}

int table_view_sorted(const struct table_view *v)
{
    return v->sort;
}

bool table_view_inverted(const struct table_view *v)
{
    return v->inverted;
}

/* ---- by name ---- */

/* The place of a column among those of the list. */
static int place_of(const struct table_view *v, size_t index)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        if (v->columns.items[i].index == index)
            return (int)i;
    }
    return -1;
}

int table_view_order(struct table_view *v, const struct context *ctx, const char *text, struct error *err)
{
    struct expr_order order;
    if (ctx->store)
        bind(v, ctx);
    if (!v->table)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    int rc = expr_order_parse(text, v->table, &order, err);
    if (rc < 0)
        return rc;
    if (!*text || !order.nkeys) {
        table_view_sort(v, -1);
        return 0;
    }
    table_view_sort(v, place_of(v, order.keys[0].column));
    bool usual = (table_column(v->table, order.keys[0].column)->flags & COLUMN_WORST_HIGH) != 0;
    v->inverted = order.keys[0].descending != usual;
    const char *then = strchr(text, ',');
    v->then_text = then ? mem_strdup(then + 1) : NULL;
    v->then_inverted = v->inverted;
    make_order(v);
    return 0;
}

/* The declaration's columns again, or those of columns_text; what it is sorted by stays. */
static void make_columns_anew(struct table_view *v)
{
    const struct column *sorted = v->sort >= 0 ? table_column(v->table, v->columns.items[v->sort].index) : NULL;
    drop_columns(v);
    v->sort = -1;
    make_columns(v);
    if (sorted)
        v->sort = place_of(v, (size_t)table_column_index(v->table, sorted->name));
    v->dirty = v->widths_old = true;
    v->scrolled = 0;
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

int table_view_choose(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err)
{
    if (ctx->store)
        bind(v, ctx);
    if (!v->table)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    struct str names = {0};
    char sign;
    size_t index;
    for (const char *p = text; *p;) {
        int rc = next_name(v, &p, &sign, &index, err);
        if (rc < 0) {
            *at = (size_t)(p - text);
            str_done(&names);
            return rc;
        }
        if (!sign)
            str_printf(&names, "%s%s", names.len ? " " : "", table_column(v->table, index)->name);
    }
    if (names.len || !*text) {
        free(v->columns_text);
        v->columns_text = names.len ? mem_strdup(str_text(&names)) : NULL;
        make_columns_anew(v);
    }
    str_done(&names);
    for (const char *p = text; *p;) {
        next_name(v, &p, &sign, &index, NULL);
        int i = place_of(v, index);
        if (sign && i >= 0)
            v->columns.items[i].shown = sign == '+';
    }
    v->widths_old = true;
    return 0;
}

int table_view_page(const struct table_view *v)
{
    return v->page;
}

void table_view_rows(const struct table_view *v, const struct row **rows)
{
    for (size_t i = 0; i < v->rows.n; i++)
        rows[i] = v->rows.items[i].row;
}

void table_view_order_text(const struct table_view *v, struct str *out)
{
    for (size_t i = 0; v->table && i < v->order.nkeys; i++) {
        const struct expr_order_key *k = &v->order.keys[i];
        str_printf(out, "%s%s%s", i ? ", " : "", table_column(v->table, k->column)->name,
                   k->descending ? " desc" : " asc");
    }
}
