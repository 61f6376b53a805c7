/* Sections of the file, read by the table of options. */
#include "conf/section.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/address.h"
#include "conf/globs.h"
#include "conf/suggest.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

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
    struct conf_suggest near = {.wanted = item->key};
    for (size_t i = 0; i < n; i++)
        conf_suggest_offer(&near, names[i]);
    struct str s = {0};
    str_add(&s, "unknown key ");
    conf_value_quote(&s, item->key);
    conf_suggest_write(&near, &s);
    str_add(&s, "; allowed: ");
    for (size_t i = 0; i < n; i++)
        str_printf(&s, "%s%s", i ? ", " : "", names[i]);
    error_set(l->err, ERR_INVALID, "%s", str_text(&s));
    str_done(&s);
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

static int apply_globs(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                       const char *path, void *base)
{
    struct conf_globs globs = {0};
    const struct conf_yaml *items = node->kind == CONF_YAML_LIST ? node->items : node;
    size_t n = node->kind == CONF_YAML_LIST ? node->n : 1;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (items[i].kind != CONF_YAML_SCALAR) {
            rc = conf_section_kind(l, &items[i], path, "glob", o->allowed);
        } else if (conf_globs_add(&globs, items[i].text, l->err) != 0) {
            rc = conf_section_place(l, items[i].line, items[i].column, path);
        }
    }
    if (rc != 0) {
        conf_globs_done(&globs);
        return rc;
    }
    conf_value_free(o, base);
    *(struct conf_globs *)(void *)((char *)base + o->offset) = globs;
    return 0;
}

static int apply_addresses(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                           const char *path, void *base)
{
    struct conf_address_map map = {0};
    if (node->kind != CONF_YAML_MAP && node->kind != CONF_YAML_NULL)
        return conf_section_kind(l, node, path, "map", o->allowed);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < node->n; i++) {
        const struct conf_yaml *to = &node->items[i];
        if (to->kind != CONF_YAML_SCALAR)
            rc = conf_section_kind(l, to, path, "text", "HOST or HOST:PORT");
        else if (conf_address_add(&map, to->key, to->text, l->err) != 0)
            rc = conf_section_place(l, to->line, to->column, path);
    }
    if (rc != 0) {
        conf_address_done(&map);
        return rc;
    }
    conf_value_free(o, base);
    *(struct conf_address_map *)(void *)((char *)base + o->offset) = map;
    return 0;
}

static int apply_scalar(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                        const char *path, void *base)
{
    struct str allowed = {0};
    int rc = 0;
    conf_value_allowed(o, &allowed);
    if (node->kind != CONF_YAML_SCALAR) {
        rc = conf_section_kind(l, node, path, conf_value_type_name(o->type), str_text(&allowed));
    } else {
        char *text = o->type == CONF_PATH && *node->text ? conf_section_resolve(l, node->text) : mem_strdup(node->text);
        if (conf_value_parse(o, text, base, l->err) != 0)
            rc = conf_section_place(l, node->line, node->column, path);
        free(text);
    }
    str_done(&allowed);
    return rc;
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
    if (o->type == CONF_PROPERTIES || o->type == CONF_SECRET)
        return 0;
    char *own = mem_printf("%s.%s", path, o->name);
    int rc = o->type == CONF_GLOBS       ? apply_globs(l, o, item, own, base)
             : o->type == CONF_ADDRESSES ? apply_addresses(l, o, item, own, base)
                                         : apply_scalar(l, o, item, own, base);
    free(own);
    if (rc == 0) {
        free(origins[i]);
        origins[i] = mem_printf("%s:%u:%u", l->file, item->line, item->column);
    }
    return rc;
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

int conf_section_set(struct conf_loading *l, const struct conf_section *s, const char *name, const char *flag,
                     const char *text, void *base, char **origins)
{
    size_t i = 0;
    const struct conf_option *o = conf_options_find(s, name, &i);
    int rc = conf_value_parse(o, text, base, l->err);
    if (rc != 0) {
        error_prefix(l->err, "%s", flag);
        return rc;
    }
    free(origins[i]);
    origins[i] = mem_strdup(flag);
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
        int rc = conf_globs_add(field, *globs, l->err);
        if (rc != 0) {
            error_prefix(l->err, "%s", flag);
            return rc;
        }
    }
    free(origins[i]);
    origins[i] = mem_strdup(flag);
    return 0;
}
