/* Commands are declared by the columns that they need, so that they are there for every table that has them. */
#include "ui/equivalent.h"

#include "ui/template.h"

#include "base/shell.h"

#include <string.h>

static const struct tool {
    const char *column; /* a row that knows this */
    const char *command;
    const char *option; /* gets that; NULL: nothing does */
    const char *more;
} tools[] = {
    {"member_id", "kafka-consumer-groups.sh", NULL, " --describe --members --verbose"},
    {"group", "kafka-consumer-groups.sh", "group", " --describe"},
    {"topic", "kafka-topics.sh", "topic", " --describe"},
    {"broker", "kafka-broker-api-versions.sh", NULL, ""},
    {"cluster", "kafka-topics.sh", NULL, " --describe --under-replicated-partitions"},
};

/* Appends an option with a text cell's bytes; ERR_INVALID where there are none that a command can be given. */
static int add_option(struct str *out, const char *option, const char *column, struct value v, struct error *err)
{
    if (v.quality == QUALITY_UNKNOWN)
        return error_set(err, ERR_INVALID, "%s is not known", column);
    if (!shell_option(out, option, v.s->raw, v.s->len))
        return error_set(err, ERR_INVALID, "%s has a NUL in its name: no command can be given that", column);
    return 0;
}

static struct value bootstrap_of(const struct context *ctx, struct value cluster)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "clusters") : NULL;
    const struct row *r = t && table_nkeys(t) == 1 && cluster.quality ? table_find(t, &cluster) : NULL;
    return r ? row_cell(r, "bootstrap") : value_unknown();
}

int equivalent_tool(const struct context *ctx, const struct table *t, const struct row *r, struct str *out,
                    struct error *err)
{
    size_t before = out->len;
    for (size_t i = 0; i < sizeof tools / sizeof *tools && table_column_index(t, "cluster") >= 0; i++) {
        const struct tool *tool = &tools[i];
        if (table_column_index(t, tool->column) < 0)
            continue;
        const char *named = strcmp(tool->column, "member_id") == 0 ? "group" : tool->option;
        str_add(out, tool->command);
        int rc = add_option(out, "bootstrap-server", "bootstrap", bootstrap_of(ctx, row_cell(r, "cluster")), err);
        str_add(out, tool->more);
        if (!rc && named)
            rc = add_option(out, named, named, row_cell(r, named), err);
        if (rc)
            str_cut(out, before);
        return rc;
    }
    return error_set(err, ERR_NOT_FOUND, "Kafka's tools know nothing of this row");
}

/* That rows are of the chosen cluster; nothing where none is, or the list is about a row anyway. */
static void scope_where(struct str *out, const struct context *ctx, const struct table_view *list)
{
    const struct table *t = ctx->cluster && ctx->store ? store_find(ctx->store, "clusters") : NULL;
    if (table_column_index(table_view_table(list), "cluster") < 0 ||
        (table_view_pane(list)->where && strchr(table_view_pane(list)->where, '{')))
        return;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (strcmp(row_text(r, "cluster"), ctx->cluster) == 0)
            template_where(out, "cluster = {cluster}", t, r);
    }
}

/* The chosen cluster, the list's own condition and what was typed, all of them. */
static void add_where(struct str *out, const struct context *ctx, const struct table_view *list)
{
    struct str scope = {0}, all = {0};
    scope_where(&scope, ctx, list);
    const char *parts[] = {str_text(&scope), table_view_where(list), table_view_filter_text(list)};
    size_t n = 0, given = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        n += *parts[i] != '\0';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (*parts[i])
            str_printf(&all, n > 1 ? "%s(%s)" : "%s%s", given++ ? " and " : "", parts[i]);
    }
    if (all.len)
        shell_option(out, "where", all.s, all.len);
    str_done(&all);
    str_done(&scope);
}

int equivalent_snapshot(const struct context *ctx, const char *program, const struct table_view *list, struct str *out,
                        struct error *err)
{
    const struct table *t = table_view_table(list);
    const struct column *c;
    struct str columns = {0}, order = {0};
    if (!t)
        return error_set(err, ERR_UNAVAILABLE, "no rows yet");
    if (table_view_grouped(list))
        return error_set(err, ERR_UNAVAILABLE, "there is no command for rows grouped by %s", table_view_grouped(list));
    str_printf(out, "%s snapshot %s", program ? program : "icetop", table_name(t));
    add_where(out, ctx, list);
    table_view_order_text(list, &order);
    if (order.len)
        shell_option(out, "sort", order.s, order.len);
    if (table_view_pane(list)->limit)
        str_printf(out, " --limit %zu", table_view_pane(list)->limit);
    for (size_t i = 0; (c = table_view_column(list, i)); i++) {
        if (table_view_shown(list, i))
            str_printf(&columns, "%s%s", columns.len ? "," : "", c->name);
    }
    shell_option(out, "columns", str_text(&columns), columns.len);
    str_done(&columns);
    str_done(&order);
    return 0;
}
