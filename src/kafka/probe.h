/* Where partitions ended in the past, by the times of their records: so that lag in seconds is known from the first round
 * on, for every group, and not only once ends have been watched for as long.
 *
 * The first record of a time or later stands where the log ended at that time, and tells of every group whether it is
 * younger or older. So the cost is that of the partitions, however many groups there are: each is asked once at some fixed
 * ages, and then at times between them where groups stand and much is left open, at most KAFKA_TOLD_GAPS in a sweep. */
#ifndef KAFKA_PROBE_H
#define KAFKA_PROBE_H

#include "base/vec.h"
#include "kafka/rates.h"
#include "kafka/round.h"
#include "kafka/told.h"

enum { KAFKA_PROBE_POINTS = 11 };

/* Answers for one partition; times are the brokers', ascending. */
struct kafka_probe {
    const char *topic;
    int32_t partition, leader;
    bool first;     /* it was not asked before: at all ages, then around the group that is furthest behind */
    int64_t target; /* that group's offset */
    int64_t times[KAFKA_TOLD_GAPS];
    unsigned ntimes;
    struct kafka_point points[KAFKA_PROBE_POINTS]; /* the first record of then or later; INT64_MAX: there is none */
    size_t n;
    bool ahead_known;
    int64_t ahead; /* the first record of a time that has not come; -1: none */
};

/* What the next sweep is to ask. */
struct kafka_probe_wants {
    VEC(struct kafka_probe_want {
        char *topic;
        int32_t partition;
        bool first; /* it was not asked about before */
        int64_t target;
        int64_t times[KAFKA_TOLD_GAPS];
        unsigned ntimes;
    })
    list;
};

enum { KAFKA_PROBE_PARTITIONS = 2000 }; /* asked about in a round, at most */

void kafka_probe_wants_free(struct kafka_probe_wants *w); /* NULL is allowed */
/* Asks about each partition that a group of this round lags on and that was not asked about yet, and for what memory->wants
 * says, which is empty then; as one of the last steps of a round. Fills round->probes. What cannot be read is left out: nothing else depends
 * on it. */
void kafka_probe_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *round);

#endif
