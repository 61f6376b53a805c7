/* OpenMetrics 1.0: gauges, and an info metric for what is text. */
#include "snapshot/snapshot_internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* How a unit of ours is named and counted there. A family with a unit must have it at the end of
 * its name. */
static const struct unit {
    const char *name;   /* NULL: none */
    const char *suffix; /* of our column's name, replaced by the unit's */
} units[] = {
    [UNIT_BYTES] = {"bytes", "_bytes"},
    [UNIT_SECONDS] = {"seconds", "_s"},
    [UNIT_MS] = {"seconds", "_ms"},
    [UNIT_RATIO] = {"ratio", "_ratio"},
    [UNIT_PER_SECOND] = {0}, /* the last one: gives the table its size */
};

static const struct unit *unit_of(const struct column *c)
{
    static const struct unit none, timestamp = {"seconds", "_timestamp"};
    if (c->type == COLUMN_TIME)
        return &timestamp;
    return c->unit < sizeof units / sizeof *units ? &units[c->unit] : &none;
}

/* A label of the info metric instead of a gauge? */
static bool is_label(const struct column *c)
{
    return c->type == COLUMN_TEXT || c->unit == UNIT_ID;
}

/* Text within quotes, and help. */
static void add_escaped(struct str *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\n') {
            str_add(out, "\\n");
            continue;
        }
        if (s[i] == '"' || s[i] == '\\')
            str_char(out, '\\');
        str_char(out, s[i]);
    }
}

/* NAME="VALUE", with a comma if it is not the first; unknown values have no label. */
static void add_label(struct snapshot_writer *w, const struct column *c, struct value v, size_t start)
{
    if (v.quality == QUALITY_UNKNOWN)
        return;
    str_add(&w->out, w->out.len > start ? "," : "");
    str_printf(&w->out, "%s%s=\"", isdigit((unsigned char)*c->name) ? "_" : "", c->name);
    if (c->type == COLUMN_TEXT) {
        size_t len;
        const char *text = snapshot_label(&w->cell, v.s, &len);
        add_escaped(&w->out, text, len);
    } else {
        str_clear(&w->cell);
        format_raw(&w->cell, c, v);
        add_escaped(&w->out, str_text(&w->cell), w->cell.len);
    }
    str_char(&w->out, '"');
}

void snapshot_label_openmetrics(const char *name, struct value v, struct str *out)
{
    struct str scratch = {0};
    size_t len;
    if (v.quality == QUALITY_UNKNOWN)
        return;
    const char *text = snapshot_label(&scratch, v.s, &len);
    str_printf(out, "%s=\"", name);
    add_escaped(out, text, len);
    str_char(out, '"');
    str_done(&scratch);
}

static void add_keys(struct snapshot_writer *w, const struct snapshot_table *t, const struct row *r, size_t start)
{
    for (size_t i = 0; i < table_nkeys(t->table); i++)
        add_label(w, table_column(t->table, i), row_get(r, i), start);
}

static void add_number(struct str *out, const struct column *c, struct value v, struct str *scratch)
{
    static const struct column plain = {.type = COLUMN_REAL};
    if (c->type == COLUMN_TIME || (c->type == COLUMN_INT && c->unit == UNIT_MS)) {
        str_printf(out, "%s%" PRId64 ".%03d", v.i < 0 && v.i > -1000 ? "-" : "", v.i / 1000,
                   (int)(v.i < 0 ? -(v.i % 1000) : v.i % 1000));
        return;
    }
    if (c->type != COLUMN_REAL) {
        str_printf(out, "%" PRId64, c->type == COLUMN_BOOL ? v.i != 0 : v.i);
        return;
    }
    double d = c->unit == UNIT_MS ? v.d / 1000 : v.d;
    if (isnan(d)) {
        str_add(out, "NaN");
    } else if (isinf(d)) {
        str_add(out, d > 0 ? "+Inf" : "-Inf");
    } else {
        str_clear(scratch);
        format_raw(scratch, &plain, value_real(d));
        str_bytes(out, scratch->s, scratch->len);
    }
}

/* Makes a family's name one that the document does not have yet: two columns may differ in their
 * unit's suffix only, and a table's name may begin like another's. */
static void claim(struct snapshot_writer *w, struct str *name, const char *unit)
{
    while (map_get(&w->families, name->s, name->len)) {
        str_cut(name, name->len - (unit ? strlen(unit) : 0));
        str_printf(name, "_%s", unit ? unit : "");
    }
    map_put(&w->families, name->s, name->len, w);
}

/* icetop_TABLE_COLUMN[_UNIT] */
static void family_name(struct snapshot_writer *w, const struct table *t, const struct column *c, struct str *name)
{
    const char *unit = unit_of(c)->name;
    str_printf(name, "icetop_%s_%s", table_name(t), c->name);
    if (unit) {
        const char *suffix = unit_of(c)->suffix;
        size_t n = strlen(suffix);
        if (c->type == COLUMN_TIME)
            str_add(name, suffix);
        else if (name->len > n && strcmp(name->s + name->len - n, suffix) == 0)
            str_cut(name, name->len - n);
        str_printf(name, "_%s", unit);
    }
    claim(w, name, unit);
}

static void write_meta(struct str *out, const char *name, const char *type, const char *unit, const char *help)
{
    str_printf(out, "# TYPE %s %s\n", name, type);
    if (unit)
        str_printf(out, "# UNIT %s %s\n", name, unit);
    if (!help || !*help)
        return;
    str_printf(out, "# HELP %s ", name);
    add_escaped(out, help, strlen(help));
    str_char(out, '\n');
}

static void write_gauge(struct snapshot_writer *w, const struct snapshot_table *t, size_t column)
{
    const struct column *c = table_column(t->table, column);
    struct str name = {0};
    family_name(w, t->table, c, &name);
    write_meta(&w->out, name.s, "gauge", unit_of(c)->name, c->help);
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++) {
        struct value v = row_get(t->rows[i], column);
        if (v.quality == QUALITY_UNKNOWN)
            continue;
        str_printf(&w->out, "%s{", name.s);
        size_t start = w->out.len;
        add_keys(w, t, t->rows[i], start);
        if (v.quality != QUALITY_EXACT)
            str_printf(&w->out, "%squality=\"%s\"", w->out.len > start ? "," : "", quality_name(v.quality));
        str_add(&w->out, "} ");
        add_number(&w->out, c, v, &w->cell);
        str_char(&w->out, '\n');
    }
    str_done(&name);
}

static void write_info(struct snapshot_writer *w, const struct snapshot_table *t)
{
    struct str name = {0};
    str_printf(&name, "icetop_%s", table_name(t->table));
    claim(w, &name, NULL);
    write_meta(&w->out, name.s, "info", NULL, table_help(t->table));
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++) {
        str_printf(&w->out, "%s_info{", name.s);
        size_t start = w->out.len;
        add_keys(w, t, t->rows[i], start);
        for (size_t j = 0; j < t->ncolumns; j++) {
            const struct column *c = table_column(t->table, t->columns[j]);
            if (is_label(c) && !(c->flags & COLUMN_KEY))
                add_label(w, c, row_get(t->rows[i], t->columns[j]), start);
        }
        str_add(&w->out, "} 1\n");
    }
    str_done(&name);
}

static void openmetrics_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    bool labels = false;
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = table_column(t->table, t->columns[i]);
        if (c->flags & COLUMN_KEY)
            continue;
        if (is_label(c))
            labels = true;
        else
            write_gauge(w, t, t->columns[i]);
    }
    if (labels)
        write_info(w, t);
}

static void openmetrics_begin(struct snapshot_writer *w)
{
    (void)w;
}

static void openmetrics_end(struct snapshot_writer *w)
{
    str_add(&w->out, "# EOF\n");
}

const struct snapshot_format snapshot_openmetrics = {
    .name = "openmetrics",
    .help = "OpenMetrics 1.0, for Prometheus",
    .media = "application/openmetrics-text; version=1.0.0; charset=utf-8",
    .begin = openmetrics_begin,
    .table = openmetrics_table,
    .end = openmetrics_end,
};
