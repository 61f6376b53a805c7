/* Pieces of an answer's JSON that know where they stand. */
#include "prom/api_node.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/value.h"
#include "prom/api.h"
#include "prom/labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH = 16,    /* of a place in an answer */
    KEY_BYTES = 60 /* of a key that are shown */
};

/* ---- places ---- */

static const json_t *unless_null(const json_t *json)
{
    return json_is_null(json) ? NULL : json;
}

static struct prom_api_node below(const struct prom_api_node *of, const json_t *json, const char *key, size_t index)
{
    return (struct prom_api_node){.json = unless_null(json), .up = of, .key = key, .index = index, .there = json};
}

struct prom_api_node prom_api_node_member(const struct prom_api_node *of, const char *key)
{
    return below(of, json_object_get(of->json, key), key, 0);
}

struct prom_api_node prom_api_node_item(const struct prom_api_node *of, size_t index)
{
    return below(of, json_array_get(of->json, index), NULL, index);
}

/* "data.result[3].value[1]"; the root has no name. */
static void write_place(const struct prom_api_node *n, struct str *out)
{
    const struct prom_api_node *way[DEPTH];
    size_t depth = 0;
    for (; n->up && depth < DEPTH; n = n->up)
        way[depth++] = n;
    while (depth--) {
        const struct prom_api_node *at = way[depth];
        if (!at->key) {
            str_printf(out, "[%zu]", at->index);
            continue;
        }
        size_t len = strlen(at->key);
        if (out->len)
            str_char(out, '.');
        text_safe(out, at->key, len < KEY_BYTES ? len : KEY_BYTES);
    }
    if (!out->len)
        str_add(out, "the answer");
}

static const char *kind_of(const json_t *json)
{
    static const char *const kinds[] = {[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array",
                                        [JSON_STRING] = "a text",    [JSON_INTEGER] = "a whole number",
                                        [JSON_REAL] = "a number",    [JSON_TRUE] = "true",
                                        [JSON_FALSE] = "false",      [JSON_NULL] = "null"};
    return kinds[json_typeof(json)];
}

int prom_api_node_refuse(const struct prom_api_node *n, const char *expected, struct error *err)
{
    struct str place = {0};
    write_place(n, &place);
    if (!n->json)
        error_set(err, ERR_INVALID, "%s: is missing, %s was expected", str_text(&place), expected);
    else if (json_is_string(n->json)) {
        struct str text = {0};
        size_t len = json_string_length(n->json);
        text_safe(&text, json_string_value(n->json), len < KEY_BYTES ? len : KEY_BYTES);
        error_set(err, ERR_INVALID, "%s: %s was expected, not \"%s\"", str_text(&place), expected, str_text(&text));
        str_done(&text);
    } else {
        error_set(err, ERR_INVALID, "%s: %s was expected, not %s", str_text(&place), expected, kind_of(n->json));
    }
    str_done(&place);
    return ERR_INVALID;
}

int prom_api_node_limit(const struct prom_api_node *n, size_t count, const char *what, size_t max, struct error *err)
{
    struct str place = {0};
    write_place(n, &place);
    error_set(err, ERR_LIMIT, "%s: %zu %s; at most %zu are taken", str_text(&place), count, what, max);
    str_done(&place);
    return ERR_LIMIT;
}

/* ---- values ---- */

int prom_api_node_object(const struct prom_api_node *n, struct error *err)
{
    return json_is_object(n->json) ? 0 : prom_api_node_refuse(n, "an object", err);
}

int prom_api_node_array(const struct prom_api_node *n, size_t *ret, struct error *err)
{
    if (n->json && !json_is_array(n->json))
        return prom_api_node_refuse(n, "an array", err);
    *ret = json_array_size(n->json);
    return 0;
}

int prom_api_node_needed_array(const struct prom_api_node *n, size_t *ret, struct error *err)
{
    return n->there ? prom_api_node_array(n, ret, err) : prom_api_node_refuse(n, "an array", err);
}

int prom_api_node_number(const struct prom_api_node *n, double *ret, struct error *err)
{
    if (n->json && !json_is_number(n->json))
        return prom_api_node_refuse(n, "a number", err);
    *ret = n->json ? json_number_value(n->json) : NAN;
    return 0;
}

static bool read_value(const json_t *json, double *ret)
{
    return json_is_string(json) && !number_read(json_string_value(json), json_string_length(json), ret);
}

int prom_api_node_value(const struct prom_api_node *n, double *ret, struct error *err)
{
    return read_value(n->json, ret) ? 0 : prom_api_node_refuse(n, "a number as text", err);
}

static int read_seconds(const struct prom_api_node *n, double *ret, struct error *err)
{
    int64_t ms;
    if (!json_is_string(n->json))
        return prom_api_node_number(n, ret, err);
    *ret = conf_value_duration(json_string_value(n->json), &ms) ? NAN : (double)ms / 1000;
    return 0;
}

static int read_time(const struct prom_api_node *n, int64_t *ret, struct error *err)
{
    int64_t ms = 0;
    if (n->json && !json_is_string(n->json))
        return prom_api_node_refuse(n, "a time", err);
    if (json_string_length(n->json) && clock_parse_iso(json_string_value(n->json), &ms))
        return prom_api_node_refuse(n, "a time", err);
    *ret = ms > 0 ? ms : 0; /* Go's zero time is in the year 1 */
    return 0;
}

static void read_numeral(const struct prom_api_node *n, double *ret)
{
    if (!read_value(n->json, ret))
        *ret = json_is_number(n->json) ? json_number_value(n->json) : NAN;
}

/* ---- texts ---- */

char *prom_api_node_copy(const char *bytes, size_t len)
{
    struct str s = {0};
    if (len > PROM_API_TEXT) {
        len = PROM_API_TEXT;
        while (len && ((unsigned char)bytes[len] & 0xc0) == 0x80)
            len--;
    }
    if (!memchr(bytes, '\0', len))
        return mem_memdup(bytes, len);
    for (size_t i = 0; i < len; i++)
        if (bytes[i])
            str_char(&s, bytes[i]);
        else
            str_add(&s, "\xef\xbf\xbd");
    return str_take(&s);
}

static int read_text(const struct prom_api_node *n, bool needed, char **ret, struct error *err)
{
    if (n->json && !json_is_string(n->json))
        return prom_api_node_refuse(n, "a text", err);
    if (json_string_length(n->json) || needed)
        *ret = prom_api_node_copy(json_string_value(n->json), json_string_length(n->json));
    return 0;
}

/* ---- objects by a table ---- */

static int read_field(const struct prom_api_node *n, const struct prom_api_node_field *f, void *at, struct error *err)
{
    static const char *const expected[] = {[PROM_API_NODE_TEXT] = "a text",
                                           [PROM_API_NODE_NUMBER] = "a number",
                                           [PROM_API_NODE_SECONDS] = "a duration",
                                           [PROM_API_NODE_TIME] = "a time",
                                           [PROM_API_NODE_NUMERAL] = "a number"};
    if (f->needed && !n->json)
        return prom_api_node_refuse(n, expected[f->kind], err);
    switch (f->kind) {
    case PROM_API_NODE_TEXT:
        return read_text(n, f->needed, at, err);
    case PROM_API_NODE_NUMBER:
        return prom_api_node_number(n, at, err);
    case PROM_API_NODE_SECONDS:
        return read_seconds(n, at, err);
    case PROM_API_NODE_TIME:
        return read_time(n, at, err);
    case PROM_API_NODE_NUMERAL:
        read_numeral(n, at);
    }
    return 0;
}

int prom_api_node_fields(const struct prom_api_node *object, const struct prom_api_node_field *fields, size_t n,
                         void *to, struct error *err)
{
    int rc = prom_api_node_object(object, err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct prom_api_node member = prom_api_node_member(object, fields[i].key);
        rc = read_field(&member, &fields[i], (char *)to + fields[i].offset, err);
    }
    return rc;
}

static char **text_of(const struct prom_api_node_field *f, void *of)
{
    return (char **)(void *)((char *)of + f->offset);
}

void prom_api_node_release(const struct prom_api_node_field *fields, size_t n, void *of)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].kind == PROM_API_NODE_TEXT)
            free(*text_of(&fields[i], of));
}

/* ---- labels ---- */

static const struct prom_api_node_field *find(const struct prom_api_node_field *fields, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
}

int prom_api_node_labels(const struct prom_api_node *n, const struct prom_api_node_field *apart, size_t n_apart,
                         void *to, bool whole, char **ret, struct error *err)
{
    VEC(struct prom_labels_pair) pairs = {0};
    struct str text = {0};
    int rc = n->json ? prom_api_node_object(n, err) : 0;
    /* what walks over an object takes one that it may change, and does not */
    json_t *object = (json_t *)(uintptr_t)n->json;
    for (void *i = rc ? NULL : json_object_iter(object); !rc && i; i = json_object_iter_next(object, i)) {
        const char *key = json_object_iter_key(i);
        struct prom_api_node label = prom_api_node_member(n, key);
        const struct prom_api_node_field *f = find(apart, n_apart, key);
        size_t len = json_string_length(label.json);
        if (!json_is_string(label.json))
            rc = prom_api_node_refuse(&label, "a text", err);
        else if (f)
            rc = read_text(&label, false, text_of(f, to), err);
        else
            vec_push(&pairs, (struct prom_labels_pair){key, json_string_value(label.json), strlen(key), len});
    }
    if (!rc) {
        prom_labels_join(pairs.items, pairs.n, &text);
        if (whole && text.len > PROM_API_TEXT)
            rc = prom_api_node_limit(n, text.len, "bytes of labels", PROM_API_TEXT, err);
        else
            *ret = prom_api_node_copy(str_text(&text), text.len);
    }
    vec_done(&pairs);
    str_done(&text);
    return rc;
}
