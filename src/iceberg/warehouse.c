/* Which tables there are in a warehouse that is nothing but directories. */
#include "iceberg/warehouse.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "iceberg/locate.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct walk {
    struct iceberg_warehouse *w;
    const char *root;
    size_t entries;
    struct error *err;
};

void iceberg_warehouse_done(struct iceberg_warehouse *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->tables[i].namespace);
        free(w->tables[i].name);
        free(w->tables[i].path);
    }
    free(w->tables);
    *w = (struct iceberg_warehouse){0};
}

/* The next entry that is not hidden; NULL at the end, and with *rc set at the cap. */
static const struct dirent *next(struct walk *walk, DIR *dir, int *rc)
{
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (++walk->entries > ICEBERG_WAREHOUSE_ENTRIES) {
            *rc = error_set(walk->err, ERR_LIMIT,
                            "%s: more than %d files and directories; at most that many are looked at", walk->root,
                            ICEBERG_WAREHOUSE_ENTRIES);
            return NULL;
        }
        if (entry->d_name[0] != '.')
            return entry;
    }
    return NULL;
}

/* Has its metadata directory a metadata file? */
static bool is_table(struct walk *walk, const char *path, int *rc)
{
    char *metadata = mem_printf("%s/metadata", path);
    DIR *dir = opendir(metadata);
    const struct dirent *entry = NULL;
    while (dir && (entry = next(walk, dir, rc)) && !iceberg_locate_is_metadata(entry->d_name))
        ;
    if (dir)
        closedir(dir);
    free(metadata);
    return entry;
}

/* A table's directory: the levels above it, below the root, are its namespace. */
static int add(struct walk *walk, const char *path)
{
    struct iceberg_warehouse *w = walk->w;
    const char *below = path + strlen(walk->root) + 1, *slash = strrchr(below, '/');
    if (w->n == ICEBERG_WAREHOUSE_TABLES)
        return error_set(walk->err, ERR_LIMIT, "%s: more than %d tables; at most that many are looked at", walk->root,
                         ICEBERG_WAREHOUSE_TABLES);
    if (w->n == w->room) {
        w->room = vec_room(w->room, w->n + 1);
        w->tables = mem_realloc(w->tables, w->room, sizeof *w->tables);
    }
    char *namespace = mem_memdup(below, slash ? (size_t)(slash - below) : 0);
    for (char *c = namespace; *c; c++)
        *c = *c == '/' ? '.' : *c;
    w->tables[w->n++] = (struct iceberg_warehouse_table){
        .namespace = namespace, .name = mem_strdup(slash ? slash + 1 : below), .path = mem_strdup(path)};
    return 0;
}

static bool is_directory(const char *path, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int look(struct walk *walk, const char *path, int depth)
{
    int rc = 0;
    if (depth > 0 && is_table(walk, path, &rc))
        return add(walk, path);
    if (rc || depth == ICEBERG_WAREHOUSE_DEPTH)
        return rc;
    DIR *dir = opendir(path);
    const struct dirent *entry;
    if (!dir) {
        walk->w->unread++;
        return 0;
    }
    while (!rc && (entry = next(walk, dir, &rc))) {
        char *below = mem_printf("%s/%s", path, entry->d_name);
        if (is_directory(below, entry))
            rc = look(walk, below, depth + 1);
        free(below);
    }
    closedir(dir);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    const struct iceberg_warehouse_table *x = a, *y = b;
    return strcmp(x->path, y->path);
}

int iceberg_warehouse_init(struct iceberg_warehouse *w, const char *path, struct error *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return error_set_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
    closedir(dir);
    struct walk walk = {.w = w, .root = path, .err = err};
    *w = (struct iceberg_warehouse){0};
    int rc = look(&walk, path, 0);
    if (rc)
        iceberg_warehouse_done(w);
    else if (w->n)
        qsort(w->tables, w->n, sizeof *w->tables, by_path);
    return rc;
}
