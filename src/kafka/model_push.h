/* What came by subscription, worked into the model between two rounds; and rounds checked against it.
 *
 * A push is worked in like a step of a round: ask, the ends, apply. So a commit is shown together with an end that was
 * observed after it. */
#ifndef KAFKA_MODEL_PUSH_H
#define KAFKA_MODEL_PUSH_H

#include "kafka/model.h"
#include "kafka/push.h"
#include "kafka/cover.h"

/* Fills r->ends with the partitions whose end is needed: those where a group of the model commits another offset than
 * before. True if there is anything to apply, be it without an end. Commits of the same offset are noted as such here. What
 * is told of groups that are still to be listed or read is taken out and put aside, and comes back with the first push
 * after they are (m->early_due). */
bool kafka_model_push_ask(struct kafka_model *m, struct kafka_push *push, const struct kafka_round_plan *plan,
                          const struct clock *clock, struct kafka_round *r);
/* Works the push in, with r->ends as they were read. */
void kafka_model_push_apply(struct kafka_model *m, struct kafka_push *push, const struct kafka_round_plan *plan,
                            const struct clock *clock, struct kafka_round *r);

/* Before a round or a step is worked in: what came by subscription after it was asked for is put in its place, and what
 * differs otherwise is noted where all should have come so. cover is that of now. */
void kafka_model_push_reconcile(struct kafka_model *m, struct kafka_round *r, const struct kafka_cover *cover);
/* After that: tells the sweep of which groups it is known what they have committed, and makes events of differences that
 * lasted. */
void kafka_model_push_mark(struct kafka_model *m, const struct kafka_round *r, const struct kafka_cover *cover,
                           struct kafka_sweep *sweep, const struct clock *clock);

/* What a group has committed that was not asked in this round because its commits come by themselves: it stands, and is
 * worked in with the round's ends like an answer, for lag and time go on without commits. False if it is not known. */
bool kafka_model_push_again(const struct kafka_model_group *g, const struct kafka_round *r, struct kafka_arena *arena,
                            struct kafka_committed *ret);

/* Whether it is known what the group has committed. */
bool kafka_model_push_known(const struct kafka_model_group *g);
/* The group as it was listed, or as it was described since by subscription. Borrowed. */
struct kafka_group kafka_model_push_listed(const struct kafka_model_group *g, const struct kafka_group *from,
                                           int64_t listing_us);

/* Frees what belongs to the model, and to a group. */
void kafka_model_push_done(struct kafka_model *m);
void kafka_model_push_free(struct kafka_model_group *g);

#endif
