/* What an Iceberg REST catalog answers, parsed. */
#include "iceberg/rest_page.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PREFIX = 1024,
    MAX_SEPARATOR = 16,
    MAX_TOKEN = 16 * 1024,    /* bytes of a page's token */
    MAX_LOCATION = 16 * 1024, /* of where metadata lies */
    MAX_WORDS = 200,          /* of a refusal */
};

static const char separator[] = "%1F"; /* where the server names none */

static int parse(const char *body, size_t len, json_t **ret, struct error *err)
{
    json_error_t e;
    json_t *json = json_loadb(body, len, 0, &e);
    if (!json || !json_is_object(json)) {
        json_decref(json);
        return error_set(err, ERR_REMOTE, "the answer is no JSON object%s%.100s", *e.text && !json ? ": " : "",
                         json ? "" : e.text);
    }
    *ret = json;
    return 0;
}

/* ---- configuration ---- */

static const char *configured(const json_t *config, const char *key)
{
    const char *over = json_string_value(json_object_get(json_object_get(config, "overrides"), key));
    return over ? over : json_string_value(json_object_get(json_object_get(config, "defaults"), key));
}

/* What may stand in a path as it is, given that it is to be encoded already. */
static bool fits_path(const char *text, const char *also, size_t max)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        if (!isascii((unsigned char)text[i]) || (!isalnum((unsigned char)text[i]) && !strchr(also, text[i])))
            return false;
    return n > 0 && n <= max;
}

/* A prefix as a path has it: without slashes around it; what is not encoded yet is. */
static char *prefix_path(const char *prefix)
{
    struct str out = {0};
    size_t n = strlen(prefix);
    while (n && prefix[n - 1] == '/')
        n--;
    for (size_t i = strspn(prefix, "/"); i < n; i++)
        if (isascii((unsigned char)prefix[i]) && (isalnum((unsigned char)prefix[i]) || strchr("-._~/%:@", prefix[i])))
            str_char(&out, prefix[i]);
        else
            str_printf(&out, "%%%02X", (unsigned char)prefix[i]);
    if (out.len == 0 || out.len > MAX_PREFIX)
        str_cut(&out, 0);
    char *path = out.len ? str_take(&out) : NULL;
    str_done(&out);
    return path;
}

int iceberg_rest_page_config(const char *body, size_t len, struct iceberg_rest_config *ret, struct error *err)
{
    json_t *config;
    int rc = parse(body, len, &config, err);
    if (rc)
        return rc;
    const char *prefix = configured(config, "prefix"), *between = configured(config, "namespace-separator");
    bool fits = between && fits_path(between, "-._~%", MAX_SEPARATOR);
    *ret = (struct iceberg_rest_config){.prefix = prefix ? prefix_path(prefix) : NULL,
                                        .separator = mem_strdup(fits ? between : separator)};
    json_decref(config);
    return 0;
}

void iceberg_rest_config_done(struct iceberg_rest_config *c)
{
    free(c->prefix);
    free(c->separator);
    *c = (struct iceberg_rest_config){0};
}

/* ---- pages ---- */

static void name_done(struct iceberg_rest_name *n)
{
    for (size_t i = 0; i < n->n_levels; i++)
        free(n->levels[i]);
    free(n->levels);
    free(n->name);
}

void iceberg_rest_page_done(struct iceberg_rest_page *p)
{
    for (size_t i = 0; i < p->n; i++)
        name_done(&p->names[i]);
    free(p->names);
    free(p->next);
    *p = (struct iceberg_rest_page){0};
}

/* A name that can be asked for; NULL otherwise. */
static const char *usable(const json_t *json)
{
    const char *text = json_string_value(json);
    return text && *text && json_string_length(json) <= ICEBERG_REST_PAGE_NAME ? text : NULL;
}

/* The levels of a namespace. */
static bool take_levels(const json_t *array, struct iceberg_rest_name *to)
{
    size_t n = json_array_size(array);
    if (!json_is_array(array) || n < 1 || n > ICEBERG_REST_PAGE_DEPTH)
        return false;
    to->levels = mem_calloc(n + 1, sizeof *to->levels);
    for (size_t i = 0; i < n; i++) {
        const char *level = usable(json_array_get(array, i));
        if (!level)
            return false;
        to->levels[to->n_levels++] = mem_strdup(level);
    }
    return true;
}

static bool take_namespace(const json_t *json, struct iceberg_rest_name *to)
{
    return take_levels(json, to);
}

static bool take_table(const json_t *json, struct iceberg_rest_name *to)
{
    const char *name = usable(json_object_get(json, "name"));
    if (name)
        to->name = mem_strdup(name);
    return name && take_levels(json_object_get(json, "namespace"), to);
}

static int parse_page(const char *body, size_t len, const char *key,
                      bool (*take)(const json_t *json, struct iceberg_rest_name *to), struct iceberg_rest_page *ret,
                      struct error *err)
{
    json_t *page;
    int rc = parse(body, len, &page, err);
    if (rc)
        return rc;
    const json_t *names = json_object_get(page, key), *next = json_object_get(page, "next-page-token");
    struct iceberg_rest_page p = {0};
    if (!json_is_array(names)) {
        json_decref(page);
        return error_set(err, ERR_REMOTE, "the answer has no list of %s", key);
    }
    p.names = mem_calloc(json_array_size(names) + 1, sizeof *p.names);
    for (size_t i = 0; i < json_array_size(names); i++) {
        struct iceberg_rest_name name = {0};
        if (take(json_array_get(names, i), &name)) {
            p.names[p.n++] = name;
        } else {
            name_done(&name);
            p.skipped++;
        }
    }
    if (json_string_length(next) > MAX_TOKEN)
        rc = error_set(err, ERR_LIMIT, "the token of the next page has %zu bytes; at most %d are taken",
                       json_string_length(next), MAX_TOKEN);
    else if (json_string_length(next))
        p.next = mem_strdup(json_string_value(next));
    json_decref(page);
    if (rc)
        iceberg_rest_page_done(&p);
    else
        *ret = p;
    return rc;
}

int iceberg_rest_page_namespaces(const char *body, size_t len, struct iceberg_rest_page *ret, struct error *err)
{
    return parse_page(body, len, "namespaces", take_namespace, ret, err);
}

int iceberg_rest_page_tables(const char *body, size_t len, struct iceberg_rest_page *ret, struct error *err)
{
    return parse_page(body, len, "identifiers", take_table, ret, err);
}

/* ---- a table ---- */

/* The text of a piece that is a JSON string, on the heap; NULL if it is none. */
static char *string_of(struct iceberg_span piece)
{
    if (!piece.s || piece.len > MAX_LOCATION || iceberg_span_null(piece))
        return NULL;
    json_t *json = json_loadb(piece.s, piece.len, JSON_DECODE_ANY, NULL);
    char *text = json_string_length(json) ? mem_strdup(json_string_value(json)) : NULL;
    json_decref(json);
    return text;
}

int iceberg_rest_page_table(const char *body, size_t len, const char *source, char **location,
                            struct iceberg_span *metadata, struct error *err)
{
    struct iceberg_span key, value, where = {0}, found = {0};
    struct iceberg_skim skim;
    iceberg_skim_begin(&skim, (struct iceberg_span){body, len}, '{');
    while (iceberg_skim_next(&skim, &key, &value)) {
        if (iceberg_span_is(key, "metadata-location"))
            where = value;
        else if (iceberg_span_is(key, "metadata"))
            found = value;
    }
    int rc = iceberg_skim_end(&skim, source, err);
    if (rc)
        return rc;
    if (iceberg_span_null(found))
        return error_set(err, ERR_REMOTE, "%.300s: the answer holds no metadata", source);
    *location = string_of(where);
    *metadata = found;
    return 0;
}

/* ---- refusals ---- */

void iceberg_rest_page_refusal(const char *body, size_t len, struct str *out)
{
    json_t *json = json_loadb(body, len, 0, NULL);
    const json_t *error = json_object_get(json, "error");
    const char *const words[] = {json_string_value(json_object_get(error, "type")),
                                 json_string_value(json_object_get(error, "message"))};
    for (size_t i = 0; i < 2; i++)
        if (words[i] && *words[i]) {
            size_t n = strcspn(words[i], "\r\n"); /* a stack may follow */
            str_add(out, ": ");
            text_safe(out, words[i], n < MAX_WORDS ? n : MAX_WORDS);
        }
    json_decref(json);
}
