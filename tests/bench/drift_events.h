/* Events for the benches of drift: 20 features of some 500 bytes, a time, a prediction, a label. */
#ifndef TESTS_BENCH_DRIFT_EVENTS_H
#define TESTS_BENCH_DRIFT_EVENTS_H

#include "base/str.h"

#include <stdbool.h>

enum { DRIFT_EVENTS_FEATURES = 20 };

struct drift_events {
    struct str text;
};

/* Their keys below "features": 6, 7, 8, 16 and 17 are texts, 9 is a boolean, the others are numbers. */
extern const char *const drift_events_names[DRIFT_EVENTS_FEATURES];

/* n events, the same ones each time but for their order of calls; nan: one feature is NaN in each. */
struct drift_events *drift_events_make(int n, bool nan);
void drift_events_free(struct drift_events *events, int n);

#endif
