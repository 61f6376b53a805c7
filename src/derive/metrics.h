/* What scraped metrics say of Connect's tasks and of Kafka's brokers: the column groups "metrics" of `tasks` and `brokers`.
 *
 * A series of `metrics` belongs to the task that its labels connector and task name, in the Connect cluster that its target's label
 * `connect` names; else in the only one that has it, or of several in that whose worker is at the target's host. A broker's is that
 * of the broker which the target's labels `cluster` and `broker` name (the latter its id), else of the only one at the target's host.
 * What belongs to several is of none. */
#ifndef DERIVE_METRICS_H
#define DERIVE_METRICS_H

#include "table/table.h"

struct derive_metrics;

/* Watches the store's change sets; tables that are not there yet are looked for again. */
struct derive_metrics *derive_metrics_new(struct store *store);
/* Before store_free. NULL is allowed. */
void derive_metrics_free(struct derive_metrics *m);

#endif
