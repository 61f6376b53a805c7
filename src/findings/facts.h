/* All that is known of a sink, of a table and of the rest, gathered from rows and models for rules to judge; rules see nothing
 * else. Everything is borrowed for the time of a look. Numbers not known are CONNECT_EVENT_UNKNOWN, texts and rows NULL. */
#ifndef FINDINGS_FACTS_H
#define FINDINGS_FACTS_H

#include "base/vec.h"
#include "connect/backlog.h"
#include "connect/cycles.h"
#include "derive/sinks.h"
#include "table/table.h"

enum findings_facts_limit {
    FINDINGS_CYCLES = 60,    /* of a sink, the newest */
    FINDINGS_SNAPSHOTS = 200 /* of a table */
};

/* A partition of a control topic, and how far its coordinator has committed. */
struct findings_control_partition {
    int32_t partition;
    int64_t start, end, committed;
    int64_t committed_max; /* the greatest that this coordinator's group ever had, as far as icetop remembers */
    int64_t went_back_ms;  /* when it was seen to go back; or unknown */
};

struct findings_control_topic {
    const char *topic;
    int64_t npartitions, retention_ms, retention_bytes; /* retention -1: for ever, without limit */
    const char *cleanup_policy;                         /* "delete", "compact", ... or NULL */
    VEC(struct findings_control_partition) partitions;
};

/* A line of a worker's log that a rule may want, newest first among its kind; see connect/line.h. */
struct findings_line {
    const char *kind, *text, *origin;
    int64_t time_ms, task, line;
    const struct row *row; /* in log_events */
};

struct findings_task {
    const struct row *row; /* in tasks; NULL: only a member of its group tells of it */
    int64_t task;
    const char *state, *worker, *error;
    int64_t since_ms;          /* since when it is in this state, as far as icetop saw; or unknown */
    int64_t assigned;          /* partitions that its member holds; or unknown */
    int64_t assigned_since_ms; /* since when it holds exactly these; or unknown */
    double rate_in;            /* records a second that come to these, as far as is known */
};

/* A member of one of the sink's groups. */
struct findings_member {
    const char *client, *host;
    int64_t partitions;
    int64_t since_ms;      /* since when it is seen to be so */
    const struct row *row; /* in group_members */
};

/* A member that is called after a sink's connector ("connector-consumer-NAME-TASK"), in a group that is not the sink's. */
struct findings_stray {
    const char *group;
    struct findings_member member;
};

struct findings_group {
    const char *group;     /* its id; NULL: not known */
    const struct row *row; /* in groups; NULL: there is none */
    const char *state;
    int64_t state_since_ms;
    int64_t rebalanced_ms; /* when it was last seen to rebalance; or unknown */
    VEC(struct findings_member) members;
};

struct findings_table;

struct findings_sink {
    const char *cluster; /* of Kafka; else the Connect cluster */
    const char *connect, *connector, *group, *control_topic;
    const struct derive_sink *who;   /* assignment, members, senders */
    const struct row *row;           /* in connectors; NULL: nobody tells of it */
    bool by_rest;                    /* its row is a Connect worker's word, not ours */
    bool rest_blind;                 /* that worker cannot be asked now: state and tasks are as they were */
    bool by_log, by_topic, by_table; /* which further sources tell of it now */
    bool blind;        /* the control topic cannot be read now: cycles are as they were; missing says why */
    const char *state; /* of the connector: "RUNNING"; or NULL */
    const char *version, *class, *error;
    int64_t running_since_ms; /* since when it is RUNNING, or since when icetop sees it so */
    int64_t
        watched_since_ms; /* since when icetop reads its control topic, backwards included: its first control record */
    bool caught_up;       /* the control topic has been read to its end once */
    int64_t interval_ms, timeout_ms, flush_ms; /* in force; flush: unknown without a log */
    const struct connect_cycle **cycles;       /* newest first by START_COMMIT's place, at most FINDINGS_CYCLES */
    size_t ncycles;
    const struct connect_backlog_group *backlog;
    VEC(struct findings_task) tasks;
    struct findings_control_topic control;
    struct findings_group data, coordinator; /* connect-NAME, connect-NAME-coord */
    VEC(struct findings_stray) strays;
    VEC(struct findings_line) lines;           /* of its connector, newest first, at most 200 */
    VEC(const struct findings_table *) tables; /* those it writes to */
    const char *(*config)(const struct findings_sink *sink,
                          const char *key); /* a setting of its connector that may be shown, or
                                                                                NULL */
};

/* A snapshot, as its row in `snapshots` has it. */
struct findings_snapshot {
    const struct row *row;
    int64_t id, parent_id, made_ms;
    const char *operation, *writer, *connector, *commit_id, *keys; /* keys: the column control_offsets */
    int64_t added_rows, added_files, added_bytes, gap_s;
    bool on_branch;
};

struct findings_table {
    const char *catalog, *table, *uuid;
    const struct row *row; /* in iceberg_tables */
    const char *note;
    bool blind;            /* its catalog cannot be read now */
    bool namesake;         /* another catalog has a table of its name */
    int64_t first_seen_ms; /* when icetop first read it */
    int64_t last_commit_ms, cadence_ms, nsnapshots, metadata_bytes, metadata_files, target_bytes;
    int64_t oldest_ms; /* its oldest snapshot's that has a row: there are older ones if nsnapshots is more than rows */
    VEC(struct findings_snapshot) snapshots; /* newest first, at most FINDINGS_SNAPSHOTS, on its branch and off it */
    VEC(const struct findings_sink *) sinks; /* that write to it */
};

/* A set of tables that ought to keep step, of the configuration. */
struct findings_consistency {
    const char *name;
    const char *by; /* as configured: "valid_through", "last_commit", "summary:KEY", "property:KEY" */
    int64_t within_ms;
    VEC(const struct findings_table *) tables;
};

/* A dataset of drift, as its row in `datasets` has it. */
struct findings_dataset {
    const struct row *row;
    int64_t bad, late;                   /* events, since the collector began */
    int64_t bad_since_ms, late_since_ms; /* since when there are so many; or unknown */
};

struct findings_world {
    struct store *store; /* read only */
    const struct findings_sink *const *sinks;
    size_t nsinks;
    const struct findings_table *const *tables;
    size_t ntables;
    const struct findings_consistency *consistency;
    size_t nconsistency;
    const struct findings_dataset *datasets;
    size_t ndatasets;
};

#endif
