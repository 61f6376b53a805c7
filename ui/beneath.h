/* Rows that are parts of another table's row: their keys begin with all of its own. */
#ifndef UI_BENEATH_H
#define UI_BENEATH_H

#include "table/table.h"

/* Is `part`, a row of a table whose key has at least as many columns, a part of the row r of table t? */
static inline bool beneath_is(const struct row *part, const struct table *t, const struct row *r)
{
    for (size_t i = 0; i < table_nkeys(t); i++)
        if (value_compare(table_column(t, i)->type, row_get(part, i), row_get(r, i)) != 0)
            return false;
    return true;
}

#endif
