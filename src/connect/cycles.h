/* Commit cycles of Iceberg sinks, derived from whatever tells of them: control events, lines of logs, snapshots of tables.
 *
 * One of these holds what is known of one Kafka cluster. It is pure: no clock, no socket, no row. Facts may come in any order
 * between kinds (a log before the topic), but of one kind in their own order: events by offset within a partition, lines as
 * they stand. Rules of outcomes are those that hold for the sink of Apache Iceberg 1.6 to 1.11 and Tabular 0.6. Used by one
 * thread at a time. */
#ifndef CONNECT_CYCLES_H
#define CONNECT_CYCLES_H

#include "base/vec.h"
#include "connect/event.h"
#include "connect/line.h"
#include "table/name.h"

enum connect_outcome {
    CONNECT_OUTCOME_RUNNING,
    CONNECT_OUTCOME_FULL,
    CONNECT_OUTCOME_PARTIAL,
    CONNECT_OUTCOME_EMPTY,
    CONNECT_OUTCOME_DROPPED,
    CONNECT_OUTCOME_FAILED,
    CONNECT_OUTCOME_SUPERSEDED,
    CONNECT_OUTCOME_COMMITTED, /* a snapshot has it, its announcement is lost */
    CONNECT_OUTCOME_UNKNOWN,   /* it has no end */
    CONNECT_OUTCOMES
};

/* "running", "full", ...: as the column outcome of commits has it. */
const char *connect_outcome_name(enum connect_outcome o);

enum connect_seen { CONNECT_SEEN_TOPIC = 1, CONNECT_SEEN_LOG = 2, CONNECT_SEEN_TABLE = 4 };

enum connect_cycles_limit {
    CONNECT_CYCLES_KEPT = 2000, /* of one group; the oldest go */
    CONNECT_CYCLES_GROUPS = 2000,
    CONNECT_CYCLES_PARTITIONS = 10000, /* of one cycle */
    CONNECT_CYCLES_TABLES = 2000,      /* of one cycle */
    CONNECT_CYCLES_DONE = 20000,       /* answers of tasks (each for all its partitions) in one cycle */
    CONNECT_CYCLES_WEIGHT = 600000,    /* cycles, answers and tables of all of them together; the oldest go */
};

/* One partition's answer in a cycle. Numbers not known are CONNECT_EVENT_UNKNOWN. */
struct connect_answer {
    struct name *topic;
    int32_t partition;
    bool late;       /* it came after the end */
    int answers;     /* how often it answered in this cycle */
    int64_t time_ms; /* of the event, by its sender's clock; of the first answer */
    int64_t offset, timestamp_ms;
    int64_t rows, files, bytes; /* of the sender's answer: all its partitions, data files only */
    struct name *sender;        /* record key, or NULL */
    int32_t control_partition;
    int64_t control_offset, control_ms; /* its record's */
};

enum connect_table_state {
    CONNECT_TABLE_ANNOUNCED, /* files were written, and the cycle has not ended */
    CONNECT_TABLE_COMMITTED, /* a snapshot of this cycle took them, or one of a later cycle */
    CONNECT_TABLE_WAITING,   /* the cycle has ended, and no snapshot took them yet */
};

/* What a cycle says of one table. */
struct connect_cycle_table {
    struct name *table, *catalog; /* catalog NULL: not told */
    char uuid[CONNECT_EVENT_ID];  /* "": not told */
    enum connect_table_state state;
    int64_t files, delete_files, rows,
        bytes;            /* announced in this cycle; or unknown: only a log or a table tells of it */
    int64_t snapshot_id;  /* or unknown: no snapshot of this cycle is known */
    int64_t committed_ms; /* announced by event, else by the log's line, else made by the table's word */
    int64_t valid_through_ms;
};

struct connect_cycle {
    char commit_id[CONNECT_EVENT_ID];
    struct name *connector; /* by settings, by log context or by the group's name; never NULL, "" if nothing tells */
    struct name *group;     /* in its events; else by the table or the log's configuration; or NULL */
    struct name *control_topic; /* NULL: no event tells of it */
    struct name *sender;        /* record key of START_COMMIT, or NULL */
    unsigned seen;              /* enum connect_seen */
    enum connect_outcome outcome;
    char derived[160];                              /* from what the outcome was derived, in words */
    const char *error;                              /* of a failure, from the log; or NULL */
    int64_t started_ms, ended_ms, valid_through_ms; /* or unknown */
    int32_t control_partition;
    int64_t start_offset, end_offset;
    int64_t received;                         /* assignments in time, as the sink counts; or unknown */
    int64_t latency_ms;                       /* from the start to the last answer in time; or unknown */
    int64_t expected;                         /* or unknown */
    bool expected_at_least;                   /* it is a lower bound */
    int64_t interval_ms, timeout_ms;          /* in force; or unknown */
    int64_t flush_ms; /* offset.flush.interval.ms of the worker whose log tells of its connector; or unknown */
    int64_t files, delete_files, rows, bytes; /* announced for it; or unknown: no event tells */
    int64_t ntables;                          /* to which it was committed: those whose snapshot was told */
    struct name *coordinator;                 /* "CONNECTOR-TASK" where a log or snapshot tells; or NULL */
    VEC(struct connect_answer) answers;       /* by topic and partition */
    VEC(struct connect_cycle_table) tables;   /* by name */
    uint64_t seq;                             /* of the last change; see connect_cycles_changed */
    struct connect_cycle_internal *internal;
};

/* to - from of two times, either of which may be unknown or anything that a remote wrote: unknown where there is no answer. */
static inline int64_t connect_cycles_between(int64_t from, int64_t to)
{
    int64_t ms;
    bool none = from == CONNECT_EVENT_UNKNOWN || to == CONNECT_EVENT_UNKNOWN;
    return none || __builtin_sub_overflow(to, from, &ms) ? CONNECT_EVENT_UNKNOWN : ms;
}

struct connect_cycles;

struct connect_cycles *connect_cycles_new(void);
void connect_cycles_free(struct connect_cycles *c); /* NULL is allowed */

/* ---- facts ---- */

/* A control event as it stands in the topic. */
struct connect_cycles_record {
    const char *topic; /* the control topic */
    int32_t partition;
    int64_t offset;
    int64_t time_ms; /* the record's; the event's own clock is in event */
    const void *key; /* NULL: none */
    size_t key_len;
    const struct connect_event *event;
};
void connect_cycles_record(struct connect_cycles *c, const struct connect_cycles_record *r);
/* All of a control topic up to here has been read: what was answered before it and is not there does not come any more. */
void connect_cycles_end(struct connect_cycles *c, const char *topic, int32_t partition, int64_t offset);

/* A line of a worker's log; origin tells streams of lines apart (one worker's file). */
void connect_cycles_line(struct connect_cycles *c, const char *origin, const struct connect_line *line);

/* A snapshot that a sink made. offsets: next control offsets by partition, of the key of this group. */
struct connect_cycles_offset {
    int32_t partition;
    int64_t offset;
};
struct connect_cycles_snapshot {
    const char *commit_id;
    const char *control_topic, *group; /* of the summary's key as far as they can be told apart; NULL if not */
    const char *table;                 /* NAMESPACE.NAME */
    int64_t snapshot_id, made_ms, valid_through_ms;
    const char *task; /* CONNECTOR-TASK, or NULL */
    const struct connect_cycles_offset *offsets;
    size_t noffsets;
};
void connect_cycles_snapshot(struct connect_cycles *c, const struct connect_cycles_snapshot *s);

/* What is known of a group's connector; any number may be unknown, connector NULL. partitions: those assigned now to the
 * group's members (unknown: not known). */
struct connect_cycles_settings {
    const char *group, *connector;
    int64_t interval_ms, timeout_ms;
    int64_t partitions;
};
void connect_cycles_settings(struct connect_cycles *c, const struct connect_cycles_settings *s);

/* Time passes: a cycle that has no end becomes `unknown` past its timeout and interval, if all of its control topic's
 * partition was read since (connect_cycles_end). */
void connect_cycles_time(struct connect_cycles *c, int64_t now_ms);

/* ---- what is known ---- */

/* Ever growing; changes whenever a cycle does. */
uint64_t connect_cycles_seq(const struct connect_cycles *c);
/* Facts that were not kept, because a limit was reached or they contradict each other. */
uint64_t connect_cycles_ignored(const struct connect_cycles *c);
/* Calls fn for each cycle changed after seq (0: all), oldest change first. fn must not call facts. */
void connect_cycles_changed(struct connect_cycles *c, uint64_t seq,
                            void (*fn)(void *arg, const struct connect_cycle *cycle), void *arg);
/* NULL if there is none. */
const struct connect_cycle *connect_cycles_find(const struct connect_cycles *c, const char *commit_id);
/* Cycles that were forgotten, their ids to fn since the last call. */
void connect_cycles_forgotten(struct connect_cycles *c, void (*fn)(void *arg, const char *commit_id), void *arg);

#endif
