/* Logs as they grow: files and globs of files, followed through rotation and truncation, archives that rotation
 * has left, and commands that write a log. What is worth it is handed over as entries, on the loop.
 *
 * Files are read on a thread of the tail's own, in bounded pieces; commands are read on the loop as they write. */
#ifndef CONNECT_TAIL_H
#define CONNECT_TAIL_H

#include "connect/entries.h"

struct event_base;
struct clock;
struct connect_tail;

enum connect_tail_limit {
    CONNECT_TAIL_BACK =
        64 * 1024 * 1024,     /* bytes of a file that are read back at the start, where nothing else is said */
    CONNECT_TAIL_FILES = 500, /* that are followed; archives likewise */
    CONNECT_TAIL_COMMANDS = 50,
};

/* Read when the tail is made; nothing is kept of it. NULL-terminated lists, or NULL. */
struct connect_tail_settings {
    const char *const *paths;           /* files and globs; those that do not exist yet are waited for */
    const char *const *const *commands; /* words of each; without a shell */
    bool archives;      /* what rotation has left of these files (PATH.1, PATH-2026.gz) is read before them */
    int64_t back_bytes; /* 0: CONNECT_TAIL_BACK */
};

/* One file, glob that matches nothing, or command. */
struct connect_tail_origin {
    const char *name; /* its path, or the command's words */
    bool command;
    bool caught_up;    /* its end was reached once: what comes now is new */
    const char *error; /* why it is not read now; NULL: it is */
    struct connect_entries_counts counts;
    int64_t bytes;
    int64_t restarts;    /* of a command */
    int64_t truncations; /* of a file: it was cut, or written anew in its place */
    int64_t rotations;   /* of a file: another one stood in its place */
};

struct connect_tail_entry {
    const char *entry; /* borrowed for the call; NUL-terminated, may hold NULs */
    size_t len;
    int64_t line;
    const char *origin; /* for cycles: the same for a file and its archives */
    const char *file;   /* what was read */
};

struct connect_tail_ops {
    /* Is it to be handed over? *time_ms gets its time, INT64_MIN if it tells none: a command that is run again
     * may repeat itself. Called on the tail's thread and on the loop's: depends on its arguments only. */
    bool (*wanted)(const char *entry, size_t len, int64_t *time_ms);
    /* What has come, in order for each origin. */
    void (*entries)(void *arg, const struct connect_tail_entry *items, size_t n);
    /* After entries, and whenever an origin has another state or error: see connect_tail_origin_at. */
    void (*changed)(void *arg);
};

/* Begins at once. */
struct connect_tail *connect_tail_new(struct event_base *base, const struct clock *clock,
                                      const struct connect_tail_settings *settings, const struct connect_tail_ops *ops,
                                      void *arg);
/* Ends the commands with what they have started; waits a short while for them and for the thread. NULL is allowed. */
void connect_tail_free(struct connect_tail *t);

/* The i-th origin, borrowed until the loop turns; NULL behind the last. */
const struct connect_tail_origin *connect_tail_origin_at(const struct connect_tail *t, size_t i);
/* Has the end of everything that is there been reached once? A command has, once it paused or ended. */
bool connect_tail_caught_up(const struct connect_tail *t);

#endif
