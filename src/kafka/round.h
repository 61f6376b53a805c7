/* One round of questions to a cluster, in the order that makes lags true: committed offsets before
 * ends. */
#ifndef KAFKA_ROUND_H
#define KAFKA_ROUND_H

#include "conf/conf.h"
#include "kafka/admin.h"
#include "kafka/configs.h"
#include "kafka/missing.h"
#include "kafka/skew.h"

/* What is asked for. Borrowed for the time of the round. */
struct kafka_round_plan {
    const struct kafka_admin_ops *ops;
    struct kafka_admin_settings settings; /* for a client of the round's own */
    struct conf_globs groups, topics;
    int starts_interval_ms;
    size_t max_groups, max_partitions;
};

/* What is remembered of a topic; arrays by partition. */
struct kafka_round_known {
    char *name;
    size_t npartitions;
    int64_t *ends; /* -1: unknown */
    bool *start_known;
    bool *probed; /* its past ends were asked for */
};

enum { KAFKA_ROUND_SILENT = 16 };

/* What a lane remembers from round to round: its client, and the partitions whose start is known.
 * Zeroed is new. */
struct kafka_round_memory {
    struct kafka_admin *admin;
    struct kafka_round_known *topics; /* by name */
    size_t ntopics;
    char **groups; /* names in the last listing that is known to be whole, sorted */
    size_t ngroups;
    struct kafka_admin *verified;       /* the client whose listing was found to be whole once */
    int32_t silent[KAFKA_ROUND_SILENT]; /* leaders that did not answer in the last round */
    size_t nsilent;
    int64_t starts_us; /* when all starts were read last; 0: never */
    struct kafka_skew skew;
    struct kafka_configs configs;
    struct kafka_probe_wants *wants; /* times to ask for, see probe.h; NULL: none */
};

/* Frees all but the client. */
void kafka_round_memory_done(struct kafka_round_memory *m);

/* What was learnt. All of it lives in the arena. */
struct kafka_round {
    struct kafka_arena arena;
    struct kafka_metadata metadata;  /* topics that the plan chooses */
    struct kafka_groups groups;      /* groups that the plan chooses */
    size_t topics_seen, groups_seen; /* before the plan chose */
    const char **left_out;           /* names of topics that are there, but too many (max_partitions) */
    size_t nleft_out;
    size_t groups_left_out;            /* groups that are there, but too many (max_groups) */
    bool groups_known;                 /* false: nothing is known of groups, as they could not be listed */
    bool groups_complete;              /* a group that is not there is gone */
    struct kafka_committed *committed; /* one for each of groups.groups */
    size_t *first;                     /* index in ends of each topic's partition 0 */
    struct kafka_offset *ends;         /* of every partition of every topic, in their order */
    struct kafka_offset *starts;       /* those read in this round */
    size_t nends, nstarts;
    struct kafka_time ends_asked; /* before ends were asked for */
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
    struct kafka_probe *probes; /* past ends of some partitions */
    size_t nprobes;
    struct kafka_admin *retired[4]; /* clients that are unfit now: for the caller to close */
    size_t nretired;
};

/* Runs a round within the budget. On failure of metadata nothing but code and error is set. */
void kafka_round_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *ret);
void kafka_round_done(struct kafka_round *r); /* not the retired clients */

#endif
