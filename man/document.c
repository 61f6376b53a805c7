/* Makes man page sources and the completion from the program's own tables: document TEMPLATE replaces each line that is a
 * marker ("@OPTIONS@") by what the table behind it says, and "@INCLUDE name@" by a file beside the template. */
#include "base/error.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/options.h"
#include "cmd/tables.h"
#include "conf/conf.h"
#include "derive/columns.h"
#include "findings/catalogue.h"
#include "ui/command.h"
#include "ui/keys.h"
#include "ui/theme.h"

#include <errno.h>
#include <libgen.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void document_columns(const struct column_group *group, struct str *out)
{
    for (size_t i = 0; i < group->ncolumns; i++) {
        const struct column *c = &group->columns[i];
        str_char(out, '*');
        text_scdoc(out, c->name);
        str_printf(out, "* (%s", column_type_name(c->type));
        if (c->unit != UNIT_NONE)
            str_printf(out, ", %s", column_unit_name(c->unit));
        str_printf(out, "%s%s%s)\n\t", c->flags & COLUMN_KEY ? ", key" : "", c->flags & COLUMN_HISTORY ? ", kept" : "",
                   c->flags & COLUMN_HIDDEN ? ", hidden" : "");
        text_scdoc(out, c->help);
        str_add(out, "\n\n");
    }
}

static void document_table(const struct table_def *def, struct str *out)
{
    str_add(out, "## ");
    text_scdoc(out, def->name);
    str_add(out, "\n\n");
    text_scdoc(out, def->help);
    str_add(out, "\n\n");
    document_columns(&def->group, out);
    for (const struct derive_columns *d = derive_columns; d->table; d++)
        if (strcmp(d->table, def->name) == 0)
            document_columns(&d->group, out);
}

static void add_sentence(struct str *out, const char *name, const char *help)
{
    str_printf(out, "*%s*\n\t%c%s.\n\n", name, toupper((unsigned char)help[0]), help + 1);
}

static void document_themes(struct str *out)
{
    for (int i = 0; theme_at(i); i++)
        add_sentence(out, theme_at(i)->name, theme_at(i)->help);
}

static void document_roles(struct str *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        add_sentence(out, theme_role_name((enum role)i), theme_role_help((enum role)i));
}

static void document_tables(struct str *out)
{
    const struct table_def *def;
    for (size_t i = 0; (def = cmd_tables_at(i)); i++)
        document_table(def, out);
}

static const struct marker {
    const char *name;
    void (*write)(struct str *out);
} markers[] = {
    {"@OPTIONS@", cmd_options_document}, {"@COMPLETION@", cmd_options_completion},
    {"@THEMES@", document_themes},       {"@ROLES@", document_roles},
    {"@TABLES@", document_tables},       {"@CONFIGURATION@", conf_document},
    {"@KEYS@", keys_document},           {"@COMMANDS@", command_document},
    {"@FINDINGS@", findings_catalogue_document},
};

static int include(const char *template, const char *name, struct str *out)
{
    char *copy = strdup(template);
    struct str path = {0};
    str_printf(&path, "%s/%s", dirname(copy), name);
    FILE *in = fopen(path.s, "r");
    int rc = 0;
    char buf[4096];
    if (!in) {
        fprintf(stderr, "%s: %s\n", path.s, strerror(errno));
        rc = ERR_IO;
    } else {
        for (size_t n; (n = fread(buf, 1, sizeof buf, in)) > 0;)
            str_bytes(out, buf, n);
        fclose(in);
    }
    str_done(&path);
    free(copy);
    return rc;
}

static int expand(const char *template, const char *line, struct str *out)
{
    char name[128];
    if (sscanf(line, "@INCLUDE %127[^@]@", name) == 1)
        return include(template, name, out);
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (strncmp(line, markers[i].name, strlen(markers[i].name)) == 0) {
            markers[i].write(out);
            return 0;
        }
    str_add(out, line);
    return 0;
}

int main(int argc, char **argv)
{
    FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!in) {
        fprintf(stderr, "usage: document TEMPLATE\n");
        return 2;
    }
    struct str out = {0};
    char *line = NULL;
    size_t room = 0;
    int rc = 0;
    while (!rc && getline(&line, &room, in) >= 0)
        rc = expand(argv[1], line, &out);
    free(line);
    fclose(in);
    fputs(str_text(&out), stdout);
    str_done(&out);
    return rc ? 1 : 0;
}
