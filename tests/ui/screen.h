/* A program on a terminal of our own: run it, press its keys, look at its cells. */
#ifndef TESTS_UI_SCREEN_H
#define TESTS_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vterm.h>

/* What a waiting test gives up after, in milliseconds: generous, for a busy machine; nothing waits
 * longer than it must. */
enum { SCREEN_DEADLINE = 30000 };

struct screen_settings {
    int width, height;
    const char *term;       /* TERM; NULL: not set */
    const char *const *env; /* "NAME=VALUE" to set, "NAME" to unset, NULL-ended; NULL: nothing */
    bool nohup;             /* SIGHUP is ignored, as after nohup(1) */
};

struct screen;

/* Starts argv[0] (a path) as the foreground job of a session of its own, as a shell would. The
 * locale is C.UTF-8 and NO_COLOR, LINES, COLUMNS and ESCDELAY are unset, unless env says otherwise.
 */
struct screen *screen_run(const struct screen_settings *settings, const char *const argv[]);
/* Ends the program, if it still runs. NULL is allowed. */
void screen_free(struct screen *s);

/* Looks at what comes until done(s, arg) is true; false after the deadline, or if the program ended
 * without it. */
bool screen_wait(struct screen *s, bool (*done)(struct screen *s, void *arg), void *arg, int ms);
/* The same for a text in one row, an extended regular expression in one row, and for the text being
 * gone. They fail the running cmocka test, after printing the screen, when it does not come about
 * within SCREEN_DEADLINE. */
void screen_expect(struct screen *s, const char *text);
void screen_expect_regex(struct screen *s, const char *regex);
void screen_expect_gone(struct screen *s, const char *text);
/* Takes what has come so far, without waiting. */
void screen_poll(struct screen *s);

/* Bytes as if typed; a key by its name in ui/input.h ("Up" "^L" "Esc" "Alt-x" "q"), encoded as the
 * modes in force ask for. */
void screen_send(struct screen *s, const char *bytes);
void screen_key(struct screen *s, const char *name);
/* A press of a mouse button (1..5) on a cell, encoded as the program asked for; nothing if it did
 * not. */
void screen_click(struct screen *s, int x, int y, int button);
void screen_resize(struct screen *s, int width, int height);

/* Stops reading what the program writes, or goes on. */
void screen_stall(struct screen *s, bool stalled);
/* From now on at most so many bytes a second are read, and seen so many milliseconds later, as over a slow line; 0: no
 * limit. Keys take their time as well. */
void screen_slow(struct screen *s, int bytes_per_s, int delay_ms);
/* The terminal goes away, as when a window is closed. */
void screen_close(struct screen *s);
void screen_signal(struct screen *s, int sig);
long screen_pid(const struct screen *s);
bool screen_ended(const struct screen *s);
/* Waits until the program is stopped (^Z); fails the test otherwise. The shell's part is done: it
 * is in the foreground. */
void screen_expect_stopped(struct screen *s);
/* fg */
void screen_continue(struct screen *s);
/* Waits for the end; returns the exit code, or 256 + the signal. Fails the test after the deadline.
 */
int screen_expect_exit(struct screen *s);

/* The whole screen as text, lines without trailing blanks; the caller frees. */
char *screen_dump(struct screen *s);
char *screen_row(struct screen *s, int y);
/* Where text is; false if it is not on the screen. */
bool screen_find(struct screen *s, const char *text, int *x, int *y);
/* The cell with its attributes; x and y must be inside. */
VTermScreenCell screen_cell(struct screen *s, int x, int y);
void screen_cursor(struct screen *s, int *x, int *y, bool *visible);
bool screen_alternate(struct screen *s);  /* is the alternate screen shown? */
bool screen_mouse(struct screen *s);      /* does the program want mouse events? */
bool screen_cooked(struct screen *s);     /* are the terminal's modes those of a shell: echo, lines, signals? */
size_t screen_bytes(struct screen *s);    /* written by the program since the start, or the last mark */
void screen_mark(struct screen *s);       /* bytes and raw start anew here */
const char *screen_raw(struct screen *s); /* what was written since then, NULs as they are */
bool screen_colored(struct screen *s);    /* does raw hold a colour (SGR 30–49, 90–107)? */

#endif
