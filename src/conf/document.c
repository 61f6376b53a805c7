/* The manual's list of options, in scdoc's format. */
#include "conf/conf.h"
#include "conf/keys.h"
#include "conf/theme.h"
#include "conf/value.h"

#include <string.h>

/* Appends text with what scdoc would take for markup escaped. */
static void escape(struct str *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (strchr("*_\\#<>~[]|", *p))
            str_char(out, '\\');
        str_char(out, *p);
    }
}

/* indent: tabs before it. */
static void document_option(const struct conf_option *o, const char *indent, struct str *out)
{
    struct str allowed = {0};
    conf_value_allowed(o, &allowed);
    str_printf(out, "%s*", indent);
    escape(out, o->name);
    str_printf(out, "* (%s", conf_value_type_name(o->type));
    if (o->type != CONF_GLOBS && o->type != CONF_PROPERTIES && o->type != CONF_PATH && o->type != CONF_PATHS &&
        o->type != CONF_BOOL) {
        str_add(out, ": ");
        escape(out, str_text(&allowed));
    }
    bool required = !o->preset && strcmp(o->unset, "required") == 0;
    str_add(out, required ? "; " : "; default ");
    escape(out, o->preset ? o->preset : o->unset);
    str_printf(out, ")\n%s\t", indent);
    escape(out, o->help);
    str_add(out, "\n\n");
    str_done(&allowed);
    for (size_t i = 0; o->item && i < o->item->n; i++)
        document_option(&o->item->options[i], "\t", out);
}

void conf_document(struct str *out)
{
    for (size_t i = 0; i < CONF_NSECTIONS; i++) {
        const struct conf_section *s = &conf_options[i];
        str_printf(out, "## %s\n\n", s->name);
        escape(out, s->help);
        str_add(out, "\n\n");
        for (size_t k = 0; k < s->n; k++)
            document_option(&s->options[k], "", out);
    }
    conf_keys_document(out);
    conf_theme_document(out);
}
