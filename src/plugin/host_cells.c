/* The services for rows: one cell after the other. */
#include "base/clock.h"
#include "plugin/host_internal.h"
#include "plugin/json.h"

#include <math.h>
#include <string.h>

enum {
    TEXT = 1u << ICETOP_TEXT,
    WHOLE = 1u << ICETOP_INT | 1u << ICETOP_TIME | 1u << ICETOP_BOOL,
    REAL = 1u << ICETOP_REAL,
    ANY = TEXT | WHOLE | REAL,
};

static void note(struct plugin_host *h, int rc, const struct error *err)
{
    if (rc)
        plugin_host_trouble(h, "%s", err->text);
}

static void begin(const struct icetop_host *face, size_t at)
{
    struct plugin_host *h = plugin_host_of(face);
    struct error err = {0};
    note(h, plugin_host_rows_begin(&h->rows, at, &err), &err);
}

static void row_begin(const struct icetop_host *face, size_t table)
{
    begin(face, table < plugin_host_of(face)->d->ntables ? table : SIZE_MAX);
}

static void group_begin(const struct icetop_host *face, size_t group)
{
    const struct plugin_descriptor *d = plugin_host_of(face)->d;
    begin(face, group < d->ngroups ? d->ntables + group : SIZE_MAX);
}

static void set(const struct icetop_host *face, size_t column, unsigned types, struct value v)
{
    struct plugin_host *h = plugin_host_of(face);
    struct error err = {0};
    note(h, plugin_host_rows_set(&h->rows, column, types, v, &err), &err);
}

static void set_unknown(const struct icetop_host *face, size_t column)
{
    set(face, column, ANY, value_unknown());
}

static void set_bytes(const struct icetop_host *face, size_t column, const void *bytes, size_t len)
{
    struct plugin_host *h = plugin_host_of(face);
    struct error err = {0};
    if (bytes || !len)
        note(h, plugin_host_rows_set_text(&h->rows, column, bytes ? bytes : "", len, &err), &err);
    else
        set_unknown(face, column);
}

static void set_text(const struct icetop_host *face, size_t column, const char *text)
{
    if (text)
        set_bytes(face, column, text, strlen(text));
    else
        set(face, column, TEXT, value_unknown());
}

static void set_int(const struct icetop_host *face, size_t column, int64_t i, enum icetop_quality quality)
{
    enum icetop_type type;
    if (plugin_host_rows_type(&plugin_host_of(face)->rows, column, &type) && type == ICETOP_BOOL)
        i = i != 0;
    set(face, column, WHOLE, (struct value){.i = i, .quality = (enum quality)quality});
}

static void set_real(const struct icetop_host *face, size_t column, double d, enum icetop_quality quality)
{
    set(face, column, REAL, (struct value){.d = d, .quality = (enum quality)quality});
}

static void set_json_text(const struct icetop_host *face, size_t column, const struct icetop_json *json)
{
    const json_t *j = plugin_json_to(json);
    if (json_is_string(j)) {
        set_bytes(face, column, json_string_value(j), json_string_length(j));
    } else if (json_is_number(j) || json_is_boolean(j)) {
        char *text = json_dumps(j, JSON_ENCODE_ANY);
        set_text(face, column, text);
        free(text);
    } else {
        set_text(face, column, NULL);
    }
}

static bool read_time(const struct icetop_host *face, const struct icetop_json *json, int64_t *ret)
{
    const char *text = face->json_text(json);
    return face->json_int(json, ret) || (text && clock_parse_iso(text, ret) == 0);
}

static void set_json(const struct icetop_host *face, size_t column, const struct icetop_json *json)
{
    enum icetop_type type;
    struct value v = value_unknown();
    int64_t i;
    double d;
    bool b;
    if (!plugin_host_rows_type(&plugin_host_of(face)->rows, column, &type))
        type = ICETOP_INT; /* what is wrong is said by what sets it */
    if (type == ICETOP_TEXT) {
        set_json_text(face, column, json);
        return;
    }
    if (type == ICETOP_INT && face->json_int(json, &i))
        v = value_int(i);
    else if (type == ICETOP_TIME && read_time(face, json, &i))
        v = value_int(i);
    else if (type == ICETOP_REAL && face->json_real(json, &d))
        v = value_real(d);
    else if (type == ICETOP_BOOL && face->json_bool(json, &b))
        v = value_int(b);
    set(face, column, WHOLE | REAL, v);
}

static bool end(const struct icetop_host *face, bool gone)
{
    struct plugin_host *h = plugin_host_of(face);
    struct error err = {0};
    int rc = plugin_host_rows_end(&h->rows, gone, &err);
    note(h, rc, &err);
    return rc == 0;
}

static bool row_end(const struct icetop_host *face)
{
    return end(face, false);
}

static bool row_gone(const struct icetop_host *face)
{
    return end(face, true);
}

void plugin_host_cells_serve(struct icetop_host *face)
{
    face->row_begin = row_begin;
    face->group_begin = group_begin;
    face->set_text = set_text;
    face->set_bytes = set_bytes;
    face->set_int = set_int;
    face->set_real = set_real;
    face->set_unknown = set_unknown;
    face->set_json = set_json;
    face->row_end = row_end;
    face->row_gone = row_gone;
}
