/* Values of options from the file, by type. */
#include "conf/apply.h"

#include "base/mem.h"
#include "conf/address.h"
#include "conf/globs.h"
#include "conf/items.h"
#include "conf/lists.h"
#include "conf/section.h"
#include "conf/selector.h"
#include "conf/value.h"
#include "conf/web.h"

#include <stdlib.h>
#include <string.h>

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
        } else if (o->type == CONF_KEEP && strchr(items[i].text, '{')) {
            rc = conf_selector_check(l, &items[i], *items[i].text == '!', path);
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

/* A list of texts or paths; a single one need not be a list. */
static int apply_texts(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                       const char *path, void *base)
{
    char **list = NULL;
    const struct conf_yaml *items = node->kind == CONF_YAML_LIST ? node->items : node;
    size_t n = node->kind == CONF_YAML_LIST ? node->n : node->kind != CONF_YAML_NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (items[i].kind != CONF_YAML_SCALAR) {
            rc = conf_section_kind(l, &items[i], path, "text", o->allowed);
            break;
        }
        bool resolve = o->type == CONF_PATHS && *items[i].text;
        char *text = resolve ? conf_section_resolve(l, items[i].text) : mem_strdup(items[i].text);
        if (conf_lists_add(&list, text, l->err) != 0)
            rc = conf_section_place(l, items[i].line, items[i].column, path);
        else if (o->type == CONF_SELECTORS)
            rc = conf_selector_check(l, &items[i], 0, path);
        free(text);
    }
    if (rc != 0) {
        conf_lists_done(&list);
        return rc;
    }
    conf_value_free(o, base);
    *(char ***)(void *)((char *)base + o->offset) = list;
    return 0;
}

/* One command, [WORD, ...] or {command: [WORD, ...]}. */
static int add_command(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                       const char *path, struct conf_commands *commands)
{
    const struct conf_yaml *words = node->kind == CONF_YAML_MAP && node->n == 1 ? conf_yaml_get(node, "command") : node;
    if (!words || words->kind != CONF_YAML_LIST)
        return conf_section_kind(l, node, path, "list of words", o->allowed);
    char **argv = NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < words->n; i++) {
        const struct conf_yaml *word = &words->items[i];
        if (word->kind != CONF_YAML_SCALAR)
            rc = conf_section_kind(l, word, path, "text", o->allowed);
        else if (conf_lists_add(&argv, word->text, l->err) != 0)
            rc = conf_section_place(l, word->line, word->column, path);
    }
    if (rc != 0) {
        conf_lists_done(&argv);
        return rc;
    }
    if (conf_lists_add_command(commands, argv, l->err) != 0)
        return conf_section_place(l, node->line, node->column, path);
    return 0;
}

static int apply_commands(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                          const char *path, void *base)
{
    struct conf_commands commands = {0};
    bool single = node->kind == CONF_YAML_MAP;
    if (!single && node->kind != CONF_YAML_LIST && node->kind != CONF_YAML_NULL)
        return conf_section_kind(l, node, path, "list", o->allowed);
    const struct conf_yaml *items = single ? node : node->items;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < (single ? 1 : node->n); i++)
        rc = add_command(l, o, &items[i], path, &commands);
    if (rc != 0) {
        conf_lists_commands_done(&commands);
        return rc;
    }
    conf_value_free(o, base);
    *(struct conf_commands *)(void *)((char *)base + o->offset) = commands;
    return 0;
}

static int apply_pairs(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                       const char *path, void *base)
{
    struct conf_pairs map = {0};
    if (node->kind != CONF_YAML_MAP && node->kind != CONF_YAML_NULL)
        return conf_section_kind(l, node, path, "map", o->allowed);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < node->n; i++) {
        const struct conf_yaml *to = &node->items[i];
        if (to->kind != CONF_YAML_SCALAR) {
            rc = conf_section_kind(l, to, path, "text", o->allowed);
            break;
        }
        bool as_it_is = o->type == CONF_PAIRS || !*to->text || conf_web_is_url(to->text);
        char *here = as_it_is ? mem_strdup(to->text) : conf_section_resolve(l, to->text);
        if (conf_lists_add_pair(&map, to->key, here, l->err) != 0)
            rc = conf_section_place(l, to->line, to->column, path);
        free(here);
    }
    if (rc != 0) {
        conf_lists_pairs_done(&map);
        return rc;
    }
    conf_value_free(o, base);
    *(struct conf_pairs *)(void *)((char *)base + o->offset) = map;
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

int conf_apply_value(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                     const char *path, void *base)
{
    switch (o->type) {
    case CONF_GLOBS:
    case CONF_KEEP:
        return apply_globs(l, o, node, path, base);
    case CONF_ADDRESSES:
        return apply_addresses(l, o, node, path, base);
    case CONF_TEXTS:
    case CONF_PATHS:
    case CONF_SELECTORS:
        return apply_texts(l, o, node, path, base);
    case CONF_COMMANDS:
        return apply_commands(l, o, node, path, base);
    case CONF_PREFIXES:
    case CONF_PAIRS:
        return apply_pairs(l, o, node, path, base);
    case CONF_ITEMS:
        return conf_items_apply(l, o, node, path, base);
    default:
        return apply_scalar(l, o, node, path, base);
    }
}
