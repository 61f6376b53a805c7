/* What drift tools tell in gauges that a scrape brings: rows of `datasets` and `features` (drift/tables.h) under the tools' own names and
 * methods, as they tell it. Which series these are is one table, in gauges.c.
 *
 * A dataset is what one endpoint has of one tool, by all labels of its series that name neither a feature nor a method:
 * "JOB/INSTANCE", the name that the tool gives a dataset or a model behind it, then what labels are left. Rows have the owner of the
 * series, and go when these go. */
#ifndef DERIVE_GAUGES_H
#define DERIVE_GAUGES_H

#include "table/table.h"

struct derive_gauges;

/* Watches the store's change sets; tables that are not there yet are looked for again. */
struct derive_gauges *derive_gauges_new(struct store *store);
/* Before store_free. NULL is allowed. */
void derive_gauges_free(struct derive_gauges *g);

#endif
