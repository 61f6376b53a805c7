/* The promise that the terminal is given back as it was: modes, screen and stderr, also after a
 * crash. Part of ui/term.h. */
#ifndef UI_TERM_GUARD_H
#define UI_TERM_GUARD_H

#include "base/error.h"

#include <stddef.h>

enum { TERM_GUARD_RESTORE_MAX = 512 };

struct term_guard_settings {
    int in, out;         /* the terminal, for its modes; the same, non-blocking, for writing */
    const char *restore; /* what brings the screen back (rmcup, cnorm, sgr0 …), at most
                            TERM_GUARD_RESTORE_MAX bytes */
    size_t restore_len;
    const char *log; /* where stderr goes meanwhile; NULL, or where it cannot be opened: nowhere */
};

/* Keeps the modes, puts the terminal into raw mode, leads fd 2 (if it is this or another terminal)
 * into the log and arms handlers of fatal signals and of exit(). One at a time in a process. */
int term_guard_enter(const struct term_guard_settings *settings, struct error *err);
/* Gives modes and fd 2 back and takes them again: around a stop. */
void term_guard_pause(void);
void term_guard_resume(void);
/* The end: everything as before. The screen itself was brought back by the caller. */
void term_guard_leave(void);
/* Brings the screen back past everything that waits in the kernel, for a terminal whose reader
 * stands still. */
void term_guard_force(void);

#endif
