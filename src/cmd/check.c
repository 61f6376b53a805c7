/* icetop check: looks once, or for a while, says what is wrong, and ends with a status that Nagios understands. */
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/recipes.h"
#include "cmd/session.h"
#include "cmd/sources.h"
#include "cmd/verdict.h"
#include "conf/options.h"
#include "conf/value.h"

#include <event2/event.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_DEADLINE_S = 30 };

struct check {
    struct cmd_session session;
    const struct cmd_verdict_format *format;
    double deadline_s;
    int64_t watch_ms; /* from when all sources have been read once */
    bool watching, ended;
    struct event *deadline;
    int status;
};

/* why NULL: of what the store has. */
static void report(struct check *c, const struct store *store, const char *why)
{
    struct cmd_verdict v;
    struct str out = {0};
    cmd_verdict_init(&v, store, clock_wall_ms(&clock_system), why);
    c->format->write(&v, &out);
    fputs(str_text(&out), stdout);
    c->status = (int)v.status;
    cmd_verdict_done(&v);
    str_done(&out);
}

static void end(struct check *c)
{
    c->ended = true;
    report(c, stream_client_store(c->session.client), NULL);
    event_base_loopbreak(c->session.base);
}

static void wait_for(struct check *c, double seconds)
{
    const struct timeval after = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)(fmod(seconds, 1) * 1e6)};
    event_add(c->deadline, &after);
}

static void on_changed(void *arg, bool complete)
{
    struct check *c = arg;
    if (!complete || c->watching || c->ended)
        return;
    struct cmd_sources state = cmd_sources_state(stream_client_store(c->session.client), false);
    if (!state.total || state.starting)
        return;
    c->watching = c->watch_ms > 0;
    if (c->watching)
        wait_for(c, (double)c->watch_ms / 1000);
    else
        end(c);
}

static void on_closed(void *arg, const struct error *err)
{
    struct check *c = arg;
    struct error why = *err;
    if (c->ended)
        return;
    cmd_session_why(&c->session, &why);
    report(c, NULL, why.text);
    event_base_loopbreak(c->session.base);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    end(arg);
}

static void subscribe(struct check *c)
{
    static const char *const ours[] = {"sources", "findings", "finding_evidence"};
    struct stream_query q = {0};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        stream_client_subscribe(c->session.client, &(struct stream_query){.table = ours[i]}, NULL, NULL);
    for (size_t i = 0; cmd_verdict_needs(i, &q.table, &q.columns, &q.where); i++)
        stream_client_subscribe(c->session.client, &q, NULL, NULL);
}

static void run(struct check *c)
{
    static const struct stream_client_ops ops = {.changed = on_changed, .closed = on_closed};
    struct error err = {0};
    if (cmd_session_connect(&c->session, &ops, c, &err)) {
        report(c, NULL, err.text);
        return;
    }
    subscribe(c);
    c->deadline = evtimer_new(c->session.base, on_deadline, c);
    wait_for(c, c->deadline_s);
    event_base_dispatch(c->session.base);
    event_free(c->deadline);
}

static int read_options(struct check *c, const struct cmd_options *o, struct error *err)
{
    static const struct conf_option watch = {.type = CONF_DURATION, .size = sizeof(int64_t), .max = 365 * 86400000LL};
    const char *text = cmd_options_value(o, OPTIONS_FOR);
    int rc = cmd_verdict_format_find(cmd_options_value(o, OPTIONS_FORMAT), &c->format, err);
    if (!rc)
        rc = cmd_options_seconds(o, OPTIONS_DEADLINE, DEFAULT_DEADLINE_S, &c->deadline_s, err);
    if (!rc && text && (rc = conf_value_parse(&watch, text, &c->watch_ms, err)) != 0)
        error_prefix(err, "option --for");
    return rc;
}

int cmd_check_run(const struct cmd_options *o)
{
    struct check c = {.status = VERDICT_UNKNOWN};
    struct error err = {0};
    if (cmd_options_given(o, OPTIONS_RECIPES))
        return cmd_recipes_run(o);
    cmd_verdict_format_find(NULL, &c.format, NULL);
    if (read_options(&c, o, &err))
        report(&c, NULL, err.text);
    else if (!cmd_session_init(&c.session, o, true))
        run(&c);
    cmd_session_done(&c.session);
    return c.status;
}
