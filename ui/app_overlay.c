/* Laying the charts of rows over each other: which rows, and which of their numbers. */
#include "ui/app_command.h"
#include "ui/app_internal.h"

#include <stdio.h>
#include <string.h>

static bool is_number(const struct table *t, int column)
{
    const struct column *c = column < 0 ? NULL : table_column(t, (size_t)column);
    return c && (c->type == COLUMN_INT || c->type == COLUMN_REAL) && c->unit != UNIT_ID && !(c->flags & COLUMN_KEY);
}

/* The first of the pane's spark lines that the row has; NULL: it has none. */
static const char *spark_of(const struct view_pane *pane, const struct table *t, const struct row *r)
{
    for (const char *at = pane->spark; at && *at; at += strspn(at, " ")) {
        char name[64];
        size_t len = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)len, at);
        int i = table_column_index(t, name);
        if (is_number(t, i) && row_get(r, (size_t)i).quality != QUALITY_UNKNOWN)
            return table_column(t, (size_t)i)->name;
        at += len;
    }
    return NULL;
}

/* The number that is meant where none is named: what the list is sorted by, that of its spark line, else the first that is shown
 * and known. */
static const char *column_of(const struct table_view *list, const struct table *t, const struct row *r)
{
    const struct column *sorted =
        table_view_sorted(list) < 0 ? NULL : table_view_column(list, (size_t)table_view_sorted(list));
    if (sorted && is_number(t, table_column_index(t, sorted->name)))
        return sorted->name;
    const char *spark = spark_of(table_view_pane(list), t, r);
    for (size_t i = 0; !spark && table_view_column(list, i); i++) {
        int at = table_column_index(t, table_view_column(list, i)->name);
        if (table_view_shown(list, i) && is_number(t, at) && row_get(r, (size_t)at).quality != QUALITY_UNKNOWN)
            spark = table_column(t, (size_t)at)->name;
    }
    return spark;
}

/* Rows of the list that is shown. */
static int add_from_list(struct app *a, const char *column, struct error *err)
{
    const struct table_view *list = view_list(app_current(a));
    const struct table *t = list ? table_view_table(list) : NULL;
    const struct row *rows[OVERLAY_MOST];
    const struct row *selected = t ? table_view_selected(list) : NULL;
    size_t n = t ? table_view_tagged_rows(list, rows, OVERLAY_MOST) : 0;
    if (!selected || t == table_view_groups(list))
        return error_set(err, ERR_UNAVAILABLE, "there is no row here whose numbers could be charted");
    if (*column && !is_number(t, table_column_index(t, column)))
        return error_set(err, ERR_INVALID, "%s is no number of %s", column, table_name(t));
    if (n > 1)
        overlay_clear(&a->overlay, &a->ctx);
    if (n == 0)
        rows[n++] = selected;
    for (size_t i = 0; i < n; i++) {
        const char *mine = *column ? column : column_of(list, t, rows[i]);
        if (!mine)
            return error_set(err, ERR_UNAVAILABLE, "this row has no number: overlay COLUMN names one");
        overlay_add(&a->overlay, &a->ctx, t, rows[i], mine);
    }
    return 0;
}

static void open_page(struct app *a)
{
    char buf[16];
    overlay_show(&a->overlay, &a->ctx);
    a->asked_us = clock_mono_us(a->clock);
    a->page_kind = PAGE_OVERLAY;
    a->message[0] = '\0';
    if (a->overlay.n < 2)
        app_say(a, "%s on another row lays that over it", keymap_name(a->ctx.keys, ACTION_OVERLAY, buf));
}

int app_command_overlay(struct app *a, struct command_call *call, struct error *err)
{
    if (strcmp(call->arg, "none") == 0) {
        overlay_clear(&a->overlay, &a->ctx);
        app_say(a, "the overlay is empty");
        return 0;
    }
    int rc = add_from_list(a, call->arg, err);
    if (rc == 0)
        open_page(a);
    return rc;
}

void app_overlay(struct app *a)
{
    struct error err = {0};
    const struct table *t;
    const struct row *r = a->page_kind == PAGE_INSPECT ? inspect_row(&a->inspect, &a->ctx, &t) : NULL;
    int rc = 0;
    if (a->page_kind == PAGE_OVERLAY) {
        overlay_clear(&a->overlay, &a->ctx);
        app_visit_leave_page(a);
        return;
    }
    if (r && is_number(t, (int)a->inspect.at))
        overlay_add(&a->overlay, &a->ctx, t, r, table_column(t, a->inspect.at)->name);
    else if (a->page_kind == PAGE_INSPECT)
        rc = error_set(&err, ERR_INVALID, "this column is no number");
    else if (a->page_kind == PAGE_NONE)
        rc = add_from_list(a, "", &err);
    else
        return;
    if (rc)
        app_say(a, "%s", err.text);
    else
        open_page(a);
}
