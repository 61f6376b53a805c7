/* Sections of the file, read by the table of options. */
#include "conf/section.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/apply.h"
#include "conf/fetch.h"
#include "conf/globs.h"
#include "conf/headers.h"
#include "conf/lists.h"
#include "conf/secret.h"
#include "conf/settings.h"
#include "conf/suggest.h"
#include "conf/value.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char **conf_section_preset(const struct conf_section *s, void *base)
{
    for (size_t i = 0; i < s->n; i++)
        conf_value_preset(&s->options[i], base);
    return mem_calloc(s->n, sizeof(char *));
}

void conf_section_done(const struct conf_section *s, void *base, char **origins)
{
    for (size_t i = 0; i < s->n; i++) {
        conf_value_free(&s->options[i], base);
        if (origins)
            free(origins[i]);
    }
    free(origins);
}

void conf_section_origin(const struct conf_section *s, char **origins, const char *name, char *text)
{
    size_t i = 0;
    conf_options_find(s, name, &i);
    free(origins[i]);
    origins[i] = text;
}

int conf_section_place(struct conf_loading *l, unsigned line, unsigned column, const char *path)
{
    struct str safe = {0};
    text_safe(&safe, path, strlen(path));
    error_prefix(l->err, "%s:%u:%u%s%s", l->file, line, column, safe.len ? ": " : "", str_text(&safe));
    str_done(&safe);
    return l->err ? l->err->code : ERR_INVALID;
}

int conf_section_kind(struct conf_loading *l, const struct conf_yaml *node, const char *path, const char *expected,
                      const char *allowed)
{
    error_set(l->err, ERR_INVALID, "%s, where a %s is expected; allowed: %s", conf_yaml_kind_name(node->kind), expected,
              allowed);
    return conf_section_place(l, node->line, node->column, path);
}

int conf_section_unknown(struct conf_loading *l, const struct conf_yaml *item, const char *path,
                         const char *const *names, size_t n)
{
    conf_suggest_unknown(item->key, names, n, l->err);
    return conf_section_place(l, item->key_line, item->key_column, path);
}

char *conf_section_resolve(const struct conf_loading *l, const char *text)
{
    const char *home = getenv("HOME");
    if (text[0] == '~' && text[1] == '/' && home)
        return mem_printf("%s%s", home, text + 1);
    const char *slash = l->file ? strrchr(l->file, '/') : NULL;
    if (text[0] == '/' || !slash)
        return mem_strdup(text);
    return mem_printf("%.*s/%s", (int)(slash - l->file), l->file, text);
}

static int apply_item(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *item,
                      const char *path, void *base, char **origins)
{
    size_t i = 0;
    const struct conf_option *o = conf_options_find(s, item->key, &i);
    if (!o) {
        const char **names = mem_calloc(s->n, sizeof *names);
        for (i = 0; i < s->n; i++)
            names[i] = s->options[i].name;
        int rc = conf_section_unknown(l, item, path, names, s->n);
        free(names);
        return rc;
    }
    if (o->type == CONF_PROPERTIES || o->type == CONF_SECRET || o->type == CONF_HEADERS ||
        o->type == CONF_SETTINGS)
        return 0;
    char *own = mem_printf("%s.%s", path, o->name);
    int rc = conf_apply_value(l, o, item, own, base);
    free(own);
    if (rc == 0) {
        free(origins[i]);
        origins[i] = mem_printf("%s:%u:%u", l->file, item->line, item->column);
    }
    return rc;
}

char *conf_section_absolute(const char *path)
{
    char here[PATH_MAX];
    if (*path == '/' || !getcwd(here, sizeof here))
        return mem_strdup(path);
    return mem_printf("%s/%s", here, strncmp(path, "./", 2) == 0 ? path + 2 : path);
}

int conf_section_apply(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *map,
                       const char *path, void *base, char **origins)
{
    if (!map || map->kind == CONF_YAML_NULL)
        return 0;
    if (map->kind != CONF_YAML_MAP)
        return conf_section_kind(l, map, path, "map", "its options, each with a value");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < map->n; i++)
        rc = apply_item(l, s, &map->items[i], path, base, origins);
    return rc;
}

static int set_secret(struct conf_loading *l, const struct conf_section *s, const struct conf_option *o,
                      const struct conf_yaml *map, const char *path, bool fetch, void *base, char **origins)
{
    const struct conf_yaml *item = conf_yaml_get(map, o->name);
    if (!item || item->kind == CONF_YAML_NULL)
        return 0;
    char *text = NULL, *own = mem_printf("%s.%s", path, o->name);
    const char *from = conf_fetch_origin(item);
    int rc = 0;
    if (item->kind == CONF_YAML_SCALAR) {
        text = mem_strdup(item->text);
        l->secret_in_file = true;
    } else if (!from) {
        rc = conf_section_kind(l, item, own, "text or a way to a secret", CONF_FETCH_ALLOWED);
    } else if (fetch && (rc = conf_fetch_secret(l, item, &text)) != 0) {
        rc = conf_section_place(l, item->items[0].line, item->items[0].column, own);
    }
    if (text && (rc = conf_value_parse(o, text, base, l->err)) != 0)
        rc = conf_section_place(l, item->line, item->column, own);
    if (rc == 0)
        conf_section_origin(
            s, origins, o->name,
            mem_printf("%s:%u:%u%s%s", l->file, item->line, item->column, from ? ", " : "", from ? from : ""));
    mem_free_secret(text);
    free(own);
    return rc;
}

static int add_header(struct conf_loading *l, const struct conf_yaml *item, bool fetch, char ***list, const char *path)
{
    char *text = NULL;
    int rc = 0;
    if (item->kind == CONF_YAML_SCALAR) {
        text = mem_strdup(item->text);
        l->secret_in_file = true;
    } else if (!conf_fetch_origin(item)) {
        return conf_section_kind(l, item, path, "text or a way to a secret", CONF_FETCH_ALLOWED);
    } else if (fetch && (rc = conf_fetch_secret(l, item, &text)) != 0) {
        return conf_section_place(l, item->items[0].line, item->items[0].column, path);
    }
    /* what is not fetched is of something that does not stay */
    if (text && (rc = conf_headers_add(list, item->key, text, l->err)) != 0)
        conf_section_place(l, item->key_line, item->key_column, path);
    mem_free_secret(text);
    return rc;
}

static int set_headers(struct conf_loading *l, const struct conf_section *s, const struct conf_option *o,
                       const struct conf_yaml *map, const char *path, bool fetch, void *base, char **origins)
{
    const struct conf_yaml *item = conf_yaml_get(map, o->name);
    if (!item || item->kind == CONF_YAML_NULL)
        return 0;
    char *own = mem_printf("%s.%s", path, o->name), **list = NULL;
    int rc = item->kind == CONF_YAML_MAP ? 0 : conf_section_kind(l, item, own, "map", o->allowed);
    for (size_t i = 0; rc == 0 && i < item->n; i++)
        rc = add_header(l, &item->items[i], fetch, &list, own);
    free(own);
    if (rc) {
        conf_headers_done(&list);
        return rc;
    }
    conf_value_free(o, base);
    *(char ***)(void *)((char *)base + o->offset) = list;
    conf_section_origin(s, origins, o->name, mem_printf("%s:%u:%u", l->file, item->line, item->column));
    return 0;
}

static int set_settings(struct conf_loading *l, const struct conf_section *s, const struct conf_option *o,
                        const struct conf_yaml *map, const char *path, bool fetch, void *base, char **origins)
{
    const struct conf_yaml *item = conf_yaml_get(map, o->name);
    if (!item || item->kind == CONF_YAML_NULL)
        return 0;
    char *own = mem_printf("%s.%s", path, o->name);
    int rc = conf_settings_apply(l, item, own, fetch, (void *)((char *)base + o->offset));
    free(own);
    if (rc == 0)
        conf_section_origin(s, origins, o->name, mem_printf("%s:%u:%u", l->file, item->line, item->column));
    return rc;
}

int conf_section_secrets(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *map,
                         const struct conf_yaml *defaults, const char *path, bool fetch, void *base, char **origins)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < s->n; i++) {
        const struct conf_option *o = &s->options[i];
        bool inherits = defaults && !conf_yaml_get(map, o->name);
        if (o->type == CONF_SECRET)
            rc = set_secret(l, s, o, inherits ? defaults : map, inherits ? "defaults" : path, fetch, base, origins);
        else if (o->type == CONF_HEADERS)
            rc = set_headers(l, s, o, map, path, fetch, base, origins);
        else if (o->type == CONF_SETTINGS)
            rc = set_settings(l, s, o, map, path, fetch, base, origins);
    }
    return rc;
}

const char *conf_section_origin_of(const struct conf_section *s, char *const *origins, const char *name)
{
    size_t i = 0;
    conf_options_find(s, name, &i);
    return origins[i];
}

int conf_section_wrong(struct conf_loading *l, const struct conf_section *s, char *const *origins, const char *name,
                       const char *path)
{
    const char *origin = conf_section_origin_of(s, origins, name);
    return error_prefix(l->err, "%s: %s.%s", origin ? origin : "default", path, name);
}

int conf_section_set(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                     const char *text, void *base, char **origins)
{
    size_t i = 0;
    const struct conf_option *o = conf_options_find(s, name, &i);
    int rc = conf_value_parse(o, text, base, l->err);
    if (rc != 0)
        return error_prefix(l->err, "%s", flag);
    mem_replace(&origins[i], flag);
    return 0;
}

int conf_section_set_texts(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                           const char *const *texts, void *base, char **origins)
{
    if (!texts || !*texts)
        return 0;
    size_t i = 0;
    const struct conf_option *o = conf_options_find(s, name, &i);
    conf_value_free(o, base);
    for (; *texts; texts++)
        if (conf_lists_add((char ***)(void *)((char *)base + o->offset), *texts, l->err) != 0)
            return error_prefix(l->err, "%s", flag);
    mem_replace(&origins[i], flag);
    return 0;
}

int conf_section_set_globs(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                           const char *const *globs, void *base, char **origins)
{
    if (!globs || !*globs)
        return 0;
    size_t i = 0;
    const struct conf_option *o = conf_options_find(s, name, &i);
    conf_value_free(o, base);
    for (; *globs; globs++) {
        struct conf_globs *field = (struct conf_globs *)(void *)((char *)base + o->offset);
        if (conf_globs_add(field, *globs, l->err) != 0)
            return error_prefix(l->err, "%s", flag);
    }
    mem_replace(&origins[i], flag);
    return 0;
}
