/* Looking at the records of a partition, once, for somebody who asked: on threads beside the rounds' own, with a client for
 * each look. No group is joined, nothing is committed, and nothing of what was read is kept. */
#ifndef KAFKA_LOOK_H
#define KAFKA_LOOK_H

#include "kafka/plan.h"
#include "stream/record.h"

struct event_base;
struct kafka_look;

enum kafka_look_limits {
    KAFKA_LOOK_THREADS = 3, /* looks at once */
    KAFKA_LOOK_WAITING = 12 /* looks that are under way or wait; one more is refused */
};

/* Called once on the loop's thread. records may be taken over, and emptied then; empty with an error. */
typedef void kafka_look_done(void *arg, struct stream_records *records, const struct error *err);

/* Threads are started with the first look. */
struct kafka_look *kafka_look_new(struct event_base *base, const struct clock *clock);
/* Answers what is under way with ERR_CLOSED, and waits a short while for the threads. NULL is allowed. */
void kafka_look_free(struct kafka_look *l);

/* Reads as q asks (its cluster is the caller's business) from the cluster of the plan, a reference to which is
 * held meanwhile; done comes later, never from within this call, after at most about deadline_ms. Errors: ERR_NOT_FOUND for
 * a topic or partition that is not there or that the plan does not choose, ERR_REMOTE for a missing permission,
 * ERR_UNAVAILABLE without a leader or a broker, or where records of the cluster may not be looked at, ERR_LIMIT for too
 * many looks at once, ERR_TIMEOUT. */
void kafka_look_ask(struct kafka_look *l, struct kafka_plan *plan, const struct stream_record_query *q, int deadline_ms,
                    kafka_look_done *done, void *arg);

#endif
