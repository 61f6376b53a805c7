/* A session that is connected again and again; see keeper.h. */
#include "cmd/keeper.h"

#include "base/clock.h"

#include <event2/event.h>

enum { LAST_MS = 30000 };

static struct timeval interval(int ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static void on_changed(void *arg, bool complete)
{
    struct cmd_keeper *k = arg;
    if (!k->session->deaf)
        k->ops->changed(k->arg, complete);
}

static void on_hello(void *arg, const char *version)
{
    struct cmd_keeper *k = arg;
    (void)version;
    if (!k->settings->healthy_ms)
        k->restart_ms = k->settings->first_ms;
    evtimer_del(k->silent);
}

static void lose(struct cmd_keeper *k, const struct error *err)
{
    const struct cmd_keeper_settings *s = k->settings;
    struct error reason = *err;
    cmd_session_why(k->session, &reason);
    k->ops->lost(k->arg, &reason);
    evtimer_del(k->silent);
    if (s->healthy_ms && clock_mono_us(&clock_system) - k->connected_us > (int64_t)s->healthy_ms * 1000)
        k->restart_ms = s->first_ms; /* it had run well for a while: no reason to wait */
    const struct timeval pause = interval(k->restart_ms + (k->session->way == SESSION_SHARED ? s->shared_ms : 0));
    event_add(k->restart, &pause);
    k->restart_ms = k->restart_ms * 2 < LAST_MS ? k->restart_ms * 2 : LAST_MS;
}

static void on_closed(void *arg, const struct error *err)
{
    struct cmd_keeper *k = arg;
    if (!k->session->deaf) /* else that was said */
        lose(k, err);
}

/* It is there, but does not work: stopped, or stuck. */
static void on_silent(evutil_socket_t fd, short what, void *arg)
{
    struct cmd_keeper *k = arg;
    struct error err = {0};
    (void)fd, (void)what;
    error_set(&err, ERR_TIMEOUT, "the collector that was found does not answer");
    cmd_session_give_up(k->session);
    lose(k, &err);
}

void cmd_keeper_connect(struct cmd_keeper *k)
{
    static const struct stream_client_ops ops = {.hello = on_hello, .changed = on_changed, .closed = on_closed};
    struct error err = {0};
    k->connected_us = clock_mono_us(&clock_system);
    if (cmd_session_connect(k->session, &ops, k, &err)) {
        lose(k, &err);
        return;
    }
    if (k->session->way == SESSION_SHARED || k->session->way == SESSION_ATTACHED) {
        const struct timeval patience = interval(k->settings->hello_ms);
        evtimer_add(k->silent, &patience);
    }
    k->ops->connected(k->arg);
}

static void on_restart(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    cmd_keeper_connect(arg);
}

void cmd_keeper_init(struct cmd_keeper *k, struct cmd_session *session, const struct cmd_keeper_settings *settings,
                     const struct cmd_keeper_ops *ops, void *arg)
{
    *k = (struct cmd_keeper){
        .session = session, .settings = settings, .ops = ops, .arg = arg, .restart_ms = settings->first_ms};
    k->restart = evtimer_new(session->base, on_restart, k);
    k->silent = evtimer_new(session->base, on_silent, k);
}

void cmd_keeper_done(struct cmd_keeper *k)
{
    if (k->restart)
        event_free(k->restart);
    if (k->silent)
        event_free(k->silent);
    *k = (struct cmd_keeper){0};
}
