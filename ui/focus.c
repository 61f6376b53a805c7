/* Which groups are on screen. */
#include "ui/focus.h"
#include "base/str.h"
#include "base/vec.h"
#include "ui/table_view_internal.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 250, KEYS_A_ROW = 2 };

static const char table[] = "groups";

struct shown {
    VEC(struct value) keys; /* cluster and group of each */
    struct str bytes;
};

/* Every table about groups has both columns in its key; neighbours are mostly of one group. */
static void add_row(struct shown *s, const struct row *r)
{
    struct value cluster = row_cell(r, "cluster"), group = row_cell(r, "group");
    if (!cluster.quality || !group.quality || s->keys.n >= MAX_ROWS * KEYS_A_ROW)
        return;
    for (size_t i = 0; i < s->keys.n; i += KEYS_A_ROW)
        if (s->keys.items[i].s == cluster.s && s->keys.items[i + 1].s == group.s)
            return;
    vec_push(&s->keys, cluster);
    vec_push(&s->keys, group);
    str_bytes(&s->bytes, cluster.s->raw, strlen(cluster.s->raw) + 1);
    str_bytes(&s->bytes, group.s->raw, strlen(group.s->raw) + 1);
}

static bool is_about_groups(const struct table *t)
{
    int cluster = t ? table_column_index(t, "cluster") : -1, group = t ? table_column_index(t, "group") : -1;
    return cluster >= 0 && group >= 0 && (size_t)cluster < table_nkeys(t) && (size_t)group < table_nkeys(t);
}

static void add_pane(struct shown *s, const struct table_view *v)
{
    if (!is_about_groups(v->table))
        return;
    for (size_t i = v->top; i < v->rows.n && i < v->top + (size_t)(v->page > 0 ? v->page : 0); i++)
        add_row(s, v->rows.items[i].row);
}

void focus_done(struct focus *f)
{
    str_done(&f->told);
}

void focus_again(struct focus *f)
{
    f->ever = false;
}

void focus_update(struct focus *f, const struct view *v, const struct context *ctx, int64_t now_us)
{
    if (ctx->detached || ctx->paused || !ctx->data.ops || !ctx->store || !store_find(ctx->store, table) ||
        (f->ever && now_us - f->told_us < FOCUS_MS * INT64_C(1000)))
        return;
    struct shown s = {0};
    for (int i = 0; i < v->npanes; i++)
        add_pane(&s, v->panes[i]);
    bool same = f->ever ? s.bytes.len == f->told.len && (!s.bytes.len || memcmp(s.bytes.s, f->told.s, s.bytes.len) == 0)
                        : s.bytes.len == 0;
    if (!same) {
        ctx->data.ops->focus(ctx->data.self, table, s.keys.items, s.keys.n / KEYS_A_ROW);
        str_done(&f->told);
        f->told = s.bytes;
        s.bytes = (struct str){0};
        f->ever = true;
        f->told_us = now_us;
    }
    str_done(&s.bytes);
    vec_done(&s.keys);
}
