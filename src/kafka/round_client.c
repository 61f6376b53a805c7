/* The client of a lane within a round: opened, exchanged and put aside. */
#include "kafka/round_internal.h"

int kafka_round_client_open(const struct kafka_round_plan *plan, struct kafka_round_memory *memory, struct error *err)
{
    return memory->admin ? 0 : plan->ops->open(&plan->settings, &memory->admin, err);
}

void kafka_round_client_retire(struct kafka_round_memory *memory, struct kafka_round *r)
{
    if (memory->admin && r->nretired < sizeof r->retired / sizeof *r->retired) {
        r->retired[r->nretired++] = memory->admin;
        memory->admin = memory->verified = NULL;
    }
}

bool kafka_round_client_renew(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                              const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_metadata unused;
    struct error err;
    kafka_round_client_retire(memory, r);
    return kafka_round_client_open(plan, memory, &err) == 0 &&
           plan->ops->metadata(memory->admin, budget, &r->arena, &unused, &err) == 0;
}
