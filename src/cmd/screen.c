/* Looks at the console in memory until what it shows is there, and writes that. */
#include "cmd/screen.h"

#include "base/clock.h"
#include "base/str.h"
#include "cmd/begin.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/session.h"
#include "cmd/sources.h"
#include "cmd/themes.h"
#include "conf/conf.h"
#include "expr/expr.h"
#include "ui/app.h"

#include <event2/event.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 100,
    DEFAULT_DEADLINE_S = 30,
    WIDTH = 120,
    HEIGHT = 36,
    MOST = 1000, /* cells of either direction */
    NOTHING = 1,
    BAD_USAGE = 2,
    PARTIAL = 3,
};

struct screen {
    struct cmd_session session;
    const struct cmd_options *options;
    const char *format;
    struct app *app;
    struct cells cells;
    struct str program;
    struct cmd_themes *themes;
    struct event *look;
    double deadline_s, after_s;
    int64_t began_us, ran_us; /* ran_us: when the command had been done; 0: it was not yet */
    struct error failure;     /* why the command could not be done so far */
    size_t failed_at;
    int status;
};

static void end(struct screen *s, int status)
{
    s->status = status;
    event_base_loopbreak(s->session.base);
}

/* ---- the stream ---- */

static void on_changed(void *arg, bool complete)
{
    struct screen *s = arg;
    app_changed(s->app, complete);
}

static void on_closed(void *arg, const struct error *err)
{
    struct screen *s = arg;
    struct error why = *err;
    cmd_session_why(&s->session, &why);
    fprintf(stderr, "icetop: %s\n", why.text);
    end(s, NOTHING);
}

/* ---- drawing ---- */

static int write_picture(struct screen *s, struct error *err)
{
    struct cmd_output out = {.fd = -1};
    struct str picture = {0};
    int rc = app_shot(s->app, s->format, &picture, err);
    if (!rc)
        rc = cmd_output_open(&out, cmd_options_value(s->options, OPTIONS_OUTPUT), err);
    if (!rc)
        rc = cmd_output_write(&out, picture.s, picture.len, err);
    if (!rc)
        rc = cmd_output_commit(&out, err);
    cmd_output_done(&out);
    str_done(&picture);
    return rc;
}

static void finish(struct screen *s)
{
    struct error err = {0};
    struct cmd_sources state = cmd_sources_state(stream_client_store(s->session.client), true);
    bool nothing = state.failed + state.starting - state.begun == state.total;
    if (!state.total)
        fprintf(stderr, "icetop: nothing was read before the deadline\n");
    if (nothing) {
        end(s, NOTHING);
    } else if (write_picture(s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        end(s, NOTHING);
    } else {
        end(s, state.failed || state.partial || state.starting ? PARTIAL : 0);
    }
}

static void complain(const struct screen *s)
{
    struct str text = {0};
    expr_explain(&text, cmd_options_value(s->options, OPTIONS_SCREEN), s->failed_at, &s->failure);
    fprintf(stderr, "icetop: --screen: %s", str_text(&text));
    str_done(&text);
}

/* Rows that a command names may still come. */
static bool run_command(struct screen *s)
{
    const struct cmd_options *o = s->options;
    s->failure = (struct error){0};
    int rc = app_run(s->app, cmd_options_value(o, OPTIONS_SCREEN), &s->failed_at, &s->failure);
    if (rc == ERR_NOT_FOUND || rc == ERR_UNAVAILABLE)
        return false;
    if (rc) {
        complain(s);
        end(s, BAD_USAGE);
        return false;
    }
    if (app_narrow(s->app, cmd_options_condition(o), cmd_options_value(o, OPTIONS_SORT),
                   cmd_options_value(o, OPTIONS_COLUMNS), &s->failure)) {
        fprintf(stderr, "icetop: %s\n", s->failure.text);
        end(s, BAD_USAGE);
        return false;
    }
    return true;
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct screen *s = arg;
    int64_t now = clock_mono_us(&clock_system);
    struct cmd_sources state = cmd_sources_state(stream_client_store(s->session.client), false);
    bool late = now - s->began_us > (int64_t)(s->deadline_s * 1e6);
    bool ready = state.total && !state.starting && app_ready(s->app);
    app_draw(s->app, &s->cells); /* asks for the history of what it shows */
    if (!s->ran_us && ready && run_command(s)) {
        s->ran_us = now;
        return;
    }
    if (s->status)
        return;
    if (s->ran_us && (ready || late) && now - s->ran_us >= (int64_t)(s->after_s * 1e6) + LOOK_MS * 1000LL) {
        finish(s);
    } else if (!s->ran_us && late && s->failure.code) {
        complain(s);
        end(s, BAD_USAGE);
    } else if (!s->ran_us && late) {
        finish(s);
    }
}

/* ---- set-up ---- */

static int parse_size(const char *text, int *width, int *height, struct error *err)
{
    char rest;
    *width = WIDTH;
    *height = HEIGHT;
    if (text && (sscanf(text, "%dx%d%c", width, height, &rest) != 2 || *width < 1 || *height < 1 || *width > MOST ||
                 *height > MOST))
        return error_set(err, ERR_INVALID, "--size %.50s: that is no size, as 120x36, up to %dx%d", text, MOST, MOST);
    return 0;
}

static int check_use(const struct cmd_options *o, struct error *err)
{
    const char *rows = cmd_options_of(o, OPTIONS_ROWS_ONLY);
    if (*cmd_options_operands(o))
        return error_set(err, ERR_INVALID, "--screen takes no table (\"%.50s\")", *cmd_options_operands(o));
    return rows ? error_set(err, ERR_INVALID, "--%s means nothing to --screen", rows) : 0;
}

static int check_format(const char *format, struct error *err)
{
    static const char *const formats[] = {"text", "ansi", "html", "svg"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i], format) == 0)
            return 0;
    return error_set(err, ERR_INVALID, "--format %.50s: a screen is text, ansi, html or svg", format);
}

static int read_options(struct screen *s, struct error *err)
{
    const struct cmd_options *o = s->options;
    const char *format = cmd_options_value(o, OPTIONS_FORMAT);
    s->format = format ? format : "text";
    int width, height, rc = check_use(o, err);
    if (!rc)
        rc = check_format(s->format, err);
    if (!rc)
        rc = cmd_themes_check(cmd_options_value(o, OPTIONS_THEME), err);
    if (!rc)
        rc = parse_size(cmd_options_value(o, OPTIONS_SIZE), &width, &height, err);
    if (!rc)
        rc = cmd_options_seconds(o, OPTIONS_DEADLINE, DEFAULT_DEADLINE_S, &s->deadline_s, err);
    if (!rc)
        rc = cmd_options_seconds(o, OPTIONS_AFTER, 0, &s->after_s, err);
    if (!rc)
        cells_init(&s->cells, width, height, cmd_options_given(o, OPTIONS_ASCII));
    return rc;
}

static int on_find_theme(void *arg, const char *name, const struct theme **ret, struct error *err)
{
    struct screen *s = arg;
    return cmd_themes_find(s->themes, name, ret, err);
}

static int open_app(struct screen *s, struct error *err)
{
    static const struct app_ops ops = {.find_theme = on_find_theme};
    const struct cmd_options *o = s->options;
    const struct conf_ui *ui = &s->session.conf->ui;
    const char *graph = cmd_options_value(o, OPTIONS_GRAPH);
    bool page = strcmp(s->format, "html") == 0 || strcmp(s->format, "svg") == 0; /* those are UTF-8 anywhere */
    cmd_options_again(o, &s->program);
    struct app_settings settings = {
        .ascii = cmd_options_given(o, OPTIONS_ASCII) || (!page && strcmp(nl_langinfo(CODESET), "UTF-8") != 0),
        .utc = cmd_options_given(o, OPTIONS_UTC) || ui->utc,
        .exact = cmd_options_given(o, OPTIONS_EXACT) || ui->exact,
        .si = strcmp(ui->units, "si") == 0,
        .still = true, /* what changed in the last second stands out for nobody */

        .program = str_text(&s->program),
    };
    s->themes = cmd_themes_new(s->session.conf);
    settings.themes = cmd_themes_names(s->themes);
    int rc = cmd_themes_first(s->themes, cmd_options_value(o, OPTIONS_THEME), &settings.theme, err);
    if (!rc)
        rc = cmd_begin_graph(graph ? graph : ui->graph, GRAPH_BRAILLE, settings.ascii, &settings.graph, err);
    if (rc)
        return rc;
    s->cells.ascii = settings.ascii;
    s->app = app_new(NULL, &clock_system, &settings, &ops, s);
    app_resize(s->app, s->cells.width, s->cells.height);
    return 0;
}

static int run(struct screen *s)
{
    static const struct stream_client_ops ops = {.changed = on_changed, .closed = on_closed};
    const struct timeval pause = {.tv_usec = LOOK_MS * 1000};
    struct error err = {0};
    if (open_app(s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return BAD_USAGE;
    }
    if (cmd_session_connect(&s->session, &ops, s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return NOTHING;
    }
    app_attach(s->app, s->session.client);
    s->began_us = clock_mono_us(&clock_system);
    s->look = event_new(s->session.base, -1, EV_PERSIST, on_look, s);
    event_add(s->look, &pause);
    event_base_dispatch(s->session.base);
    event_free(s->look);
    return s->status;
}

int cmd_screen_run(const struct cmd_options *o)
{
    struct screen s = {.options = o};
    struct error err = {0};
    int status = BAD_USAGE;
    if (!cmd_begin_condition(o))
        return status;
    if (read_options(&s, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return status;
    }
    status = cmd_session_init(&s.session, o, !cmd_options_given(o, OPTIONS_DEMO));
    if (!status)
        status = run(&s);
    app_free(s.app);
    cmd_themes_free(s.themes);
    cells_done(&s.cells);
    str_done(&s.program);
    cmd_session_done(&s.session);
    return status;
}
