/* The groups of a topic, so that the one furthest behind is known without a look at all of them: a heap. */
#ifndef KAFKA_RANK_H
#define KAFKA_RANK_H

#include "kafka/group_topics.h"

/* The lag of a group's topic has changed, or it is new. */
void kafka_rank_set(struct kafka_model *m, struct kafka_group_topic *gt);
/* It goes. */
void kafka_rank_drop(struct kafka_model *m, struct kafka_group_topic *gt);
/* The lag of the group furthest behind; -1: of none it is known. */
int64_t kafka_rank_worst(const struct kafka_model_topic *t);

#endif
