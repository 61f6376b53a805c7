/* A process read on the loop, and back-off. */
#include "connect/command.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/vec.h"
#include "connect/redact.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PIECE = 32 * 1024,
    PIECES = 4, /* of one turn of the loop */
    PAUSE_MS = 500,
    FIRST_MS = 1000, /* from its end to the next start; doubles */
    LONGEST_MS = 60000,
    STABLE_MS = 30000, /* having run so long it begins anew with FIRST_MS */
    SILENT_MS = 3000,  /* having said nothing so long it has nothing to say for now */
    ASK_MS = 50,       /* has it ended? after its output did */
    END_MS = 1000,     /* from the end of its output to SIGTERM */
    TERM_MS = 1000,    /* from SIGTERM to SIGKILL while running on; */
    FREE_MS = 300,     /* and while freeing */
    STEP_MS = 5,
};

struct connect_command {
    struct event_base *base;
    const struct clock *clock;
    VEC(char *) argv;
    char *name, *error;
    struct connect_command_ops ops;
    void *arg;
    struct connect_entries entries;
    bool caught_up, said_something;
    int64_t bytes, restarts;

    pid_t pid; /* 0: it does not run */
    int out, complaints;
    struct event *on_out, *on_complaints, *timer, *pause;
    int64_t started_us, asked_us;
    int delay_ms;
    struct process_words words;
};

static void start(struct connect_command *c);

/* ---- its end ---- */

static void close_pipe(int *fd, struct event **e)
{
    if (*e)
        event_free(*e);
    if (*fd >= 0)
        close(*fd);
    *e = NULL;
    *fd = -1;
}

/* Having written something and ended well is no fault: `kubectl logs` without -f does. */
static void set_error(struct connect_command *c, int status)
{
    struct str s = {0};
    if (status == 0 && c->said_something) {
        free(c->error);
        c->error = NULL;
        return;
    }
    str_printf(&s, "command \"%s\" ", c->name);
    process_how(status, &s);
    process_words_last(&c->words, &s);
    free(c->error);
    c->error = str_take(&s);
}

static void start_later(struct connect_command *c)
{
    const int64_t ran_ms = (clock_mono_us(c->clock) - c->started_us) / 1000;
    c->delay_ms = c->delay_ms && ran_ms < STABLE_MS ? c->delay_ms * 2 : FIRST_MS;
    c->delay_ms = c->delay_ms < LONGEST_MS ? c->delay_ms : LONGEST_MS;
    loop_after(c->timer, c->delay_ms);
}

static void ask(struct connect_command *c)
{
    int status;
    if (!process_ended(c->pid, &status, NULL)) {
        const int64_t asked_ms = (clock_mono_us(c->clock) - c->asked_us) / 1000;
        if (asked_ms > END_MS)
            kill(-c->pid, asked_ms > END_MS + TERM_MS ? SIGKILL : SIGTERM);
        loop_after(c->timer, ASK_MS);
        return;
    }
    close_pipe(&c->complaints, &c->on_complaints);
    set_error(c, status);
    c->pid = 0;
    start_later(c);
    c->ops.news(c->arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_command *c = arg;
    if (c->pid)
        ask(c);
    else
        start(c);
}

/* Nothing more comes of it: it may end by itself, and what of it is left is ended after a while. */
static void output_ended(struct connect_command *c)
{
    close_pipe(&c->out, &c->on_out);
    event_del(c->pause);
    connect_entries_end(&c->entries, true);
    c->caught_up = true;
    c->asked_us = clock_mono_us(c->clock);
    loop_after(c->timer, 0);
    c->ops.news(c->arg);
}

/* ---- its output ---- */

static void on_pause(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connect_command *c = arg;
    connect_entries_pause(&c->entries);
    const bool silent = clock_mono_us(c->clock) - c->started_us >= SILENT_MS * INT64_C(1000);
    if (silent) {
        free(c->error); /* it runs, though it says nothing */
        c->error = NULL;
    } else {
        loop_after(c->pause, PAUSE_MS);
    }
    c->caught_up |= silent || c->said_something;
    c->ops.news(c->arg);
}

static void on_out(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct connect_command *c = arg;
    char piece[PIECE];
    bool ended = false, some = false;
    for (int i = 0; i < PIECES; i++) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0)
            ended = errno != EAGAIN && errno != EINTR;
        else
            ended = n == 0;
        if (n <= 0)
            break;
        some = c->said_something = true;
        c->bytes += n;
        connect_entries_feed(&c->entries, piece, (size_t)n);
    }
    if (some) {
        free(c->error);
        c->error = NULL;
        loop_after(c->pause, PAUSE_MS);
        c->ops.news(c->arg);
    }
    if (ended)
        output_ended(c);
}

/* Keeps the end of what it says. */
static void on_complaints(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct connect_command *c = arg;
    char piece[4096];
    ssize_t n = read(fd, piece, sizeof piece);
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            close_pipe(&c->complaints, &c->on_complaints);
        return;
    }
    process_words_add(&c->words, piece, (size_t)n);
}

/* ---- its beginning ---- */

static void start(struct connect_command *c)
{
    struct process_pipes pipes;
    struct error err;
    int rc = process_start(&(struct process_options){.argv = c->argv.items}, &c->pid, &pipes, &err);
    c->restarts += c->started_us != 0;
    c->started_us = clock_mono_us(c->clock);
    c->words.n = 0;
    c->said_something = false;
    if (rc) {
        c->pid = 0;
        c->caught_up = true;
        free(c->error);
        c->error = mem_printf("command \"%s\": %s", c->name, err.text);
        start_later(c);
        c->ops.news(c->arg);
        return;
    }
    c->out = pipes.out;
    c->complaints = pipes.complaints;
    c->on_out = event_new(c->base, c->out, EV_READ | EV_PERSIST, on_out, c);
    c->on_complaints = event_new(c->base, c->complaints, EV_READ | EV_PERSIST, on_complaints, c);
    event_add(c->on_out, NULL);
    event_add(c->on_complaints, NULL);
    loop_after(c->pause, PAUSE_MS);
}

struct connect_command *connect_command_new(struct event_base *base, const struct clock *clock, const char *const *argv,
                                            const struct connect_command_ops *ops, void *arg)
{
    struct connect_command *c = mem_new(struct connect_command);
    struct str name = {0};
    c->base = base;
    c->clock = clock;
    c->ops = *ops;
    c->arg = arg;
    c->out = c->complaints = -1;
    for (size_t i = 0; argv[i]; i++) {
        vec_push(&c->argv, mem_strdup(argv[i]));
        str_printf(&name, "%s%s", i ? " " : "", argv[i]);
    }
    vec_push(&c->argv, NULL);
    struct str shown = {0};
    connect_redact_text(&shown, str_text(&name));
    c->name = str_take(&shown);
    str_done(&name);
    connect_entries_init(&c->entries, ops->entry, arg);
    c->timer = evtimer_new(base, on_timer, c);
    c->pause = evtimer_new(base, on_pause, c);
    loop_after(c->timer, 0);
    return c;
}

struct connect_command_state connect_command_state(const struct connect_command *c)
{
    return (struct connect_command_state){
        .name = c->name,
        .error = c->error,
        .caught_up = c->caught_up,
        .counts = c->entries.counts,
        .bytes = c->bytes,
        .restarts = c->restarts,
    };
}

static void free_one(struct connect_command *c)
{
    close_pipe(&c->out, &c->on_out);
    close_pipe(&c->complaints, &c->on_complaints);
    event_free(c->timer);
    event_free(c->pause);
    connect_entries_done(&c->entries);
    for (size_t i = 0; i < c->argv.n; i++)
        free(c->argv.items[i]);
    vec_done(&c->argv);
    free(c->name);
    free(c->error);
    free(c);
}

/* True once none runs any more. */
static bool all_ended(struct connect_command *const *commands, size_t n)
{
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        int status;
        if (commands[i] && commands[i]->pid && process_ended(commands[i]->pid, &status, NULL))
            commands[i]->pid = 0;
        all &= !commands[i] || !commands[i]->pid;
    }
    return all;
}

void connect_command_free(struct connect_command *const *commands, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (commands[i] && commands[i]->pid)
            kill(-commands[i]->pid, SIGTERM);
    for (int waited = 0; !all_ended(commands, n) && waited < FREE_MS; waited += STEP_MS)
        poll(NULL, 0, STEP_MS);
    for (size_t i = 0; i < n; i++) {
        struct connect_command *c = commands[i];
        if (!c)
            continue;
        if (c->pid) {
            process_kill(c->pid);
        }
        free_one(c);
    }
}
