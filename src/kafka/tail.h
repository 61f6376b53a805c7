/* The subscription to committed offsets: the tail of __consumer_offsets, what has come of it, and whether it can be relied
 * on. All calls are the loop's. */
#ifndef KAFKA_TAIL_H
#define KAFKA_TAIL_H

#include "kafka/cover.h"
#include "kafka/plan.h"
#include "kafka/push.h"

struct event_base;
struct kafka_tail;

enum kafka_tail_mode { KAFKA_TAIL_AUTO, KAFKA_TAIL_POLL, KAFKA_TAIL_SUBSCRIBE };

struct kafka_tail_ops {
    /* There is something to take, or (changed) the cover or the text is another. */
    void (*news)(void *arg, bool changed);
};

struct kafka_tail *kafka_tail_new(struct event_base *base, const struct clock *clock, const struct kafka_tail_ops *ops,
                                  void *arg);
/* Another plan, which is referenced: a stream that is open is closed, and a new one begun unless the mode is POLL. */
void kafka_tail_configure(struct kafka_tail *t, struct kafka_plan *plan, enum kafka_tail_mode mode);
/* Waits at most wait_ms for the stream's client. False: it hangs, and what belongs to it is left behind. NULL is
 * allowed. */
bool kafka_tail_free(struct kafka_tail *t, int wait_ms);

/* Moves what has come since to *p, which is empty; false if there is nothing. */
bool kafka_tail_take(struct kafka_tail *t, struct kafka_push *p);
/* True if there is something to take. */
bool kafka_tail_waits(struct kafka_tail *t);
/* Which groups' commits come by themselves now; borrowed. */
const struct kafka_cover *kafka_tail_cover(const struct kafka_tail *t);

/* "subscribed", or "polled: " and why. */
const char *kafka_tail_text(const struct kafka_tail *t);
/* What the user should know beyond that, "" if nothing: groups that are polled because a transaction is open. */
const char *kafka_tail_note(const struct kafka_tail *t);
struct kafka_push_counts kafka_tail_counts(struct kafka_tail *t);

#endif
