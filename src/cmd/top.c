/* The console: a terminal, the app that draws on it, and a collector that is started again when it dies. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/begin.h"
#include "cmd/cmd.h"
#include "cmd/export.h"
#include "cmd/keeper.h"
#include "cmd/keys.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "cmd/snapshot.h"
#include "cmd/state.h"
#include "cmd/themes.h"
#include "conf/conf.h"
#include "ui/app.h"
#include "ui/cells.h"
#include "ui/keymap.h"
#include "ui/term.h"
#include "ui/theme.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REMEMBER_S = 60, STATE_WAIT_MS = 1000 };

struct top {
    struct cmd_session session;
    struct cmd_keeper keeper;
    const struct cmd_options *options;
    struct term *term;
    struct app *app;
    struct keymap *keys;
    struct cmd_themes *themes;
    const struct theme *theme; /* the first one */
    struct cells cells;
    struct str program;      /* how icetop was started, for commands to copy */
    struct cmd_state *state; /* NULL: nothing is remembered */
    struct error state_word; /* what is to be said about it, also at the end */
    char *of;                /* what is looked at */
    struct event *remember;
    int64_t rounds_left; /* of --iterations; 0: no end */
    bool lost;           /* the terminal has gone */
};

static void end(struct top *t)
{
    event_base_loopbreak(t->session.base);
}

/* ---- the collector ---- */

static void on_connected(void *arg)
{
    struct top *t = arg;
    struct str s = {0};
    cmd_session_say(&t->session, &s);
    app_set_via(t->app, s.len ? str_text(&s) : NULL);
    str_done(&s);
    app_attach(t->app, t->session.client);
}

static void on_changed(void *arg, bool complete)
{
    struct top *t = arg;
    app_changed(t->app, complete);
    if (complete && t->rounds_left > 0 && --t->rounds_left == 0)
        end(t);
}

static void on_lost(void *arg, const struct error *reason)
{
    struct top *t = arg;
    app_detach(t->app, reason);
}

/* ---- the terminal ---- */

static void on_input(void *arg, const struct input *in)
{
    struct top *t = arg;
    app_input(t->app, in);
}

static void on_resize(void *arg, int width, int height)
{
    struct top *t = arg;
    cells_resize(&t->cells, width, height);
    app_resize(t->app, width, height);
}

static void on_suspend(void *arg, bool stopped)
{
    struct top *t = arg;
    app_suspend(t->app, stopped);
}

static void on_quit_signal(void *arg, bool lost)
{
    struct top *t = arg;
    t->lost = lost;
    end(t);
}

/* ---- the app ---- */

static void on_draw(void *arg)
{
    struct top *t = arg;
    uint64_t before = term_bytes(t->term);
    app_draw(t->app, &t->cells);
    term_draw(t->term, &t->cells);
    app_cost(t->app, term_bytes(t->term) - before);
}

static void on_redraw(void *arg)
{
    struct top *t = arg;
    term_redraw(t->term);
    on_draw(t);
}

static void on_quit(void *arg)
{
    end(arg);
}

static int on_copy(void *arg, const char *text, size_t len, struct error *err)
{
    struct top *t = arg;
    return term_copy(t->term, text, len, err);
}

static int on_find_theme(void *arg, const char *name, const struct theme **ret, struct error *err)
{
    struct top *t = arg;
    return cmd_themes_find(t->themes, name, ret, err);
}

static void on_theme(void *arg, const struct theme *theme)
{
    struct top *t = arg;
    term_set_theme(t->term, theme);
}

static int on_render(void *arg, const struct app_rows *rows, const char *format, struct str *out, struct error *err)
{
    (void)arg;
    return cmd_export_render(rows, format, out, err);
}

static int on_save(void *arg, const struct app_file *file, struct error *err)
{
    (void)arg;
    return cmd_export_save(file, err);
}

/* ---- set-up ---- */

static const char *or_else(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

static int open_term(struct top *t, struct error *err)
{
    static const struct term_ops ops = {
        .input = on_input, .resize = on_resize, .suspend = on_suspend, .quit = on_quit_signal};
    const struct conf_ui *ui = &t->session.conf->ui;
    const struct term_settings settings = {
        .theme = t->theme,
        .color = or_else(cmd_options_value(t->options, OPTIONS_COLOR), ui->color),
        .charset = cmd_options_given(t->options, OPTIONS_ASCII) ? "ascii" : ui->charset,
        .log = cmd_session_log(&t->session),
        .mouse = cmd_options_given(t->options, OPTIONS_MOUSE) || ui->mouse,
    };
    return term_new(t->session.base, &settings, &ops, t, &t->term, err);
}

static int open_app(struct top *t, struct error *err)
{
    static const struct app_ops ops = {.draw = on_draw,
                                       .redraw = on_redraw,
                                       .quit = on_quit,
                                       .copy = on_copy,
                                       .render = on_render,
                                       .save = on_save,
                                       .find_theme = on_find_theme,
                                       .theme = on_theme};
    const struct conf_ui *ui = &t->session.conf->ui;
    struct app_settings settings = {
        .ascii = !term_utf8(t->term),
        .utc = cmd_options_given(t->options, OPTIONS_UTC) || ui->utc,
        .exact = cmd_options_given(t->options, OPTIONS_EXACT) || ui->exact,
        .si = strcmp(ui->units, "si") == 0,
        .still = !ui->flash,
        .interval_ms = ui->interval_ms,
        .keys = t->keys,
        .view = cmd_options_value(t->options, OPTIONS_VIEW),
        .filter = cmd_options_condition(t->options),
        .sort = cmd_options_value(t->options, OPTIONS_SORT),
        .columns = cmd_options_value(t->options, OPTIONS_COLUMNS),
        .theme = t->theme,
        .themes = cmd_themes_names(t->themes),
        .utc_given = cmd_options_given(t->options, OPTIONS_UTC),
        .exact_given = cmd_options_given(t->options, OPTIONS_EXACT),
        .state_of = t->of = cmd_session_of(&t->session),
    };
    const enum graph_glyphs best = term_braille(t->term) ? GRAPH_BRAILLE : GRAPH_BLOCK;
    const char *graph = or_else(cmd_options_value(t->options, OPTIONS_GRAPH), t->session.conf->ui.graph);
    int rc = cmd_begin_graph(graph, best, settings.ascii, &settings.graph, err);
    if (rc)
        return rc;
    cmd_options_again(t->options, &t->program);
    settings.program = str_text(&t->program);
    int width, height;
    term_size(t->term, &width, &height);
    cells_init(&t->cells, width, height, settings.ascii);
    t->app = app_new(t->session.base, &clock_system, &settings, &ops, t);
    app_resize(t->app, width, height);
    return 0;
}

/* ---- what is remembered ---- */

static void on_remember(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct top *t = arg;
    struct error err = {0};
    if (cmd_state_write(t->state, 0, &err))
        log_info("state: %s", err.text);
}

/* A demonstration leaves no trace. */
static void open_state(struct top *t)
{
    static const struct timeval minute = {.tv_sec = REMEMBER_S};
    if (cmd_options_given(t->options, OPTIONS_NO_STATE) || !t->session.conf->ui.state || t->session.demo)
        return;
    t->state = cmd_state_new(t->app, &t->state_word);
    if (t->state_word.text[0]) {
        log_warn("state: %s", t->state_word.text);
        app_tell(t->app, t->state_word.text);
    }
    t->remember = event_new(t->session.base, -1, EV_PERSIST, on_remember, t);
    event_add(t->remember, &minute);
}

static void close_state(struct top *t)
{
    struct error err = {0};
    if (t->state && cmd_state_write(t->state, STATE_WAIT_MS, &err) && !t->state_word.text[0])
        t->state_word = err;
    if (t->remember)
        event_free(t->remember);
    cmd_state_free(t->state);
    t->state = NULL;
}

/* The last words, where there is somebody to read them. */
static void say_goodbye(struct top *t, bool utf8)
{
    struct str s = {0};
    if (t->lost)
        return;
    if (t->state_word.text[0])
        fprintf(stderr, "icetop: %s\n", t->state_word.text);
    if (t->app && t->session.conf->ui.summary && !cmd_options_given(t->options, OPTIONS_NO_SUMMARY))
        app_summary(t->app, &s);
    for (size_t i = 0; i < s.len && !utf8; i++) /* another character set's control bytes may be among them */
        s.s[i] = (unsigned char)s.s[i] < 0x80 ? s.s[i] : '?';
    if (s.len)
        printf("icetop: %s\n", str_text(&s));
    str_done(&s);
}

static int check_color(const struct top *t, struct error *err)
{
    const char *color = cmd_options_value(t->options, OPTIONS_COLOR);
    if (!color || strcmp(color, "auto") == 0 || strcmp(color, "always") == 0 || strcmp(color, "never") == 0)
        return 0;
    return error_set(err, ERR_INVALID, "--color %.50s: there are auto, always and never", color);
}

static int run(struct top *t)
{
    static const struct cmd_keeper_settings settings = {
        .first_ms = 200, .shared_ms = 800, .hello_ms = 5000, .healthy_ms = 60000};
    static const struct cmd_keeper_ops ops = {.connected = on_connected, .changed = on_changed, .lost = on_lost};
    struct error err = {0};
    t->themes = cmd_themes_new(t->session.conf);
    if (cmd_session_prepare(&t->session, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 1;
    }
    if (cmd_options_count(t->options, OPTIONS_TIMES, 0, &t->rounds_left, &err) || check_color(t, &err) ||
        cmd_keys_new(t->session.conf, &t->keys, &err) ||
        cmd_themes_first(t->themes, cmd_options_value(t->options, OPTIONS_THEME), &t->theme, &err) ||
        open_term(t, &err) || open_app(t, &err)) {
        term_free(t->term); /* before anything is printed */
        t->term = NULL;
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    cmd_keeper_init(&t->keeper, &t->session, &settings, &ops, t);
    open_state(t);
    cmd_keeper_connect(&t->keeper);
    event_base_dispatch(t->session.base);
    return 0;
}

/* On the way out: a second SIGHUP, as a closing terminal sends, must not end us between two steps of cleaning up. */
static void hold_signals(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
}

int cmd_top_run(const struct cmd_options *o)
{
    if (cmd_options_given(o, OPTIONS_PLAIN))
        return cmd_plain_run(o);
    struct error err = {0};
    if (!cmd_begin_condition(o))
        return 2;
    bool drawn = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO), view = drawn || cmd_options_given(o, OPTIONS_VIEW);
    if (cmd_themes_check(cmd_options_value(o, OPTIONS_THEME), &err) || (view && cmd_begin_view(o, &err))) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    if (!drawn)
        return cmd_snapshot_write(o);
    const char *writing = cmd_options_of(o, OPTIONS_FILES_ONLY);
    if (writing) {
        fprintf(stderr, "icetop: the console writes nothing: --%s is for icetop snapshot, or for a pipe\n", writing);
        return 2;
    }
    struct top t = {.options = o};
    int status = cmd_session_init(&t.session, o, false);
    if (!status && t.session.conf->ui.plain) {
        cmd_session_done(&t.session);
        return cmd_plain_run(o);
    }
    if (!status)
        status = run(&t);
    hold_signals();
    bool utf8 = t.term && term_utf8(t.term);
    close_state(&t);
    term_free(t.term);
    say_goodbye(&t, utf8);
    cmd_keeper_done(&t.keeper);
    app_free(t.app);
    keymap_free(t.keys);
    cmd_themes_free(t.themes);
    cells_done(&t.cells);
    str_done(&t.program);
    free(t.of);
    cmd_session_done(&t.session);
    return status;
}
