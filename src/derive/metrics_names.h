/* Which scraped series tell which column of `tasks` and `brokers`: names as the usual rule files of jmx_exporter spell them. */
#ifndef DERIVE_METRICS_NAMES_H
#define DERIVE_METRICS_NAMES_H

#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum derive_metrics_side { DERIVE_METRICS_TASKS, DERIVE_METRICS_BROKERS, DERIVE_METRICS_SIDES };

struct derive_metrics_name {
    enum derive_metrics_side side;
    size_t column;        /* within the group "metrics" */
    const char *selector; /* as prom/selector.h reads it; of two that tell the same column the one further up holds */
    bool rate;            /* how it grows a second is meant, whatever type the exporter gives it */
    bool offset_commit;   /* means nothing of a sink that commits its offsets elsewhere */
};

/* All of them, with their selectors parsed, and the names of metrics that were asked before. */
struct derive_metrics_names;

struct derive_metrics_names *derive_metrics_names_new(void);
void derive_metrics_names_free(struct derive_metrics_names *n); /* NULL is allowed */

/* The entry that a series is of, and its place among all; NULL: of none. labels as prom/labels.h writes them. What is no name of
 * interest costs a look into a map. */
const struct derive_metrics_name *derive_metrics_names_find(struct derive_metrics_names *n, const char *metric,
                                                            size_t len, const char *labels, size_t *place);

#endif
