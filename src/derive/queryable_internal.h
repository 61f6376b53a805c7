/* What the files of queryable lag share; nobody but derive/queryable*.c includes it. */
#ifndef DERIVE_QUERYABLE_INTERNAL_H
#define DERIVE_QUERYABLE_INTERNAL_H

#include "base/map.h"
#include "base/str.h"
#include "derive/cells.h"
#include "derive/heads.h"
#include "derive/queryable.h"
#include "kafka/age.h"

enum queryable_limit {
    QUERYABLE_SOURCES = 100000,  /* source partitions of all sinks of a cluster whose ends are remembered */
    QUERYABLE_AWAITED = 200,     /* commits that were announced and are not seen yet, one a table */
    QUERYABLE_PENDING_MS = 5000, /* files that wait for less are no news: every cycle has such */
};

/* A source partition in one table: how that moves. */
struct queryable_track {
    struct name *table;
    struct kafka_ring covered; /* offsets up to which it was queryable, by the monotonic time at which that was seen */
    int64_t rated_ms;          /* monotonic; 0: never */
    double rate;               /* records a second */
    bool rated;
    int64_t told; /* the offset that the lag is of; or unknown */
};

/* A source partition of a sink. Numbers may be CONNECT_EVENT_UNKNOWN. */
struct queryable_source {
    struct queryable_sink *sink;
    struct name *topic;
    int32_t partition;
    uint64_t row, end_row; /* in group_partitions and partitions; 0: none */
    int64_t committed, start, end;
    int64_t lag, lag_end; /* as its group has it, and the end that it is of */
    enum quality lag_quality;
    struct kafka_ring ends; /* by the monotonic time of the round that read them */
    VEC(struct queryable_track) tracks;
};

/* A table of a sink. */
struct queryable_of_table {
    struct name *catalog, *table; /* catalog NULL: it was found in none */
    int64_t since_ms, seen_ms;    /* the oldest pending file's announcement; since when we see that (monotonic) */
    struct queryable_sums {
        int64_t lag;
        size_t n, unknown, ge, le, stale; /* of lags */
        struct kafka_age_sum age;
        size_t aged, age_le;
        double rate;
        size_t rated;
    } sums;
    struct connect_backlog_sums pending;
    int64_t lost_rows;
    bool known, stale;
    struct str why;
};

struct queryable_sink {
    struct name *group, *coordinator;
    const struct derive_sink *who;
    struct name *tables_text, *catalog, *config; /* of its connector's row, as they were last; or NULL */
    VEC(struct queryable_source *) sources;
    VEC(struct queryable_of_table *) tables; /* as the backlog's group has them */
    VEC(uint64_t) rows, files;               /* in queryable_partitions and pending_files, ascending */
    uint64_t group_row, connector_row;       /* where its columns were written; 0: nowhere */
    bool lagging;
};

/* A commit that was announced, whose snapshot is not seen yet. */
struct queryable_awaited {
    char *table;
    int64_t snapshot_id;
    int64_t asked_ms; /* monotonic */
    int tries;
};

/* A partition of a control topic. */
struct queryable_control {
    struct name *topic;
    int32_t partition;
    uint64_t row;       /* in partitions; 0: none */
    int64_t start;      /* the first record that is there still, as that round read it; or unknown */
    int64_t begin, end; /* read from begin to end, without a gap */
    int64_t due,
        due_ms; /* its end as a round of Kafka read it that began then, to be told once it is read; or unknown */
};

/* Tables of the store, and where the columns begin; SIZE_MAX: they are not there. */
struct queryable_places {
    struct table *partitions, *files;
    struct table *groups, *group_partitions, *connectors, *tables;
    size_t groups_first, group_partitions_first, connectors_first, tables_first;
};

struct derive_queryable {
    struct store *store;
    struct name *cluster;
    uint16_t owner;
    const struct derive_sinks *sinks;
    struct connect_backlog *backlog;
    const struct derive_queryable_ops *ops;
    void *arg;
    struct derive_heads *heads;
    struct slab slab;
    struct map by_group, by_coordinator; /* by the name's pointer: struct queryable_sink */
    struct map by_row;                   /* row of group_partitions: struct queryable_source */
    struct map by_key;                   /* the same by sink, topic and partition */
    VEC(struct queryable_sink *) all;
    VEC(struct queryable_awaited) awaited;
    VEC(struct queryable_control) controls;
    struct name *kafka; /* "kafka:CLUSTER" */
    int64_t round_ms;   /* when the round of Kafka ended that was looked at last */
    int64_t began_ms;   /* when that began: all ends are as of then or later; 0: none did */
    bool kafka_failed;
    size_t nsinks;                           /* that were known last */
    bool fresh;                              /* some are new */
    uint64_t partitions_seq, connectors_seq; /* up to which rows were read */
    uint64_t given;                          /* tables by the heads; see derive_heads_given */
    uint64_t seq;                            /* of the backlog, up to which rows are written */
    int64_t lagging_ms, all_ms;              /* monotonic: when those that lag, and all were written last */
    struct queryable_places at;
    uint64_t schema; /* of the store, that `at` is of */
    struct event *timer;
    struct store_listener *listener;
    bool busy;
};

static inline int64_t queryable_mono_ms(const struct derive_queryable *q)
{
    return clock_mono_us(store_clock(q->store)) / 1000;
}

/* ---- queryable_sinks.c ---- */

/* Sinks that are new, and what connectors' rows say of the tables they write to. */
void queryable_sinks_read(struct derive_queryable *q);
/* Asks for catalogs of which a commit was announced and not seen. */
void queryable_sinks_await(struct derive_queryable *q);
void queryable_sinks_done(struct derive_queryable *q);

/* ---- queryable_facts.c ---- */

/* Offsets of Kafka's groups and ends of the source. */
void queryable_facts_kafka(struct derive_queryable *q);
/* Before the sinks go. */
void queryable_facts_done(struct derive_queryable *q);
/* NULL if it is not known. */
struct queryable_source *queryable_facts_source(const struct derive_queryable *q, const struct queryable_sink *sink,
                                                const struct name *topic, int32_t partition);

/* ---- queryable_time.c ---- */

/* A number of seconds with its quality. */
struct queryable_age {
    double seconds;
    enum quality quality;
};
/* The age of the oldest record of a partition that is not queryable in a table. s and its track may be NULL. */
struct queryable_age queryable_time_age(const struct derive_queryable *q, const struct queryable_source *s,
                                        const struct queryable_track *track, const struct connect_backlog_covered *c,
                                        int64_t pending_since_ms);
/* Notes how far a partition is queryable in a table, and works out its rate. */
struct queryable_track *queryable_time_track(struct derive_queryable *q, struct queryable_source *s, struct name *table,
                                             const struct connect_backlog_partition *p,
                                             const struct connect_backlog_covered *c);
void queryable_time_add(struct queryable_sums *sums, int64_t lag, enum quality lag_quality, struct queryable_age age,
                        const struct queryable_track *track);
enum quality queryable_time_lag(const struct queryable_sums *sums);
struct queryable_age queryable_time_oldest(const struct queryable_sums *sums);
void queryable_time_done(struct derive_queryable *q, struct queryable_source *s);

/* ---- queryable_rows.c ---- */

/* Writes all rows of a sink and its columns in others. */
void queryable_rows_write(struct derive_queryable *q, struct queryable_sink *sink,
                          const struct connect_backlog_group *g);
/* Removes them. */
void queryable_rows_remove(struct derive_queryable *q, struct queryable_sink *sink);

/* ---- queryable_columns.c ---- */

/* What is to be said of a partition: by the table that holds it back. */
struct queryable_column {
    const struct connect_backlog_partition *p;
    const struct connect_backlog_covered *c; /* NULL: no table is known */
    enum quality lag_quality;
    struct queryable_age age;
    const struct queryable_track *track; /* or NULL */
};
void queryable_columns_partition(struct derive_queryable *q, const struct queryable_source *s,
                                 const struct connect_backlog_group *g, const struct queryable_column *c);
/* Of a sink's group and connector; sums: of its partitions. */
void queryable_columns_sink(struct derive_queryable *q, struct queryable_sink *sink,
                            const struct connect_backlog_group *g, const struct queryable_sums *sums);
/* Those of `iceberg_tables`, of all sinks together. */
void queryable_columns_tables(struct derive_queryable *q);
/* Makes them unknown. */
void queryable_columns_clear(struct derive_queryable *q, const struct queryable_sink *sink);

/* ---- queryable_why.c ---- */

/* What is to be said of a table of a sink: appended; nothing where all is well. */
void queryable_why_table(const struct derive_queryable *q, const struct connect_backlog_group *g,
                         const struct connect_backlog_of_table *of, const struct queryable_of_table *own,
                         struct str *out);
/* Of a sink, beside the lag of its consumer group (or unknown). */
void queryable_why_sink(const struct derive_queryable *q, const struct queryable_sink *sink,
                        const struct connect_backlog_group *g, int64_t lag, struct str *out);
/* Of a partition. */
void queryable_why_partition(const struct derive_queryable *q, const struct connect_backlog_group *g,
                             const struct connect_backlog_partition *p, const struct queryable_source *s,
                             struct str *out);

#endif
