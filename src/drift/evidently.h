/* Evidently's answers in JSON: those of its reports and test suites up to 0.6, and of its snapshots, 0.7.
 *
 * - "report": {"version", "metrics": [{"metric", "result"}], "timestamp"}. Of DataDriftTable and ColumnDriftMetric each
 *   column's score, threshold, verdict and small distributions; of DatasetDriftMetric the dataset's.
 * - "suite": {"version", "tests": [{"name", "status", "parameters"}], "summary", "timestamp"}. Scores are rounded there to three
 *   digits, by Evidently.
 * - "snapshot": {"metrics": [{"metric_id", "value"}], "tests"} up to 0.7.15; "snapshot 0.7.18": "metric_name" and "config"
 *   instead of "metric_id". They have no version and no time. The first kind names a method only where its user chose it or
 *   where tests are written (in their description); without it there is no telling a p-value from a distance, so neither
 *   direction nor verdict are known then. The second kind always names it.
 *
 * In all of them a column without values, or other trouble, may have made a value NaN; Evidently says of it what its
 * comparison says: no drift. */
#ifndef DRIFT_EVIDENTLY_H
#define DRIFT_EVIDENTLY_H

#include "base/error.h"
#include "drift/verdict.h"

#include <jansson.h>

/* True for an object that looks like one of Evidently's. */
bool drift_evidently_is(const json_t *root);

/* Reads what drift_json_load gave. ERR_UNAVAILABLE, naming it, for a version whose layout is not known; ERR_INVALID for what is
 * none of the layouts. A metric or column that is not as it should be is counted as bad, and the rest goes on. */
int drift_evidently_read(const json_t *root, struct drift_verdicts **ret, struct error *err);

#endif
