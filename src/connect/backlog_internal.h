/* What the files that make up connect_backlog share; nobody else includes it.
 *
 * A group has lanes (partitions of its control topic) with the answers that came by them, targets (the tables it writes to) with
 * the files announced for them, and source partitions. Files are judged one by one; what is due is worked out per group when
 * somebody looks: floors, accounting, states, then how far each partition is. */
#ifndef CONNECT_BACKLOG_INTERNAL_H
#define CONNECT_BACKLOG_INTERNAL_H

#include "base/map.h"
#include "connect/backlog.h"

#define BACKLOG_NONE CONNECT_EVENT_UNKNOWN

enum {
    BACKLOG_HISTORY = 256, /* answers of a lane that nothing waits for and are kept: a table may be set back */
    BACKLOG_PASSED = 1024, /* answers of a lane that are kept while no table can be read, and its coordinator went on */
    BACKLOG_POINTS = 16,   /* changes of a coordinator's commit that are remembered */
    BACKLOG_RECENT = 16,   /* answers that silent_rows and offsets_null look at */
    BACKLOG_LANES = 200,
    BACKLOG_SENDERS = 1000,  /* record keys that are kept though they announced nothing since their last answer */
    BACKLOG_CELLS = 1000000, /* source partitions times tables of one group */
    BACKLOG_ODD = 20,
};

/* ---- facts of the control topic ---- */

/* A partition of a control topic. */
struct backlog_place {
    struct name *topic;
    int32_t partition;
    int64_t start, end;         /* read from start up to end; or unknown */
    int64_t cut;                /* before it retention has deleted what was read; or unknown */
    int64_t read_ms, before_ms; /* when end was its end, and of the reading before; or unknown */
    int64_t next, last_ms;      /* after the last record that came, and its time */
    VEC(struct backlog_lane *) lanes;
};

/* A file of which a snapshot may tell, by a hash of its path. */
struct backlog_path {
    uint64_t hash[2];
    int64_t rows, bytes;
};

enum backlog_judged {
    BACKLOG_UNKNOWN, /* its table was not read, or its floor is not known */
    BACKLOG_COVERED,
    BACKLOG_PENDING,
    BACKLOG_LOST,
    BACKLOG_DEAD
};

/* A DATA_WRITTEN with rows. Belongs to its target. */
struct backlog_written {
    struct backlog_target *target;
    struct backlog_lane *lane;
    struct backlog_answer *answer; /* NULL: its sender has not answered yet, or its answer was let go */
    struct backlog_written *next;  /* of the same answer */
    struct name *commit, *uuid;    /* uuid NULL: not told */
    int64_t offset, time_ms;
    struct connect_backlog_sums sums;
    struct backlog_path *paths; /* NULL: let go, or there was no room for them */
    size_t npaths;
    enum backlog_judged state;
    bool settled; /* covered by a snapshot of which all is known, lost or dead: it holds nothing back */
    bool missed;  /* the snapshot that seems to cover it has not taken it */
    bool late;    /* it was announced after the snapshot that seems to cover it: that one read another control topic */
    bool gone;    /* its control topic is not there any more */
    bool drop;    /* to be freed */
};

/* How far a source partition is. */
struct backlog_point {
    int64_t offset, time_ms; /* offset unknown: none */
    int64_t known_ms;        /* when it was known, or unknown yet; see struct backlog_answer */
    int64_t record_ms;       /* its record's time in the control topic */
    const struct backlog_lane *lane;
};

struct backlog_answered {
    struct backlog_source *source;
    int64_t offset, time_ms;
};

/* A DATA_COMPLETE. */
struct backlog_answer {
    struct backlog_lane *lane;
    int64_t offset, time_ms;
    int64_t known_ms; /* the control topic's end was read so late that this was before it; unknown: not since it came */
    struct backlog_written *written;
    size_t n; /* those with an offset */
    struct backlog_answered items[];
};

/* What a sender announced since its last answer. */
struct backlog_sender {
    struct name *key;
    struct backlog_written *first, *last;
};

/* Its coordinator's commit became this one. */
struct backlog_commit {
    int64_t offset, time_ms;
};

/* A partition of a group's control topic. */
struct backlog_lane {
    struct connect_backlog_group_internal *group;
    struct backlog_place *place;
    struct name *reader; /* TOPIC.GROUP */
    size_t index;
    VEC(struct backlog_commit) commits;
    VEC(struct backlog_answer *) answers; /* by offset */
    size_t known;                         /* of these have a known_ms */
    size_t settled;                       /* of these hold nothing back */
    size_t at;                            /* while the lanes are merged */
};

/* ---- tables ---- */

struct backlog_floor {
    struct name *reader;
    int32_t partition;
    int64_t offset;
};

struct backlog_snapshot {
    int64_t id, made_ms, files, rows, bytes;
    bool appends;
    bool gap;        /* what its parent was is not known */
    size_t first, n; /* in the table's floors */
};

/* A table as it was read, with what was read of its ancestry before and has expired since. */
struct backlog_table {
    struct backlog_site *site;
    struct name *catalog, *uuid; /* uuid NULL: not told */
    bool missing, whole;
    bool rooted;                            /* all ancestors are known: read now, or before they expired */
    VEC(struct backlog_snapshot) snapshots; /* oldest first */
    VEC(struct backlog_floor) floors;
    int64_t began_ms, there_ms; /* there_ms: when that which changed last was there */
    size_t told;                /* snapshots as it was read last */
    int64_t oldest_id;
    uint64_t version; /* changes with what was read */
    uint64_t line;    /* changes where its history did not just go on */
};

/* A table's name: the tables so called in the catalogs, and the groups that write to one. */
struct backlog_site {
    struct name *name;
    VEC(struct backlog_table *) tables;
    VEC(struct backlog_target *) targets;
};

enum backlog_accounting { BACKLOG_WAITING, BACKLOG_DONE, BACKLOG_NEVER };

/* A snapshot with offsets of the group. */
struct backlog_view {
    int64_t id, made_ms;
    bool appends, back;
    bool gap;                                  /* not all snapshots between it and the view before it are known */
    bool rooted;                               /* all before it are known */
    int64_t files, rows, bytes;                /* it added; or unknown */
    int64_t more_files, more_rows, more_bytes; /* snapshots without offsets right before it, of one commit maybe */
    enum backlog_accounting accounting;
    int64_t missing_files, missing_rows, surplus_files, surplus_rows; /* 0 or more, or unknown */
    bool odd;
};

/* From the lane's offsets below upto on, it is this view (an index) that covers. */
struct backlog_step {
    int64_t upto;
    size_t view;
};

struct backlog_target_lane {
    VEC(struct backlog_written *) written; /* by offset */
    VEC(struct backlog_step) steps;        /* rising */
    int64_t floor;                         /* or unknown */
    int64_t dropped;                       /* files before this offset were let go; of the lost ones: */
    int64_t loosened;                      /* likewise */
    uint32_t of;                           /* the hash of the UUID that both are of; 0: none is told */
    bool ever;                             /* files were announced by this lane */
};

/* A table that a group writes to. */
struct backlog_target {
    struct connect_backlog_group_internal *group;
    struct backlog_site *site;
    struct backlog_table *table; /* NULL: none was read */
    uint64_t version, line;      /* of the table, as views have it */
    size_t nlanes;               /* likewise */
    int64_t there_ms;            /* when floors that differ were there */
    bool named;                  /* by settings */
    bool doubt;  /* what is covered is not known for sure: files may have been announced that were not seen */
    size_t slot; /* of the cells */
    size_t at;   /* among those that are shown */
    VEC(struct backlog_target_lane) lanes;
    VEC(struct backlog_view) views;      /* oldest first */
    int64_t *before, *after;             /* of each view and lane: the floor before it, and with it */
    size_t waiting;                      /* views */
    VEC(struct backlog_written *) open;  /* that may be judged otherwise some day */
    VEC(struct backlog_written *) loose; /* lost and dead ones without an answer */
    uint64_t pass;                       /* while answers are looked at: the last that has files of it, */
    int64_t rows;                        /* and the rows of that which are pending */
    int64_t sum;                         /* while the group's lag is worked out: at least */
    bool older;                          /* an announcement is younger than what seems to cover it */
    struct connect_backlog_of_table pub;
};

/* ---- source partitions ---- */

struct backlog_cell {
    struct connect_backlog_covered pub;
    bool held;                  /* an answer has files that are pending */
    int64_t first;              /* its offset */
    int64_t alone, first_alone; /* rows pending of answers that are this partition's alone; of the first */
    int64_t known_ms;           /* no end that was read before counts; unknown: none does */
    int64_t bound, rest;        /* records that are not in the table, at least; likewise by the last answer alone */
};

struct backlog_source {
    struct connect_backlog_group_internal *group;
    size_t refs;                    /* answers */
    bool told;                      /* by connect_backlog_source, and not gone */
    bool shown;                     /* it is told or has answered since it was gone */
    int64_t start, source_ms;       /* or unknown */
    int64_t moved, moved_ms;        /* a commit that no answer has, and when it was seen; or unknown */
    struct backlog_point settled;   /* after the answers that hold nothing back */
    struct backlog_point base;      /* after those that were let go */
    struct backlog_point now;       /* while the lanes are merged; then the last answer */
    bool waits;                     /* for a later end, or for rounds without an answer */
    VEC(struct backlog_cell) cells; /* by the target's slot */
    struct connect_backlog_partition pub;
};

struct backlog_recent {
    int64_t rows, records;
    bool has_rows, has_offset;
};

struct connect_backlog_group_internal {
    struct connect_backlog_group pub;
    struct connect_backlog *backlog;
    struct name *catalog; /* NULL: whichever has them */
    bool told, routed;    /* by settings */
    bool dirty;           /* something is to be worked out */
    bool judge;           /* states may have changed */
    bool round;           /* it waits for another round of the control topic */
    bool unsorted;
    VEC(struct backlog_lane *) lanes;
    VEC(struct backlog_target *) targets; /* by slot */
    VEC(struct backlog_target *) sorted;
    VEC(struct backlog_source *) sources;
    struct map by_table, by_source, senders; /* by pointers of names; TOPIC and partition; lane and key */
    size_t many;                             /* senders, more than which are looked through */
    struct backlog_recent recent[BACKLOG_RECENT];
    size_t nrecent;
    size_t weight;
    uint64_t pass; /* answers that were looked at */
};

struct connect_backlog {
    struct names *names;
    struct map groups, places, sites;
    size_t weight, paths;
    uint64_t seq, versions;
};

/* ---- backlog.c ---- */

/* Each of these: NULL past its limit. */
struct connect_backlog_group_internal *connect_backlog_group_get(struct connect_backlog *b, const char *group,
                                                                 size_t len);
struct backlog_place *connect_backlog_place_get(struct connect_backlog *b, const char *topic, int32_t partition);
struct backlog_lane *connect_backlog_lane_get(struct connect_backlog_group_internal *g, struct backlog_place *place);
struct backlog_site *connect_backlog_site_get(struct connect_backlog *b, const char *table, size_t len);
void connect_backlog_dirty(struct connect_backlog_group_internal *g, bool judge);
/* a + b of 0 or more each, at most INT64_MAX. */
int64_t connect_backlog_plus(int64_t a, int64_t b);

/* ---- backlog_answers.c, backlog_let_go.c ---- */

/* Forgets answers that nothing waits for, beyond BACKLOG_HISTORY of a lane. */
void connect_backlog_let_go(struct connect_backlog_group_internal *g);
/* Forgets what is oldest while there is too much. */
void connect_backlog_trim(struct connect_backlog *b);
/* Forgets all of a lane: its topic has gone, and what no snapshot has with it. */
void connect_backlog_lane_reset(struct backlog_lane *lane);
/* Forgets lost and dead files that the control topic does not hold any more. */
void connect_backlog_lane_cut(struct backlog_lane *lane, int64_t start);
void connect_backlog_written_free(struct connect_backlog *b, struct backlog_written *w);
void connect_backlog_paths_free(struct connect_backlog *b, struct backlog_written *w);

/* ---- backlog_tables.c ---- */

/* NULL past the limit. */
struct backlog_target *connect_backlog_target_get(struct connect_backlog_group_internal *g, struct backlog_site *site);
/* Forgets targets that neither settings nor files tell of. */
void connect_backlog_forget_idle(struct connect_backlog_group_internal *g);
void connect_backlog_target_free(struct backlog_target *t);
/* Which of the tables so called it is. */
struct backlog_table *connect_backlog_resolve(const struct backlog_target *t);
void connect_backlog_table_free(struct connect_backlog *b, struct backlog_table *t);

/* ---- backlog_floors.c ---- */

/* Brings a target up to its table; true where its history did not just go on. */
bool connect_backlog_floors(struct backlog_target *t);
/* The view that seems to cover an offset; NULL: none. */
struct backlog_view *connect_backlog_covering(const struct backlog_target *t, const struct backlog_lane *lane,
                                              int64_t offset);

/* ---- backlog_account.c ---- */

/* Compares what snapshots took with what they say, where that can be done now; true if any was. */
bool connect_backlog_account(struct backlog_target *t);

/* ---- backlog_judge.c ---- */

/* What the coordinator had committed when it was at most this time; or unknown. */
int64_t connect_backlog_committed(const struct backlog_lane *lane, int64_t time_ms);
/* Judges all that is open. */
void connect_backlog_judge(struct backlog_target *t);
/* What was found out of a target's files by its table's snapshots is forgotten. */
void connect_backlog_anew(struct backlog_target *t);
/* All is open again. */
void connect_backlog_reopen(struct connect_backlog_group_internal *g);

/* ---- backlog_source.c, backlog_covered.c, backlog_lag.c, backlog_files.c ---- */

/* NULL past the limit. */
struct backlog_source *connect_backlog_source_get(struct connect_backlog_group_internal *g, const char *topic,
                                                  size_t len, int32_t partition);
void connect_backlog_source_free(struct backlog_source *s);
/* The commit that no answer has was seen so soon after the last answer that it may be the one before. */
bool connect_backlog_source_early(const struct backlog_source *s);
/* Is a point the later one? */
bool connect_backlog_later(const struct backlog_point *a, const struct backlog_point *b);
/* How far each partition is in each table. */
void connect_backlog_cover(struct connect_backlog_group_internal *g);
/* Lags of tables, partitions and the group. */
void connect_backlog_lags(struct connect_backlog_group_internal *g);
/* What is shown of tables and files. */
void connect_backlog_show(struct connect_backlog_group_internal *g);
/* What the last answers tell: rows, records, whether there are offsets. */
void connect_backlog_silence(struct connect_backlog_group_internal *g);

#endif
