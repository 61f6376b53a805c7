/* The way of a push from the subscription into the model: on a thread and with a client of its own, so that a commit need
 * not wait for a round's questions. All calls are the loop's. */
#ifndef KAFKA_PUSHER_H
#define KAFKA_PUSHER_H

#include "kafka/model.h"
#include "kafka/tail.h"

struct kafka_pusher;

/* The model is used by one at a time. */
struct kafka_pusher_ops {
    /* Takes the model; false: somebody else has it, and kafka_pusher_kick is called when he gives it back. */
    bool (*take)(void *arg);
    void (*give_back)(void *arg);
    /* A push was worked in: its rows are to be written, and then the model is the owner's again. */
    void (*applied)(void *arg);
    /* kafka_pusher_kick is to be called. */
    void (*due)(void *arg);
    /* A client is unfit. */
    void (*close)(void *arg, struct kafka_admin *admin);
};

struct kafka_pusher *kafka_pusher_new(struct event_base *base, const struct clock *clock, struct kafka_model *model,
                                      struct kafka_tail *tail, const struct kafka_pusher_ops *ops, void *arg);
/* Looks whether there is something to do, and does it: when something has come, and when the model is free again. */
void kafka_pusher_kick(struct kafka_pusher *p, struct kafka_plan *plan);
/* True if its thread has been in the client library for longer than it should. */
bool kafka_pusher_hangs(const struct kafka_pusher *p);
/* Waits at most wait_ms for its thread; hands its client to close. False: the thread is left behind with all it has, which
 * may be the model. NULL is allowed. */
bool kafka_pusher_free(struct kafka_pusher *p, int wait_ms);

#endif
