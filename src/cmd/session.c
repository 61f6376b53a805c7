/* Finding or starting a collector, and again when it has died. */
#include "cmd/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "cmd/demo.h"
#include "cmd/keys.h"
#include "cmd/options.h"
#include "cmd/session_ssh.h"
#include "cmd/socket.h"
#include "conf/conf.h"
#include "conf/digest.h"
#include "stream/child.h"
#include "stream/listen.h"

#include <event2/event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHILD_WAIT_MS = 3000, END_WAIT_MS = 20, SHARED_WAIT_MS = 300, HELLO_WAIT_MS = 1000 };

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
        if (cmd_demo_connect(s->demo)) {
            add_word(&words, "--connect");
            add_word(&words, cmd_demo_connect(s->demo));
        }
        if (cmd_demo_sections(s->demo)) {
            add_word(&words, "--sections");
            add_word(&words, cmd_demo_sections(s->demo));
        }
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

/* A console shares its collector with others of the same configuration, unless its cluster is its own. */
static void choose_way(struct cmd_session *s, bool one_shot)
{
    struct error err = {0};
    const struct cmd_options *o = s->options;
    if (cmd_options_given(o, OPTIONS_SSH)) {
        s->way = SESSION_SSH;
        s->ssh = session_ssh_new(cmd_options_value(o, OPTIONS_SSH));
    } else if (cmd_options_given(o, OPTIONS_ATTACH)) {
        s->way = SESSION_ATTACHED;
    } else if (!one_shot && !s->demo && !cmd_options_given(o, OPTIONS_ALONE)) {
        if (cmd_socket_path(o, s->conf, &s->socket, &err))
            log_info("%s", err.text);
    }
    if (s->socket && !cmd_options_given(o, OPTIONS_SOCKET)) { /* before the user's words, as all of ours */
        s->argv = mem_realloc(s->argv, (size_t)s->argc + 3, sizeof *s->argv);
        memmove(s->argv + 3, s->argv + 1, (size_t)s->argc * sizeof *s->argv);
        s->argv[1] = mem_strdup("--socket");
        s->argv[2] = mem_strdup(s->socket);
        s->argc += 2;
    }
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
    if (cmd_options_given(o, OPTIONS_ATTACH) || cmd_options_given(o, OPTIONS_SSH)) /* how the screen looks is all */
        args =
            (struct conf_args){.config = cmd_options_given(o, OPTIONS_SSH) ? NULL : args.config, .no_clusters = true};
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
    choose_way(s, one_shot);
    return 0;
}

const char *cmd_session_log(const struct cmd_session *s)
{
    const char *given = cmd_options_value(s->options, OPTIONS_LOG);
    return given ? given : s->conf->log_file;
}

int cmd_session_prepare(struct cmd_session *s, struct error *err)
{
    char *path;
    if (s->prepared)
        return 0;
    s->prepared = true;
    if (s->way == SESSION_ATTACHED) { /* what cannot be attached to is told before the screen is taken */
        int fd, rc = cmd_socket_attach(s->options, &path, err);
        if (rc)
            return rc;
        rc = stream_listen_connect(path, &fd, &s->peer, err);
        if (rc == 0)
            close(fd);
        else
            error_prefix(err, "--attach");
        s->socket = path;
        return rc;
    }
    return s->way == SESSION_SSH ? session_ssh_start(s->ssh, s->base, true, err) : 0;
}

static void adopt(struct cmd_session *s, int fd, const struct stream_client_ops *ops, void *arg)
{
    struct stream_client *old = s->client;
    s->client = stream_client_new(s->base, fd, &clock_system, ops, arg);
    if (old) {
        stream_client_adopt(s->client, old);
        stream_client_free(old);
    }
    if (s->way == SESSION_OWN || s->way == SESSION_SSH)
        stream_client_configure(s->client, s->argc, (const char *const *)s->argv);
}

/* A collector that is there already; ERR_NOT_FOUND or ERR_UNAVAILABLE if there is none. */
static int find(struct cmd_session *s, int *fd, struct error *err)
{
    int rc = s->socket ? stream_listen_connect(s->socket, fd, &s->peer, err) : ERR_NOT_FOUND;
    if (rc == 0 && s->way != SESSION_ATTACHED)
        s->way = SESSION_SHARED;
    return rc;
}

static int start_own(struct cmd_session *s, int *fd, struct error *err)
{
    const struct stream_child_options options = {.log_path = cmd_session_log(s)};
    int rc = stream_child_spawn(&options, &s->child, err);
    if (rc)
        return rc;
    s->way = SESSION_OWN;
    *fd = stream_child_take_fd(s->child);
    return 0;
}

int cmd_session_connect(struct cmd_session *s, const struct stream_client_ops *ops, void *arg, struct error *err)
{
    int fd, rc = cmd_session_prepare(s, err);
    if (rc)
        return rc;
    stream_child_free(s->child, CHILD_WAIT_MS);
    s->child = NULL;
    if (s->way == SESSION_SSH)
        rc = session_ssh_take(s->ssh, s->base, &fd, err);
    else if (s->way == SESSION_ATTACHED)
        rc = find(s, &fd, err);
    else if (s->deaf || find(s, &fd, err) != 0)
        rc = start_own(s, &fd, err);
    else
        rc = 0;
    s->deaf = false;
    if (rc)
        return rc;
    adopt(s, fd, ops, arg);
    return 0;
}

void cmd_session_give_up(struct cmd_session *s)
{
    s->deaf = s->way == SESSION_SHARED || s->way == SESSION_ATTACHED;
}

void cmd_session_say(const struct cmd_session *s, struct str *out)
{
    if (s->way == SESSION_SHARED || s->way == SESSION_ATTACHED)
        str_printf(out, "attached to collector %d", (int)s->peer);
    else if (s->way == SESSION_SSH)
        str_printf(out, "ssh %s", cmd_options_value(s->options, OPTIONS_SSH));
}

char *cmd_session_of(const struct cmd_session *s)
{
    if (s->way == SESSION_SSH)
        return mem_printf("ssh %s", cmd_options_value(s->options, OPTIONS_SSH));
    return s->way == SESSION_ATTACHED ? mem_strdup(s->socket) : conf_digest(s->conf);
}

void cmd_session_why(struct cmd_session *s, struct error *err)
{
    const char *how = s->child ? stream_child_failed(s->child, END_WAIT_MS) : NULL;
    if (s->way == SESSION_SSH)
        how = session_ssh_why(s->ssh);
    if (how)
        error_set(err, ERR_CLOSED, "%s", how);
}

/* Does our collector go on for other consoles, now that we have left? It does if it still answers at its socket: without a
 * reader it closes that first. */
static bool others_read(struct cmd_session *s)
{
    int fd;
    pid_t pid;
    char c;
    stream_child_failed(s->child, SHARED_WAIT_MS);
    if (!s->socket || stream_child_ended(s->child) || stream_listen_connect(s->socket, &fd, &pid, NULL))
        return false;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    bool answers = pid == stream_child_pid(s->child) && poll(&p, 1, HELLO_WAIT_MS) > 0 && read(fd, &c, 1) == 1;
    close(fd);
    return answers;
}

void cmd_session_done(struct cmd_session *s)
{
    stream_client_free(s->client); /* closes the stream, at which the collector ends */
    if (s->child && others_read(s))
        stream_child_leave(s->child);
    else
        stream_child_free(s->child, CHILD_WAIT_MS);
    session_ssh_free(s->ssh);
    cmd_demo_stop(s->demo);
    conf_free(s->conf);
    for (int i = 0; i < s->argc; i++)
        free(s->argv[i]);
    free(s->argv);
    free(s->socket);
    if (s->base)
        event_base_free(s->base);
    *s = (struct cmd_session){0};
}
