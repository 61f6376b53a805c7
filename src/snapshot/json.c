/* JSON, as one document or a line a row. */
#include "base/base64.h"
#include "base/mem.h"
#include "snapshot/snapshot_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* How the values of one row have to be written. */
struct row_needs {
    int precision; /* digits that the reals need to read back the same */
    bool ascii;    /* some text is unsafe for a terminal unless escaped */
};

static int take_piece(const char *bytes, size_t len, void *arg)
{
    struct str *out = arg;
    while (len) {
        const char *del = memchr(bytes, 0x7f, len); /* a control that JSON allows as it is */
        size_t n = del ? (size_t)(del - bytes) : len;
        str_bytes(out, bytes, n);
        if (del) {
            str_add(out, "\\u007f");
            n++;
        }
        bytes += n;
        len -= n;
    }
    return 0;
}

/* Takes the reference to v. */
static void dump(struct str *out, json_t *v, const struct row_needs *needs)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    if (needs)
        flags |= JSON_REAL_PRECISION((unsigned)needs->precision) | (needs->ascii ? JSON_ENSURE_ASCII : 0);
    json_dump_callback(v, take_piece, out, flags);
    json_decref(v);
}

static json_t *text_json(const struct name *n, struct row_needs *needs)
{
    if (n->utf8) {
        needs->ascii = needs->ascii || n->safe != n->raw;
        return json_stringn_nocheck(n->raw, n->len);
    }
    struct str s = {0};
    base64_write(&s, n->raw, n->len);
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "base64", json_stringn_nocheck(str_text(&s), s.len));
    str_done(&s);
    return o;
}

static json_t *real_json(double d, struct row_needs *needs)
{
    if (isnan(d))
        return json_string_nocheck("NaN");
    if (isinf(d))
        return json_string_nocheck(d > 0 ? "Infinity" : "-Infinity");
    char buf[64];
    while (needs->precision < 17) {
        snprintf(buf, sizeof buf, "%.*g", needs->precision, d);
        if (strtod(buf, NULL) == d)
            break;
        needs->precision++;
    }
    return json_real(d);
}

static json_t *value_json(const struct column *c, struct value v, struct row_needs *needs)
{
    if (v.quality == QUALITY_UNKNOWN)
        return json_null();
    switch (c->type) {
    case COLUMN_TEXT:
        return text_json(v.s, needs);
    case COLUMN_REAL:
        return real_json(v.d, needs);
    case COLUMN_BOOL:
        return json_boolean(v.i);
    case COLUMN_TIME: {
        char buf[32];
        if (*clock_iso(v.i, true, buf, sizeof buf) != '-')
            return json_string_nocheck(buf);
        break;
    }
    default:
        break;
    }
    return json_integer(v.i);
}

static json_t *row_json(struct snapshot_writer *w, const struct snapshot_table *t, const struct row *r,
                        struct row_needs *needs)
{
    json_t *o = json_object();
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = table_column(t->table, t->columns[i]);
        struct value v = row_get(r, t->columns[i]);
        json_object_set_new_nocheck(o, c->name, value_json(c, v, needs));
        if (v.quality == QUALITY_UNKNOWN || v.quality == QUALITY_EXACT)
            continue;
        str_clear(&w->cell);
        str_printf(&w->cell, "%s_q", c->name);
        json_object_set_new_nocheck(o, str_text(&w->cell), json_string_nocheck(quality_name(v.quality)));
    }
    return o;
}

void snapshot_row_json(const struct table *t, const struct row *r, struct str *out)
{
    struct snapshot_table shown = {.table = t, .columns = mem_calloc(table_ncolumns(t), sizeof(size_t))};
    struct snapshot_writer w = {0};
    struct row_needs needs = {.precision = 15};
    for (size_t i = 0; i < table_ncolumns(t); i++)
        if (!(table_column(t, i)->flags & COLUMN_HIDDEN))
            shown.columns[shown.ncolumns++] = i;
    json_t *o = row_json(&w, &shown, r, &needs);
    dump(out, o, &needs);
    str_done(&w.cell);
    free(shown.columns);
}

static json_t *column_json(const struct column *c)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "name", json_string(c->name));
    json_object_set_new_nocheck(o, "type", json_string(column_type_name(c->type)));
    json_object_set_new_nocheck(o, "unit", json_string(column_unit_name(c->unit)));
    json_object_set_new_nocheck(o, "help", json_string(c->help ? c->help : ""));
    return o;
}

static void json_begin(struct snapshot_writer *w)
{
    char buf[32];
    str_add(&w->out, "{\"icetop\":");
    const char *version = w->options->version;
    dump(&w->out, json_string(version ? version : ICETOP_VERSION), NULL);
    str_add(&w->out, ",\"time\":");
    dump(&w->out, json_string(snapshot_time(w, buf, sizeof buf)), NULL);
    str_add(&w->out, ",\"tables\":{");
}

static void json_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < t->ncolumns; i++)
        json_array_append_new(columns, column_json(table_column(t->table, t->columns[i])));
    str_add(&w->out, w->nth ? ",\n" : "\n");
    dump(&w->out, json_string(table_name(t->table)), NULL);
    str_add(&w->out, ":{\"columns\":");
    dump(&w->out, columns, NULL);
    str_add(&w->out, ",\"rows\":[");
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++) {
        struct row_needs needs = {.precision = 15};
        json_t *o = row_json(w, t, t->rows[i], &needs);
        str_add(&w->out, i ? ",\n" : "\n");
        dump(&w->out, o, &needs);
    }
    str_add(&w->out, "]}");
}

static void json_end(struct snapshot_writer *w)
{
    str_add(&w->out, "}}\n");
}

const struct snapshot_format snapshot_json = {
    .name = "json",
    .help = "one JSON document",
    .media = "application/json",
    .begin = json_begin,
    .table = json_table,
    .end = json_end,
};

static void ndjson_begin(struct snapshot_writer *w)
{
    (void)w;
}

static void ndjson_table(struct snapshot_writer *w, const struct snapshot_table *t)
{
    char buf[32];
    for (size_t i = 0; i < t->nrows && snapshot_flush(w); i++) {
        struct row_needs needs = {.precision = 15};
        json_t *o = json_object();
        json_object_set_new_nocheck(o, "time", json_string(snapshot_time(w, buf, sizeof buf)));
        json_object_set_new_nocheck(o, "table", json_string(table_name(t->table)));
        json_object_set_new_nocheck(o, "row", row_json(w, t, t->rows[i], &needs));
        dump(&w->out, o, &needs);
        str_char(&w->out, '\n');
    }
}

const struct snapshot_format snapshot_ndjson = {
    .name = "ndjson",
    .help = "a JSON object a row, a line each",
    .media = "application/x-ndjson",
    .begin = ndjson_begin,
    .table = ndjson_table,
    .end = ndjson_begin,
};
