/* Starts of logs that matter: of partitions on which some group lags. Where records were deleted, that lag is less and
 * something may be lost, which is not to wait until all starts are read again. */
#ifndef KAFKA_STARTS_H
#define KAFKA_STARTS_H

#include "base/vec.h"

#include <stdint.h>

struct kafka_model;

enum {
    KAFKA_STARTS_PARTITIONS = 2000, /* asked for at a time, at most; of more, others the next time */
    KAFKA_STARTS_MS = 4000,         /* from one time to the next; with rounds every five seconds, in each */
};

/* What the next round is to ask. Zeroed: nothing. */
struct kafka_starts {
    VEC(struct kafka_starts_want {
        char *topic;
        int32_t partition;
    })
    list;
    int64_t chosen_us; /* monotonic: when that was; 0: never */
    size_t skip;       /* partitions that had their turn */
};

/* Chooses anew what to ask, if it is time for that; otherwise it is nothing. now_us is monotonic. */
void kafka_starts_choose(struct kafka_starts *s, struct kafka_model *model, int64_t now_us);
void kafka_starts_done(struct kafka_starts *s);

#endif
