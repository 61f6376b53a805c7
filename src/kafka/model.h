/* What is known of one cluster from round to round, and the cells that follow from it.
 *
 * A model is used by one thread at a time: rounds are worked into it on a worker's thread
 * (kafka_model_apply), rows are written from it on the loop's (kafka_rows_step). Only the latter
 * touches rows and names. */
#ifndef KAFKA_MODEL_H
#define KAFKA_MODEL_H

#include "base/map.h"
#include "base/vec.h"
#include "kafka/age.h"
#include "kafka/dirty.h"
#include "kafka/item.h"
#include "kafka/lag.h"
#include "kafka/push.h"
#include "kafka/rates.h"
#include "kafka/retention.h"
#include "kafka/round.h"
#include "kafka/tables.h"
#include "kafka/tally.h"
#include "kafka/watch.h"

/* What few partitions have: there may be very many. */
struct kafka_model_seldom {
    struct kafka_retention_pace *pace;   /* of the start; NULL: it has not moved */
    struct kafka_open_ends *open;        /* NULL: both ends are the same, as far as is known */
    struct kafka_markers_known *markers; /* NULL: nothing is known */
    int64_t reset_ms;                    /* wall time at which the end was seen to have gone back; 0: never */
};

struct kafka_model_partition {
    struct kafka_item item;
    struct kafka_ring ends;
    struct kafka_told *told;           /* NULL: no group lags, or it was not asked */
    int64_t behind;                    /* 1 + the least offset of groups that lag while told is NULL; 0: none does */
    struct kafka_model_seldom *seldom; /* NULL: as zeroed */
    int64_t open_end;                  /* while seldom->open is NULL: the last end of which that is known; -1: none */
    int64_t start, end;                /* -1: unknown */
    uint16_t seen;                     /* ends in a row that did not go back: two make a rate */
    enum kafka_fault fault : 8;        /* of the end, this round */
    bool lags : 1;                     /* a group does; see starts.h */
    int32_t leader;
    struct kafka_time time; /* of the end */
};

struct kafka_model_topic {
    char *name;
    struct name *key; /* the loop's */
    struct kafka_item item;
    struct kafka_retention retention;
    struct kafka_model_partition **partitions;
    size_t npartitions;
    bool present;  /* in the metadata, and read */
    bool crowded;  /* in a cluster of so many partitions that fewer points are kept of each */
    bool left_out; /* in the metadata, but one too many: nothing is known of it */
    size_t users;  /* group partitions that point here */
    uint64_t round;
    VEC(struct kafka_group_topic *) ranks; /* of all groups, see rank.h */
    uint32_t noted;                        /* 1 + its place in the list of dirty.h; 0: not in it */
};

struct kafka_model_member {
    struct kafka_text *id, *client, *host;
    struct kafka_item item;
    int64_t lag; /* of this round */
    bool lag_known, lag_partial, lag_bounded, lag_stale;
    double rate_out; /* of this round, as are the next two */
    size_t rates, counted;
    struct kafka_age_sum age;
    const struct kafka_model_topic *counted_for; /* the topic that counted it last in this round */
    uint64_t round;
};

struct kafka_model_commit {
    struct kafka_model_topic *topic;
    int32_t partition;
    uint16_t ahead;                         /* rounds in a row in which it was ahead of the end */
    enum kafka_age_method lag_s_method : 8; /* of the last known lag in time */
    bool read_committed : 1;                /* the group does, as the configuration says */
    bool stable_end : 1;                    /* therefore it ends elsewhere than the partition does */
    bool member_stale : 1;                  /* whom it is assigned to is as it was before a rebalance */
    struct kafka_item item;
    struct kafka_ring commits;
    int64_t committed; /* -1: none */
    int64_t end;       /* the end that it was compared with last; -1: none */
    struct kafka_watch watch;
    uint64_t pushed_ms : 43;  /* monotonic: when its last commit was read by subscription, rounded up; 0: never */
    uint64_t suspect : 1;     /* it was found to differ from what had come so; */
    uint64_t suspect_ds : 20; /* monotonic: when that was, in tenths of a second, modulo what fits */
};

/* The id of whom it is assigned to; NULL: nobody. Borrowed. */
static inline const struct kafka_text *kafka_model_owner(const struct kafka_model_commit *c)
{
    return kafka_item_get(&c->item, GROUP_PARTITIONS_MEMBER).t;
}

struct kafka_model_group {
    char *name;
    struct name *key; /* the loop's */
    struct kafka_item item;
    VEC(struct kafka_model_commit *) commits; /* by topic and partition */
    VEC(struct kafka_model_member *) members; /* by id */
    VEC(struct kafka_group_topic *) topics;   /* by name */
    struct kafka_group_watch watch;
    struct kafka_text *state;
    int32_t coordinator;
    int64_t rebalance_ms; /* wall time at which a rebalance began that an event told of; 0: none */
    int64_t told_ms;      /* of the last such event */
    bool gap;             /* it has a lag, or may have, that is not known, at least in part */
    bool tallied;         /* see tally.h */
    bool again;           /* its lags are to be worked out anew: see kafka_model_again */
    uint32_t noted;       /* as of a topic */
    int64_t read_ms;      /* wall time at which its committed offsets were read last; 0: never */
    uint64_t read_round;  /* the round in which, or after which, that was */
    uint64_t round;
    struct kafka_model_told *told; /* what came of it by subscription, see model_push.h; NULL: nothing */
};

struct kafka_model_broker {
    int32_t id;
    struct kafka_item item;
    bool present;
    int64_t leaders, replicas, out_of_sync, groups; /* of this round */
    double rate_in;
    bool rate_known;
};

struct kafka_model_event {
    const char *severity; /* static */
    char *subject, *text;
};

struct kafka_model {
    char *cluster;
    struct name *key;         /* the loop's */
    struct kafka_items items; /* of all rows to be */
    struct kafka_item item;   /* the row of `clusters` */
    uint64_t round;           /* how many were worked in */
    struct map topics, groups, seeds;
    VEC(struct kafka_model_broker *) brokers; /* by id */
    VEC(struct kafka_model_event) events;     /* for the loop to tell */
    struct kafka_gone gone;                   /* rows for the loop to remove */
    VEC(struct name *) gone_names;
    bool read_committed;      /* ends are last stable offsets */
    bool listed;              /* all groups were listed once: one that comes now is new */
    size_t ntold;             /* partitions of which records' times are told */
    int64_t told_shift_ms;    /* what makes the brokers' time the monotonic one */
    int64_t skew_ms;          /* how far their clock is ahead, when it was last known; 0 before */
    size_t rows, topic_rows;  /* topic_rows: those that are not of groups */
    struct kafka_tally tally; /* of all groups */
    enum quality listed_as;   /* of what is counted over groups: unknown before they were ever listed */
    struct kafka_dirty dirty;
    size_t looked;           /* rows that were looked at when they were written last */
    struct map gone_groups;  /* by name: deleted by what came by subscription, int64_t: when; see model_push.h */
    struct kafka_push early; /* what came by subscription of groups that are still to be read */
    int64_t listing_us;      /* monotonic: before the last listing */
    bool early_due;          /* some of them are read now */
    int64_t pushed_us;       /* monotonic: when such a thing was worked in last */
    size_t suspects;         /* group partitions that were found to differ */
    uint64_t defects;        /* those that stayed so */
    size_t again;            /* groups that are noted so */
};

struct kafka_model *kafka_model_new(const char *cluster);
/* On the loop's thread; its rows stay. NULL is allowed. */
void kafka_model_free(struct kafka_model *m);
/* Observations of a partition's end from before this run, oldest first, by wall time, each made then or up to slack_ms
 * before; now is the present. They are used when the partition is first seen, or at once. */
void kafka_model_seed_end(struct kafka_model *m, const char *topic, int32_t partition, const struct kafka_point *points,
                          size_t n, uint32_t slack_ms, struct kafka_time now);
/* A record was read that is the next one for whoever has committed this offset: its time, by its own. Shown from the next
 * round on, for as long as a group stands there. */
void kafka_model_exact(struct kafka_model *m, const char *topic, int32_t partition, int64_t offset, int64_t record_ms);
/* Works a round in, which did not fail as a whole, or a step: then only what it read changes. */
void kafka_model_apply(struct kafka_model *m, const struct kafka_round *round);
/* What a round has left for later: works out the lags of those of the groups that are noted, for the ends that it has read,
 * until the clock says until_us (monotonic); returns how many of the groups it has gone through, not 0 of some. They are of
 * the listing that was begun at listing_us; time is when the ends were asked for. */
size_t kafka_model_again(struct kafka_model *m, const struct kafka_group *groups, size_t n, int64_t listing_us,
                         struct kafka_time time, const struct clock *clock, int64_t until_us);

/* Writes all cells that changed, removes the rows of what has gone, and adds the events. On the
 * loop's thread. tables are those of kafka_tables, in that order.
 *
 * In slices: a step writes until the store's clock says until_us (monotonic), and returns true once all is written. From
 * new to free the store is held, so that readers see all of it or nothing, and the model must not be worked on. tables
 * and source are borrowed until then. Freed before its end it leaves the rest to the next. */
struct kafka_rows;
struct kafka_rows *kafka_rows_new(struct kafka_model *m, struct store *store, struct table *const *tables,
                                  uint16_t owner, const char *source);
bool kafka_rows_step(struct kafka_rows *w, int64_t until_us);
void kafka_rows_free(struct kafka_rows *w); /* NULL is allowed */

/* ---- shared by the files of the model ---- */

__attribute__((format(printf, 5, 6))) void kafka_model_event(struct kafka_model *m, const char *severity,
                                                             const char *kind, const char *name, const char *fmt, ...);
/* The topic of that name, made if need be. */
struct kafka_model_topic *kafka_model_topic(struct kafka_model *m, const char *name);
/* What is seldom there of a partition: to be read, */
static inline struct kafka_model_seldom kafka_model_seldom(const struct kafka_model_partition *p)
{
    return p->seldom ? *p->seldom : (struct kafka_model_seldom){.reset_ms = 0};
}
/* and to be set. */
struct kafka_model_seldom *kafka_model_seldom_set(struct kafka_model_partition *p);
/* The rate between the last two ends that were seen; false before there are two. */
bool kafka_model_rate_in(const struct kafka_model_partition *p, double *rate);
struct kafka_model_broker *kafka_model_broker(struct kafka_model *m, int32_t id); /* or NULL */

/* The parts of kafka_model_apply. */
void kafka_model_apply_topics(struct kafka_model *m, const struct kafka_round *r);
void kafka_model_apply_ends(struct kafka_model *m, const struct kafka_round *r); /* of a step, in place of topics */
void kafka_model_apply_groups(struct kafka_model *m, const struct kafka_round *r);
/* What records' times tell, of this round's probes, and the clock that they go by. */
void kafka_model_apply_told(struct kafka_model *m, const struct kafka_round *r);
void kafka_model_apply_totals(struct kafka_model *m, const struct kafka_round *r);
/* Dates the rows of groups that were read neither in this round nor in the last one or the steps after it. */
void kafka_model_date_groups(struct kafka_model *m);
void kafka_model_free_group(struct kafka_model *m, struct kafka_model_group *g);
/* Frees the partitions from number keep on. */
void kafka_model_free_partitions(struct kafka_model *m, struct kafka_model_topic *t, size_t keep);
/* Puts the points that wait for a partition into its ring. */
void kafka_model_take_seed(struct kafka_model *m, const char *topic, int32_t partition, struct kafka_ring *ring);

/* What a group partition adds to its group. */
struct kafka_model_share {
    bool counted; /* it belongs into the lag: neither deleted nor without a commit */
    bool no_commit, deleted, left_out, ahead, leaderless, markers, open;
    enum quality lag_quality; /* unknown: its lag is missing from the sum */
    int64_t lag, lost, lost_new;
    enum quality lag_s_quality;
    double lag_s, lag_s_error; /* error NaN: not known */
    enum kafka_age_method lag_s_method;
    bool rates_known, trend_known;
    double rate_in, rate_out;
    struct kafka_trend trend;
    int64_t margin;
    enum quality margin_quality;
    double loss_s;
    enum quality loss_quality;
};

/* Works out the cells of one partition of a group. commit is what was read now, NULL if it is only
 * assigned; what was committed is older than the end, as long as rounds ask in that order. */
void kafka_model_apply_commit(struct kafka_model_commit *c, const struct kafka_commit *commit, struct kafka_time time,
                              struct kafka_model_share *ret);

/* Its lag in seconds and where that comes from. fresh: the lag is of this round; else what was known stands. now_ms is
 * monotonic. */
void kafka_model_apply_age(struct kafka_model_commit *c, struct kafka_model_partition *p, int64_t now_ms, bool fresh,
                           struct kafka_model_share *ret);
/* What the next round is to ask about times at which groups stand; NULL: nothing. The caller's. */
struct kafka_probe_wants *kafka_model_wants(struct kafka_model *m, struct kafka_time now);

#endif
