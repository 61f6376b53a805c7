/* The cap on requests per second to one cluster: who wants to ask waits here for his turn. */
#ifndef KAFKA_PACE_H
#define KAFKA_PACE_H

#include "kafka/budget.h"

#include <stddef.h>
#include <stdint.h>

/* Shared by the threads and clients of one cluster; counted by references. Holds over every second, not only on average:
 * a request may go when the one that went `cap` requests before it is more than a second ago. */
struct kafka_pace;

/* per_s: requests a second; 0: no cap. The clock must outlive it. */
struct kafka_pace *kafka_pace_new(const struct clock *clock, int64_t per_s);
struct kafka_pace *kafka_pace_ref(struct kafka_pace *p); /* NULL is allowed, and returned */
void kafka_pace_unref(struct kafka_pace *p);             /* NULL is allowed */

/* Another cap; forgets what was asked so far only if it was 0. */
void kafka_pace_set(struct kafka_pace *p, int64_t per_s);
int64_t kafka_pace_cap(struct kafka_pace *p); /* 0: none, as of NULL */

/* Takes the turn for n requests that are sent now, and returns 0; or takes none and returns the milliseconds after which
 * to try again (at least 1). p NULL: there is no cap. */
int kafka_pace_take(struct kafka_pace *p, size_t n);
/* Somebody has a few requests now and then that should not wait behind thousands of others: for some seconds those who take
 * turns leave a sixteenth of the cap to those who wait for them. NULL is allowed. */
void kafka_pace_urgent(struct kafka_pace *p);
/* Waits for the turn; false if the budget was over before: nothing may be asked. */
bool kafka_pace_wait(struct kafka_pace *p, const struct kafka_budget *budget, size_t n);
/* Requests that were let through since it was made. */
uint64_t kafka_pace_taken(struct kafka_pace *p);

#endif
