/* Rows of a closed window's cohorts. */
#ifndef DRIFT_ROWS_COHORTS_H
#define DRIFT_ROWS_COHORTS_H

#include "drift/rows_cells.h"

/* Returns how many rows. */
size_t drift_rows_cohorts(const struct drift_rows *r, const struct drift_dataset_result *result);

#endif
