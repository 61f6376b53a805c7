/* The console for those who hear it: lines instead of a screen, for screen readers, braille, logs and terminals that can do
 * no more. */
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/keeper.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "conf/conf.h"
#include "ui/cells.h"
#include "ui/plain.h"
#include "ui/views.h"

#include <errno.h>
#include <event2/event.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_MS = 1000, LINE_COLUMNS = 1000 };

struct listener {
    struct cmd_session session;
    struct cmd_keeper keeper;
    const struct cmd_options *options;
    struct plain *plain;
    bool ascii;
    struct event *look, *input, *signals[3];
    int64_t rounds_left; /* of --iterations; 0: no end */
    struct str typed;    /* a line, so far */
    bool known;          /* all was said once */
    int failure;         /* why nothing can be written any longer: errno */
};

static void end(struct listener *l)
{
    event_base_loopbreak(l->session.base);
}

/* Writes lines, in ASCII where nothing else can be read; ends where nobody reads them. */
static void write_lines(struct listener *l, struct str *lines)
{
    if (!l->ascii) {
        fputs(str_text(lines), stdout);
    } else {
        struct cells c; /* which knows a stand-in for every sign */
        struct str line = {0};
        cells_init(&c, LINE_COLUMNS, 1, true);
        for (char *at = lines->len ? lines->s : NULL; at && *at;) {
            char *newline = strchr(at, '\n');
            if (newline)
                *newline = '\0';
            cells_clear(&c);
            cells_text(&c, 0, 0, LINE_COLUMNS, ROLE_TEXT, at);
            str_clear(&line);
            cells_row_text(&c, 0, &line);
            fprintf(stdout, "%s\n", str_text(&line));
            at = newline ? newline + 1 : NULL;
        }
        cells_done(&c);
        str_done(&line);
    }
    if (fflush(stdout) != 0) {
        l->failure = errno;
        end(l);
    }
}

static bool say(struct listener *l, bool all)
{
    struct str out = {0};
    bool known = plain_say(l->plain, all, &out);
    if (out.len)
        write_lines(l, &out);
    str_done(&out);
    return known;
}

/* ---- the collector ---- */

static void on_connected(void *arg)
{
    struct listener *l = arg;
    for (size_t i = 0; views_base(i); i++)
        stream_client_subscribe(l->session.client, views_base(i), NULL, NULL);
    plain_attach(l->plain, stream_client_store(l->session.client));
}

static void on_changed(void *arg, bool complete)
{
    struct listener *l = arg;
    if (!complete || (l->known && l->rounds_left == 0))
        return;
    l->known = say(l, false); /* at first as soon as it can be, later every now and then */
    if (l->known && l->rounds_left > 0 && --l->rounds_left == 0)
        end(l);
}

static void on_lost(void *arg, const struct error *reason)
{
    struct listener *l = arg;
    struct str out = {0};
    plain_detach(l->plain, reason, &out);
    write_lines(l, &out);
    str_done(&out);
}

/* ---- who listens ---- */

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    say(arg, false);
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    end(arg);
}

static void obey(struct listener *l, const char *line)
{
    if (strcmp(line, "q") == 0 || strcmp(line, "quit") == 0)
        end(l);
    else if (!*line)
        say(l, true);
    else
        puts("Enter says all that is wrong, q and Enter ends"), fflush(stdout);
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
    struct listener *l = arg;
    char buf[256];
    (void)what;
    ssize_t n = read(fd, buf, sizeof buf);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) { /* the terminal has gone, or ^D */
        end(l);
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (buf[i] != '\n') {
            if (l->typed.len < sizeof buf)
                str_char(&l->typed, buf[i]);
            continue;
        }
        obey(l, str_text(&l->typed));
        str_clear(&l->typed);
    }
}

/* ---- set-up ---- */

/* Options that mean something on a screen alone. */
static int check_use(const struct cmd_options *o, struct error *err)
{
    static const enum cmd_options_id screen[] = {OPTIONS_VIEW,    OPTIONS_WHERE, OPTIONS_FILTER, OPTIONS_SORT,
                                                 OPTIONS_COLUMNS, OPTIONS_THEME, OPTIONS_GRAPH,  OPTIONS_MOUSE};
    const char *writing = cmd_options_of(o, OPTIONS_FILES_ONLY);
    for (const struct cmd_options_def *d = cmd_options_table; d->name && !writing; d++)
        for (size_t i = 0; i < sizeof screen / sizeof *screen; i++)
            if (d->id == screen[i] && cmd_options_given(o, d->id))
                writing = d->name;
    return writing ? error_set(err, ERR_INVALID, "--%s means nothing to --plain", writing) : 0;
}

static void begin(struct listener *l)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    static const struct cmd_keeper_settings settings = {.first_ms = 1000, .hello_ms = 3000};
    static const struct cmd_keeper_ops ops = {.connected = on_connected, .changed = on_changed, .lost = on_lost};
    struct event_base *base = l->session.base;
    int ms = l->session.conf->ui.interval_ms > LEAST_MS ? l->session.conf->ui.interval_ms : LEAST_MS;
    const struct timeval pause = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    cmd_keeper_init(&l->keeper, &l->session, &settings, &ops, l);
    l->look = event_new(base, -1, EV_PERSIST, on_look, l);
    event_add(l->look, &pause);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        l->signals[i] = evsignal_new(base, numbers[i], on_signal, l);
        event_add(l->signals[i], NULL);
    }
    if (isatty(STDIN_FILENO)) {
        l->input = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, l);
        event_add(l->input, NULL);
        puts("icetop says what is wrong, then what changes; Enter says all again, q and Enter ends");
        fflush(stdout);
    }
}

static void done(struct listener *l)
{
    struct event *const events[] = {l->look, l->input, l->signals[0], l->signals[1], l->signals[2]};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (events[i])
            event_free(events[i]);
    cmd_keeper_done(&l->keeper);
    plain_free(l->plain);
    str_done(&l->typed);
}

int cmd_plain_run(const struct cmd_options *o)
{
    struct listener l = {.options = o};
    struct error err = {0};
    if (check_use(o, &err) || cmd_options_count(o, OPTIONS_TIMES, 0, &l.rounds_left, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    int status = cmd_session_init(&l.session, o, false);
    if (!status && cmd_session_prepare(&l.session, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        status = 1;
    }
    if (!status) {
        const struct conf_ui *ui = &l.session.conf->ui;
        const struct format_options format = {.utc = cmd_options_given(o, OPTIONS_UTC) || ui->utc,
                                              .exact = cmd_options_given(o, OPTIONS_EXACT) || ui->exact,
                                              .si = strcmp(ui->units, "si") == 0};
        l.ascii = cmd_options_given(o, OPTIONS_ASCII) || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
        l.plain = plain_new(&clock_system, &format);
        begin(&l);
        cmd_keeper_connect(&l.keeper);
        event_base_dispatch(l.session.base);
    }
    done(&l);
    cmd_session_done(&l.session);
    errno = l.failure; /* for whoever tells of it */
    return status;
}
