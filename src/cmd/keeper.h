/* Keeps a session with a collector: connects, gives up one that was found and says nothing, and connects again, after ever
 * longer pauses, when it has gone. */
#ifndef CMD_KEEPER_H
#define CMD_KEEPER_H

#include "cmd/session.h"

#include <stdint.h>

struct event;

struct cmd_keeper_settings {
    int first_ms;   /* the pause before the next collector; each is twice the one before, up to half a minute */
    int shared_ms;  /* more where another icetop starts the next one, at which we find ourselves again */
    int hello_ms;   /* so long may one that we found say nothing */
    int healthy_ms; /* having run for longer than that, it is a first pause again; 0: having said hello is enough */
};

struct cmd_keeper_ops {
    void (*connected)(void *arg);                        /* session.client is there, and nothing of it has come yet */
    void (*changed)(void *arg, bool complete);           /* as of stream_client_ops; not of one that was given up */
    void (*lost)(void *arg, const struct error *reason); /* or not even found */
};

/* Embedded; zeroed it is done. */
struct cmd_keeper {
    struct cmd_session *session;
    const struct cmd_keeper_settings *settings;
    const struct cmd_keeper_ops *ops;
    void *arg;
    struct event *restart, *silent;
    int restart_ms;       /* the next pause */
    int64_t connected_us; /* when this collector was asked for */
};

/* All of it is borrowed, until cmd_keeper_done. */
void cmd_keeper_init(struct cmd_keeper *k, struct cmd_session *session, const struct cmd_keeper_settings *settings,
                     const struct cmd_keeper_ops *ops, void *arg);
void cmd_keeper_done(struct cmd_keeper *k);
/* The first time; from then on it is seen to. */
void cmd_keeper_connect(struct cmd_keeper *k);

#endif
