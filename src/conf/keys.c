/* Reads and prints the map of actions and keys. */
#include "conf/keys.h"

#include "base/mem.h"
#include "conf/section.h"
#include "conf/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char conf_keys_name[] = "keys";

enum { MAX_KEYS = 1000 };

static const char allowed[] = "a key, a list of keys, or [] for none";

static int add(struct conf_loading *l, struct conf *c, const struct conf_yaml *item, const struct conf_yaml *value,
               const char *path)
{
    if (value && value->kind != CONF_YAML_SCALAR)
        return conf_section_kind(l, value, path, "key", allowed);
    if (c->nkeys >= MAX_KEYS) {
        error_set(l->err, ERR_LIMIT, "more than %d keys, the limit", MAX_KEYS);
        return conf_section_place(l, item->key_line, item->key_column, path);
    }
    c->keys = mem_realloc(c->keys, c->nkeys + 1, sizeof *c->keys);
    c->keys[c->nkeys++] = (struct conf_key){
        .action = mem_strdup(item->key),
        .key = value ? mem_strdup(value->text) : NULL,
        .line = value ? value->line : item->key_line,
        .column = value ? value->column : item->key_column,
    };
    return 0;
}

static int read_action(struct conf_loading *l, struct conf *c, const struct conf_yaml *item)
{
    char *path = mem_printf("%s.%s", conf_keys_name, item->key);
    int rc = 0;
    if (item->kind == CONF_YAML_NULL || (item->kind == CONF_YAML_LIST && item->n == 0))
        rc = add(l, c, item, NULL, path);
    else if (item->kind == CONF_YAML_SCALAR)
        rc = add(l, c, item, item, path);
    else if (item->kind == CONF_YAML_LIST)
        for (size_t i = 0; rc == 0 && i < item->n; i++)
            rc = add(l, c, item, &item->items[i], path);
    else
        rc = conf_section_kind(l, item, path, "key or list", allowed);
    free(path);
    return rc;
}

int conf_keys_read(struct conf_loading *l, const struct conf_yaml *map, struct conf *c)
{
    int rc = 0;
    if (!map || map->kind == CONF_YAML_NULL)
        return 0;
    if (map->kind != CONF_YAML_MAP)
        return conf_section_kind(l, map, conf_keys_name, "map", "names of actions and views, each with its keys");
    for (size_t i = 0; rc == 0 && i < map->n; i++)
        rc = read_action(l, c, &map->items[i]);
    return rc;
}

void conf_keys_print(const struct conf *c, void (*comment)(struct str *out, size_t begin, const char *origin),
                     struct str *out)
{
    for (size_t i = 0; i < c->nkeys;) {
        const struct conf_key *first = &c->keys[i];
        char *origin = mem_printf("%s:%u:%u", conf_file(c), first->line, first->column);
        if (i == 0)
            str_printf(out, "%s:\n", conf_keys_name);
        size_t begin = out->len;
        str_add(out, "  ");
        conf_yaml_write(out, first->action);
        str_add(out, ": [");
        for (; i < c->nkeys && strcmp(c->keys[i].action, first->action) == 0; i++) {
            if (&c->keys[i] != first)
                str_add(out, ", ");
            if (c->keys[i].key)
                conf_yaml_write(out, c->keys[i].key);
        }
        str_char(out, ']');
        comment(out, begin, origin);
        free(origin);
    }
}

void conf_keys_document(struct str *out)
{
    str_printf(out,
               "## %s\n\n"
               "The console's keys. A map of actions, by the names that *icetop*(1) has for them under KEYS, to a key "
               "or a list of keys, which take the place of all that the action had; \\[\\] leaves it without one. The "
               "name of a view gives that view a key. Keys are characters, the same character twice (gg), ^L or "
               "Ctrl-l, Alt-x, F1 to F12, Up, Down, Left, Right, PgUp, PgDn, Home, End, Enter, Esc, Tab, BackTab, "
               "Space, Backspace, Del, Ins; what YAML takes for its own is quoted. A key that would do two things in "
               "one place is an error.\n\n"
               "```\n%s:\n  quit: [q, Q]\n  page-down: [PgDn, ^F, Space]\n  columns: C\n  groups: g\n  first: Home\n"
               "```\n\n",
               conf_keys_name, conf_keys_name);
}

void conf_keys_done(struct conf *c)
{
    for (size_t i = 0; i < c->nkeys; i++) {
        free(c->keys[i].action);
        free(c->keys[i].key);
    }
    free(c->keys);
}
