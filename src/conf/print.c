/* `icetop config`: what is in force, as YAML with the origin of each value. */
#include "base/text.h"
#include "conf/conf.h"
#include "conf/keys.h"
#include "conf/lists.h"
#include "conf/theme.h"
#include "conf/loading.h"
#include "conf/named.h"
#include "conf/secret.h"
#include "conf/value.h"
#include "conf/web.h"
#include "conf/yaml.h"

#include <string.h>

enum { COMMENT_COLUMN = 44 };

/* Ends the line that begins at `begin` with a comment, in its column where there is room. */
static void comment(struct str *out, size_t begin, const char *origin)
{
    size_t width = text_width(out->s + begin, out->len - begin);
    str_repeat(out, ' ', width + 2 < COMMENT_COLUMN ? COMMENT_COLUMN - width : 2);
    str_add(out, "# ");
    text_safe(out, origin, strlen(origin));
    str_char(out, '\n');
}

static void print_properties(const struct conf_cluster *c, struct str *out)
{
    str_add(out, c->nproperties ? "    properties:\n" : "    properties: {}\n");
    for (size_t i = 0; i < c->nproperties; i++) {
        const struct conf_property *p = &c->properties[i];
        size_t begin = out->len;
        str_add(out, "      ");
        conf_yaml_write(out, p->name);
        str_add(out, ": ");
        conf_yaml_write(out, p->secret ? CONF_SECRET_SHOWN : p->value);
        comment(out, begin, p->origin);
    }
}

/* A list of texts, without the secrets in those that are URLs. */
static void write_texts(char *const *list, struct str *out)
{
    char **shown = NULL;
    for (; list && *list; list++) {
        struct str s = {0};
        conf_web_hide(*list, &s);
        conf_lists_add(&shown, str_text(&s), NULL);
        str_done(&s);
    }
    if (shown)
        conf_lists_write(shown, out);
    conf_lists_done(&shown);
}

/* One option; where nothing is set and nothing is the default, a comment alone. command_config is
 * one too, as what it sets stands under properties. */
static void print_option(const struct conf_option *o, const void *base, const char *origin, const char *indent,
                         struct str *out)
{
    struct str value = {0};
    if (o->type == CONF_TEXTS)
        write_texts(*(char **const *)(const void *)((const char *)base + o->offset), &value);
    else
        conf_value_format(o, base, &value);
    size_t begin = out->len;
    if (value.len && strcmp(o->name, "command_config") != 0)
        str_printf(out, "%s%s: %s", indent, o->name, str_text(&value));
    else
        str_printf(out, "%s# %s: %s", indent, o->name, value.len ? str_text(&value) : o->unset);
    comment(out, begin, origin ? origin : "default");
    str_done(&value);
}

/* One of the things that a section maps names to. */
static void print_named(enum conf_section_id id, const void *thing, struct str *out)
{
    const struct conf_section *s = &conf_options[id];
    str_add(out, "  ");
    conf_yaml_write(out, conf_kind_name(thing));
    str_add(out, ":\n");
    for (size_t i = 0; i < s->n; i++)
        if (s->options[i].type == CONF_PROPERTIES)
            print_properties(thing, out);
        else
            print_option(&s->options[i], thing, conf_kind_origins(conf_named[id], thing)[i], "    ", out);
}

void conf_print(const struct conf *c, struct str *out)
{
    for (size_t i = 0; i < CONF_NAMED; i++) {
        size_t n = conf_kind_count(conf_named[i], c);
        if (n)
            str_printf(out, "%s:\n", conf_options[i].name);
        for (size_t k = 0; k < n; k++)
            print_named(i, conf_kind_at(conf_named[i], c, k), out);
    }
    for (size_t i = CONF_NAMED; i < CONF_NSECTIONS; i++) {
        const struct conf_section *s = &conf_options[i];
        str_printf(out, "%s:\n", s->name);
        for (size_t k = 0; k < s->n; k++)
            print_option(&s->options[k], c, c->internal->origins[i][k], "  ", out);
    }
    conf_keys_print(c, comment, out);
    conf_theme_print(c, comment, out);
}
