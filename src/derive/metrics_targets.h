/* The endpoints of which derive/metrics.h remembers series: where they are, and what their labels say. */
#ifndef DERIVE_METRICS_TARGETS_H
#define DERIVE_METRICS_TARGETS_H

#include "base/map.h"
#include "table/table.h"

struct derive_metrics_target {
    struct name *job, *instance;
    size_t series; /* that are remembered */
    bool down;
    int64_t scraped_ms;
    char *host;                     /* NULL: not known */
    struct name *connect, *cluster; /* its labels of these names, or NULL */
    int64_t broker;                 /* likewise; -1 */
};

struct derive_metrics_targets {
    struct store *store;
    struct map all; /* by the names of job and instance */
    uint64_t seq;   /* of the table, as far as it was looked at */
};

/* The target of a row of `metrics`, for one more series: until derive_metrics_targets_release. */
struct derive_metrics_target *derive_metrics_targets_use(struct derive_metrics_targets *ts, const struct row *metric);
void derive_metrics_targets_release(struct derive_metrics_targets *ts, struct derive_metrics_target *t);
/* Looks at those that were scraped, or ceased to be; true if one of them is in use. */
bool derive_metrics_targets_look(struct derive_metrics_targets *ts);
/* All are released. */
void derive_metrics_targets_done(struct derive_metrics_targets *ts);

/* Of labels, as prom/labels.h writes them: the value of one, owned by the caller; NULL: it is not there. */
struct name *derive_metrics_targets_label(const struct derive_metrics_targets *ts, const char *labels,
                                          const char *name);
/* The same where all of it is a number, from 0 on; else -1. */
int64_t derive_metrics_targets_number(const char *labels, const char *name);

#endif
