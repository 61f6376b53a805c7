/* Evidently's reports and test suites, up to version 0.6. */
#ifndef DRIFT_EVIDENTLY_REPORT_H
#define DRIFT_EVIDENTLY_REPORT_H

#include "drift/verdict.h"

#include <jansson.h>

/* Reads all metrics of a report, all tests of a suite. */
void drift_evidently_report_metrics(struct drift_verdicts *v, const json_t *metrics);
void drift_evidently_report_tests(struct drift_verdicts *v, const json_t *tests);

#endif
