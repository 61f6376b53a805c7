/* Whether the numbers of a path only grow from event to event, as counters, offsets and times do: then no two windows are alike. */
#ifndef DRIFT_EVENT_STEPS_H
#define DRIFT_EVENT_STEPS_H

#include <stdbool.h>
#include <stdint.h>

enum drift_event_steps_limit {
    DRIFT_EVENT_STEPS_PLACES = 8, /* partitions that are told apart: each by its number modulo that */
    DRIFT_EVENT_STEPS_FEW = 10,   /* steps, before anything is said */
};

/* A step is from an event to the next one of its partition; it is up where none before was as great. Zeroed: none was yet. */
struct drift_event_steps {
    double most[DRIFT_EVENT_STEPS_PLACES];
    uint64_t up, all;
    uint8_t any; /* places that have had one: 1 << place, or-ed */
};

void drift_event_steps_add(struct drift_event_steps *s, int32_t partition, double value);
/* True where 95 % of the steps or more are up: of n numbers that are drawn by chance, or come again and again, hardly ln n are. */
bool drift_event_steps_grow(const struct drift_event_steps *s);

#endif
