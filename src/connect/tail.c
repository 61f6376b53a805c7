/* One thread reads all files, a piece at a time: they are its own from a job's submission to its end, and the
 * loop's in between. Commands are the loop's. */
#include "connect/tail.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/workers.h"
#include "connect/command.h"
#include "connect/tail_files.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUSY_MS = 250, /* between two looks while lines come */
    IDLE_MS = 500,
    BUSY_FOR_MS = 5000,
    FREE_MS = 2000,
};

/* A command with the time up to which it is known. */
struct command {
    struct connect_tail *tail;
    struct connect_command *command;
    VEC(struct connect_tail_item) items;
    int64_t last_ms, skip_ms, restarts;
    struct connect_tail_origin origin;
};

struct connect_tail {
    struct event_base *base;
    const struct clock *clock;
    struct connect_tail_ops ops;
    void *arg;
    VEC(struct command *) commands;
    struct workers *workers;                 /* NULL: there are no files */
    struct event *timer;                     /* NULL: it ends */
    VEC(struct connect_tail_origin) origins; /* of files, as they last were; texts are owned */
    struct connect_tail_files *files;        /* the thread's while a job is on its way */
};

static int64_t now_us(const struct connect_tail *t)
{
    return clock_mono_us(t->clock);
}

static void read_files(void *arg)
{
    struct connect_tail *t = arg;
    connect_tail_files_read(t->files, now_us(t));
}

static void clear_origins(struct connect_tail *t)
{
    for (size_t i = 0; i < t->origins.n; i++) {
        free((char *)(uintptr_t)t->origins.items[i].name);
        free((char *)(uintptr_t)t->origins.items[i].error);
    }
    t->origins.n = 0;
}

/* Copies what is known of files: soon they are the thread's again. */
static void publish(struct connect_tail *t)
{
    struct connect_tail_origin o;
    clear_origins(t);
    for (size_t i = 0; connect_tail_files_origin(t->files, i, &o); i++) {
        o.name = mem_strdup(o.name);
        o.error = o.error ? mem_strdup(o.error) : NULL;
        vec_push(&t->origins, o);
    }
}

/* Hands over what was gathered, and forgets it. */
static void hand_over(struct connect_tail *t, struct connect_tail_item *items, size_t n)
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
    struct connect_tail_files *f = t->files;
    publish(t);
    const bool news = f->items.n > 0 || f->news;
    hand_over(t, f->items.items, f->items.n);
    f->items.n = 0;
    f->news = false;
    if (news)
        t->ops.changed(t->arg);
    const int ms = f->more ? 0 : now_us(t) - f->came_us < BUSY_FOR_MS * INT64_C(1000) ? BUSY_MS : IDLE_MS;
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    if (t->timer)
        event_add(t->timer, &tv);
}

static void submit(struct connect_tail *t)
{
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
    vec_push(&c->items, ((struct connect_tail_item){mem_memdup(entry, len), len, line, name, name}));
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
    for (size_t i = 0; settings->commands && settings->commands[i] && i < CONNECT_TAIL_COMMANDS; i++)
        add_command(t, settings->commands[i]);
    t->timer = evtimer_new(base, on_timer, t);
    if (settings->paths && *settings->paths) {
        t->files = connect_tail_files_new(settings, ops->wanted);
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
    if (t->workers && !workers_free(t->workers, FREE_MS)) {
        mem_abandon(t); /* a file system hangs: the thread keeps what it holds */
        return;
    }
    for (size_t i = 0; i < t->commands.n; i++) {
        for (size_t k = 0; k < t->commands.items[i]->items.n; k++)
            free(t->commands.items[i]->items.items[k].entry);
        vec_done(&t->commands.items[i]->items);
        free(t->commands.items[i]);
    }
    vec_done(&t->commands);
    connect_tail_files_free(t->files);
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
    return !t->files || t->origins.n;
}
