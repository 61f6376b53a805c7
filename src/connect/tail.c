/* One thread reads all files, a piece at a time: what belongs to it is its own from a job's submission to its end, and the loop's
 * in between. */
#include "connect/tail.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/workers.h"
#include "connect/command.h"
#include "connect/follow.h"

#include <event2/event.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    TURN = 256 * 1024, /* bytes of all files in one job */
    PAUSE_MS = 500,    /* after which an entry is whole */
    BUSY_MS = 250,     /* between two looks while lines come */
    IDLE_MS = 500,
    BUSY_FOR_MS = 5000,
    GLOB_MS = 5000,
    GONE_MS = 60000, /* a file found by a glob is let go so long after its removal */
    FREE_MS = 2000,
};

struct item {
    char *entry;
    size_t len;
    int64_t line;
    const char *origin, *file;
};

/* A file with who reads it. */
struct file {
    struct connect_tail *tail;
    struct connect_follow *follow;
    char *origin; /* the file whose archive it is, or its own path */
    bool found;   /* by a glob */
};

struct pattern {
    char *text;
    bool glob, matched;
    char *error;
};

/* A command with the time up to which it is known. */
struct command {
    struct connect_tail *tail;
    struct connect_command *command;
    VEC(struct item) items;
    int64_t last_ms, skip_ms, restarts;
    struct connect_tail_origin origin;
};

struct connect_tail {
    struct event_base *base;
    const struct clock *clock;
    struct connect_tail_ops ops;
    void *arg;
    VEC(struct command *) commands;
    struct event *timer;                     /* NULL: it ends */
    VEC(struct connect_tail_origin) origins; /* of files, as they last were; texts are owned */

    struct workers *workers;
    bool busy; /* a job is on its way: what follows is the thread's */
    VEC(struct pattern) patterns;
    VEC(struct file *) files; /* archives first */
    struct connect_follow_files seen;
    VEC(struct item) items;
    bool archives, begun, more, news;
    int64_t back, globbed_us, came_us;
};

static int64_t now_us(const struct connect_tail *t)
{
    return clock_mono_us(t->clock);
}

/* ---- on the thread ---- */

static void on_file_entry(void *arg, const char *entry, size_t len, int64_t line)
{
    struct file *f = arg;
    int64_t time_ms;
    if (f->tail->ops.wanted(entry, len, &time_ms))
        vec_push(&f->tail->items, ((struct item){mem_memdup(entry, len), len, line, f->origin, f->follow->path}));
}

static struct file *find_file(const struct connect_tail *t, const char *path)
{
    for (size_t i = 0; i < t->files.n; i++)
        if (strcmp(t->files.items[i]->follow->path, path) == 0)
            return t->files.items[i];
    return NULL;
}

/* False if there is no room for another. */
static bool add_file(struct connect_tail *t, const char *path, const char *origin, bool found)
{
    if (find_file(t, path))
        return true;
    if (t->files.n == CONNECT_TAIL_FILES)
        return false;
    struct file *f = mem_new(struct file);
    f->tail = t;
    f->origin = mem_strdup(origin ? origin : path);
    f->found = found;
    f->follow = connect_follow_new(path, origin != NULL, origin || t->begun ? -1 : t->back, &t->seen, on_file_entry, f);
    vec_push(&t->files, f);
    t->news = true;
    return true;
}

static void free_file(struct file *f)
{
    connect_follow_free(f->follow);
    free(f->origin);
    free(f);
}

/* A file by its age. */
struct archive {
    char *path;
    struct timespec time;
    struct file *file; /* NULL: not yet one of ours */
};

static int by_time(const void *va, const void *vb)
{
    const struct timespec *a = &((const struct archive *)va)->time, *b = &((const struct archive *)vb)->time;
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
static void find_archives(struct connect_tail *t, const char *path)
{
    static const char *const behind[] = {".[0-9]*", "*.gz"};
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    VEC(struct archive) found = {0};
    for (size_t i = 0; i < 3; i++) {
        struct str pattern = {0};
        glob_t g;
        if (i < 2) {
            quote(&pattern, path, strlen(path));
            str_add(&pattern, behind[i]);
        } else if (dot && (!slash || dot > slash + 1)) {
            quote(&pattern, path, (size_t)(dot - path));
            str_add(&pattern, "[-.]*");
            quote(&pattern, dot, strlen(dot));
            str_add(&pattern, ".gz");
        }
        if (pattern.len && glob(pattern.s, GLOB_NOSORT, NULL, &g) == 0) {
            for (size_t n = 0; n < g.gl_pathc; n++) {
                struct stat st;
                bool twice = find_file(t, g.gl_pathv[n]) || stat(g.gl_pathv[n], &st) || !S_ISREG(st.st_mode);
                for (size_t k = 0; !twice && k < found.n; k++)
                    twice = strcmp(found.items[k].path, g.gl_pathv[n]) == 0;
                if (!twice)
                    vec_push(&found, ((struct archive){mem_strdup(g.gl_pathv[n]), st.st_mtim, NULL}));
            }
            globfree(&g);
        }
        str_done(&pattern);
    }
    if (found.n)
        qsort(found.items, found.n, sizeof *found.items, by_time);
    for (size_t i = 0; i < found.n; i++) {
        add_file(t, found.items[i].path, path, true);
        free(found.items[i].path);
    }
    vec_done(&found);
}

static void set_pattern_error(struct connect_tail *t, struct pattern *p, char *error)
{
    if ((error == NULL) != (p->error == NULL) || (error && strcmp(error, p->error) != 0))
        t->news = true;
    free(p->error);
    p->error = error;
}

static bool is_packed(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".gz") == 0;
}

static void expand(struct connect_tail *t, struct pattern *p)
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
static void drop_gone(struct connect_tail *t, int64_t now)
{
    size_t n = 0;
    for (size_t i = 0; i < t->files.n; i++) {
        struct file *f = t->files.items[i];
        const bool done = f->found && (f->follow->finished || connect_follow_gone(f->follow) || f->follow->fd < 0);
        struct stat st;
        if (done && !f->follow->archive && now - f->follow->read_us > GONE_MS * INT64_C(1000) &&
            stat(f->follow->path, &st)) {
            free_file(f);
            t->news = true;
        } else {
            t->files.items[n++] = f;
        }
    }
    t->files.n = n;
}

/* Of what a glob has found pieces of one log come in their order, and as one origin. */
static void order_files(struct connect_tail *t)
{
    VEC(struct archive) byage = {0};
    for (size_t i = 0; i < t->files.n; i++) {
        struct stat st = {0};
        struct file *f = t->files.items[i];
        char *log = connect_follow_log(f->follow->path);
        const bool other = strcmp(log, f->follow->path) != 0 && find_file(t, log);
        stat(f->follow->path, &st);
        vec_push(&byage, ((struct archive){f->follow->path, st.st_mtim, f}));
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
static void put_archives_first(struct connect_tail *t)
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

static void look_for_files(struct connect_tail *t, int64_t now)
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

static void read_files(void *arg)
{
    struct connect_tail *t = arg;
    const int64_t now = now_us(t);
    size_t left = TURN;
    if (!t->begun || now - t->globbed_us >= GLOB_MS * INT64_C(1000))
        look_for_files(t, now);
    t->more = false;
    for (size_t i = 0; i < t->files.n && !t->more && !workers_stopping(t->workers); i++) {
        struct connect_follow *f = t->files.items[i]->follow;
        const bool had_error = f->error != NULL, was_up = f->caught_up;
        size_t n;
        while (left && (n = connect_follow_read(f, left, now))) {
            left -= n < left ? n : left;
            t->came_us = now;
        }
        t->more = !left;
        if (connect_entries_open(&f->entries) && now - f->read_us >= PAUSE_MS * INT64_C(1000))
            connect_entries_pause(&f->entries);
        t->news |= had_error != (f->error != NULL) || was_up != f->caught_up;
    }
}

/* ---- on the loop ---- */

static void clear_origins(struct connect_tail *t)
{
    for (size_t i = 0; i < t->origins.n; i++) {
        free((char *)(uintptr_t)t->origins.items[i].name);
        free((char *)(uintptr_t)t->origins.items[i].error);
    }
    t->origins.n = 0;
}

static char *copy(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

/* Copies what is known of files: soon they are the thread's again. */
static void publish(struct connect_tail *t)
{
    clear_origins(t);
    for (size_t i = 0; i < t->files.n; i++) {
        const struct connect_follow *f = t->files.items[i]->follow;
        vec_push(&t->origins, ((struct connect_tail_origin){
                                  .name = mem_strdup(f->path),
                                  .caught_up = f->caught_up || f->error,
                                  .error = copy(f->error),
                                  .counts = f->entries.counts,
                                  .bytes = f->bytes,
                                  .truncations = f->truncations,
                                  .rotations = f->rotations,
                              }));
    }
    for (size_t i = 0; i < t->patterns.n; i++) {
        const struct pattern *p = &t->patterns.items[i];
        if (p->error)
            vec_push(&t->origins, ((struct connect_tail_origin){
                                      .name = mem_strdup(p->text), .caught_up = true, .error = copy(p->error)}));
    }
}

/* Hands over what was gathered, and forgets it. */
static void hand_over(struct connect_tail *t, struct item *items, size_t n)
{
    if (!n)
        return;
    struct connect_tail_entry *entries = mem_calloc(n, sizeof *entries);
    for (size_t i = 0; i < n; i++)
        entries[i] = (struct connect_tail_entry){.entry = items[i].entry,
                                                 .len = items[i].len,
                                                 .line = items[i].line,
                                                 .origin = items[i].origin,
                                                 .file = items[i].file};
    t->ops.entries(t->arg, entries, n);
    free(entries);
    for (size_t i = 0; i < n; i++)
        free(items[i].entry);
}

static void files_read(void *arg)
{
    struct connect_tail *t = arg;
    t->busy = false;
    publish(t);
    const bool some = t->items.n > 0, news = t->news;
    hand_over(t, t->items.items, t->items.n);
    t->items.n = 0;
    t->news = false;
    if (some || news)
        t->ops.changed(t->arg);
    const int ms = t->more ? 0 : now_us(t) - t->came_us < BUSY_FOR_MS * INT64_C(1000) ? BUSY_MS : IDLE_MS;
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    if (t->timer)
        event_add(t->timer, &tv);
}

static void submit(struct connect_tail *t)
{
    t->busy = true;
    workers_submit(t->workers, read_files, files_read, t);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    submit(arg);
}

/* ---- commands ---- */

/* What a command repeats when it is run again is known already: all up to the last time that was seen. */
static bool repeats(struct command *c, int64_t time_ms)
{
    const int64_t restarts = connect_command_state(c->command).restarts;
    if (restarts != c->restarts) {
        c->restarts = restarts;
        c->skip_ms = c->last_ms;
    }
    if (time_ms == INT64_MIN)
        return false;
    if (time_ms <= c->skip_ms)
        return true;
    c->skip_ms = INT64_MIN;
    if (time_ms > c->last_ms)
        c->last_ms = time_ms;
    return false;
}

static void on_command_entry(void *arg, const char *entry, size_t len, int64_t line)
{
    struct command *c = arg;
    int64_t time_ms;
    if (!c->tail->ops.wanted(entry, len, &time_ms) || repeats(c, time_ms))
        return;
    const char *name = connect_command_state(c->command).name;
    vec_push(&c->items, ((struct item){mem_memdup(entry, len), len, line, name, name}));
}

static void on_command_news(void *arg)
{
    struct command *c = arg;
    hand_over(c->tail, c->items.items, c->items.n);
    c->items.n = 0;
    c->tail->ops.changed(c->tail->arg);
}

static void add_command(struct connect_tail *t, const char *const *argv)
{
    static const struct connect_command_ops ops = {.entry = on_command_entry, .news = on_command_news};
    struct command *c = mem_new(struct command);
    c->tail = t;
    c->last_ms = c->skip_ms = INT64_MIN;
    c->command = connect_command_new(t->base, t->clock, argv, &ops, c);
    vec_push(&t->commands, c);
}

/* ---- all of it ---- */

static void ignore_entries(void *arg, const struct connect_tail_entry *items, size_t n)
{
    (void)arg, (void)items, (void)n;
}

static void ignore(void *arg)
{
    (void)arg;
}

struct connect_tail *connect_tail_new(struct event_base *base, const struct clock *clock,
                                      const struct connect_tail_settings *settings, const struct connect_tail_ops *ops,
                                      void *arg)
{
    struct connect_tail *t = mem_new(struct connect_tail);
    t->base = base;
    t->clock = clock;
    t->ops = *ops;
    t->arg = arg;
    t->archives = settings->archives;
    t->back = settings->back_bytes ? settings->back_bytes : CONNECT_TAIL_BACK;
    t->came_us = INT64_MIN / 2;
    for (size_t i = 0; settings->paths && settings->paths[i]; i++)
        vec_push(&t->patterns, ((struct pattern){.text = mem_strdup(settings->paths[i]),
                                                 .glob = strpbrk(settings->paths[i], "*?[") != NULL}));
    for (size_t i = 0; settings->commands && settings->commands[i] && i < CONNECT_TAIL_COMMANDS; i++)
        add_command(t, settings->commands[i]);
    t->timer = evtimer_new(base, on_timer, t);
    if (t->patterns.n) {
        t->workers = workers_new(base, "logs", 1);
        submit(t);
    }
    return t;
}

void connect_tail_free(struct connect_tail *t)
{
    if (!t)
        return;
    VEC(struct connect_command *) commands = {0};
    for (size_t i = 0; i < t->commands.n; i++)
        vec_push(&commands, t->commands.items[i]->command);
    connect_command_free(commands.items, commands.n);
    vec_done(&commands);
    t->ops.entries = ignore_entries; /* wanted stays: the thread may be at it */
    t->ops.changed = ignore;
    event_free(t->timer);
    t->timer = NULL;
    if (t->workers && !workers_free(t->workers, FREE_MS))
        return; /* a file system hangs: the thread keeps what it holds */
    for (size_t i = 0; i < t->commands.n; i++) {
        for (size_t k = 0; k < t->commands.items[i]->items.n; k++)
            free(t->commands.items[i]->items.items[k].entry);
        vec_done(&t->commands.items[i]->items);
        free(t->commands.items[i]);
    }
    vec_done(&t->commands);
    for (size_t i = 0; i < t->items.n; i++)
        free(t->items.items[i].entry);
    vec_done(&t->items);
    for (size_t i = 0; i < t->files.n; i++)
        free_file(t->files.items[i]);
    vec_done(&t->files);
    connect_follow_files_done(&t->seen);
    for (size_t i = 0; i < t->patterns.n; i++) {
        free(t->patterns.items[i].text);
        free(t->patterns.items[i].error);
    }
    vec_done(&t->patterns);
    clear_origins(t);
    vec_done(&t->origins);
    free(t);
}

const struct connect_tail_origin *connect_tail_origin_at(const struct connect_tail *t, size_t i)
{
    if (i < t->origins.n)
        return &t->origins.items[i];
    if (i - t->origins.n >= t->commands.n)
        return NULL;
    struct command *c = t->commands.items[i - t->origins.n];
    const struct connect_command_state s = connect_command_state(c->command);
    c->origin = (struct connect_tail_origin){.name = s.name,
                                             .command = true,
                                             .caught_up = s.caught_up,
                                             .error = s.error,
                                             .counts = s.counts,
                                             .bytes = s.bytes,
                                             .restarts = s.restarts};
    return &c->origin;
}

bool connect_tail_caught_up(const struct connect_tail *t)
{
    const struct connect_tail_origin *o;
    for (size_t i = 0; (o = connect_tail_origin_at(t, i)); i++)
        if (!o->caught_up)
            return false;
    return !t->patterns.n || t->origins.n;
}
