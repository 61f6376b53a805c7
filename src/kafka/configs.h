/* Topics' configurations, which change hardly ever: read for new topics at once, for others seldom. */
#ifndef KAFKA_CONFIGS_H
#define KAFKA_CONFIGS_H

#include "base/map.h"
#include "kafka/admin.h"

struct kafka_round;
struct kafka_round_memory;
struct kafka_round_plan;

/* What a lane remembers: when each topic was asked for, and whether it may be. Zeroed is new. */
struct kafka_configs {
    struct map topics; /* by name */
    uint64_t round;
    int64_t pause_until_us; /* monotonic time; nothing is asked before, as no answer came */
};

/* A step of a round, after the ends: asks for the configurations of topics that are new, and of those that were asked
 * ten minutes ago, some hundred topics a round; fills round->configs. Reading them needs DESCRIBE_CONFIGS on the topic:
 * where it is denied, what depends on it stays unknown, which is said in the round's note by kafka_configs_say. */
void kafka_configs_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *round);
/* Adds to the round's note what is denied. It is no fault of the round: to be called after that was decided. */
void kafka_configs_say(const struct kafka_round_memory *memory, struct kafka_round *round);
void kafka_configs_done(struct kafka_configs *c);

#endif
