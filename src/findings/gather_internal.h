/* What the files of gather share; nobody else includes it. */
#ifndef FINDINGS_GATHER_INTERNAL_H
#define FINDINGS_GATHER_INTERNAL_H

#include "base/map.h"
#include "base/str.h"
#include "derive/cells.h"
#include "findings/gather.h"

/* ---- gather_memory.c: since when something is as it is ---- */

enum gather_kind {
    GATHER_CONNECTOR,
    GATHER_TASK,
    GATHER_ASSIGNED,
    GATHER_REBALANCED,
    GATHER_COMMITTED,
    GATHER_BAD,
    GATHER_LATE
};

/* What is remembered of one thing, zeroed at first. */
struct gather_note {
    uint64_t value;
    int64_t since_ms, max;
    unsigned round;
    bool known; /* it is not the first time; for the user to set */
};

enum { GATHER_START_MS = 60000 }; /* what is seen for the first time within it may have been so for long */

struct gather_memory {
    struct map notes;
    unsigned round;
    int64_t born_ms; /* of the first look; 0: none was yet */
};

void gather_memory_done(struct gather_memory *m);
/* The note about a row; made if there is none, and kept as long as each round asks for it. */
struct gather_note *gather_memory_note(struct gather_memory *m, enum gather_kind kind, uint64_t row);
/* Since when the value is this one: now_ms where it is new; unknown where it was so when icetop began to look. */
int64_t gather_memory_since(struct gather_memory *m, enum gather_kind kind, uint64_t row, uint64_t value,
                            int64_t now_ms);
/* The end of a round: what was not asked for is forgotten. */
void gather_memory_turn(struct gather_memory *m);

/* ---- gather_members.c: members of sinks' groups ---- */

struct gather_member {
    uint64_t row;
    struct name *cluster, *group, *client, *host;
    struct name *connector; /* of a client id "connector-consumer-NAME-TASK"; or NULL */
    int64_t partitions, since_ms;
    bool settled;
};

struct gather_members {
    struct map rows;   /* by row id: struct gather_member * */
    struct map wanted; /* groups, by the pointers of cluster and group: struct gather_members (never read) */
    uint64_t seq;
    bool anew;                            /* more groups are wanted than were looked for */
    bool changed;                         /* by_group and by_connector are to be made again */
    VEC(struct gather_member *) by_group; /* by cluster, then group, then row */
    VEC(struct gather_member *) by_connector;
    VEC(struct name *) held; /* names whose pointers are keys in wanted */
};

void gather_members_done(struct gather_members *m);
/* This group's members are wanted whatever they are called. */
void gather_members_want(struct gather_members *m, struct name *cluster, struct name *group);
void gather_members_read(struct gather_members *m, const struct store *store, int64_t now_ms);
/* Those of a group, or those called after a connector: the first of n, which lie one after the other. */
struct gather_member *const *gather_members_of(const struct gather_members *m, const struct name *cluster,
                                               const struct name *group, size_t *n);
struct gather_member *const *gather_members_called(const struct gather_members *m, const struct name *cluster,
                                                   const struct name *connector, size_t *n);

/* ---- gather_lines.c: lines of logs ---- */

enum { GATHER_LINES_OF_KIND = 10 };

/* Of one connector of one Connect cluster. */
struct gather_lines_of {
    VEC(uint64_t) ids[CONNECT_LINE_KINDS]; /* rows, oldest first, at most GATHER_LINES_OF_KIND */
    VEC(struct findings_line) lines;       /* newest first */
};

struct gather_lines {
    struct map all; /* by "CONNECT\0CONNECTOR": struct gather_lines_of * */
    uint64_t seq;
};

void gather_lines_done(struct gather_lines *l);
void gather_lines_read(struct gather_lines *l, const struct store *store);
/* NULL where there are none. */
const struct gather_lines_of *gather_lines_find(const struct gather_lines *l, const char *connect,
                                                const char *connector);
/* Those of the only connector that is called so; NULL where there is none, or more than one. */
const struct gather_lines_of *gather_lines_called(const struct gather_lines *l, const char *connector);

/* ---- gather_tables.c: Iceberg tables ---- */

struct gather_table {
    struct findings_table pub; /* first */
    struct gather_table *next; /* of the same name */
    uint64_t row, seq;         /* seq: of the row, when it was last read */
    struct name *catalog, *table;
    VEC(uint64_t) rows; /* of its snapshots */
    bool dirty;         /* its snapshots are to be read again */
    unsigned round;
};

struct gather_tables {
    struct map rows;      /* by row id: struct gather_table * */
    struct map by_name;   /* by NAMESPACE.NAME: the first of that name */
    struct map snapshots; /* by row id: the table whose it is */
    uint64_t snapshots_seq;
    unsigned round;
    VEC(struct gather_table *) items; /* as in the rows' table */
    VEC(const struct findings_table *) list;
};

void gather_tables_done(struct gather_tables *t);
/* The first of a name; NULL: there is none. */
struct gather_table *gather_tables_find(const struct gather_tables *t, const char *table);

/* ---- gather_sinks.c: sinks ---- */

struct gather_setting {
    char *key, *value;
};

struct gather_sink {
    struct findings_sink pub; /* first */
    char *key;
    const struct connect_cycle *cycles[FINDINGS_CYCLES];
    struct name *shown; /* what settings were read from */
    VEC(struct gather_setting) settings;
    char *coordinator_group;
    int64_t live_ms; /* when the control topic was first found read to its end; 0: not yet */
    unsigned round;
};

struct findings_gather {
    struct store *store;
    const struct derive_pipeline *pipeline;
    const struct conf *conf; /* borrowed; or NULL */
    VEC(struct derive_pipeline_place) places;
    struct gather_memory memory;
    struct gather_members members;
    struct gather_lines lines;
    struct gather_tables tables;
    struct map sinks; /* by place and group, or connector: struct gather_sink * */
    unsigned round;
    VEC(const struct findings_sink *) list;
    VEC(struct findings_consistency) consistency;
    VEC(struct findings_dataset) datasets;
    struct findings_world world;
};

/* A place of the pipeline, then the others; false behind the last. */
bool gather_place_at(const struct findings_gather *g, size_t i, struct derive_pipeline_place *ret);
/* A source's state, "" where it has no row. */
const char *gather_source_state(const struct findings_gather *g, const char *source);
/* A row by keys that are texts; NULL where there is none, or no such table. */
const struct row *gather_find(const struct findings_gather *g, const char *table, const char *const *keys, size_t n);

/* Takes in the tables; those of sinks are linked afterwards. */
void gather_tables_read(struct findings_gather *g, int64_t now_ms);

/* Takes in the sinks of all places; list is theirs afterwards. Members, lines and tables are read already. */
void gather_sinks_read(struct findings_gather *g, int64_t now_ms);
void gather_sinks_done(struct findings_gather *g);
/* The members of all sinks' groups are wanted. */
void gather_sinks_want(struct findings_gather *g);

/* What of the source is not in a snapshot, as the place's model has it; NULL where there is none. */
const struct connect_backlog_group *gather_backlog(const struct derive_pipeline_place *place, const char *group);

/* ---- gather_groups.c ---- */
/* The group of a sink's coordinator, of which the sink's is known: appended. */
void gather_groups_coordinator(const struct derive_sink *who, struct str *out);
/* The sink's groups, strays and control topic. */
void gather_groups_read(struct findings_gather *g, struct gather_sink *s, int64_t now_ms);

/* ---- gather_consistency.c ---- */
void gather_consistency_read(struct findings_gather *g);
void gather_consistency_done(struct findings_gather *g);

/* ---- gather_datasets.c ---- */
void gather_datasets_read(struct findings_gather *g, int64_t now_ms);

/* ---- gather_rates.c ---- */
/* What comes to its tasks, where one did not answer. Tasks and cycles are read already. */
void gather_rates_read(const struct findings_gather *g, struct gather_sink *s);

#endif
