/* Parses schemas: one walk over the JSON makes the nodes, names are resolved as they are met. */
#include "avro/schema.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <jansson.h>
#include <stdarg.h>

#define PRIMITIVES (AVRO_SCHEMA_STRING + 1)

static const uint64_t saturated = UINT64_C(1) << 31; /* bytes, more than any value has */

static const char *const type_names[] = {
    [AVRO_SCHEMA_NULL] = "null",   [AVRO_SCHEMA_BOOLEAN] = "boolean", [AVRO_SCHEMA_INT] = "int",
    [AVRO_SCHEMA_LONG] = "long",   [AVRO_SCHEMA_FLOAT] = "float",     [AVRO_SCHEMA_DOUBLE] = "double",
    [AVRO_SCHEMA_BYTES] = "bytes", [AVRO_SCHEMA_STRING] = "string",   [AVRO_SCHEMA_FIXED] = "fixed",
    [AVRO_SCHEMA_ENUM] = "enum",   [AVRO_SCHEMA_RECORD] = "record",   [AVRO_SCHEMA_ARRAY] = "array",
    [AVRO_SCHEMA_MAP] = "map",     [AVRO_SCHEMA_UNION] = "union",
};

static const char *const logical_names[] = {
    [AVRO_SCHEMA_DATE] = "date",
    [AVRO_SCHEMA_TIME_MICROS] = "time-micros",
    [AVRO_SCHEMA_TIMESTAMP_MILLIS] = "timestamp-millis",
    [AVRO_SCHEMA_TIMESTAMP_MICROS] = "timestamp-micros",
    [AVRO_SCHEMA_TIMESTAMP_NANOS] = "timestamp-nanos",
    [AVRO_SCHEMA_DECIMAL] = "decimal",
    [AVRO_SCHEMA_UUID] = "uuid",
    [AVRO_SCHEMA_KEY_VALUES] = "map",
};

/* Bytes on the wire: at least, and whether always. */
static const struct {
    uint8_t least;
    bool constant;
} widths[PRIMITIVES] = {
    [AVRO_SCHEMA_NULL] = {0, true},   [AVRO_SCHEMA_BOOLEAN] = {1, true}, [AVRO_SCHEMA_INT] = {1, false},
    [AVRO_SCHEMA_LONG] = {1, false},  [AVRO_SCHEMA_FLOAT] = {4, true},   [AVRO_SCHEMA_DOUBLE] = {8, true},
    [AVRO_SCHEMA_BYTES] = {1, false}, [AVRO_SCHEMA_STRING] = {1, false},
};

struct parser {
    VEC(struct avro_schema_node) nodes;
    VEC(struct avro_schema_field) below;
    VEC(char *) texts;
    struct map names; /* full name → index of its node, plus one */
    struct str where;
    unsigned depth;
    struct error *err;
};

__attribute__((format(printf, 3, 4))) static int fail(struct parser *p, int code, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_set(p->err, code, "Avro schema: %s%s%s", str_text(&p->where), p->where.len ? ": " : "", text);
}

/* Goes into a part of the schema; returns where it was, for leave(). */
static size_t enter(struct parser *p, const char *part)
{
    size_t was = p->where.len;
    if (was && *part && *part != '[')
        str_char(&p->where, '.');
    str_add(&p->where, part);
    p->depth++;
    return was;
}

static void leave(struct parser *p, size_t was)
{
    str_cut(&p->where, was);
    p->depth--;
}

/* Keeps a text as long as the schema; owned by the parser. */
static const char *keep(struct parser *p, char *text)
{
    vec_push(&p->texts, text);
    return text;
}

static int add_node(struct parser *p, struct avro_schema_node node, uint32_t *ret)
{
    if (p->nodes.n + p->below.n >= AVRO_SCHEMA_NODES)
        return fail(p, ERR_LIMIT, "more than %d types and fields", AVRO_SCHEMA_NODES);
    *ret = (uint32_t)p->nodes.n;
    vec_push(&p->nodes, node);
    return 0;
}

/* Moves what is below a node to its place. */
static int add_below(struct parser *p, uint32_t node, const struct avro_schema_field *fields, size_t n)
{
    if (p->nodes.n + p->below.n + n > AVRO_SCHEMA_NODES)
        return fail(p, ERR_LIMIT, "more than %d types and fields", AVRO_SCHEMA_NODES);
    p->nodes.items[node].first = (uint32_t)p->below.n;
    p->nodes.items[node].nbelow = (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        vec_push(&p->below, fields[i]);
    return 0;
}

/* A string of the JSON that is a name: not empty, without NUL, not too long. */
static int check_name(struct parser *p, const json_t *text, const char *what, const char **ret)
{
    const char *s = json_string_value(text);
    if (!s || !*s)
        return fail(p, ERR_INVALID, "%s is no text, or empty", what);
    if (strlen(s) != json_string_length(text))
        return fail(p, ERR_INVALID, "%s has a NUL", what);
    if (json_string_length(text) > AVRO_SCHEMA_NAME_BYTES)
        return fail(p, ERR_LIMIT, "%s has %zu bytes, more than %d", what, json_string_length(text),
                    AVRO_SCHEMA_NAME_BYTES);
    *ret = s;
    return 0;
}

/* A number, or the text of one, as Iceberg's own reader takes it; older events have the text "-1". */
static int32_t id_of(const json_t *object, const char *key)
{
    const json_t *id = json_object_get(object, key);
    const char *text = json_string_value(id);
    long long value = json_is_integer(id) ? json_integer_value(id) : -1;
    if (text && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 10)
        value = strtoll(text, NULL, 10);
    return value >= 0 && value <= INT32_MAX ? (int32_t)value : AVRO_SCHEMA_NO_ID;
}

static enum avro_schema_logical logical_of(const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "logicalType"));
    for (size_t i = 0; name && i < sizeof logical_names / sizeof *logical_names; i++)
        if (logical_names[i] && strcmp(logical_names[i], name) == 0)
            return (enum avro_schema_logical)i;
    return AVRO_SCHEMA_PLAIN;
}

/* A node with all that is said beside the type. */
static struct avro_schema_node node_of(enum avro_schema_type type, const json_t *object)
{
    struct avro_schema_node n = {.type = type, .key_id = id_of(object, "key-id"), .scale = id_of(object, "scale")};
    n.logical = logical_of(object);
    n.utc = json_is_true(json_object_get(object, "adjust-to-utc"));
    if (type < PRIMITIVES) {
        n.least = widths[type].least;
        n.constant = widths[type].constant;
    }
    return n;
}

/* A name where a type is expected. */
static int parse_name(struct parser *p, const json_t *text, const char *space, uint32_t *ret)
{
    const char *name;
    int rc = check_name(p, text, "a type's name", &name);
    if (rc)
        return rc;
    for (int i = 0; i < PRIMITIVES; i++)
        if (strcmp(name, type_names[i]) == 0) {
            *ret = (uint32_t)i; /* the first nodes are the plain primitives */
            return 0;
        }
    void *known = NULL;
    if (*space && !strchr(name, '.')) {
        char *full = mem_printf("%s.%s", space, name);
        known = map_get(&p->names, full, strlen(full));
        free(full);
    }
    if (!known)
        known = map_get(&p->names, name, strlen(name));
    if (!known)
        return fail(p, ERR_INVALID, "no type is named %.100s", name);
    *ret = (uint32_t)((uintptr_t)known - 1);
    return 0;
}

/* Gives a node that is being made its full name; *space becomes the namespace that its parts are in. */
static int set_name(struct parser *p, const json_t *object, uint32_t node, const char **space)
{
    const char *name, *last;
    int rc = check_name(p, json_object_get(object, "name"), "the type's name", &name);
    if (rc)
        return rc;
    const json_t *given = json_object_get(object, "namespace");
    if (json_string_length(given) > AVRO_SCHEMA_NAME_BYTES)
        return fail(p, ERR_LIMIT, "a namespace has more than %d bytes", AVRO_SCHEMA_NAME_BYTES);
    if ((last = strrchr(name, '.')))
        *space = keep(p, mem_memdup(name, (size_t)(last - name)));
    else if (json_is_string(given))
        *space = keep(p, mem_strdup(json_string_value(given)));
    const char *full = keep(p, !last && **space ? mem_printf("%s.%s", *space, name) : mem_strdup(name));
    for (int i = 0; !last && i < PRIMITIVES; i++)
        if (strcmp(name, type_names[i]) == 0)
            return fail(p, ERR_INVALID, "a type of one's own is named %s", name);
    if (map_get(&p->names, full, strlen(full)))
        return fail(p, ERR_INVALID, "two types are named %.100s", full);
    map_put(&p->names, full, strlen(full), (void *)(uintptr_t)(node + 1));
    p->nodes.items[node].name = full;
    return 0;
}

/* The aliases of a field as one text, NULL if there are none. */
static int parse_aliases(struct parser *p, const json_t *list, const char **ret)
{
    struct str all = {0};
    size_t i;
    json_t *item;
    const char *name;
    int rc = 0;
    json_array_foreach(list, i, item)
    {
        if ((rc = check_name(p, item, "an alias", &name)))
            goto out;
        str_add(&all, all.len ? "|" : "");
        str_add(&all, name);
    }
    *ret = all.len ? keep(p, str_take(&all)) : NULL;
out:
    str_done(&all);
    return rc;
}

static uint64_t add_up(uint64_t a, uint64_t b)
{
    return a + b < saturated ? a + b : saturated;
}

static int keep_symbols(struct parser *p, const json_t *symbols)
{
    size_t i;
    json_t *item;
    json_array_foreach(symbols, i, item)
    {
        const char *name;
        int rc = check_name(p, item, "a symbol", &name);
        if (rc)
            return rc;
        keep(p, mem_strdup(name));
    }
    return 0;
}

static int parse_enum(struct parser *p, const json_t *object, const char *space, uint32_t node)
{
    const json_t *symbols = json_object_get(object, "symbols");
    int rc = set_name(p, object, node, &space);
    if (rc)
        return rc;
    if (!json_is_array(symbols))
        return fail(p, ERR_INVALID, "an enum without symbols");
    if (json_array_size(symbols) > AVRO_SCHEMA_NODES)
        return fail(p, ERR_LIMIT, "an enum of %zu symbols, at most %d", json_array_size(symbols), AVRO_SCHEMA_NODES);
    p->nodes.items[node].size = (uint32_t)json_array_size(symbols);
    p->nodes.items[node].symbols = (uint32_t)p->texts.n;
    p->nodes.items[node].least = 1;
    return keep_symbols(p, symbols);
}

static int parse_fixed(struct parser *p, const json_t *object, const char *space, uint32_t node)
{
    const json_t *size = json_object_get(object, "size");
    int rc = set_name(p, object, node, &space);
    if (rc)
        return rc;
    if (!json_is_integer(size) || json_integer_value(size) < 0)
        return fail(p, ERR_INVALID, "a fixed without size");
    if (json_integer_value(size) > AVRO_SCHEMA_FIXED_BYTES)
        return fail(p, ERR_LIMIT, "a fixed of %lld bytes, more than %d", (long long)json_integer_value(size),
                    AVRO_SCHEMA_FIXED_BYTES);
    struct avro_schema_node *n = &p->nodes.items[node];
    n->size = (uint32_t)json_integer_value(size);
    n->least = n->size;
    n->constant = true;
    return 0;
}

static int parse_type(struct parser *p, const json_t *json, const char *space, uint32_t *ret);

static int parse_field(struct parser *p, const json_t *object, const char *space, struct avro_schema_field *f)
{
    const char *name;
    const json_t *type = json_object_get(object, "type");
    int rc = check_name(p, json_object_get(object, "name"), "a field's name", &name);
    if (rc)
        return rc;
    size_t was = enter(p, name);
    if (!type)
        rc = fail(p, ERR_INVALID, "a field without type");
    else if ((rc = parse_type(p, type, space, &f->node)) == 0)
        rc = parse_aliases(p, json_object_get(object, "aliases"), &f->aliases);
    leave(p, was);
    f->name = rc ? NULL : keep(p, mem_strdup(name));
    f->id = id_of(object, "field-id");
    return rc;
}

static int parse_record(struct parser *p, const json_t *object, const char *space, uint32_t node)
{
    const json_t *fields = json_object_get(object, "fields");
    int rc = set_name(p, object, node, &space);
    if (rc)
        return rc;
    if (!json_is_array(fields))
        return fail(p, ERR_INVALID, "a record without fields");
    size_t n = json_array_size(fields);
    struct avro_schema_field *list = mem_calloc(n + 1, sizeof *list);
    uint64_t least = 0;
    bool constant = true;
    for (size_t i = 0; i < n && !rc; i++) {
        if ((rc = parse_field(p, json_array_get(fields, i), space, &list[i])))
            break;
        least = add_up(least, p->nodes.items[list[i].node].least);
        constant = constant && p->nodes.items[list[i].node].constant;
    }
    if (!rc)
        rc = add_below(p, node, list, n);
    p->nodes.items[node].least = least;
    p->nodes.items[node].constant = constant;
    free(list);
    return rc;
}

/* An array's items or a map's values. */
static int parse_items(struct parser *p, const json_t *object, const char *space, uint32_t node)
{
    bool map = p->nodes.items[node].type == AVRO_SCHEMA_MAP;
    const json_t *type = json_object_get(object, map ? "values" : "items");
    struct avro_schema_field below = {.id = id_of(object, map ? "value-id" : "element-id")};
    if (!type)
        return fail(p, ERR_INVALID, "%s", map ? "a map without values" : "an array without items");
    size_t was = enter(p, map ? "[values]" : "[items]");
    int rc = parse_type(p, type, space, &below.node);
    leave(p, was);
    p->nodes.items[node].least = 1;
    return rc ? rc : add_below(p, node, &below, 1);
}

static int parse_union(struct parser *p, const json_t *array, const char *space, uint32_t *ret)
{
    struct avro_schema_node node = {.type = AVRO_SCHEMA_UNION, .key_id = -1, .scale = -1};
    size_t n = json_array_size(array);
    struct avro_schema_field *list = mem_calloc(n + 1, sizeof *list);
    uint64_t least = n ? saturated : 1;
    int rc = n ? 0 : fail(p, ERR_INVALID, "a union of nothing");
    for (size_t i = 0; i < n && !rc; i++) {
        list[i].id = AVRO_SCHEMA_NO_ID;
        if ((rc = parse_type(p, json_array_get(array, i), space, &list[i].node)))
            break;
        const struct avro_schema_node *branch = &p->nodes.items[list[i].node];
        if (branch->type == AVRO_SCHEMA_UNION)
            rc = fail(p, ERR_INVALID, "a union in a union");
        least = branch->least < least ? branch->least : least;
    }
    node.least = add_up(least, 1);
    if (!rc)
        rc = add_node(p, node, ret);
    if (!rc)
        rc = add_below(p, *ret, list, n);
    free(list);
    return rc;
}

/* {"type": ...} where it names a kind of type; NULL: not one of these. */
static int parse_object(struct parser *p, const json_t *object, const char *space, uint32_t *ret)
{
    static int (*const makers[])(struct parser *, const json_t *, const char *, uint32_t) = {
        [AVRO_SCHEMA_FIXED] = parse_fixed, [AVRO_SCHEMA_ENUM] = parse_enum, [AVRO_SCHEMA_RECORD] = parse_record,
        [AVRO_SCHEMA_ARRAY] = parse_items, [AVRO_SCHEMA_MAP] = parse_items,
    };
    const json_t *type = json_object_get(object, "type");
    const char *name = json_string_value(type);
    if (!type)
        return fail(p, ERR_INVALID, "an object without type");
    if (!name)
        return parse_type(p, type, space, ret);
    for (unsigned i = 0; i < AVRO_SCHEMA_UNION; i++) {
        if (strcmp(name, type_names[i]) != 0)
            continue;
        int rc = add_node(p, node_of((enum avro_schema_type)i, object), ret);
        return rc || (int)i < PRIMITIVES ? rc : makers[i](p, object, space, *ret);
    }
    if (strcmp(name, "error") != 0)
        return parse_name(p, type, space, ret);
    int rc = add_node(p, node_of(AVRO_SCHEMA_RECORD, object), ret);
    return rc ? rc : parse_record(p, object, space, *ret);
}

static int parse_type(struct parser *p, const json_t *json, const char *space, uint32_t *ret)
{
    if (p->depth >= AVRO_SCHEMA_DEPTH)
        return fail(p, ERR_LIMIT, "types in types, deeper than %d", AVRO_SCHEMA_DEPTH);
    size_t was = enter(p, "");
    int rc = json_is_string(json)   ? parse_name(p, json, space, ret)
             : json_is_array(json)  ? parse_union(p, json, space, ret)
             : json_is_object(json) ? parse_object(p, json, space, ret)
                                    : fail(p, ERR_INVALID, "a type is neither text nor object nor array");
    leave(p, was);
    return rc;
}

int avro_schema_parse(const char *json, size_t len, struct avro_schema **ret, struct error *err)
{
    struct parser p = {.err = err};
    json_error_t bad;
    uint32_t root;
    if (len > AVRO_SCHEMA_TEXT_BYTES)
        return error_set(err, ERR_LIMIT, "Avro schema: %zu bytes, more than %d", len, AVRO_SCHEMA_TEXT_BYTES);
    json_t *top = json_loadb(json, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &bad);
    if (!top)
        return error_set(err, ERR_INVALID, "Avro schema: byte %d: %s", bad.position, bad.text);
    for (int i = 0; i < PRIMITIVES; i++)
        vec_push(&p.nodes, node_of((enum avro_schema_type)i, NULL));
    int rc = parse_type(&p, top, "", &root);
    struct avro_schema *s = mem_new(struct avro_schema);
    *s = (struct avro_schema){p.nodes.items, p.below.items, p.nodes.n, p.below.n,
                              rc ? 0 : root, p.texts.items, p.texts.n};
    if (rc)
        avro_schema_free(s);
    else
        *ret = s;
    map_done(&p.names);
    str_done(&p.where);
    json_decref(top);
    return rc;
}

void avro_schema_free(struct avro_schema *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->ntexts; i++)
        free(s->texts[i]);
    free(s->texts);
    free(s->nodes);
    free(s->below);
    free(s);
}

const char *avro_schema_type_name(enum avro_schema_type type)
{
    return type_names[type];
}

const struct avro_schema_node *avro_schema_not_null(const struct avro_schema *s, const struct avro_schema_node *node)
{
    const struct avro_schema_node *only = NULL;
    if (node->type != AVRO_SCHEMA_UNION)
        return node;
    for (uint32_t i = 0; i < node->nbelow; i++) {
        const struct avro_schema_node *branch = &s->nodes[s->below[node->first + i].node];
        if (branch->type == AVRO_SCHEMA_NULL)
            continue;
        if (only)
            return NULL;
        only = branch;
    }
    return only;
}
