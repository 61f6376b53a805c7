/* Lags that are made of nothing but transaction markers.
 *
 * The marker of a commit or an abort takes an offset and is never handed to a consumer, so that the committed offset of a
 * group that has read everything may stay below the end for as long as nothing is written. Such a group has caught up.
 * Whether that is so is found out by reading from its committed offset on. A group of unknown isolation may have aborted
 * messages still to read; only of one that reads committed do they count as nothing. */
#ifndef KAFKA_MARKERS_H
#define KAFKA_MARKERS_H

#include "base/map.h"
#include "base/vec.h"
#include "kafka/admin.h"

struct kafka_model;
struct kafka_model_commit;
struct kafka_model_partition;
struct kafka_round;
struct kafka_round_memory;
struct kafka_round_plan;

/* So begins, in the column note of `groups`, what is said of a group that has such partitions. */
#define KAFKA_MARKERS_NOTE "only transaction markers left on "

enum { KAFKA_MARKERS_LAG = 100 }; /* a longer lag is not looked at */

/* A short lag as the model has it. */
struct kafka_markers_want {
    char *group;
    char *topic;
    int32_t partition;
    int64_t offset;
};

/* What a lane remembers of the partitions on which some group has a short lag. Zeroed is new. */
struct kafka_markers {
    struct map topics;          /* by name */
    size_t watched;             /* partitions of them */
    struct kafka_admin *reader; /* a client only for reading, as the lane's has read from many topics; NULL: none */
    struct kafka_admin *last;   /* who read last; only compared */
    size_t learnt;              /* how many partitions the topics have that it read from */
    uint32_t client;            /* how many have read so far, the last one included */
    uint32_t idle_since_s, round;
    VEC(struct kafka_markers_want) wants; /* see kafka_markers_wants */
};

/* Offsets of a partition from which on up to `to`, where it ends, a consumer is given nothing. */
struct kafka_markers_range {
    const char *topic;
    int32_t partition;
    bool committed; /* one that reads committed */
    int64_t from, to;
};

/* A step of a round, after the ends: reads some of the partitions on which a group has a short lag and whose end stood
 * still since the last round, each only once as long as neither moves; fills round->markers, which points into m until
 * the next round. */
void kafka_markers_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *round);
void kafka_markers_done(struct kafka_markers *m); /* not the reader, which is the caller's to close */
/* After a round was worked in: notes the short lags that stand still, for the next round to look at those of groups that it
 * does not ask because their commits come by themselves. */
void kafka_markers_wants(struct kafka_markers *m, const struct kafka_model *model);

/* What the model knows of a partition, by isolation: 1 for read committed. */
struct kafka_markers_known {
    int64_t from[2], to[2];
};

/* Works round->markers into the partitions. */
void kafka_markers_apply(struct kafka_model *m, const struct kafka_round *r);
/* True if nothing is left for the group up to the given end but what is never handed out. */
bool kafka_markers_only(const struct kafka_model_commit *c, const struct kafka_model_partition *p, int64_t end);

#endif
