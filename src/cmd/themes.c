/* Reads themes from files, and knows where to look for them. */
#include "cmd/themes.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/conf.h"
#include "conf/file.h"
#include "conf/suggest.h"
#include "conf/value.h"
#include "conf/yaml.h"
#include "ui/theme.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define ENDING ".yaml"
#define OWN    "own"

enum { NAMES_MAX = 1000 };

struct made {
    struct theme theme;
    char *name, *help; /* those of the theme */
};

struct cmd_themes {
    const struct conf *conf;
    struct {
        struct made **items;
        size_t n, room;
    } made;
    struct {
        char **items;
        size_t n, room;
    } names;
};

static void free_made(struct made *m)
{
    if (!m)
        return;
    free(m->name);
    free(m->help);
    free(m);
}

struct cmd_themes *cmd_themes_new(const struct conf *conf)
{
    struct cmd_themes *t = mem_new(struct cmd_themes);
    *t = (struct cmd_themes){.conf = conf};
    return t;
}

void cmd_themes_free(struct cmd_themes *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->made.n; i++)
        free_made(t->made.items[i]);
    vec_done(&t->made);
    for (size_t i = 0; i < t->names.n; i++)
        free(t->names.items[i]);
    vec_done(&t->names);
    free(t);
}

/* ---- reading ---- */

/* "file:line:column: " before what err says. */
static int place(const char *file, unsigned line, unsigned column, struct error *err)
{
    struct error why = *err;
    return error_set(err, ERR_INVALID, "%s:%u:%u: %s", file, line, column, why.text);
}

/* No such key: what was meant, and what there is. */
static int unknown(const char *file, const struct conf_yaml *item, const char *const *names, size_t n,
                   struct error *err)
{
    conf_suggest_unknown(item->key, names, n, err);
    return place(file, item->key_line, item->key_column, err);
}

static int expect(const char *file, const struct conf_yaml *node, enum conf_yaml_kind kind, struct error *err)
{
    if (node->kind == kind)
        return 0;
    error_set(err, ERR_INVALID, "%s: %s, where %s is expected", node->key ? node->key : "the theme",
              conf_yaml_kind_name(node->kind), conf_yaml_kind_name(kind));
    return place(file, node->line, node->column, err);
}

static int read_roles(const char *file, const struct conf_yaml *map, struct theme *theme, struct error *err)
{
    const char *names[ROLE_COUNT];
    for (int i = 0; i < ROLE_COUNT; i++)
        names[i] = theme_role_name((enum role)i);
    int rc = expect(file, map, CONF_YAML_MAP, err);
    for (size_t i = 0; rc == 0 && i < map->n; i++) {
        const struct conf_yaml *item = &map->items[i];
        int role = theme_role_find(item->key);
        if (role < 0)
            return unknown(file, item, names, ROLE_COUNT, err);
        rc = expect(file, item, CONF_YAML_SCALAR, err);
        if (rc == 0 && theme_style_parse(item->text, &theme->styles[role], err))
            rc = place(file, item->line, item->column, err);
    }
    return rc;
}

static int read_base(const char *file, const struct conf_yaml *item, struct theme *theme, struct error *err)
{
    int rc = expect(file, item, CONF_YAML_SCALAR, err);
    if (rc)
        return rc;
    const struct theme *base = theme_find(item->text);
    if (!base) {
        struct str s = {0};
        str_add(&s, "base: ");
        conf_value_quote(&s, item->text);
        str_add(&s, " is not built in; allowed: ");
        for (int i = 0; theme_at(i); i++)
            str_printf(&s, "%s%s", i ? ", " : "", theme_at(i)->name);
        error_set(err, ERR_INVALID, "%s", str_text(&s));
        str_done(&s);
        return place(file, item->line, item->column, err);
    }
    memcpy(theme->styles, base->styles, sizeof theme->styles);
    theme->ground = base->ground;
    return 0;
}

static int read_ground(const char *file, const struct conf_yaml *item, struct theme *theme, struct error *err)
{
    int rc = expect(file, item, CONF_YAML_SCALAR, err);
    for (int i = THEME_ANY; rc == 0 && i <= THEME_LIGHT; i++) {
        if (strcmp(item->text, theme_ground_name((enum theme_ground)i)) == 0) {
            theme->ground = (enum theme_ground)i;
            return 0;
        }
    }
    if (rc)
        return rc;
    struct str s = {0};
    conf_value_quote(&s, item->text);
    error_set(err, ERR_INVALID, "background: %s is not known; allowed: any, dark, light", str_text(&s));
    str_done(&s);
    return place(file, item->line, item->column, err);
}

static int read_help(const char *file, const struct conf_yaml *item, struct made *m, struct error *err)
{
    int rc = expect(file, item, CONF_YAML_SCALAR, err);
    struct str safe = {0};
    if (rc)
        return rc;
    text_safe(&safe, item->text, strlen(item->text));
    free(m->help);
    m->help = str_take(&safe);
    return 0;
}

static int read_theme(const char *file, const struct conf_yaml *root, struct made *m, struct error *err)
{
    static const char *const names[] = {"help", "base", "background", "roles"};
    const struct conf_yaml *base = conf_yaml_get(root, "base");
    int rc = expect(file, root, CONF_YAML_MAP, err);
    if (rc == 0 && base) /* before what it is changed by */
        rc = read_base(file, base, &m->theme, err);
    for (size_t i = 0; rc == 0 && i < root->n; i++) {
        const struct conf_yaml *item = &root->items[i];
        if (strcmp(item->key, "roles") == 0)
            rc = read_roles(file, item, &m->theme, err);
        else if (strcmp(item->key, "background") == 0)
            rc = read_ground(file, item, &m->theme, err);
        else if (strcmp(item->key, "help") == 0)
            rc = read_help(file, item, m, err);
        else if (item != base)
            rc = unknown(file, item, names, sizeof names / sizeof *names, err);
    }
    return rc;
}

/* The name without directory and ending. */
static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t len = strlen(name), ending = strlen(ENDING);
    struct str safe = {0};
    text_safe(&safe, name, len > ending && strcmp(name + len - ending, ENDING) == 0 ? len - ending : len);
    return str_take(&safe);
}

/* The one that the configuration holds. */
static int read_own(const struct conf *conf, struct made **ret, struct error *err)
{
    struct made *m = mem_new(struct made);
    *m = (struct made){.theme = *theme_at(0), .name = mem_strdup(OWN), .help = mem_strdup("the configuration's own")};
    int rc = read_theme(conf_file(conf), conf->theme, m, err);
    m->theme.name = m->name;
    m->theme.help = m->help;
    if (rc == 0)
        *ret = m;
    else
        free_made(m);
    return rc;
}

static int read_path(const char *path, struct made **ret, struct error *err)
{
    struct conf_file f = {0};
    struct conf_yaml root = {0};
    int rc = conf_file_read(path, LIMITS_CONFIG_BYTES, &f, err);
    if (rc)
        return rc;
    struct made *m = mem_new(struct made);
    *m = (struct made){.theme = *theme_at(0), .name = name_of(path), .help = mem_strdup(path)};
    rc = conf_yaml_parse(path, f.bytes, f.len, &root, err);
    if (rc == 0)
        rc = read_theme(path, &root, m, err);
    m->theme.name = m->name;
    m->theme.help = m->help;
    if (rc == 0)
        *ret = m;
    else
        free_made(m);
    conf_yaml_done(&root);
    conf_file_done(&f);
    return rc;
}

/* ---- finding ---- */

/* The directories for themes, on the heap; NULL at the end, and where there is no home. */
static char *directory(int i)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool user = (config && *config == '/') || (home && *home);
    if (i == (user ? 1 : 0))
        return mem_strdup(ICETOP_DATADIR "/themes");
    if (i > 0)
        return NULL;
    return config && *config == '/' ? mem_printf("%s/icetop/themes", config)
                                    : mem_printf("%s/.config/icetop/themes", home);
}

static bool is_path(const char *name)
{
    size_t len = strlen(name), ending = strlen(ENDING);
    return strchr(name, '/') || (len > ending && strcmp(name + len - ending, ENDING) == 0);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *const *cmd_themes_names(struct cmd_themes *t)
{
    char *path;
    for (size_t i = 0; i < t->names.n; i++)
        free(t->names.items[i]);
    t->names.n = 0;
    if (t->conf && t->conf->theme)
        vec_push(&t->names, mem_strdup(OWN));
    for (int i = 0; (path = directory(i)); i++) {
        DIR *d = opendir(path);
        struct dirent *e;
        while (d && t->names.n < NAMES_MAX && (e = readdir(d)))
            if (e->d_name[0] != '.' && is_path(e->d_name))
                vec_push(&t->names, name_of(e->d_name));
        if (d)
            closedir(d);
        free(path);
    }
    if (t->names.n > 1)
        qsort(t->names.items, t->names.n, sizeof *t->names.items, compare_names);
    vec_push(&t->names, NULL);
    t->names.n--;
    return (const char *const *)t->names.items;
}

static int not_found(struct cmd_themes *t, const char *name, struct error *err)
{
    struct str names = {0};
    str_add(&names, "there is no theme ");
    conf_value_quote(&names, name);
    str_add(&names, "; there are: ");
    for (int i = 0; theme_at(i); i++)
        str_printf(&names, "%s%s", i ? ", " : "", theme_at(i)->name);
    const char *const *files = cmd_themes_names(t);
    for (size_t i = 0; files[i]; i++)
        str_printf(&names, ", %s", files[i]);
    int rc = error_set(err, ERR_NOT_FOUND, "%s, or a file NAME" ENDING, str_text(&names));
    str_done(&names);
    return rc;
}

int cmd_themes_find(struct cmd_themes *t, const char *name, const struct theme **ret, struct error *err)
{
    const struct theme *built_in = theme_find(name);
    struct made *made = NULL;
    char *path;
    int rc = ERR_NOT_FOUND;
    if (built_in) {
        *ret = built_in;
        return 0;
    }
    bool own = t->conf && t->conf->theme && strcmp(name, OWN) == 0;
    if (own)
        rc = read_own(t->conf, &made, err);
    else if (is_path(name))
        rc = read_path(name, &made, err);
    for (int i = 0; rc == ERR_NOT_FOUND && !own && !is_path(name) && (path = directory(i)); i++) {
        char *file = mem_printf("%s/%s" ENDING, path, name);
        rc = read_path(file, &made, err);
        free(file);
        free(path);
    }
    if (rc == ERR_NOT_FOUND && !is_path(name))
        return not_found(t, name, err);
    if (rc)
        return rc;
    vec_push(&t->made, made);
    *ret = &made->theme;
    return 0;
}

/* A path of the configuration: "~/" is the home directory, and what is relative is so to its file. */
static char *resolve(const struct conf *conf, const char *name)
{
    const char *home = getenv("HOME"), *file = conf_file(conf), *slash = file ? strrchr(file, '/') : NULL;
    if (!is_path(name) || name[0] == '/')
        return mem_strdup(name);
    if (name[0] == '~' && name[1] == '/' && home)
        return mem_printf("%s%s", home, name + 1);
    return slash ? mem_printf("%.*s/%s", (int)(slash - file), file, name) : mem_strdup(name);
}

int cmd_themes_first(struct cmd_themes *t, const char *given, const struct theme **ret, struct error *err)
{
    const char *where = "--theme";
    bool own = !given && t->conf->theme && !conf_ui_origin(t->conf, "theme");
    char *name = given ? mem_strdup(given) : own ? mem_strdup(OWN) : resolve(t->conf, t->conf->ui.theme);
    if (!given)
        where = conf_ui_origin(t->conf, "theme") ? conf_ui_origin(t->conf, "theme") : "theme";
    int rc = cmd_themes_find(t, name, ret, err);
    if (rc && !own) { /* whose error has its place */
        struct error why = *err;
        error_set(err, why.code, "%s: %s", where, why.text);
    }
    free(name);
    return rc;
}

int cmd_themes_check(const char *given, struct error *err)
{
    const struct theme *theme;
    struct cmd_themes *t = cmd_themes_new(NULL);
    bool known = given && strcmp(given, OWN) != 0; /* that one, the configuration may have */
    int rc = known ? cmd_themes_first(t, given, &theme, err) : 0;
    cmd_themes_free(t);
    return rc;
}
