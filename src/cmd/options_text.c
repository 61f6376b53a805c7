/* The tables of commands and options as help, as man page source and as shell completion. */
#include "base/shell.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/options.h"
#include "conf/options.h"
#include "findings/catalogue.h"

#include <string.h>

/* "-b, --bootstrap-server HOST:PORT,..." */
static void add_spelling(const struct cmd_options_def *d, struct str *out)
{
    if (d->letter)
        str_printf(out, "-%c, ", d->letter);
    str_printf(out, "--%s", d->name);
    if (d->arg)
        str_printf(out, " %s", d->arg);
}

/* A property that no other program or screen should learn of. */
static bool may_be_secret(const struct cmd_options_def *d, const char *value)
{
    static const char *const words[] = {"password", "secret", "jaas", "key.pem", "token", "credential", NULL};
    size_t name = strcspn(value, "=");
    if (d->id == OPTIONS_CONNECT)
        return strchr(value, '@') != NULL;
    for (size_t i = 0; d->id == OPTIONS_PROPERTY && words[i]; i++) {
        const char *at = strstr(value, words[i]);
        if (at && at < value + name)
            return true;
    }
    return false;
}

void cmd_options_again(const struct cmd_options *o, struct str *out)
{
    static const enum cmd_options_id ours[] = {OPTIONS_HISTORY, OPTIONS_NO_HISTORY, OPTIONS_DELAY,
                                               OPTIONS_LOG,     OPTIONS_LOG_LEVEL,  OPTIONS_FAST};
    str_add(out, "icetop");
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++) {
        bool takes = (d->commands & OPTIONS_CHECK) && (d->commands & OPTIONS_SNAPSHOT) && d->id != OPTIONS_DEADLINE &&
                     d->id != OPTIONS_FORMAT;
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            takes &= d->id != ours[i];
        if (!takes || !cmd_options_given(o, d->id))
            continue;
        for (const char **v = cmd_options_values(o, d->id); *v; v++) {
            if (!d->arg)
                str_printf(out, " --%s", d->name);
            else if (!may_be_secret(d, *v))
                shell_option(out, d->name, *v, strlen(*v));
        }
    }
}

void cmd_options_help(const struct cmd_options_command_def *command, int width, struct str *out)
{
    bool all = !command || !*command->name;
    if (all)
        str_add(out, "icetop: top for the road from Kafka to Apache Iceberg\n\n"
                     "Usage: icetop [OPTION...] [COMMAND] [OPTION...]\n\nCommands:\n");
    else
        str_printf(out, "Usage: icetop [OPTION...] %s [OPTION...] %s\n\n", command->name, command->operands);
    if (!all)
        text_wrap(out, command->help, 0, width);
    for (const struct cmd_options_command_def *c = cmd_options_commands; all && c->name; c++) {
        if (c->hidden)
            continue;
        str_printf(out, "  %s%s%s\n", *c->name ? c->name : "(none)", *c->operands ? " " : "", c->operands);
        text_wrap(out, c->help, 6, width);
    }
    str_add(out, "\nOptions:\n");
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++) {
        if (d->hidden || (!all && !(d->commands & (unsigned)command->command)))
            continue;
        str_add(out, "  ");
        add_spelling(d, out);
        str_char(out, '\n');
        text_wrap(out, d->help, 6, width);
    }
    if (all)
        str_add(out, "\nFirst steps: icetop --demo; icetop -b localhost:9092; man icetop\n");
}

static void add_command_names(const struct cmd_options_def *d, struct str *out)
{
    const char *before = "";
    for (const struct cmd_options_command_def *c = cmd_options_commands; c->name; c++) {
        if (c->hidden || !(d->commands & (unsigned)c->command))
            continue;
        str_printf(out, "%s%s", before, *c->name ? c->name : "console");
        before = ", ";
    }
}

/* scdoc takes some characters for mark-up. */
static void add_escaped(const char *text, struct str *out)
{
    for (; *text; text++) {
        if (strchr("*_\\#<>[]", *text))
            str_char(out, '\\');
        str_char(out, *text);
    }
}

void cmd_options_document(struct str *out)
{
    str_add(out, "# COMMANDS\n\n");
    for (const struct cmd_options_command_def *c = cmd_options_commands; c->name; c++) {
        if (c->hidden)
            continue;
        str_printf(out, "*icetop%s%s*", *c->name ? " " : "", c->name);
        if (*c->operands) {
            str_char(out, ' ');
            add_escaped(c->operands, out);
        }
        str_add(out, "\n\t");
        add_escaped(c->help, out);
        str_add(out, "\n\n");
    }
    str_add(out, "# OPTIONS\n\n");
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++) {
        if (d->hidden)
            continue;
        if (d->letter)
            str_printf(out, "*-%c*, ", d->letter);
        str_printf(out, "*--%s*", d->name);
        if (d->arg) {
            str_char(out, ' ');
            add_escaped(d->arg, out);
        }
        str_add(out, "\n\t");
        add_escaped(d->help, out);
        str_add(out, " (");
        add_command_names(d, out);
        str_add(out, ")\n\n");
    }
}

/* The formats of those commands that do not have all. */
static void add_formats(struct str *out)
{
    static const char *const formats[][2] = {
        {"record", "text hex json"}, {"check", "text json openmetrics"}, {"explain", "text json"}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        str_printf(out, "            *' %s '*) formats='%s' ;;\n", formats[i][0], formats[i][1]);
}

static void add_findings(struct str *out)
{
    const struct findings_rule *r;
    for (size_t i = 0; (r = findings_catalogue_at(i)); i++)
        str_printf(out, "%s%s", i ? " " : "", r->page.id);
}

static void add_methods(struct str *out)
{
    size_t at;
    const struct conf_option *o = conf_options_find(&conf_options[CONF_DATASETS], "method", &at);
    for (size_t i = 0; o && o->choices[i]; i++)
        str_printf(out, "%s%s", i ? " " : "", o->choices[i]);
}

void cmd_options_completion(struct str *out)
{
    str_add(out, "# bash completion for icetop; made from its tables of commands, options and findings\n"
                 "_icetop() {\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local line=\" ${COMP_WORDS[*]:1:COMP_CWORD-1} \"\n"
                 "    local formats='text json ndjson csv tsv markdown html openmetrics'\n"
                 "    case $line in\n");
    add_formats(out);
    str_add(out,
            "    esac\n"
            "    case $prev in\n"
            "    --config|--command-config|--connect-log|--catalog|--history|--file|--reference|--output|-o|--log) "
            "COMPREPLY=($(compgen "
            "-f -- \"$cur\")); return ;;\n"
            "    --format) COMPREPLY=($(compgen -W \"$formats\" -- \"$cur\")); return ;;\n"
            "    --method) COMPREPLY=($(compgen -W '");
    add_methods(out);
    str_add(out, "' -- \"$cur\")); return ;;\n"
                 "    esac\n"
                 "    if [[ $cur == -* ]]; then\n"
                 "        COMPREPLY=($(compgen -W '");
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++)
        if (!d->hidden)
            str_printf(out, "--%s ", d->name);
    str_add(out, "' -- \"$cur\"))\n    elif [[ $line == *' explain '* ]]; then\n        COMPREPLY=($(compgen -W '");
    add_findings(out);
    str_add(out, "' -- \"${cur^^}\"))\n    else\n        COMPREPLY=($(compgen -W '");
    for (const struct cmd_options_command_def *c = cmd_options_commands; c->name; c++)
        if (!c->hidden && *c->name)
            str_printf(out, "%s ", c->name);
    str_add(out, "' -- \"$cur\"))\n    fi\n}\ncomplete -F _icetop icetop\n");
}
