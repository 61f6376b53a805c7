/* A feature of a closed window: its row, those of its bins, those of its categories. */
#ifndef DRIFT_ROWS_FEATURE_H
#define DRIFT_ROWS_FEATURE_H

#include "drift/rows_cells.h"

/* f: one of the result's. Returns how many rows. */
size_t drift_rows_feature(const struct drift_rows *r, const struct drift_dataset_result *result,
                          const struct drift_dataset_feature *f);

#endif
