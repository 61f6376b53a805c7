/* What of the source is queryable: the files that Iceberg sinks announced, the snapshots that took them, and from both how far
 * each source partition is in each table.
 *
 * One of these holds what is known of one Kafka cluster. It is pure: no clock, no socket, no row. Control events come by offset
 * within a partition; everything else whenever it is read. Each reading carries when it was begun and when it was there, by the
 * caller's wall clock, for numbers of readings in another order than
 *     the group's and the coordinator's commits, control topic up to its end, tables, control topic's end, source's end
 * lie: nothing is called lost by a table that was read before the coordinator's commit was, and no lag is worked out of an end
 * that was read before the table. Where such a reading is missing, what was known before stands.
 *
 * Of a table T and the group G that writes to it, by control partition p:
 *     F_T[p]    the greatest offset of G's key in the snapshots of the branch's ancestry; where none has the key: 0 if no
 *               ancestor is missing, else what was known of this table's UUID before, else unknown
 *     files of G for T, announced (DATA_WRITTEN with rows) at offset o of p, are
 *       dead    where they carry a UUID that is not T's
 *       covered where o < F_T[p], not announced after the snapshot that covers them was made (allowing clocks
 *               CONNECT_BACKLOG_CLOCKS_MS), and what that snapshot says it added is not less than what it covers
 *       lost    where not covered, and o < what G's coordinator has committed of p
 *       pending else
 *     an answer is a DATA_COMPLETE with what its sender announced since its last one
 *     covered_T(tp) = the last answer with an offset for tp before the first one that holds pending files for T; nothing pending:
 *               the last one; no answer at all: what the group has committed; the first that is retained holds pending files:
 *               then it is not known, and the lag is at least LEO - (last answer) + the rows pending
 *     queryable lag of (tp, T) = LEO - covered_T(tp); of tp: the greatest of its tables.
 * Source: worked out on recorded runs of the sinks 1.9 to 1.11, whose tables were mapped back to source offsets. */
#ifndef CONNECT_BACKLOG_H
#define CONNECT_BACKLOG_H

#include "base/vec.h"
#include "connect/cycles.h"
#include "table/table.h"

enum connect_backlog_limit {
    CONNECT_BACKLOG_GROUPS = 2000,
    CONNECT_BACKLOG_TABLES = 2000,       /* of one group */
    CONNECT_BACKLOG_PARTITIONS = 100000, /* of one group */
    CONNECT_BACKLOG_FILES = 500000, /* announced ones of all groups whose paths are remembered, for the accounting */
    CONNECT_BACKLOG_ANSWERS =
        200000, /* with their partitions, and announcements, of all groups; the oldest covered ones go
                                         first, then the oldest */
    CONNECT_BACKLOG_SNAPSHOTS = 1000, /* of a table that are looked at */
};

enum { CONNECT_BACKLOG_CLOCKS_MS = 2000 };

struct connect_backlog;

struct connect_backlog *connect_backlog_new(void);
void connect_backlog_free(struct connect_backlog *b); /* NULL is allowed */

/* ---- facts ---- */

/* A control event; those that are neither DATA_WRITTEN nor DATA_COMPLETE are passed over. */
void connect_backlog_record(struct connect_backlog *b, const struct connect_cycles_record *r);
/* A partition of a control topic has been read from start (the first offset that was retained, or from which on it is read) up
 * to end, which was its end at time_ms. To be told again in each round, also where nothing is new: a commit without an answer
 * counts after two of them, and no lag is told of an answer before the first one after it. start may grow: lost files before it
 * are forgotten. An end below the one before: the topic was made anew. */
void connect_backlog_control(struct connect_backlog *b, const char *topic, int32_t partition, int64_t start,
                             int64_t end, int64_t time_ms);

/* What the coordinator of a sink's group has committed of a control partition. group: the sink's own, as in its events, not that
 * of the coordinator. time_ms: when that was there; only a table that was read from then on tells what is lost. */
void connect_backlog_coordinator(struct connect_backlog *b, const char *group, const char *topic, int32_t partition,
                                 int64_t committed, int64_t time_ms);

/* A snapshot of the branch to which sinks commit, newest first in what holds it. */
struct connect_backlog_key {
    const char *reader; /* TOPIC.GROUP, as its key kafka.connect.offsets.TOPIC.GROUP has it */
    const struct connect_cycles_offset *offsets;
    size_t noffsets;
};
struct connect_backlog_snapshot {
    int64_t id, made_ms;
    bool appends;                                 /* it may have added files: its operation is not `replace` */
    int64_t added_files, added_rows, added_bytes; /* data and delete files, their records and bytes; each or unknown */
    const struct connect_backlog_key *keys;
    size_t nkeys;
};
/* A table as it was read: all is in place of what was known of it. began_ms: when reading its pointer in the catalog began. */
struct connect_backlog_table {
    const char *catalog, *table; /* table: NAMESPACE.NAME */
    const char *uuid;            /* NULL: not told */
    bool missing; /* its catalog says that there is none; not: that it could not be asked. What was known of it
                                    stands, so that files announced since are pending or lost */
    bool whole;   /* no ancestor has expired, or there is no snapshot */
    const struct connect_backlog_snapshot *snapshots;
    size_t n;
    int64_t began_ms;
    int64_t there_ms; /* when it was there: ends that were read before tell no lag of it; 0: as began_ms */
};
void connect_backlog_table(struct connect_backlog *b, const struct connect_backlog_table *t);
/* It was read again at began_ms, and nothing has changed. */
void connect_backlog_table_same(struct connect_backlog *b, const char *catalog, const char *table, int64_t began_ms);
void connect_backlog_table_gone(struct connect_backlog *b, const char *catalog, const char *table);

/* Which tables a group writes to, as far as settings tell: routed where which records go to which is decided by what is in
 * them, so that a table's own numbers are at most. A table of its events that is not among them counts all the same. catalog:
 * in which they are looked for, else in one where snapshots of a table so called have offsets of this group; NULL: whichever has
 * them. */
void connect_backlog_tables(struct connect_backlog *b, const char *group, const char *catalog,
                            const char *const *tables, size_t n, bool routed);

/* A source partition of a group: what the group has committed, first offset and end (LEO), each or unknown. time_ms: when reading
 * them was begun; an end that was read before the table or the control topic was tells no lag: the one before stands. */
void connect_backlog_source(struct connect_backlog *b, const char *group, const char *topic, int32_t partition,
                            int64_t committed, int64_t start, int64_t end, int64_t time_ms);
void connect_backlog_source_gone(struct connect_backlog *b, const char *group, const char *topic, int32_t partition);

/* ---- what is known ---- */

enum connect_backlog_state {
    CONNECT_BACKLOG_PENDING,
    CONNECT_BACKLOG_LOST,
    CONNECT_BACKLOG_DEAD,
    CONNECT_BACKLOG_STATES
};
/* "pending", "lost", "dead" */
const char *connect_backlog_state_name(enum connect_backlog_state s);

struct connect_backlog_sums {
    int64_t files, delete_files, rows, bytes;
};

/* Files announced in one cycle for one table that no snapshot has. Where a snapshot added less than was announced for it and
 * nothing tells which, the oldest stand for as many files, rows and bytes as are missing. */
struct connect_backlog_files {
    char commit_id[CONNECT_EVENT_ID];
    char uuid[CONNECT_EVENT_ID]; /* of the table as the sink knew it; "": not told */
    enum connect_backlog_state state;
    struct connect_backlog_sums sums;
    int64_t announced_ms; /* the oldest one's record in the control topic */
    int32_t control_partition;
    int64_t control_offset; /* likewise */
};

/* What contradicts itself, of a snapshot that took files of this group. */
struct connect_backlog_odd {
    int64_t snapshot_id, made_ms;
    /* each is unknown where the snapshot does not tell: */
    int64_t missing_files, missing_rows; /* announced and below its offsets, and not added: lost */
    int64_t surplus_files,
        surplus_rows; /* added, and not announced since its parent: the same file twice, or another's */
    bool back;        /* its offsets are lower than an ancestor's */
};

struct connect_backlog_of_table {
    struct name *catalog, *table; /* catalog NULL: it was found in none */
    char uuid[CONNECT_EVENT_ID];
    bool known;    /* it was read */
    bool missing;  /* see connect_backlog_table */
    bool replaced; /* files carry another UUID than it has */
    bool routed;
    bool
        recreated; /* the control topic is another one than that of its offsets: they are beyond its end, or files seem covered by a
                       snapshot that is older than they are */
    struct connect_backlog_sums sums[CONNECT_BACKLOG_STATES];
    int64_t pending_since_ms;                /* the oldest pending file's; or unknown */
    VEC(struct connect_backlog_files) files; /* oldest first */
    VEC(struct connect_backlog_odd) odd;     /* newest first, at most 20 */
};

/* A source partition in one table. */
struct connect_backlog_covered {
    size_t table;         /* index in the group's tables */
    enum quality quality; /* of covered: EXACT; LE: the truth may be less (a lag is ≥); unknown */
    int64_t covered; /* next source offset that is not queryable; LE: of the first answer that is pending where none
                                 before it is known, else as if nothing were pending that was not seen */
    int64_t time_ms; /* of the last record before it, as the answer has it; or unknown */
    int64_t pending_rows;     /* of the answers that hold back this partition: of all their partitions */
    int64_t lag;              /* by the last end that was read after the table; or unknown */
    enum quality lag_quality; /* EXACT; GE; LE where routed; unknown */
};

struct connect_backlog_partition {
    struct name *topic;
    int32_t partition;
    int64_t committed, end, answered; /* answered: the offset of the last answer; each or unknown */
    int64_t lag;                      /* the greatest of its tables */
    enum quality lag_quality;
    size_t holder; /* index in tables of that which it is of; SIZE_MAX: no table is known */
    VEC(struct connect_backlog_covered) tables;
};

struct connect_backlog_group {
    struct name *group, *control_topic;
    VEC(struct connect_backlog_of_table) tables;      /* by name */
    VEC(struct connect_backlog_partition) partitions; /* by topic and partition */
    int64_t lag;                                      /* the sum over partitions; or unknown */
    enum quality lag_quality;
    int64_t ignored_answers; /* of which a limit let go */
    /* Of the last 16 answers that had an offset or rows: rows announced, and records between their offsets and those before. */
    int64_t silent_rows, silent_records;
    bool
        offsets_null; /* likewise: some have rows, and none of these an offset: the topics' names were changed on the way */
    uint64_t seq;     /* of the last change; see connect_backlog_changed */
};

/* Ever growing. */
uint64_t connect_backlog_seq(const struct connect_backlog *b);
/* Calls fn for each group changed after seq. fn must not call facts. Works out what is due. */
void connect_backlog_changed(struct connect_backlog *b, uint64_t seq,
                             void (*fn)(void *arg, const struct connect_backlog_group *group), void *arg);
/* NULL if there is none. */
const struct connect_backlog_group *connect_backlog_find(struct connect_backlog *b, const char *group);

#endif
