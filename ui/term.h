/* The terminal: draws cells, delivers input, survives resize, ^Z, a stalled reader and its own
 * loss. Only ui/term*.c include curses.h, whose names collide with everything. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "base/error.h"
#include "ui/cells.h"
#include "ui/input.h"

struct event_base;
struct term;
struct theme;

struct term_settings {
    const struct theme *theme; /* must outlive the terminal, or the next one that is set */
    const char *color;         /* "auto" (NO_COLOR and the terminal decide), "always", "never" */
    const char *charset;       /* "auto" (the locale decides), "utf-8", "ascii" */
    const char *log;           /* where fd 2 goes while the screen is up; NULL (or no such): /dev/null */
    bool mouse;
};

struct term_ops {
    void (*input)(void *arg, const struct input *in);
    /* The size changed, or the screen must be drawn anew after fg; width and height are the new
     * ones. */
    void (*resize)(void *arg, int width, int height);
    /* ^Z is about to stop us / we are back (resize follows): for pausing timers. May be NULL. */
    void (*suspend)(void *arg, bool stopped);
    /* SIGTERM, SIGINT, SIGHUP, or the terminal is gone (then lost is true): end the loop. */
    void (*quit)(void *arg, bool lost);
};

/* Takes over the terminal of stdin and stdout: raw modes, the alternate screen, fd 2 (where it is a
 * terminal) into the log, SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT and the fatal
 * signals; ^Z stops without the caller's help. ERR_UNAVAILABLE where there is nothing that can be
 * drawn on (no tty, TERM unset, unknown or dumb): the text says what to do. TERM of a well-known family that is not in the database here is drawn as a
 * member that is, see term_note. ops and arg must outlive it; ops are called from the loop, never
 * from term_new. One at a time in a process. */
int term_new(struct event_base *base, const struct term_settings *settings, const struct term_ops *ops, void *arg,
             struct term **ret, struct error *err);
/* Restores the terminal, waiting at most half a second for one that does not read. NULL is allowed.
 */
void term_free(struct term *t);

void term_size(const struct term *t, int *width, int *height);
bool term_utf8(const struct term *t);    /* may glyphs outside ASCII be drawn? */
bool term_braille(const struct term *t); /* and braille, as far as TERM tells? */
int term_colors(const struct term *t);   /* 0: attributes only */
/* What the user should know about this terminal, in one line; NULL: nothing. */
const char *term_note(const struct term *t);

/* Draws cells (of the terminal's size; else clipped) as a difference to what is there. False, and
 * nothing is drawn, while the terminal has not yet taken the frame before: the latest cells given
 * are then drawn as soon as it has (they are copied). */
bool term_draw(struct term *t, const struct cells *c);
/* Everything is drawn again by the next term_draw (^L). */
void term_redraw(struct term *t);
/* Another theme from the next term_draw on. */
void term_set_theme(struct term *t, const struct theme *theme);
/* Bytes written so far, for benchmarks. */
uint64_t term_bytes(const struct term *t);
/* Sends text to the terminal's clipboard (OSC 52), at most 74,994 bytes of base64: ERR_LIMIT
 * beyond, ERR_UNAVAILABLE on a terminal that has none. Whether the terminal's user allows it is not
 * known. */
int term_copy(struct term *t, const char *text, size_t len, struct error *err);

#endif
