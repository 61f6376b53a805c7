/* A collector, of one's own or somebody else's, and the stream to it: what the console and the snapshot begin with. */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "base/error.h"
#include "stream/client.h"

#include <stdbool.h>
#include <sys/types.h>

struct conf;
struct event_base;
struct cmd_options;
struct session_ssh;
struct str;

/* Whose collector it is. */
enum cmd_session_way {
    SESSION_OWN, /* a child of ours */
    SESSION_SHARED, /* another console's, or an icetop collect, with the same configuration; when it ends, we start our own */
    SESSION_ATTACHED, /* that of --attach, and no other */
    SESSION_SSH,      /* on another host */
};

struct cmd_session {
    struct event_base *base;
    const struct cmd_options *options;
    struct conf *conf;            /* what is in force; of --demo as well */
    struct stream_client *client; /* NULL before cmd_session_connect and after a disconnect */
    struct stream_child *child;
    struct cmd_demo *demo; /* NULL without --demo */
    char **argv;           /* what the collector is configured with: NULL-terminated */
    int argc;
    enum cmd_session_way way; /* of the client that there is, or of the one to come */
    char *socket;             /* where collectors of this configuration are found; NULL: ours is not to be */
    pid_t peer;               /* the collector's process, where another one's is shared or attached */
    bool prepared;
    bool deaf; /* the one at the socket did not answer: until the next connect, what comes of it is late */
    struct session_ssh *ssh;
};

/* Reads the configuration and, for --demo, starts the embedded brokers. Returns 0, or the exit status after having printed what
 * is wrong. cmd_session_done is to be called in any case. one_shot: no console; it keeps no history unless it is told to. */
int cmd_session_init(struct cmd_session *s, const struct cmd_options *o, bool one_shot);
void cmd_session_done(struct cmd_session *s);

/* With --ssh, starts it and waits until the collector on the other host speaks, so that ssh can ask for what it needs; to be
 * called while the terminal is nobody else's. With --attach, finds the socket. Else, and the second time, does nothing;
 * cmd_session_connect calls it where nobody has. */
int cmd_session_prepare(struct cmd_session *s, struct error *err);

/* Finds or starts a collector and connects to it; a mirror from before is taken over. ops and arg as for stream_client_new. */
int cmd_session_connect(struct cmd_session *s, const struct stream_client_ops *ops, void *arg, struct error *err);

/* --log, else the file's log.file, else NULL. */
const char *cmd_session_log(const struct cmd_session *s);

/* Nothing came from a collector that we found, and waiting longer makes no sense: the next connect starts one. */
void cmd_session_give_up(struct cmd_session *s);
/* "attached to collector 1234", "ssh bastion"; appended; nothing for a collector of our own. */
void cmd_session_say(const struct cmd_session *s, struct str *out);

/* What is looked at, as a short text that is the same the next time; on the heap. */
char *cmd_session_of(const struct cmd_session *s);

/* How the collector ended, once its stream has: "killed by signal 6 (Aborted)". Into err, for people. */
void cmd_session_why(struct cmd_session *s, struct error *err);

#endif
