/* Starting a collector, and again when it has died. */
#include "cmd/session.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/demo.h"
#include "cmd/options.h"
#include "conf/conf.h"
#include "stream/child.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHILD_WAIT_MS = 3000 };

/* The collector gets the same words; of --demo also where its brokers are. */
static void make_argv(struct cmd_session *s)
{
    VEC(char *) words = {0};
    int argc;
    char *const *argv = cmd_options_argv(s->options, &argc);
    bool one_shot = cmd_options_command(s->options)->command != OPTIONS_TOP;
    for (int i = 0; i < argc; i++)
        vec_push(&words, mem_strdup(argv[i]));
    if (s->demo && !cmd_options_given(s->options, OPTIONS_BOOTSTRAP)) {
        vec_push(&words, mem_strdup("-b"));
        vec_push(&words, mem_strdup(cmd_demo_bootstrap(s->demo)));
    }
    if (s->demo && !one_shot && !cmd_options_given(s->options, OPTIONS_HISTORY) &&
        !cmd_options_given(s->options, OPTIONS_NO_HISTORY)) {
        vec_push(&words, mem_strdup("--history"));
        vec_push(&words, mem_strdup(cmd_demo_history(s->demo)));
    }
    if (one_shot && !cmd_options_given(s->options, OPTIONS_HISTORY) &&
        !cmd_options_given(s->options, OPTIONS_NO_HISTORY))
        vec_push(&words, mem_strdup("--no-history")); /* leaves no trace and waits for no file */
    s->argc = (int)words.n;
    vec_push(&words, NULL);
    s->argv = words.items;
}

int cmd_session_init(struct cmd_session *s, const struct cmd_options *o)
{
    struct error err = {0};
    *s = (struct cmd_session){.options = o};
    if (cmd_options_given(o, OPTIONS_DEMO) && cmd_options_given(o, OPTIONS_BOOTSTRAP)) {
        fputs("icetop: --demo brings its own brokers: leave -b out\n", stderr);
        return 2;
    }
    if (cmd_options_given(o, OPTIONS_DEMO) && cmd_demo_start(&s->demo, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 1;
    }
    make_argv(s);
    struct conf_args args = cmd_options_conf_args(o);
    if (s->demo)
        args.bootstrap = cmd_demo_bootstrap(s->demo);
    if (conf_load(&args, &s->conf, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    if (*conf_warnings(s->conf))
        fprintf(stderr, "%s", conf_warnings(s->conf));
    s->base = event_base_new();
    return 0;
}

int cmd_session_connect(struct cmd_session *s, const struct stream_client_ops *ops, void *arg, struct error *err)
{
    stream_child_free(s->child, CHILD_WAIT_MS);
    s->child = NULL;
    const struct stream_child_options options = {.log_path = cmd_options_value(s->options, OPTIONS_LOG)};
    int rc = stream_child_spawn(&options, &s->child, err);
    if (rc)
        return rc;
    struct stream_client *old = s->client;
    s->client = stream_client_new(s->base, stream_child_take_fd(s->child), &clock_system, ops, arg);
    if (old) {
        stream_client_adopt(s->client, old);
        stream_client_free(old);
    }
    stream_client_configure(s->client, s->argc, (const char *const *)s->argv);
    return 0;
}

void cmd_session_why(struct cmd_session *s, struct error *err)
{
    const char *how = s->child ? stream_child_ended(s->child) : NULL;
    if (how)
        error_set(err, ERR_CLOSED, "%s", how);
}

void cmd_session_done(struct cmd_session *s)
{
    stream_client_free(s->client); /* closes the stream, at which the collector ends */
    stream_child_free(s->child, CHILD_WAIT_MS);
    cmd_demo_stop(s->demo);
    conf_free(s->conf);
    for (int i = 0; i < s->argc; i++)
        free(s->argv[i]);
    free(s->argv);
    if (s->base)
        event_base_free(s->base);
    *s = (struct cmd_session){0};
}
