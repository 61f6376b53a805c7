/* Says what is wrong with the console's options in the shell, where it can be put right. */
#include "cmd/begin.h"

#include "base/clock.h"
#include "base/str.h"
#include "cmd/options.h"
#include "cmd/tables.h"
#include "derive/columns.h"
#include "expr/expr.h"
#include "snapshot/snapshot.h"
#include "ui/views.h"

#include <stdio.h>
#include <string.h>

bool cmd_begin_condition(const struct cmd_options *o)
{
    const char *text = cmd_options_condition(o);
    struct expr *e = NULL;
    struct error err = {0};
    size_t at;
    if (!text || expr_parse(text, &e, &at, &err) == 0) {
        expr_free(e);
        return true;
    }
    struct str lines = {0};
    expr_explain(&lines, text, at, &err);
    fprintf(stderr, "icetop: --%s: %s", cmd_options_given(o, OPTIONS_FILTER) ? "filter" : "where", str_text(&lines));
    str_done(&lines);
    return false;
}

int cmd_begin_graph(const char *graph, enum graph_glyphs best, bool ascii, enum graph_glyphs *ret, struct error *err)
{
    static const struct {
        const char *name;
        enum graph_glyphs glyphs;
    } kinds[] = {{"braille", GRAPH_BRAILLE}, {"block", GRAPH_BLOCK}, {"ascii", GRAPH_ASCII}};
    bool found = !graph || strcmp(graph, "auto") == 0;
    enum graph_glyphs glyphs = best;
    for (size_t i = 0; !found && i < sizeof kinds / sizeof *kinds; i++) {
        found = strcmp(graph, kinds[i].name) == 0;
        glyphs = kinds[i].glyphs;
    }
    if (!found)
        return error_set(err, ERR_INVALID, "--graph %s: there are auto, braille, block and ascii", graph);
    *ret = ascii ? GRAPH_ASCII : glyphs;
    return 0;
}

static int no_view(const char *view, struct error *err)
{
    struct str names = {0};
    const struct view_def *def;
    for (size_t i = 0; (def = views_at(i)); i++)
        if (!def->subject)
            str_printf(&names, "%s%s", names.len ? ", " : "", def->name);
    const struct table_def *table;
    for (size_t i = 0; (table = cmd_tables_at(i)); i++) {
        def = views_find(table->name);
        if (!def || def->subject)
            str_printf(&names, ", %s", table->name);
    }
    int rc = error_set(err, ERR_INVALID, "--view: there is no view \"%.50s\" to begin with; there are: %s", view,
                       str_text(&names));
    str_done(&names);
    return rc;
}

/* Against a table without rows. */
static int check_list(const struct table_def *def, const struct snapshot_query *q, struct error *err)
{
    struct store *s = store_new(&clock_system);
    struct table *t;
    struct snapshot_table chosen;
    int rc = store_add(s, def, NULL, &t, err);
    derive_columns_add(s);
    if (!rc)
        rc = snapshot_select(t, q, 0, &chosen, err);
    if (!rc)
        snapshot_table_done(&chosen);
    store_free(s);
    return rc;
}

/* A view that is about one row cannot be the first one: there is none yet. Tables have a view each. */
int cmd_begin_view(const struct cmd_options *o, struct error *err)
{
    const char *view = cmd_options_value(o, OPTIONS_VIEW);
    const struct view_def *def = view ? views_find(view) : views_at(0);
    const struct snapshot_query q = {.columns = cmd_options_value(o, OPTIONS_COLUMNS),
                                     .where = cmd_options_condition(o),
                                     .sort = cmd_options_value(o, OPTIONS_SORT)};
    def = def && def->subject ? NULL : def;
    const struct table_def *table = cmd_tables_find(def ? def->panes[0].table : view);
    if (!def && !table)
        return no_view(view, err);
    return table ? check_list(table, &q, err) : 0;
}
