/* Cells that changed stand out once: what was drawn of the rows on screen, and until when a change of it is seen. */
#ifndef UI_TABLE_FLASH_H
#define UI_TABLE_FLASH_H

#include "table/column.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_flash_cell {
    uint64_t hash;    /* of the text; 0: none was drawn */
    int64_t until_ms; /* of the picture's time */
};

/* Zeroed: nothing was drawn. */
struct table_flash {
    uint64_t *ids; /* of rows */
    struct table_flash_cell *cells;
    size_t nrows, ncolumns;
};

void table_flash_done(struct table_flash *f); /* nothing was drawn, then */
/* Does a change of this column stand out? Not of ages, durations and rates, which always move. */
bool table_flash_counts(const struct column *c);
/* A drawing of so many rows and columns begins; what was drawn before stays in *before until it is done with. */
void table_flash_begin(struct table_flash *f, size_t nrows, size_t ncolumns, struct table_flash *before);
/* The text of a cell in it, by its line on screen and its column: true where it stands out, having changed a moment ago. */
bool table_flash_cell(struct table_flash *f, const struct table_flash *before, size_t row, uint64_t id, size_t column,
                      const char *text, int64_t now_ms);

#endif
