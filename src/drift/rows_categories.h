/* A feature's categories on both sides, and their rows. */
#ifndef DRIFT_ROWS_CATEGORIES_H
#define DRIFT_ROWS_CATEGORIES_H

#include "drift/rows_cells.h"

/* Rows of at most DRIFT_ROWS_CATEGORIES of them; the small pictures of both sides, over the same categories; the most frequent one
 * that the reference has not. Returns how many rows. reference NULL: there is none. */
struct drift_rows_categories {
    struct str reference, current; /* UNIT_SHARES */
    struct str unseen;
};
size_t drift_rows_categories(const struct drift_rows *r, const char *feature, const struct drift_profile *reference,
                             const struct drift_profile *current, struct drift_rows_categories *out);

#endif
