/* Options of a plugin's own. */
#include "conf/settings.h"

#include "base/mem.h"
#include "conf/fetch.h"
#include "conf/secret.h"
#include "conf/section.h"
#include "conf/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 100 };

static int add(struct conf_loading *l, const struct conf_yaml *item, const char *path, bool fetch,
               struct conf_settings *to)
{
    struct conf_setting *s = &to->items[to->n];
    char *text = NULL;
    int rc = 0;
    if (item->kind == CONF_YAML_SCALAR)
        text = mem_strdup(item->text);
    else if (!conf_fetch_origin(item))
        return conf_section_kind(l, item, path, "text or a way to a secret", CONF_FETCH_ALLOWED);
    else if (fetch && (rc = conf_fetch_secret(l, item, &text)) != 0)
        return conf_section_place(l, item->items[0].line, item->items[0].column, path);
    *s = (struct conf_setting){.name = mem_strdup(item->key),
                               .value = text ? text : mem_strdup(""), /* what is not fetched is of what does not stay */
                               .secret = item->kind != CONF_YAML_SCALAR || conf_secret_named(item->key),
                               .place = mem_printf("%s:%u:%u", l->file, item->line, item->column)};
    to->n++;
    l->secret_in_file |= item->kind == CONF_YAML_SCALAR && s->secret;
    return 0;
}

int conf_settings_apply(struct conf_loading *l, const struct conf_yaml *map, const char *path, bool fetch,
                        struct conf_settings *ret)
{
    struct conf_settings s = {0};
    if (map->kind != CONF_YAML_MAP)
        return conf_section_kind(l, map, path, "map", "names of options, each with a text or a secret");
    if (map->n > MOST) {
        error_set(l->err, ERR_LIMIT, "more than %d options, the limit", MOST);
        return conf_section_place(l, map->line, map->column, path);
    }
    s.items = mem_calloc(map->n + 1, sizeof *s.items);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < map->n; i++) {
        char *own = mem_printf("%s.%s", path, map->items[i].key);
        rc = add(l, &map->items[i], own, fetch, &s);
        free(own);
    }
    if (rc) {
        conf_settings_done(&s);
        return rc;
    }
    conf_settings_done(ret);
    *ret = s;
    return 0;
}

void conf_settings_write(const struct conf_settings *s, struct str *out)
{
    for (size_t i = 0; i < s->n; i++) {
        str_add(out, i ? ", " : "{");
        conf_yaml_write(out, s->items[i].name);
        str_add(out, ": ");
        if (s->items[i].secret)
            str_add(out, CONF_SECRET_SHOWN);
        else
            conf_yaml_write(out, s->items[i].value);
    }
    str_add(out, s->n ? "}" : "");
}

bool conf_settings_same(const struct conf_settings *a, const struct conf_settings *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = strcmp(a->items[i].name, b->items[i].name) == 0 && strcmp(a->items[i].value, b->items[i].value) == 0;
    return same;
}

void conf_settings_done(struct conf_settings *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->items[i].name);
        mem_free_secret(s->items[i].value);
        free(s->items[i].place);
    }
    free(s->items);
    *s = (struct conf_settings){0};
}
