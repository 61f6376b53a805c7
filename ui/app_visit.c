/* Going from view to view: down into rows, up again, and through the history of visits. */
#include "ui/app_internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { APP_VISITS = 50 };

static void close_overlays(struct app *a)
{
    a->page_kind = PAGE_NONE;
    record_page_close(&a->record);
    inspect_close(&a->inspect, &a->ctx);
    overlay_hide(&a->overlay, &a->ctx);
    a->chooser.list = NULL;
    menu_close(&a->menu);
    a->typing = TYPING_NONE;
}

static void show(struct app *a, size_t at)
{
    close_overlays(a);
    place_done(&a->wanted);
    app_lists_remember(a, app_current(a));
    if (at != a->at)
        view_hide(app_current(a), &a->ctx);
    a->at = at;
    if (a->ctx.data.ops && !a->ctx.detached)
        a->waiting = true;
    a->asked_us = clock_mono_us(a->clock);
    view_show(app_current(a), &a->ctx);
}

/* Makes v (a reference of which is handed over) the view that is shown; forward history ends here.
 */
static void visit(struct app *a, struct view *v)
{
    if (a->visits.n) {
        app_lists_remember(a, app_current(a));
        view_hide(app_current(a), &a->ctx);
    }
    while (a->visits.n > a->at + 1)
        view_unref(a->visits.items[--a->visits.n]);
    if (a->visits.n >= APP_VISITS) {
        view_unref(a->visits.items[0]);
        memmove(a->visits.items, a->visits.items + 1, (a->visits.n - 1) * sizeof *a->visits.items);
        a->visits.n--;
    }
    vec_push(&a->visits, v);
    a->at = a->visits.n - 1;
    show(a, a->at);
}

/* The view as it was left, or a new one; NULL if it cannot be made. */
static struct view *find_or_make(struct app *a, const struct view_def *def, struct view *parent, const struct table *t,
                                 const struct row *r)
{
    for (size_t i = a->visits.n; i-- > 0;) {
        if (view_same(a->visits.items[i], def, t, r))
            return view_ref(a->visits.items[i]);
    }
    struct view *v;
    if (view_new(def, NULL, parent, t, r, &v) < 0)
        return NULL;
    app_lists_restore(a, v);
    return v;
}

void app_visit_view(struct app *a, const struct view_def *def)
{
    if (app_current(a)->def == def && !app_current(a)->parent)
        return;
    struct view *v = find_or_make(a, def, NULL, NULL, NULL);
    if (v)
        visit(a, v);
}

bool app_visit_known(const struct app *a, const char *name)
{
    const struct view_def *def = views_find(name);
    bool known = (def && !def->subject) || (a->ctx.store && store_find(a->ctx.store, name));
    for (size_t i = 0; a->ctx.data.ops && !known; i++) {
        const char *table = a->ctx.data.ops->table(a->ctx.data.self, i);
        if (!table)
            break;
        known = strcmp(table, name) == 0;
    }
    return known;
}

void app_visit_row(struct app *a, const struct view_def *def, const struct table *t, const struct row *r)
{
    struct view *parent = NULL;
    for (size_t i = 0; views_at(i) && !parent; i++) {
        const struct view_def *list = views_at(i);
        if (!list->subject && !list->overview && strcmp(list->panes[0].table, def->subject) == 0)
            parent = find_or_make(a, list, NULL, NULL, NULL);
    }
    struct view *v = find_or_make(a, def, parent, t, r);
    view_unref(parent); /* the view has a reference of its own */
    if (v)
        visit(a, v);
}

void app_visit_about(struct app *a, const struct view_def *def, const struct table *t, const struct row *r)
{
    struct view *v = def && t && r ? find_or_make(a, def, app_current(a), t, r) : NULL;
    if (v)
        visit(a, v);
}

/* The view that lists all rows of a table, or one made for it: *own. */
static const struct view_def *list_of(const char *table, struct view_def **own)
{
    *own = NULL;
    for (size_t i = 0; views_at(i); i++) {
        const struct view_def *d = views_at(i);
        if (!d->subject && !d->overview && strcmp(d->panes[0].table, table) == 0 && !d->panes[0].where)
            return d;
    }
    return *own = views_generic(table);
}

void app_visit_rows(struct app *a, const char *table, const char *where)
{
    struct view_def *own;
    struct error err = {0};
    struct view *v;
    const struct view_def *def = list_of(table, &own);
    if (view_new(def, own, app_current(a), NULL, NULL, &v) < 0) {
        free(own);
        return;
    }
    app_lists_restore(a, v);
    v->aside = true;
    visit(a, v);
    table_view_filter(v->panes[0], &a->ctx, where, NULL, &err);
    if (err.code)
        app_say(a, "%s", err.text);
}

/* A view or a table by its name. */
bool app_visit_name(struct app *a, const char *name)
{
    const struct view_def *def = views_find(name);
    if (def && !def->subject) {
        app_visit_view(a, def);
        return true;
    }
    if (!app_visit_known(a, name))
        return false;
    for (size_t i = 0; i < a->visits.n; i++) {
        if (a->visits.items[i]->own && strcmp(a->visits.items[i]->def->name, name) == 0) {
            visit(a, view_ref(a->visits.items[i]));
            return true;
        }
    }
    struct view_def *own = views_generic(name);
    struct view *v;
    if (view_new(own, own, NULL, NULL, NULL, &v) < 0) {
        free(own);
        return true;
    }
    app_lists_restore(a, v);
    visit(a, v);
    return true;
}

void app_visit_inspect(struct app *a)
{
    const struct table *t;
    const char *open;
    const struct row *r = view_selected(app_current(a), &a->ctx, &t, &open);
    if (!r)
        return;
    if (t == table_view_groups(view_list(app_current(a)))) {
        app_say(a, "a group of rows is all that is shown of it: Enter lists its rows");
        return;
    }
    a->asked_us = clock_mono_us(a->clock);
    inspect_open(&a->inspect, &a->ctx, t, r);
    a->page_kind = PAGE_INSPECT;
}

static void records_came(void *arg)
{
    app_touch(arg);
}

void app_visit_records(struct app *a)
{
    const struct table *t;
    const char *open;
    const struct row *r = view_selected(app_current(a), &a->ctx, &t, &open);
    if (!r || !record_page_fits(t)) {
        app_say(a, "this row is no partition: records are looked at from a list of partitions");
        return;
    }
    a->asked_us = clock_mono_us(a->clock);
    if (record_page_open(&a->record, &a->ctx, t, r, records_came, a))
        a->page_kind = PAGE_RECORD;
    else
        app_say(a, "there is no collector to ask");
}

void app_visit_leave_page(struct app *a)
{
    bool from_help = a->page_kind == PAGE_HELP;
    overlay_hide(&a->overlay, &a->ctx);
    if (a->page_kind == PAGE_OVERLAY && a->inspect.open) { /* it was laid over from there */
        a->page_kind = PAGE_INSPECT;
        return;
    }
    if (!from_help || !a->record.open)
        record_page_close(&a->record);
    if (!from_help || !a->inspect.open)
        inspect_close(&a->inspect, &a->ctx);
    a->page_kind = a->record.open ? PAGE_RECORD : a->inspect.open ? PAGE_INSPECT : PAGE_NONE;
}

/* The row of another table that has the key which this row's columns of the same names hold: of a group's partition, the
 * group. NULL if there is none. */
static const struct row *row_of(const struct context *ctx, const char *table, const struct table *t,
                                const struct row *r)
{
    const struct table *other = store_find(ctx->store, table);
    struct value key[VIEW_KEYS];
    if (!other || other == t || table_nkeys(other) > VIEW_KEYS)
        return other == t ? r : NULL;
    for (size_t i = 0; i < table_nkeys(other); i++) {
        const struct column *c = table_column(other, i);
        int at = table_column_index(t, c->name);
        if (at < 0 || table_column(t, (size_t)at)->type != c->type)
            return NULL;
        key[i] = row_get(r, (size_t)at);
        if (key[i].quality == QUALITY_UNKNOWN)
            return NULL;
    }
    return table_find(other, key);
}

const struct row *app_visit_target(const struct app *a, const struct view_def **def, const struct table **t)
{
    const char *open;
    const struct view *here = app_current(a);
    const struct row *r = view_selected(here, &a->ctx, t, &open);
    if (!r || *t == table_view_groups(view_list(here)))
        return NULL;
    *def = open ? views_find(open) : NULL;
    const struct row *subject = *def && (*def)->subject ? row_of(&a->ctx, (*def)->subject, *t, r) : NULL;
    if (!subject) {
        *def = NULL;
        return r;
    }
    *t = store_find(a->ctx.store, (*def)->subject);
    return subject;
}

void app_visit_open(struct app *a)
{
    const struct table *t;
    const struct view_def *def;
    struct view *here = app_current(a);
    if ((view_list(here) && table_view_open_group(view_list(here))) || app_explain_prove(a))
        return;
    const struct row *r = app_visit_target(a, &def, &t);
    if (r && !def)
        app_visit_inspect(a);
    struct view *v = r && def ? find_or_make(a, def, here, t, r) : NULL;
    if (v)
        visit(a, v);
}

void app_visit_up(struct app *a)
{
    struct view *v = app_current(a);
    struct table_view *list = view_filtered(v);
    if (list && (table_view_search_end(list) || table_view_close_group(list)))
        return;
    if (list && *table_view_filter_text(list))
        table_view_filter(list, &a->ctx, "", NULL, NULL);
    else if (v->parent)
        visit(a, view_ref(v->parent));
    else if (!v->def->overview)
        app_visit_view(a, views_at(0));
}

void app_visit_step(struct app *a, int step)
{
    if (step < 0 ? a->at > 0 : a->at + 1 < a->visits.n)
        show(a, step < 0 ? a->at - 1 : a->at + 1);
}
