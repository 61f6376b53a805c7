/* Takes and prints the map of a theme. */
#include "conf/theme.h"

#include "base/mem.h"
#include "conf/section.h"

#include <stdlib.h>
#include <string.h>

const char conf_theme_name[] = "theme";

static const char allowed[] = "base, background, help, and roles, a map of styles";

static int check(struct conf_loading *l, const struct conf_yaml *map, const char *path, bool nested)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < map->n; i++) {
        const struct conf_yaml *item = &map->items[i];
        char *name = mem_printf("%s.%s", path, item->key);
        if (item->kind == CONF_YAML_MAP && !nested)
            rc = check(l, item, name, true);
        else if (item->kind != CONF_YAML_SCALAR)
            rc = conf_section_kind(l, item, name, "text", nested ? "a style: yellow bold" : allowed);
        free(name);
    }
    return rc;
}

int conf_theme_take(struct conf_loading *l, struct conf_yaml *root, struct conf *c)
{
    for (size_t i = 0; root->kind == CONF_YAML_MAP && i < root->n; i++) {
        struct conf_yaml *item = &root->items[i];
        if (strcmp(item->key, conf_theme_name) != 0 || item->kind == CONF_YAML_NULL)
            continue;
        if (item->kind != CONF_YAML_MAP)
            return conf_section_kind(l, item, conf_theme_name, "map",
                                     "base, background, help, roles; which theme is used says ui.theme");
        int rc = check(l, item, conf_theme_name, false);
        if (rc)
            return rc;
        c->theme = mem_new(struct conf_yaml);
        *c->theme = *item;
        *item = (struct conf_yaml){.key = mem_strdup(conf_theme_name)};
    }
    return 0;
}

static void print(const struct conf *c, const struct conf_yaml *map, const char *indent,
                  void (*comment)(struct str *out, size_t begin, const char *origin), struct str *out)
{
    for (size_t i = 0; i < map->n; i++) {
        const struct conf_yaml *item = &map->items[i];
        size_t begin = out->len;
        str_add(out, indent);
        conf_yaml_write(out, item->key);
        if (item->kind == CONF_YAML_MAP) {
            str_add(out, item->n ? ":\n" : ": {}\n");
            print(c, item, "    ", comment, out);
            continue;
        }
        char *origin = mem_printf("%s:%u:%u", conf_file(c), item->line, item->column);
        str_add(out, ": ");
        conf_yaml_write(out, item->text);
        comment(out, begin, origin);
        free(origin);
    }
}

void conf_theme_print(const struct conf *c, void (*comment)(struct str *out, size_t begin, const char *origin),
                      struct str *out)
{
    if (!c->theme)
        return;
    str_printf(out, "%s:%s\n", conf_theme_name, c->theme->n ? "" : " {}");
    print(c, c->theme, "  ", comment, out);
}

void conf_theme_document(struct str *out)
{
    str_printf(
        out,
        "## %s\n\n"
        "A theme of one's own: a map as in a theme file, see THEMES in *icetop*(1). Its name is _own_; it is what "
        "holds unless _ui.theme_ names another one.\n\n"
        "```\n%s:\n  base: dark\n  roles:\n    warn: 214/yellow bold\n    dim: \"#8a8a8a\"\n```\n\n",
        conf_theme_name, conf_theme_name);
}

void conf_theme_done(struct conf *c)
{
    if (c->theme)
        conf_yaml_done(c->theme);
    free(c->theme);
}
