/* Makes views from their declarations, subscribes for them, and hands keys to their lists. */
#include "ui/view.h"

#include "ui/detail.h"
#include "ui/template.h"
#include "ui/trace.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void view_subject_copy(const struct view_subject *from, struct view_subject *to)
{
    to->nkeys = from->nkeys;
    for (size_t i = 0; i < from->nkeys; i++) {
        to->keys[i] = from->keys[i];
        to->keys[i].name = mem_strdup(from->keys[i].name);
        to->keys[i].bytes = from->keys[i].text ? mem_memdup(from->keys[i].bytes, from->keys[i].len) : NULL;
    }
}

void view_subject_done(struct view_subject *s)
{
    for (size_t i = 0; i < VIEW_KEYS; i++) { /* also of one that is half made */
        free(s->keys[i].name);
        free(s->keys[i].bytes);
    }
    *s = (struct view_subject){0};
}

static void set_subject(struct view *v, const struct table *t, const struct row *r)
{
    size_t n = table_nkeys(t) < VIEW_KEYS ? table_nkeys(t) : VIEW_KEYS;
    v->subject.nkeys = n;
    for (size_t i = 0; i < n; i++) {
        struct view_subject_key *k = &v->subject.keys[i];
        struct value value = row_get(r, i);
        k->name = mem_strdup(table_column(t, i)->name);
        k->text = table_column(t, i)->type == COLUMN_TEXT;
        if (k->text) {
            k->bytes = mem_memdup(value.s->raw, value.s->len);
            k->len = value.s->len;
        } else {
            k->i = value.i;
        }
    }
}

static void set_subject_where(struct view *v, const struct table *t, const struct row *r)
{
    struct str template = {0}, where = {0};
    for (size_t i = 0; i < table_nkeys(t); i++)
        str_printf(&template, "%s%s = {%s}", i ? " and " : "", table_column(t, i)->name, table_column(t, i)->name);
    if (template_where(&where, str_text(&template), t, r) == 0)
        v->subject_where = str_take(&where);
    str_done(&template);
    str_done(&where);
}

static char *row_title(const struct table *t, const struct row *r)
{
    struct str s = {0};
    views_call(t, r, &s);
    return str_take(&s);
}

static int make_panes(struct view *v, const struct table *t, const struct row *r)
{
    int rc = 0;
    for (int i = 0; i < VIEWS_PANES && v->def->panes[i].table && rc == 0; i++) {
        struct str where = {0};
        const char *text = v->def->panes[i].where;
        if (text && r)
            rc = template_where(&where, text, t, r);
        else if (text)
            str_add(&where, text);
        if (rc == 0)
            v->panes[v->npanes++] = table_view_new(&v->def->panes[i], str_text(&where));
        str_done(&where);
    }
    return rc;
}

int view_new(const struct view_def *def, struct view_def *own, struct view *parent, const struct table *t,
             const struct row *r, struct view **ret)
{
    struct view *v = mem_new(struct view);
    v->refs = 1;
    v->def = def;
    if (r) {
        set_subject(v, t, r);
        set_subject_where(v, t, r);
    }
    v->title = def->title || !r ? mem_strdup(def->title ? def->title : def->name) : row_title(t, r);
    int rc = make_panes(v, t, r);
    if (rc < 0) {
        view_unref(v);
        return ERR_INVALID;
    }
    if (def->overview)
        v->overview = overview_new();
    if (def->trace.table)
        v->trace = trace_new(&def->trace);
    v->parent = parent ? view_ref(parent) : NULL;
    v->own = own;
    *ret = v;
    return 0;
}

struct view *view_ref(struct view *v)
{
    v->refs++;
    return v;
}

void view_unref(struct view *v)
{
    while (v && --v->refs == 0) {
        struct view *parent = v->parent;
        for (int i = 0; i < v->npanes; i++)
            table_view_free(v->panes[i]);
        view_subject_done(&v->subject);
        overview_free(v->overview);
        trace_free(v->trace);
        free(v->title);
        free(v->subject_where);
        free(v->own);
        free(v);
        v = parent;
    }
}

bool view_same(const struct view *v, const struct view_def *def, const struct table *t, const struct row *r)
{
    if (v->aside)
        return false;
    bool named = v->own && strcmp(v->def->name, def->name) == 0;
    if ((v->def != def && !named) || (r == NULL) != (v->subject.nkeys == 0))
        return false;
    for (size_t i = 0; i < v->subject.nkeys; i++) {
        const struct view_subject_key *k = &v->subject.keys[i];
        struct value value = row_get(r, i);
        bool text = table_column(t, i)->type == COLUMN_TEXT;
        if (text != k->text || (!text && value.i != k->i))
            return false;
        if (text && (value.s->len != k->len || memcmp(value.s->raw, k->bytes, k->len) != 0))
            return false;
    }
    return true;
}

const struct row *view_subject(const struct view *v, const struct context *ctx)
{
    struct table *t =
        ctx->store && v->def->subject && v->subject.nkeys ? store_find(ctx->store, v->def->subject) : NULL;
    if (!t || table_nkeys(t) != v->subject.nkeys)
        return NULL;
    struct value key[VIEW_KEYS];
    for (size_t i = 0; i < v->subject.nkeys; i++) {
        const struct view_subject_key *k = &v->subject.keys[i];
        key[i] = value_int(k->i);
        if (k->text)
            key[i].s = name_intern(store_names(ctx->store), k->bytes, k->len);
    }
    const struct row *r = table_find(t, key);
    for (size_t i = 0; i < v->subject.nkeys; i++) {
        if (v->subject.keys[i].text)
            name_unref(key[i].s);
    }
    return r;
}

/* ---- subscriptions ---- */

static void subscription_failed(void *arg, int id, const struct error *err)
{
    struct view *v = arg;
    (void)id;
    v->failed = *err;
}

static void subscribe(struct view *v, const struct context *ctx, const struct stream_query *q)
{
    int id = ctx->data.ops->subscribe(ctx->data.self, q, subscription_failed, v);
    v->subscriptions[v->nsubscriptions++] = id;
}

/* Names above a matrix, where no list of the view reads them. */
static void subscribe_heads(struct view *v, const struct context *ctx)
{
    const char *of = NULL;
    for (int i = 0; i < v->npanes; i++)
        of = table_view_pane(v->panes[i])->matrix ? table_view_pane(v->panes[i])->matrix : of;
    size_t n = of ? strcspn(of, " ") : 0;
    for (int i = 0; i < v->npanes; i++)
        if (strncmp(table_view_pane(v->panes[i])->table, of ? of : "", n) == 0 &&
            n == strlen(table_view_pane(v->panes[i])->table))
            return;
    if (!of)
        return;
    char *table = mem_memdup(of, n);
    subscribe(v, ctx, &(struct stream_query){.table = table});
    free(table);
}

void view_show(struct view *v, const struct context *ctx)
{
    if (!ctx->data.ops || v->nsubscriptions)
        return;
    v->failed = (struct error){0};
    if (v->subject_where) { /* all columns of the row it is about */
        const struct stream_query q = {.table = v->def->subject, .where = v->subject_where};
        subscribe(v, ctx, &q);
    }
    for (int i = 0; i < v->npanes; i++) {
        const struct view_pane *p = table_view_pane(v->panes[i]);
        bool read_anyway = false;
        for (size_t b = 0; v->def->overview && views_base(b); b++)
            read_anyway |= strcmp(views_base(b)->table, p->table) == 0;
        if (read_anyway)
            continue;
        const char *where = table_view_where(v->panes[i]);
        const struct stream_query q = {
            .table = p->table, .where = *where ? where : NULL, .sort = p->limit ? p->sort : NULL, .limit = p->limit};
        subscribe(v, ctx, &q);
    }
    subscribe_heads(v, ctx);
}

void view_hide(struct view *v, const struct context *ctx)
{
    if (!ctx->data.ops)
        return;
    for (int i = 0; i < v->nsubscriptions; i++)
        ctx->data.ops->unsubscribe(ctx->data.self, v->subscriptions[i]);
    v->nsubscriptions = 0;
    if (v->trace)
        trace_hide(v->trace, ctx);
    ctx->data.ops->forget(ctx->data.self, v);
}

/* ---- lists ---- */

/* The row that the view is about where that is one of the named table, else the one under the cursor of its first list. */
static const struct row *row_in_focus(const struct view *v, const struct context *ctx, const char *name,
                                      const struct table **t)
{
    *t = name && ctx->store ? store_find(ctx->store, name) : NULL;
    if (!*t)
        return NULL;
    if (v->def->subject && strcmp(v->def->subject, name) == 0)
        return view_subject(v, ctx);
    return v->npanes && table_view_table(v->panes[0]) == *t ? table_view_selected(v->panes[0]) : NULL;
}

const struct row *view_traced(const struct view *v, const struct context *ctx, const struct table **t)
{
    return row_in_focus(v, ctx, v->def->trace.table, t);
}

const struct row *view_told(const struct view *v, const struct context *ctx, const struct table **t)
{
    return row_in_focus(v, ctx, v->def->words.table, t);
}

static bool is_idle(const struct view *v, int pane)
{
    return table_view_total(v->panes[pane]) == 0 || (v->overview && overview_hides(v->overview, pane));
}

void view_update(struct view *v, const struct context *ctx)
{
    const struct table *traced;
    for (int i = 0; i < v->npanes; i++)
        table_view_update(v->panes[i], ctx);
    if (v->trace && v->nsubscriptions) {
        const struct row *r = view_traced(v, ctx, &traced);
        trace_follow(v->trace, ctx, traced, r);
    }
    if (v->overview)
        overview_update(v->overview, ctx);
    else if (v->npanes == 0 || !table_view_pane(v->panes[v->pane])->optional)
        return;
    for (int i = 0; i < v->npanes && is_idle(v, v->pane); i++) {
        if (!is_idle(v, i)) /* the cursor is in no list that has nothing and need not be there */
            v->pane = i;
    }
}

void view_draw(struct view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    if (v->overview)
        overview_draw(v, ctx, c, box);
    else
        detail_draw(v, ctx, c, box);
}

struct table_view *view_list(const struct view *v)
{
    if (v->overview && overview_focused(v->overview))
        return NULL;
    return v->pane < v->npanes ? v->panes[v->pane] : NULL;
}

struct table_view *view_filtered(const struct view *v)
{
    struct table_view *list = view_list(v);
    return list ? list : v->pane < v->npanes ? v->panes[v->pane] : NULL;
}

/* The next place for the cursor: the problems of an overview (-1), or a pane with rows in it. */
static bool next_place(struct view *v, int step, bool around)
{
    int first = v->overview && overview_count(v->overview) ? -1 : 0;
    int here = v->overview && overview_focused(v->overview) ? -1 : v->pane;
    for (int at = here + step; at != here; at += step) {
        if (at < first || at >= v->npanes) {
            if (!around)
                return false;
            around = false;
            at = step > 0 ? first : v->npanes - 1;
            if (at == here)
                return false;
        }
        if (at >= 0 && v->overview && (table_view_count(v->panes[at]) == 0 || overview_hides(v->overview, at)))
            continue;
        if (v->overview)
            overview_focus(v->overview, at < 0);
        if (at >= 0)
            v->pane = at;
        return true;
    }
    return false;
}

/* A step past the end of one list of an overview goes on in the next. */
static bool step_over(struct view *v, enum action action)
{
    bool down = action == ACTION_ROW_DOWN;
    if (!v->overview || (!down && action != ACTION_ROW_UP) || !next_place(v, down ? 1 : -1, false))
        return false;
    struct table_view *list = view_list(v);
    if (list)
        table_view_enter(list, !down);
    else
        overview_enter(v->overview, !down);
    return true;
}

bool view_action(struct view *v, enum action action)
{
    if (action == ACTION_PANE || action == ACTION_PANE_BACK)
        return next_place(v, action == ACTION_PANE ? 1 : -1, true);
    struct table_view *list = view_list(v);
    bool done = list ? table_view_action(list, action) : overview_action(v->overview, action);
    return done || step_over(v, action);
}

enum table_view_click view_click(struct view *v, int x, int y)
{
    bool same;
    if (v->overview && overview_click(v->overview, y, &same))
        return same ? TABLE_VIEW_SAME_ROW : TABLE_VIEW_ROW;
    for (int i = 0; i < v->npanes; i++) {
        bool here = v->pane == i && !(v->overview && overview_focused(v->overview));
        enum table_view_click click = table_view_click(v->panes[i], x, y);
        if (click == TABLE_VIEW_NOTHING)
            continue;
        v->pane = i;
        if (v->overview)
            overview_focus(v->overview, false);
        return click == TABLE_VIEW_SAME_ROW && !here ? TABLE_VIEW_ROW : click;
    }
    return TABLE_VIEW_NOTHING;
}

const struct row *view_selected(const struct view *v, const struct context *ctx, const struct table **t,
                                const char **open)
{
    struct table_view *list = view_list(v);
    if (!list)
        return overview_selected(v->overview, ctx, t, open);
    *t = table_view_table(list);
    *open = table_view_pane(list)->open;
    return *t ? table_view_selected(list) : NULL;
}
