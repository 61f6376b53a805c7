/* The time that a blocking call gets. */
#ifndef KAFKA_BUDGET_H
#define KAFKA_BUDGET_H

#include "base/clock.h"

#include <stdatomic.h>

/* How long a call may take and whether anybody still waits for it. */
struct kafka_budget {
    const struct clock *clock;
    int64_t until_us;        /* of the monotonic clock */
    int64_t ask_until_us;    /* after this no request for committed offsets is begun; 0: as long as there is time */
    const atomic_bool *stop; /* turns true when the call should come back as soon as it can; may be NULL */
};

/* Milliseconds left; 0 if time is over or stop was set. */
int kafka_budget_left(const struct kafka_budget *b);
/* The same budget cut to percent of what is left. */
struct kafka_budget kafka_budget_part(const struct kafka_budget *b, int percent);

#endif
