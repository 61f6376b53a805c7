/* The arithmetic of lag. */
#ifndef KAFKA_LAG_H
#define KAFKA_LAG_H

#include <stdbool.h>
#include <stdint.h>

/* What follows from offsets of one partition of a group; -1 stands for an offset that is not known
 * or not there. */
struct kafka_lag {
    bool known;
    int64_t lag;   /* end - max(committed, start), never negative */
    int64_t lost;  /* max(0, start - committed) */
    int64_t ahead; /* max(0, committed - end) */
};

struct kafka_lag kafka_lag_of(int64_t committed, int64_t start, int64_t end);

#endif
