/* Starting a collector, and again when it has died. */
#include "cmd/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/demo.h"
#include "cmd/keys.h"
#include "cmd/options.h"
#include "conf/conf.h"
#include "stream/child.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHILD_WAIT_MS = 3000, END_WAIT_MS = 20 };

typedef VEC(char *) words_t;

static void add_word(words_t *words, const char *word)
{
    vec_push(words, mem_strdup(word));
}

/* The collector gets the same words; of --demo also where its brokers are. Ours stand before the user's, which may end in
 * "--" and operands. */
static int make_argv(struct cmd_session *s, bool one_shot, struct error *err)
{
    int argc, rc = 0;
    char *const *argv = cmd_options_argv(s->options, &argc);
    bool silent = !cmd_options_given(s->options, OPTIONS_HISTORY) && !cmd_options_given(s->options, OPTIONS_NO_HISTORY);
    const char *history = NULL;
    words_t words = {0};
    add_word(&words, argc ? argv[0] : "icetop");
    if (s->demo) {
        add_word(&words, "-b");
        add_word(&words, cmd_demo_bootstrap(s->demo));
    }
    if (silent && one_shot) {
        add_word(&words, "--no-history"); /* leaves no trace and waits for no file */
    } else if (silent && s->demo && !(rc = cmd_demo_history(s->demo, &history, err))) {
        add_word(&words, "--history");
        add_word(&words, history);
    }
    for (int i = 1; i < argc; i++)
        add_word(&words, argv[i]);
    s->argc = (int)words.n;
    vec_push(&words, NULL);
    s->argv = words.items;
    return rc;
}

/* What the command line says of the log is in force already; the configuration has the rest. */
static int follow_log(const struct cmd_session *s, struct error *err)
{
    enum log_level level;
    if (!cmd_options_given(s->options, OPTIONS_LOG_LEVEL) && log_level_parse(s->conf->log_level, &level) == 0)
        log_set_level(level);
    if (cmd_options_given(s->options, OPTIONS_LOG) || !s->conf->log_file)
        return 0;
    return log_open(s->conf->log_file, err);
}

int cmd_session_init(struct cmd_session *s, const struct cmd_options *o, bool one_shot)
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
    if (make_argv(s, one_shot, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 1;
    }
    struct conf_args args = cmd_options_conf_args(o);
    if (s->demo)
        args.bootstrap = cmd_demo_bootstrap(s->demo);
    if (conf_load(&args, &s->conf, &err) || cmd_keys_new(s->conf, NULL, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    if (*conf_warnings(s->conf))
        fprintf(stderr, "%s", conf_warnings(s->conf));
    if (follow_log(s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    s->base = event_base_new();
    return 0;
}

const char *cmd_session_log(const struct cmd_session *s)
{
    const char *given = cmd_options_value(s->options, OPTIONS_LOG);
    return given ? given : s->conf->log_file;
}

int cmd_session_connect(struct cmd_session *s, const struct stream_client_ops *ops, void *arg, struct error *err)
{
    stream_child_free(s->child, CHILD_WAIT_MS);
    s->child = NULL;
    const struct stream_child_options options = {.log_path = cmd_session_log(s)};
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
    const char *how = s->child ? stream_child_failed(s->child, END_WAIT_MS) : NULL;
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
