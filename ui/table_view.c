/* The model of a list: which rows in which order, where the cursor is, which columns. Drawing is in
 * table_draw.c. */
#include "ui/table_view.h"

#include "ui/table_view_internal.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SETTLE_MS = 10000 };

struct table_view *table_view_new(const struct view_pane *pane, const char *where)
{
    struct table_view *v = mem_new(struct table_view);
    v->pane = pane;
    v->where_text = mem_strdup(where ? where : "");
    v->about_row = pane->where && strchr(pane->where, '{');
    v->filter_text = mem_strdup("");
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
    table_grouping_unbind(v);
    table_flash_done(&v->flash);
    v->source = v->table = NULL;
}

void table_view_free(struct table_view *v)
{
    if (!v)
        return;
    unbind(v);
    table_grouping_done(v);
    table_columns_done(v);
    vec_done(&v->columns);
    vec_done(&v->rows);
    vec_done(&v->all);
    str_done(&v->selected_key);
    map_done(&v->tags);
    free(v->where_text);
    free(v->filter_text);
    free(v->search_text);
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

int table_view_set_filter(struct table_view *v, const char *text, size_t *at, struct error *err)
{
    int rc;
    struct expr *e = compile(v->source, text, at, err, &rc);
    if (rc < 0)
        return rc;
    expr_free(v->filter);
    v->filter = e;
    free(v->filter_text);
    v->filter_text = mem_strdup(text);
    v->filter_kept = false;
    if (*text) {
        free(v->search_text);
        v->search_text = mem_strdup(text);
        expr_free(v->search);
        v->search = compile_quietly(v->table, text);
    }
    v->dirty = v->groups_old = true;
    v->widths_old = true;
    return 0;
}

void table_view_bind(struct table_view *v, const struct context *ctx)
{
    const struct store *store = ctx->store;
    if (v->epoch == ctx->epoch && v->schema == store_schema_version(store) && v->table)
        return;
    unbind(v);
    if (v->epoch != ctx->epoch)
        v->selected = UINT64_MAX; /* the numbers of rows are another store's: by key, then */
    v->epoch = ctx->epoch;
    v->schema = store_schema_version(store);
    v->source = v->table = store_find(store, v->pane->table);
    v->dirty = true;
    if (!v->table)
        return;
    table_grouping_bind(v);
    table_columns_make(v);
    table_columns_order(v);
    v->where = compile_quietly(v->source, v->where_text);
    v->where_bad = !v->where && *v->where_text;
    v->filter = compile_quietly(v->source, v->filter_text);
    v->search = compile_quietly(v->table, v->search_text);
    table_memory_apply(v);
}

int table_view_filter(struct table_view *v, const struct context *ctx, const char *text, size_t *at, struct error *err)
{
    if (ctx->store)
        table_view_bind(v, ctx);
    if (v->table)
        return table_view_set_filter(v, text, at, err);
    struct expr *e = NULL;
    int rc = *text ? expr_parse(text, &e, at, err) : 0;
    if (rc < 0)
        return rc;
    expr_free(e);
    free(v->filter_text); /* its columns are looked for as soon as there are rows */
    v->filter_text = mem_strdup(text);
    return 0;
}

void table_view_keep_filter(struct table_view *v)
{
    v->filter_kept = *v->filter_text != '\0';
}

bool table_view_filter_kept(const struct table_view *v)
{
    return v->filter_kept;
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
        v->sought = false;
        v->at = at;
        v->top = at > line ? at - line : 0;
    } else if (v->at >= v->rows.n) {
        v->at = v->rows.n ? v->rows.n - 1 : 0;
    }
    if (!v->sought)
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
    for (const struct row *r = table_changed_after(v->source, v->all_seq); r && !v->where_bad; r = row_next(r)) {
        if (row_born(r) > v->all_seq && (v->about_row || context_in_scope(ctx, v->source, r)) &&
            (!v->where || expr_matches(v->where, r, ctx->format.now_ms)))
            vec_push(&v->all, ((struct table_view_row){.row = r, .id = row_id(r)}));
    }
    return v->all.n > before;
}

/* Brings all rows up to date: which there are, and how bad each is. */
static void refresh_all(struct table_view *v, const struct context *ctx)
{
    bool judged = !v->pane->plain && (v->groups || v->nsorts == 0);
    if (v->where || v->all_old) { /* a condition may let in any of them now */
        v->all.n = 0;
        v->all_seq = 0;
    } else {
        drop_gone(v->source, v->all.items, &v->all.n);
    }
    if (add_new(v, ctx))
        row_order_by_key(v->source, v->all.items, v->all.n);
    for (size_t i = 0; i < v->all.n; i++) {
        struct table_view_row *r = &v->all.items[i];
        r->severity = judged ? verdicts_row(ctx->verdicts, ctx, v->source, r->row, NULL) : 0;
    }
    v->all_seq = v->pointers_seq = table_seq(v->source);
    v->all_judged = judged;
    v->all_old = false;
}

struct changes {
    struct mark *mark;
    const struct table *table;
};

/* What a cell is sorted by where changes are shown: as what is seen. */
static struct value change_of(void *arg, const struct row *r, size_t column)
{
    const struct changes *c = arg;
    return mark_counts(table_column(c->table, column)) ? mark_change(c->mark, c->table, r, column) : row_get(r, column);
}

/* Chooses from all rows. */
static void choose(struct table_view *v, const struct context *ctx)
{
    v->rows.n = 0;
    vec_reserve(&v->rows, v->all.n);
    for (size_t i = 0; i < v->all.n; i++) {
        const struct table_view_row *r = &v->all.items[i];
        if (v->filter && !expr_matches(v->filter, r->row, ctx->format.now_ms))
            continue;
        if (v->tagged_only && !v->groups && !table_tags_has(v, r->row))
            continue;
        if (v->group_open && !table_grouping_has(v, r->row))
            continue;
        v->rows.items[v->rows.n++] = *r;
    }
    v->matched = v->rows.n;
}

/* A copy of the rows as listed, if they are to stay so where none comes, goes or gets worse or better: numbers change all
 * the time, and who reads a line wants it to stay there for a moment. Else NULL. */
static struct table_view_row *settled(const struct table_view *v, const struct context *ctx)
{
    int64_t now = ctx->format.now_ms;
    bool young = now >= v->sorted_ms && now < v->sorted_ms + SETTLE_MS;
    if (!young || v->dirty || v->groups || v->sorted_blind || !v->rows.n || v->rows.n > ROW_ORDER_KEPT)
        return NULL;
    return (void *)mem_memdup(v->rows.items, v->rows.n * sizeof *v->rows.items);
}

/* Is what the rows are sorted by known of none? The columns of a list that is opened come after rows that are there. */
static bool is_blind(const struct table_view *v)
{
    for (size_t i = 0; i < v->rows.n && v->order.nkeys && !v->groups; i++)
        if (row_get(v->rows.items[i].row, v->order.keys[0].column).quality != QUALITY_UNKNOWN)
            return false;
    return v->order.nkeys && !v->groups;
}

/* Lists those that are chosen, or their groups, sorted. */
static void rebuild(struct table_view *v, const struct context *ctx, bool look)
{
    size_t nbefore = v->rows.n;
    struct table_view_row *before = settled(v, ctx);
    bool judged = !v->pane->plain && v->nsorts == 0;
    struct changes changes = {ctx->mark, v->source};
    const struct row_order_values values = {change_of, &changes};
    v->sorted_mark = ctx->since_mark ? ctx->mark : NULL;
    v->total = v->all.n;
    if (!v->groups || look || v->groups_old || table_grouping_wanted(v)) {
        choose(v, ctx);
        if (v->groups)
            table_grouping_list(v, v->sorted_mark ? &values : NULL);
    }
    v->groups_old = false;
    if (!before || v->rows.n != nbefore || !row_order_keep(before, v->rows.items, nbefore)) {
        row_order_sort(v->table, &v->order, v->rows.items, v->rows.n, v->sorted_mark && !v->groups ? &values : NULL,
                       judged, v->inverted);
        v->sorted_ms = ctx->format.now_ms;
        v->sorted_blind = is_blind(v);
    }
    free(before);
    table_columns_compare(v);
    follow(v);
}

/* Whether the table is no longer what is listed, and it is time to look. */
static bool outdated(const struct table_view *v, const struct context *ctx)
{
    if (v->all_old)
        return true;
    int64_t now = ctx->format.now_ms;
    bool ages = v->where || v->filter || (!v->pane->plain && v->nsorts == 0);
    bool later = ages && (now < v->built_ms || now >= v->built_ms + 1000);
    return (table_seq(v->source) != v->seq || later) && context_afford(ctx, v->built_us, v->cost_us);
}

/* Rows that were removed since must not be touched. */
static void refresh_pointers(struct table_view *v)
{
    drop_gone(v->source, v->all.items, &v->all.n);
    drop_gone(v->table, v->rows.items, &v->rows.n);
    if (v->at >= v->rows.n)
        v->at = v->rows.n ? v->rows.n - 1 : 0;
    v->pointers_seq = table_seq(v->source);
}

/* A key that chooses or sorts is answered from the rows as they were looked at last, unless it is time anyway: then, and
 * else from time to time, all are looked at again. */
void table_view_update(struct table_view *v, const struct context *ctx)
{
    if (!ctx->store) {
        unbind(v);
        return;
    }
    table_view_bind(v, ctx);
    if (!v->table)
        return;
    int64_t began = clock_mono_us(store_clock(ctx->store));
    if (v->scope != ctx->scope)
        v->all_old = v->groups_old = v->widths_old = true;
    v->scope = ctx->scope;
    if (v->sorted_mark != (ctx->since_mark ? ctx->mark : NULL))
        v->dirty = v->groups_old = true;
    v->dirty |= v->groups && table_grouping_wanted(v);
    bool look = outdated(v, ctx);
    if (look)
        refresh_all(v, ctx);
    else if (v->pointers_seq != table_seq(v->source))
        refresh_pointers(v);
    if (look || v->dirty)
        rebuild(v, ctx, look);
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

size_t table_view_height(const struct table_view *v)
{
    return 1 + (v->rows.n ? v->rows.n : 1) + (v->tags.n > 0);
}

size_t table_view_total(const struct table_view *v)
{
    return v->total;
}

size_t table_view_matched(const struct table_view *v)
{
    return v->matched;
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
    v->sought = false;
    remember_selected(v);
}

void table_view_seek(struct table_view *v, const struct context *ctx, const char *key, size_t len)
{
    table_view_group(v, ctx, NULL, NULL);
    table_view_filter(v, ctx, "", NULL, NULL);
    v->tagged_only = false;
    v->dirty = v->moved = v->sought = true;
    v->selected = UINT64_MAX;
    str_clear(&v->selected_key);
    str_bytes(&v->selected_key, key, len);
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

void table_view_search_begin(struct table_view *v)
{
    v->search_from = v->at;
}

int table_view_search(struct table_view *v, const struct context *ctx, const char *text, size_t *n, size_t *at,
                      struct error *err)
{
    if (!v->table)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    int rc;
    struct expr *e = compile(v->table, text, at, err, &rc);
    if (rc < 0)
        return rc;
    expr_free(v->search);
    v->search = e;
    free(v->search_text);
    v->search_text = mem_strdup(text);
    v->search_shown = *text != '\0';
    size_t found = 0, first = v->search_from;
    for (size_t i = 0; i < v->rows.n && *text; i++) {
        size_t k = (v->search_from + i) % v->rows.n;
        if (expr_matches(e, v->rows.items[k].row, ctx->format.now_ms) && found++ == 0)
            first = k;
    }
    if (first < v->rows.n)
        move_to(v, first);
    if (n)
        *n = found;
    return 0;
}

bool table_view_search_end(struct table_view *v)
{
    bool shown = v->search_shown;
    v->search_shown = false;
    return shown;
}

bool table_view_tagged_only(const struct table_view *v)
{
    return v->tagged_only;
}

/* Marks the row under the cursor and goes on. */
static bool tag(struct table_view *v)
{
    const struct row *r = table_view_selected(v);
    if (r && table_tags_toggle(v, r))
        step(v, 1);
    return true;
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
    case ACTION_TAG:
        return tag(v);
    case ACTION_TAGGED:
        v->tagged_only = !v->tagged_only && v->tags.n > 0;
        v->dirty = true;
        return true;
    case ACTION_TAG_NONE:
        table_tags_clear(v);
        return true;
    case ACTION_INVERT:
        for (size_t i = 0; i < v->nsorts || i == 0; i++)
            table_view_invert(v, i);
        return true;
    default:
        return false;
    }
}

static enum table_view_click click_heading(struct table_view *v, int x)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        const struct table_view_column *c = &v->columns.items[i];
        if (!c->shown || !c->drawn || x < c->left_edge || x >= c->left_edge + c->drawn)
            continue;
        if (table_view_sorted(v) == (int)i)
            table_view_invert(v, 0);
        else
            table_view_sort(v, (int)i);
        return TABLE_VIEW_HEADING;
    }
    return TABLE_VIEW_NOTHING;
}

enum table_view_click table_view_click(struct table_view *v, int x, int y)
{
    size_t at = v->top + (size_t)(y - v->first_line);
    if (v->heading && y == v->first_line - 1)
        return click_heading(v, x);
    if (y < v->first_line || y >= v->first_line + v->page || at >= v->rows.n)
        return TABLE_VIEW_NOTHING;
    bool same = v->moved && at == v->at;
    move_to(v, at);
    return same ? TABLE_VIEW_SAME_ROW : TABLE_VIEW_ROW;
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
