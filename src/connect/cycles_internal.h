/* What the files that make up connect_cycles share: the evidence of each kind, kept apart, from which a cycle's public part is
 * derived anew whenever a fact comes; nobody else includes it. */
#ifndef CONNECT_CYCLES_INTERNAL_H
#define CONNECT_CYCLES_INTERNAL_H

#include "base/map.h"
#include "base/str.h"
#include "connect/cycles.h"

#include <sys/queue.h>

enum {
    CYCLES_DEFAULT_INTERVAL_MS = 300000, /* the sink's own defaults, where no setting is known */
    CYCLES_DEFAULT_TIMEOUT_MS = 30000,
    CYCLES_DRAIN_MS =
        2000, /* a coordinator reads its topic in turns of a second: what it has waited for is committed in this time */
    CYCLES_TURN_MS = 900, /* such a turn, by two clocks' readings */
    CYCLES_CHAINS = 64,   /* coordinators of one group that are remembered */
    CYCLES_CONTEXTS = 20000,
    CYCLES_ERROR_BYTES = 1000,
};

/* Cycles in the order in which they became known: of a group, or of a connector while only its log tells of them. */
TAILQ_HEAD(cycles_list, connect_cycle_internal);
struct cycles_lane {
    struct cycles_list list, open; /* open: those without an end, that time or another cycle may end */
    size_t n, waiting;             /* waiting: those with a table whose files no snapshot took yet */
};

/* A place in a control topic, and when its record was written. */
struct cycles_place {
    int32_t partition;
    int64_t offset, time_ms; /* the record's time */
};

/* Of files: data files, their rows and bytes, and delete files. */
struct cycles_sums {
    int64_t files, rows, bytes, deletes;
};

/* One DATA_COMPLETE, with what its sender had announced before it. */
struct cycles_done {
    struct cycles_place at;
    int64_t time_ms; /* the event's */
    int64_t assignments;
    struct cycles_sums sums;
};

/* What a sender announced since its last DATA_COMPLETE. */
struct cycles_written {
    struct name *sender;
    int32_t partition;
    int64_t offset; /* of the last DATA_WRITTEN, below which all are counted */
    struct cycles_sums sums;
};

/* All that is told of one table in one cycle. */
struct cycles_table {
    struct name *table, *catalog;
    char uuid[CONNECT_EVENT_ID];
    bool written, announced, logged, made; /* by DATA_WRITTEN; COMMIT_TO_TABLE; a line; a snapshot */
    struct cycles_sums sums;
    int64_t written_ms; /* the last DATA_WRITTEN's record */
    int64_t event_snapshot, event_ms, event_valid;
    int64_t line_snapshot, line_ms, line_valid;
    int64_t made_snapshot, made_ms, made_valid;
};

struct cycles_from_topic {
    bool seen, started, pointed, completed, followed;
    struct cycles_place start, point; /* point: the first COMMIT_TO_TABLE or COMMIT_COMPLETE */
    struct cycles_place next;         /* followed: the next START_COMMIT of the same key */
    int64_t start_ms, point_ms;       /* events' own clock */
    int64_t valid_through_ms;         /* completed */
    int64_t gap_ms;                   /* from the START_COMMIT before of the same key, or unknown */
};

struct cycles_from_log {
    bool seen, initiated, ready, timeout, completed, failed, skipped; /* skipped: a table was passed over */
    struct name *connector;
    int64_t task;
    int64_t start_ms, end_ms, failed_ms, valid_through_ms;
    int64_t received, expected;      /* of "not ready"; ready's number in received */
    int64_t interval_ms, timeout_ms; /* as configured when it began */
    char *error;
};

struct connect_cycle_internal {
    struct connect_cycle pub;
    struct cycles_group *group;         /* NULL: no event yet */
    struct cycles_connector *connector; /* NULL: no line yet */
    struct cycles_lane *lane;
    struct cycles_from_topic topic;
    struct cycles_from_log log;
    bool in_table;
    struct name *task, *made_by;             /* of a snapshot: the coordinator's task; the group */
    VEC(struct connect_cycles_offset) floor; /* a snapshot's: first control offset not read, by partition */
    VEC(struct cycles_done) done;
    VEC(struct cycles_written) written;
    VEC(struct cycles_table) tables; /* by name */
    int64_t assigned;                /* partitions assigned while it ran, or unknown */
    int64_t set_interval_ms, set_timeout_ms;
    size_t weight;
    bool open, waiting; /* is in the lane's list, is counted in it */
    TAILQ_ENTRY(connect_cycle_internal) in_lane, in_all, in_changed, in_open;
};

/* One coordinator's life: one record key. */
struct cycles_chain {
    struct name *key;
    struct name *coordinator; /* as a log or a snapshot names it in one of its cycles; or NULL */
    char last_id[CONNECT_EVENT_ID];
    struct cycles_place last;
    int64_t last_ms;
};

/* A group in a control topic. */
struct cycles_group {
    struct name *topic, *id;
    struct cycles_connector *connector; /* by a log; or NULL */
    struct cycles_lane lane;
    VEC(struct cycles_chain) chains;
    struct map answered; /* TOPIC NUL PARTITION of all that ever answered; the value is not used */
    struct map taken;    /* struct name * of a table to int64_t *: when a snapshot of it was last announced */
};

/* A connector as logs name it. */
struct cycles_connector {
    struct name *name, *group; /* group: as its configuration in the log says; or NULL */
    struct cycles_lane lane;
    int64_t started_ms; /* the latest cycle's beginning */
    int64_t interval_ms, timeout_ms;
    int64_t flush_ms; /* of the worker in whose log it was seen last */
};

/* One task in one worker's log: whose lines name no commit. */
struct cycles_context {
    char current[CONNECT_EVENT_ID], pending[CONNECT_EVENT_ID]; /* the cycle under way; the one being committed */
    int64_t expected;                                          /* "of N" since its coordinator started */
};

struct cycles_setting {
    struct name *group, *connector;
    int64_t interval_ms, timeout_ms, partitions;
};

/* Up to where a partition of a control topic was read. */
struct cycles_end_key {
    struct name *topic;
    int64_t partition;
};

struct cycles_gone {
    char id[CONNECT_EVENT_ID];
};

struct connect_cycles {
    struct names *names;
    struct name *nobody; /* "" */
    struct map cycles;   /* by commit id */
    struct map groups;   /* by control topic's and group's pointers */
    struct map connectors, contexts;
    struct map flushes; /* int64_t * by a log's origin: its worker's offset.flush.interval.ms */
    struct map settings, by_connector; /* struct cycles_setting by group; the same by connector, where that is told */
    struct map ends;                   /* int64_t * by struct cycles_end_key */
    struct cycles_list all, changed;   /* oldest first; changed: by seq */
    VEC(struct cycles_gone) gone;      /* forgotten, and not told yet */
    size_t weight;
    uint64_t seq, ignored;
    int64_t now_ms; /* or unknown */
};

/* ---- cycles.c ---- */

void connect_cycles_lane_init(struct cycles_lane *lane);
/* By bytes. */
int connect_cycles_order(const struct name *a, const struct name *b);

/* The cycle of an id, made if there is none. */
struct connect_cycle_internal *connect_cycles_get(struct connect_cycles *c, const char *id);
struct connect_cycle_internal *connect_cycles_peek(const struct connect_cycles *c, const char *id);
/* Puts it at the end of a lane, and forgets what is too old there. */
void connect_cycles_put(struct connect_cycles *c, struct connect_cycle_internal *e, struct cycles_lane *lane);
/* Forgets the oldest where all of them together weigh too much; before a fact is looked at. */
void connect_cycles_trim(struct connect_cycles *c);
/* A fact was added to it: derives its public part, and counts it as changed. */
void connect_cycles_touch(struct connect_cycles *c, struct connect_cycle_internal *e);
/* Something that all of a lane, or those of it that are open, depend on may have changed: the same where it makes a
 * difference. */
void connect_cycles_again_all(struct connect_cycles *c, struct cycles_lane *lane);
void connect_cycles_again_open(struct connect_cycles *c, struct cycles_lane *lane);
/* What its evidence of a table is kept in; NULL past the limit. */
struct cycles_table *connect_cycles_table(struct connect_cycles *c, struct connect_cycle_internal *e, const char *table,
                                          size_t len);
struct cycles_connector *connect_cycles_connector(struct connect_cycles *c, const char *name, size_t len);
const struct cycles_setting *connect_cycles_setting(const struct connect_cycles *c,
                                                    const struct connect_cycle_internal *e);
/* Up to which offset a partition of a control topic was read; 0 if that is not known. */
int64_t connect_cycles_read_to(const struct connect_cycles *c, struct name *topic, int32_t partition);

/* ---- cycles_outcome.c ---- */

/* Derives e->pub from the evidence; true if anything of it is different now. */
bool connect_cycles_derive(const struct connect_cycles *c, struct connect_cycle_internal *e);

/* ---- cycles_numbers.c ---- */

/* What the evidence says of numbers, names and tables; all of e->pub but outcome, derived and what depends on them. */
/* Who led it by its own evidence, with a reference for the caller; NULL if none tells. */
struct name *connect_cycles_coordinator(const struct connect_cycles *c, const struct connect_cycle_internal *e);
/* The chain of its START_COMMIT; NULL if that is not known. */
struct cycles_chain *connect_cycles_chain(const struct connect_cycle_internal *e);
void connect_cycles_numbers(const struct connect_cycles *c, struct connect_cycle_internal *e);
/* Whether each table's files were taken, once the outcome is known. */
void connect_cycles_tables(struct connect_cycle_internal *e);

/* ---- cycles_answers.c ---- */

/* Is a place before the end of the cycle, as its coordinator read the topic? */
bool connect_cycles_in_time(const struct connect_cycle_internal *e, const struct cycles_place *at);
/* Adds the assignments of a DATA_COMPLETE; false past the limit. */
bool connect_cycles_answer(struct connect_cycles *c, struct connect_cycle_internal *e,
                           const struct connect_cycles_record *r, struct name *sender, const struct cycles_done *done);

#endif
