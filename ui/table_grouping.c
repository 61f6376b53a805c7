/* A list whose rows are put together by a column: groups of rows, and the rows of one group. What is arranged in the one is kept
 * while the other is listed. */
#include "ui/table_view_internal.h"

#include "base/mem.h"
#include "table/format.h"

#include <stdlib.h>
#include <string.h>

const char *table_grouping_columns(const struct table_view *v)
{
    return v->groups ? v->group_columns : v->pane->columns;
}

/* ---- the groups' table ---- */

static int make_groups(struct table_view *v, struct error *err)
{
    int column = table_column_index(v->source, v->group);
    if (column < 0 || !table_groups_can(table_column(v->source, (size_t)column)))
        return error_set(err, ERR_INVALID, "%s cannot be grouped by \"%s\"", table_name(v->source), v->group);
    int rc = table_groups_new(v->source, (size_t)column, &v->groups, err);
    if (rc < 0)
        return rc;
    v->table = table_groups_table(v->groups);
    v->group_columns = table_groups_columns(v->groups, v->pane->columns);
    v->group_wanted = mem_calloc(table_ncolumns(v->table), sizeof *v->group_wanted);
    v->groups_old = true;
    return 0;
}

void table_grouping_unbind(struct table_view *v)
{
    table_groups_free(v->groups);
    v->groups = NULL;
    free(v->group_columns);
    v->group_columns = NULL;
    free(v->group_wanted);
    v->group_wanted = NULL;
    v->table = v->source;
}

static void forget(struct table_view *v)
{
    free(v->group);
    free(v->group_said);
    free(v->arrangement);
    v->group = v->group_said = v->arrangement = NULL;
    v->group_open = false;
    str_clear(&v->group_value);
}

/* Of a column that is not there any more there are no groups. */
void table_grouping_bind(struct table_view *v)
{
    if (v->group && !v->group_open && make_groups(v, NULL) < 0)
        forget(v);
    if (v->group_open && table_column_index(v->source, v->group) < 0)
        forget(v);
}

void table_grouping_done(struct table_view *v)
{
    forget(v);
    str_done(&v->group_value);
}

/* ---- what is listed ---- */

static bool looked_at(const struct table_view *v, size_t column)
{
    for (size_t i = 0; i < v->columns.n; i++) {
        if (v->columns.items[i].index == column && v->columns.items[i].shown)
            return true;
    }
    for (size_t i = 0; i < v->order.nkeys; i++) {
        if (v->order.keys[i].column == column)
            return true;
    }
    return v->search && v->search_shown; /* it may ask for any */
}

bool table_grouping_wanted(const struct table_view *v)
{
    for (size_t i = 0; i < table_ncolumns(v->table); i++) {
        if (!v->group_wanted[i] && looked_at(v, i))
            return true;
    }
    return false;
}

/* The cursor is on the group that was open. */
static void go_back(struct table_view *v)
{
    struct str value = {0};
    for (size_t i = 0; i < v->rows.n; i++) {
        str_clear(&value);
        table_groups_value(v->groups, v->rows.items[i].row, &value);
        if (value.len == v->group_value.len && (!value.len || memcmp(value.s, v->group_value.s, value.len) == 0)) {
            v->selected = v->rows.items[i].id;
            v->moved = true;
        }
    }
    str_done(&value);
    v->group_back = false;
}

void table_grouping_list(struct table_view *v, const struct row_order_values *values)
{
    const struct expr_order by_value = {.nkeys = 1, .keys = {{.column = 1}}};
    for (size_t i = 0; i < table_ncolumns(v->table); i++)
        v->group_wanted[i] |= looked_at(v, i);
    table_groups_update(v->groups, v->rows.items, v->rows.n, v->group_wanted, values);
    v->rows.n = 0;
    for (const struct row *r = table_first(v->table); r; r = row_next(r)) {
        if (v->tagged_only && !table_tags_has(v, r))
            continue;
        vec_push(&v->rows,
                 ((struct table_view_row){.row = r, .id = row_id(r), .severity = table_groups_severity(v->groups, r)}));
    }
    if (v->group_back)
        go_back(v);
    row_order_sort(v->table, &by_value, v->rows.items, v->rows.n, NULL, false, false);
}

bool table_grouping_has(const struct table_view *v, const struct row *r)
{
    struct str value = {0};
    int column = table_column_index(v->source, v->group);
    table_groups_value_of(v->source, (size_t)column, r, &value);
    bool has = value.len == v->group_value.len && (!value.len || memcmp(value.s, v->group_value.s, value.len) == 0);
    str_done(&value);
    return has;
}

/* ---- from the one to the other ---- */

/* Columns and order are those of that text; the cursor is on top. */
static void change_list(struct table_view *v, const char *arrangement)
{
    table_tags_clear(v);
    table_view_search_end(v);
    table_flash_done(&v->flash);
    expr_free(v->search);
    v->search = NULL;
    v->rows.n = 0;
    table_columns_forget(v);
    if (arrangement)
        table_memory_read(v, arrangement);
    v->all_old |= !v->all_judged && !v->pane->plain;
    v->dirty = v->groups_old = true;
    v->moved = false;
    v->at = v->top = 0;
}

/* Lists rows, or groups of them. */
static int list_groups(struct table_view *v, bool groups, struct error *err)
{
    struct str left = {0};
    table_memory_save(v, &left);
    int rc = groups ? make_groups(v, err) : 0;
    if (rc == 0) {
        char *other = v->arrangement;
        if (!groups)
            table_grouping_unbind(v);
        v->arrangement = str_take(&left);
        change_list(v, other);
        free(other);
    }
    str_done(&left);
    return rc;
}

int table_view_group(struct table_view *v, const struct context *ctx, const char *name, struct error *err)
{
    if (ctx && ctx->store)
        table_view_bind(v, ctx);
    if (!v->source)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    int column = name ? table_column_index(v->source, name) : 0;
    if (name && (column < 0 || !table_groups_can(table_column(v->source, (size_t)column))))
        return error_set(err, ERR_INVALID, "%s cannot be grouped by \"%s\"", table_name(v->source), name);
    if (v->groups)
        list_groups(v, false, NULL);
    forget(v);
    v->dirty = true;
    if (!name)
        return 0;
    v->group = mem_strdup(name);
    int rc = list_groups(v, true, err);
    if (rc < 0)
        forget(v);
    return rc;
}

const char *table_view_grouped(const struct table_view *v)
{
    return v->group;
}

const struct table *table_view_groups(const struct table_view *v)
{
    return v && v->groups ? v->table : NULL;
}

const struct column *table_view_group_column(const struct table_view *v, size_t i)
{
    for (size_t k = 0; v->source && k < table_ncolumns(v->source); k++) {
        if (table_groups_can(table_column(v->source, k)) && i-- == 0)
            return table_column(v->source, k);
    }
    return NULL;
}

bool table_view_open_group(struct table_view *v)
{
    const struct row *r = v->groups ? table_view_selected(v) : NULL;
    if (!r)
        return false;
    struct str said = {0};
    const struct format_options plain = {.exact = true};
    str_clear(&v->group_value);
    table_groups_value(v->groups, r, &v->group_value);
    const struct column *c = table_column(v->source, (size_t)table_column_index(v->source, v->group));
    if (v->group_value.len)
        format_cell(&said, c, row_get(r, 1), &plain);
    else
        str_add(&said, "unknown");
    list_groups(v, false, NULL);
    v->group_said = str_take(&said);
    v->group_open = true;
    return true;
}

bool table_view_close_group(struct table_view *v)
{
    if (!v->group_open)
        return false;
    v->group_open = false;
    free(v->group_said);
    v->group_said = NULL;
    if (list_groups(v, true, NULL) < 0)
        forget(v);
    else
        v->group_back = true;
    return true;
}

const char *table_view_opened_group(const struct table_view *v)
{
    return v->group_open ? v->group_said : NULL;
}
