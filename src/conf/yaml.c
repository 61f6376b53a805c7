/* YAML into a bounded tree, by libyaml's events, and scalars back into YAML. */
#include "conf/yaml.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

enum { MAX_DEPTH = 16, MAX_NODES = 100000 };

struct reader {
    const char *name;
    const char *bytes;
    size_t len;
    yaml_parser_t parser;
    yaml_event_t event; /* the last one; zeroed (YAML_NO_EVENT) once it is wiped */
    size_t nodes;
    struct error *err;
};

/* What else to say beside libyaml's words, where they do not name the usual cause. */
static const struct {
    const char *words, *hint;
} hints[] = {
    {"while scanning an alias", "; quote a glob that begins with *, as in \"*\""},
    {"while scanning a tag", "; quote a glob that begins with !, as in \"!test-*\""},
    {"cannot start any token", "; indent with spaces, and quote what begins with a sign"},
    {"mapping values are not allowed", "; quote a text that has \": \" in it"},
    {"could not find expected ':'", "; a key is followed by a colon and a space"},
};

static const char *hint_for(const char *problem, const char *context)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if ((problem && strstr(problem, hints[i].words)) || (context && strstr(context, hints[i].words)))
            return hints[i].hint;
    return "";
}

/* The place of a byte, for what libyaml's reader refuses before it counts lines. */
static void place_of(const struct reader *r, size_t offset, size_t *line, size_t *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < r->len; i++) {
        unsigned char c = (unsigned char)r->bytes[i];
        if (c == '\n') {
            ++*line;
            *column = 1;
        } else if ((c & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

static int syntax_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    size_t line = p->problem_mark.line + 1, column = p->problem_mark.column + 1;
    if (p->error == YAML_READER_ERROR)
        place_of(r, p->problem_offset, &line, &column);
    const char *problem = p->problem ? p->problem : "unreadable";
    return error_set(r->err, ERR_INVALID, "%s:%zu:%zu: not YAML: %s%s%s%s", r->name, line, column, problem,
                     p->context ? " " : "", p->context ? p->context : "", hint_for(problem, p->context));
}

static int refuse(struct reader *r, int code, const char *what)
{
    return error_set(r->err, code, "%s:%zu:%zu: %s", r->name, r->event.start_mark.line + 1,
                     r->event.start_mark.column + 1, what);
}

/* Frees the event with what it quoted, which may be a secret. */
static void event_done(yaml_event_t *e)
{
    if (e->type == YAML_SCALAR_EVENT && e->data.scalar.value)
        explicit_bzero(e->data.scalar.value, e->data.scalar.length);
    yaml_event_delete(e);
}

static int next(struct reader *r)
{
    event_done(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event))
        return syntax_error(r);
    return 0;
}

/* Anchors would let a small file grow large, tags mean nothing here. */
static int check_plain(struct reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return refuse(r, ERR_INVALID, "an anchor (&) is not supported; quote a text that begins with &");
    if (tag)
        return refuse(r, ERR_INVALID,
                      "a tag (!) is not supported; quote a glob that begins with !, "
                      "as in \"!test-*\"");
    return 0;
}

/* Where the first character of a text stands, if it stands as it is. */
static unsigned text_column(const yaml_event_t *e, const char *text, size_t len)
{
    size_t characters = 0, quotes = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? 0 : 1;
    for (size_t i = 0; i < len; i++)
        characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    bool as_it_is =
        e->start_mark.line == e->end_mark.line && e->end_mark.column - e->start_mark.column == characters + 2 * quotes;
    return as_it_is ? (unsigned)(e->start_mark.column + 1 + quotes) : 0;
}

static int read_scalar(struct reader *r, struct conf_yaml *node)
{
    const char *text = (const char *)r->event.data.scalar.value;
    size_t len = r->event.data.scalar.length;
    int rc = check_plain(r, r->event.data.scalar.anchor, r->event.data.scalar.tag);
    if (rc != 0)
        return rc;
    if (memchr(text, '\0', len))
        return refuse(r, ERR_INVALID, "a NUL character is not allowed in a text");
    bool plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (plain && (len == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0)) {
        node->kind = CONF_YAML_NULL;
        return 0;
    }
    node->kind = CONF_YAML_SCALAR;
    node->text = mem_memdup(text, len);
    node->text_column = text_column(&r->event, text, len);
    return 0;
}

/* Takes a key and steps to its value; seen maps keys to the line of the first one of that name. */
static int read_key(struct reader *r, struct map *seen, struct conf_yaml *item)
{
    if (r->event.type != YAML_SCALAR_EVENT)
        return refuse(r, ERR_INVALID, "a key must be a text");
    struct conf_yaml key = {0};
    int rc = read_scalar(r, &key);
    if (rc == 0 && (key.kind != CONF_YAML_SCALAR || !*key.text))
        rc = refuse(r, ERR_INVALID, "a key must be a text that is not empty");
    if (rc != 0) {
        conf_yaml_done(&key);
        return rc;
    }
    item->key = key.text;
    item->key_line = (unsigned)r->event.start_mark.line + 1;
    item->key_column = (unsigned)r->event.start_mark.column + 1;
    void *first = map_put(seen, item->key, strlen(item->key), (void *)(uintptr_t)item->key_line);
    if (!first)
        return next(r);
    struct str safe = {0};
    text_safe(&safe, item->key, strlen(item->key));
    rc = error_set(r->err, ERR_INVALID, "%s:%u:%u: the key \"%.100s\" is given twice, first in line %zu", r->name,
                   item->key_line, item->key_column, str_text(&safe), (size_t)(uintptr_t)first);
    str_done(&safe);
    return rc;
}

/* Refuses what is no value, and takes the event that opens a list or a map. */
static int open_items(struct reader *r, struct conf_yaml *node)
{
    const yaml_event_t *e = &r->event;
    int rc;
    if (e->type == YAML_SEQUENCE_START_EVENT) {
        node->kind = CONF_YAML_LIST;
        rc = check_plain(r, e->data.sequence_start.anchor, e->data.sequence_start.tag);
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        node->kind = CONF_YAML_MAP;
        rc = check_plain(r, e->data.mapping_start.anchor, e->data.mapping_start.tag);
    } else if (e->type == YAML_ALIAS_EVENT) {
        rc = refuse(r, ERR_INVALID,
                    "an alias (*) is not supported; quote a glob that begins with *, "
                    "as in \"*-sink\"");
    } else {
        rc = refuse(r, ERR_INVALID, "not YAML: a value was expected");
    }
    return rc == 0 ? next(r) : rc;
}

/* Reads the value whose first event is at hand, and leaves its last one at hand. */
static int read_node(struct reader *r, struct conf_yaml *node, int depth)
{
    node->line = (unsigned)r->event.start_mark.line + 1;
    node->column = (unsigned)r->event.start_mark.column + 1;
    if (++r->nodes > MAX_NODES)
        return refuse(r, ERR_LIMIT, "more than 100000 values, the limit");
    if (depth > MAX_DEPTH)
        return refuse(r, ERR_LIMIT, "more than 16 levels, the limit");
    if (r->event.type == YAML_SCALAR_EVENT)
        return read_scalar(r, node);

    struct map seen = {0};
    int rc = open_items(r, node);
    while (rc == 0 && r->event.type != YAML_SEQUENCE_END_EVENT && r->event.type != YAML_MAPPING_END_EVENT) {
        struct conf_yaml item = {0};
        if (node->kind == CONF_YAML_MAP)
            rc = read_key(r, &seen, &item);
        if (rc == 0)
            rc = read_node(r, &item, depth + 1);
        vec_push(node, item);
        if (rc == 0)
            rc = next(r);
    }
    map_done(&seen);
    return rc;
}

/* stream start, (document start, node, document end)?, stream end */
static int read_document(struct reader *r, struct conf_yaml *root)
{
    int rc = next(r);
    if (rc == 0)
        rc = next(r);
    if (rc != 0 || r->event.type == YAML_STREAM_END_EVENT)
        return rc;
    rc = next(r);
    if (rc == 0)
        rc = read_node(r, root, 1);
    if (rc == 0)
        rc = next(r);
    if (rc == 0)
        rc = next(r);
    if (rc == 0 && r->event.type != YAML_STREAM_END_EVENT)
        rc = refuse(r, ERR_INVALID, "a second document is not allowed");
    return rc;
}

int conf_yaml_parse(const char *name, const char *bytes, size_t len, struct conf_yaml *ret, struct error *err)
{
    struct reader r = {.name = name, .bytes = bytes, .len = len, .err = err};
    struct conf_yaml root = {.kind = CONF_YAML_NULL, .line = 1, .column = 1};
    if (!yaml_parser_initialize(&r.parser))
        return error_set(err, ERR_IO, "%s: libyaml does not start", name);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, len);
    int rc = read_document(&r, &root);
    event_done(&r.event);
    /* libyaml frees its copies of the text without wiping them. */
    if (r.parser.raw_buffer.start)
        explicit_bzero(r.parser.raw_buffer.start, (size_t)(r.parser.raw_buffer.end - r.parser.raw_buffer.start));
    if (r.parser.buffer.start)
        explicit_bzero(r.parser.buffer.start, (size_t)(r.parser.buffer.end - r.parser.buffer.start));
    yaml_parser_delete(&r.parser);
    if (rc == 0)
        *ret = root;
    else
        conf_yaml_done(&root);
    return rc;
}

void conf_yaml_done(struct conf_yaml *node)
{
    for (size_t i = 0; i < node->n; i++)
        conf_yaml_done(&node->items[i]);
    free(node->items);
    free(node->key);
    mem_free_secret(node->text);
    *node = (struct conf_yaml){0};
}

const struct conf_yaml *conf_yaml_get(const struct conf_yaml *node, const char *key)
{
    if (!node || node->kind != CONF_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < node->n; i++)
        if (strcmp(node->items[i].key, key) == 0)
            return &node->items[i];
    return NULL;
}

const char *conf_yaml_kind_name(enum conf_yaml_kind kind)
{
    static const char *const names[] = {[CONF_YAML_NULL] = "nothing",
                                        [CONF_YAML_SCALAR] = "a text",
                                        [CONF_YAML_LIST] = "a list",
                                        [CONF_YAML_MAP] = "a map"};
    return names[kind];
}

/* Letters, digits and signs that begin nothing in YAML; a colon only between two of them. */
static bool is_plain(const char *text)
{
    if (!*text || strcmp(text, "null") == 0 || !(isalnum((unsigned char)*text) || *text == '/'))
        return false;
    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_./-+@=", *p) && !(*p == ':' && p[1]))
            return false;
    return true;
}

static void write_code(struct str *out, const char *p, size_t len, uint32_t code)
{
    struct str safe = {0};
    text_safe(&safe, p, len);
    if (safe.len == len && memcmp(safe.s, p, len) == 0)
        str_bytes(out, p, len);
    else if (code <= 0xFF)
        str_printf(out, "\\x%02X", (unsigned)code);
    else if (code <= 0xFFFF)
        str_printf(out, "\\u%04X", (unsigned)code);
    else
        str_printf(out, "\\U%08X", (unsigned)code);
    str_done(&safe);
}

void conf_yaml_write(struct str *out, const char *text)
{
    if (is_plain(text)) {
        str_add(out, text);
        return;
    }
    str_char(out, '"');
    size_t len = strlen(text);
    for (const char *p = text; *p;) {
        uint32_t code;
        size_t n = text_decode(p, len - (size_t)(p - text), &code);
        if (*p == '"' || *p == '\\')
            str_printf(out, "\\%c", *p);
        else if (*p == '\n')
            str_add(out, "\\n");
        else
            write_code(out, p, n, code);
        p += n;
    }
    str_char(out, '"');
}
