/* Cells of other rooms' rows, as what is derived from them reads them. */
#ifndef DERIVE_CELLS_H
#define DERIVE_CELLS_H

#include "table/table.h"

/* A text, borrowed from the row; NULL where it is unknown. */
struct name *derive_cells_text(const struct row *r, size_t column);
/* The same as its bytes with a NUL behind them; NULL for no row, too. */
const char *derive_cells_raw(const struct row *r, size_t column);
/* A number or a time; CONNECT_EVENT_UNKNOWN where it is unknown. */
int64_t derive_cells_number(const struct row *r, size_t column);
/* Sets a number or a time; unknown where it is CONNECT_EVENT_UNKNOWN. */
void derive_cells_set_number(struct table *t, struct row *r, size_t column, int64_t v, enum quality q);

#endif
