/* Finding out which topics are control topics of Iceberg sinks: the last records of each partition are looked at, on
 * a thread. */
#ifndef CONNECT_PROBE_H
#define CONNECT_PROBE_H

#include "kafka/plan.h"

struct event_base;
struct connect_probe;

enum connect_probe_limit {
    CONNECT_PROBE_BACK = 50,         /* offsets before a partition's end at which is begun to look */
    CONNECT_PROBE_PARTITIONS = 1000, /* of all topics together, those of the first topics first */
};

enum connect_probe_verdict {
    CONNECT_PROBE_UNKNOWN, /* nothing was there, or it could not be read */
    CONNECT_PROBE_NO,      /* there are records, and none of those seen is an event's */
    CONNECT_PROBE_YES,     /* one that was seen begins as an event does */
};

/* On the loop's thread. err NULL: all went well; else nothing could be found out, and verdicts are all UNKNOWN. */
typedef void connect_probe_done(void *arg, const char *const *topics, const enum connect_probe_verdict *verdicts,
                                size_t n, const struct error *err);

struct connect_probe *connect_probe_new(struct event_base *base, const struct clock *clock, connect_probe_done *done,
                                        void *arg);
/* Looks at topics, which are copied; the plan is referenced. False if a look is under way still: nothing is done
 * then. */
bool connect_probe_ask(struct connect_probe *p, struct kafka_plan *plan, const char *const *topics, size_t n,
                       int deadline_ms);
/* done is not called any more. False: the client library hangs, and what it uses is left behind. NULL is allowed. */
bool connect_probe_free(struct connect_probe *p, int wait_ms);

#endif
