/* Small distributions of other tools as rows of bins and categories, over bins that both sides have. */
#ifndef DRIFT_ROWS_SHAPES_H
#define DRIFT_ROWS_SHAPES_H

#include "drift/rows_cells.h"

/* Also sets the pictures of the feature's row. Returns how many rows. */
size_t drift_rows_shapes(const struct drift_rows *r, const char *feature, const struct drift_verdict *v,
                         struct table *features, struct row *row);
/* A column's frequent items, of which there is one side only. */
size_t drift_rows_shapes_items(const struct drift_rows *r, const struct drift_verdict_column *c);

#endif
