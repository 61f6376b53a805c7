/* A process between three pipes, and its end. */
#include "plugin/run.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/vec.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ASK_MS = 20,        /* has it ended? where nothing tells */
    LEFT = 1024 * 1024, /* bytes that may be left in its pipes when it has ended */
    LINE = 400,         /* of its standard error */
    FREE_MS = 500,      /* what still runs gets so long when icetop ends */
    STEP_MS = 5,
};

struct plugin_runs {
    struct event_base *base;
    VEC(struct plugin_run *) all;
};

enum ending { RUNS, FINISHING, TERMINATING };

struct plugin_run {
    struct plugin_runs *runs;
    struct plugin_run_ops ops;
    void *arg; /* NULL ops: its owner has gone */
    bool orphan;

    pid_t pid; /* 0: it does not run */
    int in, out, complaints, watch;
    struct event *on_in, *on_out, *on_complaints, *on_watch;
    struct event *ask, *end, *go_on; /* timers: has it ended? end it; read again */
    enum ending ending;
    struct str unsent;
    struct process_words words;
    char line[LINE]; /* the begun line of its standard error */
    size_t nline;
    int64_t second_us, busy_us; /* when the second began, and what was spent in it */
    size_t said;                /* bytes of its standard error in it */
    bool closes;                /* its input, when all is written */
    bool waits_out, waits_complaints;
    int64_t cpu_us;
};

static void close_end(int *fd, struct event **e)
{
    if (*e)
        event_free(*e);
    if (*fd >= 0)
        close(*fd);
    *e = NULL;
    *fd = -1;
}

/* ---- reading ---- */

static void new_second(struct plugin_run *r)
{
    const int64_t now = clock_mono_us(&clock_system);
    if (now - r->second_us < 1000000)
        return;
    r->second_us = now;
    r->busy_us = 0;
    r->said = 0;
}

/* Whoever floods is read a part of the time: it waits meanwhile, and icetop does not. */
static void rest(struct plugin_run *r, struct event *reader, bool *waits)
{
    const int64_t left_ms = (1000000 - (clock_mono_us(&clock_system) - r->second_us)) / 1000;
    event_del(reader);
    *waits = true;
    loop_after(r->go_on, left_ms > 0 ? (int)left_ms + 1 : 1);
}

static void on_go_on(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct plugin_run *r = arg;
    if (r->waits_out && r->on_out)
        event_add(r->on_out, NULL);
    if (r->waits_complaints && r->on_complaints)
        event_add(r->on_complaints, NULL);
    r->waits_out = r->waits_complaints = false;
}

/* The next piece, or false where there is none now, or never. */
static bool read_out(struct plugin_run *r)
{
    char piece[PLUGIN_RUN_TURN];
    const ssize_t n = read(r->out, piece, sizeof piece);
    if (n > 0) {
        r->ops.output(r->arg, piece, (size_t)n);
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_end(&r->out, &r->on_out);
    return false;
}

static void on_out(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct plugin_run *r = arg;
    new_second(r);
    const int64_t began = clock_mono_us(&clock_system);
    if (!read_out(r) && r->out < 0 && r->watch < 0)
        loop_after(r->ask, 0);
    r->busy_us += clock_mono_us(&clock_system) - began;
    if (r->on_out && r->busy_us > PLUGIN_RUN_BUSY_MS * INT64_C(1000))
        rest(r, r->on_out, &r->waits_out);
}

static void end_line(struct plugin_run *r)
{
    if (r->nline && !r->orphan)
        r->ops.complaint(r->arg, r->line, r->nline);
    r->nline = 0;
}

static bool read_complaints(struct plugin_run *r)
{
    char piece[4096];
    const ssize_t n = read(r->complaints, piece, sizeof piece);
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            close_end(&r->complaints, &r->on_complaints);
        return false;
    }
    process_words_add(&r->words, piece, (size_t)n);
    for (ssize_t i = 0; i < n; i++)
        if (piece[i] == '\n')
            end_line(r);
        else if (r->nline < LINE)
            r->line[r->nline++] = piece[i];
    r->said += (size_t)n;
    return true;
}

static void on_complaints(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct plugin_run *r = arg;
    new_second(r);
    read_complaints(r);
    if (r->on_complaints && r->said > PLUGIN_RUN_SAID)
        rest(r, r->on_complaints, &r->waits_complaints);
}

/* ---- writing ---- */

static void on_in(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct plugin_run *r = arg;
    while (r->unsent.len) {
        const ssize_t n = write(fd, r->unsent.s, r->unsent.len);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            event_add(r->on_in, NULL);
            return;
        }
        if (n < 0) {
            close_end(&r->in, &r->on_in);
            str_done(&r->unsent);
            return;
        }
        memmove(r->unsent.s, r->unsent.s + n, r->unsent.len - (size_t)n);
        str_cut(&r->unsent, r->unsent.len - (size_t)n);
    }
    if (r->unsent.s)
        explicit_bzero(r->unsent.s, r->unsent.room);
    str_done(&r->unsent);
    if (r->closes)
        close_end(&r->in, &r->on_in);
}

void plugin_run_send(struct plugin_run *r, const struct str *line)
{
    if (r->in < 0)
        return;
    str_bytes(&r->unsent, str_text(line), line->len);
    str_char(&r->unsent, '\n');
    on_in(r->in, 0, r);
}

void plugin_run_finish_input(struct plugin_run *r)
{
    r->closes = true;
    if (r->in >= 0 && !r->unsent.len)
        close_end(&r->in, &r->on_in);
}

/* ---- its end ---- */

static void forget(struct plugin_run *r)
{
    struct plugin_runs *runs = r->runs;
    for (size_t i = 0; i < runs->all.n; i++)
        if (runs->all.items[i] == r) {
            runs->all.items[i] = runs->all.items[--runs->all.n];
            break;
        }
    event_free(r->ask);
    event_free(r->end);
    event_free(r->go_on);
    str_done(&r->unsent);
    free(r);
}

static void close_all(struct plugin_run *r)
{
    close_end(&r->in, &r->on_in);
    close_end(&r->out, &r->on_out);
    close_end(&r->complaints, &r->on_complaints);
    close_end(&r->watch, &r->on_watch);
    event_del(r->ask);
    event_del(r->end);
    event_del(r->go_on);
    r->waits_out = r->waits_complaints = false;
}

static void ended(struct plugin_run *r, int status)
{
    for (size_t left = 0; r->complaints >= 0 && left < LEFT && read_complaints(r);)
        left += 4096;
    end_line(r);
    for (size_t left = 0; r->out >= 0 && left < LEFT && read_out(r);)
        left += PLUGIN_RUN_TURN;
    close_all(r);
    r->pid = 0;
    if (r->orphan)
        forget(r);
    else
        r->ops.ended(r->arg, status);
}

static void ask_whether(struct plugin_run *r)
{
    int status;
    if (process_ended(r->pid, &status, &r->cpu_us))
        ended(r, status);
    else if (r->watch < 0)
        loop_after(r->ask, ASK_MS);
}

static void on_ask(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    ask_whether(arg);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct plugin_run *r = arg;
    kill(-r->pid, r->ending == TERMINATING ? SIGKILL : SIGTERM);
    if (r->ending != TERMINATING) {
        r->ending = TERMINATING;
        loop_after(r->end, PLUGIN_RUN_TERM_MS);
    }
}

/* Closes its standard input, upon which it ought to end, and ends it if it does not. */
static void finish(struct plugin_run *r)
{
    if (!r->pid || r->ending != RUNS)
        return;
    r->ending = FINISHING;
    close_end(&r->in, &r->on_in);
    loop_after(r->end, PLUGIN_RUN_FINISH_MS);
}

void plugin_run_stop(struct plugin_run *r)
{
    if (!r->pid || r->ending == TERMINATING)
        return;
    close_end(&r->out, &r->on_out);
    on_end(-1, 0, r);
}

/* ---- its beginning ---- */

int plugin_run_start(struct plugin_run *r, const struct process_options *o, struct error *err)
{
    struct process_pipes pipes;
    int rc = process_start(o, &r->pid, &pipes, err);
    if (rc) {
        r->pid = 0;
        return rc;
    }
    struct event_base *base = r->runs->base;
    r->in = pipes.in;
    r->out = pipes.out;
    r->complaints = pipes.complaints;
    r->watch = process_watch(r->pid);
    r->ending = RUNS;
    r->closes = false;
    r->words.n = r->nline = 0;
    str_done(&r->unsent);
    r->on_out = event_new(base, r->out, EV_READ | EV_PERSIST, on_out, r);
    r->on_complaints = event_new(base, r->complaints, EV_READ | EV_PERSIST, on_complaints, r);
    event_add(r->on_out, NULL);
    event_add(r->on_complaints, NULL);
    if (r->in >= 0)
        r->on_in = event_new(base, r->in, EV_WRITE, on_in, r);
    if (r->watch >= 0) {
        r->on_watch = event_new(base, r->watch, EV_READ, on_ask, r);
        event_add(r->on_watch, NULL);
    } else {
        loop_after(r->ask, ASK_MS);
    }
    return 0;
}

struct plugin_run *plugin_run_new(struct plugin_runs *runs, const struct plugin_run_ops *ops, void *arg)
{
    struct plugin_run *r = mem_new(struct plugin_run);
    *r = (struct plugin_run){.runs = runs, .ops = *ops, .arg = arg, .in = -1, .out = -1, .complaints = -1, .watch = -1};
    r->ask = evtimer_new(runs->base, on_ask, r);
    r->end = evtimer_new(runs->base, on_end, r);
    r->go_on = evtimer_new(runs->base, on_go_on, r);
    vec_push(&runs->all, r);
    return r;
}

void plugin_run_free(struct plugin_run *r)
{
    if (!r)
        return;
    r->orphan = true;
    if (!r->pid) {
        forget(r);
        return;
    }
    close_end(&r->out, &r->on_out);
    if (r->in >= 0)
        finish(r);
    else
        plugin_run_stop(r);
}

bool plugin_run_running(const struct plugin_run *r)
{
    return r->pid != 0;
}

pid_t plugin_run_pid(const struct plugin_run *r)
{
    return r->pid;
}

const struct process_words *plugin_run_words(const struct plugin_run *r)
{
    return &r->words;
}

int64_t plugin_run_cpu_us(const struct plugin_run *r)
{
    return r->cpu_us;
}

/* ---- all of them ---- */

struct plugin_runs *plugin_runs_new(struct event_base *base)
{
    struct plugin_runs *r = mem_new(struct plugin_runs);
    r->base = base;
    return r;
}

static bool any_runs(struct plugin_runs *runs)
{
    bool any = false;
    for (size_t i = 0; i < runs->all.n; i++) {
        struct plugin_run *r = runs->all.items[i];
        int status;
        if (r->pid && process_ended(r->pid, &status, NULL))
            r->pid = 0;
        any |= r->pid != 0;
    }
    return any;
}

void plugin_runs_free(struct plugin_runs *runs)
{
    if (!runs)
        return;
    for (size_t i = 0; i < runs->all.n; i++)
        if (runs->all.items[i]->pid)
            kill(-runs->all.items[i]->pid, SIGTERM);
    for (int waited = 0; any_runs(runs) && waited < FREE_MS; waited += STEP_MS)
        poll(NULL, 0, STEP_MS);
    while (runs->all.n) {
        struct plugin_run *r = runs->all.items[runs->all.n - 1];
        if (r->pid)
            process_kill(r->pid);
        close_all(r);
        forget(r);
    }
    vec_done(&runs->all);
    free(runs);
}
