/* The services for JSON. */
#include "plugin/json.h"
#include "base/number.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct icetop_json *plugin_json_of(const json_t *value)
{
    return (const struct icetop_json *)(const void *)value;
}

const json_t *plugin_json_to(const struct icetop_json *value)
{
    return (const json_t *)(const void *)value;
}

/* jansson counts references in values that are constant to all others. */
static json_t *counted(const struct icetop_json *value)
{
    return (json_t *)(uintptr_t)value;
}

int plugin_json_read(const void *text, size_t len, json_t **ret, struct error *err)
{
    json_error_t why;
    json_t *j = json_loadb(text, len, JSON_DECODE_ANY, &why);
    if (j) {
        *ret = j;
        return 0;
    }
    struct str safe = {0};
    text_safe(&safe, why.text, strlen(why.text));
    int rc = error_set(err, ERR_INVALID, "no JSON at byte %d: %s", why.position, str_text(&safe));
    str_done(&safe);
    return rc;
}

static const struct icetop_json *parse(const void *text, size_t len, char *error, size_t size)
{
    struct error err = {0};
    json_t *j = NULL;
    if (plugin_json_read(text, len, &j, &err) && error && size)
        snprintf(error, size, "%s", err.text);
    return plugin_json_of(j);
}

static void release(const struct icetop_json *value)
{
    json_decref(counted(value));
}

static const struct icetop_json *keep(const struct icetop_json *value)
{
    json_incref(counted(value));
    return value;
}

static enum icetop_json_type type(const struct icetop_json *value)
{
    const json_t *j = plugin_json_to(value);
    switch (j ? json_typeof(j) : JSON_NULL) {
    case JSON_OBJECT:
        return ICETOP_JSON_OBJECT;
    case JSON_ARRAY:
        return ICETOP_JSON_ARRAY;
    case JSON_STRING:
        return ICETOP_JSON_TEXT;
    case JSON_INTEGER:
    case JSON_REAL:
        return ICETOP_JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return ICETOP_JSON_BOOL;
    case JSON_NULL:
        break;
    }
    return ICETOP_JSON_NULL;
}

static const struct icetop_json *get(const struct icetop_json *object, const char *name)
{
    return plugin_json_of(json_object_get(plugin_json_to(object), name));
}

static const struct icetop_json *at(const struct icetop_json *array, size_t i)
{
    return plugin_json_of(json_array_get(plugin_json_to(array), i));
}

static size_t size(const struct icetop_json *value)
{
    const json_t *j = plugin_json_to(value);
    return json_is_object(j) ? json_object_size(j) : json_array_size(j);
}

static const char *next(const struct icetop_json *object, const char *name)
{
    json_t *j = counted(object);
    void *iter = name ? json_object_iter_at(j, name) : json_object_iter(j);
    if (name && iter)
        iter = json_object_iter_next(j, iter);
    return iter ? json_object_iter_key(iter) : NULL;
}

static const char *text(const struct icetop_json *value)
{
    return json_string_value(plugin_json_to(value));
}

static bool read_int(const struct icetop_json *value, int64_t *ret)
{
    const json_t *j = plugin_json_to(value);
    const char *s = json_string_value(j);
    char *end;
    if (json_is_integer(j)) {
        *ret = json_integer_value(j);
        return true;
    }
    if (json_is_real(j)) {
        double d = json_real_value(j);
        if (!(fabs(d) < 9.2e18) || d != trunc(d))
            return false;
        *ret = (int64_t)d;
        return true;
    }
    if (!s || !(*s == '-' || (*s >= '0' && *s <= '9')))
        return false;
    errno = 0;
    long long v = strtoll(s, &end, 10);
    if (errno || end == s || *end)
        return false;
    *ret = v;
    return true;
}

static bool read_real(const struct icetop_json *value, double *ret)
{
    const json_t *j = plugin_json_to(value);
    const char *s = json_string_value(j);
    if (!json_is_number(j))
        return s && number_read(s, strlen(s), ret) == 0;
    *ret = json_number_value(j);
    return true;
}

static bool read_bool(const struct icetop_json *value, bool *ret)
{
    const json_t *j = plugin_json_to(value);
    const char *s = json_string_value(j);
    bool yes = json_is_true(j) || (s && strcmp(s, "true") == 0),
         no = json_is_false(j) || (s && strcmp(s, "false") == 0);
    if (yes || no)
        *ret = yes;
    return yes || no;
}

void plugin_json_serve(struct icetop_host *face)
{
    face->json_parse = parse;
    face->json_release = release;
    face->json_keep = keep;
    face->json_type = type;
    face->json_get = get;
    face->json_at = at;
    face->json_size = size;
    face->json_next = next;
    face->json_text = text;
    face->json_int = read_int;
    face->json_real = read_real;
    face->json_bool = read_bool;
}
