/* Help about one thing: a command, or the columns of a view or table. */
#include "ui/page.h"

#include "ui/command.h"

#include "base/text.h"

#include <string.h>

static void add_column(struct page *p, const struct column *c)
{
    struct str what = {0}, help = {0};
    str_add(&what, c->unit != UNIT_NONE ? column_unit_name(c->unit) : column_type_name(c->type));
    if (c->help)
        text_safe(&help, c->help, strlen(c->help));
    page_add(p, c->flags & COLUMN_KEY ? ROLE_STRONG : ROLE_TEXT, c->name, str_text(&what), str_text(&help));
    str_done(&what);
    str_done(&help);
}

static void add_columns(struct page *p, const struct context *ctx, const char *table)
{
    const struct table *t = ctx->store ? store_find(ctx->store, table) : NULL;
    if (!t)
        return;
    page_title(p, ROLE_TEXT, " ");
    page_title(p, ROLE_TITLE, "table %s", table);
    page_add(p, ROLE_TEXT, NULL, NULL, table_help(t));
    for (size_t i = 0; i < table_ncolumns(t); i++)
        add_column(p, table_column(t, i));
}

static void add_command(struct page *p, const struct command *c)
{
    struct str usage = {0};
    str_char(&usage, ':');
    command_usage(c, &usage);
    page_title(p, ROLE_TITLE, "%s", str_text(&usage));
    if (c->alias)
        page_title(p, ROLE_TEXT, "short :%s", c->alias);
    page_add(p, ROLE_TEXT, "", NULL, c->help);
    str_done(&usage);
}

bool page_help_topic(struct page *p, const struct context *ctx, const char *name)
{
    const struct command *c = command_find(name, strlen(name));
    const struct view_def *def = views_find(name);
    if (!c && !def && !(ctx->store && store_find(ctx->store, name)))
        return false;
    page_clear(p);
    if (c)
        add_command(p, c);
    if (def) {
        page_title(p, ROLE_TITLE, "%s", name);
        page_add(p, ROLE_TEXT, "", NULL, def->help);
    }
    for (int i = 0; def && i < VIEWS_PANES && def->panes[i].table; i++)
        add_columns(p, ctx, def->panes[i].table);
    if (!def && !c)
        add_columns(p, ctx, name);
    return true;
}
