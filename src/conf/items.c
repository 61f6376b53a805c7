/* Lists of maps, by the table of each map's options. */
#include "conf/items.h"

#include "base/mem.h"
#include "conf/section.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ITEMS = 1000 };

static void free_origins(size_t n, char **origins)
{
    for (size_t i = 0; i < n; i++)
        free(origins[i]);
    free(origins);
}

/* Is everything there that has to be? */
static int check(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *node, const char *path,
                 char *const *origins)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct conf_option *o = &s->options[i];
        if (origins[i] || o->preset || strcmp(o->unset, "required") != 0)
            continue;
        struct str allowed = {0};
        conf_value_allowed(o, &allowed);
        error_set(l->err, ERR_INVALID, "no %s; allowed: %s", o->name, str_text(&allowed));
        str_done(&allowed);
        return conf_section_place(l, node->line, node->column, path);
    }
    return 0;
}

static int read_one(struct conf_loading *l, const struct conf_section *s, const struct conf_yaml *node,
                    const char *path, void *item)
{
    char **origins = conf_section_preset(s, item);
    int rc = conf_section_apply(l, s, node, path, item, origins);
    if (rc == 0)
        rc = check(l, s, node, path, origins);
    free_origins(s->n, origins);
    return rc;
}

int conf_items_apply(struct conf_loading *l, const struct conf_option *o, const struct conf_yaml *node,
                     const char *path, void *base)
{
    const struct conf_section *s = o->item;
    struct conf_items items = {0};
    const struct conf_yaml *maps = node->kind == CONF_YAML_MAP ? node : node->items;
    size_t n = node->kind == CONF_YAML_MAP ? 1 : node->n;
    if (node->kind == CONF_YAML_SCALAR)
        return conf_section_kind(l, node, path, "list of maps", o->allowed);
    if (n > MAX_ITEMS) {
        error_set(l->err, ERR_LIMIT, "more than %d, the limit", MAX_ITEMS);
        return conf_section_place(l, node->line, node->column, path);
    }
    items.items = mem_calloc(n ? n : 1, o->item_size);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *own = mem_printf("%s[%zu]", path, i);
        if (maps[i].kind != CONF_YAML_MAP)
            rc = conf_section_kind(l, &maps[i], own, "map", o->allowed);
        else
            rc = read_one(l, s, &maps[i], own, (char *)items.items + items.n++ * o->item_size);
        free(own);
    }
    struct conf_items *field = (struct conf_items *)(void *)((char *)base + o->offset);
    conf_items_done(o, rc ? &items : field);
    if (rc == 0)
        *field = items;
    return rc;
}

void conf_items_write(const struct conf_option *o, const struct conf_items *items, struct str *out)
{
    struct str value = {0};
    str_char(out, '[');
    for (size_t i = 0; i < items->n; i++) {
        const char *begin = "";
        str_add(out, i ? ", {" : "{");
        for (size_t k = 0; k < o->item->n; k++) {
            const struct conf_option *own = &o->item->options[k];
            str_clear(&value);
            conf_value_format(own, (const char *)items->items + i * o->item_size, &value);
            if (!value.len)
                continue;
            str_printf(out, "%s%s: %s", begin, own->name, str_text(&value));
            begin = ", ";
        }
        str_char(out, '}');
    }
    str_char(out, ']');
    str_done(&value);
}

void conf_items_done(const struct conf_option *o, struct conf_items *items)
{
    for (size_t i = 0; i < items->n; i++)
        for (size_t k = 0; k < o->item->n; k++)
            conf_value_free(&o->item->options[k], (char *)items->items + i * o->item_size);
    free(items->items);
    *items = (struct conf_items){0};
}
