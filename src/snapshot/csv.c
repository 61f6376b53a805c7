/* Comma- and tab-separated values. */
#include "snapshot/snapshot_internal.h"

#include <string.h>

/* What differs between the two. */
struct dialect {
    char separator;
    const char *eol;
    const char *unknown;
    void (*text)(struct str *out, const struct name *n);          /* a name as field */
    void (*plain)(struct str *out, const char *text, size_t len); /* any other field */
};

static void csv_plain(struct str *out, const char *text, size_t len)
{
    if (!memchr(text, '"', len) && !memchr(text, ',', len) && !memchr(text, '\n', len) && !memchr(text, '\r', len)) {
        str_bytes(out, text, len);
        return;
    }
    str_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            str_char(out, '"');
        str_char(out, text[i]);
    }
    str_char(out, '"');
}

/* The safe form, guarded against being taken for a formula. A text of no length is quoted: it is
 * not unknown. */
static void csv_text(struct str *out, const struct name *n)
{
    struct str field = {0};
    if (n->safe_len && strchr("=+-@'", *n->safe))
        str_char(&field, '\'');
    str_bytes(&field, n->safe, n->safe_len);
    if (field.len)
        csv_plain(out, field.s, field.len);
    else
        str_add(out, "\"\"");
    str_done(&field);
}

static void tsv_plain(struct str *out, const char *text, size_t len)
{
    str_bytes(out, text, len);
}

static const struct dialect csv = {',', "\r\n", "", csv_text, csv_plain};
static const struct dialect tsv = {'\t', "\n", "\\N", snapshot_escape, tsv_plain};

static void add_plain(struct str *out, const struct dialect *d, const char *text)
{
    d->plain(out, text, strlen(text));
}

static void write_header(struct snapshot_writer *w, const struct snapshot_table *t, const struct dialect *d)
{
    if (w->options->series)
        str_printf(&w->out, "_time%c", d->separator);
    for (size_t i = 0; i < t->ncolumns; i++) {
        add_plain(&w->out, d, table_column(t->table, t->columns[i])->name);
        str_char(&w->out, d->separator);
    }
    str_printf(&w->out, "_q%s", d->eol);
}

static void write_cell(struct snapshot_writer *w, const struct column *c, struct value v, const struct dialect *d)
{
    if (v.quality == QUALITY_UNKNOWN) {
        str_add(&w->out, d->unknown);
    } else if (c->type == COLUMN_TEXT) {
        d->text(&w->out, v.s);
    } else {
        str_clear(&w->cell);
        format_raw(&w->cell, c, v);
        d->plain(&w->out, str_text(&w->cell), w->cell.len);
    }
}

static void write_row(struct snapshot_writer *w, const struct snapshot_table *t, const struct row *r,
                      const struct dialect *d)
{
    char buf[32];
    struct str q = {0};
    if (w->options->series)
        str_printf(&w->out, "%s%c", snapshot_time(w, buf, sizeof buf), d->separator);
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = table_column(t->table, t->columns[i]);
        struct value v = row_get(r, t->columns[i]);
        write_cell(w, c, v, d);
        str_char(&w->out, d->separator);
        if (v.quality != QUALITY_UNKNOWN && v.quality != QUALITY_EXACT)
            str_printf(&q, "%s%s=%s", q.len ? " " : "", c->name, quality_name(v.quality));
    }
    add_plain(&w->out, d, str_text(&q));
    str_add(&w->out, d->eol);
    str_done(&q);
}

static void write_table(struct snapshot_writer *w, const struct snapshot_table *t, const struct dialect *d)
{
    bool several = w->ntables > 1;
    if (several && (w->nth || w->options->again))
        str_add(&w->out, d->eol);
    if (several) {
        add_plain(&w->out, d, table_name(t->table));
        str_add(&w->out, d->eol);
    }
    if (several || !w->options->again)
        write_header(w, t, d);
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++)
        write_row(w, t, t->rows[i], d);
}

static void csv_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    write_table(w, t, &csv);
}

static void tsv_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    write_table(w, t, &tsv);
}

static void nothing(struct snapshot_writer *w)
{
    (void)w;
}

const struct snapshot_format snapshot_csv = {
    .name = "csv",
    .help = "comma-separated values (RFC 4180), for spreadsheets",
    .media = "text/csv; charset=utf-8; header=present",
    .begin = nothing,
    .table = csv_table,
    .end = nothing,
};

const struct snapshot_format snapshot_tsv = {
    .name = "tsv",
    .help = "tab-separated values, names byte for byte",
    .media = "text/tab-separated-values; charset=utf-8",
    .begin = nothing,
    .table = tsv_table,
    .end = nothing,
};
