/* Evidently's snapshots, version 0.7. */
#ifndef DRIFT_EVIDENTLY_SNAPSHOT_H
#define DRIFT_EVIDENTLY_SNAPSHOT_H

#include "drift/verdict.h"

#include <jansson.h>

/* Reads metrics with the verdicts of their tests (which may be NULL). */
void drift_evidently_snapshot_read(struct drift_verdicts *v, const json_t *metrics, const json_t *tests);

#endif
