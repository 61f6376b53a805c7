/* The terminal: draws cells, delivers input, survives resize, ^Z, a stalled reader and its own
 * loss. Only this file's .c includes curses.h. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "base/error.h"
#include "ui/cells.h"
#include "ui/input.h"

struct event_base;
struct term;

struct term_settings {
    const char *theme;   /* "default", "mono" … (ui/theme.h) */
    const char *color;   /* "auto" (NO_COLOR and the terminal decide), "always", "never" */
    const char *charset; /* "auto" (the locale decides), "utf-8", "ascii" */
    const char *log;     /* where fd 2 goes while the screen is up; NULL: /dev/null */
    bool mouse;
};

struct term_ops {
    void (*input)(void *arg, const struct input *in);
    /* The size changed, or the screen must be drawn anew after fg; width and height are the new
     * ones. */
    void (*resize)(void *arg, int width, int height);
    /* ^Z is about to stop us / we are back: for pausing timers. May be NULL. */
    void (*suspend)(void *arg, bool stopped);
    /* SIGTERM, SIGINT, SIGHUP, or the terminal is gone (then lost is true): end the loop. */
    void (*quit)(void *arg, bool lost);
};

/* Takes over the terminal of stdin and stdout. ERR_UNAVAILABLE where there is none that can be
 * drawn on (no tty, TERM=dumb, unknown TERM): the text says what to do. ops and arg must outlive
 * it. */
int term_new(struct event_base *base, const struct term_settings *settings,
             const struct term_ops *ops, void *arg, struct term **ret, struct error *err);
/* Restores the terminal. NULL is allowed. */
void term_free(struct term *t);

void term_size(const struct term *t, int *width, int *height);
bool term_utf8(const struct term *t);    /* may glyphs outside ASCII be drawn? */
bool term_braille(const struct term *t); /* and braille, as far as TERM tells? */
int term_colors(const struct term *t);

/* Draws cells (of the terminal's size) as a difference to what is there. False, and nothing is
 * drawn, while the terminal has not yet taken the frame before: the latest cells given are then
 * drawn as soon as it has (they are copied). */
bool term_draw(struct term *t, const struct cells *c);
/* Everything is drawn again by the next term_draw (^L). */
void term_redraw(struct term *t);
/* Bytes written so far, for benchmarks. */
uint64_t term_bytes(const struct term *t);
/* Sends text to the terminal's clipboard (OSC 52), at most 74,994 bytes of base64; ERR_LIMIT
 * beyond. */
int term_copy(struct term *t, const char *text, size_t len);

#endif
