/* Members of groups in the model: who they are, what they are assigned, how far they are behind. */
#ifndef KAFKA_MEMBERS_H
#define KAFKA_MEMBERS_H

#include "kafka/model.h"

/* Works the described members in; while the group rebalances, those without an assignment keep their last one, stale. */
void kafka_members_apply(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_group *from,
                         bool rebalancing);
/* NULL if there is none of that id. */
struct kafka_model_member *kafka_members_find(const struct kafka_model_group *g, const char *id);
void kafka_members_free(struct kafka_model *m, struct kafka_model_member *mb);

/* A round's sums: begin sets them to nothing, add counts one partition for the member that it is assigned to, lags makes
 * cells of them. A member's partitions without a known lag leave its sum a lower bound. */
void kafka_members_begin(struct kafka_model_group *g);
void kafka_members_add(struct kafka_model_group *g, const struct kafka_model_commit *c,
                       const struct kafka_model_share *x);
void kafka_members_lags(struct kafka_model_group *g);

#endif
