/* A collector of one's own and the stream to it: what the console and the snapshot begin with. */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "base/error.h"
#include "stream/client.h"

#include <stdbool.h>

struct conf;
struct event_base;
struct cmd_options;

struct cmd_session {
    struct event_base *base;
    const struct cmd_options *options;
    struct conf *conf;            /* what is in force; of --demo as well */
    struct stream_client *client; /* NULL before cmd_session_connect and after a disconnect */
    struct stream_child *child;
    struct cmd_demo *demo; /* NULL without --demo */
    char **argv;           /* what the collector is configured with: NULL-terminated */
    int argc;
};

/* Reads the configuration and, for --demo, starts the embedded brokers. Returns 0, or the exit status after having printed what
 * is wrong. cmd_session_done is to be called in any case. one_shot: no console; it keeps no history unless it is told to. */
int cmd_session_init(struct cmd_session *s, const struct cmd_options *o, bool one_shot);
void cmd_session_done(struct cmd_session *s);

/* Starts a collector and connects to it; a mirror from before is taken over. ops and arg as for stream_client_new. */
int cmd_session_connect(struct cmd_session *s, const struct stream_client_ops *ops, void *arg, struct error *err);

/* --log, else the file's log.file, else NULL. */
const char *cmd_session_log(const struct cmd_session *s);

/* How the collector ended, once its stream has: "killed by signal 6 (Aborted)". Into err, for people. */
void cmd_session_why(struct cmd_session *s, struct error *err);

#endif
