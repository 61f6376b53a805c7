/* The control-topic source: reads the control topics of Iceberg sinks, read-committed, without joining a group, from
 * some hours ago on and then live, and finds out which topics are such.
 *
 * Each topic is read by a stream of its own (kafka/records.h), which decodes on its thread; the loop is given
 * finished events, in order within each partition. Everything is called on the loop's thread. */
#ifndef CONNECT_CONTROL_H
#define CONNECT_CONTROL_H

#include "conf/conf.h"
#include "connect/cycles.h"
#include "source/source.h"

struct connect_control;

enum connect_control_limit {
    CONNECT_CONTROL_TOPICS = 32,     /* read at a time: each has a client */
    CONNECT_CONTROL_CANDIDATES = 50, /* looked at to find out whether they are control topics */
};

enum { CONNECT_CONTROL_BACK_MS = 6 * 3600 * 1000 };

/* Who gets what is read. None of these may free the source; connect_control_topics and _candidates may be called in
 * turn and found. */
struct connect_control_ops {
    /* An event, borrowed until it returns. */
    void (*record)(void *arg, const struct connect_cycles_record *record);
    /* A partition has been read up to this offset. */
    void (*end)(void *arg, const char *topic, int32_t partition, int64_t offset);
    /* All that can be read of a partition has been, from begin on without a gap; the broker told its end within the last
     * second. Once a second too while nothing comes. NULL is allowed. */
    void (*caught_up)(void *arg, const char *topic, int32_t partition, int64_t begin, int64_t end);
    /* After some of these: once for all that came together, and once a second for each topic. */
    void (*turn)(void *arg);
    /* How many rows come of it now, for the source's row. NULL: not told. */
    size_t (*rows)(void *arg);
    /* Which of the candidates are control topics, as far as could be found out; after each time they were looked at,
     * also if there is none. NULL is allowed. */
    void (*found)(void *arg, const char *const *topics, size_t n);
};

/* Makes the source of a cluster, for scheduler_add with connect_control_source_ops. What it needs of conf is copied;
 * ops and arg stay. back_ms: from how long ago it reads; 0: CONNECT_CONTROL_BACK_MS. Nothing is read until topics
 * are given.
 *
 * Its rounds only tell how things stand. The first one ends when connect_control_topics was called and all of these
 * topics were read up to their ends, or cannot be read, or at its deadline (SOURCE_STARTING then). */
struct connect_control *connect_control_new(struct event_base *base, struct store *store,
                                            const struct conf_cluster *conf, int64_t back_ms,
                                            const struct connect_control_ops *ops, void *arg);
/* kind "control". */
extern const struct source_ops connect_control_source_ops;
/* "control:CLUSTER", the name for scheduler_add; owned by the source. */
const char *connect_control_name(const struct connect_control *c);
/* The settings for scheduler_add. */
struct source_settings connect_control_settings(const struct conf_cluster *conf);

/* Another configuration: all streams are opened anew, and go on where they were. */
void connect_control_configure(struct connect_control *c, const struct conf_cluster *conf);

/* The topics to be read from now on, in place of those before. Those that stay go on undisturbed; new ones are read
 * from back_ms ago. Those over CONNECT_CONTROL_TOPICS are not read, which the source's row says. */
void connect_control_topics(struct connect_control *c, const char *const *topics, size_t n);

/* How a topic stands: live: all that there was when it was opened has been read; broken: it cannot be read now. False where
 * it is not read at all. */
bool connect_control_state(const struct connect_control *c, const char *topic, bool *live, bool *broken);

/* Topics that may be control topics, in place of those before: their last records are looked at, now and again after
 * some seconds to two minutes, until it is known. ops->found tells. Those over CONNECT_CONTROL_CANDIDATES are not looked
 * at. Where records of the cluster are not to be looked at (records: deny) none is, and found says so at once. */
void connect_control_candidates(struct connect_control *c, const char *const *topics, size_t n);

#endif
