/* Metrics as text for whoever scrapes: exposition format 0.0.4 or OpenMetrics 1.0, family by family. */
#ifndef DEMO_EXPOSITION_H
#define DEMO_EXPOSITION_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum demo_exposition_type {
    DEMO_EXPOSITION_UNKNOWN,
    DEMO_EXPOSITION_COUNTER,
    DEMO_EXPOSITION_GAUGE,
    DEMO_EXPOSITION_HISTOGRAM,
    DEMO_EXPOSITION_INFO, /* a gauge in 0.0.4 */
};

struct demo_exposition {
    struct str *out; /* borrowed */
    bool openmetrics;
    /* of the family that was begun last */
    const char *name;
    enum demo_exposition_type type;
};

/* Begins a family; its samples follow. name without _total and _info, which samples get by themselves; unit is its end, "" for
 * none, and told by OpenMetrics alone. Neither name nor help needs escapes; name must stay until the next family. */
void demo_exposition_family(struct demo_exposition *e, enum demo_exposition_type type, const char *name,
                            const char *unit, const char *help);
/* One sample; labels as `a="b",c="d"`, "" for none. */
void demo_exposition_value(struct demo_exposition *e, const char *labels, double value);

/* What a histogram holds: counts[i] of the observations are at most bounds[i], the last bound being +Inf. */
struct demo_exposition_histogram {
    const double *bounds, *counts;
    size_t n;
    double sum;
};
void demo_exposition_buckets(struct demo_exposition *e, const char *labels, const struct demo_exposition_histogram *h);

/* After the last family. */
void demo_exposition_end(struct demo_exposition *e);
/* The Content-Type that goes with it. */
const char *demo_exposition_content_type(bool openmetrics);

#endif
