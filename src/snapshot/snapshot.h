/* Tables written to a file or a pipe, in one of several formats.
 *
 *   text          aligned columns, for people
 *   json          one document, a row a line:
 *                 {"icetop": VERSION, "time": TIME, "tables": {TABLE: {
 *                    "columns": [{"name", "type", "unit", "help"}, ...],
 *                    "rows": [{COLUMN: VALUE, ...}, ...]}, ...}}
 *   ndjson        {"time": TIME, "table": TABLE, "row": {COLUMN: VALUE, ...}}, a line each
 *   csv           RFC 4180, under a header with the columns' names
 *   tsv           the same with tabs and without quotes
 *   markdown      a table of GitHub's Markdown
 *   html          a page with a table, its looks in itself, no script
 *   openmetrics   gauges named icetop_TABLE_COLUMN, labelled with the table's key
 *
 * Text, markdown and HTML: cells as format_cell has them, times as clock times; unknown is "-", stale
 * values end in "*", empty text is "" in text. Names in their safe form.
 *
 * JSON: unknown is null; a value that is not exact has its quality beside it ("lag_s": 7200,
 * "lag_s_q": "ge"; so no column's name may end in _q). Integers are exact; NaN and infinities are
 * the strings "NaN", "Infinity", "-Infinity"; times are RFC 3339 in UTC with milliseconds (the
 * number of milliseconds where the year has no four digits); text that is no UTF-8 is an object
 * {"base64": BYTES}, all other text exact: what could harm a terminal is written as \u escape.
 *
 * CSV and TSV: numbers and times as format_raw has them (nan, inf, -inf); unknown is an empty field
 * in CSV and \N in TSV; the last column, "_q", names the values that are not exact ("lag_s=ge
 * lag=stale"). Several tables stand one after the other, each under a record of one field, its
 * name, and after an empty line.
 *
 * CSV has names in their safe form, and a ' before those that begin with one of = + - @ ' so that
 * no spreadsheet takes them for formulas: to read them take one ' off. Lines end in CR LF. Empty
 * text is "". TSV has names byte for byte: \\ \t \n \r \xHH stand for what would break the line,
 * could harm a terminal or is no UTF-8.
 *
 * OpenMetrics: unknown cells are left out. A value that is not exact has a label quality="ge"
 * ("le", "est", "stale"), so that no graph takes a bound for a value; exact ones have none.
 * Durations and times are in seconds and say so in their name (lag_s: icetop_groups_lag_seconds,
 * moved: icetop_groups_moved_timestamp_seconds), and so do bytes and ratios. Text, and numbers that
 * are names, are labels of icetop_TABLE_info. Names that are not safe are written as in TSV. */
#ifndef SNAPSHOT_SNAPSHOT_H
#define SNAPSHOT_SNAPSHOT_H

#include "base/error.h"
#include "base/str.h"
#include "expr/expr.h"
#include "table/table.h"

#include <stdio.h>

/* ---- what is written ---- */

struct snapshot_query {
    /* "group, lag": these, in this order; "*": all; NULL or "": all, in formats for people without
     * the hidden ones */
    const char *columns;
    const char *where;         /* an expression, or NULL */
    struct expr *where_parsed; /* one already parsed, instead; is bound here; or NULL */
    const char *sort;          /* "lag desc, group" (expr_order_parse); NULL or "": by key */
    size_t limit;              /* rows at most; 0: all */
};

/* Rows chosen from a table. Borrows the table and its rows: they must not change until it is done
 * with. */
struct snapshot_table {
    const struct table *table;
    size_t *columns; /* indices; owned */
    size_t ncolumns;
    bool named;              /* the columns were asked for by name */
    const struct row **rows; /* sorted; owned */
    size_t nrows;
    size_t matched; /* rows before the limit */
};

/* Chooses by q (NULL: everything); now_ms is what ages in conditions are measured from. ERR_INVALID
 * for what it names that is not there or makes no sense; the text names the place. */
int snapshot_select(const struct table *t, const struct snapshot_query *q, int64_t now_ms, struct snapshot_table *ret,
                    struct error *err);
void snapshot_table_done(struct snapshot_table *t);

/* ---- where it goes ---- */

/* Takes pieces of some 64 kB. 0 or an error code, after which nothing more comes. */
struct snapshot_sink {
    int (*write)(void *arg, const char *bytes, size_t len, struct error *err);
    void *arg;
};
/* Onto the end of a string; ERR_LIMIT if it has a maximum. */
struct snapshot_sink snapshot_sink_str(struct str *s);

/* ---- writing ---- */

struct snapshot_options {
    int64_t now_ms;      /* the document's time */
    const char *version; /* of the program whose rows these are; NULL: this one's */
    bool utc;            /* clock times in text and markdown in UTC instead of local time */
    bool si;             /* sizes there in steps of 1000 instead of 1024 */
    bool exact;          /* all digits in text and markdown ("1,240,312" for "1.24 M"); the other formats
                    always have them */
    bool ascii;          /* ">=" for "≥" in text and markdown */
    bool series;         /* one of several documents into one place: csv and tsv get a first column "_time",
                    text a line with it */
    bool again;          /* not the first of a series: csv and tsv of one table without header */
};

struct snapshot_writer;

struct snapshot_format {
    const char *name;
    const char *help;  /* a phrase for --help and the man page */
    const char *media; /* its MIME type */
    bool people;       /* leaves out hidden columns unless they are named */
    void (*begin)(struct snapshot_writer *w);
    void (*table)(struct snapshot_writer *w, const struct snapshot_table *t);
    void (*end)(struct snapshot_writer *w);
};

/* All of them, the default first, NULL-terminated. */
extern const struct snapshot_format *const snapshot_formats[];
/* ERR_NOT_FOUND; err names those there are. */
int snapshot_format_find(const char *name, const struct snapshot_format **ret, struct error *err);

/* Writes one document of n tables. Only the sink's errors. Memory: one row, and 64 kB. */
int snapshot_write(const struct snapshot_format *f, const struct snapshot_options *o,
                   const struct snapshot_table *tables, size_t n, const struct snapshot_sink *sink, struct error *err);

/* ---- pieces of documents of another shape ---- */

/* Appends a row of t as an object, as json has it, without its hidden columns. */
void snapshot_row_json(const struct table *t, const struct row *r, struct str *out);
/* Appends NAME="VALUE" as openmetrics has it; nothing where the value, which is a text, is unknown. */
void snapshot_label_openmetrics(const char *name, struct value v, struct str *out);

#endif
