/* Where partitions ended in the past, by the times of their records: so that lag in seconds is known from the first round
 * on, not only once ends have been watched for as long. */
#ifndef KAFKA_PROBE_H
#define KAFKA_PROBE_H

#include "kafka/rates.h"
#include "kafka/round.h"

enum { KAFKA_PROBE_POINTS = 10 };

/* The past of one partition: where it ended at some times, wall time, oldest first. */
struct kafka_probe {
    const char *topic;
    int32_t partition, leader;
    int64_t target; /* the offset of the group that is furthest behind: times close to its are looked for */
    struct kafka_point points[KAFKA_PROBE_POINTS];
    size_t n;
};

/* Asks for the past of each partition that a group lags on and that was not asked for yet, as the last step of a round;
 * fills round->probes. First some fixed times for all, then times around the record that the furthest group has come to. What cannot be read is left out: nothing else depends on it. */
void kafka_probe_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *round);

#endif
