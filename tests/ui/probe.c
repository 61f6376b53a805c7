/* ui-probe: a known picture on the terminal and an answer to every key; what the tests of the
 * terminal drive. */
#include "base/mem.h"
#include "base/str.h"
#include "ui/term.h"
#include "ui/theme.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct probe {
    struct event_base *base;
    struct term *term;
    struct cells cells;
    char last[32]; /* the last key or click */
    int keys, frames, suspends, put_off;
    uint32_t seed;
    int table_changes; /* cells of 100 that change a frame; 0: no table */
    struct event *ticker;
    bool quit_lost, input_line;
};

static uint32_t next(struct probe *p)
{
    p->seed = p->seed * 1664525u + 1013904223u;
    return p->seed >> 16;
}

/* Rows of a name and columns of numbers, of which some change each frame. */
static void draw_table(struct probe *p)
{
    for (int y = 4; y < p->cells.height; y++) {
        if (p->frames == 0)
            cells_printf(&p->cells, 0, y, 20, y % 7 ? ROLE_TEXT : ROLE_BAD, "group-%d", y);
        for (int x = 20; x + 10 <= p->cells.width; x += 10)
            if (p->frames == 0 || (int)(next(p) % 100) < p->table_changes)
                cells_printf(&p->cells, x, y, 9, x == 20 ? ROLE_STRONG : ROLE_TEXT, "%9u", next(p) % 100000);
    }
}

static bool draw(struct probe *p)
{
    struct cells *c = &p->cells;
    int w, h;
    term_size(p->term, &w, &h);
    if (c->width != w || c->height != h)
        cells_resize(c, w, h);
    cells_fill(c, 0, 0, w, 4, ROLE_TEXT, ' ');
    cells_text(c, 0, 0, w, ROLE_TITLE, "icetop probe");
    cells_printf(c, 14, 0, w - 14, ROLE_TEXT, "size %dx%d colors %d", w, h, term_colors(p->term));
    cells_text(c, 0, 1, w, ROLE_BAD, "✗ bad");
    cells_text(c, 8, 1, w, ROLE_WARN, "! warn");
    cells_text(c, 16, 1, w, ROLE_DIM, "· dim");
    cells_text(c, 24, 1, w, ROLE_LINK, "日本 e\xCC\x81");
    cells_printf(c, 0, 2, w, ROLE_TEXT, "key %s count %d resumed %d frame %d", p->last, p->keys, p->suspends,
                 p->frames);
    if (term_note(p->term))
        cells_printf(c, 0, 3, w, ROLE_WARN, "note: %s", term_note(p->term));
    cells_select(c, 0, 2, w);
    if (p->table_changes)
        draw_table(p);
    if (w > 6)
        cells_glyph(c, w - 1, h - 1, ROLE_OK, 0x2518, '+'); /* the corner that scrolls careless programs */
    c->cursor_x = 4;
    c->cursor_y = 2;
    c->cursor_visible = p->input_line;
    p->frames++;
    return term_draw(p->term, c);
}

/* Not caught by a sanitizer before the processor does it: those end a process without a signal. */
__attribute__((no_sanitize("undefined"))) static void crash(void)
{
    volatile int *nowhere = NULL;
    *nowhere = 1;
}

/* More than a terminal that nobody reads can hold; no row has runs that could be sent as a
 * repetition. Says how many frames were put off. */
static void flood(struct probe *p)
{
    struct cells *c = &p->cells;
    p->put_off = 0;
    for (int i = 0; i < 60; i++) {
        for (int y = 4; y < c->height; y++)
            for (int x = 0; x < c->width; x++)
                cells_glyph(c, x, y, ROLE_TEXT, 'a' + (uint32_t)(x * 7 + y * 13 + i) % 26, '?');
        cells_printf(c, 0, 4, c->width, ROLE_STRONG, "flood %d put off %d ", i, p->put_off);
        term_redraw(p->term);
        p->put_off += !draw(p);
    }
    fprintf(stderr, "flooded\n"); /* the log tells a test that does not read the screen */
}

static void on_input(void *arg, const struct input *in)
{
    struct probe *p = arg;
    if (in->mouse)
        snprintf(p->last, sizeof p->last, "mouse-%d@%d,%d", in->button, in->x, in->y);
    else
        input_name(in->key, p->last);
    p->keys++;
    switch (in->mouse ? 0 : in->key) {
    case 'q':
        event_base_loopbreak(p->base);
        return;
    case 'S':
        crash();
        return;
    case 'A':
        abort();
    case 'X':
        exit(7);
    case 'E':
        fprintf(stderr, "stray line\n");
        break;
    case 'F':
        flood(p);
        break;
    case 'I':
        p->input_line = !p->input_line;
        break;
    case 'Y':
        term_copy(p->term, "payments", 8, NULL);
        break;
    case INPUT_CTRL | 'l':
        term_redraw(p->term);
        break;
    default:
        break;
    }
    draw(p);
}

static void on_resize(void *arg, int width, int height)
{
    struct probe *p = arg;
    cells_resize(&p->cells, width, height);
    p->frames = 0;
    draw(p);
}

static void on_suspend(void *arg, bool stopped)
{
    struct probe *p = arg;
    p->suspends += !stopped; /* the picture is asked for by the resize that follows */
}

static void on_quit(void *arg, bool lost)
{
    struct probe *p = arg;
    p->quit_lost = lost;
    event_base_loopbreak(p->base);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    draw(arg);
}

static int run(struct probe *p, const struct term_settings *settings, int tick_ms)
{
    static const struct term_ops ops = {.input = on_input, .resize = on_resize, .suspend = on_suspend, .quit = on_quit};
    struct error err = {0};
    int w, h;
    if (term_new(p->base, settings, &ops, p, &p->term, &err) < 0) {
        fprintf(stderr, "probe: %s\n", err.text);
        return 2;
    }
    term_size(p->term, &w, &h);
    cells_init(&p->cells, w, h, !term_utf8(p->term));
    draw(p);
    if (tick_ms) {
        struct timeval interval = {.tv_sec = tick_ms / 1000, .tv_usec = tick_ms % 1000 * 1000};
        p->ticker = event_new(p->base, -1, EV_PERSIST, on_tick, p);
        event_add(p->ticker, &interval);
    }
    event_base_dispatch(p->base);
    if (p->ticker)
        event_free(p->ticker);
    term_free(p->term);
    cells_done(&p->cells);
    if (!p->quit_lost)
        printf("probe says goodbye\n");
    return p->quit_lost ? 129 : 0;
}

int main(int argc, char **argv)
{
    struct term_settings settings = {.theme = theme_at(0), .color = "auto", .charset = "auto"};
    struct probe p = {.seed = 1, .last = "none"};
    int tick_ms = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--theme") == 0)
            settings.theme = theme_find(value);
        else if (strcmp(name, "--color") == 0)
            settings.color = value;
        else if (strcmp(name, "--charset") == 0)
            settings.charset = value;
        else if (strcmp(name, "--log") == 0)
            settings.log = value;
        else if (strcmp(name, "--mouse") == 0)
            settings.mouse = true;
        else if (strcmp(name, "--table") == 0)
            p.table_changes = (int)strtol(value, NULL, 10);
        else if (strcmp(name, "--tick") == 0)
            tick_ms = (int)strtol(value, NULL, 10);
    }
    p.base = event_base_new();
    int rc = run(&p, &settings, tick_ms);
    event_base_free(p.base);
    return rc;
}
