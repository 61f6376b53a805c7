/* Remembers rows by their keys, and tells what distinguishes them. */
#include "ui/overlay.h"

#include "ui/chart.h"
#include "ui/template.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void line_done(struct overlay_line *l, const struct context *ctx)
{
    if (l->subscribed && ctx && ctx->data.ops)
        ctx->data.ops->unsubscribe(ctx->data.self, l->subscription);
    free(l->table);
    free(l->column);
    free(l->where);
    str_done(&l->key);
    memset(l, 0, sizeof *l);
}

static bool has(const struct overlay *o, const struct overlay_line *l)
{
    for (int i = 0; i < o->n; i++) {
        const struct overlay_line *k = &o->lines[i];
        if (strcmp(k->table, l->table) == 0 && strcmp(k->column, l->column) == 0 && k->key.len == l->key.len &&
            memcmp(k->key.s, l->key.s, l->key.len) == 0)
            return true;
    }
    return false;
}

bool overlay_add(struct overlay *o, const struct context *ctx, const struct table *t, const struct row *r,
                 const char *column)
{
    struct overlay_line l = {.table = mem_strdup(table_name(t)), .column = mem_strdup(column)};
    struct str template = {0}, where = {0};
    table_key_bytes(t, r, &l.key);
    for (size_t i = 0; i < table_nkeys(t); i++)
        str_printf(&template, "%s%s = {%s}", i ? " and " : "", table_column(t, i)->name, table_column(t, i)->name);
    if (template_where(&where, str_text(&template), t, r) == 0)
        l.where = str_take(&where);
    str_done(&template);
    str_done(&where);
    if (has(o, &l)) {
        line_done(&l, NULL);
        return false;
    }
    if (o->n == OVERLAY_MOST) {
        line_done(&o->lines[0], ctx);
        memmove(o->lines, o->lines + 1, (OVERLAY_MOST - 1) * sizeof *o->lines);
        o->n--;
    }
    o->lines[o->n++] = l;
    return true;
}

void overlay_clear(struct overlay *o, const struct context *ctx)
{
    while (o->n > 0)
        line_done(&o->lines[--o->n], ctx);
}

void overlay_show(struct overlay *o, const struct context *ctx)
{
    for (int i = 0; i < o->n && ctx->data.ops; i++) {
        struct overlay_line *l = &o->lines[i];
        const struct stream_query q = {.table = l->table, .where = l->where};
        if (l->subscribed || !l->where)
            continue;
        l->subscription = ctx->data.ops->subscribe(ctx->data.self, &q, NULL, NULL);
        l->subscribed = true;
    }
}

void overlay_hide(struct overlay *o, const struct context *ctx)
{
    for (int i = 0; i < o->n; i++) {
        if (o->lines[i].subscribed && ctx->data.ops)
            ctx->data.ops->unsubscribe(ctx->data.self, o->lines[i].subscription);
        o->lines[i].subscribed = false;
    }
}

/* ---- drawing ---- */

/* The row and its column; false if it is not there now. */
static bool find(const struct overlay_line *l, const struct context *ctx, struct chart_line *ret)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    const struct table *t = ctx->store ? store_find(ctx->store, l->table) : NULL;
    int column = t ? table_column_index(t, l->column) : -1;
    if (column < 0 || table_key_decode(t, str_text(&l->key), l->key.len, key))
        return false;
    const struct row *r = table_find(t, key);
    table_key_done(t, key);
    *ret = (struct chart_line){.table = t, .row = r, .column = (size_t)column};
    return r != NULL;
}

/* Is this part of the key the same in all lines? */
static bool is_common(const struct chart_line *lines, int n, const struct table *t, size_t key)
{
    for (int i = 0; i < n; i++)
        if (lines[i].table != t ||
            value_compare(table_column(t, key)->type, row_get(lines[i].row, key), row_get(lines[0].row, key)) != 0)
            return false;
    return n > 1;
}

/* "rate code=\"200\" gpu-1:8000": the column, and what of the key the others do not have. */
static char *name_of(const struct chart_line *lines, int n, const struct chart_line *l, const struct context *ctx)
{
    const struct column *c = table_column(l->table, l->column);
    struct str s = {0};
    str_add(&s, c->title ? c->title : c->name);
    for (size_t key = table_nkeys(l->table); key-- > 0;) {
        struct str part = {0};
        if (!is_common(lines, n, l->table, key))
            format_cell(&part, table_column(l->table, key), row_get(l->row, key), &ctx->format);
        if (part.len)
            str_printf(&s, "  %s", str_text(&part));
        str_done(&part);
    }
    return str_take(&s);
}

/* Do the numbers of both compare: of the same column, and of the same metric where the table has several? */
static bool is_alike(const struct chart_line *a, const struct chart_line *b)
{
    const struct column *c = table_column(a->table, a->column), *d = table_column(b->table, b->column);
    if (c->unit != UNIT_NONE || d->unit != UNIT_NONE)
        return c->unit == d->unit;
    return strcmp(row_text(a->row, "metric"), row_text(b->row, "metric")) == 0 &&
           (a->table == b->table || strcmp(c->name, d->name) == 0);
}

void overlay_draw(const struct overlay *o, const struct context *ctx, struct cells *c, struct rect box)
{
    struct chart_line lines[OVERLAY_MOST] = {{0}};
    char *names[OVERLAY_MOST];
    int n = 0;
    bool alike = true;
    for (int i = 0; i < o->n; i++)
        n += find(&o->lines[i], ctx, &lines[n]);
    for (int i = 0; i < n; i++) {
        lines[i].name = names[i] = name_of(lines, n, &lines[i], ctx);
        alike &= is_alike(&lines[0], &lines[i]);
    }
    if (box.h > 0 && n < o->n) {
        cells_printf(c, box.x, box.y, box.w, ROLE_DIM, "%d of %d rows are not there now", o->n - n, o->n);
        box.y++;
        box.h--;
    }
    chart_lines_draw(lines, n, alike, ctx, c, box);
    for (int i = 0; i < n; i++)
        free(names[i]);
}
