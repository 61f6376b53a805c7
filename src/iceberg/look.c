/* Looks at a catalog that is made of files. */
#include "iceberg/look.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "iceberg/locate.h"
#include "iceberg/sql_catalog.h"
#include "iceberg/warehouse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    LIST_SHARE = 100,    /* of the time, one part is spent on listing a warehouse */
    LIST_MAX_S = 300,    /* it is listed so often at least */
    LIST_FREE_US = 5000, /* a listing that takes no longer is made at every look */
};

struct entry {
    struct iceberg_look_table said; /* its texts are the entry's own */
    char *name, *written, *file, *error;
    char *path;                    /* of its directory */
    struct iceberg_locate *locate; /* NULL in a catalog that points to files */
    uint64_t seen;                 /* the look that saw it last */
};

struct iceberg_look {
    enum iceberg_look_type type;
    char *path, *catalog, *table;
    struct iceberg_place place;
    const struct clock *clock;
    VEC(char *) globs;
    VEC(char *) wanted;
    size_t max_tables;
    struct iceberg_sql_catalog *sql;
    struct map by_name; /* of struct entry */
    VEC(struct iceberg_look_table) list;
    uint64_t looks;
    int64_t list_us; /* when the warehouse is to be listed again */
    bool again;      /* at the next look in any case */
    bool sql_taken;  /* the tables of the SQL catalog's last reading were taken */
    bool told;       /* what changed up to here was handed out */
    struct iceberg_look_result last;
};

/* ---- making one ---- */

/* The file of a JDBC or SQLAlchemy URL; what is none stays. */
static int sqlite_path(const char *uri, char **ret, struct error *err)
{
    static const struct {
        const char *prefix;
        size_t keep; /* characters of the prefix that belong to the path */
    } forms[] = {
        {"jdbc:sqlite:file:", 5}, {"jdbc:sqlite:", 0}, {"sqlite+pysqlite:///", 0}, {"sqlite:///", 0}, {"sqlite:", 0},
    };
    if (!strncasecmp(uri, "jdbc:", 5) && strncasecmp(uri, "jdbc:sqlite:", 12))
        return error_set(err, ERR_UNAVAILABLE, "%.*s: of the SQL catalogs only those in an SQLite file can be read",
                         (int)strcspn(uri + 5, ":") + 5, uri);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t n = strlen(forms[i].prefix);
        if (strncasecmp(uri, forms[i].prefix, n) == 0) {
            const char *path = uri + n - forms[i].keep;
            *ret = mem_memdup(path, strcspn(path, "?"));
            return 0;
        }
    }
    *ret = mem_strdup(uri);
    return 0;
}

bool iceberg_look_chosen(const char *const *globs, size_t n, const char *name)
{
    bool any = false, chosen = false;
    for (size_t i = 0; i < n; i++) {
        if (globs[i][0] == '!' && text_glob(globs[i] + 1, name))
            return false;
        any = any || globs[i][0] != '!';
        chosen = chosen || (globs[i][0] != '!' && text_glob(globs[i], name));
    }
    return chosen || !any;
}

int iceberg_look_new(const struct iceberg_look_settings *settings, struct iceberg_look **ret, struct error *err)
{
    char *plain = NULL, *path = NULL;
    int rc = settings->type == ICEBERG_LOOK_SQL ? sqlite_path(settings->path, &plain, err) : 0;
    rc = rc ? rc : iceberg_place_here(settings->place, plain ? plain : settings->path, &path, err);
    free(plain);
    if (rc)
        return rc;
    struct iceberg_look *l = mem_new(struct iceberg_look);
    l->type = settings->type;
    l->path = path;
    l->catalog = mem_strdup_opt(settings->catalog);
    l->table = settings->table ? mem_strdup(settings->table) : iceberg_look_name(path);
    l->clock = settings->clock;
    l->max_tables = settings->max_tables;
    for (size_t i = 0; i < settings->place->n; i++)
        iceberg_place_add(&l->place, settings->place->prefixes[i].from, settings->place->prefixes[i].to, NULL);
    for (size_t i = 0; i < settings->n_globs; i++)
        vec_push(&l->globs, mem_strdup(settings->globs[i]));
    if (l->type == ICEBERG_LOOK_SQL)
        l->sql = iceberg_sql_catalog_new(path, settings->clock);
    *ret = l;
    return 0;
}

static void free_entry(struct entry *e)
{
    iceberg_locate_free(e->locate);
    free(e->name);
    free(e->written);
    free(e->file);
    free(e->error);
    free(e->path);
    free(e);
}

static void clear_wanted(struct iceberg_look *l)
{
    for (size_t i = 0; i < l->wanted.n; i++)
        free(l->wanted.items[i]);
    l->wanted.n = 0;
}

void iceberg_look_free(struct iceberg_look *l)
{
    if (!l)
        return;
    size_t at = 0;
    void *e;
    while (map_next(&l->by_name, &at, NULL, NULL, &e))
        free_entry(e);
    map_done(&l->by_name);
    clear_wanted(l);
    vec_done(&l->wanted);
    for (size_t i = 0; i < l->globs.n; i++)
        free(l->globs.items[i]);
    vec_done(&l->globs);
    vec_done(&l->list);
    iceberg_sql_catalog_free(l->sql);
    iceberg_place_done(&l->place);
    free(l->path);
    free(l->catalog);
    free(l->table);
    free(l);
}

void iceberg_look_want(struct iceberg_look *l, const char *const *names, size_t n)
{
    clear_wanted(l);
    for (size_t i = 0; i < n; i++)
        vec_push(&l->wanted, mem_strdup(names[i]));
    l->again = true;
    l->sql_taken = false;
}

/* ---- entries ---- */

/* The entry of a name, marked as seen. */
static struct entry *see(struct iceberg_look *l, const char *name)
{
    struct entry *e = map_get(&l->by_name, name, strlen(name));
    if (!e) {
        e = mem_new(struct entry);
        e->name = mem_strdup(name);
        map_put(&l->by_name, name, strlen(name), e);
    }
    e->seen = l->looks;
    return e;
}

static void set_text(char **to, const char *text)
{
    if (*to && text && strcmp(*to, text) == 0)
        return;
    mem_replace(to, text);
}

/* What the catalog says of an entry: another file counts as changed. */
static void point(struct entry *e, const char *written, const char *file, const char *how)
{
    bool same = e->file && file && strcmp(e->file, file) == 0;
    e->said.changed = e->said.changed || (file && !same);
    set_text(&e->written, written);
    set_text(&e->file, file);
    set_text(&e->error, NULL);
    e->said.how = how;
    e->said.code = 0;
}

static void refuse(struct entry *e, const struct error *err)
{
    e->said.code = err->code;
    set_text(&e->error, err->text);
    set_text(&e->file, NULL);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names that are to be looked at, of all that there are: sorted, chosen, at most max_tables. Frees the others. */
static size_t choose(struct iceberg_look *l, char **names, size_t n)
{
    size_t kept = 0, left = 0;
    if (n)
        qsort(names, n, sizeof *names, by_text);
    for (size_t i = 0; i < n; i++) {
        bool chosen = iceberg_look_chosen((const char *const *)l->globs.items, l->globs.n, names[i]);
        left += chosen && kept >= l->max_tables;
        if (chosen && kept < l->max_tables)
            names[kept++] = names[i];
        else
            free(names[i]);
    }
    l->last.left_out = left;
    return kept;
}

/* ---- directories ---- */

static const char *how(enum iceberg_locate_by by)
{
    static const char *const words[] = {[ICEBERG_LOCATE_GIVEN] = "given",
                                        [ICEBERG_LOCATE_HINT] = "hint",
                                        [ICEBERG_LOCATE_AFTER] = "hint",
                                        [ICEBERG_LOCATE_LISTED] = "listed"};
    return words[by];
}

/* Asks for an entry's current file. */
static int locate(struct entry *e)
{
    struct iceberg_located found;
    struct error err = {0};
    if (!e->locate)
        e->locate = iceberg_locate_new(e->path);
    int rc = iceberg_locate_poll(e->locate, &found, &err);
    if (rc) {
        refuse(e, &err);
        return rc;
    }
    e->said.changed = e->said.changed || found.changed;
    point(e, found.file, found.file, how(found.by));
    return 0;
}

static void see_directory(struct iceberg_look *l, const char *name, const char *path)
{
    struct entry *e = see(l, name);
    if (e->path && strcmp(e->path, path) != 0) {
        iceberg_locate_free(e->locate);
        e->locate = NULL;
    }
    set_text(&e->path, path);
}

static int list_warehouse(struct iceberg_look *l, struct error *err)
{
    struct iceberg_warehouse w = {0};
    struct map paths = {0};
    int rc = iceberg_warehouse_init(&w, l->path, err);
    if (rc)
        return rc;
    char **names = mem_calloc(w.n + 1, sizeof *names);
    for (size_t i = 0; i < w.n; i++) {
        const struct iceberg_warehouse_table *t = &w.tables[i];
        names[i] = mem_printf("%s%s%s", t->namespace, *t->namespace ? "." : "", t->name);
        map_put(&paths, names[i], strlen(names[i]), t->path);
    }
    size_t n = choose(l, names, w.n);
    for (size_t i = 0; i < n; i++) {
        see_directory(l, names[i], map_get(&paths, names[i], strlen(names[i])));
        free(names[i]);
    }
    l->last.unread = w.unread;
    free(names);
    map_done(&paths);
    iceberg_warehouse_done(&w);
    return 0;
}

static void see_wanted(struct iceberg_look *l)
{
    for (size_t i = 0; i < l->wanted.n && i < l->max_tables; i++) {
        char *path = mem_printf("%s/%s", l->path, l->wanted.items[i]);
        for (char *c = path + strlen(l->path) + 1; *c; c++)
            *c = *c == '.' ? '/' : *c;
        see_directory(l, l->wanted.items[i], path);
        free(path);
    }
    l->last.left_out = l->wanted.n > l->max_tables ? l->wanted.n - l->max_tables : 0;
    l->last.unread = 0;
}

/* Nothing is another: what was there still is. */
static void see_all(struct iceberg_look *l)
{
    size_t at = 0;
    void *e;
    while (map_next(&l->by_name, &at, NULL, NULL, &e))
        ((struct entry *)e)->seen = l->looks;
}

/* Lists anew, or takes those that were there. */
static int refresh_warehouse(struct iceberg_look *l, bool again, struct error *err)
{
    int64_t now = clock_mono_us(l->clock);
    if (!l->wanted.n && (again || l->again || now >= l->list_us)) {
        int rc = list_warehouse(l, err);
        int64_t end = clock_mono_us(l->clock), cost = end - now;
        int64_t pause = cost <= LIST_FREE_US ? 0 : cost * LIST_SHARE;
        l->list_us = end + (pause < LIST_MAX_S * INT64_C(1000000) ? pause : LIST_MAX_S * INT64_C(1000000));
        l->again = rc != 0;
        return rc;
    }
    if (l->wanted.n) {
        see_wanted(l);
        return 0;
    }
    see_all(l);
    return 0;
}

/* Is there a warehouse at all? Tables that were asked for by name may come later, and their warehouse with them. */
static int check_warehouse(const struct iceberg_look *l, struct error *err)
{
    struct stat st;
    return stat(l->path, &st) ? error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s", l->path)
                              : 0;
}

static int poll_warehouse(struct iceberg_look *l, struct error *err)
{
    int64_t listed = l->list_us;
    int rc = refresh_warehouse(l, false, err);
    bool missing = false;
    size_t at = 0;
    void *e;
    while (!rc && map_next(&l->by_name, &at, NULL, NULL, &e))
        if (((struct entry *)e)->seen == l->looks)
            missing = locate(e) == ERR_NOT_FOUND || missing;
    if (!rc && missing && l->wanted.n)
        rc = check_warehouse(l, err);
    if (!rc && missing && !l->wanted.n && listed == l->list_us) { /* what was listed before has gone since */
        l->looks++;
        rc = refresh_warehouse(l, true, err);
        for (at = 0; !rc && map_next(&l->by_name, &at, NULL, NULL, &e);)
            if (((struct entry *)e)->seen == l->looks && !((struct entry *)e)->locate)
                locate(e);
    }
    return rc;
}

/* The last part of a path of n bytes; *n becomes what is before it. */
static char *last_part(const char *path, size_t *n)
{
    size_t end = *n;
    while (end && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin && path[begin - 1] != '/')
        begin--;
    *n = begin;
    return mem_memdup(path + begin, end - begin);
}

char *iceberg_look_name(const char *path)
{
    if (iceberg_place_is_web(path)) {
        path = strstr(path, "://") + 3;
        path += strcspn(path, "/");
    }
    size_t n = strlen(path);
    char *name = last_part(path, &n);
    if (iceberg_locate_is_metadata(name)) { /* .../TABLE/metadata/FILE */
        free(name);
        name = last_part(path, &n);
        if (strcmp(name, "metadata") == 0) {
            free(name);
            name = last_part(path, &n);
        }
    }
    char *namespace = last_part(path, &n);
    size_t len = strlen(namespace);
    if (len > 3 && strcmp(namespace + len - 3, ".db") == 0)
    namespace[len - 3] = 0;
    char *both = mem_printf("%s%s%s", namespace, *namespace && *name ? "." : "", name);
    free(namespace);
    free(name);
    if (!*both) {
        free(both);
        both = mem_strdup(path);
    }
    return both;
}

static int poll_path(struct iceberg_look *l)
{
    struct entry *e = see(l, l->table);
    set_text(&e->path, l->path);
    locate(e);
    return 0;
}

/* ---- an SQLite file ---- */

static void see_row(struct iceberg_look *l, const struct iceberg_sql_table *t, const char *name)
{
    struct entry *e = see(l, name);
    struct error err = {0};
    char *file = NULL;
    int rc = t->location ? iceberg_place_map(&l->place, t->location, &file, &err)
                         : error_set(&err, ERR_NOT_FOUND, "its catalog names no metadata");
    if (!rc && !iceberg_place_is_web(file)) {
        free(file);
        file = NULL;
        rc = iceberg_place_here(&l->place, t->location, &file, &err);
    }
    if (rc) {
        refuse(e, &err);
        set_text(&e->written, t->location);
        e->said.how = "catalog";
    } else {
        point(e, t->location, file, "catalog");
    }
    free(file);
}

/* All rows of the catalog by name; of several with one name the first counts. */
static void take_rows(struct iceberg_look *l)
{
    size_t n, kept = 0;
    const struct iceberg_sql_table *t = iceberg_sql_catalog_tables(l->sql, &n);
    struct map rows = {0};
    char **names = mem_calloc(n + 1, sizeof *names);
    l->last.ambiguous = 0;
    for (size_t i = 0; i < n; i++) {
        if (l->catalog && strcmp(l->catalog, t[i].catalog) != 0)
            continue;
        char *name = mem_printf("%s%s%s", t[i].namespace, *t[i].namespace ? "." : "", t[i].name);
        if (map_get(&rows, name, strlen(name))) {
            l->last.ambiguous++;
            free(name);
            continue;
        }
        map_put(&rows, name, strlen(name), (void *)(uintptr_t)&t[i]);
        names[kept++] = name;
    }
    if (!l->wanted.n) {
        kept = choose(l, names, kept);
        for (size_t i = 0; i < kept; i++)
            see_row(l, map_get(&rows, names[i], strlen(names[i])), names[i]);
    }
    if (l->wanted.n)
        l->last.left_out = l->wanted.n > l->max_tables ? l->wanted.n - l->max_tables : 0;
    for (size_t i = 0; i < l->wanted.n && i < l->max_tables; i++) {
        const char *name = l->wanted.items[i];
        const struct iceberg_sql_table *row = map_get(&rows, name, strlen(name));
        const struct error missing = {.code = ERR_NOT_FOUND, .text = "no such table in the catalog"};
        if (row)
            see_row(l, row, name);
        else
            refuse(see(l, name), &missing);
    }
    for (size_t i = 0; i < kept; i++)
        free(names[i]);
    free(names);
    map_done(&rows);
}

static int poll_sql(struct iceberg_look *l, int wait_ms, struct error *err)
{
    bool changed = false;
    int rc = iceberg_sql_catalog_poll(l->sql, wait_ms, &changed, err);
    if (rc)
        return rc;
    if (changed || !l->sql_taken) {
        take_rows(l);
        l->sql_taken = true;
        return 0;
    }
    see_all(l);
    return 0;
}

/* ---- a look ---- */

static int by_name(const void *a, const void *b)
{
    const struct iceberg_look_table *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Puts the entries that were seen into the list; the others go. */
static void make_list(struct iceberg_look *l)
{
    size_t at = 0;
    void *item;
    l->list.n = 0;
    while (map_next(&l->by_name, &at, NULL, NULL, &item)) {
        struct entry *e = item;
        if (e->seen != l->looks) {
            map_del(&l->by_name, e->name, strlen(e->name));
            free_entry(e);
            continue;
        }
        e->said.name = e->name;
        e->said.written = e->written;
        e->said.file = e->file;
        e->said.error = e->error;
        vec_push(&l->list, e->said);
    }
    if (l->list.n)
        qsort(l->list.items, l->list.n, sizeof *l->list.items, by_name);
    l->last.tables = l->list.items;
    l->last.n = l->list.n;
    l->last.complete = l->last.unread == 0;
}

int iceberg_look_poll(struct iceberg_look *l, int wait_ms, struct iceberg_look_result *ret, struct error *err)
{
    size_t at = 0;
    void *e;
    while (l->told && map_next(&l->by_name, &at, NULL, NULL, &e))
        ((struct entry *)e)->said.changed = false;
    l->told = false;
    l->looks++;
    int rc = l->type == ICEBERG_LOOK_WAREHOUSE ? poll_warehouse(l, err)
             : l->type == ICEBERG_LOOK_SQL     ? poll_sql(l, wait_ms, err)
                                               : poll_path(l);
    if (rc)
        return rc;
    make_list(l);
    l->told = true;
    *ret = l->last;
    return 0;
}
