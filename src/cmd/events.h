/* Lines of a file, or of standard input, as the events of a dataset. */
#ifndef CMD_EVENTS_H
#define CMD_EVENTS_H

#include "base/str.h"
#include "drift/setup.h"

/* Embedded; zeroed but for setup, path and now_ms. */
struct cmd_events {
    struct drift_setup *setup; /* borrowed */
    const char *path;          /* for what is told */
    int64_t now_ms;            /* the time of events that have none */
    void (*fed)(void *arg);    /* after each line; NULL: nobody asks */
    void *arg;
    int64_t lines; /* so far */
    struct str line;
};

enum { CMD_EVENTS_LINES = 1000000000 }; /* at most */

/* Takes a piece of the text, whatever it ends in. */
void cmd_events_piece(struct cmd_events *e, const char *bytes, size_t len);
/* The text is over: its last line may have no end. All windows are closed. ERR_LIMIT for too many lines; why the dataset could not begin
 * otherwise. */
int cmd_events_end(struct cmd_events *e, struct error *err);
/* Both, of what is at its path. */
int cmd_events_read(struct cmd_events *e, struct error *err);
void cmd_events_done(struct cmd_events *e);

/* Says on standard error what of the path, NULL for none, is the matter; what it quotes is made safe for a terminal. */
void cmd_events_say(const char *path, const char *text);
/* The same of lines that could not be read or came too late, and of what was left out. True: all lines were good. */
bool cmd_events_tell(const struct cmd_events *e);

#endif
