/* Finds, orders and reads files. */
#include "connect/tail_files.h"
#include "base/mem.h"
#include "connect/follow.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    TURN = 256 * 1024, /* bytes of all files in one reading */
    PAUSE_MS = 500,    /* after which an entry is whole */
    GLOB_MS = 5000,
    GONE_MS = 60000, /* a file found by a glob is let go so long after its removal */
};

/* A file with who reads it. */
struct file {
    struct connect_tail_files_internal *all;
    struct connect_follow *follow;
    char *origin; /* the file whose archive it is, or its own path */
    bool found;   /* by a glob */
};

struct pattern {
    char *text;
    bool glob, matched;
    char *error;
};

struct connect_tail_files_internal {
    struct connect_tail_files *face;
    bool (*wanted)(const char *entry, size_t len, int64_t *time_ms);
    VEC(struct pattern) patterns;
    VEC(struct file *) files; /* archives first */
    struct connect_follow_files seen;
    bool archives, begun;
    int64_t back, globbed_us;
};

static void on_file_entry(void *arg, const char *entry, size_t len, int64_t line)
{
    struct file *f = arg;
    int64_t time_ms;
    if (f->all->wanted(entry, len, &time_ms))
        vec_push(&f->all->face->items,
                 ((struct connect_tail_item){mem_memdup(entry, len), len, line, f->origin, f->follow->path}));
}

static struct file *find_file(const struct connect_tail_files_internal *t, const char *path)
{
    for (size_t i = 0; i < t->files.n; i++)
        if (strcmp(t->files.items[i]->follow->path, path) == 0)
            return t->files.items[i];
    return NULL;
}

/* False if there is no room for another. */
static bool add_file(struct connect_tail_files_internal *t, const char *path, const char *origin, bool found)
{
    if (find_file(t, path))
        return true;
    if (t->files.n == CONNECT_TAIL_FILES)
        return false;
    struct file *f = mem_new(struct file);
    f->all = t;
    f->origin = mem_strdup(origin ? origin : path);
    f->found = found;
    f->follow = connect_follow_new(path, origin != NULL, origin || t->begun ? -1 : t->back, &t->seen, on_file_entry, f);
    vec_push(&t->files, f);
    t->face->news = true;
    return true;
}

static void free_file(struct file *f)
{
    connect_follow_free(f->follow);
    free(f->origin);
    free(f);
}

/* A file by its age. */
struct aged {
    char *path;
    struct timespec time;
    struct file *file; /* NULL: not yet one of ours */
};

static int by_time(const void *va, const void *vb)
{
    const struct timespec *a = &((const struct aged *)va)->time, *b = &((const struct aged *)vb)->time;
    if (a->tv_sec != b->tv_sec)
        return a->tv_sec < b->tv_sec ? -1 : 1;
    return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

/* A path as a pattern that matches it alone. */
static void quote(struct str *out, const char *path, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr("*?[]\\", path[i]))
            str_char(out, '\\');
        str_char(out, path[i]);
    }
}

/* "connect.log" has become connect.log.1, connect.log.2.gz, connect.log-20261120.gz, connect-2026-11-20.log.gz. */
static void find_archives(struct connect_tail_files_internal *t, const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    VEC(struct aged) found = {0};
    struct str pattern = {0};
    glob_t g;
    quote(&pattern, path, dot ? (size_t)(dot - path) : strlen(path));
    str_add(&pattern, "*");
    const size_t matches = glob(pattern.s, GLOB_NOSORT, NULL, &g) == 0 ? g.gl_pathc : 0;
    for (size_t i = 0; i < matches; i++) {
        struct stat st;
        char *log = connect_follow_log(g.gl_pathv[i]);
        if (strcmp(log, path) == 0 && !find_file(t, g.gl_pathv[i]) && stat(g.gl_pathv[i], &st) == 0 &&
            S_ISREG(st.st_mode))
            vec_push(&found, ((struct aged){mem_strdup(g.gl_pathv[i]), st.st_mtim, NULL}));
        free(log);
    }
    if (matches)
        globfree(&g);
    str_done(&pattern);
    if (found.n)
        qsort(found.items, found.n, sizeof *found.items, by_time);
    for (size_t i = 0; i < found.n; i++) {
        add_file(t, found.items[i].path, path, true);
        free(found.items[i].path);
    }
    vec_done(&found);
}

static void set_pattern_error(struct connect_tail_files_internal *t, struct pattern *p, char *error)
{
    if ((error == NULL) != (p->error == NULL) || (error && strcmp(error, p->error) != 0))
        t->face->news = true;
    free(p->error);
    p->error = error;
}

static bool is_packed(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".gz") == 0;
}

static void expand(struct connect_tail_files_internal *t, struct pattern *p)
{
    if (!p->glob) {
        add_file(t, p->text, NULL, false);
        return;
    }
    glob_t g;
    int rc = glob(p->text, 0, NULL, &g);
    size_t refused = 0;
    if (rc == 0) {
        for (size_t i = 0; i < g.gl_pathc; i++) {
            if (is_packed(g.gl_pathv[i]) && !t->archives && !is_packed(p->text))
                continue;
            refused += !add_file(t, g.gl_pathv[i], NULL, true);
            p->matched = true;
        }
        globfree(&g);
    }
    set_pattern_error(t, p,
                      refused
                          ? mem_printf("%s: %zu files more than the limit of %d", p->text, refused, CONNECT_TAIL_FILES)
                      : p->matched ? NULL
                                   : mem_printf("%s: matches no file", p->text));
}

/* Files that globs found and that were removed are let go. */
static void drop_gone(struct connect_tail_files_internal *t, int64_t now)
{
    size_t n = 0;
    for (size_t i = 0; i < t->files.n; i++) {
        struct file *f = t->files.items[i];
        const bool done = f->found && (f->follow->finished || connect_follow_gone(f->follow) || f->follow->fd < 0);
        struct stat st;
        if (done && !f->follow->archive && now - f->follow->read_us > GONE_MS * INT64_C(1000) &&
            stat(f->follow->path, &st)) {
            free_file(f);
            t->face->news = true;
        } else {
            t->files.items[n++] = f;
        }
    }
    t->files.n = n;
}

/* Of what a glob has found pieces of one log come in their order, and as one origin. */
static void order_files(struct connect_tail_files_internal *t)
{
    VEC(struct aged) byage = {0};
    for (size_t i = 0; i < t->files.n; i++) {
        struct stat st = {0};
        struct file *f = t->files.items[i];
        char *log = connect_follow_log(f->follow->path);
        const bool other = strcmp(log, f->follow->path) != 0 && find_file(t, log);
        stat(f->follow->path, &st);
        vec_push(&byage, ((struct aged){f->follow->path, st.st_mtim, f}));
        if (other) {
            free(f->origin);
            f->origin = log;
        } else {
            free(log);
        }
    }
    if (byage.n)
        qsort(byage.items, byage.n, sizeof *byage.items, by_time);
    for (size_t i = 0; i < byage.n; i++)
        t->files.items[i] = byage.items[i].file;
    vec_done(&byage);
}

/* Archives come first, but are found by the names of those that do not. */
static void put_archives_first(struct connect_tail_files_internal *t)
{
    VEC(struct file *) main = {0};
    for (size_t i = 0; i < t->files.n; i++)
        vec_push(&main, t->files.items[i]);
    for (size_t i = 0; i < main.n; i++)
        find_archives(t, main.items[i]->follow->path);
    const size_t archives = t->files.n - main.n;
    if (main.n) {
        memmove(t->files.items, t->files.items + main.n, archives * sizeof *t->files.items);
        memcpy(t->files.items + archives, main.items, main.n * sizeof *main.items);
    }
    vec_done(&main);
}

static void look_for_files(struct connect_tail_files_internal *t, int64_t now)
{
    if (t->begun)
        drop_gone(t, now);
    for (size_t i = 0; i < t->patterns.n; i++)
        expand(t, &t->patterns.items[i]);
    if (!t->begun)
        order_files(t);
    if (!t->begun && t->archives)
        put_archives_first(t);
    t->begun = true;
    t->globbed_us = now;
}

void connect_tail_files_read(struct connect_tail_files *all, int64_t now_us)
{
    struct connect_tail_files_internal *t = all->internal;
    size_t left = TURN;
    if (!t->begun || now_us - t->globbed_us >= GLOB_MS * INT64_C(1000))
        look_for_files(t, now_us);
    all->more = false;
    for (size_t i = 0; i < t->files.n && !all->more; i++) {
        struct connect_follow *f = t->files.items[i]->follow;
        const bool had_error = f->error != NULL, was_up = f->caught_up;
        size_t n;
        while (left && (n = connect_follow_read(f, left, now_us))) {
            left -= n < left ? n : left;
            all->came_us = now_us;
        }
        all->more = !left;
        if (connect_entries_open(&f->entries) && now_us - f->read_us >= PAUSE_MS * INT64_C(1000))
            connect_entries_pause(&f->entries);
        all->news |= had_error != (f->error != NULL) || was_up != f->caught_up;
    }
}

bool connect_tail_files_origin(const struct connect_tail_files *all, size_t i, struct connect_tail_origin *ret)
{
    const struct connect_tail_files_internal *t = all->internal;
    if (i < t->files.n) {
        const struct connect_follow *f = t->files.items[i]->follow;
        *ret = (struct connect_tail_origin){
            .name = f->path,
            .caught_up = f->caught_up || f->error,
            .error = f->error,
            .counts = f->entries.counts,
            .bytes = f->bytes,
            .truncations = f->truncations,
            .rotations = f->rotations,
        };
        return true;
    }
    i -= t->files.n;
    for (size_t k = 0; k < t->patterns.n; k++) {
        const struct pattern *p = &t->patterns.items[k];
        if (p->error && !i--) {
            *ret = (struct connect_tail_origin){.name = p->text, .caught_up = true, .error = p->error};
            return true;
        }
    }
    return false;
}

struct connect_tail_files *connect_tail_files_new(const struct connect_tail_settings *settings,
                                                  bool (*wanted)(const char *entry, size_t len, int64_t *time_ms))
{
    struct connect_tail_files *all = mem_new(struct connect_tail_files);
    struct connect_tail_files_internal *t = mem_new(struct connect_tail_files_internal);
    all->internal = t;
    all->came_us = INT64_MIN / 2;
    t->face = all;
    t->wanted = wanted;
    t->archives = settings->archives;
    t->back = settings->back_bytes ? settings->back_bytes : CONNECT_TAIL_BACK;
    for (size_t i = 0; settings->paths && settings->paths[i]; i++)
        vec_push(&t->patterns, ((struct pattern){.text = mem_strdup(settings->paths[i]),
                                                 .glob = strpbrk(settings->paths[i], "*?[") != NULL}));
    return all;
}

void connect_tail_files_free(struct connect_tail_files *all)
{
    if (!all)
        return;
    struct connect_tail_files_internal *t = all->internal;
    for (size_t i = 0; i < all->items.n; i++)
        free(all->items.items[i].entry);
    vec_done(&all->items);
    for (size_t i = 0; i < t->files.n; i++)
        free_file(t->files.items[i]);
    vec_done(&t->files);
    connect_follow_files_done(&t->seen);
    for (size_t i = 0; i < t->patterns.n; i++) {
        free(t->patterns.items[i].text);
        free(t->patterns.items[i].error);
    }
    vec_done(&t->patterns);
    free(t);
    free(all);
}
