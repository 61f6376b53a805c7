/* Messages to JSON. What is sent often is written directly; what is sent seldom goes through
 * jansson. */
#include "stream/encode.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>

enum { SAFE_TEXT_BYTES = 600 };

static const char *const codes[] = {
    [-ERR_INVALID] = "invalid", [-ERR_IO] = "io",
    [-ERR_LIMIT] = "limit",     [-ERR_TIMEOUT] = "timeout",
    [-ERR_REMOTE] = "remote",   [-ERR_UNAVAILABLE] = "unavailable",
    [-ERR_PARTIAL] = "partial", [-ERR_NOT_FOUND] = "not_found",
    [-ERR_CLOSED] = "closed",
};

const char *stream_encode_code(int code)
{
    size_t i = (size_t)-code;
    return code < 0 && i < sizeof codes / sizeof *codes ? codes[i] : codes[-ERR_INVALID];
}

const char *stream_encode_flag(unsigned flag)
{
    switch (flag) {
    case COLUMN_KEY:
        return "key";
    case COLUMN_HISTORY:
        return "history";
    case COLUMN_HIDDEN:
        return "hidden";
    case COLUMN_SUM:
        return "sum";
    case COLUMN_WORST_HIGH:
        return "worst_high";
    default:
        return NULL;
    }
}

/* ---- values ---- */

/* Bytes that b takes in a JSON string as text_json writes it. */
static size_t escaped_size(unsigned char b)
{
    if (b == '"' || b == '\\')
        return 2;
    return b < 0x20 ? 6 : 1;
}

static void append_bytes(struct str *out, const char *s, size_t len, bool utf8)
{
    size_t size = 0;
    for (size_t i = 0; i < len; i++) {
        size += escaped_size((unsigned char)s[i]);
        utf8 = utf8 && s[i] != '\0';
    }
    if (utf8 && size <= len + len / 3 + 8) {
        text_json(out, s, len);
        return;
    }
    str_add(out, "{\"b\":\"");
    base64_write(out, s, len);
    str_add(out, "\"}");
}

void stream_encode_bytes(struct str *out, const void *bytes, size_t len)
{
    append_bytes(out, bytes, len, text_is_utf8(bytes, len));
}

static void append_int(struct str *out, int64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (v < 0)
        str_char(out, '-');
    str_bytes(out, p, (size_t)(digits + sizeof digits - p));
}

/* %g follows the locale: whatever it uses as decimal point becomes a full stop. */
static void append_digits(struct str *out, const char *text)
{
    bool point = false;
    for (; *text; text++) {
        bool digit = (*text >= '0' && *text <= '9') || *text == '-' || *text == '+' || *text == 'e';
        if (digit)
            str_char(out, *text);
        else if (!point)
            str_char(out, '.');
        point = !digit;
    }
}

static void append_real(struct str *out, double d)
{
    if (isnan(d)) {
        str_add(out, "\"nan\"");
    } else if (isinf(d)) {
        str_add(out, d > 0 ? "\"inf\"" : "\"-inf\"");
    } else if (d == 0 && signbit(d)) {
        str_add(out, "-0.0"); /* "-0" would be read as the integer 0 */
    } else if (fabs(d) < 1e15 && d == (double)(int64_t)d) {
        append_int(out, (int64_t)d);
    } else {
        char text[NUMBER_BYTES];
        number_shortest(d, text);
        append_digits(out, text);
    }
}

static void append_plain(struct str *out, enum column_type type, struct value v)
{
    switch (type) {
    case COLUMN_TEXT:
        append_bytes(out, v.s->raw, v.s->len, v.s->utf8);
        break;
    case COLUMN_REAL:
        append_real(out, v.d);
        break;
    case COLUMN_BOOL:
        str_add(out, v.i ? "true" : "false");
        break;
    case COLUMN_INT:
    case COLUMN_TIME:
        append_int(out, v.i);
        break;
    }
}

void stream_encode_value(struct str *out, enum column_type type, struct value v)
{
    if (v.quality == QUALITY_UNKNOWN) {
        str_add(out, "null");
    } else if (v.quality == QUALITY_EXACT) {
        append_plain(out, type, v);
    } else {
        str_char(out, '[');
        append_plain(out, type, v);
        str_printf(out, ",\"%s\"]", quality_name(v.quality));
    }
}

/* ---- messages through jansson ---- */

static int append_dump(const char *bytes, size_t len, void *out)
{
    str_bytes(out, bytes, len);
    return 0;
}

/* Appends the message and releases it. */
static void dump(struct str *out, json_t *message)
{
    json_dump_callback(message, append_dump, out, JSON_COMPACT);
    json_decref(message);
}

static json_t *message_new(const char *type)
{
    json_t *message = json_object();
    json_object_set_new(message, "t", json_string(type));
    return message;
}

/* Text for people, made safe, as it may quote what a remote said; and cut, so that a table of
 * LIMITS_TABLE_COLUMNS stays within LIMITS_STREAM_LINE. */
static json_t *safe_text(const char *text)
{
    struct str safe = {0};
    text_safe(&safe, text, strlen(text));
    size_t len = safe.len < SAFE_TEXT_BYTES ? safe.len : SAFE_TEXT_BYTES;
    while (len && len < safe.len && ((unsigned char)safe.s[len] & 0xC0) == 0x80)
        len--;
    json_t *j = json_stringn(str_text(&safe), len);
    str_done(&safe);
    return j;
}

/* The same form as stream_encode_bytes. */
static json_t *bytes_text(const char *text)
{
    struct str s = {0};
    stream_encode_bytes(&s, text, strlen(text));
    json_t *j = json_loadb(s.s, s.len, JSON_DECODE_ANY, NULL);
    str_done(&s);
    return j;
}

static void set_error(json_t *message, const struct error *err)
{
    json_object_set_new(message, "code", json_string(stream_encode_code(err->code)));
    json_object_set_new(message, "text", safe_text(err->text));
}

void stream_encode_hello(struct str *out)
{
    json_t *m = message_new("hello");
    json_object_set_new(m, "protocol", json_integer(STREAM_PROTOCOL));
    json_object_set_new(m, "icetop", json_string(ICETOP_VERSION));
    dump(out, m);
}

static json_t *column_json(const struct column *c)
{
    json_t *j = json_object();
    json_object_set_new(j, "name", json_string(c->name));
    if (c->title && strcmp(c->title, c->name) != 0)
        json_object_set_new(j, "title", safe_text(c->title));
    json_object_set_new(j, "type", json_string(column_type_name(c->type)));
    if (c->unit != UNIT_NONE)
        json_object_set_new(j, "unit", json_string(column_unit_name(c->unit)));
    if (c->flags) {
        json_t *list = json_array();
        for (unsigned flag = 1; stream_encode_flag(flag); flag <<= 1)
            if (c->flags & flag)
                json_array_append_new(list, json_string(stream_encode_flag(flag)));
        json_object_set_new(j, "flags", list);
    }
    if (c->priority)
        json_object_set_new(j, "priority", json_integer(c->priority));
    if (c->help && *c->help)
        json_object_set_new(j, "help", safe_text(c->help));
    return j;
}

static json_t *group_json(const struct table *t, size_t g)
{
    json_t *j = json_object(), *columns = json_array();
    json_object_set_new(j, "name", safe_text(table_group_name(t, g)));
    const char *owner = store_owner_name(table_store(t), table_group_owner(t, g));
    if (owner)
        json_object_set_new(j, "owner", bytes_text(owner));
    size_t first = table_group_first(t, g);
    for (size_t i = 0; i < table_group_size(t, g); i++)
        json_array_append_new(columns, column_json(table_column(t, first + i)));
    json_object_set_new(j, "columns", columns);
    return j;
}

void stream_encode_table(struct str *out, const struct table *t)
{
    json_t *m = message_new("table"), *groups = json_array();
    json_object_set_new(m, "table", json_string(table_name(t)));
    json_object_set_new(m, "title", safe_text(table_title(t)));
    json_object_set_new(m, "help", safe_text(table_help(t)));
    for (size_t g = 0; g < table_ngroups(t); g++)
        json_array_append_new(groups, group_json(t, g));
    json_object_set_new(m, "groups", groups);
    dump(out, m);
}

void stream_encode_drop(struct str *out, const char *table)
{
    json_t *m = message_new("drop");
    json_object_set_new(m, "table", json_string(table));
    dump(out, m);
}

void stream_encode_owner(struct str *out, uint16_t owner, const char *name)
{
    json_t *m = message_new("owner");
    json_object_set_new(m, "owner", json_integer(owner));
    json_object_set_new(m, "name", bytes_text(name));
    dump(out, m);
}

void stream_encode_end(struct str *out, uint64_t subscribed, bool torn)
{
    json_t *m = message_new("end");
    json_object_set_new(m, "subscribed", json_integer((json_int_t)subscribed));
    if (torn)
        json_object_set_new(m, "torn", json_true());
    dump(out, m);
}

void stream_encode_points(struct str *out, int64_t id, const struct stream_point *points, size_t n, bool more)
{
    str_printf(out, "{\"t\":\"history\",\"id\":%" PRId64 ",\"points\":[", id);
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? ",[" : "[");
        append_int(out, points[i].time_ms);
        str_char(out, ',');
        append_real(out, points[i].value);
        str_char(out, ']');
    }
    str_add(out, more ? "],\"more\":true}" : "]}");
}

void stream_encode_no_points(struct str *out, int64_t id, const struct error *err)
{
    json_t *m = message_new("history");
    json_object_set_new(m, "id", json_integer(id));
    set_error(m, err);
    dump(out, m);
}

void stream_encode_error(struct str *out, int64_t id, const struct error *err)
{
    json_t *m = message_new("error");
    if (id >= 0)
        json_object_set_new(m, "id", json_integer(id));
    set_error(m, err);
    dump(out, m);
}

void stream_encode_bye(struct str *out, const struct error *err)
{
    json_t *m = message_new("bye");
    set_error(m, err);
    dump(out, m);
}

void stream_encode_configure(struct str *out, int argc, const char *const *argv)
{
    json_t *m = message_new("configure"), *list = json_array();
    for (int i = 0; i < argc; i++)
        json_array_append_new(list, bytes_text(argv[i]));
    json_object_set_new(m, "argv", list);
    dump(out, m);
}

void stream_encode_subscribe(struct str *out, int id, const struct stream_query *q)
{
    json_t *m = message_new("subscribe");
    json_object_set_new(m, "id", json_integer(id));
    json_object_set_new(m, "table", bytes_text(q->table));
    if (q->columns) {
        json_t *list = json_array();
        for (size_t i = 0; q->columns[i]; i++)
            json_array_append_new(list, bytes_text(q->columns[i]));
        json_object_set_new(m, "columns", list);
    }
    if (q->where)
        json_object_set_new(m, "where", bytes_text(q->where));
    if (q->sort)
        json_object_set_new(m, "sort", bytes_text(q->sort));
    if (q->limit)
        json_object_set_new(m, "limit", json_integer((json_int_t)q->limit));
    dump(out, m);
}

void stream_encode_unsubscribe(struct str *out, int id)
{
    json_t *m = message_new("unsubscribe");
    json_object_set_new(m, "id", json_integer(id));
    dump(out, m);
}

void stream_encode_history(struct str *out, int64_t id, const struct stream_history_query *q, const struct table *t)
{
    str_printf(out, "{\"t\":\"history\",\"id\":%" PRId64 ",\"table\":", id);
    stream_encode_bytes(out, q->table, strlen(q->table));
    str_add(out, ",\"key\":[");
    for (size_t i = 0; i < table_nkeys(t); i++) {
        if (i)
            str_char(out, ',');
        stream_encode_value(out, table_column(t, i)->type, q->key[i]);
    }
    str_add(out, "],\"column\":");
    stream_encode_bytes(out, q->column, strlen(q->column));
    str_printf(out, ",\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"step\":%" PRId64 "}", q->from_ms, q->to_ms, q->step_ms);
}

void stream_encode_focus(struct str *out, const struct table *t, const struct value *keys, size_t n)
{
    size_t nkeys = table_nkeys(t);
    str_add(out, "{\"t\":\"focus\",\"table\":");
    stream_encode_bytes(out, table_name(t), strlen(table_name(t)));
    str_add(out, ",\"keys\":[");
    for (size_t i = 0; i < n * nkeys; i++) {
        str_add(out, i % nkeys ? "," : i ? ",[" : "[");
        stream_encode_value(out, table_column(t, i % nkeys)->type, keys[i]);
        if (i % nkeys == nkeys - 1)
            str_char(out, ']');
    }
    str_add(out, "]}");
}

void stream_encode_refresh(struct str *out, const char *what)
{
    json_t *m = message_new("refresh");
    if (what)
        json_object_set_new(m, "what", bytes_text(what));
    dump(out, m);
}

/* ---- rows ---- */

void stream_encode_rows_done(struct stream_encode_rows *r)
{
    str_done(&r->gone);
    str_done(&r->fresh);
    str_done(&r->set);
}

void stream_encode_rows_begin(struct stream_encode_rows *r, const char *table, size_t ncolumns)
{
    str_clear(&r->gone);
    str_clear(&r->fresh);
    str_clear(&r->set);
    /* The message's own words, three digits and a comma a column. */
    r->fixed = 100 + strlen(table) + 4 * ncolumns;
}

bool stream_encode_rows_empty(const struct stream_encode_rows *r)
{
    return !r->gone.len && !r->fresh.len && !r->set.len;
}

/* Keeps what was appended to list, if the message still fits; takes it back otherwise. */
static bool keep(struct stream_encode_rows *r, struct str *list, size_t before)
{
    if (r->fixed + r->gone.len + r->fresh.len + r->set.len <= LIMITS_STREAM_BATCH)
        return true;
    str_cut(list, before);
    return false;
}

bool stream_encode_rows_gone(struct stream_encode_rows *r, uint64_t id)
{
    size_t before = r->gone.len;
    if (before)
        str_char(&r->gone, ',');
    append_int(&r->gone, (int64_t)id);
    return keep(r, &r->gone, before);
}

bool stream_encode_rows_new(struct stream_encode_rows *r, const struct table *t, const struct row *row,
                            const size_t *columns, size_t n)
{
    struct str *list = &r->fresh;
    size_t before = list->len;
    str_add(list, before ? ",[" : "[");
    append_int(list, (int64_t)row_id(row));
    str_char(list, ',');
    append_int(list, row_owner(row));
    while (n && row_get(row, columns[n - 1]).quality == QUALITY_UNKNOWN)
        n--; /* cells that are left out at the end are unknown */
    for (size_t i = 0; i < n; i++) {
        str_char(list, ',');
        stream_encode_value(list, table_column(t, columns[i])->type, row_get(row, columns[i]));
    }
    str_char(list, ']');
    return keep(r, list, before);
}

bool stream_encode_rows_set(struct stream_encode_rows *r, const struct table *t, const struct row *row,
                            const size_t *columns, size_t n, uint64_t seq)
{
    struct str *list = &r->set;
    size_t before = list->len;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        size_t c = columns[i];
        if (row_cell_seq(row, c) <= seq)
            continue;
        if (!any) {
            str_add(list, before ? ",[" : "[");
            append_int(list, (int64_t)row_id(row));
            any = true;
        }
        str_char(list, ',');
        append_int(list, (int64_t)c);
        str_char(list, ',');
        stream_encode_value(list, table_column(t, c)->type, row_get(row, c));
    }
    if (any)
        str_char(list, ']');
    return keep(r, list, before);
}

static void append_list(struct str *out, const char *name, const struct str *list)
{
    if (!list->len)
        return;
    str_printf(out, ",\"%s\":[", name);
    str_bytes(out, list->s, list->len);
    str_char(out, ']');
}

void stream_encode_rows_end(struct stream_encode_rows *r, struct str *out, const char *table, bool reset,
                            const size_t *columns, size_t n)
{
    str_printf(out, "{\"t\":\"rows\",\"table\":\"%s\"", table);
    if (reset)
        str_add(out, ",\"reset\":true");
    append_list(out, "gone", &r->gone);
    if (r->fresh.len) {
        str_add(out, ",\"columns\":[");
        for (size_t i = 0; i < n; i++)
            str_printf(out, i ? ",%zu" : "%zu", columns[i]);
        str_char(out, ']');
    }
    append_list(out, "new", &r->fresh);
    append_list(out, "set", &r->set);
    str_char(out, '}');
}
