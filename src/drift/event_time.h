/* The time of an event, from the value that a plan's TIME leads to. */
#ifndef DRIFT_EVENT_TIME_H
#define DRIFT_EVENT_TIME_H

#include "drift/event.h"

enum drift_event_time_unit {
    DRIFT_EVENT_TIME_AUTO, /* by its size: below 1e11 seconds, below 1e14 ms, below 1e17 µs, else ns (1973 to 5138 in each) */
    DRIFT_EVENT_TIME_S,
    DRIFT_EVENT_TIME_MS,
    DRIFT_EVENT_TIME_US,
    DRIFT_EVENT_TIME_NS,
};

/* Milliseconds since 1970 UTC of a number in that unit; of RFC 3339 text, which without a zone is UTC (as Python's isoformat()
 * writes it); of a text that is a number of ten digits or more. ERR_INVALID for anything else, ERR_LIMIT for what is beyond the
 * years that such milliseconds are used for (8.64e15). */
int drift_event_time_ms(const struct drift_event_value *v, enum drift_event_time_unit unit, int64_t *ret);

#endif
