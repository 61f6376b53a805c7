/* icetop plugins: what plugins there are, new ones, and tests of them. */
#include "cmd/plugins.h"
#include "base/text.h"
#include "cmd/child.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "conf/conf.h"
#include "plugin/find.h"
#include "plugin/trust.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAD_USAGE = 2, DESCRIBE_MS = 10000, DESCRIBE_BYTES = 4 * 1024 * 1024 };

/* ---- the list ---- */

/* What a shared object says of itself, a message a line; or why it says nothing. */
static json_t *describe(const char *path, struct error *err)
{
    char name[] = "icetop", command[] = "plugin-host", option[] = "--describe";
    char *words = strdup(path), *argv[] = {name, command, option, words, NULL};
    const struct process_options o = {.path = "/proc/self/exe", .argv = argv};
    struct cmd_child c = {0};
    json_t *said = NULL;
    int rc = cmd_child_run(&o, "", DESCRIBE_MS, DESCRIBE_BYTES, &c, err);
    free(words);
    if (!rc && (c.late || c.status))
        rc = error_set(err, ERR_INVALID, "%.*s", (int)strcspn(str_text(&c.complaints), "\n"), str_text(&c.complaints));
    for (const char *line = str_text(&c.out), *end; !rc && *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        json_t *message = json_loadb(line, (size_t)(end - line), 0, NULL);
        if (!said)
            said = json_array();
        if (message)
            json_array_append_new(said, message);
    }
    cmd_child_done(&c);
    if (!rc && !said)
        error_set(err, ERR_INVALID, "it says nothing of itself");
    return said;
}

static const char *field(const json_t *said, const char *type, const char *name)
{
    size_t i;
    const json_t *m;
    json_array_foreach(said, i, m)
    {
        const char *t = json_string_value(json_object_get(m, "t"));
        if (t && strcmp(t, type) == 0)
            return json_string_value(json_object_get(m, name));
    }
    return NULL;
}

/* A plugin that is there: what it is, and in `said` all that it declares. */
static json_t *listed(const struct plugin_file *f)
{
    struct error err = {0};
    int fd;
    char *path = NULL;
    json_t *said = NULL, *j = json_pack("{s:s, s:s, s:s}", "plugin", f->name, "kind",
                                        f->object ? "shared object" : "executable", "path", f->path);
    if (plugin_trust_open(f->path, &fd, &path, &err) == 0) {
        close(fd);
        free(path);
        said = f->object ? describe(f->path, &err) : NULL;
    }
    if (said) {
        const char *version = field(said, "plugin", "version"), *help = field(said, "plugin", "help");
        json_object_set_new(j, "version", json_string(version ? version : ""));
        json_object_set_new(j, "help", json_string(help ? help : ""));
        json_object_set_new(j, "declares", said);
    }
    if (err.code)
        json_object_set_new(j, "error", json_string(err.text));
    return j;
}

/* Names of tables and of columns on others' tables. */
static void tables_of(const json_t *said, struct str *out)
{
    size_t i;
    const json_t *m;
    json_array_foreach(said, i, m)
    {
        const char *t = json_string_value(json_object_get(m, "t"));
        const char *table = json_string_value(json_object_get(m, "table"));
        if (!t || !table)
            continue;
        if (strcmp(t, "table") == 0)
            str_printf(out, "%s%s", out->len ? " " : "", table);
        else if (strcmp(t, "group") == 0)
            str_printf(out, "%s%s+", out->len ? " " : "", table);
    }
}

static const char *text_of(const json_t *j, const char *name)
{
    const char *text = json_string_value(json_object_get(j, name));
    return text && *text ? text : "-";
}

static void print_list(const json_t *plugins)
{
    size_t i;
    const json_t *p;
    if (json_array_size(plugins))
        printf("%-18s %-14s %-9s %-34s %s\n", "PLUGIN", "KIND", "VERSION", "TABLES", "PATH");
    json_array_foreach(plugins, i, p)
    {
        struct str tables = {0}, path = {0};
        const char *error = json_string_value(json_object_get(p, "error"));
        tables_of(json_object_get(p, "declares"), &tables);
        text_safe(&path, text_of(p, "path"), strlen(text_of(p, "path")));
        printf("%-18s %-14s %-9s %-34s %s\n", text_of(p, "plugin"), text_of(p, "kind"), text_of(p, "version"),
               tables.len ? str_text(&tables) : "-", str_text(&path));
        if (error)
            printf("    not to be run: %s\n", error);
        str_done(&tables);
        str_done(&path);
    }
}

/* The instances that the configuration has. */
static void add_instances(const struct conf *conf, json_t *list)
{
    for (size_t i = 0; conf && i < conf->nplugins; i++) {
        const struct conf_plugin *p = &conf->plugins[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "instance", p->name, p->plugin ? "plugin" : "command",
                                              p->plugin ? p->plugin : p->command[0], "format", p->format));
    }
}

static void print_instances(const json_t *instances)
{
    size_t i;
    const json_t *p;
    if (json_array_size(instances))
        printf("\n%-18s %s\n", "CONFIGURED AS", "PLUGIN");
    json_array_foreach(instances, i, p)
    {
        const char *plugin = json_string_value(json_object_get(p, "plugin"));
        printf("%-18s %s\n", text_of(p, "instance"), plugin ? plugin : text_of(p, "command"));
    }
}

static int list(const struct cmd_options *o, bool json)
{
    const struct conf_args args = cmd_options_conf_args(o);
    struct plugin_file *files;
    size_t n;
    struct conf *conf = NULL;
    struct error err = {0};
    json_t *plugins = json_array(), *instances = json_array();
    int rc = conf_load(&args, &conf, &err);
    plugin_find_all(&files, &n);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(plugins, listed(&files[i]));
    plugin_find_free(files, n);
    if (rc == 0)
        add_instances(conf, instances);
    else if (cmd_options_given(o, OPTIONS_CONFIG_FILE))
        fprintf(stderr, "icetop: %s\n", err.text);
    else
        rc = 0; /* there is none, or it is of no use: what there is can be told all the same */
    if (json) {
        json_t *document = json_pack("{s:O, s:O}", "plugins", plugins, "instances", instances);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
    } else {
        struct str directories = {0};
        plugin_find_directories(&directories);
        print_list(plugins);
        if (!n)
            printf("no plugins in %s\n", str_text(&directories));
        print_instances(instances);
        str_done(&directories);
    }
    json_decref(plugins);
    json_decref(instances);
    conf_free(conf);
    return rc ? BAD_USAGE : 0;
}

/* ---- the command line ---- */

static int usage(void)
{
    fprintf(
        stderr,
        "icetop: icetop plugins, icetop plugins new NAME [--exec], or icetop plugins test PATH [--recorded FILE]\n");
    return BAD_USAGE;
}

int cmd_plugins_run(const struct cmd_options *o)
{
    const char *const *words = cmd_options_operands(o);
    const char *format = cmd_options_value(o, OPTIONS_FORMAT);
    bool program = cmd_options_given(o, OPTIONS_EXEC), recorded = cmd_options_given(o, OPTIONS_RECORDED);
    if (format && strcmp(format, "json") != 0 && strcmp(format, "text") != 0) {
        fprintf(stderr, "icetop: --format: of plugins it is text or json\n");
        return BAD_USAGE;
    }
    if (!words[0] && !program && !recorded)
        return list(o, format && strcmp(format, "json") == 0);
    if (!words[0] || !words[1] || words[2] || format)
        return usage();
    if (strcmp(words[0], "new") == 0 && !recorded)
        return cmd_plugins_new(words[1], program);
    if (strcmp(words[0], "test") == 0 && !program)
        return cmd_plugins_test(words[1], cmd_options_value(o, OPTIONS_RECORDED));
    return usage();
}
