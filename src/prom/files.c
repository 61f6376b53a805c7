/* Finding and reading files that name endpoints. */
#include "prom/files.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "conf/file.h"
#include "conf/lists.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void free_file(struct prom_files_file *file)
{
    prom_discovery_done(&file->found);
    free(file->path);
    free(file->error);
    free(file);
}

static void clear_errors(struct prom_files *f)
{
    for (size_t i = 0; i < f->errors.n; i++)
        free(f->errors.items[i]);
    f->errors.n = 0;
}

void prom_files_set(struct prom_files *f, char *const *patterns)
{
    conf_lists_done(&f->patterns);
    for (; patterns && *patterns; patterns++)
        conf_lists_add(&f->patterns, *patterns, NULL);
}

/* ---- one file ---- */

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int parse(const char *path, const struct conf_file *bytes, struct prom_discovery *ret, struct error *err)
{
    struct str name = {0};
    size_t len = strlen(path);
    bool json = len > 5 && strcasecmp(path + len - 5, ".json") == 0;
    text_safe(&name, path, len);
    int rc = json ? prom_discovery_json(str_text(&name), bytes->bytes, bytes->len, ret, err)
                  : prom_discovery_yaml(str_text(&name), bytes->bytes, bytes->len, ret, err);
    str_done(&name);
    return rc;
}

static void set_error(struct prom_files_file *file, const struct error *err)
{
    struct str safe = {0};
    text_safe(&safe, err->text, strlen(err->text));
    free(file->error);
    file->error = str_take(&safe);
}

static void look_at(struct prom_files *f, struct prom_files_file *file)
{
    struct stat now;
    struct error err = {0};
    struct conf_file bytes = {0};
    struct prom_discovery found = {0};
    if (stat(file->path, &now) != 0) { /* it has gone since it was found, or may not be seen */
        error_set_errno(&err, ERR_IO, errno, "%s", file->path);
        set_error(file, &err);
        file->read = false;
        return;
    }
    if (file->read && is_same(&now, &file->looked))
        return;
    int rc = conf_file_read(file->path, PROM_DISCOVERY_BYTES, &bytes, &err);
    file->looked = now;
    file->read = rc == 0 || rc == ERR_LIMIT; /* else it is tried again, changed or not */
    if (rc == 0)
        rc = parse(file->path, &bytes, &found, &err);
    conf_file_done(&bytes);
    if (rc) {
        set_error(file, &err);
        return;
    }
    prom_discovery_done(&file->found);
    file->found = found;
    free(file->error);
    file->error = NULL;
    f->changed = true;
}

/* ---- all ---- */

static struct prom_files_file *find(struct prom_files *f, const char *path)
{
    for (size_t i = 0; i < f->files.n; i++)
        if (strcmp(f->files.items[i]->path, path) == 0)
            return f->files.items[i];
    return NULL;
}

static void complain(struct prom_files *f, char *text)
{
    struct str safe = {0};
    text_safe(&safe, text, strlen(text));
    vec_push(&f->errors, str_take(&safe));
    free(text);
}

/* Puts those that a pattern matches at the end of the list. */
static void add_matches(struct prom_files *f, const char *pattern, struct prom_files *to)
{
    glob_t g = {0};
    size_t n = glob(pattern, 0, NULL, &g) == 0 ? g.gl_pathc : 0;
    if (!n)
        complain(f, mem_printf("%s: no such file", pattern));
    for (size_t i = 0; i < n; i++) {
        struct prom_files_file *file = find(f, g.gl_pathv[i]);
        if (file && file->wanted)
            continue;
        if (to->files.n >= PROM_FILES_MAX) {
            complain(f, mem_printf("%s: more than %d files, the limit", pattern, PROM_FILES_MAX));
            break;
        }
        if (!file) {
            file = mem_new(struct prom_files_file);
            file->path = mem_strdup(g.gl_pathv[i]);
            vec_push(&f->files, file);
        }
        file->wanted = true;
        vec_push(&to->files, file);
    }
    globfree(&g);
}

void prom_files_look(struct prom_files *f)
{
    struct prom_files now = {0};
    clear_errors(f);
    for (size_t i = 0; f->patterns && f->patterns[i]; i++)
        add_matches(f, f->patterns[i], &now);
    for (size_t i = 0; i < f->files.n; i++) {
        struct prom_files_file *file = f->files.items[i];
        if (!file->wanted) {
            f->changed = f->changed || file->found.targets;
            free_file(file);
        } else {
            file->wanted = false;
            look_at(f, file);
        }
    }
    vec_done(&f->files);
    f->files.items = now.files.items;
    f->files.n = now.files.n;
    f->files.room = now.files.room;
}

void prom_files_done(struct prom_files *f)
{
    for (size_t i = 0; i < f->files.n; i++)
        free_file(f->files.items[i]);
    clear_errors(f);
    vec_done(&f->files);
    vec_done(&f->errors);
    conf_lists_done(&f->patterns);
    *f = (struct prom_files){0};
}
