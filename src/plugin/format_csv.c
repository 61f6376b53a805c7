/* Comma-separated values with a line of names: a table of the instance's name. Grammar: RFC 4180; lines may end in LF alone, and
 * bytes need not be UTF-8. */
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "base/vec.h"
#include "plugin/format.h"
#include "plugin/intake_put.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 60 };

/* A field, unquoted: bytes of `all` of a reading. */
struct field {
    size_t at, len;
};

struct csv_column {
    char *name;  /* safe for a column's name */
    char *title; /* as it is written */
    enum column_type type;
    bool key;
};

struct reading {
    struct plugin_intake *in;
    const char *table;
    struct str all;
    VEC(struct field) fields; /* of all rows, one behind the other, ncolumns each; those of the names first */
    size_t nrows;             /* without the names */
    size_t ncolumns, nkeys;
    struct csv_column columns[PLUGIN_INTAKE_COLUMNS];
    size_t order[PLUGIN_INTAKE_COLUMNS]; /* of the table: keys first */
    VEC(size_t) lines;                   /* where each row begins */
    struct plugin_format_bad bad;
};

/* ---- the text ---- */

/* One field; what ends it is left. False: quotes without an end. */
static bool take_field(struct reading *x, const char **at, const char *end, size_t *line)
{
    const char *p = *at;
    struct field f = {.at = x->all.len};
    if (p < end && *p == '"') {
        for (p++; p < end && (*p != '"' || (p + 1 < end && p[1] == '"')); p++) {
            p += *p == '"';
            *line += *p == '\n';
            str_char(&x->all, *p);
        }
        if (p >= end)
            return false;
        p++;
    }
    while (p < end && *p != ',' && *p != '\n')
        str_char(&x->all, *p++);
    f.len = x->all.len - f.at;
    if (f.len && p[-1] == '\r' && (p >= end || *p == '\n'))
        f.len--;
    *at = p;
    vec_push(&x->fields, f);
    return true;
}

/* A line's fields; *n is how many. */
static bool take_line(struct reading *x, const char **at, const char *end, size_t *line, size_t *n)
{
    for (*n = 1;; (*n)++) {
        if (!take_field(x, at, end, line))
            return false;
        if (*at >= end || **at != ',')
            break;
        (*at)++;
    }
    *at += *at < end;
    (*line)++;
    return true;
}

static const char *text_of(const struct reading *x, const struct field *f)
{
    return str_text(&x->all) + f->at;
}

static bool is_empty_line(const char *p, const char *end)
{
    return *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
}

static int take_rows(struct reading *x, const char *p, const char *end, size_t line, struct error *err)
{
    while (p < end) {
        const size_t here = line, fields = x->fields.n;
        size_t n = 0;
        if (is_empty_line(p, end)) {
            p += 1 + (*p == '\r');
            line++;
            continue;
        }
        if (!take_line(x, &p, end, &line, &n))
            return error_set(err, ERR_INVALID, "line %zu: quotes without their end", here);
        if (n != x->ncolumns) {
            plugin_format_bad(&x->bad, here, "%zu fields, where %zu columns are named", n, x->ncolumns);
            x->fields.n = fields;
            continue;
        }
        vec_push(&x->lines, here);
        x->nrows++;
    }
    return 0;
}

/* ---- names ---- */

/* Lower case, digits, _ for all else. */
static char *safe_name(const char *text, size_t len)
{
    struct str s = {0};
    for (size_t i = 0; i < len && i < NAME; i++) {
        const char c = text[i];
        const bool upper = c >= 'A' && c <= 'Z', well = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        str_char(&s, upper ? (char)(c - 'A' + 'a') : well ? c : '_');
    }
    return str_take(&s);
}

static int name_columns(struct reading *x, size_t n, struct error *err)
{
    if (n > PLUGIN_INTAKE_COLUMNS)
        return error_set(err, ERR_LIMIT, "%zu columns, the limit is %d", n, PLUGIN_INTAKE_COLUMNS);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &x->fields.items[i];
        const char *text = text_of(x, f);
        const size_t bom = i == 0 && f->len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        struct csv_column *c = &x->columns[x->ncolumns++];
        struct str title = {0};
        text_safe_line(&title, text + bom, f->len - bom);
        *c = (struct csv_column){.name = safe_name(text + bom, f->len - bom), .title = str_take(&title)};
        if (!*c->name)
            return error_set(err, ERR_INVALID, "line 1: column %zu has no name", i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(x->columns[k].name, c->name) == 0)
                return error_set(err, ERR_INVALID, "line 1: two columns are named %s", c->name);
    }
    return 0;
}

static int choose_keys(struct reading *x, const char *const *keys, struct error *err)
{
    for (; keys && *keys; keys++) {
        char *name = safe_name(*keys, strlen(*keys));
        size_t i = 0;
        while (i < x->ncolumns && strcmp(x->columns[i].name, name) != 0)
            i++;
        free(name);
        if (i == x->ncolumns)
            return error_set(err, ERR_INVALID, "line 1: no column is named %.60s, of which key says that it is one",
                             *keys);
        if (!x->columns[i].key)
            x->order[x->nkeys++] = i;
        x->columns[i].key = true;
    }
    if (!x->nkeys) {
        x->columns[0].key = true;
        x->order[x->nkeys++] = 0;
    }
    size_t n = x->nkeys;
    for (size_t i = 0; i < x->ncolumns; i++)
        if (!x->columns[i].key)
            x->order[n++] = i;
    return 0;
}

/* ---- types ---- */

static bool read_int(const char *s, size_t len, int64_t *ret)
{
    char digits[24], *stop;
    if (!len || len >= sizeof digits || !strchr("-0123456789", *s))
        return false;
    memcpy(digits, s, len);
    digits[len] = '\0';
    errno = 0;
    *ret = strtoll(digits, &stop, 10);
    return !errno && *stop == '\0' && stop != digits;
}

/* The narrowest that holds the value and what the column held before. */
static enum column_type wider(enum column_type was, const char *s, size_t len)
{
    int64_t i;
    double d;
    if (!len || was == COLUMN_TEXT)
        return was;
    if (was == COLUMN_INT && read_int(s, len, &i))
        return COLUMN_INT;
    return number_read(s, len, &d) == 0 ? COLUMN_REAL : COLUMN_TEXT;
}

static const struct field *field_at(const struct reading *x, size_t row, size_t column)
{
    return &x->fields.items[(row + 1) * x->ncolumns + column];
}

/* Of all rows, and of those before: a column does not become narrower. A key is a text unless it is whole numbers. */
static void find_types(struct reading *x)
{
    const struct table *known = plugin_intake_known(x->in, x->table);
    for (size_t i = 0; i < x->ncolumns; i++) {
        struct csv_column *c = &x->columns[i];
        const int at = known ? table_column_index(known, c->name) : -1;
        bool any = at >= 0;
        c->type = any ? table_column(known, (size_t)at)->type : COLUMN_INT;
        for (size_t r = 0; r < x->nrows; r++) {
            const struct field *f = field_at(x, r, i);
            c->type = wider(c->type, text_of(x, f), f->len);
            any |= f->len > 0;
        }
        if (!any || (c->key && c->type == COLUMN_REAL))
            c->type = COLUMN_TEXT;
    }
}

static json_t *declaration(const struct reading *x)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < x->ncolumns; i++) {
        const struct csv_column *c = &x->columns[x->order[i]];
        json_t *j = json_pack("{s:s, s:s, s:s}", "name", c->name, "title", c->title, "type", column_type_name(c->type));
        json_object_set_new(j, "flags", json_pack("[s]", c->key ? "key" : "history"));
        json_array_append_new(columns, j);
    }
    return json_pack("{s:s, s:s, s:o}", "t", "table", "table", x->table, "columns", columns);
}

/* ---- rows ---- */

static struct value cell_of(const struct reading *x, const struct field *f, enum column_type type)
{
    const char *s = text_of(x, f);
    int64_t i;
    double d;
    if (!f->len)
        return value_unknown();
    if (type == COLUMN_TEXT)
        return value_text(name_intern(plugin_intake_names(x->in), s, f->len));
    if (type == COLUMN_INT)
        return read_int(s, f->len, &i) ? value_int(i) : value_unknown();
    return number_read(s, f->len, &d) == 0 ? value_real(d) : value_unknown();
}

static void put_rows(struct reading *x, struct plugin_intake_table *t)
{
    struct value cells[PLUGIN_INTAKE_COLUMNS];
    for (size_t r = 0; r < x->nrows; r++) {
        const char *missing = NULL;
        for (size_t i = 0; i < x->nkeys; i++)
            if (!field_at(x, r, x->order[i])->len)
                missing = x->columns[x->order[i]].name;
        if (missing) {
            plugin_format_bad(&x->bad, x->lines.items[r], "its key %s is empty", missing);
            continue;
        }
        for (size_t i = 0; i < x->ncolumns; i++)
            cells[i] = cell_of(x, field_at(x, r, x->order[i]), x->columns[x->order[i]].type);
        plugin_intake_put(x->in, t, cells);
        x->bad.good++;
    }
}

static int read_all(struct reading *x, const struct plugin_format_output *o, struct error *err)
{
    const char *p = o->bytes, *end = o->bytes + o->len;
    size_t line = 1, n = 0;
    struct plugin_intake_table *t;
    if (!o->len || is_empty_line(p, end))
        return error_set(err, ERR_INVALID, "no line of names");
    if (!take_line(x, &p, end, &line, &n))
        return error_set(err, ERR_INVALID, "line 1: quotes without their end");
    int rc = name_columns(x, n, err);
    if (rc == 0)
        rc = choose_keys(x, o->key, err);
    if (rc == 0)
        rc = take_rows(x, p, end, line, err);
    if (rc)
        return rc;
    find_types(x);
    json_t *message = declaration(x);
    rc = message ? plugin_intake_own(x->in, message, &t, err)
                 : error_set(err, ERR_INVALID, "line 1: names that are no text");
    json_decref(message);
    if (rc == 0)
        put_rows(x, t);
    return rc;
}

static int read_csv(struct plugin_intake *in, const struct plugin_format_output *o, struct plugin_intake_done *done,
                    struct error *err)
{
    struct reading x = {.in = in};
    const struct value instance = plugin_intake_instance(in);
    char *table = safe_name(instance.s->raw, instance.s->len);
    x.table = table;
    int rc = read_all(&x, o, err);
    for (size_t i = 0; i < x.ncolumns; i++) {
        free(x.columns[i].name);
        free(x.columns[i].title);
    }
    name_unref(instance.s);
    free(table);
    str_done(&x.all);
    vec_done(&x.fields);
    vec_done(&x.lines);
    if (rc)
        return rc;
    return plugin_format_judge(&x.bad, done, err);
}

const struct plugin_format plugin_format_csv = {.name = "csv", .codes = 1, .read = read_csv};
