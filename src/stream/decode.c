/* JSON lines to values, schemas and requests. */
#include "stream/decode.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "stream/encode.h"
#include "stream/record.h"

#include <inttypes.h>
#include <math.h>

enum { LIST_MAX = 10000 }; /* strings of one configure or subscribe */

int stream_decode_line(const char *line, size_t len, json_t **ret, const char **type, struct error *err)
{
    json_error_t at;
    json_t *j = json_loadb(line, len, JSON_ALLOW_NUL, &at);
    if (!j)
        return error_set(err, ERR_INVALID, "not JSON at byte %d: %s", at.position, at.text);
    const char *t = json_string_value(json_object_get(j, "t"));
    if (!t) {
        json_decref(j);
        return error_set(err, ERR_INVALID, "not an object with a type \"t\"");
    }
    *ret = j;
    *type = t;
    return 0;
}

/* ---- values ---- */

int stream_decode_bytes(const json_t *j, struct str *out, struct error *err)
{
    if (json_is_string(j)) {
        str_bytes(out, json_string_value(j), json_string_length(j));
        return 0;
    }
    const json_t *b = json_object_get(j, "b");
    if (json_is_string(b) && base64_read(out, json_string_value(b), json_string_length(b)) == 0)
        return 0;
    return error_set(err, ERR_INVALID, "neither a string nor {\"b\":\"base64\"}");
}

int stream_decode_text(const json_t *j, char **ret, struct error *err)
{
    struct str s = {0};
    int rc = stream_decode_bytes(j, &s, err);
    if (!rc && strlen(str_text(&s)) != s.len)
        rc = error_set(err, ERR_INVALID, "a NUL in a text");
    if (rc)
        str_done(&s);
    else
        *ret = str_take(&s);
    return rc;
}

static int decode_real(const json_t *j, double *ret)
{
    const char *word = json_string_value(j);
    if (json_is_number(j))
        *ret = json_number_value(j);
    else if (word && strcmp(word, "nan") == 0)
        *ret = NAN;
    else if (word && strcmp(word, "inf") == 0)
        *ret = INFINITY;
    else if (word && strcmp(word, "-inf") == 0)
        *ret = -INFINITY;
    else
        return ERR_INVALID;
    return 0;
}

static int decode_name(const json_t *j, struct names *pool, struct name **ret)
{
    if (json_is_string(j)) {
        *ret = name_intern(pool, json_string_value(j), json_string_length(j));
        return 0;
    }
    struct str s = {0};
    int rc = stream_decode_bytes(j, &s, NULL);
    if (!rc)
        *ret = name_intern(pool, str_text(&s), s.len);
    str_done(&s);
    return rc;
}

static int decode_plain(const json_t *j, enum column_type type, struct names *pool, struct value *ret)
{
    switch (type) {
    case COLUMN_TEXT:
        return decode_name(j, pool, &ret->s);
    case COLUMN_REAL:
        return decode_real(j, &ret->d);
    case COLUMN_BOOL:
        ret->i = json_is_true(j);
        return json_is_boolean(j) ? 0 : ERR_INVALID;
    case COLUMN_INT:
    case COLUMN_TIME:
        ret->i = json_integer_value(j);
        return json_is_integer(j) ? 0 : ERR_INVALID;
    }
    return ERR_INVALID;
}

int stream_decode_value(const json_t *j, enum column_type type, struct names *pool, struct value *ret,
                        struct error *err)
{
    struct value v = {.quality = QUALITY_EXACT};
    if (json_is_null(j)) {
        *ret = value_unknown();
        return 0;
    }
    if (json_is_array(j)) {
        const char *quality = json_string_value(json_array_get(j, 1));
        if (json_array_size(j) != 2 || !quality || quality_parse(quality, &v.quality) || v.quality == QUALITY_UNKNOWN)
            return error_set(err, ERR_INVALID, "a list that is not [value,\"quality\"]");
        j = json_array_get(j, 0);
    }
    if (decode_plain(j, type, pool, &v))
        return error_set(err, ERR_INVALID, "not a value of type %s", column_type_name(type));
    *ret = v;
    return 0;
}

int stream_decode_int(const json_t *object, const char *name, int64_t min, int64_t max, int64_t *ret, struct error *err)
{
    const json_t *j = json_object_get(object, name);
    if (!j)
        return 0;
    int64_t v = json_integer_value(j);
    if (!json_is_integer(j) || v < min || v > max)
        return error_set(err, ERR_INVALID, "\"%s\" is not a number from %" PRId64 " to %" PRId64, name, min, max);
    *ret = v;
    return 0;
}

void stream_decode_error(const json_t *object, struct error *ret)
{
    const char *code = json_string_value(json_object_get(object, "code"));
    const json_t *text = json_object_get(object, "text");
    *ret = (struct error){.code = ERR_REMOTE};
    for (int c = ERR_INVALID; code && c >= ERR_CLOSED; c--)
        if (strcmp(stream_encode_code(c), code) == 0)
            ret->code = c;
    struct str safe = {0};
    if (json_is_string(text))
        text_safe(&safe, json_string_value(text), json_string_length(text));
    error_set(ret, ret->code, "%s", safe.len ? safe.s : "an error without a text");
    str_done(&safe);
}

/* ---- schemas ---- */

static bool is_name(const char *s)
{
    size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
    return n && n <= 255 && s[n] == '\0';
}

/* A text for people out of a field that may be missing. */
static char *safe_field(const json_t *object, const char *field, const char *missing)
{
    const json_t *j = json_object_get(object, field);
    if (!json_is_string(j))
        return mem_strdup(missing);
    struct str safe = {0};
    text_safe(&safe, json_string_value(j), json_string_length(j));
    return str_take(&safe);
}

static unsigned decode_flags(const json_t *list)
{
    unsigned flags = 0;
    size_t i;
    json_t *j;
    json_array_foreach(list, i, j)
    {
        const char *word = json_string_value(j);
        for (unsigned flag = 1; word && stream_encode_flag(flag); flag <<= 1)
            if (strcmp(stream_encode_flag(flag), word) == 0)
                flags |= flag;
    }
    return flags;
}

static int decode_column(const json_t *j, struct column *ret, struct error *err)
{
    const char *name = json_string_value(json_object_get(j, "name"));
    const char *type = json_string_value(json_object_get(j, "type"));
    const char *unit = json_string_value(json_object_get(j, "unit"));
    struct column c = {0};
    int64_t priority = 0;
    if (!is_name(name))
        return error_set(err, ERR_INVALID, "a column without a proper name");
    if (!type || column_type_parse(type, &c.type))
        return error_set(err, ERR_INVALID, "column %s has no type that is known", name);
    int rc = stream_decode_int(j, "priority", -1000000, 1000000, &priority, err);
    if (rc)
        return rc;
    if (unit)
        column_unit_parse(unit, &c.unit); /* a unit of later versions is none */
    c.flags = decode_flags(json_object_get(j, "flags"));
    c.priority = (int)priority;
    c.name = mem_strdup(name);
    c.title = safe_field(j, "title", name);
    c.help = safe_field(j, "help", "");
    *ret = c;
    return 0;
}

static int decode_group(const json_t *j, struct stream_schema_group *g, struct error *err)
{
    const json_t *columns = json_object_get(j, "columns"), *owner = json_object_get(j, "owner");
    g->name = safe_field(j, "name", "");
    if (owner && !json_is_null(owner) && stream_decode_text(owner, &g->owner, err)) {
        error_prefix(err, "owner of column group %s", g->name);
        return ERR_INVALID;
    }
    if (!json_is_array(columns) || json_array_size(columns) > LIMITS_TABLE_COLUMNS)
        return error_set(err, ERR_LIMIT, "column group %s has no list of at most %d columns", g->name,
                         LIMITS_TABLE_COLUMNS);
    char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
    g->text = mem_strdup(text ? text : "");
    free(text);
    g->columns = mem_calloc(json_array_size(columns) + 1, sizeof *g->columns);
    for (; g->ncolumns < json_array_size(columns); g->ncolumns++) {
        int rc = decode_column(json_array_get(columns, g->ncolumns), &g->columns[g->ncolumns], err);
        if (rc)
            return rc;
    }
    return 0;
}

/* Whatever a table would refuse is refused here, before anything depends on it. */
static int check_schema(const struct stream_schema *s, struct error *err)
{
    for (size_t g = 0; g < s->ngroups; g++)
        for (size_t i = 0; i < g; i++)
            if (strcmp(s->groups[i].name, s->groups[g].name) == 0)
                return error_set(err, ERR_INVALID, "two column groups %s", s->groups[g].name);
    for (size_t c = 0; c < s->ncolumns; c++) {
        if (c >= s->nkeys && s->columns[c]->flags & COLUMN_KEY)
            return error_set(err, ERR_INVALID, "key column %s is not at the start", s->columns[c]->name);
        for (size_t i = 0; i < c; i++)
            if (strcmp(s->columns[i]->name, s->columns[c]->name) == 0)
                return error_set(err, ERR_INVALID, "two columns %s", s->columns[c]->name);
    }
    if (!s->nkeys || s->nkeys > s->groups[0].ncolumns)
        return error_set(err, ERR_INVALID, "no key columns at the start of the first group");
    return 0;
}

/* Lists the columns of all groups and counts the keys, which come first. */
static int index_columns(struct stream_schema *s, struct error *err)
{
    size_t n = 0;
    for (size_t g = 0; g < s->ngroups; g++)
        n += s->groups[g].ncolumns;
    if (n > LIMITS_TABLE_COLUMNS)
        return error_set(err, ERR_LIMIT, "more than %d columns", LIMITS_TABLE_COLUMNS);
    s->columns = mem_calloc(n + 1, sizeof *s->columns);
    for (size_t g = 0; g < s->ngroups; g++)
        for (size_t i = 0; i < s->groups[g].ncolumns; i++)
            s->columns[s->ncolumns++] = &s->groups[g].columns[i];
    while (s->nkeys < n && s->columns[s->nkeys]->flags & COLUMN_KEY)
        s->nkeys++;
    return check_schema(s, err);
}

int stream_decode_table(const json_t *message, struct stream_schema **ret, struct error *err)
{
    const char *name = json_string_value(json_object_get(message, "table"));
    const json_t *groups = json_object_get(message, "groups");
    if (!is_name(name))
        return error_set(err, ERR_INVALID, "a table without a proper name");
    size_t n = json_array_size(groups);
    if (!n || n > LIMITS_TABLE_COLUMNS)
        return error_set(err, ERR_INVALID, "table %s has no list of 1 to %d column groups", name, LIMITS_TABLE_COLUMNS);
    struct stream_schema *s = mem_new(struct stream_schema);
    s->refs = 1;
    s->name = mem_strdup(name);
    s->title = safe_field(message, "title", name);
    s->help = safe_field(message, "help", "");
    s->groups = mem_calloc(n, sizeof *s->groups);
    int rc = 0;
    while (!rc && s->ngroups < n) {
        size_t g = s->ngroups++; /* counted before it is read: what was read of it is released too */
        rc = decode_group(json_array_get(groups, g), &s->groups[g], err);
    }
    if (!rc)
        rc = index_columns(s, err);
    if (rc) {
        error_prefix(err, "table %s", name);
        stream_decode_table_unref(s);
        return rc;
    }
    *ret = s;
    return 0;
}

static void free_group(struct stream_schema_group *g)
{
    for (size_t i = 0; i < g->ncolumns; i++) {
        free((char *)(uintptr_t)g->columns[i].name);
        free((char *)(uintptr_t)g->columns[i].title);
        free((char *)(uintptr_t)g->columns[i].help);
    }
    free(g->columns);
    free(g->name);
    free(g->owner);
    free(g->text);
}

void stream_decode_table_unref(struct stream_schema *s)
{
    if (!s || --s->refs)
        return;
    for (size_t i = 0; i < s->ngroups; i++)
        free_group(&s->groups[i]);
    free(s->groups);
    free(s->columns);
    free(s->name);
    free(s->title);
    free(s->help);
    free(s);
}

/* ---- requests ---- */

enum field_needed { OPTIONAL, NEEDED };

static int text_field(const json_t *m, const char *field, enum field_needed needed, char **ret, struct error *err)
{
    const json_t *j = json_object_get(m, field);
    if (!j || json_is_null(j))
        return needed ? error_set(err, ERR_INVALID, "\"%s\" is missing", field) : 0;
    int rc = stream_decode_text(j, ret, err);
    if (rc)
        error_prefix(err, "\"%s\"", field);
    return rc;
}

static int list_field(const json_t *m, const char *field, enum field_needed needed, struct stream_request *r,
                      struct error *err)
{
    const json_t *j = json_object_get(m, field);
    if ((!j || json_is_null(j)) && !needed)
        return 0;
    if (!json_is_array(j) || json_array_size(j) > LIST_MAX)
        return error_set(err, ERR_INVALID, "\"%s\" is not a list of at most %d texts", field, LIST_MAX);
    r->list = mem_calloc(json_array_size(j) + 1, sizeof *r->list);
    for (; r->nlist < json_array_size(j); r->nlist++) {
        int rc = stream_decode_text(json_array_get(j, r->nlist), &r->list[r->nlist], err);
        if (rc) {
            error_prefix(err, "\"%s\"", field);
            return rc;
        }
    }
    return 0;
}

static int id_field(const json_t *m, struct stream_request *r, struct error *err)
{
    int rc = stream_decode_int(m, "id", 0, INT32_MAX, &r->id, err);
    if (!rc && r->id < 0)
        rc = error_set(err, ERR_INVALID, "\"id\" is missing");
    return rc;
}

static int decode_hello(const json_t *m, struct stream_request *r, struct error *err)
{
    int64_t protocol = 0;
    (void)r;
    return stream_decode_int(m, "protocol", 1, INT32_MAX, &protocol, err);
}

static int decode_configure(const json_t *m, struct stream_request *r, struct error *err)
{
    return list_field(m, "argv", NEEDED, r, err);
}

static int decode_subscribe(const json_t *m, struct stream_request *r, struct error *err)
{
    int64_t limit = 0;
    int rc = id_field(m, r, err);
    if (!rc)
        rc = text_field(m, "table", NEEDED, &r->table, err);
    if (!rc)
        rc = list_field(m, "columns", OPTIONAL, r, err);
    if (!rc)
        rc = text_field(m, "where", OPTIONAL, &r->where, err);
    if (!rc)
        rc = text_field(m, "sort", OPTIONAL, &r->sort, err);
    if (!rc)
        rc = stream_decode_int(m, "limit", 0, LIMITS_TABLE_ROWS, &limit, err);
    r->limit = (size_t)limit;
    return rc;
}

static int decode_unsubscribe(const json_t *m, struct stream_request *r, struct error *err)
{
    return id_field(m, r, err);
}

static int decode_history(const json_t *m, struct stream_request *r, struct error *err)
{
    int rc = id_field(m, r, err);
    if (!rc)
        rc = text_field(m, "table", NEEDED, &r->table, err);
    if (!rc)
        rc = text_field(m, "column", NEEDED, &r->column, err);
    if (!rc)
        rc = stream_decode_int(m, "from", INT64_MIN, INT64_MAX, &r->from_ms, err);
    r->to_ms = INT64_MAX;
    if (!rc)
        rc = stream_decode_int(m, "to", INT64_MIN, INT64_MAX, &r->to_ms, err);
    if (!rc)
        rc = stream_decode_int(m, "step", 0, INT64_MAX, &r->step_ms, err);
    json_t *key = json_object_get(m, "key");
    if (!rc && !json_is_array(key))
        rc = error_set(err, ERR_INVALID, "\"key\" is not a list");
    if (!rc)
        r->key = json_incref(key);
    return rc;
}

static int decode_focus(const json_t *m, struct stream_request *r, struct error *err)
{
    int rc = text_field(m, "table", NEEDED, &r->table, err);
    json_t *keys = json_object_get(m, "keys");
    if (!rc && !json_is_array(keys))
        rc = error_set(err, ERR_INVALID, "\"keys\" is not a list");
    if (!rc)
        r->key = json_incref(keys);
    return rc;
}

static int decode_refresh(const json_t *m, struct stream_request *r, struct error *err)
{
    return text_field(m, "what", OPTIONAL, &r->what, err);
}

/* A number, or "start" or "end". */
static int offset_field(const json_t *m, int64_t *ret, struct error *err)
{
    const char *word = json_string_value(json_object_get(m, "offset"));
    if (word && strcmp(word, "start") == 0)
        *ret = STREAM_RECORD_AT_START;
    else if (word && strcmp(word, "end") == 0)
        *ret = STREAM_RECORD_AT_END;
    else if (!json_object_get(m, "offset"))
        return error_set(err, ERR_INVALID, "\"offset\" is missing");
    else
        return stream_decode_int(m, "offset", 0, INT64_MAX, ret, err);
    return 0;
}

static int decode_look(const json_t *m, struct stream_request *r, struct error *err)
{
    int rc = id_field(m, r, err);
    if (!rc)
        rc = text_field(m, "cluster", NEEDED, &r->cluster, err);
    if (!rc)
        rc = text_field(m, "topic", NEEDED, &r->topic, err);
    r->partition = -1;
    if (!rc)
        rc = stream_decode_int(m, "partition", 0, INT32_MAX, &r->partition, err);
    if (!rc && r->partition < 0)
        rc = error_set(err, ERR_INVALID, "\"partition\" is missing");
    if (!rc)
        rc = offset_field(m, &r->offset, err);
    r->count = 1;
    if (!rc)
        rc = stream_decode_int(m, "count", 1, STREAM_RECORD_COUNT, &r->count, err);
    return rc;
}

static const struct {
    const char *type;
    enum stream_request_kind kind;
    int (*decode)(const json_t *m, struct stream_request *r, struct error *err);
} requests[] = {
    {"hello", STREAM_REQUEST_HELLO, decode_hello},
    {"configure", STREAM_REQUEST_CONFIGURE, decode_configure},
    {"subscribe", STREAM_REQUEST_SUBSCRIBE, decode_subscribe},
    {"unsubscribe", STREAM_REQUEST_UNSUBSCRIBE, decode_unsubscribe},
    {"history", STREAM_REQUEST_HISTORY, decode_history},
    {"refresh", STREAM_REQUEST_REFRESH, decode_refresh},
    {"focus", STREAM_REQUEST_FOCUS, decode_focus},
    {"look", STREAM_REQUEST_LOOK, decode_look},
};

int stream_decode_request(const json_t *message, const char *type, struct stream_request *ret, struct error *err)
{
    *ret = (struct stream_request){.id = -1};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (strcmp(requests[i].type, type) != 0)
            continue;
        ret->kind = requests[i].kind;
        int rc = requests[i].decode(message, ret, err);
        if (rc)
            error_prefix(err, "%s", type);
        return rc;
    }
    return 0;
}

void stream_decode_request_done(struct stream_request *r)
{
    for (size_t i = 0; i < r->nlist; i++)
        free(r->list[i]);
    free(r->list);
    free(r->table);
    free(r->where);
    free(r->sort);
    free(r->column);
    free(r->what);
    free(r->cluster);
    free(r->topic);
    json_decref(r->key);
    *r = (struct stream_request){0};
}
