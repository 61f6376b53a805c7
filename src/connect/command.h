/* A program that writes a log to its standard output: run without a shell, read on the loop, run again when it
 * ends. */
#ifndef CONNECT_COMMAND_H
#define CONNECT_COMMAND_H

#include "connect/entries.h"

struct event_base;
struct clock;
struct connect_command;

/* What may be known of one. */
struct connect_command_state {
    const char *name;  /* its words */
    const char *error; /* why nothing is read, with its last words; NULL: it runs, or ended well */
    bool caught_up;    /* it paused or ended once */
    struct connect_entries_counts counts;
    int64_t bytes, restarts;
};

struct connect_command_ops {
    connect_entries_fn *entry;
    /* After the entries of a piece; also when the state is another. */
    void (*news)(void *arg);
};

/* Starts it at once. argv: its words, NULL-terminated, copied; the program is looked for in PATH. */
struct connect_command *connect_command_new(struct event_base *base, const struct clock *clock, const char *const *argv,
                                            const struct connect_command_ops *ops, void *arg);
struct connect_command_state connect_command_state(const struct connect_command *c);
/* Ends these with all of their process groups: SIGTERM, and after a short while for which it waits SIGKILL.
 * Those that are NULL are left out. */
void connect_command_free(struct connect_command *const *commands, size_t n);

#endif
