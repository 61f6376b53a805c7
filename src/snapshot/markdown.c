/* Tables of GitHub's Markdown. */
#include "snapshot/snapshot_internal.h"

#include <ctype.h>
#include <string.h>

/* Would Markdown see more in s[i] than the character? */
static bool special(const char *s, size_t i)
{
    if (s[i] != '_')
        return s[i] && strchr("\\`*[]<>|&~#", s[i]);
    /* an underscore within a word is one, others may be emphasis */
    return i == 0 || !isalnum((unsigned char)s[i - 1]) || !isalnum((unsigned char)s[i + 1]);
}

static void add_escaped(struct str *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (special(s, i))
            str_char(out, '\\');
        str_char(out, s[i]);
    }
}

static void markdown_begin(struct snapshot_writer *w)
{
    char buf[32];
    if (w->options->series)
        str_printf(&w->out, "%s# %s\n\n", w->options->again ? "\n" : "", snapshot_time(w, buf, sizeof buf));
}

static void write_head(struct snapshot_writer *w, const struct snapshot_table *t)
{
    size_t at = 0, column;
    str_char(&w->out, '|');
    while (snapshot_next_shown(t, &at, &column)) {
        const char *name = table_column(t->table, column)->name;
        str_char(&w->out, ' ');
        add_escaped(&w->out, name, strlen(name));
        str_add(&w->out, " |");
    }
    str_add(&w->out, "\n|");
    at = 0;
    while (snapshot_next_shown(t, &at, &column))
        str_add(&w->out, format_right(table_column(t->table, column)) ? " ---: |" : " --- |");
    str_char(&w->out, '\n');
}

static void markdown_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    if (w->nth)
        str_char(&w->out, '\n');
    if (w->ntables > 1)
        str_printf(&w->out, "## %s\n\n", table_name(t->table));
    write_head(w, t);
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++) {
        size_t at = 0, column;
        str_char(&w->out, '|');
        while (snapshot_next_shown(t, &at, &column)) {
            struct column own;
            snapshot_people_cell(w, format_column(t->table, t->rows[i], column, &own), row_get(t->rows[i], column));
            str_char(&w->out, ' ');
            add_escaped(&w->out, str_text(&w->cell), w->cell.len);
            str_add(&w->out, w->cell.len ? " |" : "|");
        }
        str_char(&w->out, '\n');
    }
}

static void markdown_end(struct snapshot_writer *w)
{
    (void)w;
}

const struct snapshot_format snapshot_markdown = {
    .name = "markdown",
    .help = "tables for a report or an issue",
    .media = "text/markdown; charset=utf-8",
    .people = true,
    .begin = markdown_begin,
    .table = markdown_table,
    .end = markdown_end,
};
