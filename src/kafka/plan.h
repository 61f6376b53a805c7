/* A round's plan with all that it points to, shared by the lanes that run it. */
#ifndef KAFKA_PLAN_H
#define KAFKA_PLAN_H

#include "kafka/round.h"

/* Counted on the loop's thread. */
struct kafka_plan {
    struct kafka_round_plan round;
    bool no_records; /* nobody may look at them */
    unsigned refs;
};

/* A copy of what a cluster's configuration says; its secrets are wiped when it is freed. It keeps
 * references to sweep and pace. */
struct kafka_plan *kafka_plan_new(const struct conf_cluster *conf, const struct kafka_admin_ops *ops,
                                  const struct clock *clock, struct kafka_sweep *sweep, struct kafka_pace *pace);
struct kafka_plan *kafka_plan_ref(struct kafka_plan *p);
void kafka_plan_unref(struct kafka_plan *p); /* NULL is allowed */

#endif
