/* Joins the tail, the rows and whoever wants the lines. */
#include "connect/logs.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "connect/log_rows.h"
#include "connect/tail.h"

#include <stdlib.h>
#include <string.h>

struct connect_logs {
    struct event_base *base;
    struct store *store;
    char *name, *source_name;
    int utc_offset_s;
    struct connect_logs_ops ops;
    void *arg;
    struct connect_tail *tail;
    struct connect_log_rows *rows;
    struct str held;    /* texts of JSON lines */
    struct source *src; /* NULL before the first round */
    bool in_round, caught_up;
    VEC(char *) told; /* errors of which `events` has been told, and that still hold */
    char *note;
};

static bool wanted(const char *entry, size_t len, int64_t *time_ms)
{
    struct str held = {0};
    struct connect_line line;
    bool found = connect_line_read_held(entry, len, 0, &held, &line, NULL) == 0 && connect_log_rows_wanted(&line);
    if (found)
        *time_ms = line.time_ms;
    str_done(&held);
    return found;
}

/* ---- how things stand ---- */

/* Tells `events` of errors that are new, and forgets those that are over. */
static void tell(struct connect_logs *l, char **errors, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < l->told.n; k++)
            known |= strcmp(l->told.items[k], errors[i]) == 0;
        if (!known)
            source_event(l->store, l->source_name, "warn", l->source_name, "%s", errors[i]);
    }
    for (size_t i = 0; i < l->told.n; i++)
        free(l->told.items[i]);
    l->told.n = 0;
    for (size_t i = 0; i < n; i++)
        vec_push(&l->told, mem_strdup(errors[i]));
}

/* What is read, in words that stay the same while nothing happens. */
static void set_note(struct connect_logs *l, size_t files, size_t commands, int64_t cut)
{
    struct str s = {0};
    if (files || !commands)
        str_printf(&s, "%zu file%s", files, files == 1 ? "" : "s");
    if (commands)
        str_printf(&s, "%s%zu command%s", s.len ? ", " : "", commands, commands == 1 ? "" : "s");
    if (cut)
        str_printf(&s, "; %lld entr%s cut at %d kB", (long long)cut, cut == 1 ? "y" : "ies",
                   CONNECT_ENTRIES_BYTES / 1024);
    if (!l->note || strcmp(l->note, str_text(&s)) != 0) {
        free(l->note);
        l->note = mem_strdup(str_text(&s));
        source_note(l->src, l->note);
    }
    str_done(&s);
}

static enum source_outcome judge(struct connect_logs *l, struct error *err)
{
    VEC(char *) errors = {0};
    size_t origins = 0, files = 0, commands = 0;
    int64_t cut = 0;
    const struct connect_tail_origin *o;
    for (; (o = connect_tail_origin_at(l->tail, origins)); origins++) {
        if (o->error)
            vec_push(&errors, mem_strdup(o->error));
        else
            *(o->command ? &commands : &files) += 1;
        cut += o->counts.cut;
    }
    tell(l, errors.items, errors.n);
    enum source_outcome outcome = !errors.n ? SOURCE_OK : errors.n < origins ? SOURCE_PARTIAL : SOURCE_FAILED;
    if (errors.n > 1)
        error_set(err, ERR_PARTIAL, "%s; and %zu more like it", errors.items[0], errors.n - 1);
    else if (errors.n)
        error_set(err, ERR_PARTIAL, "%s", errors.items[0]);
    if (outcome == SOURCE_FAILED && connect_log_rows_count(l->rows))
        outcome = SOURCE_PARTIAL; /* what was read before is as true as it was */
    if (outcome != SOURCE_FAILED) {
        set_note(l, files, commands, cut);
    } else { /* it unsays the note */
        free(l->note);
        l->note = NULL;
    }
    for (size_t i = 0; i < errors.n; i++)
        free(errors.items[i]);
    vec_done(&errors);
    return outcome;
}

/* The round ends, or between two the state is told anew. */
static void report(struct connect_logs *l, bool deadline)
{
    struct error err = {0};
    if (!l->src)
        return;
    enum source_outcome outcome = judge(l, &err);
    if (!l->caught_up) {
        outcome = SOURCE_STARTING;
        error_set(&err, ERR_PARTIAL, "what is there is still being read");
    }
    const size_t rows = connect_log_rows_count(l->rows);
    if (l->in_round && (l->caught_up || deadline)) {
        l->in_round = false;
        source_done(l->src, outcome, &err, rows);
    } else if (!l->in_round) {
        source_progress(l->src, outcome, &err, rows);
    }
}

/* ---- lines ---- */

static void on_entries(void *arg, const struct connect_tail_entry *items, size_t n)
{
    struct connect_logs *l = arg;
    for (size_t i = 0; i < n; i++) {
        struct connect_line line;
        if (connect_line_read_held(items[i].entry, items[i].len, l->utc_offset_s, &l->held, &line, NULL))
            continue;
        connect_log_rows_add(l->rows, &line, items[i].file, items[i].line);
        if (line.kind != CONNECT_LINE_OTHER)
            l->ops.line(l->arg, items[i].origin, &line);
    }
    l->ops.turn(l->arg);
}

static void on_changed(void *arg)
{
    struct connect_logs *l = arg;
    l->caught_up = l->caught_up || connect_tail_caught_up(l->tail);
    report(l, false);
    store_commit(l->store);
}

/* ---- the source ---- */

static void on_round(void *self, struct source *src)
{
    struct connect_logs *l = self;
    l->src = src;
    l->in_round = true;
    report(l, false);
    store_commit(l->store);
}

static void on_deadline(void *self, struct source *src)
{
    (void)src;
    struct connect_logs *l = self;
    if (!l->in_round)
        return;
    report(l, true);
    store_commit(l->store);
}

static void on_free(void *self)
{
    struct connect_logs *l = self;
    connect_tail_free(l->tail);
    connect_log_rows_free(l->rows);
    for (size_t i = 0; i < l->told.n; i++)
        free(l->told.items[i]);
    vec_done(&l->told);
    str_done(&l->held);
    free(l->note);
    free(l->name);
    free(l->source_name);
    free(l);
}

const struct source_ops connect_logs_source = {
    .kind = "log", .round = on_round, .deadline = on_deadline, .free = on_free};

struct connect_logs *connect_logs_new(struct event_base *base, struct store *store,
                                      const struct connect_logs_settings *settings, const struct connect_logs_ops *ops,
                                      void *arg)
{
    static const struct connect_tail_ops tail_ops = {.wanted = wanted, .entries = on_entries, .changed = on_changed};
    struct connect_logs *l = mem_new(struct connect_logs);
    l->base = base;
    l->store = store;
    l->name = mem_strdup(settings->name);
    l->source_name = mem_printf("log:%s", settings->name);
    l->utc_offset_s = settings->utc_offset_s;
    l->ops = *ops;
    l->arg = arg;
    l->rows = connect_log_rows_new(store, l->name, store_owner(store, l->source_name));
    l->tail = connect_tail_new(base, store_clock(store),
                               &(struct connect_tail_settings){.paths = settings->paths,
                                                               .commands = settings->commands,
                                                               .archives = settings->archives,
                                                               .back_bytes = settings->back_bytes},
                               &tail_ops, l);
    return l;
}

const char *connect_logs_name(const struct connect_logs *l)
{
    return l->source_name;
}

struct source_settings connect_logs_source_settings(void)
{
    return (struct source_settings){.interval_ms = CONNECT_LOGS_INTERVAL_MS,
                                    .deadline_ms = CONNECT_LOGS_DEADLINE_MS,
                                    .max_interval_ms = CONNECT_LOGS_INTERVAL_MS};
}
