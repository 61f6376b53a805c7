/* What is on screen, or looked at. */
#include "ui/focus.h"
#include "base/str.h"
#include "base/vec.h"
#include "ui/table_view_internal.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 250, MAX_KEYS = 8 };

/* Of which table rows are told, by the names of its key's columns: those that rows on screen name, or only the one under the
 * cursor of the list one is in, and the one the view is about. */
static const struct kind {
    const char *table;
    const char *keys[MAX_KEYS];
    bool one;
} kinds[FOCUS_TABLES] = {
    {"groups", {"cluster", "group"}, false},
    {"histograms", {"job", "instance", "metric", "labels"}, true},
};

struct shown {
    const struct kind *kind;
    size_t nkeys;
    VEC(struct value) keys; /* nkeys of each */
    struct str bytes;
};

/* Neighbours are mostly of one group. */
static void add_key(struct shown *s, const struct value *key)
{
    if (s->keys.n >= MAX_ROWS * s->nkeys)
        return;
    for (size_t i = 0; i < s->keys.n; i += s->nkeys) {
        bool same = true;
        for (size_t k = 0; k < s->nkeys; k++)
            same &= s->keys.items[i + k].s == key[k].s;
        if (same)
            return;
    }
    for (size_t k = 0; k < s->nkeys; k++) {
        vec_push(&s->keys, key[k]);
        str_bytes(&s->bytes, key[k].s->raw, strlen(key[k].s->raw) + 1);
    }
}

static void add_row(struct shown *s, const struct row *r)
{
    struct value key[MAX_KEYS];
    bool known = r != NULL;
    for (size_t k = 0; known && k < s->nkeys; k++) {
        key[k] = row_cell(r, s->kind->keys[k]);
        known = key[k].quality != QUALITY_UNKNOWN;
    }
    if (known)
        add_key(s, key);
}

/* Every table about such rows has all of these columns in its key, as texts. */
static bool is_about(const struct kind *kind, const struct table *t)
{
    for (int k = 0; t && k < MAX_KEYS && kind->keys[k]; k++) {
        int i = table_column_index(t, kind->keys[k]);
        if (i < 0 || (size_t)i >= table_nkeys(t) || table_column(t, (size_t)i)->type != COLUMN_TEXT)
            return false;
    }
    return t != NULL;
}

static void add_pane(struct shown *s, const struct table_view *v)
{
    if (!is_about(s->kind, v->table))
        return;
    for (size_t i = v->top; i < v->rows.n && i < v->top + (size_t)(v->page > 0 ? v->page : 0); i++)
        add_row(s, v->rows.items[i].row);
}

/* The row the view is about, and that under the cursor. */
static void add_one(struct shown *s, const struct view *v, const struct context *ctx)
{
    const struct row *subject = view_subject(v, ctx);
    const struct table_view *list = view_list(v);
    if (subject && is_about(s->kind, store_find(ctx->store, v->def->subject)))
        add_row(s, subject);
    if (list && is_about(s->kind, list->table))
        add_row(s, table_view_selected(list));
}

void focus_done(struct focus *f)
{
    for (int i = 0; i < FOCUS_TABLES; i++)
        str_done(&f->told[i]);
}

void focus_again(struct focus *f)
{
    memset(f->ever, 0, sizeof f->ever);
}

/* Says what is shown of one table, if that is not what was said before. */
static bool tell(struct focus *f, int i, const struct view *v, const struct context *ctx)
{
    struct shown s = {.kind = &kinds[i]};
    while (s.nkeys < MAX_KEYS && s.kind->keys[s.nkeys])
        s.nkeys++;
    if (s.kind->one)
        add_one(&s, v, ctx);
    for (int k = 0; k < v->npanes && !s.kind->one; k++)
        add_pane(&s, v->panes[k]);
    bool same = f->ever[i] ? s.bytes.len == f->told[i].len &&
                                 (!s.bytes.len || memcmp(s.bytes.s, f->told[i].s, s.bytes.len) == 0)
                           : s.bytes.len == 0;
    if (!same) {
        ctx->data.ops->focus(ctx->data.self, s.kind->table, s.keys.items, s.keys.n / s.nkeys);
        str_done(&f->told[i]);
        f->told[i] = s.bytes;
        s.bytes = (struct str){0};
        f->ever[i] = true;
    }
    str_done(&s.bytes);
    vec_done(&s.keys);
    return !same;
}

void focus_update(struct focus *f, const struct view *v, const struct context *ctx, int64_t now_us)
{
    if (ctx->detached || ctx->paused || !ctx->data.ops || !ctx->store)
        return;
    for (int i = 0; i < FOCUS_TABLES; i++) {
        bool soon = f->ever[i] && now_us - f->told_us[i] < FOCUS_MS * INT64_C(1000);
        if (!soon && store_find(ctx->store, kinds[i].table) && tell(f, i, v, ctx))
            f->told_us[i] = now_us;
    }
}
