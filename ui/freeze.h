/* A copy of a store that no longer changes: the picture while paused. */
#ifndef UI_FREEZE_H
#define UI_FREEZE_H

#include "table/table.h"

/* Every table with its columns, owners, rows and cells; the numbers of rows and owners are new
 * ones. */
struct store *freeze_store(const struct store *from);

#endif
