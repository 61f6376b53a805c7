/* Aligned columns, as a terminal shows them. */
#include "base/mem.h"
#include "base/text.h"
#include "snapshot/snapshot_internal.h"

#include <ctype.h>
#include <stdlib.h>

/* The heading: the column's name, which is what options take, in capitals. */
static void heading(struct str *out, const struct column *c)
{
    str_clear(out);
    for (const char *p = c->name; *p; p++)
        str_char(out, (char)toupper((unsigned char)*p));
}

static void cell(struct snapshot_writer *w, const struct snapshot_table *t, const struct row *r, size_t column)
{
    const struct column *c = table_column(t->table, column);
    if (!r) {
        heading(&w->cell, c);
        return;
    }
    struct column own;
    snapshot_people_cell(w, format_column(t->table, r, column, &own), row_get(r, column));
    if (!w->cell.len)
        str_add(&w->cell, "\"\""); /* so that there is a word in every column */
}

static size_t cell_width(const struct snapshot_writer *w)
{
    return text_width(str_text(&w->cell), w->cell.len);
}

/* Columns of the widest cell, heading included; by index of the table's column. */
static size_t *measure(struct snapshot_writer *w, const struct snapshot_table *t)
{
    size_t *widths = mem_calloc(table_ncolumns(t->table), sizeof *widths);
    for (size_t i = 0; i <= t->nrows; i++) {
        size_t at = 0, column;
        while (snapshot_next_shown(t, &at, &column)) {
            cell(w, t, i < t->nrows ? t->rows[i] : NULL, column);
            size_t width = cell_width(w);
            if (width > widths[column])
                widths[column] = width;
        }
    }
    return widths;
}

static void write_row(struct snapshot_writer *w, const struct snapshot_table *t, const struct row *r,
                      const size_t *widths)
{
    size_t at = 0, column, blanks = 0;
    while (snapshot_next_shown(t, &at, &column)) {
        cell(w, t, r, column);
        size_t pad = widths[column] - cell_width(w);
        bool right = format_right(table_column(t->table, column));
        str_repeat(&w->out, ' ', blanks + (right ? pad : 0));
        str_bytes(&w->out, str_text(&w->cell), w->cell.len);
        blanks = 2 + (right ? 0 : pad); /* none at the end of the line */
    }
    str_char(&w->out, '\n');
}

static void text_begin(struct snapshot_writer *w)
{
    char buf[32];
    if (w->options->series)
        str_printf(&w->out, "%s%s\n", w->options->again ? "\n" : "", snapshot_time(w, buf, sizeof buf));
}

static void text_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    if (w->nth)
        str_char(&w->out, '\n');
    if (w->ntables > 1)
        str_printf(&w->out, "%s\n", table_name(t->table));
    size_t *widths = measure(w, t);
    write_row(w, t, NULL, widths);
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++)
        write_row(w, t, t->rows[i], widths);
    free(widths);
}

static void text_end(struct snapshot_writer *w)
{
    (void)w;
}

const struct snapshot_format snapshot_text = {
    .name = "text",
    .help = "aligned columns, for people",
    .media = "text/plain; charset=utf-8",
    .people = true,
    .begin = text_begin,
    .table = text_table,
    .end = text_end,
};
