/* Short words for declarations of tables, whose columns are a line each; for the files that declare them, not for headers. */
#ifndef TABLE_DECLARE_H
#define TABLE_DECLARE_H

#include "table/column.h"

#define KEY    COLUMN_KEY
#define KEPT   COLUMN_HISTORY
#define HIDDEN COLUMN_HIDDEN
#define SUM    COLUMN_SUM
#define WORSE  COLUMN_WORST_HIGH

/* An array of columns, as members of the column group that has them. */
#define COLUMNS(array) .columns = array, .ncolumns = sizeof(array) / sizeof *(array)

#endif
