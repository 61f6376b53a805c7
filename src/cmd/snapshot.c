/* icetop snapshot: waits for a complete round, or reads logs, writes tables, says what is missing. */
#include "base/clock.h"
#include "base/str.h"
#include "base/vec.h"
#include "cmd/begin.h"
#include "cmd/cmd.h"
#include "cmd/document.h"
#include "cmd/from_log.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/screen.h"
#include "cmd/session.h"
#include "cmd/snapshot.h"
#include "cmd/sources.h"

#include <event2/event.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_DEADLINE_S = 30, NOTHING = 1, BAD_USAGE = 2, PARTIAL = 3 };

struct snapshot {
    struct cmd_session session;
    const struct cmd_options *options;
    const struct snapshot_format *format;
    VEC(const char *) tables;
    size_t limit;
    double deadline_s;
    int delay_ms;
    int64_t times; /* snapshots still to be written; 0: without end */
    bool repeating;
    bool written_once; /* the next one is not the first of a document */
    bool something;    /* one of them had rows of a source that had answered */
    bool missing;      /* one of them was not complete */
    struct event *deadline, *again;
    int status;
    struct error failure; /* the stream ended, or a subscription was refused */
    bool refused, ended;
};

/* ---- writing ---- */

static int write_document(struct snapshot *s, const struct store *store, int64_t now_ms, struct error *err)
{
    const struct cmd_document d = {
        .options = s->options,
        .format = s->format,
        .tables = s->tables.items,
        .ntables = s->tables.n,
        .limit = s->limit,
        .series = s->repeating,
        .again = s->written_once && !cmd_options_given(s->options, OPTIONS_OUTPUT),
    };
    return cmd_document_write(&d, store, now_ms, err);
}

static void end(struct snapshot *s, int status)
{
    s->status = status;
    event_base_loopbreak(s->session.base);
}

/* As any filter does whose reader has left. */
static void end_by_pipe(struct snapshot *s)
{
    cmd_session_done(&s->session);
    cmd_output_closed();
}

static int status_so_far(const struct snapshot *s)
{
    return !s->something ? NOTHING : s->missing ? PARTIAL : 0;
}

static void schedule_again(struct snapshot *s)
{
    const struct timeval delay = {.tv_sec = s->delay_ms / 1000, .tv_usec = s->delay_ms % 1000 * 1000};
    event_add(s->again, &delay);
}

/* With the first change set the peer's tables are known: a name that it does not have is an error now, not a wait; but a plugin
 * tells of its own in its first round. */
static bool has_tables(struct snapshot *s, bool *wait)
{
    const struct cmd_sources state = cmd_sources_state(stream_client_store(s->session.client), false);
    bool all = true;
    *wait = !state.total || state.plugins;
    for (size_t i = 0; i < s->tables.n; i++) {
        const char *name;
        struct str known = {0};
        bool found = false;
        for (size_t j = 0; (name = stream_client_table(s->session.client, j)); j++) {
            found |= strcmp(name, s->tables.items[i]) == 0;
            str_printf(&known, "%s%s", j ? ", " : "", name);
        }
        if (!found && !*wait)
            fprintf(stderr, "icetop: there is no table \"%s\"; there are %s\n", s->tables.items[i], str_text(&known));
        all &= found;
        str_done(&known);
    }
    return all;
}

/* Writes one snapshot of what is there, and ends unless more were asked for. */
static void write_now(struct snapshot *s)
{
    struct cmd_sources state = cmd_sources_state(stream_client_store(s->session.client), true);
    bool nothing = state.failed + state.starting - state.begun == state.total;
    bool unconnected = !stream_client_table(s->session.client, 0);
    if (!state.total)
        fprintf(stderr, "icetop: nothing was read before the deadline\n");
    if (nothing && !s->repeating) {
        end(s, NOTHING);
        return;
    }
    bool wait;
    if (!unconnected && !has_tables(s, &wait)) {
        if (wait)
            fprintf(stderr, "icetop: a plugin has not yet told of its tables\n");
        end(s, wait ? NOTHING : BAD_USAGE);
        return;
    }
    struct error err = {0};
    int rc =
        unconnected ? 0 : write_document(s, stream_client_store(s->session.client), clock_wall_ms(&clock_system), &err);
    if (rc == ERR_CLOSED)
        end_by_pipe(s);
    if (rc) {
        fprintf(stderr, "icetop: %s\n", err.text);
        end(s, rc == ERR_INVALID || rc == ERR_NOT_FOUND ? BAD_USAGE : NOTHING);
        return;
    }
    s->written_once |= !unconnected;
    s->something |= !nothing;
    s->missing |= nothing || state.failed || state.partial || state.starting;
    if (s->times > 0 && --s->times == 0)
        end(s, status_so_far(s));
    else
        schedule_again(s);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    write_now(arg);
}

/* ---- the stream ---- */

static void on_changed(void *arg, bool complete)
{
    struct snapshot *s = arg;
    if (!complete || s->refused || !event_pending(s->deadline, EV_TIMEOUT, NULL))
        return;
    bool wait;
    if (!has_tables(s, &wait)) {
        s->refused = !wait;
        if (!wait)
            end(s, BAD_USAGE);
        return;
    }
    struct cmd_sources state = cmd_sources_state(stream_client_store(s->session.client), false);
    if (!state.total || state.starting)
        return;
    event_del(s->deadline);
    write_now(s);
}

static void on_closed(void *arg, const struct error *err)
{
    struct snapshot *s = arg;
    s->failure = *err;
    cmd_session_why(&s->session, &s->failure);
    fprintf(stderr, "icetop: %s\n", s->failure.text);
    end(s, s->something ? PARTIAL : NOTHING);
}

static void on_refused(void *arg, int id, const struct error *err)
{
    (void)id;
    struct snapshot *s = arg;
    if (s->refused)
        return;
    s->refused = true;
    fprintf(stderr, "icetop: %s\n", err->text);
    end(s, BAD_USAGE);
}

static void subscribe(struct snapshot *s)
{
    struct stream_client *c = s->session.client;
    stream_client_subscribe(c, &(struct stream_query){.table = "sources"}, NULL, NULL);
    for (size_t i = 0; i < s->tables.n; i++) {
        const struct stream_query q = {.table = s->tables.items[i], .where = cmd_options_condition(s->options)};
        if (strcmp(q.table, "sources") != 0 || q.where)
            stream_client_subscribe(c, &q, on_refused, s);
    }
}

/* ---- set-up ---- */

static bool is_chosen(const struct snapshot *s, const char *table)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (strcmp(s->tables.items[i], table) == 0)
            return true;
    return false;
}

static int read_options(struct snapshot *s, struct error *err)
{
    const struct cmd_options *o = s->options;
    int rc = cmd_document_format(o, &s->format, err);
    if (rc)
        return rc;
    for (const char *const *t = cmd_options_operands(o); *t; t++)
        if (!is_chosen(s, *t)) /* twice in one document would be two members of one name */
            vec_push(&s->tables, *t);
    if (!s->tables.n)
        vec_push(&s->tables, cmd_options_given(o, OPTIONS_FROM_LOG) ? "commits" : "groups");
    int64_t limit;
    s->repeating = cmd_options_given(o, OPTIONS_DELAY) || cmd_options_given(o, OPTIONS_TIMES);
    rc = cmd_options_count(o, OPTIONS_LIMIT, 0, &limit, err);
    if (!rc)
        rc = cmd_options_count(o, OPTIONS_TIMES, s->repeating ? 0 : 1, &s->times, err);
    if (!rc)
        rc = cmd_options_seconds(o, OPTIONS_DEADLINE, DEFAULT_DEADLINE_S, &s->deadline_s, err);
    if (!rc)
        s->limit = (size_t)limit;
    return rc;
}

/* From one snapshot to the next: as long as the shortest round; --delay is everybody's. */
static int shortest_interval(const struct conf *conf)
{
    int ms = INT_MAX;
    for (size_t i = 0; i < conf->nclusters; i++)
        ms = conf->clusters[i].interval_ms < ms ? conf->clusters[i].interval_ms : ms;
    for (size_t i = 0; i < conf->nconnects; i++)
        ms = conf->connects[i].interval_ms < ms ? conf->connects[i].interval_ms : ms;
    for (size_t i = 0; i < conf->ncatalogs; i++)
        ms = conf->catalogs[i].interval_ms < ms ? conf->catalogs[i].interval_ms : ms;
    for (size_t i = 0; i < conf->nprometheus; i++)
        ms = conf->prometheus[i].interval_ms < ms ? conf->prometheus[i].interval_ms : ms;
    for (size_t i = 0; i < conf->nservers; i++)
        ms = conf->servers[i].interval_ms < ms ? conf->servers[i].interval_ms : ms;
    for (size_t i = 0; i < conf->nplugins; i++)
        ms = conf->plugins[i].interval_ms < ms ? conf->plugins[i].interval_ms : ms;
    return ms;
}

static void run_loop(struct snapshot *s)
{
    static const struct stream_client_ops ops = {.changed = on_changed, .closed = on_closed};
    struct error err = {0};
    if (cmd_session_connect(&s->session, &ops, s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        s->status = NOTHING;
        return;
    }
    subscribe(s);
    s->delay_ms = shortest_interval(s->session.conf);
    s->deadline = evtimer_new(s->session.base, on_time, s);
    s->again = evtimer_new(s->session.base, on_time, s);
    const struct timeval deadline = {.tv_sec = (time_t)s->deadline_s,
                                     .tv_usec = (suseconds_t)(fmod(s->deadline_s, 1) * 1e6)};
    event_add(s->deadline, &deadline);
    event_base_dispatch(s->session.base);
    event_free(s->deadline);
    event_free(s->again);
}

/* Of logs in files: nothing is waited for. */
static int write_logs(struct snapshot *s)
{
    struct error err = {0};
    struct cmd_from_log *f = cmd_from_log_read(cmd_options_values(s->options, OPTIONS_FROM_LOG));
    bool known = true, missing = cmd_from_log_failed(f);
    int status = NOTHING;
    for (size_t i = 0; i < s->tables.n; i++)
        known &= cmd_from_log_has(f, s->tables.items[i], &missing);
    if (!known) {
        status = BAD_USAGE;
    } else if (!cmd_from_log_empty(f)) {
        int rc = write_document(s, cmd_from_log_store(f), cmd_from_log_now(f), &err);
        if (rc == ERR_CLOSED)
            end_by_pipe(s);
        if (rc)
            fprintf(stderr, "icetop: %s\n", err.text);
        status = !rc ? missing ? PARTIAL : 0 : rc == ERR_INVALID || rc == ERR_NOT_FOUND ? BAD_USAGE : NOTHING;
    }
    cmd_from_log_free(f);
    return status;
}

int cmd_snapshot_write(const struct cmd_options *o)
{
    struct snapshot s = {.options = o};
    struct error err = {0};
    if (!cmd_begin_condition(o)) {
        s.status = BAD_USAGE;
    } else if (read_options(&s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        s.status = BAD_USAGE;
    } else if (cmd_options_given(o, OPTIONS_FROM_LOG)) {
        s.status = write_logs(&s);
    } else {
        s.status = cmd_session_init(&s.session, o, true);
        if (!s.status)
            run_loop(&s);
        cmd_session_done(&s.session);
    }
    vec_done(&s.tables);
    return s.status;
}

int cmd_snapshot_run(const struct cmd_options *o)
{
    if (cmd_options_given(o, OPTIONS_SCREEN))
        return cmd_screen_run(o);
    const char *name = cmd_options_of(o, OPTIONS_SCREEN_ONLY);
    if (name) {
        fprintf(stderr, "icetop: option --%s means nothing to icetop snapshot without --screen\n", name);
        return BAD_USAGE;
    }
    name = cmd_options_given(o, OPTIONS_FROM_LOG) ? cmd_options_of(o, OPTIONS_LIVE_ONLY) : NULL;
    if (name) {
        fprintf(stderr, "icetop: option --%s means nothing with --from-log\n", name);
        return BAD_USAGE;
    }
    return cmd_snapshot_write(o);
}
