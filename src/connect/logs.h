/* The source of one Connect cluster's logs: follows files and commands, writes `log_events`, and hands on what
 * lines say of commit cycles.
 *
 * What cannot be read is said in the source's row and once in `events`; the rest goes on. */
#ifndef CONNECT_LOGS_H
#define CONNECT_LOGS_H

#include "connect/line.h"
#include "source/source.h"

struct event_base;
struct store;
struct connect_logs;

enum { CONNECT_LOGS_INTERVAL_MS = 10000, CONNECT_LOGS_DEADLINE_MS = 10000 };

/* Copied. */
struct connect_logs_settings {
    const char *name;                   /* the Connect cluster's: the first key of its rows */
    const char *const *paths;           /* files and globs, NULL-terminated, or NULL */
    const char *const *const *commands; /* words of each, likewise */
    int utc_offset_s;                   /* of times that name no zone, seconds east of UTC */
    bool archives;                      /* what rotation has left is read first */
    int64_t back_bytes;                 /* of a file that is there at the start; 0: CONNECT_TAIL_BACK */
};

/* Called on the loop. */
struct connect_logs_ops {
    /* A line of a known kind; origin tells the streams of lines apart. Borrowed until it returns. */
    void (*line)(void *arg, const char *origin, const struct connect_line *line);
    /* After some of these, once for all that came together; what it writes is committed with their rows. */
    void (*turn)(void *arg);
};

/* kind "log". */
extern const struct source_ops connect_logs_source;

/* For scheduler_add with connect_logs_source, which then owns it; settings are to name a path or a command. Adds
 * `log_events` to the store where it is not there yet. The first round ends when all that is there has been
 * read, or at its deadline (SOURCE_STARTING then); later ones only tell how things stand. */
struct connect_logs *connect_logs_new(struct event_base *base, struct store *store,
                                      const struct connect_logs_settings *settings, const struct connect_logs_ops *ops,
                                      void *arg);
/* "log:NAME", the name for scheduler_add; owned by the source. */
const char *connect_logs_name(const struct connect_logs *l);
/* The settings for scheduler_add. */
struct source_settings connect_logs_source_settings(void);

#endif
