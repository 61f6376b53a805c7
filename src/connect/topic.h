/* One control topic being read: its stream through all that befalls it, decoding on the stream's thread, and handing
 * over on the loop's. */
#ifndef CONNECT_TOPIC_H
#define CONNECT_TOPIC_H

#include "connect/cycles.h"
#include "kafka/plan.h"

struct event_base;
struct connect_topic;

enum connect_topic_state {
    CONNECT_TOPIC_OPENING,
    CONNECT_TOPIC_READING, /* what was there when it was opened */
    CONNECT_TOPIC_LIVE,
    CONNECT_TOPIC_BROKEN, /* it cannot be read now */
};

struct connect_topic_report {
    const char *name;
    enum connect_topic_state state;
    bool partly;      /* broken: other partitions are read */
    const char *text; /* why it is broken, or how far reading is; "" if nothing is to be said */
    const char *note; /* what is as it should be, but worth knowing; or "" */
    uint64_t bad;     /* records that are no events; the first of them: */
    int32_t bad_partition;
    int64_t bad_offset;
    const char *bad_text;
};

/* All on the loop's thread. */
struct connect_topic_ops {
    void (*record)(void *arg, const struct connect_cycles_record *record);
    void (*end)(void *arg, const char *topic, int32_t partition, int64_t offset);
    /* As in connect/control.h. */
    void (*caught_up)(void *arg, const char *topic, int32_t partition, int64_t begin, int64_t end);
    /* Something that happened once: as source_event. */
    void (*event)(void *arg, const char *severity, const char *topic, const char *text);
    /* After some of these, or when the report may be another; and once a second. connect_topic_stop is allowed. */
    void (*turn)(void *arg);
};

/* since_ms: wall time from which on it is read. Reads nothing before connect_topic_configure. */
struct connect_topic *connect_topic_new(struct event_base *base, const struct clock *clock, const char *name,
                                        int64_t since_ms, const struct connect_topic_ops *ops, void *arg);
/* Opens the stream, or another one that goes on where the one before was. The plan is referenced. */
void connect_topic_configure(struct connect_topic *t, struct kafka_plan *plan);
/* Nothing is called any more. */
void connect_topic_stop(struct connect_topic *t);
/* True when it is stopped and its client is closed: connect_topic_free will not wait. */
bool connect_topic_stopped(const struct connect_topic *t);
/* Stops, and waits for at most wait_ms. False: the client hangs in the library and is left behind, with what it uses.
 * NULL is allowed. */
bool connect_topic_free(struct connect_topic *t, int wait_ms);

/* How it stands; borrowed until the next turn. */
struct connect_topic_report connect_topic_report(const struct connect_topic *t);

#endif
