/* Rows of a closed window's cohorts. */
#ifndef DRIFT_ROWS_COHORTS_H
#define DRIFT_ROWS_COHORTS_H

#include "drift/rows_cells.h"

/* Returns how many rows; *worst gets the gravest mark of all. */
size_t drift_rows_cohorts(const struct drift_rows *r, const struct drift_dataset_result *result,
                          enum drift_mark *worst);

#endif
