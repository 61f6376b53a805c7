/* What the files that make up a round share; nobody else includes it. */
#ifndef KAFKA_ROUND_INTERNAL_H
#define KAFKA_ROUND_INTERNAL_H

#include "kafka/round.h"

/* ---- round_client.c ---- */

/* Opens a client unless there is one. 0, or an error of open. */
int kafka_round_client_open(const struct kafka_round_plan *plan, struct kafka_round_memory *memory, struct error *err);
/* Puts an unfit client aside, for somebody who can wait until it is closed. */
void kafka_round_client_retire(struct kafka_round_memory *memory, struct kafka_round *r);
/* Exchanges an unfit client for a new one; false if there is none now that could be asked. */
bool kafka_round_client_renew(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                              const struct kafka_budget *budget, struct kafka_round *r);

/* ---- round_groups.c ---- */

/* Fills r->groups with the groups that the plan chooses: listed now, or, where listing takes long, some time ago. */
void kafka_round_groups_read(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                             const struct kafka_budget *budget, struct kafka_round *r);
/* The last listing once more, for a step. */
void kafka_round_groups_again(const struct kafka_round_memory *memory, struct kafka_round *r);
void kafka_round_groups_forget(struct kafka_round_memory *m);

/* ---- round_commits.c ---- */

/* Fills r->committed of the groups whose turn it is; in a step, r->groups becomes these groups alone. */
void kafka_round_commits_read(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                              const struct kafka_budget *budget, struct kafka_round *r);

#endif
