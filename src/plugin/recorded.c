/* A file of answers. */
#include "plugin/recorded.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

struct plugin_recorded {
    json_t *document;
    char *directory; /* of the file, with its slash, or "" */
    size_t round;    /* from 0 */
};

enum { ROUNDS = 2, MOST_ROUNDS = 1000, MAX_STATUS = 599 };

static int check(const struct plugin_recorded *r, const char *path, struct error *err)
{
    static const char *const objects[] = {"options", "answers"};
    if (!json_is_object(r->document))
        return error_set(err, ERR_INVALID, "%s: not an object", path);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const json_t *j = json_object_get(r->document, objects[i]);
        if (j && !json_is_object(j))
            return error_set(err, ERR_INVALID, "%s: \"%s\" is not an object", path, objects[i]);
    }
    int64_t ms;
    const json_t *now = json_object_get(r->document, "now"), *rounds = json_object_get(r->document, "rounds");
    if (now && (!json_is_string(now) || clock_parse_iso(json_string_value(now), &ms)))
        return error_set(err, ERR_INVALID, "%s: \"now\" is no time, as 2026-11-22T06:00:00Z", path);
    if (rounds && (json_integer_value(rounds) < 1 || json_integer_value(rounds) > MOST_ROUNDS))
        return error_set(err, ERR_INVALID, "%s: \"rounds\" is not from 1 to %d", path, MOST_ROUNDS);
    return 0;
}

int plugin_recorded_read(const char *path, struct plugin_recorded **ret, struct error *err)
{
    json_error_t why;
    json_t *document = json_load_file(path, 0, &why);
    if (!document)
        return error_set(err, ERR_INVALID, "%s: line %d: %s", path, why.line, why.text);
    struct plugin_recorded *r = mem_new(struct plugin_recorded);
    const char *slash = strrchr(path, '/');
    *r = (struct plugin_recorded){.document = document,
                                  .directory = mem_memdup(path, slash ? (size_t)(slash + 1 - path) : 0)};
    int rc = check(r, path, err);
    if (rc)
        plugin_recorded_free(r);
    else
        *ret = r;
    return rc;
}

void plugin_recorded_free(struct plugin_recorded *r)
{
    if (!r)
        return;
    json_decref(r->document);
    free(r->directory);
    free(r);
}

/* ---- options, time ---- */

static void add_option(json_t *list, const char *name, const json_t *value)
{
    char *text = json_is_string(value) ? mem_strdup(json_string_value(value)) : json_dumps(value, JSON_ENCODE_ANY);
    json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "name", name, "value", text, "secret", 1));
    free(text);
}

json_t *plugin_recorded_options(const struct plugin_recorded *r)
{
    json_t *list = json_array(), *value, *item;
    const char *name;
    size_t i;
    json_object_foreach(json_object_get(r->document, "options"), name, value)
    {
        if (!json_is_array(value))
            add_option(list, name, value);
        json_array_foreach(value, i, item) add_option(list, name, item);
    }
    return list;
}

bool plugin_recorded_now(const struct plugin_recorded *r, int64_t *wall_ms)
{
    const char *now = json_string_value(json_object_get(r->document, "now"));
    return now && clock_parse_iso(now, wall_ms) == 0;
}

size_t plugin_recorded_rounds(const struct plugin_recorded *r)
{
    const json_t *rounds = json_object_get(r->document, "rounds");
    return rounds ? (size_t)json_integer_value(rounds) : ROUNDS;
}

/* ---- answers ---- */

void plugin_recorded_next(struct plugin_recorded *r)
{
    r->round++;
}

static int read_body(const struct plugin_recorded *r, const char *name, struct plugin_recorded_answer *ret,
                     struct error *err)
{
    char *path = *name == '/' ? mem_strdup(name) : mem_printf("%s%s", r->directory, name);
    struct str body = {0};
    char bytes[16384];
    int rc = 0;
    FILE *f = fopen(path, "re");
    for (size_t n; f && (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
        str_bytes(&body, bytes, n);
    if (!f || ferror(f))
        rc = error_set(err, ERR_IO, "%s cannot be read", path);
    if (f)
        fclose(f);
    if (!rc) {
        ret->len = body.len;
        ret->body = str_take(&body);
    }
    str_done(&body);
    free(path);
    return rc;
}

static const json_t *find(const struct plugin_recorded *r, const char *url)
{
    const json_t *answers = json_object_get(r->document, "answers"), *found = json_object_get(answers, url);
    const char *base = json_string_value(json_object_get(json_object_get(r->document, "options"), "url"));
    if (!found && base && *url == '/') {
        char *whole = mem_printf("%s%s", base, url);
        found = json_object_get(answers, whole);
        free(whole);
    }
    if (!json_is_array(found))
        return found;
    size_t n = json_array_size(found);
    return n ? json_array_get(found, r->round ? (r->round <= n ? r->round : n) - 1 : 0) : NULL;
}

int plugin_recorded_ask(struct plugin_recorded *r, const char *url, struct plugin_recorded_answer *ret,
                        struct error *err)
{
    const json_t *found = find(r, url);
    if (!found)
        return error_set(err, ERR_NOT_FOUND, "%s: no answer was recorded for it", url);
    const json_t *json = json_object_get(found, "json"), *status = json_object_get(found, "status");
    const char *body = json_string_value(json_object_get(found, "body"));
    const char *file = json_string_value(json_object_get(found, "file"));
    struct plugin_recorded_answer a = {.error = json_string_value(json_object_get(found, "error")), .status = 200};
    int rc = 0;
    if (json_integer_value(status) >= 100 && json_integer_value(status) <= MAX_STATUS)
        a.status = (int)json_integer_value(status);
    if (file)
        rc = read_body(r, file, &a, err);
    else
        a.body = json ? json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT) : mem_strdup(body ? body : "");
    if (!rc && !file)
        a.len = strlen(a.body);
    if (!rc)
        *ret = a;
    return rc;
}
