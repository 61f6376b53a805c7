/* Judges a group while its partitions are worked in one after the other: verdicts, net rates, skew, and its topics. */
#ifndef KAFKA_JUDGE_H
#define KAFKA_JUDGE_H

#include "kafka/group_topics.h"
#include "kafka/spread.h"

/* The worst partition of some. */
struct kafka_judge_worst {
    enum kafka_verdict verdict;
    const struct kafka_model_commit *commit;
    size_t alike; /* partitions of that verdict */
    double arriving;
    int64_t lag, unread; /* unread: the lag of all of that verdict */
};

/* The state of one group in one round; begin, add for each partition by topic and partition, end. */
struct kafka_judge {
    struct kafka_model *m;
    struct kafka_model_group *g;
    int64_t now_ms; /* monotonic, when offsets were read */
    bool empty, simple, assigned_known, members_known;
    bool forsaken, topic_forsaken; /* some lag is that nobody reads */
    size_t unread, topic_unread;   /* partitions whose lag is unknown */
    struct kafka_judge_worst worst, topic_worst;
    enum kafka_burrow_status burrow;
    struct kafka_spread lags, rates;
    size_t counted, nets;
    double net;
    size_t next_topic; /* in g->topics */
    struct kafka_group_topic *topic;
    struct kafka_topic_sums sums;
};

/* from is the description that was read now; rebalancing and simple as the caller understands it. The count of members must
 * be in the group's cells before. */
void kafka_judge_begin(struct kafka_judge *j, struct kafka_model *m, struct kafka_model_group *g,
                       const struct kafka_group *from, bool rebalancing, struct kafka_time time);
void kafka_judge_add(struct kafka_judge *j, struct kafka_model_commit *c, const struct kafka_model_share *x);
/* Sets the cells of the group; its lag must be there already. Members' lags must be, too. */
void kafka_judge_end(struct kafka_judge *j);

#endif
