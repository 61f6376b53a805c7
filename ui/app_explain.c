/* From a row to the findings that name it, and from a finding to the rows that prove it. */
#include "ui/app_internal.h"

#include "base/str.h"
#include "expr/expr.h"
#include "ui/template.h"

#include <string.h>

/* Conditions over findings that name a row, as templates over it; the first that can be filled and is true of some is meant. */
static const struct {
    const char *table; /* of the row; NULL: any */
    const char *where;
} ways[] = {
    {NULL, "connector = {connector} and task = {task}"},
    {NULL, "connector = {connector} and (connect = unknown or connect = {connect})"},
    {NULL, "connector = {connector}"},
    {NULL, "cluster = {cluster} and group = {group}"},
    {NULL, "cluster = {cluster} and group = {group_id}"},
    {NULL, "catalog = {catalog} and table = {table}"},
    {NULL, "table = {table}"},
    {NULL, "cluster = {cluster} and topic = {topic} and partition = {partition}"},
    {NULL, "cluster = {cluster} and topic = {topic}"},
    {"clusters", "cluster = {cluster}"},
    {NULL, "subject = {\"feature [dataset] > [feature]\"}"},
    {NULL, "subject = {\"cohort [dataset] > [key] = [level]\"}"},
};

/* The findings that a condition is true of: their number, and the worst of them. */
static size_t matching(const struct app *a, const char *where, const struct row **worst)
{
    const struct table *t = store_find(a->ctx.store, "findings");
    struct expr *e = NULL;
    size_t n = 0;
    if (expr_parse(where, &e, NULL, NULL) < 0)
        return 0;
    if (expr_bind(e, t, NULL, NULL) == 0) {
        for (const struct row *r = table_first(t); r; r = row_next(r)) {
            if (!expr_matches(e, r, a->ctx.format.now_ms))
                continue;
            struct value mine = row_cell(r, "rank");
            struct value best = *worst ? row_cell(*worst, "rank") : value_unknown();
            if (!*worst || value_compare(COLUMN_INT, mine, best) < 0)
                *worst = r;
            n++;
        }
    }
    expr_free(e);
    return n;
}

/* Goes to the findings that name a row; false if none does. */
static bool explain(struct app *a, const struct table *t, const struct row *r)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct row *worst = NULL;
        struct str where = {0};
        bool fits = !ways[i].table || strcmp(ways[i].table, table_name(t)) == 0;
        size_t n = fits && template_where(&where, ways[i].where, t, r) == 0 ? matching(a, str_text(&where), &worst) : 0;
        if (n == 1)
            app_visit_about(a, views_find("finding"), store_find(a->ctx.store, "findings"), worst);
        else if (n > 1)
            app_visit_rows(a, "findings", str_text(&where));
        str_done(&where);
        if (n)
            return true;
    }
    return false;
}

void app_explain(struct app *a)
{
    const struct table *t = NULL;
    const char *open;
    const struct row *r = a->page_kind == PAGE_INSPECT ? inspect_row(&a->inspect, &a->ctx, &t)
                                                       : view_selected(app_current(a), &a->ctx, &t, &open);
    if (!a->ctx.store || !store_find(a->ctx.store, "findings")) {
        app_say(a, "no findings are known here");
        return;
    }
    if (r && strcmp(table_name(t), "findings") == 0) {
        app_visit_about(a, views_find("finding"), t, r);
        return;
    }
    if (r && t != table_view_groups(view_list(app_current(a))) && explain(a, t, r))
        return;
    for (const struct view *v = app_current(a); v;
         v = v->parent) { /* a partition of a cycle: the cycle, its connector */
        const struct row *subject = view_subject(v, &a->ctx);
        if (subject && strcmp(v->def->subject, "findings") != 0 &&
            explain(a, store_find(a->ctx.store, v->def->subject), subject))
            return;
    }
    app_say(a, "no finding names this row");
}

bool app_explain_prove(struct app *a)
{
    const struct table *t;
    const char *open;
    const struct row *r = view_selected(app_current(a), &a->ctx, &t, &open);
    if (!r || strcmp(table_name(t), "finding_evidence") != 0)
        return false;
    struct value table = row_cell(r, "table"), where = row_cell(r, "where");
    if (table.quality == QUALITY_UNKNOWN || !app_visit_known(a, table.s->raw)) {
        app_say(a, "the table that this names is not here");
        return true;
    }
    /* the row may go while one does */
    struct str name = {0}, condition = {0};
    str_bytes(&name, table.s->raw, table.s->len);
    if (where.quality != QUALITY_UNKNOWN)
        str_bytes(&condition, where.s->raw, where.s->len);
    app_visit_rows(a, str_text(&name), str_text(&condition));
    str_done(&name);
    str_done(&condition);
    return true;
}
