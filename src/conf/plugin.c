/* Plugins: the file's options, checked against each other. */
#include "conf/plugin.h"

#include "base/mem.h"
#include "conf/lists.h"
#include "conf/section.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_PLUGINS];

static int wrong(struct conf_loading *l, const struct conf_plugin *p, const char *option, const char *path,
                 const char *why)
{
    error_set(l->err, ERR_INVALID, "%s", why);
    return conf_section_wrong(l, section, p->origins, option, path);
}

/* What the program is: a name without a slash is looked for in PATH, else it is as seen from the file. */
static void resolve_command(const struct conf_loading *l, struct conf_plugin *p)
{
    if (!p->command || !strchr(p->command[0], '/'))
        return;
    char *here = conf_section_resolve(l, p->command[0]);
    free(p->command[0]);
    p->command[0] = conf_section_absolute(here);
    free(here);
}

static bool is_variable(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return *name && !(*name >= '0' && *name <= '9') && name[strspn(name, letters)] == '\0';
}

static int check_environment(struct conf_loading *l, const struct conf_plugin *p, const char *path)
{
    for (size_t i = 0; p->environment && p->environment[i]; i++)
        if (!is_variable(p->environment[i]))
            return wrong(l, p, "environment", path, "no name of a variable; allowed: a list of names, without values");
    return 0;
}

static int check_from(struct conf_loading *l, const struct conf_plugin *p, const struct conf_yaml *node,
                      const char *path)
{
    if (p->plugin && p->command)
        return wrong(l, p, "command", path, "there is a plugin already; allowed: one of plugin and command");
    if (p->plugin && (!*p->plugin || strchr(p->plugin, '/') || *p->plugin == '.'))
        return wrong(l, p, "plugin", path, "no name of a plugin; allowed: a name without a slash");
    if (p->plugin || p->command)
        return 0;
    error_set(l->err, ERR_INVALID, "neither plugin nor command; allowed: one of them");
    return conf_section_place(l, node->key_line, node->key_column, path);
}

static int check(struct conf_loading *l, void *plugin, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    struct conf_plugin *p = plugin;
    int rc = check_from(l, p, node, path);
    if (rc == 0)
        rc = check_environment(l, p, path);
    if (rc == 0 && p->stays && strcmp(p->format, "json") != 0)
        rc = wrong(l, p, "stays", path, "only what writes json can stay: the end of a run ends the other formats");
    if (rc == 0 && p->key && strcmp(p->format, "csv") != 0)
        rc = wrong(l, p, "key", path, "only csv has a key of its own");
    if (rc == 0 && p->max_interval_ms < p->interval_ms)
        p->max_interval_ms = p->interval_ms;
    if (rc == 0)
        resolve_command(l, p);
    return rc;
}

const struct conf_kind conf_plugin_kind = {
    .section = CONF_PLUGINS,
    .what = "plugin",
    .plural = "plugins",
    CONF_KIND(conf_plugin, plugins, nplugins),
    .stays = true,
    .check = check,
};
