/* One round of questions to a cluster, in the order that makes lags true: committed offsets before
 * ends. */
#ifndef KAFKA_ROUND_H
#define KAFKA_ROUND_H

#include "conf/conf.h"
#include "kafka/admin.h"
#include "kafka/configs.h"
#include "kafka/markers.h"
#include "kafka/missing.h"
#include "kafka/open.h"
#include "kafka/skew.h"
#include "kafka/starts.h"
#include "kafka/sweep.h"

/* What is asked for. Borrowed for the time of the round. */
struct kafka_round_plan {
    const struct kafka_admin_ops *ops;
    struct kafka_admin_settings settings; /* for a client of the round's own */
    struct conf_globs groups, topics;
    int interval_ms, starts_interval_ms;
    struct kafka_sweep *sweep;        /* which groups are asked; the plan's reference */
    struct conf_globs read_committed; /* groups that read up to the last stable offset; none without `in` */
    bool no_records;                  /* none is to be read */
    size_t max_groups, max_partitions;
};

/* What is remembered of a topic; arrays by partition. */
struct kafka_round_known {
    char *name;
    size_t npartitions;
    int64_t *ends;    /* -1: unknown */
    int32_t *leaders; /* of the last metadata; -1: none */
    bool *start_known;
    bool *probed; /* its past ends were asked for */
};

enum { KAFKA_ROUND_SILENT = 16 };

/* The last listing of groups, of which rounds and steps live. Zeroed: there was none. */
struct kafka_round_listing {
    struct kafka_arena arena;
    struct kafka_groups groups; /* those that the plan chooses */
    size_t seen, left_out;
    bool known, complete;
    int64_t begun_us, listed_us, cost_us; /* when it was made, and how long that took */
    struct kafka_missing note;
};

/* What a lane remembers from round to round: its client, and the partitions whose start is known.
 * Zeroed is new. */
struct kafka_round_memory {
    struct kafka_admin *admin;
    struct kafka_round_known *topics; /* by name */
    size_t ntopics;
    char **groups; /* names in the last listing that is known to be whole, sorted */
    size_t ngroups;
    struct kafka_admin *asked;          /* the client that was asked whether groups are hidden, */
    int64_t asked_us;                   /* and when */
    bool hidden;                        /* they are */
    struct kafka_admin *verified;       /* the client whose listing was found to be whole once */
    int32_t silent[KAFKA_ROUND_SILENT]; /* leaders that did not answer in the last round */
    size_t nsilent;
    int64_t starts_us; /* when all starts were read last; 0: never */
    struct kafka_starts starts;
    int64_t since_us; /* when the last round began */
    struct kafka_round_listing listing;
    struct kafka_missing note; /* of the last round, without what it said of committed offsets */
    struct kafka_skew skew;
    struct kafka_configs configs;
    bool told_full;                  /* no more partitions are to be asked about */
    struct kafka_probe_wants *wants; /* times to ask for, see probe.h; NULL: none */
    struct kafka_open open;
    struct kafka_markers markers;
};

/* What is remembered of a topic; NULL: nothing. Borrowed until the next round. */
struct kafka_round_known *kafka_round_find(const struct kafka_round_memory *memory, const char *name);
/* Frees all but the clients. */
void kafka_round_memory_done(struct kafka_round_memory *m);

/* What was learnt. All of it lives in the arena. */
struct kafka_round {
    struct kafka_arena arena;
    bool step;                       /* one that follows a round: only groups that were read, and ends of theirs */
    bool more;                       /* groups are due that were not read: a step is to follow */
    bool later;                      /* groups whose commits come by themselves are only noted: see kafka_model_again */
    bool listed;                     /* the groups were listed in this round, not in one before */
    size_t nread;                    /* groups that were asked, or given up */
    struct kafka_metadata metadata;  /* topics that the plan chooses */
    struct kafka_groups groups;      /* groups that the plan chooses; they live with the lane's listing */
    size_t topics_seen, groups_seen; /* before the plan chose */
    const char **left_out;           /* names of topics that are there, but too many (max_partitions) */
    size_t nleft_out;
    size_t groups_left_out;            /* groups that are there, but too many (max_groups) */
    bool groups_known;                 /* false: nothing is known of groups, as they could not be listed */
    bool groups_hidden;                /* those that may not be described are not listed */
    bool groups_complete;              /* a group that is not there is gone */
    struct kafka_committed *committed; /* one for each of groups.groups; one that was not asked keeps what it had */
    size_t *first;                     /* index in ends of each topic's partition 0; NULL in a step */
    struct kafka_offset *ends;         /* of every partition of every topic, in their order; in a step, of those that
                                          its groups committed, each once, by topic */
    struct kafka_offset *starts;       /* those read in this round */
    size_t nends, nstarts;
    struct kafka_time ends_asked; /* before ends were asked for */
    int64_t asked_us;             /* monotonic: before committed offsets were asked for */
    int64_t listing_us;           /* the same: before the listing that `groups` is of */
    struct kafka_topic
        commits_topic; /* __consumer_offsets, chosen or not; without partitions if it is not to be seen */
    bool skew_known;
    double skew_s;                      /* how far the brokers' clock is ahead */
    int budget_ms;                      /* the time it was given */
    int code;                           /* 0, ERR_PARTIAL, or what made it fail */
    struct error error;                 /* what made it fail, or all that is missing from it */
    struct kafka_missing note;          /* what is missing, and what may be */
    struct kafka_topic_config *configs; /* those read in this round */
    size_t nconfigs;
    bool read_committed;         /* ends are last stable offsets */
    struct kafka_offset *others; /* ends under the other isolation, of the partitions that were asked */
    size_t nothers;
    struct kafka_markers_range *markers; /* what is known to hold no messages up to the end */
    size_t nmarkers;
    struct kafka_probe *probes; /* past ends of some partitions */
    size_t nprobes;
    struct kafka_admin *retired[4]; /* clients that are unfit now: for the caller to close */
    size_t nretired;
};

/* Runs a round within the budget, or, where not all groups can be read at once, its first step. On failure of metadata
 * nothing but code and error is set. */
void kafka_round_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *ret);
/* Reads more of the groups that are due since the last round began, and then the ends of their partitions: a round's rest,
 * a second or so at a time. For a lane whose last round did not fail. */
void kafka_round_step(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                      const struct kafka_budget *budget, struct kafka_round *ret);
void kafka_round_done(struct kafka_round *r); /* not the retired clients */

#endif
