/* The terminal's life: from newterm over frames, keys, sizes and stops to the last byte that gives
 * it back. */
#include "ui/term.h"

#include "base/mem.h"
#include "base/str.h"
#include "ui/term_copy.h"
#include "ui/term_guard.h"
#include "ui/term_info.h"
#include "ui/term_keys.h"
#include "ui/term_paint.h"
#include "ui/term_pump.h"
#include "ui/theme.h"

#include <curses.h>
#include <errno.h>
#include <event2/event.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    COALESCE_MS = 50, /* sizes while a window's edge is dragged */
    FLUSH_MS = 500,   /* how long the end waits for a terminal that does not read */
    WIDTH_MAX = 1000, /* what a terminal claims beyond this is not believed: cells cost memory */
    HEIGHT_MAX = 500,
    EMPTY_READS = 3, /* readable, and yet nothing to read, so often in a row: the end of the input */
};

/* In this order in term.signals. Terminal stops are ours as well: curses' own handler would stop us
 * before the pump ran. */
static const int signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT};

enum { SIGNALS = sizeof signals / sizeof *signals };

struct term {
    struct event_base *base;
    const struct term_ops *ops;
    void *arg;
    struct term_pump *pump;
    struct term_paint *paint;
    SCREEN *screen;
    WINDOW *keys;
    struct event *signals[SIGNALS], *input, *resize_timer;
    char *note;
    int colors;
    bool utf8, braille, clipboard, guarded;
    int empty_reads;
    bool lost;       /* the terminal is gone: nothing is written any more */
    bool stopping;   /* around ^Z */
    bool everything; /* the next frame is drawn anew */
    bool has_next;   /* next waits for the pump */
    struct cells next;
};

static void lose(struct term *t)
{
    if (t->lost)
        return;
    t->lost = true;
    event_del(t->input);
    t->ops->quit(t->arg, true);
}

static bool hung_up(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0 && (in.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void paint(struct term *t, const struct cells *c)
{
    term_paint_frame(t->paint, c, t->everything);
    t->everything = false;
    term_pump_send(t->pump);
}

static void on_idle(void *arg, int status)
{
    struct term *t = arg;
    if (status < 0) {
        lose(t);
    } else if (t->has_next) {
        t->has_next = false;
        paint(t, &t->next);
    }
}

/* Asks the kernel: LINES and COLUMNS of the environment do not follow a window. */
static bool kernel_size(int *width, int *height)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
        return false;
    *width = size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
    *height = size.ws_row < HEIGHT_MAX ? size.ws_row : HEIGHT_MAX;
    return true;
}

/* The lines that insertions and deletions move: all of them. Not every terminal sees to that when its size changes. */
static void scroll_all_lines(struct term *t, int height)
{
    const char *all = term_info_scrolled(height);
    if (all)
        term_pump_add(t->pump, all, strlen(all));
}

static void take_size(struct term *t)
{
    int width, height;
    if (kernel_size(&width, &height))
        resize_term(height, width);
    t->everything = true;
    t->has_next = false; /* of the size before */
}

static void announce_size(struct term *t)
{
    take_size(t);
    scroll_all_lines(t, getmaxy(stdscr));
    t->ops->resize(t->arg, getmaxx(stdscr), getmaxy(stdscr));
}

static void on_resize_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    announce_size(arg);
}

/* curses out: the main screen with its cursor is back when this returns. */
static void leave_screen(struct term *t)
{
    endwin();
    term_pump_send(t->pump);
    if (term_pump_flush(t->pump, FLUSH_MS) == ERR_TIMEOUT)
        term_guard_force();
}

/* What endwin turned off and the next refresh does not turn on again. */
static void enter_keypad_mode(struct term *t)
{
    const char *smkx = term_info_string("smkx");
    if (smkx)
        term_pump_add(t->pump, smkx, strlen(smkx));
}

/* Ours again; what is on the screen is not known. */
static void enter_screen(struct term *t)
{
    term_guard_resume();
    enter_keypad_mode(t);
    t->everything = true;
}

static struct event *signal_event(struct term *t, int sig)
{
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i] == sig)
            return t->signals[i];
    return NULL;
}

/* The whole foreground group stops, as it does when the kernel sees ^Z: a wrapper script that went
 * on waiting for us would leave the shell without its prompt. */
static void stop(struct term *t)
{
    if (t->stopping || t->lost)
        return;
    t->stopping = true;
    if (t->ops->suspend)
        t->ops->suspend(t->arg, true);
    leave_screen(t);
    term_guard_pause();
    event_del(signal_event(t, SIGTSTP)); /* the default action again */
    event_del(signal_event(t, SIGCONT));
    kill(0, SIGTSTP);
    event_add(signal_event(t, SIGTSTP), NULL);
    event_add(signal_event(t, SIGCONT), NULL);
    enter_screen(t);
    t->stopping = false;
    if (t->ops->suspend)
        t->ops->suspend(t->arg, false);
    announce_size(t);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
    struct term *t = arg;
    static const struct timeval delay = {.tv_usec = COALESCE_MS * 1000};
    (void)what;
    if (t->lost)
        return;
    switch (sig) {
    case SIGWINCH:
        if (!evtimer_pending(t->resize_timer, NULL))
            evtimer_add(t->resize_timer, &delay);
        break;
    case SIGTSTP:
        stop(t);
        break;
    case SIGCONT: /* after a SIGSTOP, which nobody sees coming */
        enter_screen(t);
        announce_size(t);
        break;
    default:
        if (hung_up())
            lose(t);
        else
            t->ops->quit(t->arg, false);
    }
}

/* Reads until curses has nothing more: a key left in its own queue would wait for the next one. */
static void on_input(evutil_socket_t fd, short what, void *arg)
{
    struct term *t = arg;
    struct input in;
    bool any = false;
    (void)what;
    while (!t->lost && term_keys_read(t->keys, &in)) {
        any = true;
        if (in.key == (INPUT_CTRL | 'z'))
            stop(t);
        else
            t->ops->input(t->arg, &in);
    }
    struct pollfd more = {.fd = fd, .events = POLLIN};
    bool readable = poll(&more, 1, 0) > 0;
    t->empty_reads = readable && !any ? t->empty_reads + 1 : 0;
    if ((readable && (more.revents & (POLLHUP | POLLERR | POLLNVAL))) || t->empty_reads >= EMPTY_READS)
        lose(t);
}

static int add_events(struct term *t, struct error *err)
{
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction now;
        t->signals[i] = evsignal_new(t->base, signals[i], on_signal, t);
        bool keep = sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN;
        if (keep && signals[i] == SIGHUP)
            continue; /* nohup: the end of the terminal is seen all the same */
        if (evsignal_add(t->signals[i], NULL) < 0)
            return error_set(err, ERR_UNAVAILABLE, "signal %d cannot be watched", signals[i]);
    }
    t->resize_timer = evtimer_new(t->base, on_resize_timer, t);
    t->input = event_new(t->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, t);
    if (event_add(t->input, NULL) < 0)
        return error_set(err, ERR_UNAVAILABLE, "standard input cannot be watched");
    return 0;
}

/* Does the locale, or what the settings say, allow signs outside ASCII? LC_CTYPE alone is taken
 * over: numbers stay as they are. */
static bool choose_charset(const char *charset)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(charset, "ascii") == 0)
        return false;
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!utf8 && strcmp(charset, "utf-8") == 0)
        utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    return utf8;
}

static int choose_colors(const char *color)
{
    const char *no_color = getenv("NO_COLOR");
    bool off = strcmp(color, "never") == 0 || (strcmp(color, "always") != 0 && no_color && *no_color);
    if (off || !has_colors() || start_color() != OK)
        return 0;
    if (use_default_colors() != OK)
        assume_default_colors(COLOR_WHITE, COLOR_BLACK);
    return COLORS;
}

static int guard(struct term *t, const struct term_settings *settings, struct error *err)
{
    struct str restore = {0};
    term_info_restore(&restore, t->colors > 0, settings->mouse);
    const struct term_guard_settings gs = {
        .in = STDIN_FILENO,
        .out = term_pump_fd(t->pump),
        .restore = str_text(&restore),
        .restore_len = restore.len,
        .log = settings->log,
    };
    int rc = term_guard_enter(&gs, err);
    t->guarded = rc == 0;
    str_done(&restore);
    return rc;
}

/* A variable of the environment, set to a number while curses looks; the value before is the caller's to give back. */
static char *lend(const char *name, int value)
{
    char number[16];
    char *before = getenv(name) ? mem_strdup(getenv(name)) : NULL;
    snprintf(number, sizeof number, "%d", value);
    setenv(name, number, 1);
    return before;
}

static void give_back(const char *name, char *before)
{
    if (before)
        setenv(name, before, 1);
    else
        unsetenv(name);
    free(before);
}

/* newterm for the size that the terminal has. Curses, whose output is a file, cannot ask, and would confine scrolling to
 * as many lines as terminfo tells of for good. */
static SCREEN *new_screen(struct term *t, const char *entry)
{
    int width, height;
    if (!kernel_size(&width, &height))
        return newterm(entry, term_pump_file(t->pump), stdin);
    char *columns = lend("COLUMNS", width), *lines = lend("LINES", height);
    SCREEN *screen = newterm(entry, term_pump_file(t->pump), stdin);
    give_back("COLUMNS", columns);
    give_back("LINES", lines);
    return screen;
}

/* Curses and what belongs to its screen, on an entry that is known to work. */
static int open_screen(struct term *t, const char *entry, const struct term_settings *settings, struct error *err)
{
    t->screen = new_screen(t, entry);
    if (!t->screen)
        return error_set(err, ERR_UNAVAILABLE, "TERM=%s cannot be drawn on: use icetop --plain, or icetop snapshot",
                         entry);
    typeahead(-1); /* else a key cuts a frame short */
    t->keys = term_keys_new(settings->mouse);
    t->colors = choose_colors(settings->color);
    t->paint = term_paint_new(settings->theme, t->colors);
    t->braille = t->utf8 && term_info_braille(entry);
    t->clipboard = term_info_clipboard(entry);
    return guard(t, settings, err);
}

int term_new(struct event_base *base, const struct term_settings *settings, const struct term_ops *ops, void *arg,
             struct term **ret, struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(err, ERR_UNAVAILABLE, "standard %s is not a terminal: use icetop --plain, or icetop snapshot",
                         isatty(STDIN_FILENO) ? "output" : "input");
    struct term *t = mem_new(struct term);
    *t = (struct term){.base = base, .ops = ops, .arg = arg};
    t->utf8 = choose_charset(settings->charset);
    const char *entry;
    int rc = term_info_choose(&entry, &t->note, err);
    if (rc < 0)
        goto out;
    rc = add_events(t, err); /* before newterm, which takes over signals that nobody has */
    if (rc < 0)
        goto out;
    rc = term_pump_new(base, STDOUT_FILENO, on_idle, t, &t->pump, err);
    if (rc < 0)
        goto out;
    rc = open_screen(t, entry, settings, err);
    if (rc < 0)
        goto out;
    take_size(t);
    *ret = t;
out:
    if (rc < 0)
        term_free(t);
    return rc;
}

void term_free(struct term *t)
{
    if (!t)
        return;
    for (int i = 0; i < SIGNALS; i++)
        if (t->signals[i])
            event_free(t->signals[i]);
    if (t->input)
        event_free(t->input);
    if (t->resize_timer)
        event_free(t->resize_timer);
    if (t->guarded) {
        if (!t->lost)
            leave_screen(t);
        term_guard_leave();
    }
    if (t->keys)
        delwin(t->keys);
    if (t->screen)
        delscreen(t->screen);
    term_paint_free(t->paint);
    term_pump_free(t->pump);
    cells_done(&t->next);
    free(t->note);
    free(t);
}

void term_size(const struct term *t, int *width, int *height)
{
    (void)t;
    *width = getmaxx(stdscr);
    *height = getmaxy(stdscr);
}

bool term_utf8(const struct term *t)
{
    return t->utf8;
}

bool term_braille(const struct term *t)
{
    return t->braille;
}

int term_colors(const struct term *t)
{
    return t->colors;
}

const char *term_note(const struct term *t)
{
    return t->note;
}

bool term_draw(struct term *t, const struct cells *c)
{
    if (t->lost || t->stopping)
        return false;
    if (term_pump_busy(t->pump)) {
        cells_copy(&t->next, c);
        t->has_next = true;
        return false;
    }
    paint(t, c);
    return true;
}

void term_redraw(struct term *t)
{
    t->everything = true;
}

void term_set_theme(struct term *t, const struct theme *theme)
{
    term_paint_free(t->paint);
    t->paint = term_paint_new(theme, t->colors);
    t->everything = true;
}

uint64_t term_bytes(const struct term *t)
{
    return term_pump_total(t->pump);
}

int term_copy(struct term *t, const char *text, size_t len, struct error *err)
{
    if (t->lost || t->stopping)
        return error_set(err, ERR_CLOSED, "there is no screen now");
    if (!t->clipboard)
        return error_set(err, ERR_UNAVAILABLE, "this terminal has no clipboard");
    struct str out = {0};
    int rc = term_copy_sequence(&out, text, len, err);
    if (rc == 0)
        term_pump_add(t->pump, out.s, out.len);
    str_done(&out);
    return rc;
}
