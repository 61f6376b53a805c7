/* Declares the commands and finds what a line means. */
#include "ui/command.h"

#include "ui/app_command.h"
#include "ui/app_internal.h"
#include "ui/complete.h"

#include "base/mem.h"

#include <string.h>

static const struct command commands[] = {
    {"view", NULL, "NAME", COMMAND_ARG_VIEW, false, app_command_view,
     "Goes to a view or to any table. The name alone does the same: :groups."},
    {"open", "o", "NAME", COMMAND_ARG_ROW, false, app_command_open,
     "Opens a group, a topic or a cluster by its name; where several are called so, CLUSTER/NAME says which, and VIEW "
     "before it of what kind: group prod/payments."},
    {"filter", "f", "[EXPRESSION]", COMMAND_ARG_FILTER, false, app_command_filter,
     "Shows only rows of which the expression is true; without one, all rows again."},
    {"sort", NULL, "[COLUMN [asc|desc],...]", COMMAND_ARG_ORDER, false, app_command_sort,
     "Sorts by these columns, by the next where the one before is alike; without one, the worst first again."},
    {"columns", NULL, "[NAME,...]", COMMAND_ARG_COLUMNS, false, app_command_columns,
     "Shows these columns in this order, behind the names of the rows; +NAME adds one, -NAME hides one; without "
     "names, the view's own again."},
    {"cluster", NULL, "[NAME]", COMMAND_ARG_CLUSTER, false, app_command_cluster,
     "Shows only what is of this cluster, in every list and in the first line; without a name, of all again."},
    {"overlay", NULL, "[COLUMN|none]", COMMAND_ARG_COLUMNS, false, app_command_overlay,
     "Lays this number of the marked rows over each other in one chart, or of this row over those of before, up to four, "
     "of any tables; each on a scale of its own where they do not compare. none: empties it."},
    {"write", "w", "FILE", COMMAND_ARG_FILE, true, app_command_write,
     "Writes the list, its rows as filtered and sorted and its columns as shown, in the format that the file's name "
     "ends in: csv, tsv, json, ndjson, md, txt, html or svg. A file that is there is left alone, with ! it is "
     "replaced."},
    {"shot", NULL, "FILE", COMMAND_ARG_PICTURE, true, app_command_shot,
     "Writes the screen as it is: ansi (with colours, for cat), html, svg or txt."},
    {"copy", NULL, "[WHAT [COLUMN]]", COMMAND_ARG_COPY, false, app_command_copy,
     "Copies something of the row under the cursor to the terminal's clipboard (OSC 52): name, cell COLUMN, json, tsv, "
     "tool (the command of Kafka's own tools), snapshot (the command of icetop for this list)."},
    {"bookmark", NULL, "[NAME]", COMMAND_ARG_BOOKMARK, false, app_command_bookmark,
     "Keeps this view, the row it is about and its filter under a name; without one, under the row's."},
    {"go", NULL, "NAME", COMMAND_ARG_BOOKMARK, false, app_command_go, "Goes to a bookmark."},
    {"forget", NULL, "NAME", COMMAND_ARG_BOOKMARK, false, app_command_forget, "Removes a bookmark."},
    {"set", NULL, "NAME [on|off]", COMMAND_ARG_SETTING, false, app_command_set,
     "Turns a setting on or off, or round where neither is said: utc, exact, iec, pause, changes, flash, counts, "
     "split."},
    {"theme", NULL, "[NAME|FILE]", COMMAND_ARG_THEME, false, app_command_theme,
     "Changes the theme, or says which it is."},
    {"interval", NULL, "[DURATION]", COMMAND_ARG_INTERVAL, false, app_command_interval,
     "Least time between two pictures: 500ms, 2s, 1m; 0 for pictures as they come."},
    {"help", "h", "[NAME]", COMMAND_ARG_TOPIC, false, app_command_help,
     "Shows the keys and commands; with a name, one command, or the columns of a view or table."},
    {"quit", "q", "", COMMAND_ARG_NONE, false, app_command_quit, "Ends icetop."},
};

const struct command *command_at(size_t i)
{
    return i < sizeof commands / sizeof *commands ? &commands[i] : NULL;
}

static bool is(const char *name, const char *text, size_t n)
{
    return name && strlen(name) == n && memcmp(name, text, n) == 0;
}

const struct command *command_find(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (is(commands[i].name, name, n) || is(commands[i].alias, name, n))
            return &commands[i];
    }
    return NULL;
}

struct command_line command_split(const char *line)
{
    struct command_line l = {0};
    l.name = strspn(line, " ");
    l.name_len = strcspn(line + l.name, " !");
    size_t at = l.name + l.name_len;
    if (line[at] == '!') {
        l.bang = true;
        at++;
    }
    l.behind = line[at] == ' ';
    l.arg = at + strspn(line + at, " ");
    return l;
}

/* ---- running ---- */

static int run(struct app *a, const struct command *c, const char *line, const struct command_line *l, size_t *at,
               struct error *err)
{
    if (l->bang && !c->bang) {
        *at = l->name + l->name_len;
        return error_set(err, ERR_INVALID, "%s takes no !", c->name);
    }
    size_t len = strlen(line + l->arg);
    while (len && line[l->arg + len - 1] == ' ')
        len--;
    *at = l->arg;
    if (!len && *c->usage && *c->usage != '[')
        return error_set(err, ERR_INVALID, "%s needs %s", c->name, c->usage);
    if (len && !*c->usage)
        return error_set(err, ERR_INVALID, "%s takes nothing behind it", c->name);
    char *arg = mem_memdup(line + l->arg, len);
    struct command_call call = {.arg = arg, .bang = l->bang};
    int rc = c->run(a, &call, err);
    *at += call.at;
    free(arg);
    return rc;
}

/* A view, a table or an action of exactly this name. */
static bool go(struct app *a, const char *name)
{
    if (app_visit_name(a, name))
        return true;
    for (size_t i = 0; keys_at(i); i++) {
        if (complete_is_action(keys_at(i)) && strcmp(keys_at(i)->name, name) == 0) {
            app_act(a, keys_at(i)->action);
            return true;
        }
    }
    return false;
}

int command_run(struct app *a, const char *line, size_t *at, struct error *err)
{
    struct command_line l = command_split(line);
    const struct command *c = command_find(line + l.name, l.name_len);
    *at = l.name;
    if (!l.name_len && !l.bang)
        return 0;
    if (c)
        return run(a, c, line, &l, at, err);
    char *name = mem_memdup(line + l.name, l.name_len);
    char *first = complete_first(a, name);
    bool more = l.bang || line[l.arg];
    int rc = 0;
    if (first && (c = command_find(first, strlen(first))))
        rc = run(a, c, line, &l, at, err);
    else if (more && (first || app_visit_known(a, name)))
        rc = error_set(err, ERR_INVALID, "%s takes nothing behind it", first ? first : name);
    else if (!go(a, name) && !(first && go(a, first)))
        rc = error_set(err, ERR_NOT_FOUND, "no command, view or table is called %s", name);
    free(first);
    free(name);
    return rc;
}

/* ---- for people ---- */

void command_usage(const struct command *c, struct str *out)
{
    str_printf(out, "%s%s%s%s", c->name, c->bang ? "[!]" : "", *c->usage ? " " : "", c->usage);
}

/* Text of scdoc: what it would read as markup gets a backslash. */
static void scdoc_text(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("_*\\[]#<>+`~", *text))
            str_char(out, '\\');
        str_char(out, *text);
    }
}

void command_document(struct str *out)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct str usage = {0};
        command_usage(&commands[i], &usage);
        str_add(out, "*:");
        scdoc_text(out, str_text(&usage));
        str_char(out, '*');
        if (commands[i].alias)
            str_printf(out, " (*:%s*)", commands[i].alias);
        str_add(out, "\n\t");
        scdoc_text(out, commands[i].help);
        str_add(out, "\n\n");
        str_done(&usage);
    }
}
