/* Words, environment and configuration of a plugin's process. */
#include "plugin/start.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "plugin/find.h"
#include "plugin/trust.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Variables that every plugin gets. */
static const char *const usual[] = {"PATH", "HOME", "LANG", "TZ", NULL};

struct words {
    char **items;
    size_t n, room;
};

static void pass(struct words *to, const char *name)
{
    const char *value = getenv(name);
    if (value)
        vec_push(to, mem_printf("%s=%s", name, value));
}

static char **environment_of(const struct conf_plugin *conf, bool object)
{
    struct words w = {0};
    for (size_t i = 0; usual[i]; i++)
        pass(&w, usual[i]);
    for (size_t i = 0; conf->environment && conf->environment[i]; i++)
        pass(&w, conf->environment[i]);
    if (object) /* it is icetop itself that is started, and looks once more */
        pass(&w, "ICETOP_PLUGIN_TRUST");
    vec_push(&w, mem_printf("ICETOP_INSTANCE=%s", conf->name));
    vec_push(&w, mem_printf("ICETOP_INTERVAL_MS=%d", conf->interval_ms));
    vec_push(&w, mem_printf("ICETOP_DEADLINE_MS=%d", conf->deadline_ms));
    vec_push(&w, NULL);
    return w.items;
}

static void write_configure(const struct conf_plugin *conf, struct str *out)
{
    json_t *m = json_object(), *options = json_array();
    json_object_set_new(m, "t", json_string("configure"));
    json_object_set_new(m, "instance", json_string(conf->name));
    json_object_set_new(m, "interval_ms", json_integer(conf->interval_ms));
    json_object_set_new(m, "deadline_ms", json_integer(conf->deadline_ms));
    for (size_t i = 0; i < conf->settings.n; i++) {
        const struct conf_setting *s = &conf->settings.items[i];
        json_t *o = json_object();
        json_object_set_new(o, "name", json_string(s->name));
        json_object_set_new(o, "value", json_string(s->value));
        json_object_set_new(o, "secret", json_boolean(s->secret));
        json_object_set_new(o, "place", json_string(s->place));
        json_array_append_new(options, o);
    }
    json_object_set_new(m, "options", options);
    char *text = json_dumps(m, JSON_COMPACT);
    str_add(out, text ? text : "{}");
    mem_free_secret(text);
    json_decref(m);
}

/* The plugin as it is now; what is found later may be of the other kind. */
static bool is_object(const struct conf_plugin *conf)
{
    struct plugin_file f;
    if (conf->command)
        return text_ends(conf->command[0], ".so");
    if (!conf->plugin || plugin_find(conf->plugin, &f, NULL))
        return false;
    bool object = f.object;
    plugin_find_done(&f);
    return object;
}

void plugin_start_init(struct plugin_start *s, const struct conf_plugin *conf)
{
    struct words argv = {0};
    bool object = is_object(conf);
    *s =
        (struct plugin_start){.object = object, .stays = conf->stays || object, .plugin = mem_strdup_opt(conf->plugin)};
    for (size_t i = 0; conf->command && conf->command[i]; i++)
        vec_push(&argv, mem_strdup(conf->command[i]));
    vec_push(&argv, NULL);
    s->argv = argv.items;
    s->kind = mem_strdup(object ? "shared object" : conf->stays ? "stays" : "executable");
    s->path = mem_strdup(conf->command ? conf->command[0] : conf->plugin);
    s->environment = environment_of(conf, object);
    write_configure(conf, &s->configure);
}

static void free_words(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        mem_free_secret(words[i]);
    free(words);
}

void plugin_start_done(struct plugin_start *s)
{
    free_words(s->argv);
    free_words(s->environment);
    mem_free_secret(s->configure.s);
    free(s->kind);
    free(s->plugin);
    free(s->path);
    free(s->file);
    *s = (struct plugin_start){0};
}

/* Where a program of this name is in PATH, on the heap; NULL: nowhere. */
static char *find_in_path(const char *name)
{
    const char *path = getenv("PATH"), *end;
    char *found = NULL;
    for (const char *p = path; !found && p && *p; p = *end ? end + 1 : end) {
        end = strchrnul(p, ':');
        char *file = mem_printf("%.*s/%s", (int)(end - p), p, name);
        if (*p == '/' && access(file, X_OK) == 0)
            found = file;
        else
            free(file);
    }
    return found;
}

/* Nobody else can write what is run, nor put another file in its place: so its path is as good as what was looked at. */
static int look(struct plugin_start *s, const char *file, struct error *err)
{
    int fd;
    char *path;
    int rc = plugin_trust_open(file, &fd, &path, err);
    if (rc)
        return rc;
    close(fd);
    free(s->file);
    s->file = path;
    return 0;
}

/* The words of a program that is found by its name, or is a shared object: each time anew. */
static void replace_words(struct plugin_start *s, const char *const *words)
{
    struct words argv = {0};
    for (size_t i = 0; words[i]; i++)
        vec_push(&argv, mem_strdup(words[i]));
    vec_push(&argv, NULL);
    free_words(s->argv);
    s->argv = argv.items;
}

static int find_plugin(struct plugin_start *s, struct error *err)
{
    struct plugin_file f;
    int rc = plugin_find(s->plugin, &f, err);
    if (rc)
        return rc;
    if (f.object != s->object)
        rc = error_set(err, ERR_INVALID,
                       "%.200s is there now, which is of another kind than what was: start icetop anew", f.path);
    else
        rc = look(s, f.path, err);
    const char *const words[] = {f.path, NULL};
    if (rc == 0 && !s->object)
        replace_words(s, words);
    plugin_find_done(&f);
    return rc;
}

static int find_command(struct plugin_start *s, struct error *err)
{
    if (!s->argv[0])
        return error_set(err, ERR_NOT_FOUND, "there is no plugin %s", s->path);
    if (s->object && s->file) /* the words are those of its host by now */
        return 0;
    char *found = strchr(s->argv[0], '/') ? mem_strdup(s->argv[0]) : find_in_path(s->argv[0]);
    int rc = found ? look(s, found, err) : error_set(err, ERR_NOT_FOUND, "%s: no such program in PATH", s->argv[0]);
    free(found);
    return rc;
}

int plugin_start_options(struct plugin_start *s, struct process_options *ret, struct error *err)
{
    int rc = s->plugin ? find_plugin(s, err) : find_command(s, err);
    if (rc)
        return rc;
    const char *const host[] = {"icetop", "plugin-host", s->file, NULL};
    if (s->object)
        replace_words(s, host);
    *ret = (struct process_options){
        .path = s->object ? "/proc/self/exe" : s->file, .argv = s->argv, .environment = s->environment, .input = true};
    return 0;
}
