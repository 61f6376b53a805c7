/* A page with tables: for a report, or to send to somebody. */
#include "snapshot/snapshot_internal.h"

#include <string.h>

static void add_escaped(struct str *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (s[i]) {
        case '&':
            str_add(out, "&amp;");
            break;
        case '<':
            str_add(out, "&lt;");
            break;
        case '>':
            str_add(out, "&gt;");
            break;
        case '"':
            str_add(out, "&quot;");
            break;
        default:
            str_char(out, s[i]);
        }
    }
}

static void html_begin(struct snapshot_writer *w)
{
    char buf[32];
    if (!w->options->again)
        str_add(&w->out, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>icetop</title>\n<style>\n"
                         "body { font-family: system-ui, sans-serif; }\n"
                         "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
                         "th, td { padding: .2em .7em; border-bottom: 1px solid #ccc; text-align: left; }\n"
                         ".n { text-align: right; }\n</style>\n</head>\n<body>\n");
    str_printf(&w->out, "<p>%s</p>\n", snapshot_time(w, buf, sizeof buf));
}

static void write_cell(struct snapshot_writer *w, const char *tag, const struct column *c, const char *text, size_t len)
{
    str_printf(&w->out, "<%s%s>", tag, format_right(c) ? " class=\"n\"" : "");
    add_escaped(&w->out, text, len);
    str_printf(&w->out, "</%s>", tag);
}

static void write_head(struct snapshot_writer *w, const struct snapshot_table *t)
{
    size_t at = 0, column;
    str_add(&w->out, "<table>\n<tr>");
    while (snapshot_next_shown(t, &at, &column)) {
        const struct column *c = table_column(t->table, column);
        write_cell(w, "th", c, c->name, strlen(c->name));
    }
    str_add(&w->out, "</tr>\n");
}

static void html_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    str_add(&w->out, "<h2>");
    add_escaped(&w->out, table_name(t->table), strlen(table_name(t->table)));
    str_add(&w->out, "</h2>\n");
    write_head(w, t);
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++) {
        size_t at = 0, column;
        str_add(&w->out, "<tr>");
        while (snapshot_next_shown(t, &at, &column)) {
            struct column own;
            const struct column *c = format_column(t->table, t->rows[i], column, &own);
            snapshot_people_cell(w, c, row_get(t->rows[i], column));
            write_cell(w, "td", c, str_text(&w->cell), w->cell.len);
        }
        str_add(&w->out, "</tr>\n");
    }
    str_add(&w->out, "</table>\n");
}

static void html_end(struct snapshot_writer *w)
{
    if (!w->options->series)
        str_add(&w->out, "</body>\n</html>\n");
}

const struct snapshot_format snapshot_html = {
    .name = "html",
    .help = "a page with tables",
    .media = "text/html; charset=utf-8",
    .people = true,
    .begin = html_begin,
    .table = html_table,
    .end = html_end,
};
