/* The topics of a group: its partitions' rows summed up for each, the table `group_topics`. */
#ifndef KAFKA_GROUP_TOPICS_H
#define KAFKA_GROUP_TOPICS_H

#include "kafka/model.h"
#include "kafka/verdict.h"

/* One topic of a group. */
struct kafka_group_topic {
    struct kafka_model_topic *topic; /* counted among its users */
    struct kafka_item item;
    struct kafka_group_watch watch; /* only what was said, and of which partition */
    uint32_t rank;                  /* its place among the topic's, if it has one; see rank.h */
    bool ranked;
};

/* Sums over partitions of one group that come one after the other, topic by topic. */
struct kafka_topic_sums {
    size_t partitions, counted, known, rates, nets, behind;
    int64_t lag, lost, members;
    bool stale, bounded;
    double rate_in, rate_out, net;
    struct kafka_age_sum age;
};

/* Adds a partition; net is its net rate, where that is known (else NULL). */
void kafka_topic_sums_add(struct kafka_topic_sums *s, const struct kafka_model_share *x, const double *net);
/* The topic's row in the group, made if need be; at is where to look, and is moved behind it. Rows between, of topics that
 * the group has no longer, are freed. Topics come by name. */
struct kafka_group_topic *kafka_group_topics_next(struct kafka_model *m, struct kafka_model_group *g, size_t *at,
                                                  struct kafka_model_topic *t);
/* Frees the rows from number keep on. */
void kafka_group_topics_cut(struct kafka_model *m, struct kafka_model_group *g, size_t keep);
/* Sets all cells but the eta, the verdict and why. */
void kafka_group_topics_cells(struct kafka_group_topic *gt, const struct kafka_topic_sums *s, bool members_known);

#endif
