/* The real program on a terminal of our own, in a directory of its own: started, its processes found, nothing left. */
#ifndef TESTS_UI_CONSOLE_H
#define TESTS_UI_CONSOLE_H

#include "tests/ui/screen.h"

#include <sys/types.h>

struct console {
    struct screen *screen;
    char *directory;    /* its TMPDIR and HOME; by its name its processes are known */
    const char *env[8]; /* for screen_run and console_shell */
    char *home, *tmp;
};

/* A directory and an environment; no program yet. ICETOP in the tests' environment is the program's path. */
struct console *console_new(void);
/* Ends the program and every process that it left, and removes the directory. NULL is allowed. */
void console_free(struct console *c);

/* Runs icetop with these arguments, NULL-ended; the screen before is freed. Returns c->screen. */
struct screen *console_run(struct console *c, int width, int height, const char *const *arguments);
/* The same for a command line of /bin/sh, in which $ICETOP is the program. */
struct screen *console_shell(struct console *c, int width, int height, const char *command);

/* The child of a process whose command line has the word; waits for it and fails the test after the deadline. */
pid_t console_child(struct console *c, pid_t parent, const char *word);
/* The same, but another one than before. */
pid_t console_other_child(struct console *c, pid_t parent, const char *word, pid_t before);
/* Waits until no process of ours is left, and no file of a demo; fails the test after the deadline. */
void console_expect_nothing_left(struct console *c);
/* Presses q and expects status 0, the terminal as it was, and nothing left. */
void console_quit(struct console *c);

#endif
