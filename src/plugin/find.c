/* The directories of plugins. */
#include "plugin/find.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct directories {
    char **items;
    size_t n, room;
};

/* Of PREFIX/bin/icetop it is PREFIX/lib/icetop/plugins, wherever that was installed; on the heap. */
static char *own_directory(void)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(exe, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
    }
    return mem_printf("%s/lib/icetop/plugins", exe);
}

static struct directories directories(void)
{
    struct directories d = {0};
    const char *path = getenv("ICETOP_PLUGIN_PATH"), *home = getenv("HOME"), *end;
    for (const char *p = path; p && *p; p = *end ? end + 1 : end) {
        end = strchrnul(p, ':');
        if (end > p)
            vec_push(&d, mem_memdup(p, (size_t)(end - p)));
    }
    if (home && *home == '/')
        vec_push(&d, mem_printf("%s/.local/lib/icetop/plugins", home));
    char *own = own_directory();
    if (own)
        vec_push(&d, own);
    return d;
}

static void directories_done(struct directories *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->items[i]);
    vec_done(d);
}

static bool is_file(const char *path, bool object)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (object || st.st_mode & S_IXUSR);
}

/* The file of a plugin in a directory, on the heap; NULL: it is not there. */
static char *look(const char *directory, const char *name, bool *object)
{
    static const struct {
        bool folder, object;
    } forms[] = {{false, true}, {true, true}, {false, false}, {true, false}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char *path = mem_printf("%s/%s%s%s%s", directory, forms[i].folder ? name : "", forms[i].folder ? "/" : "", name,
                                forms[i].object ? ".so" : "");
        if (is_file(path, forms[i].object)) {
            *object = forms[i].object;
            return path;
        }
        free(path);
    }
    return NULL;
}

void plugin_find_directories(struct str *out)
{
    struct directories d = directories();
    for (size_t i = 0; i < d.n; i++)
        str_printf(out, "%s%s", i ? ", " : "", d.items[i]);
    directories_done(&d);
}

int plugin_find(const char *name, struct plugin_file *ret, struct error *err)
{
    struct plugin_file f = {.name = mem_strdup(name)};
    struct directories d = directories();
    if (strchr(name, '/')) {
        f.path = mem_strdup(name);
        f.object = text_ends(name, ".so");
    }
    for (size_t i = 0; !f.path && i < d.n; i++)
        f.path = look(d.items[i], name, &f.object);
    directories_done(&d);
    if (f.path) {
        *ret = f;
        return 0;
    }
    struct str where = {0};
    plugin_find_directories(&where);
    int rc = error_set(err, ERR_NOT_FOUND, "there is no plugin %.100s in %s", name, str_text(&where));
    str_done(&where);
    plugin_find_done(&f);
    return rc;
}

void plugin_find_done(struct plugin_file *f)
{
    free(f->name);
    free(f->path);
    *f = (struct plugin_file){0};
}

/* ---- all of them ---- */

struct files {
    struct plugin_file *items;
    size_t n, room;
};

/* An entry of a directory, if it leads to a plugin that none before it has the name of. */
static void add(struct files *found, const char *directory, const char *entry)
{
    char *name = mem_strdup(entry);
    bool object, known = false;
    if (text_ends(name, ".so"))
        name[strlen(name) - 3] = '\0';
    for (size_t i = 0; i < found->n; i++)
        known = known || strcmp(found->items[i].name, name) == 0;
    char *path = *name && *name != '.' && !known ? look(directory, name, &object) : NULL;
    if (path)
        vec_push(found, (struct plugin_file){.name = name, .path = path, .object = object});
    else
        free(name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct plugin_file *)a)->name, ((const struct plugin_file *)b)->name);
}

void plugin_find_all(struct plugin_file **ret, size_t *n)
{
    struct files found = {0};
    struct directories d = directories();
    for (size_t i = 0; i < d.n; i++) {
        DIR *dir = opendir(d.items[i]);
        const struct dirent *entry;
        while (dir && (entry = readdir(dir)))
            add(&found, d.items[i], entry->d_name);
        if (dir)
            closedir(dir);
    }
    directories_done(&d);
    if (found.n)
        qsort(found.items, found.n, sizeof *found.items, by_name);
    *ret = found.items;
    *n = found.n;
}

void plugin_find_free(struct plugin_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        plugin_find_done(&files[i]);
    free(files);
}
