/* What of the model is to be written into the tables: after a round all of it may be, after a step or a push what it
 * touched. A group or topic that is noted stays so until its rows are written. */
#ifndef KAFKA_DIRTY_H
#define KAFKA_DIRTY_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct kafka_model;
struct kafka_model_group;
struct kafka_model_topic;

/* Zeroed: nothing is. */
struct kafka_dirty {
    bool all;                               /* then it does not matter what the lists say */
    VEC(struct kafka_model_group *) groups; /* one that has gone is NULL here and in topics */
    VEC(struct kafka_model_topic *) topics; /* without their partitions */
    VEC(struct kafka_dirty_partition {
        struct kafka_model_topic *topic; /* NULL: gone */
        int32_t partition;
    })
    partitions; /* may be there more than once */
};

void kafka_dirty_all(struct kafka_model *m);
void kafka_dirty_group(struct kafka_model *m, struct kafka_model_group *g);
void kafka_dirty_topic(struct kafka_model *m, struct kafka_model_topic *t);
void kafka_dirty_partition(struct kafka_model *m, struct kafka_model_topic *t, int32_t partition);
/* It goes. */
void kafka_dirty_forget_group(struct kafka_model *m, struct kafka_model_group *g);
void kafka_dirty_forget_topic(struct kafka_model *m, struct kafka_model_topic *t);
/* All is written. */
void kafka_dirty_clear(struct kafka_model *m);

#endif
